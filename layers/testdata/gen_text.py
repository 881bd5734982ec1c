#!/usr/bin/python3
"""Makes text.jsonl, the texts that Scapy prints for packets.

Each line holds a packet, as layers with the fields that were set or as bytes to
dissect, an operation on it and the text that Scapy 2.7 gives:

    {"expr": …, "layers": [["IP", {"dst": "10.0.0.2"}]], "op": "repr", "want": …}
    {"expr": …, "first": "IP", "hex": …, "op": "show", "want": …}

Values other than numbers, text, lists and null stand in objects: {"bytes": hex},
{"tuple": […]}, {"net": "10.0.0.0/30"}, {"rand": "RandShort()"}, {"pkt": […]},
{"rawval": hex}.

Usage: gen_text.py EXPRESSIONS.jsonl… >text.jsonl, where each line of the input
is an object with an "expr" and optionally "kind", "expect" and "expect_v27".

It needs Scapy 2.5 (Debian 12) and prints what 2.7 does: no space behind ]###,
bytes with their b, an empty list for empty TCP options, "dei" for 802.1Q's bit.
Cases where 2.7 is known to differ in more than that are left out. command() names
fields in the table's order, and what has no counterpart (autopad) is dropped.
"""
import ast
import json
import random
import re
import sys

from scapy27 import *  # noqa: F403


def value(v):
    if isinstance(v, (bytes, bytearray)):
        return {"bytes": bytes(v).hex()}
    if isinstance(v, Packet):
        return {"pkt": layers(v)}
    if isinstance(v, RawVal):
        return {"rawval": bytes(v).hex()}
    if isinstance(v, VolatileValue):
        return {"rand": v.command()}
    if isinstance(v, Net):
        return {"net": "%s/%s" % (v.net, v.mask)}
    if isinstance(v, FlagValue):
        return int(v)
    if isinstance(v, tuple):
        return {"tuple": [value(x) for x in v]}
    if isinstance(v, list):
        return [value(x) for x in v]
    if v is None or isinstance(v, (int, str)):
        return v
    raise ValueError("no form for %r" % (v,))


def layers(p):
    out = []
    while p and not isinstance(p, NoPayload):
        fields = {k: value(v) for k, v in p.fields.items() if not (isinstance(v, list) and not v)}
        out.append([type(p).__name__, fields])
        p = p.payload
    return out


def command(p):
    in_order(p)
    return v27(p.command())


def newer(text):
    """Whether 2.7 is known to differ in what 2.5 says: DNS, and fields of ICMP."""
    return "DNS" in text or re.search(r"unused *= ?None", text) or re.search(r"unused *= ?0", text)


OPS = {
    "repr": lambda p: v27(repr(p)),
    "show": lambda p: v27(p.show(dump=True)),
    "show2": lambda p: v27(p.show2(dump=True)),
    "command": command,
}


def emit(**d):
    print(json.dumps(d, sort_keys=True))


def packet_case(expr, p, op, want, **more):
    try:
        emit(expr=expr, layers=layers(p), op=op, want=want, **more)
    except ValueError as e:
        print(expr, e, file=sys.stderr)


def dissected(node):
    """(first, hex) of a call such as IP(raw(…)), None for another expression."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1 \
            and not node.keywords and isinstance(node.args[0], ast.Call) \
            and getattr(node.args[0].func, "id", "") in ("raw", "hex_bytes", "bytes"):
        return node.func.id, evaluate(node.args[0]).hex()


def evaluate(node):
    return eval(compile(ast.Expression(node), "-", "eval"))


def split(expr):
    """The packet's node, the operation and its argument: repr(X), X.show(…), X.sprintf("…")."""
    e = ast.parse(expr, mode="eval").body
    if not isinstance(e, ast.Call):
        return None
    if isinstance(e.func, ast.Name) and e.func.id == "repr":
        return e.args[0], "repr", None
    if isinstance(e.func, ast.Attribute) and e.func.attr in ("show", "show2", "command", "sprintf"):
        return e.func.value, e.func.attr, e.args[0].value if e.args else None
    return None


def from_case(d):
    parts = split(d["expr"])
    if not parts:
        return
    node, op, arg = parts
    if op == "repr" and not isinstance(evaluate(node), Packet):
        return
    want = d.get("expect_v27", d["expect"])
    more = {} if arg is None else {"arg": arg}
    wire = dissected(node)
    if wire:
        emit(expr=d["expr"], first=wire[0], hex=wire[1], op=op, want=want, **more)
    else:
        packet_case(d["expr"], evaluate(node), op, want, **more)


def from_expr(expr, rng):
    try:
        p = eval(expr)
    except NameError as e:
        print(expr, e, file=sys.stderr)
        return
    for op in rng.sample(sorted(OPS), 2):
        want = OPS[op](p)
        if not newer(want + expr):
            packet_case(expr, p, op, want)
    first, wire = type(p).__name__, raw(p)
    op = rng.choice(["repr", "show", "command"])
    want = OPS[op](type(p)(wire))
    if not newer(want + expr):
        emit(expr="%s(raw(%s))" % (first, expr), first=first, hex=wire.hex(), op=op, want=want)


def ls_text(thing):
    import io
    from contextlib import redirect_stdout
    out = io.StringIO()
    with redirect_stdout(out):
        ls(thing)
    return out.getvalue()


# Packets that nothing else covers: sets, volatile values, lists of packets.
OWN = r'''
TCP(sport=RandShort(), dport=[80,(90,92)], flags="SA", seq=(1,5))
TCP(dport=[5,80,443])
IP(tos=[1,(3,5)],ttl=[1,(3,5)])
IP(src=["1.1.1.1","10.0.0.0/30"], dst="9.9.9.9", id=RandShort(), proto=["tcp","udp"], tos=[1,2])
IP(tos=(1,3), chksum=(1,5), proto=(1,20))
Ether(dst=["00:00:00:00:00:01","ff:ff:ff:ff:ff:ff"], src="02:00:00:00:00:01")
Ether(dst="02:00:00:00:00:02", src="02:00:00:00:00:01", type=[0x800,0x1234])
IPv6(dst="2001:db8::/126", src="::1")
IPv6(dst=["::1","::2"], src="::1")
Raw(b"it's")
Raw(b'"it\'s\\"')
Raw(bytes(range(256)))
TCP(options=[("MSS",1460),("SAckOK",b""),("Timestamp",(1,2)),("NOP",None),("WScale",7),(253,b"ab"),("SAck",(1,2,3,4))])
IP(ttl=RawVal(b"a"), src="1.1.1.1")
IP(src="1.1.1.1",chksum=0x12, len=5, ihl=3)/TCP(chksum=1,dataofs=9)
ICMP(type=3,code=1)/IPerror(src="1.1.1.1")/UDPerror()
ICMP(id=RandShort(),seq=(1,3))
ICMP(type=3,code=[0,1])
IP(src="1.1.1.1",proto=200)
IP(src="1.1.1.1",options=[IPOption_RR(routers=["1.2.3.4","5.6.7.8"]),IPOption_NOP()])/TCP()
IP(src="1.1.1.1",dst="10.0.0.0/30",ttl=(1,3))/TCP(dport=[80,443],sport=RandShort(),options=[("MSS",1)])/b"abc"
IP(src="1.1.1.1",dst="2.2.2.2",id=IncrementalValue())/UDP(sport=RandNum(1,5))
'''.strip().split("\n")

SPRINTF = r'''
%TCP.dport% %r,TCP.dport% %5s,TCP.dport% %05xr,TCP.dport%|%#06xr,TCP.dport%|%-8s,IP.src%|%dr,IP.id%|%ir,IP.ttl%
%04xr,IP.id% %.3s,IP.src%|
%UDP.dport% %Foo.dport% %IP.foo% %IP:2.src%
{UDP:x}{!UDP:not}{TCP:{IP:both}}{Raw:%Raw.load%}
%IP.payload%|%TCP.payload%
%IP.flags%|%r,IP.flags%|%TCP.flags%|%r,TCP.flags%|%TCP.options%|%IP.options%|%IP.chksum%|%Ether.type%|%r,Ether.type%
%-10s,TCP.dport%|%10s,TCP.flags%|
a}b a%(b%) %%IP.src%%
%sport% %dst% %r,sport%
%r,IP.src% %r,Ether.src% %r,Raw.load% %s,Raw.load%
'''.strip().split("\n")


def main():
    rng = random.Random(1)
    exprs = []
    for name in sys.argv[1:]:
        for line in open(name):
            d = json.loads(line)
            if d.get("kind") == "build" and "hex" in d:
                exprs.append(d["expr"])
            elif d.get("kind") == "summary":
                from_case(d)
    for expr in rng.sample(exprs, min(len(exprs), 300)):
        from_expr(expr, rng)
    for expr in OWN:
        p = eval(expr)
        for op in ("repr", "show", "command"):
            want = OPS[op](p)
            if not newer(want):
                packet_case(expr, p, op, want)
        packet_case(expr, p, "ls", v27(ls_text(p)))
    p = Ether(src="02:00:00:00:00:01", dst="02:00:00:00:00:02")/IP(dst="10.0.0.2", src="10.0.0.1") \
        / TCP(dport=80, flags="SA")/b"hello"
    for fmt in SPRINTF:
        packet_case("sprintf", p, "sprintf", p.sprintf(fmt), arg=fmt)
    for name in ("Ether", "Dot1Q", "ARP", "IP", "TCP", "UDP", "ICMP", "IPv6", "Raw", "Padding",
                 "ICMPv6EchoRequest", "IPv6ExtHdrFragment", "IPOption_RR", "IPOption_NOP"):
        emit(expr="ls(%s)" % name, layers=[[name, {}]], op="lsproto", want=v27(ls_text(eval(name))))


main()
