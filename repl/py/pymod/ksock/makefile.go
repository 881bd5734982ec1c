package ksock

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod/wait"
	"pktsh/repl/py/pyrt"
)

// file is what makefile() gives: a buffered reader and an unbuffered writer on
// the socket. Closing it leaves the socket open, as in Python.
type file struct {
	v      *Value
	binary bool
	buf    []byte
	eof    bool
}

var (
	_ starlark.HasAttrs = (*file)(nil)
	_ pyrt.Nexter       = (*socketLines)(nil)
)

func makefile(c *call) (starlark.Value, error) {
	a, err := c.bind("mode", "buffering", "*encoding", "errors", "newline")
	if err != nil {
		return nil, err
	}
	mode := "r"
	if a[0] != nil {
		mode = pyfmt.Str(a[0])
	}
	if mode == "" || strings.Trim(mode, "rwb") != "" {
		return nil, pyrt.Errorf("ValueError", "invalid mode %s (only r, w, b allowed)", pyfmt.QuoteStr(mode))
	}
	return &file{v: c.v, binary: strings.Contains(mode, "b")}, nil
}

func (f *file) String() string        { return "<socket file of " + f.v.PyRepr() + ">" }
func (f *file) Type() string          { return "SocketIO" }
func (f *file) Freeze()               {}
func (f *file) Truth() starlark.Bool  { return true }
func (f *file) Hash() (uint32, error) { return f.v.Hash() }

// fileMethods are those of the files that makefile gives.
var fileMethods = map[string]func(f *file, th *starlark.Thread, args starlark.Tuple) (starlark.Value, error){
	"read": func(f *file, th *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
		n, err := limit(args)
		if err != nil {
			return nil, err
		}
		for n < 0 || len(f.buf) < n {
			if err := f.fill(th); err == io.EOF {
				break
			} else if err != nil {
				return nil, err
			}
		}
		if n < 0 || n > len(f.buf) {
			n = len(f.buf)
		}
		return f.take(n), nil
	},
	"readline":  func(f *file, th *starlark.Thread, _ starlark.Tuple) (starlark.Value, error) { return f.line(th) },
	"readlines": func(f *file, th *starlark.Thread, _ starlark.Tuple) (starlark.Value, error) { return f.lines(th) },
	"write": func(f *file, th *starlark.Thread, args starlark.Tuple) (starlark.Value, error) {
		if len(args) != 1 {
			return nil, pyrt.Errorf("TypeError", "write() takes exactly one argument (%d given)", len(args))
		}
		var data starlark.Value = args[0]
		if s, ok := data.(starlark.String); ok && !f.binary {
			data = starlark.Bytes(s)
		}
		return number((&call{th: th, s: f.v.S, v: f.v, name: "write", args: starlark.Tuple{data}}).send(true))
	},
	"flush":     func(*file, *starlark.Thread, starlark.Tuple) (starlark.Value, error) { return starlark.None, nil },
	"close":     func(*file, *starlark.Thread, starlark.Tuple) (starlark.Value, error) { return starlark.None, nil },
	"__enter__": func(f *file, _ *starlark.Thread, _ starlark.Tuple) (starlark.Value, error) { return f, nil },
	"__exit__":  func(*file, *starlark.Thread, starlark.Tuple) (starlark.Value, error) { return starlark.False, nil },
	"__iter__": func(f *file, th *starlark.Thread, _ starlark.Tuple) (starlark.Value, error) {
		return &socketLines{file: f, th: th}, nil
	},
}

// Attr is a method.
func (f *file) Attr(name string) (starlark.Value, error) {
	m := fileMethods[name]
	if m == nil {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		v, err := m(f, th, args)
		return v, Exception(err)
	}), nil
}

// AttrNames lists the methods, sorted.
func (f *file) AttrNames() []string {
	var names []string
	for n := range fileMethods {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// PyIter goes through the lines. They are read without a statement's context,
// so only the timeout and Close end a wait; readline() heeds Ctrl-C.
func (f *file) PyIter() (pyrt.Iter, error) {
	return pyrt.Iterate(&socketLines{file: f, th: new(starlark.Thread)})
}

// socketLines is an iterator over the lines of a file.
type socketLines struct {
	*file
	th *starlark.Thread
}

// PyNext is the next line, nil at the end.
func (l *socketLines) PyNext() (starlark.Value, error) {
	v, err := l.line(l.th)
	if err != nil || !bool(v.Truth()) {
		return nil, Exception(err)
	}
	return v, nil
}

func limit(args starlark.Tuple) (int, error) {
	if len(args) == 0 || args[0] == starlark.None {
		return -1, nil
	}
	return pymeth.Index(args[0])
}

// fill reads more; io.EOF at the end of the stream.
func (f *file) fill(th *starlark.Thread) error {
	if f.eof {
		return io.EOF
	}
	return wait.Do(th, func(ctx context.Context) error {
		b, _, err := f.v.S.Recv(ctx, 65536)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			f.eof = true
			return io.EOF
		}
		f.buf = append(f.buf, b...)
		return nil
	})
}

// take is the first n bytes of the buffer.
func (f *file) take(n int) starlark.Value {
	b := f.buf[:n:n]
	f.buf = f.buf[n:]
	if f.binary {
		return starlark.Bytes(b)
	}
	return starlark.String(strings.ReplaceAll(string(b), "\r\n", "\n"))
}

func (f *file) line(th *starlark.Thread) (starlark.Value, error) {
	for {
		if i := bytes.IndexByte(f.buf, '\n'); i >= 0 {
			return f.take(i + 1), nil
		}
		if err := f.fill(th); err == io.EOF {
			return f.take(len(f.buf)), nil
		} else if err != nil {
			return nil, err
		}
	}
}

func (f *file) lines(th *starlark.Thread) (starlark.Value, error) {
	var out []starlark.Value
	for {
		v, err := f.line(th)
		if err != nil {
			return nil, err
		}
		if !v.Truth() {
			return starlark.NewList(out), nil
		}
		out = append(out, v)
	}
}
