package pymod

import (
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// maxProduct bounds the pools that product, combinations and permutations keep.
const maxProduct = 1 << 23

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
