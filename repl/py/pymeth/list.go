package pymeth

import (
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

func listClass() *class {
	return &class{
		name: "list",
		is:   func(v starlark.Value) bool { _, ok := v.(*starlark.List); return ok },
		methods: map[string]method{
			"append": func(c *call) (starlark.Value, error) {
				v, err := c.one()
				if err == nil {
					err = c.list().Append(v)
				}
				return starlark.None, err
			},
			"extend":  listExtend,
			"insert":  listInsert,
			"pop":     listPop,
			"remove":  listRemove,
			"clear":   func(c *call) (starlark.Value, error) { return starlark.None, firstErr(c.none, c.list().Clear) },
			"copy":    func(c *call) (starlark.Value, error) { return starlark.NewList(elems(c.list())), c.none() },
			"index":   seqIndex,
			"count":   seqCount,
			"reverse": listReverse,
			"sort":    listSort,
		},
	}
}

func firstErr(fns ...func() error) error {
	for _, f := range fns {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func (c *call) list() *starlark.List { return c.recv.(*starlark.List) }

// elems is a copy of l's elements.
func elems(l starlark.Indexable) []starlark.Value {
	out := make([]starlark.Value, l.Len())
	for i := range out {
		out[i] = l.Index(i)
	}
	return out
}

// SetElems replaces all elements of l.
func SetElems(l *starlark.List, vs []starlark.Value) error {
	if err := l.Clear(); err != nil {
		return err
	}
	for _, v := range vs {
		if err := l.Append(v); err != nil {
			return err
		}
	}
	return nil
}

// Replace is l[lo:hi] = vs, and so also del l[lo:hi]; 0 <= lo <= hi <= len.
func Replace(l *starlark.List, lo, hi int, vs []starlark.Value) error {
	return SetElems(l, slices.Replace(elems(l), lo, hi, vs...))
}

// Pop takes element i out of l, 0 <= i < len. It costs what follows i.
func Pop(l *starlark.List, i int) (starlark.Value, error) {
	return starlarkList(l, "pop", starlark.MakeInt(i))
}

// starlarkList calls Starlark's own method: only these reach the storage.
func starlarkList(l *starlark.List, name string, args ...starlark.Value) (starlark.Value, error) {
	m, err := l.Attr(name)
	if err != nil {
		return nil, err
	}
	return m.(*starlark.Builtin).CallInternal(nil, args, nil)
}

func listExtend(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	vs, err := Collect(v) // first, as v may be the list itself
	for _, e := range vs {
		if err := c.list().Append(e); err != nil {
			return nil, err
		}
	}
	return starlark.None, err
}

func listInsert(c *call) (starlark.Value, error) {
	if err := c.between(2, 2); err != nil {
		return nil, err
	}
	l := c.list()
	i, err := Index(c.args[0])
	if err != nil {
		return nil, err
	}
	if i < 0 {
		i = max(0, i+l.Len())
	}
	_, err = starlarkList(l, "insert", starlark.MakeInt(min(i, l.Len())), c.args[1])
	return starlark.None, err
}

func listPop(c *call) (starlark.Value, error) {
	if err := c.between(0, 1); err != nil {
		return nil, err
	}
	l, i := c.list(), -1
	if v := c.arg(0); v != nil {
		var err error
		if i, err = Index(v); err != nil {
			return nil, err
		}
	}
	if l.Len() == 0 {
		return nil, pyrt.Errorf("IndexError", "pop from empty list")
	}
	if i < 0 {
		i += l.Len()
	}
	if i < 0 || i >= l.Len() {
		return nil, pyrt.Errorf("IndexError", "pop index out of range")
	}
	return Pop(l, i)
}

// find is the index of v in seq[start:end], -1 if it is not there.
func find(seq starlark.Indexable, v starlark.Value, start, end int) (int, error) {
	for i := start; i < min(end, seq.Len()); i++ {
		eq, err := Equal(seq.Index(i), v)
		if err != nil {
			return -1, err
		}
		if eq {
			return i, nil
		}
	}
	return -1, nil
}

func listRemove(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	i, err := find(c.list(), v, 0, c.list().Len())
	if err != nil {
		return nil, err
	}
	if i < 0 {
		return nil, pyrt.Errorf("ValueError", "list.remove(x): x not in list")
	}
	_, err = Pop(c.list(), i)
	return starlark.None, err
}

// seqIndex is index() of list and tuple.
func seqIndex(c *call) (starlark.Value, error) {
	if err := c.between(1, 3); err != nil {
		return nil, err
	}
	seq := c.recv.(starlark.Indexable)
	start, end := 0, seq.Len()
	for i, p := range []*int{&start, &end} {
		v := c.arg(i + 1)
		if v == nil {
			continue
		}
		n, err := Index(v)
		if err != nil {
			return nil, pyrt.Errorf("TypeError", "slice indices must be integers or have an __index__ method")
		}
		if n < 0 {
			n = max(0, n+seq.Len())
		}
		*p = n
	}
	i, err := find(seq, c.args[0], start, end)
	if err != nil {
		return nil, err
	}
	if i < 0 {
		if c.typ == "tuple" {
			return nil, pyrt.Errorf("ValueError", "tuple.index(x): x not in tuple")
		}
		return nil, &pyrt.Error{Class: "ValueError", Msg: repr(c.args[0]) + " is not in list"}
	}
	return starlark.MakeInt(i), nil
}

func seqCount(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	n := 0
	err = Each(c.recv, func(e starlark.Value) error {
		eq, err := Equal(e, v)
		if eq {
			n++
		}
		return err
	})
	return starlark.MakeInt(n), err
}

func listReverse(c *call) (starlark.Value, error) {
	if err := c.none(); err != nil {
		return nil, err
	}
	l := c.list()
	for i, j := 0, l.Len()-1; i < j; i, j = i+1, j-1 {
		a, b := l.Index(i), l.Index(j)
		if err := l.SetIndex(i, b); err != nil {
			return nil, err
		}
		if err := l.SetIndex(j, a); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

func listSort(c *call) (starlark.Value, error) {
	if len(c.args) > 0 {
		return nil, pyrt.Errorf("TypeError", "sort() takes no positional arguments")
	}
	a, err := c.bind("*key", "reverse")
	if err != nil {
		return nil, err
	}
	vs := elems(c.list())
	if err := Sort(c.th, vs, a[0], a[1] != nil && bool(a[1].Truth())); err != nil {
		return nil, err
	}
	return starlark.None, SetElems(c.list(), vs)
}

// Sort sorts vs in place, stably, by key(v) if key is not nil or None. reverse
// keeps equal elements in their order, as Python does. The first failing
// comparison or call of key ends it.
func Sort(th *starlark.Thread, vs []starlark.Value, key starlark.Value, reverse bool) error {
	type keyed struct{ k, v starlark.Value }
	ks := make([]keyed, len(vs))
	for i, v := range vs {
		ks[i] = keyed{v, v}
		if key == nil || key == starlark.None {
			continue
		}
		k, err := Call(th, key, v)
		if err != nil {
			return err
		}
		ks[i].k = k
	}
	var failed error
	slices.SortStableFunc(ks, func(a, b keyed) int {
		if failed != nil {
			return 0
		}
		if reverse {
			a, b = b, a
		}
		less, err := Less(a.k, b.k)
		if err == nil && less {
			return -1
		}
		if err == nil {
			if less, err = Less(b.k, a.k); err == nil && less {
				return 1
			}
		}
		failed = err
		return 0
	})
	if failed != nil {
		return failed
	}
	for i, k := range ks {
		vs[i] = k.v
	}
	return nil
}

func tupleClass() *class {
	return &class{
		name:    "tuple",
		is:      func(v starlark.Value) bool { _, ok := v.(starlark.Tuple); return ok },
		methods: map[string]method{"index": seqIndex, "count": seqCount},
	}
}
