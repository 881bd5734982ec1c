"""Scapy 2.5 (Debian 12) made to print as 2.7 does, and not to depend on the
machine: the generators of golden files import all of this.
"""
import re

from scapy.all import *  # noqa: F403
from scapy.layers import inet, l2

for contrib in ("mpls", "geneve", "igmp", "igmpv3", "lldp"):
    load_contrib(contrib)

# Texts must not depend on the machine: no routes, no interfaces, no network.
conf.route.route = lambda dst=None, **k: (
    "lo", "127.0.0.1" if str(dst).startswith("127.") else "0.0.0.0", "0.0.0.0")
conf.route6.route = lambda dst=None, **k: ("lo", "::1" if str(dst) == "::1" else "::", "::")
inet.getmacbyip = l2.getmacbyip = lambda *a, **k: None
l2.SourceMACField.i2h = lambda self, pkt, x: x or "00:00:00:00:00:00"
l2.SourceMACField.i2m = lambda self, pkt, x: MACField.i2m(self, pkt, x or "00:00:00:00:00:00")


def bytes_repr(self, pkt, x):
    return repr(x.rstrip(b"\0") if isinstance(self, StrFixedLenField) else x) \
        if isinstance(x, bytes) else repr(x)


StrField.i2repr = bytes_repr
StrFixedLenField.i2repr = bytes_repr


def multiple_repr(self, pkt, x):
    field, value = self._find_fld_pkt_val(pkt, x)  # None is the default of the field that it is
    return repr(value) if isinstance(value, bytes) else field.i2repr(pkt, value)


MultipleTypeField.i2repr = multiple_repr
inet.TCPOptionsField.i2repr = lambda self, pkt, x: repr(x if x else [])
for f in Dot1Q.fields_desc + Dot1AD.fields_desc:
    if f.name == "id":
        f.name = "dei"
Dot1Q.deprecated_fields = Dot1AD.deprecated_fields = {"id": ("dei", "2.5.0")}


def v27(text):
    text = re.sub(r"\bautopad=(On |1, )", "", text)
    text = re.sub(r"(?m)^(ts_.*\()'\d+'\)$", r"\1'None')", text)
    return text.replace("]### \n", "]###\n").replace("('SAckOK', '')", "('SAckOK', b'')") \
        .replace("""TCPOptionsField                     = []              ("b''")""",
                 """TCPOptionsField                     = []              ('[]')""") \
        .replace("""TCPOptionsField                     = ("b''")""",
                 """TCPOptionsField                     = ('[]')""")


def in_order(p):
    """command() names fields in the order they came in; ours is the table's."""
    while p and not isinstance(p, NoPayload):
        order = [f.name for f in p.fields_desc]
        p.fields = dict(sorted(p.fields.items(), key=lambda kv: order.index(kv[0])))
        for v in p.fields.values():
            for q in v if isinstance(v, list) else [v]:
                if isinstance(q, Packet):
                    in_order(q)
        p = p.payload
