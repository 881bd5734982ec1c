# Lazy pipelines without generator functions.
def pipeline(lines):
    stripped = (l.strip() for l in lines)
    nonblank = (l for l in stripped if l and not l.startswith("#"))
    fields = (l.split() for l in nonblank)
    return ((f[0], int(f[1])) for f in fields if len(f) == 2)
src = ["a 1", "# no", "", " b 2 ", "bad", "c 3"]
p = pipeline(src)
print(next(p)); src.append("d 4"); print(list(p), list(p))
seen = []
def spy(x): seen.append(x); return x
first_big = next((x for x in map(spy, range(100)) if x > 3), None)
print(first_big, seen)
print(any(spy(x) == 5 for x in range(100)), len(seen), all(x < 3 for x in range(10)), sum(x * y for x, y in zip(range(3), range(3))))
nested = (x + y for x in "ab" for y in "cd" if y != x)
print("".join(nested), list(nested))
def take(n, it): return [x for _, x in zip(range(n), it)]
squares = (i * i for i in range(10 ** 12))
print(take(4, squares), next(squares), take(2, squares))
g = (1 // x for x in (1, 0, 2))
print(next(g))
try: next(g)
except ZeroDivisionError as e: print(e)
print(next(g, "finished"), max((len(w), w) for w in "some words here".split()), dict((k, v) for v, k in enumerate("ab")))
it = iter("abcdef")
print([a + b for a, b in zip(it, it)], [*(c for c in "xy")], sorted((c for c in "hello"), reverse=True), set(c for c in "aab") == {"a", "b"})
