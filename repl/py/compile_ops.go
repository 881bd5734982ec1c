package py

import (
	"go.starlark.net/starlark"
)

// fastBinary compiles the arithmetic that loops are made of: small integers
// without a detour through the general case. nil if op has no such form.
func fastBinary(op string) func(x, y int64) (starlark.Value, bool) {
	const lim = 1 << 31
	small := func(x, y int64) bool { return -lim < x && x < lim && -lim < y && y < lim }
	switch op {
	case "+":
		return func(x, y int64) (starlark.Value, bool) { return starlark.MakeInt64(x + y), small(x, y) }
	case "-":
		return func(x, y int64) (starlark.Value, bool) { return starlark.MakeInt64(x - y), small(x, y) }
	case "*":
		return func(x, y int64) (starlark.Value, bool) { return starlark.MakeInt64(x * y), small(x, y) }
	case "&":
		return func(x, y int64) (starlark.Value, bool) { return starlark.MakeInt64(x & y), true }
	case "|":
		return func(x, y int64) (starlark.Value, bool) { return starlark.MakeInt64(x | y), true }
	case "^":
		return func(x, y int64) (starlark.Value, bool) { return starlark.MakeInt64(x ^ y), true }
	case "%":
		return func(x, y int64) (starlark.Value, bool) {
			if y <= 0 || x < 0 {
				return nil, false
			}
			return starlark.MakeInt64(x % y), true
		}
	case "//":
		return func(x, y int64) (starlark.Value, bool) {
			if y <= 0 || x < 0 {
				return nil, false
			}
			return starlark.MakeInt64(x / y), true
		}
	}
	return nil
}

func (c *compiler) binary(x *binaryExpr) evalFn {
	l, r, op, at := c.expr(x.x), c.expr(x.y), x.op, x.Span
	slow := func(f *frame, a, b starlark.Value) (starlark.Value, error) {
		v, err := binary(f.st, op, a, b)
		if err != nil {
			return nil, f.fail(at, err)
		}
		return v, nil
	}
	fast := fastBinary(op)
	if fast == nil {
		return func(f *frame) (starlark.Value, error) {
			a, err := l(f)
			if err != nil {
				return nil, err
			}
			b, err := r(f)
			if err != nil {
				return nil, err
			}
			return slow(f, a, b)
		}
	}
	if op == "+" || op == "-" {
		return addition(op == "+", l, r, slow)
	}
	return func(f *frame) (starlark.Value, error) {
		a, err := l(f)
		if err != nil {
			return nil, err
		}
		b, err := r(f)
		if err != nil {
			return nil, err
		}
		if ai, ok := a.(starlark.Int); ok {
			if bi, ok := b.(starlark.Int); ok {
				if m, ok := ai.Int64(); ok {
					if n, ok := bi.Int64(); ok {
						if v, ok := fast(m, n); ok {
							return v, nil
						}
					}
				}
			}
		}
		return slow(f, a, b)
	}
}

// addition is + or - with the small integers inlined.
func addition(plus bool, l, r evalFn, slow func(f *frame, a, b starlark.Value) (starlark.Value, error)) evalFn {
	const lim = 1 << 62
	return func(f *frame) (starlark.Value, error) {
		a, err := l(f)
		if err != nil {
			return nil, err
		}
		b, err := r(f)
		if err != nil {
			return nil, err
		}
		if ai, ok := a.(starlark.Int); ok {
			if bi, ok := b.(starlark.Int); ok {
				m, ok1 := ai.Int64()
				n, ok2 := bi.Int64()
				if ok1 && ok2 && -lim < m && m < lim && -lim < n && n < lim {
					if !plus {
						n = -n
					}
					return starlark.MakeInt64(m + n), nil
				}
			}
		}
		return slow(f, a, b)
	}
}

func (c *compiler) unary(x *unaryExpr) evalFn {
	if x.op == "not" {
		test := c.test(x.x)
		return func(f *frame) (starlark.Value, error) {
			t, err := test(f)
			if err != nil {
				return nil, err
			}
			return starlark.Bool(!t), nil
		}
	}
	if k, ok := x.x.(*constExpr); ok {
		if v, err := unary(x.op, k.v); err == nil {
			return func(*frame) (starlark.Value, error) { return v, nil }
		}
	}
	v, op, at := c.expr(x.x), x.op, x.Span
	return func(f *frame) (starlark.Value, error) {
		a, err := v(f)
		if err != nil {
			return nil, err
		}
		r, err := unary(op, a)
		if err != nil {
			return nil, f.fail(at, err)
		}
		return r, nil
	}
}

func (c *compiler) boolOp(x *boolExpr) evalFn {
	l, r, and, at := c.expr(x.x), c.expr(x.y), x.and, x.x.span()
	return func(f *frame) (starlark.Value, error) {
		v, err := l(f)
		if err != nil {
			return nil, err
		}
		var t bool
		if b, ok := v.(starlark.Bool); ok {
			t = bool(b)
		} else if t, err = truth(v); err != nil {
			return nil, f.fail(at, err)
		}
		if t != and {
			return v, nil
		}
		return r(f)
	}
}

// compareTest compiles a single comparison to a Go bool.
func (c *compiler) compareTest(x *compareExpr) func(f *frame) (bool, error) {
	l, r, op, at := c.expr(x.x), c.expr(x.ys[0]), x.ops[0], x.Span
	var ints func(m, n int64) bool
	switch op {
	case "<":
		ints = func(m, n int64) bool { return m < n }
	case "<=":
		ints = func(m, n int64) bool { return m <= n }
	case ">":
		ints = func(m, n int64) bool { return m > n }
	case ">=":
		ints = func(m, n int64) bool { return m >= n }
	case "==":
		ints = func(m, n int64) bool { return m == n }
	case "!=":
		ints = func(m, n int64) bool { return m != n }
	}
	strs := op == "==" || op == "!="
	return func(f *frame) (bool, error) {
		a, err := l(f)
		if err != nil {
			return false, err
		}
		b, err := r(f)
		if err != nil {
			return false, err
		}
		if ints != nil {
			switch av := a.(type) {
			case starlark.Int:
				if bv, ok := b.(starlark.Int); ok {
					m, ok1 := av.Int64()
					n, ok2 := bv.Int64()
					if ok1 && ok2 {
						return ints(m, n), nil
					}
				}
			case starlark.String:
				if bv, ok := b.(starlark.String); ok && strs {
					return (av == bv) == (op == "=="), nil
				}
			}
		}
		ok, err := compare(op, a, b)
		if err != nil {
			return false, f.fail(at, err)
		}
		return ok, nil
	}
}

// compare compiles a comparison, chained or not.
func (c *compiler) compare(x *compareExpr) evalFn {
	if len(x.ops) == 1 {
		test := c.compareTest(x)
		return func(f *frame) (starlark.Value, error) {
			t, err := test(f)
			if err != nil {
				return nil, err
			}
			return starlark.Bool(t), nil
		}
	}
	first := c.expr(x.x)
	ys := make([]evalFn, len(x.ys))
	for i, y := range x.ys {
		ys[i] = c.expr(y)
	}
	return func(f *frame) (starlark.Value, error) {
		a, err := first(f)
		if err != nil {
			return nil, err
		}
		for i, y := range ys {
			b, err := y(f)
			if err != nil {
				return nil, err
			}
			ok, err := compare(x.ops[i], a, b)
			if err != nil {
				return nil, f.fail(x.Span, err)
			}
			if !ok {
				return starlark.False, nil
			}
			a = b
		}
		return starlark.True, nil
	}
}
