package py

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// TestReport is the exact form of error reports.
func TestReport(t *testing.T) {
	tests := []struct{ name, file, src, want string }{
		{"attribute in a call", "<in 1>", `def handle():
    p = IP()/TCP()
    if p[TCP].flgs == "S":
        pass
handle()`, `Traceback: handle() called from line 5
  line 3:     if p[TCP].flgs == "S":
                        ^^^^
AttributeError: TCP has no field 'flgs' (did you mean 'flags'?)
`},
		{"keyword argument", "<in 1>", `IP(dst="1.2.3.4", tll=3)`, `  line 1: IP(dst="1.2.3.4", tll=3)
                            ^^^^^
AttributeError: IP has no field 'tll' (did you mean 'ttl'?)
`},
		{"keyword argument of a function", "<in 1>", "def f(a): pass\nf(1, b=2)", `  line 2: f(1, b=2)
               ^^^
TypeError: f() got an unexpected keyword argument 'b'
`},
		{"keyword argument of a built-in", "<in 1>", `print(1, ending="")`, `  line 1: print(1, ending="")
                   ^^^^^^^^^
TypeError: print() got an unexpected keyword argument 'ending'
`},
		{"file", "dir/scan.py", "x = 1\ny = x + 'a'\n", `  dir/scan.py:2:5: y = x + 'a'
                       ^^^^^^^
TypeError: unsupported operand type(s) for +: 'int' and 'str'
`},
		{"calls in a file", "scan.py", "def a(): b()\ndef b(): 1 / 0\na()\n", `Traceback: a() called from scan.py:3
           b() called from scan.py:1
  scan.py:2:10: def b(): 1 / 0
                         ^^^^^
ZeroDivisionError: division by zero
`},
		{"syntax in a file", "scan.py", "x = (1,\n     2\n", `  scan.py:1:5: x = (1,
                   ^
SyntaxError: '(' was never closed
`},
		{"f-string expression", "<in>", `f"{1:>3} {nope}"`, `  line 1: f"{1:>3} {nope}"
                    ^^^^
NameError: name 'nope' is not defined
`},
		{"several lines", "<in>", "print(1,\n      2 +\n      nope)", `  line 3:       nope)
                ^^^^
NameError: name 'nope' is not defined
`},
		{"tab before", "<in>", "if 1:\n\tnope", "  line 2: \tnope\n          \t^^^^\nNameError: name 'nope' is not defined\n"},
		{"wide characters before", "<in>", `"日本" + nope`, `  line 1: "日本" + nope
                   ^^^^
NameError: name 'nope' is not defined
`},
		{"cause", "<in>", "try: 1 / 0\nexcept Exception as e: raise ValueError('bad') from e", `  line 1: try: 1 / 0
               ^^^^^
ZeroDivisionError: division by zero
which was the direct cause of:
  line 2: except Exception as e: raise ValueError('bad') from e
                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
ValueError: bad
`},
		{"cause hidden", "<in>", "try: 1 / 0\nexcept Exception: raise ValueError('bad') from None", `  line 2: except Exception: raise ValueError('bad') from None
                            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
ValueError: bad
`},
		{"eval", "<in>", "eval('1 + ')", `  line 1: 1 + 
              ^
SyntaxError: invalid syntax: unexpected end of line
`},
		{"recursion", "<in>", "def f(): f()\nf()", `Traceback: f() called from line 2
           f() called from line 1 (898 times)
  line 1: def f(): f()
                   ^^^
RecursionError: maximum recursion depth exceeded
  calls may nest 900 deep; does the recursion end?
`},
		{"no message", "<in>", "raise ValueError", `  line 1: raise ValueError
          ^^^^^^^^^^^^^^^^
ValueError
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := run(t, toyOptions(), tt.file, tt.src)
			if err == nil {
				t.Fatal("no error")
			}
			if got := FormatError(err, false); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
			if got := ansi.ReplaceAllString(FormatError(err, true), ""); got != tt.want {
				t.Errorf("in colour, without it:\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*m")

// TestErrors runs the chunks of testdata/errors.txt. Chunks are separated by
// --- lines; a line that ends in ### "regexp" must be the place of an error
// whose report matches. Chunks without such a line must run.
func TestErrors(t *testing.T) {
	data, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	line := 1
	for _, chunk := range strings.Split(string(data), "---\n") {
		first := line
		line += strings.Count(chunk, "\n") + 1
		t.Run(fmt.Sprintf("line%d", first), func(t *testing.T) {
			wantLine, want := 0, ""
			var src strings.Builder
			for i, text := range strings.Split(chunk, "\n") {
				code, quoted, found := strings.Cut(text, "### ")
				if found {
					s, err := strconv.Unquote(strings.TrimSpace(quoted))
					if err != nil {
						t.Fatalf("line %d: %v", first+i, err)
					}
					wantLine, want = i+1, s
				}
				src.WriteString(code + "\n")
			}
			_, err := run(t, toyOptions(), "errors.txt", src.String())
			switch {
			case err == nil && want == "":
				return
			case err == nil:
				t.Fatalf("line %d: no error, want %q", first+wantLine-1, want)
			case want == "":
				t.Fatalf("unexpected error:\n%s", FormatError(err, false))
			}
			report := FormatError(err, false)
			if ok, rerr := regexp.MatchString(want, report); rerr != nil || !ok {
				t.Errorf("line %d: got\n%s\nwant it to match %q (%v)", first+wantLine-1, report, want, rerr)
			}
			if _, got, _, ok := Position(err); !ok || got != wantLine {
				t.Errorf("error is on line %d of the chunk, want %d:\n%s", got, wantLine, report)
			}
		})
	}
}

// kindError is a Go error with a class, from a package that knows nothing of
// the language.
type kindError struct{ kind, arg string }

func (e kindError) Error() string { return "bad thing" }
func (e kindError) Kind() string  { return e.kind }
func (e kindError) Arg() string   { return e.arg }

// TestGoErrors is how errors of Go code become exceptions.
func TestGoErrors(t *testing.T) {
	tests := []struct {
		name  string
		err   error
		class string
		is    string
		text  string
	}{
		{"kind", kindError{kind: "ValueError"}, "ValueError", "ValueError", "bad thing"},
		{"unknown kind", kindError{kind: "RouteError"}, "RouteError", "Exception", "bad thing"},
		{"wrapped kind", fmt.Errorf("send: %w", kindError{kind: "ValueError"}), "ValueError", "Exception", "send: bad thing"},
		{"errno", syscall.EPERM, "PermissionError", "OSError", "[Errno 1] Operation not permitted"},
		{"wrapped errno", fmt.Errorf("open socket: %w", syscall.ECONNREFUSED), "ConnectionRefusedError", "ConnectionError", "[Errno 111] open socket: connection refused"},
		{"path", &os.PathError{Op: "open", Path: "x", Err: syscall.ENOENT}, "FileNotFoundError", "OSError", "[Errno 2] No such file or directory: 'x'"},
		{"deadline", context.DeadlineExceeded, "TimeoutError", "OSError", "context deadline exceeded"},
		{"plain", errors.New("strange"), "RuntimeError", "Exception", "strange"},
		{"starlark arguments", errors.New("f: got int, want string"), "TypeError", "TypeError", "f: got int, want string"},
		{"exit", &pyrt.Exit{Code: 3}, "SystemExit", "BaseException", "3"},
		{"pyrt", &pyrt.Error{Class: "KeyError", Args: starlark.Tuple{starlark.MakeInt(5)}}, "KeyError", "LookupError", "5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opts := Options{Predeclared: map[string]starlark.Value{
				"f": builtin("f", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return nil, tt.err }),
			}}
			out, err := run(t, opts, "x.py", "try: f(1)\nexcept BaseException as e: print(type(e).__name__, isinstance(e, "+tt.is+"), str(e), sep='|')")
			if err != nil {
				t.Fatal(FormatError(err, false))
			}
			if want := tt.class + "|True|" + tt.text + "\n"; out != want {
				t.Errorf("got %q, want %q", out, want)
			}
			_, err = run(t, opts, "x.py", "f(1)")
			var e *Exception
			if !errors.As(err, &e) || !errors.Is(err, tt.err) {
				t.Errorf("the error of Exec is %T and does not wrap the Go error", err)
			}
		})
	}
}

// TestPanic is a mistake of a binding: the statement fails, the interpreter
// lives on.
func TestPanic(t *testing.T) {
	in := New(Options{Predeclared: map[string]starlark.Value{
		"boom": builtin("boom", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { panic("lost") }),
	}})
	_, err := eval(t, in, "def f(): return boom()\nf()")
	if err == nil || !strings.Contains(FormatError(err, false), "InternalError: lost") {
		t.Fatalf("got %v", err)
	}
	if v, err := eval(t, in, "1 + 1"); err != nil || v.String() != "2" {
		t.Errorf("afterwards: %v, %v", v, err)
	}
}

// TestExit is sys.exit and SystemExit as the Go side sees them.
func TestExit(t *testing.T) {
	for src, want := range map[string]int{"import sys\nsys.exit(3)": 3, "raise SystemExit": 0, "raise SystemExit(4)": 4, "raise SystemExit('text')": 1} {
		_, err := run(t, Options{}, "x.py", src)
		var exit *pyrt.Exit
		if !errors.As(err, &exit) || exit.Code != want {
			t.Errorf("%q gives %v, want exit status %d", src, err, want)
		}
	}
}
