from scapy.all import *
ip = dict(src="192.0.2.1", dst="192.0.2.2")
def show(am, req):
    print(am.is_request(req), am.make_reply(req).summary() if am.is_request(req) and am.make_reply(req) is not None else None)
arp = ARP_am(IP_addr="192.0.2.64/26", ARP_addr="02:00:00:00:00:77", iface="lo")
ask = Ether(src="02:00:00:00:00:01", dst="ff:ff:ff:ff:ff:ff")/ARP(hwsrc="02:00:00:00:00:01", psrc="192.0.2.1", pdst="192.0.2.70")
show(arp, ask)
show(arp, ask.__class__(raw(ask).replace(b"\xc0\x00\x02\x46", b"\xc0\x00\x02\x03")))
show(ICMPEcho_am(), IP(**ip)/ICMP(id=5, seq=6)/b"abc")
print(raw(ICMPEcho_am().make_reply(IP(**ip)/ICMP(id=5, seq=6)/b"abc"))[20:])
dns = DNS_am(match={"www.example.org": ("192.0.2.80", "2001:db8::80"), "v4.example": "192.0.2.4"}, joker="192.0.2.99")
def q(name, kind="A"): return IP(**ip)/UDP(sport=5000)/DNS(id=7, rd=1, qd=DNSQR(qname=name, qtype=kind))
for name, kind in (("www.example.org", "A"), ("WWW.example.org", "AAAA"), ("v4.example", "A"), ("v4.example", "AAAA"), ("other", "A"), ("other", "AAAA"), ("x", "MX")): show(dns, q(name, kind))
r = IP(raw(dns.make_reply(q("www.example.org"))))
print(r.src, r[UDP].dport, r[DNS].id, r[DNS].an.rdata, r[DNS].an.ttl, r.answers(q("www.example.org")))
show(DNS_am(joker="192.0.2.9", from_ip="198.51.100.0/24"), q("a"))
dh = DHCP_am(pool="192.0.2.0/29", network="192.0.2.0/24", gw="192.0.2.1", iface="lo")
def d(kind, n): return Ether(src="02:00:00:00:00:%02x" % n, dst="ff:ff:ff:ff:ff:ff")/IP(src="0.0.0.0", dst="255.255.255.255")/UDP(sport=68, dport=67)/BOOTP(chaddr=b"\2\0\0\0\0" + bytes([n]), xid=n)/DHCP(options=[("message-type", kind), "end"])
for kind, n in (("discover", 1), ("request", 1), ("discover", 2), ("ack", 3)): show(dh, d(kind, n))
got = dh.make_reply(d("request", 2))
print(got[BOOTP].yiaddr, got[BOOTP].xid, got[DHCP].options)
class Echo(AnsweringMachine):
    function_name = "echod"
    filter = "udp port 7"
    def parse_options(self, word="x"): self.word = word
    def is_request(self, req): return UDP in req and req[UDP].dport == 7
    def make_reply(self, req): return IP(src=req[IP].dst, dst=req[IP].src)/UDP(sport=7, dport=req[UDP].sport)/(self.word.encode() + raw(req[UDP].payload))
e = Echo(word="say ", timeout=1, count=2)
print(e.optsniff, e.optsend, e.word, isinstance(e, AnsweringMachine), issubclass(DHCP_am, BOOTP_am))
show(e, IP(**ip)/UDP(sport=9, dport=7)/b"hi")
sent = []
e.send_function = lambda reply, **k: sent.append((reply.summary(), k))
e.reply(IP(**ip)/UDP(sport=9, dport=7)/b"hi"); e.reply(IP(**ip)/UDP(sport=9, dport=8))
print(sent)
for bad in (lambda: Echo(wrod=1), lambda: AnsweringMachine().make_reply(IP())):
    try: bad()
    except Exception as x: print(type(x).__name__, x)
print([f.__name__ for f in (farpd, icmpechod, dns_spoof, llmnr_spoof, bootpd, dhcpd)], LLMNR_am(joker="192.0.2.5").make_reply(IP(src="192.0.2.1", dst="224.0.0.252")/UDP(sport=5355, dport=5355)/LLMNRQuery(id=3, qd=DNSQR(qname="host")))[UDP].payload.summary())
