package pymod

import (
	"bufio"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

var versionInfo = &namedClass{name: "sys.version_info", fields: []string{"major", "minor", "micro", "releaselevel", "serial"}}

func sysModule() *Module {
	return newModule("sys", starlark.StringDict{
		"argv": argv, "platform": starlark.String("linux"), "version": starlark.String("3 (pktsh, " + runtime.Version() + ")"),
		"maxsize": starlark.MakeInt64(math.MaxInt64), "maxunicode": integer(utf8.MaxRune), "byteorder": starlark.String("little"),
		"version_info": newNamed(versionInfo, integer(3), integer(11), integer(0), starlark.String("final"), integer(0)),
		"hexversion":   integer(0x030b00f0),
		"executable":   starlark.String(executable()),
		"path":         list([]starlark.Value{starlark.String("")}),
		"exit":         fn("exit", sysExit),
		"getsizeof":    fn("getsizeof", sysSizeof),
		"getrecursionlimit": fn("getrecursionlimit", func(a *args) (starlark.Value, error) {
			return integer(1000), a.none()
		}),
		"getdefaultencoding":    fn("getdefaultencoding", func(a *args) (starlark.Value, error) { return starlark.String("utf-8"), a.none() }),
		"getfilesystemencoding": fn("getfilesystemencoding", func(a *args) (starlark.Value, error) { return starlark.String("utf-8"), a.none() }),
		"stdout":                output("stdout"), "stderr": output("stderr"), "stdin": &stdin{noHash{"TextIOWrapper"}},
	})
}

func executable() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// sysExit raises SystemExit with its argument: a number is the exit code,
// nothing is 0; the evaluator prints anything else on stderr and exits with 1.
func sysExit(a *args) (starlark.Value, error) {
	v, err := a.bind("status")
	if err != nil {
		return nil, err
	}
	e := &pyrt.Error{Class: "SystemExit"}
	if !isNone(v[0]) {
		e.Args = starlark.Tuple{v[0]}
		e.Msg = pyfmt.Str(v[0])
	}
	return nil, e
}

// sysSizeof is the size of the payload: what the object costs here is Go's
// business.
func sysSizeof(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	switch v := v[0].(type) {
	case starlark.String:
		return integer(16 + len(v)), nil
	case starlark.Bytes:
		return integer(16 + len(v)), nil
	case starlark.Sequence:
		return integer(24 + 16*v.Len()), nil
	}
	return integer(16), nil
}

// output is sys.stdout or sys.stderr of whatever thread writes.
func output(name string) *Module {
	file := func(th *starlark.Thread) io.Writer {
		if name == "stderr" {
			return pyrt.Stderr(th)
		}
		return pyrt.Stdout(th)
	}
	write := func(th *starlark.Thread, v starlark.Value) (starlark.Value, error) {
		s, ok := v.(starlark.String)
		if !ok {
			return nil, pyrt.Errorf("TypeError", "write() argument must be str, not %s", pyfmt.TypeName(v))
		}
		if _, err := file(th).Write([]byte(s)); err != nil {
			return nil, err
		}
		return integer(utf8.RuneCountInString(string(s))), nil
	}
	d := funcs(map[string]function{
		"write": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			return write(a.th, v[0])
		},
		"writelines": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			return starlark.None, pymeth.Each(v[0], func(line starlark.Value) error {
				_, err := write(a.th, line)
				return err
			})
		},
		"flush": func(a *args) (starlark.Value, error) { return starlark.None, a.none() },
		"isatty": func(a *args) (starlark.Value, error) {
			return starlark.Bool(isTTY(map[string]int{"stdout": 1, "stderr": 2}[name])), a.none()
		},
		"fileno": func(a *args) (starlark.Value, error) {
			return integer(map[string]int{"stdout": 1, "stderr": 2}[name]), a.none()
		},
		"writable": func(a *args) (starlark.Value, error) { return starlark.True, a.none() },
		"readable": func(a *args) (starlark.Value, error) { return starlark.False, a.none() },
	})
	d["encoding"], d["mode"], d["name"] = starlark.String("utf-8"), starlark.String("w"), starlark.String("<"+name+">")
	// .buffer takes bytes.
	d["buffer"] = newModule(name+".buffer", funcs(map[string]function{
		"write": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			b, err := pymeth.BytesValue(v[0])
			if err != nil {
				return nil, err
			}
			n, err := file(a.th).Write(b)
			return integer(n), err
		},
		"flush": func(a *args) (starlark.Value, error) { return starlark.None, a.none() },
	}))
	return newModule(name, d)
}

// Stdin is what sys.stdin reads. The evaluator may set it to the reader of
// input(), so that both take turns; alone it reads the process's standard input.
var Stdin = func() func() *bufio.Reader {
	r := bufio.NewReader(os.Stdin)
	return func() *bufio.Reader { return r }
}()

// stdin is sys.stdin: a text file that iterates over its lines.
type stdin struct{ noHash }

func (s *stdin) String() string {
	return "<_io.TextIOWrapper name='<stdin>' mode='r' encoding='utf-8'>"
}

// PyNext is the next line.
func (s *stdin) PyNext() (starlark.Value, error) {
	line, err := s.line()
	if line == "" {
		return nil, err
	}
	return starlark.String(line), nil
}

// line reads a line with its end, "" at the end of the input.
func (s *stdin) line() (string, error) {
	line, err := Stdin().ReadString('\n')
	if line != "" || err == io.EOF {
		err = nil
	}
	if strings.HasSuffix(line, "\r\n") {
		line = line[:len(line)-2] + "\n"
	}
	return line, err
}

// Attr is a method.
func (s *stdin) Attr(name string) (starlark.Value, error) { return stdinMethods.bind(s, name), nil }

// AttrNames lists the methods, sorted.
func (s *stdin) AttrNames() []string { return sortedKeys(stdinMethods) }

var stdinMethods = methodTable[*stdin]{
	"readline": func(s *stdin, a *args) (starlark.Value, error) {
		var line string
		var err error
		pyrt.Unlocked(a.th, func() { line, err = s.line() })
		return starlark.String(line), err
	},
	"read": func(s *stdin, a *args) (starlark.Value, error) {
		v, err := a.bind("size")
		if err != nil {
			return nil, err
		}
		if isNone(v[0]) {
			v[0] = integer(-1)
		}
		n, err := intOr(v[0], -1)
		if err != nil {
			return nil, err
		}
		if n < 0 {
			b, err := io.ReadAll(Stdin())
			return starlark.String(strings.ReplaceAll(string(b), "\r\n", "\n")), err
		}
		var b strings.Builder
		for range n {
			r, _, err := Stdin().ReadRune()
			if err != nil {
				break
			}
			b.WriteRune(r)
		}
		return starlark.String(b.String()), nil
	},
	"readlines": func(s *stdin, a *args) (starlark.Value, error) {
		var lines []starlark.Value
		for {
			line, err := s.line()
			if line == "" {
				return list(lines), err
			}
			lines = append(lines, starlark.String(line))
		}
	},
	"isatty":   func(_ *stdin, a *args) (starlark.Value, error) { return starlark.Bool(isTTY(0)), a.none() },
	"fileno":   func(_ *stdin, a *args) (starlark.Value, error) { return integer(0), a.none() },
	"readable": func(_ *stdin, a *args) (starlark.Value, error) { return starlark.True, a.none() },
	"close":    func(_ *stdin, a *args) (starlark.Value, error) { return starlark.None, a.none() },
}

func isTTY(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
}
