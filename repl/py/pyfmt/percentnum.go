package pyfmt

import (
	"math"
	"math/big"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// asInt is the integer behind an int, a bool or a value with PyInt.
func asInt(v starlark.Value) (n starlark.Int, ok bool, err error) {
	switch v := v.(type) {
	case starlark.Int:
		return v, true, nil
	case starlark.Bool:
		return boolInt(v), true, nil
	case pyrt.Inter:
		n, err = v.PyInt()
		return n, true, err
	}
	return n, false, nil
}

func (p *percent) integer(c conversion, v starlark.Value) error {
	n, ok, err := asInt(v)
	if err != nil {
		return err
	}
	decimal := c.ch == 'd' || c.ch == 'i' || c.ch == 'u'
	if x, isFloat := v.(starlark.Float); isFloat && decimal {
		if n, err = truncFloat(float64(x)); err != nil {
			return err
		}
		ok = true
	}
	if !ok {
		want := "an integer"
		if decimal {
			want = "a real number"
			if p.bytes && c.ch == 'i' {
				c.ch = 'd'
			}
		}
		return pyrt.Errorf("TypeError", "%%%c format: %s is required, not %s", c.ch, want, TypeName(v))
	}
	digits := digitsOf(n, c.ch)
	if c.prec > len(digits) {
		digits = repeat("0", c.prec-len(digits)) + digits
	}
	prefix := ""
	if c.alt {
		_, prefix = intBase(c.ch)
	}
	return p.write(c, c.sign(n.Sign() < 0)+prefix, digits, true)
}

// truncFloat is int(x).
func truncFloat(x float64) (starlark.Int, error) {
	switch {
	case math.IsNaN(x):
		return starlark.Int{}, pyrt.Errorf("ValueError", "cannot convert float NaN to integer")
	case math.IsInf(x, 0):
		return starlark.Int{}, pyrt.Errorf("OverflowError", "cannot convert float infinity to integer")
	}
	i, _ := big.NewFloat(x).Int(nil)
	return starlark.MakeBigInt(i), nil
}

func (p *percent) float(c conversion, v starlark.Value) error {
	var x float64
	switch f := v.(type) {
	case starlark.Float:
		x = float64(f)
	default:
		n, ok, err := asInt(v)
		if err == nil && ok {
			x, err = floatOf(n)
		}
		if err != nil {
			return err
		}
		if !ok {
			if p.bytes {
				return pyrt.Errorf("TypeError", "float argument required, not %s", TypeName(v))
			}
			return pyrt.Errorf("TypeError", "must be real number, not %s", TypeName(v))
		}
	}
	prec, flags := 6, 0
	if c.prec >= 0 {
		prec = c.prec
	}
	if c.alt {
		flags = alt
	}
	text := formatDouble(x, byte(c.ch), prec, flags)
	text, neg := strings.CutPrefix(text, "-")
	return p.write(c, c.sign(neg), text, true)
}

// char is the value of a c conversion: a code point or a text of one.
func (p *percent) char(v starlark.Value) (string, error) {
	if p.bytes {
		return p.byteChar(v)
	}
	if s, ok := v.(starlark.String); ok {
		if utf8.RuneCountInString(string(s)) == 1 {
			return string(s), nil
		}
		return "", pyrt.Errorf("TypeError", "%%c requires int or char")
	}
	n, ok, err := asInt(v)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", pyrt.Errorf("TypeError", "%%c requires int or char")
	}
	r, fits := n.Int64()
	if !fits || r < 0 || r > 0x10ffff {
		return "", pyrt.Errorf("OverflowError", "%%c arg not in range(0x110000)")
	}
	return CodePoint(rune(r)), nil
}

func (p *percent) byteChar(v starlark.Value) (string, error) {
	if b, ok := v.(starlark.Bytes); ok && len(b) == 1 {
		return string(b), nil
	}
	n, ok, err := asInt(v)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", pyrt.Errorf("TypeError", "%%c requires an integer in range(256) or a single byte")
	}
	i, fits := n.Int64()
	if !fits || i < 0 || i > 255 {
		return "", pyrt.Errorf("OverflowError", "%%c arg not in range(256)")
	}
	return string([]byte{byte(i)}), nil
}
