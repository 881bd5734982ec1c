package stream

import (
	"slices"

	"pktsh/layers"
)

// held are packets of a direction that do not come out yet.
type held struct {
	waiting []*layers.Packet // of which it is not known what they are, in the stream's order
	again   uint64           // of those: sent again
	came    []early          // whose bytes are ahead of others that are missing
}

// early is a packet with bytes of a stream from one offset to the other.
type early struct {
	from, to int64
	p        *layers.Packet
	out      bool // it has come out, since it came where no messages are looked for
}

// mostHeld bounds each list; packets beyond it pass as they are.
const mostHeld = 1024

// wait has a packet wait, unless too many do.
func (h *held) wait(p *layers.Packet, again bool) bool {
	if slices.Contains(h.waiting, p) {
		return true
	}
	if len(h.waiting) >= mostHeld {
		return false
	}
	if h.waiting = append(h.waiting, p); again {
		h.again++
	}
	return true
}

// ahead takes a packet whose bytes come before their time or again, and tells whether it
// is not to come out now.
func (h *held) ahead(e Event, p *layers.Packet, m *Messages) bool {
	again := e.Kind == Retransmission
	if again && m.Over() {
		return false
	}
	if again && m.Undecided() {
		return h.wait(p, true)
	}
	n := len(h.came)
	switch {
	case n > 0 && h.came[n-1].p == p:
		return !m.Over()
	case again && m.Proto() != "":
		h.again++ // its bytes stand in a message
		return true
	case n >= mostHeld:
		return false
	}
	h.came = append(h.came, early{e.Offset, e.Offset + int64(e.Len), p, m.Over()})
	return !m.Over()
}

// shown tells of bytes that have their turn whether they have come out.
func (h *held) shown(e Event) bool {
	end := e.Offset + int64(e.Len)
	in := func(c early) bool { return c.out && c.from <= e.Offset && end <= c.to }
	if !slices.ContainsFunc(h.came, in) {
		return false
	}
	h.came = slices.DeleteFunc(h.came, func(c early) bool { return c.to <= end })
	return true
}

// arrived is told that bytes have their turn: packets that came ahead with them wait
// with the others if they are to, or need not come out.
func (h *held) arrived(e Event, wait bool) {
	end := e.Offset + int64(e.Len)
	h.came = slices.DeleteFunc(h.came, func(c early) bool {
		if wait && c.from < end && !c.out {
			h.waiting = append(h.waiting, c.p)
			return true
		}
		return c.to <= end
	})
}
