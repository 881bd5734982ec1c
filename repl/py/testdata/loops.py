for i in range(3): print(i, end=" ")
else: print("done")
for i in range(10):
    if i == 3: break
else:
    print("no")
print(i)
n = 0
while n < 3:
    n += 1
    if n == 2: continue
    print("n", n)
else:
    print("while else")
while True:
    n += 1
    if n > 6: break
else: print("no")
for x, (y, z) in [(1, (2, 3)), (4, [5, 6])]: print(x, y, z)
for i, (a, b) in enumerate({"k": 1, "l": 2}.items()): print(i, a, b)
for a, *b in ["xyz", (1, 2), [1]]: print(a, b)
l = [1, 2, 3]
for x in l:
    if x < 3: l.append(x + 10)
    if len(l) > 8: break
print(l)
l = [1, 2, 3, 4]
for x in l:
    l.remove(x)
print(l)
d = {"a": 1, "b": 2}
for k in d: d[k] += 1
print(d)
try:
    for k in d: d[k + "x"] = 1
except RuntimeError as e: print(e)
try:
    for k in d: del d[k]
except RuntimeError as e: print(e)
s = {1, 2}
try:
    for k in s: s.add(k + 10)
except RuntimeError as e: print(e)
for i in range(3):
    for j in range(3):
        if j == 1: break
        print(i, j)
    else: print("never")
for c in "héy": print(c, end="|")
print()
for b in b"ab\xff": print(b, end=" ")
print()
for i in range(5, 0, -2): print(i, end=" ")
print(list(range(0)), list(range(5, 2)), list(range(-3, 3, 2)), range(5), range(1, 5), range(0, 10, 3))
print(len(range(0, 10, 3)), range(10)[3], range(10)[-1], range(10)[2:5], list(range(10)[::-3]), 3 in range(5), 7 in range(0, 10, 2), 3.0 in range(5), "a" in range(3))
print(range(3) == range(0, 3), range(0, 3, 2) == range(0, 4, 2), range(3).index(2), range(0, 10, 5).count(5), range(2, 9).start)
for i in range(3):
    pass
print(i)
for x in []: pass
else: print("empty else")
it = iter([1, 2, 3])
print(next(it), list(it), next(it, "default"))
for x in it: print("never")
total = 0
for i in range(1000):
    if i % 2: continue
    total += i
print(total)
i = 0
while i < 5: i += 1; print(i, end=",")
print()
if i == 5: print("one line")
elif i: print("no")
else: print("no")
for _ in range(2): print("_", _)
z = [0] * 3
for z[0] in range(3): pass
print(z)
class_ = {}
for class_["k"] in "ab": pass
print(class_)
for i in reversed(range(3)): print(i, end=" ")
for i in zip("ab", range(5), [True, False, None]): print(i, end=" ")
for x in map(lambda v: v * 2, [1, 2]): print(x, end=" ")
for x in filter(None, [0, 1, "", "a"]): print(x, end=" ")
print()
def f():
    for i in range(10):
        for j in range(10):
            if i * j == 42: return i, j
print(f())
