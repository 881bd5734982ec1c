package layers

import (
	"encoding/binary"
	"math"
	"math/bits"
	"net/netip"
	"sort"
)

// A Spread is a packet that stands for many, at one of them. It goes to any by its number, in
// the order of Expand, and changes one packet in place where Expand makes each
// anew. It is for one goroutine at a time.
type Spread struct {
	p     *Packet
	sets  []turn // the slowest first
	size  uint64
	begun bool
}

// A turn is a field that holds a set, and the member that it stands at.
type turn struct {
	l     *Layer
	field int
	parts []leaf
	size  uint64
	at    uint64
}

// A leaf is a value of a set without further sets in it; its members are counted from from on.
type leaf struct {
	from uint64
	v    any
}

// Spread is nil for a packet that draws values anew: those are not told by a number.
func (p *Packet) Spread() *Spread {
	s := &Spread{p: p.Clone(), size: 1}
	for _, l := range s.p.Layers() {
		var sets []turn
		for _, o := range l.setsInOrder() {
			t := turn{l: l, field: o.field}
			if !t.add(o.v) || t.size == 0 {
				return nil
			}
			sets = append([]turn{t}, sets...) // the last of the table turns slowest
			s.size = mulSaturated(s.size, t.size)
		}
		for _, o := range l.odd {
			if _, ok := o.v.(Volatile); ok {
				return nil
			}
		}
		s.sets = append(s.sets, sets...)
	}
	return s
}

// add takes the members of v in; false if some are drawn.
func (t *turn) add(v any) bool {
	n := uint64(1)
	switch v := v.(type) {
	case Choice:
		for _, m := range v {
			if !t.add(m) {
				return false
			}
		}
		return true
	case Volatile:
		return false
	case Range, Net:
		if n = math.MaxUint64; Count(v).IsUint64() {
			n = Count(v).Uint64()
		}
	}
	t.parts = append(t.parts, leaf{t.size, v})
	t.size += min(n, math.MaxUint64-t.size)
	return true
}

// member is value n of the set.
func (t *turn) member(n uint64) any {
	p := &t.parts[sort.Search(len(t.parts), func(i int) bool { return t.parts[i].from > n })-1]
	switch v := p.v.(type) {
	case Range:
		return v.Lo + (n - p.from)
	case Net:
		return addrPlus(v.Prefix.Addr(), n-p.from)
	}
	return p.v
}

// mulSaturated is a times b: nobody gets to the end of an IPv6 network.
func mulSaturated(a, b uint64) uint64 {
	if hi, lo := bits.Mul64(a, b); hi == 0 {
		return lo
	}
	return math.MaxUint64
}

// Size is how many packets there are, at most math.MaxUint64.
func (s *Spread) Size() uint64 { return s.size }

// Packet is the packet that the Spread is at. It is the Spread's own, and of no use before the first Seek.
func (s *Spread) Packet() *Packet { return s.p }

// Seek goes to packet n, counted from 0.
func (s *Spread) Seek(n uint64) {
	first := len(s.sets)
	for i := len(s.sets) - 1; i >= 0; i-- {
		t := &s.sets[i]
		if k := n % t.size; k != t.at || !s.begun {
			t.at, first = k, i
		}
		n /= t.size
	}
	s.begun = true
	for i := first; i < len(s.sets); i++ { // those behind it too: how they read may depend on it
		t := &s.sets[i]
		// Members were parsed when the set was.
		_ = t.l.Set(t.field, t.member(t.at))
	}
}

// addrPlus is the nth address behind a.
func addrPlus(a netip.Addr, n uint64) netip.Addr {
	b := a.As16()
	lo, carry := bits.Add64(binary.BigEndian.Uint64(b[8:]), n, 0)
	binary.BigEndian.PutUint64(b[8:], lo)
	binary.BigEndian.PutUint64(b[:8], binary.BigEndian.Uint64(b[:8])+carry)
	sum := netip.AddrFrom16(b)
	if a.Is4() {
		return sum.Unmap()
	}
	return sum.WithZone(a.Zone())
}
