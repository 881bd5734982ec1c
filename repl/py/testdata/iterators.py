it = iter("ab")
print(next(it), next(it), next(it, None))
try: next(it)
except StopIteration as e: print("stop", e.args)
z = zip([1, 2, 3], "ab")
print(next(z), list(z), list(z))
m = map(lambda x: x * 2, [1, 2])
print(next(m), list(m))
e = enumerate("abc", 5)
print(next(e), dict(e))
f = filter(lambda x: x % 2, range(6))
print(list(f), list(f))
r = reversed([1, 2, 3])
print(next(r), list(r))
log = []
def noisy(x):
    log.append(x)
    return x
lazy = map(noisy, [1, 2, 3])
print(log); next(lazy); print(log)
print(any(noisy(x) > 1 for x in [1, 2, 3]), log)
print(list(iter(lambda c=[0]: c.__setitem__(0, c[0] + 1) or c[0] if hasattr(c, "__setitem__") else 3, 3))[:2] if False else "skip")
cnt = [0]
def tick():
    cnt[0] += 1
    return cnt[0]
print(list(iter(tick, 4)))
a, b = iter([1, 2]); print(a, b)
print(sum(iter([1, 2])), sorted(iter([2, 1])), max(iter([1, 5])), list(zip(iter([1, 2]), iter([3, 4]))), 2 in iter([1, 2]))
i = iter([1, 2, 3, 4])
print([(a, b) for a, b in zip(i, i)])
i = iter(range(5))
for x in i:
    if x == 2: break
print(list(i))
print(list(map(max, [1, 5], [3, 2])), list(map(None.__class__, [])) if False else 1, list(zip("ab", range(10), [True, False])))
print(list(filter(str.isdigit, "a1b2")), [*reversed("abc")], list(reversed(range(3))), list(enumerate([])))
try: list(zip([1], [1, 2], strict=True))
except ValueError as ex: print(ex)
g = (x for x in [1, 2])
print(iter(g) is g, next(g), [y for y in g])
d = {"a": 1, "b": 2}
it = iter(d); print(next(it), list(it), list(d.values()), next(iter(d.items())))
def first(it, default=None):
    for x in it: return x
    return default
print(first([1, 2]), first([], "none"), first(x for x in range(10) if x > 4))
