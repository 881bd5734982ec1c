s, l, t, b = "abcdefgh", list(range(8)), tuple(range(8)), bytes(range(65, 73))
for sl in ((None, None, None), (2, 5, None), (-3, None, None), (None, -3, None), (None, None, 2), (None, None, -1), (6, 2, -2), (100, -100, -3), (-100, 100, 3), (5, 2, None), (0, 0, None), (None, 3, -1), (3, None, -1), (-1, None, -1), (1, -1, 2), (7, 8, 1), (8, 7, -1)):
    k = slice(*sl)
    print(sl, s[k], l[k], t[k], b[k], list(range(8)[k]), "äöüßéèçñ"[k])
m = list(range(6)); m[1:3] = []; print(m); m[2:2] = [9, 9]; print(m); m[-1:] = [7, 8]; print(m); m[::2] = [0] * len(m[::2]); print(m); m[:] = m[::-1]; print(m)
m = list(range(10)); del m[2:4]; print(m); del m[::3]; print(m); del m[-2:]; print(m); del m[:]; print(m)
m = [1, 2, 3]; m[10:] = [4]; print(m); m[-100:1] = [0]; print(m); m[2:1] = [5]; print(m)
m = [1, 2, 3, 4]
for bad in ("m[::2] = [1]", "m[::0]", "m['a':]", "m[1.5:]", "m[0:1] = 5", "s[0:1] = 'x'", "del s[0:1]"):
    try: exec(bad)
    except (ValueError, TypeError) as e: print(bad, type(e).__name__, e)
print(m[1:][1:][0], s[1:-1][::-1][:2], [row[1] for row in [l[0:2], l[2:4]]], s[:2] + s[2:] == s, l[:][0], "x"[0:0] == "", s[-1:-4:-1], s[slice(1, 3)])
m = [1, 2, 3]; n = m[:]; n.append(4); print(m, n); m[0:0] = m; print(m); m += m[:2]; print(m)
