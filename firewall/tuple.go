package firewall

import (
	"cmp"
	"fmt"
	"net/netip"
)

// Tuple is one TCP connection as seen from this host.
type Tuple struct {
	// Local is the address and port that the crafted segments come from, which is
	// where the kernel's RST would come from; Remote is the peer.
	Local, Remote netip.AddrPort
}

// String is "10.0.0.1:1234 > 10.0.0.2:80", the direction of the RST.
func (t Tuple) String() string { return t.Local.String() + " > " + t.Remote.String() }

// normal checks t and brings its addresses into the form that is on the wire:
// IPv4 not mapped into IPv6, no zone.
func (t Tuple) normal() (Tuple, error) {
	if !t.Local.IsValid() || !t.Remote.IsValid() {
		return Tuple{}, fmt.Errorf("guard %s: want an address and port at both ends", t)
	}
	n := Tuple{
		netip.AddrPortFrom(wire(t.Local.Addr()), t.Local.Port()),
		netip.AddrPortFrom(wire(t.Remote.Addr()), t.Remote.Port()),
	}
	if n.Local.Addr().Is4() != n.Remote.Addr().Is4() {
		return Tuple{}, fmt.Errorf("guard %s: got an IPv4 and an IPv6 address, want two of one family", t)
	}
	return n, nil
}

func (t Tuple) compare(u Tuple) int {
	return cmp.Or(t.Local.Compare(u.Local), t.Remote.Compare(u.Remote))
}

// Range is many connections at once: from one local address and a range of
// its ports, to every port of every address in a network.
type Range struct {
	Local netip.Addr
	// Lo and Hi are the first and last local port.
	Lo, Hi uint16
	// Remote is the network; a /32 or /128 is one host.
	Remote netip.Prefix
}

// String is such as "10.0.0.1:1-1024 > 10.0.0.0/24", what is single in it written as single.
func (r Range) String() string {
	local, remote := netip.AddrPortFrom(r.Local, r.Lo).String(), r.Remote.String()
	if r.Hi != r.Lo {
		local += fmt.Sprintf("-%d", r.Hi)
	}
	if r.Remote.IsSingleIP() {
		remote = r.Remote.Addr().String()
	}
	return local + " > " + remote
}

func (r Range) normal() (Range, error) {
	if !r.Local.IsValid() || !r.Remote.IsValid() {
		return Range{}, fmt.Errorf("guard %s: want a local address and a remote network", r)
	}
	if r.Lo > r.Hi {
		return Range{}, fmt.Errorf("guard %s: got first port %d above the last, %d", r, r.Lo, r.Hi)
	}
	n := r
	n.Local = wire(r.Local)
	n.Remote = r.Remote.Masked()
	if a := n.Remote.Addr(); a.Is4In6() && n.Remote.Bits() >= 96 {
		n.Remote = netip.PrefixFrom(a.Unmap(), n.Remote.Bits()-96)
	}
	if n.Local.Is4() != n.Remote.Addr().Is4() {
		return Range{}, fmt.Errorf("guard %s: got an IPv4 and an IPv6 address, want two of one family", r)
	}
	return n, nil
}

func (r Range) compare(s Range) int {
	return cmp.Or(r.Local.Compare(s.Local), cmp.Compare(r.Lo, s.Lo), cmp.Compare(r.Hi, s.Hi),
		r.Remote.Addr().Compare(s.Remote.Addr()), cmp.Compare(r.Remote.Bits(), s.Remote.Bits()))
}

func wire(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// last is the highest address of a network.
func last(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
