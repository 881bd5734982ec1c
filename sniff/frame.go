package sniff

import (
	"encoding/binary"
	"slices"

	"pktsh/layers"
	"pktsh/sniff/packetsock"
	"pktsh/sniff/pcapfile"
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
	var rec pcapfile.Record
	c.record(f, &rec)
	return c.packer.packet(&rec, c.arena.copy(rec.Data), "")
}

// record makes a record of a frame, whose bytes it shares.
func (c *Capture) record(f *packetsock.Frame, rec *pcapfile.Record) {
	if f.CardTime {
		c.cardTimes.Add(1)
	}
	link := pcapfile.Ethernet
	rec.Data, rec.WireLen = f.Data, f.WireLen
	if kind := linkKindOf(f.HardwareType); kind == linkIP || kind == linkOther {
		link = withoutLink(f, rec)
	}
	rec.Nanos = f.Time
	rec.Options = flagsIn
	if f.Type == packetsock.Outgoing {
		rec.Options = flagsOut
	}
	if on := (onLink{f.Ifindex, link}); on != c.lastOn || c.last == nil {
		c.lastOn, c.last = on, c.iface(on)
	}
	rec.Iface = c.last
}

// Options that say the direction.
var (
	flagsIn  = directionFlags(layers.DirIn)
	flagsOut = directionFlags(layers.DirOut)
)

// onLink is an interface, and what some of its packets begin with.
type onLink struct {
	ifindex int
	link    pcapfile.LinkType
}

func (c *Capture) iface(on onLink) *pcapfile.Interface {
	i := c.on[on]
	if i == nil {
		i = &pcapfile.Interface{Name: c.ifaces.name(on.ifindex), LinkType: on.link}
		if label, ok := c.labels[i.Name]; ok {
			i.Name = label
		}
		c.on[on] = i
	}
	return i
}

// withoutLink makes a record of a frame of an interface that has no Ethernet header:
// the IP packet in it, or, where it carries something else, that behind a cooked header, which
// says what.
func withoutLink(f *packetsock.Frame, rec *pcapfile.Record) pcapfile.LinkType {
	header := min(max(f.NetOffset, 0), len(f.Data))
	rec.Data, rec.WireLen = f.Data[header:], f.WireLen-header
	if v := version(rec.Data); f.Protocol == 0x0800 && v == 4 || f.Protocol == 0x86dd && v == 6 {
		return pcapfile.Raw
	}
	rec.Data, rec.WireLen = append(cookedHeader(f), rec.Data...), rec.WireLen+cookedLen
	return pcapfile.LinuxSLL
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
