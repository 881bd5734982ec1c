def show(*a, **k): return "%s %s" % (a, sorted(k.items()))
l, d = [1, 2], {"x": 1}
print(show(*l, **d), show(0, *l, 3, *[4], y=2, **d), show(*"ab"), show(**{}), show(*[]), show(*(i for i in range(2))), show(*{"k": 1}), show(*range(2), **dict(q=1)))
for bad in ("show(*5)", "show(**5)", "show(**{1: 2})", "show(x=1, **{'x': 2})", "len(x=1)", "int('1', bas=2)", "print(foo=1)", "sorted()", "sorted([1], lambda x: x)", "'a'.join()", "'a'.split(1)", "[].append()", "{}.get()", "isinstance(1)", "range()", "map()", "(lambda x: x)()", "(lambda: 0)(1)"):
    try: print(eval(bad))
    except TypeError as e: print(bad, "TypeError")
order = []
def o(x): order.append(x); return x
show(o(1), o(2), *[o(3)], k=o(4), **{"z": o(5)}); print(order)
order.clear(); {o("k1"): o("v1"), o("k2"): o("v2")}; print(order)
order.clear(); o(1) + o(2) * o(3); print(order)
order.clear(); o(0) or o(1) and o(2); print(order)
order.clear(); (o(1) if o(0) else o(2)); print(order)
order.clear(); o(1) < o(2) < o(0) < o(9); print(order)
order.clear(); [o(3), o(4)][o(0)]; print(order)
x = [None, None]; order.clear(); x[o(0)] = o(5); print(order)
order.clear(); x[o(0)], x[o(1)] = o(7), o(8); print(order, x)
def ret_many(): return (1, [2, {"three": 3}])
a, (b, c) = ret_many(); print(a, b, c["three"])
print((lambda *, k=1: k)(), (lambda a, /, b: a + b)(1, b=2), (lambda **k: k)(a=1))
def deco(fn):
    def wrapped(*a, **k):
        order.append(fn.__name__)
        return fn(*a, **k)
    return wrapped
def base(x, y=2): return x * y
base = deco(base); order.clear()
print(base(3), base(3, y=5), order)
def default_none(x=None, items=None):
    items = items or []
    items.append(x)
    return items
print(default_none(), default_none(1), default_none(2, [0]))
def too_deep(n):
    if n: return too_deep(n - 1)
    return "bottom"
print(too_deep(500))
def kwonly(*args, sep, end="."): return sep.join(map(str, args)) + end
print(kwonly(1, 2, sep="-"), kwonly(sep=""))
print(max(map(lambda p: p[1], {"a": 5, "b": 7}.items())), sorted(map(str, range(3)), key=lambda s: -int(s)))
def recurse_kw(n, acc=()): return acc if n == 0 else recurse_kw(n=n - 1, acc=acc + (n,))
print(recurse_kw(4))
print(print.__name__, len.__name__, base.__name__, (lambda: 0).__name__)
