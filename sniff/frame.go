package sniff

import (
	"encoding/binary"
	"slices"

	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// An arena copies frames out of the ring. Small ones share a piece of memory, which
// costs a collector less than one piece each; a packet that is kept keeps its
// piece, which is why pieces are small.
type arena struct{ free []byte }

const arenaSize = 16 << 10

func (a *arena) copy(b []byte) []byte {
	if len(b) > arenaSize/8 {
		return slices.Clone(b)
	}
	if len(b) > len(a.free) {
		a.free = make([]byte, arenaSize)
	}
	out := a.free[:len(b):len(b)]
	a.free = a.free[len(b):]
	copy(out, b)
	return out
}

// packet makes a packet of a frame, whose bytes it copies.
func (c *Capture) packet(f *packetsock.Frame) *layers.Packet {
	first, data, wire := layers.Ether, c.arena.copy(f.Data), f.WireLen
	if kind := linkKindOf(f.HardwareType); kind == linkIP || kind == linkOther {
		first, data, wire = withoutLink(f, data)
	}
	p := layers.Dissect(first, data)
	p.Meta = &layers.Meta{
		Time:      f.When(),
		WireLen:   wire,
		Iface:     c.ifaceName(f.Ifindex),
		Direction: layers.DirIn,
	}
	if f.Type == packetsock.Outgoing {
		p.Meta.Direction = layers.DirOut
	}
	return p
}

// ifaceName is the interface's name, of which a run of packets has the same.
func (c *Capture) ifaceName(index int) string {
	if index != c.lastIndex {
		c.lastIndex, c.lastName = index, c.ifaces.name(index)
		if label, ok := c.labels[c.lastName]; ok {
			c.lastName = label
		}
	}
	return c.lastName
}

// withoutLink is a frame of an interface that has no Ethernet header: the IP packet
// in it, or, where it carries something else, that behind a cooked header, which says what.
func withoutLink(f *packetsock.Frame, data []byte) (first *layers.Proto, rest []byte, wire int) {
	header := min(max(f.NetOffset, 0), len(data))
	rest, wire = data[header:], f.WireLen-header
	switch {
	case f.Protocol == 0x0800 && version(rest) == 4:
		return layers.IP, rest, wire
	case f.Protocol == 0x86dd && version(rest) == 6:
		return layers.IPv6, rest, wire
	}
	return layers.CookedLinux, append(cookedHeader(f), rest...), wire + cookedLen
}

func version(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0] >> 4
}

const cookedLen = 16

// cookedHeader is the header of LINKTYPE_LINUX_SLL: packet type, ARPHRD, the
// sender's address and the EtherType.
func cookedHeader(f *packetsock.Frame) []byte {
	h := make([]byte, cookedLen, cookedLen+len(f.Data))
	binary.BigEndian.PutUint16(h, uint16(f.Type))
	binary.BigEndian.PutUint16(h[2:], f.HardwareType)
	binary.BigEndian.PutUint16(h[4:], uint16(copy(h[6:14], f.Addr())))
	binary.BigEndian.PutUint16(h[14:], f.Protocol)
	return h
}
