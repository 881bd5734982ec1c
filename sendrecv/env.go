package sendrecv

import (
	"context"
	"net/netip"
	"sync"

	"pktsh/layers"
	"pktsh/sendrecv/route"
)

// env tells packets about the host they leave from. It remembers what it was
// told for one call: a packet keeps the addresses that it was sent with.
type env struct {
	e     *Engine
	ctx   context.Context
	iface string
	mark  uint32
	deep  depth // of the packet at work, where rules look at it

	mu     sync.Mutex
	routes map[way]routed
	own    map[netip.Addr]bool
	macs   map[hop]linkDest // known, or known not to be had
}

type linkDest struct {
	mac layers.MAC
	ok  bool
}

// way is what the choice of a route depends on beside the interface.
type way struct {
	dst, src netip.Addr
	deep     depth
}

// depth is what routing rules may look at beside addresses.
type depth struct {
	proto, tos   uint8
	sport, dport uint16
}

type routed struct {
	*route.Route
	err error
}

func (e *Engine) newEnv(ctx context.Context, iface string) *env {
	return &env{e: e, ctx: ctx, iface: iface, routes: map[way]routed{}, own: map[netip.Addr]bool{}, macs: map[hop]linkDest{}}
}

// mostKnown is how many of the kernel's answers of each kind a call keeps.
const mostKnown = 1 << 14

// bound empties what is kept of the kernel's answers when it has grown large: they are asked for again.
func bound[K comparable, V any](known map[K]V) {
	if len(known) >= mostKnown {
		clear(known)
	}
}

// route is the route to dst for packets from src, which may be the zero Addr.
// The kernel is asked once.
func (v *env) route(dst, src netip.Addr) (*route.Route, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	k := way{dst, src, v.deep}
	r, ok := v.routes[k]
	if !ok {
		bound(v.routes)
		var got route.Route
		got, r.err = v.e.table.Get(route.Query{Dst: dst, Src: src, Oif: v.iface, Mark: v.mark,
			Proto: k.deep.proto, TOS: k.deep.tos, Sport: k.deep.sport, Dport: k.deep.dport})
		r.Route = &got
		v.routes[k] = r
		if r.err == nil && !src.IsValid() && got.Src.IsValid() {
			v.own[got.Src] = true // the kernel chooses none but its own
		}
	}
	return r.Route, r.err
}

// isOwn tells whether addr is an address of this host.
func (v *env) isOwn(addr netip.Addr) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	own, ok := v.own[addr]
	if !ok {
		bound(v.own)
		r, err := v.e.table.Get(route.Query{Dst: addr})
		own = err == nil && r.Local
		v.own[addr] = own
	}
	return own
}

// Source implements layers.Env.
func (v *env) Source(dst netip.Addr) (netip.Addr, bool) {
	r, err := v.route(dst, netip.Addr{})
	if err != nil {
		return netip.Addr{}, false
	}
	return r.Src, r.Src.IsValid()
}

// LinkSource implements layers.Env.
func (v *env) LinkSource(dst netip.Addr) (layers.MAC, bool) {
	var mac []byte
	if dst.IsValid() {
		if r, err := v.route(dst, netip.Addr{}); err == nil {
			mac = r.MAC
		}
	} else if l, err := v.e.outLink(v.iface); err == nil {
		mac = l.MAC
	}
	if len(mac) != 6 {
		return layers.MAC{}, false
	}
	return layers.MAC(mac), true
}

// LinkDest implements layers.Env.
func (v *env) LinkDest(dst netip.Addr) (layers.MAC, bool) {
	r, err := v.route(dst, netip.Addr{})
	if err != nil {
		return layers.MAC{}, false
	}
	v.mu.Lock()
	d, known := v.macs[hopOf(r)]
	v.mu.Unlock()
	if known {
		return d.mac, d.ok
	}
	mac, err := v.e.table.LinkDest(v.ctx, r)
	if d.ok = err == nil && len(mac) == 6; d.ok {
		d.mac = layers.MAC(mac)
	}
	v.mu.Lock()
	bound(v.macs)
	v.macs[hopOf(r)] = d
	v.mu.Unlock()
	return d.mac, d.ok
}

// fresh is an env that asks anew each time, for printing between calls.
type fresh struct{ e *Engine }

func (f fresh) env() *env { return f.e.newEnv(context.Background(), "") }

func (f fresh) Source(dst netip.Addr) (netip.Addr, bool)     { return f.env().Source(dst) }
func (f fresh) LinkSource(dst netip.Addr) (layers.MAC, bool) { return f.env().LinkSource(dst) }
func (f fresh) LinkDest(dst netip.Addr) (layers.MAC, bool)   { return f.env().LinkDest(dst) }

// Env is what packets are told of this namespace's host.
func (e *Engine) Env() layers.Env { return fresh{e} }
