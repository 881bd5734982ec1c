def mul(a, b): return [[sum(x * y for x, y in zip(r, c)) for c in zip(*b)] for r in a]
m = [[1, 1], [1, 0]]
p = [[1, 0], [0, 1]]
for _ in range(30): p = mul(p, m)
print(p, [list(r) for r in zip(*[[1, 2, 3], [4, 5, 6]])])
print("\n".join(" ".join(f"{v:3d}" for v in row) for row in [[i * j for j in range(1, 5)] for i in range(1, 4)]))
