package pymod

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// iterTee shares one iteration: what one copy has read waits for the others.
func iterTee(a *args) (starlark.Value, error) {
	v, it, err := iterateFirst(a.bind("iterable!", "n"))
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
	v, it, err := iterateFirst(a.bind("iterable!", "key"))
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
