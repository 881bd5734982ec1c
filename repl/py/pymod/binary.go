package pymod

import (
	"math/big"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// maxBits bounds a product, as the evaluator does.
const maxBits = 1 << 22

// binaryOp is x op y for the functions that add or multiply elements (sum, prod,
// accumulate): "+", "-" and "*" of numbers, "+" of sequences, and what Go values
// define.
func binaryOp(op string, x, y starlark.Value) (starlark.Value, error) {
	tok := map[string]syntax.Token{"+": syntax.PLUS, "-": syntax.MINUS, "*": syntax.STAR}[op]
	x, y = asNumber(x), asNumber(y)
	for i, side := range []starlark.Side{starlark.Left, starlark.Right} {
		v, other := []starlark.Value{x, y}[i], []starlark.Value{y, x}[i]
		if b, ok := v.(starlark.HasBinary); ok {
			if r, err := b.Binary(tok, other, side); r != nil || err != nil {
				return r, err
			}
		}
	}
	if a, ok := x.(starlark.Int); ok && tok == syntax.STAR {
		if b, ok := y.(starlark.Int); ok && bitLen(a)+bitLen(b) > maxBits {
			return nil, pyrt.Errorf("OverflowError", "the product has over %d bits", maxBits)
		}
	}
	v, err := starlark.Binary(tok, x, y)
	if err != nil {
		return nil, pyrt.Errorf("TypeError", "unsupported operand type(s) for %s: '%s' and '%s'", op, pyfmt.TypeName(x), pyfmt.TypeName(y))
	}
	return v, nil
}

func bitLen(n starlark.Int) int {
	if _, ok := n.Int64(); ok {
		return 64
	}
	var b *big.Int = n.BigInt()
	return b.BitLen()
}

// asNumber is a bool as the int that it is.
func asNumber(v starlark.Value) starlark.Value {
	if b, ok := v.(starlark.Bool); ok {
		if b {
			return integer(1)
		}
		return integer(0)
	}
	return v
}
