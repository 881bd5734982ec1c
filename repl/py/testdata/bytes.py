b = b"abc\x00\xff"
print(b[0], b[-1], b[1:3], b[::-1], len(b), b, list(b), b"a" in b, 97 in b, 5 in b)
print(b"a" + b"b", b"ab" * 2, b"a" < b"b", b"a" == "a", b"x" != b"y", bytes(3), bytes([1, 2]), bytes(b"x"), bytes(), bytes(range(3)))
print(b"abc".hex(), bytes.fromhex("00 ff 1a"), b"abc".decode(), "é".encode(), b"abc".upper(), b"a,b".split(b","), b"".join([b"a", b"b"]), b" x ".strip(), b"abc".find(b"c"), b"abc".startswith(b"a"), b"aXa".replace(b"X", b"-"))
print(int.from_bytes(b"\x01\x00", "big"), (258).to_bytes(2, "little"), bytes("é", "utf-8"), b"%d %s" % (5, b"x"), b"\x41" == b"A", b"a".isalpha(), b"abc".hex(":"))
for x in b"\x01\x02": print(x, end=" ")
print(sum(b"\x01\x02"), max(b"az"), sorted(b"cab"), b"abc".count(b"b"), b"abc".index(b"c"))
ba = bytearray(b"abc"); ba[0] = 120; ba.append(33); ba.extend(b"zz"); print(ba, len(ba), ba[0], bytes(ba), ba == b"xbc!zz")
ba[1:3] = b"--"; del ba[0]; print(ba, ba.pop(), ba, ba.decode(), bytearray(2), bytearray([1]), ba + b"x", b"x" + ba)
print(repr(b"it's"), repr(b'q"q'), repr(b"\t\n\r\\"), str(b"x"), b"a" b"c", ba.hex(), bytearray.fromhex("0a"))
print([hex(c) for c in b"\x00\x10"], "".join("%02x" % c for c in b"\xde\xad"), ":".join(f"{c:02x}" for c in b"\x01\xab"), bytes(c ^ 0x20 for c in b"AbC"))
print(b"" or "empty", bool(b"\0"), b"abc"[1], b"abc"[1:2], {b"k": 1}[b"k"], hash(b"a") == hash(b"a"))
def cksum(data):
    if len(data) % 2: data += b"\0"
    s = 0
    for i in range(0, len(data), 2):
        s += (data[i] << 8) + data[i + 1]
    while s >> 16: s = (s & 0xffff) + (s >> 16)
    return ~s & 0xffff
print(hex(cksum(b"\x45\x00\x00\x3c\x1c\x46\x40\x00\x40\x06\x00\x00\xac\x10\x0a\x63\xac\x10\x0a\x0c")))
