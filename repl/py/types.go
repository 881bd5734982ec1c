package py

import (
	"sync"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// TypeValue is a built-in type: int, str, list. Calling it converts.
type TypeValue struct {
	name string
	make func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)
}

func (t *TypeValue) String() string        { return "<class '" + t.name + "'>" }
func (t *TypeValue) Type() string          { return "type" }
func (t *TypeValue) Freeze()               {}
func (t *TypeValue) Truth() starlark.Bool  { return true }
func (t *TypeValue) Hash() (uint32, error) { return starlark.String(t.name).Hash() }

// Name implements starlark.Callable.
func (t *TypeValue) Name() string { return t.name }

// CallInternal implements starlark.Callable.
func (t *TypeValue) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if t.make == nil {
		return nil, raise("TypeError", "cannot create '%s' instances", t.name)
	}
	return t.make(th, args, kwargs)
}

// Attr implements starlark.HasAttrs: static methods, and methods as functions.
func (t *TypeValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__", "__qualname__":
		return starlark.String(t.name), nil
	case "__module__":
		return starlark.String("builtins"), nil
	}
	if t.name == "object" {
		return objectClass.baseAttr(name)
	}
	if t.name == "bytearray" && name == "fromhex" {
		v, err := pymeth.StaticAttr("bytes", name)
		if err != nil || v == nil {
			return nil, err
		}
		return builtin(name, func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			b, err := v.(starlark.Callable).CallInternal(th, args, kwargs)
			if err != nil {
				return nil, err
			}
			return &ByteArray{b: []byte(b.(starlark.Bytes))}, nil
		}), nil
	}
	return pymeth.StaticAttr(t.name, name)
}

// AttrNames implements starlark.HasAttrs.
func (t *TypeValue) AttrNames() []string { return pymeth.StaticNames(t.name) }

// IsInstance implements pyrt.InstanceChecker.
func (t *TypeValue) IsInstance(v starlark.Value) bool {
	switch t.name {
	case "object":
		return true
	case "int":
		switch v.(type) {
		case starlark.Int, starlark.Bool:
			return true
		}
		return false
	case "type":
		switch v.(type) {
		case *TypeValue, *ExcClass, pyrt.InstanceChecker:
			return true
		}
		return false
	}
	return typeOf(v) == starlark.Value(t)
}

var (
	typesMu sync.Mutex
	types   = map[string]*TypeValue{}
)

// typeNamed is the type called name, made when first asked for.
func typeNamed(name string) *TypeValue {
	typesMu.Lock()
	defer typesMu.Unlock()
	t := types[name]
	if t == nil {
		t = &TypeValue{name: name}
		types[name] = t
	}
	return t
}

// typeOf is type(v).
func typeOf(v starlark.Value) starlark.Value {
	switch v := v.(type) {
	case *TypeValue, *ExcClass:
		return typeNamed("type")
	case pyrt.ClassOf:
		if c := v.PyClass(); c != nil {
			return c
		}
	}
	return typeNamed(typeName(v))
}

// isInstance is isinstance(v, class).
func isInstance(v, class starlark.Value) (bool, error) {
	switch c := class.(type) {
	case starlark.Tuple:
		for _, x := range c {
			if ok, err := isInstance(v, x); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	case *ExcClass:
		e, ok := v.(*Exception)
		return ok && e.class.is(c), nil
	case pyrt.InstanceChecker:
		if i, ok := instanceOf(v); ok && i.class.native != nil && starlark.Value(i.class.native) == class {
			return true, nil
		}
		return c.IsInstance(v), nil
	case starlark.Callable:
		if m, ok := c.(pyrt.Maker); ok {
			return m.Makes(v), nil
		}
		// A constructor of Go code: its values have its name as their type.
		return typeName(v) == c.Name(), nil
	}
	return false, raise("TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union")
}

// isSubclass is issubclass(c, of).
func isSubclass(c, of starlark.Value) (bool, error) {
	if t, ok := of.(starlark.Tuple); ok {
		for _, x := range t {
			if ok, err := isSubclass(c, x); ok || err != nil {
				return ok, err
			}
		}
		return false, nil
	}
	if s, ok := c.(interface {
		IsSubclass(of starlark.Value) bool
	}); ok {
		return s.IsSubclass(of), nil
	}
	switch c := c.(type) {
	case *ExcClass:
		o, ok := of.(*ExcClass)
		return ok && c.is(o) || of == starlark.Value(typeNamed("object")), nil
	case *TypeValue:
		o, ok := of.(*TypeValue)
		return ok && (c == o || o.name == "object" || c.name == "bool" && o.name == "int"), nil
	case starlark.Callable:
		return c == of, nil
	}
	return false, raise("TypeError", "issubclass() arg 1 must be a class")
}
