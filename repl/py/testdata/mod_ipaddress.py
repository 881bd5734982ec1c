import ipaddress
from ipaddress import ip_address, ip_network
a = ip_address("10.0.0.1")
print(a, repr(a), int(a), a + 255, a - 1, a.packed, a.version, a.is_private, a < ip_address("10.0.0.2"), a == ip_address(167772161), a.reverse_pointer, a.exploded, isinstance(a, ipaddress.IPv4Address))
b = ip_address("2001:db8::1")
print(b, repr(b), b.exploded, b.packed, b.is_global, b.reverse_pointer, ip_address("::1").is_loopback, ip_address("fe80::1").is_link_local, ip_address("ff02::1").is_multicast, ip_address(b"\x7f\0\0\1"))
n = ip_network("192.168.1.0/29")
print(n, repr(n), n.network_address, n.broadcast_address, n.netmask, n.hostmask, n.prefixlen, n.num_addresses, [str(h) for h in n.hosts()], len(list(n)), n[1], n[-1])
print(ip_address("192.168.1.5") in n, a in n, list(n.subnets(new_prefix=30)), n.supernet(), n.overlaps(ip_network("192.168.1.4/30")), ip_network("192.168.1.4/30").subnet_of(n), n.with_netmask, n.is_private)
print(ip_network("10.0.0.0/255.255.255.0"), ip_network("10.0.0.5/24", strict=False), ip_network("2001:db8::/126").num_addresses, list(ip_network("2001:db8::/126").hosts()), list(ip_network("10.0.0.0/31").hosts()), ip_network("1.2.3.4"))
i = ipaddress.ip_interface("10.1.2.3/16")
print(i, i.ip, i.network, repr(i), i.netmask)
print([str(x) for x in ipaddress.summarize_address_range(ip_address("10.0.0.1"), ip_address("10.0.0.6"))], [str(x) for x in ipaddress.collapse_addresses([ip_network("10.0.0.0/25"), ip_network("10.0.0.128/25"), ip_network("10.0.0.4/30")])])
print(sorted([ip_address("10.0.0.10"), ip_address("10.0.0.9")]), {a: 1}[ip_address("10.0.0.1")], ip_network("10.0.0.0/8") < ip_network("11.0.0.0/8"), ip_address("8.8.8.8").is_global, ip_address("100.64.0.1").is_private)
for f in [lambda: ip_address("x"), lambda: ip_address("10.0.0.256"), lambda: ip_network("10.0.0.1/24"), lambda: ip_network("10.0.0.0/33"), lambda: a < b]:
    try:
        f()
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
