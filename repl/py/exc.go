package py

import (
	"fmt"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// ExcClass is an exception class. Calling it makes an Exception.
type ExcClass struct {
	name string
	base *ExcClass
	body *Class // of a class that a program defined; nil for the others
}

var (
	excMu      sync.Mutex
	excClasses = map[string]*ExcClass{}
)

func init() {
	for _, line := range strings.Split(excTree, "\n") {
		name, base, _ := strings.Cut(line, " ")
		excClasses[name] = &ExcClass{name: name, base: excClasses[base]}
	}
	// Names by which the standard modules also know a class.
	for alias, name := range map[string]string{"IOError": "OSError", "EnvironmentError": "OSError",
		"socket.error": "OSError", "os.error": "OSError", "select.error": "OSError", "socket.timeout": "TimeoutError"} {
		excClasses[alias] = excClasses[name]
	}
}

// excClass finds the class called name; an unknown one becomes a subclass of
// Exception.
func excClass(name string) *ExcClass {
	excMu.Lock()
	defer excMu.Unlock()
	c := excClasses[name]
	if c == nil {
		c = &ExcClass{name: name, base: excClasses["Exception"]}
		excClasses[name] = c
	}
	return c
}

// lookupClass finds a known class, nil if there is none.
func lookupClass(name string) *ExcClass {
	excMu.Lock()
	defer excMu.Unlock()
	return excClasses[name]
}

// builtinClasses lists the classes whose names are predeclared.
func builtinClasses() map[string]*ExcClass {
	excMu.Lock()
	defer excMu.Unlock()
	m := map[string]*ExcClass{}
	for name, c := range excClasses {
		if !strings.Contains(name, ".") {
			m[name] = c
		}
	}
	return m
}

// is tells whether c is base or derives from it.
func (c *ExcClass) is(base *ExcClass) bool {
	for ; c != nil; c = c.base {
		if c == base {
			return true
		}
	}
	return false
}

// shortName is the name without its module.
func (c *ExcClass) shortName() string { return c.name[strings.LastIndexByte(c.name, '.')+1:] }

func (c *ExcClass) String() string {
	if c.body != nil {
		return c.body.String()
	}
	return "<class '" + c.name + "'>"
}
func (c *ExcClass) Type() string          { return "type" }
func (c *ExcClass) Freeze()               {}
func (c *ExcClass) Truth() starlark.Bool  { return true }
func (c *ExcClass) Hash() (uint32, error) { return starlark.String(c.name).Hash() }

// Name makes a class callable.
func (c *ExcClass) Name() string { return c.name }

// CallInternal makes an instance.
func (c *ExcClass) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if init := c.find("__init__"); init != nil {
		e := &Exception{class: c, args: append(starlark.Tuple(nil), args...)}
		_, err := stateOf(th).call(init, append(starlark.Tuple{e}, args...), kwargs)
		return e, err
	}
	if len(kwargs) > 0 {
		return nil, pyrt.Errorf("TypeError", "%s() takes no keyword arguments", c.shortName())
	}
	e := &Exception{class: c, args: append(starlark.Tuple(nil), args...)}
	if c.is(lookupClass("OSError")) && len(args) >= 2 {
		if n, ok := args[0].(starlark.Int); ok && c.name == "OSError" {
			if k, ok := n.Int64(); ok {
				e.class = errnoClass(k)
			}
		}
		if len(args) >= 3 {
			e.filename, e.args = args[2], e.args[:2]
		}
	}
	return e, nil
}

// Attr implements starlark.HasAttrs.
func (c *ExcClass) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__", "__qualname__":
		return starlark.String(c.shortName()), nil
	case "__module__":
		if c.body != nil {
			return starlark.String("__main__"), nil
		}
		if i := strings.LastIndexByte(c.name, '.'); i >= 0 {
			return starlark.String(c.name[:i]), nil
		}
		return starlark.String("builtins"), nil
	case "__bases__":
		if c.base == nil {
			return starlark.Tuple{}, nil
		}
		return starlark.Tuple{c.base}, nil
	case "__mro__":
		var t starlark.Tuple
		for b := c; b != nil; b = b.base {
			t = append(t, b)
		}
		return t, nil
	}
	if v := c.find(name); v != nil {
		fn, ofClass, _ := Unbound(v)
		if ofClass {
			return Method{fn: fn, self: c}, nil
		}
		return fn, nil
	}
	return c.baseMethod(name), nil
}

// AttrNames implements starlark.HasAttrs.
func (c *ExcClass) AttrNames() []string { return []string{"__bases__", "__mro__", "__name__"} }

// Exception is an exception of the language: a value and a Go error.
type Exception struct {
	class *ExcClass
	args  starlark.Tuple
	attrs map[string]starlark.Value // set by the script
	// filename is the third argument of an OSError, which args leaves out.
	filename starlark.Value
	cause    *Exception // raise … from cause
	context  *Exception // being handled when this one was raised
	quiet    bool       // raise … from None
	hint     string
	field    string // keyword argument at fault
	trace    []place
	goErr    error // the Go error that it was made of
}

// place is where an exception passed through a frame.
type place struct {
	code *code
	at   Span
}

// Error is str(e), with the class when that is empty.
func (e *Exception) Error() string {
	if s := e.message(); s != "" {
		return s
	}
	return e.class.name
}

// Kind is the name of the exception's class.
func (e *Exception) Kind() string { return e.class.name }

// Arg names the keyword argument at fault, "" if none is.
func (e *Exception) Arg() string { return e.field }

// Unwrap is the Go error that the exception was made of, if any.
func (e *Exception) Unwrap() error { return e.goErr }

// IsA tells whether the exception is of the class called name or a subclass.
func (e *Exception) IsA(name string) bool { return e.class.is(lookupClass(name)) }

// message is str(e).
func (e *Exception) message() string {
	if s, ok := e.written("__str__"); ok {
		return s
	}
	return e.plainMessage()
}

func (e *Exception) plainMessage() string {
	osErr := lookupClass("OSError")
	switch {
	case len(e.args) == 0:
		return ""
	case len(e.args) == 1:
		if e.class.is(lookupClass("KeyError")) {
			return pyfmt.Repr(e.args[0])
		}
		return pyfmt.Str(e.args[0])
	case e.class.is(osErr):
		s := fmt.Sprintf("[Errno %s] %s", pyfmt.Str(e.args[0]), pyfmt.Str(e.args[1]))
		if e.filename != nil && e.filename != starlark.None {
			s += ": " + pyfmt.Repr(e.filename)
		}
		return s
	}
	return pyfmt.Repr(e.args)
}

func (e *Exception) String() string { return e.PyRepr() }

// PyRepr implements pyrt.Reprer.
func (e *Exception) PyRepr() string {
	if s, ok := e.written("__repr__"); ok {
		return s
	}
	return e.plainRepr()
}

func (e *Exception) plainRepr() string {
	name := e.class.shortName()
	switch len(e.args) {
	case 0:
		return name + "()"
	case 1:
		return name + "(" + pyfmt.Repr(e.args[0]) + ")"
	}
	return name + pyfmt.Repr(e.args)
}

// PyStr implements pyrt.Strer.
func (e *Exception) PyStr() string         { return e.message() }
func (e *Exception) Type() string          { return e.class.shortName() }
func (e *Exception) Freeze()               {}
func (e *Exception) Truth() starlark.Bool  { return true }
func (e *Exception) Hash() (uint32, error) { return starlark.String(e.class.name).Hash() }

// PyClass implements pyrt.ClassOf.
func (e *Exception) PyClass() starlark.Value { return e.class }

// Attr implements starlark.HasAttrs.
func (e *Exception) Attr(name string) (starlark.Value, error) {
	if v, ok := e.attrs[name]; ok {
		return v, nil
	}
	if v, err := e.own(name); v != nil || err != nil {
		return v, err
	}
	isOS := e.class.is(lookupClass("OSError"))
	at := func(i int) (starlark.Value, error) {
		if len(e.args) >= 2 && i < len(e.args) {
			return e.args[i], nil
		}
		return starlark.None, nil
	}
	opt := func(x *Exception) (starlark.Value, error) {
		if x == nil {
			return starlark.None, nil
		}
		return x, nil
	}
	switch {
	case name == "args":
		if e.args == nil {
			return starlark.Tuple{}, nil
		}
		return e.args, nil
	case name == "__cause__":
		return opt(e.cause)
	case name == "__context__":
		return opt(e.context)
	case name == "__traceback__":
		return starlark.None, nil
	case name == "errno" && isOS:
		return at(0)
	case name == "strerror" && isOS:
		return at(1)
	case name == "filename" && isOS:
		if e.filename != nil {
			return e.filename, nil
		}
		return starlark.None, nil
	case name == "code" && e.class.name == "SystemExit", name == "value" && e.class.name == "StopIteration":
		if len(e.args) > 0 {
			return e.args[0], nil
		}
		return starlark.None, nil
	case name == "name" && e.class.is(lookupClass("ImportError")):
		return starlark.None, nil
	case name == "with_traceback":
		return builtin("with_traceback", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return e, nil }), nil
	case name == "add_note":
		return builtin("add_note", func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			if len(args) == 1 {
				e.hint = pyfmt.Str(args[0])
			}
			return starlark.None, nil
		}), nil
	}
	return nil, nil
}

// AttrNames implements starlark.HasAttrs.
func (e *Exception) AttrNames() []string {
	if e.class.is(lookupClass("OSError")) {
		return []string{"args", "errno", "filename", "strerror"}
	}
	return []string{"args"}
}

// SetField implements starlark.HasSetField.
func (e *Exception) SetField(name string, v starlark.Value) error {
	if name == "args" {
		if list, err := pyrt.Elems(v, 0); err == nil {
			e.args = list
			return nil
		}
	}
	if e.attrs == nil {
		e.attrs = map[string]starlark.Value{}
	}
	e.attrs[name] = v
	return nil
}
