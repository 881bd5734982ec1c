from collections import OrderedDict, defaultdict, Counter, namedtuple, deque
import functools

d = OrderedDict([("b", 1), ("a", 2)])
d["c"] = 3
d.move_to_end("b")
print(d, list(d), d.popitem(), d.popitem(last=False), d, len(d), "c" in d, d == {"c": 3}, isinstance(d, dict), isinstance(d, OrderedDict))
print(OrderedDict(), OrderedDict(x=1) == OrderedDict(x=1), OrderedDict([(1, 2), (3, 4)]) == OrderedDict([(3, 4), (1, 2)]), OrderedDict([(1, 2), (3, 4)]) == {3: 4, 1: 2})
g = defaultdict(list)
for k, v in [("a", 1), ("b", 2), ("a", 3)]:
    g[k].append(v)
print(g, dict(g), g.get("z"), "z" in g, g["z"], sorted(g), g.default_factory)
n = defaultdict(int, x=5)
for c in "hello":
    n[c] += 1
print(sorted(n.items()), defaultdict(lambda: 7)["k"], n.pop("x"))
try:
    defaultdict()["k"]
except KeyError as e:
    print("KeyError", e)
c = Counter("abracadabra")
print(c, c.most_common(2), c["z"], sum(c.values()), sorted(c.elements()), c.total(), "z" in c)
c.update("aaa")
c.subtract({"a": 1, "q": 2})
print(c, c + Counter(a=1), c - Counter(a=5), c & Counter("ab"), Counter("ab") | Counter("bbc"), Counter(), Counter(x=2) == {"x": 2})
del c["nothing"]
c["10.0.0.1"] += 1
for k, v in c.items():
    print(k, v, end=" ")
print()
Point = namedtuple("Point", "x y")
p = Point(1, y=2)
x, y = p
print(p, p.x, p[1], x + y, p._replace(x=5), p._asdict(), Point._fields, p == (1, 2), Point._make([3, 4]), namedtuple("N", ["a", "b"], defaults=[9])(1), len(p), p + (3,))
for bad in ["a a", "_x", "1a"]:
    try:
        namedtuple("T", bad)
    except ValueError as e:
        print(e)
q = deque([1, 2, 3], maxlen=3)
q.append(4)
print(q, q.popleft(), q.pop(), q, len(q), q[0], q.maxlen)
q.appendleft(0); q.extend([5, 6]); print(q, list(q), 5 in q)
q.rotate(1); print(q, deque("abc"), deque("ab") == deque("ab"), q.count(5), q.index(6), bool(deque()))
q = deque(range(5)); q.extendleft("xy"); q.remove(2); q.reverse(); q.insert(1, "i"); q[0] = "z"; del q[2]
print(q, q.copy() == q)
for f in [lambda: deque().pop(), lambda: deque().popleft(), lambda: deque().remove(1), lambda: deque()[0], lambda: deque(maxlen=-1)]:
    try:
        f()
    except (IndexError, ValueError) as e:
        print(type(e).__name__, e)

add = functools.partial(lambda a, b, c=0: (a, b, c), 1, c=5)
print(add(2), add(2, c=6), add.args, add.keywords, functools.reduce(lambda a, b: a * b, [1, 2, 3, 4]), functools.reduce(lambda a, b: a + b, [], 10))
print(sorted([3, 1, 2], key=functools.cmp_to_key(lambda a, b: b - a)))
try:
    functools.reduce(lambda a, b: a, [])
except TypeError as e:
    print(e)
calls = []
def fib(n):
    calls.append(n)
    return n if n < 2 else fib(n - 1) + fib(n - 2)
fib = functools.lru_cache(maxsize=None)(fib)
print(fib(30), len(calls))
