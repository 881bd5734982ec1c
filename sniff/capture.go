package sniff

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"pktsh/netns"
	"pktsh/sniff/packetsock"
	"pktsh/sniff/pcapfile"
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
	arena  arena
	on     map[onLink]*pcapfile.Interface
	lastOn onLink
	last   *pcapfile.Interface // of lastOn
	packer packer
	failed error // ended the capture, and is what Read returns from then on

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
	c := &Capture{ifaces: ifs, notify: o.Notify, labels: o.Labels, on: map[onLink]*pcapfile.Interface{}}
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
