package pymod

import (
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod/wait"
	"pktsh/repl/py/pyrt"
)

// maxRandom bounds os.urandom and what is like it.
const maxRandom = 1 << 26

// osModule is module os; open is the built-in function.
func osModule(open starlark.Value) *Module {
	d := funcs(map[string]function{
		"getpid":  func(a *args) (starlark.Value, error) { return integer(os.Getpid()), a.none() },
		"getppid": func(a *args) (starlark.Value, error) { return integer(os.Getppid()), a.none() },
		"getuid":  func(a *args) (starlark.Value, error) { return integer(os.Getuid()), a.none() },
		"geteuid": func(a *args) (starlark.Value, error) { return integer(os.Geteuid()), a.none() },
		"getgid":  func(a *args) (starlark.Value, error) { return integer(os.Getgid()), a.none() },
		"getegid": func(a *args) (starlark.Value, error) { return integer(os.Getegid()), a.none() },
		"getcwd": func(a *args) (starlark.Value, error) {
			dir, err := os.Getwd()
			return starlark.String(dir), err
		},
		"chdir":  onPath(os.Chdir),
		"remove": onPath(unix.Unlink), "unlink": onPath(unix.Unlink), "rmdir": onPath(unix.Rmdir),
		"mkdir": osMkdir, "makedirs": osMakedirs, "listdir": osListdir, "rename": osRename, "replace": osRename,
		"chmod": func(a *args) (starlark.Value, error) {
			v, err := a.bind("path!", "mode!")
			if err != nil {
				return nil, err
			}
			mode, err := pymeth.Index(v[1])
			if err != nil {
				return nil, err
			}
			return pathCall(v[0], func(p string) error { return unix.Chmod(p, uint32(mode)) })
		},
		"stat": osStat, "getenv": osGetenv, "putenv": osPutenv, "unsetenv": osUnsetenv, "urandom": osUrandom, "system": osSystem, "uname": osUname,
		"strerror": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			n, err := pymeth.Index(v[0])
			s := syscall.Errno(n).Error()
			return starlark.String(strings.ToUpper(s[:1]) + s[1:]), err
		},
		"cpu_count": func(a *args) (starlark.Value, error) { return integer(cpuCount()), a.none() },
		"fspath": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			if _, err := pathArg(v[0]); err != nil {
				return nil, err
			}
			return v[0], nil
		},
		"_exit": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			n, err := pymeth.Index(v[0])
			if err != nil {
				return nil, err
			}
			return nil, &pyrt.Exit{Code: n & 0xff}
		},
	})
	for name, v := range map[string]string{"sep": "/", "linesep": "\n", "name": "posix", "devnull": os.DevNull, "curdir": ".", "pardir": "..", "pathsep": ":", "extsep": "."} {
		d[name] = starlark.String(v)
	}
	maps.Copy(d, funcs(fdFuncs()))
	for name, n := range openFlags {
		d[name] = integer(n)
	}
	d["fdopen"] = open
	d["path"] = pathModule()
	d["environ"] = &environ{noHash{"_Environ"}}
	for name, n := range map[string]int{"F_OK": 0, "X_OK": 1, "W_OK": 2, "R_OK": 4} {
		d[name] = integer(n)
	}
	d["access"] = fn("access", func(a *args) (starlark.Value, error) {
		v, err := a.bind("path!", "mode!")
		if err != nil {
			return nil, err
		}
		path, err := pathArg(v[0])
		if err != nil {
			return nil, err
		}
		mode, err := pymeth.Index(v[1])
		return starlark.Bool(unix.Access(path, uint32(mode)) == nil), err
	})
	return newModule("os", d)
}

// cpuCount is the number of processors that are online (sysconf(3)).
func cpuCount() int {
	b, err := os.ReadFile("/sys/devices/system/cpu/online")
	n := 0
	for part := range strings.SplitSeq(strings.TrimSpace(string(b)), ",") {
		lo, hi, isRange := strings.Cut(part, "-")
		first, err1 := strconv.Atoi(lo)
		last := first
		var err2 error
		if isRange {
			last, err2 = strconv.Atoi(hi)
		}
		if err1 == nil && err2 == nil {
			n += last - first + 1
		}
	}
	if err != nil || n < 1 {
		return 1
	}
	return n
}

// pathArg is v as a file name.
func pathArg(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return string(v), nil
	}
	return "", pyrt.Errorf("TypeError", "expected str, bytes or os.PathLike object, not %s", pyfmt.TypeName(v))
}

// pathCall calls f with a path; its error becomes an OSError that names the path.
func pathCall(v starlark.Value, f func(path string) error) (starlark.Value, error) {
	path, err := pathArg(v)
	if err != nil {
		return nil, err
	}
	if err := f(path); err != nil {
		return nil, pathError(path, err)
	}
	return starlark.None, nil
}

func pathError(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return err
	}
	return &fs.PathError{Op: "open", Path: path, Err: err}
}

func onPath(f func(string) error) function {
	return func(a *args) (starlark.Value, error) {
		v, err := a.bind("path!")
		if err != nil {
			return nil, err
		}
		if _, err := pathArg(v[0]); err != nil {
			return nil, pyrt.Errorf("TypeError", "%s: path should be string, bytes or os.PathLike, not %s", a.name, pyfmt.TypeName(v[0]))
		}
		return pathCall(v[0], f)
	}
}

func osMkdir(a *args) (starlark.Value, error) {
	v, err := a.bind("path!", "mode")
	if err != nil {
		return nil, err
	}
	mode, err := intOr(v[1], 0o777)
	if err != nil {
		return nil, err
	}
	return pathCall(v[0], func(p string) error { return unix.Mkdir(p, uint32(mode)) })
}

func osMakedirs(a *args) (starlark.Value, error) {
	v, err := a.bind("name!", "mode", "exist_ok")
	if err != nil {
		return nil, err
	}
	mode, err := intOr(v[1], 0o777)
	if err != nil {
		return nil, err
	}
	return pathCall(v[0], func(p string) error {
		info, err := os.Stat(p)
		if err == nil && (v[2] == nil || !bool(v[2].Truth()) || !info.IsDir()) {
			return unix.EEXIST
		}
		return os.MkdirAll(p, fs.FileMode(mode&0o777))
	})
}

func osRename(a *args) (starlark.Value, error) {
	v, err := a.bind("src!", "dst!")
	if err != nil {
		return nil, err
	}
	dst, err := pathArg(v[1])
	if err != nil {
		return nil, err
	}
	return pathCall(v[0], func(p string) error { return unix.Rename(p, dst) })
}

// osListdir gives the names sorted; CPython's order is the file system's.
func osListdir(a *args) (starlark.Value, error) {
	v, err := a.bind("path")
	if err != nil {
		return nil, err
	}
	if isNone(v[0]) {
		v[0] = starlark.String(".")
	}
	var names []starlark.Value
	_, err = pathCall(v[0], func(p string) error {
		entries, err := os.ReadDir(p)
		for _, e := range entries {
			if _, isBytes := v[0].(starlark.Bytes); isBytes {
				names = append(names, starlark.Bytes(e.Name()))
			} else {
				names = append(names, starlark.String(e.Name()))
			}
		}
		return err
	})
	return list(names), err
}

var statResult = &namedClass{name: "os.stat_result",
	fields: []string{"st_mode", "st_ino", "st_dev", "st_nlink", "st_uid", "st_gid", "st_size", "st_atime", "st_mtime", "st_ctime"}}

func osStat(a *args) (starlark.Value, error) {
	v, err := a.bind("path!")
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if _, err := pathCall(v[0], func(p string) error { return unix.Stat(p, &st) }); err != nil {
		return nil, err
	}
	at := func(ts unix.Timespec) starlark.Value { return starlark.Float(float64(ts.Sec) + float64(ts.Nsec)/1e9) }
	return newNamed(statResult, integer(int(st.Mode)), starlark.MakeUint64(st.Ino), starlark.MakeUint64(st.Dev), integer(int(st.Nlink)), integer(int(st.Uid)),
		integer(int(st.Gid)), starlark.MakeInt64(st.Size), at(st.Atim), at(st.Mtim), at(st.Ctim)), nil
}

func osUrandom(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	n, err := pymeth.Index(v[0])
	switch {
	case err != nil:
		return nil, err
	case n < 0:
		return nil, pyrt.Errorf("ValueError", "negative argument not allowed")
	case n > maxRandom:
		return nil, pyrt.Errorf("MemoryError", "urandom() of %d bytes: at most %d", n, maxRandom)
	}
	b := make([]byte, n)
	_, err = rand.Read(b)
	return starlark.Bytes(b), err
}

// osSystem runs a command by the shell and gives its wait status (wait(2)): the
// exit code times 256, or the number of the signal that killed it.
func osSystem(a *args) (starlark.Value, error) {
	v, err := a.bind("command!")
	if err != nil {
		return nil, err
	}
	command, err := pathArg(v[0])
	if err != nil {
		return nil, err
	}
	status := 0
	err = wait.Do(a.th, func(ctx context.Context) error {
		cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command)
		inherit(cmd, a.th)
		err := StartProcess(cmd)
		if err == nil {
			err = cmd.Wait()
		}
		var exit *exec.ExitError
		if ctx.Err() == nil && errors.As(err, &exit) {
			if ws, ok := exit.Sys().(syscall.WaitStatus); ok {
				status = int(ws)
				return nil
			}
		}
		return err
	})
	return integer(status), err
}

var unameResult = &namedClass{name: "posix.uname_result", fields: []string{"sysname", "nodename", "release", "version", "machine"}}

func osUname(a *args) (starlark.Value, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return nil, err
	}
	s := func(b []byte) starlark.Value { return starlark.String(unix.ByteSliceToString(b)) }
	return newNamed(unameResult, s(u.Sysname[:]), s(u.Nodename[:]), s(u.Release[:]), s(u.Version[:]), s(u.Machine[:])), a.none()
}

func osGetenv(a *args) (starlark.Value, error) {
	v, err := a.bind("key!", "default")
	if err != nil {
		return nil, err
	}
	key, err := text(v[0])
	if err != nil {
		return nil, pyrt.Errorf("TypeError", "str expected, not %s", pyfmt.TypeName(v[0]))
	}
	if s, ok := os.LookupEnv(key); ok {
		return starlark.String(s), nil
	}
	if v[1] != nil {
		return v[1], nil
	}
	return starlark.None, nil
}

func osPutenv(a *args) (starlark.Value, error) {
	v, err := a.exactly(2)
	if err != nil {
		return nil, err
	}
	return starlark.None, (&environ{}).SetKey(v[0], v[1])
}

func osUnsetenv(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	key, err := text(v[0])
	if err != nil {
		return nil, err
	}
	return starlark.None, os.Unsetenv(key)
}

// environ is os.environ: the process's environment, live.
type environ struct{ noHash }

var _ pymeth.DictLike = (*environ)(nil)

// PyRepr is environ({'HOME': '/root'}).
func (e *environ) PyRepr() string {
	d := starlark.NewDict(16)
	for _, kv := range e.Items() {
		_ = d.SetKey(kv[0], kv[1]) // strings are hashable
	}
	return "environ(" + pyfmt.Repr(d) + ")"
}
func (e *environ) String() string             { return e.PyRepr() }
func (e *environ) Len() int                   { return len(e.Items()) }
func (e *environ) Iterate() starlark.Iterator { return list(e.Keys()).Iterate() }
func (e *environ) AttrNames() []string        { return pymeth.DictNames() }
func (e *environ) Clear() error               { os.Clearenv(); return nil }
func (e *environ) DelKey(k starlark.Value) error {
	_, found, err := e.Delete(k)
	if err == nil && !found {
		err = pymeth.KeyError(k)
	}
	return err
}

// Attr is a method of dict.
func (e *environ) Attr(name string) (starlark.Value, error) { return pymeth.DictAttr(e, name), nil }

// Get is e[k].
func (e *environ) Get(k starlark.Value) (starlark.Value, bool, error) {
	key, err := text(k)
	if err != nil {
		return nil, false, pyrt.Errorf("TypeError", "str expected, not %s", pyfmt.TypeName(k))
	}
	s, ok := os.LookupEnv(key)
	return starlark.String(s), ok, nil
}

// SetKey is e[k] = v.
func (e *environ) SetKey(k, v starlark.Value) error {
	for _, s := range []starlark.Value{k, v} {
		if _, ok := s.(starlark.String); !ok {
			return pyrt.Errorf("TypeError", "str expected, not %s", pyfmt.TypeName(s))
		}
	}
	if err := os.Setenv(string(k.(starlark.String)), string(v.(starlark.String))); err != nil {
		return pyrt.Errorf("ValueError", "illegal environment variable name or value: %s", pyfmt.Repr(k))
	}
	return nil
}

// Delete removes a variable.
func (e *environ) Delete(k starlark.Value) (starlark.Value, bool, error) {
	v, found, err := e.Get(k)
	if err == nil && found {
		err = os.Unsetenv(string(k.(starlark.String)))
	}
	return v, found, err
}

// Keys are the names, sorted.
func (e *environ) Keys() []starlark.Value {
	var out []starlark.Value
	for _, kv := range e.Items() {
		out = append(out, kv[0])
	}
	return out
}

// Items are the names, sorted, with their values.
func (e *environ) Items() []starlark.Tuple {
	env := os.Environ()
	slices.Sort(env)
	var out []starlark.Tuple
	for _, s := range env {
		if k, v, ok := strings.Cut(s, "="); ok && k != "" {
			out = append(out, starlark.Tuple{starlark.String(k), starlark.String(v)})
		}
	}
	return out
}
