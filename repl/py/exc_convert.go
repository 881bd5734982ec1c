package py

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
	"syscall"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// raise makes an exception of the class called name.
func raise(name, format string, a ...any) error { return pyrt.Errorf(name, format, a...) }

// exception turns any Go error into an exception of the language.
func (st *state) exception(err error) *Exception {
	var e *Exception
	if errors.As(err, &e) {
		return e
	}
	e = convert(err)
	if n := len(st.handling); n > 0 {
		e.context = st.handling[n-1]
	}
	if e.class.name == "KeyboardInterrupt" {
		// A built-in that waited saw the interrupt first.
		st.in.consume(st)
	}
	return e
}

// convert maps a Go error to a class: by its Kind, by its errno, else by what
// it says.
func convert(err error) *Exception {
	e := &Exception{goErr: err}
	if eval := (*starlark.EvalError)(nil); errors.As(err, &eval) {
		err = eval.Unwrap()
	}
	msg := err.Error()
	var kinder interface {
		error
		Kind() string
	}
	var errno syscall.Errno
	var perr *pyrt.Error
	var exit *pyrt.Exit
	if syn := (*SyntaxError)(nil); errors.As(err, &syn) {
		msg = syn.Msg // the report shows the place
	}
	switch {
	case errors.As(err, &exit):
		e.class = excClass("SystemExit")
		e.args = starlark.Tuple{starlark.MakeInt(exit.Code)}
		return e
	case errors.As(err, &kinder):
		e.class = excClass(kinder.Kind())
	case errors.As(err, &errno):
		e.class = errnoClass(int64(errno))
		e.args = starlark.Tuple{starlark.MakeInt(int(errno)), starlark.String(strerror(errno))}
		var pe *fs.PathError
		if errors.As(err, &pe) {
			e.filename = starlark.String(pe.Path)
		} else if msg != errno.Error() {
			// The context that the Go code gave tells more than the number.
			e.args[1] = starlark.String(msg)
		}
		return e
	case errors.Is(err, os.ErrNotExist):
		e.class = excClass("FileNotFoundError")
	case errors.Is(err, os.ErrPermission):
		e.class = excClass("PermissionError")
	case errors.Is(err, os.ErrClosed), errors.Is(err, net.ErrClosed):
		e.class = excClass("OSError")
	case errors.Is(err, context.Canceled):
		e.class, msg = excClass("KeyboardInterrupt"), ""
	case isTimeout(err):
		e.class = excClass("TimeoutError")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		e.class = excClass("EOFError")
	default:
		e.class, msg, e.field = classify(msg)
	}
	if errors.As(err, &perr) {
		e.hint = perr.Hint
		if perr.Args != nil {
			e.args = perr.Args
		} else if perr.Msg != "" {
			e.args = starlark.Tuple{starlark.String(perr.Msg)}
			// Go code that wraps an exception adds to its message.
			if msg != perr.Msg {
				e.args[0] = starlark.String(msg)
			}
		}
	} else {
		if h, ok := kinder.(interface{ Hint() string }); ok {
			e.hint = h.Hint()
		}
		if msg != "" {
			e.args = starlark.Tuple{starlark.String(msg)}
		}
	}
	if a, ok := kinder.(interface{ Arg() string }); ok {
		e.field = a.Arg()
	}
	return e
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &ne) && ne.Timeout()
}

// errnoClass is the subclass of OSError for an errno (the Python library
// reference, "OS exceptions").
func errnoClass(n int64) *ExcClass {
	name := "OSError"
	switch syscall.Errno(n) {
	case syscall.EPERM, syscall.EACCES:
		name = "PermissionError"
	case syscall.ENOENT:
		name = "FileNotFoundError"
	case syscall.EEXIST:
		name = "FileExistsError"
	case syscall.ENOTDIR:
		name = "NotADirectoryError"
	case syscall.EISDIR:
		name = "IsADirectoryError"
	case syscall.EINTR:
		name = "InterruptedError"
	case syscall.ESRCH:
		name = "ProcessLookupError"
	case syscall.ECHILD:
		name = "ChildProcessError"
	case syscall.ETIMEDOUT:
		name = "TimeoutError"
	case syscall.EAGAIN, syscall.EALREADY, syscall.EINPROGRESS:
		name = "BlockingIOError"
	case syscall.EPIPE, syscall.ESHUTDOWN:
		name = "BrokenPipeError"
	case syscall.ECONNABORTED:
		name = "ConnectionAbortedError"
	case syscall.ECONNREFUSED:
		name = "ConnectionRefusedError"
	case syscall.ECONNRESET:
		name = "ConnectionResetError"
	}
	return excClass(name)
}

// strerror is Go's text for errno as the C library capitalises it.
func strerror(errno syscall.Errno) string {
	s := errno.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

// The messages of starlark.UnpackArgs and of Starlark's values, which carry no
// class.
var (
	unexpectedKw = lazyRegexp(`^(\S+): unexpected keyword argument "?([^"\s]+)"?( \(did you mean .*)?$`)
	unhashable   = lazyRegexp(`^unhashable(?: type)?: (\S+)$`)
	gotWant      = lazyRegexp(`: got .+, want |missing argument|unexpected keyword|unexpected positional|got multiple values|for parameter|takes no keyword|missing \d+ required`)
)

// classify gives a plain Go error its class, by its message, and the keyword
// argument that it complains of.
func classify(msg string) (c *ExcClass, text, field string) {
	if m := unexpectedKw().FindStringSubmatch(msg); m != nil {
		return excClass("TypeError"), m[1] + "() got an unexpected keyword argument '" + m[2] + "'" + m[3], m[2]
	}
	if m := unhashable().FindStringSubmatch(msg); m != nil {
		return excClass("TypeError"), "unhashable type: '" + m[1] + "'", ""
	}
	switch {
	case gotWant().MatchString(msg):
		return excClass("TypeError"), msg, ""
	case strings.Contains(msg, "out of range"):
		return excClass("ValueError"), msg, ""
	}
	return excClass("RuntimeError"), msg, ""
}

// exceptionOf makes the exception that `raise v` raises.
func exceptionOf(v starlark.Value) (*Exception, error) {
	switch v := v.(type) {
	case *Exception:
		return v, nil
	case *ExcClass:
		return &Exception{class: v}, nil
	case starlark.String:
		return nil, &pyrt.Error{Class: "TypeError", Msg: "exceptions must derive from BaseException", Hint: "raise Exception(" + pyfmt.Repr(v) + ")"}
	}
	return nil, raise("TypeError", "exceptions must derive from BaseException")
}

// matches tells whether e is caught by `except v`.
func (e *Exception) matches(v starlark.Value) (bool, error) {
	switch v := v.(type) {
	case *ExcClass:
		return e.class.is(v), nil
	case starlark.Tuple:
		for _, x := range v {
			if ok, err := e.matches(x); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	return false, raise("TypeError", "catching classes that do not inherit from BaseException is not allowed")
}

// lazyRegexp compiles expr when it is first used, so that starting costs nothing.
func lazyRegexp(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
