package layers

import (
	"fmt"
	"slices"
)

// TypeBitmap is a set of record types as NSEC and NSEC3 have it (RFC 4034 §4.1.2).
func TypeBitmap(types []uint16) []byte {
	types = slices.Clone(types)
	slices.Sort(types)
	var out []byte
	window := -1 // where the window of the last type begins in out
	for i, t := range types {
		if i == 0 || t>>8 != types[i-1]>>8 {
			window = len(out)
			out = append(out, byte(t>>8), 0)
		}
		at := window + 2 + int(t&0xff)/8
		for len(out) <= at {
			out = append(out, 0)
		}
		out[at] |= 0x80 >> (t & 7)
		out[window+1] = byte(len(out) - window - 2)
	}
	return out
}

// BitmapTypes are the record types in a bitmap; ok=false if it is none.
func BitmapTypes(b []byte) (types []uint16, ok bool) {
	for len(b) > 0 {
		if len(b) < 2 || b[1] == 0 || b[1] > 32 || len(b) < 2+int(b[1]) {
			return nil, false
		}
		n := 2 + int(b[1])
		for i, bits := range b[2:n] {
			for k := range 8 {
				if bits<<k&0x80 != 0 {
					types = append(types, uint16(b[0])<<8|uint16(8*i+k))
				}
			}
		}
		b = b[n:]
	}
	return types, true
}

// typeBitmap is the codec of such a field: bytes, which may be given as a list of
// types.
type typeBitmap struct{}

func (typeBitmap) Decode(_ *Layer, b []byte) any { return b }

func (typeBitmap) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := toBytes(v)
	return append(dst, b...), nil
}

// Parse takes bytes, and lists of types by number or name.
func (typeBitmap) Parse(_ *Layer, v any) (any, error) {
	if b, ok := toBytes(v); ok {
		return b, nil
	}
	list, ok := v.(List)
	if !ok {
		return nil, fmt.Errorf("got %s, want a list of types such as [1, \"AAAA\"], or bytes", describe(v))
	}
	var types []uint16
	for _, m := range list {
		n, ok := toUint(m)
		if name, isName := m.(string); isName {
			n, ok = DNSTypes.Value(name)
		}
		if !ok || n > 0xffff {
			return nil, fmt.Errorf("got %s, want a type's number or name", describe(m))
		}
		types = append(types, uint16(n))
	}
	return TypeBitmap(types), nil
}

// typeBitmapText names the types: ['A', 'AAAA'].
func typeBitmapText(_ *Layer, v any) (string, bool) {
	b, _ := v.([]byte)
	types, ok := BitmapTypes(b)
	if !ok || len(types) == 0 {
		return "", false
	}
	names := make([]any, len(types))
	for i, t := range types {
		if name, ok := DNSTypes.Name(uint64(t)); ok {
			names[i] = name
		} else {
			names[i] = uint64(t)
		}
	}
	return pyJoin("[", "]", names, pyValue), true
}
