package py

import (
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
)

// TestLanguage is the list of what scripts for Scapy use, construct by
// construct: lines to run and the repr of the last expression.
func TestLanguage(t *testing.T) {
	const pkt = `p = IP(dst="10.0.0.2")/TCP(flags="SA", dport=80)` + "\n"
	tests := []struct{ name, src, want string }{
		{"slash", `IP(dst="10.0.0.2")/TCP(flags="S")`, "IP/TCP"},
		{"slash str", `IP()/"payload"`, `IP/Raw("payload")`},
		{"slash bytes", `IP()/b"\x00"`, `IP/Raw(b"\x00")`},
		{"str slash", `"x"/IP()`, `Raw("x")/IP`},
		{"slash assign", "p = IP()\np /= TCP()\np", "IP/TCP"},
		{"bare flag", "TCP(flags=S).flags", "<Flag S>"},
		{"bare flags", "TCP(flags=SA).flags", "<Flag SA>"},
		{"bare flag variable", "S = \"R\"\nTCP(flags=S).flags", "<Flag R>"},
		{"bare flag parameter", "def f(A): return TCP(flags=A).flags\nf(\"F\")", "<Flag F>"},
		{"bare flags joined", "TCP(flags=S|A).flags", ""},
		{"flags compared bare", pkt + "p[TCP].flags == SA, SA == p[TCP].flags, p[TCP].flags != S", "(True, True, True)"},
		{"flags and bare", pkt + "p[TCP].flags & S", "<Flag S>"},
		{"flags in bare", pkt + "S in p[TCP].flags", "True"},
		{"flags assigned bare", pkt + "p[TCP].flags = FA\np[TCP].flags", "<Flag FA>"},
		{"flags or-assigned bare", pkt + "p[TCP].flags |= F\np[TCP].flags", "<Flag FSA>"},
		{"bare address", "IP(dst=10.0.0.2).dst", "'10.0.0.2'"},
		{"bare network", "IP(dst=10.0.0.0/24).dst", "'10.0.0.0/24'"},
		{"bare address anywhere", "x = [10.0.0.1, 10.0.0.2]\nx", "['10.0.0.1', '10.0.0.2']"},
		{"bare mac", "IP(dst=aa:bb:cc:dd:ee:ff).dst", "'aa:bb:cc:dd:ee:ff'"},
		{"bare mac of digits", "IP(dst=00:11:22:33:44:55).dst", "'00:11:22:33:44:55'"},
		{"address over slice", "l = list(range(20))\nl[10:16:2]", "[10, 12, 14]"},
		{"index layer", pkt + "p[TCP].dport", "80"},
		{"in", pkt + "TCP in p, UDP in p, UDP not in p", "(True, False, True)"},
		{"slice layer", pkt + "p[IP:2]", "(<class IP>, 2, None)"},
		{"flags and number", pkt + "p[TCP].flags & 0x11, 0x11 & p[TCP].flags, p[TCP].flags | 1", "(<Flag A>, <Flag A>, <Flag FSA>)"},
		{"flags not", pkt + "~p[TCP].flags", "<Flag FRPUECN>"},
		{"letter in flags", pkt + `"S" in p[TCP].flags`, "True"},
		{"flags equal", pkt + `p[TCP].flags == "SA", p[TCP].flags == 0x12, "SA" == p[TCP].flags, 18 == p[TCP].flags, p[TCP].flags == "S"`, "(True, True, True, True, False)"},
		{"flags letter attribute", pkt + "p[TCP].flags.S, p[TCP].flags.F", "(True, False)"},
		{"flags formatted", pkt + `"%s %d" % (p[TCP].flags, p[TCP].flags), f"{p[TCP].flags}"`, "('SA 18', 'SA')"},
		{"set field", pkt + "p.ttl = 5\np[IP].ttl", "5"},
		{"set inner field", pkt + "p[TCP].options = [(\"MSS\", 1460)]\np[TCP].options", "[('MSS', 1460)]"},
		{"set layer", pkt + "p[IP] = IP(ttl=9)\np.ttl", "9"},
		{"augmented field", pkt + "p[TCP].flags |= 1\np[TCP].flags", "<Flag FSA>"},
		{"del field", pkt + "p.chksum = 1\ndel p[IP].chksum\np.chksum", "None"},
		{"del parenthesized", pkt + "p.chksum = 1\ndel(p.chksum)\np.chksum", "None"},
		{"del items", "d, l = {\"k\": 1, \"j\": 2}, [1, 2]\ndel d[\"k\"]\ndel l[0]\nd, l", "({'j': 2}, [2])"},
		{"del name", "x = 1\ndel x\ntry: x\nexcept NameError: y = \"gone\"\ny", "'gone'"},
		{"load field", `Raw(load="x").load`, "'x'"},
		{"import", "import time, sys\nimport random as r\nfrom random import randint\n0 < randint(1, 9) < 10, callable(time.sleep)", "(True, True)"},
		{"import scapy", "from scapy.all import *\nfrom scapy.layers.inet import IP, TCP as T\nIP()/T()", "IP/TCP"},
		{"import scapy as module", "import scapy.all as scapy\nscapy.IP()/scapy.TCP()", "IP/TCP"},
		{"import scapy itself", "import scapy\nimport scapy.all\nscapy.all.IP() / scapy.IP()", "IP/IP"},
		{"import future", "from __future__ import print_function\n1", "1"},
		{"callback", "n = 0\ndef handle(p):\n  global n\n  n += 1\nsniff(filter=\"tcp\", iface=\"lo\", prn=handle)\nn", "2"},
		{"one-line def", "def f(p): return p.summary()\nf(IP())", "'IP'"},
		{"lambda callback", "l = []\nsniff(prn=lambda p: l.append(p.dst))\nl", "['10.0.0.9', '10.0.0.9']"},
		{"later global", "def f(): return x\nx = 1\nx = 2\nf()", "2"},
		{"later function", "def f(): return g()\ndef g(): return 7\nf()", "7"},
		{"global", "count = 0\ndef f():\n  global count\n  count += 1\nf(); f()\ncount", "2"},
		{"nonlocal", "def f():\n  n = 0\n  def g():\n    nonlocal n\n    n += 1\n    return n\n  g()\n  return g()\nf()", "2"},
		{"top-level loops", "n = 0\nwhile True:\n  n += 1\n  if n > 4: break\nelse:\n  n = -1\nfor i in range(3): n += i\nelse: n += 100\nn", "108"},
		{"recursion", "def f(n): return 1 if n < 2 else n * f(n - 1)\nf(20)", "2432902008176640000"},
		{"recursion depth", "def f(n): return n if n == 0 else f(n - 1)\nf(800)", "0"},
		{"recursion error", "def f(n): return f(n + 1)\ntry: f(0)\nexcept RecursionError as e: m = str(e)\nm", "'maximum recursion depth exceeded'"},
		{"slices", "l = [1, 2, 3]\nl[1:], l[::-1], [x * x for x in l if x > 1], {k: v for k, v in zip(\"ab\", l)}", "([2, 3], [3, 2, 1], [4, 9], {'a': 1, 'b': 2})"},
		{"arguments", "def f(a, *b, c=1, **d): return a, b, c, d\nf(*[1, 2], c=3, **{\"z\": 4})", "(1, (2,), 3, {'z': 4})"},
		{"generator expression", "sum(x for x in [1, 2, 3])", "6"},
		{"endless generator", "next(i for i in iter(lambda: 6, 0) if i > 5)", "6"},
		{"sets", "{1, 2} == {2, 1}, {x for x in [1, 1]}", "(True, {1})"},
		{"f-string", "n = 10\nf\"{n:02x} {n!r} {n + 1}\"", "'0a 10 11'"},
		{"percent", `"%s %d %x %02x %-5s| %5d" % ("a", 1, 255, 10, "b", 3)`, "'a 1 ff 0a b    |     3'"},
		{"format", `"{} {:>5} {:02x} {a}".format(1, 2, 10, a=3)`, "'1     2 0a 3'"},
		{"literals", `"a" 'b', 1_000, u"x", 0x10, 0o17, 0b11`, "('ab', 1000, 'x', 16, 15, 3)"},
		{"bytes", `b = b"ab" + b"c" * 2` + "\nb, b[0], bytes([1, 2]), 7 // 2, 1 << 70", "(b'abcc', 97, b'\\x01\\x02', 3, 1180591620717411303424)"},
		{"text of bytes", `"\xff", len("\xff"), "\0"`, "('ÿ', 1, '\\x00')"},
		{"power", "2 ** 10, 2 ** 3 ** 2, -2 ** 2", "(1024, 512, -4)"},
		{"chains", "a = 2\n1 < a < 3, 1 < a > 5", "(True, False)"},
		{"assignments", "x = y = 5\na, *b = [1, 2, 3]\nx, y, a, b", "(5, 5, 1, [2, 3])"},
		{"walrus", "(n := 5) + n", "10"},
		{"annotations", "x: int = 5\ndef f(p: IP, q: \"str\" = 1) -> None: return p\nx, f(2)", "(5, 2)"},
		{"positional only", "def f(a, /, b): return a, b\nf(1, b=2)", "(1, 2)"},
		{"is", "None is None, 1 is not None", "(True, True)"},
		{"unpack result", "ans, unans = sr(IP())\nlen(ans), len(unans)", "(1, 0)"},
		{"try", "l = []\ntry:\n  1 / 0\nexcept (ValueError, ZeroDivisionError) as e:\n  l.append(str(e))\nelse:\n  l.append(0)\nfinally:\n  l.append(\"f\")\nl", "['division by zero', 'f']"},
		{"keyboard interrupt passes Exception", "l = []\ntry:\n  try: raise KeyboardInterrupt\n  except Exception: l.append(1)\nexcept KeyboardInterrupt: l.append(2)\nl", "[2]"},
		{"assert", "try: assert 1 == 2, \"msg\"\nexcept AssertionError as e: r = str(e)\nr", "'msg'"},
		{"with", "with open(\"/dev/null\") as f: r = f.read()\nr, f.closed", "('', True)"},
		{"print", "print(\"a\", \"b\", sep=\"-\", end=\"!\", flush=True)\n1", "1"},
		{"string iteration", `[c for c in "abc"], list(zip("ab", [1, 2])), "añb"[1]`, "(['a', 'b', 'c'], [('a', 1), ('b', 2)], 'ñ')"},
		{"methods", `l = [2, 1]` + "\nl.sort()\nl.copy(), b\"a\".hex(), b\"a\".decode(), \"a\".encode(), bytes.fromhex(\"0a\"), int.from_bytes(b\"\\x01\\x00\", \"big\")", "([1, 2], '61', 'a', b'a', b'\\n', 256)"},
		{"built-ins", "sum([1, 2]), list(map(str, [1])), list(filter(None, [0, 1])), hex(255), isinstance(1, int), round(2.5), pow(2, 3), divmod(7, 2), bin(5)", "(3, ['1'], [1], '0xff', True, 2, 8, (3, 1), '0b101')"},
		{"isinstance of layers", pkt + "isinstance(p, IP), isinstance(p, UDP), isinstance(1, IP), type(p) is IP", "(True, False, False, True)"},
		{"bool is int", "True + 1, True == 1, sum([True, True]), {1: \"a\"}[True]", "(2, True, 2, 'a')"},
		{"octal escapes and raw", `"\101", r"\d", "\d"`, `('A', '\\d', '\\d')`},
		{"shadow and restore", "len = 5\nx = len\ndel len\nx, len(\"ab\")", "(5, 2)"},
		{"shadow a layer", "IP = 3\nx = IP\ndel IP\nx, IP()", "(3, IP)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := toyOptions()
			opts.Stdout = &strings.Builder{}
			in := New(opts)
			v, err := eval(t, in, tt.src)
			if tt.want == "" {
				if err == nil {
					t.Fatalf("got %s, want an error", pyfmt.Repr(v))
				}
				return
			}
			if err != nil {
				t.Fatalf("%s", FormatError(err, false))
			}
			if v == nil {
				v = starlark.None
			}
			if got := pyfmt.Repr(v); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestRefused are the constructs that are explained instead of run, and the
// mistakes that get a hint: what the report must say.
func TestRefused(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"class of a list", "class A(list): pass", "cannot be a base here"},
		{"class of a list hint", "class A(list): pass", "in an attribute"},
		{"class keyword", "class A(B, x=1): pass", "a class takes no 'x' here"},
		{"class order", "class A: pass\nclass B(A): pass\nclass C(A, B): pass", "method resolution order"},
		{"yield outside", "yield 1", "'yield' outside function"},
		{"yield in a class", "class A:\n  x = yield", "'yield' outside function"},
		{"return in a class", "class A:\n  return 1", "'return' outside function"},
		{"self forgotten", "class A:\n  def f(): pass\nA().f()", "A.f() takes 0 positional arguments but 1 was given"},
		{"base not begun", "import threading\nclass T(threading.Thread):\n  def __init__(self): self.x = 1\nT().start()", "does not call super().__init__()"},
		{"members frozen", "from enum import Enum\nclass E(Enum):\n  A = 1\nE(2)", "2 is not a valid E"},
		{"async", "async def f(): pass", "'async' is not part of this language"},
		{"await", "x = await f()", "'await' is not part of this language"},
		{"decorator alone", "@len\nx = 1", "expected 'def' or 'class' after a decorator"},
		{"match", "match x:\n  case 1: pass", "'match' is not part of this language"},
		{"print statement", `print "hello"`, "missing parentheses in call to 'print'"},
		{"print statement hint", `print "hello"`, `print("hello")`},
		{"ipv6", "IP(dst=fe80::1)", `write it in quotes, "fe80::1"`},
		{"ipv6 assigned", "x = fe80::1", `write it in quotes, "fe80::1"`},
		{"ipv6 loopback", "IP(dst=::1)", `write it in quotes, "::1"`},
		{"ipv6 long", "IP(dst=2001:db8:0:0:0:0:0:1)", `write it in quotes`},
		{"unknown module", "import numpy", "no module named 'numpy' here"},
		{"unknown module list", "import numpy", "there are: "},
		{"misspelt module", "import tiem", "did you mean 'time'?"},
		{"module not imported", "time.sleep(1)", "import time"},
		{"unknown scapy name", "from scapy.all import TPC", "cannot import name 'TPC' from 'scapy.all' (did you mean 'TCP'?)"},
		{"misspelt name", "pritn(1)", "did you mean 'print'?"},
		{"misspelt attribute", "IP().tttl", "did you mean 'ttl'?"},
		{"misspelt method", `"a".uper()`, "did you mean 'upper'?"},
		{"misspelt keyword", "IP(tll=3)", "did you mean 'ttl'?"},
		{"misspelt parameter", "def f(timeout): pass\nf(timout=1)", "did you mean 'timeout'?"},
		{"flag variable missing", "x = S", "name 'S' is not defined"},
		{"assignment as test", "if x = 1: pass", "compare with '=='"},
		{"not equal of old", "1 <> 2", "write '!='"},
		{"leading zero", "x = 0777", "use an 0o prefix"},
		{"except with comma", "try: pass\nexcept A, e: pass", "except (A, B):"},
		{"raise string", `raise "x"`, "exceptions must derive from BaseException"},
		{"bytes without encoding", `bytes("a")`, "encoding"},
		{"str plus bytes", `"a" + b"b"`, `can only concatenate str (not "bytes") to str`},
		{"str plus int", `"a" + 1`, `can only concatenate str (not "int") to str`},
		{"typographic quote", "print(“x”)", "write \" or '"},
		{"missing comma", "f(a b)", "comma"},
		{"return outside", "return 1", "'return' outside function"},
		{"break outside", "break", "'break' outside loop"},
		{"nonlocal missing", "def f():\n  nonlocal x", "no binding for nonlocal 'x' found"},
		{"global late", "def f():\n  x = 1\n  global x", "assigned to before global declaration"},
		{"assign to call", "f() = 1", "cannot assign to function call"},
		{"assign to literal", "5 = x", "cannot assign to literal"},
		{"delete call", "del f()", "cannot delete function call"},
		{"unclosed", "f(1,", "'(' was never closed"},
		{"indent", "if 1:\nx", "expected an indented block"},
		{"unexpected indent", "x = 1\n  y = 2", "unexpected indent"},
		{"unindent", "if 1:\n    x = 1\n  y = 2", "unindent does not match"},
		{"question mark", "?x", "unexpected character '?'"},
		{"repeated keyword", "f(a=1, a=2)", "keyword argument repeated: a"},
		{"positional after keyword", "f(a=1, 2)", "positional argument follows keyword argument"},
		{"duplicate parameter", "def f(a, a): pass", "duplicate argument 'a'"},
		{"default order", "def f(a=1, b): pass", "non-default argument follows default argument"},
		{"two stars", "*a, *b = 1, 2", "multiple starred"},
		{"a star alone", "for *x in [[1]]: pass", "starred assignment target must be in a list or tuple"},
		{"deleted star", "del a, *x", "cannot delete starred"},
		{"mixed literals", `"a" b"b"`, "cannot mix bytes and nonbytes literals"},
		{"f-string brace", `f"{x"`, "f-string"},
		{"f-string empty", `f"{}"`, "empty expression"},
		{"deep nesting", strings.Repeat("(", 500) + strings.Repeat(")", 500), "too many levels of nesting"},
		{"open file as text", "open('/dev/null', encoding='latin-1')", "rb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := eval(t, New(toyOptions()), tt.src)
			if err == nil {
				t.Fatal("no error")
			}
			if got := FormatError(err, false); !strings.Contains(got, tt.want) {
				t.Errorf("got\n%s\nwant it to contain %q", got, tt.want)
			}
		})
	}
}
