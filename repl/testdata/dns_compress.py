from scapy.all import *
p = IP(src="10.0.0.2", dst="10.0.0.1")/UDP()/DNS(qr=1, qd=DNSQR(qname="www.example.org"),
    an=DNSRR(rrname="www.example.org", type="CNAME", rdata="web.hosting.test")/DNSRR(rrname="web.hosting.test", rdata="192.0.2.7"),
    ns=DNSRR(rrname="example.org", type="NS", rdata="ns.example.org")/DNSRR(rrname="example.org", type="TXT", rdata=[b"example.org"]),
    ar=DNSRR(rrname="ns.example.org", rdata="192.0.2.8")/DNSRROPT())
q = dns_compress(p)
print(len(p), len(q), bytes_hex(raw(q[DNS])))
again = IP(raw(q))
print(again[UDP].len == len(q[UDP]), [r.rrname for r in (again.an, again.an[1], again.ns, again.ns[1], again.ar)], again.an.rdata, again.ns[0].rdata, again.ns[1].rdata)
print(raw(p[DNS].compress()) == raw(q[DNS]), raw(dns_compress(again)[DNS]) == raw(q[DNS]), raw(IP(raw(p))) == raw(p))
m = DNS(qr=1, qd=DNSQR(qname="a.test", qtype="MX"), an=DNSRRMX(rrname="a.test", exchange="mail.a.test")/DNSRRSRV(rrname="_x._tcp.a.test", target="mail.a.test", port=5)/DNSRRSOA(rrname="a.test", mname="ns.a.test", rname="root.a.test"))
c = DNS(raw(m.compress()))
print(len(m), len(c), c.an.exchange, c.an[1].target, c.an[1].port, c.an[2].mname, c.an[2].rname)
t = dns_compress(IP()/TCP()/m)
print(t[DNS].length, len(t[DNS]), raw(t[DNS])[2:] == raw(c))
# Data that is no name stays, and so does what is behind the message.
odd = raw(DNS(qd=None, an=DNSRR(rrname="a.test", type="CNAME", rdata=RawVal(b"\x09ab"))))
print(raw(dns_compress(DNS(odd))) == odd)
for bad in (IP(), DNS(qd=DNSQR(qname=RawVal(b"\xc0\x0c")))):
    try:
        print(dns_compress(bad))
    except ValueError as e:
        print(e)
