package layers

import "time"

// Meta is what a capture or a send engine knows of a packet.
type Meta struct {
	Time      time.Time // when it was received, by the kernel's clock
	WireLen   int       // length on the wire; more than the bytes kept if it was cut
	Direction Direction
	details   *Details // nil for none
}

// Details are what is known of a packet besides. Packets share them: they are
// never changed.
type Details struct {
	Iface    string    // interface it came in by
	SentTime time.Time // when it was sent, zero if it was not

	// What a capture file says of it: pcapng options as package pcapfile has
	// them, and the file's interface, which belongs to who read the file.
	Options []byte
	Origin  any
}

// Details are those of the packet.
func (m *Meta) Details() Details {
	if m.details == nil {
		return Details{}
	}
	return *m.details
}

// Share gives the packet details that others have too.
func (m *Meta) Share(d *Details) { m.details = d }

// Edit gives the packet details of its own, a copy of what it had, to be changed
// before anything else is done with the packet.
func (m *Meta) Edit() *Details {
	d := m.Details()
	m.details = &d
	return &d
}

// SentTime is when the packet was sent, zero if it was not.
func (m *Meta) SentTime() time.Time { return m.Details().SentTime }

// Iface is the interface that the packet came in by.
func (m *Meta) Iface() string { return m.Details().Iface }

// Direction tells which way a captured packet went.
type Direction uint8

// Directions of a captured packet, from sockaddr_ll.sll_pkttype (packet(7)).
const (
	DirUnknown Direction = iota
	DirIn
	DirOut
)

// Meta0 is p.Meta, made if it was nil.
func (p *Packet) Meta0() *Meta {
	if p.Meta == nil {
		p.Meta = &Meta{}
	}
	return p.Meta
}
