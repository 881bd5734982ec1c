def accumulator(start=0):
    total = start
    def add(n=1):
        nonlocal total
        total += n
        return total
    add.reset = lambda: reset()
    def reset():
        nonlocal total
        total = start
    return add
a, b = accumulator(), accumulator(100)
print(a(), a(5), b(), b(10), a())
a.reset(); print(a(), b())
def memo(fn):
    cache = {}
    def inner(n):
        if n not in cache: cache[n] = fn(n)
        return cache[n]
    inner.cache = cache
    return inner
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
fib = memo(fib)
print(fib(80), len(fib.cache))
def curry(f, *a): return lambda *b: f(*a, *b)
print(curry(max, 3)(1, 7), curry(print, "x")("y"))
adders = {n: (lambda x, n=n: x + n) for n in range(3)}
print([adders[k](10) for k in adders])
def make():
    fns = []
    for i in range(3):
        def f(j=i): return i, j
        fns.append(f)
    return [f() for f in fns]
print(make())
