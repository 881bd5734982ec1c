package py

import (
	"errors"
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// Instance is an object of a class that a program defined.
type Instance struct {
	class  *Class
	attrs  *starlark.Dict
	native starlark.Value // what the Go code that the class begins from made; nil before its __init__
	self   starlark.Value // the instance as the program has it: callable or not
}

// callable is an Instance whose class has __call__.
type callable struct{ Instance }

var (
	_ starlark.HasSetField = (*Instance)(nil)
	_ starlark.Callable    = (*callable)(nil)
	_ pyrt.DelAttrer       = (*Instance)(nil)
	_ pyrt.ClassOf         = (*Instance)(nil)
)

// blank is an instance without attributes.
func (c *Class) blank() starlark.Value {
	if c.find("__call__") != nil {
		i := &callable{Instance{class: c, attrs: starlark.NewDict(4)}}
		i.self = i
		return i
	}
	i := &Instance{class: c, attrs: starlark.NewDict(4)}
	i.self = i
	return i
}

// instanceOf is v if it is an instance.
func instanceOf(v starlark.Value) (*Instance, bool) {
	switch v := v.(type) {
	case *Instance:
		return v, true
	case *callable:
		return &v.Instance, true
	}
	return nil, false
}

// Native is what the Go code that v's class begins from made, nil if v is no
// instance of such a class.
func Native(v starlark.Value) starlark.Value {
	if i, ok := instanceOf(v); ok {
		return i.native
	}
	return nil
}

// HasMethod tells whether v's class, and not only what it begins from, has a method.
func HasMethod(v starlark.Value, name string) bool {
	i, ok := instanceOf(v)
	return ok && i.class.find(name) != nil
}

func (i *Instance) String() string          { return fmt.Sprintf("<__main__.%s object at %p>", i.class.name, i) }
func (i *Instance) Type() string            { return i.class.name }
func (i *Instance) Freeze()                 {}
func (i *Instance) PyClass() starlark.Value { return i.class }

// Name implements starlark.Callable.
func (i *callable) Name() string { return i.class.name }

// CallInternal is i(…).
func (i *callable) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return stateOf(th).call(i.bind(i.class.find("__call__")), args, kwargs)
}

// bind is an attribute of the class as the instance has it.
func (i *Instance) bind(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case *Function:
		return Method{fn: v, self: i.self}
	case GoMethod:
		return Method{fn: v, self: i.self}
	case classMethod:
		return Method{fn: v.fn, self: i.class}
	case staticMethod:
		return v.fn
	}
	return v
}

// Attr is i.name: its own, the class's, that of the Go code it begins from, or what
// __getattr__ gives.
func (i *Instance) Attr(name string) (starlark.Value, error) {
	v := i.class.find(name)
	if p, ok := v.(*property); ok {
		return p.read(i)
	}
	if own, ok, _ := i.attrs.Get(starlark.String(name)); ok {
		return own, nil
	}
	if v != nil {
		return i.bind(v), nil
	}
	switch name {
	case "__dict__":
		return i.attrs, nil
	case "__class__":
		return i.class, nil
	}
	if v, err := i.nativeAttr(name); v != nil || err != nil {
		return v, err
	}
	if get := i.class.find("__getattr__"); get != nil {
		return i.class.in.reenter(func(st *state) (starlark.Value, error) {
			return st.call(i.bind(get), starlark.Tuple{starlark.String(name)}, nil)
		})
	}
	if name == "__init__" {
		init, err := i.class.baseAttr(name)
		return Method{fn: init.(starlark.Callable), self: i.self}, err
	}
	return nil, nil
}

// nativeAttr is an attribute of what Go code made, nil if there is none.
func (i *Instance) nativeAttr(name string) (starlark.Value, error) {
	a, ok := i.native.(starlark.HasAttrs)
	if !ok {
		if i.class.native != nil && i.native == nil && i.class.find("__init__") != nil {
			return nil, raise("RuntimeError", "%s.__init__() does not call super().__init__()", i.class.name)
		}
		return nil, nil
	}
	v, err := a.Attr(name)
	var none starlark.NoSuchAttrError
	if errors.As(err, &none) {
		return nil, nil
	}
	return v, err
}

// AttrNames are the names that Attr knows.
func (i *Instance) AttrNames() []string {
	names := i.class.AttrNames()
	for _, k := range i.attrs.Keys() {
		names = append(names, string(k.(starlark.String)))
	}
	if a, ok := i.native.(starlark.HasAttrs); ok {
		names = append(names, a.AttrNames()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SetField is i.name = v.
func (i *Instance) SetField(name string, v starlark.Value) error {
	if set := i.class.find("__setattr__"); set != nil {
		_, err := i.class.in.reenter(func(st *state) (starlark.Value, error) {
			return st.call(i.bind(set), starlark.Tuple{starlark.String(name), v}, nil)
		})
		return err
	}
	return i.store(name, v)
}

// store is what object.__setattr__ does.
func (i *Instance) store(name string, v starlark.Value) error {
	if p, ok := i.class.find(name).(*property); ok {
		return p.write(i, name, v)
	}
	if n, ok := i.native.(starlark.HasSetField); ok {
		if old, err := n.Attr(name); old != nil && err == nil {
			return n.SetField(name, v)
		}
	}
	return i.attrs.SetKey(starlark.String(name), v)
}

// DelAttr is del i.name.
func (i *Instance) DelAttr(name string) error {
	if _, ok, _ := i.attrs.Delete(starlark.String(name)); !ok {
		return noAttr(i.self, name)
	}
	return nil
}

// method calls a method of the class that the language itself calls, such as
// __len__; found is false if there is none.
func (i *Instance) method(name string, args ...starlark.Value) (v starlark.Value, found bool, err error) {
	m := i.class.find(name)
	if m == nil || m == starlark.None {
		return nil, false, nil
	}
	v, err = i.class.in.reenter(func(st *state) (starlark.Value, error) { return st.call(i.bind(m), args, nil) })
	return v, true, err
}

// maxReentry bounds how deep methods that the language calls may nest, whose frames
// are not counted one by one.
const maxReentry = 100

// reenter runs f on a state of its own, for code that has no thread at hand. The
// caller runs under the interpreter's lock.
func (in *Interp) reenter(f func(st *state) (starlark.Value, error)) (starlark.Value, error) {
	if in.reentry >= maxReentry {
		return nil, raise("RecursionError", "maximum recursion depth exceeded")
	}
	in.reentry++
	st := in.acquire()
	defer func() {
		in.reentry--
		in.releaseState(st)
	}()
	return f(st)
}

// textOf calls a method that gives text. What it raises is raised by the code that
// is running, once it looks (raisedMeanwhile): repr() of Go code returns text alone.
func (i *Instance) textOf(name string) (string, bool) {
	v, found, err := i.method(name)
	if !found {
		return "", false
	}
	s, ok := v.(starlark.String)
	if err == nil && !ok {
		err = raise("TypeError", "%s returned non-string (type %s)", name, pyfmt.TypeName(v))
	}
	if err != nil && i.class.in.raised == nil {
		i.class.in.raised = err
	}
	return string(s), true
}

// raisedMeanwhile is what a method raised whose caller could not pass it on.
func (in *Interp) raisedMeanwhile() error {
	err := in.raised
	in.raised = nil
	return err
}

// PyRepr is repr(i).
func (i *Instance) PyRepr() string {
	if s, ok := i.textOf("__repr__"); ok {
		return s
	}
	if i.class.enum != nil {
		return i.enumRepr()
	}
	return i.String()
}

// PyStr is str(i).
func (i *Instance) PyStr() string {
	if s, ok := i.textOf("__str__"); ok {
		return s
	}
	if i.class.enum != nil && i.class.find("__repr__") == nil {
		return i.enumText()
	}
	return i.PyRepr()
}

// PyFormat is format(i, spec).
func (i *Instance) PyFormat(spec string) (string, error) {
	v, found, err := i.method("__format__", starlark.String(spec))
	if err != nil {
		return "", err
	}
	if s, ok := v.(starlark.String); found && ok {
		return string(s), nil
	}
	if i.class.enum != nil && i.class.enum.number {
		return pyfmt.FormatValue(nil, i.enumValue(), spec)
	}
	if spec != "" && i.class.find("__str__") == nil && i.class.enum == nil {
		return "", raise("TypeError", "unsupported format string passed to %s.__format__", i.class.name)
	}
	return pyfmt.FormatValue(nil, starlark.String(i.PyStr()), spec)
}
