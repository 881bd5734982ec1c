package py

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// The operators of instances: what the class's methods of double underscores say.

var (
	_ starlark.HasBinary  = (*Instance)(nil)
	_ starlark.HasUnary   = (*Instance)(nil)
	_ starlark.Comparable = (*Instance)(nil)
	_ starlark.HasSetKey  = (*Instance)(nil)
	_ starlark.Container  = (*Instance)(nil)
	_ pyrt.Equaler        = (*Instance)(nil)
	_ pyrt.Orderer        = (*Instance)(nil)
	_ pyrt.Lener          = (*Instance)(nil)
	_ pyrt.Iterator       = (*Instance)(nil)
	_ pyrt.Nexter         = (*Instance)(nil)
	_ pyrt.Slicer         = (*Instance)(nil)
	_ pyrt.DelKeyer       = (*Instance)(nil)
	_ pyrt.Inter          = (*Instance)(nil)
	_ pyrt.Byteser        = (*Instance)(nil)
)

// operatorNames are the methods' names between the underscores.
var operatorNames = map[syntax.Token]string{
	syntax.PLUS: "add", syntax.MINUS: "sub", syntax.STAR: "mul", syntax.SLASH: "truediv", syntax.SLASHSLASH: "floordiv",
	syntax.PERCENT: "mod", syntax.STARSTAR: "pow", syntax.LTLT: "lshift", syntax.GTGT: "rshift",
	syntax.AMP: "and", syntax.PIPE: "or", syntax.CIRCUMFLEX: "xor",
}

func declined(v starlark.Value) bool { _, ok := v.(notImplemented); return ok }

// Binary is i op y, or y op i.
func (i *Instance) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	name := operatorNames[op]
	if name == "" {
		return nil, nil
	}
	if side == starlark.Right {
		name = "r" + name
	}
	v, found, err := i.method("__"+name+"__", y)
	if found && (err != nil || !declined(v)) {
		return v, err
	}
	if e := i.class.enum; e != nil && (e.number || e.flags) {
		return i.enumBinary(op, y, side)
	}
	return nil, nil
}

// Unary is -i, +i and ~i.
func (i *Instance) Unary(op syntax.Token) (starlark.Value, error) {
	name := map[syntax.Token]string{syntax.MINUS: "__neg__", syntax.PLUS: "__pos__", syntax.TILDE: "__invert__"}[op]
	v, found, err := i.method(name)
	if !found && i.class.enum != nil && i.class.enum.number {
		return starlark.Unary(op, i.enumValue())
	}
	return v, err
}

// EqualTo is i == other.
func (i *Instance) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	v, found, err := i.method("__eq__", other)
	if err != nil {
		return false, true, err
	}
	if found && !declined(v) {
		return bool(v.Truth()), true, nil
	}
	if o, ok := instanceOf(other); ok {
		if a, b := i.class.enum, o.class.enum; a != nil && b != nil && (a.number && b.number || a.flags && a == b) {
			eq, err := pymeth.Equal(i.enumValue(), o.enumValue())
			return eq, true, err
		}
		return o == i, !found || o == i, nil
	}
	if e := i.class.enum; e != nil && e.number {
		eq, err := pymeth.Equal(i.enumValue(), other)
		return eq, true, err
	}
	return false, false, nil
}

// CompareSameType lets instances be keys of dictionaries.
func (i *Instance) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	if op != syntax.EQL && op != syntax.NEQ {
		return false, fmt.Errorf("%s has no order here", i.class.name)
	}
	eq, handled, err := i.EqualTo(y)
	if !handled {
		eq = starlark.Value(i.self) == y
	}
	return eq == (op == syntax.EQL), err
}

// Hash is what __hash__ gives; a class with __eq__ and without it has none.
func (i *Instance) Hash() (uint32, error) {
	v, found, err := i.method("__hash__")
	if err != nil {
		return 0, err
	}
	if found {
		n, ok := v.(starlark.Int)
		if !ok {
			return 0, raise("TypeError", "__hash__ method should return an integer")
		}
		return n.Hash()
	}
	if i.class.find("__eq__") != nil {
		return 0, raise("TypeError", "unhashable type: '%s'", i.class.name)
	}
	if e := i.class.enum; e != nil && e.number {
		return i.enumValue().Hash()
	}
	return starlark.String(fmt.Sprintf("%p", i)).Hash()
}

// CompareTo is <, <=, > and >=.
func (i *Instance) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	name := map[string]string{"<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}[op]
	v, found, err := i.method(name, other)
	if err != nil {
		return false, true, err
	}
	if found && !declined(v) {
		return bool(v.Truth()), true, nil
	}
	if e := i.class.enum; e != nil && e.number {
		if o, ok := instanceOf(other); ok && o.class.enum != nil {
			other = o.enumValue()
		}
		r, err := pymeth.Compare(op, i.enumValue(), other)
		return r, true, err
	}
	return false, false, nil
}

// Truth is what __bool__, else __len__ says.
func (i *Instance) Truth() starlark.Bool {
	for _, name := range []string{"__bool__", "__len__"} {
		v, found, err := i.method(name)
		if err != nil && i.class.in.raised == nil {
			i.class.in.raised = err
		}
		if found {
			return err == nil && v.Truth()
		}
	}
	if e := i.class.enum; e != nil && (e.number || e.flags) {
		return i.enumValue().Truth()
	}
	return true
}

// PyLen is len(i).
func (i *Instance) PyLen() (int, error) {
	v, found, err := i.method("__len__")
	if err != nil {
		return 0, err
	}
	if !found {
		if n, ok := i.native.(starlark.Sequence); ok {
			return n.Len(), nil
		}
		return 0, raise("TypeError", "object of type '%s' has no len()", i.class.name)
	}
	return pymeth.Index(v)
}

// PyIter begins an iteration: __iter__, else items by number.
func (i *Instance) PyIter() (pyrt.Iter, error) {
	v, found, err := i.method("__iter__")
	if err != nil {
		return nil, err
	}
	if found {
		if k, ok := instanceOf(v); ok && (k == i || k.class.find("__iter__") == nil) {
			return instanceIter{k}, nil
		}
		return pyrt.Iterate(v)
	}
	if i.class.find("__getitem__") == nil {
		if i.native != nil {
			return pyrt.Iterate(i.native)
		}
		return nil, raise("TypeError", "'%s' object is not iterable", i.class.name)
	}
	at := 0
	return instanceIter{pyrt.NewLazy("iterator", func() (starlark.Value, error) {
		v, _, err := i.method("__getitem__", starlark.MakeInt(at))
		at++
		if err != nil && convertAny(err).IsA("IndexError") {
			return nil, nil
		}
		return v, err
	})}, nil
}

// convertAny is err as an exception.
func convertAny(err error) *Exception {
	if e, ok := err.(*Exception); ok {
		return e
	}
	return convert(err)
}

// instanceIter steps through what has a PyNext.
type instanceIter struct{ n pyrt.Nexter }

func (it instanceIter) Next() (starlark.Value, error) { return it.n.PyNext() }
func (it instanceIter) Close()                        {}

// PyNext is next(i).
func (i *Instance) PyNext() (starlark.Value, error) {
	v, found, err := i.method("__next__")
	if !found {
		return nil, raise("TypeError", "'%s' object is not an iterator", i.class.name)
	}
	if err != nil && convertAny(err).IsA("StopIteration") {
		return nil, nil
	}
	return v, err
}

// Get is i[k].
func (i *Instance) Get(k starlark.Value) (starlark.Value, bool, error) {
	v, found, err := i.method("__getitem__", k)
	if !found {
		if m, ok := i.native.(starlark.Mapping); ok {
			return m.Get(k)
		}
		return nil, false, raise("TypeError", "'%s' object is not subscriptable", i.class.name)
	}
	return v, true, err
}

// PySlice is i[a:b:c].
func (i *Instance) PySlice(lo, hi, step starlark.Value) (starlark.Value, error) {
	v, _, err := i.Get(&Slice{lo, hi, step})
	return v, err
}

// SetKey is i[k] = v.
func (i *Instance) SetKey(k, v starlark.Value) error {
	_, found, err := i.method("__setitem__", k, v)
	if !found {
		return raise("TypeError", "'%s' object does not support item assignment", i.class.name)
	}
	return err
}

// DelKey is del i[k].
func (i *Instance) DelKey(k starlark.Value) error {
	_, found, err := i.method("__delitem__", k)
	if !found {
		return raise("TypeError", "'%s' object doesn't support item deletion", i.class.name)
	}
	return err
}

// Has is y in i.
func (i *Instance) Has(y starlark.Value) (bool, error) {
	v, found, err := i.method("__contains__", y)
	if err != nil {
		return false, err
	}
	if found {
		return bool(v.Truth()), nil
	}
	if o, ok := instanceOf(y); ok && i.class.enum != nil && i.class.enum.flags && o.class == i.class {
		all, _ := i.enumNumber()
		part, _ := o.enumNumber()
		return all&part == part, nil
	}
	it, err := i.PyIter()
	if err != nil {
		return false, raise("TypeError", "argument of type '%s' is not iterable", i.class.name)
	}
	defer it.Close()
	for {
		x, err := it.Next()
		if x == nil || err != nil {
			return false, err
		}
		if eq, err := equal(x, y); eq || err != nil {
			return eq, err
		}
	}
}

// PyInt is int(i) and i as an index.
func (i *Instance) PyInt() (starlark.Int, error) {
	for _, name := range []string{"__int__", "__index__"} {
		v, found, err := i.method(name)
		if err != nil {
			return starlark.Int{}, err
		}
		if n, ok := v.(starlark.Int); found && ok {
			return n, nil
		}
	}
	if e := i.class.enum; e != nil && e.number {
		if n, ok := i.enumValue().(starlark.Int); ok {
			return n, nil
		}
	}
	return starlark.Int{}, raise("TypeError", "'%s' object cannot be interpreted as an integer", i.class.name)
}

// PyBytes is bytes(i).
func (i *Instance) PyBytes() ([]byte, error) {
	v, found, err := i.method("__bytes__")
	if err != nil {
		return nil, err
	}
	if b, ok := v.(starlark.Bytes); found && ok {
		return []byte(b), nil
	}
	return nil, raise("TypeError", "cannot convert '%s' object to bytes", pyfmt.TypeName(i.self))
}
