from scapy.all import *
# Dictionaries of names.
print(ETHER_TYPES[0x800], ETHER_TYPES.IPv4, 0x806 in ETHER_TYPES, IP_PROTOS.tcp, IP_PROTOS[17], TCP_SERVICES.http, UDP_SERVICES[53])
print(icmptypes[8], icmpcodes[3][1], dnstypes[1], dnsqtypes[255], dnsclasses[1], ipv6nh[58], icmp6types[128], eap_types[13], eap_codes.get(1), eap_codes.get(99))
print(sorted(icmptypes)[:3], len(eap_codes), [n for n in dnsclasses.values() if n == "IN"], {v: k for k, v in dnsclasses.items()}["IN"], 256 in icmptypes)
# Small functions.
labels = incremental_label("h%i", 3)
print(next(labels), next(labels), next(incremental_label()), binrepr(5), lhex(10), lhex([1, (2, 255)]))
print(pretty_list([("bb", "x"), ("a", "yyy")], [("K", "V")]))
print(bytes_hex(in4_pseudoheader(6, IP(src="1.1.1.1", dst="2.2.2.2"), 20)), dnsrepr2names(b"\x01a\x01b\x00\x03www\x00"))
print(linehexdump(b"a\x00c", onlyasc=1, dump=True), linehexdump(b"a\x00c", onlyhex=1, dump=True), linehexdump(b"a\x00c", dump=True))
print(ETH_P_8021Q, DLT_EN10MB, DLT_RAW, ARPHDR_ETHER, MTU, IPPROTO_VRRP, bytes_hex(ETHER_ANY), bytes_hex(dhcpmagic))
print(isinstance(RandShort(), VolatileValue), isinstance(5, VolatileValue))
# Classes of classes.
print(issubclass(TCP, Packet), issubclass(TCPerror, TCP), issubclass(TCP, UDP), isinstance(UDPerror(), UDP), isinstance(EAP_TLS(), EAP), issubclass(PPTPEchoRequest, PPTP))
# Bindings taken back one way.
split_top_down(IP, GRE, frag=0, proto=47)
print((IP()/GRE()).proto, type(IP(raw(IP(proto=47)/GRE())).payload).__name__)
bind_top_down(IP, GRE, frag=0, proto=47)
split_bottom_up(IP, GRE, frag=0, proto=47)
print((IP()/GRE()).proto, type(IP(raw(IP(proto=47)/GRE())).payload).__name__)
bind_bottom_up(IP, GRE, frag=0, proto=47)
# What a packet is made of.
p = IP(src="1.1.1.1", dst="2.2.2.2", ttl=(1, 3))/TCP(dport=[80, 443])
print(p.__iterlen__(), [f.name for f in p.fields_desc][:3], p.raw_packet_cache, p.parent, p.explicit)
q = IP(src="1.1.1.1", dst="2.2.2.2")/UDP()/b"abc"
print(bytes_hex(q.do_build_payload())[-6:], q[Raw].self_build(), (q/Padding(b"xy")).build_padding(), q.getfield_and_val("ttl")[1], q.getfield_and_val("ttl")[0].name)
print(({"frag": 0, "proto": 6}, TCP) in IP.payload_guess)
