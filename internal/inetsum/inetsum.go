// Package inetsum takes the Internet checksum (RFC 1071).
package inetsum

import (
	"encoding/binary"
	"math/bits"
)

// Add adds b to a ones' complement sum kept unfolded. b must start
// at an even offset of the checksummed data; an odd last byte counts as its high half.
//
// Ones' complement sums may be taken in any word size as long as the carries are
// brought around (RFC 1071 §2.B): here in 64 bits.
func Add(s uint64, b []byte) uint64 {
	var c uint64
	for len(b) >= 32 {
		s, c = bits.Add64(s, binary.BigEndian.Uint64(b), 0)
		s, c = bits.Add64(s, binary.BigEndian.Uint64(b[8:]), c)
		s, c = bits.Add64(s, binary.BigEndian.Uint64(b[16:]), c)
		s, c = bits.Add64(s, binary.BigEndian.Uint64(b[24:]), c)
		s += c // carries no more: a sum with a carry is below 2⁶⁴-1, by induction
		b = b[32:]
	}
	for len(b) >= 8 {
		s, c = bits.Add64(s, binary.BigEndian.Uint64(b), 0)
		s += c
		b = b[8:]
	}
	s = s>>32 + s&0xffffffff
	if len(b) >= 4 {
		s += uint64(binary.BigEndian.Uint32(b))
		b = b[4:]
	}
	if len(b) >= 2 {
		s += uint64(binary.BigEndian.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}

// Fold is the sum in 16 bits, which is what a right checksum makes 0xffff.
func Fold(s uint64) uint16 {
	s = s>>32 + s&0xffffffff
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
