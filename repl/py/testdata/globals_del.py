len_ = len
len = 5
print(len)
del len
print(len("abc"))
def f():
    global made_here
    made_here = 1
f(); print(made_here)
x = 1
def g():
    x = 2
    def h():
        global x
        x = 3
        return x
    return x, h()
print(g(), x)
def shadow(list): return list
print(shadow(5), list("ab"))
print = print
a = 1
del a
try: a
except NameError as e: print(e)
def d():
    v = 1
    del v
    try: v
    except UnboundLocalError: print("unbound after del")
    v = 2
    return v
print(d())
def cond(flag):
    if flag: z = 1
    try: return z
    except UnboundLocalError as e: return "no z"
print(cond(True), cond(False))
def loopvar():
    for q in range(3): pass
    return q
print(loopvar())
sum = lambda a: "mine"
print(sum([1]))
del sum
print(sum([1, 2]))
def outer():
    def inner(): return late
    late = "late binding"
    return inner()
print(outer())
def enc():
    v = 1
    def a():
        def b():
            nonlocal v
            v += 10
            return v
        return b()
    return a(), v
print(enc())
for name in ("x", "nope"): print(name, name in globals())
