package layers

import (
	"slices"

	"pktsh/internal/near"
)

// A Packet is a stack of layers, outermost first, and what is known of its
// journey. A packet from the network keeps only its bytes until it is looked into.
type Packet struct {
	data  []byte // dissected from; nil when crafted
	first *Proto // how to dissect data; nil once that is done, beyond a glance
	Meta  *Meta  // nil for a crafted packet that was never sent
	*inside
}

// inside is what a packet has that was crafted or looked into; nil before that.
type inside struct {
	layers []*Layer
	notes  []Note
	env    Env
	lax    *Lax
	shadow any
}

// open is the packet's inside, made if there is none.
func (p *Packet) open() *inside {
	if p.inside == nil {
		p.inside = &inside{}
	}
	return p.inside
}

// Notes are what dissecting could not make sense of.
func (p *Packet) Notes() []Note {
	p.Layers()
	return p.open().notes
}

// SetEnv gives the packet the host that it is on; nil stands for the one that the
// function SetEnv gave. A send engine sets it while it builds.
func (p *Packet) SetEnv(e Env) { p.open().env = e }

// Lax is what SetLax said.
func (p *Packet) Lax() *Lax {
	if p.inside == nil {
		return nil
	}
	return p.inside.lax
}

// SetLax says what is left out when answers are matched; nil is exact.
func (p *Packet) SetLax(l *Lax) { p.open().lax = l }

// Shadow is what SetShadow kept. It belongs to whoever binds packets to a
// language; layers never reads it and Clone does not copy it.
func (p *Packet) Shadow() any {
	if p.inside == nil {
		return nil
	}
	return p.shadow
}

// SetShadow keeps something with the packet.
func (p *Packet) SetShadow(v any) { p.open().shadow = v }

// A Note is something odd that dissecting met.
type Note struct {
	Offset int    // in the packet's bytes
	Layer  string // what was being read
	Msg    string
}

// NewPacket stacks layers, which it keeps.
func NewPacket(ls ...*Layer) *Packet {
	p := &Packet{inside: &inside{layers: ls}}
	p.stack(0)
	return p
}

// stack has the layers from position i on know what carries them.
func (p *Packet) stack(i int) {
	for ; i < len(p.layers); i++ {
		p.layers[i].below = nil
		if i > 0 {
			p.layers[i].below = p.layers[i-1].proto
		}
	}
}

// Layers are the packet's layers, outermost first. The slice is the packet's own.
func (p *Packet) Layers() []*Layer {
	if p.first == nil && p.inside != nil {
		return p.inside.layers
	}
	return p.look()
}

// look takes the packet apart, or makes an empty one's inside.
func (p *Packet) look() []*Layer {
	if p.first != nil {
		p.dissect()
	}
	return p.open().layers
}

// Len is the number of layers.
func (p *Packet) Len() int { return len(p.Layers()) }

// Data is the bytes that the packet was dissected from, nil for a crafted one.
// Later changes to its fields are not in them.
func (p *Packet) Data() []byte { return p.data }

// At is layer i in its place.
func (p *Packet) At(i int) At { return At{p, i} }

// Index is the position of the nth layer (from 1) of protocol proto at or behind
// position from, -1 if there is none.
func (p *Packet) Index(proto *Proto, nth, from int) int {
	if from <= 0 && nth <= 1 && p.beginsWith(proto) {
		return 0
	}
	for i, l := range p.Layers() {
		if i >= from && l.proto == proto {
			if nth--; nth <= 0 {
				return i
			}
		}
	}
	return -1
}

// Find is the first layer of protocol proto, nil if there is none.
func (p *Packet) Find(proto *Proto) *Layer {
	if i := p.Index(proto, 1, 0); i >= 0 {
		return p.layers[i]
	}
	return nil
}

// FindField is the position of the first layer from position from that has a
// field of this name, and the field's, or -1, -1.
func (p *Packet) FindField(name string, from int) (layer, field int) {
	if from <= 0 && p.first != nil {
		if first := p.outset(); first.Index(name) >= 0 && p.beginsWith(first) {
			return 0, first.Index(name)
		}
	}
	ls := p.Layers()
	for i := max(from, 0); i < len(ls); i++ {
		if f := ls[i].proto.Index(name); f >= 0 {
			return i, f
		}
	}
	return -1, -1
}

// Push puts a copy of q's layers on top of p's, as p/q does in place.
func (p *Packet) Push(q *Packet) {
	n := len(p.Layers())
	p.layers = append(p.layers, q.Clone().Layers()...)
	p.stack(n)
	p.data, p.first = nil, nil
}

// Join is a new packet of copies of p's layers and q's: p/q.
func Join(p, q *Packet) *Packet {
	out := p.Clone()
	out.Push(q)
	return out
}

// Truncate drops every layer from position i on.
func (p *Packet) Truncate(i int) { p.layers = p.Layers()[:i:i] }

// From is a packet of copies of the layers from position i on.
func (p *Packet) From(i int) *Packet {
	q := p.Clone()
	q.layers = q.Layers()[i:]
	q.stack(0)
	q.data = nil
	return q
}

// Clone is a deep copy.
func (p *Packet) Clone() *Packet {
	q := *p
	if p.Meta != nil {
		m := *p.Meta
		q.Meta = &m
	}
	if p.inside == nil {
		return &q // not looked into: the bytes are shared, and never written
	}
	in := *p.inside
	q.inside = &in
	in.shadow = nil
	in.notes = slices.Clone(in.notes)
	in.layers = make([]*Layer, len(in.layers))
	for i, l := range p.layers {
		in.layers[i] = l.Clone()
	}
	return &q
}

// At is a layer in its place: what it needs to know of its neighbours.
type At struct {
	P *Packet
	I int
}

// Layer is the layer itself, nil when I is outside the packet.
func (a At) Layer() *Layer {
	if a.I == 0 {
		return a.P.Outermost()
	}
	if ls := a.P.Layers(); a.I >= 0 && a.I < len(ls) {
		return ls[a.I]
	}
	return nil
}

// Above is the place of its payload.
func (a At) Above() At { return At{a.P, a.I + 1} }

// Below is the place of the layer that carries it.
func (a At) Below() At { return At{a.P, a.I - 1} }

// Proto is the layer's protocol, nil outside the packet.
func (a At) Proto() *Proto {
	if l := a.Layer(); l != nil {
		return l.proto
	}
	return nil
}

// Value is field i's value as the packet stands: set, given by the layer above
// (IP.proto under TCP), derived from its surroundings (IP.src), the default, or
// nil where it is computed when built.
func (a At) Value(i int) any {
	l := a.Layer()
	if l.IsSet(i) {
		return l.own(i)
	}
	if v, ok := a.overload(i); ok {
		return v.value(&l.proto.Fields[i])
	}
	f := l.form(i)
	if f.Derive != nil {
		if v, ok := f.Derive(a); ok {
			return v
		}
	}
	if f.Computed() || l.proto.Fields[i].Absent {
		return nil
	}
	return l.own(i)
}

// Uint is Value of a numeric field as a number, 0 where it is computed or a set.
func (a At) Uint(i int) uint64 {
	l := a.Layer()
	if !l.IsSet(i) {
		if v, ok := a.overload(i); ok {
			return v.Value
		}
	}
	if len(l.odd) > 0 {
		if v, ok := l.oddValue(i); ok {
			n, _ := toUint(First(v))
			return n
		}
	}
	return l.Uint(i)
}

func (a At) overload(i int) (FieldValue, bool) {
	for _, fv := range joined(a.Layer().proto, a.Above().Proto()).fields {
		if fv.Field == i {
			return fv, true
		}
	}
	return FieldValue{}, false
}

// Given tells whether field i is not set and has its value from the layer above.
func (a At) Given(i int) bool {
	_, ok := a.overload(i)
	return ok && !a.Layer().IsSet(i)
}

// Exists tells whether field i is part of the layer where it stands: values
// that the layer above gives to others may decide.
func (a At) Exists(i int) bool { return a.effective().Exists(i) }

// effective is the layer with what the layer above gives to its numeric fields
// in its cells: itself if nothing is, else a copy that looks the same otherwise.
func (a At) effective() *Layer {
	l := a.Layer()
	if l.proto.plain {
		return l
	}
	over := joined(l.proto, a.Above().Proto()).fields
	if len(over) == 0 {
		return l
	}
	c := *l
	c.cells = slices.Clone(l.cells)
	for _, fv := range over {
		if f := &l.proto.Fields[fv.Field]; !l.IsSet(fv.Field) && f.Form == nil && f.Kind != Var {
			f.putAt(c.cells, fv.value(f))
		}
	}
	return &c
}

// typed is a number as a value of the field's kind.
func (f *Field) typed(v uint64) any {
	if f.Kind == Flag {
		return Flags{v, f.Flags}
	}
	if f.Kind == HWAddr {
		var m MAC
		putBits(m[:], 0, 48, v)
		return m
	}
	return v
}

// Get is the value of the named field of the layer at a, or of the first layer
// above it that has one; ok=false if none has.
func (a At) Get(name string) (v any, ok bool) {
	li, fi := a.P.FindField(name, a.I)
	if li < 0 {
		return nil, false
	}
	return At{a.P, li}.Value(fi), true
}

// SetField sets the named field of the layer at a, or of the first layer above
// it that has one.
func (a At) SetField(name string, v any) error {
	li, fi := a.P.FindField(name, a.I)
	if li < 0 {
		var names []string // of this layer's fields and those above it
		for _, l := range a.P.layers[a.I:] {
			names = l.proto.fieldNames(names)
		}
		return &FieldError{a.Proto().Name, name, near.Hint(name, names)}
	}
	return a.P.layers[li].Set(fi, v)
}
