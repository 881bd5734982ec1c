package py

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// enumeration is what a class below enum.Enum has beside others.
type enumeration struct {
	members []*Instance
	number  bool // IntEnum, IntFlag: members are numbers
	flags   bool // Flag, IntFlag: members are joined by |
}

// autoValue is enum.auto().
type autoValue struct{ marked }

func (autoValue) String() string { return "auto()" }
func (autoValue) Type() string   { return "auto" }

// enumModule is module enum.
func (in *Interp) enumModule() map[string]starlark.Value {
	base := func(name string, e enumeration) starlark.Value {
		c := &Class{name: name, in: in, dict: starlark.NewDict(0), enum: &e}
		c.mro = []*Class{c}
		return c
	}
	return map[string]starlark.Value{
		"Enum": base("Enum", enumeration{}), "IntEnum": base("IntEnum", enumeration{number: true}),
		"Flag": base("Flag", enumeration{flags: true}), "IntFlag": base("IntFlag", enumeration{number: true, flags: true}),
		"auto": builtin("auto", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return autoValue{}, nil
		}),
		"unique": builtin("unique", one1("unique", func(v starlark.Value) (starlark.Value, error) { return v, nil })),
	}
}

// finishEnum makes the members of a class below Enum.
func (c *Class) finishEnum(st *state) error {
	for _, b := range c.bases {
		if b.enum != nil && c.enum == nil {
			c.enum = &enumeration{number: b.enum.number, flags: b.enum.flags}
			if len(b.enum.members) > 0 {
				return raise("TypeError", "<enum '%s'> cannot extend <enum '%s'>", c.name, b.name)
			}
		}
	}
	if c.enum == nil {
		return nil
	}
	last := int64(0)
	for _, kv := range c.dict.Items() {
		name, v := string(kv[0].(starlark.String)), kv[1]
		if strings.HasPrefix(name, "_") || !isMember(v) {
			continue
		}
		if _, ok := v.(autoValue); ok {
			if last++; c.enum.flags {
				last = 1
				for slices.ContainsFunc(c.enum.members, func(m *Instance) bool { n, _ := m.enumNumber(); return n >= last }) {
					last *= 2
				}
			}
			v = starlark.MakeInt64(last)
		} else if n, ok := v.(starlark.Int); ok {
			last, _ = n.Int64()
		}
		m, err := c.memberOf(v)
		if err != nil {
			return err
		}
		if m == nil {
			m = c.newMember(name, v)
			c.enum.members = append(c.enum.members, m)
			if c.find("__init__") != nil {
				args, ok := v.(starlark.Tuple)
				if !ok {
					args = starlark.Tuple{v}
				}
				if err := m.init(st, args, nil); err != nil {
					return err
				}
			}
		}
		if err := c.dict.SetKey(kv[0], m.self); err != nil {
			return err
		}
	}
	return nil
}

// isMember tells a value of a class's body that is a member from a method.
func isMember(v starlark.Value) bool {
	switch v.(type) {
	case *Function, classMethod, staticMethod, *property, *Class:
		return false
	}
	return true
}

func (c *Class) newMember(name string, v starlark.Value) *Instance {
	i, _ := instanceOf(c.blank())
	for _, kv := range []starlark.Tuple{{starlark.String("_value_"), v}, {starlark.String("_name_"), starlark.String(name)}, {starlark.String("value"), v}, {starlark.String("name"), starlark.String(name)}} {
		_ = i.attrs.SetKey(kv[0], kv[1]) // text always hashes
	}
	return i
}

func (i *Instance) enumValue() starlark.Value {
	v, _, _ := i.attrs.Get(starlark.String("_value_"))
	return v
}

func (i *Instance) enumName() string {
	v, _, _ := i.attrs.Get(starlark.String("_name_"))
	s, _ := v.(starlark.String)
	return string(s)
}

func (i *Instance) enumNumber() (int64, bool) {
	n, ok := i.enumValue().(starlark.Int)
	if !ok {
		return 0, false
	}
	return n.Int64()
}

// memberOf is the member of value v, nil if there is none.
func (c *Class) memberOf(v starlark.Value) (*Instance, error) {
	for _, m := range c.enum.members {
		if eq, err := equal(m.enumValue(), v); eq || err != nil {
			return m, err
		}
	}
	return nil, nil
}

// member is Color(1); of flags also several members joined.
func (c *Class) member(args starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 {
		return nil, raise("TypeError", "%s() takes the value of a member", c.name)
	}
	if i, ok := instanceOf(args[0]); ok && i.class == c {
		return i.self, nil
	}
	m, err := c.memberOf(args[0])
	if err != nil {
		return nil, err
	}
	if m != nil {
		return m.self, nil
	}
	if n, ok := args[0].(starlark.Int); ok && c.enum.flags {
		if rest, ok := n.Int64(); ok && rest >= 0 {
			var names []string
			for _, m := range c.enum.members {
				if bits, _ := m.enumNumber(); bits != 0 && rest&bits == bits && bits&(bits-1) == 0 {
					names = append(names, m.enumName())
					rest &^= bits
				}
			}
			if rest == 0 || c.enum.number {
				return c.newMember(strings.Join(names, "|"), n).self, nil
			}
		}
	}
	return nil, raise("ValueError", "%s is not a valid %s", pyfmt.Repr(args[0]), c.name)
}

// enumAttr is __members__.
func (c *Class) enumAttr(name string) starlark.Value {
	if name != "__members__" {
		return nil
	}
	d := starlark.NewDict(len(c.enum.members))
	for _, m := range c.enum.members {
		_ = d.SetKey(starlark.String(m.enumName()), m.self)
	}
	return d
}

func (i *Instance) enumRepr() string {
	name := i.enumName()
	if name == "" {
		name = pyfmt.Repr(i.enumValue())
		return "<" + i.class.name + ": " + name + ">"
	}
	return "<" + i.class.name + "." + name + ": " + pyfmt.Repr(i.enumValue()) + ">"
}

func (i *Instance) enumText() string {
	if i.class.enum.number {
		return pyfmt.Str(i.enumValue())
	}
	if name := i.enumName(); name != "" {
		return i.class.name + "." + name
	}
	return i.class.name + "(" + pyfmt.Repr(i.enumValue()) + ")"
}

// enumBinary computes with members that are numbers, and joins flags.
func (i *Instance) enumBinary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	other, same := instanceOf(y)
	same = same && other.class == i.class
	if same {
		y = other.enumValue()
	} else if _, ok := number(y); !ok || !i.class.enum.number {
		return nil, nil
	}
	a, b := i.enumValue(), y
	if side == starlark.Right {
		a, b = b, a
	}
	name := ""
	for n, tok := range opTokens {
		if tok == op {
			name = n
		}
	}
	v, err := binary(nil, name, a, b)
	if err == nil && i.class.enum.flags && (op == syntax.PIPE || op == syntax.AMP || op == syntax.CIRCUMFLEX) {
		return i.class.member(starlark.Tuple{v})
	}
	return v, err
}

// PyIter steps through the members of an enumeration.
func (c *Class) PyIter() (pyrt.Iter, error) {
	if c.enum == nil {
		return nil, raise("TypeError", "'type' object is not iterable")
	}
	out := make(starlark.Tuple, len(c.enum.members))
	for k, m := range c.enum.members {
		out[k] = m.self
	}
	return pyrt.Iterate(out)
}

// PyLen is the number of members.
func (c *Class) PyLen() (int, error) {
	if c.enum == nil {
		return 0, raise("TypeError", "object of type 'type' has no len()")
	}
	return len(c.enum.members), nil
}

// Get is Color["RED"]; of other classes it stands for an annotation, C[int].
func (c *Class) Get(k starlark.Value) (starlark.Value, bool, error) {
	if c.enum == nil {
		return nil, false, raise("TypeError", "type '%s' is not subscriptable", c.name)
	}
	name, _ := k.(starlark.String)
	for _, m := range c.enum.members {
		if m.enumName() == string(name) {
			return m.self, true, nil
		}
	}
	return nil, false, nil
}

// Has is v in Color.
func (c *Class) Has(v starlark.Value) (bool, error) {
	if c.enum == nil {
		return false, raise("TypeError", "argument of type 'type' is not iterable")
	}
	if i, ok := instanceOf(v); ok {
		return i.class == c, nil
	}
	m, err := c.memberOf(v)
	return m != nil, err
}
