package sendrecv

import (
	"context"
	"sync"
	"time"

	"pktsh/netns"
	"pktsh/sendrecv/route"
	"pktsh/sniff/packetsock"
)

// Engine sends and receives in one namespace. Its calls may not overlap.
type Engine struct {
	cfg   Config
	ns    *netns.NS
	table *route.Table

	mu   sync.Mutex
	tx   map[int]*packetsock.Sock   // by interface
	raw  map[bool]*packetsock.RawIP // by IPv6
	rx   map[int]*packetsock.Sock   // few frames, little delay
	ring map[int]*packetsock.Ring   // many frames
}

// New makes an engine. It opens sockets when they are first needed and keeps
// them: closing a packet socket takes the kernel some 13 ms.
func New(cfg Config) (*Engine, error) {
	t, err := route.Open(cfg.NS)
	if err != nil {
		return nil, err
	}
	return &Engine{cfg: cfg, ns: cfg.NS, table: t, tx: map[int]*packetsock.Sock{}, raw: map[bool]*packetsock.RawIP{},
		rx: map[int]*packetsock.Sock{}, ring: map[int]*packetsock.Ring{}}, nil
}

// Table is the engine's view of routes and interfaces.
func (e *Engine) Table() *route.Table { return e.table }

// Close lets go of the sockets, in the background.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, s := range e.tx {
		packetsock.CloseLater(s)
	}
	for _, s := range e.rx {
		packetsock.CloseLater(s)
	}
	for _, r := range e.ring {
		packetsock.CloseLater(r)
	}
	for _, r := range e.raw {
		packetsock.CloseLater(r)
	}
	clear(e.tx)
	clear(e.rx)
	clear(e.ring)
	clear(e.raw)
	e.table.Close()
	return nil
}

// outLink is the interface called name, or the default one.
func (e *Engine) outLink(name string) (route.Link, error) {
	if name == "" {
		return e.table.Default()
	}
	return e.table.LinkByName(name)
}

// sender is the socket that transmits on an interface.
func (e *Engine) sender(ifindex int) (*packetsock.Sock, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s := e.tx[ifindex]; s != nil {
		return s, nil
	}
	s, err := packetsock.OpenSock(packetsock.SockConfig{NS: e.ns, Ifindex: ifindex, TxOnly: true})
	if err == nil {
		e.tx[ifindex] = s
	}
	return s, err
}

// rawIP is the socket that reaches this host itself.
func (e *Engine) rawIP(v6 bool) (*packetsock.RawIP, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if s := e.raw[v6]; s != nil {
		return s, nil
	}
	s, err := packetsock.OpenRawIP(packetsock.RawIPConfig{NS: e.ns, IPv6: v6, Mark: e.cfg.Mark})
	if err == nil {
		e.raw[v6] = s
	}
	return s, err
}

// receiver is a socket that is open before the first packet leaves.
type receiver interface {
	next(ctx context.Context) (packetsock.Frame, error)
	SetFilter(f packetsock.Filter) error
	Stats() (packetsock.Stats, error)
}

type sockReceiver struct {
	*packetsock.Sock
	buf []byte
}

func (r sockReceiver) next(ctx context.Context) (packetsock.Frame, error) { return r.Recv(ctx, r.buf) }

type ringReceiver struct{ *packetsock.Ring }

func (r ringReceiver) next(ctx context.Context) (packetsock.Frame, error) { return r.Next(ctx) }

// Sizes of the receiving ring: 8 MiB, handed over every 2 ms at the latest.
const (
	ringBlock  = 256 << 10
	ringBlocks = 32
	ringRetire = 2 * time.Millisecond
)

// listen opens, or wakes, the receiver of an interface. Between calls a kept
// socket has a filter that takes nothing.
func (e *Engine) listen(ifindex int, many, promisc bool) (receiver, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if many {
		r := e.ring[ifindex]
		if r == nil {
			var err error
			r, err = packetsock.OpenRing(packetsock.RingConfig{NS: e.ns, Ifindex: ifindex, IgnoreOutgoing: true, Promisc: promisc,
				BlockSize: ringBlock, Blocks: ringBlocks, Retire: ringRetire})
			if err != nil {
				return nil, err
			}
			e.ring[ifindex] = r
		}
		return ringReceiver{r}, r.SetFilter(nil)
	}
	s := e.rx[ifindex]
	if s == nil {
		var err error
		s, err = packetsock.OpenSock(packetsock.SockConfig{NS: e.ns, Ifindex: ifindex, IgnoreOutgoing: true, Promisc: promisc, RecvBuffer: 8 << 20})
		if err != nil {
			return nil, err
		}
		e.rx[ifindex] = s
	}
	return sockReceiver{s, make([]byte, packetsock.MaxSnapLen)}, s.SetFilter(nil)
}
