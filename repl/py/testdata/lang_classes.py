# Attributes, methods, inheritance.
class Counter:
    """Counts."""
    made = 0
    limits = [1, 2]
    def __init__(self, start=0, *, step=1):
        self.n, self.step = start, step
        Counter.made += 1
    def add(self, times=1):
        self.n += self.step * times
        return self
    @property
    def double(self): return self.n * 2
    @double.setter
    def double(self, v): self.n = v // 2
    @classmethod
    def of(cls, n): return cls(n)
    @staticmethod
    def twice(x): return 2 * x
    def __repr__(self): return f"{self.__class__.__name__}({self.n})"
class Down(Counter):
    made_here = []
    def add(self, times=1):
        super().add(-times)
        self.made_here.append(self.n)
        return self
    def __str__(self): return "down to %d" % self.n
c, d = Counter(1, step=3), Down.of(10)
print(c.add().add(2), d.add(4), str(d), f"{d} {d!r:>10}", "%s %r" % (d, d), [c, d], {"c": c})
print(c.double, Counter.twice(4), c.twice(5), Counter.made, Down.made, Down.made_here, Counter.__doc__, Counter.__name__, type(d).__name__)
c.double = 21
print(c.n, isinstance(d, Counter), isinstance(c, Down), issubclass(Down, Counter), issubclass(Counter, object), isinstance(c, (int, Down)), Down.__mro__[1] is Counter, Down.__bases__ == (Counter,))
c.extra = "x"; print(c.extra, hasattr(c, "extra"), getattr(c, "nope", 7), vars(c), sorted(d.__dict__)); del c.extra
print(hasattr(c, "extra"), callable(c), callable(Counter), c == c, c == d, c != d, c is c, len({c, d, c}))
for bad in (lambda: c.nope, lambda: Counter(1, 2), lambda: c.add(1, 2, 3), lambda: setattr(Down.of(1), "x", 1) or Down.nope, lambda: len(c), lambda: c[0], lambda: c + 1, lambda: c < d, lambda: next(c), lambda: iter(c), lambda: c(), lambda: 3 in c):
    try: print(bad())
    except Exception as e: print(type(e).__name__, e)
# A method does not see the class's names; globals of the same name it does.
def send(x): return "global send " + x
class Sender:
    prefix = "p"
    def send(self, x): return send(x) + "!"
    def see(self):
        try: return prefix
        except NameError as e: return str(e)
    table = {k: k * 2 for k in range(3)}
    if True:
        flag = "set"
    for loop in range(3): pass
print(Sender().send("a"), Sender().see(), Sender.table, Sender.flag, Sender.loop)
# Operators.
class Vec:
    def __init__(self, *xs): self.xs = list(xs)
    def __repr__(self): return "Vec" + repr(tuple(self.xs))
    def __add__(self, o): return Vec(*[a + b for a, b in zip(self.xs, o.xs)]) if isinstance(o, Vec) else NotImplemented
    def __mul__(self, k): return Vec(*[a * k for a in self.xs])
    __rmul__ = __mul__
    def __neg__(self): return self * -1
    def __eq__(self, o): return isinstance(o, Vec) and self.xs == o.xs
    def __hash__(self): return hash(tuple(self.xs))
    def __lt__(self, o): return self.xs < o.xs
    def __len__(self): return len(self.xs)
    def __getitem__(self, i): return self.xs[i]
    def __setitem__(self, i, v): self.xs[i] = v
    def __delitem__(self, i): del self.xs[i]
    def __contains__(self, x): return x in self.xs
    def __iter__(self): return iter(self.xs)
    def __bool__(self): return any(self.xs)
    def __call__(self, k=1): return sum(self.xs) * k
    def __int__(self): return int(sum(self.xs))
    def __format__(self, spec): return "|".join(format(x, spec) for x in self.xs)
    def __bytes__(self): return bytes(self.xs)
v, w = Vec(1, 2), Vec(3, 4)
print(v + w, v * 3, 3 * v, -v, v == Vec(1, 2), v != w, v < w, w > v, sorted([w, v]), max(v, w), len(v), v[0], v[-1], v[0:1], 2 in v, 9 in v, list(v), tuple(w), bool(v), bool(Vec(0)), v(), w(10), int(w), f"{v:03d}", bytes(w), {v: "a"}[Vec(1, 2)], sum(v), callable(v), hash(v) == hash(Vec(1, 2)))
v[0] = 9; del w[0]; a, b = v
print(v, w, a, b, [x for x in v], dict(zip("ab", v)), "yes" if Vec() else "no", not Vec(0, 0), any(v))
v += Vec(1, 1); print(v, v in [Vec(10, 3)], [Vec(1), Vec(2)].index(Vec(2)))
for bad in (lambda: v + 1, lambda: 1 + v, lambda: v[9], lambda: v / 2):
    try: bad()
    except Exception as e: print(type(e).__name__, e)
# Iterators, context managers, attributes by name.
class Up:
    def __init__(self, n): self.i, self.n = 0, n
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n: raise StopIteration
        self.i += 1
        return self.i
print(list(Up(3)), sum(Up(4)), [x for x in Up(2)], next(Up(1)), next(Up(0), "none"), list(zip(Up(2), Up(3))), max(Up(5)))
class Items:
    def __getitem__(self, i):
        if i > 2: raise IndexError(i)
        return i * i
print(list(Items()), 4 in Items())
class Ctx:
    def __init__(self, swallow): self.swallow = swallow
    def __enter__(self): print("in"); return self
    def __exit__(self, kind, e, tb): print("out", kind.__name__ if kind else None, e); return self.swallow
with Ctx(True) as k: raise ValueError("lost")
try:
    with Ctx(False): raise KeyError("kept")
except KeyError as e: print("caught", e)
class Any_:
    def __getattr__(self, name):
        if name.startswith("x"): return name.upper()
        raise AttributeError("no " + name)
    def __setattr__(self, name, v): object.__setattr__(self, name, v * 2)
a = Any_(); a.q = 4
print(a.xyz, a.q, hasattr(a, "y"), getattr(a, "y", "dflt"))
# Several bases; what object gives.
class A:
    def f(self): return "A"
class B(A):
    def f(self): return "B" + super().f()
class C(A):
    def f(self): return "C" + super().f()
class D(B, C):
    def f(self): return "D" + super().f()
print(D().f(), [k.__name__ for k in D.__mro__])
class One:
    _it = None
    def __new__(cls, *a):
        if cls._it is None: cls._it = super().__new__(cls)
        return cls._it
    def __init__(self, x=0): self.x = x
print(One(1) is One(2), One(3).x)
class Inner:
    class Part:
        z = 5
    def make(self): return self.Part().z + Inner.Part.z
print(Inner().make())
def factory(base):
    class Made(base):
        def who(self): return "made of " + base.__name__
    return Made
print(factory(A)().who(), factory(A)().f())
class Empty: pass
e = Empty(); e.a = 1
print(e.a, Empty().__dict__, isinstance(Empty, type), type(Empty).__name__, e.__class__ is Empty)
class Rec:
    def __repr__(self): return repr(self)
try: repr(Rec())
except RecursionError: print("RecursionError")
class Bad:
    def __repr__(self): raise ValueError("in repr")
    def __len__(self): return "x"
for bad in (lambda: repr(Bad()), lambda: f"{Bad()}", lambda: "%s" % Bad(), lambda: print(Bad()), lambda: str([Bad()])):
    try: bad(); print("nothing raised")
    except ValueError as e: print("ValueError", e)
m = c.add
print(m().n, m.__name__, m.__self__ is c, list(map(Counter.of, [1, 2])), sorted([Down(3), Down(1)], key=lambda d: d.n))
