package layers

import (
	"net/netip"
	"sync/atomic"
)

// Env tells packets about the host they are on, for fields that are derived
// from where a packet goes. Its methods are called while building and printing.
type Env interface {
	// Source is the address this host would send from to dst.
	Source(dst netip.Addr) (netip.Addr, bool)
	// LinkSource is the Ethernet address of the interface towards dst; an
	// invalid dst asks for the default interface.
	LinkSource(dst netip.Addr) (MAC, bool)
	// LinkDest is the Ethernet address of the next hop towards dst. It may
	// ask the network.
	LinkDest(dst netip.Addr) (MAC, bool)
}

var hostEnv atomic.Pointer[Env]

// SetEnv gives all packets their host. Without one, addresses that nobody set
// are 0.0.0.0, :: and 00:00:00:00:00:00, except towards loopback addresses.
func SetEnv(e Env) { hostEnv.Store(&e) }

// env is the packet's own Env, or the host's.
func (a At) env() Env {
	if e := a.P.open().env; e != nil {
		return e
	}
	if e := hostEnv.Load(); e != nil {
		return *e
	}
	return nil
}

// SourceFor is this host's address towards dst: a loopback address answers itself.
func (a At) SourceFor(dst netip.Addr) (netip.Addr, bool) {
	if e := a.env(); e != nil {
		if src, ok := e.Source(dst); ok {
			return src, true
		}
	}
	if dst.IsLoopback() {
		if dst.Is4() {
			return netip.AddrFrom4([4]byte{127, 0, 0, 1}), true
		}
		return dst, true
	}
	return netip.Addr{}, false
}
