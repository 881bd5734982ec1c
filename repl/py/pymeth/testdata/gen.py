"""Makes testdata/methods.jsonl.gz with CPython 3.11: python3 testdata/gen.py

Each case calls one method: op "type.method", arguments receiver, positional
ones, keyword ones; the answer is (result, receiver afterwards).
"""
import copy
import math
import os
import random
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "..", "pyfmt", "golden"))
from golden import Table  # noqa: E402

R = random.Random(7)
t = Table()


def call(name):
    def run(recv, args, kw):
        recv = copy.deepcopy(recv)
        r = getattr(recv, name)(*args, **kw)
        if type(r).__name__ in ("dict_keys", "dict_values", "dict_items"):
            r = list(r)
        return (r, recv)

    return run


def add(typ, name, recv, *args, **kw):
    t.add(typ.__name__ + "." + name, call(name), recv, args, kw)


def static(typ, name, *args, **kw):
    t.add("static " + typ.__name__ + "." + name, lambda a, k: getattr(typ, name)(*a, **k), args, kw)


WORDS = ["", "a", "abc", "Hello World", "  padded\t ", "a,b,,c", "aaa", "héllo wörld", "日本語 テキスト", "MiXeD cAsE", "123", "-42", "+7", "x\ty\tz", "l1\nl2\r\nl3\rl4", "ß straße", "ΑΣ ΣΑΣ", "\x1c\x1d x\x85y\u2028z",
         "ab" * 10, "it's", "²½Ⅷ五", "_id9", "9id", "\u00a0nb\u3000", "Ǆ ǅ ǆ", "ﬁn", "a\x00b", "tab\there", "😀x😀", "ıİ", "a  b   c", "one"]
SUBS = ["", "a", "b", "l", "ö", "本", ",", " ", "\n", "aa", "abc", "zz", "😀", "\t", "ab"]
BYTES = [b"", b"a", b"abc", b"Hello World", b"  pad \x0b\x0c\x1c ", b"a,b,,c", b"\x00\xff\x80", b"l1\nl2\r\nl3\rl4\x0b\x85", b"-42", b"x\ty", b"aaa", b"MiXed 9", b"123", b"one"]
BSUBS = [b"", b"a", b",", b"\xff", b"l", b" ", b"aa", 97, 256, -1, "a"]
IDX = [None, 0, 1, 2, 3, -1, -2, 5, 100, -100]

for typ, words, subs, fill in ((str, WORDS, SUBS + [1, None, b"x"], ["*", "é", "ab", 1]), (bytes, BYTES, BSUBS, [b"*", b"ab", "*"])):
    for w in words:
        for m in ("upper lower title capitalize swapcase isalpha isdigit isalnum isupper islower istitle isascii isspace splitlines strip lstrip rstrip split rsplit expandtabs").split():
            add(typ, m, w)
        add(typ, "splitlines", w, True)
        add(typ, "splitlines", w, keepends=True)
        if typ is str:
            for m in "casefold isdecimal isnumeric isprintable isidentifier".split():
                add(typ, m, w)
        else:
            add(typ, "hex", w)
            for sep in (":", b"-", "é", "::", 1):
                for n in (1, 2, -2, 3, 0, -5):
                    add(typ, "hex", w, sep, n)
        for n in (0, 1, 4, 9, 12, 13, -3):
            for m in ("center", "ljust", "rjust"):
                add(typ, m, w, n)
                add(typ, m, w, n, R.choice(fill))
            add(typ, "zfill", w, n)
            add(typ, "expandtabs", w, n)
            add(typ, "expandtabs", w, tabsize=n)
        for s in subs:
            for m in ("find", "rfind", "index", "rindex", "count", "startswith", "endswith"):
                add(typ, m, w, s)
                for _ in range(2):
                    add(typ, m, w, s, R.choice(IDX), R.choice(IDX))
                add(typ, m, w, s, R.choice(IDX))
            for m in ("partition", "rpartition", "removeprefix", "removesuffix", "strip", "lstrip", "rstrip"):
                add(typ, m, w, s)
            for m in ("split", "rsplit"):
                add(typ, m, w, s)
                add(typ, m, w, s, R.choice([0, 1, 2, 3, -1]))
                add(typ, m, w, sep=s, maxsplit=R.choice([0, 1, 2, 3, -1]))
                add(typ, m, w, None, R.choice([0, 1, 2, 3, -1]))
            for to in (subs[0], subs[1], subs[3]):
                add(typ, "replace", w, s, to)
                add(typ, "replace", w, s, to, R.choice([0, 1, 2, -1]))
for w in WORDS:
    add(str, "startswith", w, ("a", "H", "日"))
    add(str, "endswith", w, ("c", "d", ""), 1)
    add(str, "startswith", w, ("a" * 30, 1))
    for enc in ("utf-8", "latin-1", "ascii", "UTF8", "utf-16", "utf-16-le", "utf_16_be", "iso-8859-1", "nope"):
        for errs in ("strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "bogus"):
            add(str, "encode", w, enc, errs)
    add(str, "encode", w)
    add(str, "encode", w, errors="ignore", encoding="ascii")
    add(str, "translate", w, {97: "X", 108: None, 246: 66, 26412: "本本"})
    add(str, "join", w, ["a", "b", "c"])
    add(str, "format", w + "{}{k}", 1, k=2)
RAW = [b"", b"abc", b"h\xc3\xa9", b"\xff", b"a\xffb", b"\xc3", b"\xe2\x82", b"\xe2\x82x", b"\xf0\x9f\x98\x80", b"\xf0\x9f\x98", b"\xf0\x9f\x98x", b"\xed\xa0\x80", b"\xc0\x80", b"\xf5\x80\x80\x80", b"\x80\x81", b"\xe0\x80\x80",
       b"\xf4\x90\x80\x80", b"a\xe2\x82\xacb\xe9", b"h\x00i\x00", b"\xff\xfeh\x00", b"\xfe\xff\x00h", b"\x3d\xd8\x00\xde", b"h", b"\x00\xdc", b"\x00\xd8x\x00"]
for _ in range(150):
    RAW.append(bytes(R.choice([0x41, 0x80, 0xBF, 0xC2, 0xE0, 0xE2, 0xED, 0xF0, 0xF4, 0xFF, 0xA0, 0x90]) for _ in range(R.randrange(1, 7))))
for b in RAW:
    for errs in ("strict", "ignore", "replace", "backslashreplace"):
        for enc in ("utf-8", "latin-1", "ascii"):
            add(bytes, "decode", b, enc, errs)
    for enc in ("utf-16-le", "utf-16-be"):
        if errs == "strict" or len(b) % 2 == 0:
            add(bytes, "decode", b, enc, "ignore")
    add(bytes, "decode", b, "utf-8", "bogus")
add(bytes, "decode", b"a", "what")
add(bytes, "translate", b"abc", bytes(range(255, -1, -1)))
add(bytes, "translate", b"abc", None, b"b")
add(bytes, "join", b"-", [b"a", b"b"])
add(bytes, "join", b"-", [b"a", "b"])
add(str, "join", "-", ["a", 1])
add(str, "join", "-", 5)
add(str, "join", "-", "xyz")
for a in ("", "00ff", "0 0", "de ad BE\tef", "xy", "0", "0g", "é0", " 12 "):
    static(bytes, "fromhex", a)
static(bytes, "maketrans", b"abc", b"xyz")
static(bytes, "maketrans", b"abc", b"xy")
static(str, "maketrans", "abc", "xyz")
static(str, "maketrans", "abc", "xyz", "d")
static(str, "maketrans", "abc", "xy")
static(str, "maketrans", {"a": 1, 98: None, "c": "ccc"})
static(str, "maketrans", {"ab": 1})
static(str, "upper", "abc")
static(str, "join", ",", ["a", "b"])
static(dict, "fromkeys", "abc", 0)
static(dict, "fromkeys", [1, 2])
static(dict, "fromkeys", [[]])

# lists
LISTS = [[], [1], [3, 1, 2], [1, 1.0, True, 0], ["b", "a"], [(2, "x"), (1, "y"), (2, "a")], [[1], [0, 5]], [1, "a"], [None, None], list(range(40, 0, -3)), [1.5, -2, 10**20, 0], [math.inf, 1, -math.inf]]
for l in LISTS:
    for i in (0, 1, -1, 2, 100, -100, True, "x"):
        add(list, "pop", l, i)
        add(list, "insert", l, i, "new")
    for v in (1, "a", True, 1.0, None, (2, "x"), [1]):
        for m in ("index", "count", "remove", "append"):
            add(list, m, l, v)
        add(list, "index", l, v, 1)
        add(list, "index", l, v, -1, 5)
    for m in ("pop", "reverse", "copy", "clear", "sort"):
        add(list, m, l)
    add(list, "sort", l, reverse=True)
    for e in ([], [1, 2], (3,), "ab", b"ab", {"k": 1}, 5):
        add(list, "extend", l, e)
add(list, "sort", [1], 1)
add(list, "sort", [1], bogus=1)
add(list, "append", [1])
add(list, "pop", [1], 1, 2)
add(list, "insert", [1], 1)
add(list, "copy", [1], 2)
for v in ((1, 2, 1), (), ("a",)):
    add(tuple, "index", v, 1)
    add(tuple, "count", v, 1)
    add(tuple, "index", v, 1, 1)

# dicts
DICTS = [{}, {"a": 1}, {"a": 1, "b": 2, 3: None}, {(1, 2): "t", 1.5: []}]
for d in DICTS:
    for k in ("a", 3, "zz", (1, 2), [], {}):
        add(dict, "get", d, k)
        add(dict, "get", d, k, "dflt")
        add(dict, "pop", d, k)
        add(dict, "pop", d, k, 9)
        add(dict, "setdefault", d, k)
        add(dict, "setdefault", d, k, 7)
    for m in ("keys", "values", "items", "popitem", "clear", "copy"):
        add(dict, m, d)
    add(dict, "update", d, {"a": 5, "n": 6})
    add(dict, "update", d, [("x", 1), ["y", 2]])
    add(dict, "update", d, ["ab", "cd"], z=3)
    add(dict, "update", d, z=3)
    add(dict, "update", d, [(1, 2, 3)])
    add(dict, "update", d, [1])
    add(dict, "update", d, 5)

# sets (as sorted tables; only order-free results)
SETS = [set(), {1}, {1, 2, 3}, {"a", "b"}, {5, 6}]
for s in SETS:
    for o in ([], [1, 2], {2, 3}, "ab", (5,), {1: 2}, [[]], 7):
        for m in ("union", "intersection", "difference", "symmetric_difference", "update", "intersection_update", "difference_update", "symmetric_difference_update", "isdisjoint", "issubset", "issuperset"):
            add(set, m, s, o)
    for e in (1, "a", 9, []):
        for m in ("add", "discard", "remove"):
            add(set, m, s, e) if not (m == "add" and s and type(next(iter(s))) is not type(e)) else None
    add(set, "union", s, [1], [2]) if not s or 1 in s or 5 in s else None
    add(set, "clear", s)
add(set, "pop", {1})
add(set, "pop", set())

# numbers
INTS = [0, 1, -1, 127, 128, -128, -129, 255, 256, 65535, -32768, 2**31, -2**31, 2**64 - 1, 2**64, -(2**63), 10**30]
for n in INTS:
    add(int, "bit_length", n)
    add(int, "bit_count", n)
    add(int, "as_integer_ratio", n)
    for size in (0, 1, 2, 4, 8, 13, -1):
        for order in ("big", "little", "odd"):
            add(int, "to_bytes", n, size, order)
            add(int, "to_bytes", n, size, order, signed=True)
add(int, "to_bytes", 5)
add(int, "to_bytes", 5, length=2, byteorder="little")
add(int, "to_bytes", 5, "x", "big")
add(int, "to_bytes", 5, 1, 2)
add(bool, "to_bytes", True, 2, "big")
for b in (b"", b"\x01", b"\xff", b"\x00\xff", b"\xff\x00", b"\x80" * 9, [1, 2], [256], "x", 5):
    for order in ("big", "little"):
        static(int, "from_bytes", b, order)
        static(int, "from_bytes", b, order, signed=True)
for f in (0.0, -0.0, 1.0, 1.5, -2.25, 1e300, 5e-324, 2.2250738585072014e-308, math.pi, math.inf, -math.inf, math.nan, 1e-310):
    add(float, "is_integer", f)
    add(float, "hex", f)
    add(float, "as_integer_ratio", f)
for h in ("0x1.8p3", "1.8", "-0x.1p4", "inf", "nan", "0x1p5000", "zz", " 0xAp0 "):
    static(float, "fromhex", h)
t.write(os.path.join(here, "methods.jsonl.gz"))
