package pymod

import (
	"os"
	"path/filepath"
	"strings"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// pathModule is os.path, in the words of CPython's Lib/posixpath.py.
func pathModule() *Module {
	d := funcs(map[string]function{
		"join": pathJoin,
		"split": pathTo(func(p string) (starlark.Value, error) {
			dir, base := pathSplit(p)
			return starlark.Tuple{starlark.String(dir), starlark.String(base)}, nil
		}),
		"splitext": pathTo(func(p string) (starlark.Value, error) {
			root, ext := pathSplitext(p)
			return starlark.Tuple{starlark.String(root), starlark.String(ext)}, nil
		}),
		"basename":   pathText(func(p string) string { _, b := pathSplit(p); return b }),
		"dirname":    pathText(func(p string) string { d, _ := pathSplit(p); return d }),
		"normpath":   pathText(normPath),
		"normcase":   pathText(func(p string) string { return p }),
		"expanduser": pathText(expandUser),
		"expandvars": pathText(func(p string) string { return os.Expand(p, keepUnset) }),
		"abspath": pathTo(func(p string) (starlark.Value, error) {
			if !strings.HasPrefix(p, "/") {
				dir, err := os.Getwd()
				if err != nil {
					return nil, err
				}
				p = dir + "/" + p
			}
			return starlark.String(normPath(p)), nil
		}),
		"realpath": pathTo(func(p string) (starlark.Value, error) {
			abs, err := filepath.Abs(p)
			if err != nil {
				return nil, err
			}
			return starlark.String(realPath(abs)), nil
		}),
		"relpath": pathRel,
		"exists":  pathTest(func(p string) bool { _, err := os.Stat(p); return err == nil }),
		"lexists": pathTest(func(p string) bool { _, err := os.Lstat(p); return err == nil }),
		"isabs":   pathTest(func(p string) bool { return strings.HasPrefix(p, "/") }),
		"isfile":  pathTest(func(p string) bool { i, err := os.Stat(p); return err == nil && i.Mode().IsRegular() }),
		"isdir":   pathTest(func(p string) bool { i, err := os.Stat(p); return err == nil && i.IsDir() }),
		"islink":  pathTest(func(p string) bool { i, err := os.Lstat(p); return err == nil && i.Mode()&os.ModeSymlink != 0 }),
		"getsize": pathTo(func(p string) (starlark.Value, error) {
			var st unix.Stat_t
			if err := unix.Stat(p, &st); err != nil {
				return nil, pathError(p, err)
			}
			return starlark.MakeInt64(st.Size), nil
		}),
		"getmtime": pathTo(func(p string) (starlark.Value, error) {
			var st unix.Stat_t
			if err := unix.Stat(p, &st); err != nil {
				return nil, pathError(p, err)
			}
			return starlark.Float(float64(st.Mtim.Sec) + float64(st.Mtim.Nsec)/1e9), nil
		}),
		"commonprefix": pathCommonPrefix,
	})
	for name, s := range map[string]string{"sep": "/", "curdir": ".", "pardir": "..", "pathsep": ":", "extsep": ".", "devnull": os.DevNull} {
		d[name] = starlark.String(s)
	}
	return newModule("posixpath", d)
}

// pathTo is a function of one path.
func pathTo(f func(string) (starlark.Value, error)) function {
	return func(a *args) (starlark.Value, error) {
		v, err := a.bind("path!")
		if err != nil {
			return nil, err
		}
		p, err := pathArg(v[0])
		if err != nil {
			return nil, err
		}
		return f(p)
	}
}

// pathText makes a path of a path, of the same type.
func pathText(f func(string) string) function {
	return func(a *args) (starlark.Value, error) {
		v, err := a.bind("path!")
		if err != nil {
			return nil, err
		}
		p, err := pathArg(v[0])
		if _, isBytes := v[0].(starlark.Bytes); isBytes {
			return starlark.Bytes(f(p)), err
		}
		return starlark.String(f(p)), err
	}
}

func pathTest(f func(string) bool) function {
	return pathTo(func(p string) (starlark.Value, error) { return starlark.Bool(f(p)), nil })
}

func pathJoin(a *args) (starlark.Value, error) {
	if len(a.pos) == 0 || len(a.kwargs) > 0 {
		return nil, pyrt.Errorf("TypeError", "join() missing 1 required positional argument: 'a'")
	}
	path, bytes := "", 0
	for i, v := range a.pos {
		p, err := pathArg(v)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(starlark.Bytes); ok {
			bytes++
		}
		if i == 0 || strings.HasPrefix(p, "/") {
			path = p
		} else if path == "" || strings.HasSuffix(path, "/") {
			path += p
		} else {
			path += "/" + p
		}
	}
	switch bytes {
	case 0:
		return starlark.String(path), nil
	case len(a.pos):
		return starlark.Bytes(path), nil
	}
	return nil, pyrt.Errorf("TypeError", "Can't mix strings and bytes in path components")
}

// pathSplit parts the last component from what is before it.
func pathSplit(p string) (dir, base string) {
	i := strings.LastIndexByte(p, '/') + 1
	dir, base = p[:i], p[i:]
	if strings.Trim(dir, "/") != "" {
		dir = strings.TrimRight(dir, "/")
	}
	return dir, base
}

// pathSplitext parts the extension; leading dots of the name are none.
func pathSplitext(p string) (root, ext string) {
	slash, dot := strings.LastIndexByte(p, '/'), strings.LastIndexByte(p, '.')
	if dot > slash && strings.Trim(p[slash+1:dot], ".") != "" {
		return p[:dot], p[dot:]
	}
	return p, ""
}

// normPath is filepath.Clean, but two slashes at the start stay (POSIX leaves
// them to the implementation).
func normPath(p string) string {
	clean := filepath.Clean(p)
	if strings.HasPrefix(p, "//") && !strings.HasPrefix(p, "///") {
		clean = "/" + clean
	}
	return clean
}

func expandUser(p string) string {
	home := os.Getenv("HOME")
	if home != "" && (p == "~" || strings.HasPrefix(p, "~/")) {
		if rest := strings.TrimRight(home, "/") + p[1:]; rest != "" {
			return rest
		}
		return "/"
	}
	return p
}

// keepUnset leaves variables that are not set as they are.
func keepUnset(name string) string {
	if v, ok := os.LookupEnv(name); ok {
		return v
	}
	if isIdentifier(name) {
		return "$" + name
	}
	return "${" + name + "}"
}

// realPath resolves links as far as the path exists.
func realPath(p string) string {
	if r, err := filepath.EvalSymlinks(p); err == nil {
		return r
	}
	if p == "/" {
		return p
	}
	return filepath.Join(realPath(filepath.Dir(p)), filepath.Base(p))
}

func pathRel(a *args) (starlark.Value, error) {
	v, err := a.bind("path!", "start")
	if err != nil {
		return nil, err
	}
	p, err := pathArg(v[0])
	if err != nil {
		return nil, err
	}
	start := "."
	if !isNone(v[1]) {
		if start, err = pathArg(v[1]); err != nil {
			return nil, err
		}
	}
	if p == "" {
		return nil, pyrt.Errorf("ValueError", "no path specified")
	}
	if p, err = filepath.Abs(p); err != nil {
		return nil, err
	}
	if start, err = filepath.Abs(start); err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(start, p)
	return starlark.String(rel), err
}

// pathCommonPrefix goes by characters, not by components.
func pathCommonPrefix(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	prefix, first := "", true
	err = pymeth.Each(v[0], func(e starlark.Value) error {
		p, err := pathArg(e)
		if err != nil {
			return err
		}
		if first {
			prefix, first = p, false
		}
		for !strings.HasPrefix(p, prefix) {
			prefix = prefix[:len(prefix)-1]
		}
		return nil
	})
	return starlark.String(prefix), err
}
