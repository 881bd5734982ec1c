package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"sync"
	"time"

	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// FlowConfig says which packets belong to a Flow. Only Remote is needed.
type FlowConfig struct {
	Remote netip.AddrPort // its address may have a zone
	// Local is this end. Its address is the one that the kernel would send from when it is not
	// valid, its port one of the kernel's range when it is 0. Optional.
	Local netip.AddrPort
	Proto *layers.Proto // layers.TCP or layers.UDP; nil: TCP. Optional.
	Iface string        // interface to leave by, as in Options. Optional.
	Mark  uint32        // firewall mark for the route. Optional.
}

// A Flow is one conversation whose packets the caller makes: the ground under a crafted TCP
// connection. It receives from the moment it is opened, so nothing that comes between two
// calls of Next is lost, and keeps this host's kernel from answering in the conversation.
// One goroutine may send while another waits in Next.
type Flow struct {
	Local, Remote netip.AddrPort

	e      *Engine
	proto  *layers.Proto
	pl     *planner
	ear    *ear
	free   func() // ends the guard's protection
	name   string
	closed chan struct{}
	once   sync.Once

	rx    sync.Mutex
	parts reassembler
}

// Flow opens a conversation: routes it, has the next hop's link address resolved, sets the guard
// and begins to receive. ctx bounds this alone.
func (e *Engine) Flow(ctx context.Context, cfg FlowConfig) (*Flow, error) {
	if e.isClosed() {
		return nil, fmt.Errorf("open flow: the engine is closed: %w", os.ErrClosed)
	}
	if !cfg.Remote.IsValid() || cfg.Remote.Port() == 0 {
		return nil, fmt.Errorf("open flow: remote: got %s, want an address and a port", cfg.Remote)
	}
	f := &Flow{Local: cfg.Local, Remote: cfg.Remote, e: e, proto: cfg.Proto, closed: make(chan struct{})}
	if f.proto == nil {
		f.proto = layers.TCP
	}
	if f.proto != layers.TCP && f.proto != layers.UDP {
		return nil, fmt.Errorf("open flow: got protocol %s, want TCP or UDP", f.proto.Name)
	}
	iface := cfg.Iface
	if iface == "" {
		iface = cfg.Remote.Addr().Zone()
	}
	v := e.newEnv(context.Background(), iface)
	v.mark = cfg.Mark
	remote := cfg.Remote.Addr().Unmap().WithZone("")
	r, err := v.route(remote, cfg.Local.Addr())
	if err != nil {
		return nil, err
	}
	if err := r.Usable(); err != nil {
		return nil, err
	}
	local, port := cfg.Local.Addr(), cfg.Local.Port()
	if !local.IsValid() {
		local = r.Src
	}
	if !local.IsValid() || local.Is4() != remote.Is4() {
		return nil, fmt.Errorf("open flow to %s: got local address %s, want one of the same kind", cfg.Remote, local)
	}
	if port == 0 {
		port = uint16(32768 + rand.IntN(28232)) // ip_local_port_range
	}
	f.Local, f.Remote = netip.AddrPortFrom(local.Unmap().WithZone(""), port), netip.AddrPortFrom(remote, cfg.Remote.Port())
	f.name = r.Ifname
	if f.pl, err = e.newPlanner(v, false, func(string) {}, func(hop) bool { return false }); err != nil {
		return nil, err
	}
	if !r.Local {
		hw, err := e.table.LinkDest(ctx, r)
		if err != nil {
			return nil, err
		}
		if len(hw) == 6 {
			f.pl.macs[hopOf(r)] = layers.MAC(hw)
		}
	}
	if g := e.cfg.Guard; g != nil && f.proto == layers.TCP && v.isOwn(f.Local.Addr()) {
		if f.free, err = g.Protect(f.Local, f.Remote); err != nil {
			return nil, err
		}
	}
	probe, err := f.probe()
	if err == nil {
		var who audience
		who.addIP(probe)
		f.ear, err = e.listen(earKey{r.Ifindex, false}, false, who.program())
	}
	if err != nil {
		f.release()
		return nil, err
	}
	return f, nil
}

// probe is the bytes of a packet of the flow, from which the receiver's filter is made.
func (f *Flow) probe() ([]byte, error) {
	proto, field := layers.IP, "proto"
	if f.Remote.Addr().Is6() {
		proto, field = layers.IPv6, "nh"
	}
	ip := layers.New(proto)
	number := uint64(6)
	if f.proto == layers.UDP {
		number = 17
	}
	for name, v := range map[string]any{"src": f.Local.Addr(), "dst": f.Remote.Addr(), field: number} {
		if err := ip.Set(proto.Index(name), v); err != nil {
			return nil, err
		}
	}
	return layers.NewPacket(ip).Build()
}

// Send sends packets just as they are built, one after the other. The time of each, by the
// kernel's time stamp where the driver gives one, is in its Meta.SentTime. An error is the one that the first unsent packet met.
func (f *Flow) Send(ctx context.Context, pkts ...*layers.Packet) error {
	for _, p := range pkts {
		d := &departure{}
		if err := f.pl.plan(p, d); err != nil {
			return err
		}
		if d.ask != nil { // to somebody else than the flow's own next hop
			hw, err := f.e.table.LinkDest(ctx, d.ask)
			if err != nil {
				return err
			}
			d.sendTo(layers.MAC(hw))
		}
		p.Meta0().Edit().SentTime = time.Now()
		if d.raw {
			s, err := f.e.rawIP(d.dst.Is6())
			if err == nil {
				err = s.Send(ctx, d.dst, d.bytes)
			}
			if err != nil {
				return err
			}
			continue
		}
		s, err := f.e.sender(d.ifindex)
		if err != nil {
			return err
		}
		at, err := s.SendStamped(ctx, d.bytes)
		if err != nil {
			return err
		}
		if at != 0 {
			p.Meta0().Edit().SentTime = time.Unix(0, at)
		}
	}
	return nil
}

// Next is the next packet of the conversation from the other end, or an ICMP error
// that quotes one of ours, in the order in which the kernel received them, fragments joined.
// Meta.Time is the kernel's time stamp. It waits until there is one, ctx is done, or Close is
// called, which gives os.ErrClosed. An interface that goes down meanwhile is waited for.
func (f *Flow) Next(ctx context.Context) (*layers.Packet, error) {
	f.rx.Lock()
	defer f.rx.Unlock()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		select {
		case <-f.closed:
			cancel()
		case <-stop:
		}
	}()
	for {
		select {
		case <-f.closed:
			return nil, fmt.Errorf("flow: %w", os.ErrClosed)
		default:
		}
		frame, err := f.ear.next(ctx)
		switch {
		case errors.Is(err, packetsock.ErrInterfaceDown):
			if err = f.e.comesUp(ctx, f.ear.key.ifindex, time.Time{}); err != nil {
				return nil, fmt.Errorf("receive on %s: %w", f.name, err)
			}
			continue
		case err != nil:
			select {
			case <-f.closed:
				err = fmt.Errorf("flow: %w", os.ErrClosed)
			default:
			}
			return nil, err
		}
		if p := fromFrame(&frame, false); p != nil {
			if p = f.parts.add(p); p != nil && f.owns(p) {
				p.Meta.Edit().Iface = f.name
				return p, nil
			}
		}
	}
}

// owns tells whether a packet received is of the conversation, or an error about it.
func (f *Flow) owns(p *layers.Packet) bool {
	if src, dst, ok := endsOf(p, layers.IP, layers.IPv6, f.proto); ok {
		return src == f.Remote && dst == f.Local
	}
	quoted := layers.TCPerror
	if f.proto == layers.UDP {
		quoted = layers.UDPerror
	}
	src, dst, ok := endsOf(p, layers.IPerror, layers.IPerror6, quoted)
	return ok && src == f.Local && dst == f.Remote
}

// endsOf are the addresses and ports in p's first headers of these protocols.
func endsOf(p *layers.Packet, ip4, ip6, transport *layers.Proto) (src, dst netip.AddrPort, ok bool) {
	i := max(p.Index(ip4, 1, 0), p.Index(ip6, 1, 0))
	k := p.Index(transport, 1, 0)
	if i < 0 || k < i {
		return src, dst, false
	}
	a, _ := addrOf(p.At(i), "src")
	b, _ := addrOf(p.At(i), "dst")
	t := p.At(k)
	return netip.AddrPortFrom(a, uint16(t.Uint(transport.Index("sport")))), netip.AddrPortFrom(b, uint16(t.Uint(transport.Index("dport")))), true
}

// Dropped is how many packets the kernel had no room for: some of the conversation may be among them.
func (f *Flow) Dropped() uint64 { return f.ear.dropped() }

func (f *Flow) release() {
	if f.free != nil {
		f.free()
	}
}

// Close ends receiving and the guard's protection: from then on this host's kernel answers
// for what it does not know. A wait in Next ends with os.ErrClosed.
func (f *Flow) Close() error {
	f.once.Do(func() {
		close(f.closed)
		f.rx.Lock()
		defer f.rx.Unlock()
		f.e.release(f.ear, false)
		f.release()
	})
	return nil
}
