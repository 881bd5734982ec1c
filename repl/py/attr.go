package py

import (
	"errors"
	"sort"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// getAttr is x.name.
func getAttr(x starlark.Value, name string) (starlark.Value, error) {
	switch x := x.(type) {
	case starlark.String, starlark.Bytes, *starlark.List, *starlark.Dict, *starlark.Set, starlark.Tuple,
		starlark.Int, starlark.Float, starlark.Bool:
		v, err := pymeth.Attr(x, name)
		if v != nil || err != nil {
			return v, err
		}
	case starlark.HasAttrs:
		v, err := x.Attr(name)
		if v != nil {
			return v, nil
		}
		if err != nil {
			var none starlark.NoSuchAttrError
			if !errors.As(err, &none) {
				return nil, err
			}
		}
	}
	if v := commonAttr(x, name); v != nil {
		return v, nil
	}
	if head := listHead(x); head != nil {
		return getAttr(head, name)
	}
	return nil, noAttr(x, name)
}

// listHead is the first element of a list that answers for it, nil if none does.
func listHead(x starlark.Value) starlark.Value {
	if l, ok := x.(*starlark.List); ok && l.Len() > 0 {
		if h, ok := l.Index(0).(pyrt.ListHead); ok && h.IsListHead() {
			return h
		}
	}
	return nil
}

// commonAttr is an attribute that every value has, or that a module has for
// its exception classes. nil if there is none.
func commonAttr(x starlark.Value, name string) starlark.Value {
	switch name {
	case "__class__":
		return typeOf(x)
	case "__doc__":
		if d, ok := x.(interface{ Doc() string }); ok {
			return starlark.String(d.Doc())
		}
		return starlark.None
	case "__name__", "__qualname__":
		if c, ok := x.(starlark.Callable); ok {
			return starlark.String(c.Name())
		}
	case "__init__":
		if s, ok := x.(pyrt.Subclassable); ok {
			return baseInit(s)
		}
	case "__dict__":
		if a, ok := x.(starlark.HasAttrs); ok && x.Type() == "module" {
			d := starlark.NewDict(8)
			for _, n := range a.AttrNames() {
				if v, err := a.Attr(n); v != nil && err == nil {
					d.SetKey(starlark.String(n), v)
				}
			}
			return d
		}
	}
	if x.Type() == "module" {
		if c := lookupClass(moduleName(x) + "." + name); c != nil {
			return c
		}
	}
	return nil
}

// moduleName is the name that a module's String gives: <module 'x'>, or
// <module "x">.
func moduleName(x starlark.Value) string {
	if m, ok := x.(interface{ Name() string }); ok {
		return m.Name()
	}
	s := x.String()
	if i := strings.IndexAny(s, `'"`); i >= 0 {
		if j := strings.IndexByte(s[i+1:], s[i]); j >= 0 {
			return s[i+1 : i+1+j]
		}
	}
	return ""
}

// attrNames lists the attributes of x.
func attrNames(x starlark.Value) []string {
	var names []string
	switch x := x.(type) {
	case starlark.String, starlark.Bytes, *starlark.List, *starlark.Dict, *starlark.Set, starlark.Tuple,
		starlark.Int, starlark.Float, starlark.Bool:
		names = append(names, pymeth.Names(x)...)
	case starlark.HasAttrs:
		names = append(names, x.AttrNames()...)
	}
	if x.Type() == "module" {
		prefix := moduleName(x) + "."
		excMu.Lock()
		for n := range excClasses {
			if rest, ok := strings.CutPrefix(n, prefix); ok {
				names = append(names, rest)
			}
		}
		excMu.Unlock()
	}
	sort.Strings(names)
	return names
}

func noAttr(x starlark.Value, name string) error {
	guess := pyrt.DidYouMean(name, attrNames(x))
	if c, ok := x.(*Class); ok {
		return raise("AttributeError", "type object '%s' has no attribute '%s'%s", c.name, name, guess)
	}
	switch {
	case x.Type() == "module":
		return raise("AttributeError", "module '%s' has no attribute '%s'%s", moduleName(x), name, guess)
	default:
		if t, ok := x.(*TypeValue); ok {
			return raise("AttributeError", "type object '%s' has no attribute '%s'%s", t.name, name, guess)
		}
	}
	return raise("AttributeError", "'%s' object has no attribute '%s'%s", pyfmt.TypeName(x), name, guess)
}

// setAttr is x.name = v.
func setAttr(x starlark.Value, name string, v starlark.Value) error {
	s, ok := x.(starlark.HasSetField)
	if head := listHead(x); head != nil {
		return setAttr(head, name, v)
	}
	if !ok {
		if old, err := getAttr(x, name); err == nil && old != nil {
			return raise("AttributeError", "'%s' object attribute '%s' is read-only", pyfmt.TypeName(x), name)
		}
		return raise("AttributeError", "'%s' object has no attribute '%s'", pyfmt.TypeName(x), name)
	}
	err := s.SetField(name, v)
	var none starlark.NoSuchAttrError
	if errors.As(err, &none) {
		return noAttr(x, name)
	}
	return err
}

// delAttr is del x.name.
func delAttr(x starlark.Value, name string) error {
	if d, ok := x.(pyrt.DelAttrer); ok {
		return d.DelAttr(name)
	}
	if _, err := getAttr(x, name); err != nil {
		return err
	}
	return raise("AttributeError", "'%s' object attribute '%s' cannot be deleted", pyfmt.TypeName(x), name)
}
