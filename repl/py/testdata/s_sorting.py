recs = [{"n": "b", "v": 2}, {"n": "a", "v": 2}, {"n": "c", "v": 1}]
print([r["n"] for r in sorted(recs, key=lambda r: r["v"])], [r["n"] for r in sorted(recs, key=lambda r: (r["v"], r["n"]))], [r["n"] for r in sorted(recs, key=lambda r: r["v"], reverse=True)])
recs.sort(key=lambda r: r["n"], reverse=True); print([r["n"] for r in recs])
print(sorted("The quick Brown fox".split(), key=str.lower), sorted([3, 1, 2], key=lambda x: -x), sorted([(1, "z"), (1, "a")]), sorted([[2], [1, 5], []]))
print(sorted(["10.0.0.10", "10.0.0.9", "9.1.1.1"], key=lambda ip: [int(x) for x in ip.split(".")]), sorted({3: "c", 1: "a"}), sorted(set("hello")), sorted(range(5), reverse=True))
def bubble(l):
    l = l[:]
    for i in range(len(l)):
        for j in range(len(l) - i - 1):
            if l[j] > l[j + 1]: l[j], l[j + 1] = l[j + 1], l[j]
    return l
print(bubble([5, 2, 9, 1]), min(recs, key=lambda r: r["v"])["n"], sorted([0.5, 1, True, -1]), sorted(["b", "B", "a", "A"]))
try: sorted([1, None])
except TypeError as e: print(e)
