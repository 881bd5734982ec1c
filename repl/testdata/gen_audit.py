#!/usr/bin/python3
"""Makes scapy_audit.jsonl.gz: what Scapy 2.5 (Debian 12) makes of expressions,
one a line on standard input, as cases of TestScapyCases.

Usage: gen_audit.py <audit_expressions.txt | grep '^{' | gzip -n9 >scapy_audit.jsonl.gz
       gen_audit.py texts <texts_expressions.txt | grep '^{' | gzip -n9 >scapy_texts.jsonl.gz

Of each expression it writes the bytes, summary(), repr() and command(), and the
repr() of the same bytes dissected; with "texts" also show() and show2(), show()
of the bytes dissected, and sprintf() of each field. Left out is what the expressions in DIFFERS
name, with the reason: there Scapy 2.7, which pktsh follows, gives another
answer than 2.5, or docs/differences.md says why pktsh does.
"""
import json
import logging
import os
import re
import sys
import warnings

warnings.simplefilter("ignore")
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../layers/testdata"))
from scapy27 import *  # noqa: F403,E402

logging.disable(logging.CRITICAL)
for contrib in ("ospf", "bgp", "slowprot", "lacp", "erspan", "bfd", "gtp", "cdp", "eigrp", "etherip", "enipTCP",
                "ikev2", "macsec", "nsh", "pim", "ripng", "wireguard"):
    load_contrib(contrib)
for layer in ("http", "tls"):
    load_layer(layer)
from scapy.layers.pflog import PFLog  # noqa: E402

DIFFERS = [
    ("text", r"DNS|\bICMP\(|BOOTP|NTPHeader|Radius\(|RouteInfo|RedirectedHdr", "2.7 prints them differently"),
    ("text", r"options=\[\(\"(SAckOK|AltChkSum)|IPOption_Timestamp\(flg=0", "2.7 prints them differently"),
    ("text", r"EAP\(code=3|LACP|Marker|STP|flags=\"Instance\+G|BGP|IGMPv3mr|ERSPAN_I\(", "a default is shown in its own form"),
    ("text", r"DHCP\(hex_bytes|IAPrefix|OptVSS", "what cannot be read is shown as bytes, and options that follow are read"),
    ("all", r"\bAH\(", "the length of AH is computed, and what it carries is found"),
    ("all", r"EDNS0ClientSubnet\(family=2,source_plen=56", "all bytes of the prefix are written (RFC 7871 section 6)"),
    ("all", r"type=\"?(DNAME|39)\b", "a name in 2.7"),
    ("text", r"DUID_UUID", "command() writes a UUID as bytes"),
    ("text", r"GTPPDUSession", "padding stands in front of the next header's number (3GPP TS 29.281 section 5.2.1)"),
    ("text", r"Loopback\(\)/IPv6|\bTLS\(|NTPPrivate\(mode", "names that Scapy 2.5 lacks"),
    ("all", r"VRRPv3", "addresses by the version of IP below"),
    ("all", r"NTPControl|ERSPAN_II\(|PPP\(proto=0x21\)|PPP\(\)", "docs/differences.md"),
    ("all", r"Experiment|'(pad|end)',|param_req_list',1|MRD|RPL", "refused or ignored there, or written otherwise"),
    ("all", r"ErrorIndication|PadN\(len=4|ff010000|otype=0x63|EAP\(code=1,type=2|EAP\(code=2,id=4|44050400", "read wrongly by Scapy"),
    ("all", r"GENEVE\(.*GeneveOptions.*GeneveOptions|MultAddrRec.*MultAddrRec|IAAddress\(addr=\"2001:db8::9\",iaaddropts", "read wrongly by Scapy"),
]

TEXTS_DIFFER = [
    ("summary", r"NTPHeader|Radius\(|HTTPRequest", "2.7 says more"),
    ("sprintf", r"NTPHeader", "%r gives the number in its units"),
    ("command", r"NTPHeader|=None|<Flag|<TCPAO|value=\[\]", "does not make the packet again"),
    ("command", r"BGPNLRI", "a prefix is a pair of length and address, as reading it gives"),
]


def differs(expr, what):
    return any(re.search(pattern, expr) and kind in ("all", what) for kind, pattern, _ in DIFFERS)


def texts(n, expr):
    """Writes the cases of one expression with all texts."""
    p = eval(expr)
    wire = raw(p)
    again = "%s(hex_bytes(%r))" % (type(p).__name__, wire.hex())
    last = p.lastlayer()
    fields = [f for f in last.fields_desc if f.name in last.fields and not f.holds_packets]
    fmt = "|".join("%{0}.{1}% %r,{0}.{1}%".format(type(last).__name__, f.name) for f in fields)

    def emit(letter, sub, e, text):
        try:
            want = text()
        except Exception as e:
            print(expr, sub, e, file=sys.stderr)
            return
        if any(kind == sub and re.search(pattern, expr + want) for kind, pattern, _ in TEXTS_DIFFER):
            return
        print(json.dumps({"id": "y%04d%s" % (n, letter), "kind": "summary", "sub": sub, "expr": e, "expect": want}))

    print(json.dumps({"id": "y%04db" % n, "kind": "build", "sub": "", "expr": "raw(%s)" % expr, "expect": wire.hex()}))
    emit("s", "summary", "(%s).summary()" % expr, p.summary)
    emit("r", "repr", "repr(%s)" % expr, lambda: v27(repr(p)))
    emit("h", "show", "(%s).show(dump=True)" % expr, lambda: v27(p.show(dump=True)))
    emit("2", "show", "(%s).show2(dump=True)" % expr, lambda: v27(p.show2(dump=True)))
    emit("d", "repr", "repr(%s)" % again, lambda: v27(repr(eval(again))))
    emit("i", "show", "%s.show(dump=True)" % again, lambda: v27(eval(again).show(dump=True)))
    if fmt:
        emit("f", "sprintf", "(%s).sprintf(%r)" % (expr, fmt), lambda: v27(p.sprintf(fmt)))
    in_order(p)
    emit("c", "command", "(%s).command()" % expr, lambda: v27(p.command()))


def main():
    if sys.argv[1:] == ["texts"]:
        for n, line in enumerate(sys.stdin, 1):
            texts(n, line.rstrip("\n"))
        return
    n = 0
    for line in sys.stdin:
        expr = line.rstrip("\n")
        n += 1

        def emit(kind, sub, letter, e, want):
            print(json.dumps({"id": "x%04d%s" % (n, letter), "kind": kind, "sub": sub, "expr": e, "expect": want}))
        try:
            p = eval(expr)
            wire = raw(p)
            if not differs(expr, "bytes"):
                emit("build", "", "b", "raw(%s)" % expr, wire.hex())
            if differs(expr, "text"):
                continue
            emit("summary", "summary", "s", "(%s).summary()" % expr, p.summary())
            emit("summary", "repr", "r", "repr(%s)" % expr, v27(repr(p)))
            emit("summary", "repr", "d", "repr(%s(hex_bytes(%r)))" % (type(p).__name__, wire.hex()), v27(repr(type(p)(wire))))
            in_order(p)
            emit("summary", "command", "c", "(%s).command()" % expr, v27(p.command()))
        except Exception as e:
            print(expr, e, file=sys.stderr)


main()
