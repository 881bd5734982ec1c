package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// iterBuiltins are functions of iterables. Those that return an iterator are
// lazy.
var iterBuiltins = map[string]builtinFn{
	"all":       allFn,
	"any":       anyFn,
	"enumerate": enumerateFn,
	"filter":    filterFn,
	"iter":      iterFn,
	"map":       mapFn,
	"max": func(th *starlark.Thread, a starlark.Tuple, k []starlark.Tuple) (starlark.Value, error) {
		return extreme(th, "max", ">", a, k)
	},
	"min": func(th *starlark.Thread, a starlark.Tuple, k []starlark.Tuple) (starlark.Value, error) {
		return extreme(th, "min", "<", a, k)
	},
	"next":     nextFn,
	"reversed": reversedFn,
	"sorted":   sortedFn,
	"sum":      sumFn,
	"zip":      zipFn,
}

// each calls f for the elements of v until it returns false; it can be
// interrupted.
func (st *state) each(v starlark.Value, f func(x starlark.Value) (bool, error)) error {
	it, err := pyrt.Iterate(v)
	if err != nil {
		return err
	}
	defer it.Close()
	for {
		if err := st.tick(); err != nil {
			return err
		}
		x, err := it.Next()
		if x == nil || err != nil {
			return err
		}
		if more, err := f(x); !more || err != nil {
			return err
		}
	}
}

func allFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return anyAll(th, "all", false, args, kwargs)
}

func anyFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	return anyAll(th, "any", true, args, kwargs)
}

// anyAll looks for an element whose truth is stop.
func anyAll(th *starlark.Thread, name string, stop bool, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want(name, args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	found := false
	err := stateOf(th).each(args[0], func(x starlark.Value) (bool, error) {
		t, err := truth(x)
		found = t == stop
		return !found, err
	})
	return starlark.Bool(found == stop), err
}

func enumerateFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("enumerate", args, kwargs, "iterable!", "start")
	if err != nil {
		return nil, err
	}
	n := zero
	if vals[1] != nil {
		if n, err = pymeth.IntValue(vals[1]); err != nil {
			return nil, err
		}
	}
	it, err := pyrt.Iterate(vals[0])
	if err != nil {
		return nil, err
	}
	return pyrt.NewLazy("enumerate", func() (starlark.Value, error) {
		x, err := it.Next()
		if x == nil || err != nil {
			return nil, err
		}
		i := n
		n = n.Add(one)
		return starlark.Tuple{i, x}, nil
	}), nil
}

func filterFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("filter", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	it, err := pyrt.Iterate(args[1])
	if err != nil {
		return nil, err
	}
	st, fn := stateOf(th), args[0]
	return pyrt.NewLazy("filter", func() (starlark.Value, error) {
		for {
			if err := st.tick(); err != nil {
				return nil, err
			}
			x, err := it.Next()
			if x == nil || err != nil {
				return nil, err
			}
			keep := x
			if fn != starlark.None {
				if keep, err = st.call(fn, starlark.Tuple{x}, nil); err != nil {
					return nil, err
				}
			}
			if t, err := truth(keep); err != nil || t {
				return x, err
			}
		}
	}), nil
}

func iterFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("iter", args, kwargs, 1, 2); err != nil {
		return nil, err
	}
	if len(args) == 2 {
		st := stateOf(th)
		return pyrt.NewLazy("callable_iterator", func() (starlark.Value, error) {
			v, err := st.call(args[0], nil, nil)
			if err != nil {
				return nil, err
			}
			if eq, err := equal(v, args[1]); eq || err != nil {
				return nil, err
			}
			return v, nil
		}), nil
	}
	if i, ok := instanceOf(args[0]); ok {
		v, found, err := i.method("__iter__")
		if found || err != nil {
			return v, err
		}
	} else if _, ok := args[0].(pyrt.Nexter); ok {
		return args[0], nil
	}
	it, err := pyrt.Iterate(args[0])
	if err != nil {
		return nil, err
	}
	name := typeName(args[0]) + "_iterator"
	if _, ok := args[0].(*starlark.Dict); ok {
		name = "dict_keyiterator"
	}
	return pyrt.NewLazy(name, it.Next), nil
}

func nextFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("next", args, kwargs, 1, 2); err != nil {
		return nil, err
	}
	n, ok := args[0].(pyrt.Nexter)
	if !ok {
		return nil, raise("TypeError", "'%s' object is not an iterator", typeName(args[0]))
	}
	v, err := n.PyNext()
	switch {
	case err != nil:
		return nil, err
	case v != nil:
		return v, nil
	case len(args) == 2:
		return args[1], nil
	}
	if g, ok := n.(*Generator); ok {
		return nil, g.co.ended()
	}
	return nil, &pyrt.Error{Class: "StopIteration", Args: starlark.Tuple{}}
}

func mapFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 || len(args) < 2 {
		return nil, raise("TypeError", "map() must have at least two arguments.")
	}
	its, err := iterators(args[1:])
	if err != nil {
		return nil, err
	}
	st, fn := stateOf(th), args[0]
	return pyrt.NewLazy("map", func() (starlark.Value, error) {
		row, _, err := advance(its)
		if row == nil || err != nil {
			return nil, err
		}
		return st.call(fn, row, nil)
	}), nil
}

func iterators(vals []starlark.Value) ([]pyrt.Iter, error) {
	its := make([]pyrt.Iter, len(vals))
	for i, v := range vals {
		it, err := pyrt.Iterate(v)
		if err != nil {
			return nil, err
		}
		its[i] = it
	}
	return its, nil
}

// advance takes the next element of each; row is nil when one of them, number
// short, has none.
func advance(its []pyrt.Iter) (row starlark.Tuple, short int, err error) {
	row = make(starlark.Tuple, len(its))
	for i, it := range its {
		if row[i], err = it.Next(); row[i] == nil || err != nil {
			return nil, i, err
		}
	}
	return row, 0, nil
}

func zipFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	strict := false
	for _, kv := range kwargs {
		if kv[0] != starlark.String("strict") {
			return nil, raise("TypeError", "zip() got an unexpected keyword argument %s", kv[0])
		}
		strict = bool(kv[1].Truth())
	}
	its, err := iterators(args)
	if err != nil {
		return nil, err
	}
	return pyrt.NewLazy("zip", func() (starlark.Value, error) {
		if len(its) == 0 {
			return nil, nil
		}
		row, short, err := advance(its)
		if err != nil {
			return nil, err
		}
		if row != nil {
			return row, nil
		}
		if !strict {
			return nil, nil
		}
		if short > 0 {
			return nil, raise("ValueError", "zip() argument %d is shorter than argument%s", short+1, upTo(short))
		}
		for i, it := range its[1:] {
			if x, err := it.Next(); x != nil || err != nil {
				if err == nil {
					err = raise("ValueError", "zip() argument %d is longer than argument%s", i+2, upTo(i+1))
				}
				return nil, err
			}
		}
		return nil, nil
	}), nil
}

// upTo words the arguments before one that differs: " 1" or "s 1-3".
func upTo(n int) string {
	if n == 1 {
		return " 1"
	}
	return "s 1-" + starlark.MakeInt(n).String()
}

func reversedFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("reversed", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	var seq starlark.Indexable
	switch v := args[0].(type) {
	case starlark.String, *starlark.Dict:
		list, err := pyrt.Elems(v, 0)
		if err != nil {
			return nil, err
		}
		seq = starlark.Tuple(list)
	case starlark.Bytes:
		list, _ := pyrt.Elems(v, 0)
		seq = starlark.Tuple(list)
	case starlark.Indexable:
		seq = v
	default:
		return nil, raise("TypeError", "'%s' object is not reversible", typeName(v))
	}
	i := seq.Len()
	return pyrt.NewLazy("reversed", func() (starlark.Value, error) {
		if i--; i < 0 || i >= seq.Len() {
			return nil, nil
		}
		return seq.Index(i), nil
	}), nil
}

func sumFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("sum", args, kwargs, "iterable!", "start")
	if err != nil {
		return nil, err
	}
	total := starlark.Value(zero)
	switch vals[1].(type) {
	case nil:
	case starlark.String:
		return nil, raise("TypeError", "sum() can't sum strings [use ''.join(seq) instead]")
	case starlark.Bytes:
		return nil, raise("TypeError", "sum() can't sum bytes [use b''.join(seq) instead]")
	default:
		total = vals[1]
	}
	st := stateOf(th)
	err = st.each(vals[0], func(x starlark.Value) (bool, error) {
		if a, ok := total.(starlark.Int); ok {
			if b, ok := x.(starlark.Int); ok {
				total = a.Add(b)
				return true, nil
			}
		}
		var err error
		total, err = binary(st, "+", total, x)
		return true, err
	})
	if err != nil {
		return nil, err
	}
	return total, nil
}
