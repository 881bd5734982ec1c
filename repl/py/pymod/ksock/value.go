package ksock

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"
	"time"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// Value is a Socket in the language: a socket object with the methods of
// Python's, usable in a with statement.
type Value struct{ S *Socket }

var (
	_ starlark.HasAttrs = (*Value)(nil)
	_ pyrt.Reprer       = (*Value)(nil)
)

// NewValue shows s to the language.
func NewValue(s *Socket) *Value { return &Value{S: s} }

func (v *Value) String() string       { return v.PyRepr() }
func (v *Value) Type() string         { return "socket" }
func (v *Value) Freeze()              {}
func (v *Value) Truth() starlark.Bool { return true }

// Hash goes by identity, so that a socket may be a key.
func (v *Value) Hash() (uint32, error) { return starlark.String(fmt.Sprintf("%p", v.S)).Hash() }

// PyRepr is CPython's: numbers for family and type, addresses as tuples.
func (v *Value) PyRepr() string {
	var b strings.Builder
	fd := v.S.Fileno()
	b.WriteString("<socket.socket ")
	if fd < 0 {
		b.WriteString("[closed] ")
	}
	fmt.Fprintf(&b, "fd=%d, family=%d, type=%d, proto=%d", fd, v.S.Family(), v.S.Type(), v.S.Proto())
	if a, err := v.S.Name(); err == nil && a.IsValid() {
		b.WriteString(", laddr=" + pyfmt.Repr(AddrTuple(a)))
	}
	if a, err := v.S.Peer(); err == nil && a.IsValid() {
		b.WriteString(", raddr=" + pyfmt.Repr(AddrTuple(a)))
	}
	return b.String() + ">"
}

// Attr is a method, or family, type, proto, timeout.
func (v *Value) Attr(name string) (starlark.Value, error) {
	switch name {
	case "family":
		return starlark.MakeInt(v.S.Family()), nil
	case "type":
		return starlark.MakeInt(v.S.Type()), nil
	case "proto":
		return starlark.MakeInt(v.S.Proto()), nil
	case "timeout":
		return v.timeout(), nil
	}
	m := methods[name]
	if m == nil {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		r, err := m(&call{th, v.S, v, name, args, kwargs})
		if err != nil {
			return nil, Exception(err)
		}
		if r == nil {
			r = starlark.None
		}
		return r, nil
	}).BindReceiver(v), nil
}

// AttrNames lists the attributes, sorted.
func (v *Value) AttrNames() []string {
	names := []string{"family", "proto", "timeout", "type"}
	for n := range methods {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// timeout is gettimeout(): seconds, or None for ever.
func (v *Value) timeout() starlark.Value {
	d := v.S.Timeout()
	if d < 0 {
		return starlark.None
	}
	return starlark.Float(d.Seconds())
}

// Exception is err as Python raises it: TimeoutError when the timeout passed,
// an OSError of the right subclass with its errno, and a hint where a right is
// missing. Errors that are exceptions already stay.
func Exception(err error) error {
	var kind interface{ Kind() string }
	var errno syscall.Errno
	switch {
	case err == nil || errors.As(err, &kind):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return pyrt.Errorf("TimeoutError", "timed out")
	case errors.Is(err, os.ErrClosed):
		return unix.EBADF
	case !errors.As(err, &errno):
		return pyrt.Errorf("OSError", "%v", err)
	case errno == unix.EPERM || errno == unix.EACCES:
		text := "Permission denied"
		if errno == unix.EPERM {
			text = "Operation not permitted"
		}
		return &pyrt.Error{
			Class: "PermissionError",
			Msg:   fmt.Sprintf("[Errno %d] %s", errno, text),
			Args:  starlark.Tuple{starlark.MakeInt(int(errno)), starlark.String(text)},
			Hint:  "raw sockets need CAP_NET_RAW, ports below 1024 CAP_NET_BIND_SERVICE: run with sudo, or inside pktsh --lab",
		}
	}
	return errno
}

// call is one call of a method.
type call struct {
	th     *starlark.Thread
	s      *Socket
	v      *Value
	name   string
	args   starlark.Tuple
	kwargs []starlark.Tuple
}

// bind puts the arguments in the order of names, nil for absent ones.
func (c *call) bind(names ...string) ([]starlark.Value, error) {
	return pymeth.Bind(c.name, c.args, c.kwargs, names...)
}

// seconds reads a timeout: None is for ever.
func seconds(v starlark.Value) (time.Duration, error) {
	if v == starlark.None {
		return -1, nil
	}
	f, err := pymeth.FloatValue(v)
	if err != nil {
		return 0, err
	}
	if f != f {
		return 0, pyrt.Errorf("ValueError", "Invalid value NaN (not a number)")
	}
	if f < 0 {
		return 0, pyrt.Errorf("ValueError", "Timeout value out of range")
	}
	return time.Duration(min(f, 1e9) * float64(time.Second)), nil
}
