package py

import (
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func isSequence(x starlark.Value) bool {
	switch x.(type) {
	case starlark.String, starlark.Bytes, *starlark.List, starlark.Tuple, *ByteArray:
		return true
	}
	return false
}

// concat is x + y for sequences; nil, nil if x is none.
func concat(x, y starlark.Value) (starlark.Value, error) {
	wrong := func(kind string) error {
		return raise("TypeError", "can only concatenate %s (not \"%s\") to %s", kind, pyfmt.TypeName(y), kind)
	}
	switch x := x.(type) {
	case starlark.String:
		y, ok := y.(starlark.String)
		if !ok {
			return nil, wrong("str")
		}
		if len(x)+len(y) > maxStrBytes {
			return nil, raise("MemoryError", "string too large")
		}
		return x + y, nil
	case starlark.Bytes, *ByteArray:
		a, _ := pymeth.BytesValue(x)
		b, err := pymeth.BytesValue(y)
		if err != nil {
			return nil, raise("TypeError", "can't concat %s to %s", pyfmt.TypeName(y), pyfmt.TypeName(x))
		}
		if len(a)+len(b) > maxStrBytes {
			return nil, raise("MemoryError", "bytes too large")
		}
		sum := make([]byte, 0, len(a)+len(b))
		sum = append(append(sum, a...), b...)
		if _, ok := x.(*ByteArray); ok {
			return &ByteArray{b: sum}, nil
		}
		return starlark.Bytes(sum), nil
	case *starlark.List:
		y, ok := y.(*starlark.List)
		if !ok {
			return nil, wrong("list")
		}
		n := x.Len() + y.Len()
		if n > maxListElems {
			return nil, raise("MemoryError", "list too large")
		}
		sum := make([]starlark.Value, 0, n)
		for i := 0; i < x.Len(); i++ {
			sum = append(sum, x.Index(i))
		}
		for i := 0; i < y.Len(); i++ {
			sum = append(sum, y.Index(i))
		}
		return starlark.NewList(sum), nil
	case starlark.Tuple:
		y, ok := y.(starlark.Tuple)
		if !ok {
			return nil, wrong("tuple")
		}
		sum := make(starlark.Tuple, 0, len(x)+len(y))
		return append(append(sum, x...), y...), nil
	}
	return nil, nil
}

// repeatCount is an operand of * as a count, clamped to what an int holds.
func repeatCount(y starlark.Value) (int, error) {
	switch y.(type) {
	case starlark.Int, starlark.Bool, pyrt.Inter:
		n, err := pymeth.Index(y)
		return max(n, 0), err
	}
	return 0, raise("TypeError", "not an integer")
}

// repeat is x * n for sequences; nil, nil if x is none.
func repeat(x starlark.Value, n int) (starlark.Value, error) {
	check := func(size, limit int) error {
		if size > 0 && n > limit/size {
			return raise("MemoryError", "repeated %s too large", pyfmt.TypeName(x))
		}
		return nil
	}
	elems := func(size int, at func(int) starlark.Value) ([]starlark.Value, error) {
		if err := check(size, maxListElems); err != nil {
			return nil, err
		}
		if size == 0 {
			n = 0
		}
		list := make([]starlark.Value, 0, size*n)
		for range n {
			for j := 0; j < size; j++ {
				list = append(list, at(j))
			}
		}
		return list, nil
	}
	rep := func(s string) (string, error) {
		if err := check(len(s), maxStrBytes); err != nil || s == "" {
			return "", err
		}
		return strings.Repeat(s, n), nil
	}
	switch x := x.(type) {
	case starlark.String:
		s, err := rep(string(x))
		if err != nil {
			return nil, err
		}
		return starlark.String(s), nil
	case starlark.Bytes:
		s, err := rep(string(x))
		if err != nil {
			return nil, err
		}
		return starlark.Bytes(s), nil
	case *ByteArray:
		s, err := rep(string(x.b))
		if err != nil {
			return nil, err
		}
		return &ByteArray{b: []byte(s)}, nil
	case *starlark.List:
		list, err := elems(x.Len(), x.Index)
		if err != nil {
			return nil, err
		}
		return starlark.NewList(list), nil
	case starlark.Tuple:
		list, err := elems(x.Len(), x.Index)
		if err != nil {
			return nil, err
		}
		return starlark.Tuple(list), nil
	}
	return nil, nil
}

// setOp is | & - ^ for sets and | for dicts; nil, nil if x is neither.
func setOp(op string, x, y starlark.Value) (starlark.Value, error) {
	if d, ok := x.(*starlark.Dict); ok && op == "|" {
		if e, ok := y.(*starlark.Dict); ok {
			return d.Union(e), nil
		}
		return nil, nil
	}
	a, b := asSet(x), asSet(y)
	if a == nil || b == nil {
		return nil, nil
	}
	it := b.Iterate()
	defer it.Done()
	var r starlark.Value
	var err error
	switch op {
	case "|":
		r, err = a.Union(it)
	case "&":
		r, err = a.Intersection(it)
	case "-":
		r, err = a.Difference(it)
	default:
		r, err = a.SymmetricDifference(it)
	}
	if err != nil {
		return nil, err
	}
	if _, ok := x.(*FrozenSet); ok {
		return &FrozenSet{set: r.(*starlark.Set)}, nil
	}
	return r, nil
}

// asSet is the set behind v, nil if v is none. dict.keys() counts as one.
func asSet(v starlark.Value) *starlark.Set {
	switch v := v.(type) {
	case *starlark.Set:
		return v
	case *FrozenSet:
		return v.set
	}
	return nil
}

// unary is op x.
func unary(op string, x starlark.Value) (starlark.Value, error) {
	if op == "not" {
		t, err := truth(x)
		return starlark.Bool(!t), err
	}
	if u, ok := x.(starlark.HasUnary); ok {
		switch x.(type) {
		case starlark.Int, starlark.Float:
		default:
			v, err := u.Unary(unaryTokens[op])
			if v != nil || err != nil {
				return v, err
			}
		}
	}
	if n, ok := number(x); ok {
		switch n := n.(type) {
		case starlark.Int:
			switch op {
			case "-":
				return zero.Sub(n), nil
			case "+":
				return n, nil
			case "~":
				return n.Not(), nil
			}
		case starlark.Float:
			switch op {
			case "-":
				return -n, nil
			case "+":
				return n, nil
			}
		}
	}
	return nil, raise("TypeError", "bad operand type for unary %s: '%s'", op, pyfmt.TypeName(x))
}

// truth is bool(x).
func truth(x starlark.Value) (bool, error) {
	switch x := x.(type) {
	case starlark.Bool:
		return bool(x), nil
	case *Instance, *callable: // which may have __bool__
	case pyrt.Lener:
		n, err := x.PyLen()
		return n != 0, err
	}
	return bool(x.Truth()), nil
}

// contains is y in x.
func contains(x, y starlark.Value) (bool, error) {
	switch x := x.(type) {
	case starlark.String:
		s, ok := y.(starlark.String)
		if !ok {
			return false, raise("TypeError", "'in <string>' requires string as left operand, not %s", pyfmt.TypeName(y))
		}
		return strings.Contains(string(x), string(s)), nil
	case starlark.Bytes, *ByteArray:
		b, _ := pymeth.BytesValue(x)
		if n, ok := number(y); ok {
			i, err := pymeth.Index(n)
			if err != nil || i < 0 || i > 255 {
				return false, raise("ValueError", "byte must be in range(0, 256)")
			}
			return strings.IndexByte(string(b), byte(i)) >= 0, nil
		}
		s, err := pymeth.BytesValue(y)
		if err != nil {
			return false, err
		}
		return strings.Contains(string(b), string(s)), nil
	case *starlark.Dict:
		_, ok, err := dictGet(x, y)
		return ok, err
	case *starlark.Set:
		return setHas(x, y)
	case *FrozenSet:
		return setHas(x.set, y)
	case *starlark.List, starlark.Tuple:
	case starlark.Container:
		return x.Has(y)
	case starlark.Mapping:
		_, ok, err := x.Get(y)
		return ok, err
	}
	it, err := pyrt.Iterate(x)
	if err != nil {
		return false, raise("TypeError", "argument of type '%s' is not iterable", pyfmt.TypeName(x))
	}
	defer it.Close()
	for {
		v, err := it.Next()
		if v == nil || err != nil {
			return false, err
		}
		if eq, err := same(v, y); eq || err != nil {
			return eq, err
		}
	}
}

// same is `v is y or v == y`, by which containers find their elements.
func same(v, y starlark.Value) (bool, error) {
	if identical(v, y) {
		return true, nil
	}
	return pymeth.Equal(v, y)
}
