package layers

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"
)

// The basic encoding rules of ASN.1 (ITU-T X.690), as far as network management
// needs them: a tag of one byte, a length, and a content of that size.

// Tags (X.690 §8.1.2; RFC 2578 §7.1 for those from 0x40 on).
const (
	berInteger  = 0x02
	berString   = 0x04
	berNull     = 0x05
	berOID      = 0x06
	berSequence = 0x30
	berAddress  = 0x40
	berTicks    = 0x43
)

// berSplit takes the first element of b apart; ok=false if it is none, or not
// all there. What follows the first size bytes is the next one's.
func berSplit(b []byte) (content []byte, size int, ok bool) {
	if len(b) < 2 || b[0]&0x1f == 0x1f {
		return nil, 0, false
	}
	at, n := 2, int(b[1])
	if n >= 0x80 {
		k := n & 0x7f
		if k == 0 || k > 4 || len(b) < 2+k { // no end, or one that no packet has
			return nil, 0, false
		}
		at, n = 2+k, int(getBits(b, 16, 8*k))
	}
	if n > len(b)-at {
		return nil, 0, false
	}
	return b[at : at+n : at+n], at + n, true
}

func appendBERLen(dst []byte, n uint64) []byte {
	if n < 0x80 {
		return append(dst, byte(n))
	}
	k := (bits.Len64(n) + 7) / 8
	dst = append(dst, 0x80|byte(k))
	for ; k > 0; k-- {
		dst = append(dst, byte(n>>(8*(k-1))))
	}
	return dst
}

// berLength is the codec of a length (X.690 §8.1.3).
type berLength struct{}

func (berLength) Decode(_ *Layer, b []byte) any {
	if content, _, ok := berLengthOf(b); ok {
		return content
	}
	return RawVal(b)
}

// berLengthOf reads the length that b begins with, which may be more than there is.
func berLengthOf(b []byte) (n uint64, size int, ok bool) {
	switch {
	case len(b) == 0:
		return 0, 0, false
	case b[0] < 0x80:
		return uint64(b[0]), 1, true
	case b[0] == 0x80 || b[0] > 0x84 || len(b) < 1+int(b[0]&0x7f):
		return 0, 0, false
	}
	k := int(b[0] & 0x7f)
	return getBits(b, 8, 8*k), 1 + k, true
}

func (berLength) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	n, _ := v.(uint64)
	return appendBERLen(dst, n), nil
}

func (berLength) Parse(l *Layer, v any) (any, error) {
	if r, ok := v.(RawVal); ok { // as Decode leaves what is no length
		return r, nil
	}
	f := Field{Name: "len", Bits: 32}
	return f.parseUint(l.proto, nil, v)
}

func (berLength) empty() string { return "None" }

// A berKind is a primitive type: how a content of it is read, written and checked.
type berKind struct {
	tag    byte
	enum   *Enum // names of numbers. Optional.
	read   func(b []byte) (v any, ok bool)
	append func(dst []byte, v any) []byte
	parse  func(k berKind, l *Layer, v any) (any, error)
}

var (
	berInt    = berKind{tag: berInteger, read: readBERInt, append: appendBERInt, parse: parseBERInt}
	berBytes  = berKind{tag: berString, read: func(b []byte) (any, bool) { return b, true }, append: appendBERBytes, parse: parseBERBytes}
	berNone   = berKind{tag: berNull, read: func(b []byte) (any, bool) { return uint64(0), len(b) == 0 }, append: func(dst []byte, _ any) []byte { return dst }, parse: parseBERInt}
	berObject = berKind{tag: berOID, read: readOID, append: appendOID, parse: parseOID}
	berIP     = berKind{tag: berAddress, read: readBERAddr, append: func(dst []byte, v any) []byte { return append(dst, v.(netip.Addr).AsSlice()...) }, parse: parseBERAddr}
)

// tagged is the kind under another tag.
func (k berKind) tagged(tag byte) berKind {
	k.tag = tag
	return k
}

func (k berKind) named(enum *Enum) berKind {
	k.enum = enum
	return k
}

// berContent is the codec of a content alone.
type berContent struct{ berKind }

func (c berContent) Decode(_ *Layer, b []byte) any {
	if v, ok := c.read(b); ok {
		return v
	}
	return RawVal(b)
}

func (c berContent) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	return c.append(dst, v), nil
}

func (c berContent) Parse(l *Layer, v any) (any, error) {
	if r, ok := v.(RawVal); ok { // as Decode leaves what is of another kind
		return r, nil
	}
	if list, ok := v.(List); ok {
		return parseSet(list, func(m any) (any, error) { return c.Parse(l, m) })
	}
	return c.parse(c.berKind, l, v)
}

// berElement is the codec of a whole element: tag, length and content.
type berElement struct{ berContent }

func (c berElement) Decode(l *Layer, b []byte) any {
	if content, size, ok := berSplit(b); ok && size == len(b) && b[0] == c.tag {
		if v, ok := c.read(content); ok {
			return v
		}
	}
	return RawVal(b)
}

func (c berElement) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	if r, ok := v.(RawVal); ok {
		return append(dst, r...), nil
	}
	content := c.append(nil, v)
	return append(appendBERLen(append(dst, c.tag), uint64(len(content))), content...), nil
}

// berField is a field that holds an element of the kind.
func berField(name, typ string, k berKind, value any) Field {
	class := map[byte]string{berInteger: "ASN1_INTEGER", berString: "ASN1_STRING", berAddress: "ASN1_IPADDRESS", berTicks: "ASN1_TIME_TICKS"}[k.tag]
	return Field{Name: name, Kind: Var, Type: typ, Codec: berElement{berContent{k}}, DefaultValue: value,
		Text: func(l *Layer, v any) (string, bool) {
			n, number := v.(uint64)
			label, named := k.enum.Name(n)
			named = named && number
			i := l.proto.Index(name)
			given := l.IsSet(i) && !l.fromWire(i) // a plain value, as it was given
			switch v.(type) {
			case uint64, int64, []byte, netip.Addr:
			default:
				return "", false
			}
			switch {
			case given && named:
				return pyStr(label), true
			case given:
				return pyValue(v), true
			case named:
				return pyStr(label) + " " + asn1Text(class, v), true
			}
			return asn1Text(class, v), true
		}}
}

// readBERInt reads a number in two's complement (X.690 §8.3).
func readBERInt(b []byte) (any, bool) {
	switch {
	case len(b) == 0 || len(b) > 9 || len(b) == 9 && b[0] != 0:
		return nil, false
	case len(b) == 9:
		return getBits(b, 8, 64), true
	}
	v := getBits(b, 0, 8*len(b))
	if b[0] < 0x80 {
		return v, true
	}
	return int64(v | ^uint64(0)<<(8*len(b)-1)), true
}

func appendBERInt(dst []byte, v any) []byte {
	n, neg := v.(int64)
	u := uint64(n)
	if !neg {
		u, _ = v.(uint64)
		if n = int64(u); n < 0 { // too large for eight bytes
			return binary.BigEndian.AppendUint64(append(dst, 0), u)
		}
	}
	k := 8
	for k > 1 && (n>>(8*k-9) == 0 || n>>(8*k-9) == -1) { // the byte only repeats the sign
		k--
	}
	for ; k > 0; k-- {
		dst = append(dst, byte(u>>(8*(k-1))))
	}
	return dst
}

func parseBERInt(k berKind, l *Layer, v any) (any, error) {
	if n, ok := v.(int64); ok && n < 0 {
		return n, nil
	}
	f := Field{Name: "number", Bits: 64, Enum: k.enum}
	return f.parseUint(l.proto, k.enum, v)
}

func appendBERBytes(dst []byte, v any) []byte {
	b, _ := toBytes(v)
	return append(dst, b...)
}

func parseBERBytes(_ berKind, _ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want bytes or text", describe(v))
	}
	return b, nil
}

func readBERAddr(b []byte) (any, bool) {
	a, ok := netip.AddrFromSlice(b)
	return a, ok && len(b) == 4
}

func parseBERAddr(_ berKind, l *Layer, v any) (any, error) {
	f := Field{Name: "address", Kind: Addr4, Bits: 32}
	a, err := f.parse(l, v)
	if _, one := a.(netip.Addr); err == nil && !one {
		return nil, fmt.Errorf("got %s, want an address", describe(v))
	}
	return a, err
}

// readOID reads an object identifier as text (X.690 §8.19).
func readOID(b []byte) (any, bool) {
	if len(b) == 0 || b[len(b)-1]&0x80 != 0 {
		return nil, false
	}
	var out []byte
	var arc uint64
	for _, c := range b {
		if arc >= 1<<57 {
			return nil, false
		}
		arc = arc<<7 | uint64(c&0x7f)
		if c&0x80 != 0 {
			continue
		}
		if out == nil { // the first two in one
			top := min(arc/40, 2)
			out = strconv.AppendUint(nil, top, 10)
			arc -= 40 * top
		}
		out = strconv.AppendUint(append(out, '.'), arc, 10)
		arc = 0
	}
	return string(out), true
}

func appendOID(dst []byte, v any) []byte {
	s, _ := v.(string)
	arcs := oidArcs(s)
	if len(arcs) > 1 {
		arcs[1] += 40 * arcs[0]
		arcs = arcs[1:]
	}
	for _, arc := range arcs {
		for shift := max(bits.Len64(arc)-1, 0) / 7 * 7; shift > 0; shift -= 7 {
			dst = append(dst, byte(arc>>shift)|0x80)
		}
		dst = append(dst, byte(arc)&0x7f)
	}
	return dst
}

// oidArcs are the numbers of an identifier, nil if it is none.
func oidArcs(s string) []uint64 {
	var arcs []uint64
	for part := range strings.SplitSeq(strings.Trim(s, "."), ".") {
		n, err := strconv.ParseUint(part, 10, 63)
		if err != nil {
			return nil
		}
		arcs = append(arcs, n)
	}
	return arcs
}

func parseOID(_ berKind, _ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	arcs := oidArcs(string(b))
	switch {
	case !ok || arcs == nil:
		return nil, fmt.Errorf("got %s, want an object identifier such as \"1.3.6.1.2.1.1.1.0\"", describe(v))
	case arcs[0] > 2 || len(arcs) > 1 && (arcs[0] < 2 && arcs[1] > 39 || arcs[1] > 1<<64-1-2*40):
		return nil, fmt.Errorf("got %q, want 0, 1 or 2 as its first number, and behind 0 and 1 one below 40", b)
	}
	return strings.Trim(string(b), "."), nil
}
