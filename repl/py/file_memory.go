package py

import (
	"bufio"
	"io"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
)

// memory is the store of io.BytesIO and io.StringIO.
type memory struct {
	b  []byte
	at int
}

func (m *memory) Read(p []byte) (int, error) {
	if m.at >= len(m.b) {
		return 0, io.EOF
	}
	n := copy(p, m.b[m.at:])
	m.at += n
	return n, nil
}

// Write overwrites what is there; a place beyond the end is reached by zeros.
func (m *memory) Write(p []byte) (int, error) {
	if end := m.at + len(p); end > len(m.b) {
		if end > maxStrBytes {
			return 0, raise("MemoryError", "more than %d bytes in memory", maxStrBytes)
		}
		m.b = append(m.b, make([]byte, end-len(m.b))...)
	}
	m.at += copy(m.b[m.at:], p)
	return len(p), nil
}

// Seek goes to a place, which may be beyond the end.
func (m *memory) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += int64(m.at)
	case io.SeekEnd:
		offset += int64(len(m.b))
	case io.SeekStart:
	default:
		return 0, raise("ValueError", "invalid whence (%d, should be 0, 1 or 2)", whence)
	}
	if offset < 0 || offset > maxStrBytes {
		return 0, raise("ValueError", "seek to %d: want 0..%d", offset, maxStrBytes)
	}
	m.at = int(offset)
	return offset, nil
}

// Truncate drops what is behind size.
func (m *memory) Truncate(size int64) error {
	if size < 0 {
		return raise("ValueError", "negative size value %d", size)
	}
	m.b = m.b[:min(int64(len(m.b)), size)]
	return nil
}

// Close lets the bytes go, as in Python.
func (m *memory) Close() error {
	m.b = nil
	return nil
}

// memory is the file's store if that is memory, else nil.
func (f *File) memory() *memory {
	m, _ := f.f.(*memory)
	return m
}

// InMemory is a file that is memory as a stream; nil for files of the system's.
func (f *File) InMemory() io.ReadWriter {
	if f.memory() == nil || f.closed || f.settle() != nil {
		return nil
	}
	return f.f
}

// memoryMethods are what files in memory have beside those of others.
var memoryMethods = map[string]func(st *state, f *File, args starlark.Tuple) (starlark.Value, error){
	"getvalue": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		if f.closed {
			return nil, errClosed()
		}
		return f.value(append([]byte(nil), f.memory().b...))
	},
	"getbuffer": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		if f.closed {
			return nil, errClosed()
		}
		return starlark.Bytes(f.memory().b), nil
	},
}

// memoryType is io.BytesIO or io.StringIO.
func memoryType(name, arg string, binary bool) *TypeValue {
	t := typeNamed(name)
	t.make = func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		names := []string{arg}
		if !binary {
			names = append(names, "newline")
		}
		vals, err := bind(name, args, kwargs, names...)
		if err != nil {
			return nil, err
		}
		m := &memory{}
		f := &File{f: m, mode: "w+", binary: binary, write: true, r: bufio.NewReader(m)}
		switch v := vals[0].(type) {
		case nil, starlark.NoneType:
		case starlark.String:
			if binary {
				return nil, raise("TypeError", "a bytes-like object is required, not 'str'")
			}
			m.b = []byte(v)
		default:
			if !binary {
				return nil, raise("TypeError", "initial_value must be str or None, not %s", typeName(v))
			}
			b, err := pymeth.BytesValue(v)
			if err != nil {
				return nil, err
			}
			m.b = append(m.b, b...)
		}
		return f, nil
	}
	return t
}

// ioModule is module io.
func ioModule() map[string]starlark.Value {
	return map[string]starlark.Value{
		"open": builtin("open", openFn), "BytesIO": memoryType("BytesIO", "initial_bytes", true), "StringIO": memoryType("StringIO", "initial_value", false),
		"SEEK_SET": starlark.MakeInt(0), "SEEK_CUR": starlark.MakeInt(1), "SEEK_END": starlark.MakeInt(2),
		"UnsupportedOperation": excClass("io.UnsupportedOperation"),
	}
}
