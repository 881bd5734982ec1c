package py

import (
	"fmt"
	"math"
	"math/big"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// valueBuiltins are functions of numbers and texts.
var valueBuiltins = map[string]builtinFn{
	"abs":    absFn,
	"ascii":  one1("ascii", func(v starlark.Value) (starlark.Value, error) { return starlark.String(pyfmt.ASCII(v)), nil }),
	"bin":    radix("bin", "0b", 2),
	"oct":    radix("oct", "0o", 8),
	"hex":    radix("hex", "0x", 16),
	"chr":    one1("chr", chr),
	"ord":    one1("ord", ord),
	"divmod": divmodFn,
	"format": formatFn,
	"hash":   one1("hash", hash),
	"len":    one1("len", length),
	"pow":    powFn,
	"repr":   one1("repr", func(v starlark.Value) (starlark.Value, error) { return starlark.String(pyfmt.Repr(v)), nil }),
	"round":  roundFn,
}

// one1 makes a built-in of one argument.
func one1(name string, f func(v starlark.Value) (starlark.Value, error)) builtinFn {
	return func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) != 1 || len(kwargs) > 0 {
			return nil, want(name, args, kwargs, 1, 1)
		}
		return f(args[0])
	}
}

func length(v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case *starlark.List:
		return starlark.MakeInt(v.Len()), nil
	case starlark.String:
		return starlark.MakeInt(utf8.RuneCountInString(string(v))), nil
	case pyrt.Lener:
		n, err := v.PyLen()
		return starlark.MakeInt(n), err
	case pyrt.Nexter:
	default:
		if n := starlark.Len(v); n >= 0 {
			return starlark.MakeInt(n), nil
		}
	}
	return nil, raise("TypeError", "object of type '%s' has no len()", typeName(v))
}

func absFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("abs", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	switch n, _ := number(args[0]); n := n.(type) {
	case starlark.Int:
		if n.Sign() < 0 {
			return zero.Sub(n), nil
		}
		return n, nil
	case starlark.Float:
		return starlark.Float(math.Abs(float64(n))), nil
	}
	return nil, raise("TypeError", "bad operand type for abs(): '%s'", typeName(args[0]))
}

func radix(name, prefix string, base int) builtinFn {
	return one1(name, func(v starlark.Value) (starlark.Value, error) {
		n, err := pymeth.IntValue(v)
		if err != nil {
			return nil, err
		}
		s := n.BigInt().Text(base)
		if n.Sign() < 0 {
			return starlark.String("-" + prefix + s[1:]), nil
		}
		return starlark.String(prefix + s), nil
	})
}

func chr(v starlark.Value) (starlark.Value, error) {
	n, err := pymeth.Index(v)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > utf8.MaxRune {
		return nil, raise("ValueError", "chr() arg not in range(0x110000)")
	}
	return starlark.String(string(rune(n))), nil
}

func ord(v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case starlark.String:
		r, n := utf8.DecodeRuneInString(string(v))
		if n > 0 && n == len(v) {
			return starlark.MakeInt(int(r)), nil
		}
		return nil, raise("TypeError", "ord() expected a character, but string of length %d found", utf8.RuneCountInString(string(v)))
	case starlark.Bytes, *ByteArray:
		b, _ := pymeth.BytesValue(v)
		if len(b) == 1 {
			return starlark.MakeInt(int(b[0])), nil
		}
		return nil, raise("TypeError", "ord() expected a character, but string of length %d found", len(b))
	}
	return nil, raise("TypeError", "ord() expected string of length 1, but %s found", typeName(v))
}

func divmodFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("divmod", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	st := stateOf(th)
	_, ok1 := number(args[0])
	_, ok2 := number(args[1])
	if !ok1 || !ok2 {
		return nil, unsupported("divmod()", args[0], args[1])
	}
	q, err := binary(st, "//", args[0], args[1])
	if err != nil {
		return nil, err
	}
	r, err := binary(st, "%", args[0], args[1])
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{q, r}, nil
}

func formatFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("format", args, kwargs, 1, 2); err != nil {
		return nil, err
	}
	spec := ""
	if len(args) == 2 {
		s, ok := args[1].(starlark.String)
		if !ok {
			return nil, raise("TypeError", "format() argument 2 must be str, not %s", typeName(args[1]))
		}
		spec = string(s)
	}
	s, err := pyfmt.FormatValue(th, args[0], spec)
	return starlark.String(s), err
}

func hash(v starlark.Value) (starlark.Value, error) {
	if f, ok := v.(starlark.Float); ok && float64(f) == math.Trunc(float64(f)) {
		// Numbers that are equal hash alike.
		if n, err := starlark.NumberToInt(f); err == nil {
			v = n
		}
	}
	switch n, _ := number(v); n := n.(type) {
	case starlark.Int:
		if i, ok := n.Int64(); ok && i > -1<<60 && i < 1<<60 {
			if i == -1 {
				i = -2
			}
			return starlark.MakeInt64(i), nil
		}
	}
	h, err := v.Hash()
	return starlark.MakeInt(int(h)), err
}

func powFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("pow", args, kwargs, "base!", "exp!", "mod")
	if err != nil {
		return nil, err
	}
	if vals[2] == nil || vals[2] == starlark.None {
		return binary(stateOf(th), "**", vals[0], vals[1])
	}
	var n [3]*big.Int
	for i, v := range vals {
		k, err := pymeth.IntValue(v)
		if err != nil {
			return nil, raise("TypeError", "pow() 3rd argument not allowed unless all arguments are integers")
		}
		if bits(k) > 1<<14 {
			return nil, raise("OverflowError", "pow() with a modulus takes at most %d bits", 1<<14)
		}
		n[i] = k.BigInt()
	}
	if n[2].Sign() == 0 {
		return nil, raise("ValueError", "pow() 3rd argument cannot be 0")
	}
	r := new(big.Int).Exp(n[0], n[1], new(big.Int).Abs(n[2]))
	if n[1].Sign() < 0 {
		inv := new(big.Int).ModInverse(n[0], new(big.Int).Abs(n[2]))
		if inv == nil {
			return nil, raise("ValueError", "base is not invertible for the given modulus")
		}
		r.Exp(inv, new(big.Int).Neg(n[1]), new(big.Int).Abs(n[2]))
	}
	if n[2].Sign() < 0 && r.Sign() > 0 {
		r.Add(r, n[2])
	}
	return starlark.MakeBigInt(r), nil
}

// roundFn rounds half to even, as CPython does.
func roundFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("round", args, kwargs, "number!", "ndigits")
	if err != nil {
		return nil, err
	}
	n, ok := number(vals[0])
	if !ok {
		return nil, raise("TypeError", "type %s doesn't define __round__ method", typeName(vals[0]))
	}
	digits := vals[1]
	if digits == starlark.None {
		digits = nil
	}
	nd := 0
	if digits != nil {
		if nd, err = pymeth.Index(digits); err != nil {
			return nil, err
		}
	}
	switch n := n.(type) {
	case starlark.Int:
		if nd >= 0 {
			return n, nil
		}
		return roundInt(n, -nd), nil
	case starlark.Float:
		f := float64(n)
		if digits == nil {
			if math.IsNaN(f) {
				return nil, raise("ValueError", "cannot convert float NaN to integer")
			}
			if math.IsInf(f, 0) {
				return nil, raise("OverflowError", "cannot convert float infinity to integer")
			}
			return starlark.NumberToInt(starlark.Float(math.RoundToEven(f)))
		}
		if nd > 308 || math.IsNaN(f) || math.IsInf(f, 0) {
			return n, nil
		}
		if nd < -308 {
			return starlark.Float(math.Copysign(0, f)), nil
		}
		if nd >= 0 {
			// Correctly rounded through the decimal form, as CPython does.
			var r float64
			if _, err := fmt.Sscanf(fmt.Sprintf("%.*f", nd, f), "%g", &r); err != nil {
				return nil, err
			}
			return starlark.Float(r), nil
		}
		p := math.Pow(10, float64(-nd))
		return starlark.Float(math.RoundToEven(f/p) * p), nil
	}
	return nil, nil
}

// roundInt rounds n to a multiple of 10**k, halves to even.
func roundInt(n starlark.Int, k int) starlark.Value {
	if k > bits(n) {
		return zero
	}
	p := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(k)), nil)
	q, r := new(big.Int).DivMod(n.BigInt(), p, new(big.Int))
	twice := new(big.Int).Lsh(r, 1)
	if c := twice.Cmp(p); c > 0 || c == 0 && q.Bit(0) == 1 {
		q.Add(q, big.NewInt(1))
	}
	return starlark.MakeBigInt(q.Mul(q, p))
}
