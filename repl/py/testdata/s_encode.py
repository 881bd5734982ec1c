def b64(data):
    al = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    out = ""
    for i in range(0, len(data), 3):
        chunk = data[i:i + 3]
        n = int.from_bytes(chunk + b"\0" * (3 - len(chunk)), "big")
        s = "".join(al[n >> sh & 63] for sh in (18, 12, 6, 0))
        out += s[:len(chunk) + 1] + "=" * (3 - len(chunk))
    return out
for s in ("", "f", "fo", "foo", "foobar"): print(b64(s.encode()))
def rle(s):
    out, i = [], 0
    while i < len(s):
        j = i
        while j < len(s) and s[j] == s[i]: j += 1
        out.append((s[i], j - i)); i = j
    return out
print(rle("aaabccd"), "".join(c * n for c, n in rle("aaabccd")))
caesar = lambda s, k: "".join(chr((ord(c) - 97 + k) % 26 + 97) if c.islower() else c for c in s)
print(caesar("hello, world", 3), caesar(caesar("abc", 5), -5))
print("".join(reversed("dns")), [f"{ord(c):02x}" for c in "é\u20ac"], "é€".encode().hex(), bytes.fromhex("c3a9").decode())
