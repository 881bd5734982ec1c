package stream

import (
	"fmt"
	"time"

	"pktsh/layers"
)

// TCPSession is a stage of a capture (sniff.Session) that puts application
// messages together: for a connection that speaks HTTP/1, TLS or DNS it gives, instead
// of the packets, one packet for each whole message, with the headers of the packet
// that completed it. Other packets pass as they are, and so do the bytes of a message
// that is given up, of which Lost tells. IP fragments are joined first.
type TCPSession struct {
	// App has the messages come out alone, without the headers of IP and TCP.
	App bool
	// Reader chooses who puts a direction's messages together; nil: nobody but this package.
	Reader NewReader

	ip    IPSession
	a     *Assembler
	most  int // bytes of messages that are begun, at a time
	begun int
	lost  lossNotes
	flows map[*Conn]*flow
	again uint64         // packets sent again, in whose place messages came out
	last  *layers.Packet // that is being taken
	seg   Segment        // in it
	yield func(*layers.Packet) bool
	whole bool // messages came out of the packet, or it is a part of one
	more  bool
	err   error // of a Reader
}

// flow is what is known of a connection's messages.
type flow struct {
	dirs [2]*Messages
	pair Requests
	head [2]*layers.Packet // the last packet of each direction
	held [2]held

	shared any // what Readers know of both directions
}

// NewTCPSession makes one with the limits given.
func NewTCPSession(l Limits) *TCPSession {
	s := &TCPSession{flows: map[*Conn]*flow{}}
	s.a = New(l, s.event)
	s.most = s.a.limits.Total
	return s
}

// Take implements sniff.Session.
func (s *TCPSession) Take(p *layers.Packet, yield func(*layers.Packet) bool) error {
	s.yield, s.more = yield, true
	if err := s.ip.Take(p, s.take); err != nil {
		return err
	}
	return s.err
}

// take is for a packet that is no fragment, or one that cannot be joined.
func (s *TCPSession) take(p *layers.Packet) (more bool) {
	s.last, s.whole = p, false
	seg, tcp := SegmentOf(p)
	if tcp {
		s.seg = seg
		s.a.Segment(seg)
	}
	if s.more && (!tcp || !s.whole) {
		s.more = s.yield(s.last)
	}
	s.last = nil
	return s.more
}

// Flush implements sniff.Session: what is begun is given as it is.
func (s *TCPSession) Flush(yield func(*layers.Packet) bool) error {
	s.yield, s.more = yield, true
	if err := s.ip.Flush(s.take); err != nil {
		return err
	}
	s.a.Flush()
	return s.err
}

// Lost says for people what was given up or never seen.
func (s *TCPSession) Lost() []string {
	out := append(s.ip.Lost(), s.lost.text()...)
	if s.again > 0 {
		out = append(out, fmt.Sprintf("%d segments were sent again, in whose place messages came out; follow() shows where", s.again))
	}
	st := s.a.Stats()
	if st.Evicted > 0 {
		out = append(out, fmt.Sprintf("%d connections were given up before their end: too many at a time, or %d MiB were not enough", st.Evicted, s.a.limits.Total>>20))
	}
	if st.GapBytes > 0 {
		out = append(out, fmt.Sprintf("%d bytes of streams are missing; follow() shows where", st.GapBytes))
	}
	return out
}

func dirOf(e Event) int {
	if e.FromClient {
		return 0
	}
	return 1
}

func (s *TCPSession) event(e Event) {
	f := s.flows[e.Conn]
	if f == nil {
		if e.Conn.ended {
			return // its last acknowledgement
		}
		f = &flow{}
		f.dirs = [2]*Messages{NewMessages(e.Conn, &f.pair), NewMessages(e.Conn, &f.pair)}
		s.flows[e.Conn] = f
	}
	d := dirOf(e)
	var last *layers.Packet // that brought this; nil if that was long ago, or a packet of the other direction told
	if s.last != nil && e.of(s.seg) && s.seg.Flags&RST == 0 {
		last, f.head[d] = s.last, s.last
	}
	m := f.dirs[d]
	switch e.Kind {
	case Data:
		if f.held[d].shown(e) {
			if !m.Over() { // its beginning was missing
				s.settle(f, d)
				s.close(f, d)
				m.Gap()
			}
			return
		}
		before := m.Waiting()
		if s.Reader != nil && m.begins() {
			if proto, r := s.Reader(f.head[d], &f.shared); r != nil {
				m.use(proto, r)
			}
		}
		msgs, err := m.Add(e.Bytes, e.Conn.dirs[d].isn+uint32(e.Offset), last)
		s.giveAll(f.head[d], msgs, err)
		s.begun += m.Waiting() - before
		if s.begun > s.most {
			m.GiveUp(fmt.Sprintf("messages that were begun filled %d MiB", s.most>>20))
		}
		h := &f.held[d]
		if why, rest := m.GivenUp(); why != "" {
			s.begun -= len(rest)
			s.lost.add(e, why)
			h.arrived(e, false)
			s.giveUp(f, d, rest)
			s.whole = s.whole || last != nil
			return
		}
		if m.Undecided() {
			h.arrived(e, true)
			s.whole = last != nil && h.wait(last, false) || s.whole
			return
		}
		if m.Proto() == "" {
			h.arrived(e, true) // to be given, with what waits, before this packet
		} else {
			h.arrived(e, false)
		}
		s.settle(f, d)
		s.whole = s.whole || last != nil && m.Proto() != ""
	case Gap:
		s.settle(f, d)
		s.close(f, d)
		m.Gap()
	case OutOfOrder, Retransmission:
		if last != nil {
			s.whole = f.held[d].ahead(e, last, m) || s.whole
		}
	case Stray:
		s.stray(e, m)
	case End:
		for i, m := range f.dirs {
			s.settle(f, i)
			before := m.Waiting()
			msgs, err := m.End()
			s.begun += m.Waiting() - before
			s.giveAll(f.head[i], msgs, err)
			given := s.close(f, i) || len(msgs) > 0
			s.whole = s.whole || given && i == d && last != nil // the FIN has completed it
		}
		delete(s.flows, e.Conn)
	}
}

// close gives what a message was begun with when it cannot go on, if there is any.
func (s *TCPSession) close(f *flow, d int) (given bool) {
	rest := f.dirs[d].Close()
	s.begun -= len(rest)
	if given = len(rest) > 0 && f.head[d] != nil; given {
		s.give(f.head[d], Message{dissected(f.dirs[d].Proto(), rest), f.dirs[d].seq})
	}
	return given
}

// giveUp gives the bytes of a message that will not be put together: in the
// packets that wait if those have them all, or else as they are.
func (s *TCPSession) giveUp(f *flow, d int, rest []byte) {
	h := &f.held[d]
	s.again += h.again
	h.again, h.waiting = 0, nil
	if len(rest) > 0 {
		s.give(f.head[d], Message{dissected("", rest), f.dirs[d].seq})
	}
}

// settle lets the packets go that waited for what they are: as they are, unless
// messages come out in their place.
func (s *TCPSession) settle(f *flow, d int) {
	h := &f.held[d]
	for _, p := range h.waiting {
		if s.more && f.dirs[d].Proto() == "" {
			s.more = s.yield(p)
		}
	}
	if h.waiting != nil && f.dirs[d].Undecided() {
		s.begun -= f.dirs[d].Waiting()
		f.dirs[d].Gap() // they have gone
	}
	if f.dirs[d].Proto() != "" {
		s.again += h.again
	}
	h.again, h.waiting = 0, nil
}

// stray gives bytes from in front of a stream, or that are too late, in a
// packet of their own, where the rest of theirs is not to come out.
func (s *TCPSession) stray(e Event, m *Messages) {
	if s.last == nil || len(e.Bytes) == 0 || m.Over() || len(s.seg.Payload) <= e.Len {
		return // passes as it is
	}
	s.give(s.last, Message{dissected("", e.Bytes), s.seg.Seq})
	s.seg.Seq, s.seg.Payload = s.seg.Seq+uint32(e.Len), s.seg.Payload[e.Len:]
	s.last = withPayload(s.last, Message{dissected("", s.seg.Payload), s.seg.Seq})
}

// giveAll gives messages, and ends the session if there was an error behind them.
func (s *TCPSession) giveAll(head *layers.Packet, msgs []Message, err error) {
	for _, msg := range msgs {
		s.give(head, msg)
	}
	if err != nil {
		s.err, s.more = err, false
	}
}

func (s *TCPSession) give(head *layers.Packet, msg Message) {
	if s.more {
		p := withPayload(head, msg)
		if s.App {
			p = p.From(p.Index(layers.TCP, 1, 0) + 1)
		}
		s.more = s.yield(p)
	}
}

// dissected is bytes as a packet of proto, or as Raw.
func dissected(proto string, b []byte) *layers.Packet {
	table := layers.Lookup(proto)
	if table == nil {
		table = layers.Raw
	}
	return layers.Dissect(table, b)
}

// withPayload is head with its payload replaced, as if it were one segment: with the message's
// sequence number, lengths and checksums open.
func withPayload(head *layers.Packet, msg Message) *layers.Packet {
	p := head.Clone()
	p.Truncate(p.Index(layers.TCP, 1, 0) + 1)
	p.Find(layers.TCP).SetUint(layers.TCP.Index("seq"), uint64(msg.Seq))
	p.Push(msg.Packet)
	for _, f := range []struct {
		proto *layers.Proto
		names []string
	}{{layers.IP, []string{"len", "chksum"}}, {layers.IPv6, []string{"plen"}}, {layers.TCP, []string{"chksum"}}} {
		if l := p.Find(f.proto); l != nil {
			for _, name := range f.names {
				l.Unset(f.proto.Index(name))
			}
		}
	}
	return p
}

// A Chunk is a part of a conversation in the order in which it came.
type Chunk struct {
	FromClient bool
	Time       time.Time
	Offset     int64
	Bytes      []byte // nil for a note
	Note       string // what there is to know at this place
}

// A Conversation is a connection with all that was said in it.
type Conversation struct {
	*Conn
	Chunks []Chunk
	Ended  string
}

// Bytes are those of one direction, without what is missing.
func (c *Conversation) Bytes(fromClient bool) (out []byte) {
	for _, k := range c.Chunks {
		if k.FromClient == fromClient {
			out = append(out, k.Bytes...)
		}
	}
	return out
}

// Conversations puts the streams in packets together, in the order in which the
// connections began.
func Conversations(ps []*layers.Packet) (out []*Conversation) {
	by := map[*Conn]*Conversation{}
	a := New(Limits{}, func(e Event) {
		c := by[e.Conn]
		if c == nil {
			c = &Conversation{Conn: e.Conn}
			by[e.Conn], out = c, append(out, c)
		}
		k := Chunk{FromClient: e.FromClient, Time: e.Time, Offset: e.Offset}
		switch e.Kind {
		case Start:
			return
		case End:
			c.Ended = e.Text
			return
		case Data:
			k.Bytes = append([]byte{}, e.Bytes...)
			if n := len(c.Chunks); n > 0 {
				if prev := &c.Chunks[n-1]; prev.Bytes != nil && prev.FromClient == k.FromClient && prev.Offset+int64(len(prev.Bytes)) == k.Offset {
					prev.Bytes = append(prev.Bytes, k.Bytes...)
					return
				}
			}
		case Gap:
			k.Note = fmt.Sprintf("%d bytes missing from offset %d: %s", e.Len, e.Offset, e.Text)
		case Overlap:
			k.Note = fmt.Sprintf("%d bytes at offset %d sent again with other contents; the first were kept, the others were %q", e.Len, e.Offset, e.Bytes)
		case Retransmission:
			if k.Note = fmt.Sprintf("%d bytes at offset %d sent again", e.Len, e.Offset); e.Text != "" {
				k.Note = e.Text + " sent again"
			}
		case OutOfOrder:
			k.Note = fmt.Sprintf("%d bytes at offset %d came ahead of others", e.Len, e.Offset)
		default:
			k.Note = e.Kind.String()
			if e.Len > 0 {
				k.Note += fmt.Sprintf(", %d bytes at offset %d", e.Len, e.Offset)
			}
			if e.Text != "" {
				k.Note += ": " + e.Text
			}
		}
		c.Chunks = append(c.Chunks, k)
	})
	var ip IPSession
	take := func(p *layers.Packet) bool { a.Packet(p); return true }
	for _, p := range ps {
		each(ip.r.Add(p), take)
	}
	each(ip.r.Flush(), take)
	a.Flush()
	return out
}
