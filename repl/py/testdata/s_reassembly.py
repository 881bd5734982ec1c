segs = [(100, b"hello "), (112, b"!"), (106, b"world"), (100, b"hel"), (104, b"XX"), (120, b"late")]
def reassemble(segs, isn):
    data, nxt, pending, notes = b"", isn, sorted(segs, key=lambda s: (s[0], -len(s[1]))), []
    for seq, payload in pending:
        if seq > nxt:
            notes.append("gap %d-%d" % (nxt, seq - 1))
            data += b"?" * (seq - nxt)
        elif seq < nxt:
            skip = nxt - seq
            if skip >= len(payload):
                notes.append(f"dup {seq}+{len(payload)}")
                continue
            payload = payload[skip:]
            notes.append(f"overlap {skip}")
        data += payload
        nxt = max(seq, nxt) + len(payload)
    return data, notes
print(*reassemble(segs, 100), sep="\n")
print(reassemble([], 5), reassemble([(5, b"a")], 5))
