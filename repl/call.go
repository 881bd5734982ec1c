package repl

import (
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"pktsh/internal/near"
	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// A builtin is a function of the shell: what it does and its page in help() in
// one literal. The signature is the only list of its parameters; arguments are
// checked against it, completion and help show it.
type builtin struct {
	Sig   string // "sr1(x, timeout=None, *, verbose=None)"
	Group string // heading in lsc() and the reference
	Doc   string // first line: one sentence; then details
	Run   func(c *call) (starlark.Value, error)

	once   sync.Once
	params []param
	rest   bool // takes *args
	more   bool // takes **kwargs
}

type param struct {
	name     string
	text     string // the default as written, "" if there is none
	required bool
	named    bool // by keyword only
}

// Name is the function's name.
func (b *builtin) Name() string {
	name, _, _ := strings.Cut(b.Sig, "(")
	return name
}

// Short is the first line of Doc.
func (b *builtin) Short() string {
	s, _, _ := strings.Cut(b.Doc, "\n")
	return s
}

func (b *builtin) prepare() {
	b.once.Do(func() {
		_, list, _ := strings.Cut(strings.TrimSuffix(b.Sig, ")"), "(")
		named := false
		for _, p := range splitParams(list) {
			switch {
			case p == "*":
				named = true
			case strings.HasPrefix(p, "**"):
				b.more = true
			case strings.HasPrefix(p, "*"):
				b.rest, named = true, true
			default:
				name, text, hasDefault := strings.Cut(p, "=")
				b.params = append(b.params, param{name, text, !hasDefault, named})
			}
		}
	})
}

// splitParams splits at the commas that are not inside brackets or quotes.
func splitParams(s string) []string {
	var out []string
	depth, start := 0, 0
	quoted := false
	for i, c := range s + "," {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case strings.ContainsRune("([{", c):
			depth++
		case strings.ContainsRune(")]}", c):
			depth--
		case c == ',' && depth == 0:
			if p := strings.TrimSpace(s[start:min(i, len(s))]); p != "" {
				out = append(out, p)
			}
			start = i + 1
		}
	}
	return out
}

// Params are the names of the parameters, for completion.
func (b *builtin) Params() []string {
	b.prepare()
	var out []string
	for _, p := range b.params {
		out = append(out, p.name)
	}
	return out
}

// A call is one call of a builtin: its arguments by name.
type call struct {
	th   *starlark.Thread
	b    *builtin
	self *packet // the packet that a method was called on
	list *packetList
	// field is a table of one field, of which a method was called.
	field *layers.Proto
	vals  map[string]starlark.Value
	rest  starlark.Tuple   // what *args took
	more  []starlark.Tuple // what **kwargs took
}

// function is a builtin as a value of the language.
type function struct {
	b    *builtin
	self *packet
	list *packetList

	field *layers.Proto
}

var _ starlark.Callable = function{}

func (f function) String() string        { return "<function " + f.b.Name() + ">" }
func (f function) Name() string          { return f.b.Name() }
func (f function) Type() string          { return "builtin_function_or_method" }
func (f function) Freeze()               {}
func (f function) Truth() starlark.Bool  { return true }
func (f function) Hash() (uint32, error) { return starlark.String(f.b.Name()).Hash() }

// Attr is f.__name__ and f.__doc__.
func (f function) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__":
		return starlark.String(f.b.Name()), nil
	case "__doc__":
		return starlark.String(f.b.Doc), nil
	}
	if f.b.Group == fieldGroup && fieldMethods[name] != nil {
		return fieldMethodOf(name), nil
	}
	return nil, nil
}

// AttrNames is empty: the two attributes are of no use at the prompt.
func (f function) AttrNames() []string { return nil }

func (b *builtin) bind(v *packet) starlark.Value { return function{b: b, self: v} }

// CallInternal checks the arguments and runs the function.
func (f function) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	f.b.prepare()
	c := &call{th: th, b: f.b, self: f.self, list: f.list, field: f.field, vals: make(map[string]starlark.Value, len(args)+len(kwargs))}
	if err := c.take(args, kwargs); err != nil {
		return nil, err
	}
	v, err := f.b.Run(c)
	if v == nil && err == nil {
		v = starlark.None
	}
	return v, err
}

func (c *call) take(args starlark.Tuple, kwargs []starlark.Tuple) error {
	n := 0
	for _, p := range c.b.params {
		if n < len(args) && !p.named {
			c.vals[p.name] = args[n]
			n++
		}
	}
	if n < len(args) {
		if !c.b.rest {
			return pyrt.Errorf("TypeError", "%s() takes at most %d arguments without a name, got %d: %s", c.b.Name(), n, len(args), c.b.Sig)
		}
		c.rest = args[n:]
	}
	for _, kw := range kwargs {
		name := string(kw[0].(starlark.String))
		i := slices.IndexFunc(c.b.params, func(p param) bool { return p.name == name })
		if i < 0 {
			if c.b.more {
				c.more = append(c.more, kw)
				continue
			}
			e := pyrt.Errorf("TypeError", "%s() has no argument %q", c.b.Name(), name)
			e.Msg += near.Hint(name, c.b.Params())
			e.Field, e.Hint = name, c.b.Sig
			return e
		}
		if c.vals[name] != nil {
			return c.errorf(name, "%s() got the argument %q twice", c.b.Name(), name)
		}
		c.vals[name] = kw[1]
	}
	for _, p := range c.b.params {
		if p.required && c.vals[p.name] == nil {
			return pyrt.Errorf("TypeError", "%s() wants the argument %q: %s", c.b.Name(), p.name, c.b.Sig)
		}
	}
	return nil
}

func (c *call) errorf(arg, format string, a ...any) error {
	e := pyrt.Errorf("TypeError", format, a...)
	e.Field = arg
	return e
}

// wrong is the error for an argument of the wrong type.
func (c *call) wrong(arg, want string) error {
	return c.errorf(arg, "%s(): %s: got %s, want %s", c.b.Name(), arg, pyRepr(c.vals[arg]), want)
}

// has tells whether the argument was given and is not None.
func (c *call) has(name string) bool {
	v := c.vals[name]
	return v != nil && v != starlark.None
}

// val is the argument, None when it was not given.
func (c *call) val(name string) starlark.Value {
	if v := c.vals[name]; v != nil {
		return v
	}
	return starlark.None
}

func (c *call) int(name string, def int) (int, error) {
	if !c.has(name) {
		return def, nil
	}
	n, ok := toInt(c.vals[name])
	if !ok {
		return 0, c.wrong(name, "a whole number")
	}
	return n, nil
}

func toInt(v starlark.Value) (int, bool) {
	switch v := v.(type) {
	case starlark.Bool:
		if v {
			return 1, true
		}
		return 0, true
	case starlark.Int:
		n, ok := v.Int64()
		return int(n), ok
	case starlark.Float:
		return int(v), float64(v) == math.Trunc(float64(v)) && math.Abs(float64(v)) < 1<<53
	case pyrt.Inter:
		i, err := v.PyInt()
		if err != nil {
			return 0, false
		}
		n, ok := i.Int64()
		return int(n), ok
	}
	return 0, false
}

func (c *call) bool(name string, def bool) bool {
	if v := c.vals[name]; v != nil && v != starlark.None {
		return bool(v.Truth())
	}
	return def
}

func (c *call) str(name, def string) (string, error) {
	if !c.has(name) {
		return def, nil
	}
	switch v := c.vals[name].(type) {
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return string(v), nil
	case pyrt.Strer:
		return v.PyStr(), nil
	}
	return "", c.wrong(name, "text")
}

// float is a number; integers and fractions alike.
func (c *call) float(name string, def float64) (float64, error) {
	if !c.has(name) {
		return def, nil
	}
	f, ok := starlark.AsFloat(c.vals[name])
	if !ok || math.IsNaN(f) {
		return 0, c.wrong(name, "a number")
	}
	return f, nil
}

// seconds is a duration given as a number of seconds.
func (c *call) seconds(name string, def time.Duration) (time.Duration, error) {
	f, err := c.float(name, def.Seconds())
	if err != nil {
		return 0, err
	}
	if f < 0 {
		return 0, c.wrong(name, "seconds, 0 or more")
	}
	if f > 1e9 {
		f = 1e9
	}
	return time.Duration(f * float64(time.Second)), nil
}

// fn is a function argument, nil when it was not given.
func (c *call) fn(name string) (starlark.Callable, error) {
	if !c.has(name) {
		return nil, nil
	}
	f, ok := c.vals[name].(starlark.Callable)
	if !ok {
		return nil, c.wrong(name, "a function")
	}
	return f, nil
}
