package pymeth

import (
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

func repr(v starlark.Value) string { return pyfmt.Repr(v) }

// DictLike is a mapping on which the dict methods work: *starlark.Dict, and the
// kinds of dict that package collections adds.
type DictLike interface {
	starlark.IterableMapping
	SetKey(k, v starlark.Value) error
	Delete(k starlark.Value) (v starlark.Value, found bool, err error)
	Keys() []starlark.Value
	Clear() error
	Len() int
}

var _ DictLike = (*starlark.Dict)(nil)

func dictClass() *class {
	return &class{
		name: "dict",
		is:   func(v starlark.Value) bool { _, ok := v.(DictLike); return ok },
		methods: map[string]method{
			"clear":      func(c *call) (starlark.Value, error) { return starlark.None, firstErr(c.none, c.dict().Clear) },
			"copy":       dictCopy,
			"get":        dictGet,
			"items":      func(c *call) (starlark.Value, error) { return &view{c.dict(), "dict_items"}, c.none() },
			"keys":       func(c *call) (starlark.Value, error) { return &view{c.dict(), "dict_keys"}, c.none() },
			"values":     func(c *call) (starlark.Value, error) { return &view{c.dict(), "dict_values"}, c.none() },
			"pop":        dictPop,
			"popitem":    dictPopitem,
			"setdefault": dictSetdefault,
			"update":     dictUpdate,
		},
		statics: map[string]method{"fromkeys": dictFromkeys},
	}
}

func (c *call) dict() DictLike { return c.recv.(DictLike) }

// KeyError is the exception for a missing key.
func KeyError(key starlark.Value) error {
	return &pyrt.Error{Class: "KeyError", Msg: repr(key), Args: starlark.Tuple{key}}
}

// HashError turns Starlark's complaint about an unhashable key into Python's.
func HashError(err error) error {
	if err == nil {
		return nil
	}
	if t, ok := strings.CutPrefix(err.Error(), "unhashable type: "); ok {
		return pyrt.Errorf("TypeError", "unhashable type: '%s'", t)
	}
	return err
}

func dictCopy(c *call) (starlark.Value, error) {
	if err := c.none(); err != nil {
		return nil, err
	}
	d := starlark.NewDict(c.dict().Len())
	for _, kv := range c.dict().Items() {
		if err := d.SetKey(kv[0], kv[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// peek looks k up without the side effect that a defaultdict's Get has.
func peek(d DictLike, k starlark.Value) (starlark.Value, bool, error) {
	if p, ok := d.(interface {
		Peek(starlark.Value) (starlark.Value, bool, error)
	}); ok {
		v, found, err := p.Peek(k)
		return v, found, HashError(err)
	}
	v, found, err := d.Get(k)
	return v, found, HashError(err)
}

func dictGet(c *call) (starlark.Value, error) {
	if err := c.between(1, 2); err != nil {
		return nil, err
	}
	v, found, err := peek(c.dict(), c.args[0])
	if err != nil || found {
		return v, err
	}
	if d := c.arg(1); d != nil {
		return d, nil
	}
	return starlark.None, nil
}

func dictPop(c *call) (starlark.Value, error) {
	if err := c.between(1, 2); err != nil {
		return nil, err
	}
	if c.dict().Len() == 0 { // CPython does not even hash the key then
		if d := c.arg(1); d != nil {
			return d, nil
		}
		return nil, KeyError(c.args[0])
	}
	v, found, err := c.dict().Delete(c.args[0])
	if err != nil || found {
		return v, HashError(err)
	}
	if d := c.arg(1); d != nil {
		return d, nil
	}
	return nil, KeyError(c.args[0])
}

func dictPopitem(c *call) (starlark.Value, error) {
	if err := c.none(); err != nil {
		return nil, err
	}
	keys := c.dict().Keys()
	if len(keys) == 0 {
		return nil, &pyrt.Error{Class: "KeyError", Msg: "'popitem(): dictionary is empty'",
			Args: starlark.Tuple{starlark.String("popitem(): dictionary is empty")}}
	}
	k := keys[len(keys)-1]
	v, _, err := c.dict().Delete(k)
	return starlark.Tuple{k, v}, err
}

func dictSetdefault(c *call) (starlark.Value, error) {
	if err := c.between(1, 2); err != nil {
		return nil, err
	}
	v, found, err := peek(c.dict(), c.args[0])
	if err != nil || found {
		return v, err
	}
	v = starlark.None
	if d := c.arg(1); d != nil {
		v = d
	}
	return v, HashError(c.dict().SetKey(c.args[0], v))
}

func dictUpdate(c *call) (starlark.Value, error) {
	if len(c.args) > 1 {
		return nil, pyrt.Errorf("TypeError", "update expected at most 1 argument, got %d", len(c.args))
	}
	return starlark.None, Update(c.dict(), c.arg(0), c.kwargs)
}

// Update is d.update(src, **kwargs): src is a mapping, an iterable of pairs or nil.
func Update(d interface {
	SetKey(k, v starlark.Value) error
}, src starlark.Value, kwargs []starlark.Tuple) error {
	switch s := src.(type) {
	case nil:
	case starlark.IterableMapping:
		for _, kv := range s.Items() {
			if err := d.SetKey(kv[0], kv[1]); err != nil {
				return HashError(err)
			}
		}
	default:
		if err := updatePairs(d, src); err != nil {
			return err
		}
	}
	for _, kv := range kwargs {
		if err := d.SetKey(kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

func updatePairs(d interface {
	SetKey(k, v starlark.Value) error
}, src starlark.Value) error {
	i := 0
	return Each(src, func(e starlark.Value) error {
		pair, err := Collect(e)
		if err != nil {
			return pyrt.Errorf("TypeError", "cannot convert dictionary update sequence element #%d to a sequence", i)
		}
		if len(pair) != 2 {
			return pyrt.Errorf("ValueError", "dictionary update sequence element #%d has length %d; 2 is required", i, len(pair))
		}
		i++
		return HashError(d.SetKey(pair[0], pair[1]))
	})
}

func dictFromkeys(c *call) (starlark.Value, error) {
	if err := c.between(1, 2); err != nil {
		return nil, err
	}
	v := c.arg(1)
	if v == nil {
		v = starlark.None
	}
	d := starlark.NewDict(8)
	err := Each(c.args[0], func(k starlark.Value) error { return HashError(d.SetKey(k, v)) })
	return d, err
}
