package layers

import (
	"iter"
	"math/big"
	"net/netip"
)

// First is the first member of a set of values, a drawn value for a Volatile,
// and any other value itself.
func First(v any) any {
	switch v := v.(type) {
	case Choice:
		if len(v) == 0 {
			return nil
		}
		return First(v[0])
	case Range:
		return v.Lo
	case Net:
		return v.Prefix.Addr()
	case Volatile:
		return v.Draw()
	}
	return v
}

// Members walks a set of values in order; any other value is its own only member.
func Members(v any) iter.Seq[any] {
	return func(yield func(any) bool) { eachMember(v, yield) }
}

func eachMember(v any, yield func(any) bool) bool {
	switch v := v.(type) {
	case Choice:
		for _, m := range v {
			if !eachMember(m, yield) {
				return false
			}
		}
		return true
	case Range:
		for n := v.Lo; ; n++ {
			if !yield(n) {
				return false
			}
			if n == v.Hi {
				return true
			}
		}
	case Net:
		for a := v.Prefix.Addr(); a.IsValid() && v.Prefix.Contains(a); a = a.Next() {
			if !yield(a) {
				return false
			}
		}
		return true
	case Volatile:
		return yield(v.Draw())
	}
	return yield(v)
}

// Pick is one member of v at random.
func Pick(v any) any {
	k := new(big.Int).SetUint64(randUint64())
	k.Lsh(k, 64).Or(k, new(big.Int).SetUint64(randUint64()))
	return member(v, k.Mod(k, Count(v)))
}

// member is the kth of v's members, which are more than k.
func member(v any, k *big.Int) any {
	switch v := v.(type) {
	case Choice:
		for _, m := range v {
			n := Count(m)
			if k.Cmp(n) < 0 {
				return member(m, k)
			}
			k.Sub(k, n)
		}
	case Range:
		return v.Lo + k.Uint64()
	case Net:
		b := v.Prefix.Masked().Addr().AsSlice()
		sum := new(big.Int).SetBytes(b)
		a, _ := netip.AddrFromSlice(sum.Add(sum, k).FillBytes(b))
		return a
	}
	return v
}

// Count is how many members a set of values has, without walking it.
func Count(v any) *big.Int {
	switch v := v.(type) {
	case Choice:
		n := new(big.Int)
		for _, m := range v {
			n.Add(n, Count(m))
		}
		return n
	case Range:
		n := new(big.Int).SetUint64(v.Hi - v.Lo)
		return n.Add(n, big.NewInt(1))
	case Net:
		return new(big.Int).Lsh(big.NewInt(1), uint(v.Prefix.Addr().BitLen()-v.Prefix.Bits()))
	}
	return big.NewInt(1)
}

// IsSet tells whether the packet stands for more than one packet or draws
// values anew, so that Expand gives something other than the packet itself.
func (p *Packet) IsSet() bool {
	if p.untouched() {
		return false
	}
	for _, l := range p.layers {
		for _, o := range l.odd {
			if _, raw := o.v.(RawVal); !raw {
				return true
			}
		}
	}
	return false
}

// SetSize is how many packets Expand gives, without making them.
func (p *Packet) SetSize() *big.Int {
	n := big.NewInt(1)
	for _, l := range p.Layers() {
		for _, o := range l.odd {
			n.Mul(n, Count(o.v))
		}
	}
	return n
}

// Expand walks the packets that the packet stands for, in Scapy's order: the
// innermost layer varies fastest, and within a layer the earliest field of the
// table. Each is a packet of its own; a packet without sets gives one copy.
func (p *Packet) Expand() iter.Seq[*Packet] {
	return func(yield func(*Packet) bool) {
		q := p.Clone()
		p.Layers()
		q.Layers()
		q.expandLayer(p, 0, yield)
	}
}

// expandLayer gives layer i each of its combinations and goes on inwards.
func (p *Packet) expandLayer(from *Packet, i int, yield func(*Packet) bool) bool {
	if i == len(p.layers) {
		q := p.Clone()
		q.drawFrom(from)
		return yield(q)
	}
	sets := from.layers[i].setsInOrder()
	return p.expandField(from, i, sets, len(sets)-1, yield)
}

// expandField gives the set number n of layer i, and those before it, each value.
func (p *Packet) expandField(from *Packet, i int, sets []odd, n int, yield func(*Packet) bool) bool {
	if n < 0 {
		return p.expandLayer(from, i+1, yield)
	}
	return eachMember(sets[n].v, func(v any) bool {
		// Members were parsed when the set was.
		_ = p.layers[i].Set(sets[n].field, v)
		return p.expandField(from, i, sets, n-1, yield)
	})
}

// drawFrom gives every Volatile field of from a fresh value in p.
func (p *Packet) drawFrom(from *Packet) {
	for i, l := range from.layers {
		for _, o := range l.odd {
			if v, ok := o.v.(Volatile); ok {
				// parse tried a draw when the value was set.
				_ = p.layers[i].Set(o.field, v.Draw())
			}
		}
	}
}

// setsInOrder is the layer's sets by position in the table.
func (l *Layer) setsInOrder() []odd {
	var out []odd
	for i := range l.proto.Fields {
		if v, ok := l.oddValue(i); ok {
			switch v.(type) {
			case RawVal, Volatile:
			default:
				out = append(out, odd{i, v})
			}
		}
	}
	return out
}

// Between is a set of every address from lo to hi, both included, as networks
// that together cover them. Both are of one family and lo is not above hi.
func Between(lo, hi netip.Addr) Choice {
	var out Choice
	for {
		// The longest prefix that begins at lo and does not go beyond hi.
		bits := lo.BitLen()
		for bits > 0 {
			p := netip.PrefixFrom(lo, bits-1)
			if p.Masked().Addr() != lo || hi.Less(lastOf(p)) {
				break
			}
			bits--
		}
		p := netip.PrefixFrom(lo, bits)
		if bits == lo.BitLen() {
			out = append(out, lo)
		} else {
			out = append(out, Net{p})
		}
		last := lastOf(p)
		if last == hi {
			return out
		}
		lo = last.Next()
	}
}

// lastOf is a network's last address.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := range b {
		b[i] |= byte(0xff >> min(max(p.Bits()-8*i, 0), 8))
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
