package pymod

import (
	"slices"
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// deque is collections.deque: a slice whose first elements may be spent.
type deque struct {
	noHash
	q   []starlark.Value
	max int // -1 for no bound
}

var (
	_ starlark.HasSetIndex = (*deque)(nil)
	_ starlark.Comparable  = (*deque)(nil)
	_ pyrt.Iterator        = (*deque)(nil)
	_ pyrt.Equaler         = (*deque)(nil)
	_ pyrt.DelKeyer        = (*deque)(nil)
)

var dequeClass = &class{name: "collections.deque", is: func(v starlark.Value) bool { _, ok := v.(*deque); return ok },
	make: func(a *args) (starlark.Value, error) {
		v, err := a.bind("iterable", "maxlen")
		if err != nil {
			return nil, err
		}
		d := &deque{noHash: noHash{"deque"}, max: -1}
		if !isNone(v[1]) {
			if d.max, err = pymeth.Index(v[1]); err != nil {
				return nil, err
			}
			if d.max < 0 {
				return nil, pyrt.Errorf("ValueError", "maxlen must be non-negative")
			}
		}
		if v[0] == nil {
			return d, nil
		}
		return d, pymeth.Each(v[0], func(e starlark.Value) error { d.push(e); return nil })
	}}

func (d *deque) push(v starlark.Value) {
	d.q = append(d.q, v)
	if d.max >= 0 && len(d.q) > d.max {
		d.q = d.q[1:]
	}
}

// pushLeft adds in front; at its bound the deque loses its last element.
func (d *deque) pushLeft(v starlark.Value) {
	if d.max == 0 {
		return
	}
	if d.max > 0 && len(d.q) == d.max {
		d.q = d.q[:len(d.q)-1]
	}
	d.q = slices.Insert(d.q, 0, v)
}

func (d *deque) String() string                         { return d.PyRepr() }
func (d *deque) Truth() starlark.Bool                   { return len(d.q) > 0 }
func (d *deque) Len() int                               { return len(d.q) }
func (d *deque) Index(i int) starlark.Value             { return d.q[i] }
func (d *deque) Iterate() starlark.Iterator             { return starlark.Tuple(slices.Clone(d.q)).Iterate() }
func (d *deque) SetIndex(i int, v starlark.Value) error { d.q[i] = v; return nil }

// PyRepr is deque([1, 2], maxlen=3).
func (d *deque) PyRepr() string {
	s := "deque(" + pyfmt.Repr(list(slices.Clone(d.q)))
	if d.max >= 0 {
		s += ", maxlen=" + strconv.Itoa(d.max)
	}
	return s + ")"
}

type dequeIter struct {
	d    *deque
	i, n int
}

// PyIter notices changes of the length, as CPython does.
func (d *deque) PyIter() (pyrt.Iter, error) { return &dequeIter{d, 0, len(d.q)}, nil }

func (it *dequeIter) Close() {}
func (it *dequeIter) Next() (starlark.Value, error) {
	if len(it.d.q) != it.n {
		return nil, pyrt.Errorf("RuntimeError", "deque mutated during iteration")
	}
	if it.i >= it.n {
		return nil, nil
	}
	it.i++
	return it.d.q[it.i-1], nil
}

// EqualTo compares with a deque.
func (d *deque) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(*deque)
	if !ok {
		return false, true, nil
	}
	equal, err = pymeth.Equal(starlark.Tuple(d.q), starlark.Tuple(o.q))
	return equal, true, err
}

// CompareSameType lets Go code compare deques.
func (d *deque) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	return starlark.Tuple(d.q).CompareSameType(op, starlark.Tuple(y.(*deque).q), depth)
}

// DelKey is del d[i].
func (d *deque) DelKey(k starlark.Value) error {
	i, err := pymeth.Index(k)
	if err != nil {
		return err
	}
	if i < 0 {
		i += len(d.q)
	}
	if i < 0 || i >= len(d.q) {
		return pyrt.Errorf("IndexError", "deque index out of range")
	}
	d.q = slices.Delete(slices.Clone(d.q), i, i+1)
	return nil
}

// Attr is a method, or maxlen.
func (d *deque) Attr(name string) (starlark.Value, error) {
	if name == "maxlen" {
		if d.max < 0 {
			return starlark.None, nil
		}
		return integer(d.max), nil
	}
	return dequeMethods.bind(d, name), nil
}

// AttrNames lists the attributes, sorted.
func (d *deque) AttrNames() []string {
	return slices.Sorted(slices.Values(append(sortedKeys(dequeMethods), "maxlen")))
}

// find is the index of v, -1 if it is not there.
func (d *deque) find(v starlark.Value) (int, error) {
	for i, e := range d.q {
		if eq, err := pymeth.Equal(e, v); eq || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// take1 is a method of one argument that returns None.
func take1(f func(d *deque, v starlark.Value) error) func(d *deque, a *args) (starlark.Value, error) {
	return func(d *deque, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		return starlark.None, f(d, v[0])
	}
}

var dequeMethods = methodTable[*deque]{
	"append":     take1(func(d *deque, v starlark.Value) error { d.push(v); return nil }),
	"appendleft": take1(func(d *deque, v starlark.Value) error { d.pushLeft(v); return nil }),
	"extend": take1(func(d *deque, v starlark.Value) error {
		all, err := pymeth.Collect(v) // it may be d itself
		for _, e := range all {
			d.push(e)
		}
		return err
	}),
	"extendleft": take1(func(d *deque, v starlark.Value) error {
		all, err := pymeth.Collect(v)
		for _, e := range all {
			d.pushLeft(e)
		}
		return err
	}),
	"remove": take1(func(d *deque, v starlark.Value) error {
		i, err := d.find(v)
		if err == nil && i < 0 {
			err = pyrt.Errorf("ValueError", "%s is not in deque", pyfmt.Repr(v))
		}
		if err == nil {
			d.q = slices.Delete(slices.Clone(d.q), i, i+1)
		}
		return err
	}),
	"pop": func(d *deque, a *args) (starlark.Value, error) {
		if err := a.none(); err != nil {
			return nil, err
		}
		if len(d.q) == 0 {
			return nil, pyrt.Errorf("IndexError", "pop from an empty deque")
		}
		v := d.q[len(d.q)-1]
		d.q = d.q[:len(d.q)-1]
		return v, nil
	},
	"popleft": func(d *deque, a *args) (starlark.Value, error) {
		if err := a.none(); err != nil {
			return nil, err
		}
		if len(d.q) == 0 {
			return nil, pyrt.Errorf("IndexError", "pop from an empty deque")
		}
		v := d.q[0]
		d.q[0] = nil
		d.q = d.q[1:]
		return v, nil
	},
	"clear": func(d *deque, a *args) (starlark.Value, error) { d.q = nil; return starlark.None, a.none() },
	"copy": func(d *deque, a *args) (starlark.Value, error) {
		return &deque{d.noHash, slices.Clone(d.q), d.max}, a.none()
	},
	"reverse": func(d *deque, a *args) (starlark.Value, error) { slices.Reverse(d.q); return starlark.None, a.none() },
	"count": func(d *deque, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		n := 0
		for _, e := range d.q {
			eq, err := pymeth.Equal(e, v[0])
			if err != nil {
				return nil, err
			}
			if eq {
				n++
			}
		}
		return integer(n), nil
	},
	"index": func(d *deque, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		i, err := d.find(v[0])
		if err == nil && i < 0 {
			err = pyrt.Errorf("ValueError", "%s is not in deque", pyfmt.Repr(v[0]))
		}
		return integer(i), err
	},
	"insert": func(d *deque, a *args) (starlark.Value, error) {
		v, err := a.exactly(2)
		if err != nil {
			return nil, err
		}
		i, err := pymeth.Index(v[0])
		if err != nil {
			return nil, err
		}
		if d.max >= 0 && len(d.q) >= d.max {
			return nil, pyrt.Errorf("IndexError", "deque already at its maximum size")
		}
		if i < 0 {
			i += len(d.q)
		}
		d.q = slices.Insert(slices.Clone(d.q), min(max(i, 0), len(d.q)), v[1])
		return starlark.None, nil
	},
	"rotate": func(d *deque, a *args) (starlark.Value, error) {
		v, err := a.bind("n")
		if err != nil {
			return nil, err
		}
		n, err := intOr(v[0], 1)
		if size := len(d.q); err == nil && size > 0 {
			n = ((n % size) + size) % size
			d.q = slices.Concat(d.q[size-n:], d.q[:size-n])
		}
		return starlark.None, err
	},
}
