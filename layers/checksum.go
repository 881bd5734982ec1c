package layers

import "encoding/binary"

// sum16 adds b to a ones' complement sum kept unfolded (RFC 1071). b must start
// at an even offset of the checksummed data; an odd last byte counts as its high half.
func sum16(b []byte, s uint64) uint64 {
	for len(b) >= 8 {
		// Four 16-bit words at a time: ones' complement sums may be taken in
		// any word size as long as the carries are folded back (RFC 1071 §2.B).
		v := binary.BigEndian.Uint64(b)
		s += v>>32 + v&0xffffffff
		b = b[8:]
	}
	for len(b) >= 2 {
		s += uint64(b[0])<<8 | uint64(b[1])
		b = b[2:]
	}
	if len(b) == 1 {
		s += uint64(b[0]) << 8
	}
	return s
}

// fold finishes a sum begun by sum16: the 16-bit ones' complement of it.
func fold(s uint64) uint16 {
	s = s>>32 + s&0xffffffff
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return ^uint16(s)
}

// Checksum is the Internet checksum of b (RFC 1071), as it goes into a header
// whose checksum field is zero in b.
func Checksum(b []byte) uint16 { return fold(sum16(b, 0)) }
