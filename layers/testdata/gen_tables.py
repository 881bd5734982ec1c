#!/usr/bin/python3
"""Makes tables.jsonl from tables.txt: for each line, an expression in Scapy's
notation, the bytes that Scapy builds and what it takes them apart into.

usage: gen_tables.py [EXPRESSION…]     with expressions, prints their cases only

It needs Scapy 2.5 (Debian 12). A line may end in "  # build" or "  # dissect"
where one of the two is not compared; ids are the lines' own numbers. The form of
the cases is that of gen_golden.py.
"""
import json
import os
import sys
import warnings

warnings.simplefilter("ignore")
import logging  # noqa: E402
logging.disable(logging.CRITICAL)
from scapy.all import *  # noqa: F403, E402
from scapy.layers import inet, l2  # noqa: E402
from scapy.layers.can import CAN  # noqa: E402
from scapy.layers.pflog import PFLog  # noqa: E402
from scapy.asn1.asn1 import ASN1_Object, ASN1_Codecs  # noqa: E402
from scapy.asn1.ber import BER_len_dec  # noqa: E402
from scapy.asn1packet import ASN1_Packet  # noqa: E402
from gen_golden import build  # noqa: E402

for contrib in ("cdp", "modbus", "enipTCP", "macsec", "etherip", "eigrp", "gtp", "pim", "ripng", "wireguard", "nsh", "ospf", "ikev2"):
    load_contrib(contrib)

HERE = os.path.dirname(os.path.abspath(__file__))
# Texts must not depend on the machine: no routes, no interfaces, no network.
conf.route.route = lambda dst=None, **k: ("lo", "0.0.0.0", "0.0.0.0")
conf.route6.route = lambda dst=None, **k: ("lo", "::", "::")
inet.getmacbyip = l2.getmacbyip = lambda *a, **k: None


def value(v):
    if isinstance(v, bytes):
        return "hex:" + v.hex()
    if isinstance(v, Packet):
        return {"pkt": layers(v)}
    if isinstance(v, (list, tuple)):
        return [value(x) for x in v]
    if isinstance(v, FlagValue):
        return int(v)
    if isinstance(v, EDecimal):
        return float(v)
    return v


def element(wire):
    """The tag and length that stand in front of an element of ASN.1."""
    return {"tag": wire[0], "len": BER_len_dec(wire[1:])[0]}


def asn1(v):
    """A value as a packet of its own."""
    return {"pkt": [[type(v).__name__, {"val": value(v.val), **element(v.enc(ASN1_Codecs.BER))}]]}


def layers(p):
    out = []
    while p and not isinstance(p, NoPayload):
        fields = {}
        if isinstance(p, ASN1_Packet):
            fields = element(raw(p))
        for f in p.fields_desc:
            if isinstance(f, ConditionalField) and not f._evalcond(p):
                continue
            v = getattr(p, f.name)
            if isinstance(v, ASN1_Object):
                fields[f.name] = asn1(v) if f.name in ("oid", "value", "enterprise") else value(v.val)
            else:
                fields[f.name] = value(v)
        out.append([type(p).__name__, fields])
        p = p.payload
    return out


def cases(number, line):
    expr, _, only = line.partition("  # ")
    p = eval(expr)
    wire = raw(p)
    if only != "dissect":
        c = build(expr, wire.hex())
        yield {"id": "t%db" % number, "expr": expr, **c}
    if only != "build":
        q = type(p)(wire)
        yield {"id": "t%dd" % number, "expr": expr, "dissect": type(p).__name__, "hex": wire.hex(),
               "layers": layers(q), "summary": q.summary()}


def lines():
    for line in open(os.path.join(HERE, "tables.txt")):
        line = line.rstrip("\n")
        if line and not line.startswith("#"):
            yield line


def main(args):
    out = sys.stdout if args else open(os.path.join(HERE, "tables.jsonl"), "w")
    for number, line in enumerate(args or lines(), 1):
        try:
            for c in cases(number, line):
                print(json.dumps(c, separators=(",", ":")), file=out)
        except Exception as e:
            sys.exit("%s: %s: %s" % (line, type(e).__name__, e))


main(sys.argv[1:])
