package filter

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
)

func hostOrder32(v uint32) uint32 {
	var b [4]byte
	binary.NativeEndian.PutUint32(b[:], v)
	return binary.BigEndian.Uint32(b[:])
}

// host makes the test for host and net: an address, a network, or a name.
func (g *generator) host(e *idExpr) cond {
	switch e.id.kind {
	case tMAC:
		g.fail(e.id, "%s is an Ethernet address: write ether host %s", g.text(e.id), g.text(e.id))
	case tARC:
		g.fail(e.id, "%s is an ARCnet address, and ARCnet is not supported", g.text(e.id))
	}
	if e.q.proto.text == "decnet" {
		return g.decnetHost(e)
	}
	switch e.id.kind {
	case tIP6:
		return g.host6(e, g.prefix6(e))
	case tName:
		return g.namedHost(e)
	}
	addr, mask := g.prefix4(e)
	return g.host4(e, addr, mask)
}

// prefix4 reads an IPv4 address or network: a number, or two to four of them with
// dots, possibly with a length or mask. What is left out at the right is not tested.
func (g *generator) prefix4(e *idExpr) (addr, mask uint32) {
	if e.id.kind == tNum {
		// A lone number is the first byte of a network, but a whole host address.
		if e.q.typ != "net" {
			return e.id.num, 0xffffffff
		}
		addr, mask = e.id.num, 0xffffffff
		for addr != 0 && addr&0xff000000 == 0 {
			addr <<= 8
			mask <<= 8
		}
		return addr, mask
	}
	addr, mask = g.dotted(e.id)
	switch {
	case e.bits != nil:
		if e.bits.num > 32 {
			g.fail(e.bits, "an IPv4 network has at most 32 bits, got /%d", e.bits.num)
		}
		mask = ^uint32(0) << (32 - e.bits.num)
	case e.mask != nil:
		mask, _ = g.dotted(*e.mask)
	default:
		return addr, mask
	}
	if addr&^mask != 0 {
		last := e.bits
		if last == nil {
			last = e.mask
		}
		g.fail(token{pos: e.id.pos, end: last.end}, "%s has bits set beyond its mask; the network is %s", g.expr[e.id.pos:last.end], ip4(addr&mask))
	}
	return addr, mask
}

// dotted reads an address of two to four parts into the upper bytes of a word, and
// says which of them were given.
func (g *generator) dotted(t token) (addr, mask uint32) {
	parts := strings.Split(t.text, ".")
	for _, s := range parts {
		n, err := strconv.ParseUint(s, 10, 8)
		if err != nil {
			g.fail(t, "%s is not an IPv4 address: %s is not in 0-255", t.text, s)
		}
		addr = addr<<8 | uint32(n)
	}
	missing := 8 * (4 - len(parts))
	return addr << missing, ^uint32(0) << missing
}

func ip4(v uint32) netip.Addr {
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

// host4 is the test for an IPv4 address or network in the IP, ARP or RARP header.
func (g *generator) host4(e *idExpr, addr, mask uint32) cond {
	in := func(proto, src, dst uint32) cond {
		return and(g.linkType(e.id, proto), directed(e.q.dir,
			func() cond { return g.masked(g.netLoad(4, src), mask, addr&mask) },
			func() cond { return g.masked(g.netLoad(4, dst), mask, addr&mask) }))
	}
	switch e.q.proto.text {
	case "":
		if g.at.labels > 0 {
			return in(etherIP, 12, 16) // there is no ARP over MPLS
		}
		return or(in(etherIP, 12, 16), in(etherARP, 14, 24), in(etherRARP, 14, 24))
	case "ip":
		return in(etherIP, 12, 16)
	case "arp":
		return in(etherARP, 14, 24)
	case "rarp":
		return in(etherRARP, 14, 24)
	}
	g.fail(e.q.proto, "%s does not go with an IPv4 address: use ip, arp, rarp or nothing", g.text(e.q.proto))
	return nil
}

func (g *generator) prefix6(e *idExpr) netip.Prefix {
	a, err := netip.ParseAddr(e.id.text)
	if err != nil {
		g.fail(e.id, "%s is not an IPv6 address", e.id.text)
	}
	bits := 128
	if e.bits != nil {
		if e.bits.num > 128 {
			g.fail(e.bits, "an IPv6 network has at most 128 bits, got /%d", e.bits.num)
		}
		bits = int(e.bits.num)
	}
	p := netip.PrefixFrom(a, bits)
	if p.Masked() != p {
		g.fail(token{pos: e.id.pos, end: e.bits.end}, "%s has bits set beyond its length; the network is %s", p, p.Masked())
	}
	return p
}

// host6 is the test for an IPv6 address or network.
func (g *generator) host6(e *idExpr, p netip.Prefix) cond {
	if e.q.proto.text != "" && e.q.proto.text != "ip6" {
		g.fail(e.q.proto, "%s does not go with an IPv6 address: use ip6 or nothing", g.text(e.q.proto))
	}
	a := p.Addr().As16()
	at := func(k uint32) cond {
		words := make([]cond, 0, 4)
		for i := 0; i < 4; i++ {
			bits := min(32, max(0, p.Bits()-32*i))
			mask := ^uint32(0) << (32 - bits)
			words = append(words, g.masked(g.netLoad(4, k+uint32(4*i)), mask, binary.BigEndian.Uint32(a[4*i:])))
		}
		return and(words...)
	}
	return and(g.linkType(e.id, etherIPv6), directed(e.q.dir,
		func() cond { return at(8) }, func() cond { return at(24) }))
}

// namedHost asks the resolver and tests for any of the addresses.
func (g *generator) namedHost(e *idExpr) cond {
	if e.q.typ == "net" {
		g.fail(e.id, "net wants an address such as 10.0.0.0/8; network names are not supported (got %q)", e.id.text)
	}
	lookup := g.o.Resolver
	if lookup == nil {
		lookup = LookupHost
	}
	if lookup == nil {
		g.fail(e.id, "%q is a host name, and names are not looked up here: use its address", e.id.text)
	}
	addrs, err := lookup(e.id.text)
	if err != nil {
		g.fail(e.id, "looking up %q: %v", e.id.text, err)
	}
	c, any := cond(condConst(false)), false
	for _, a := range addrs {
		a = a.Unmap().WithZone("")
		switch proto := e.q.proto.text; {
		case a.Is4() && proto != "ip6":
			b := a.As4()
			c = or(c, g.host4(e, binary.BigEndian.Uint32(b[:]), 0xffffffff))
		case a.Is6() && (proto == "" || proto == "ip6"):
			c = or(c, g.host6(e, netip.PrefixFrom(a, 128)))
		default:
			continue
		}
		any = true
		if g.work++; g.work > maxConds {
			g.fail(e.id, "%q has too many addresses", e.id.text)
		}
	}
	if !any {
		g.fail(e.id, "%q has no address that fits", e.id.text)
	}
	return c
}

// decnetHost is the test for a DECnet phase IV address AREA.NODE, which stands at
// four places depending on the routing header's format and padding; it is little-endian.
func (g *generator) decnetHost(e *idExpr) cond {
	addr := e.id.num
	if e.id.kind == tDot {
		area, node, ok := strings.Cut(e.id.text, ".")
		a, errA := strconv.ParseUint(area, 10, 6)
		n, errN := strconv.ParseUint(node, 10, 10)
		if !ok || errA != nil || errN != nil {
			g.fail(e.id, "%s is not a DECnet address: AREA.NODE, with an area up to 63 and a node up to 1023", e.id.text)
		}
		addr = uint32(a<<10 | n)
	} else if e.id.kind != tNum || addr > 0xffff {
		g.fail(e.id, "%s is not a DECnet address such as 10.15", g.text(e.id))
	}
	addr = addr>>8 | addr&0xff<<8
	at := func(short, long uint32) cond {
		return or(
			and(g.masked(g.netLoad(1, 2), 0x07, 0x02), g.is(g.netLoad(2, short), addr)),
			and(g.masked(g.netLoad(2, 2), 0xff07, 0x8102), g.is(g.netLoad(2, short+1), addr)),
			and(g.masked(g.netLoad(1, 2), 0x07, 0x06), g.is(g.netLoad(2, long), addr)),
			and(g.masked(g.netLoad(2, 2), 0xff07, 0x8106), g.is(g.netLoad(2, long+1), addr)))
	}
	return and(g.linkType(e.id, 0x6003), directed(e.q.dir,
		func() cond { return at(5, 17) }, func() cond { return at(3, 9) }))
}
