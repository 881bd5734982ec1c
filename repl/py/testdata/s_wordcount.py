text = """the quick brown fox
jumps over the lazy dog
the end"""
counts = {}
for line in text.splitlines():
    for w in line.split():
        counts[w] = counts.get(w, 0) + 1
for w, n in sorted(counts.items(), key=lambda kv: (-kv[1], kv[0]))[:4]:
    print(f"{w:>6} {'*' * n} {n}")
print(max(counts, key=counts.get), sum(counts.values()), len(counts))
