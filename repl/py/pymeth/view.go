package pymeth

import (
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// view is what keys(), values() and items() give: a window on the dict that
// shows its later changes.
type view struct {
	d    DictLike
	kind string // "dict_keys", "dict_values" or "dict_items"
}

var (
	_ starlark.Sequence  = (*view)(nil)
	_ starlark.Container = (*view)(nil)
	_ starlark.HasBinary = (*view)(nil)
	_ starlark.HasAttrs  = (*view)(nil)
	_ pyrt.Reprer        = (*view)(nil)
	_ pyrt.Equaler       = (*view)(nil)
)

func (v *view) String() string       { return v.PyRepr() }
func (v *view) Type() string         { return v.kind }
func (v *view) Freeze()              {}
func (v *view) Truth() starlark.Bool { return v.d.Len() > 0 }
func (v *view) Len() int             { return v.d.Len() }
func (v *view) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: '%s'", v.kind)
}

// Attr gives the one method that is not an operator.
func (v *view) Attr(name string) (starlark.Value, error) {
	if name != "isdisjoint" || v.kind == "dict_values" {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(_ *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		var other starlark.Value
		if err := starlark.UnpackPositionalArgs(name, args, kwargs, 1, &other); err != nil {
			return nil, pyrt.Errorf("TypeError", "%v", err)
		}
		disjoint := starlark.True
		err := Each(other, func(e starlark.Value) error {
			if in, err := v.Has(e); err != nil || in {
				disjoint = false
				return err
			}
			return nil
		})
		return disjoint, err
	}), nil
}

func (v *view) AttrNames() []string {
	if v.kind == "dict_values" {
		return nil
	}
	return []string{"isdisjoint"}
}

func (v *view) elems() []starlark.Value {
	if v.kind == "dict_keys" {
		return v.d.Keys()
	}
	items := v.d.Items()
	out := make([]starlark.Value, len(items))
	for i, kv := range items {
		out[i] = kv
		if v.kind == "dict_values" {
			out[i] = kv[1]
		}
	}
	return out
}

// Iterate walks a snapshot and notices a changed size.
func (v *view) Iterate() starlark.Iterator { return &viewIter{elems: v.elems(), d: v.d} }

type viewIter struct {
	elems []starlark.Value
	n     int
	d     DictLike
	err   error
}

func (it *viewIter) Next(p *starlark.Value) bool {
	if it.err == nil && it.d.Len() != len(it.elems) {
		it.err = pyrt.Errorf("RuntimeError", "dictionary changed size during iteration")
	}
	if it.err != nil || it.n >= len(it.elems) {
		return false
	}
	*p = it.elems[it.n]
	it.n++
	return true
}

func (*viewIter) Done()         {}
func (it *viewIter) Err() error { return it.err }

func (v *view) PyRepr() string {
	var b strings.Builder
	b.WriteString(v.kind + "([")
	for i, e := range v.elems() {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(pyfmt.Repr(e))
	}
	return b.String() + "])"
}

// Has is `x in view`.
func (v *view) Has(x starlark.Value) (bool, error) {
	switch v.kind {
	case "dict_keys":
		_, found, err := peek(v.d, x)
		return found, err
	case "dict_items":
		t, ok := x.(starlark.Tuple)
		if !ok || len(t) != 2 {
			return false, nil
		}
		y, found, err := peek(v.d, t[0])
		if err != nil || !found {
			return false, err
		}
		return Equal(y, t[1])
	}
	for _, e := range v.elems() {
		if eq, err := Equal(e, x); err != nil || eq {
			return eq, err
		}
	}
	return false, nil
}

// EqualTo compares keys and items as sets.
func (v *view) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	if v.kind == "dict_values" {
		return v == other, true, nil
	}
	var n int
	switch o := other.(type) {
	case *view:
		n = o.Len()
	case *starlark.Set:
		n = o.Len()
	default:
		return false, false, nil
	}
	if n != v.Len() {
		return false, true, nil
	}
	equal = true
	err = Each(other, func(e starlark.Value) error {
		in, err := v.Has(e)
		equal = equal && in
		return err
	})
	return equal, true, err
}

// Binary is the set algebra of keys and items with any iterable.
func (v *view) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if v.kind == "dict_values" {
		return nil, nil
	}
	name := map[syntax.Token]string{syntax.AMP: "intersection", syntax.PIPE: "union", syntax.MINUS: "difference", syntax.CIRCUMFLEX: "symmetric_difference"}[op]
	if name == "" {
		return nil, nil
	}
	var left, right starlark.Value = v, y
	if side == starlark.Right {
		left, right = y, v
	}
	s, err := toSet(left)
	if err != nil {
		return nil, err
	}
	return combine(name, s, right)
}
