package stream

import (
	"bytes"
	"container/list"
	"net/netip"
	"slices"

	"pktsh/layers"
)

// An Assembler puts streams together. One goroutine uses it at a time.
type Assembler struct {
	limits Limits
	on     func(Event)
	conns  map[pairKey]*Conn
	kept   int       // bytes that count for Limits.Total
	order  list.List // of *Conn, the one that was idle longest in front
	stats  Stats
}

// pairKey names a connection whichever way a segment goes.
type pairKey struct{ a, b netip.AddrPort }

func keyOf(src, dst netip.AddrPort) pairKey {
	if src.Compare(dst) > 0 {
		src, dst = dst, src
	}
	return pairKey{src, dst}
}

// New makes an Assembler that tells on what it finds.
func New(l Limits, on func(Event)) *Assembler {
	for _, d := range []struct {
		v   *int
		def int
	}{{&l.Conns, 1 << 16}, {&l.Pending, 1 << 20}, {&l.Total, 256 << 20}, {&l.History, 16 << 10}} {
		if *d.v <= 0 {
			*d.v = d.def
		}
	}
	return &Assembler{limits: l, on: on, conns: map[pairKey]*Conn{}}
}

// Stats are the counts so far.
func (a *Assembler) Stats() Stats { return a.stats }

// Packet takes a packet and tells whether there was a TCP segment in it.
func (a *Assembler) Packet(p *layers.Packet) bool {
	s, ok := SegmentOf(p)
	if ok {
		a.Segment(s)
	}
	return ok
}

// direction is what one end has sent.
type direction struct {
	known   bool
	isn     uint32 // sequence number of offset 0
	next    int64  // offset of the next byte to be given
	acked   int64  // how far the other end says that it has got
	pending []piece
	waiting int    // bytes in pending
	history []byte // the last bytes before next
	missed  span   // the last gap
	fin     int64  // offset behind the last byte; -1 while not known
	done    bool
	closed  bool // window
	over    bool // nothing more will come
}

// span is offsets, the second behind the last byte.
type span struct{ from, to int64 }

// piece is bytes that came ahead of time; pieces are sorted and do not overlap.
type piece struct {
	at   int64
	data []byte
}

// offset is the place of a sequence number, modulo 2^32 nearest to next.
func (d *direction) offset(seq uint32) int64 {
	return d.next + int64(int32(seq-d.isn-uint32(d.next)))
}

// maxWindow is the largest receive window (RFC 7323 §2.3): what lies further
// ahead can be no part of the stream.
const maxWindow = 1 << 30

// Segment takes one segment.
func (a *Assembler) Segment(s Segment) {
	a.segment(s)
	for a.kept > a.limits.Total && a.order.Len() > 1 {
		a.evict(s, "given up: too much memory")
	}
}

func (a *Assembler) segment(s Segment) {
	a.stats.Segments++
	key := keyOf(s.Src, s.Dst)
	c := a.conns[key]
	if c != nil && s.Flags&SYN != 0 && s.Flags&ACK == 0 && c.reopened(s) {
		a.end(key, c, "a new connection took its place", s)
		c = nil
	}
	if c == nil {
		if s.Flags&RST != 0 {
			return // refuses what is not there
		}
		c = a.open(key, s)
	}
	a.order.MoveToBack(c.place)
	defer a.count(c)
	from := 1
	if s.Src == c.Client {
		from = 0
	}
	d, other := &c.dirs[from], &c.dirs[1-from]
	ev := func(k Kind) Event { return Event{Kind: k, Conn: c, FromClient: from == 0, Time: s.Time} }
	seq := s.Seq
	if s.Flags&SYN != 0 {
		if !d.known {
			d.known, d.isn, d.fin = true, s.Seq+1, -1
		} else if s.Seq+1 == d.isn {
			e := ev(Retransmission)
			e.Text = "SYN"
			a.on(e)
		}
		seq++
	}
	if !d.known {
		d.known, d.isn, d.fin = true, s.Seq, -1
	}
	at := d.offset(seq)
	if s.Flags&RST != 0 {
		if at != d.next && !(d.next < at && at-d.next < maxWindow) {
			e := ev(Stray)
			e.Offset, e.Text = at, "RST outside the window"
			a.on(e)
			return
		}
		a.finish(c, s)
		a.end(key, c, "reset by "+s.Src.String(), s)
		return
	}
	if s.Flags&ACK != 0 && other.known {
		if to := other.offset(s.Ack); to > other.acked && to-other.next < maxWindow {
			other.acked = to
		}
	}
	if zero := s.Window == 0 && s.Flags&SYN == 0; zero != d.closed {
		if d.closed = zero; zero {
			a.on(ev(ZeroWindow))
		}
	}
	data := s.Payload
	switch {
	case at == d.next-1 && len(data) <= 1 && s.Flags&(SYN|FIN) == 0 && d.next > 0 && (d.acked >= d.next || len(data) == 0):
		a.on(ev(KeepAlive))
		data = nil
	case len(data) > 0 && (at-d.next > maxWindow || d.next-at > maxWindow):
		a.stats.StrayBytes += uint64(len(data))
		e := ev(Stray)
		e.Offset, e.Len = at, len(data)
		a.on(e)
		data = nil
	}
	if s.Flags&FIN != 0 && d.fin < 0 && at+int64(len(data)) >= d.next {
		d.fin = at + int64(len(data))
	}
	if len(data) > 0 {
		a.take(c, d, ev, at, data)
	}
	a.advance(c, d, ev)
	a.advance(c, other, func(k Kind) Event { return Event{Kind: k, Conn: c, FromClient: from != 0, Time: s.Time} })
	for i := range c.dirs {
		if d := &c.dirs[i]; d.known && d.fin >= 0 && d.next >= d.fin {
			d.done = true
		}
	}
	if c.dirs[0].done && c.dirs[1].done && !c.ended {
		c.ended = true
		e := ev(End)
		e.Text = "closed by both"
		a.on(e)
	}
}

// reopened tells a SYN for a new connection from one that is sent again.
func (c *Conn) reopened(s Segment) bool {
	d := &c.dirs[0]
	if s.Src != c.Client {
		return c.ended
	}
	return d.known && s.Seq+1 != d.isn
}

// open begins a connection with the first segment that is seen of it.
func (a *Assembler) open(key pairKey, s Segment) *Conn {
	if len(a.conns) >= a.limits.Conns {
		a.evict(s, "given up: too many connections")
	}
	c := &Conn{Client: s.Src, Server: s.Dst}
	switch {
	case s.Flags&SYN != 0 && s.Flags&ACK != 0:
		c.Client, c.Server = s.Dst, s.Src
	case s.Flags&SYN == 0:
		c.MidStream = true
		if s.Src.Port() < s.Dst.Port() { // servers have the lower ports, as a rule
			c.Client, c.Server = s.Dst, s.Src
		}
	}
	a.conns[key] = c
	c.place = a.order.PushBack(c)
	a.stats.Conns++
	e := Event{Kind: Start, Conn: c, FromClient: s.Src == c.Client, Time: s.Time}
	if c.MidStream {
		e.Text = "in its middle"
	}
	a.on(e)
	return c
}

// take sorts new bytes in; of those that are there already the first stay.
func (a *Assembler) take(c *Conn, d *direction, ev func(Kind) Event, at int64, data []byte) {
	again := func(at int64, have, got []byte) {
		e := ev(Retransmission)
		if !bytes.Equal(have, got) {
			e = ev(Overlap)
			e.Differs, e.Bytes = true, got
		}
		e.Offset, e.Len = at, len(got)
		a.on(e)
	}
	stray := func(n int64, why string) {
		e := ev(Stray)
		e.Offset, e.Len, e.Bytes, e.Text = at, int(n), data[:n], why
		a.stats.StrayBytes += uint64(n)
		a.on(e)
	}
	if early := min(-at, int64(len(data))); early > 0 {
		stray(early, "before the first byte that was seen")
		at, data = at+early, data[early:]
	}
	if old := min(d.next-at, int64(len(data))); old > 0 {
		// What has been given already; as much as is remembered is compared.
		first := d.next - int64(len(d.history))
		past := min(max(first-at, 0), old)
		switch {
		case past > 0 && at < d.missed.to && at+past > d.missed.from:
			stray(past, "after it was given up as missing")
		case past == old:
			e := ev(Retransmission)
			e.Offset, e.Len, e.Text = at, int(old), "too long ago to be compared"
			a.on(e)
		}
		if past < old {
			again(at+past, d.history[at+past-first:][:old-past], data[past:old])
		}
		at, data = at+old, data[old:]
	}
	if len(data) > 0 && at > d.next {
		e := ev(OutOfOrder)
		e.Offset, e.Len = at, len(data)
		a.on(e)
	}
	for i := 0; len(data) > 0; i++ {
		if i == len(d.pending) || at+int64(len(data)) <= d.pending[i].at {
			d.insert(i, at, data)
			break
		}
		p := d.pending[i]
		if at < p.at {
			n := p.at - at
			d.insert(i, at, data[:n])
			at, data = p.at, data[n:]
			continue
		}
		if end := p.at + int64(len(p.data)); at < end {
			n := min(end-at, int64(len(data)))
			again(at, p.data[at-p.at:][:n], data[:n])
			at, data = at+n, data[n:]
		}
	}
}

func (d *direction) insert(i int, at int64, data []byte) {
	d.pending = slices.Insert(d.pending, i, piece{at, bytes.Clone(data)})
	d.waiting += len(data)
}

// advance gives what has become contiguous, and gives up on what is missing when
// the other end has acknowledged it, or when too much waits.
func (a *Assembler) advance(c *Conn, d *direction, ev func(Kind) Event) {
	given := 0
	defer func() { d.pending = slices.Delete(d.pending, 0, given) }()
	for _, p := range d.pending {
		if p.at > d.next {
			why := ""
			switch {
			case d.over:
				why = "never captured"
			case d.acked >= p.at:
				why = "acknowledged, but not captured"
			case d.waiting+(len(d.pending)-given)*pieceCost > a.limits.Pending:
				why = "given up: too much waits behind it"
			default:
				return
			}
			a.gap(d, ev, p.at, why)
		}
		given++
		d.waiting -= len(p.data)
		a.give(d, ev, p.data)
	}
	if d.fin > d.next && d.acked > d.fin {
		a.gap(d, ev, d.fin, "acknowledged, but not captured")
	}
}

func (a *Assembler) gap(d *direction, ev func(Kind) Event, to int64, why string) {
	e := ev(Gap)
	e.Offset, e.Len, e.Text = d.next, int(to-d.next), why
	a.stats.GapBytes += uint64(e.Len)
	d.missed = span{d.next, to}
	d.next, d.history = to, d.history[:0]
	a.on(e)
}

func (a *Assembler) give(d *direction, ev func(Kind) Event, data []byte) {
	e := ev(Data)
	e.Offset, e.Len, e.Bytes = d.next, len(data), data
	d.next += int64(len(data))
	if d.history = append(d.history, data...); len(d.history) > 2*a.limits.History {
		d.history = append(d.history[:0], d.history[len(d.history)-a.limits.History:]...)
	}
	a.on(e)
}

// finish gives what waits in both directions, with the gaps before it.
func (a *Assembler) finish(c *Conn, s Segment) {
	for i := range c.dirs {
		d := &c.dirs[i]
		ev := func(k Kind) Event { return Event{Kind: k, Conn: c, FromClient: i == 0, Time: s.Time} }
		d.over = true
		a.advance(c, d, ev)
	}
}

func (a *Assembler) end(key pairKey, c *Conn, why string, s Segment) {
	delete(a.conns, key)
	a.order.Remove(c.place)
	a.count(c)
	if !c.ended {
		c.ended = true
		a.on(Event{Kind: End, Conn: c, FromClient: s.Src == c.Client, Time: s.Time, Text: why})
	}
}

// Flush ends every connection: there will be no more segments.
func (a *Assembler) Flush() {
	for a.order.Len() > 0 {
		c := a.order.Front().Value.(*Conn)
		s := Segment{Src: c.Client}
		a.finish(c, s)
		a.end(keyOf(c.Client, c.Server), c, "the capture ends", s)
	}
}
