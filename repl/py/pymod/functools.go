package pymod

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func functoolsModule() *Module {
	d := funcs(map[string]function{"reduce": reduce, "cmp_to_key": cmpToKey,
		"lru_cache": lruCache, "cache": lruCache,
		"wraps": func(a *args) (starlark.Value, error) {
			of, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			return fn("update_wrapper", func(a *args) (starlark.Value, error) {
				v, err := a.exactly(1)
				if err != nil {
					return nil, err
				}
				return v[0], asWrapped(v[0], of[0])
			}), nil
		}})
	d["partial"] = &class{name: "functools.partial", make: newPartial, is: func(v starlark.Value) bool { _, ok := v.(*partial); return ok }}
	return newModule("functools", d)
}

// asWrapped gives a function the name and the doc string of the one it stands for.
func asWrapped(f, of starlark.Value) error {
	w, ok := f.(starlark.HasSetField)
	if !ok {
		return nil
	}
	attrs := map[string]starlark.Value{"__wrapped__": of}
	if c, ok := of.(starlark.Callable); ok {
		attrs["__name__"] = starlark.String(c.Name())
	}
	if a, ok := of.(starlark.HasAttrs); ok {
		for _, name := range []string{"__name__", "__doc__"} {
			if v, err := a.Attr(name); v != nil && err == nil {
				attrs[name] = v
			}
		}
	}
	for name, v := range attrs {
		if err := w.SetField(name, v); err != nil {
			return err
		}
	}
	return nil
}

func callable(v starlark.Value, what string) (starlark.Callable, error) {
	c, ok := v.(starlark.Callable)
	if !ok {
		return nil, pyrt.Errorf("TypeError", "%s", what)
	}
	return c, nil
}

func reduce(a *args) (starlark.Value, error) {
	if len(a.kwargs) > 0 || len(a.pos) < 2 || len(a.pos) > 3 {
		return nil, pyrt.Errorf("TypeError", "reduce expected 2 or 3 arguments, got %d", len(a.pos)+len(a.kwargs))
	}
	var acc starlark.Value
	if len(a.pos) == 3 {
		acc = a.pos[2]
	}
	err := pymeth.Each(a.pos[1], func(e starlark.Value) (err error) {
		if acc == nil {
			acc = e
			return nil
		}
		acc, err = pymeth.Call(a.th, a.pos[0], acc, e)
		return err
	})
	if err == nil && acc == nil {
		err = pyrt.Errorf("TypeError", "reduce() of empty iterable with no initial value")
	}
	return acc, err
}

// partial is a function with some arguments given.
type partial struct {
	fn     starlark.Callable
	pos    starlark.Tuple
	kwargs []starlark.Tuple
}

var _ starlark.Callable = (*partial)(nil)

func newPartial(a *args) (starlark.Value, error) {
	if len(a.pos) == 0 {
		return nil, pyrt.Errorf("TypeError", "type 'partial' takes at least one argument")
	}
	f, err := callable(a.pos[0], "the first argument must be callable")
	if err != nil {
		return nil, err
	}
	return &partial{f, slices.Clone(a.pos[1:]), slices.Clone(a.kwargs)}, nil
}

func (p *partial) Name() string          { return p.fn.Name() }
func (p *partial) Type() string          { return "functools.partial" }
func (p *partial) Freeze()               {}
func (p *partial) Truth() starlark.Bool  { return true }
func (p *partial) Hash() (uint32, error) { return p.fn.Hash() }

// String is functools.partial(f, 1, x=2).
func (p *partial) String() string {
	parts := []string{pyfmt.Repr(p.fn)}
	for _, v := range p.pos {
		parts = append(parts, pyfmt.Repr(v))
	}
	for _, kv := range p.kwargs {
		parts = append(parts, pyfmt.Str(kv[0])+"="+pyfmt.Repr(kv[1]))
	}
	return "functools.partial(" + strings.Join(parts, ", ") + ")"
}

// CallInternal calls the function; keywords of the call win.
func (p *partial) CallInternal(th *starlark.Thread, pos starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	all := slices.Clone(p.kwargs)
	for _, kv := range kwargs {
		i := slices.IndexFunc(all, func(old starlark.Tuple) bool { return old[0] == kv[0] })
		if i >= 0 {
			all[i] = kv
		} else {
			all = append(all, kv)
		}
	}
	return p.fn.CallInternal(th, slices.Concat(p.pos, pos), all)
}

// Attr is func, args or keywords.
func (p *partial) Attr(name string) (starlark.Value, error) {
	switch name {
	case "func":
		return p.fn, nil
	case "args":
		return p.pos, nil
	case "keywords":
		d := starlark.NewDict(len(p.kwargs))
		for _, kv := range p.kwargs {
			if err := d.SetKey(kv[0], kv[1]); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
	return nil, nil
}

// AttrNames lists the attributes, sorted.
func (p *partial) AttrNames() []string { return []string{"args", "func", "keywords"} }

// cmpKey orders by a function of two arguments.
type cmpKey struct {
	noHash
	th  *starlark.Thread
	cmp starlark.Value
	v   starlark.Value
}

var _ pyrt.Orderer = (*cmpKey)(nil)

func (k *cmpKey) String() string { return "<functools.KeyWrapper object>" }

func (k *cmpKey) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	o, ok := other.(*cmpKey)
	if !ok {
		return false, false, nil
	}
	r, err := pymeth.Call(k.th, k.cmp, k.v, o.v)
	if err != nil {
		return false, true, err
	}
	result, err = pymeth.Compare(op, r, integer(0))
	return result, true, err
}

func cmpToKey(a *args) (starlark.Value, error) {
	v, err := a.bind("mycmp!")
	if err != nil {
		return nil, err
	}
	return fn("KeyWrapper", func(k *args) (starlark.Value, error) {
		e, err := k.exactly(1)
		if err != nil {
			return nil, err
		}
		return &cmpKey{noHash{"KeyWrapper"}, k.th, v[0], e[0]}, nil
	}), nil
}

// lruCache is lru_cache, as a decorator with and without arguments, and cache:
// results by the positional and keyword arguments, without a bound.
func lruCache(a *args) (starlark.Value, error) {
	if len(a.pos) == 1 && len(a.kwargs) == 0 {
		if f, ok := a.pos[0].(starlark.Callable); ok {
			return memoize(f), nil
		}
	}
	return fn("decorating_function", func(d *args) (starlark.Value, error) {
		v, err := d.exactly(1)
		if err != nil {
			return nil, err
		}
		f, err := callable(v[0], "the argument must be callable")
		if err != nil {
			return nil, err
		}
		return memoize(f), nil
	}), nil
}

func memoize(f starlark.Callable) starlark.Value {
	seen := starlark.NewDict(16)
	return fn(f.Name(), func(a *args) (starlark.Value, error) {
		key := slices.Clone(a.pos)
		for _, kv := range a.kwargs {
			key = append(key, kv)
		}
		v, found, err := seen.Get(key)
		if err != nil {
			return nil, pymeth.HashError(err)
		}
		if found {
			return v, nil
		}
		if v, err = f.CallInternal(a.th, a.pos, a.kwargs); err != nil {
			return nil, err
		}
		return v, seen.SetKey(key, v)
	})
}
