package sendrecv

import (
	"bytes"

	"pktsh/layers"
)

// datagram is an IP packet whose fragments are packets of a call. What answers the whole answers the
// first of them: the others have no answers of their own, nor do errors come back for them (RFC 1122 §3.2.2).
type datagram struct {
	first *probe         // nil if it is not known
	rest  []*probe       // the others
	as    *layers.Packet // what answers are compared with: the first alone until all are known
}

// datagrams puts together again what a call sends in fragments. The sender alone uses it.
type datagrams struct {
	parts reassembler
	open  map[layers.FragmentKey]*datagram
}

// mostFragments is how many a datagram may have: their data are multiples of eight bytes (RFC 791 §3.1).
const mostFragments = 1 << 13

// piece takes note of a packet that is about to leave, if it is a fragment. The one that makes a TCP segment whole
// has the guard protect its connection.
func (x *exchange) piece(pr *probe) {
	data := pr.bytes
	if !mayBeFragment(data, pr.ether) || len(pr.more) > 0 { // cut by the call itself, which knows the whole
		return
	}
	if pr.ether && !x.l2 {
		data = data[etherLen:]
	}
	proto := layers.IP
	switch {
	case pr.ether && x.l2:
		proto = layers.Ether
	case data[0]>>4 == 6:
		proto = layers.IPv6
	}
	p := layers.Dissect(proto, bytes.Clone(data))
	p.Meta = &layers.Meta{WireLen: len(data)}
	key, at, ok := layers.FragmentOf(p)
	if !ok {
		return
	}
	g := &x.pieces
	whole := g.parts.add(p)
	if whole != nil {
		pr.ends, pr.ports, _ = tcpEnds(whole)
	}
	if !x.receive {
		return
	}
	x.mu.Lock() // the receiver looks at what is open
	defer x.mu.Unlock()
	d := g.open[key]
	if d == nil || at == 0 && d.first != nil || len(d.rest) == mostFragments {
		bound(g.open)
		d = &datagram{}
		g.open[key] = d
	}
	pr.of = d
	if at == 0 {
		d.first, d.as, pr.key = pr, p, x.known.keyOf(p)
	} else {
		d.rest = append(d.rest, pr)
	}
	if whole != nil {
		delete(g.open, key)
		if d.as != nil {
			d.as = whole
			whole.SetLax(&x.o.Lax)
		}
	}
}

// moot tells whether a fragment's datagram has its answer. The lock is held.
func (pr *probe) moot() bool {
	return pr.of != nil && pr.of.first != nil && pr.of.first != pr && pr.of.first.answered
}

// overtaken is how many fragments need not be waited for when pr is answered. The lock is held.
func (pr *probe) overtaken() (n int) {
	if pr.of == nil || pr.of.first != pr {
		return 0
	}
	for _, p := range pr.of.rest {
		if p.left && !p.answered {
			n++
		}
	}
	return n
}
