a = [1, 2]; b = a; b += [3]; print(a, a is b); b = b + [4]; print(a, b)
def add(l): l.append("x"); l = ["new"]; return l
print(add(a), a)
m = [[0] * 2] * 2; m[0][0] = 1; print(m); m = [[0] * 2 for _ in range(2)]; m[0][0] = 1; print(m)
d = {"l": []}; e = dict(d); e["l"].append(1); e["n"] = 2; print(d, e)
t = ([], 1); t[0].append(5); print(t)
try: t[0] += [6]
except TypeError as ex: print(ex, t)
s = "abc"; r = s; r += "d"; print(s, r)
def acc(x, l=[]): l.append(x); return l
print(acc(1), acc(2), acc.__name__)
l = [3, 1, 2]; k = sorted(l); l.sort(); print(l == k, l is k, l.sort(), [3, 1].reverse())
x = [1, 2, 3]
for v in x[:]:
    if v == 2: x.remove(v)
print(x, x.clear(), x)
q = [1, 2, 3]; i = 0
while i < len(q):
    if q[i] < 3: q.append(q[i] + 2)
    i += 1
print(q)
g = {"a": 1}
for key in list(g): g[key + "b"] = g.pop(key)
print(g)
u = {1, 2, 3}
for v in list(u): u.discard(v) if v > 1 else u.add(v * 10)
print(sorted(u))
n = [1, [2, [3]]]; c = n[:]; c[1][0] = "changed"; print(n, c)
