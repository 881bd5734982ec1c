package pymeth

import (
	"strconv"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Each calls fn on every element of v, as pyrt.Iterate gives them, until one of
// them fails.
func Each(v starlark.Value, fn func(e starlark.Value) error) error {
	it, err := pyrt.Iterate(v)
	if err != nil {
		return err
	}
	defer it.Close()
	for {
		e, err := it.Next()
		if e == nil || err != nil {
			return err
		}
		if err := fn(e); err != nil {
			return err
		}
	}
}

// Collect is list(v), as a fresh Go slice.
func Collect(v starlark.Value) ([]starlark.Value, error) { return pyrt.Elems(v, 0) }

// isIterable reports whether v can be iterated.
func isIterable(v starlark.Value) bool {
	it, err := pyrt.Iterate(v)
	if err == nil {
		it.Close()
	}
	return err == nil
}

func setElems(s *starlark.Set) []starlark.Value {
	out := make([]starlark.Value, 0, s.Len())
	for e := range s.Elements() {
		out = append(out, e)
	}
	return out
}

// Call calls fn, which may be any value, with positional arguments. Errors come
// back as they are, without a Starlark backtrace around them.
func Call(th *starlark.Thread, fn starlark.Value, args ...starlark.Value) (starlark.Value, error) {
	c, ok := fn.(starlark.Callable)
	if !ok {
		return nil, pyrt.Errorf("TypeError", "'%s' object is not callable", pyfmt.TypeName(fn))
	}
	return c.CallInternal(th, args, nil)
}

// Index is v.__index__(): an int that fits. Values beyond an int's range are
// clamped, as slicing wants it.
func Index(v starlark.Value) (int, error) {
	n, err := IntValue(v)
	if err != nil {
		return 0, err
	}
	i, ok := n.Int64()
	if !ok {
		i = int64(^uint64(0) >> 1)
		if n.Sign() < 0 {
			i = -i
		}
	}
	return int(i), nil
}

// IntValue is v where an integer is wanted: int, bool, or a value with PyInt.
func IntValue(v starlark.Value) (starlark.Int, error) {
	switch v := v.(type) {
	case starlark.Int:
		return v, nil
	case starlark.Bool:
		if v {
			return starlark.MakeInt(1), nil
		}
		return starlark.MakeInt(0), nil
	case pyrt.Inter:
		return v.PyInt()
	}
	return starlark.Int{}, pyrt.Errorf("TypeError", "'%s' object cannot be interpreted as an integer", pyfmt.TypeName(v))
}

// BytesValue is v where a bytes-like object is wanted.
func BytesValue(v starlark.Value) ([]byte, error) {
	switch v := v.(type) {
	case starlark.Bytes:
		return []byte(v), nil
	case pyrt.Byteser:
		return v.PyBytes()
	}
	return nil, pyrt.Errorf("TypeError", "a bytes-like object is required, not '%s'", pyfmt.TypeName(v))
}

// FloatValue is v where a real number is wanted.
func FloatValue(v starlark.Value) (float64, error) {
	if f, ok := v.(starlark.Float); ok {
		return float64(f), nil
	}
	n, err := IntValue(v)
	if err != nil {
		return 0, pyrt.Errorf("TypeError", "must be real number, not %s", pyfmt.TypeName(v))
	}
	f := float64(n.Float())
	if f-f != 0 {
		return 0, pyrt.Errorf("OverflowError", "int too large to convert to float")
	}
	return f, nil
}

// argType is v's type as messages about arguments spell it, where None is "None".
func argType(v starlark.Value) string {
	if v == starlark.None {
		return "None"
	}
	return pyfmt.TypeName(v)
}
