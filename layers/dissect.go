package layers

import (
	"fmt"
	"math/bits"
	"slices"
)

// maxDepth bounds how many layers one packet is taken apart into. What is
// behind stays Raw, with a note: a packet of 64 KiB can hold 3,000 nested IPs.
const maxDepth = 64

// Dissect makes a packet of data, whose first header is of protocol first. It
// never fails and keeps data, without copying it, until it is looked into.
func Dissect(first *Proto, data []byte) *Packet {
	return &Packet{data: data, first: first}
}

// dissect takes the packet apart.
func (p *Packet) dissect() {
	first, rest, seen := p.outset(), p.data, p.seen()
	p.first = nil
	if len(rest) == 0 && first.MinLen() > 0 {
		p.open()
		p.note(0, first, "no data")
		return
	}
	r := new(room)
	if p.inside != nil {
		r.inside = *p.inside
	}
	p.inside = &r.inside
	p.layers = r.ptrs[:0]
	pads := p.descend(r, first, rest, nil)
	for len(pads) > 0 {
		last := pads[len(pads)-1]
		pads = pads[:len(pads)-1]
		if next := last.proto(p); next != nil {
			pads = p.descend(r, next.dispatch(last.data), last.data, pads)
		} else {
			p.addBytes(r, Padding, last.data)
		}
	}
	if seen != nil {
		p.layers[0] = seen
	}
}

// A pad is what stands behind the payload of layer of.
type pad struct {
	of   int
	data []byte
}

// proto is the protocol of the pad, nil for Padding.
func (d pad) proto(p *Packet) *Proto {
	if f := p.layers[d.of].proto.Behind; f != nil {
		return f(At{p, d.of}, d.data)
	}
	return nil
}

// descend adds the layers that rest has, of which proto is the first. It gives back
// pads and what stands behind these layers' payloads, innermost last.
func (p *Packet) descend(r *room, proto *Proto, rest []byte, pads []pad) []pad {
	at := At{P: p}
	var below *Proto
	if n := len(p.layers); n > 0 {
		below = p.layers[n-1].proto
	}
	for proto != nil {
		off := len(p.data) - len(rest)
		for _, pad := range pads {
			off -= len(pad.data)
		}
		if len(p.layers) >= maxDepth {
			p.note(max(off, 0), proto, fmt.Sprintf("more than %d layers, the rest is kept as Raw", maxDepth))
			p.addBytes(r, Raw, rest)
			break
		}
		l, payload, err := r.take(proto, below, rest)
		if err != nil {
			if len(p.layers) == 0 || !p.layers[len(p.layers)-1].proto.WeakGuess {
				p.note(max(off, 0), proto, err.Error())
			}
			p.addBytes(r, Raw, rest)
			break
		}
		p.layers = append(p.layers, l)
		at.I = len(p.layers) - 1
		if f := proto.PayloadLen; f != nil {
			if k := f(l, max(len(rest)-len(payload), 0), payload); k >= 0 && k < len(payload) {
				pads = append(pads, pad{at.I, payload[k:]})
				payload = payload[:k]
			}
		}
		if f := proto.Trailer; f != nil && proto.Dissect == nil { // else it is taken
			payload = payload[:len(payload)-f(l, payload)]
		}
		if len(payload) == 0 {
			break
		}
		rest, below = payload, proto
		next := nextProto(at, payload)
		if next == nil {
			if proto.PayloadIsPadding {
				p.addBytes(r, Padding, payload)
			} else {
				p.addBytes(r, Raw, payload)
			}
		}
		proto = next
		if proto != nil {
			proto = proto.dispatch(payload)
		}
	}
	return pads
}

func (p *Proto) dispatch(b []byte) *Proto {
	if p.Use().Dispatch != nil {
		if q := p.Dispatch(b); q != nil {
			return q
		}
	}
	return p
}

func (p *Packet) note(off int, proto *Proto, msg string) {
	p.notes = append(p.notes, Note{off, proto.Name, msg})
}

// addBytes adds a layer of bytes alone, in the room r if that is not nil.
func (p *Packet) addBytes(r *room, proto *Proto, b []byte) {
	l := r.layer()
	l.proto, l.cells, l.shared = proto.Use(), proto.template, true
	l.isset, l.slots = 1, r.makeSlots(proto.slots)
	l.slots[0] = slot{raw: b}
	p.layers = append(p.layers, l)
	p.stack(len(p.layers) - 1)
}

// bytesRead is a packet of bytes that no protocol claims.
func bytesRead(b []byte) *Packet {
	p := NewPacket()
	p.data = b
	p.addBytes(nil, Raw, b)
	return p
}

// nextProto chooses what the payload is, nil for Raw.
func nextProto(at At, payload []byte) *Proto {
	l := at.Layer()
	if f := l.proto.Next; f != nil {
		switch next := f(at, payload); next {
		case nil:
		case NoNext:
			return nil
		default:
			return next
		}
	}
	return l.proto.guess(l)
}

// A room holds the layers of a packet that is taken apart, in one piece of
// memory as far as they fit: 760 bytes, as a larger one would be of the allocator's
// next size, 896. A nil room has none.
type room struct {
	inside inside
	layers [4]Layer
	slots  [3]slot
	ptrs   [4]*Layer
	used   uint8 // of layers
	taken  uint8 // of slots
}

func (r *room) layer() *Layer {
	if r == nil || int(r.used) == len(r.layers) {
		return new(Layer)
	}
	r.used++
	return &r.layers[r.used-1]
}

func (r *room) makeSlots(n int) []slot {
	if r == nil || int(r.taken)+n > len(r.slots) {
		return make([]slot, n)
	}
	from := int(r.taken)
	r.taken += uint8(n)
	return r.slots[from : from+n : from+n]
}

// take reads one header at the start of b and gives what is behind it.
func (r *room) take(proto, below *Proto, b []byte) (*Layer, []byte, error) {
	if proto.Use().Dissect == nil {
		l, n, err := r.decode(proto, below, b)
		return l, b[n:], err
	}
	l := r.blank(proto, below, b)
	payload, err := proto.Dissect(l, b, func(b []byte) ([]byte, error) {
		n, err := l.readFields(b)
		b = b[n:]
		if f := proto.Trailer; f != nil && err == nil {
			b = b[:len(b)-f(l, b)]
		}
		return b, err
	})
	return l, payload, err
}

// decodeLayer reads one header at the start of b and says how long it is.
func decodeLayer(proto *Proto, b []byte) (*Layer, int, error) {
	return (*room)(nil).decode(proto, nil, b)
}

// decode is decodeLayer into the room, of a header that below carries.
func (r *room) decode(proto, below *Proto, b []byte) (*Layer, int, error) {
	if !proto.Use().plain || len(b) < proto.fixedLen {
		return r.decodeFields(proto, below, b)
	}
	l := r.layer()
	l.proto, l.below = proto, below
	if proto.slots > 0 {
		l.slots = r.makeSlots(proto.slots)
	}
	n, err := l.readPlain(b)
	return l, n, err
}

// readPlain reads a header of plain form, which b is long enough for, into a layer
// that has its protocol and slots.
func (l *Layer) readPlain(b []byte) (n int, err error) {
	n = l.proto.fixedLen
	l.cells, l.shared, l.src = b[:n:n], true, b
	l.isset = 1<<uint(len(l.proto.Fields)) - 1
	for vars := l.proto.vars; vars != 0 && err == nil; vars &= vars - 1 {
		i := bits.TrailingZeros64(vars)
		n, err = l.takeVar(i, &l.proto.Fields[i], b, n)
	}
	return n, err
}

// takeVar gives a Var field its share of b from offset n and returns where it ends.
func (l *Layer) takeVar(i int, f *Field, b []byte, n int) (end int, err error) {
	avail := len(b) - n
	size := avail
	switch {
	case f.Size != nil:
		size = f.Size(l, b[n:])
	case l.proto.HeaderLen != nil:
		size = l.proto.HeaderLen(l) - n
	}
	size = min(max(size, 0), avail)
	raw := []byte{}
	if size > 0 {
		raw = b[n : n+size : n+size]
	}
	l.slots[l.proto.Fields[i].slot].raw = raw
	if c, ok := f.Codec.(checker); ok {
		err = c.Check(l, raw)
	}
	return n + size, err
}

// take gives field i, which is a Var one, its bytes.
func (l *Layer) take(i int, raw []byte) {
	if raw == nil {
		raw = []byte{}
	}
	l.isset |= 1 << uint(i)
	l.slots[l.proto.Fields[i].slot].raw = raw
}

// asRead tells whether field i stands as it was dissected.
func (l *Layer) asRead(i int) bool {
	_, odd := l.oddValue(i)
	return !odd && l.IsSet(i) && l.slots[l.proto.Fields[i].slot].raw != nil
}

// bytesBefore is how many bytes of a layer that is being dissected stand in
// front of field i.
func (l *Layer) bytesBefore(i int) int {
	bits := 0
	for k := range l.proto.Fields[:i] {
		if !l.Exists(k) {
			continue
		}
		f := l.form(k)
		if bits = f.aligned(bits); f.Kind == Var {
			bits += 8 * len(l.slots[l.proto.Fields[k].slot].raw)
		} else {
			bits += f.Bits
		}
	}
	return bits / 8
}

// aligned is where the field begins that comes next at bit offset off.
func (f *Field) aligned(off int) int {
	if unit := 8 * int(f.Align); unit > 8 {
		off = (off + unit - 1) / unit * unit
	}
	return off
}

// gap is the bytes in front of field i, which would begin at byte at of the
// header if it were not aligned: those that were read there, or zeros.
func (l *Layer) gap(i, at int) []byte {
	end := l.form(i).aligned(8*at) / 8
	if end <= len(l.src) {
		if was, _, err := (*room)(nil).decodeFields(l.proto, l.below, l.src); err == nil && was.Exists(i) && was.bytesBefore(i) == at {
			return l.src[at:end]
		}
	}
	return make([]byte, end-at)
}

// decodeFields reads a header whose shape depends on its fields.
func (r *room) decodeFields(proto, below *Proto, b []byte) (*Layer, int, error) {
	l := r.blank(proto, below, b)
	n, err := l.readFields(b)
	if err != nil {
		return nil, 0, err
	}
	return l, n, nil
}

// blank is a layer of which nothing is read yet.
func (r *room) blank(proto, below *Proto, b []byte) *Layer {
	l := r.layer()
	l.proto, l.below, l.src = proto, below, b
	l.cells, l.slots = slices.Clone(proto.template), r.makeSlots(proto.slots)
	return l
}

// readFields reads the layer's fields and says where they end.
func (l *Layer) readFields(b []byte) (int, error) {
	proto := l.proto
	if proto.Read != nil {
		return proto.Read(l, b)
	}
	off := 0 // in bits
	for i := range proto.Fields {
		if !l.Exists(i) || proto.Fields[i].Phantom {
			continue
		}
		f := l.form(i)
		begin := f.aligned(off)
		if f.Kind != Var && f.Bits == 0 && begin >= len(b)*8 {
			continue // as if it were not read, though nothing is missing
		}
		if f.Kind != Var && begin >= len(b)*8 && i >= max(proto.NeedFields, 1) {
			l.cut = int8(i)
			break
		}
		off = begin
		l.isset |= 1 << uint(i)
		if f.Kind == Var {
			n, err := l.takeVar(i, f, b, off/8)
			if err != nil {
				return 0, err
			}
			off = n * 8
			continue
		}
		if off+f.Bits > len(b)*8 {
			want := max((off+f.Bits+7)/8, proto.MinLen())
			return 0, fmt.Errorf("%w: %d bytes, want at least %d", ErrTruncated, len(b), want)
		}
		if proto.Fields[i].Form != nil && (off|f.Bits)%8 != 0 {
			l.slots[proto.Fields[i].slot].v = f.typed(getBits(b, off, f.Bits))
		} else if proto.Fields[i].Form != nil {
			l.slots[proto.Fields[i].slot].raw = b[off/8 : (off+f.Bits)/8]
		} else if f.Bits > 64 {
			copy(l.cells[f.cell/8:], b[off/8:(off+f.Bits)/8])
		} else {
			putBits(l.cells, f.cell, f.Bits, getBits(b, off, f.Bits))
		}
		off += f.Bits
	}
	return off / 8, nil
}

// First is the protocol that the packet begins with, nil if it is empty. Unlike
// Layers it does not take the packet apart.
func (p *Packet) First() *Proto {
	if p.first != nil {
		return p.first
	}
	if p.inside == nil || len(p.layers) == 0 {
		return nil
	}
	return p.layers[0].proto
}
