package layers

// A glance is the inside of a packet of which nobody has looked at more than the
// outermost layer. That one is made alone, and once more when the packet is taken
// apart: what was changed in it meanwhile does not decide what follows.
type glance struct {
	inside inside
	layer  Layer
	ptr    [1]*Layer
}

// Outermost is the first layer, nil for a packet of none. It leaves those behind
// it as they are.
func (p *Packet) Outermost() *Layer {
	if p.inside != nil && len(p.layers) > 0 {
		return p.layers[0]
	}
	if p.first != nil {
		p.glance()
	}
	if len(p.open().layers) == 0 {
		return nil
	}
	return p.layers[0]
}

// glance makes the outermost layer, alone if it can be.
func (p *Packet) glance() {
	first := p.outset().Use()
	if !first.plain || len(p.data) < first.fixedLen || first.Trailer != nil {
		p.dissect()
		return
	}
	g := new(glance)
	g.layer.proto = first
	if first.slots > 0 {
		g.layer.slots = make([]slot, first.slots)
	}
	if _, err := g.layer.readPlain(p.data); err != nil {
		p.dissect()
		return
	}
	if p.inside != nil {
		g.inside = *p.inside
	}
	g.ptr[0] = &g.layer
	g.inside.layers = g.ptr[:]
	p.inside = &g.inside
}

// outset is the protocol of the first header of a packet that is not taken apart.
func (p *Packet) outset() *Proto { return p.first.dispatch(p.data) }

// seen is the layer that a glance made, nil if the packet is taken apart or still
// nothing but its bytes.
func (p *Packet) seen() *Layer {
	if p.first == nil || p.inside == nil || len(p.layers) == 0 {
		return nil
	}
	return p.layers[0]
}

// untouched tells a packet that is its bytes.
func (p *Packet) untouched() bool { return p.first != nil && p.seen() == nil }

// beginsWith tells without taking the packet apart that its first layer is of
// protocol proto. Of one that is taken apart it says nothing.
func (p *Packet) beginsWith(proto *Proto) bool {
	if p.first == nil || p.outset() != proto {
		return false
	}
	l := p.Outermost()
	return l != nil && l.proto == proto
}
