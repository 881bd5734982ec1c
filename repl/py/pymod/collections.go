package pymod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// dictKind tells the subclasses of dict apart.
type dictKind uint8

const (
	orderedDict dictKind = iota
	defaultDict
	counterDict
)

var dictKindNames = []string{"OrderedDict", "defaultdict", "Counter"}

// subDict is a dict of one of collections' kinds. Its type is dict to the
// language, so that isinstance(v, dict) holds; isinstance(v, Counter) asks the
// class.
type subDict struct {
	*starlark.Dict
	kind    dictKind
	th      *starlark.Thread // calls factory
	factory starlark.Value   // of a defaultdict, nil for none
}

var (
	_ pymeth.DictLike    = (*subDict)(nil)
	_ pyrt.Reprer        = (*subDict)(nil)
	_ pyrt.Equaler       = (*subDict)(nil)
	_ starlark.Container = (*subDict)(nil)
	_ starlark.HasBinary = (*subDict)(nil)
)

func newSubDict(kind dictKind, th *starlark.Thread) *subDict {
	return &subDict{Dict: starlark.NewDict(8), kind: kind, th: th}
}

func (d *subDict) String() string { return d.PyRepr() }

// PyRepr is CPython's: OrderedDict([('a', 1)]), defaultdict(<class 'int'>, {}),
// Counter({'a': 2}) with the most common first.
func (d *subDict) PyRepr() string {
	if d.kind == defaultDict {
		factory := "None"
		if d.factory != nil {
			factory = pyfmt.Repr(d.factory)
		}
		return "defaultdict(" + factory + ", " + pyfmt.Repr(d.Dict) + ")"
	}
	name := dictKindNames[d.kind]
	if d.Len() == 0 {
		return name + "()"
	}
	if d.kind == counterDict {
		plain := starlark.NewDict(d.Len())
		items, err := d.byCount()
		if err != nil {
			items = d.Items()
		}
		for _, kv := range items {
			_ = plain.SetKey(kv[0], kv[1]) // it was a key before
		}
		return name + "(" + pyfmt.Repr(plain) + ")"
	}
	items := list(nil)
	for _, kv := range d.Items() {
		_ = items.Append(kv) // nobody else has the list
	}
	return name + "(" + pyfmt.Repr(items) + ")"
}

// Get is d[k]: a defaultdict makes the value, a Counter counts 0.
func (d *subDict) Get(k starlark.Value) (starlark.Value, bool, error) {
	v, found, err := d.Peek(k)
	if err != nil || found {
		return v, found, err
	}
	switch {
	case d.kind == counterDict:
		return integer(0), true, nil
	case d.factory != nil:
		if v, err = pymeth.Call(d.th, d.factory); err != nil {
			return nil, false, err
		}
		return v, true, d.SetKey(k, v)
	}
	return nil, false, nil
}

// Peek is d.get(k), which makes nothing.
func (d *subDict) Peek(k starlark.Value) (starlark.Value, bool, error) {
	v, found, err := d.Dict.Get(k)
	return v, found, pymeth.HashError(err)
}

// Has is k in d.
func (d *subDict) Has(k starlark.Value) (bool, error) {
	_, found, err := d.Peek(k)
	return found, err
}

// SetKey is d[k] = v.
func (d *subDict) SetKey(k, v starlark.Value) error { return pymeth.HashError(d.Dict.SetKey(k, v)) }

// DelKey is del d[k]; a Counter does not mind if it is not there.
func (d *subDict) DelKey(k starlark.Value) error {
	_, found, err := d.Delete(k)
	if err == nil && !found && d.kind != counterDict {
		err = pymeth.KeyError(k)
	}
	return pymeth.HashError(err)
}

// PyIter goes through the keys as a dict does.
func (d *subDict) PyIter() (pyrt.Iter, error) { return pyrt.Iterate(d.Dict) }

// EqualTo compares with any dict; two OrderedDicts also by their order.
func (d *subDict) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	var o *starlark.Dict
	switch x := other.(type) {
	case *starlark.Dict:
		o = x
	case *subDict:
		o = x.Dict
		if d.kind == orderedDict && x.kind == orderedDict {
			equal, err = pymeth.Equal(list(d.Keys()), list(o.Keys()))
			if err != nil || !equal {
				return false, true, err
			}
		}
	default:
		return false, true, nil
	}
	equal, err = pymeth.Equal(d.Dict, o)
	return equal, true, err
}

// CompareSameType lets Go code compare two of them.
func (d *subDict) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	equal, _, err := d.EqualTo(y)
	return equal == (op == syntax.EQL), err
}

// Binary is | of any of them, and +, -, & of Counters.
func (d *subDict) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	other, ok := y.(starlark.IterableMapping)
	if !ok {
		return nil, nil
	}
	if d.kind == counterDict {
		if o, ok := y.(*subDict); ok && o.kind == counterDict && side == starlark.Left {
			return d.arith(op, o)
		}
		return nil, nil
	}
	if op != syntax.PIPE {
		return nil, nil
	}
	out := &subDict{Dict: starlark.NewDict(d.Len()), kind: d.kind, th: d.th, factory: d.factory}
	first, second := starlark.IterableMapping(d), other
	if side == starlark.Right {
		first, second = other, d
	}
	if err := pymeth.Update(out, first, nil); err != nil {
		return nil, err
	}
	return out, pymeth.Update(out, second, nil)
}

// Attr is a method of dict or of the kind.
func (d *subDict) Attr(name string) (starlark.Value, error) {
	switch {
	case name == "copy":
		return fn(name, func(a *args) (starlark.Value, error) {
			out := &subDict{Dict: starlark.NewDict(d.Len()), kind: d.kind, th: d.th, factory: d.factory}
			return out, pymeth.Update(out, d.Dict, nil)
		}), nil
	case d.kind == defaultDict && name == "default_factory":
		if d.factory == nil {
			return starlark.None, nil
		}
		return d.factory, nil
	case d.kind == orderedDict:
		if m := orderedMethods.bind(d, name); m != nil {
			return m, nil
		}
	case d.kind == counterDict:
		if m := counterMethods.bind(d, name); m != nil {
			return m, nil
		}
	}
	return pymeth.DictAttr(d, name), nil
}

// AttrNames lists the methods, sorted.
func (d *subDict) AttrNames() []string {
	names := slices.Clone(pymeth.DictNames())
	switch d.kind {
	case orderedDict:
		names = append(names, sortedKeys(orderedMethods)...)
	case counterDict:
		names = append(names, sortedKeys(counterMethods)...)
	case defaultDict:
		names = append(names, "default_factory")
	}
	slices.Sort(names)
	return slices.Compact(names)
}

var orderedMethods = methodTable[*subDict]{
	"move_to_end": func(d *subDict, a *args) (starlark.Value, error) {
		v, err := a.bind("key!", "last")
		if err != nil {
			return nil, err
		}
		val, found, err := d.Peek(v[0])
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, pymeth.KeyError(v[0])
		}
		items := d.Items()
		if v[1] == nil || bool(v[1].Truth()) {
			if _, _, err := d.Delete(v[0]); err != nil {
				return nil, err
			}
			return starlark.None, d.SetKey(v[0], val)
		}
		if err := d.Clear(); err != nil {
			return nil, err
		}
		if err := d.SetKey(v[0], val); err != nil {
			return nil, err
		}
		for _, kv := range items { // the key keeps its new place
			if err := d.SetKey(kv[0], kv[1]); err != nil {
				return nil, err
			}
		}
		return starlark.None, nil
	},
	"popitem": func(d *subDict, a *args) (starlark.Value, error) {
		v, err := a.bind("last")
		if err != nil {
			return nil, err
		}
		keys := d.Keys()
		if len(keys) == 0 {
			return nil, &pyrt.Error{Class: "KeyError", Msg: "'dictionary is empty'", Args: starlark.Tuple{starlark.String("dictionary is empty")}}
		}
		k := keys[len(keys)-1]
		if v[0] != nil && !bool(v[0].Truth()) {
			k = keys[0]
		}
		val, _, err := d.Delete(k)
		return starlark.Tuple{k, val}, err
	},
}

// dictClass is the class of a kind.
func dictClass(kind dictKind, make function) *class {
	return &class{name: "collections." + dictKindNames[kind], make: make, is: func(v starlark.Value) bool {
		d, ok := v.(*subDict)
		return ok && d.kind == kind
	}}
}

func collectionsModule() *Module {
	return newModule("collections", starlark.StringDict{
		"OrderedDict": dictClass(orderedDict, func(a *args) (starlark.Value, error) {
			d := newSubDict(orderedDict, a.th)
			return d, d.fill("OrderedDict", a.pos, a.kwargs)
		}),
		"defaultdict": dictClass(defaultDict, func(a *args) (starlark.Value, error) {
			d := newSubDict(defaultDict, a.th)
			rest := a.pos
			if len(rest) > 0 {
				if _, ok := rest[0].(starlark.Callable); ok {
					d.factory = rest[0]
				} else if rest[0] != starlark.None {
					return nil, pyrt.Errorf("TypeError", "first argument must be callable or None")
				}
				rest = rest[1:]
			}
			return d, d.fill("defaultdict", rest, a.kwargs)
		}),
		"Counter":    dictClass(counterDict, newCounter),
		"deque":      dequeClass,
		"namedtuple": fn("namedtuple", namedtuple),
	})
}

// fill is what dict(…) does with its arguments.
func (d *subDict) fill(name string, pos starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(pos) > 1 {
		return pyrt.Errorf("TypeError", "%s expected at most 1 argument, got %d", name, len(pos))
	}
	var src starlark.Value
	if len(pos) == 1 {
		src = pos[0]
	}
	return pymeth.Update(d, src, kwargs)
}

// namedtuple makes a class of named tuples.
func namedtuple(a *args) (starlark.Value, error) {
	v, err := a.bind("typename!", "field_names!", "*rename", "defaults", "module")
	if err != nil {
		return nil, err
	}
	name, err := text(v[0])
	if err != nil {
		return nil, err
	}
	var fields []string
	if s, ok := v[1].(starlark.String); ok {
		fields = strings.Fields(strings.ReplaceAll(string(s), ",", " "))
	} else {
		err := pymeth.Each(v[1], func(e starlark.Value) error {
			fields = append(fields, pyfmt.Str(e))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	if !isIdentifier(name) {
		return nil, pyrt.Errorf("ValueError", "Type names and field names must be valid identifiers: %s", pyQuote(name))
	}
	for i, f := range fields {
		problem := ""
		switch {
		case !isIdentifier(f):
			problem = "Type names and field names must be valid identifiers: "
		case strings.HasPrefix(f, "_"):
			problem = "Field names cannot start with an underscore: "
		case slices.Contains(fields[:i], f):
			problem = "Encountered duplicate field name: "
		}
		if problem == "" {
			continue
		}
		if v[2] == nil || !bool(v[2].Truth()) {
			return nil, pyrt.Errorf("ValueError", "%s%s", problem, pyQuote(f))
		}
		fields[i] = "_" + pyfmt.Str(integer(i))
	}
	c := &namedClass{name: name, fields: fields}
	if !isNone(v[3]) {
		if c.defaults, err = pymeth.Collect(v[3]); err != nil {
			return nil, err
		}
		if len(c.defaults) > len(fields) {
			return nil, pyrt.Errorf("TypeError", "Got more default values than field names")
		}
	}
	return c, nil
}
