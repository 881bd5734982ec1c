package py

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// File is an open file. Text files are UTF-8 and read every line end as \n.
type File struct {
	f      *os.File
	r      *bufio.Reader // nil if not readable
	write  bool
	binary bool
	mode   string
	closed bool
}

// openFn is open(file, mode='r', buffering=-1, encoding=None, errors=None,
// newline=None). Only UTF-8 is known, and writes are not buffered.
func openFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("open", args, kwargs, "file!", "mode", "buffering", "encoding", "errors", "newline")
	if err != nil {
		return nil, err
	}
	var path string
	switch v := vals[0].(type) {
	case starlark.String:
		path = string(v)
	case starlark.Bytes:
		path = string(v)
	default:
		return nil, raise("TypeError", "expected str or bytes, not %s", typeName(v))
	}
	mode := "r"
	if vals[1] != nil {
		s, ok := vals[1].(starlark.String)
		if !ok {
			return nil, raise("TypeError", "open() argument 'mode' must be str, not %s", typeName(vals[1]))
		}
		mode = string(s)
	}
	flag, err := openFlag(mode)
	if err != nil {
		return nil, err
	}
	if vals[3] != nil && vals[3] != starlark.None {
		switch strings.ToLower(strings.ReplaceAll(pyfmt.Str(vals[3]), "_", "-")) {
		case "utf-8", "utf8", "ascii", "us-ascii":
		default:
			return nil, &pyrt.Error{Class: "ValueError", Field: "encoding", Msg: "text files are UTF-8 here, not " + pyfmt.Str(vals[3]),
				Hint: "open the file with mode \"rb\" and decode what it holds"}
		}
	}
	f, err := os.OpenFile(path, flag, 0o666)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, &os.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	}
	file := &File{f: f, mode: mode, binary: strings.Contains(mode, "b"), write: flag&(os.O_WRONLY|os.O_RDWR) != 0}
	if flag&os.O_WRONLY == 0 {
		file.r = bufio.NewReader(f)
	}
	return file, nil
}

func openFlag(mode string) (int, error) {
	flag := 0
	kinds := 0
	for i, c := range mode {
		if strings.ContainsRune(mode[:i], c) {
			return 0, raise("ValueError", "invalid mode: %s", pyfmt.QuoteStr(mode))
		}
		switch c {
		case 'r':
			kinds++
		case 'w':
			kinds++
			flag |= os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		case 'a':
			kinds++
			flag |= os.O_WRONLY | os.O_CREATE | os.O_APPEND
		case 'x':
			kinds++
			flag |= os.O_WRONLY | os.O_CREATE | os.O_EXCL
		case '+', 'b', 't':
		default:
			return 0, raise("ValueError", "invalid mode: %s", pyfmt.QuoteStr(mode))
		}
	}
	if kinds != 1 || strings.Contains(mode, "b") && strings.Contains(mode, "t") {
		return 0, raise("ValueError", "must have exactly one of create/read/write/append mode")
	}
	if strings.Contains(mode, "+") {
		flag = flag&^os.O_WRONLY | os.O_RDWR
	}
	return flag, nil
}

func (f *File) String() string {
	if f.binary {
		return fmt.Sprintf("<file name=%s mode=%s>", pyfmt.QuoteStr(f.f.Name()), pyfmt.QuoteStr(f.mode))
	}
	return fmt.Sprintf("<file name=%s mode=%s encoding='UTF-8'>", pyfmt.QuoteStr(f.f.Name()), pyfmt.QuoteStr(f.mode))
}
func (f *File) Type() string          { return "file" }
func (f *File) Freeze()               {}
func (f *File) Truth() starlark.Bool  { return true }
func (f *File) Hash() (uint32, error) { return starlark.String(fmt.Sprintf("%p", f)).Hash() }

// value makes what was read a str or bytes.
func (f *File) value(b []byte) (starlark.Value, error) {
	if f.binary {
		return starlark.Bytes(b), nil
	}
	s := string(b)
	if strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	if !utf8.ValidString(s) {
		return nil, &pyrt.Error{Class: "UnicodeDecodeError", Msg: "'utf-8' codec can't decode the contents of " + f.f.Name(), Hint: "open the file with mode \"rb\""}
	}
	return starlark.String(s), nil
}

func (f *File) readable() error {
	if f.closed {
		return raise("ValueError", "I/O operation on closed file.")
	}
	if f.r == nil {
		return raise("OSError", "not readable")
	}
	return nil
}

// line reads one line, nil at the end of the file.
func (f *File) line() (starlark.Value, error) {
	if err := f.readable(); err != nil {
		return nil, err
	}
	b, err := f.r.ReadBytes('\n')
	if len(b) == 0 {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return nil, err
	}
	return f.value(b)
}

// PyNext implements pyrt.Nexter: a file iterates over its lines.
func (f *File) PyNext() (starlark.Value, error) { return f.line() }

func (f *File) close() error {
	if f.closed {
		return nil
	}
	f.closed = true
	return f.f.Close()
}

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
		at, err := f.f.Seek(int64(n[0]), n[1])
		if f.r != nil {
			f.r.Reset(f.f)
		}
		return starlark.MakeInt64(at), err
	},
	"tell": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		at, err := f.f.Seek(0, io.SeekCurrent)
		if f.r != nil {
			at -= int64(f.r.Buffered())
		}
		return starlark.MakeInt64(at), err
	},
	"flush": func(*state, *File, starlark.Tuple) (starlark.Value, error) { return starlark.None, nil },
	"close": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) { return starlark.None, f.close() },
	"fileno": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		return starlark.MakeInt(int(f.f.Fd())), nil
	},
	"isatty": func(*state, *File, starlark.Tuple) (starlark.Value, error) { return starlark.False, nil },
	"readable": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		return starlark.Bool(f.r != nil), nil
	},
	"writable": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) { return starlark.Bool(f.write), nil },
	"__enter__": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) {
		if f.closed {
			return nil, raise("ValueError", "I/O operation on closed file.")
		}
		return f, nil
	},
	"__exit__": func(_ *state, f *File, _ starlark.Tuple) (starlark.Value, error) { return starlark.None, f.close() },
}

// writeValue writes text or bytes and gives their length.
func (f *File) writeValue(v starlark.Value) (starlark.Value, error) {
	if f.closed {
		return nil, raise("ValueError", "I/O operation on closed file.")
	}
	if !f.write {
		return nil, raise("OSError", "not writable")
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
	if _, err := f.f.WriteString(string(s)); err != nil {
		return nil, err
	}
	return starlark.MakeInt(utf8.RuneCountInString(string(s))), nil
}

// Attr implements starlark.HasAttrs.
func (f *File) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(f.f.Name()), nil
	case "mode":
		return starlark.String(f.mode), nil
	case "closed":
		return starlark.Bool(f.closed), nil
	}
	m := fileMethods[name]
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
