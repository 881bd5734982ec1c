package pymod

import (
	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pymeth"
)

// fdFuncs are os.open() and what takes the number that it gives.
func fdFuncs() map[string]function {
	return map[string]function{
		"open": func(a *args) (starlark.Value, error) {
			v, err := a.bind("path!", "flags!", "mode")
			if err != nil {
				return nil, err
			}
			flags, err := pymeth.Index(v[1])
			if err != nil {
				return nil, err
			}
			mode := 0o777
			if v[2] != nil {
				if mode, err = pymeth.Index(v[2]); err != nil {
					return nil, err
				}
			}
			fd := -1
			if _, err = pathCall(v[0], func(p string) (err error) {
				fd, err = unix.Open(p, flags|unix.O_CLOEXEC, uint32(mode))
				return err
			}); err != nil {
				return nil, err
			}
			return integer(fd), nil
		},
		"close": func(a *args) (starlark.Value, error) {
			fd, _, err := a.descriptor(1)
			if err != nil {
				return nil, err
			}
			return starlark.None, unix.Close(fd)
		},
		"write": func(a *args) (starlark.Value, error) {
			fd, v, err := a.descriptor(2)
			if err != nil {
				return nil, err
			}
			b, err := pymeth.BytesValue(v)
			if err != nil {
				return nil, err
			}
			n, err := unix.Write(fd, b)
			return integer(n), err
		},
	}
}

// descriptor checks that there are n arguments, and gives the first as a number and the last.
func (a *args) descriptor(n int) (int, starlark.Value, error) {
	v, err := a.exactly(n)
	if err != nil {
		return 0, nil, err
	}
	fd, err := pymeth.Index(v[0])
	return fd, v[n-1], err
}

// openFlags are the flags of os.open().
var openFlags = map[string]int{"O_RDONLY": unix.O_RDONLY, "O_WRONLY": unix.O_WRONLY, "O_RDWR": unix.O_RDWR, "O_CREAT": unix.O_CREAT, "O_EXCL": unix.O_EXCL,
	"O_TRUNC": unix.O_TRUNC, "O_APPEND": unix.O_APPEND, "O_NONBLOCK": unix.O_NONBLOCK, "O_NOFOLLOW": unix.O_NOFOLLOW}
