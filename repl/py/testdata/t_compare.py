vals = [0, 1, -1, 1.0, 1.5, True, False, "", "a", "b", b"a", None, [], [1], [1, 2], (), (1,), {}, {"a": 1}, set(), {1}]
for i, a in enumerate(vals):
    print(repr(a), [j for j, b in enumerate(vals) if a == b], bool(a), [j for j, b in enumerate(vals) if a is b])
def lt(a, b):
    try: return a < b, a <= b, a > b, a >= b
    except TypeError as e: return str(e)
for a, b in ((1, 2), (1, 1.5), (True, 2), ("a", "b"), ("", "a"), ([1], [1, 2]), ([2], [1, 9]), ((1, "a"), (1, "b")), (b"a", b"b"), ({1}, {1, 2}), (1, "a"), (None, None), ([1], (1,)), ({}, {}), ([1, "a"], [1, 2]), (b"a", "a"), (float("nan"), 1.0), (float("inf"), 10 ** 400), (2 ** 53, 2.0 ** 53), (10 ** 30, 1e30)):
    print(repr(a), repr(b), lt(a, b), a == b, a != b)
print(1 < 2 < 3 < 4, 1 < 3 < 2, 3 > 2 == 2, not 1 == 2, 1 != 1.0, "a" "b" == "ab", [1, [2, (3,)]] == [1, [2, (3,)]], {"a": [1]} == {"a": [1]}, {"a": 1} != {"a": 2})
nan = float("nan"); print(nan == nan, nan != nan, nan in [nan], nan is nan)
print(1 in [True], 1.0 in {1}, "a" in "cat", "" in "", b"a" in b"cat", None in [None], [] in [[]], (1,) in {(1,): 2}, 5 not in range(5), "x" not in {"x": 1})
print(max("a", "B", key=str.lower), min([1, 2], [1]), max((1, 2), (1, 3)), sorted([(2, "b"), (1, "z"), (2, "a")]), sorted([[], [0], [-1]]))
print(0 == False, "" == False, None == False, [] == False, 0 is False, 0.0 == 0, -0.0 == 0.0, "1" == 1)
