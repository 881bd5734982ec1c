package layers

import (
	"math/bits"
	"slices"
)

// maxFlat is how many layers a flat packet has at most.
const maxFlat = 8

// flat appends the bytes of a packet that is nothing but rows of fields and plain
// bytes, as most are, and of whose tables no code takes part but Len and Derive. It does
// what build does, without a Build and in one go from the innermost header to
// the outermost. Of any other packet it says ok=false and leaves it to build,
// errors included.
func (p *Packet) flat(dst []byte) (out []byte, ok bool) {
	ls := p.Layers()
	var sizes [maxFlat]int
	if len(ls) > len(sizes) {
		return dst, false
	}
	total := 0
	for i, l := range ls {
		if sizes[i], ok = l.flatSize(); !ok {
			return dst, false
		}
		total += sizes[i]
	}
	out = slices.Grow(dst, total)[:len(dst)+total]
	at := len(out)
	var sum *Sum // of the layer above, where it begins with what is in this one
	for i := len(ls) - 1; i >= 0; i-- {
		l, proto := ls[i], ls[i].proto
		end := at
		at -= sizes[i]
		hdr := out[at:end]
		l.putFlat(hdr)
		given := l.isset
		if i+1 < len(ls) {
			over := joined(proto, ls[i+1].proto)
			given |= over.given
			over.put(hdr, given&^l.isset)
		}
		for d := proto.derived &^ given; d != 0; d &= d - 1 {
			f := &proto.Fields[bits.TrailingZeros64(d)]
			if v, ok := f.Derive(At{p, i}); ok {
				f.putAt(hdr, First(v))
			}
		}
		for k := range proto.autos {
			a := &proto.autos[k]
			if given>>(a.field&63)&1 != 0 {
				continue
			}
			v := uint64(a.Len(len(hdr), len(out)-end))
			if v >= uint64(a.limit) {
				return dst, false
			}
			a.put(hdr, v)
		}
		if sum != nil && proto.pseudo != nil {
			n := 0 // bytes of addresses, which end where what is summed begins
			if proto.addrs != nil {
				n = proto.addrs(l, hdr)
			}
			if n == 0 {
				return dst, false
			}
			sum.put(out[end-n:], n+ls[i+1].proto.sumAt, sum.Pseudo+uint64(len(out)-end))
		}
		sum = nil
		if s := proto.Sum; s != nil && !l.IsSet(s.Field) {
			switch {
			case s.Pseudo != 0:
				sum = s
			case s.HeaderOnly:
				s.put(hdr, proto.sumAt, 0)
			default:
				s.put(out[at:], proto.sumAt, 0)
			}
		}
	}
	return out, true
}

// flatSize is how many bytes a flat layer's header has: its cells, and what
// its slots hold that need not be encoded.
func (l *Layer) flatSize() (n int, ok bool) {
	p := l.proto
	if !p.flat || p.Finish != nil || l.cut > 0 || len(l.odd) > 0 {
		return 0, false
	}
	n = len(l.cells)
	for i := range l.slots {
		b, ok := l.slots[i].flat(p)
		if !ok {
			return 0, false
		}
		n += len(b)
	}
	return n, true
}

// flat is the bytes of a slot of p's: as they were read, or data in a field
// that has no Codec.
func (s *slot) flat(p *Proto) (b []byte, ok bool) {
	if s.v == nil {
		return s.raw, true
	}
	b, ok = s.v.([]byte)
	return b, ok && !p.coded && p.Pad == 0
}

// putFlat writes the header but for what follows from its surroundings.
func (l *Layer) putFlat(hdr []byte) {
	n := copy(hdr, l.cells)
	if n == len(hdr) {
		return
	}
	for i := range l.slots {
		b, _ := l.slots[i].flat(l.proto)
		n += copy(hdr[n:], b)
	}
}
