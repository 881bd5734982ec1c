package pymod

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// maxFactorial bounds factorial and its like, whose results would fill the memory.
const maxFactorial = 100_000

func mathGCD(a *args) (starlark.Value, error) {
	ns, err := a.bigInts(len(a.pos))
	g := new(big.Int)
	for _, n := range ns {
		g.GCD(nil, nil, g, new(big.Int).Abs(n))
	}
	return starlark.MakeBigInt(g), err
}

func mathLCM(a *args) (starlark.Value, error) {
	ns, err := a.bigInts(len(a.pos))
	l := big.NewInt(1)
	for _, n := range ns {
		if n.Sign() == 0 {
			return integer(0), err
		}
		n = new(big.Int).Abs(n)
		g := new(big.Int).GCD(nil, nil, l, n)
		l.Mul(l, n.Div(n, g))
	}
	return starlark.MakeBigInt(l), err
}

func mathFactorial(a *args) (starlark.Value, error) {
	n, err := a.bigInts(1)
	switch {
	case err != nil:
		return nil, err
	case n[0].Sign() < 0:
		return nil, pyrt.Errorf("ValueError", "factorial() not defined for negative values")
	case !n[0].IsInt64() || n[0].Int64() > maxFactorial:
		return nil, pyrt.Errorf("OverflowError", "factorial() argument should not exceed %d", maxFactorial)
	}
	return starlark.MakeBigInt(new(big.Int).MulRange(1, n[0].Int64())), nil
}

// chosen reads (n, k) of comb and perm.
func chosen(a *args) (n, k int64, err error) {
	v, err := a.bind("n!", "k")
	if err != nil {
		return 0, 0, err
	}
	if isNone(v[1]) {
		v[1] = v[0]
	}
	var ns [2]int64
	for i, name := range []string{"n", "k"} {
		x, err := pymeth.IntValue(v[i])
		if err != nil {
			return 0, 0, err
		}
		if x.Sign() < 0 {
			return 0, 0, pyrt.Errorf("ValueError", "%s must be a non-negative integer", name)
		}
		big, ok := x.Int64()
		if !ok {
			return 0, 0, pyrt.Errorf("OverflowError", "%s must not exceed %d", name, int64(math.MaxInt64))
		}
		ns[i] = big
	}
	if ns[1] <= ns[0] && min(ns[1], ns[0]-ns[1]) > maxFactorial {
		return 0, 0, pyrt.Errorf("OverflowError", "%s() with k over %d", a.name, maxFactorial)
	}
	return ns[0], ns[1], nil
}

func mathComb(a *args) (starlark.Value, error) {
	n, k, err := chosen(a)
	if err != nil || k > n {
		return integer(0), err
	}
	return starlark.MakeBigInt(new(big.Int).Binomial(n, min(k, n-k))), nil
}

func mathPerm(a *args) (starlark.Value, error) {
	n, k, err := chosen(a)
	if err != nil || k > n {
		return integer(0), err
	}
	if k > maxFactorial {
		return nil, pyrt.Errorf("OverflowError", "perm() with k over %d", maxFactorial)
	}
	return starlark.MakeBigInt(new(big.Int).MulRange(n-k+1, n)), nil
}

func mathIsqrt(a *args) (starlark.Value, error) {
	n, err := a.bigInts(1)
	if err != nil {
		return nil, err
	}
	if n[0].Sign() < 0 {
		return nil, pyrt.Errorf("ValueError", "isqrt() argument must be nonnegative")
	}
	return starlark.MakeBigInt(new(big.Int).Sqrt(n[0])), nil
}

// mathFsum adds without rounding but at the end: 2200 bits hold any sum of
// float64 values (2^-1074 … 2^1024, and 2^63 of them).
func mathFsum(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	sum := new(big.Float).SetPrec(2200)
	special := 0.0
	err = pymeth.Each(v[0], func(e starlark.Value) error {
		x, err := pymeth.FloatValue(e)
		if err != nil {
			return err
		}
		if x-x != 0 {
			special += x
			return nil
		}
		sum.Add(sum, new(big.Float).SetFloat64(x))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if special != 0 { // or NaN
		if math.IsNaN(special) {
			return starlark.Float(special), nil
		}
		return starlark.Float(special), nil
	}
	x, _ := sum.Float64()
	if math.IsInf(x, 0) {
		return nil, pyrt.Errorf("OverflowError", "intermediate overflow in fsum")
	}
	return starlark.Float(x), nil
}

func mathProd(a *args) (starlark.Value, error) {
	v, err := a.bind("iterable!", "*start")
	if err != nil {
		return nil, err
	}
	var p starlark.Value = integer(1)
	if v[1] != nil {
		p = v[1]
	}
	err = pymeth.Each(v[0], func(e starlark.Value) (err error) {
		p, err = binaryOp("*", p, e)
		return err
	})
	return p, err
}

// vectorLength is sqrt(sum of x²), exactly rounded but for the root, so that
// neither large nor small coordinates are lost.
func vectorLength(xs []float64) float64 {
	sum := new(big.Float).SetPrec(4400)
	for _, x := range xs {
		if math.IsInf(x, 0) {
			return math.Inf(1)
		}
	}
	for _, x := range xs {
		if math.IsNaN(x) {
			return x
		}
		f := new(big.Float).SetPrec(4400).SetFloat64(x)
		sum.Add(sum, f.Mul(f, f))
	}
	y, _ := new(big.Float).SetPrec(120).Sqrt(sum.SetPrec(240)).Float64()
	return y
}

func mathHypot(a *args) (starlark.Value, error) {
	xs, err := a.reals(len(a.pos))
	return starlark.Float(vectorLength(xs)), err
}

func mathDist(a *args) (starlark.Value, error) {
	v, err := a.exactly(2)
	if err != nil {
		return nil, err
	}
	p, err := pymeth.Collect(v[0])
	if err != nil {
		return nil, err
	}
	q, err := pymeth.Collect(v[1])
	if err != nil {
		return nil, err
	}
	if len(p) != len(q) {
		return nil, pyrt.Errorf("ValueError", "both points must have the same number of dimensions")
	}
	d := make([]float64, len(p))
	for i := range d {
		x, err := pymeth.FloatValue(p[i])
		if err != nil {
			return nil, err
		}
		y, err := pymeth.FloatValue(q[i])
		if err != nil {
			return nil, err
		}
		d[i] = x - y
	}
	return starlark.Float(vectorLength(d)), nil
}
