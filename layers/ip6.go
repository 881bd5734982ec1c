package layers

import (
	"fmt"
	"net/netip"
)

// Field positions in IPv6.
const (
	ip6Version = iota
	ip6TC
	ip6FL
	ip6Plen
	ip6NH
	ip6Hlim
	ip6Src
	ip6Dst
)

// IPv6 is the Internet Protocol version 6 header (RFC 8200 §3).
var IPv6 = &Proto{Name: "IPv6", make: func() Table {
	return Table{
		Doc: "Internet Protocol version 6 (RFC 8200)",
		Fields: []Field{
			{Name: "version", Bits: 4, Default: 6},
			{Name: "tc", Bits: 8, Type: "BitField"},
			{Name: "fl", Bits: 20},
			{Name: "plen", Bits: 16, Len: payloadLen},
			{Name: "nh", Bits: 8, Enum: IPv6NextHeaders, Default: 59},
			{Name: "hlim", Bits: 8, Default: 64},
			{Name: "src", Kind: Addr6, Bits: 128, Type: "SourceIP6Field", Derive: ip6Source},
			{Name: "dst", Kind: Addr6, Bits: 128, Type: "DestIP6Field", Derive: groupDest6, DefaultValue: netip.IPv6Loopback()},
		},
		NeedFields: ip6Plen + 1,
		PayloadLen: payloadLen6,
		Summary: func(at At) (string, []*Proto) {
			return fmt.Sprintf("%s > %s (%d)", ip6SummaryText(at, ip6Src), ip6SummaryText(at, ip6Dst), at.Uint(ip6NH)), nil
		},
	}
}}

// ip6SummaryText is an address alone, without what FieldText tells of it.
func ip6SummaryText(at At, i int) string {
	if a, ok := at.Value(i).(netip.Addr); ok {
		return AddrText(a)
	}
	return FieldText(at, i)
}

// These know ICMPv6, which knows IPv6.
func linkIPv6() {
	IPv6.Answers, IPv6.Key = answersIP6, keyIP6
	IPerror6.Answers = quotesIP6
	for _, p := range []*Proto{IPv6, IPerror6, IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting} {
		p.Next = nextIP6
		p.pseudo = pseudoHeader6
	}
	IPv6.addrs = func(*Layer, []byte) int { return 32 }
	IPv6ExtHdrFragment.pseudo = pseudoHeader6
	IPv6ExtHdrFragment.Next = func(at At, payload []byte) *Proto {
		if at.Layer().Uint(fragOffset) != 0 { // a later fragment begins with no header
			return NoNext
		}
		return nextIP6(at, payload)
	}
}

func keyIP6(dst []byte, at At, loose bool) []byte {
	if up := skipExt6(at.Above()); isICMP6Error(up) {
		return appendKey(dst, up.Above(), loose)
	}
	return keyIP6Data(dst, at, loose)
}

// payloadLen6 is plen, unless that is 0 and hop-by-hop options follow: then a
// jumbo payload option among them may hold it (RFC 2675 §3); without one the
// options are all there is.
func payloadLen6(l *Layer, _ int, rest []byte) int {
	if l.Uint(ip6Plen) != 0 || l.Uint(ip6NH) != 0 || len(rest) < 8 {
		return int(l.Uint(ip6Plen))
	}
	n := min(8+int(rest[1])*8, len(rest))
	for o := rest[2:n]; len(o) >= 2; {
		if o[0] == 0 {
			o = o[1:]
			continue
		}
		if o[0] == 0xc2 && len(o) >= 6 {
			return int(getBits(o, 16, 32))
		}
		o = o[min(2+int(o[1]), len(o)):]
	}
	return n
}

func ip6Source(at At) (any, bool) {
	dst := addrAt(at, ip6Dst)
	if !dst.IsValid() {
		return nil, false
	}
	a, ok := at.SourceFor(dst)
	return a, ok
}

// isExt6 tells an IPv6 extension header.
func isExt6(p *Proto) bool {
	switch p {
	case IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting, IPv6ExtHdrFragment:
		return true
	}
	return false
}

// skipExt6 is the first place from at on that is no extension header.
func skipExt6(at At) At {
	for isExt6(at.Proto()) {
		at = at.Above()
	}
	return at
}

// ip6Below is the position of the IPv6 header that carries the layer above at,
// extension headers skipped, or -1.
func ip6Below(at At) int {
	for isExt6(at.Proto()) {
		at = at.Below()
	}
	if p := at.Proto(); p == IPv6 || p == IPerror6 {
		return at.I
	}
	return -1
}

// pseudoHeader6 is the pseudo-header on IPv6 and its extension headers (RFC 8200
// §8.1): the destination is the last one where a routing header is used up, the
// source the home address where a destination option gives it (RFC 6275 §11.3.1).
func pseudoHeader6(b *Build, below int) bool {
	i := ip6Below(At{b.P, below})
	if i < 0 || len(b.HeaderOf(i)) < 40 {
		return false
	}
	b.pseudo.take(b.Out, b.parts[i].start+8, 16, len(b.HeaderAndPayload()))
	for k := i + 1; k < b.I; k++ {
		at := At{b.P, k}
		if a := homeAddress(at); a.Is6() {
			b.pseudo.from(a)
		}
		if a := routedDest6(at); a.Is6() {
			b.pseudo.to(a)
		}
	}
	return true
}

// finalDest6 is the address that the IPv6 packet at at is finally delivered to.
func finalDest6(at At) netip.Addr {
	dst := addrAt(at, ip6Dst)
	for up := at.Above(); isExt6(up.Proto()); up = up.Above() {
		if a := routedDest6(up); a.IsValid() {
			return a
		}
	}
	return dst
}

// nextIP6 chooses what a next-header number cannot: by the type of an ICMPv6
// message or a routing header.
func nextIP6(at At, payload []byte) *Proto {
	nh := ip6NH
	if at.Proto() != IPv6 && at.Proto() != IPerror6 {
		nh = 0 // extension headers begin with it
	}
	switch at.Layer().Uint(nh) {
	case 43:
		if len(payload) > 2 && payload[2] == 4 {
			return IPv6ExtHdrSegmentRouting
		}
		return IPv6ExtHdrRouting
	case 58:
		if p := icmp6Proto(payload); p != nil {
			return p
		}
		return NoNext
	}
	return nil
}

// answersIP6 is answersIP for IPv6: what counts is the transport, whatever
// extension headers are in front of it on either side.
func answersIP6(at, to At) bool {
	lax := to.P.lax()
	if lax.AnyTunnel && (inTunnel(at) || inTunnel(to)) {
		return answersInTunnel(at, to)
	}
	if to.Proto() != IPv6 {
		return false
	}
	asked, from := finalDest6(to), addrAt(to, ip6Src)
	if d := addrAt(at, ip6Dst); d != from && !toMany(d) && !from.IsUnspecified() {
		return false
	}
	a, b := skipExt6(at.Above()), skipExt6(to.Above())
	if isICMP6Error(a) {
		return answers(a.Above(), to)
	}
	if addrAt(at, ip6Src) != asked && !toMany(asked) && !isND(a.Proto()) && !lax.AnyAddr {
		return false
	}
	if a.Layer() == nil && b.Layer() == nil {
		return at.Uint(ip6NH) == to.Uint(ip6NH)
	}
	if plainData(b.Proto()) && b.Layer() != nil {
		return a.Layer() != nil && lastNH(at) == lastNH(to)
	}
	return answers(a, b)
}

// lastNH is the number of the protocol behind the extension headers.
func lastNH(at At) uint64 {
	nh := at.Uint(ip6NH)
	for up := at.Above(); isExt6(up.Proto()); up = up.Above() {
		nh = up.Uint(0)
	}
	return nh
}

// keyIP6Data is the key of a packet, sent or quoted. Neighbour discovery asks a
// group and is answered by a member, so its addresses say nothing.
func keyIP6Data(dst []byte, at At, loose bool) []byte {
	up := skipExt6(at.Above())
	if at.P.lax().AnyTunnel && inTunnel(at) {
		return appendKey(dst, at.Above(), loose)
	}
	a, b := addrAt(at, ip6Src), finalDest6(at)
	if !loose && !toMany(a) && !toMany(b) && !a.IsUnspecified() && !isND(up.Proto()) {
		dst = appendXor(dst, a, b)
	}
	return appendKey(append(dst, byte(lastNH(at))), up, loose)
}
