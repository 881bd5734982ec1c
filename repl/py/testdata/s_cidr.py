def ip2int(s):
    n = 0
    for part in s.split("."):
        v = int(part)
        if not 0 <= v <= 255: raise ValueError("bad octet %r" % part)
        n = n << 8 | v
    return n
def int2ip(n): return ".".join(str(n >> s & 0xff) for s in (24, 16, 8, 0))
def expand(cidr):
    net, bits = cidr.split("/")
    mask = (0xffffffff << (32 - int(bits))) & 0xffffffff
    base = ip2int(net) & mask
    return [int2ip(base + i) for i in range(2 ** (32 - int(bits)))]
print(expand("10.0.0.5/30"), int2ip(ip2int("192.168.1.254")), hex(ip2int("1.2.3.4")))
try: ip2int("1.2.3.400")
except ValueError as e: print("error:", e)
try: ip2int("1.2.x.4")
except ValueError as e: print("error:", e)
