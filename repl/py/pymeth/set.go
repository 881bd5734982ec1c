package pymeth

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

func setClass() *class {
	m := map[string]method{
		"add": func(c *call) (starlark.Value, error) {
			v, err := c.one()
			if err == nil {
				err = HashError(c.set().Insert(v))
			}
			return starlark.None, err
		},
		"clear":      func(c *call) (starlark.Value, error) { return starlark.None, firstErr(c.none, c.set().Clear) },
		"copy":       func(c *call) (starlark.Value, error) { return newSet(setElems(c.set())), c.none() },
		"discard":    setDiscard,
		"remove":     setRemove,
		"pop":        setPop,
		"isdisjoint": setTest(func(s, o *starlark.Set) bool { return intersect(s, o).Len() == 0 }),
		"issubset":   setTest(subset),
		"issuperset": setTest(func(s, o *starlark.Set) bool { return subset(o, s) }),
	}
	for _, name := range []string{"union", "intersection", "difference", "symmetric_difference"} {
		m[name] = func(c *call) (starlark.Value, error) { return c.combineAll(name) }
		update := name + "_update"
		if name == "union" {
			update = "update"
		}
		m[update] = func(c *call) (starlark.Value, error) {
			s, err := c.combineAll(name)
			if err == nil {
				err = setSetElems(c.set(), setElems(s))
			}
			return starlark.None, err
		}
	}
	return &class{
		name:    "set",
		is:      func(v starlark.Value) bool { _, ok := v.(*starlark.Set); return ok },
		methods: m,
	}
}

func (c *call) set() *starlark.Set { return c.recv.(*starlark.Set) }

// newSet makes a set of hashable elements.
func newSet(vs []starlark.Value) *starlark.Set {
	s := starlark.NewSet(len(vs))
	for _, v := range vs {
		s.Insert(v) // cannot fail: v was hashed before
	}
	return s
}

// toSet is set(v).
func toSet(v starlark.Value) (*starlark.Set, error) {
	if s, ok := v.(*starlark.Set); ok {
		return s, nil
	}
	s := new(starlark.Set)
	err := Each(v, func(e starlark.Value) error { return HashError(s.Insert(e)) })
	return s, err
}

func setSetElems(s *starlark.Set, vs []starlark.Value) error {
	if err := s.Clear(); err != nil {
		return err
	}
	for _, v := range vs {
		if err := s.Insert(v); err != nil {
			return err
		}
	}
	return nil
}

// combineAll folds the arguments into a copy of the receiver.
func (c *call) combineAll(name string) (*starlark.Set, error) {
	if err := c.noKwargs(); err != nil {
		return nil, err
	}
	if name == "symmetric_difference" {
		if _, err := c.one(); err != nil {
			return nil, err
		}
	}
	s := newSet(setElems(c.set()))
	for _, a := range c.args {
		var err error
		if s, err = combine(name, s, a); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// combine is a set operation by the name of its method; s stays as it is.
func combine(name string, s *starlark.Set, other starlark.Value) (*starlark.Set, error) {
	o, err := toSet(other)
	if err != nil {
		return nil, err
	}
	switch name {
	case "union":
		return newSet(append(setElems(s), setElems(o)...)), nil
	case "intersection":
		return intersect(s, o), nil
	case "difference":
		return minus(s, o), nil
	}
	return newSet(append(setElems(minus(s, o)), setElems(minus(o, s))...)), nil
}

func intersect(s, o *starlark.Set) *starlark.Set { return filter(s, o, true) }
func minus(s, o *starlark.Set) *starlark.Set     { return filter(s, o, false) }

func filter(s, o *starlark.Set, want bool) *starlark.Set {
	var keep []starlark.Value
	for _, e := range setElems(s) {
		if in, err := o.Has(e); err == nil && in == want {
			keep = append(keep, e)
		}
	}
	return newSet(keep)
}

func setTest(ok func(s, o *starlark.Set) bool) method {
	return func(c *call) (starlark.Value, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		o, err := toSet(v)
		if err != nil {
			return nil, err
		}
		return starlark.Bool(ok(c.set(), o)), nil
	}
}

func setDiscard(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err == nil {
		_, err = c.set().Delete(v)
	}
	return starlark.None, HashError(err)
}

func setRemove(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	found, err := c.set().Delete(v)
	if err == nil && !found {
		err = KeyError(v)
	}
	return starlark.None, HashError(err)
}

func setPop(c *call) (starlark.Value, error) {
	if err := c.none(); err != nil {
		return nil, err
	}
	for e := range c.set().Elements() {
		defer c.set().Delete(e) // after the loop: the set is locked inside it
		return e, nil
	}
	return nil, &pyrt.Error{Class: "KeyError", Msg: "'pop from an empty set'", Args: starlark.Tuple{starlark.String("pop from an empty set")}}
}
