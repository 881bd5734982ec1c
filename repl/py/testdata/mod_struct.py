import struct
print(struct.pack("!BHI", 1, 2, 3), struct.unpack("<hq", struct.pack("<hq", -2, -3)), struct.calcsize("!4sH"), struct.calcsize("bi"))
print(struct.pack(">4s5p?", b"ab", b"xyz", True), struct.unpack_from("!H", b"\x00\x01\x02\x03", 2), struct.pack("!f", 1.5), struct.pack("<e", 0.1), [struct.unpack("<e", struct.pack("<e", x))[0] for x in (1.0, 65504.0, 6e-08, -2.5, 0.0)])
for fmt, args in [("B", (256,)), ("!H", ()), ("z", (1,))]:
    try:
        struct.pack(fmt, *args)
    except struct.error as e:
        print(type(e).__name__)
