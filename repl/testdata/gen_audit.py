#!/usr/bin/python3
"""Makes scapy_audit.jsonl.gz: what Scapy 2.5 (Debian 12) makes of expressions,
one a line on standard input, as cases of TestScapyCases.

Usage: gen_audit.py <audit_expressions.txt | grep '^{' | gzip -n9 >scapy_audit.jsonl.gz

Of each expression it writes the bytes, summary(), repr() and command(), and the
repr() of the same bytes dissected. Left out is what the expressions in DIFFERS
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
for contrib in ("ospf", "bgp", "slowprot", "lacp", "erspan", "bfd", "gtp"):
    load_contrib(contrib)

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
    ("all", r"VRRPv3", "addresses by the version of IP below"),
    ("all", r"NTPControl|ERSPAN_II\(|PPP\(proto=0x21\)|PPP\(\)", "docs/differences.md"),
    ("all", r"Experiment|'(pad|end)',|param_req_list',1|MRD|RPL", "refused or ignored there, or written otherwise"),
    ("all", r"ErrorIndication|PadN\(len=4|ff010000|otype=0x63|EAP\(code=1,type=2|EAP\(code=2,id=4|44050400", "read wrongly by Scapy"),
    ("all", r"GENEVE\(.*GeneveOptions.*GeneveOptions|MultAddrRec.*MultAddrRec|IAAddress\(addr=\"2001:db8::9\",iaaddropts", "read wrongly by Scapy"),
]


def differs(expr, what):
    return any(re.search(pattern, expr) and kind in ("all", what) for kind, pattern, _ in DIFFERS)


def main():
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
