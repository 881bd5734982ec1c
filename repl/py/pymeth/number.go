package pymeth

import (
	"math"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

func intClass() *class {
	return &class{
		name: "int",
		is: func(v starlark.Value) bool {
			switch v.(type) {
			case starlark.Int, starlark.Bool:
				return true
			}
			return false
		},
		methods: map[string]method{
			"bit_length": func(c *call) (starlark.Value, error) { return starlark.MakeInt(c.int().BitLen()), c.none() },
			"bit_count":  func(c *call) (starlark.Value, error) { return starlark.MakeInt(bitCount(c.int())), c.none() },
			"to_bytes":   intToBytes,
			"conjugate":  func(c *call) (starlark.Value, error) { return boolToInt(c.recv), c.none() },
			"as_integer_ratio": func(c *call) (starlark.Value, error) {
				return starlark.Tuple{boolToInt(c.recv), starlark.MakeInt(1)}, c.none()
			},
		},
		statics: map[string]method{"from_bytes": intFromBytes},
		props: map[string]func(starlark.Value) starlark.Value{
			"real":        boolToInt,
			"numerator":   boolToInt,
			"imag":        func(starlark.Value) starlark.Value { return starlark.MakeInt(0) },
			"denominator": func(starlark.Value) starlark.Value { return starlark.MakeInt(1) },
		},
	}
}

// int is the receiver; callers must not change it.
func (c *call) int() *big.Int {
	n, _ := IntValue(c.recv)
	return n.BigInt()
}

func bitCount(n *big.Int) int {
	count := 0
	for _, w := range n.Bits() {
		count += bits.OnesCount(uint(w))
	}
	return count
}

// littleEndian reads a byteorder argument.
func littleEndian(fn string, v starlark.Value) (bool, error) {
	if v == nil {
		return false, nil
	}
	s, ok := v.(starlark.String)
	if !ok {
		return false, pyrt.Errorf("TypeError", "%s() argument 'byteorder' must be str, not %s", fn, argType(v))
	}
	if s != "little" && s != "big" {
		return false, pyrt.Errorf("ValueError", "byteorder must be either 'little' or 'big'")
	}
	return s == "little", nil
}

func intToBytes(c *call) (starlark.Value, error) {
	a, err := c.bind("length", "byteorder", "*signed")
	if err != nil {
		return nil, err
	}
	size := 1
	if a[0] != nil {
		if size, err = Index(a[0]); err != nil {
			return nil, err
		}
	}
	little, err := littleEndian(c.name, a[1])
	if err != nil {
		return nil, err
	}
	signed := a[2] != nil && bool(a[2].Truth())
	n := c.int()
	switch {
	case size < 0:
		return nil, pyrt.Errorf("ValueError", "length argument must be non-negative")
	case size > maxPad:
		return nil, pyrt.Errorf("MemoryError", "")
	case n.Sign() < 0 && !signed:
		return nil, pyrt.Errorf("OverflowError", "can't convert negative int to unsigned")
	case !fits(n, size*8, signed):
		return nil, pyrt.Errorf("OverflowError", "int too big to convert")
	}
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), uint(size*8)))
	}
	b := n.FillBytes(make([]byte, size))
	if little {
		slices.Reverse(b)
	}
	return starlark.Bytes(b), nil
}

// fits reports whether n can be written in so many bits.
func fits(n *big.Int, width int, signed bool) bool {
	if !signed {
		return n.BitLen() <= width
	}
	if n.Sign() < 0 {
		return new(big.Int).Not(n).BitLen() < max(width, 1) // -2^(w-1) fits
	}
	return n.BitLen() < width || n.Sign() == 0
}

func intFromBytes(c *call) (starlark.Value, error) {
	a, err := c.bind("bytes!", "byteorder", "*signed")
	if err != nil {
		return nil, err
	}
	b, err := bytesOf(a[0])
	if err != nil {
		return nil, err
	}
	little, err := littleEndian(c.name, a[1])
	if err != nil {
		return nil, err
	}
	if little {
		slices.Reverse(b)
	}
	n := new(big.Int).SetBytes(b)
	if a[2] != nil && bool(a[2].Truth()) && len(b) > 0 && b[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(b)*8)))
	}
	return starlark.MakeBigInt(n), nil
}

// bytesOf is bytes(v) for bytes or an iterable of ints; the result is fresh.
func bytesOf(v starlark.Value) ([]byte, error) {
	if b, err := BytesValue(v); err == nil {
		return slices.Clone(b), nil
	}
	if _, ok := v.(starlark.String); ok {
		return nil, pyrt.Errorf("TypeError", "cannot convert 'str' object to bytes")
	}
	if !isIterable(v) {
		return nil, pyrt.Errorf("TypeError", "cannot convert '%s' object to bytes", pyfmt.TypeName(v))
	}
	var out []byte
	err := Each(v, func(e starlark.Value) error {
		n, err := Index(e)
		if err == nil && (n < 0 || n > 255) {
			err = pyrt.Errorf("ValueError", "bytes must be in range(0, 256)")
		}
		out = append(out, byte(n))
		return err
	})
	return out, err
}

func floatClass() *class {
	return &class{
		name: "float",
		is:   func(v starlark.Value) bool { _, ok := v.(starlark.Float); return ok },
		methods: map[string]method{
			"is_integer": func(c *call) (starlark.Value, error) {
				f := c.float()
				return starlark.Bool(f == math.Trunc(f) && !math.IsInf(f, 0)), c.none()
			},
			"hex":              func(c *call) (starlark.Value, error) { return starlark.String(floatHex(c.float())), c.none() },
			"conjugate":        func(c *call) (starlark.Value, error) { return c.recv, c.none() },
			"as_integer_ratio": floatRatio,
		},
		statics: map[string]method{"fromhex": floatFromhex},
		props: map[string]func(starlark.Value) starlark.Value{
			"real": func(v starlark.Value) starlark.Value { return v },
			"imag": func(starlark.Value) starlark.Value { return starlark.Float(0) },
		},
	}
}

func (c *call) float() float64 { return float64(c.recv.(starlark.Float)) }

// floatHex is float.hex(): 13 hexadecimal digits, subnormals with exponent -1022.
func floatHex(f float64) string {
	sign := ""
	if math.Signbit(f) && !math.IsNaN(f) {
		sign = "-"
	}
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return sign + "inf"
	case f == 0:
		return sign + "0x0.0p+0"
	}
	b := math.Float64bits(f)
	exp, frac, lead := int(b>>52&0x7ff)-1023, b&(1<<52-1), "1"
	if exp == -1023 {
		exp, lead = -1022, "0"
	}
	digits := strconv.FormatUint(frac, 16)
	return sign + "0x" + lead + "." + strings.Repeat("0", 13-len(digits)) + digits + "p" + signed(exp)
}

func signed(n int) string {
	if n < 0 {
		return strconv.Itoa(n)
	}
	return "+" + strconv.Itoa(n)
}

func floatRatio(c *call) (starlark.Value, error) {
	f := c.float()
	switch {
	case math.IsNaN(f):
		return nil, pyrt.Errorf("ValueError", "cannot convert NaN to integer ratio")
	case math.IsInf(f, 0):
		return nil, pyrt.Errorf("OverflowError", "cannot convert Infinity to integer ratio")
	}
	r := new(big.Rat).SetFloat64(f)
	return starlark.Tuple{starlark.MakeBigInt(r.Num()), starlark.MakeBigInt(r.Denom())}, c.none()
}

func floatFromhex(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	s, ok := v.(starlark.String)
	if !ok {
		return nil, pyrt.Errorf("TypeError", "bad argument type for built-in operation")
	}
	t := strings.ToLower(strings.TrimSpace(string(s)))
	body := strings.TrimLeft(t, "+-")
	switch body {
	case "inf", "infinity", "nan":
	default:
		if !strings.HasPrefix(body, "0x") {
			t = t[:len(t)-len(body)] + "0x" + body
		}
		if !strings.Contains(t, "p") {
			t += "p0"
		}
	}
	f, err := strconv.ParseFloat(t, 64)
	switch {
	case math.IsInf(f, 0) && err != nil:
		return nil, pyrt.Errorf("OverflowError", "hexadecimal value too large to represent as a float")
	case err != nil:
		return nil, pyrt.Errorf("ValueError", "invalid hexadecimal floating-point string")
	}
	return starlark.Float(f), nil
}
