package layers

import "net/netip"

// A groupRule says that a payload goes to a group when no destination is set.
type groupRule struct {
	upper  *Proto
	port   uint64 // the destination port of UDP; 0 for what has none
	v4, v6 netip.Addr
}

// groupRules are multicast DNS (RFC 6762 §3), the two versions of HSRP (RFC 2281 §5 and its
// successor over IPv6), and OSPF's AllSPFRouters (RFC 2328 §A.1, RFC 5340 §A.1). The tables of the
// rules know those of IP, which know these: an init function sets them.
var groupRules func() []groupRule

func makeGroupRules() []groupRule {
	return []groupRule{
		{UDP, 5353, netip.MustParseAddr("224.0.0.251"), netip.MustParseAddr("ff02::fb")},
		{UDP, 1985, netip.MustParseAddr("224.0.0.2"), netip.Addr{}},
		{UDP, 2029, netip.Addr{}, netip.MustParseAddr("ff02::66")},
		{OSPF_Hdr, 0, netip.MustParseAddr("224.0.0.5"), netip.Addr{}},
		{OSPFv3_Hdr, 0, netip.Addr{}, netip.MustParseAddr("ff02::5")},
	}
}

// groupDest4 derives a destination that is not set from what is sent there.
func groupDest4(at At) (any, bool) {
	r := groupOf(at.Above())
	return r.v4, r.v4.IsValid()
}

func groupDest6(at At) (any, bool) {
	r := groupOf(at.Above())
	return r.v6, r.v6.IsValid()
}

func groupOf(up At) groupRule {
	for _, r := range groupRules() {
		if up.Proto() == r.upper && (r.port == 0 || up.Uint(udpDport) == r.port) {
			return r
		}
	}
	return groupRule{}
}

// choosesGroup tells whether field i of layer l, which lies on below, decides where the packet goes.
func choosesGroup(below, l *Layer, i int) bool {
	return l.proto == UDP && i == udpDport &&
		(below.proto == IP && !below.IsSet(ipDst) || below.proto == IPv6 && !below.IsSet(ip6Dst))
}
