package layers

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
)

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

// A fragment4 is a packet whose first IP layer is a fragment, and its place in
// the list it came in.
type fragment4 struct {
	p      *Packet
	i      int // the IP layer
	pos    int
	offset int // of its payload, in bytes
	data   []byte
}

func (f fragment4) more() bool { return f.p.layers[f.i].Uint(ipFlags)&1 != 0 }

// asFragment reads a packet as a fragment; ok=false if its first IP layer is none.
func asFragment(p *Packet, pos int) (f fragment4, ok bool) {
	i := p.Index(IP, 1, 0)
	if i < 0 {
		return f, false
	}
	at := p.At(i)
	f = fragment4{p: p, i: i, pos: pos, offset: int(at.Uint(ipFrag)) * 8}
	if f.offset == 0 && !f.more() {
		return f, false
	}
	q := p.Clone()
	for q.Len() > i+1 && q.layers[q.Len()-1].proto == Padding {
		q.Truncate(q.Len() - 1)
	}
	data, err := q.BuildFrom(i + 1)
	f.data = data
	return f, err == nil
}

// Defrag joins the IPv4 fragments among packets (RFC 791 §3.2), in any order,
// by identification, addresses and protocol of their first IP layer. It gives the
// packets that are no fragments, the joined packets dissected anew, and the
// fragments of datagrams that are incomplete, overlap, or would be longer than an
// IP packet can be. A fragment that came twice, byte for byte, is taken once.
func Defrag(packets []*Packet) (whole, joined, missing []*Packet) {
	for _, d := range defrag(packets) {
		switch {
		case d.fragments == nil:
			whole = append(whole, d.p)
		case d.p != nil:
			joined = append(joined, d.p)
		default:
			for _, f := range d.fragments {
				missing = append(missing, f.p)
			}
		}
	}
	return whole, joined, missing
}

// Defragment is all packets in their order with the fragments among them joined
// where they can be; a joined packet stands where its last fragment was.
func Defragment(packets []*Packet) []*Packet {
	type placed struct {
		p   *Packet
		pos int
	}
	var all []placed
	for _, d := range defrag(packets) {
		if d.p != nil {
			all = append(all, placed{d.p, d.pos})
			continue
		}
		for _, f := range d.fragments {
			all = append(all, placed{f.p, f.pos})
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.pos, b.pos) })
	out := make([]*Packet, len(all))
	for i, x := range all {
		out[i] = x.p
	}
	return out
}

// A datagram is a packet that is no fragment (no fragments then), or fragments
// and the packet that they join to, nil if they do not.
type datagram struct {
	p         *Packet
	pos       int
	fragments []fragment4
}

func defrag(packets []*Packet) []*datagram {
	var out []*datagram
	open := map[string]*datagram{}
	for pos, p := range packets {
		f, ok := asFragment(p, pos)
		if !ok {
			out = append(out, &datagram{p: p, pos: pos})
			continue
		}
		at := p.At(f.i)
		key := fmt.Sprint(at.Uint(ipID), at.Value(ipSrc), at.Value(ipDst), at.Uint(ipProto))
		d := open[key]
		if d == nil {
			d = &datagram{}
			open[key] = d
			out = append(out, d)
		}
		d.fragments = append(d.fragments, f)
		d.pos = pos
	}
	for _, d := range out {
		if d.fragments != nil {
			d.join()
		}
	}
	return out
}

// join makes the datagram's packet, if the fragments give all of it.
func (d *datagram) join() {
	fs := slices.Clone(d.fragments)
	slices.SortStableFunc(fs, func(a, b fragment4) int { return cmp.Compare(a.offset, b.offset) })
	fs = slices.CompactFunc(fs, func(a, b fragment4) bool {
		return a.offset == b.offset && a.more() == b.more() && bytes.Equal(a.data, b.data)
	})
	if fs[len(fs)-1].more() {
		return
	}
	var data []byte
	for i, f := range fs {
		if f.offset != len(data) || len(data)+len(f.data) > maxDatagram || !f.more() && i < len(fs)-1 {
			return
		}
		data = append(data, f.data...)
	}
	p := fs[0].p.At(fs[0].i).headAlone()
	l := p.layers[fs[0].i]
	l.SetUint(ipFlags, l.Uint(ipFlags)&^1)
	p.Push(RawPacket(data))
	if d.p = rebuilt(p); d.p == nil {
		return
	}
	for _, f := range fs {
		if f.p.Meta != nil && d.p.Meta != nil && f.p.Meta.Time.After(d.p.Meta.Time) {
			d.p.Meta.Time = f.p.Meta.Time
		}
	}
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
