package pymod

import (
	"slices"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func newCounter(a *args) (starlark.Value, error) {
	d := newSubDict(counterDict, a.th)
	if len(a.pos) > 1 {
		return nil, pyrt.Errorf("TypeError", "Counter.__init__() takes from 1 to 2 positional arguments but %d were given", len(a.pos)+1)
	}
	return d, d.count("+", a)
}

// count adds or takes away what the arguments count: a mapping's values, or one
// for each element.
func (d *subDict) count(op string, a *args) error {
	add := func(k, n starlark.Value) error {
		old, found, err := d.Peek(k)
		if err != nil {
			return err
		}
		if !found {
			old = integer(0)
			if op == "+" { // the value may be no number
				return d.SetKey(k, n)
			}
		}
		sum, err := binaryOp(op, old, n)
		if err != nil {
			return err
		}
		return d.SetKey(k, sum)
	}
	if len(a.pos) > 0 && a.pos[0] != starlark.None {
		if m, ok := a.pos[0].(starlark.IterableMapping); ok {
			for _, kv := range m.Items() {
				if err := add(kv[0], kv[1]); err != nil {
					return err
				}
			}
		} else if err := pymeth.Each(a.pos[0], func(e starlark.Value) error { return add(e, integer(1)) }); err != nil {
			return err
		}
	}
	for _, kv := range a.kwargs {
		if err := add(kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

// byCount are the items, the highest counts first.
func (d *subDict) byCount() ([]starlark.Tuple, error) {
	items := d.Items()
	var err error
	slices.SortStableFunc(items, func(x, y starlark.Tuple) int {
		for i, pair := range [2][2]starlark.Tuple{{x, y}, {y, x}} {
			less, lerr := pymeth.Less(pair[0][1], pair[1][1])
			if lerr != nil {
				err = lerr
			} else if less {
				return 1 - 2*i
			}
		}
		return 0
	})
	return items, err
}

var counterMethods = methodTable[*subDict]{
	"most_common": func(d *subDict, a *args) (starlark.Value, error) {
		v, err := a.bind("n")
		if err != nil {
			return nil, err
		}
		items, err := d.byCount()
		if err != nil {
			return nil, err
		}
		n := len(items)
		if !isNone(v[0]) {
			if n, err = pymeth.Index(v[0]); err != nil {
				return nil, err
			}
		}
		out := make([]starlark.Value, max(0, min(n, len(items))))
		for i := range out {
			out[i] = items[i]
		}
		return list(out), nil
	},
	"elements": func(d *subDict, a *args) (starlark.Value, error) {
		items, i, left := d.Items(), -1, 0
		return pyrt.NewLazy("itertools.chain", func() (starlark.Value, error) {
			for left <= 0 {
				if i++; i >= len(items) {
					return nil, nil
				}
				var err error
				if left, err = pymeth.Index(items[i][1]); err != nil {
					return nil, err
				}
			}
			left--
			return items[i][0], nil
		}), a.none()
	},
	"total": func(d *subDict, a *args) (sum starlark.Value, err error) {
		sum = integer(0)
		for _, kv := range d.Items() {
			if sum, err = binaryOp("+", sum, kv[1]); err != nil {
				return nil, err
			}
		}
		return sum, a.none()
	},
	"update":   func(d *subDict, a *args) (starlark.Value, error) { return starlark.None, d.count("+", a) },
	"subtract": func(d *subDict, a *args) (starlark.Value, error) { return starlark.None, d.count("-", a) },
}

// arith is +, -, & and | of Counters; only counts above 0 stay.
func (d *subDict) arith(op syntax.Token, o *subDict) (starlark.Value, error) {
	if op != syntax.PLUS && op != syntax.MINUS && op != syntax.AMP && op != syntax.PIPE {
		return nil, nil
	}
	out := newSubDict(counterDict, d.th)
	keys := d.Keys()
	for _, k := range o.Keys() {
		if has, err := d.Has(k); err != nil {
			return nil, err
		} else if !has {
			keys = append(keys, k)
		}
	}
	for _, k := range keys {
		x, _, err := d.Get(k)
		if err != nil {
			return nil, err
		}
		y, _, err := o.Get(k)
		if err != nil {
			return nil, err
		}
		n := x
		switch op {
		case syntax.PLUS, syntax.MINUS:
			n, err = binaryOp(op.String(), x, y)
		default:
			var less bool
			if less, err = pymeth.Less(x, y); less == (op == syntax.PIPE) {
				n = y
			}
		}
		if err != nil {
			return nil, err
		}
		if positive, err := pymeth.Less(integer(0), n); err != nil {
			return nil, err
		} else if positive {
			if err := out.SetKey(k, n); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}
