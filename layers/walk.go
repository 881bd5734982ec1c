package layers

import "iter"

// Walk visits the layers from position from on, and behind each of them those
// of the packets in its fields: a DNS message, its records, then what follows.
func (p *Packet) Walk(from int) iter.Seq[At] {
	return func(yield func(At) bool) { p.walk(max(from, 0), yield) }
}

func (p *Packet) walk(from int, yield func(At) bool) bool {
	for i, l := range p.Layers() {
		if i < from {
			continue
		}
		if !yield(At{p, i}) {
			return false
		}
		for k := range l.proto.Fields {
			if f := &l.proto.Fields[k]; f.mayHoldPackets() && l.Exists(k) && !walkValue(l.own(k), yield) {
				return false
			}
		}
	}
	return true
}

// mayHoldPackets tells the fields that are worth taking apart to look for layers.
func (f *Field) mayHoldPackets() bool {
	_, ok := f.Codec.(interface{ holdsPackets() })
	return ok || f.holdsPackets()
}

func (packetList) holdsPackets() {}

func (onePacket) holdsPackets() {}

func walkValue(v any, yield func(At) bool) bool {
	switch v := v.(type) {
	case *Packet:
		return v.walk(0, yield)
	case List:
		for _, m := range v {
			if !walkValue(m, yield) {
				return false
			}
		}
	}
	return true
}

// Locate is the nth layer (from 1) of protocol proto at or behind position from,
// those inside fields included; ok=false if there is none.
func (p *Packet) Locate(proto *Proto, nth, from int) (at At, ok bool) {
	for at := range p.Walk(from) {
		if at.Proto() == proto {
			if nth--; nth <= 0 {
				return at, true
			}
		}
	}
	return At{}, false
}
