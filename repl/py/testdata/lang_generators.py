def count(n):
    "counts"
    i = 0
    while i < n:
        got = yield i
        if got: i = got
        else: i += 1
    return "end"
print(list(count(3)), sum(count(4)), [x for x in count(2)], count.__name__, next(count(1)), next(count(0), "none"), type(count(1)).__name__)
g = count(10); print(next(g), g.send(5), next(g), g.send(None))
def outer():
    r = yield from count(2)
    yield r
    yield from "ab"
    yield from [1, (2, 3)]
print(list(outer()))
def cleanup():
    try:
        yield 1
        yield 2
    except ValueError as e:
        yield "caught " + str(e)
    finally:
        print("cleaned")
g = cleanup(); print(next(g)); print(g.throw(ValueError("x"))); print(list(g))
g = cleanup(); next(g); g.close(); print(list(g))
g = cleanup(); g.close(); print(next(g, "closed"))
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
from itertools import islice, takewhile
print(list(islice(fib(), 10)), list(takewhile(lambda x: x < 30, fib())))
def tree(t):
    if isinstance(t, list):
        for x in t: yield from tree(x)
    else: yield t
print(list(tree([1, [2, [3, [4]], 5]])))
def raises():
    yield 1
    raise KeyError("k")
try:
    for x in raises(): print(x)
except KeyError as e: print("KeyError", e)
def stops():
    yield 1
    raise StopIteration
try: list(stops())
except RuntimeError as e: print(e)
try: next(count(0))
except StopIteration as e: print("value", e.value)
g = count(1); next(g)
for f in (lambda: g.send(1), lambda: next(g), lambda: count(1).send(3)):
    try: print("sent", f())
    except (StopIteration, TypeError) as e: print(type(e).__name__, e)
def selfish():
    yield from selfish_
selfish_ = selfish()
try: next(selfish_)
except ValueError as e: print(e)
def pairs():
    for a in range(2):
        for b in "xy":
            yield a, b
print(dict(enumerate(pairs())), [*pairs()], max(pairs()), (0, "y") in pairs())
def nothing():
    return
    yield
print(list(nothing()))
gens = [count(2) for _ in range(3)]
print([next(x) for x in gens], [list(x) for x in gens])
def bank():
    total = 0
    while True:
        total += (yield total) or 0
b = bank(); next(b); print(b.send(5), b.send(7), next(b))
class Tree:
    def __init__(self, *kids): self.kids = kids
    def __iter__(self):
        yield self
        for k in self.kids: yield from k
print(len(list(Tree(Tree(), Tree(Tree())))))
from contextlib import contextmanager, suppress
@contextmanager
def managed(name):
    print("enter", name)
    try: yield name.upper()
    except ValueError as e: print("saw", e)
    finally: print("leave", name)
with managed("a") as m: print(m)
with managed("b"): raise ValueError("v")
try:
    with managed("c"): raise KeyError("k")
except KeyError as e: print("out", e)
with suppress(ZeroDivisionError): 1 / 0
print(all(x < 3 for x in count(3)), any(x > 5 for x in count(3)), ",".join(str(x) for x in count(3)), list(reversed(list(count(3)))), list(filter(None, count(3))), list(map(str, count(2))))
for i in range(200):
    it = fib(); next(it)
print("many")
