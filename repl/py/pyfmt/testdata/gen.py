"""Makes testdata/*.jsonl.gz with CPython 3.11: python3 testdata/gen.py"""
import math
import os
import random
import struct
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "golden"))
from golden import Table  # noqa: E402

R = random.Random(20261124)

INTS = [0, 1, -1, 5, 42, -42, 255, 1023, 1234, 123456, 1234567, -9876543210, 2**31, 2**63, -2**64, 10**20, 10**30 + 7, 0x10FFFF, 0x110000, 233]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 0.5, 1.5, 2.5, 1e16, 1e15, 123456789.123, 1e-4, 1e-5, 9.999999e-5, 1e22, 1e23, 1e100, -1e-300,
          5e-324, 1.7976931348623157e308, math.pi, 1 / 3, 2 / 3, 99999.5, 999999.5, 0.00001234, 1234.5678, math.inf, -math.inf, math.nan,
          9007199254740993.0, 123456789012345680.0, 0.0004, -0.0004, 3.0, 100.0, 1e3]
STRS = ["", "a", "abc", "héllo", "日本", "it's", 'say "x"', "both ' and \"", "tab\tnl\n", "\x00\x7f\x80\xff", "\u200b\u3000\U0001f600", "x" * 20, "\\"]
BYTES = [b"", b"a", b"abc", b"it's", b'"', b"\x00\xff\n\t\r\\", b"'\"", bytes(range(256))]
OTHERS = [None, True, False, [], (), {}, set(), [1], (1,), (1, 2), {1: 2}, {"a": [1.0, "x", b"y"]}, {1}, [None, True, (3,)], [[[]]], {"k": {"n": ()}}, [1.0, -0.0, 1e16], ("a", b"b")]


def rand_float():
    k = R.random()
    if k < 0.4:
        return struct.unpack("d", struct.pack("Q", R.getrandbits(64)))[0]
    if k < 0.7:
        return round(R.uniform(-1000, 1000), R.randrange(6))
    return R.uniform(-1, 1) * 10.0 ** R.randrange(-20, 25)


def rand_value():
    k = R.random()
    if k < 0.4:
        return R.choice(INTS) if R.random() < 0.7 else R.getrandbits(R.randrange(1, 90)) * R.choice([1, -1])
    if k < 0.75:
        return R.choice(FLOATS) if R.random() < 0.5 else rand_float()
    if k < 0.9:
        return R.choice(STRS)
    if k < 0.95:
        return R.choice(BYTES)
    return R.choice(OTHERS)


def rand_spec():
    s = ""
    if R.random() < 0.35:
        if R.random() < 0.5:
            s += R.choice("*0 x<=é{日")
        s += R.choice("<>=^")
    s += R.choice(["", "", "", "+", "-", " "])
    s += R.choice(["", "", "", "", "", "z"])
    s += R.choice(["", "", "", "#"])
    s += R.choice(["", "", "0"])
    s += R.choice(["", "", str(R.randrange(30)), "1", "12"])
    s += R.choice(["", "", "", "", ",", "_", ",_"])
    s += R.choice(["", "", "", ".%d" % R.randrange(20), ".0", "."])
    s += R.choice(["", "d", "x", "X", "o", "b", "c", "e", "E", "f", "F", "g", "G", "%", "n", "s", R.choice("qéz1")])
    return s


def rand_conv():
    s = "%" + R.choice(["", "", "(k)"]) + "".join(R.choice("-+ #0") for _ in range(R.choice([0, 0, 1, 1, 2, 3])))
    s += R.choice(["", "", str(R.randrange(25)), "*"])
    s += R.choice(["", "", "", ".%d" % R.randrange(15), ".", ".*"])
    s += R.choice(["", "", "", "l", "h"])
    return s + R.choice("ddiuxXoeEfFgGsracb%") if R.random() < 0.97 else s + R.choice(["q", "é", "", "z"])


t = Table()
for v in INTS + FLOATS + STRS + BYTES + OTHERS:
    t.add("repr", repr, v)
    t.add("str", str, v)
    t.add("ascii", ascii, v)
for _ in range(1500):
    t.add("repr", repr, rand_float())
for cp in list(range(0, 0x600)) + [R.randrange(0x600, 0x30000) for _ in range(300)]:
    if not 0xD800 <= cp < 0xE000:
        t.add("repr", repr, chr(cp))
t.write(os.path.join(here, "repr.jsonl.gz"))

t = Table()
for v in [0, 1, -1, 42, 1234567, 0.5, -1234567.891, "abc", True, 1e16, math.inf]:
    for ty in ["", "d", "x", "X", "o", "b", "c", "e", "E", "f", "F", "g", "G", "%", "n", "s", "r"]:
        for sp in ["", "8", "08", "<8", "^9", "=+9", "+", " ", "#", "#010", ",", "_", "012,", "#_", ".3", "010.3", "z.1"]:
            t.add("format", format, v, sp + ty)
for _ in range(9000):
    t.add("format", format, rand_value(), rand_spec())
t.write(os.path.join(here, "format.jsonl.gz"))

t = Table()
for _ in range(9000):
    f = R.choice(["", "a", "é ", "[%%] "]) + rand_conv() + R.choice(["", "", "|"])
    n = f.count("*") + 1
    args = [R.choice([0, 3, 7, -9, 12, -1]) for _ in range(f.count("*"))] + [rand_value()]
    if R.random() < 0.1:
        args = args[: R.randrange(len(args) + 1)] + R.choice([[], [1]])
    a = {"k": args[-1] if args else 1} if "(k)" in f and R.random() < 0.9 else tuple(args)
    if n == 1 and R.random() < 0.1 and isinstance(a, tuple) and a:
        a = a[0]
    t.add("percent", lambda f, a: f % a, f, a)
    try:
        # CPython's own message for a byte beyond ASCII there is an accident.
        fb = f.encode("ascii" if R.random() < 0.9 or f.rstrip("|")[-1] == "é" else "latin-1")
    except UnicodeError:
        continue
    if R.random() < 0.5:
        ab = {b"k": a["k"]} if isinstance(a, dict) and "k" in a else a
        t.add("percentb", lambda f, a: f % a, fb, ab)
for f, a in [("%", ()), ("%(", {}), ("%(a", {}), ("%(a)", {"a": 1}), ("%(a)s", {}), ("%(a)s", 1), ("%(a)s", (1,)), ("%(a(b))s", {"a(b)": 2}), ("%s", (1, 2)), ("%s %s", 1), ("x", {}), ("x", []), ("x", 1), ("x", "y"),
             ("x", b"y"), ("%c", "ab"), ("%c", -1), ("%c", 2**70), ("%.99999999999d", 1), ("%99999999999999999999d", 1), ("%*d", ("a", 1)), ("%*d", (2**70, 1)), ("%.*f", (2**40, 1)), ("%5%", ()), ("%-5%|", ()), ("%d", "1"), ("%x", 1.5),
             ("%d", math.nan), ("%d", math.inf), ("%d", 1e20), ("%i", -2.9), ("%f", "x"), ("%f", 10**400), ("%s and %(k)s", {"k": 1}), ("%(k)s %(k)r", {"k": "é"}), ("%%", ()), ("%%", 1), ("100%", ()), ("%é", 1), ("%\x01", 1)]:
    t.add("percent", lambda f, a: f % a, f, a)
t.write(os.path.join(here, "percent.jsonl.gz"))

t = Table()


def sf(f, args, kw):
    return f.format(*args, **kw)


ARGS = (1, "two", [3, 4.5, "five"], {"k": "v", "7": 8, 7: 9, "a.b": 1}, b"by")
KW = {"x": 10, "name": "it's", "w": 12, "d": {"in": {"ner": 5}}}
FIXED = ["", "{{}}", "{}", "{} {}", "{0} {1} {0}", "{x}", "{x:>5}", "{0:{w}}", "{0:{w}d}|", "{1!r}", "{1!s:>8}", "{name!a}", "{2[0]}", "{2[2]!r:^9}", "{3[k]}", "{3[7]}", "{3[a.b]}", "{d[in][ner]:03d}", "{", "}", "{0", "{0!", "{0!r", "{0!x}",
         "{0!rr}", "{!}", "{0!}", "{0:", "{0:{", "{0:{}", "{0:{1:{2}}}", "{0:{}}", "{}{0}", "{0}{}", "{9}", "{nope}", "{0.nope}", "{2[9]}", "{2[x]}", "{3[zz]}", "{2[0}", "{2[]}", "{2.}", "{2[0]x}", "{.a}", "{[0]}", "{{{0}}}", "{{0}}", "}}", "{{", "a}b", "a{b", "{ 0}", "{0 }",
         "{-1}", "{99999999999999999999}", "{2[99999999999999999999]}", "{0:}}", "{0:{{}}}", "{a{b}}", "{0!é}", "{4}", "{4!r}", "{4:5}", "{2}", "{3}", "{:{}}", "{:{w}}", "{:{w}.{0}}", "{x!s:*^{w}}", "{0:c}", "{1:d}"]
for f in FIXED:
    t.add("strformat", sf, f, ARGS, KW)
PIECES = ["{", "}", "{{", "}}", "{}", "0", "1", "2", "x", "name", ":", "!", "r", "s", "a", "[", "]", ".", "w", "{w}", "{0}", ">5", "d", "é", " ", "[k]", "[0]", "{3[k]}", "{x:{w}}", "!r", ":^9"]
for _ in range(4000):
    f = "".join(R.choice(PIECES) for _ in range(R.randrange(1, 9)))
    t.add("strformat", sf, f, ARGS, KW)
t.write(os.path.join(here, "strformat.jsonl.gz"))
