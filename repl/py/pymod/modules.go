package pymod

import (
	"encoding/hex"
	"hash/crc32"
	"math"
	"os"
	"runtime"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// argv is sys.argv, one list for the process.
var argv = starlark.NewList(nil)

// SetArgv gives sys.argv its values: the script's name and its arguments.
func SetArgv(args []string) error {
	list := make([]starlark.Value, len(args))
	for i, a := range args {
		list[i] = starlark.String(a)
	}
	return pymeth.SetElems(argv, list)
}

// Modules are the standard modules by name.
func Modules() map[string]starlark.Value {
	out := map[string]starlark.Value{}
	for _, m := range []*Module{timeModule(), sysModule(), mathModule(), binasciiModule(), randomModule(), structModule(), osModule()} {
		out[m.name] = m
	}
	return out
}

// num is positional argument i as a number.
func (a *args) num(i int) (float64, error) {
	if i >= len(a.pos) {
		return 0, pyrt.Errorf("TypeError", "%s() wants %d arguments, got %d", a.name, i+1, len(a.pos))
	}
	return pymeth.FloatValue(a.pos[i])
}

func sysModule() *Module {
	return newModule("sys", starlark.StringDict{
		"argv": argv, "platform": starlark.String("linux"), "version": starlark.String("3 (pktsh, " + runtime.Version() + ")"),
		"maxsize": starlark.MakeInt64(math.MaxInt64), "byteorder": starlark.String("little"),
		"version_info": starlark.Tuple{starlark.MakeInt(3), starlark.MakeInt(11), starlark.MakeInt(0)},
		"exit": fn("exit", func(a *args) (starlark.Value, error) {
			if len(a.pos) == 0 || a.pos[0] == starlark.None {
				return nil, &pyrt.Exit{}
			}
			if n, ok := a.pos[0].(starlark.Int); ok {
				code, _ := n.Int64()
				return nil, &pyrt.Exit{Code: int(code) & 0xff}
			}
			if _, err := pyrt.Stderr(a.th).Write([]byte(pyfmt.Str(a.pos[0]) + "\n")); err != nil {
				return nil, err
			}
			return nil, &pyrt.Exit{Code: 1}
		}),
		"stdout": stream("stdout"), "stderr": stream("stderr"),
	})
}

// stream is sys.stdout or sys.stderr of whatever thread writes.
func stream(name string) *Module {
	return newModule(name, starlark.StringDict{
		"write": fn("write", func(a *args) (starlark.Value, error) {
			if len(a.pos) != 1 {
				return nil, pyrt.Errorf("TypeError", "write() takes one argument, got %d", len(a.pos))
			}
			w := pyrt.Stdout(a.th)
			if name == "stderr" {
				w = pyrt.Stderr(a.th)
			}
			n, err := w.Write([]byte(pyfmt.Str(a.pos[0])))
			return starlark.MakeInt(n), err
		}),
		"flush": fn("flush", func(*args) (starlark.Value, error) { return starlark.None, nil }),
	})
}

func mathModule() *Module {
	d := starlark.StringDict{"pi": starlark.Float(math.Pi), "e": starlark.Float(math.E), "inf": starlark.Float(math.Inf(1)), "nan": starlark.Float(math.NaN())}
	for name, f := range map[string]func(float64) float64{"sqrt": math.Sqrt, "sin": math.Sin, "cos": math.Cos, "tan": math.Tan, "exp": math.Exp, "log2": math.Log2, "log10": math.Log10, "fabs": math.Abs} {
		d[name] = fn(name, func(a *args) (starlark.Value, error) {
			x, err := a.num(0)
			if err != nil {
				return nil, err
			}
			y := f(x)
			if math.IsNaN(y) && !math.IsNaN(x) {
				return nil, pyrt.Errorf("ValueError", "math domain error")
			}
			return starlark.Float(y), nil
		})
	}
	for name, f := range map[string]func(float64) float64{"floor": math.Floor, "ceil": math.Ceil, "trunc": math.Trunc} {
		d[name] = fn(name, func(a *args) (starlark.Value, error) {
			x, err := a.num(0)
			if err != nil {
				return nil, err
			}
			return starlark.NumberToInt(starlark.Float(f(x)))
		})
	}
	return newModule("math", d)
}

func binasciiModule() *Module {
	toHex := func(a *args) (starlark.Value, error) {
		if len(a.pos) == 0 {
			return nil, pyrt.Errorf("TypeError", "%s() wants bytes", a.name)
		}
		b, err := pymeth.BytesValue(a.pos[0])
		return starlark.Bytes(hex.EncodeToString(b)), err
	}
	fromHex := func(a *args) (starlark.Value, error) {
		if len(a.pos) == 0 {
			return nil, pyrt.Errorf("TypeError", "%s() wants hexadecimal digits", a.name)
		}
		b, err := hex.DecodeString(digits(a.pos[0]))
		if err != nil {
			return nil, pyrt.Errorf("binascii.Error", "Non-hexadecimal digit found")
		}
		return starlark.Bytes(b), nil
	}
	return newModule("binascii", starlark.StringDict{
		"hexlify": fn("hexlify", toHex), "b2a_hex": fn("b2a_hex", toHex),
		"unhexlify": fn("unhexlify", fromHex), "a2b_hex": fn("a2b_hex", fromHex),
		"crc32": fn("crc32", func(a *args) (starlark.Value, error) {
			if len(a.pos) == 0 {
				return nil, pyrt.Errorf("TypeError", "crc32() wants bytes")
			}
			b, err := pymeth.BytesValue(a.pos[0])
			return starlark.MakeUint64(uint64(crc32.ChecksumIEEE(b))), err
		}),
	})
}

func digits(v starlark.Value) string {
	if b, ok := v.(starlark.Bytes); ok {
		return string(b)
	}
	return pyfmt.Str(v)
}

func osModule() *Module {
	return newModule("os", starlark.StringDict{
		"sep": starlark.String("/"), "linesep": starlark.String("\n"), "name": starlark.String("posix"),
		"getpid":  fn("getpid", func(*args) (starlark.Value, error) { return starlark.MakeInt(os.Getpid()), nil }),
		"getuid":  fn("getuid", func(*args) (starlark.Value, error) { return starlark.MakeInt(os.Getuid()), nil }),
		"geteuid": fn("geteuid", func(*args) (starlark.Value, error) { return starlark.MakeInt(os.Geteuid()), nil }),
		"getcwd": fn("getcwd", func(*args) (starlark.Value, error) {
			d, err := os.Getwd()
			return starlark.String(d), err
		}),
		"getenv": fn("getenv", func(a *args) (starlark.Value, error) {
			if len(a.pos) == 0 {
				return nil, pyrt.Errorf("TypeError", "getenv() wants a name")
			}
			if v, ok := os.LookupEnv(pyfmt.Str(a.pos[0])); ok {
				return starlark.String(v), nil
			}
			if len(a.pos) > 1 {
				return a.pos[1], nil
			}
			return starlark.None, nil
		}),
	})
}
