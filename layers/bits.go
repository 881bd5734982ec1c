package layers

import (
	"encoding/binary"
	"math/bits"
)

// load reads the field, of up to 64 bits, from its place in cells.
func (f *Field) load(cells []byte) uint64 {
	return f.swap(getBits(cells, f.cell, f.Bits))
}

// store writes it there.
func (f *Field) store(cells []byte, v uint64) {
	putBits(cells, f.cell, f.Bits, f.swap(v))
}

// swap turns a number of the field into the bits that stand for it, or back.
func (f *Field) swap(v uint64) uint64 {
	if f.Little {
		return swapped(v, f.Bits)
	}
	return v
}

// swapped is a number of whole bytes in the other byte order.
func swapped(v uint64, width int) uint64 { return bits.ReverseBytes64(v) >> uint(64-width) }

// getBits reads width (1..64) bits at bit offset off, most significant first.
// The common case of whole, aligned bytes takes no loop.
func getBits(b []byte, off, width int) uint64 {
	i := off >> 3
	if off&7 == 0 {
		switch width {
		case 8:
			return uint64(b[i])
		case 16:
			return uint64(binary.BigEndian.Uint16(b[i:]))
		case 32:
			return uint64(binary.BigEndian.Uint32(b[i:]))
		case 64:
			return binary.BigEndian.Uint64(b[i:])
		}
	}
	var v uint64
	last := (off + width + 7) >> 3
	if last-i > 8 { // 64 bits that straddle nine bytes
		hi := getBits(b, off, 32)
		return hi<<(width-32) | getBits(b, off+32, width-32)
	}
	for _, c := range b[i:last] {
		v = v<<8 | uint64(c)
	}
	v >>= uint(last<<3 - off - width)
	if width < 64 {
		v &= 1<<uint(width) - 1
	}
	return v
}

// putBits writes the low width bits of v at bit offset off, leaving the
// neighbouring bits as they are.
func putBits(b []byte, off, width int, v uint64) {
	i := off >> 3
	if off&7 == 0 {
		switch width {
		case 8:
			b[i] = byte(v)
			return
		case 16:
			binary.BigEndian.PutUint16(b[i:], uint16(v))
			return
		case 32:
			binary.BigEndian.PutUint32(b[i:], uint32(v))
			return
		case 64:
			binary.BigEndian.PutUint64(b[i:], v)
			return
		}
	}
	if n := off&7 + width; n <= 8 { // inside one byte
		shift := uint(8 - n)
		mask := byte(1<<uint(width)-1) << shift
		b[i] = b[i]&^mask | byte(v)<<shift&mask
		return
	}
	for k := off + width - 1; k >= off; {
		// The run of bits inside one byte that ends at bit k.
		lo := max(k&^7, off)
		n := k - lo + 1
		shift := uint(7 - k&7)
		mask := byte((1<<uint(n) - 1) << shift)
		b[k>>3] = b[k>>3]&^mask | byte(v<<shift)&mask
		v >>= uint(n)
		k = lo - 1
	}
}
