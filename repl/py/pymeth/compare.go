package pymeth

import (
	"math"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// maxDepth bounds comparison of nested values.
const maxDepth = 500

// Equal is x == y: numbers across types, containers element by element, other
// values as their pyrt.Equaler says, then as package starlark says.
func Equal(x, y starlark.Value) (bool, error) { return equal(x, y, maxDepth) }

func equal(x, y starlark.Value, depth int) (bool, error) {
	if depth == 0 {
		return false, pyrt.Errorf("RecursionError", "maximum recursion depth exceeded in comparison")
	}
	if s, ok := x.(starlark.String); ok {
		if t, ok := y.(starlark.String); ok {
			return s == t, nil
		}
	}
	for _, side := range [2][2]starlark.Value{{x, y}, {y, x}} {
		if e, ok := side[0].(pyrt.Equaler); ok {
			if eq, handled, err := e.EqualTo(side[1]); handled || err != nil {
				return eq, err
			}
		}
	}
	if isNumber(x) && isNumber(y) {
		c, ok := compareNumbers(x, y)
		return ok && c == 0, nil
	}
	switch x := x.(type) {
	case *starlark.List:
		if y, ok := y.(*starlark.List); ok {
			return equalSeq(x, y, depth)
		}
		return false, nil
	case starlark.Tuple:
		if y, ok := y.(starlark.Tuple); ok {
			return equalSeq(x, y, depth)
		}
		return false, nil
	case *starlark.Dict:
		if y, ok := y.(*starlark.Dict); ok {
			return equalDict(x, y, depth)
		}
		return false, nil
	case *starlark.Set:
		if y, ok := y.(*starlark.Set); ok {
			return x.Len() == y.Len() && subset(x, y), nil
		}
		return false, nil
	}
	return starlark.Equal(x, y)
}

func equalSeq(x, y starlark.Indexable, depth int) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	i, err := firstDifference(x, y, depth)
	return err == nil && i == x.Len(), err
}

// firstDifference is the first index at which x and y differ, or the length of
// the shorter one.
func firstDifference(x, y starlark.Indexable, depth int) (int, error) {
	n := min(x.Len(), y.Len())
	for i := range n {
		eq, err := equal(x.Index(i), y.Index(i), depth-1)
		if err != nil || !eq {
			return i, err
		}
	}
	return n, nil
}

func equalDict(x, y *starlark.Dict, depth int) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	for _, kv := range x.Items() {
		v, found, err := y.Get(kv[0])
		if err != nil || !found {
			return false, err
		}
		if eq, err := equal(kv[1], v, depth-1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

// subset reports whether every element of x is in y.
func subset(x, y *starlark.Set) bool {
	for e := range x.Elements() {
		if found, err := y.Has(e); err != nil || !found {
			return false
		}
	}
	return true
}

func isNumber(v starlark.Value) bool {
	switch v.(type) {
	case starlark.Int, starlark.Float, starlark.Bool:
		return true
	}
	return false
}

// compareNumbers is exact, also between an int and a float. ok is false if one
// is NaN, which is neither less, equal nor greater.
func compareNumbers(x, y starlark.Value) (c int, ok bool) {
	x, y = boolToInt(x), boolToInt(y)
	fx, xf := x.(starlark.Float)
	fy, yf := y.(starlark.Float)
	if xf && math.IsNaN(float64(fx)) || yf && math.IsNaN(float64(fy)) {
		return 0, false
	}
	var err error
	if xf {
		c, err = fx.Cmp(fy, 1)
		if !yf {
			c, err = intFloatCmp(y.(starlark.Int), fx)
			c = -c
		}
	} else if yf {
		c, err = intFloatCmp(x.(starlark.Int), fy)
	} else {
		c, err = x.(starlark.Int).Cmp(y, 1)
	}
	return c, err == nil
}

func intFloatCmp(i starlark.Int, f starlark.Float) (int, error) {
	if math.IsInf(float64(f), 0) {
		if f > 0 {
			return -1, nil
		}
		return 1, nil
	}
	whole, frac := math.Modf(float64(f))
	w, err := starlark.NumberToInt(starlark.Float(whole))
	if err != nil {
		return 0, err
	}
	c, err := i.Cmp(w, 1)
	if c == 0 && frac != 0 {
		c = -1
		if frac < 0 {
			c = 1
		}
	}
	return c, err
}

func boolToInt(v starlark.Value) starlark.Value {
	if b, ok := v.(starlark.Bool); ok {
		if b {
			return starlark.MakeInt(1)
		}
		return starlark.MakeInt(0)
	}
	return v
}

// mirrored is the operator seen from the other side.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<="}

// Less is x < y.
func Less(x, y starlark.Value) (bool, error) { return order("<", x, y, maxDepth) }

// Compare is x op y for <, <=, > and >=. Types without an order are a TypeError.
func Compare(op string, x, y starlark.Value) (bool, error) { return order(op, x, y, maxDepth) }

func order(op string, x, y starlark.Value, depth int) (bool, error) {
	if depth == 0 {
		return false, pyrt.Errorf("RecursionError", "maximum recursion depth exceeded in comparison")
	}
	if isNumber(x) && isNumber(y) {
		c, ok := compareNumbers(x, y)
		return ok && Holds(op, c), nil
	}
	if o, ok := x.(pyrt.Orderer); ok {
		if r, handled, err := o.CompareTo(op, y); handled || err != nil {
			return r, err
		}
	}
	if o, ok := y.(pyrt.Orderer); ok {
		if r, handled, err := o.CompareTo(mirrored[op], x); handled || err != nil {
			return r, err
		}
	}
	switch x := x.(type) {
	case starlark.String:
		if y, ok := y.(starlark.String); ok {
			return Holds(op, strings.Compare(string(x), string(y))), nil
		}
	case starlark.Bytes:
		if y, ok := y.(starlark.Bytes); ok {
			return Holds(op, strings.Compare(string(x), string(y))), nil
		}
	case *starlark.List:
		if y, ok := y.(*starlark.List); ok {
			return orderSeq(op, x, y, depth)
		}
	case starlark.Tuple:
		if y, ok := y.(starlark.Tuple); ok {
			return orderSeq(op, x, y, depth)
		}
	case *starlark.Set:
		if y, ok := y.(*starlark.Set); ok {
			return orderSet(op, x, y), nil
		}
	case starlark.TotallyOrdered:
		if x.Type() == y.Type() {
			if c, err := x.Cmp(y, depth); err == nil {
				return Holds(op, c), nil
			}
		}
	}
	return false, pyrt.Errorf("TypeError", "'%s' not supported between instances of '%s' and '%s'",
		op, pyfmt.TypeName(x), pyfmt.TypeName(y))
}

func orderSeq(op string, x, y starlark.Indexable, depth int) (bool, error) {
	i, err := firstDifference(x, y, depth)
	if err != nil {
		return false, err
	}
	if i < x.Len() && i < y.Len() {
		return order(op, x.Index(i), y.Index(i), depth-1)
	}
	return Holds(op, x.Len()-y.Len()), nil
}

// orderSet is inclusion: a partial order.
func orderSet(op string, x, y *starlark.Set) bool {
	switch op {
	case "<":
		return x.Len() < y.Len() && subset(x, y)
	case "<=":
		return subset(x, y)
	case ">":
		return y.Len() < x.Len() && subset(y, x)
	}
	return subset(y, x)
}

// Holds tells what an ordering operator makes of a three-way comparison.
func Holds(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}
