package pymod

import (
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// structValue is a compiled struct.Struct.
type structValue struct {
	noHash
	l *layout
}

func (s *structValue) String() string { return "<_struct.Struct object>" }

func (s *structValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "format":
		return starlark.String(s.l.format), nil
	case "size":
		return integer(s.l.size), nil
	}
	f := structFuncs[name]
	if f == nil || name == "calcsize" {
		return nil, nil
	}
	return fn(name, func(a *args) (starlark.Value, error) { return f(a, s.l) }), nil
}

func (s *structValue) AttrNames() []string {
	names := []string{"format", "size"}
	for n := range structFuncs {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// structFuncs work on a layout, the format argument taken off.
var structFuncs map[string]func(a *args, l *layout) (starlark.Value, error)

func init() {
	structFuncs = map[string]func(a *args, l *layout) (starlark.Value, error){
		"pack": func(a *args, l *layout) (starlark.Value, error) {
			b := make([]byte, l.size)
			return bytesResult(b, l.pack(b, a.pos))
		},
		"unpack": func(a *args, l *layout) (starlark.Value, error) {
			v, err := a.bind("buffer!")
			if err != nil {
				return nil, err
			}
			b, err := pymeth.BytesValue(v[0])
			if err != nil {
				return nil, err
			}
			if len(b) != l.size {
				return nil, structErr("unpack requires a buffer of %d bytes", l.size)
			}
			return l.unpack(b), nil
		},
		"unpack_from": unpackFrom,
		"iter_unpack": iterUnpack,
	}
}

func bytesResult(b []byte, err error) (starlark.Value, error) {
	if err != nil {
		return nil, err
	}
	return starlark.Bytes(b), nil
}

func unpackFrom(a *args, l *layout) (starlark.Value, error) {
	v, err := a.bind("buffer!", "offset")
	if err != nil {
		return nil, err
	}
	b, err := pymeth.BytesValue(v[0])
	if err != nil {
		return nil, err
	}
	off, err := intOr(v[1], 0)
	if err != nil {
		return nil, err
	}
	if off < 0 {
		if off+l.size > 0 {
			return nil, structErr("not enough data to unpack %d bytes at offset %d", l.size, off)
		}
		if off+len(b) < 0 {
			return nil, structErr("offset %d out of range for %d-byte buffer", off, len(b))
		}
		off += len(b)
	}
	if len(b)-off < l.size {
		return nil, structErr("unpack_from requires a buffer of at least %d bytes for unpacking %d bytes at offset %d (actual buffer size is %d)",
			l.size+off, l.size, off, len(b))
	}
	return l.unpack(b[off : off+l.size]), nil
}

func iterUnpack(a *args, l *layout) (starlark.Value, error) {
	v, err := a.bind("buffer!")
	if err != nil {
		return nil, err
	}
	b, err := pymeth.BytesValue(v[0])
	if err != nil {
		return nil, err
	}
	if l.size == 0 {
		return nil, structErr("cannot iteratively unpack with a struct of length 0")
	}
	if len(b)%l.size != 0 {
		return nil, structErr("iterative unpacking requires a buffer of a multiple of %d bytes", l.size)
	}
	return pyrt.NewLazy("unpack_iterator", func() (starlark.Value, error) {
		if len(b) == 0 {
			return nil, nil
		}
		t := l.unpack(b[:l.size])
		b = b[l.size:]
		return t, nil
	}), nil
}

// structFormat reads a format argument: str or ASCII bytes.
func structFormat(v starlark.Value) (*layout, error) {
	switch f := v.(type) {
	case *structValue:
		return f.l, nil
	case starlark.String:
		return compileStruct(string(f))
	case starlark.Bytes:
		return compileStruct(string(f))
	}
	return nil, pyrt.Errorf("TypeError", "Struct() argument 1 must be a str or bytes object, not %s", pyfmt.TypeName(v))
}

func structModule() *Module {
	d := starlark.StringDict{
		"Struct": fn("Struct", func(a *args) (starlark.Value, error) {
			v, err := a.bind("format!")
			if err != nil {
				return nil, err
			}
			l, err := structFormat(v[0])
			return &structValue{noHash{"Struct"}, l}, err
		}),
		"calcsize": fn("calcsize", func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			l, err := structFormat(v[0])
			if err != nil {
				return nil, err
			}
			return integer(l.size), nil
		}),
	}
	for name, f := range structFuncs {
		d[name] = fn(name, func(a *args) (starlark.Value, error) {
			if len(a.pos) == 0 {
				return nil, pyrt.Errorf("TypeError", "%s expected at least 1 argument, got 0", name)
			}
			l, err := structFormat(a.pos[0])
			if err != nil {
				return nil, err
			}
			return f(&args{a.th, name, a.pos[1:], a.kwargs}, l)
		})
	}
	return newModule("struct", d)
}
