package layers

import "strings"

// Fuzz is a copy of the packet in which every field that nobody set, that is not
// computed, derived or decided by the layer above, is a random value of its
// type, drawn anew for each packet built.
func Fuzz(p *Packet) *Packet {
	q := p.Clone()
	for i, l := range q.Layers() {
		at := At{q, i}
		for k := range l.proto.Fields {
			if l.IsSet(k) || !l.Exists(k) {
				continue
			}
			if _, over := at.overload(k); over {
				continue
			}
			if v := fuzzValue(l, k); v != nil {
				// The value was made for the field; one that its own check
				// refuses stays the default.
				_ = l.Set(k, v)
			}
		}
	}
	return q
}

// A Fuzzer is a Codec that knows what random values of it look like.
type Fuzzer interface {
	Fuzz(l *Layer) Volatile
}

// fuzzValue is a random value of field i's type, nil where it must stay as it is.
func fuzzValue(l *Layer, i int) Volatile {
	f := l.form(i)
	row := &l.proto.Fields[i]
	if f.Computed() || row.Computed() || f.Derive != nil || row.Derive != nil || strings.HasPrefix(row.Type, "Dest") {
		return nil
	}
	switch f.Kind {
	case Uint, Hex, Flag:
		if f.Unit > 0 {
			return RandFloat(0, f.maxFixedPoint())
		}
		return RandBits(f.Bits)
	case Addr4:
		v, _ := RandIP("")
		return v
	case Addr6:
		v, _ := RandIP6("")
		return v
	case HWAddr:
		v, _ := RandMAC("")
		return v
	case Fixed:
		return RandBin(uint64(f.Bits / 8))
	case Var:
		if fz, ok := f.Codec.(Fuzzer); ok {
			return fz.Fuzz(l)
		}
		if f.Codec == nil && f.DefaultValue == nil && !f.holdsPackets() {
			return RandBin(RandNum(0, l.maxFuzz()))
		}
	}
	return nil
}

// maxFuzz bounds fuzzed strings: within an Ethernet frame, and within 200 bytes
// where a length of fewer than sixteen bits counts them.
func (l *Layer) maxFuzz() int64 {
	for i := range l.proto.Fields {
		if f := &l.proto.Fields[i]; f.Computed() && f.Bits > 0 && f.Bits < 16 {
			return min(200, int64(f.maxUint()))
		}
	}
	return 1200
}
