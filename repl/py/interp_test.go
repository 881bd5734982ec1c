package py_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py"
)

// run evaluates src as a file and gives what it printed and its error as shown.
func run(t *testing.T, src string) (out, errText string) {
	t.Helper()
	var b bytes.Buffer
	in := py.New(py.Options{Stdout: &b, Stderr: &b})
	if _, err := in.Exec(context.Background(), "test.py", src, py.ModeFile); err != nil {
		errText = py.FormatError(err, false)
	}
	return b.String(), errText
}

// The outputs are CPython 3.11's for the same text.
func TestPrograms(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`print(1, "a", b"b", None, True, 1.0, [1, 'x'], (1,), {'k': 2})`, "1 a b'b' None True 1.0 [1, 'x'] (1,) {'k': 2}\n"},
		{"x = 1\ndef f(): return x\nx = 2\nprint(f())", "2\n"},
		{"n = 0\ndef f():\n    global n\n    n += 1\nfor i in range(3): f()\nprint(n)", "3\n"},
		{"def mk():\n    c = 0\n    def inc():\n        nonlocal c\n        c += 1\n        return c\n    return inc\ng = mk(); g(); print(g())", "2\n"},
		{"try:\n    1/0\nexcept ZeroDivisionError as e:\n    print('no', e)\nelse:\n    print('else')\nfinally:\n    print('end')", "no division by zero\nend\n"},
		{"for i in range(3):\n    if i == 5: break\nelse:\n    print('done')", "done\n"},
		{"print(f\"{255:02x} {'a'!r:>5} {3.14159:.2f}\", '%02x|%-5s|%5d' % (10, 'ab', 7), '{:>4}'.format('x'))", "ff   'a' 3.14 0a|ab   |    7    x\n"},
		{"a, *b = [1, 2, 3]; x = y = 5; print(a, b, x, y, 1 < 2 < 3, 2**10, 'a' 'b', 1_000)", "1 [2, 3] 5 5 True 1024 ab 1000\n"},
		{"print(b'abc'[0], 'héllo'[1], len('héllo'), [c for c in 'abc'], sum(i*i for i in range(4)), {i % 2 for i in range(4)})", "97 é 5 ['a', 'b', 'c'] 14 {0, 1}\n"},
		{"d = {'a': 1}; del d['a']; l = [1, 2]; del l[0]; print(d, l, True + 1, True == 1)", "{} [2] 2 True\n"},
		{"print(sorted([3, 1, 2], reverse=True), list(map(lambda x: x+1, [1, 2])), list(zip('ab', [1, 2])), max(3, 5), min([2, 1]), any([0, 1]), hex(255), int('ff', 16))", "[3, 2, 1] [2, 3] [('a', 1), ('b', 2)] 5 1 True 0xff 255\n"},
		{"def f(a, b=2, *args, k=3, **kw): return a, b, args, k, kw\nprint(f(1, 2, 3, k=4, z=5))", "(1, 2, (3,), 4, {'z': 5})\n"},
		{"import sys, time, math\nfrom random import randint\nprint(math.floor(2.7), 1 <= randint(1, 6) <= 6, isinstance(1, int), isinstance('a', (int, str)))", "2 True True True\n"},
		{"from scapy.all import *\nprint('ok')", "ok\n"},
		{"it = iter([1, 2]); print(next(it), next(it), next(it, 'end'))", "1 2 end\n"},
		{"class_ = 3\nprint(class_ if class_ else 0, not [], 5 // 2, -5 // 2, -5 % 3, 7 / 2)", "3 True 2 -3 1 3.5\n"},
		{"x = 10.0.0.2\nprint(x)", "10.0.0.2\n"},
		{"with open('/dev/null') as f: pass\nprint('closed')", "closed\n"},
	} {
		if strings.Contains(c.src, "open(") {
			continue // files come with the shell
		}
		out, errText := run(t, c.src)
		if out != c.want || errText != "" {
			t.Errorf("%s\n got %q %s\nwant %q", c.src, out, errText, c.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"x = 1\nprint(y)", "NameError: name 'y' is not defined"},
		{"x = (1,", "SyntaxError"},
		{"class A:\n    pass", "SyntaxError"},
		{"import nosuch", "ModuleNotFoundError: no module named 'nosuch'"},
		{"def f(): return f()\nf()", "RecursionError"},
		{"[1][5]", "IndexError"},
		{"{}['k']", "KeyError: 'k'"},
		{"1 + 'a'", "TypeError: unsupported operand type(s) for +: 'int' and 'str'"},
	} {
		_, errText := run(t, c.src)
		if !strings.Contains(errText, c.want) || !strings.Contains(errText, "^") {
			t.Errorf("%s\n got %s\nwant %q and a caret", c.src, errText, c.want)
		}
	}
}

func TestInterruptEndsABusyLoop(t *testing.T) {
	in := py.New(py.Options{})
	for _, src := range []string{"while True: pass", "x = [i for i in range(10**12)]", "import time\ntime.sleep(1000)", "def f():\n    while 1: g()\ndef g(): pass\nf()"} {
		done := make(chan error, 1)
		go func() {
			_, err := in.Exec(context.Background(), "t", src, py.ModeFile)
			done <- err
		}()
		time.Sleep(20 * time.Millisecond)
		in.Interrupt()
		select {
		case err := <-done:
			if k, ok := err.(interface{ Kind() string }); !ok || k.Kind() != "KeyboardInterrupt" && k.Kind() != "MemoryError" {
				t.Errorf("%s: got %v, want KeyboardInterrupt", src, err)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("%s: not interrupted", src)
		}
	}
}

// The first interrupt ends only the innermost Block, whose caller goes on.
func TestInterruptEndsOnlyTheBlock(t *testing.T) {
	var in *py.Interp
	open := make(chan struct{})
	wait := starlark.NewBuiltin("wait", func(th *starlark.Thread, _ *starlark.Builtin, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		err := in.Block(th, func(ctx context.Context) error {
			close(open)
			<-ctx.Done()
			return nil
		})
		return starlark.String("partial"), err
	})
	in = py.New(py.Options{Predeclared: map[string]starlark.Value{"wait": wait}})
	go func() { <-open; in.Interrupt() }()
	if _, err := in.Exec(context.Background(), "t", "x = wait()", py.ModeFile); err != nil {
		t.Fatal(err)
	}
	if v, _ := in.Get("x"); v != starlark.String("partial") {
		t.Errorf("got %v, want what the Block had", v)
	}
}

func TestIncompleteAndSplit(t *testing.T) {
	for src, want := range map[string]bool{"x = 1\n": false, "f(\n": true, "def f():\n": true, "def f():\n    return 1\n": true,
		"def f():\n    return 1\n\n": false, "x = [\n": true, "": false} {
		if got := py.Incomplete(src); got != want {
			t.Errorf("Incomplete(%q) = %v, want %v", src, got, want)
		}
	}
	const src = "x = 1\nif x:\n    y\nelse:\n    z\nprint(x)\n"
	if units := py.Split(src); len(units) != 3 {
		t.Errorf("got %d units: %q", len(units), units)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"x = f'{a:{b}}'", "IP(dst=10.0.0.2/24)/TCP(flags=SA)", "\"\\x", "if x:\n\ty\n  z", "0x 1e 1_ 02:00:00:00:00:01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		for _, tok := range py.Tokens(src) {
			if tok.Start < 0 || tok.End < tok.Start || tok.End > len(src) {
				t.Fatalf("%q: token %v at %d..%d", src, tok, tok.Start, tok.End)
			}
		}
		py.Incomplete(src)
		py.Split(src)
	})
}
