package pymod

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func itertoolsModule() *Module {
	d := funcs(map[string]function{
		"count": iterCount, "cycle": iterCycle, "repeat": iterRepeat, "islice": iterIslice, "zip_longest": iterZipLongest,
		"accumulate": iterAccumulate, "groupby": iterGroupby, "tee": iterTee, "starmap": iterStarmap, "compress": iterCompress,
		"takewhile": iterWhile(func(started *bool, truth bool) (keep, end bool) { return truth, !truth }),
		"dropwhile": iterWhile(func(started *bool, truth bool) (keep, end bool) {
			*started = *started || !truth
			return *started, false
		}),
		"filterfalse": iterWhile(func(_ *bool, truth bool) (keep, end bool) { return !truth, false }),
		"product":     iterProduct, "pairwise": iterPairwise,
		"permutations": iterPermutations, "combinations": iterCombinations(false), "combinations_with_replacement": iterCombinations(true),
	})
	d["chain"] = &class{name: "itertools.chain",
		make: func(a *args) (starlark.Value, error) { return chain(a.pos), nil },
		statics: map[string]starlark.Value{"from_iterable": fn("from_iterable", func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			return chain(v[0]), nil
		})}}
	return newModule("itertools", d)
}

func lazy(name string, next func() (starlark.Value, error)) starlark.Value {
	return pyrt.NewLazy("itertools."+name, next)
}

// iterateFirst takes a function's bound arguments and iterates over the first.
func iterateFirst(v []starlark.Value, err error) ([]starlark.Value, pyrt.Iter, error) {
	return iterateAt(v, 0, err)
}

func iterateAt(v []starlark.Value, i int, err error) ([]starlark.Value, pyrt.Iter, error) {
	if err != nil {
		return nil, nil, err
	}
	it, err := pyrt.Iterate(v[i])
	return v, it, err
}

// mapped gives f of each element; where f gives nil the element is left out.
func mapped(name string, it pyrt.Iter, f func(x starlark.Value) (starlark.Value, error)) starlark.Value {
	return lazy(name, func() (starlark.Value, error) {
		for {
			x, err := it.Next()
			if x == nil || err != nil {
				return nil, err
			}
			if y, err := f(x); y != nil || err != nil {
				return y, err
			}
		}
	})
}

// chain goes through the iterables that it gets from v.
func chain(v starlark.Value) starlark.Value {
	var outer, inner pyrt.Iter
	return lazy("chain", func() (_ starlark.Value, err error) {
		if outer == nil {
			if outer, err = pyrt.Iterate(v); err != nil {
				return nil, err
			}
		}
		for {
			if inner != nil {
				if x, err := inner.Next(); x != nil || err != nil {
					return x, err
				}
			}
			next, err := outer.Next()
			if next == nil || err != nil {
				return nil, err
			}
			if inner, err = pyrt.Iterate(next); err != nil {
				return nil, err
			}
		}
	})
}

func iterCount(a *args) (starlark.Value, error) {
	v, err := a.bind("start", "step")
	if err != nil {
		return nil, err
	}
	var at, step starlark.Value = integer(0), integer(1)
	if v[0] != nil {
		at = v[0]
	}
	if v[1] != nil {
		step = v[1]
	}
	for _, n := range []starlark.Value{at, step} {
		if _, err := pymeth.FloatValue(n); err != nil {
			return nil, pyrt.Errorf("TypeError", "a number is required")
		}
	}
	return lazy("count", func() (starlark.Value, error) {
		now := at
		var err error
		at, err = binaryOp("+", at, step)
		return now, err
	}), nil
}

func iterCycle(a *args) (starlark.Value, error) {
	_, it, err := iterateFirst(a.exactly(1))
	if err != nil {
		return nil, err
	}
	var seen []starlark.Value
	i, ended := 0, false
	return lazy("cycle", func() (starlark.Value, error) {
		if !ended {
			x, err := it.Next()
			if x != nil || err != nil {
				seen = append(seen, x)
				return x, err
			}
			ended = true
		}
		if len(seen) == 0 {
			return nil, nil
		}
		x := seen[i%len(seen)]
		i++
		return x, nil
	}), nil
}

func iterRepeat(a *args) (starlark.Value, error) {
	v, err := a.bind("object!", "times")
	if err != nil {
		return nil, err
	}
	left, err := intOr(v[1], 0)
	if err != nil {
		return nil, err
	}
	return lazy("repeat", func() (starlark.Value, error) {
		if v[1] != nil {
			if left <= 0 {
				return nil, nil
			}
			left--
		}
		return v[0], nil
	}), nil
}

func iterIslice(a *args) (starlark.Value, error) {
	if len(a.kwargs) > 0 || len(a.pos) < 2 || len(a.pos) > 4 {
		return nil, pyrt.Errorf("TypeError", "islice expected 2 to 4 arguments, got %d", len(a.pos)+len(a.kwargs))
	}
	bounds := a.pos[1:]
	if len(bounds) == 1 {
		bounds = starlark.Tuple{starlark.None, bounds[0]}
	}
	n := [3]int{0, -1, 1}
	for i, v := range bounds {
		if v == starlark.None {
			continue
		}
		k, err := pymeth.Index(v)
		if err != nil || k < 0 || i == 2 && k == 0 {
			return nil, pyrt.Errorf("ValueError", "%s for islice() must be None or an integer: 0 <= x <= sys.maxsize.",
				[]string{"Indices", "Stop argument", "Step"}[i])
		}
		n[i] = k
	}
	it, err := pyrt.Iterate(a.pos[0])
	if err != nil {
		return nil, err
	}
	at, want := 0, n[0]
	return lazy("islice", func() (starlark.Value, error) {
		for n[1] < 0 || at < n[1] {
			if n[1] >= 0 && want >= n[1] {
				return nil, skip(it, n[1]-at)
			}
			x, err := it.Next()
			if x == nil || err != nil {
				return nil, err
			}
			at++
			if at-1 == want {
				want += n[2]
				return x, nil
			}
		}
		return nil, nil
	}), nil
}

// skip takes n elements, as islice does up to its stop.
func skip(it pyrt.Iter, n int) error {
	for range n {
		if x, err := it.Next(); x == nil || err != nil {
			return err
		}
	}
	return nil
}

func iterZipLongest(a *args) (starlark.Value, error) {
	var fill starlark.Value = starlark.None
	for _, kv := range a.kwargs {
		if kv[0] != starlark.String("fillvalue") {
			return nil, pyrt.Errorf("TypeError", "zip_longest() got an unexpected keyword argument")
		}
		fill = kv[1]
	}
	its := make([]pyrt.Iter, len(a.pos))
	for i, v := range a.pos {
		var err error
		if its[i], err = pyrt.Iterate(v); err != nil {
			return nil, err
		}
	}
	return lazy("zip_longest", func() (starlark.Value, error) {
		out := make(starlark.Tuple, len(its))
		live := false
		for i := range its {
			out[i] = fill
			if its[i] == nil {
				continue
			}
			x, err := its[i].Next()
			if err != nil {
				return nil, err
			}
			if x == nil {
				its[i] = nil
				continue
			}
			out[i], live = x, true
		}
		if !live {
			return nil, nil
		}
		return out, nil
	}), nil
}

func iterAccumulate(a *args) (starlark.Value, error) {
	v, it, err := iterateFirst(a.bind("iterable!", "func", "*initial"))
	if err != nil {
		return nil, err
	}
	var sum starlark.Value
	initial := !isNone(v[2])
	return lazy("accumulate", func() (starlark.Value, error) {
		if initial {
			initial, sum = false, v[2]
			return sum, nil
		}
		x, err := it.Next()
		if x == nil || err != nil {
			return nil, err
		}
		switch {
		case sum == nil:
			sum = x
		case isNone(v[1]):
			sum, err = binaryOp("+", sum, x)
		default:
			sum, err = pymeth.Call(a.th, v[1], sum, x)
		}
		return sum, err
	}), nil
}

// iterWhile is a filter by a predicate; decide says whether to keep an element
// and whether to end.
func iterWhile(decide func(started *bool, truth bool) (keep, end bool)) function {
	return func(a *args) (starlark.Value, error) {
		v, err := a.exactly(2)
		v, it, err := iterateAt(v, 1, err)
		if err != nil {
			return nil, err
		}
		started := false
		return lazy(a.name, func() (starlark.Value, error) {
			for {
				x, err := it.Next()
				if x == nil || err != nil {
					return nil, err
				}
				t := x
				if v[0] != starlark.None {
					if t, err = pymeth.Call(a.th, v[0], x); err != nil {
						return nil, err
					}
				}
				keep, end := decide(&started, bool(t.Truth()))
				if keep {
					return x, nil
				}
				if end {
					return nil, nil
				}
			}
		}), nil
	}
}

func iterStarmap(a *args) (starlark.Value, error) {
	v, err := a.exactly(2)
	v, it, err := iterateAt(v, 1, err)
	if err != nil {
		return nil, err
	}
	return mapped("starmap", it, func(x starlark.Value) (starlark.Value, error) {
		each, err := pymeth.Collect(x)
		if err != nil {
			return nil, err
		}
		return pymeth.Call(a.th, v[0], each...)
	}), nil
}

func iterCompress(a *args) (starlark.Value, error) {
	v, data, err := iterateFirst(a.bind("data!", "selectors!"))
	if err != nil {
		return nil, err
	}
	sel, err := pyrt.Iterate(v[1])
	if err != nil {
		return nil, err
	}
	return lazy("compress", func() (starlark.Value, error) {
		for {
			x, err := data.Next()
			if x == nil || err != nil {
				return nil, err
			}
			if s, err := sel.Next(); s == nil || err != nil {
				return nil, err
			} else if s.Truth() {
				return x, nil
			}
		}
	}), nil
}

func iterPairwise(a *args) (starlark.Value, error) {
	_, it, err := iterateFirst(a.exactly(1))
	if err != nil {
		return nil, err
	}
	var last starlark.Value
	return mapped("pairwise", it, func(x starlark.Value) (starlark.Value, error) {
		before := last
		last = x
		if before == nil {
			return nil, nil
		}
		return starlark.Tuple{before, x}, nil
	}), nil
}
