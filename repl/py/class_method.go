package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// Method is a function with its first argument.
type Method struct {
	fn   starlark.Value
	self starlark.Value
}

var _ starlark.Callable = Method{}

// NewMethod binds fn to self.
func NewMethod(fn starlark.Callable, self starlark.Value) Method { return Method{fn, self} }

func (m Method) String() string {
	name := m.Name()
	if i, ok := instanceOf(m.self); ok {
		name = i.class.name + "." + name
	}
	return "<bound method " + name + ">"
}
func (m Method) Type() string          { return "method" }
func (m Method) Freeze()               {}
func (m Method) Truth() starlark.Bool  { return true }
func (m Method) Hash() (uint32, error) { return starlark.String(m.Name()).Hash() }

// Name is the function's.
func (m Method) Name() string {
	if c, ok := m.fn.(starlark.Callable); ok {
		return c.Name()
	}
	return m.fn.Type()
}

// Doc is the function's doc string.
func (m Method) Doc() string {
	if f, ok := m.fn.(*Function); ok {
		return f.Doc()
	}
	return ""
}

// EqualTo compares the function and what it is bound to.
func (m Method) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(Method)
	return ok && o.fn == m.fn && o.self == m.self, ok, nil
}

// Attr is __self__ and __func__, else an attribute of the function.
func (m Method) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__self__":
		return m.self, nil
	case "__func__":
		return m.fn, nil
	}
	if f, ok := m.fn.(*Function); ok {
		return f.Attr(name)
	}
	return nil, nil
}

// AttrNames lists what Attr knows beside the function's own.
func (m Method) AttrNames() []string { return []string{"__func__", "__self__"} }

// CallInternal calls the function.
func (m Method) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return stateOf(th).call(m.fn, append(starlark.Tuple{m.self}, args...), kwargs)
}

// GoMethod is a method that Go code gives to a class: self is its first argument.
type GoMethod struct{ *starlark.Builtin }

// NewGoMethod makes one.
func NewGoMethod(name string, f func(th *starlark.Thread, self starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)) GoMethod {
	return GoMethod{builtin(name, func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, raise("TypeError", "%s() missing 1 required positional argument: 'self'", name)
		}
		return f(th, args[0], args[1:], kwargs)
	})}
}

// marked is a function that a decorator marks as what it is in a class.
type marked struct{ fn starlark.Value }

func (m marked) Freeze()              {}
func (m marked) Truth() starlark.Bool { return true }
func (m marked) Hash() (uint32, error) {
	return 0, raise("TypeError", "unhashable type: '%s'", m.fn.Type())
}

type (
	classMethod    struct{ marked }
	staticMethod   struct{ marked }
	abstractMethod struct{ marked }
)

func (classMethod) Type() string      { return "classmethod" }
func (classMethod) String() string    { return "<classmethod object>" }
func (staticMethod) Type() string     { return "staticmethod" }
func (staticMethod) String() string   { return "<staticmethod object>" }
func (abstractMethod) Type() string   { return "function" }
func (abstractMethod) String() string { return "<abstract method>" }

// CallInternal lets a static method be called inside of its class's body.
func (m staticMethod) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return stateOf(th).call(m.fn, args, kwargs)
}

// Name implements starlark.Callable.
func (m staticMethod) Name() string { return "staticmethod" }

// Unbound says what v, an attribute of a class's body, is: a function that takes the
// class (ofClass) or nothing (ofNothing) as its first argument, or v itself.
func Unbound(v starlark.Value) (fn starlark.Value, ofClass, ofNothing bool) {
	switch v := v.(type) {
	case classMethod:
		return v.fn, true, false
	case staticMethod:
		return v.fn, false, true
	}
	return v, false, false
}

// property is a value that functions read, write and delete.
type property struct {
	get, set starlark.Value // nil if there is none
}

func (p *property) String() string       { return "<property object>" }
func (p *property) Type() string         { return "property" }
func (p *property) Freeze()              {}
func (p *property) Truth() starlark.Bool { return true }
func (p *property) Hash() (uint32, error) {
	return 0, raise("TypeError", "unhashable type: 'property'")
}

// Attr is the decorators that add a function.
func (p *property) Attr(name string) (starlark.Value, error) {
	add := func(f func(q *property, fn starlark.Value)) (starlark.Value, error) {
		return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := want(name, args, kwargs, 1, 1); err != nil {
				return nil, err
			}
			q := *p
			f(&q, args[0])
			return &q, nil
		}), nil
	}
	switch name {
	case "getter":
		return add(func(q *property, fn starlark.Value) { q.get = fn })
	case "setter":
		return add(func(q *property, fn starlark.Value) { q.set = fn })
	}
	return nil, nil
}

// AttrNames are the decorators.
func (p *property) AttrNames() []string { return []string{"getter", "setter"} }

func (p *property) read(i *Instance) (starlark.Value, error) {
	if p.get == nil {
		return nil, raise("AttributeError", "unreadable attribute of '%s'", i.class.name)
	}
	return i.class.in.reenter(func(st *state) (starlark.Value, error) { return st.call(p.get, starlark.Tuple{i.self}, nil) })
}

func (p *property) write(i *Instance, name string, v starlark.Value) error {
	if p.set == nil {
		return raise("AttributeError", "property '%s' of '%s' object has no setter", name, i.class.name)
	}
	_, err := i.class.in.reenter(func(st *state) (starlark.Value, error) { return st.call(p.set, starlark.Tuple{i.self, v}, nil) })
	return err
}

// BindMethod is v, an attribute of a class of Go code that a program's class filled
// in, as self has it: nil is the class alone, which is cls.
func BindMethod(v, self, cls starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case classMethod:
		return Method{fn: v.fn, self: cls}, nil
	case staticMethod:
		return v.fn, nil
	case *property:
		if f, ok := v.get.(*Function); ok && self != nil {
			return f.in.reenter(func(st *state) (starlark.Value, error) { return st.call(f, starlark.Tuple{self}, nil) })
		}
	case starlark.Callable:
		if _, isClass := v.(pyrt.InstanceChecker); self != nil && !isClass {
			return Method{fn: v, self: self}, nil
		}
	}
	return v, nil
}

// Super is super(C, self): what self has from the classes behind C.
type Super struct {
	mro  []*Class
	of   *Class
	self starlark.Value // an instance or a class
}

func (s *Super) String() string        { return "<super: " + s.of.String() + ">" }
func (s *Super) Type() string          { return "super" }
func (s *Super) Freeze()               {}
func (s *Super) Truth() starlark.Bool  { return true }
func (s *Super) Hash() (uint32, error) { return starlark.String(s.of.name).Hash() }

// SuperOf is super(c, self) where c is a Class or an exception of a program.
func SuperOf(c, self starlark.Value) (starlark.Value, error) {
	if e, ok := self.(*Exception); ok {
		if of, ok := c.(*ExcClass); ok && e.class.is(of) {
			return excSuper{of: of.base, self: e}, nil
		}
	}
	of, ok := c.(*Class)
	if !ok {
		return nil, raise("TypeError", "super(): got %s, want a class", pyfmt.Repr(c))
	}
	cls, isClass := self.(*Class)
	if !isClass {
		i, ok := instanceOf(self)
		if !ok {
			return nil, raise("TypeError", "super(type, obj): obj must be an instance or subtype of type")
		}
		cls = i.class
	}
	for k, m := range cls.mro {
		if m == of {
			return &Super{mro: cls.mro[k+1:], of: of, self: self}, nil
		}
	}
	return nil, raise("TypeError", "super(type, obj): obj must be an instance or subtype of type")
}

// Attr is an attribute of the nearest class behind.
func (s *Super) Attr(name string) (starlark.Value, error) {
	i, ok := instanceOf(s.self)
	if v := findIn(s.mro, name); v != nil {
		if p, isProp := v.(*property); isProp && ok {
			return p.read(i)
		}
		if ok {
			return i.bind(v), nil
		}
		if m, isMethod := v.(classMethod); isMethod {
			return Method{fn: m.fn, self: s.self}, nil
		}
		if m, isStatic := v.(staticMethod); isStatic {
			return m.fn, nil
		}
		return v, nil
	}
	v, err := s.of.baseAttr(name)
	if v != nil && name != "__new__" {
		v = Method{fn: v, self: s.self}
	}
	return v, err
}

// AttrNames are the attributes of the classes behind.
func (s *Super) AttrNames() []string {
	if len(s.mro) == 0 {
		return []string{"__init__"}
	}
	return append(s.mro[0].AttrNames(), "__init__")
}

// classBuiltins are what class statements and classes' bodies need.
var classBuiltins = map[string]builtinFn{
	ClassMaker: func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := want(ClassMaker, args, kwargs, 3, 3); err != nil {
			return nil, err
		}
		name, _ := args[0].(starlark.String)
		bases, _ := args[1].(starlark.Tuple)
		body, ok := args[2].(*starlark.Dict)
		if !ok {
			return nil, raise("TypeError", "%s() wants a name, bases and a dictionary", ClassMaker)
		}
		return BuildClass(th, string(name), bases, body)
	},
	"super": func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, raise("RuntimeError", "super(): no arguments")
		}
		if err := want("super", args, kwargs, 2, 2); err != nil {
			return nil, err
		}
		return SuperOf(args[0], args[1])
	},
	"classmethod":  one1("classmethod", func(v starlark.Value) (starlark.Value, error) { return classMethod{marked{v}}, nil }),
	"staticmethod": one1("staticmethod", func(v starlark.Value) (starlark.Value, error) { return staticMethod{marked{v}}, nil }),
	"property": func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := bind("property", args, kwargs, "fget", "fset", "fdel", "doc")
		if err != nil {
			return nil, err
		}
		return &property{get: v[0], set: v[1]}, nil
	},
}

// classVars compiles the dictionary of a class's body.
func (c *compiler) classVars(x *classVarsExpr) evalFn {
	return func(f *frame) (starlark.Value, error) {
		d := starlark.NewDict(len(x.syms))
		for _, s := range x.syms {
			v := f.locals[s.slot]
			if s.captured {
				v = f.cells[s.cell].v
			}
			if v != nil {
				if err := d.SetKey(starlark.String(s.name), v); err != nil {
					return nil, err
				}
			}
		}
		return d, nil
	}
}

var _ pyrt.Equaler = Method{}
