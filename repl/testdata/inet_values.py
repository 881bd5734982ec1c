from scapy.all import *
def errors(f):
    try: return f()
    except Exception as e: return type(e).__name__
# Bytes are the option that they hold.
for b in (b"\x00", b"\x01", raw(IPOption_SSRR(routers=["192.0.2.1"])), raw(IPOption_Router_Alert()), b"\x9e\x02"):
    print(repr(IPOption(b)), raw(IPOption(b)) == b)
# Lists inside packets inside fields.
p = IP(src="192.0.2.1", dst="192.0.2.2", options=[IPOption_NOP(), IPOption_RR(length=11, routers=["203.0.113.1", "203.0.113.2"], pointer=8)])
print(p[IPOption_RR].get_current_router(), IPOption_RR in p, bool(p.haslayer(IPOption_LSRR)))
p.options[1].routers[0] = "203.0.113.9"
print(bytes_hex(raw(p)))
q = IP(raw(p))
q[IPOption_RR].routers[1] = "198.51.100.7"
del q.chksum
print(bytes_hex(raw(IP(raw(q.copy()))[IPOption_RR])))
d = DNS(an=DNSRR(rrname="a.example", type="TXT", rdata=["one"]))
d.an[0].rdata.append("two")
print(bytes_hex(raw(d)))
# Fragments of fragments, in lists.
parts = fragment([IP(id=i)/Raw(b"abcdefgh"*n) for i, n in ((1, 1), (2, 9))], 24)
print([(x.id, x.frag, int(x.flags), len(x.payload)) for x in parts])
print([(x.id, x.frag, int(x.flags), len(x.payload)) for x in fragment(parts, 16)])
small = (IP()/UDP()).fragment()
print(len(small), UDP in small[0])
# TCP options.
print(raw(TCP(options=[("nonesuch", b"x"), ("NOP", None)])) == raw(TCP(options=[("NOP", None)])))
a = TCPAOValue(keyid=7, rnextkeyid=9, mac=b"0123456789ab")
t = TCP(raw(TCP(options=[("MSS", 1460), ("AO", a)])))
print(bytes_hex(raw(t)), get_tcpao(t).rnextkeyid, get_tcpao(t).mac, get_tcpao(TCP()), t.options[1][0])
for x in (IP(src="192.0.2.1", dst="192.0.2.2")/TCP(sport=179, dport=4000, flags="A")/b"data", IPv6(src="2001:db8::1", dst="2001:db8::2")/TCP()):
    print(bytes_hex(calc_tcp_md5_hash(x[TCP], b"secret")))
# Pairs.
pairs = [(IP(dst="192.0.2.9", ttl=n)/TCP(), IP(src="198.51.100.%i" % n, dst="192.0.2.1")/ICMP(type=11)/IPerror(dst="192.0.2.9")/TCPerror()) for n in (1, 2)]
pairs.append((IP(dst="192.0.2.9", ttl=3)/TCP(), IP(src="192.0.2.9", dst="192.0.2.1")/TCP(sport=80, dport=20, flags="SA")))
tr = TracerouteResult(pairs)
print(tr.get_trace())
tr.show()
print(repr(SndRcvList(pairs)), len(tr), isinstance(IP().payload, NoPayload))
ARPingResult([(Ether()/ARP(psrc="192.0.2.1"), Ether(src="02:00:00:00:00:01")/ARP(psrc="192.0.2.7"))]).nsummary()
# Times of day.
print([ICMP(type=13, ts_ori=s).ts_ori for s in ("0:0:1", "12:34:56.789", "23:59:59.5")])
# What is printed, kept; temporary files.
f = get_temp_file(autoext=".pcap")
wrpcap(f, [IP()/UDP()/b"x"])
print(f.endswith(".pcap"), rdpcap(f)[0].load, os.path.isdir(get_temp_dir()))
# Addresses.
for x in ("::", "::1", "fe80::211:22ff:fe33:4455", "fd00::1", "fec0::1", "ff02::1", "ff02::1:ff33:4455", "ff05::2", "ff0e::7", "2001:db8::5", "2002:c000:201::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "4000::1"):
    print(x, [f(x) for f in (in6_isdocaddr, in6_islladdr, in6_issladdr, in6_isuladdr, in6_isgladdr, in6_ismaddr, in6_ismnladdr, in6_ismlladdr, in6_ismsladdr, in6_ismgladdr, in6_isllsnmaddr, in6_isaddrllallnodes, in6_isaddr6to4, in6_isaddrTeredo, in6_iseui64)], in6_getAddrType(x), in6_getscope(x), in6_addrtomac(x), in6_getha(x))
print(in6_ptop("2001:0DB8:0:0::1"), in6_get6to4Prefix("192.0.2.1"), in6_get6to4Prefix("x"), in6_6to4ExtractAddr("2002:c000:201::1"), in6_6to4ExtractAddr("x"))
print(teredoAddrExtractInfo("2001:0:4136:e378:8000:63bf:3fff:fdd2"))
print(in6_mactoifaceid("00:11:22:33:44:55"), in6_mactoifaceid("02:11:22:33:44:55", ulbit=0), in6_ifaceidtomac("211:22ff:fe33:4455"), in6_ifaceidtomac("1:2:3:4"))
print(in6_isincluded("2001:db8::1", "2001:db8::", 32), in6_isincluded("2001:db9::1", "2001:db8::", 32), in6_get_common_plen("2001:db8::", "2001:db9::"), in6_get_common_plen("::1", "::1"))
print(in6_and(in6_cidr2mask(9), b"\xff"*16), in6_or(b"\1"*16, b"\2"*16), in6_xor(b"\3"*16, b"\2"*16), in6_isvalid("::1"), in6_isvalid("1.2.3.4"), valid_net6("::/0"), valid_net6("::/129"), errors(lambda: in6_islladdr("fe80")))
print(IPV6_ADDR_MULTICAST, IPV6_ADDR_6TO4, IPV6_ADDR_SCOPE_MASK)
