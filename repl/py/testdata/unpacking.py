a = b = c = 5
print(a, b, c)
a, b = b, a + 1
print(a, b)
a, b, c = "xyz"
print(a, b, c)
(a, b), c = (1, 2), 3
print(a, b, c)
[a, [b, c]] = [1, (2, 3)]
print(a, b, c)
a, *b = [1, 2, 3]; print(a, b)
*a, b = [1, 2, 3]; print(a, b)
a, *b, c = range(5); print(a, b, c)
a, *b = "x"; print(a, b)
*a, = 1, 2; print(a)
a, (b, *c), d = 1, "hello", 2; print(a, b, c, d)
l = [1, 2, 3]
l[0], l[2] = l[2], l[0]; print(l)
d = {}
d["x"], d["y"] = 1, 2; print(d)
i, l[i] = 1, "changed"; print(i, l)
x = y = []
x.append(1); print(y)
for bad in ("a, b = 1, 2, 3", "a, b = 1,", "a, *b, c = 1,", "a, b = 5", "a, b = None", "a, b = {}", "(a, b) = iter([1])"):
    try:
        exec(bad)
    except (ValueError, TypeError) as e:
        print(type(e).__name__, e)
print([*range(3), *"ab"], (*[1], 2), {*[1, 1]}, {**{"a": 1}, "b": 2, **{"a": 3}})
print(*[1, 2], *"ab", sep="-")
def f(*a, **k): return a, k
print(f(*[1], 2, *[3], x=1, **{"y": 2}, **{"z": 3}))
t = 1,
print(t, (1), (1,), ())
a = 1; b = 2; a, b = b, a; print(a, b)
(x) = 5; print(x)
[x] = [6]; print(x)
x, = [7]; print(x)
first, second, *rest = "a b c d".split(); print(first, second, rest)
def ret(): return 1, *[2, 3]
print(ret())
for k, v in {"a": 1}.items(): print(k, v)
x: int = 5
y: str
print(x)
z: "anything at all" = [1]
print(z)
a = [1, 2, 3]
a[1:2] = "xyz"; print(a)
a[::2] = [0, 0, 0]; print(a)
del a[0]; print(a)
del a[1:3], x; print(a)
try: x
except NameError as e: print("gone")
d = {"a": 1, "b": 2}
del d["a"]; print(d)
b = [1, 2, 3, 4, 5]
del b[::2]; print(b)
b[:] = []; print(b)
b[0:0] = [1, 2]; print(b)
b[5:] = [9]; print(b)
b[1:1] = b; print(b)
if (n := len(b)) > 3: print("walrus", n)
print([y := 1, y + 1], y)
while (line := next(iter([""]))) : pass
print(repr(line))
print([last := v for v in range(3)], last)
x = 5
x += 1; x -= 2; x *= 3; x //= 2; x **= 2; x %= 7; x <<= 3; x >>= 1; x |= 1; x &= 7; x ^= 2
print(x)
x = 7; x /= 2; print(x)
s = "a"; s += "b"; s *= 2; print(s)
l = m = [1]; l += [2]; l += (3,); l += "a"; print(m); l = l + [5]; print(m, l)
t = u = (1,); t += (2,); print(t, u)
calls = []
def idx(i):
    calls.append(i)
    return i
l = [10, 20]
l[idx(1)] += 5; print(l, calls)
dd = {"k": [1]}
dd["k"] += [2]; print(dd)
st = {1}; st |= {2}; st &= {2, 3}; st ^= {4}; st -= {4}; print(st)
dx = {"a": 1}; dx |= {"b": 2}; print(dx)
n1, n2 = (lambda: (1, 2))()
print(n1, n2)
