package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
)

// excSubclass is an exception class of a program: body is the class as such, for its
// attributes and those of other bases.
func excSubclass(name string, base *ExcClass, body *Class) *ExcClass {
	_ = body.linearize() // without an order of its own it has its own attributes
	return &ExcClass{name: name, base: base, body: body}
}

// find is an attribute that a program's class gives, nil if none does.
func (c *ExcClass) find(name string) starlark.Value {
	for ; c != nil; c = c.base {
		if c.body == nil {
			continue
		}
		mro := c.body.mro
		if mro == nil {
			mro = []*Class{c.body}
		}
		if v := findIn(mro, name); v != nil {
			return v
		}
	}
	return nil
}

// own is an attribute of e that its class's program gives, nil if there is none.
func (e *Exception) own(name string) (starlark.Value, error) {
	switch v := e.class.find(name).(type) {
	case nil:
		return nil, nil
	case *Function:
		return Method{fn: v, self: e}, nil
	case classMethod:
		return Method{fn: v.fn, self: e.class}, nil
	case staticMethod:
		return v.fn, nil
	case *property:
		return v.fnOf(e.class, e)
	default:
		return v, nil
	}
}

// fnOf reads a property of an exception.
func (p *property) fnOf(c *ExcClass, self starlark.Value) (starlark.Value, error) {
	return c.interp().reenter(func(st *state) (starlark.Value, error) { return st.call(p.get, starlark.Tuple{self}, nil) })
}

// interp is the interpreter that made the class or a base of it.
func (c *ExcClass) interp() *Interp {
	for ; c != nil; c = c.base {
		if c.body != nil {
			return c.body.in
		}
	}
	return nil
}

// written is what a method of the program's, __str__ or __repr__, gives for e.
func (e *Exception) written(name string) (string, bool) {
	m := e.class.find(name)
	if m == nil {
		return "", false
	}
	in := e.class.interp()
	v, err := in.reenter(func(st *state) (starlark.Value, error) { return st.call(m, starlark.Tuple{e}, nil) })
	if err != nil {
		if in.raised == nil {
			in.raised = err
		}
		return "", true
	}
	return pyfmt.Str(v), true
}

// excSuper is super() in a method of an exception.
type excSuper struct {
	of   *ExcClass
	self *Exception
}

func (s excSuper) String() string        { return "<super: " + s.of.String() + ">" }
func (s excSuper) Type() string          { return "super" }
func (s excSuper) Freeze()               {}
func (s excSuper) Truth() starlark.Bool  { return true }
func (s excSuper) Hash() (uint32, error) { return starlark.String(s.of.name).Hash() }

// Attr is a method of the bases.
func (s excSuper) Attr(name string) (starlark.Value, error) {
	if v := s.of.find(name); v != nil {
		if _, ok := v.(*Function); ok {
			return Method{fn: v, self: s.self}, nil
		}
		return v, nil
	}
	if m := s.of.baseMethod(name); m != nil {
		return Method{fn: m, self: s.self}, nil
	}
	return s.self.Attr(name)
}

// AttrNames are those of the exception.
func (s excSuper) AttrNames() []string { return append(s.self.AttrNames(), "__init__", "__str__") }

// baseMethod is a method of the built-in exceptions with the exception as its first
// argument: Exception.__init__(self, "text").
func (c *ExcClass) baseMethod(name string) starlark.Value {
	on := func(f func(e *Exception, args starlark.Tuple) starlark.Value) starlark.Value {
		return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args) == 0 || len(kwargs) > 0 {
				return nil, raise("TypeError", "%s() wants the exception and its arguments", name)
			}
			e, ok := args[0].(*Exception)
			if !ok {
				return nil, raise("TypeError", "%s() wants an exception as its first argument, not '%s'", name, pyfmt.TypeName(args[0]))
			}
			return f(e, args[1:]), nil
		})
	}
	switch name {
	case "__init__":
		return on(func(e *Exception, args starlark.Tuple) starlark.Value {
			e.args = append(starlark.Tuple{}, args...)
			return starlark.None
		})
	case "__str__":
		return on(func(e *Exception, _ starlark.Tuple) starlark.Value { return starlark.String(e.plainMessage()) })
	case "__repr__":
		return on(func(e *Exception, _ starlark.Tuple) starlark.Value { return starlark.String(e.plainRepr()) })
	}
	return nil
}

// NewException is the exception class called name below the one called base, for a host
// to predeclare.
func NewException(name, base string) starlark.Value {
	c, of := excClass(name), excClass(base)
	if c.base != of {
		c.base = of
	}
	return c
}
