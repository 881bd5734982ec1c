x = 5
print(eval("x + 1"), eval(" 1 + 1 "), eval("[i for i in range(3)]"), eval("x", {"x": 9}), eval("a + b", {"a": 1}, {"b": 2}))
def f():
    y = 7
    return eval("y * x")
print(f())
exec("z = x * 2\nprint('in exec', z)")
print(z)
ns = {"q": 1}
exec("q += 1; r = q * 10", ns)
print(ns["q"], ns["r"])
exec("def made(a): return a + 1")
print(made(4))
for bad in ("1 +", "x y", "", "a = 1", "(1", "nope_nope"):
    try: print(eval(bad))
    except SyntaxError as e: print("SyntaxError")
    except NameError as e: print(e)
print(eval("lambda a: a * x")(3))
g = globals()
g["dyn"] = 42
print(dyn, "x" in g, g["x"], type(g) == dict)
def loc(a, b=2):
    c = 3
    return sorted(locals()), sorted(locals().items())
print(loc(1))
print(sorted(k for k in globals() if not k.startswith("__"))[:6])
print(callable(eval), eval("len")("abc"), eval("'%d' % 5"), eval("x if x > 3 else 0"), eval("{'a': x}"), eval("(x,)"))
