package sniff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"pktsh/layers"
	"pktsh/sniff/packetsock"
	"pktsh/sniff/pcapfile"
)

// Read implements Source: it puts the next packets into buf and tells how many. It
// waits for the first until there is one, ctx is done or the capture is closed
// (os.ErrClosed). When the last interface was removed it returns ErrInterfaceGone.
//
// Packets of several rings come in the order of their times.
func (c *Capture) Read(ctx context.Context, buf []*layers.Packet) (int, error) {
	n := 0
	for n < len(buf) {
		f, err := c.next(ctx, n == 0)
		if err == errNotYet {
			break
		}
		if err != nil && n > 0 {
			c.failed = err
			break
		}
		if err != nil {
			return 0, err
		}
		buf[n] = c.packet(&f)
		n++
	}
	if c.closed.Load() { // the ring's memory may have gone while it was copied
		return 0, os.ErrClosed
	}
	return n, nil
}

// ReadRecords is Read for who wants no packets: it copies nothing. The records' bytes
// are the ring's own, and stand until the next call or Close. It gives as many as the kernel
// handed over together, of several rings one at a time.
func (c *Capture) ReadRecords(ctx context.Context, buf []pcapfile.Record) (int, error) {
	if len(buf) == 0 {
		return 0, nil
	}
	f, err := c.next(ctx, true)
	if err != nil {
		return 0, err
	}
	c.record(&f, &buf[0])
	n := 1
	if c.merge != nil {
		return n, nil
	}
	for n < len(buf) {
		f, ok := c.rings[0].More()
		if !ok {
			break
		}
		c.record(&f, &buf[n])
		n++
	}
	return n, nil
}

// errNotYet says that there is no frame now.
var errNotYet = errors.New("no frame yet")

// next is the next frame, valid until the next call. If there is none yet it waits
// or returns errNotYet. That an interface is down it tells and goes on.
func (c *Capture) next(ctx context.Context, wait bool) (packetsock.Frame, error) {
	for {
		f, err := c.tryNext(ctx, wait)
		if err == nil || !errors.Is(err, packetsock.ErrInterfaceDown) {
			return f, err
		}
		if err := c.tellDown(err); err != nil {
			return f, err
		}
	}
}

func (c *Capture) tryNext(ctx context.Context, wait bool) (packetsock.Frame, error) {
	if c.failed != nil {
		return packetsock.Frame{}, c.failed
	}
	if c.merge != nil {
		return c.merge.next(ctx, wait)
	}
	r := c.rings[0]
	for {
		if f, ok := r.TryNext(); ok {
			return f, nil
		}
		if !wait {
			return packetsock.Frame{}, errNotYet
		}
		if err := r.Wait(ctx); err != nil {
			return packetsock.Frame{}, &ringError{r, err}
		}
	}
}

// ringError is an error of one of several rings.
type ringError struct {
	ring *ring
	err  error
}

func (e *ringError) Error() string { return e.err.Error() }
func (e *ringError) Unwrap() error { return e.err }

// tellDown tells that an interface is down or gone. It returns an error when
// there is none left.
func (c *Capture) tellDown(err error) error {
	var e *ringError
	if !errors.As(err, &e) {
		return err
	}
	if c.ifaces.exists(e.ring.iface.index) {
		c.notify(e.err)
		return nil
	}
	err = fmt.Errorf("capture on %s: %w", e.ring.iface.name, ErrInterfaceGone)
	e.ring.gone = true
	if slices.ContainsFunc(c.rings, func(r *ring) bool { return !r.gone }) {
		c.notify(err)
		return nil
	}
	c.failed = err // for good
	return err
}

// linger is the longest that a frame waits in the kernel for its block to fill.
func (c *Capture) linger() (d time.Duration) {
	for _, r := range c.rings {
		d = max(d, r.Retire()+slack)
	}
	if c.merge != nil {
		d *= 2 // and in the merger for frames of other rings
	}
	return d
}

// slack is what a block may be handed over later than its time: a kernel tick.
const slack = 5 * time.Millisecond
