package layers

import (
	"bytes"
	"cmp"
	"container/list"
	"fmt"
	"net/netip"
	"slices"
	"time"
)

// A Reassembler joins IPv4 and IPv6 fragments as they come, in any order (RFC 791
// §3.2, RFC 8200 §4.5). As a host does it joins no datagram whose fragments overlap
// (RFC 5722 §4) or that is longer than IP allows. The zero value is ready.
// Nothing that it takes is lost: fragments that it gives up come out as they are.
type Reassembler struct {
	MaxBytes int           // of memory for fragments that wait; 0: 32 MiB. The oldest datagram is given up
	Timeout  time.Duration // by the packets' time; 0: 60 s (RFC 8200 §4.5)

	open  map[FragmentKey]*partial
	order list.List // of *partial, the oldest in front
	bytes int
	lost  []GivenUp
}

// GivenUp is a reason why fragments were not joined, and what it was the reason for.
type GivenUp struct {
	Why                  string
	Datagrams, Fragments uint64
	First                string // the first of the datagrams
}

// A FragmentKey is what the fragments of one datagram have in common.
type FragmentKey struct {
	src, dst netip.Addr
	id       uint64
	proto    uint64 // IPv4 only
}

func (k FragmentKey) String() string { return fmt.Sprintf("%v > %v id %d", k.src, k.dst, k.id) }

// A piece of a datagram is one fragment of it.
type datagramPiece struct {
	p    *Packet
	i    int // the IP layer, or the IPv6 fragment header
	at   int
	more bool
	data []byte
}

// partial is a datagram of which fragments have come.
type partial struct {
	key    FragmentKey
	pieces []datagramPiece // by offset
	came   []*Packet       // all of them in the order in which they came
	size   int             // bytes that came, each once
	end    int             // of the datagram; -1: not known yet
	cost   int
	spoilt string // why it can never be joined
	began  time.Time
	place  *list.Element
}

// fragmentCost is about what a dissected fragment takes beside its bytes, twice.
const fragmentCost = 1024

// Add takes a packet and gives those that come out: itself if it is no fragment,
// nothing while its datagram is incomplete, the joined datagram when it is whole, with
// the time of the last fragment. Datagrams that are given up come first.
func (r *Reassembler) Add(p *Packet) []*Packet {
	out, whole := r.add(p)
	if whole != nil {
		out = append(out, whole)
	}
	return out
}

// Join is Add for who has no use for fragments: it gives the packet itself if it is none, the
// datagram that it completes, or nil.
func (r *Reassembler) Join(p *Packet) *Packet {
	_, whole := r.add(p)
	return whole
}

func (r *Reassembler) add(p *Packet) (givenUp []*Packet, whole *Packet) {
	now := timeOf(p)
	for f := r.order.Front(); f != nil; f = r.order.Front() {
		d := f.Value.(*partial)
		if now.Sub(d.began) <= cmp.Or(r.Timeout, time.Minute) {
			break
		}
		givenUp = append(givenUp, r.giveUp(d, "incomplete after the time limit")...)
	}
	f, key, ok := pieceOf(p)
	if !ok {
		return givenUp, p
	}
	d := r.open[key]
	if d == nil {
		if r.open == nil {
			r.open = map[FragmentKey]*partial{}
		}
		d = &partial{key: key, end: -1, began: now}
		d.place = r.order.PushBack(d)
		r.open[key] = d
	}
	cost := 2*len(f.data) + fragmentCost
	d.came, d.cost, r.bytes = append(d.came, p), d.cost+cost, r.bytes+cost
	d.take(f)
	if d.complete() {
		if whole = d.join(); whole != nil {
			r.forget(d)
			return givenUp, whole
		}
		d.spoilt = "cannot be built again"
	}
	for r.bytes > cmp.Or(r.MaxBytes, 32<<20) {
		givenUp = append(givenUp, r.giveUp(r.order.Front().Value.(*partial), "too many fragments waited")...)
	}
	return givenUp, nil
}

// Flush gives the fragments that wait as they are: there will be no more.
func (r *Reassembler) Flush() (out []*Packet) {
	for r.order.Len() > 0 {
		out = append(out, r.giveUp(r.order.Front().Value.(*partial), "incomplete")...)
	}
	return out
}

// Lost tells what was given up so far, by reason.
func (r *Reassembler) Lost() []GivenUp { return slices.Clone(r.lost) }

func (r *Reassembler) forget(d *partial) {
	delete(r.open, d.key)
	r.order.Remove(d.place)
	r.bytes -= d.cost
}

func (r *Reassembler) giveUp(d *partial, why string) []*Packet {
	r.forget(d)
	why = cmp.Or(d.spoilt, why)
	i := slices.IndexFunc(r.lost, func(g GivenUp) bool { return g.Why == why })
	if i < 0 {
		i = len(r.lost)
		r.lost = append(r.lost, GivenUp{Why: why, First: d.key.String()})
	}
	r.lost[i].Datagrams++
	r.lost[i].Fragments += uint64(len(d.came))
	return d.came
}

// take sorts a fragment in; one that came before, byte for byte, is left out.
func (d *partial) take(f datagramPiece) {
	i, _ := slices.BinarySearchFunc(d.pieces, f.at, func(g datagramPiece, at int) int { return cmp.Compare(g.at, at) })
	end := f.at + len(f.data)
	if i < len(d.pieces) {
		g := d.pieces[i]
		if g.at == f.at && g.more == f.more && bytes.Equal(g.data, f.data) {
			return
		}
		if end > g.at {
			d.spoilt = "fragments overlap"
		}
	}
	if i > 0 && d.pieces[i-1].at+len(d.pieces[i-1].data) > f.at {
		d.spoilt = "fragments overlap"
	}
	if !f.more {
		if d.end >= 0 && d.end != end {
			d.spoilt = "two different ends"
		}
		d.end = end
	}
	d.size += len(f.data)
	d.pieces = slices.Insert(d.pieces, i, f)
	furthest := d.pieces[len(d.pieces)-1]
	switch {
	case f.more && len(f.data) == 0:
		d.spoilt = "a fragment without data"
	case end > maxDatagram:
		d.spoilt = "longer than IP allows"
	case d.end >= 0 && furthest.at+len(furthest.data) > d.end:
		d.spoilt = "data behind the end"
	}
}

// complete tells that the pieces are all there.
func (d *partial) complete() bool { return d.spoilt == "" && d.size == d.end }

// join makes the packet of pieces that are all there; nil if it does not build.
func (d *partial) join() *Packet {
	var data []byte
	for _, f := range d.pieces {
		data = append(data, f.data...)
	}
	first := d.pieces[0]
	var p *Packet
	if first.p.layers[first.i].proto == IP {
		p = first.p.At(first.i).headAlone()
		l := p.layers[first.i]
		l.SetUint(ipFlags, l.Uint(ipFlags)&^1)
		p.Push(RawPacket(data))
	} else {
		p = first.p.withoutFragment6(first.i, data)
	}
	if p.Meta != nil {
		meta := *p.Meta
		for _, f := range d.came {
			if t := timeOf(f); t.After(meta.Time) {
				meta.Time = t
			}
		}
		p.Meta = &meta
	}
	return rebuilt(p)
}

// FragmentOf tells whether a packet is a fragment: of which datagram, and where in it its data begin.
func FragmentOf(p *Packet) (key FragmentKey, at int, ok bool) {
	f, key, ok := pieceOf(p)
	return key, f.at, ok
}

// pieceOf reads a packet as a fragment; ok=false if its outermost IP header says that it is none,
// where that is IPv6 the outermost IPv4 header in it too.
func pieceOf(p *Packet) (f datagramPiece, key FragmentKey, ok bool) {
	ls := p.Layers()
	i := slices.IndexFunc(ls, func(l *Layer) bool { return l.proto == IP || l.proto == IPv6 })
	if i < 0 {
		return f, key, false
	}
	addr := func(name string) netip.Addr {
		v, _ := p.At(i).Get(name)
		a, _ := v.(netip.Addr)
		return a
	}
	if ls[i].proto == IPv6 {
		k := i + 1
		for k < len(ls) && inFrontOfFragment[ls[k].proto] {
			k++
		}
		if k < len(ls) && ls[k].proto == IPv6ExtHdrFragment {
			at := p.At(k)
			f = datagramPiece{p: p, i: k, at: int(at.Uint(fragOffset)) * 8, more: at.Uint(frag6More) != 0}
			key = FragmentKey{src: addr("src"), dst: addr("dst"), id: at.Uint(frag6ID)}
		} else if i = p.Index(IP, 1, i); i < 0 {
			return f, key, false
		}
	}
	if f.p == nil {
		at := p.At(i)
		f = datagramPiece{p: p, i: i, at: int(at.Uint(ipFrag)) * 8, more: at.Uint(ipFlags)&1 != 0}
		key = FragmentKey{addr("src"), addr("dst"), at.Uint(ipID), at.Uint(ipProto)}
	}
	if f.at == 0 && !f.more { // no fragment, or one that is whole in itself (RFC 6946)
		return f, key, false
	}
	q := p
	if ls[len(ls)-1].proto == Padding {
		for q = p.Clone(); q.Len() > f.i+1 && q.layers[q.Len()-1].proto == Padding; {
			q.Truncate(q.Len() - 1)
		}
	}
	data, err := q.BuildFrom(f.i + 1)
	f.data = data
	return f, key, err == nil
}

// inFrontOfFragment are the headers that may stand between those of IPv6 and of a fragment (RFC 8200 §4.1).
var inFrontOfFragment = map[*Proto]bool{IPv6ExtHdrHopByHop: true, IPv6ExtHdrDestOpt: true, IPv6ExtHdrRouting: true, IPv6ExtHdrSegmentRouting: true}

func timeOf(p *Packet) (t time.Time) {
	if p.Meta != nil {
		t = p.Meta.Time
	}
	return t
}
