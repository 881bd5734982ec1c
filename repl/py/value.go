package py

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// builtin makes a Go function callable.
func builtin(name string, fn func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)) *starlark.Builtin {
	return starlark.NewBuiltin(name, func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		return fn(th, args, kwargs)
	})
}

// Ellipsis is the type of `...`.
type Ellipsis struct{}

var ellipsis = Ellipsis{}

func (Ellipsis) String() string        { return "Ellipsis" }
func (Ellipsis) Type() string          { return "ellipsis" }
func (Ellipsis) Freeze()               {}
func (Ellipsis) Truth() starlark.Bool  { return true }
func (Ellipsis) Hash() (uint32, error) { return 0x3afd, nil }

// Slice is a slice object: what x[lo:hi:step] passes on.
type Slice struct{ lo, hi, step starlark.Value }

func (s *Slice) String() string {
	return fmt.Sprintf("slice(%s, %s, %s)", pyfmt.Repr(s.lo), pyfmt.Repr(s.hi), pyfmt.Repr(s.step))
}
func (s *Slice) Type() string          { return "slice" }
func (s *Slice) Freeze()               {}
func (s *Slice) Truth() starlark.Bool  { return true }
func (s *Slice) Hash() (uint32, error) { return 0, raise("TypeError", "unhashable type: 'slice'") }

// Attr implements starlark.HasAttrs.
func (s *Slice) Attr(name string) (starlark.Value, error) {
	switch name {
	case "start":
		return s.lo, nil
	case "stop":
		return s.hi, nil
	case "step":
		return s.step, nil
	case "indices":
		return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			if len(args) != 1 {
				return nil, raise("TypeError", "indices() takes exactly one argument (%d given)", len(args))
			}
			n, err := pymeth.Index(args[0])
			if err != nil {
				return nil, err
			}
			lo, hi, step, _, err := s.bounds(n)
			return starlark.Tuple{starlark.MakeInt(lo), starlark.MakeInt(hi), starlark.MakeInt(step)}, err
		}), nil
	}
	return nil, nil
}

// AttrNames implements starlark.HasAttrs.
func (s *Slice) AttrNames() []string { return []string{"indices", "start", "step", "stop"} }

// FrozenSet is an immutable set that can be a key.
type FrozenSet struct{ set *starlark.Set }

func (s *FrozenSet) String() string { return s.PyRepr() }

// PyRepr implements pyrt.Reprer.
func (s *FrozenSet) PyRepr() string {
	if s.set.Len() == 0 {
		return "frozenset()"
	}
	return "frozenset(" + pyfmt.Repr(s.set) + ")"
}
func (s *FrozenSet) Type() string         { return "frozenset" }
func (s *FrozenSet) Freeze()              {}
func (s *FrozenSet) Truth() starlark.Bool { return s.set.Len() > 0 }

// Hash does not depend on the order of the elements.
func (s *FrozenSet) Hash() (uint32, error) {
	h := uint32(1927868237)
	for e := range s.set.Elements() {
		eh, err := e.Hash()
		if err != nil {
			return 0, err
		}
		h ^= (eh ^ 89869747) * 3644798167
	}
	return h, nil
}

// Len implements starlark.Sequence.
func (s *FrozenSet) Len() int { return s.set.Len() }

// Iterate implements starlark.Iterable.
func (s *FrozenSet) Iterate() starlark.Iterator { return s.set.Iterate() }

// CompareSameType implements starlark.Comparable, by which a dict finds it.
func (s *FrozenSet) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return s.set.CompareSameType(op, y.(*FrozenSet).set, depth)
}

// EqualTo implements pyrt.Equaler: a set and a frozenset may be equal.
func (s *FrozenSet) EqualTo(y starlark.Value) (equal, handled bool, err error) {
	if o := asSet(y); o != nil {
		eq, err := pymeth.Equal(s.set, o)
		return eq, true, err
	}
	return false, true, nil
}

// CompareTo implements pyrt.Orderer.
func (s *FrozenSet) CompareTo(op string, y starlark.Value) (result, handled bool, err error) {
	if o := asSet(y); o != nil {
		r, err := pymeth.Compare(op, s.set, o)
		return r, true, err
	}
	return false, false, nil
}

// Attr implements starlark.HasAttrs: the methods of set that change nothing.
func (s *FrozenSet) Attr(name string) (starlark.Value, error) {
	switch name {
	case "add", "remove", "discard", "pop", "clear", "update":
		return nil, nil
	}
	return pymeth.Attr(s.set, name)
}

// AttrNames implements starlark.HasAttrs.
func (s *FrozenSet) AttrNames() []string { return pymeth.Names(s.set) }

// module is a module of the language: names and values.
type module struct {
	name    string
	get     func(name string) starlark.Value
	names   func() []string
	globals *globals // of a module read from a file; nil otherwise
}

func (m *module) String() string        { return "<module '" + m.name + "'>" }
func (m *module) Type() string          { return "module" }
func (m *module) Freeze()               {}
func (m *module) Truth() starlark.Bool  { return true }
func (m *module) Hash() (uint32, error) { return starlark.String(m.name).Hash() }

// Name is the module's name.
func (m *module) Name() string { return m.name }

// Attr implements starlark.HasAttrs.
func (m *module) Attr(name string) (starlark.Value, error) {
	if v := m.get(name); v != nil {
		return v, nil
	}
	if name == "__name__" {
		return starlark.String(m.name), nil
	}
	return nil, nil
}

// AttrNames implements starlark.HasAttrs.
func (m *module) AttrNames() []string { return m.names() }

// SetField implements starlark.HasSetField for modules read from files.
func (m *module) SetField(name string, v starlark.Value) error {
	if m.globals == nil {
		return pyrt.Errorf("AttributeError", "module '%s' cannot be changed", m.name)
	}
	m.globals.cell(name).v = v
	return nil
}
