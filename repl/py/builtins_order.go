package py

import (
	"sort"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// extreme is min and max.
func extreme(th *starlark.Thread, name, op string, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var key, def starlark.Value
	for _, kv := range kwargs {
		switch n := string(kv[0].(starlark.String)); n {
		case "key":
			if kv[1] != starlark.None {
				key = kv[1]
			}
		case "default":
			def = kv[1]
		default:
			return nil, &pyrt.Error{Class: "TypeError", Field: n, Msg: "'" + n + "' is an invalid keyword argument for " + name + "()"}
		}
	}
	st := stateOf(th)
	var src starlark.Value = args
	switch len(args) {
	case 0:
		return nil, raise("TypeError", "%s expected at least 1 argument, got 0", name)
	case 1:
		src = args[0]
	}
	var best, bestKey starlark.Value
	err := st.each(src, func(x starlark.Value) (bool, error) {
		k := x
		var err error
		if key != nil {
			if k, err = st.call(key, starlark.Tuple{x}, nil); err != nil {
				return false, err
			}
		}
		better := best == nil
		if !better {
			if better, err = compare(op, k, bestKey); err != nil {
				return false, err
			}
		}
		if better {
			best, bestKey = x, k
		}
		return true, nil
	})
	switch {
	case err != nil:
		return nil, err
	case best != nil:
		return best, nil
	case def != nil:
		return def, nil
	}
	return nil, raise("ValueError", "%s() arg is an empty sequence", name)
}

func sortedFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("sorted", args, kwargs, "iterable!", "*key", "reverse")
	if err != nil {
		return nil, err
	}
	st := stateOf(th)
	list, err := st.elems(vals[0])
	if err != nil {
		return nil, err
	}
	list = append([]starlark.Value{}, list...)
	keys := list
	if vals[1] != nil && vals[1] != starlark.None {
		keys = make([]starlark.Value, len(list))
		for i, x := range list {
			if keys[i], err = st.call(vals[1], starlark.Tuple{x}, nil); err != nil {
				return nil, err
			}
		}
	}
	s := &sorter{st: st, list: list, keys: keys, order: make([]int, len(list))}
	for i := range s.order {
		s.order[i] = i
	}
	if vals[2] != nil && bool(vals[2].Truth()) {
		s.reverse = true
	}
	sort.Stable(s)
	if s.err != nil {
		return nil, s.err
	}
	out := make([]starlark.Value, len(list))
	for i, k := range s.order {
		out[i] = list[k]
	}
	return starlark.NewList(out), nil
}

// sorter sorts indices, so that keys and elements stay together. An error ends
// the comparisons, since package sort cannot be stopped.
type sorter struct {
	st      *state
	list    []starlark.Value
	keys    []starlark.Value
	order   []int
	reverse bool
	err     error
}

func (s *sorter) Len() int      { return len(s.order) }
func (s *sorter) Swap(i, j int) { s.order[i], s.order[j] = s.order[j], s.order[i] }
func (s *sorter) Less(i, j int) bool {
	if s.err != nil {
		return false
	}
	if s.err = s.st.pending(); s.err != nil {
		return false
	}
	a, b := s.keys[s.order[i]], s.keys[s.order[j]]
	if s.reverse {
		a, b = b, a
	}
	var less bool
	less, s.err = compare("<", a, b)
	return less
}
