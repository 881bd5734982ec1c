package pymod

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// args is one call of a module's function.
type args struct {
	th     *starlark.Thread
	name   string
	pos    starlark.Tuple
	kwargs []starlark.Tuple
}

// function is how the functions of modules are written.
type function = func(a *args) (starlark.Value, error)

// fn makes a function of a module.
func fn(name string, f function) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(th *starlark.Thread, _ *starlark.Builtin, pos starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return f(&args{th, name, pos, kwargs})
	})
}

// funcs makes the functions of a module.
func funcs(m map[string]function) starlark.StringDict {
	d := make(starlark.StringDict, len(m)+1)
	for name, f := range m {
		d[name] = fn(name, f)
	}
	return d
}

// bind puts the arguments in the order of names, nil for absent ones. "name!"
// is required, "*name" and those after it are keyword only.
func (a *args) bind(names ...string) ([]starlark.Value, error) {
	return pymeth.Bind(a.name, a.pos, a.kwargs, names...)
}

// none checks that there are no arguments.
func (a *args) none() error {
	_, err := a.exactly(0)
	return err
}

// exactly checks the number of positional arguments of a function without keywords.
func (a *args) exactly(n int) (starlark.Tuple, error) {
	if len(a.kwargs) > 0 {
		return nil, pyrt.Errorf("TypeError", "%s() takes no keyword arguments", a.name)
	}
	if len(a.pos) != n {
		switch n {
		case 0:
			return nil, pyrt.Errorf("TypeError", "%s() takes no arguments (%d given)", a.name, len(a.pos))
		case 1:
			return nil, pyrt.Errorf("TypeError", "%s() takes exactly one argument (%d given)", a.name, len(a.pos))
		}
		return nil, pyrt.Errorf("TypeError", "%s expected %d arguments, got %d", a.name, n, len(a.pos))
	}
	return a.pos, nil
}

// The conversions below read one argument; v == nil gives the default.

func intOr(v starlark.Value, def int) (int, error) {
	if v == nil {
		return def, nil
	}
	return pymeth.Index(v)
}

func floatOr(v starlark.Value, def float64) (float64, error) {
	if v == nil {
		return def, nil
	}
	return pymeth.FloatValue(v)
}

func strOr(v starlark.Value, def string) (string, error) {
	if v == nil {
		return def, nil
	}
	return text(v)
}

// text is v where a str is wanted.
func text(v starlark.Value) (string, error) {
	if s, ok := v.(starlark.String); ok {
		return string(s), nil
	}
	return "", pyrt.Errorf("TypeError", "expected str, got %s", pyfmt.TypeName(v))
}

func isNone(v starlark.Value) bool { return v == nil || v == starlark.None }

func integer(n int) starlark.Value { return starlark.MakeInt(n) }

func list(vs []starlark.Value) *starlark.List { return starlark.NewList(vs) }

// noHash is embedded by values that cannot be keys and hold nothing to freeze.
type noHash struct{ typ string }

func (n noHash) Type() string       { return n.typ }
func (noHash) Freeze()              {}
func (noHash) Truth() starlark.Bool { return true }
func (n noHash) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: '%s'", n.typ)
}
