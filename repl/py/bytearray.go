package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// ByteArray is a mutable sequence of bytes.
type ByteArray struct{ b []byte }

func (a *ByteArray) String() string { return a.PyRepr() }

// PyRepr implements pyrt.Reprer.
func (a *ByteArray) PyRepr() string       { return "bytearray(" + pyfmt.Repr(starlark.Bytes(a.b)) + ")" }
func (a *ByteArray) Type() string         { return "bytearray" }
func (a *ByteArray) Freeze()              {}
func (a *ByteArray) Truth() starlark.Bool { return len(a.b) > 0 }
func (a *ByteArray) Hash() (uint32, error) {
	return 0, raise("TypeError", "unhashable type: 'bytearray'")
}

// Len implements starlark.Sequence.
func (a *ByteArray) Len() int { return len(a.b) }

// Index implements starlark.Indexable.
func (a *ByteArray) Index(i int) starlark.Value { return starlark.MakeInt(int(a.b[i])) }

// Slice implements starlark.Sliceable.
func (a *ByteArray) Slice(start, end, step int) starlark.Value {
	if step == 1 {
		return &ByteArray{append([]byte{}, a.b[start:max(start, end)]...)}
	}
	var b []byte
	for i := start; step > 0 && i < end || step < 0 && i > end; i += step {
		b = append(b, a.b[i])
	}
	return &ByteArray{b}
}

// Iterate implements starlark.Iterable.
func (a *ByteArray) Iterate() starlark.Iterator { return &byteArrayIter{a: a} }

type byteArrayIter struct {
	a *ByteArray
	i int
}

func (it *byteArrayIter) Next(p *starlark.Value) bool {
	if it.i >= len(it.a.b) {
		return false
	}
	*p = starlark.MakeInt(int(it.a.b[it.i]))
	it.i++
	return true
}
func (it *byteArrayIter) Done() {}

// PyBytes implements pyrt.Byteser.
func (a *ByteArray) PyBytes() ([]byte, error) { return a.b, nil }

// EqualTo implements pyrt.Equaler: a bytearray may equal bytes.
func (a *ByteArray) EqualTo(y starlark.Value) (equal, handled bool, err error) {
	switch y := y.(type) {
	case starlark.Bytes:
		return string(a.b) == string(y), true, nil
	case *ByteArray:
		return string(a.b) == string(y.b), true, nil
	}
	return false, true, nil
}

// CompareTo implements pyrt.Orderer.
func (a *ByteArray) CompareTo(op string, y starlark.Value) (result, handled bool, err error) {
	b, err := pymeth.BytesValue(y)
	if err != nil {
		return false, false, nil
	}
	r, err := pymeth.Compare(op, starlark.Bytes(a.b), starlark.Bytes(b))
	return r, true, err
}

func byteValue(v starlark.Value) (byte, error) {
	n, err := pymeth.Index(v)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > 255 {
		return 0, raise("ValueError", "byte must be in range(0, 256)")
	}
	return byte(n), nil
}

// byteArrayMethods are those that change the array; the others are those of
// bytes.
var byteArrayMethods = map[string]func(a *ByteArray, args starlark.Tuple) (starlark.Value, error){
	"append": func(a *ByteArray, args starlark.Tuple) (starlark.Value, error) {
		c, err := byteValue(args[0])
		if err == nil {
			a.b = append(a.b, c)
		}
		return starlark.None, err
	},
	"extend": func(a *ByteArray, args starlark.Tuple) (starlark.Value, error) {
		b, err := toBytes(args[0])
		if err == nil {
			a.b = append(a.b, b...)
		}
		return starlark.None, err
	},
	"insert": func(a *ByteArray, args starlark.Tuple) (starlark.Value, error) {
		if len(args) != 2 {
			return nil, raise("TypeError", "insert expected 2 arguments, got %d", len(args))
		}
		i, err := pymeth.Index(args[0])
		if err != nil {
			return nil, err
		}
		c, err := byteValue(args[1])
		if err != nil {
			return nil, err
		}
		if i < 0 {
			i = max(i+len(a.b), 0)
		}
		i = min(i, len(a.b))
		a.b = append(a.b[:i], append([]byte{c}, a.b[i:]...)...)
		return starlark.None, nil
	},
	"remove": func(a *ByteArray, args starlark.Tuple) (starlark.Value, error) {
		c, err := byteValue(args[0])
		if err != nil {
			return nil, err
		}
		for i, x := range a.b {
			if x == c {
				a.b = append(a.b[:i], a.b[i+1:]...)
				return starlark.None, nil
			}
		}
		return nil, raise("ValueError", "value not found in bytearray")
	},
	"pop": func(a *ByteArray, args starlark.Tuple) (starlark.Value, error) {
		i := starlark.Value(starlark.MakeInt(-1))
		if len(args) > 0 {
			i = args[0]
		}
		if len(a.b) == 0 {
			return nil, raise("IndexError", "pop from empty bytearray")
		}
		at, err := indexIn(i, len(a.b), "pop")
		if err != nil {
			return nil, err
		}
		c := a.b[at]
		a.b = append(a.b[:at], a.b[at+1:]...)
		return starlark.MakeInt(int(c)), nil
	},
	"clear": func(a *ByteArray, _ starlark.Tuple) (starlark.Value, error) {
		a.b = nil
		return starlark.None, nil
	},
	"copy": func(a *ByteArray, _ starlark.Tuple) (starlark.Value, error) {
		return &ByteArray{append([]byte{}, a.b...)}, nil
	},
	"reverse": func(a *ByteArray, _ starlark.Tuple) (starlark.Value, error) {
		for i, j := 0, len(a.b)-1; i < j; i, j = i+1, j-1 {
			a.b[i], a.b[j] = a.b[j], a.b[i]
		}
		return starlark.None, nil
	},
}

// Attr implements starlark.HasAttrs.
func (a *ByteArray) Attr(name string) (starlark.Value, error) {
	m, ok := byteArrayMethods[name]
	if !ok {
		return pymeth.Attr(starlark.Bytes(a.b), name)
	}
	return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		switch name {
		case "append", "extend", "remove":
			if len(args) != 1 {
				return nil, raise("TypeError", "bytearray.%s() takes exactly one argument (%d given)", name, len(args))
			}
		}
		return m(a, args)
	}), nil
}

// AttrNames implements starlark.HasAttrs.
func (a *ByteArray) AttrNames() []string {
	names := append([]string{}, pymeth.Names(starlark.Bytes(""))...)
	for n := range byteArrayMethods {
		names = append(names, n)
	}
	return names
}

// toBytes gives the bytes of a bytes-like value or of an iterable of integers.
func toBytes(v starlark.Value) ([]byte, error) {
	if b, err := pymeth.BytesValue(v); err == nil {
		return b, nil
	}
	if _, ok := v.(starlark.String); ok {
		return nil, raise("TypeError", "string argument without an encoding")
	}
	it, err := pyrt.Iterate(v)
	if err != nil {
		return nil, raise("TypeError", "cannot convert '%s' object to bytes", pyfmt.TypeName(v))
	}
	defer it.Close()
	var b []byte
	for {
		x, err := it.Next()
		if x == nil || err != nil {
			return b, err
		}
		c, err := byteValue(x)
		if err != nil {
			if _, ok := x.(starlark.Int); ok {
				return nil, raise("ValueError", "bytes must be in range(0, 256)")
			}
			return nil, err
		}
		b = append(b, c)
	}
}
