package layers

import "fmt"

// Packets is the codec of a Var field that holds packets, each with all its
// layers, one behind the other.
type Packets struct {
	// Next chooses what the member behind those in list is, whose bytes b begins
	// with; nil ends the list. l is the layer of the field.
	Next func(l *Layer, list List, b []byte) *Proto

	// Count is how many members there are, negative for as many as fit. Optional.
	Count func(l *Layer) int

	One bool // one packet, not a list of them
}

// Size is how many of the bytes of rest the members take: what the last one left
// as padding is not theirs.
func (c Packets) Size(l *Layer, rest []byte) int {
	_, n := c.read(l, rest)
	return n
}

// read gives the members and how many bytes of b they take.
func (c Packets) read(l *Layer, b []byte) (out List, n int) {
	out = List{}
	left := -1
	if c.Count != nil {
		left = c.Count(l)
	}
	if c.One {
		left = 1
	}
	for ; left != 0 && n < len(b); left-- {
		proto := c.Next(l, out, b[n:])
		if proto == nil {
			break
		}
		p := Dissect(proto, b[n:])
		took := p.cutPadding()
		if took == 0 {
			break // a member of no bytes would come for ever
		}
		out = append(out, p)
		n += took
	}
	return out, n
}

// cutPadding removes the padding that a dissected packet ends in, and says how
// many bytes the packet has without it.
func (p *Packet) cutPadding() int {
	n := len(p.Layers())
	size := len(p.data)
	for n > 0 && p.layers[n-1].proto == Padding {
		pad, _ := p.layers[n-1].own(0).([]byte)
		size -= len(pad)
		n--
	}
	p.Truncate(n)
	p.data = p.data[:size:size]
	return size
}

// Decode reads the members; bytes that are of none are a Raw one.
func (c Packets) Decode(l *Layer, b []byte) any {
	out, n := c.read(l, b)
	if n < len(b) {
		out = append(out, RawPacket(b[n:]))
	}
	if c.One && len(out) == 1 {
		return out[0]
	}
	return out
}

// Encode writes the members one behind the other.
func (c Packets) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if list, ok := v.(List); ok {
		return appendMembers(dst, list)
	}
	return appendMember(dst, v)
}

// Parse takes packets, and bytes that stand for themselves.
func (c Packets) Parse(l *Layer, v any) (any, error) {
	switch v := v.(type) {
	case List:
		return parseEach(v, func(m any) (any, error) { return c.parseOne(m) })
	case nil:
		return List{}, nil
	}
	m, err := c.parseOne(v)
	if err != nil || c.One {
		return m, err
	}
	return List{m}, nil
}

func (c Packets) parseOne(m any) (any, error) {
	if p, ok := m.(*Packet); ok {
		return p.Clone(), nil
	}
	b, ok := toBytes(m)
	if !ok {
		return nil, fmt.Errorf("got %s, want a packet", describe(m))
	}
	return RawPacket(b), nil
}

// Padded is the codec of a Var field that is filled up to a multiple of Align
// bytes. Codec and Of are the field's own codec and Size.
type Padded struct {
	Codec
	Of    func(l *Layer, rest []byte) int
	Align int
	With  byte
}

// Size is how many bytes of rest the field and its filling take.
func (c Padded) Size(l *Layer, rest []byte) int {
	n := c.Of(l, rest) + c.Align - 1
	return n - n%c.Align
}

// Decode reads the field and forgets the filling.
func (c Padded) Decode(l *Layer, b []byte) any {
	return c.Codec.Decode(l, b[:min(max(c.Of(l, b), 0), len(b))])
}

// Encode writes the field and fills up.
func (c Padded) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	at := len(dst)
	dst, err := c.Codec.Encode(l, dst, v)
	for err == nil && (len(dst)-at)%c.Align != 0 {
		dst = append(dst, c.With)
	}
	return dst, err
}
