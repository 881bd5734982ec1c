package sendrecv

import (
	"os"
	"sync"

	"pktsh/netns"
	"pktsh/sendrecv/route"
	"pktsh/sniff/packetsock"
)

// Engine sends and receives in one namespace. It is safe for concurrent use.
type Engine struct {
	cfg   Config
	ns    *netns.NS
	table *route.Table

	mu     sync.Mutex
	closed bool
	tx     map[int]*packetsock.Sock   // by interface
	raw    map[bool]*packetsock.RawIP // by IPv6
	idle   map[earKey][]*ear          // receivers that no call uses
	ghosts []ghost                    // packets that earlier calls gave up
}

// New makes an engine. It opens sockets when they are first needed and keeps
// them: closing a packet socket takes the kernel some 13 ms.
func New(cfg Config) (*Engine, error) {
	t, err := route.Open(cfg.NS)
	if err != nil {
		return nil, err
	}
	return &Engine{cfg: cfg, ns: cfg.NS, table: t,
		tx: map[int]*packetsock.Sock{}, raw: map[bool]*packetsock.RawIP{}, idle: map[earKey][]*ear{}}, nil
}

// Table is the engine's view of routes and interfaces.
func (e *Engine) Table() *route.Table { return e.table }

// Close lets go of the sockets, in the background: packetsock.Drain waits for
// it. No call may be under way.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	for _, s := range e.tx {
		packetsock.CloseLater(s)
	}
	for _, r := range e.raw {
		packetsock.CloseLater(r)
	}
	for _, list := range e.idle {
		for _, r := range list {
			r.stop()
			packetsock.CloseLater(r)
		}
	}
	e.table.Close()
	return nil
}

func (e *Engine) isClosed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closed
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
	if e.closed {
		return nil, os.ErrClosed
	}
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
	if e.closed {
		return nil, os.ErrClosed
	}
	if s := e.raw[v6]; s != nil {
		return s, nil
	}
	s, err := packetsock.OpenRawIP(packetsock.RawIPConfig{NS: e.ns, IPv6: v6, Mark: e.cfg.Mark})
	if err == nil {
		e.raw[v6] = s
	}
	return s, err
}
