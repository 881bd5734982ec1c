package py

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// Class is a class that a program defined.
type Class struct {
	name   string
	in     *Interp
	bases  []*Class
	native pyrt.Subclassable // the class of Go code that it begins from; nil for none
	mro    []*Class          // itself first, then its bases (C3, as in Python)
	dict   *starlark.Dict    // its own attributes
	enum   *enumeration      // nil for other classes
}

var (
	_ starlark.Callable    = (*Class)(nil)
	_ starlark.HasSetField = (*Class)(nil)
	_ pyrt.InstanceChecker = (*Class)(nil)
)

// BuildClass makes a class of any kind that this package knows: of a program's own
// bases, of exceptions, and of classes of Go code that are [pyrt.Subclassable].
func BuildClass(th *starlark.Thread, name string, bases starlark.Tuple, body *starlark.Dict) (starlark.Value, error) {
	st := stateOf(th)
	c := &Class{name: name, in: st.in, dict: body}
	var exc *ExcClass
	for _, b := range bases {
		switch b := b.(type) {
		case *Class:
			c.bases = append(c.bases, b)
			if c.native == nil {
				c.native = b.native
			}
			continue
		case *ExcClass:
			if exc == nil {
				exc = b
			}
			continue
		case *TypeValue:
			if b.name == "object" {
				continue
			}
		case pyrt.Subclassable:
			if c.native == nil {
				c.native = b
			}
			continue
		}
		return nil, &pyrt.Error{Class: "TypeError", Msg: fmt.Sprintf("class %s: %s cannot be a base here", name, pyfmt.Repr(b)),
			Hint: "keep a value of that type in an attribute instead"}
	}
	if exc != nil {
		return excSubclass(name, exc, c), nil
	}
	if err := c.linearize(); err != nil {
		return nil, err
	}
	return c, c.finishEnum(st)
}

// linearize finds the order in which attributes are looked up.
func (c *Class) linearize() error {
	var lists [][]*Class
	for _, b := range c.bases {
		lists = append(lists, slices.Clone(b.mro))
	}
	lists = append(lists, slices.Clone(c.bases))
	c.mro = []*Class{c}
	for {
		lists = slices.DeleteFunc(lists, func(l []*Class) bool { return len(l) == 0 })
		if len(lists) == 0 {
			return nil
		}
		next := slices.IndexFunc(lists, func(l []*Class) bool {
			return !slices.ContainsFunc(lists, func(m []*Class) bool { return slices.Contains(m[1:], l[0]) })
		})
		if next < 0 {
			return raise("TypeError", "Cannot create a consistent method resolution order (MRO) for bases of %s", c.name)
		}
		head := lists[next][0]
		c.mro = append(c.mro, head)
		for i := range lists {
			if lists[i][0] == head {
				lists[i] = lists[i][1:]
			}
		}
	}
}

// objectClass has what all classes have.
var objectClass = &Class{name: "object", dict: starlark.NewDict(0)}

// find is an attribute as the class or a base has it, nil if none does.
func (c *Class) find(name string) starlark.Value { return findIn(c.mro, name) }

func findIn(mro []*Class, name string) starlark.Value {
	for _, k := range mro {
		if v, ok, _ := k.dict.Get(starlark.String(name)); ok {
			return v
		}
	}
	return nil
}

func (c *Class) is(base *Class) bool { return slices.Contains(c.mro, base) }

func (c *Class) String() string        { return "<class '__main__." + c.name + "'>" }
func (c *Class) Type() string          { return "type" }
func (c *Class) Freeze()               {}
func (c *Class) Truth() starlark.Bool  { return true }
func (c *Class) Hash() (uint32, error) { return starlark.String(fmt.Sprintf("%p", c)).Hash() }

// Name is the class's name.
func (c *Class) Name() string { return c.name }

// Doc is the class's doc string, "" if there is none.
func (c *Class) Doc() string {
	v, _, _ := c.dict.Get(starlark.String("__doc__"))
	s, _ := v.(starlark.String)
	return string(s)
}

// IsInstance is isinstance(v, c).
func (c *Class) IsInstance(v starlark.Value) bool {
	i, ok := instanceOf(v)
	return ok && i.class.is(c)
}

// IsSubclass is issubclass(c, of).
func (c *Class) IsSubclass(of starlark.Value) bool {
	switch of := of.(type) {
	case *Class:
		return c.is(of)
	case *TypeValue:
		return of.name == "object"
	}
	return c.native != nil && starlark.Value(c.native) == of
}

// CallInternal makes an instance: __new__, then __init__.
func (c *Class) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	st := stateOf(th)
	if c.enum != nil && len(c.enum.members) > 0 {
		return c.member(args)
	}
	if abstract := c.abstract(); abstract != "" {
		return nil, raise("TypeError", "Can't instantiate abstract class %s with abstract method %s", c.name, abstract)
	}
	made := c.blank()
	if newer := c.find("__new__"); newer != nil {
		if s, ok := newer.(staticMethod); ok {
			newer = s.fn
		}
		v, err := st.call(newer, append(starlark.Tuple{c}, args...), kwargs)
		if err != nil || !c.IsInstance(v) {
			return v, err
		}
		made = v
	}
	self, _ := instanceOf(made)
	return made, self.init(st, args, kwargs)
}

// init runs __init__, which the class or the Go code that it begins from has.
func (i *Instance) init(st *state, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if init := i.class.find("__init__"); init != nil {
		v, err := st.call(i.bind(init), args, kwargs)
		if err == nil && v != starlark.None {
			err = raise("TypeError", "__init__() should return None, not '%s'", pyfmt.TypeName(v))
		}
		return err
	}
	return i.initBase(st.th, args, kwargs)
}

// initBase is what object.__init__ does, or the class of Go code that i begins from.
func (i *Instance) initBase(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if i.class.native != nil {
		_, err := baseInit(i.class.native).(starlark.Callable).CallInternal(th, append(starlark.Tuple{i.self}, args...), kwargs)
		return err
	}
	if len(args)+len(kwargs) > 0 && i.class.find("__new__") == nil {
		return raise("TypeError", "%s() takes no arguments", i.class.name)
	}
	return nil
}

// baseInit is Thread.__init__(self, …), as classes below a class of Go code call it.
func baseInit(of pyrt.Subclassable) starlark.Value {
	return builtin("__init__", func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) > 0 {
			if i, ok := instanceOf(args[0]); ok {
				v, err := of.Extend(th, i.self, args[1:], kwargs)
				i.native = v
				return starlark.None, err
			}
		}
		return nil, raise("TypeError", "__init__() wants an instance as its first argument")
	})
}

// abstract is a method that @abstractmethod marks and no class fills in, "" for none.
func (c *Class) abstract() string {
	for _, k := range c.mro {
		for _, kv := range k.dict.Items() {
			name := string(kv[0].(starlark.String))
			if _, ok := c.find(name).(abstractMethod); ok {
				return name
			}
		}
	}
	return ""
}

// Attr is an attribute of the class, bound to it where that counts.
func (c *Class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__", "__qualname__":
		return starlark.String(c.name), nil
	case "__module__":
		return starlark.String("__main__"), nil
	case "__doc__":
		if v, ok, _ := c.dict.Get(starlark.String(name)); ok {
			return v, nil
		}
		return starlark.None, nil
	case "__dict__":
		return c.dict, nil
	case "__mro__":
		var t starlark.Tuple
		for _, k := range c.mro {
			t = append(t, k)
		}
		return append(t, typeNamed("object")), nil
	case "__bases__":
		var t starlark.Tuple
		for _, k := range c.bases {
			t = append(t, k)
		}
		if t == nil {
			t = starlark.Tuple{typeNamed("object")}
		}
		return t, nil
	case "mro":
		t, _ := c.Attr("__mro__")
		return builtin(name, func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.NewList(t.(starlark.Tuple)), nil
		}), nil
	}
	if c.enum != nil {
		if v := c.enumAttr(name); v != nil {
			return v, nil
		}
	}
	switch v := c.find(name).(type) {
	case nil:
	case classMethod:
		return Method{fn: v.fn, self: c}, nil
	case staticMethod:
		return v.fn, nil
	default:
		return v, nil
	}
	return c.baseAttr(name)
}

// baseAttr is what a class has that no class defines: object's methods, and those of
// the Go code that it begins from, with the instance as their first argument.
func (c *Class) baseAttr(name string) (starlark.Value, error) {
	onSelf := func(f func(th *starlark.Thread, i *Instance, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)) starlark.Value {
		return builtin(name, func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if len(args) > 0 {
				if i, ok := instanceOf(args[0]); ok {
					return f(th, i, args[1:], kwargs)
				}
			}
			return nil, raise("TypeError", "%s() wants an instance of %s as its first argument", name, c.name)
		})
	}
	switch name {
	case "__init__":
		return onSelf(func(th *starlark.Thread, i *Instance, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return starlark.None, i.initBase(th, args, kwargs)
		}), nil
	case "__new__":
		return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			if len(args) > 0 {
				if k, ok := args[0].(*Class); ok {
					return k.blank(), nil
				}
			}
			return nil, raise("TypeError", "object.__new__() wants a class as its first argument")
		}), nil
	case "__setattr__":
		return onSelf(func(_ *starlark.Thread, i *Instance, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			if len(args) != 2 {
				return nil, raise("TypeError", "__setattr__() takes a name and a value")
			}
			n, err := attrName("__setattr__()", args[0])
			if err != nil {
				return nil, err
			}
			return starlark.None, i.store(n, args[1])
		}), nil
	}
	if c.native == nil {
		return nil, nil
	}
	return onSelf(func(th *starlark.Thread, i *Instance, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		m, err := i.nativeAttr(name)
		if err != nil {
			return nil, err
		}
		if m == nil {
			return nil, noAttr(i.self, name)
		}
		return stateOf(th).call(m, args, kwargs)
	}), nil
}

// AttrNames are the attributes of the class and its bases.
func (c *Class) AttrNames() []string {
	var names []string
	for _, k := range c.mro {
		for _, n := range k.dict.Keys() {
			names = append(names, string(n.(starlark.String)))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// SetField is C.name = v.
func (c *Class) SetField(name string, v starlark.Value) error {
	return c.dict.SetKey(starlark.String(name), v)
}

// DelAttr is del C.name.
func (c *Class) DelAttr(name string) error {
	if _, ok, _ := c.dict.Delete(starlark.String(name)); !ok {
		return noAttr(c, name)
	}
	return nil
}
