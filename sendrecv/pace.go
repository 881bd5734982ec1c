package sendrecv

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// pace keeps packets apart by a fixed schedule, so that the time that a packet
// takes to build and send is not added to the gap. It counts on CLOCK_MONOTONIC, which nobody steps.
type pace struct {
	gap  time.Duration // 0: as fast as it goes
	next time.Time     // when the next packet is due
	free time.Time     // and not before, while a delay is made up for
}

// atOnce is how much time's worth of packets may leave together.
const atOnce = 50 * time.Microsecond

// What a delay held up is made up for at no more than twice the pace, unless it is longer than
// this: then it is forgotten.
const catchUp = time.Second

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
	due := p.next
	if p.free.After(due) {
		due = p.free
	}
	if !waitUntil(ctx, due) {
		return 0
	}
	now = time.Now()
	n, spent := 0, time.Duration(0)
	for n < limit && (n == 0 || !p.next.After(now) && spent < atOnce) {
		p.next = p.next.Add(p.gap)
		spent += p.gap
		n++
	}
	p.free = now.Add(spent / 2)
	return n
}

// waitUntil sleeps until t; false when ctx is done before. The thread's sleeper may be woken
// late (timer slack, prctl(2) PR_SET_TIMERSLACK): the last stretch is spent looking at the clock
// where the wait is short enough for that to matter.
func waitUntil(ctx context.Context, t time.Time) bool {
	const exact = 20 * time.Millisecond
	if d := time.Until(t); d > exact {
		timer := time.NewTimer(d - exact)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return false
		}
	}
	for {
		left := time.Until(t)
		switch {
		case ctx.Err() != nil:
			return false
		case left <= 0:
			return true
		case left > wakeup:
			ts := unix.NsecToTimespec(int64(left - wakeup))
			unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil) // EINTR: looked at again
		}
	}
}
