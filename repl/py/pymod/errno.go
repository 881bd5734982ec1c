package pymod

import (
	"syscall"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"
)

// errnoModule has the kernel's error numbers (errno(3)).
func errnoModule() *Module {
	d := starlark.StringDict{}
	codes := starlark.NewDict(140)
	for n := syscall.Errno(1); n < 134; n++ {
		if name := unix.ErrnoName(n); name != "" {
			d[name] = integer(int(n))
			_ = codes.SetKey(integer(int(n)), starlark.String(name)) // the dict is new
		}
	}
	d["EWOULDBLOCK"], d["ENOTSUP"], d["EDEADLOCK"] = integer(int(unix.EWOULDBLOCK)), integer(int(unix.ENOTSUP)), integer(int(unix.EDEADLK))
	d["errorcode"] = codes
	return newModule("errno", d)
}
