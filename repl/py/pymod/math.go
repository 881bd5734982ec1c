package pymod

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// The functions of one real number. Go's and the C library's differ by one unit
// in the last place now and then.
var realFuncs = map[string]func(float64) float64{
	"sqrt": math.Sqrt, "cbrt": math.Cbrt, "exp": math.Exp, "exp2": math.Exp2, "expm1": math.Expm1, "log1p": math.Log1p,
	"sin": math.Sin, "cos": math.Cos, "tan": math.Tan, "asin": math.Asin, "acos": math.Acos, "atan": math.Atan,
	"sinh": math.Sinh, "cosh": math.Cosh, "tanh": math.Tanh, "asinh": math.Asinh, "acosh": math.Acosh, "atanh": math.Atanh,
	"fabs": math.Abs, "erf": math.Erf, "erfc": math.Erfc, "gamma": math.Gamma,
	"degrees": func(x float64) float64 { return x * (180 / math.Pi) },
	"radians": func(x float64) float64 { return x * (math.Pi / 180) },
	"lgamma":  func(x float64) float64 { y, _ := math.Lgamma(x); return y },
}

// The functions of two real numbers.
var realFuncs2 = map[string]func(x, y float64) float64{
	"atan2": math.Atan2, "copysign": math.Copysign, "fmod": math.Mod, "pow": math.Pow, "nextafter": math.Nextafter, "remainder": math.Remainder,
}

func domainError() error { return pyrt.Errorf("ValueError", "math domain error") }

// checkReal gives a result the errors of C's: a NaN from numbers is outside the
// domain, an infinity from finite ones a pole or an overflow.
func checkReal(name string, y float64, xs ...float64) (starlark.Value, error) {
	finite, nan := true, false
	for _, x := range xs {
		finite = finite && !math.IsInf(x, 0) && !math.IsNaN(x)
		nan = nan || math.IsNaN(x)
	}
	switch {
	case math.IsNaN(y) && !nan:
		return nil, domainError()
	case math.IsInf(y, 0) && finite:
		switch {
		case name == "atanh", name == "log1p", name == "lgamma", name == "gamma" && xs[0] <= 0 && xs[0] == math.Trunc(xs[0]), name == "pow" && xs[0] == 0:
			return nil, domainError()
		case name == "nextafter":
			return starlark.Float(y), nil
		}
		return nil, pyrt.Errorf("OverflowError", "math range error")
	}
	return starlark.Float(y), nil
}

// reals reads n positional numbers.
func (a *args) reals(n int) ([]float64, error) {
	v, err := a.exactly(n)
	if err != nil {
		return nil, err
	}
	out := make([]float64, n)
	for i := range out {
		if out[i], err = pymeth.FloatValue(v[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// bigInts reads n positional integers.
func (a *args) bigInts(n int) ([]*big.Int, error) {
	v, err := a.exactly(n)
	if err != nil {
		return nil, err
	}
	out := make([]*big.Int, n)
	for i := range out {
		k, err := pymeth.IntValue(v[i])
		if err != nil {
			return nil, err
		}
		out[i] = k.BigInt()
	}
	return out, nil
}

func mathModule() *Module {
	d := funcs(map[string]function{
		"log": mathLog, "log2": mathLogBase("log2", math.Log2), "log10": mathLogBase("log10", math.Log10),
		"floor": toInteger(math.Floor), "ceil": toInteger(math.Ceil), "trunc": toInteger(math.Trunc),
		"isnan":    predicate(func(x float64) bool { return math.IsNaN(x) }),
		"isinf":    predicate(func(x float64) bool { return math.IsInf(x, 0) }),
		"isfinite": predicate(func(x float64) bool { return x-x == 0 }),
		"isclose":  mathIsclose,
		"modf": func(a *args) (starlark.Value, error) {
			x, err := a.reals(1)
			if err != nil {
				return nil, err
			}
			whole := math.Trunc(x[0])
			frac := math.Copysign(x[0]-whole, x[0])
			if math.IsInf(x[0], 0) {
				frac = math.Copysign(0, x[0])
			}
			return starlark.Tuple{starlark.Float(frac), starlark.Float(whole)}, nil
		},
		"frexp": func(a *args) (starlark.Value, error) {
			x, err := a.reals(1)
			if err != nil {
				return nil, err
			}
			m, e := math.Frexp(x[0])
			return starlark.Tuple{starlark.Float(m), integer(e)}, nil
		},
		"ldexp": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(2)
			if err != nil {
				return nil, err
			}
			x, err := pymeth.FloatValue(v[0])
			if err != nil {
				return nil, err
			}
			e, err := pymeth.Index(v[1])
			if err != nil {
				return nil, err
			}
			return checkReal("ldexp", math.Ldexp(x, min(max(e, -1<<20), 1<<20)), x)
		},
		"gcd": mathGCD, "lcm": mathLCM, "factorial": mathFactorial, "comb": mathComb, "perm": mathPerm, "isqrt": mathIsqrt,
		"fsum": mathFsum, "prod": mathProd, "hypot": mathHypot, "dist": mathDist,
	})
	for name, v := range map[string]float64{"pi": math.Pi, "e": math.E, "tau": 2 * math.Pi, "inf": math.Inf(1), "nan": math.NaN()} {
		d[name] = starlark.Float(v)
	}
	for name, f := range realFuncs {
		d[name] = fn(name, func(a *args) (starlark.Value, error) {
			x, err := a.reals(1)
			if err != nil {
				return nil, err
			}
			return checkReal(name, f(x[0]), x...)
		})
	}
	for name, f := range realFuncs2 {
		d[name] = fn(name, func(a *args) (starlark.Value, error) {
			x, err := a.reals(2)
			if err != nil {
				return nil, err
			}
			return checkReal(name, f(x[0], x[1]), x...)
		})
	}
	return newModule("math", d)
}

func predicate(f func(float64) bool) function {
	return func(a *args) (starlark.Value, error) {
		x, err := a.reals(1)
		if err != nil {
			return nil, err
		}
		return starlark.Bool(f(x[0])), nil
	}
}

// toInteger is floor and its like: an int stays exactly what it is.
func toInteger(f func(float64) float64) function {
	return func(a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		x, ok := v[0].(starlark.Float)
		if !ok {
			n, err := pymeth.IntValue(v[0])
			if err != nil {
				return nil, pyrt.Errorf("TypeError", "must be real number, not %s", pyfmt.TypeName(v[0]))
			}
			return n, nil
		}
		switch {
		case math.IsNaN(float64(x)):
			return nil, pyrt.Errorf("ValueError", "cannot convert float NaN to integer")
		case math.IsInf(float64(x), 0):
			return nil, pyrt.Errorf("OverflowError", "cannot convert float infinity to integer")
		}
		return starlark.NumberToInt(starlark.Float(f(float64(x))))
	}
}

// logOf is the logarithm of a number of any size.
func logOf(v starlark.Value, log func(float64) float64) (float64, error) {
	if n, err := pymeth.IntValue(v); err == nil {
		if n.Sign() <= 0 {
			return 0, domainError()
		}
		if b := n.BigInt(); b.BitLen() > 1000 { // v = m * 2^e
			e := b.BitLen() - 64
			m, _ := new(big.Float).SetInt(new(big.Int).Rsh(b, uint(e))).Float64()
			return log(m) + float64(e)*log(2), nil
		}
	}
	x, err := pymeth.FloatValue(v)
	if err != nil {
		return 0, err
	}
	if x <= 0 {
		return 0, domainError()
	}
	return log(x), nil
}

func mathLog(a *args) (starlark.Value, error) {
	if len(a.kwargs) > 0 || len(a.pos) < 1 || len(a.pos) > 2 {
		return nil, pyrt.Errorf("TypeError", "log expected 1 or 2 arguments, got %d", len(a.pos)+len(a.kwargs))
	}
	x, err := logOf(a.pos[0], math.Log)
	if err != nil || len(a.pos) == 1 {
		return starlark.Float(x), err
	}
	base, err := logOf(a.pos[1], math.Log)
	if err == nil && base == 0 {
		err = pyrt.Errorf("ZeroDivisionError", "float division by zero")
	}
	return starlark.Float(x / base), err
}

func mathLogBase(name string, log func(float64) float64) function {
	return func(a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		x, err := logOf(v[0], log)
		return starlark.Float(x), err
	}
}

func mathIsclose(a *args) (starlark.Value, error) {
	v, err := a.bind("a!", "b!", "*rel_tol", "abs_tol")
	if err != nil {
		return nil, err
	}
	var x [4]float64
	for i, def := range []float64{0, 0, 1e-9, 0} {
		if x[i], err = floatOr(v[i], def); err != nil {
			return nil, err
		}
	}
	if x[2] < 0 || x[3] < 0 {
		return nil, pyrt.Errorf("ValueError", "tolerances must be non-negative")
	}
	if x[0] == x[1] {
		return starlark.True, nil
	}
	if math.IsInf(x[0], 0) || math.IsInf(x[1], 0) {
		return starlark.False, nil
	}
	diff := math.Abs(x[1] - x[0])
	return starlark.Bool(diff <= math.Abs(x[2]*x[1]) || diff <= math.Abs(x[2]*x[0]) || diff <= x[3]), nil
}
