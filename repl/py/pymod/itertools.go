package pymod

import (
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// maxProduct bounds the pools that product, combinations and permutations keep.
const maxProduct = 1 << 23

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
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	it, err := pyrt.Iterate(v[0])
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
	v, err := a.bind("iterable!", "func", "*initial")
	if err != nil {
		return nil, err
	}
	it, err := pyrt.Iterate(v[0])
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
		if err != nil {
			return nil, err
		}
		it, err := pyrt.Iterate(v[1])
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
	if err != nil {
		return nil, err
	}
	it, err := pyrt.Iterate(v[1])
	if err != nil {
		return nil, err
	}
	return lazy("starmap", func() (starlark.Value, error) {
		x, err := it.Next()
		if x == nil || err != nil {
			return nil, err
		}
		each, err := pymeth.Collect(x)
		if err != nil {
			return nil, err
		}
		return pymeth.Call(a.th, v[0], each...)
	}), nil
}

func iterCompress(a *args) (starlark.Value, error) {
	v, err := a.bind("data!", "selectors!")
	if err != nil {
		return nil, err
	}
	data, err := pyrt.Iterate(v[0])
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
			s, err := sel.Next()
			if s == nil || err != nil {
				return nil, err
			}
			if s.Truth() {
				return x, nil
			}
		}
	}), nil
}

func iterPairwise(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	it, err := pyrt.Iterate(v[0])
	if err != nil {
		return nil, err
	}
	var last starlark.Value
	return lazy("pairwise", func() (starlark.Value, error) {
		for {
			x, err := it.Next()
			if x == nil || err != nil {
				return nil, err
			}
			before := last
			last = x
			if before != nil {
				return starlark.Tuple{before, x}, nil
			}
		}
	}), nil
}

// iterTee shares one iteration: what one copy has read waits for the others.
func iterTee(a *args) (starlark.Value, error) {
	v, err := a.bind("iterable!", "n")
	if err != nil {
		return nil, err
	}
	n, err := intOr(v[1], 2)
	if err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, pyrt.Errorf("ValueError", "n must be >= 0")
	}
	it, err := pyrt.Iterate(v[0])
	if err != nil {
		return nil, err
	}
	queues := make([][]starlark.Value, min(n, 1000))
	out := make(starlark.Tuple, len(queues))
	for i := range out {
		out[i] = lazy("_tee", func() (starlark.Value, error) {
			if len(queues[i]) == 0 {
				x, err := it.Next()
				if x == nil || err != nil {
					return nil, err
				}
				for j := range queues {
					queues[j] = append(queues[j], x)
				}
			}
			x := queues[i][0]
			queues[i] = queues[i][1:]
			return x, nil
		})
	}
	return out, nil
}

// iterGroupby gives (key, group). A group ends when the next one is asked for.
func iterGroupby(a *args) (starlark.Value, error) {
	v, err := a.bind("iterable!", "key")
	if err != nil {
		return nil, err
	}
	it, err := pyrt.Iterate(v[0])
	if err != nil {
		return nil, err
	}
	var x, key, groupKey starlark.Value // the next element and its key; the group's
	ended := false
	advance := func() error {
		var err error
		if x, err = it.Next(); x == nil || err != nil {
			ended = true
			return err
		}
		key = x
		if !isNone(v[1]) {
			key, err = pymeth.Call(a.th, v[1], x)
		}
		return err
	}
	var current *int
	return lazy("groupby", func() (starlark.Value, error) {
		for !ended && (x == nil || groupKey != nil) {
			if x != nil {
				if eq, err := pymeth.Equal(key, groupKey); err != nil {
					return nil, err
				} else if !eq {
					break
				}
			}
			if err := advance(); err != nil {
				return nil, err
			}
		}
		if ended {
			return nil, nil
		}
		groupKey = key
		mine := new(int)
		current = mine
		return starlark.Tuple{key, lazy("_grouper", func() (starlark.Value, error) {
			if current != mine || ended {
				return nil, nil
			}
			if eq, err := pymeth.Equal(key, groupKey); err != nil || !eq {
				return nil, err
			}
			now := x
			return now, advance()
		})}, nil
	}), nil
}

func iterProduct(a *args) (starlark.Value, error) {
	repeat := 1
	for _, kv := range a.kwargs {
		if kv[0] != starlark.String("repeat") {
			return nil, pyrt.Errorf("TypeError", "product() got an unexpected keyword argument")
		}
		var err error
		if repeat, err = pymeth.Index(kv[1]); err != nil {
			return nil, err
		}
	}
	if repeat < 0 {
		return nil, pyrt.Errorf("ValueError", "repeat argument cannot be negative")
	}
	if repeat > maxProduct/max(1, len(a.pos)) {
		return nil, pyrt.Errorf("OverflowError", "repeat argument too large")
	}
	var pools [][]starlark.Value
	for _, v := range a.pos {
		p, err := pymeth.Collect(v)
		if err != nil {
			return nil, err
		}
		pools = append(pools, p)
	}
	pools = slices.Repeat(pools, repeat)
	index := make([]int, len(pools))
	done := slices.ContainsFunc(pools, func(p []starlark.Value) bool { return len(p) == 0 })
	return lazy("product", func() (starlark.Value, error) {
		if done {
			return nil, nil
		}
		out := make(starlark.Tuple, len(pools))
		for i, p := range pools {
			out[i] = p[index[i]]
		}
		done = true
		for i := len(pools) - 1; i >= 0 && done; i-- {
			if index[i]++; index[i] < len(pools[i]) {
				done = false
			} else {
				index[i] = 0
			}
		}
		return out, nil
	}), nil
}

// chooseArgs reads (iterable, r); r < 0 means absent.
func chooseArgs(a *args, names ...string) ([]starlark.Value, int, error) {
	v, err := a.bind(names...)
	if err != nil {
		return nil, 0, err
	}
	pool, err := pymeth.Collect(v[0])
	if err != nil {
		return nil, 0, err
	}
	if isNone(v[1]) {
		return pool, len(pool), nil
	}
	r, err := pymeth.Index(v[1])
	if err == nil && r < 0 {
		err = pyrt.Errorf("ValueError", "r must be non-negative")
	}
	if err == nil && r > maxProduct {
		err = pyrt.Errorf("OverflowError", "r too large")
	}
	return pool, r, err
}

func pick(pool []starlark.Value, index []int) starlark.Tuple {
	out := make(starlark.Tuple, len(index))
	for i, k := range index {
		out[i] = pool[k]
	}
	return out
}

func iterCombinations(replace bool) function {
	return func(a *args) (starlark.Value, error) {
		pool, r, err := chooseArgs(a, "iterable!", "r!")
		if err != nil {
			return nil, err
		}
		n := len(pool)
		done := !replace && r > n || replace && n == 0 && r > 0
		index := make([]int, r)
		for i := range index {
			if !replace {
				index[i] = i
			}
		}
		return lazy(a.name, func() (starlark.Value, error) {
			if done {
				return nil, nil
			}
			out := pick(pool, index)
			i := r - 1
			for i >= 0 && (replace && index[i] == n-1 || !replace && index[i] == n-r+i) {
				i--
			}
			if done = i < 0; !done {
				index[i]++
				for j := i + 1; j < r; j++ {
					index[j] = index[j-1]
					if !replace {
						index[j]++
					}
				}
			}
			return out, nil
		}), nil
	}
}

// iterPermutations follows the algorithm of the Python library reference.
func iterPermutations(a *args) (starlark.Value, error) {
	pool, r, err := chooseArgs(a, "iterable!", "r")
	if err != nil {
		return nil, err
	}
	n := len(pool)
	if r > n {
		return lazy("permutations", func() (starlark.Value, error) { return nil, nil }), nil
	}
	index, cycles := make([]int, n), make([]int, r)
	for i := range index {
		index[i] = i
	}
	for i := range cycles {
		cycles[i] = n - i
	}
	done := false
	return lazy("permutations", func() (starlark.Value, error) {
		if done {
			return nil, nil
		}
		out := pick(pool, index[:r])
		done = true
		for i := r - 1; i >= 0 && done; i-- {
			if cycles[i]--; cycles[i] == 0 {
				first := index[i]
				copy(index[i:], index[i+1:])
				index[n-1] = first
				cycles[i] = n - i
			} else {
				j := n - cycles[i]
				index[i], index[j] = index[j], index[i]
				done = false
			}
		}
		return out, nil
	}), nil
}
