package sniff

import (
	"context"
	"time"

	"pktsh/layers"
)

// Limits say when Run ends by itself.
type Limits struct {
	Count   int           // packets, 0: no limit
	Timeout time.Duration // since the start, 0: no limit
}

// Sniff captures until each returns false, a limit is reached or ctx is done,
// none of which is an error. started, if given, is called when the capture is on.
func Sniff(ctx context.Context, o Options, lim Limits, started func() error, each func(*layers.Packet) (bool, error)) (Stats, error) {
	c, err := Open(o)
	if err != nil {
		return Stats{}, err
	}
	defer c.Close()
	if started != nil {
		if err := started(); err != nil {
			return Stats{}, err
		}
	}
	return c.Run(ctx, lim, each)
}

// Run gives each packet to each until it returns false, a limit is reached or
// ctx is done, and returns the counts at that moment.
func (c *Capture) Run(ctx context.Context, lim Limits, each func(*layers.Packet) (bool, error)) (Stats, error) {
	if lim.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, lim.Timeout)
		defer cancel()
	}
	end := time.Time{} // once ctx is done: when that was
	for n := 0; lim.Count == 0 || n < lim.Count; {
		p, err := c.Next(ctx)
		if err != nil && ctx.Err() != nil {
			if !end.IsZero() {
				break
			}
			// Frames that came before the end may still stand in a block that
			// the kernel has not handed over.
			end = time.Now()
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), c.retire())
			defer cancel()
			continue
		}
		if err != nil {
			return c.counts(), err
		}
		if !end.IsZero() && p.Meta.Time.After(end) {
			break
		}
		n++
		more, err := each(p)
		if err != nil || !more {
			return c.counts(), err
		}
	}
	return c.counts(), nil
}

// retire is the longest that a frame waits in the kernel for its block to fill.
func (c *Capture) retire() (d time.Duration) {
	for _, s := range c.sources {
		d = max(d, s.ring.Retire()+5*time.Millisecond)
	}
	return d
}

// counts are Stats as far as they can be had.
func (c *Capture) counts() Stats {
	st, _ := c.Stats() // the socket option fails only for a socket that is none
	return st
}
