package sendrecv

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"pktsh/layers"
	"pktsh/sendrecv/route"
)

// env tells packets about the host they leave from. It remembers what it was
// told for one call: a packet keeps the addresses that it was sent with.
type env struct {
	e     *Engine
	iface string
	mu    sync.Mutex
	known map[netip.Addr]routed
}

type routed struct {
	route.Route
	err error
}

func (e *Engine) newEnv(iface string) *env {
	return &env{e: e, iface: iface, known: map[netip.Addr]routed{}}
}

// route is the route to dst, asked once.
func (v *env) route(dst netip.Addr) (route.Route, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	r, ok := v.known[dst]
	if !ok {
		r.Route, r.err = v.e.table.Lookup(dst, v.iface)
		v.known[dst] = r
	}
	return r.Route, r.err
}

// Source implements layers.Env.
func (v *env) Source(dst netip.Addr) (netip.Addr, bool) {
	r, err := v.route(dst)
	return r.Src, err == nil && r.Src.IsValid()
}

// LinkSource implements layers.Env.
func (v *env) LinkSource(dst netip.Addr) (layers.MAC, bool) {
	var mac []byte
	if dst.IsValid() {
		if r, err := v.route(dst); err == nil {
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
	r, err := v.route(dst)
	if err != nil || !r.Ether {
		return layers.MAC{}, false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	mac, err := v.e.table.Neighbour(ctx, r.Ifindex, r.NextHop)
	if err != nil || len(mac) != 6 {
		return layers.MAC{}, false
	}
	return layers.MAC(mac), true
}

// fresh is an env that asks anew each time, for printing between calls.
type fresh struct{ e *Engine }

func (f fresh) Source(dst netip.Addr) (netip.Addr, bool)     { return f.e.newEnv("").Source(dst) }
func (f fresh) LinkSource(dst netip.Addr) (layers.MAC, bool) { return f.e.newEnv("").LinkSource(dst) }
func (f fresh) LinkDest(dst netip.Addr) (layers.MAC, bool)   { return f.e.newEnv("").LinkDest(dst) }

// Env is what packets are told of this namespace's host.
func (e *Engine) Env() layers.Env { return fresh{e} }
