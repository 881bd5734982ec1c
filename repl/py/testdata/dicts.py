d = {"a": 1, 2: "b", (1, 2): [3], None: 0, 1.5: "f", True: "t"}
print(d, len(d), d["a"], d[(1, 2)], d[None], d[1.5], d[1])
print("a" in d, "z" in d, 2.0 in d, d.get("z"), d.get("z", 5), d.get("a"))
print(list(d), list(d.keys()), list(d.values()), list(d.items()))
d["new"] = 1; d["a"] = 9; print(d)
print(d.pop("a"), d.pop("zz", "def"), d.setdefault("s", []), d.setdefault("s", 1))
d.update({"u": 1}, v=2); d.update([("w", 3)]); print(d)
print(d.popitem())
c = d.copy(); c["c"] = 1; print("c" in d)
d.clear(); print(d, bool(d))
print(dict(a=1, b=2), dict([("x", 1)], y=2), dict({"a": 1}), dict(zip("ab", [1, 2])), {k: v for k, v in zip("ab", range(2))})
print(dict.fromkeys("ab"), dict.fromkeys([1, 2], 0), {"a": 1} | {"b": 2}, {"a": 1} == {"a": 1.0}, {"a": 1, "b": 2} == {"b": 2, "a": 1})
d = {}
try: d["missing"]
except KeyError as e: print("KeyError", e, e.args)
try: d.pop("x")
except KeyError as e: print(e)
try: {}.popitem()
except KeyError as e: print(e)
d = {"b": 1, "a": 2}
print(sorted(d), sorted(d.items()), sorted(d, key=d.get), max(d, key=d.get), sorted(d.items(), key=lambda kv: kv[1], reverse=True))
print({"x": {"y": [1, {"z": 2}]}}["x"]["y"][1]["z"])
count = {}
for w in "a b a c a".split(): count[w] = count.get(w, 0) + 1
print(count)
g = {}
for w in ["apple", "avocado", "bean"]: g.setdefault(w[0], []).append(w)
print(g)
del d["b"]; print(d)
e = {1: "int"}; e[True] = "bool"; e[1.0] = "float"; print(e, len(e))
print({True: 1, 1: 2}, {0: "a", False: "b"}, {1, True, 1.0}, True in {1: 2}, 0 in {False})
print(str({"a": [1, 2], "b": (1,), "c": {1}, "d": None}), {}, {"k": "it's"})
d = {}; d["self"] = d; print(d)
print(list(reversed({"a": 1, "b": 2})), [*{"a": 1}], {**{"a": 1}, **{"a": 2}})
print(isinstance({}, dict), type({}).__name__, {}.keys() == set(), len({"a": 1}.items()))
items = {"a": 1, "b": 2}.items()
print(("a", 1) in items, list(items)[0])
nested = {"a": {"b": {"c": 1}}}
nested["a"]["b"]["c"] += 1; print(nested)
x = {i: i * i for i in range(5) if i % 2}; print(x)
inv = {v: k for k, v in x.items()}; print(inv)
print(d is d["self"], {"a": 1}.get("a") or "default", dict(a=1).items())
print({"a": 1}.keys(), {"a": 1}.values())
