moves = []
def hanoi(n, a, b, c):
    if n == 0: return
    hanoi(n - 1, a, c, b)
    moves.append((a, c))
    hanoi(n - 1, b, a, c)
hanoi(4, "A", "B", "C")
print(len(moves), moves[:3])
def perms(l): return [[]] if not l else [[x] + p for i, x in enumerate(l) for p in perms(l[:i] + l[i + 1:])]
print(perms([1, 2, 3]), len(perms(list(range(5)))))
def flatten(x): return [y for e in x for y in (flatten(e) if isinstance(e, list) else [e])]
print(flatten([1, [2, [3, [4]], 5]]))
def qsort(l):
    if len(l) < 2: return l
    p, *rest = l
    return qsort([x for x in rest if x < p]) + [p] + qsort([x for x in rest if x >= p])
print(qsort([3, 6, 1, 8, 2, 9, 2]))
def gcd(a, b):
    while b: a, b = b, a % b
    return a
print(gcd(48, 36), gcd(2 ** 40, 6 ** 20))
def collatz(n):
    steps = 0
    while n != 1: n, steps = (n // 2 if n % 2 == 0 else 3 * n + 1), steps + 1
    return steps
print([collatz(n) for n in range(1, 12)])
