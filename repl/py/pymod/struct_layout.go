package pymod

import (
	"encoding/binary"
	"math"
	"math/big"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// structItem is one code of a format, with its repeat count.
type structItem struct {
	code  byte
	count int // of values; for s and p the length of the one value
	size  int // bytes of one value
	off   int // where the item begins
}

// layout is a compiled format.
type layout struct {
	format string
	items  []structItem
	order  binary.ByteOrder
	native bool
	size   int
	values int // how many pack takes and unpack gives
}

// Sizes of the codes: standard, and native on a 64-bit Linux (the Python library
// reference, "Format Characters").
var (
	standardSize = map[byte]int{'x': 1, 'c': 1, 'b': 1, 'B': 1, '?': 1, 'h': 2, 'H': 2, 'i': 4, 'I': 4, 'l': 4, 'L': 4, 'q': 8, 'Q': 8, 'e': 2, 'f': 4, 'd': 8, 's': 1, 'p': 1}
	nativeSize   = map[byte]int{'x': 1, 'c': 1, 'b': 1, 'B': 1, '?': 1, 'h': 2, 'H': 2, 'i': 4, 'I': 4, 'l': 8, 'L': 8, 'q': 8, 'Q': 8, 'n': 8, 'N': 8, 'e': 2, 'f': 4, 'd': 8, 's': 1, 'p': 1, 'P': 8}
)

func structErr(format string, a ...any) error { return pyrt.Errorf("struct.error", format, a...) }

// maxStruct bounds a layout's size; CPython's bound is the address space.
const maxStruct = 1 << 30

var layouts struct {
	sync.Mutex
	m map[string]*layout
}

// compileStruct parses a format; the result is cached and read only.
func compileStruct(format string) (*layout, error) {
	layouts.Lock()
	defer layouts.Unlock()
	if l := layouts.m[format]; l != nil {
		return l, nil
	}
	l, err := parseStruct(format)
	if err != nil {
		return nil, err
	}
	if layouts.m == nil || len(layouts.m) >= 100 { // CPython keeps 100, too
		layouts.m = map[string]*layout{}
	}
	layouts.m[format] = l
	return l, nil
}

func parseStruct(format string) (*layout, error) {
	l := &layout{format: format, order: binary.NativeEndian, native: true}
	sizes, align := nativeSize, true
	codes := format
	if codes != "" {
		switch codes[0] {
		case '@':
			codes = codes[1:]
		case '=', '<', '>', '!':
			sizes, align, l.native = standardSize, false, false
			switch codes[0] {
			case '<':
				l.order = binary.LittleEndian
			case '>', '!':
				l.order = binary.BigEndian
			}
			codes = codes[1:]
		}
	}
	for i := 0; i < len(codes); i++ {
		if isFormatSpace(codes[i]) {
			continue
		}
		n := 1
		if codes[i] >= '0' && codes[i] <= '9' {
			n = 0
			for ; i < len(codes) && codes[i] >= '0' && codes[i] <= '9'; i++ {
				if n = n*10 + int(codes[i]-'0'); n > maxStruct {
					return nil, structErr("total struct size too long")
				}
			}
			if i == len(codes) {
				return nil, structErr("repeat count given without format specifier")
			}
		}
		size, ok := sizes[codes[i]]
		if !ok {
			return nil, structErr("bad char in struct format")
		}
		if align && size > 1 {
			l.size = (l.size + size - 1) / size * size
		}
		l.items = append(l.items, structItem{code: codes[i], count: n, size: size, off: l.size})
		l.size += n * size
		if l.size > maxStruct {
			return nil, structErr("total struct size too long")
		}
		switch codes[i] {
		case 's', 'p':
			l.values++
		case 'x':
		default:
			l.values += n
		}
	}
	return l, nil
}

func isFormatSpace(c byte) bool { return c == ' ' || c >= '\t' && c <= '\r' }

// pack writes values, which the caller has counted, over b.
func (l *layout) pack(b []byte, values starlark.Tuple) error {
	if len(values) != l.values {
		return structErr("pack expected %d items for packing (got %d)", l.values, len(values))
	}
	for _, it := range l.items {
		switch it.code {
		case 'x':
			continue
		case 's', 'p':
			if err := packBytes(b[it.off:it.off+it.count], it.code, values[0]); err != nil {
				return err
			}
			values = values[1:]
			continue
		}
		for i := range it.count {
			if err := l.packOne(b[it.off+i*it.size:][:it.size], it, values[i]); err != nil {
				return err
			}
		}
		values = values[it.count:]
	}
	return nil
}

// packBytes writes a string; Pascal's has its length in the first byte.
func packBytes(b []byte, code byte, v starlark.Value) error {
	data, err := pymeth.BytesValue(v)
	if err != nil {
		return structErr("argument for '%c' must be a bytes object", code)
	}
	if code == 's' {
		copy(b, data)
	} else if len(b) > 0 {
		n := copy(b[1:], data)
		b[0] = byte(min(n, 255))
	}
	return nil
}

func (l *layout) packOne(b []byte, it structItem, v starlark.Value) error {
	switch it.code {
	case 'c':
		data, err := pymeth.BytesValue(v)
		if err != nil || len(data) != 1 {
			return structErr("char format requires a bytes object of length 1")
		}
		b[0] = data[0]
		return nil
	case '?':
		if v.Truth() {
			b[0] = 1
		}
		return nil
	case 'e', 'f', 'd':
		return l.packFloat(b, it.code, v)
	}
	n, err := pymeth.IntValue(v)
	if err != nil {
		if _, ok := v.(pyrt.Inter); ok {
			return err
		}
		return structErr("required argument is not an integer")
	}
	signed := strings.IndexByte("bhilqn", it.code) >= 0
	i := n.BigInt()
	lo, hi := intRange(it.size, signed)
	if i.Cmp(lo) < 0 || i.Cmp(hi) > 0 {
		return l.rangeError(it, signed, lo, hi)
	}
	u := uint64(0)
	if signed {
		u = uint64(i.Int64())
	} else {
		u = i.Uint64()
	}
	putUint(l.order, b, u)
	return nil
}

// rangeError has CPython's texts, which differ between its packers.
func (l *layout) rangeError(it structItem, signed bool, lo, hi *big.Int) error {
	switch {
	case it.size == 8 && l.native && it.code != 'l' && it.code != 'L' && it.code != 'n' && it.code != 'N' && it.code != 'P':
		return structErr("int too large to convert")
	case it.code == 'P':
		return structErr("int too large to convert")
	case it.size == 1:
		if signed {
			return structErr("byte format requires -128 <= number <= 127")
		}
		return structErr("ubyte format requires 0 <= number <= 255")
	case it.size == 2 && l.native:
		if signed {
			return structErr("short format requires (-0x7fff - 1) <= number <= 0x7fff")
		}
		return structErr("ushort format requires 0 <= number <= 0xffff")
	case it.size == 8 && !l.native:
		return structErr("int too large to convert")
	}
	return structErr("'%c' format requires %s <= number <= %s", it.code, lo, hi)
}

func intRange(size int, signed bool) (lo, hi *big.Int) {
	one := big.NewInt(1)
	if signed {
		hi = new(big.Int).Lsh(one, uint(size*8-1))
		return new(big.Int).Neg(hi), hi.Sub(hi, one)
	}
	hi = new(big.Int).Lsh(one, uint(size*8))
	return new(big.Int), hi.Sub(hi, one)
}

func putUint(order binary.ByteOrder, b []byte, u uint64) {
	switch len(b) {
	case 1:
		b[0] = byte(u)
	case 2:
		order.PutUint16(b, uint16(u))
	case 4:
		order.PutUint32(b, uint32(u))
	case 8:
		order.PutUint64(b, u)
	}
}

func getUint(order binary.ByteOrder, b []byte) uint64 {
	switch len(b) {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}

func (l *layout) packFloat(b []byte, code byte, v starlark.Value) error {
	f, err := pymeth.FloatValue(v)
	if err != nil {
		return structErr("required argument is not a float")
	}
	switch code {
	case 'e':
		h, ok := toHalf(f)
		if !ok {
			return pyrt.Errorf("OverflowError", "float too large to pack with e format")
		}
		l.order.PutUint16(b, h)
	case 'f':
		if s := float32(f); math.IsInf(float64(s), 0) && !math.IsInf(f, 0) {
			return pyrt.Errorf("OverflowError", "float too large to pack with f format")
		}
		l.order.PutUint32(b, math.Float32bits(float32(f)))
	default:
		l.order.PutUint64(b, math.Float64bits(f))
	}
	return nil
}

// unpack reads l.size bytes.
func (l *layout) unpack(b []byte) starlark.Tuple {
	out := make(starlark.Tuple, 0, l.values)
	for _, it := range l.items {
		field := b[it.off : it.off+it.count*it.size]
		switch it.code {
		case 'x':
		case 's':
			out = append(out, starlark.Bytes(field))
		case 'p':
			if n := 0; len(field) > 0 {
				n = min(int(field[0]), len(field)-1)
				field = field[1 : 1+n]
			}
			out = append(out, starlark.Bytes(field))
		default:
			for i := range it.count {
				out = append(out, l.unpackOne(it.code, field[i*it.size:][:it.size]))
			}
		}
	}
	return out
}

func (l *layout) unpackOne(code byte, b []byte) starlark.Value {
	switch code {
	case 'c':
		return starlark.Bytes(b)
	case '?':
		return starlark.Bool(b[0] != 0)
	case 'e':
		return starlark.Float(fromHalf(l.order.Uint16(b)))
	case 'f':
		return starlark.Float(math.Float32frombits(l.order.Uint32(b)))
	case 'd':
		return starlark.Float(math.Float64frombits(l.order.Uint64(b)))
	}
	u := getUint(l.order, b)
	if strings.IndexByte("bhilqn", code) < 0 {
		return starlark.MakeUint64(u)
	}
	shift := 64 - 8*len(b)
	return starlark.MakeInt64(int64(u<<shift) >> shift)
}
