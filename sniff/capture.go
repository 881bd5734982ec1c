package sniff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"pktsh/layers"
	"pktsh/netns"
	"pktsh/sniff/packetsock"
)

// Options say what to capture. The zero value is everything on every interface.
type Options struct {
	NS     *netns.NS         // where; nil: the process's own namespace
	Ifaces []string          // interfaces by name; none, or "any": all, also those that come later. Optional.
	Labels map[string]string // what packets of an interface say it is called; those that are not in it keep their names. Optional.
	Filter string            // a tcpdump expression (pcap-filter(7)). Optional.

	Promisc        bool // frames to other hosts too, on named interfaces
	IgnoreOutgoing bool // leave out what this host sends
	SnapLen        int  // bytes kept of each packet, 0: all of it
	BufferSize     int  // bytes of each kernel ring, 0: packetsock's default
	Fanout         int  // rings for each interface, among which the kernel shares the flows; 0: one
	CardTime       bool // time stamps of the network card, on named interfaces that make them

	// Notify is told by Read when an interface goes down (errors.Is
	// packetsock.ErrInterfaceDown) or is removed (ErrInterfaceGone); the capture goes
	// on with the others, and with it when it is up again. Optional.
	Notify func(error)
}

// Stats count what became of the packets that the filter accepted.
type Stats struct {
	Received uint64 // handed to the capture by the kernel
	Dropped  uint64 // lost since the ring was full: nobody read fast enough
	Unread   uint64 // received, but left unread when the capture was ended

	// IfaceDropped counts frames, of any kind, that the interfaces' own counters say
	// were dropped on the way in meanwhile: by card or driver (rx_missed_errors,
	// rx_fifo_errors) or by the kernel (rx_dropped), the latter before the capture saw
	// them or after, where no protocol wanted them.
	IfaceDropped uint64
	CardTimes    uint64 // packets with a time stamp of the card
}

// ErrInterfaceGone says that an interface was removed during the capture.
var ErrInterfaceGone = errors.New("the interface was removed")

// A Capture receives packets until it is closed. One goroutine reads; Stats and
// Close may be called from others.
type Capture struct {
	ifaces  *ifaces
	rings   []*ring
	merge   *merger // of several rings; nil with one
	notify  func(error)
	labels  map[string]string
	closing sync.Once

	// The reader's own.
	arena     arena
	lastIndex int
	lastName  string
	failed    error // ended the capture, and is what Read returns from then on

	cardTimes atomic.Uint64
	closed    atomic.Bool
	mu        sync.Mutex
	stats     Stats // as it was when the capture was closed
}

// ring is one kernel ring of the capture.
type ring struct {
	*packetsock.Ring
	iface link // index 0: all
	gone  bool // its interface was removed
}

// Open starts a capture. When it returns, every packet that crosses the
// interfaces and passes the filter will be given by Read.
func Open(o Options) (*Capture, error) {
	ifs, err := listIfaces(o.NS)
	if err != nil {
		return nil, err
	}
	targets, err := ifs.targets(o.Ifaces)
	if err != nil {
		return nil, err
	}
	c := &Capture{ifaces: ifs, notify: o.Notify, labels: o.Labels}
	if c.notify == nil {
		c.notify = func(error) {}
	}
	for _, t := range targets {
		if err := c.open(o, t); err != nil {
			c.Close() // never fails
			return nil, err
		}
	}
	if len(c.rings) > 1 {
		c.merge = newMerger(c.rings)
	}
	return c, nil
}

// open opens the rings of one interface.
func (c *Capture) open(o Options, on link) error {
	prog, err := compile(o.Filter, o.SnapLen, on)
	if err != nil {
		return err
	}
	cfg := packetsock.RingConfig{
		NS:             o.NS,
		Ifindex:        on.index,
		SnapLen:        o.SnapLen,
		Promisc:        o.Promisc && on.index != 0,
		IgnoreOutgoing: o.IgnoreOutgoing,
		CardTime:       o.CardTime,
		Filter:         prog,
	}
	if o.BufferSize > 0 {
		cfg.BlockSize = min(packetsock.DefaultBlockSize, max(o.BufferSize/2, 1<<16))
		cfg.Blocks = max(o.BufferSize/cfg.BlockSize, 2)
	}
	n := max(o.Fanout, 1)
	if n > 1 {
		cfg.Fanout = &packetsock.Fanout{New: true}
	}
	if n > maxFanout {
		return fmt.Errorf("fanout: got %d rings, want 1..%d", n, maxFanout)
	}
	for range n {
		r, err := packetsock.OpenRing(cfg)
		if err != nil {
			return err
		}
		c.rings = append(c.rings, &ring{Ring: r, iface: on})
	}
	return nil
}

const maxFanout = 256 // PACKET_FANOUT_MAX was that before Linux 5.12

// Read implements Source: it puts the next packets into buf and tells how many. It
// waits for the first until there is one, ctx is done or the capture is closed
// (os.ErrClosed). When the last interface was removed it returns ErrInterfaceGone.
//
// Packets of several rings come in the order of their times.
func (c *Capture) Read(ctx context.Context, buf []*layers.Packet) (int, error) {
	n := 0
	for n < len(buf) {
		f, err := c.next(ctx, n == 0)
		if errors.Is(err, packetsock.ErrInterfaceDown) {
			err = c.tellDown(err)
			if err == nil {
				continue
			}
		}
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
		if f.CardTime {
			c.cardTimes.Add(1)
		}
		buf[n] = c.packet(&f)
		n++
	}
	if c.closed.Load() { // the ring's memory may have gone while it was copied
		return 0, os.ErrClosed
	}
	return n, nil
}

// errNotYet says that there is no frame now.
var errNotYet = errors.New("no frame yet")

// next is the next frame, valid until the next call. If there is none yet it waits
// or returns errNotYet.
func (c *Capture) next(ctx context.Context, wait bool) (packetsock.Frame, error) {
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

// Stats implements Source: the counts of all rings together. It goes on answering
// after Close.
func (c *Capture) Stats() (Stats, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed.Load() {
		return c.stats, nil
	}
	out := Stats{CardTimes: c.cardTimes.Load()}
	counted := map[int]bool{}
	for _, r := range c.rings {
		st, err := r.Stats()
		if err != nil {
			return out, err
		}
		out.Received += st.Received
		out.Dropped += st.Dropped
		if !counted[r.iface.index] {
			counted[r.iface.index] = true
			out.IfaceDropped += c.ifaces.lostOn(r.iface.index)
		}
	}
	return out, nil
}

// Close ends the capture. The kernel needs some 13 ms to take a packet socket
// down; Close leaves that to the background.
func (c *Capture) Close() error {
	c.closing.Do(func() {
		st, _ := c.Stats()
		c.mu.Lock()
		c.stats = st
		c.closed.Store(true)
		c.mu.Unlock()
		if c.merge != nil {
			c.merge.close()
		}
		for _, r := range c.rings {
			packetsock.CloseLater(r.Ring)
		}
	})
	return nil
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
