package py

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

func (c *compiler) importStmt(s *importStmt) execFn {
	stores := make([]storeFn, len(s.names))
	for i, n := range s.names {
		stores[i] = c.storeName(n.bind)
	}
	return func(f *frame) (ctl, error) {
		for i, n := range s.names {
			m, err := f.st.module(n.name, 0, c.src)
			if err != nil {
				return ctlNext, f.fail(n.Span, err)
			}
			if n.as == "" {
				// import a.b binds a.
				if root, _, dotted := strings.Cut(n.name, "."); dotted {
					if m, err = f.st.module(root, 0, c.src); err != nil {
						return ctlNext, f.fail(n.Span, err)
					}
				}
			}
			if err := stores[i](f, m); err != nil {
				return ctlNext, err
			}
		}
		return ctlNext, nil
	}
}

func (c *compiler) fromStmt(s *fromStmt) execFn {
	stores := make([]storeFn, len(s.names))
	for i, n := range s.names {
		stores[i] = c.storeName(n.bind)
	}
	tab := c.tab
	return func(f *frame) (ctl, error) {
		if s.level == 0 && s.module == "__future__" {
			return ctlNext, nil
		}
		m, err := f.st.module(s.module, s.level, c.src)
		if err != nil {
			return ctlNext, f.fail(s.at, err)
		}
		if len(s.names) == 0 {
			importAll(f.st.in, tab, m)
			return ctlNext, nil
		}
		for i, n := range s.names {
			v, err := f.st.member(m, s.module, n.name)
			if err != nil {
				return ctlNext, f.fail(n.Span, err)
			}
			if err := stores[i](f, v); err != nil {
				return ctlNext, err
			}
		}
		return ctlNext, nil
	}
}

// importAll is `from m import *`. Scapy's names are all predeclared, so there it
// only adds the modules of Python's that come along, and functools' reduce: scripts rely on them.
func importAll(in *Interp, tab *globals, m starlark.Value) {
	if s, ok := m.(*module); ok && isScapy(s.name) {
		for _, name := range scapyModules {
			if v := in.modules[name]; v != nil && tab.get(name) == nil {
				tab.cell(name).v = v
			}
		}
		if f, ok := in.modules["functools"].(starlark.HasAttrs); ok && tab.get("reduce") == nil {
			if v, err := f.Attr("reduce"); err == nil {
				tab.cell("reduce").v = v
			}
		}
		return
	}
	a, ok := m.(starlark.HasAttrs)
	if !ok {
		return
	}
	for _, n := range a.AttrNames() {
		if strings.HasPrefix(n, "_") {
			continue
		}
		if v, err := a.Attr(n); err == nil && v != nil {
			tab.cell(n).v = v
		}
	}
}

// scapyModules are those that Scapy 2.5's `from scapy.all import *` binds by the way,
// as far as there can be such modules here.
var scapyModules = []string{"collections", "copy", "errno", "functools", "getopt", "hashlib", "io", "itertools", "logging", "math", "operator", "os",
	"queue", "random", "re", "socket", "string", "struct", "subprocess", "sys", "threading", "time", "traceback"}

// ImportScapy binds what `from scapy.all import *` binds, for a prompt.
func (in *Interp) ImportScapy() {
	in.mu.Lock()
	defer in.mu.Unlock()
	importAll(in, in.main, in.scapy("scapy.all"))
}

// member is what `from m import name` finds: an attribute, or a submodule.
func (st *state) member(m starlark.Value, path, name string) (starlark.Value, error) {
	if v, err := getAttr(m, name); err == nil {
		return v, nil
	}
	if sub, err := st.module(path+"."+name, 0, nil); err == nil {
		if s, ok := sub.(*module); !ok || !isScapy(s.name) {
			return sub, nil
		}
	}
	hint := ""
	if s, ok := m.(*module); ok && isScapy(s.name) && st.in.opts.Hint != nil {
		hint = st.in.opts.Hint(name)
	}
	return nil, &pyrt.Error{Class: "ImportError", Hint: hint,
		Msg: "cannot import name '" + name + "' from '" + path + "'" + pyrt.DidYouMean(name, attrNames(m))}
}

func isScapy(name string) bool { return name == "scapy" || strings.HasPrefix(name, "scapy.") }

// module finds a module: the hook's, a built-in one, Scapy's, or a file beside
// the script.
func (st *state) module(name string, level int, from *source) (starlark.Value, error) {
	in := st.in
	if level == 0 {
		if name == "__main__" {
			return in.mainModule(), nil
		}
		if in.opts.ImportHook != nil {
			if m, ok := in.opts.ImportHook(name); ok {
				return m, nil
			}
		}
		if m := in.modules[name]; m != nil {
			return m, nil
		}
		if m, err := st.textModule(name); m != nil || err != nil {
			return m, err
		}
		if isScapy(name) {
			return in.scapy(name), nil
		}
		// A name inside a module: os.path where only os is listed.
		if i := strings.LastIndexByte(name, '.'); i > 0 {
			if m := in.modules[name[:i]]; m != nil {
				if v, err := getAttr(m, name[i+1:]); err == nil && v.Type() == "module" {
					return v, nil
				}
			}
		}
	}
	if m, err := st.moduleFile(name, level, from); m != nil || err != nil {
		return m, err
	}
	list := in.ModuleNames()
	return nil, &pyrt.Error{Class: "ModuleNotFoundError",
		Msg:  "no module named '" + name + "' here" + pyrt.DidYouMean(name, list),
		Hint: "there are: " + strings.Join(append(list, "scapy.all"), " ")}
}

// scapy is the module by which Scapy's own scripts reach what is predeclared
// here: scapy.all.IP, scapy.IP, scapy.layers.inet.IP.
func (in *Interp) scapy(name string) starlark.Value {
	return &module{
		name: name,
		get: func(attr string) starlark.Value {
			if v := in.opts.Predeclared[attr]; v != nil {
				return v
			}
			if v, err := in.fromLibrary(attr); v != nil && err == nil {
				return v
			}
			switch attr {
			case "all", "layers", "sendrecv", "utils", "packet", "fields", "arch", "config", "volatile", "contrib", "inet", "inet6", "l2", "dns", "dhcp":
				return in.scapy(name + "." + attr)
			}
			return nil
		},
		names: func() []string {
			var names []string
			for n := range in.opts.Predeclared {
				names = append(names, n)
			}
			sort.Strings(names)
			return names
		},
	}
}

// mainModule is the program as a module.
func (in *Interp) mainModule() *module {
	return &module{name: "__main__", globals: in.main, names: in.main.own, get: func(name string) starlark.Value {
		if c := in.main.cells[name]; c != nil {
			return c.v
		}
		return nil
	}}
}

// moduleFile reads a module from a file beside the script. It is run once; a
// module that is being read is found half made, as in Python.
func (st *state) moduleFile(name string, level int, from *source) (starlark.Value, error) {
	in := st.in
	dir := in.dir
	if level > 0 && from != nil && !from.interactive() {
		dir = filepath.Dir(from.name)
	}
	if dir == "" || name == "" {
		return nil, nil
	}
	for i := 1; i < level; i++ {
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, filepath.FromSlash(strings.ReplaceAll(name, ".", "/")))
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, "__init__")
	}
	path += ".py"
	if m := in.loaded[path]; m != nil {
		return m, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		if os.IsNotExist(err) {
			return nil, nil
		}
		return nil, err
	}
	return st.runModule(path, name, newSource(path, string(text)))
}

// runModule runs a module's text with globals of its own; key is what it is loaded as.
func (st *state) runModule(key, name string, src *source) (*module, error) {
	in := st.in
	body, err := parseFile(src)
	if err != nil {
		return nil, err
	}
	fs, err := resolveModule(src, body)
	if err != nil {
		return nil, err
	}
	tab := newGlobals(in.main.pre)
	tab.cell("__name__").v = starlark.String(name)
	tab.cell("__file__").v = starlark.String(src.name)
	m := &module{name: name, globals: tab, names: tab.own, get: func(n string) starlark.Value {
		if c := tab.cells[n]; c != nil {
			return c.v
		}
		return nil
	}}
	in.loaded[key] = m
	c := &compiler{in: in, src: src, tab: tab}
	if _, err := st.runUnit(c.compileUnit(fs, body, false)); err != nil {
		delete(in.loaded, key)
		return nil, err
	}
	return m, nil
}
