package layers

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"pktsh/internal/inetsum"
)

// fold finishes a sum: the 16-bit ones' complement of it.
func fold(s uint64) uint16 { return ^inetsum.Fold(s) }

// Checksum is the Internet checksum of b (RFC 1071), as it goes into a header
// whose checksum field is zero in b.
func Checksum(b []byte) uint16 { return fold(inetsum.Add(0, b)) }

// A Sum is a header's Internet checksum, of 16 bits.
type Sum struct {
	Field int // where it goes; behind fields of fixed width only

	HeaderOnly bool // it covers the header, else the payload too

	// Pseudo is the protocol number of the pseudo-header that it begins with.
	// Where no IP header carries this one it stays zero. 0 means there is none.
	Pseudo uint64

	NoZero bool // a sum of zero is sent as 0xffff: zero means "no checksum" (RFC 768)
}

// A pseudo is what a transport checksum covers of the IP header below beside
// the protocol number (RFC 9293 §3.1, RFC 8200 §8.1).
type pseudo struct {
	addrs    []byte // source, then destination
	src, dst int    // where they are in Build.Out; -1 for elsewhere
	len      int
}

// pseudoHeader finds the pseudo-header of the transport header at work, nil where
// no IP header carries it. It stands until the next call.
func (b *Build) pseudoHeader() *pseudo {
	if b.I > 0 {
		if f := b.P.layers[b.I-1].proto.pseudo; f != nil && f(b, b.I-1) {
			return &b.pseudo
		}
	}
	return nil
}

// take has the pseudo-header begin with the addresses of size bytes each that stand
// at offset at of out.
func (ps *pseudo) take(out []byte, at, size, len int) {
	ps.addrs = out[at : at+2*size]
	ps.src, ps.dst, ps.len = at, at+size, len
}

// from replaces the source.
func (ps *pseudo) from(a netip.Addr) {
	ps.addrs, ps.src = append(a.AsSlice(), ps.addrs[len(ps.addrs)/2:]...), -1
}

// to replaces the destination.
func (ps *pseudo) to(a netip.Addr) {
	ps.addrs, ps.dst = append(slices.Clone(ps.addrs[:len(ps.addrs)/2]), a.AsSlice()...), -1
}

// sum begins the sum of a transport header of protocol number proto.
func (ps *pseudo) sum(proto uint64) uint64 { return inetsum.Add(uint64(ps.len)+proto, ps.addrs) }

// putSum computes the checksum of the layer at work, whose field is zero and
// begins at byte at of the header.
func (b *Build) putSum(s *Sum, at int) {
	part := &b.parts[b.I]
	end := part.body // HeaderOnly: as it was written, whatever its length field says
	if !s.HeaderOnly {
		end = max(end, b.end)
	}
	var start uint64
	if s.Pseudo != 0 {
		ps := b.pseudoHeader()
		if ps == nil {
			return
		}
		start = ps.sum(s.Pseudo)
	}
	data := b.Out[part.start:end]
	s.put(data, at, start)
}

// put writes the checksum of data, begun with start, to byte at of it.
func (s *Sum) put(data []byte, at int, start uint64) {
	binary.BigEndian.PutUint16(data[at:], s.finish(inetsum.Add(start, data)))
}

// finish is the checksum that goes on the wire.
func (s *Sum) finish(sum uint64) uint16 {
	c := fold(sum)
	if c == 0 && s.NoZero {
		c = 0xffff
	}
	return c
}

// Fletcher is the two sums of ISO 8473's checksum, modulo 255 (RFC 905, annex B).
func Fletcher(b []byte) (c0, c1 int) {
	for _, x := range b {
		c0 = (c0 + int(x)) % 255
		c1 = (c1 + c0) % 255
	}
	return c0, c1
}

// FletcherCheck is the two bytes that make both sums of b zero when they stand at
// offset at, where b has zeros.
func FletcherCheck(b []byte, at int) (byte, byte) {
	c0, c1 := Fletcher(b)
	x := ((len(b)-at-1)*c0 - c1) % 255
	if x <= 0 {
		x += 255
	}
	y := 510 - c0 - x
	if y > 255 {
		y -= 255
	}
	return byte(x), byte(y)
}
