package layers

import (
	"math"
	"net/netip"
	"slices"
)

// A Layer is one header: a protocol's table and the values in it.
//
// The numbers, addresses and fixed strings live in cells, in wire form; a
// dissected layer's cells are the packet's own bytes until something is set.
type Layer struct {
	proto  *Proto
	below  *Proto // what carries it in its packet; nil for the outermost
	cells  []byte // fixed fields, as wide as proto.fixedLen
	isset  uint64 // one bit per field: set by a person or by dissection
	slots  []slot // values of Var fields
	odd    []odd  // sets and other values that no cell holds
	src    []byte // dissected from: the header and all behind it; nil when crafted
	shared bool   // cells belong to the packet that was dissected, or to the table
	cut    int8   // how many fields there are in a header that the data ended inside of; 0 for a whole one
}

// A slot holds a field of variable size: its bytes, its value, or both.
type slot struct {
	raw []byte // as dissected; nil when crafted
	v   any    // as set, or decoded from raw when first asked for
}

type odd struct {
	field int
	v     any // Choice, Range, Net, Volatile, RawVal
}

// New makes a layer with every field unset.
func New(p *Proto) *Layer {
	p.Use()
	l := &Layer{proto: p, cells: p.template, shared: true}
	if p.slots > 0 {
		l.slots = make([]slot, p.slots)
	}
	return l
}

// Proto is the layer's table.
func (l *Layer) Proto() *Proto { return l.proto }

// Below is the protocol of the layer that carries it in its packet, nil if none does.
func (l *Layer) Below() *Proto { return l.below }

// Name is the protocol's name.
func (l *Layer) Name() string { return l.proto.Name }

// IsSet tells whether field i was set by hand or by dissection.
func (l *Layer) IsSet(i int) bool { return l.isset>>uint(i)&1 != 0 }

// Exists tells whether field i is part of this layer, given the others.
func (l *Layer) Exists(i int) bool {
	if l.cut > 0 && i >= int(l.cut) && !l.IsSet(i) {
		return false
	}
	w := l.proto.Fields[i].When
	return w == nil || w(l)
}

// FieldType is Scapy's name for the type that field i has in this layer.
func (l *Layer) FieldType(i int) string { return l.form(i).Type }

// form is the field's table row as it applies to this layer.
func (l *Layer) form(i int) *Field {
	f := &l.proto.Fields[i]
	if f.Form != nil {
		return f.Form(l)
	}
	return f
}

// Uint is the number in field i: its value if set, else its default. It is for
// fields of numeric kinds whose value is no set.
func (l *Layer) Uint(i int) uint64 {
	f := &l.proto.Fields[i]
	if f.Form != nil {
		v, _ := toUint(l.own(i))
		return v
	}
	return f.load(l.cells)
}

// own is field i's value in itself, without overloads and derivations: set,
// dissected or default.
func (l *Layer) own(i int) any {
	if v, ok := l.oddValue(i); ok {
		return v
	}
	f := &l.proto.Fields[i]
	if f.Kind == Var || f.Form != nil {
		return l.slotValue(int(f.slot), l.form(i))
	}
	return f.valueAt(l.cells)
}

// valueAt reads a fixed field from cells.
func (f *Field) valueAt(cells []byte) any {
	switch f.Kind {
	case Flag:
		return Flags{f.load(cells), f.Flags}
	case Addr4:
		return netip.AddrFrom4([4]byte(cells[f.cell/8:]))
	case Addr6:
		return netip.AddrFrom16([16]byte(cells[f.cell/8:]))
	case HWAddr:
		return MAC(cells[f.cell/8:])
	case Fixed:
		return cells[f.cell/8 : f.cell/8+f.Bits/8]
	}
	if f.Unit > 0 {
		return float64(f.load(cells)) / float64(f.Unit)
	}
	return f.load(cells)
}

func (l *Layer) slotValue(n int, f *Field) any {
	s := &l.slots[n]
	if s.v == nil && s.raw != nil {
		s.v = f.decode(l, s.raw)
	}
	if s.v == nil {
		if f.DefaultValue == nil && f.Kind != Var {
			return f.numDefault()
		}
		switch v := f.DefaultValue.(type) {
		case List:
			if len(v) > 0 {
				s.v = cloneValue(v) // its packets may be changed in place
				return s.v
			}
		case *Packet:
			s.v = v.Clone()
			return s.v
		}
		return f.DefaultValue
	}
	return s.v
}

// numDefault is Default as a value of the field's kind.
func (f *Field) numDefault() any {
	var b [16]byte
	putBits(b[:], 0, min(f.Bits, 64), f.swap(f.Default))
	g := *f
	g.cell = 0
	return g.valueAt(b[:])
}

// decode reads wire bytes as a value of the field.
func (f *Field) decode(l *Layer, b []byte) any {
	if f.Kind == Var {
		if f.Codec == nil {
			return b
		}
		return f.Codec.Decode(l, b)
	}
	if len(b)*8 < f.Bits {
		return b
	}
	g := *f
	g.cell = 0
	return g.valueAt(b)
}

// Set gives field i a value, which is parsed as a person would write it: a name
// for an enumerated number, text for an address. nil unsets it. Sets (Choice,
// Range, Net) and Volatile values are kept as they are.
func (l *Layer) Set(i int, v any) error {
	f := l.form(i)
	if v == nil {
		list, ok := f.DefaultValue.(List)
		if !ok || len(list) == 0 {
			l.Unset(i)
			return nil
		}
		v = List{} // None instead of a list that is not empty by default
	}
	v, err := f.parse(l, v)
	if err != nil {
		return err
	}
	l.dropOdd(i)
	l.isset |= 1 << uint(i)
	switch v.(type) {
	case Choice, Range, Net, Volatile, RawVal:
		l.odd = append(l.odd, odd{i, v})
		return nil
	}
	l.put(i, v)
	return nil
}

// put stores a value of the field's own type.
func (l *Layer) put(i int, v any) {
	f := &l.proto.Fields[i]
	if f.Kind == Var || f.Form != nil {
		l.slots[f.slot] = slot{v: v}
		return
	}
	l.unshare()
	f.putAt(l.cells, v)
}

// SetUint stores a number that is known to fit.
func (l *Layer) SetUint(i int, v uint64) {
	l.dropOdd(i)
	l.isset |= 1 << uint(i)
	f := &l.proto.Fields[i]
	if f.Form != nil {
		l.slots[f.slot] = slot{v: v}
		return
	}
	l.unshare()
	f.store(l.cells, v)
}

func (f *Field) putAt(cells []byte, v any) {
	switch v := v.(type) {
	case uint64:
		f.store(cells, v)
	case Flags:
		f.store(cells, v.Bits)
	case MAC:
		copy(cells[f.cell/8:], v[:])
	case float64:
		f.store(cells, f.fixedPoint(v))
	default:
		putFixed(cells[f.cell/8:f.cell/8+f.Bits/8], v)
	}
}

// fixedPoint is a number in the field's units.
func (f *Field) fixedPoint(v float64) uint64 {
	x := math.Round(max(v, 0) * float64(f.Unit))
	if x >= float64(f.maxUint()) {
		return f.maxUint()
	}
	return uint64(x)
}

// putFixed writes an address or a string over the whole of dst.
func putFixed(dst []byte, v any) {
	clear(dst)
	switch v := v.(type) {
	case netip.Addr:
		if len(dst) == 16 {
			a := v.As16()
			copy(dst, a[:])
		} else {
			copy(dst, v.Unmap().AsSlice())
		}
	case []byte:
		copy(dst, v)
	case string:
		copy(dst, v)
	}
}

// Unset gives field i back to its default or to computation.
func (l *Layer) Unset(i int) {
	l.dropOdd(i)
	l.isset &^= 1 << uint(i)
	f := &l.proto.Fields[i]
	if f.Kind == Var || f.Form != nil {
		l.slots[f.slot] = slot{}
		return
	}
	l.unshare()
	f.putDefault(l.cells)
}

func (l *Layer) unshare() {
	if l.shared {
		l.cells, l.shared = slices.Clone(l.cells), false
	}
}

func (l *Layer) oddValue(i int) (any, bool) {
	for _, o := range l.odd {
		if o.field == i {
			return o.v, true
		}
	}
	return nil, false
}

func (l *Layer) dropOdd(i int) {
	if l.odd != nil {
		l.odd = slices.DeleteFunc(l.odd, func(o odd) bool { return o.field == i })
	}
}

// Clone is a layer that shares nothing that can change with l.
func (l *Layer) Clone() *Layer {
	c := *l
	if !l.shared {
		c.cells = slices.Clone(l.cells)
	}
	c.odd = slices.Clone(l.odd)
	c.slots = slices.Clone(l.slots)
	for i := range c.slots {
		c.slots[i].v = cloneValue(c.slots[i].v)
	}
	return &c
}

func cloneValue(v any) any {
	switch v := v.(type) {
	case List:
		out := make(List, len(v))
		for i, x := range v {
			out[i] = cloneValue(x)
		}
		return out
	case Tuple: // ("AO", TCPAOValue(…))
		for i, x := range v {
			if p, ok := x.(*Packet); ok {
				v = slices.Clone(v)
				v[i] = p.Clone()
			}
		}
	case *Packet:
		return v.Clone()
	}
	return v // the other types are never changed in place
}
