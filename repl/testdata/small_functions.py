from scapy.all import *
print(sane(b"A\x00\xffB~\x7f"), fletcher16_checksum(b"\x28\x07"), fletcher16_checksum(b"abcdefgh" * 40), fletcher16_checkbytes(b"abcd\0\0efgh", 4))
print(tex_escape("a$#_b{}\\^&%|~<>"), strand(b"\x0f\xf0", b"\x3c\x3c"), len(randstring(9)), 0 in bytearray(zerofree_randstring(500)))
print(dns_encode(b"www.example.org"), dns_encode(b"example.org."), dns_encode(b"."), dns_encode(b"a" * 70 + b".b") == b"\x3f" + b"a" * 63 + b"\x01b\0")
for types in ([1], [1, 28], [1, 15, 46, 47, 1234], [255, 256, 257], [65535]):
    b = RRlist2bitmap(types)
    print(bytes_hex(b), bitmap2RRlist(b) == types)
print(bitmap2RRlist(b"\x00"), bitmap2RRlist(b"\x00\x00"))
n = DNSRRNSEC(rrname="a.example.", nextname="b.example.", typebitmaps=[1, 28, 46])
print(bytes_hex(raw(n)), n.sprintf("%typebitmaps%"))
for ttl in (1, 32, 33, 64, 65, 128, 129, 254): print(IP(ttl=ttl).ottl(), IP(ttl=ttl).hops(), IPv6(hlim=ttl).hops())
p = IP()/UDP()/Raw(b"x")
p.clear_cache()
print(p.overloaded_fields, IP().overloaded_fields, p.do_build() == raw(p))
print(IP(ttl=64) == IP(), IP(proto=17)/UDP() == IP()/UDP(), IP(len=20) == IP(), p.sprintf("%#05xr,UDP.sport% %#xr,UDP.sport% %04xr,UDP.sport%"))
print(raw(Raw(b"abc")/Padding(b"def")), raw(IP(raw(IP()))/Raw(b"q"))[20:])
p = Ether()/IP(dst="1.2.3.4")/TCP()/b"x"
print(p[1].dst, [p][0][1].dst, p[IP][1].name, p[3], p.getlayer(2).name, p.getlayer(4))
for n in (4, -1):
    try:
        print(p[n])
    except IndexError as e:
        print(e)
del p[2]
print(repr(p), repr(Ether()/EAPOL()), repr(Ether()/Dot1Q()/SlowProtocol()))
