package sendrecv

import (
	"net/netip"
	"slices"

	"pktsh/layers"
)

// protector asks the guard before TCP segments from this host's addresses
// leave: connection by connection for a few, by ranges of ports for many.
type protector struct {
	guard Guard
	v     *env
	spans map[ends]*span
}

// ends are the addresses of a connection.
type ends struct{ src, dst netip.Addr }

// span is what is protected between two addresses.
type span struct {
	flows map[[2]uint16]bool // ports, local first; nil once ranges are used
	ports map[uint16]bool    // local ports that are covered towards any port
}

// fewFlows is up to how many connections between two addresses are protected
// one by one, which is exact, before local ports are protected towards all ports.
const fewFlows = 8

func newProtector(g Guard, v *env) *protector {
	return &protector{guard: g, v: v, spans: map[ends]*span{}}
}

// cover protects the TCP segments among list.
func (g *protector) cover(list []*probe) error {
	if g.guard == nil {
		return nil
	}
	fresh := map[ends][][2]uint16{}
	var order []ends
	for _, d := range list {
		k, ports := d.ends, d.ports
		if !k.src.IsValid() || !g.v.isOwn(k.src) {
			continue // not an address that this host's kernel answers from
		}
		s := g.spans[k]
		if s == nil {
			s = &span{flows: map[[2]uint16]bool{}, ports: map[uint16]bool{}}
			g.spans[k] = s
		}
		if s.ports[ports[0]] || s.flows[ports] {
			continue
		}
		if len(fresh[k]) == 0 {
			order = append(order, k)
		}
		fresh[k] = append(fresh[k], ports)
		if s.flows != nil {
			s.flows[ports] = true
		} else {
			s.ports[ports[0]] = true
		}
	}
	for _, k := range order {
		if err := g.protect(k, g.spans[k], fresh[k]); err != nil {
			return err
		}
	}
	return nil
}

func (g *protector) protect(k ends, s *span, fresh [][2]uint16) error {
	if s.flows != nil && len(s.flows) <= fewFlows {
		for _, f := range fresh {
			if _, err := g.guard.Protect(netip.AddrPortFrom(k.src, f[0]), netip.AddrPortFrom(k.dst, f[1])); err != nil {
				return err
			}
		}
		return nil
	}
	for f := range s.flows {
		s.ports[f[0]] = true
	}
	s.flows = nil
	for _, r := range portRanges(fresh) {
		if _, err := g.guard.ProtectRange(k.src, r[0], r[1], netip.PrefixFrom(k.dst, k.dst.BitLen())); err != nil {
			return err
		}
	}
	return nil
}

// portRanges are ranges that hold the local ports of flows: exact ones where
// they are few, one over all where they are scattered.
func portRanges(flows [][2]uint16) (out [][2]uint16) {
	var ports []uint16
	for _, f := range flows {
		ports = append(ports, f[0])
	}
	slices.Sort(ports)
	for _, p := range slices.Compact(ports) {
		if n := len(out); n > 0 && p == out[n-1][1]+1 {
			out[n-1][1] = p
		} else {
			out = append(out, [2]uint16{p, p})
		}
	}
	if len(out) > fewFlows {
		return [][2]uint16{{out[0][0], out[len(out)-1][1]}}
	}
	return out
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
