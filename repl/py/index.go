package py

import (
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// getItem is x[k].
func getItem(x, k starlark.Value) (starlark.Value, error) {
	if s, ok := k.(*Slice); ok {
		return getSlice(x, s)
	}
	switch x := x.(type) {
	case *starlark.List:
		i, err := indexIn(k, x.Len(), "list")
		if err != nil {
			return nil, err
		}
		return x.Index(i), nil
	case starlark.Tuple:
		i, err := indexIn(k, len(x), "tuple")
		if err != nil {
			return nil, err
		}
		return x[i], nil
	case *starlark.Dict:
		v, ok, err := dictGet(x, k)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, keyError(k)
		}
		return v, nil
	case starlark.String:
		return charAt(string(x), k)
	case starlark.Bytes:
		i, err := indexIn(k, len(x), "bytes")
		if err != nil {
			return nil, err
		}
		return starlark.MakeInt(int(x[i])), nil
	case starlark.Mapping:
		v, ok, err := x.Get(k)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, keyError(k)
		}
		return v, nil
	case starlark.Indexable:
		what := pyfmt.TypeName(x)
		if _, ok := x.(*Range); ok {
			what = "range object"
		}
		i, err := indexIn(k, x.Len(), what)
		if err != nil {
			return nil, err
		}
		return x.Index(i), nil
	case *TypeValue:
		return x, nil // list[int] in an annotation-like place
	}
	return nil, raise("TypeError", "'%s' object is not subscriptable", pyfmt.TypeName(x))
}

func keyError(k starlark.Value) error {
	return &pyrt.Error{Class: "KeyError", Msg: pyfmt.Repr(k), Args: starlark.Tuple{k}}
}

// indexIn gives k as an index into n elements of a value called what.
func indexIn(k starlark.Value, n int, what string) (int, error) {
	var i int
	if ki, ok := k.(starlark.Int); ok {
		i64, ok := ki.Int64()
		if !ok {
			return 0, raise("IndexError", "cannot fit 'int' into an index-sized integer")
		}
		i = int(i64)
	} else {
		switch k.(type) {
		case starlark.Bool, pyrt.Inter:
		default:
			if what == "string" {
				return 0, raise("TypeError", "string indices must be integers, not '%s'", pyfmt.TypeName(k))
			}
			if what == "bytes" {
				return 0, raise("TypeError", "byte indices must be integers or slices, not %s", pyfmt.TypeName(k))
			}
			return 0, raise("TypeError", "%s indices must be integers or slices, not %s", what, pyfmt.TypeName(k))
		}
		var err error
		if i, err = pymeth.Index(k); err != nil {
			return 0, err
		}
	}
	if i < 0 {
		i += n
	}
	if i < 0 || i >= n {
		if what == "bytes" {
			return 0, raise("IndexError", "index out of range")
		}
		return 0, raise("IndexError", "%s index out of range", what)
	}
	return i, nil
}

// charAt is s[k], by code point.
func charAt(s string, k starlark.Value) (starlark.Value, error) {
	if isASCII(s) {
		i, err := indexIn(k, len(s), "string")
		if err != nil {
			return nil, err
		}
		return starlark.String(s[i : i+1]), nil
	}
	i, err := indexIn(k, utf8.RuneCountInString(s), "string")
	if err != nil {
		return nil, err
	}
	for ; i > 0; i-- {
		_, n := utf8.DecodeRuneInString(s)
		s = s[n:]
	}
	_, n := utf8.DecodeRuneInString(s)
	return starlark.String(s[:n]), nil
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// bounds resolves a slice over n elements, as Python's slice.indices does.
func (s *Slice) bounds(n int) (lo, hi, step, count int, err error) {
	part := func(v starlark.Value, def int) (int, error) {
		if v == starlark.None {
			return def, nil
		}
		switch v.(type) {
		case starlark.Int, starlark.Bool, pyrt.Inter:
			return pymeth.Index(v)
		}
		return 0, raise("TypeError", "slice indices must be integers or None or have an __index__ method")
	}
	if step, err = part(s.step, 1); err != nil {
		return
	}
	if step == 0 {
		err = raise("ValueError", "slice step cannot be zero")
		return
	}
	low, high := 0, n
	if step < 0 {
		low, high = -1, n-1
	}
	clamp := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, low), high)
	}
	if lo, err = part(s.lo, 0); err != nil {
		return
	}
	if hi, err = part(s.hi, n); err != nil {
		return
	}
	lo, hi = clamp(lo), clamp(hi)
	if s.lo == starlark.None && step < 0 {
		lo = n - 1
	}
	if s.hi == starlark.None && step < 0 {
		hi = -1
	}
	switch {
	case step > 0 && lo < hi:
		count = (hi-lo-1)/step + 1
	case step < 0 && lo > hi:
		count = (lo-hi-1)/-step + 1
	}
	return
}

// getSlice is x[lo:hi:step].
func getSlice(x starlark.Value, s *Slice) (starlark.Value, error) {
	if c, ok := x.(pyrt.Slicer); ok {
		return c.PySlice(s.lo, s.hi, s.step)
	}
	switch x := x.(type) {
	case starlark.String:
		return sliceString(string(x), s)
	case starlark.Bytes:
		b, err := sliceBytes(string(x), s)
		return starlark.Bytes(b), err
	case *starlark.List:
		list, err := sliceElems(x, s)
		if err != nil {
			return nil, err
		}
		return starlark.NewList(list), nil
	case starlark.Tuple:
		list, err := sliceElems(x, s)
		return starlark.Tuple(list), err
	case starlark.Sliceable:
		lo, hi, step, _, err := s.bounds(x.Len())
		if err != nil {
			return nil, err
		}
		return x.Slice(lo, hi, step), nil
	case *starlark.Dict:
		return nil, raise("TypeError", "unhashable type: 'slice'")
	}
	return nil, raise("TypeError", "'%s' object is not subscriptable", pyfmt.TypeName(x))
}

func sliceBytes(x string, s *Slice) (string, error) {
	lo, hi, step, n, err := s.bounds(len(x))
	if err != nil || n == 0 {
		return "", err
	}
	if step == 1 {
		return x[lo:hi], nil
	}
	b := make([]byte, 0, n)
	for i := lo; len(b) < n; i += step {
		b = append(b, x[i])
	}
	return string(b), nil
}

func sliceString(x string, s *Slice) (starlark.Value, error) {
	if isASCII(x) {
		b, err := sliceBytes(x, s)
		return starlark.String(b), err
	}
	runes := []rune(x)
	lo, _, step, n, err := s.bounds(len(runes))
	if err != nil {
		return nil, err
	}
	out := make([]rune, 0, n)
	for i := lo; len(out) < n; i += step {
		out = append(out, runes[i])
	}
	return starlark.String(string(out)), nil
}

func sliceElems(x starlark.Indexable, s *Slice) ([]starlark.Value, error) {
	lo, _, step, n, err := s.bounds(x.Len())
	if err != nil {
		return nil, err
	}
	list := make([]starlark.Value, 0, n)
	for i := lo; len(list) < n; i += step {
		list = append(list, x.Index(i))
	}
	return list, nil
}
