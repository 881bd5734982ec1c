package layers

import (
	"encoding/binary"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// Extended is the codec of a number of any width that is cut into groups of seven
// bits, the most significant first. Each byte has one group, and a bit that is 1 in
// all bytes but the last: the one of value 1<<Bit.
type Extended struct{ Bit int }

// Size is how many bytes of rest the number takes.
func (c Extended) Size(_ *Layer, rest []byte) int {
	for i, b := range rest {
		if b>>c.Bit&1 == 0 {
			return i + 1
		}
	}
	return len(rest)
}

// Decode reads the number. One that does not end, that is longer than it need be, or
// that 64 bits do not hold stays the bytes it is.
func (c Extended) Decode(_ *Layer, b []byte) any {
	var n uint64
	low := byte(1)<<c.Bit - 1
	for i, x := range b {
		n = n<<7 | uint64(x>>(c.Bit+1)<<c.Bit|x&low)
		last := i == len(b)-1
		if last != (x>>c.Bit&1 == 0) || i == 0 && !last && n == 0 || i == 9 && b[0]>>(c.Bit+1)<<c.Bit|b[0]&low > 1 || i > 9 {
			return RawVal(b)
		}
	}
	return n
}

// Encode writes the number in as few bytes as it takes.
func (c Extended) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	n, _ := toUint(v)
	groups := 1
	for n>>(7*groups) != 0 {
		groups++
	}
	for groups--; groups >= 0; groups-- {
		g := byte(n>>(7*groups)) & 0x7f
		x := g>>c.Bit<<(c.Bit+1) | g&(1<<c.Bit-1)
		if groups > 0 {
			x |= 1 << c.Bit
		}
		dst = append(dst, x)
	}
	return dst, nil
}

// Parse takes whole numbers from 0 on.
func (c Extended) Parse(_ *Layer, v any) (any, error) {
	n, ok := toUint(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want a whole number, 0 or more", describe(v))
	}
	return n, nil
}

// Float is the codec of a floating-point number (IEEE 754) of 4 or 8 bytes.
type Float struct {
	Bytes  int
	Little bool
}

func (c Float) order() interface {
	binary.ByteOrder
	binary.AppendByteOrder
} {
	if c.Little {
		return binary.LittleEndian
	}
	return binary.BigEndian
}

// Size is the number's width in bytes.
func (c Float) Size(*Layer, []byte) int { return c.Bytes }

// Decode reads the number; a NaN, of which there are many, stays the bytes it is.
func (c Float) Decode(_ *Layer, b []byte) any {
	if len(b) != c.Bytes {
		return RawVal(b)
	}
	var f float64
	if c.Bytes == 4 {
		f = float64(math.Float32frombits(c.order().Uint32(b)))
	} else {
		f = math.Float64frombits(c.order().Uint64(b))
	}
	if math.IsNaN(f) {
		return RawVal(b)
	}
	return f
}

// Encode writes the number.
func (c Float) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	f, _ := v.(float64)
	if c.Bytes == 4 {
		return c.order().AppendUint32(dst, math.Float32bits(float32(f))), nil
	}
	return c.order().AppendUint64(dst, math.Float64bits(f)), nil
}

// Parse takes numbers.
func (c Float) Parse(_ *Layer, v any) (any, error) {
	f, err := toFloat(v)
	if err == nil && c.Bytes == 4 && !math.IsInf(f, 0) && math.IsInf(float64(float32(f)), 0) {
		return nil, fmt.Errorf("got %v, which is too large for 4 bytes", v)
	}
	return f, err
}

// UTF16 is the codec of text of 16-bit units, the least significant byte first.
// Null has it end in a unit that is zero and no part of the text; its Size is then [UTF16.Size].
type UTF16 struct{ Null bool }

// Size is how many bytes of rest the text takes, with the zero that ends it.
func (UTF16) Size(_ *Layer, rest []byte) int {
	for i := 0; i+1 < len(rest); i += 2 {
		if rest[i]|rest[i+1] == 0 {
			return i + 2
		}
	}
	return len(rest)
}

// Decode gives text; what is none stays the bytes it is.
func (c UTF16) Decode(_ *Layer, b []byte) any {
	text := b
	if c.Null {
		if n := len(b); n < 2 || n%2 != 0 || b[n-2]|b[n-1] != 0 {
			return RawVal(b)
		}
		text = b[:len(b)-2]
	}
	if len(text)%2 != 0 {
		return RawVal(b)
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(text[2*i:])
	}
	s := string(utf16.Decode(units))
	if len(appendUTF16(nil, s)) != len(text) || string(appendUTF16(nil, s)) != string(text) {
		return RawVal(b)
	}
	return s
}

func appendUTF16(dst []byte, s string) []byte {
	for _, u := range utf16.Encode([]rune(s)) {
		dst = binary.LittleEndian.AppendUint16(dst, u)
	}
	return dst
}

// Encode writes the text.
func (c UTF16) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	s, _ := v.(string)
	dst = appendUTF16(dst, s)
	if c.Null {
		dst = append(dst, 0, 0)
	}
	return dst, nil
}

// Parse takes text; bytes are what stands on the wire.
func (c UTF16) Parse(_ *Layer, v any) (any, error) {
	switch v := v.(type) {
	case string:
		if !utf8.ValidString(v) {
			return nil, fmt.Errorf("got %s, want text or the bytes on the wire", describe(v))
		}
		return v, nil
	case []byte:
		if c.Null {
			v = append(v[:len(v):len(v)], 0, 0)
			return c.Decode(nil, v), nil
		}
		return c.Decode(nil, v), nil
	}
	return nil, fmt.Errorf("got %s, want text", describe(v))
}

// Prefix is the codec of a network's address of which only as many bytes are written
// as its length needs, a multiple of Word. The length itself stands in another field:
// Length reads it there.
type Prefix struct {
	Bits, Word int
	Length     func(l *Layer) int
}

// Size is how many bytes the length needs.
func (c Prefix) Size(l *Layer, _ []byte) int { return c.bytes(c.Length(l)) }

func (c Prefix) bytes(length int) int {
	word := 8 * c.Word
	return min(max(length+word-1, 0)/word*c.Word, c.Bits/8)
}

// Decode gives the network as text, "192.0.2.0/24". What the length does not fit stays bytes.
func (c Prefix) Decode(l *Layer, b []byte) any {
	length := c.Length(l)
	if length < 0 || length > c.Bits || len(b) != c.bytes(length) {
		return RawVal(b)
	}
	full := make([]byte, c.Bits/8)
	copy(full, b)
	a, _ := netip.AddrFromSlice(full)
	return fmt.Sprintf("%s/%d", a, length)
}

// Encode writes as many bytes as the network's length needs.
func (c Prefix) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	s, _ := v.(string)
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return dst, fmt.Errorf("%q: not a network", s)
	}
	return append(dst, p.Addr().AsSlice()[:c.bytes(p.Bits())]...), nil
}

// LengthOf is the length of the network that a value of the field is.
func (c Prefix) LengthOf(v any) int {
	s, _ := v.(string)
	p, _ := netip.ParsePrefix(s)
	return max(p.Bits(), 0)
}

// Parse takes "192.0.2.0/24".
func (c Prefix) Parse(_ *Layer, v any) (any, error) {
	switch v := v.(type) {
	case Net:
		return c.Parse(nil, v.Prefix.String())
	case string:
		if p, err := netip.ParsePrefix(v); err == nil && p.Addr().BitLen() == c.Bits {
			return v, nil
		}
	}
	return nil, fmt.Errorf("got %s, want a network such as %q", describe(v), map[int]string{32: "192.0.2.0/24", 128: "2001:db8::/32"}[c.Bits])
}

// Backwards is the codec of bytes that are written from the last to the first.
type Backwards struct{}

// Decode turns the bytes round.
func (Backwards) Decode(_ *Layer, b []byte) any {
	out := slices.Clone(b)
	slices.Reverse(out)
	return out
}

// Encode turns the bytes round again.
func (Backwards) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	at := len(dst)
	b, _ := toBytes(v)
	dst = append(dst, b...)
	slices.Reverse(dst[at:])
	return dst, nil
}

// Parse takes bytes and text.
func (Backwards) Parse(_ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want bytes or text", describe(v))
	}
	return b, nil
}
