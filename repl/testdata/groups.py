# Destinations that follow from what is sent there, until one is set.
from scapy.all import *
p = Ether()/IP()/UDP(dport=5353)/DNS(qd=DNSQR(qname="host.local"))
print(p.dst, p[IP].dst, Ether(bytes(p))[IP].dst)
p = Ether()/IPv6()/UDP(dport=5353)
print(p.dst, p[IPv6].dst)
print((IP()/OSPF_Hdr()).dst, (IP()/UDP(dport=1985)/HSRP()).dst, (IPv6()/UDP()/HSRP()).dst)
print((IP(dst="10.0.0.1")/UDP(dport=5353)).dst, (IP()/UDP()).dst)
print([q[IP].dst for q in IP()/UDP(dport=[53, 5353])])
print(repr(IP()/UDP(dport=5353)))
print((IP()/UDP(dport=5353)).command())
print(reduce(lambda a, b: a/b, [IP(), UDP(), Raw(b"x")]).summary())
