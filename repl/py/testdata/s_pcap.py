def u32(b): return int.from_bytes(b, "little")
hdr = (0xa1b2c3d4).to_bytes(4, "little") + (2).to_bytes(2, "little") + (4).to_bytes(2, "little") + bytes(8) + (65535).to_bytes(4, "little") + (1).to_bytes(4, "little")
def rec(sec, usec, data): return b"".join(v.to_bytes(4, "little") for v in (sec, usec, len(data), len(data))) + data
blob = hdr + rec(1, 500000, b"abcd") + rec(2, 0, b"xyz") + rec(3, 1, b"cut")[:-1]
def read(blob):
    if u32(blob[:4]) != 0xa1b2c3d4: raise ValueError("bad magic %#x" % u32(blob[:4]))
    out, off = [], 24
    while off < len(blob):
        sec, usec, incl, orig = (u32(blob[off + i:off + i + 4]) for i in range(0, 16, 4))
        data = blob[off + 16:off + 16 + incl]
        if len(data) < incl:
            print("truncated record at", off, "have", len(data), "of", incl)
            break
        out.append((sec + usec / 1e6, data))
        off += 16 + incl
    return out
for t, d in read(blob): print("%.6f" % t, d, d.hex())
try: read(b"\0" * 24)
except ValueError as e: print(e)
