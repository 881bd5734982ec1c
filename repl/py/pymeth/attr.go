package pymeth

import (
	"sort"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// call is one call of a method.
type call struct {
	th     *starlark.Thread
	name   string         // of the method
	typ    string         // of the receiver: "str"
	recv   starlark.Value // nil for a static method
	args   starlark.Tuple
	kwargs []starlark.Tuple
}

// method is one entry of a type's table.
type method func(c *call) (starlark.Value, error)

// class is the methods of one type.
type class struct {
	name    string
	is      func(v starlark.Value) bool // v may be a receiver
	methods map[string]method
	statics map[string]method // no receiver: dict.fromkeys
	props   map[string]func(v starlark.Value) starlark.Value

	builtins map[string]*starlark.Builtin // methods, made callable once
	names    []string
}

var classes map[string]*class

func init() {
	classes = map[string]*class{}
	for _, c := range []*class{strClass(), bytesClass(), listClass(), tupleClass(), dictClass(), setClass(), intClass(), floatClass()} {
		c.seal()
		classes[c.name] = c
	}
	boolean := *classes["int"]
	boolean.name = "bool"
	classes["bool"] = &boolean
	array := *classes["bytes"]
	classes["bytearray"] = &array
	frozen := *classes["set"]
	classes["frozenset"] = &frozen
}

// seal makes the builtins of c.
func (c *class) seal() {
	c.builtins = make(map[string]*starlark.Builtin, len(c.methods)+len(c.statics))
	for name, m := range c.methods {
		c.builtins[name] = starlark.NewBuiltin(name, func(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m(&call{th, name, c.name, b.Receiver(), args, kwargs})
		})
		c.names = append(c.names, name)
	}
	for name, m := range c.statics {
		c.builtins[name] = starlark.NewBuiltin(name, func(th *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			return m(&call{th, name, c.name, nil, args, kwargs})
		})
		c.names = append(c.names, name)
	}
	for name := range c.props {
		c.names = append(c.names, name)
	}
	sort.Strings(c.names)
}

// classOf is the table of v's type, nil if v is none of the built-in types.
func classOf(v starlark.Value) *class {
	switch v.(type) {
	case starlark.String:
		return classes["str"]
	case starlark.Bytes:
		return classes["bytes"]
	case *starlark.List:
		return classes["list"]
	case starlark.Tuple:
		return classes["tuple"]
	case *starlark.Dict:
		return classes["dict"]
	case *starlark.Set:
		return classes["set"]
	case starlark.Int:
		return classes["int"]
	case starlark.Bool:
		return classes["bool"]
	case starlark.Float:
		return classes["float"]
	}
	return nil
}

// Attr is recv.name for a value of a built-in type: a bound method, or a
// property such as (5).real. It is nil, nil if there is no such attribute.
func Attr(recv starlark.Value, name string) (starlark.Value, error) {
	c := classOf(recv)
	if c == nil {
		return nil, nil
	}
	return c.attr(recv, name), nil
}

func (c *class) attr(recv starlark.Value, name string) starlark.Value {
	if b := c.builtins[name]; b != nil {
		return b.BindReceiver(recv)
	}
	if p := c.props[name]; p != nil {
		return p(recv)
	}
	return nil
}

// Names lists the attributes of recv, sorted; nil if it is of no built-in type.
// Callers must not modify it.
func Names(recv starlark.Value) []string {
	if c := classOf(recv); c != nil {
		return c.names
	}
	return nil
}

// DictAttr is the dict method name bound to d, for mappings that are no
// *starlark.Dict but behave like one. It is nil if dict has no such method.
func DictAttr(d DictLike, name string) starlark.Value { return classes["dict"].attr(d, name) }

// DictNames lists what DictAttr knows.
func DictNames() []string { return classes["dict"].names }

// StaticAttr is an attribute of the type itself: int.from_bytes, str.maketrans,
// or str.upper as a function whose first argument is the receiver. It is nil,
// nil if the type has no such attribute.
func StaticAttr(typeName, name string) (starlark.Value, error) {
	c := classes[typeName]
	if c == nil {
		return nil, nil
	}
	if c.statics[name] != nil {
		return c.builtins[name], nil
	}
	m := c.methods[name]
	if m == nil {
		return nil, nil
	}
	return starlark.NewBuiltin(name, func(th *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, pyrt.Errorf("TypeError", "unbound method %s.%s() needs an argument", typeName, name)
		}
		if !c.is(args[0]) {
			return nil, pyrt.Errorf("TypeError", "descriptor '%s' for '%s' objects doesn't apply to a '%s' object",
				name, typeName, pyfmt.TypeName(args[0]))
		}
		return m(&call{th, name, typeName, args[0], args[1:], kwargs})
	}), nil
}

// StaticNames lists the attributes of a type by its name, for completion.
func StaticNames(typeName string) []string {
	if c := classes[typeName]; c != nil {
		return c.names
	}
	return nil
}

// noKwargs refuses keyword arguments.
func (c *call) noKwargs() error {
	if len(c.kwargs) > 0 {
		return pyrt.Errorf("TypeError", "%s.%s() takes no keyword arguments", c.typ, c.name)
	}
	return nil
}

// none checks that there are no arguments.
func (c *call) none() error {
	if len(c.args) > 0 {
		return pyrt.Errorf("TypeError", "%s.%s() takes no arguments (%d given)", c.typ, c.name, len(c.args))
	}
	return c.noKwargs()
}

// one is the only argument.
func (c *call) one() (starlark.Value, error) {
	if len(c.args) != 1 {
		return nil, pyrt.Errorf("TypeError", "%s.%s() takes exactly one argument (%d given)", c.typ, c.name, len(c.args))
	}
	return c.args[0], c.noKwargs()
}

// between checks the number of positional arguments of a method without keywords.
func (c *call) between(lo, hi int) error {
	if err := c.noKwargs(); err != nil {
		return err
	}
	n := len(c.args)
	word, want := "", 0
	switch {
	case n < lo && lo < hi:
		word, want = "at least ", lo
	case n > hi && lo < hi:
		word, want = "at most ", hi
	case n < lo || n > hi:
		want = lo
	default:
		return nil
	}
	return pyrt.Errorf("TypeError", "%s expected %s%d argument%s, got %d", c.name, word, want, plural(want), n)
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// arg is positional argument i, nil if absent.
func (c *call) arg(i int) starlark.Value {
	if i < len(c.args) {
		return c.args[i]
	}
	return nil
}

// bind puts arguments in the order of names, absent ones nil. A name with a
// leading '*' and those after it are keyword only; "name!" is required.
func (c *call) bind(names ...string) ([]starlark.Value, error) {
	return Bind(c.name, c.args, c.kwargs, names...)
}

// Bind puts the arguments of a call of fn in the order of names, nil for absent
// ones. "name!" is required, "*name" and those after it are keyword only.
func Bind(fn string, args starlark.Tuple, kwargs []starlark.Tuple, names ...string) ([]starlark.Value, error) {
	out := make([]starlark.Value, len(names))
	positional := len(names)
	bare := make([]string, len(names))
	for i, n := range names {
		if strings.HasPrefix(n, "*") && i < positional {
			positional = i
		}
		bare[i] = strings.Trim(n, "*!")
	}
	if len(args) > positional {
		if positional == 0 {
			return nil, pyrt.Errorf("TypeError", "%s() takes no positional arguments", fn)
		}
		return nil, pyrt.Errorf("TypeError", "%s() takes at most %d argument%s (%d given)", fn, positional, plural(positional), len(args)+len(kwargs))
	}
	copy(out, args)
next:
	for _, kv := range kwargs {
		k := string(kv[0].(starlark.String))
		for i, n := range bare {
			if n != k {
				continue
			}
			if out[i] != nil {
				return nil, &pyrt.Error{Class: "TypeError", Field: k,
					Msg: "argument for " + fn + "() given by name ('" + k + "') and position (" + itoa(i+1) + ")"}
			}
			out[i] = kv[1]
			continue next
		}
		return nil, &pyrt.Error{Class: "TypeError", Field: k, Msg: "'" + k + "' is an invalid keyword argument for " + fn + "()"}
	}
	for i, n := range names {
		if strings.HasSuffix(n, "!") && out[i] == nil {
			return nil, pyrt.Errorf("TypeError", "%s() missing required argument '%s' (pos %d)", fn, bare[i], i+1)
		}
	}
	return out, nil
}
