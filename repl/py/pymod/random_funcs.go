package pymod

import (
	"math"
	"math/big"
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// randomFuncs are the methods of a generator and the functions of the module,
// in the words of CPython's Lib/random.py.
var randomFuncs map[string]func(g *generator, a *args) (starlark.Value, error)

func init() {
	randomFuncs = map[string]func(g *generator, a *args) (starlark.Value, error){
		"seed":        randomSeed,
		"random":      func(g *generator, a *args) (starlark.Value, error) { return starlark.Float(g.mt.float64()), a.none() },
		"getrandbits": randomBits,
		"randbytes":   randomBytes,
		"randint":     randomInt,
		"randrange":   randomRange,
		"choice":      randomChoice,
		"choices":     (*generator).choices,
		"sample":      (*generator).sample,
		"shuffle":     randomShuffle,
		"uniform": real2("a!", "b!", 0, 0, func(g *generator, a, b float64) float64 {
			return a + (b-a)*g.mt.float64()
		}),
		// Go's logarithm and the C library's differ by one unit in the last place
		// for a few arguments, and so may a result of gauss and its like.
		"gauss":         real2("mu", "sigma", 0, 1, (*generator).gauss),
		"normalvariate": real2("mu", "sigma", 0, 1, (*generator).normal),
		"expovariate": func(g *generator, a *args) (starlark.Value, error) {
			v, err := a.bind("lambd!")
			if err != nil {
				return nil, err
			}
			l, err := pymeth.FloatValue(v[0])
			if err == nil && l == 0 {
				err = pyrt.Errorf("ZeroDivisionError", "float division by zero")
			}
			return starlark.Float(-math.Log(1-g.mt.float64()) / l), err
		},
		"triangular": func(g *generator, a *args) (starlark.Value, error) {
			v, err := a.bind("low", "high", "mode")
			if err != nil {
				return nil, err
			}
			return g.triangular(v)
		},
	}
}

// real2 is a function of two real parameters.
func real2(n1, n2 string, d1, d2 float64, f func(g *generator, a, b float64) float64) func(*generator, *args) (starlark.Value, error) {
	return func(g *generator, a *args) (starlark.Value, error) {
		v, err := a.bind(n1, n2)
		if err != nil {
			return nil, err
		}
		x, err := floatOr(v[0], d1)
		if err != nil {
			return nil, err
		}
		y, err := floatOr(v[1], d2)
		if err != nil {
			return nil, err
		}
		return starlark.Float(f(g, x, y)), nil
	}
}

func randomSeed(g *generator, a *args) (starlark.Value, error) {
	v, err := a.bind("a", "version")
	if err != nil {
		return nil, err
	}
	if err := g.seed(v[0]); err != nil {
		return nil, err
	}
	if g.shared && OnSeed != nil {
		next := g.mt // a copy: the sequence itself goes on from its start
		OnSeed(uint64(next.uint32())<<32 | uint64(next.uint32()))
	}
	return starlark.None, nil
}

func randomBits(g *generator, a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	k, err := pymeth.Index(v[0])
	switch {
	case err != nil:
		return nil, err
	case k < 0:
		return nil, pyrt.Errorf("ValueError", "number of bits must be non-negative")
	case k > 1<<30:
		return nil, pyrt.Errorf("MemoryError", "")
	case k == 0:
		return integer(0), nil
	}
	return starlark.MakeBigInt(g.bits(k)), nil
}

func randomBytes(g *generator, a *args) (starlark.Value, error) {
	v, err := a.bind("n!")
	if err != nil {
		return nil, err
	}
	n, err := pymeth.Index(v[0])
	switch {
	case err != nil:
		return nil, err
	case n < 0:
		return nil, pyrt.Errorf("ValueError", "number of bits must be non-negative")
	case n > 1<<27:
		return nil, pyrt.Errorf("MemoryError", "")
	case n == 0:
		return starlark.Bytes(""), nil
	}
	b := g.bits(8 * n).FillBytes(make([]byte, n))
	slices.Reverse(b) // to_bytes(n, 'little')
	return starlark.Bytes(b), nil
}

func randomInt(g *generator, a *args) (starlark.Value, error) {
	v, err := a.bind("a!", "b!")
	if err != nil {
		return nil, err
	}
	lo, err := pymeth.IntValue(v[0])
	if err != nil {
		return nil, err
	}
	hi, err := pymeth.IntValue(v[1])
	if err != nil {
		return nil, err
	}
	return g.between(lo.BigInt(), hi.BigInt())
}

func randomRange(g *generator, a *args) (starlark.Value, error) {
	v, err := a.bind("start!", "stop", "step")
	if err != nil {
		return nil, err
	}
	var n [3]*big.Int
	for i := range n {
		n[i] = big.NewInt(1)
		if isNone(v[i]) {
			continue
		}
		x, err := pymeth.IntValue(v[i])
		if err != nil {
			return nil, err
		}
		n[i] = x.BigInt()
	}
	start, stop, step := n[0], n[1], n[2]
	if isNone(v[1]) {
		if v[2] != nil {
			return nil, pyrt.Errorf("TypeError", "Missing a non-None stop argument")
		}
		if start.Sign() <= 0 {
			return nil, pyrt.Errorf("ValueError", "empty range for randrange()")
		}
		return starlark.MakeBigInt(g.below(start)), nil
	}
	width := new(big.Int).Sub(stop, start)
	count := new(big.Int).Set(width)
	switch step.Sign() {
	case 0:
		return nil, pyrt.Errorf("ValueError", "zero step for randrange()")
	case 1:
		count.Add(count, step).Sub(count, big.NewInt(1))
	default:
		count.Add(count, step).Add(count, big.NewInt(1))
	}
	count.Quo(count, step)
	if count.Sign() <= 0 {
		if step.IsInt64() && step.Int64() == 1 {
			return nil, pyrt.Errorf("ValueError", "empty range for randrange() (%s, %s, %s)", start, stop, width)
		}
		return nil, pyrt.Errorf("ValueError", "empty range for randrange()")
	}
	r := g.below(count)
	return starlark.MakeBigInt(r.Mul(r, step).Add(r, start)), nil
}

func randomChoice(g *generator, a *args) (starlark.Value, error) {
	v, err := a.bind("seq!")
	if err != nil {
		return nil, err
	}
	seq, err := sequence(v[0])
	if err != nil {
		return nil, err
	}
	if seq.Len() == 0 {
		return nil, pyrt.Errorf("IndexError", "list index out of range")
	}
	return seq.Index(g.index(seq.Len())), nil
}

func randomShuffle(g *generator, a *args) (starlark.Value, error) {
	v, err := a.bind("x!")
	if err != nil {
		return nil, err
	}
	l, ok := v[0].(starlark.HasSetIndex)
	if !ok {
		return nil, pyrt.Errorf("TypeError", "'%s' object does not support item assignment", v[0].Type())
	}
	for i := l.Len() - 1; i > 0; i-- {
		j := g.index(i + 1)
		x, y := l.Index(i), l.Index(j)
		if err := l.SetIndex(i, y); err != nil {
			return nil, err
		}
		if err := l.SetIndex(j, x); err != nil {
			return nil, err
		}
	}
	return starlark.None, nil
}

func (g *generator) gauss(mu, sigma float64) float64 {
	z := g.gaussian
	g.gaussian = nil
	if z == nil {
		x2pi := g.mt.float64() * (2 * math.Pi)
		g2rad := math.Sqrt(-2 * math.Log(1-g.mt.float64()))
		a, b := math.Cos(x2pi)*g2rad, math.Sin(x2pi)*g2rad
		z, g.gaussian = &a, &b
	}
	return mu + *z*sigma
}

// normal is the ratio method of Kinderman and Monahan.
func (g *generator) normal(mu, sigma float64) float64 {
	magic := 4 * math.Exp(-0.5) / math.Sqrt(2)
	for {
		u1 := g.mt.float64()
		u2 := 1 - g.mt.float64()
		z := magic * (u1 - 0.5) / u2
		if z*z/4 <= -math.Log(u2) {
			return mu + z*sigma
		}
	}
}

func (g *generator) triangular(v []starlark.Value) (starlark.Value, error) {
	low, err := floatOr(v[0], 0)
	if err != nil {
		return nil, err
	}
	high, err := floatOr(v[1], 1)
	if err != nil {
		return nil, err
	}
	u, c := g.mt.float64(), 0.5
	if high == low {
		return starlark.Float(low), nil
	}
	if !isNone(v[2]) {
		mode, err := pymeth.FloatValue(v[2])
		if err != nil {
			return nil, err
		}
		c = (mode - low) / (high - low)
	}
	if u > c {
		u, c, low, high = 1-u, 1-c, high, low
	}
	return starlark.Float(low + (high-low)*math.Sqrt(u*c)), nil
}
