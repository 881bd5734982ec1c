package py

import (
	"fmt"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// Range is an arithmetic progression of 64-bit integers.
type Range struct{ start, stop, step, n int }

func newRange(args starlark.Tuple) (starlark.Value, error) {
	r := &Range{step: 1}
	var v [3]int
	if len(args) < 1 || len(args) > 3 {
		return nil, raise("TypeError", "range expected 1 to 3 arguments, got %d", len(args))
	}
	for i, a := range args {
		n, err := pymeth.IntValue(a)
		if err != nil {
			return nil, err
		}
		i64, ok := n.Int64()
		if !ok || i64 > 1<<62 || i64 < -1<<62 {
			return nil, raise("OverflowError", "range bounds beyond 62 bits are not supported")
		}
		v[i] = int(i64)
	}
	switch len(args) {
	case 1:
		r.stop = v[0]
	default:
		r.start, r.stop = v[0], v[1]
		if len(args) == 3 {
			r.step = v[2]
		}
	}
	if r.step == 0 {
		return nil, raise("ValueError", "range() arg 3 must not be zero")
	}
	switch {
	case r.step > 0 && r.start < r.stop:
		r.n = (r.stop-1-r.start)/r.step + 1
	case r.step < 0 && r.start > r.stop:
		r.n = (r.start-1-r.stop)/-r.step + 1
	}
	return r, nil
}

func (r *Range) String() string {
	if r.step == 1 {
		return fmt.Sprintf("range(%d, %d)", r.start, r.stop)
	}
	return fmt.Sprintf("range(%d, %d, %d)", r.start, r.stop, r.step)
}
func (r *Range) Type() string          { return "range" }
func (r *Range) Freeze()               {}
func (r *Range) Truth() starlark.Bool  { return r.n > 0 }
func (r *Range) Hash() (uint32, error) { return uint32(r.n*31 + r.start*7 + r.step), nil }

// Len implements starlark.Sequence.
func (r *Range) Len() int { return r.n }

// Index implements starlark.Indexable.
func (r *Range) Index(i int) starlark.Value { return starlark.MakeInt(r.start + i*r.step) }

// PySlice implements pyrt.Slicer.
func (r *Range) PySlice(lo, hi, step starlark.Value) (starlark.Value, error) {
	a, b, s, n, err := (&Slice{lo, hi, step}).bounds(r.n)
	if err != nil {
		return nil, err
	}
	return &Range{r.start + a*r.step, r.start + b*r.step, s * r.step, n}, nil
}

// Iterate implements starlark.Iterable.
func (r *Range) Iterate() starlark.Iterator { return &rangeIter{i: r.start, step: r.step, n: r.n} }

// PyIter implements pyrt.Iterator.
func (r *Range) PyIter() (pyrt.Iter, error) {
	return &rangePyIter{i: r.start, step: r.step, n: r.n}, nil
}

type rangeIter struct{ i, step, n int }

func (it *rangeIter) Next(p *starlark.Value) bool {
	if it.n == 0 {
		return false
	}
	*p = starlark.MakeInt(it.i)
	it.i += it.step
	it.n--
	return true
}
func (it *rangeIter) Done() {}

type rangePyIter struct{ i, step, n int }

func (it *rangePyIter) Next() (starlark.Value, error) {
	if it.n == 0 {
		return nil, nil
	}
	v := starlark.MakeInt(it.i)
	it.i += it.step
	it.n--
	return v, nil
}
func (it *rangePyIter) Close() {}

// Has implements starlark.Container.
func (r *Range) Has(v starlark.Value) (bool, error) {
	i, ok := r.find(v)
	_ = i
	return ok, nil
}

// find is the index of v.
func (r *Range) find(v starlark.Value) (int, bool) {
	if f, ok := v.(starlark.Float); ok {
		n, err := starlark.NumberToInt(f)
		if err != nil || starlark.Float(n.Float()) != f {
			return 0, false
		}
		v = n
	}
	n, ok := number(v)
	if !ok {
		return 0, false
	}
	x, ok := n.(starlark.Int).Int64()
	if !ok || r.n == 0 {
		return 0, false
	}
	d := int(x) - r.start
	if d%r.step != 0 || d/r.step < 0 || d/r.step >= r.n {
		return 0, false
	}
	return d / r.step, true
}

// EqualTo implements pyrt.Equaler: ranges are equal if their elements are.
func (r *Range) EqualTo(y starlark.Value) (equal, handled bool, err error) {
	o, ok := y.(*Range)
	if !ok {
		return false, true, nil
	}
	return r.n == o.n && (r.n == 0 || r.start == o.start && (r.n == 1 || r.step == o.step)), true, nil
}

// Attr implements starlark.HasAttrs.
func (r *Range) Attr(name string) (starlark.Value, error) {
	switch name {
	case "start":
		return starlark.MakeInt(r.start), nil
	case "stop":
		return starlark.MakeInt(r.stop), nil
	case "step":
		return starlark.MakeInt(r.step), nil
	case "index", "count":
		return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			if len(args) != 1 {
				return nil, raise("TypeError", "range.%s() takes exactly one argument (%d given)", name, len(args))
			}
			i, ok := r.find(args[0])
			switch {
			case name == "index" && !ok:
				return nil, raise("ValueError", "%s is not in range", args[0])
			case name == "index":
				return starlark.MakeInt(i), nil
			case ok:
				return one, nil
			}
			return zero, nil
		}), nil
	}
	return nil, nil
}

// AttrNames implements starlark.HasAttrs.
func (r *Range) AttrNames() []string { return []string{"count", "index", "start", "step", "stop"} }
