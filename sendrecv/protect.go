package sendrecv

import (
	"net/netip"
	"slices"

	"pktsh/layers"
)

// protector asks the guard before TCP segments from this host's addresses leave: connection by
// connection for a few, by ranges of ports for many, and by one range of ports and
// addresses for many hosts. So the guard holds little however much a call sends.
type protector struct {
	guard   Guard
	v       *env
	sources map[netip.Addr]*ownEnd
	due     []*reach // to be asked for before the packets at hand leave
}

// ends are the addresses of a connection.
type ends struct{ src, dst netip.Addr }

// ownEnd is what is protected from one of this host's addresses.
type ownEnd struct {
	hosts map[netip.Addr]*span // nil once wide is used
	wide  *reach
}

// span is what is protected towards one host.
type span struct {
	flows   map[[2]uint16]bool // ports, local first; nil once reaches are used
	reaches []*reach
}

// reach is a range of local ports, towards all ports of a network.
type reach struct {
	src    netip.Addr
	lo, hi uint16
	to     netip.Prefix
	due    bool
	free   []func() // of what it replaces, once it is in force
}

const (
	// fewFlows is up to how many connections to one host are protected one by one, which is exact, and
	// up to how many ranges of local ports, before one holds all of them.
	fewFlows = 8
	// fewHosts is up to how many hosts have protection of their own.
	fewHosts = 32
)

func newProtector(g Guard, v *env) *protector {
	return &protector{guard: g, v: v, sources: map[netip.Addr]*ownEnd{}}
}

// cover protects the TCP segments among list.
func (g *protector) cover(list []*probe) error {
	if g.guard == nil {
		return nil
	}
	for _, d := range list {
		if !d.ends.src.IsValid() || !g.v.isOwn(d.ends.src) {
			continue // not an address that this host's kernel answers from
		}
		if err := g.add(d.ends, d.ports); err != nil {
			return err
		}
	}
	for _, r := range g.due {
		if r.due = false; r.lo > r.hi {
			continue // merged into another
		}
		free, err := g.guard.ProtectRange(r.src, r.lo, r.hi, r.to)
		if err != nil {
			return err
		}
		for _, f := range r.free {
			f()
		}
		r.free = append(r.free[:0], free)
	}
	g.due = g.due[:0]
	return nil
}

// add protects a connection, or makes a range that holds it due.
func (g *protector) add(k ends, ports [2]uint16) error {
	s := g.sources[k.src]
	if s == nil {
		s = &ownEnd{hosts: map[netip.Addr]*span{}}
		g.sources[k.src] = s
	}
	if s.wide == nil && s.hosts[k.dst] == nil && len(s.hosts) == fewHosts {
		g.widen(k.src, s)
	}
	if s.wide != nil {
		g.grow(s.wide, ports[0], k.dst)
		return nil
	}
	h := s.hosts[k.dst]
	if h == nil {
		h = &span{flows: map[[2]uint16]bool{}}
		s.hosts[k.dst] = h
	}
	switch {
	case h.flows == nil:
		g.reach(h, k, ports[0])
	case h.flows[ports]:
	case len(h.flows) < fewFlows:
		h.flows[ports] = true
		_, err := g.guard.Protect(netip.AddrPortFrom(k.src, ports[0]), netip.AddrPortFrom(k.dst, ports[1]))
		return err
	default:
		g.spread(h, k)
		g.reach(h, k, ports[0])
	}
	return nil
}

// spread puts ranges in place of a host's single connections.
func (g *protector) spread(h *span, k ends) {
	var ports []uint16
	for f := range h.flows {
		ports = append(ports, f[0])
	}
	slices.Sort(ports)
	for _, p := range ports {
		g.reach(h, k, p)
	}
	h.flows = nil
}

// reach makes one of a host's ranges hold a local port.
func (g *protector) reach(h *span, k ends, port uint16) {
	for _, r := range h.reaches {
		if int(r.lo)-1 <= int(port) && int(port) <= int(r.hi)+1 {
			g.grow(r, port, k.dst)
			return
		}
	}
	r := &reach{src: k.src, lo: port, hi: port, to: netip.PrefixFrom(k.dst, k.dst.BitLen())}
	h.reaches = append(h.reaches, r)
	g.ask(r)
	if len(h.reaches) <= fewFlows {
		return
	}
	for _, other := range h.reaches[1:] {
		g.merge(h.reaches[0], other)
	}
	h.reaches = h.reaches[:1]
}

// widen puts one range in place of all that there is from a source.
func (g *protector) widen(src netip.Addr, s *ownEnd) {
	for dst, h := range s.hosts {
		g.spread(h, ends{src, dst})
		for _, r := range h.reaches {
			if s.wide == nil {
				s.wide = r
			} else {
				g.merge(s.wide, r)
			}
		}
	}
	s.hosts = nil
}

// merge makes r hold what other does, in its place.
func (g *protector) merge(r, other *reach) {
	g.grow(r, other.lo, other.to.Addr())
	g.grow(r, other.hi, other.to.Addr())
	r.free, other.free = append(r.free, other.free...), nil
	other.lo, other.hi = 1, 0
}

// grow makes r hold a port and an address.
func (g *protector) grow(r *reach, port uint16, dst netip.Addr) {
	if r.lo <= port && port <= r.hi && r.to.Contains(dst) {
		return
	}
	r.lo, r.hi = min(r.lo, port), max(r.hi, port)
	for !r.to.Contains(dst) {
		r.to = netip.PrefixFrom(r.to.Addr(), r.to.Bits()-1).Masked()
	}
	g.ask(r)
}

func (g *protector) ask(r *reach) {
	if !r.due {
		r.due = true
		g.due = append(g.due, r)
	}
}

// tcpEnds are the addresses and ports, local first, of a TCP segment.
func tcpEnds(p *layers.Packet) (k ends, ports [2]uint16, ok bool) {
	i := p.Index(layers.TCP, 1, 0)
	if i < 1 {
		return k, ports, false
	}
	var ip int // the IP header may stand below extension headers
	for ip = i - 1; ip >= 0; ip-- {
		if pr := p.At(ip).Proto(); pr == layers.IP || pr == layers.IPv6 {
			break
		}
	}
	if ip < 0 {
		return k, ports, false
	}
	k.src, _ = addrOf(p.At(ip), "src")
	k.dst, _ = addrOf(p.At(ip), "dst")
	if !k.src.IsValid() || !k.dst.IsValid() {
		return k, ports, false
	}
	sport, dport := p.At(i).Proto().Index("sport"), p.At(i).Proto().Index("dport")
	return k, [2]uint16{uint16(p.At(i).Uint(sport)), uint16(p.At(i).Uint(dport))}, true
}
