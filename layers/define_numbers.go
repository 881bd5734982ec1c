package layers

import (
	"fmt"
	"math"
)

// Number is the codec of a Var field that holds a number which is no plain
// unsigned one: with a sign, or scaled. Its Size is the number's width.
type Number struct {
	Bytes  int // 1..8
	Little bool
	Signed bool

	// Scale is what a 1 on the wire counts for, and Offset what is added to that:
	// the value then is a fraction, rounded to Digits behind the point. Scale 0
	// leaves whole numbers.
	Scale, Offset float64
	Digits        int
}

// Size is the number's width in bytes.
func (c Number) Size(*Layer, []byte) int { return c.Bytes }

// Decode reads the number.
func (c Number) Decode(_ *Layer, b []byte) any {
	if len(b) < c.Bytes {
		return RawVal(b) // the data ended inside
	}
	var n uint64
	for i := range b[:c.Bytes] {
		if c.Little {
			n |= uint64(b[i]) << (8 * i)
		} else {
			n = n<<8 | uint64(b[i])
		}
	}
	if c.Scale != 0 {
		x := float64(n)
		if c.Signed {
			x = float64(c.sign(n))
		}
		if c.Scale == math.Trunc(c.Scale) && c.Offset == math.Trunc(c.Offset) {
			return int64(x*c.Scale + c.Offset)
		}
		digits := math.Pow10(c.Digits)
		return math.Round((x*c.Scale+c.Offset)*digits) / digits
	}
	if c.Signed {
		return c.sign(n)
	}
	return n
}

// sign reads the bits as two's complement.
func (c Number) sign(n uint64) int64 {
	unused := 64 - 8*c.Bytes
	return int64(n<<unused) >> unused
}

// Encode writes the number.
func (c Number) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	var n uint64
	switch v := v.(type) {
	case nil:
	case RawVal:
		return append(dst, v...), nil
	default:
		x, err := toFloat(v)
		switch {
		case err != nil:
			return dst, err
		case c.Scale != 0:
			n = uint64(int64(math.Round((x - c.Offset) / c.Scale)))
		default:
			n, _ = wholeBits(v)
		}
	}
	for i := range c.Bytes {
		shift := 8 * (c.Bytes - 1 - i)
		if c.Little {
			shift = 8 * i
		}
		dst = append(dst, byte(n>>shift))
	}
	return dst, nil
}

// limits are the least and the greatest number that the width holds.
func (c Number) limits() (lo, hi float64) {
	bits := 8 * c.Bytes
	if c.Signed {
		return -math.Ldexp(1, bits-1), math.Ldexp(1, bits-1) - 1
	}
	return 0, math.Ldexp(1, bits) - 1
}

// Parse takes a number that the width holds; of a scaled one, bytes too, that are
// the number on the wire.
func (c Number) Parse(l *Layer, v any) (any, error) {
	lo, hi := c.limits()
	if b, ok := toBytes(v); ok && c.Scale != 0 && len(b) == c.Bytes {
		return c.Decode(l, b), nil
	}
	x, err := toFloat(v)
	if err != nil {
		return nil, err
	}
	if c.Scale != 0 {
		if wire := math.Round((x - c.Offset) / c.Scale); wire < lo || wire > hi {
			return nil, fmt.Errorf("got %v, want %v..%v", v, lo*c.Scale+c.Offset, hi*c.Scale+c.Offset)
		}
		return x, nil
	}
	if x < lo || x > hi || x != math.Trunc(x) {
		return nil, fmt.Errorf("got %v, want a whole number, %.0f..%.0f", v, lo, hi)
	}
	n, ok := wholeBits(v)
	if !ok {
		n = uint64(int64(x)) // of a float64
	}
	if c.Signed {
		return int64(n), nil
	}
	return n, nil
}

// wholeBits is a whole number in two's complement.
func wholeBits(v any) (uint64, bool) {
	if n, ok := v.(int64); ok {
		return uint64(n), true
	}
	return toUint(v)
}

func toFloat(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, nil
	case int64:
		return float64(v), nil
	}
	if n, ok := toUint(v); ok {
		return float64(n), nil
	}
	return 0, fmt.Errorf("got %s, want a number", describe(v))
}
