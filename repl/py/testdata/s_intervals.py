def merge(iv):
    out = []
    for lo, hi in sorted(iv):
        if out and lo <= out[-1][1] + 1: out[-1] = (out[-1][0], max(hi, out[-1][1]))
        else: out.append((lo, hi))
    return out
def parse(s):
    iv = []
    for part in s.split(","):
        lo, _, hi = part.strip().partition("-")
        iv.append((int(lo), int(hi or lo)))
    return iv
def show(iv): return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in iv)
print(show(merge(parse("80, 443,1-3,4,2-6, 8080-8090,8085-9000"))), sum(b - a + 1 for a, b in merge(parse("1-10,5-20"))))
for bad in ("", "a-b", "1-x"):
    try: print(parse(bad))
    except ValueError as e: print(e)
