def parse_tlv(data):
    opts, i = [], 0
    while i < len(data):
        kind = data[i]
        if kind == 0: opts.append(("EOL", None)); break
        if kind == 1: opts.append(("NOP", None)); i += 1; continue
        if i + 1 >= len(data): raise ValueError("truncated at %d" % i)
        length = data[i + 1]
        if length < 2 or i + length > len(data): raise ValueError(f"bad length {length} at {i}")
        body = data[i + 2:i + length]
        names = {2: "MSS", 3: "WScale", 4: "SAckOK", 8: "Timestamp"}
        value = int.from_bytes(body, "big") if kind in (2, 3) else body
        if kind == 8: value = (int.from_bytes(body[:4], "big"), int.from_bytes(body[4:], "big"))
        opts.append((names.get(kind, kind), value))
        i += length
    return opts
print(parse_tlv(b"\x02\x04\x05\xb4\x01\x03\x03\x07\x04\x02\x08\x0a\x00\x00\x00\x01\x00\x00\x00\x02\x00"))
for bad in (b"\x02", b"\x02\x00", b"\x02\x09\x00"):
    try: print(parse_tlv(bad))
    except ValueError as e: print("ValueError:", e)
