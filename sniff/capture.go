package sniff

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"

	"pktsh/layers"
	"pktsh/netns"
	"pktsh/sniff/packetsock"
)

// Options say what to capture. The zero value is everything on every interface.
type Options struct {
	NS     *netns.NS // where; nil: the process's own namespace
	Ifaces []string  // interfaces by name; none: all. Optional.
	Filter string    // a tcpdump expression (pcap-filter(7)). Optional.

	Promisc        bool // frames to other hosts too, on named interfaces
	IgnoreOutgoing bool // leave out what this host sends
	SnapLen        int  // bytes kept of each packet, 0: all of it
	BufferSize     int  // bytes of each kernel ring, 0: packetsock's default
}

// Stats count what became of the packets that the filter accepted.
type Stats struct {
	Received uint64 // handed to the capture
	Dropped  uint64 // lost because nobody read fast enough
}

// A Capture receives packets until it is closed. One goroutine calls Next; Stats
// and Close may be called from others.
type Capture struct {
	sources []*source
	names   *ifaceNames
	merged  chan frame    // of several sources; nil with one
	stop    chan struct{} // closed by Close
	closed  sync.Once
	readers sync.WaitGroup
	onFrame context.CancelFunc
}

// source is one ring and how its frames are told apart in this process, when
// the kernel's filter cannot.
type source struct {
	ring  *packetsock.Ring
	match func(f *packetsock.Frame) bool // nil: the kernel's filter is enough
}

type frame struct {
	packetsock.Frame
	err error
}

// Open starts a capture. When it returns, every packet that crosses the
// interfaces and passes the filter will be given by Next.
func Open(o Options) (*Capture, error) {
	names, err := listIfaces(o.NS)
	if err != nil {
		return nil, err
	}
	targets, err := names.targets(o.Ifaces)
	if err != nil {
		return nil, err
	}
	c := &Capture{names: names, stop: make(chan struct{})}
	for _, t := range targets {
		s, err := openSource(o, t, names)
		if err != nil {
			c.Close() // never fails
			return nil, err
		}
		c.sources = append(c.sources, s)
	}
	if len(c.sources) > 1 {
		c.merge()
	}
	return c, nil
}

// openSource opens one ring; target 0 is all interfaces.
func openSource(o Options, target int, names *ifaceNames) (*source, error) {
	progs, err := compile(o.Filter, o.SnapLen, names.linkKinds(target))
	if err != nil {
		return nil, err
	}
	match, err := progs.user(o.Filter)
	if err != nil {
		return nil, err
	}
	cfg := packetsock.RingConfig{
		NS:             o.NS,
		Ifindex:        target,
		SnapLen:        o.SnapLen,
		Promisc:        o.Promisc && target != 0,
		IgnoreOutgoing: o.IgnoreOutgoing,
		Filter:         progs.kernel(),
	}
	if o.BufferSize > 0 {
		cfg.BlockSize = min(packetsock.DefaultBlockSize, max(o.BufferSize/2, 1<<16))
		cfg.Blocks = max(o.BufferSize/cfg.BlockSize, 2)
	}
	ring, err := packetsock.OpenRing(cfg)
	if err != nil {
		return nil, err
	}
	return &source{ring, match}, nil
}

// merge reads several rings at once into one channel.
func (c *Capture) merge() {
	c.merged = make(chan frame, 256)
	ctx, cancel := context.WithCancel(context.Background())
	c.onFrame = cancel
	for _, s := range c.sources {
		c.readers.Add(1)
		go func() {
			defer c.readers.Done()
			for {
				f, err := s.ring.Read(ctx)
				if err == nil && s.match != nil && !s.match(&f) {
					continue
				}
				select {
				case c.merged <- frame{f, err}:
				case <-c.stop:
					return
				}
				if err != nil && !errors.Is(err, packetsock.ErrInterfaceDown) {
					return
				}
			}
		}()
	}
}

// Next is the next packet. It waits until there is one, ctx is done or the
// capture is closed (os.ErrClosed). An interface that goes down is told once, as
// packetsock.ErrInterfaceDown; the capture goes on when it is up again.
func (c *Capture) Next(ctx context.Context) (*layers.Packet, error) {
	for {
		if c.merged != nil {
			select {
			case f := <-c.merged:
				if f.err != nil {
					return nil, f.err
				}
				return c.packet(&f.Frame), nil
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-c.stop:
				return nil, os.ErrClosed
			}
		}
		f, err := c.sources[0].ring.Next(ctx)
		if err != nil {
			return nil, err
		}
		if m := c.sources[0].match; m != nil && !m(&f) {
			continue
		}
		f.Data = slices.Clone(f.Data)
		return c.packet(&f), nil
	}
}

// Stats are the counts of all rings together.
func (c *Capture) Stats() (Stats, error) {
	var out Stats
	for _, s := range c.sources {
		st, err := s.ring.Stats()
		if err != nil {
			return out, err
		}
		out.Received += st.Received
		out.Dropped += st.Dropped
	}
	return out, nil
}

// Close ends the capture. The kernel needs some 13 ms to take a packet socket
// down; Close leaves that to the background.
func (c *Capture) Close() error {
	c.closed.Do(func() {
		close(c.stop)
		if c.onFrame != nil {
			c.onFrame()
		}
		c.readers.Wait()
		for _, s := range c.sources {
			packetsock.CloseLater(s.ring)
		}
	})
	return nil
}

// packet makes a packet of a frame whose bytes are the caller's.
func (c *Capture) packet(f *packetsock.Frame) *layers.Packet {
	p := layers.Dissect(firstLayer(f), f.Data)
	p.Meta = &layers.Meta{
		Time:      f.When(),
		WireLen:   f.WireLen,
		Iface:     c.names.name(f.Ifindex),
		Direction: layers.DirIn,
	}
	if f.Type == packetsock.Outgoing {
		p.Meta.Direction = layers.DirOut
	}
	return p
}

// firstLayer is the protocol that a frame begins with, by its interface's kind.
func firstLayer(f *packetsock.Frame) *layers.Proto {
	switch f.HardwareType {
	case packetsock.HardwareEther, packetsock.HardwareLoopback:
		return layers.Ether
	}
	if len(f.Data) > 0 {
		switch f.Data[0] >> 4 {
		case 4:
			return layers.IP
		case 6:
			return layers.IPv6
		}
	}
	return layers.Raw
}
