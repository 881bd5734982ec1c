# Parameters of every kind, defaults, and the errors of wrong calls.
def f(a, b=2, *args, c, d=4, **kw):
    return (a, b, args, c, d, sorted(kw.items()))
print(f(1, c=3))
print(f(1, 2, 3, 4, c=5, z=6, y=7))
print(f(*[1, 2, 3], **{"c": 4, "q": 5}))
print(f(b=1, a=2, c=3))
def g(a, /, b, *, c): return a, b, c
print(g(1, 2, c=3), g(1, b=2, c=3))
def h(x: int, y: "str" = "d", *rest: int, **kw: dict) -> None:
    "doc string"
    return x, y
print(h(1), h.__doc__, h.__name__)
def none(): pass
print(none())
def mut(x, acc=[]):
    acc.append(x)
    return acc
print(mut(1), mut(2), mut(3, []), mut(4))
def err(fn, *a, **k):
    try:
        print(fn(*a, **k))
    except TypeError as e:
        print("TypeError:", e)
err(f)
err(f, 1)
err(f, 1, c=1, a=2)
err(g, 1)
err(g)
err(g, a=1, b=2, c=3)
err(g, 1, 2, 3)
err(g, 1, 2)
err(none, 1)
err(none, zz=1)
def two(a, b): pass
err(two)
err(two, 1)
err(two, 1, 2, 3)
err(two, 1, 2, q=3)
def three(a, b, c): pass
err(three)
def dflt(a, b=1): pass
err(dflt)
err(dflt, 1, 2, 3)
def kwo(*, a, b, c): pass
err(kwo)
err(lambda: 1, 5)
err(len, 1, 2)
err(len)
print((lambda *a, **k: (a, k))(1, 2, x=3))
print((lambda a, b=5: a + b)(1))
def outer():
    x = 1
    def inner():
        nonlocal x
        x += 1
        return x
    return inner
i = outer()
print(i(), i(), i())
def counter():
    n = 0
    def inc():
        nonlocal n
        n += 1
        return n
    def get(): return n
    return inc, get
inc, get = counter()
inc(); inc()
print(get())
fs = [lambda: i for i in range(3)]
print([q() for q in fs])
fs = [lambda i=i: i for i in range(3)]
print([q() for q in fs])
def compose(*fns):
    def run(x):
        for fn in fns:
            x = fn(x)
        return x
    return run
print(compose(lambda x: x + 1, lambda x: x * 2, str)(5))
total = 0
def add(n):
    global total
    total += n
for q in range(5): add(q)
print(total)
def later(): return defined_later
defined_later = "yes"
print(later())
x = 1
def read(): return x
x = 2
print(read())
def rec(n): return 1 if n <= 1 else n * rec(n - 1)
print(rec(20), rec(50))
def even(n): return True if n == 0 else odd(n - 1)
def odd(n): return False if n == 0 else even(n - 1)
print(even(100), odd(100))
def multi():
    return 1, 2, 3
a, b, c = multi()
print(a, b, c, multi())
print(f"{(lambda: 5)()}")
def unb():
    try:
        print(loc)
    except UnboundLocalError as e:
        print(type(e).__name__)
    loc = 1
unb()
def deflt(n=len("abc")): return n
print(deflt())
print([fn.__name__ for fn in (f, g, h)], callable(f), callable(5))
f.attr = 5
print(f.attr, hasattr(f, "attr"), hasattr(f, "nope"))
def star(a, *, b=1, **rest): return a, b, rest
print(star(1, b=2, c=3), star(*(1,), **dict(b=5)))
print(max(*[1, 5, 3]), print("a", "b", sep="-", end="!\n"))
def late(n):
    if n: return "early"
    return
print(late(1), late(0))
def kw_order(**k): return list(k)
print(kw_order(z=1, a=2, m=3))
