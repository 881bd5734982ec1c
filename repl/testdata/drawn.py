from scapy.all import *
# Values that are drawn, on their own.
print(type(RandShort()).__name__, type(RandIP()).__name__, type(fuzz(TCP()).seq).__name__, type(fuzz(IP()).tos).__name__)
print(isinstance(RandShort(), RandShort), isinstance(RandShort(), RandNum), isinstance(RandIP(), RandNum), isinstance(RandMAC(), VolatileValue), isinstance(5, VolatileValue))
print(RandNum(3, 5).min, RandNum(3, 5).max, RandByte().max, RandShort().min, RandNum(7, 7)._fix(), RandNum(7, 7) + 1, RandNum(7, 7) == 7)
print(RandIP("10.0.0.0/8")._fix().startswith("10."), RandIP("10.1.2.3/32").split("."), len(RandString(5)._fix()), RandChoice("a", "a")._fix(), 0 <= RandByte()._fix() < 256)
p = IP(id=RandNum(9, 9)) / UDP(sport=RandShort())
print(p.id == 9, len(raw(p)))
# Of other values.
d = DelayedEval("RandNum(3, 3) + 1")
print(type(d).__name__, d._fix(), d == 4, raw(IP(id=DelayedEval("RandNum(9, 9)._fix()")))[5])
o = RandTCPOptions()
print(isinstance(o._fix(), list), {len(raw(TCP(options=RandTCPOptions()))) % 4 for _ in range(50)})
# Networks.
print(Net("10.0.0.0/24").choice() in Net("10.0.0.0/24"), Net("1.2.3.4", "1.2.3.6").choice() in ("1.2.3.4", "1.2.3.5", "1.2.3.6"), Net("1.2.3.4/32").choice())
print({Net("10.0.0.0/30").choice() for _ in range(200)} == {"10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3"}, Net6("2001:db8::/126").choice().startswith("2001:db8::"))
# Layers by their place.
p = Ether() / IP(dst="10.0.0.2") / TCP()
print(p[0].name, p[1].name, p[1][1].name, p[0][1].dst)
try:
    p[7]
except IndexError as e:
    print(e)
q = p[IP].clone_with(payload=UDP(dport=5), ttl=3)
print(q.ttl, q.dst, UDP in q, TCP in q, p.ttl)
hexdiff(b"abcd", b"abxd")
