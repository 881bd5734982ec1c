package sendrecv

import (
	"net/netip"

	"pktsh/layers"
)

// coverSets protects the TCP segments that sets of packets stand for, by ranges: without
// walking the sets.
func (g *protector) coverSets(list []*layers.Packet) error {
	if g.guard == nil {
		return nil
	}
	asked := map[guarded]bool{}
	for _, p := range list {
		i := p.Index(layers.TCP, 1, 0)
		ip := i - 1
		for ip >= 0 && p.At(ip).Proto() != layers.IP && p.At(ip).Proto() != layers.IPv6 {
			ip--
		}
		if i < 1 || ip < 0 {
			continue
		}
		field := func(at layers.At, name string) any { return at.Value(at.Proto().Index(name)) }
		lo, hi := portSpan(field(p.At(i), "sport"))
		for _, src := range g.ownAmong(field(p.At(ip), "src")) {
			for _, dst := range prefixes(field(p.At(ip), "dst"), src) {
				k := guarded{src, lo, hi, dst}
				if asked[k] {
					continue
				}
				if _, err := g.guard.ProtectRange(src, lo, hi, dst); err != nil {
					return err
				}
				asked[k] = true
			}
		}
	}
	return nil
}

// guarded is what was asked of the guard for a range.
type guarded struct {
	src    netip.Addr
	lo, hi uint16
	dst    netip.Prefix
}

// portSpan is the least and the greatest port of a set.
func portSpan(v any) (lo, hi uint16) {
	switch v := v.(type) {
	case layers.Range:
		return uint16(v.Lo), uint16(v.Hi)
	case layers.Choice:
		for i, m := range v {
			l, h := portSpan(m)
			if i == 0 {
				lo = l
			}
			lo, hi = min(lo, l), max(hi, h)
		}
		return lo, hi
	case uint64:
		return uint16(v), uint16(v)
	}
	return 0, 65535
}

// ownAmong are this host's addresses in a set. Of a large one only the first members are asked
// for: a host does not have so many.
func (g *protector) ownAmong(v any) (out []netip.Addr) {
	if _, drawn := v.(layers.Volatile); drawn {
		return nil
	}
	n := 0
	for m := range layers.Members(v) {
		if a, ok := m.(netip.Addr); ok && g.v.isOwn(a) {
			out = append(out, a)
		}
		if n++; n == 1024 {
			break
		}
	}
	return out
}

// prefixes cover a set of addresses.
func prefixes(v any, src netip.Addr) (out []netip.Prefix) {
	switch v := v.(type) {
	case netip.Addr:
		v = v.WithZone("")
		return []netip.Prefix{netip.PrefixFrom(v, v.BitLen())}
	case layers.Net:
		return []netip.Prefix{v.Prefix}
	case layers.Choice:
		for _, m := range v {
			out = append(out, prefixes(m, src)...)
		}
		return out
	}
	any := netip.IPv4Unspecified() // drawn
	if src.Is6() {
		any = netip.IPv6Unspecified()
	}
	return []netip.Prefix{netip.PrefixFrom(any, 0)}
}
