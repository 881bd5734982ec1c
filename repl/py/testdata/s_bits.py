flags = {"F": 1, "S": 2, "R": 4, "P": 8, "A": 16, "U": 32}
def pack(s): 
    v = 0
    for c in s: v |= flags[c]
    return v
def unpack(v): return "".join(n for n, b in flags.items() if v & b)
for s in ("S", "SA", "FA", "R", "FSRPAU", ""): print(s, pack(s), f"{pack(s):06b}", unpack(pack(s)), bin(pack(s)).count("1"))
print(unpack(0x12), 0x12 & 2 != 0, 0x12 & ~0x10, 1 << 5 | 3, (0x45 >> 4, 0x45 & 0xf), 0b1111 ^ 0b1010)
def rotl(x, n, w=32): return (x << n | x >> (w - n)) & ((1 << w) - 1)
print(hex(rotl(0x80000001, 4)), hex(0xdeadbeef & 0xffff0000), [i for i in range(8) if 0xa5 >> i & 1])
def crc8(data, poly=0x07):
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8): crc = (crc << 1 ^ poly if crc & 0x80 else crc << 1) & 0xff
    return crc
print(crc8(b"123456789"))
