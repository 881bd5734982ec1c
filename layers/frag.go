package layers

import "fmt"

// maxDatagram is the longest IP packet that its length field can tell, and the
// longest that fragments can be joined to.
const maxDatagram = 65535

// Fragment cuts the packet at its IPv4 layer number i into fragments whose
// payload is at most size bytes; all but the last carry a multiple of eight
// (RFC 791 §2.3), and eight if size is less. A packet with sets gives the fragments of each of its members.
// As in Scapy every option is copied into every fragment, a packet that is a
// fragment itself is cut further, and one that fits comes out as one fragment.
func (p *Packet) Fragment(i, size int) ([]*Packet, error) {
	if l := p.At(i).Layer(); l == nil || l.proto != IP {
		return nil, fmt.Errorf("fragment: layer %d of %s is no IP", i, p.Summary())
	}
	if size < 1 {
		return nil, fmt.Errorf("fragment: fragsize: got %d, want 1 or more", size)
	}
	step := max(size&^7, 8)
	var out []*Packet
	for q := range p.Expand() {
		data, err := q.BuildFrom(i + 1)
		if err != nil {
			return out, err
		}
		head := q.At(i).headAlone()
		l := head.layers[i]
		first, flags := l.Uint(ipFrag), l.own(ipFlags).(Flags)
		for at := 0; at == 0 || at < len(data); {
			n := step
			if len(data)-at <= size {
				n = len(data) - at
			}
			frag := head.Clone()
			l := frag.layers[i]
			offset := first + uint64(at/8)
			if offset > 0x1fff {
				return out, fmt.Errorf("fragment: byte %d of the payload lies beyond the largest offset, 65528", at)
			}
			l.SetUint(ipFrag, offset)
			if at+n < len(data) {
				flags := Flags{flags.Bits | 1, flags.Set}
				l.put(ipFlags, flags)
				l.isset |= 1 << ipFlags
			}
			if n > 0 {
				frag.Push(RawPacket(data[at : at+n]))
			}
			out = append(out, frag)
			at += max(n, 1)
		}
	}
	return out, nil
}

// RawPacket is a packet of one Raw layer, which keeps b.
func RawPacket(b []byte) *Packet {
	l := New(Raw)
	l.put(0, b)
	l.isset = 1
	return NewPacket(l)
}

// headAlone is a copy of the packet up to and with the layer, an IPv4 header
// that still names the payload it had and whose length and checksum are open.
func (a At) headAlone() *Packet {
	proto := a.Uint(ipProto)
	p := a.P.Clone()
	p.Truncate(a.I + 1)
	p.data = nil
	l := p.layers[a.I]
	l.SetUint(ipProto, proto)
	l.Unset(ipLen)
	l.Unset(ipChksum)
	return p
}

// OverlapFragments are the fragments of p with its payload replaced by decoy,
// all of them announcing more, followed by p's own: what the receiver takes
// tells how it treats fragments that overlap. Sizes are as in [Packet.Fragment].
func (p *Packet) OverlapFragments(i int, decoy *Packet, decoySize, size int) ([]*Packet, error) {
	if l := p.At(i).Layer(); l == nil || l.proto != IP {
		return nil, fmt.Errorf("overlap fragments: layer %d of %s is no IP", i, p.Summary())
	}
	q := p.Clone()
	q.Truncate(i + 1)
	q.Push(decoy)
	out, err := q.Fragment(i, decoySize)
	if err != nil {
		return nil, err
	}
	last := out[len(out)-1].layers[i]
	last.SetUint(ipFlags, last.Uint(ipFlags)|1)
	own, err := p.Fragment(i, size)
	return append(out, own...), err
}

// rebuilt is the packet built and dissected again, with what is known of its
// journey; nil if it does not build.
func rebuilt(p *Packet) *Packet {
	b, err := p.Build()
	if err != nil {
		return nil
	}
	q := Dissect(p.layers[0].proto, b)
	q.Meta = p.Meta
	return q
}
