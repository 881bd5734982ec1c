print([x for x in "abc"], {x for x in [1, 1]}, {x: x for x in [1]}, list(x for x in [1, 2]))
x = "outer"
print([x for x in range(3)], x)
def f():
    y = "local"
    r = [y for y in range(2)]
    return y, r
print(f())
def g(n):
    return [[j * n for j in range(i)] for i in range(3)]
print(g(2))
k = 10
print([i * k for i in range(3)], [(lambda v: v * k)(i) for i in range(3)])
fs = [(lambda: i) for i in range(3)]
print([q() for q in fs])
def h():
    a = 5
    return [a + b for b in range(3) if b < a], sum(a * b for b in range(3)), {a: b for b in [1]}, {a for _ in range(2)}
print(h())
gen = (i * i for i in range(5) if i % 2 == 0)
print(next(gen), next(gen), list(gen), list(gen))
print(sum(i for i in range(10)), max(i * -1 for i in [1, 2]), ",".join(str(i) for i in range(3)), any(i > 2 for i in range(5)), sorted(c for c in "bca"))
print(list((a, b) for a in range(2) for b in "xy"), tuple(i for i in range(3)), set(i % 2 for i in range(4)) == {0, 1}, dict((i, i) for i in range(2)))
n = 3
gg = (i + n for i in range(2))
n = 100
print(list(gg))
src = [1, 2]
ge = (i for i in src)
src.append(3)
print(list(ge))
print([a for a, b in [(1, 2), (3, 4)]], [a for a, *b in ["xyz"]], [k + str(v) for k, v in {"a": 1}.items()])
print([i for i in range(5) if i if i != 3], [i for i in range(20) if i > 5 and i < 9 or i == 1])
print([[1 if i == j else 0 for j in range(3)] for i in range(3)])
print([(y := v, y ** 2) for v in range(3)], y)
def closure_in_comp():
    fns = [lambda a=a, b=b: (a, b) for a in range(2) for b in range(2)]
    return [q() for q in fns]
print(closure_in_comp())
def nested():
    x = 1
    return [[x + y + z for z in range(2)] for y in range(2)]
print(nested())
def gen_closure():
    n = 5
    g = (n + i for i in range(3))
    n = 50
    return list(g)
print(gen_closure())
def genfuncs(): return [f() for f in [lambda: z for z in range(3)]]
print(genfuncs())
print([c for c in "a,b;c" if c not in ",;"], {c: "a,b".count(c) for c in sorted(set("a,b"))})
print(list(map(lambda x: [y for y in range(x)], range(3))))
n = [0]
def up():
    n[0] += 1
    return n[0]
endless = (i * i for i in iter(up, None))
print([next(endless) for _ in range(3)], next(i for i in endless if i % 7 == 0), [a for a, _ in zip(endless, "ab")])
