package py

import (
	"math"
	"math/big"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// Sizes beyond which an operation is refused with MemoryError or OverflowError
// instead of stopping the shell: each ends within an interrupt's patience.
const (
	maxIntBits   = 1 << 22 // of a product, a power or a shift
	maxStrBytes  = 1 << 26
	maxListElems = 1 << 23
)

// opTokens are the operators as starlark.HasBinary knows them. There is none
// for @.
var opTokens = map[string]syntax.Token{
	"+": syntax.PLUS, "-": syntax.MINUS, "*": syntax.STAR, "/": syntax.SLASH, "//": syntax.SLASHSLASH,
	"%": syntax.PERCENT, "**": syntax.STARSTAR, "<<": syntax.LTLT, ">>": syntax.GTGT,
	"&": syntax.AMP, "|": syntax.PIPE, "^": syntax.CIRCUMFLEX,
}

// binary is x op y.
func binary(st *state, op string, x, y starlark.Value) (starlark.Value, error) {
	// Values of Go code come first: a packet divides a string and the other way round.
	if tok, ok := opTokens[op]; ok {
		if b, ok := x.(starlark.HasBinary); ok {
			if v, err := b.Binary(tok, y, starlark.Left); v != nil || err != nil {
				return v, err
			}
		}
		if b, ok := y.(starlark.HasBinary); ok {
			if v, err := b.Binary(tok, x, starlark.Right); v != nil || err != nil {
				return v, err
			}
		}
	}
	if a, ok := x.(starlark.Bool); ok {
		if b, ok := y.(starlark.Bool); ok {
			switch op {
			case "&":
				return a && b, nil
			case "|":
				return a || b, nil
			case "^":
				return starlark.Bool(a != b), nil
			}
		}
	}
	nx, xok := number(x)
	if xok {
		if ny, ok := number(y); ok {
			v, err := arith(op, nx, ny)
			if v != nil || err != nil {
				return v, err
			}
			return nil, unsupported(op, x, y)
		}
	}
	switch op {
	case "+":
		if v, err := concat(x, y); v != nil || err != nil {
			return v, err
		}
	case "*":
		if xok {
			x, y = y, x
		}
		if n, err := repeatCount(y); err == nil {
			if v, err := repeat(x, n); v != nil || err != nil {
				return v, err
			}
		} else if isSequence(x) {
			return nil, raise("TypeError", "can't multiply sequence by non-int of type '%s'", pyfmt.TypeName(y))
		}
		if xok {
			x, y = y, x
		}
	case "%":
		switch x := x.(type) {
		case starlark.String:
			s, err := pyfmt.Percent(st.th, string(x), y)
			if err == nil {
				err = st.in.raisedMeanwhile()
			}
			if err != nil {
				return nil, err
			}
			return starlark.String(s), nil
		case starlark.Bytes:
			b, err := pyfmt.PercentBytes(st.th, []byte(x), y)
			if err != nil {
				return nil, err
			}
			return starlark.Bytes(b), nil
		}
	case "|", "&", "-", "^":
		if v, err := setOp(op, x, y); v != nil || err != nil {
			return v, err
		}
	}
	return nil, unsupported(op, x, y)
}

func unsupported(op string, x, y starlark.Value) error {
	if op == "**" {
		op = "** or pow()"
	}
	return raise("TypeError", "unsupported operand type(s) for %s: '%s' and '%s'", op, pyfmt.TypeName(x), pyfmt.TypeName(y))
}

// number gives x as an Int or a Float if it is a number; bool is an int.
func number(x starlark.Value) (starlark.Value, bool) {
	switch x := x.(type) {
	case starlark.Int, starlark.Float:
		return x, true
	case starlark.Bool:
		if x {
			return one, true
		}
		return zero, true
	}
	return nil, false
}

var zero, one = starlark.MakeInt(0), starlark.MakeInt(1)

// arith is x op y for Int and Float; nil, nil if op is not defined for them.
func arith(op string, x, y starlark.Value) (starlark.Value, error) {
	xi, xok := x.(starlark.Int)
	yi, yok := y.(starlark.Int)
	if xok && yok {
		return arithInt(op, xi, yi)
	}
	xf, err := pymeth.FloatValue(x)
	if err != nil {
		return nil, err
	}
	yf, err := pymeth.FloatValue(y)
	if err != nil {
		return nil, err
	}
	switch op {
	case "+":
		return starlark.Float(xf + yf), nil
	case "-":
		return starlark.Float(xf - yf), nil
	case "*":
		return starlark.Float(xf * yf), nil
	case "/":
		if yf == 0 {
			return nil, raise("ZeroDivisionError", "float division by zero")
		}
		return starlark.Float(xf / yf), nil
	case "//":
		if yf == 0 {
			return nil, raise("ZeroDivisionError", "float floor division by zero")
		}
		q, _ := floatDivmod(xf, yf)
		return starlark.Float(q), nil
	case "%":
		if yf == 0 {
			return nil, raise("ZeroDivisionError", "float modulo")
		}
		_, r := floatDivmod(xf, yf)
		return starlark.Float(r), nil
	case "**":
		return floatPow(xf, yf)
	}
	return nil, nil
}

// floatDivmod follows CPython's float_divmod: the remainder has the divisor's
// sign.
func floatDivmod(x, y float64) (q, r float64) {
	r = math.Mod(x, y)
	q = (x - r) / y
	if r != 0 {
		if (y < 0) != (r < 0) {
			r += y
			q--
		}
	} else {
		r = math.Copysign(0, y)
	}
	if q != 0 {
		f := math.Floor(q)
		if q-f > 0.5 {
			f++
		}
		return f, r
	}
	return math.Copysign(0, x/y), r
}

func floatPow(x, y float64) (starlark.Value, error) {
	if x == 0 && y < 0 {
		return nil, raise("ZeroDivisionError", "0.0 cannot be raised to a negative power")
	}
	if x < 0 && y != math.Floor(y) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, raise("ValueError", "a negative number to a fractional power is complex, which is not supported")
	}
	r := math.Pow(x, y)
	if math.IsInf(r, 0) && !math.IsInf(x, 0) && !math.IsInf(y, 0) {
		return nil, &pyrt.Error{Class: "OverflowError", Msg: "(34, 'Numerical result out of range')",
			Args: starlark.Tuple{starlark.MakeInt(34), starlark.String("Numerical result out of range")}}
	}
	return starlark.Float(r), nil
}

func arithInt(op string, x, y starlark.Int) (starlark.Value, error) {
	switch op {
	case "+":
		return x.Add(y), nil
	case "-":
		return x.Sub(y), nil
	case "*":
		if err := checkBits(bits(x) + bits(y)); err != nil {
			return nil, err
		}
		return x.Mul(y), nil
	case "/":
		return intTrueDiv(x, y)
	case "//":
		if y.Sign() == 0 {
			return nil, raise("ZeroDivisionError", "integer division or modulo by zero")
		}
		return x.Div(y), nil
	case "%":
		if y.Sign() == 0 {
			return nil, raise("ZeroDivisionError", "integer modulo by zero")
		}
		return x.Mod(y), nil
	case "&":
		return x.And(y), nil
	case "|":
		return x.Or(y), nil
	case "^":
		return x.Xor(y), nil
	case "**":
		return intPow(x, y)
	case "<<", ">>":
		if y.Sign() < 0 {
			return nil, raise("ValueError", "negative shift count")
		}
		n, ok := y.Uint64()
		if op == ">>" {
			if !ok || n > maxIntBits {
				n = maxIntBits
			}
			return x.Rsh(uint(n)), nil
		}
		if x.Sign() == 0 {
			return zero, nil
		}
		if !ok || n > maxIntBits {
			return nil, raise("OverflowError", "too many digits in integer")
		}
		if err := checkBits(bits(x) + int(n)); err != nil {
			return nil, err
		}
		return x.Lsh(uint(n)), nil
	}
	return nil, nil
}

// bits is the length of |x| in bits.
func bits(x starlark.Int) int {
	if i, ok := x.Int64(); ok {
		if i < 0 {
			i = -i
		}
		n := 0
		for u := uint64(i); u != 0; u >>= 1 {
			n++
		}
		return n
	}
	return x.BigInt().BitLen()
}

func checkBits(n int) error {
	if n > maxIntBits+64 {
		return raise("OverflowError", "integer too large: more than %d bits", maxIntBits)
	}
	return nil
}

// intTrueDiv is x / y, correctly rounded also where x and y exceed a float.
func intTrueDiv(x, y starlark.Int) (starlark.Value, error) {
	if y.Sign() == 0 {
		return nil, raise("ZeroDivisionError", "division by zero")
	}
	if a, ok := x.Int64(); ok && a > -1<<53 && a < 1<<53 {
		if b, ok := y.Int64(); ok && b > -1<<53 && b < 1<<53 {
			return starlark.Float(float64(a) / float64(b)), nil
		}
	}
	f, _ := new(big.Rat).SetFrac(x.BigInt(), y.BigInt()).Float64()
	if math.IsInf(f, 0) {
		return nil, raise("OverflowError", "integer division result too large for a float")
	}
	return starlark.Float(f), nil
}

func intPow(x, y starlark.Int) (starlark.Value, error) {
	if y.Sign() < 0 {
		xf, err := pymeth.FloatValue(x)
		if err != nil {
			return nil, err
		}
		yf, err := pymeth.FloatValue(y)
		if err != nil {
			return nil, err
		}
		return floatPow(xf, yf)
	}
	n := bits(x)
	e, ok := y.Int64()
	if n > 1 && (!ok || e > maxIntBits || int64(n-1)*e > maxIntBits) {
		return nil, raise("OverflowError", "integer too large: more than %d bits", maxIntBits)
	}
	if n <= 1 && !ok {
		// 0, 1 and -1 to a huge power: only its parity matters.
		e = 2 + int64(y.BigInt().Bit(0))
	}
	if n <= 1 && e > 3 {
		e = 2 + e&1
	}
	return starlark.MakeBigInt(new(big.Int).Exp(x.BigInt(), big.NewInt(e), nil)), nil
}
