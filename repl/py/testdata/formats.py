for spec in ("", "d", "5", "<5", ">5", "^5", "05", "+", "-", " ", "x", "X", "#x", "o", "b", "#b", ",", "_", "08,", "e", "f", ".1f", "g", "%", "n", "*^9", "=+5", "0=6"):
    print(spec, "|" + format(42, spec) + "|", "|" + format(-42, spec) + "|")
for spec in ("", ".2f", "10.3f", "<10.1f", "+.1e", "g", ".3g", "%", ".0%", ",.2f", "010.2f", "e", "G", "n", "#.0f", ".10g"):
    print(spec, "|" + format(1234.5678, spec) + "|", "|" + format(-0.00012, spec) + "|")
for spec in ("", "s", "10", "<10", ">10", "^10", "*^10", ".2", "10.2", "x<5"):
    print(spec, "|" + format("abc", spec) + "|")
for v, spec in ((5, "s"), ("a", "d"), (1.5, "d"), (5, "zz"), ([1], "5"), (None, ">5"), ("a", "+"), ("a", "=5"), ("a", ","), (5, ".2d")):
    try: print(format(v, spec))
    except (ValueError, TypeError) as e: print(type(e).__name__, e)
print("{:>{}}|{:{}{}}|".format("a", 5, "b", "^", 6), "{0:{1}}".format(5, "03d"), "{a[b]}".format(a={"b": 1}), "{0[0]}{0[1]}".format("xy"), "{!r:>6}".format("a"))
for fmt, args in (("%d", 3.7), ("%i", 5), ("%5s", "ab"), ("%-5s|", "ab"), ("%05d", -42), ("%x", 255), ("%#x", 255), ("%X", 255), ("%o", 8), ("%c", 65), ("%c", "z"), ("%r", "q"), ("%s", None), ("%e", 1.5), ("%.3e", 12345.0), ("%g", 1e-7), ("%G", 1e-7), ("%10.2f|", 3.14159), ("%+d", 5), ("% d", 5), ("%%", ()), ("%s", ((1, 2),)), ("%.2s", "abc"), ("%a", "é"), ("%u", 7)):
    print(fmt, fmt % args)
for fmt, args in (("%d", "x"), ("%q", 1), ("%", 1), ("%s", ()), ("%s%s", (1,)), ("%(a)s", {}), ("%(a)s", 5), ("%c", "ab"), ("x", 1), ("%x", 1.5)):
    try: print(fmt % args)
    except (TypeError, ValueError, KeyError) as e: print(fmt, type(e).__name__, e)
