package sendrecv

import (
	"context"
	"runtime"
	"time"
)

// pace keeps packets apart by a fixed schedule, so that the time that a packet
// takes to build and send is not added to the gap.
type pace struct {
	gap  time.Duration // 0: as fast as it goes
	next time.Time     // when the next packet is due
}

const (
	// A sleeper is woken some 60 µs late (timer slack, prctl(2) PR_SET_TIMERSLACK, and the
	// scheduler): the last stretch is spent looking at the clock.
	spin = 150 * time.Microsecond
	// How much of a delay is made up for by sending faster. Anything longer is
	// forgotten, lest a burst follow it.
	catchUp = time.Millisecond
)

func newPace(o *Options) *pace {
	p := &pace{gap: o.Inter}
	if o.PPS > 0 {
		p.gap = max(p.gap, time.Duration(float64(time.Second)/o.PPS))
	}
	return p
}

// turn waits until a packet may leave and tells how many may leave at once, at
// most limit; 0 when ctx is done.
func (p *pace) turn(ctx context.Context, limit int) int {
	if ctx.Err() != nil {
		return 0
	}
	if p.gap == 0 {
		return limit
	}
	now := time.Now()
	if p.next.IsZero() || now.Sub(p.next) > max(catchUp, p.gap) {
		p.next = now
	}
	if d := p.next.Sub(now); d > spin {
		t := time.NewTimer(d - spin)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return 0
		}
	}
	for now = time.Now(); now.Before(p.next); now = time.Now() {
		if p.gap > 10*spin {
			time.Sleep(p.next.Sub(now)) // slow enough for being late not to matter
		}
		runtime.Gosched()
	}
	n := 1
	for p.next = p.next.Add(p.gap); n < limit && !p.next.After(now); n++ {
		p.next = p.next.Add(p.gap)
	}
	return n
}
