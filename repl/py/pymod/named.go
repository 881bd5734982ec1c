package pymod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// namedClass is a class of tuples whose elements have names: what
// collections.namedtuple makes, and time.struct_time and its like.
type namedClass struct {
	name     string
	fields   []string
	defaults starlark.Tuple // of the last fields
}

// named is an instance of a namedClass.
type named struct {
	class *namedClass
	vals  starlark.Tuple
}

var (
	_ starlark.Callable    = (*namedClass)(nil)
	_ starlark.HasAttrs    = (*namedClass)(nil)
	_ pyrt.InstanceChecker = (*namedClass)(nil)
	_ starlark.HasAttrs    = (*named)(nil)
	_ starlark.Sliceable   = (*named)(nil)
	_ starlark.Sequence    = (*named)(nil)
	_ starlark.Comparable  = (*named)(nil)
	_ starlark.HasBinary   = (*named)(nil)
	_ pyrt.Equaler         = (*named)(nil)
	_ pyrt.Orderer         = (*named)(nil)
	_ pyrt.ClassOf         = (*named)(nil)
)

func newNamed(c *namedClass, vals ...starlark.Value) *named { return &named{c, vals} }

func (c *namedClass) String() string        { return "<class '" + c.name + "'>" }
func (c *namedClass) Type() string          { return "type" }
func (c *namedClass) Freeze()               {}
func (c *namedClass) Truth() starlark.Bool  { return true }
func (c *namedClass) Hash() (uint32, error) { return starlark.String(c.name).Hash() }

// Name is the class's name without its module.
func (c *namedClass) Name() string { return c.name[strings.LastIndexByte(c.name, '.')+1:] }

// IsInstance reports whether v is of the class.
func (c *namedClass) IsInstance(v starlark.Value) bool {
	n, ok := v.(*named)
	return ok && n.class == c
}

// CallInternal makes an instance: one argument per field.
func (c *namedClass) CallInternal(_ *starlark.Thread, pos starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	names := slices.Clone(c.fields)
	for i := range len(names) - len(c.defaults) {
		names[i] += "!"
	}
	vals, err := pymeth.Bind(c.Name(), pos, kwargs, names...)
	if err != nil {
		return nil, err
	}
	first := len(vals) - len(c.defaults)
	for i := range c.defaults {
		if vals[first+i] == nil {
			vals[first+i] = c.defaults[i]
		}
	}
	return &named{c, vals}, nil
}

// Attr is _fields and _make.
func (c *namedClass) Attr(name string) (starlark.Value, error) {
	switch name {
	case "_fields":
		return c.fieldNames(), nil
	case "_make":
		return fn(name, func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			vals, err := pymeth.Collect(v[0])
			if err == nil && len(vals) != len(c.fields) {
				err = pyrt.Errorf("TypeError", "Expected %d arguments, got %d", len(c.fields), len(vals))
			}
			return &named{c, vals}, err
		}), nil
	}
	return nil, nil
}

func (c *namedClass) AttrNames() []string { return []string{"_fields", "_make"} }

func (c *namedClass) fieldNames() starlark.Tuple {
	t := make(starlark.Tuple, len(c.fields))
	for i, f := range c.fields {
		t[i] = starlark.String(f)
	}
	return t
}

func (n *named) String() string                   { return n.PyRepr() }
func (n *named) Type() string                     { return n.class.Name() }
func (n *named) Freeze()                          {}
func (n *named) Truth() starlark.Bool             { return len(n.vals) > 0 }
func (n *named) Hash() (uint32, error)            { return n.vals.Hash() }
func (n *named) Len() int                         { return len(n.vals) }
func (n *named) Index(i int) starlark.Value       { return n.vals[i] }
func (n *named) Iterate() starlark.Iterator       { return n.vals.Iterate() }
func (n *named) PyClass() starlark.Value          { return n.class }
func (n *named) Slice(i, j, k int) starlark.Value { return n.vals.Slice(i, j, k) }

// PyRepr is Point(x=1, y=2).
func (n *named) PyRepr() string {
	var b strings.Builder
	b.WriteString(n.class.name + "(")
	for i, f := range n.class.fields {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(f + "=" + pyfmt.Repr(n.vals[i]))
	}
	return b.String() + ")"
}

// Attr is a field by name, or one of the methods of named tuples.
func (n *named) Attr(name string) (starlark.Value, error) {
	if i := slices.Index(n.class.fields, name); i >= 0 {
		return n.vals[i], nil
	}
	switch name {
	case "_asdict":
		return fn(name, func(a *args) (starlark.Value, error) {
			d := starlark.NewDict(len(n.vals))
			for i, f := range n.class.fields {
				if err := d.SetKey(starlark.String(f), n.vals[i]); err != nil {
					return nil, err
				}
			}
			return d, a.none()
		}), nil
	case "_replace":
		return fn(name, func(a *args) (starlark.Value, error) {
			vals := slices.Clone(n.vals)
			for _, kv := range a.kwargs {
				i := slices.Index(n.class.fields, string(kv[0].(starlark.String)))
				if i < 0 {
					return nil, pyrt.Errorf("ValueError", "Got unexpected field names: [%s]", pyfmt.Repr(kv[0]))
				}
				vals[i] = kv[1]
			}
			return &named{n.class, vals}, nil
		}), nil
	case "index", "count":
		return pymeth.Attr(n.vals, name)
	}
	return n.class.Attr(name)
}

func (n *named) AttrNames() []string {
	names := append(slices.Clone(n.class.fields), "_asdict", "_replace", "_fields", "count", "index")
	slices.Sort(names)
	return names
}

// asTuple is the elements of a tuple, named or not.
func asTuple(v starlark.Value) (starlark.Tuple, bool) {
	switch v := v.(type) {
	case starlark.Tuple:
		return v, true
	case *named:
		return v.vals, true
	}
	return nil, false
}

// EqualTo compares with any tuple.
func (n *named) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	t, ok := asTuple(other)
	if !ok {
		return false, true, nil
	}
	equal, err = pymeth.Equal(n.vals, t)
	return equal, true, err
}

// CompareTo orders like tuples.
func (n *named) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	t, ok := asTuple(other)
	if !ok {
		return false, false, nil
	}
	result, err = pymeth.Compare(op, n.vals, t)
	return result, true, err
}

// CompareSameType lets dicts find keys.
func (n *named) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return n.vals.CompareSameType(op, y.(*named).vals, depth)
}

// Binary is concatenation, which gives a plain tuple.
func (n *named) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	t, ok := asTuple(y)
	if op != syntax.PLUS || !ok {
		return nil, nil
	}
	if side == starlark.Right {
		return slices.Concat(t, n.vals), nil
	}
	return slices.Concat(n.vals, t), nil
}
