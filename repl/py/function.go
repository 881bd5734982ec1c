package py

import (
	"fmt"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// code is a compiled function body.
type code struct {
	name    string
	title   string // name with that of its class
	src     *source
	nlocals int
	ncells  int
	nfree   int
	params  []cparam
	npos    int // parameters that positional arguments fill
	star    int // index of *args, -1 if none
	dstar   int // index of **kwargs, -1 if none
	simple  bool
	body    execFn // of a def or a program
	expr    evalFn // of a lambda or an expression; nil otherwise
	doc     string
	gen     bool      // a call makes a Generator
	symbols []*symbol // for locals()
	free    []*symbol
	tab     *globals
}

type cparam struct {
	name string
	kind paramKind
	cell int // the cell that holds it, -1 if it stays a local
}

// Function is a function defined in the language.
type Function struct {
	code     *code
	free     []*cell
	defaults []starlark.Value // by parameter; nil entries are required
	attrs    map[string]starlark.Value
	in       *Interp
}

func (fn *Function) String() string {
	return fmt.Sprintf("<function %s at %p>", fn.code.name, fn)
}

// Name implements starlark.Callable.
func (fn *Function) Name() string { return fn.code.name }

// Doc is the doc string, "" if there is none.
func (fn *Function) Doc() string           { return fn.code.doc }
func (fn *Function) Type() string          { return "function" }
func (fn *Function) Freeze()               {}
func (fn *Function) Truth() starlark.Bool  { return true }
func (fn *Function) Hash() (uint32, error) { return starlark.String(fmt.Sprintf("%p", fn)).Hash() }

// Signature is the parameter list as help shows it: "(p, n=3, *rest)".
func (fn *Function) Signature() string {
	s := "("
	bare := false
	for i, q := range fn.code.params {
		if i > 0 {
			s += ", "
		}
		switch q.kind {
		case paramStar:
			s += "*"
			bare = true
		case paramDoubleStar:
			s += "**"
		case paramKwOnly:
			if !bare {
				s += "*, "
				bare = true
			}
		}
		s += q.name
		if d := fn.defaults; d != nil && d[i] != nil {
			s += "=" + pyfmt.Repr(d[i])
		}
	}
	return s + ")"
}

// Params lists the names of the parameters, for completion.
func (fn *Function) Params() []string {
	names := make([]string, len(fn.code.params))
	for i, q := range fn.code.params {
		names[i] = q.name
	}
	return names
}

// Attr implements starlark.HasAttrs.
func (fn *Function) Attr(name string) (starlark.Value, error) {
	if v, ok := fn.attrs[name]; ok {
		return v, nil
	}
	switch name {
	case "__doc__":
		if fn.code.doc == "" {
			return starlark.None, nil
		}
		return starlark.String(fn.code.doc), nil
	case "__module__":
		return starlark.String("__main__"), nil
	}
	return nil, nil
}

// AttrNames implements starlark.HasAttrs.
func (fn *Function) AttrNames() []string {
	names := []string{"__doc__", "__module__", "__name__"}
	for n := range fn.attrs {
		names = append(names, n)
	}
	return names
}

// SetField implements starlark.HasSetField: a function may carry attributes.
func (fn *Function) SetField(name string, v starlark.Value) error {
	if fn.attrs == nil {
		fn.attrs = map[string]starlark.Value{}
	}
	fn.attrs[name] = v
	return nil
}

// CallInternal implements starlark.Callable, for built-ins that call back, as
// sorted does its key. The thread must be the one that the built-in was given.
func (fn *Function) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	st := stateOf(th)
	if st == nil {
		return nil, raise("RuntimeError", "function %s called on a thread of another interpreter", fn.code.name)
	}
	return st.callFunction(fn, args, kwargs)
}

// call calls any value.
func (st *state) call(fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	switch fn := fn.(type) {
	case *Function:
		return st.callFunction(fn, args, kwargs)
	case starlark.Callable:
		if st.stop.Load() != 0 {
			return nil, st.interrupted()
		}
		v, err := fn.CallInternal(st.th, args, kwargs)
		if err == nil {
			err = st.in.raisedMeanwhile()
		}
		if err != nil {
			return nil, err
		}
		if v == nil {
			return starlark.None, nil
		}
		return v, nil
	}
	return nil, raise("TypeError", "'%s' object is not callable", pyfmt.TypeName(fn))
}

// callFunction binds the arguments and runs the body.
func (st *state) callFunction(fn *Function, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	c := fn.code
	f := st.push(c, fn)
	var err error
	if c.simple && len(kwargs) == 0 && len(args) == len(c.params) {
		copy(f.locals, args)
	} else {
		err = fn.bind(f.locals, args, kwargs)
	}
	if err != nil {
		st.release(f)
		return nil, err
	}
	return st.run(f)
}

// run executes a frame whose parameters are bound, and releases it.
func (st *state) run(f *frame) (starlark.Value, error) {
	c := f.code
	if c.ncells > 0 {
		for i := range c.params {
			if k := c.params[i].cell; k >= 0 {
				f.cells[k].v = f.locals[i]
			}
		}
	}
	if c.gen {
		return st.generator(f), nil
	}
	if st.depth >= maxDepth {
		st.release(f)
		return nil, raise("RecursionError", "maximum recursion depth exceeded")
	}
	if err := st.tick(); err != nil {
		st.release(f)
		return nil, err
	}
	st.depth++
	f.back = st.top
	st.top = f
	var v starlark.Value
	var err error
	if c.expr != nil {
		v, err = c.expr(f)
	} else {
		var k ctl
		k, err = c.body(f)
		v = starlark.None
		if k == ctlReturn {
			v = f.ret
		}
	}
	st.top = f.back
	st.depth--
	st.release(f)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// bind puts the arguments of a call into the slots of the parameters, with
// CPython's messages for those that do not fit.
func (fn *Function) bind(slots []starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) error {
	c := fn.code
	n := min(len(args), c.npos)
	copy(slots, args[:n])
	if c.star >= 0 {
		slots[c.star] = append(starlark.Tuple{}, args[n:]...)
	} else if len(args) > c.npos {
		return fn.tooMany(args, kwargs)
	}
	var rest *starlark.Dict
	if c.dstar >= 0 {
		rest = starlark.NewDict(len(kwargs))
		slots[c.dstar] = rest
	}
next:
	for _, kv := range kwargs {
		name := string(kv[0].(starlark.String))
		for i := range c.params {
			q := &c.params[i]
			if q.name != name || q.kind != paramPos && q.kind != paramKwOnly {
				continue
			}
			if slots[i] != nil {
				return &pyrt.Error{Class: "TypeError", Field: name, Msg: fmt.Sprintf("%s() got multiple values for argument '%s'", c.title, name)}
			}
			slots[i] = kv[1]
			continue next
		}
		if rest == nil {
			return fn.unexpected(name)
		}
		if err := rest.SetKey(kv[0], kv[1]); err != nil {
			return err
		}
	}
	var missing, missingKw []string
	for i := range c.params {
		if slots[i] != nil {
			continue
		}
		if fn.defaults != nil && fn.defaults[i] != nil {
			slots[i] = fn.defaults[i]
			continue
		}
		if c.params[i].kind == paramKwOnly {
			missingKw = append(missingKw, c.params[i].name)
		} else {
			missing = append(missing, c.params[i].name)
		}
	}
	switch {
	case missing != nil:
		return raise("TypeError", "%s() missing %d required positional argument%s: %s", c.title, len(missing), plural(len(missing)), quoteNames(missing))
	case missingKw != nil:
		return raise("TypeError", "%s() missing %d required keyword-only argument%s: %s", c.title, len(missingKw), plural(len(missingKw)), quoteNames(missingKw))
	}
	return nil
}

func (fn *Function) unexpected(name string) error {
	c := fn.code
	for _, q := range c.params {
		if q.name == name && q.kind == paramPosOnly {
			return &pyrt.Error{Class: "TypeError", Field: name,
				Msg: fmt.Sprintf("%s() got some positional-only arguments passed as keyword arguments: '%s'", c.title, name)}
		}
	}
	return &pyrt.Error{Class: "TypeError", Field: name,
		Msg: fmt.Sprintf("%s() got an unexpected keyword argument '%s'%s", c.title, name, pyrt.DidYouMean(name, fn.Params()))}
}

func (fn *Function) tooMany(args starlark.Tuple, kwargs []starlark.Tuple) error {
	c := fn.code
	least := 0
	for i := 0; i < c.npos; i++ {
		if fn.defaults == nil || fn.defaults[i] == nil {
			least++
		}
	}
	takes := fmt.Sprint(c.npos)
	if least < c.npos {
		takes = fmt.Sprintf("from %d to %d", least, c.npos)
	}
	was := "was"
	if len(args) != 1 {
		was = "were"
	}
	return raise("TypeError", "%s() takes %s positional argument%s but %d %s given", c.title, takes, plural(c.npos), len(args), was)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// quoteNames writes 'a', 'b', and 'c'.
func quoteNames(names []string) string {
	s := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1 && i == 1:
			s += " and "
		case i == len(names)-1:
			s += ", and "
		default:
			s += ", "
		}
		s += "'" + n + "'"
	}
	return s
}
