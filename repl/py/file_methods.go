package py

import (
	"errors"
	"io"
	"os"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
)

// fileMethods are the methods of File; n is the optional first argument.
var fileMethods = map[string]func(st *state, f *File, args starlark.Tuple) (starlark.Value, error){
	"read": func(_ *state, f *File, args starlark.Tuple) (starlark.Value, error) {
		if err := f.readable(); err != nil {
			return nil, err
		}
		n := -1
		if len(args) > 0 && args[0] != starlark.None {
			var err error
			if n, err = pymeth.Index(args[0]); err != nil {
				return nil, err
			}
		}
		if n < 0 {
			b, err := io.ReadAll(io.LimitReader(f.r, maxStrBytes+1))
			if err != nil {
				return nil, err
			}
			if len(b) > maxStrBytes {
				return nil, raise("MemoryError", "file too large to be read whole")
			}
			return f.value(b)
		}
		var b []byte
		for count := 0; count < n; count++ {
			if f.binary {
				b = make([]byte, min(n, maxStrBytes))
				k, err := io.ReadFull(f.r, b)
				if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					return nil, err
				}
				b = b[:k]
				break
			}
			r, _, err := f.r.ReadRune()
			if err != nil {
				break
			}
			b = utf8.AppendRune(b, r)
		}
		return f.value(b)
	},
	"readline": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		v, err := f.line()
		if v == nil && err == nil {
			return f.value(nil)
		}
		return v, err
	},
	"readlines": func(st *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		list, err := st.elems(f)
		return starlark.NewList(list), err
	},
	"write": func(_ *state, f *File, args starlark.Tuple) (starlark.Value, error) {
		if len(args) != 1 {
			return nil, raise("TypeError", "write() takes exactly one argument (%d given)", len(args))
		}
		return f.writeValue(args[0])
	},
	"writelines": func(st *state, f *File, args starlark.Tuple) (starlark.Value, error) {
		if len(args) != 1 {
			return nil, raise("TypeError", "writelines() takes exactly one argument (%d given)", len(args))
		}
		return starlark.None, st.each(args[0], func(v starlark.Value) (bool, error) {
			_, err := f.writeValue(v)
			return true, err
		})
	},
	"seek": func(_ *state, f *File, args starlark.Tuple) (starlark.Value, error) {
		var n [2]int
		for i, a := range args[:min(len(args), 2)] {
			var err error
			if n[i], err = pymeth.Index(a); err != nil {
				return nil, err
			}
		}
		if f.closed {
			return nil, errClosed()
		}
		if err := f.settle(); err != nil {
			return nil, err
		}
		at, err := f.f.Seek(int64(n[0]), n[1])
		return starlark.MakeInt64(at), err
	},
	"tell": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		at, err := f.at()
		return starlark.MakeInt64(at), err
	},
	"truncate": func(_ *state, f *File, args starlark.Tuple) (starlark.Value, error) {
		size, err := f.at()
		if err == nil && len(args) > 0 && args[0] != starlark.None {
			var n int
			n, err = pymeth.Index(args[0])
			size = int64(n)
		}
		if err != nil {
			return nil, err
		}
		if !f.write {
			return nil, raise("io.UnsupportedOperation", "truncate")
		}
		if err := f.settle(); err != nil {
			return nil, err
		}
		return starlark.MakeInt64(size), f.f.Truncate(size)
	},
	"seekable": func(*state, *File, starlark.Tuple) (starlark.Value, error) { return starlark.True, nil },
	"flush":    func(*state, *File, starlark.Tuple) (starlark.Value, error) { return starlark.None, nil },
	"close":    func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) { return starlark.None, f.close() },
	"fileno": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		if file, ok := f.f.(*os.File); ok {
			return starlark.MakeInt(int(file.Fd())), nil
		}
		return nil, raise("io.UnsupportedOperation", "fileno")
	},
	"isatty": func(*state, *File, starlark.Tuple) (starlark.Value, error) { return starlark.False, nil },
	"readable": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		return starlark.Bool(f.r != nil), nil
	},
	"writable": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) { return starlark.Bool(f.write), nil },
	"__enter__": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		if f.closed {
			return nil, errClosed()
		}
		return f, nil
	},
	"__exit__": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) { return starlark.None, f.close() },
}

func errClosed() error { return raise("ValueError", "I/O operation on closed file.") }

// at is the place of the next read or write.
func (f *File) at() (int64, error) {
	if f.closed {
		return 0, errClosed()
	}
	at, err := f.f.Seek(0, io.SeekCurrent)
	if f.r != nil {
		at -= int64(f.r.Buffered())
	}
	return at, err
}

// settle gives back what was read ahead, so that the store stands where the program does.
func (f *File) settle() error {
	if f.r == nil || f.r.Buffered() == 0 {
		return nil
	}
	_, err := f.f.Seek(-int64(f.r.Buffered()), io.SeekCurrent)
	f.r.Reset(f.f)
	return err
}

// writeValue writes text or bytes and gives their length.
func (f *File) writeValue(v starlark.Value) (starlark.Value, error) {
	if f.closed {
		return nil, errClosed()
	}
	if !f.write {
		return nil, raise("io.UnsupportedOperation", "not writable")
	}
	if err := f.settle(); err != nil {
		return nil, err
	}
	if f.binary {
		b, err := pymeth.BytesValue(v)
		if err != nil {
			return nil, err
		}
		n, err := f.f.Write(b)
		return starlark.MakeInt(n), err
	}
	s, ok := v.(starlark.String)
	if !ok {
		return nil, raise("TypeError", "write() argument must be str, not %s", typeName(v))
	}
	if _, err := io.WriteString(f.f, string(s)); err != nil {
		return nil, err
	}
	return starlark.MakeInt(utf8.RuneCountInString(string(s))), nil
}

// Attr implements starlark.HasAttrs.
func (f *File) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		if f.memory() != nil {
			return nil, nil
		}
		return starlark.String(f.name), nil
	case "mode":
		return starlark.String(f.mode), nil
	case "closed":
		return starlark.Bool(f.closed), nil
	}
	m := fileMethods[name]
	if m == nil && f.memory() != nil {
		m = memoryMethods[name]
	}
	if m == nil {
		return nil, nil
	}
	return builtin(name, func(th *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return m(stateOf(th), f, args)
	}), nil
}

// AttrNames implements starlark.HasAttrs.
func (f *File) AttrNames() []string {
	names := []string{"closed", "mode", "name"}
	for n := range fileMethods {
		if n[0] != '_' {
			names = append(names, n)
		}
	}
	return names
}
