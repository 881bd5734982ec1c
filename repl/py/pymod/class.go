package pymod

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// class is a class of a module whose instances are Go values: re.Pattern,
// collections.deque, datetime.date.
type class struct {
	name    string // with its module
	make    function
	is      func(v starlark.Value) bool
	statics map[string]starlark.Value
}

var (
	_ starlark.Callable    = (*class)(nil)
	_ starlark.HasAttrs    = (*class)(nil)
	_ pyrt.InstanceChecker = (*class)(nil)
	_ pyrt.Subclassable    = (*class)(nil)
)

func (c *class) String() string        { return "<class '" + c.name + "'>" }
func (c *class) Type() string          { return "type" }
func (c *class) Freeze()               {}
func (c *class) Truth() starlark.Bool  { return true }
func (c *class) Hash() (uint32, error) { return starlark.String(c.name).Hash() }

// Name is the class's name without its module.
func (c *class) Name() string { return (&namedClass{name: c.name}).Name() }

// IsInstance is isinstance(v, c).
func (c *class) IsInstance(v starlark.Value) bool { return c.is != nil && c.is(v) }

// CallInternal makes an instance.
func (c *class) CallInternal(th *starlark.Thread, pos starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if c.make == nil {
		return nil, pyrt.Errorf("TypeError", "cannot create '%s' instances", c.name)
	}
	return c.make(&args{th, c.Name(), pos, kwargs})
}

// Extend makes the part that an instance of a program's class has from this one.
func (c *class) Extend(th *starlark.Thread, self starlark.Value, pos starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := c.CallInternal(th, pos, kwargs)
	if t, ok := v.(*thread); ok {
		t.self, _ = self.(starlark.HasAttrs)
	}
	return v, err
}

// Attr is a class attribute or class method.
func (c *class) Attr(name string) (starlark.Value, error) { return c.statics[name], nil }

// AttrNames lists the class attributes, sorted.
func (c *class) AttrNames() []string { return sortedKeys(c.statics) }

// methodTable are the methods of values of type T by name.
type methodTable[T any] map[string]func(recv T, a *args) (starlark.Value, error)

// bind is the method called name of recv, nil if there is none.
func (m methodTable[T]) bind(recv T, name string) starlark.Value {
	f := m[name]
	if f == nil {
		return nil
	}
	return fn(name, func(a *args) (starlark.Value, error) { return f(recv, a) })
}
