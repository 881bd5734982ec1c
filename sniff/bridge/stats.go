package bridge

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
)

// Stats count what became of the frames that came in on each side.
type Stats [2]SideStats

// SideStats are the counts of the frames that came in by one interface.
type SideStats struct {
	Iface     string
	Received  uint64 // handed to the bridge
	Segmented uint64 // of these: super-segments that were cut into packets
	Extra     uint64 // packets that the cutting made beyond one each
	Completed uint64 // packets whose checksum was left open
	Forwarded uint64 // sent out by the other interface, frames of handlers included

	Overrun  uint64 // lost: the kernel had no room, because nobody read fast enough
	Unusable uint64 // lost: a super-segment that cannot be cut, such as one inside a tunnel
	TooBig   uint64 // lost: larger than the other interface's MTU
	Failed   uint64 // lost: refused by the other interface

	LastError error // of the last frame that was too big or refused
}

// Lost is how many frames did not get through against anybody's will.
func (s *SideStats) Lost() uint64 { return s.Overrun + s.Unusable + s.TooBig + s.Failed }

// LossText tells what was lost and why, "" if nothing was.
func (s *SideStats) LossText() string {
	if s.Lost() == 0 {
		return ""
	}
	var why []string
	for _, c := range []struct {
		n    uint64
		what string
	}{
		{s.Overrun, "that the kernel had no room for: they came faster than they were forwarded"},
		{s.Unusable, "that stand for several packets in a way that cannot be undone (a tunnel's?): switch segmentation offload off where they come from"},
		{s.TooBig, "larger than the other interface's MTU"},
		{s.Failed, "that the other interface refused"},
	} {
		if c.n > 0 {
			why = append(why, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	text := fmt.Sprintf("of the frames that came in on %s, %d were lost: %s", s.Iface, s.Lost(), strings.Join(why, "; "))
	if s.LastError != nil {
		text += fmt.Sprintf(" (%v)", s.LastError)
	}
	return text
}

// counters are SideStats in the making.
type counters struct {
	received, segmented, extra, completed, forwarded, unusable, tooBig, failed atomic.Uint64

	mu   sync.Mutex
	last error
}

func (c *counters) remember(err error) {
	c.mu.Lock()
	c.last = err
	c.mu.Unlock()
}

// Stats are the counts so far.
func (b *Bridge) Stats() (out Stats) {
	for i, e := range b.ends {
		kernel, _ := e.rx.Stats() // the option fails only for a socket that is none
		e.mu.Lock()
		last := e.last
		e.mu.Unlock()
		out[i] = SideStats{
			Iface:     e.name,
			Received:  e.received.Load(),
			Segmented: e.segmented.Load(),
			Extra:     e.extra.Load(),
			Completed: e.completed.Load(),
			Forwarded: e.forwarded.Load(),
			Overrun:   kernel.Dropped,
			Unusable:  e.unusable.Load() + e.rx.Unreadable(),
			TooBig:    e.tooBig.Load(),
			Failed:    e.failed.Load(),
			LastError: last,
		}
	}
	return out
}
