package py

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

type builtinFn = func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)

// builtins makes the table of predeclared names.
func (in *Interp) builtins() map[string]starlark.Value {
	pre := make(map[string]starlark.Value, 256)
	pre["NotImplemented"], pre["Ellipsis"], pre["__builtins__"] = notImplemented{}, ellipsis, starlark.None
	for name, c := range builtinClasses() {
		pre[name] = c
	}
	for _, table := range []map[string]builtinFn{valueBuiltins, iterBuiltins, objectBuiltins, classBuiltins, in.ioBuiltins()} {
		for name, fn := range table {
			pre[name] = builtin(name, fn)
		}
	}
	for name, mk := range typeMakers {
		t := typeNamed(name)
		t.make = mk
		pre[name] = t
	}
	delete(pre, "__builtins__")
	return pre
}

type notImplemented struct{}

func (notImplemented) String() string        { return "NotImplemented" }
func (notImplemented) Type() string          { return "NotImplementedType" }
func (notImplemented) Freeze()               {}
func (notImplemented) Truth() starlark.Bool  { return true }
func (notImplemented) Hash() (uint32, error) { return 1, nil }

// want checks the number of positional arguments of a built-in that takes no
// keywords; hi < 0 is no upper limit.
func want(name string, args starlark.Tuple, kwargs []starlark.Tuple, lo, hi int) error {
	if len(kwargs) > 0 {
		return &pyrt.Error{Class: "TypeError", Msg: name + "() takes no keyword arguments", Field: string(kwargs[0][0].(starlark.String))}
	}
	n := len(args)
	switch {
	case lo == hi && n != lo && lo == 1:
		return raise("TypeError", "%s() takes exactly one argument (%d given)", name, n)
	case lo == hi && n != lo:
		return raise("TypeError", "%s expected %d argument%s, got %d", name, lo, plural(lo), n)
	case n < lo:
		return raise("TypeError", "%s expected at least %d argument%s, got %d", name, lo, plural(lo), n)
	case hi >= 0 && n > hi:
		return raise("TypeError", "%s expected at most %d argument%s, got %d", name, hi, plural(hi), n)
	}
	return nil
}

// ioBuiltins are those that need the interpreter's surroundings.
func (in *Interp) ioBuiltins() map[string]builtinFn {
	return map[string]builtinFn{
		"print":   printFn,
		"input":   in.input,
		"open":    openFn,
		"eval":    in.eval,
		"exec":    in.exec,
		"globals": in.globalsFn,
		"locals":  in.localsFn,
		"vars":    in.vars,
		"dir":     in.dirFn,
		"exit":    exitFn,
		"quit":    exitFn,
	}
}

// exitFn is exit(code=0): SystemExit.
func exitFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("exit", args, kwargs, 0, 1); err != nil {
		return nil, err
	}
	return nil, &Exception{class: excClass("SystemExit"), args: append(starlark.Tuple{}, args...)}
}

// printFn is print(*values, sep=' ', end='\n', file=sys.stdout, flush=False).
func printFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	sep, end := " ", "\n"
	var file starlark.Value
	flush := false
	for _, kv := range kwargs {
		name, v := string(kv[0].(starlark.String)), kv[1]
		switch name {
		case "sep", "end":
			if v == starlark.None {
				continue
			}
			s, ok := v.(starlark.String)
			if !ok {
				return nil, &pyrt.Error{Class: "TypeError", Field: name, Msg: name + " must be None or a string, not " + typeName(v)}
			}
			if name == "sep" {
				sep = string(s)
			} else {
				end = string(s)
			}
		case "file":
			if v != starlark.None {
				file = v
			}
		case "flush":
			flush = bool(v.Truth())
		default:
			return nil, &pyrt.Error{Class: "TypeError", Field: name,
				Msg: "print() got an unexpected keyword argument '" + name + "'" + pyrt.DidYouMean(name, []string{"sep", "end", "file", "flush"})}
		}
	}
	var b strings.Builder
	for i, a := range args {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(pyfmt.Str(a))
	}
	b.WriteString(end)
	if err := stateOf(th).in.raisedMeanwhile(); err != nil {
		return nil, err
	}
	if file == nil {
		_, err := io.WriteString(pyrt.Stdout(th), b.String())
		return starlark.None, err
	}
	st := stateOf(th)
	w, err := getAttr(file, "write")
	if err != nil {
		return nil, err
	}
	if _, err := st.call(w, starlark.Tuple{starlark.String(b.String())}, nil); err != nil {
		return nil, err
	}
	if flush {
		if fl, err := getAttr(file, "flush"); err == nil {
			if _, err := st.call(fl, nil, nil); err != nil {
				return nil, err
			}
		}
	}
	return starlark.None, nil
}

// input is input(prompt=”). Other callbacks may run while it waits.
func (in *Interp) input(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("input", args, kwargs, 0, 1); err != nil {
		return nil, err
	}
	if len(args) == 1 {
		fmt.Fprint(pyrt.Stdout(th), pyfmt.Str(args[0]))
	}
	type answer struct {
		line string
		err  error
	}
	ch := make(chan answer, 1)
	go func() {
		line, err := in.stdin.ReadString('\n')
		ch <- answer{line, err}
	}()
	var a answer
	var stopped bool
	pyrt.Unlocked(th, func() {
		select {
		case a = <-ch:
		case <-pyrt.Context(th).Done():
			stopped = true
		}
	})
	switch {
	case stopped:
		return nil, raise("KeyboardInterrupt", "")
	case a.err != nil && a.line == "":
		if a.err == io.EOF {
			return nil, raise("EOFError", "EOF when reading a line")
		}
		return nil, a.err
	}
	return starlark.String(strings.TrimSuffix(strings.TrimSuffix(a.line, "\n"), "\r")), nil
}

// SetStdin replaces what input() reads.
func (in *Interp) SetStdin(r io.Reader) { in.stdin = bufio.NewReader(r) }

// bind is pymeth.Bind.
func bind(name string, args starlark.Tuple, kwargs []starlark.Tuple, params ...string) ([]starlark.Value, error) {
	return pymeth.Bind(name, args, kwargs, params...)
}
