x = "g"
def f():
    print(x)
    def g():
        x = "inner"
        def h():
            nonlocal x
            x = x + "!"
            return x
        return h(), x
    return g()
print(f(), x)
def a(n):
    def b(m):
        def c(k): return n + m + k
        return c
    return b
print(a(1)(2)(3))
def p(v):
    v = v + 1
    q = lambda: v
    v = v + 1
    return q()
print(p(0))
def param_captured(a, b=2, *c, **d):
    return lambda: (a, b, c, d)
print(param_captured(1, 3, 4, z=5)())
def swap():
    i = 1
    def s():
        nonlocal i
        i, j = i + 1, i
        return i, j
    return s
s = swap(); print(s(), s())
def loop_closure():
    out = []
    for i in range(3): out.append(lambda: i)
    i = 99
    return [o() for o in out]
print(loop_closure())
def comp_scope(xs): return [x for x in xs if x], [[x, y] for x in xs for y in xs if x != y]
print(comp_scope([0, 1, 2]), x)
def exc_scope():
    e = 1
    try: raise ValueError("v")
    except ValueError as e: msg = str(e)
    try: return e
    except UnboundLocalError: return "unbound " + msg
print(exc_scope())
def with_default(x=x): return x
x = "changed"
print(with_default())
def fn_in_if(c):
    if c:
        def r(): return "yes"
    else:
        def r(): return "no"
    return r()
print(fn_in_if(1), fn_in_if(0))
def imp():
    import math as m
    from math import floor
    return m.floor(2.5), floor(3.5)
print(imp())
def glob():
    global made, also
    made = 1; also = [made]
    for also[0] in range(3): pass
glob(); print(made, also)
def w():
    if (n := 10) > 5: return n, [n := n + i for i in range(3)], n
print(w())
def dele():
    y = 1
    def z(): return y
    del y
    try: return z()
    except NameError as e: return type(e).__name__
print(dele())
print((lambda f: f(f, 5))(lambda s, n: 1 if n == 0 else n * s(s, n - 1)))
