package layers

import (
	"fmt"
	"net/netip"
)

// A packetList is a field that holds packets of one layer each, one behind the
// other: IP options, DHCPv6 options, records.
type packetList struct {
	// next chooses what b, which is not empty, begins with; nil means that
	// the rest is Raw.
	next func(l *Layer, b []byte) *Proto

	// size is how many bytes the first of b's members takes, where that does
	// not follow from its own fields alone; what it has no field for becomes
	// its payload. Optional.
	size func(l *Layer, b []byte) int

	// join writes the members when they need more than standing one behind
	// the other, such as alignment. Optional.
	join func(l *Layer, dst []byte, ms List) ([]byte, error)
}

func (c packetList) Decode(l *Layer, b []byte) any {
	out := List{}
	for len(b) > 0 {
		var p *Packet
		proto := c.next(l, b)
		n := 0
		if proto != nil && c.size != nil {
			if k := c.size(l, b); k > 0 && k <= len(b) {
				p, n = Dissect(proto, b[:k:k]), k
			}
		} else if proto != nil {
			m, k, err := decodeLayer(proto.dispatch(b), b)
			if err == nil && k > 0 {
				p, n = NewPacket(m), k
			}
		}
		if n == 0 {
			p, n = bytesRead(b), len(b)
		}
		p.data = b[:n:n]
		b = b[n:]
		out = append(out, p)
	}
	return out
}

func (c packetList) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	if c.join != nil {
		return c.join(l, dst, list)
	}
	return appendMembers(dst, list)
}

func appendMembers(dst []byte, list List) ([]byte, error) {
	for _, m := range list {
		var err error
		if dst, err = appendMember(dst, m); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

func appendMember(dst []byte, m any) ([]byte, error) {
	if p, ok := m.(*Packet); ok {
		return p.AppendTo(dst)
	}
	b, ok := toBytes(m)
	if !ok {
		return dst, fmt.Errorf("got %s, want a packet or bytes", describe(m))
	}
	return append(dst, b...), nil
}

// Parse takes a list of packets, one packet, or bytes that stand for themselves.
// The layers of a packet of several become members of their own.
func (c packetList) Parse(l *Layer, v any) (any, error) {
	switch v := v.(type) {
	case List:
		out := make(List, 0, len(v))
		for _, m := range v {
			switch m := m.(type) {
			case *Packet:
				for i := range m.Layers() {
					q := m.From(i)
					q.layers = q.layers[:1]
					out = append(out, q)
				}
			case []byte, string, RawVal:
				b, _ := toBytes(m)
				out = append(out, bytesRead(b))
			default:
				return nil, fmt.Errorf("got %s in the list, want packets", describe(m))
			}
		}
		return out, nil
	case *Packet:
		return c.Parse(l, List{v})
	case string:
		return c.Parse(l, []byte(v))
	case []byte:
		if len(v) == 0 {
			return List{}, nil
		}
		return c.Decode(l, v), nil
	}
	return nil, fmt.Errorf("got %s, want a list of packets", describe(v))
}

// one makes the packet that a field holds a list of.
func one(p *Proto, fields ...any) *Packet {
	l := New(p)
	for i := 0; i+1 < len(fields); i += 2 {
		if err := l.Set(p.Index(fields[i].(string)), fields[i+1]); err != nil {
			panic("layers: " + err.Error())
		}
	}
	return NewPacket(l)
}

// addrList is a field that holds addresses of one family, one behind the other.
type addrList struct{ size int } // 4 or 16 bytes each

func (c addrList) Check(_ *Layer, b []byte) error {
	if n := len(b) % c.size; n != 0 {
		return fmt.Errorf("%w: the last address has %d of %d bytes", ErrTruncated, n, c.size)
	}
	return nil
}

func (c addrList) Decode(_ *Layer, b []byte) any {
	out := List{}
	for ; len(b) >= c.size; b = b[c.size:] {
		a, _ := netip.AddrFromSlice(b[:c.size])
		out = append(out, a)
	}
	if len(b) > 0 {
		out = append(out, b)
	}
	return out
}

func (c addrList) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		switch m := m.(type) {
		case netip.Addr:
			dst = append(dst, m.AsSlice()...)
		case []byte:
			dst = append(dst, m...)
		}
	}
	return dst, nil
}

func (c addrList) Parse(l *Layer, v any) (any, error) {
	f := &Field{Name: "address", Kind: Addr4}
	if c.size == 16 {
		f.Kind = Addr6
	}
	list, ok := v.(List)
	if !ok {
		list = List{v}
	}
	out := make(List, 0, len(list))
	for _, m := range list {
		if b, ok := m.([]byte); ok {
			out = append(out, b)
			continue
		}
		a, err := f.parse(l, m)
		if err != nil {
			return nil, err
		}
		if _, ok := a.(netip.Addr); !ok {
			return nil, fmt.Errorf("got %s, want one address each", describe(m))
		}
		out = append(out, a)
	}
	return out, nil
}

// uintList is a field that holds numbers of one width, one behind the other.
type uintList struct{ size int } // bytes each, at most 8

func (c uintList) Decode(_ *Layer, b []byte) any {
	out := List{}
	for ; len(b) >= c.size; b = b[c.size:] {
		out = append(out, getBits(b, 0, c.size*8))
	}
	if len(b) > 0 {
		out = append(out, b)
	}
	return out
}

func (c uintList) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		switch m := m.(type) {
		case uint64:
			for i := c.size - 1; i >= 0; i-- {
				dst = append(dst, byte(m>>(8*i)))
			}
		case []byte:
			dst = append(dst, m...)
		}
	}
	return dst, nil
}

func (c uintList) Parse(l *Layer, v any) (any, error) {
	list, ok := v.(List)
	if !ok {
		list = List{v}
	}
	out := make(List, 0, len(list))
	for _, m := range list {
		if b, ok := m.([]byte); ok {
			out = append(out, b)
			continue
		}
		n, ok := toUint(m)
		if !ok || c.size < 8 && n>>(8*c.size) != 0 {
			return nil, fmt.Errorf("got %s, want numbers of %d bytes", describe(m), c.size)
		}
		out = append(out, n)
	}
	return out, nil
}

// lenOf makes the Auto of a length field: the bytes that field i takes in the
// header at work, and add more.
func lenOf(i, add int) func(b *Build) uint64 {
	return func(b *Build) uint64 { return uint64(b.varLenAt(i) + add) }
}

// varLenAt is how many bytes the Var field i takes in the header at work.
func (b *Build) varLenAt(i int) int {
	l := b.Layer()
	return l.varLen(b, i, l.form(i))
}

// sizeLess makes the Size of a Var field: the number in field i, less what the
// header has before the field.
func sizeLess(i, less int) func(l *Layer, rest []byte) int {
	return func(l *Layer, rest []byte) int { return int(l.Uint(i)) - less }
}

// optionLen is the length of an option that has a type and this length, of bits
// bits each, and then fields: it counts them and own bytes of itself. That of
// fields of one size is a number, which a dissected one need not agree with.
func optionLen(name string, bits, own int, fields []Field) Field {
	size := 0
	for i := range fields {
		if fields[i].Kind == Var || fields[i].Form != nil {
			before := 2*bits/8 - own
			return Field{Name: name, Bits: bits, Type: "FieldLenField",
				Len: headerLess(before)}
		}
		size += fields[i].Bits
	}
	return Field{Name: name, Bits: bits, Default: uint64(own + size/8)}
}

// zero is the Auto of a checksum that Finish fills in.
func zero(*Build) uint64 { return 0 }

// variant is a protocol of its own with p's table under another name, for
// headers that mean something else where they stand, such as a quoted one.
func variant(p *Proto, title, doc string) Table {
	p.Use()
	return Table{
		Title: title, Doc: doc, like: p,
		Fields:    append([]Field(nil), p.Fields...),
		Dispatch:  p.Dispatch,
		Pad:       p.Pad,
		HeaderLen: p.HeaderLen, PayloadLen: p.PayloadLen, Behind: p.Behind,
		Sum: p.Sum, Finish: p.Finish, Next: p.Next,
		NeedFields:       p.NeedFields,
		PayloadIsPadding: p.PayloadIsPadding,
	}
}

// countOf is the Auto of a field that counts the members of the list in field i.
func countOf(i int) func(b *Build) uint64 {
	return func(b *Build) uint64 {
		list, _ := b.At().Value(i).(List)
		return uint64(len(list))
	}
}

// sizeTimes makes the Size of a Var field: the number in field i times unit.
func sizeTimes(i, unit int) func(l *Layer, rest []byte) int {
	return func(l *Layer, rest []byte) int { return int(l.Uint(i)) * unit }
}
