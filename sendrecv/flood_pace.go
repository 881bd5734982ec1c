package sendrecv

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// cadence is the schedule of one thread of a flood: when frames are due. What a delay held
// up is made up for at no more than twice the pace, so that no burst follows it.
type cadence struct {
	perFrame, perByte float64         // nanoseconds
	times             []time.Duration // due times of a list's frames, instead
	stretch           float64         // of times
	round             time.Duration   // from one walk of the list to the next

	start  time.Time
	frame  uint64        // how many had their turn
	due    float64       // when the next frame is due, in nanoseconds from start
	free   float64       // and not before, to make up for a delay
	Lagged time.Duration // forgotten
}

const (
	// wakeup is how late a sleeper may be woken with a timer slack of 1 ns; the rest is
	// spent looking at the clock.
	wakeup = 40 * time.Microsecond
	// together is how many nanoseconds' worth of frames may leave at once.
	together = 50e3
	// What a delay held up is made up for if it is no longer than this.
	forget = time.Second
	// nap is how long a wait goes without a look at its context.
	nap = 20 * time.Millisecond
)

// newCadence is the schedule of thread i of n; nil if there is no pace.
func newCadence(o *FloodOptions, s *frameSource, i, n int) *cadence {
	c := &cadence{}
	if o.PPS > 0 {
		c.perFrame = float64(n) * 1e9 / o.PPS
	}
	if o.Mbps > 0 {
		c.perByte = float64(n) * 8e3 / o.Mbps
	}
	if o.Speed > 0 {
		c.times, c.stretch = s.times, 1/o.Speed
		if k := len(s.times); k > 1 { // the next walk begins after an average pause
			c.round = max(0, s.times[k-1]) * time.Duration(k) / time.Duration(k-1)
		}
	}
	if c.perFrame == 0 && c.perByte == 0 && c.times == nil {
		return nil
	}
	c.start = time.Now()
	c.due = c.gap(s.longest) * float64(i) / float64(n) // threads take turns
	return c
}

// gap is how long a frame of n bytes keeps the next one waiting.
func (c *cadence) gap(n int) float64 {
	g := max(c.perFrame, c.perByte*float64(n))
	if k := uint64(len(c.times)); k > 0 {
		next := c.at(c.frame+1) - c.at(c.frame)
		g = max(g, next*c.stretch)
	}
	return g
}

// at is when frame i is due by its packet's time, in nanoseconds.
func (c *cadence) at(i uint64) float64 {
	k := uint64(len(c.times))
	return float64(c.times[i%k]) + float64(c.round)*float64(i/k)
}

// turn waits until a frame is due and tells how many of these may leave at
// once; 0 when ctx is done.
func (c *cadence) turn(ctx context.Context, frames [][]byte) int {
	if !c.wait(ctx, max(c.due, c.free)) {
		return 0
	}
	now := float64(time.Since(c.start))
	n, spent := 0, 0.0
	for n < len(frames) && (n == 0 || c.due <= now && spent < together) {
		g := c.gap(len(frames[n]))
		c.due += g
		spent += g
		c.frame++
		n++
	}
	c.free = now + spent/2
	if lag := now - c.due; lag > float64(forget) {
		c.Lagged += time.Duration(lag)
		c.due = now
	}
	return n
}

// wait is until a time from start; false when ctx is done before.
func (c *cadence) wait(ctx context.Context, until float64) bool {
	for {
		if ctx.Err() != nil {
			return false
		}
		left := time.Duration(until) - time.Since(c.start)
		if left <= 0 {
			return true
		}
		if left > wakeup {
			ts := unix.NsecToTimespec(int64(min(left-wakeup, nap)))
			unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &ts, nil) // EINTR: looked at again
			continue
		}
		for time.Duration(until) > time.Since(c.start) {
		}
		return true
	}
}

// exactWaits lets the calling thread sleep to the microsecond (prctl(2), PR_SET_TIMERSLACK).
func exactWaits() { unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) }
