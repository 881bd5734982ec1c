def encode(name): return b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\0"
def decode(data, off=0):
    labels, jumped, end = [], False, None
    while True:
        n = data[off]
        if n & 0xc0 == 0xc0:
            if not jumped: end = off + 2
            off = (n & 0x3f) << 8 | data[off + 1]
            jumped = True
            if len(labels) > 20: raise ValueError("loop")
            continue
        if n == 0: break
        labels.append(data[off + 1:off + 1 + n].decode())
        off += 1 + n
        if len(labels) > 20: raise ValueError("loop")
    return ".".join(labels), end if jumped else off + 1
msg = encode("example.com") + b"\x03www\xc0\x00"
print(encode("a.bc"), decode(msg), decode(msg, 13), len(msg))
try: decode(b"\x01a\xc0\x00")
except ValueError as e: print("error", e)
try: decode(b"\x05ab")
except IndexError as e: print("truncated", e)
