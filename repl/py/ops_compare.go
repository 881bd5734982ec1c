package py

import (
	"math"
	"reflect"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pymeth"
)

var unaryTokens = map[string]syntax.Token{"-": syntax.MINUS, "+": syntax.PLUS, "~": syntax.TILDE}

// compare is x op y for any comparison operator.
func compare(op string, x, y starlark.Value) (bool, error) {
	switch op {
	case "==":
		return equal(x, y)
	case "!=":
		eq, err := equal(x, y)
		return !eq, err
	case "in":
		return contains(y, x)
	case "not in":
		in, err := contains(y, x)
		return !in, err
	case "is":
		return identical(x, y), nil
	case "is not":
		return !identical(x, y), nil
	}
	if xi, ok := x.(starlark.Int); ok {
		if yi, ok := y.(starlark.Int); ok {
			return compareInts(op, xi, yi), nil
		}
	}
	return pymeth.Compare(op, x, y)
}

func compareInts(op string, x, y starlark.Int) bool {
	a, ok1 := x.Int64()
	b, ok2 := y.Int64()
	if !ok1 || !ok2 {
		c, _ := x.Cmp(y, 1)
		a, b = int64(c), 0
	}
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}

// equal is x == y.
func equal(x, y starlark.Value) (bool, error) {
	switch a := x.(type) {
	case starlark.Int:
		if b, ok := y.(starlark.Int); ok {
			return a == b || sameInt(a, b), nil
		}
	case starlark.String:
		if b, ok := y.(starlark.String); ok {
			return a == b, nil
		}
	case starlark.NoneType:
		if _, ok := y.(starlark.NoneType); ok {
			return true, nil
		}
	}
	return pymeth.Equal(x, y)
}

// sameInt compares integers that are not represented alike: two big ones.
func sameInt(a, b starlark.Int) bool {
	c, err := a.Cmp(b, 1)
	return err == nil && c == 0
}

// identical is x is y. Small values that are equal are one object, as CPython
// keeps them: None, booleans, integers, short strings and the empty tuple.
func identical(x, y starlark.Value) bool {
	switch a := x.(type) {
	case starlark.NoneType, starlark.Bool:
		return x == y
	case starlark.Int:
		b, ok := y.(starlark.Int)
		return ok && sameInt(a, b)
	case starlark.String:
		b, ok := y.(starlark.String)
		return ok && a == b
	case starlark.Bytes:
		b, ok := y.(starlark.Bytes)
		return ok && a == b
	case starlark.Float:
		// By their bits: a NaN is itself, though it equals nothing.
		b, ok := y.(starlark.Float)
		return ok && math.Float64bits(float64(a)) == math.Float64bits(float64(b))
	case starlark.Tuple:
		b, ok := y.(starlark.Tuple)
		return ok && len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
	}
	if y == nil {
		return false
	}
	tx := reflect.TypeOf(x)
	return tx == reflect.TypeOf(y) && tx.Comparable() && x == y
}

// dictGet looks k up. True and 1 are the same key, as are 0 and False.
func dictGet(d *starlark.Dict, k starlark.Value) (starlark.Value, bool, error) {
	v, ok, err := d.Get(k)
	if ok || err != nil {
		return v, ok, err
	}
	if alt := boolTwin(k); alt != nil {
		return d.Get(alt)
	}
	if i, ok := instanceOf(k); ok && i.class.enum != nil && i.class.enum.number {
		return d.Get(i.enumValue())
	}
	return nil, false, nil
}

// dictSet stores v under k, or under the key that equals it already.
func dictSet(d *starlark.Dict, k, v starlark.Value) error {
	if alt := boolTwin(k); alt != nil {
		if _, ok, _ := d.Get(alt); ok {
			k = alt
		}
	}
	return d.SetKey(k, v)
}

func setHas(s *starlark.Set, k starlark.Value) (bool, error) {
	ok, err := s.Has(k)
	if ok || err != nil {
		return ok, err
	}
	if alt := boolTwin(k); alt != nil {
		return s.Has(alt)
	}
	return false, nil
}

// boolTwin is the value of the other type that equals k if k is 0, 1, False or
// True; nil for anything else.
func boolTwin(k starlark.Value) starlark.Value {
	switch k := k.(type) {
	case starlark.Bool:
		n, _ := number(k)
		return n
	case starlark.Int:
		switch k {
		case zero:
			return starlark.False
		case one:
			return starlark.True
		}
	}
	return nil
}
