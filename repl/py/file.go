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
	"pktsh/repl/py/pyrt"
)

// store is what a File reads and writes: a file of the system's, or memory.
type store interface {
	io.ReadWriteSeeker
	io.Closer
	Truncate(size int64) error
}

// File is an open file. Text files are UTF-8 and read every line end as \n; text in
// memory keeps its line ends.
type File struct {
	f      store
	name   string
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
	fd := -1
	switch v := vals[0].(type) {
	case starlark.String:
		path = string(v)
	case starlark.Bytes:
		path = string(v)
	case starlark.Int:
		n, ok := v.Int64()
		if !ok || n < 0 || n > 1<<30 {
			return nil, raise("ValueError", "negative file descriptor")
		}
		fd = int(n)
	default:
		return nil, raise("TypeError", "expected str, bytes or a file descriptor, not %s", typeName(v))
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
	var f *os.File
	if fd >= 0 {
		f = os.NewFile(uintptr(fd), fmt.Sprint(fd))
	} else if f, err = os.OpenFile(path, flag, 0o666); err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, &os.PathError{Op: "open", Path: path, Err: syscall.EISDIR}
	}
	file := &File{f: f, name: f.Name(), mode: mode, binary: strings.Contains(mode, "b"), write: flag&(os.O_WRONLY|os.O_RDWR) != 0}
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
	if f.memory() != nil {
		return fmt.Sprintf("<_io.%s object at %p>", f.Type(), f)
	}
	if f.binary {
		return fmt.Sprintf("<file name=%s mode=%s>", pyfmt.QuoteStr(f.name), pyfmt.QuoteStr(f.mode))
	}
	return fmt.Sprintf("<file name=%s mode=%s encoding='UTF-8'>", pyfmt.QuoteStr(f.name), pyfmt.QuoteStr(f.mode))
}
func (f *File) Type() string {
	switch {
	case f.memory() == nil:
		return "file"
	case f.binary:
		return "BytesIO"
	}
	return "StringIO"
}
func (f *File) Freeze()               {}
func (f *File) Truth() starlark.Bool  { return true }
func (f *File) Hash() (uint32, error) { return starlark.String(fmt.Sprintf("%p", f)).Hash() }

// value makes what was read a str or bytes.
func (f *File) value(b []byte) (starlark.Value, error) {
	if f.binary {
		return starlark.Bytes(b), nil
	}
	s := string(b)
	if f.memory() == nil && strings.Contains(s, "\r") {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	if !utf8.ValidString(s) {
		return nil, &pyrt.Error{Class: "UnicodeDecodeError", Msg: "'utf-8' codec can't decode the contents of " + f.name, Hint: "open the file with mode \"rb\""}
	}
	return starlark.String(s), nil
}

func (f *File) readable() error {
	if f.closed {
		return errClosed()
	}
	if f.r == nil {
		return raise("io.UnsupportedOperation", "not readable")
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
