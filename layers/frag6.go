package layers

import (
	"cmp"
	"fmt"
	"slices"
)

// Field positions in IPv6ExtHdrFragment beside fragOffset.
const (
	frag6More = 4
	frag6ID   = 5
)

// Fragment6 cuts an IPv6 packet into fragments of at most size bytes, the
// headers in front of the fragment header included (RFC 8200 §4.5). A packet
// without a fragment header is given one behind its IPv6 header. One that fits is
// returned whole. An identification that was not set is drawn.
func (p *Packet) Fragment6(size int) ([]*Packet, error) {
	var out []*Packet
	for q := range p.Expand() {
		frags, err := q.fragment6(size)
		if err != nil {
			return nil, err
		}
		out = append(out, frags...)
	}
	return out, nil
}

func (p *Packet) fragment6(size int) ([]*Packet, error) {
	k := p.Index(IPv6ExtHdrFragment, 1, 0)
	if k < 0 {
		i := p.Index(IPv6, 1, 0)
		if i < 0 {
			return []*Packet{p}, nil
		}
		p, k = p.insertFragment6(i), i+1
	}
	all, err := p.Build()
	if err != nil {
		return nil, err
	}
	data, err := p.BuildFrom(k + 1)
	if err != nil {
		return nil, err
	}
	if 8+len(data) > maxDatagram {
		return nil, fmt.Errorf("fragment IPv6: %d bytes behind the header do not fit, want at most %d", len(data), maxDatagram-8)
	}
	if len(all) <= size {
		return []*Packet{p}, nil
	}
	ahead := len(all) - len(data)
	room := size - ahead
	step := room &^ 7
	if step < 8 {
		return nil, fmt.Errorf("fragment IPv6: size: got %d, want %d or more: the headers take %d", size, ahead+8, ahead)
	}
	nh := p.At(k).Uint(0)
	head := p.Clone()
	head.Truncate(k + 1)
	head.data = nil
	head.openLength6()
	l := head.layers[k]
	l.SetUint(0, nh)
	if !l.IsSet(frag6ID) {
		l.SetUint(frag6ID, randUpTo(1<<32-1))
	}
	var out []*Packet
	for at := 0; ; at += step {
		frag := head.Clone()
		l := frag.layers[k]
		l.SetUint(fragOffset, uint64(at/8))
		last := len(data)-at <= room
		n := step
		if last {
			n = len(data) - at
			l.SetUint(frag6More, 0)
		} else {
			l.SetUint(frag6More, 1)
		}
		frag.Push(RawPacket(data[at : at+n]))
		out = append(out, frag)
		if last {
			return out, nil
		}
	}
}

// openLength6 has the first IPv6 layer's length computed again.
func (p *Packet) openLength6() {
	if i := p.Index(IPv6, 1, 0); i >= 0 {
		p.layers[i].Unset(p.layers[i].proto.Index("plen"))
	}
}

// insertFragment6 is a copy with a fragment header behind layer i, an IPv6 header.
func (p *Packet) insertFragment6(i int) *Packet {
	q := p.Clone()
	q.data = nil
	nh := q.layers[i].proto.Index("nh")
	l := New(IPv6ExtHdrFragment)
	l.SetUint(0, q.At(i).Uint(nh))
	q.layers = slices.Insert(q.layers, i+1, l)
	q.stack(i + 1)
	q.layers[i].Unset(nh)
	q.openLength6()
	return q
}

// Defragment6 joins the IPv6 fragments among packets that have the first one's
// identification, and says in notes what was left out or missing: packets that are
// no fragments are not looked at, gaps are filled with "X". It gives nil when
// there are no fragments.
func Defragment6(packets []*Packet) (joined *Packet, notes []string, err error) {
	type fragment struct {
		p      *Packet
		k      int
		offset int
	}
	var fs []fragment
	others := 0
	for _, p := range packets {
		k := p.Index(IPv6ExtHdrFragment, 1, 0)
		if k < 1 {
			continue
		}
		if len(fs) > 0 && p.At(k).Uint(frag6ID) != fs[0].p.At(fs[0].k).Uint(frag6ID) {
			others++
			continue
		}
		fs = append(fs, fragment{p, k, int(p.At(k).Uint(fragOffset)) * 8})
	}
	if len(fs) == 0 {
		return nil, nil, nil
	}
	if others > 0 {
		notes = append(notes, fmt.Sprintf("%d fragments of other packets were left out", others))
	}
	slices.SortStableFunc(fs, func(a, b fragment) int { return cmp.Compare(a.offset, b.offset) })
	var data []byte
	for _, f := range fs {
		b, err := f.p.BuildFrom(f.k + 1)
		if err != nil {
			return nil, notes, err
		}
		switch {
		case f.offset > len(data):
			notes = append(notes, fmt.Sprintf("bytes %d to %d are missing: filled with X", len(data), f.offset-1))
			for len(data) < f.offset {
				data = append(data, 'X')
			}
		case f.offset < len(data):
			overlap := min(len(data)-f.offset, len(b))
			notes = append(notes, fmt.Sprintf("bytes %d to %d came twice: the first are kept", f.offset, f.offset+overlap-1))
			b = b[overlap:]
		}
		data = append(data, b...)
	}
	if len(data) > maxDatagram {
		return nil, notes, fmt.Errorf("join IPv6 fragments: got %d bytes, want at most %d", len(data), maxDatagram)
	}
	if last := fs[len(fs)-1]; last.p.At(last.k).Uint(frag6More) != 0 {
		notes = append(notes, "the last fragment is missing")
	}
	q := fs[0].p.withoutFragment6(fs[0].k, data)
	if joined = rebuilt(q); joined == nil {
		_, err = q.Build()
	}
	return joined, notes, err
}

// withoutFragment6 is a copy with data in the place of layer k, an IPv6 fragment
// header, and of what follows it.
func (p *Packet) withoutFragment6(k int, data []byte) *Packet {
	q := p.Clone()
	nh := q.At(k).Uint(0)
	q.Truncate(k)
	q.data = nil
	q.openLength6()
	if below := q.layers[k-1]; below.proto.Index("nh") >= 0 {
		below.SetUint(below.proto.Index("nh"), nh)
	}
	q.Push(RawPacket(data))
	return q
}
