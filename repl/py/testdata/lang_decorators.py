import functools, time
def log(f):
    @functools.wraps(f)
    def w(*a, **k):
        print("call", f.__name__, a, k)
        return f(*a, **k)
    return w
def times(n):
    def deco(f):
        def w(*a): return [f(*a) for _ in range(n)]
        return w
    return deco
@log
def add(a, b=1):
    "adds"
    return a + b
@times(2)
@log
def one(): return 1
print(add(1, b=2), one(), add.__name__, add.__doc__)
handlers = {}
def on(name): return lambda f: handlers.setdefault(name, f)
@on("syn")
def handle(p): return "got " + p
print(handlers["syn"]("x"), handle("y"))
@functools.lru_cache(maxsize=None)
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
print(fib(60))
class Reg:
    all = []
    @staticmethod
    def add(cls):
        Reg.all.append(cls.__name__)
        return cls
@Reg.add
class X:
    @log
    def m(self, k=3): return k
print(Reg.all, "m" in dir(X))
class Count:
    def __init__(self, f): self.f, self.n = f, 0
    def __call__(self, *a):
        self.n += 1
        return self.f(*a)
@Count
def hi(x): return "hi " + x
print(hi("a"), hi("b"), hi.n)
