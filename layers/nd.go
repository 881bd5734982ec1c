package layers

import (
	"net/netip"
	"slices"
	"strings"
)

// IPv6 neighbour discovery (RFC 4861) and its options. Messages go to the group
// that the table of bindings says unless dst is set, with a hop limit of 255.

func nd(title, doc string, typ uint64, fields ...Field) Table {
	return icmp6("ICMPv6 "+title, doc, typ, nil, fields...)
}

var preferences = &Enum{List: Named{{0, "Medium (default)"}, {1, "High"}, {2, "Reserved"}, {3, "Low"}}} // RFC 4191 §2.1

// The messages (RFC 4861 §4, RFC 3122 §2).
var (
	ICMPv6ND_RS = &Proto{Name: "ICMPv6ND_RS", make: func() Table {
		return nd("Neighbor Discovery - Router Solicitation",
			"ICMPv6 router solicitation (RFC 4861)", 133,
			Field{Name: "res", Bits: 32})
	}}
	ICMPv6ND_RA = &Proto{Name: "ICMPv6ND_RA", make: func() Table {
		return nd("Neighbor Discovery - Router Advertisement",
			"ICMPv6 router advertisement (RFC 4861)", 134,
			Field{Name: "chlim", Bits: 8},
			Field{Name: "M", Bits: 1},
			Field{Name: "O", Bits: 1},
			Field{Name: "H", Bits: 1},
			Field{Name: "prf", Bits: 2, Enum: preferences, Default: 1},
			Field{Name: "P", Bits: 1},
			Field{Name: "res", Bits: 2},
			Field{Name: "routerlifetime", Bits: 16, Default: 1800},
			Field{Name: "reachabletime", Bits: 32},
			Field{Name: "retranstimer", Bits: 32})
	}}
	ICMPv6ND_NS = &Proto{Name: "ICMPv6ND_NS", make: func() Table {
		return nd("Neighbor Discovery - Neighbor Solicitation",
			"ICMPv6 neighbour solicitation (RFC 4861)", 135,
			Field{Name: "res", Bits: 32},
			Field{Name: "tgt", Kind: Addr6, Bits: 128})
	}}
	ICMPv6ND_NA = &Proto{Name: "ICMPv6ND_NA", make: func() Table {
		return nd("Neighbor Discovery - Neighbor Advertisement",
			"ICMPv6 neighbour advertisement (RFC 4861)", 136,
			Field{Name: "R", Bits: 1, Default: 1},
			Field{Name: "S", Bits: 1},
			Field{Name: "O", Bits: 1, Default: 1},
			Field{Name: "res", Kind: Hex, Bits: 29},
			Field{Name: "tgt", Kind: Addr6, Bits: 128})
	}}
	ICMPv6ND_Redirect = &Proto{Name: "ICMPv6ND_Redirect", make: func() Table {
		return nd("Neighbor Discovery - Redirect",
			"ICMPv6 redirect (RFC 4861)", 137,
			Field{Name: "res", Kind: Hex, Bits: 32},
			Field{Name: "tgt", Kind: Addr6, Bits: 128},
			Field{Name: "dst", Kind: Addr6, Bits: 128})
	}}
	ICMPv6ND_INDSol = &Proto{Name: "ICMPv6ND_INDSol", make: func() Table {
		return nd("Inverse Neighbor Discovery Solicitation",
			"ICMPv6 inverse discovery solicitation (RFC 3122)", 141,
			Field{Name: "reserved", Kind: Hex, Bits: 32})
	}}
	ICMPv6ND_INDAdv = &Proto{Name: "ICMPv6ND_INDAdv", make: func() Table {
		return nd("Inverse Neighbor Discovery Advertisement",
			"ICMPv6 inverse discovery advertisement (RFC 3122)", 142,
			Field{Name: "reserved", Kind: Hex, Bits: 32})
	}}
)

// ndTgt is the position of tgt in NS; in NA it comes two later.
const (
	nsTgt = 4
	naTgt = 7
)

// isND tells the messages whose answer may come from another address than the
// one that was asked.
func isND(p *Proto) bool {
	if p == nil {
		return false
	}
	switch p.Name { // the tables refer to this function, so it cannot refer to them
	case "ICMPv6ND_RS", "ICMPv6ND_RA", "ICMPv6ND_NS", "ICMPv6ND_NA":
		return true
	}
	return false
}

// ndTitle is an option's title; those of inverse discovery say so.
func ndTitle(title string) string {
	if strings.HasSuffix(title, "Address List") {
		return "ICMPv6 Inverse Neighbor Discovery" + title
	}
	return "ICMPv6 Neighbor Discovery" + title
}

func ndOpt(title, doc string, typ uint64, fields ...Field) Table {
	return Table{
		Title: ndTitle(title), Doc: doc,
		Fields: slices.Concat([]Field{{Name: "type", Bits: 8, Default: typ}}, fields),
		// A lying length still bounds what follows in 8-byte units; an option
		// of fixed size keeps its size, as it is read by what it says it is.
	}
}

// ndLen is the length of an option of fixed size, in units of 8 bytes.
func ndLen(n uint64) Field { return Field{Name: "len", Bits: 8, Default: n} }

// ndAutoLen is the length of an option of variable size, rounded up.
func ndAutoLen() Field {
	return Field{Name: "len", Bits: 8, Type: "FieldLenField",
		Len: func(header, _ int) int { return (header + 7) / 8 }}
}

// ndAddrs are the fields of an address list (RFC 3122 §3.1).
func ndAddrs() []Field {
	return []Field{ndAutoLen(), {Name: "res", Kind: Fixed, Bits: 48, DefaultValue: make([]byte, 6)},
		{Name: "addrlist", Kind: Var, Type: "IP6ListField", DefaultValue: List{}, Codec: addrList{16}, Size: ndRest(8)}}
}

// ndRest makes the Size of what an option has behind its first n bytes.
func ndRest(n int) func(l *Layer, rest []byte) int {
	return func(l *Layer, rest []byte) int { return int(l.Uint(1))*8 - n }
}

// The options (RFC 4861 §4.6 and the IANA registry "IPv6 Neighbor Discovery
// Option Formats").
var (
	ICMPv6NDOptSrcLLAddr = &Proto{Name: "ICMPv6NDOptSrcLLAddr", make: func() Table {
		return ndOpt(" Option - Source Link-Layer Address",
			"source link-layer address option (RFC 4861)", 1,
			ndLen(1), Field{Name: "lladdr", Kind: HWAddr, Bits: 48})
	}}
	ICMPv6NDOptDstLLAddr = &Proto{Name: "ICMPv6NDOptDstLLAddr", make: func() Table {
		return ndOpt(" Option - Destination Link-Layer Address",
			"target link-layer address option (RFC 4861)", 2,
			ndLen(1), Field{Name: "lladdr", Kind: HWAddr, Bits: 48})
	}}
	ICMPv6NDOptPrefixInfo = &Proto{Name: "ICMPv6NDOptPrefixInfo", make: func() Table {
		return ndOpt(" Option - Prefix Information",
			"prefix information option (RFC 4861)", 3,
			ndLen(4),
			Field{Name: "prefixlen", Bits: 8, Default: 64},
			Field{Name: "L", Bits: 1, Default: 1},
			Field{Name: "A", Bits: 1, Default: 1},
			Field{Name: "R", Bits: 1},
			Field{Name: "res1", Bits: 5},
			Field{Name: "validlifetime", Kind: Hex, Bits: 32, Default: 0xffffffff},
			Field{Name: "preferredlifetime", Kind: Hex, Bits: 32, Default: 0xffffffff},
			Field{Name: "res2", Kind: Hex, Bits: 32},
			Field{Name: "prefix", Kind: Addr6, Bits: 128})
	}}
	ICMPv6NDOptRedirectedHdr = &Proto{Name: "ICMPv6NDOptRedirectedHdr", make: func() Table {
		return ndOpt(" Option - Redirected Header",
			"redirected header option (RFC 4861)", 4,
			ndAutoLen(),
			Field{Name: "res", Kind: Fixed, Bits: 48, DefaultValue: make([]byte, 6)},
			Field{Name: "pkt", Kind: Var, Type: "TruncPktLenField", Size: ndRest(8)})
	}}
	ICMPv6NDOptMTU = &Proto{Name: "ICMPv6NDOptMTU", make: func() Table {
		return ndOpt(" Option - MTU",
			"MTU option (RFC 4861)", 5,
			ndLen(1), Field{Name: "res", Kind: Hex, Bits: 16}, Field{Name: "mtu", Bits: 32, Default: 1280})
	}}
	ICMPv6NDOptShortcutLimit = &Proto{Name: "ICMPv6NDOptShortcutLimit", make: func() Table {
		return ndOpt(" Option - NBMA Shortcut Limit",
			"shortcut limit option (RFC 2491)", 6,
			ndLen(1), Field{Name: "shortcutlim", Bits: 8, Default: 40}, Field{Name: "res1", Bits: 8}, Field{Name: "res2", Bits: 32})
	}}
	ICMPv6NDOptAdvInterval = &Proto{Name: "ICMPv6NDOptAdvInterval", make: func() Table {
		return ndOpt(" - Interval Advertisement",
			"advertisement interval option (RFC 6275)", 7,
			ndLen(1), Field{Name: "res", Bits: 16}, Field{Name: "advint", Bits: 32})
	}}
	ICMPv6NDOptHAInfo = &Proto{Name: "ICMPv6NDOptHAInfo", make: func() Table {
		return ndOpt(" - Home Agent Information",
			"home agent information option (RFC 6275)", 8,
			ndLen(1), Field{Name: "res", Bits: 16}, Field{Name: "pref", Bits: 16},
			Field{Name: "lifetime", Bits: 16, Default: 1})
	}}
	ICMPv6NDOptSrcAddrList = &Proto{Name: "ICMPv6NDOptSrcAddrList", make: func() Table {
		return ndOpt(" Option - Source Address List",
			"source address list option (RFC 3122)", 9, ndAddrs()...)
	}}
	ICMPv6NDOptTgtAddrList = &Proto{Name: "ICMPv6NDOptTgtAddrList", make: func() Table {
		return ndOpt(" Option - Target Address List",
			"target address list option (RFC 3122)", 10, ndAddrs()...)
	}}
	ICMPv6NDOptIPAddr = &Proto{Name: "ICMPv6NDOptIPAddr", make: func() Table {
		return ndOpt(" - IP Address Option (FH for MIPv6)",
			"address option of fast handovers (RFC 4068)", 17,
			ndLen(3), Field{Name: "optcode", Bits: 8, Default: 1, Enum: &Enum{List: Named{
				{1, "Old Care-Of Address"}, {2, "New Care-Of Address"}, {3, "NAR's IP address"}}}},
			Field{Name: "plen", Bits: 8, Default: 64}, Field{Name: "res", Bits: 32}, Field{Name: "addr", Kind: Addr6, Bits: 128})
	}}
	ICMPv6NDOptNewRtrPrefix = &Proto{Name: "ICMPv6NDOptNewRtrPrefix", make: func() Table {
		return ndOpt(" - New Router Prefix Information Option (FH for MIPv6)",
			"new router's prefix option of fast handovers (RFC 4068)", 18,
			ndLen(3), Field{Name: "optcode", Bits: 8}, Field{Name: "plen", Bits: 8, Default: 64}, Field{Name: "res", Bits: 32},
			Field{Name: "prefix", Kind: Addr6, Bits: 128})
	}}
	ICMPv6NDOptLLA = &Proto{Name: "ICMPv6NDOptLLA", make: func() Table {
		return ndOpt(" - Link-Layer Address (LLA) Option (FH for MIPv6)",
			"link-layer address option of fast handovers (RFC 4068)", 19,
			ndLen(1), Field{Name: "optcode", Bits: 8, Enum: &Enum{List: Named{
				{0, "Wildcard requesting resolution for all nearby AP"}, {1, "LLA for the new AP"}, {2, "LLA of the MN"}, {3, "LLA of the NAR"},
				{4, "LLA of the src of TrSolPr or PrRtAdv msg"}, {5, "AP identified by LLA belongs to current iface of router"},
				{6, "No preifx info available for AP identified by the LLA"}, {7, "No fast handovers support for AP identified by the LLA"}}}},
			Field{Name: "lla", Kind: HWAddr, Bits: 48})
	}}
	ICMPv6NDOptMAP = &Proto{Name: "ICMPv6NDOptMAP", make: func() Table {
		return ndOpt(" - MAP Option",
			"mobility anchor point option (RFC 4140)", 23,
			ndLen(3), Field{Name: "dist", Bits: 4, Default: 1}, Field{Name: "pref", Bits: 4, Default: 15}, Field{Name: "R", Bits: 1, Default: 1},
			Field{Name: "res", Bits: 7}, Field{Name: "validlifetime", Bits: 32, Default: 0xffffffff}, Field{Name: "addr", Kind: Addr6, Bits: 128})
	}}
	ICMPv6NDOptRouteInfo = &Proto{Name: "ICMPv6NDOptRouteInfo", make: func() Table {
		return ndOpt(" Option - Route Information Option",
			"route information option (RFC 4191)", 24,
			ndAutoLen(),
			Field{Name: "plen", Bits: 8, Auto: zero},
			Field{Name: "res1", Bits: 3},
			Field{Name: "prf", Bits: 2, Enum: preferences},
			Field{Name: "res2", Bits: 3},
			Field{Name: "rtlifetime", Bits: 32, Default: 0xffffffff},
			Field{Name: "prefix", Kind: Var, Type: "_IP6PrefixField", Codec: prefix6{}, Size: ndRest(8), Absent: true,
				Derive: func(at At) (any, bool) { // room of the length that is set (RFC 4191 §2.3)
					return netip.IPv6Unspecified(), at.Layer().IsSet(1) && at.Layer().src == nil
				}})
	}}
	ICMPv6NDOptRDNSS = &Proto{Name: "ICMPv6NDOptRDNSS", make: func() Table {
		return ndOpt(" Option - Recursive DNS Server Option",
			"recursive DNS server option (RFC 8106)", 25,
			ndAutoLen(),
			Field{Name: "res", Bits: 16, Auto: zero},
			Field{Name: "lifetime", Bits: 32, Default: 0xffffffff},
			Field{Name: "dns", Kind: Var, Type: "IP6ListField", DefaultValue: List{}, Codec: addrList{16}, Size: ndRest(8)})
	}}
	ICMPv6NDOptEFA = &Proto{Name: "ICMPv6NDOptEFA", make: func() Table {
		return ndOpt(" Option - Expanded Flags Option",
			"flags extension option (RFC 5175)", 26,
			ndLen(1), Field{Name: "res", Bits: 48})
	}}
	ICMPv6NDOptDNSSL = &Proto{Name: "ICMPv6NDOptDNSSL", make: func() Table {
		return ndOpt(" Option - DNS Search List Option",
			"DNS search list option (RFC 8106)", 31,
			ndAutoLen(),
			Field{Name: "res", Bits: 16, Auto: zero},
			Field{Name: "lifetime", Bits: 32, Default: 0xffffffff},
			Field{Name: "searchlist", Kind: Var, Type: "DomainNameListField", DefaultValue: List{}, Codec: nameList{}, Size: ndRest(8)})
	}}
	ICMPv6NDOptUnknown = &Proto{Name: "ICMPv6NDOptUnknown", make: func() Table {
		t := ndOpt(" Option - Scapy Unimplemented",
			"any neighbour discovery option by number (RFC 4861)", 0,
			ndAutoLen(),
			Field{Name: "data", Kind: Var, Type: "StrLenField", Size: ndRest(2)})
		t.Fields[0].Absent = true
		return t
	}}
)

var ndOptProtos = [256]*Proto{
	1: ICMPv6NDOptSrcLLAddr, 2: ICMPv6NDOptDstLLAddr, 3: ICMPv6NDOptPrefixInfo,
	4: ICMPv6NDOptRedirectedHdr, 5: ICMPv6NDOptMTU, 6: ICMPv6NDOptShortcutLimit, 7: ICMPv6NDOptAdvInterval,
	8: ICMPv6NDOptHAInfo, 9: ICMPv6NDOptSrcAddrList, 10: ICMPv6NDOptTgtAddrList,
	17: ICMPv6NDOptIPAddr, 18: ICMPv6NDOptNewRtrPrefix, 19: ICMPv6NDOptLLA, 23: ICMPv6NDOptMAP, 24: ICMPv6NDOptRouteInfo, 25: ICMPv6NDOptRDNSS,
	26: ICMPv6NDOptEFA, 31: ICMPv6NDOptDNSSL,
}

// nextNDOpt reads the option that follows a message or another option.
func nextNDOpt(at At, payload []byte) *Proto {
	if len(payload) < 2 {
		return nil
	}
	if p := ndOptProtos[payload[0]]; p != nil {
		return p
	}
	return ICMPv6NDOptUnknown
}

func linkND() {
	for _, p := range []*Proto{ICMPv6ND_RS, ICMPv6ND_RA, ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6ND_Redirect,
		ICMPv6ND_INDSol, ICMPv6ND_INDAdv, ICMPv6MPAdv, ICMPv6NDOptUnknown} {
		p.Next = nextNDOpt
	}
	for _, p := range existing(ndOptProtos[:]) {
		p.Next = nextNDOpt
	}
	ICMPv6ND_RA.Answers = func(at, to At) bool { return to.Proto() == ICMPv6ND_RS }
	ICMPv6ND_NA.Answers = func(at, to At) bool {
		return to.Proto() == ICMPv6ND_NS && addrAt(at, naTgt) == addrAt(to, nsTgt)
	}
	key := func(tgt int) func([]byte, At, bool) []byte {
		return func(dst []byte, at At, loose bool) []byte { return append(dst, addrAt(at, tgt).AsSlice()...) }
	}
	ICMPv6ND_NS.Key, ICMPv6ND_NA.Key = key(nsTgt), key(naTgt)

	summaries := map[*Proto]string{
		ICMPv6ND_NS:          " (tgt: %tgt%)",
		ICMPv6ND_NA:          " (tgt: %tgt%)",
		ICMPv6ND_RA:          " Lifetime %routerlifetime% Hop Limit %chlim% Preference %prf% Managed %M% Other %O% Home %H%",
		ICMPv6NDOptSrcLLAddr: " %lladdr%",
		ICMPv6NDOptDstLLAddr: " %lladdr%",
		ICMPv6NDOptPrefixInfo: " %prefix%/%prefixlen% On-link %L% Autonomous Address %A%" +
			" Router Address %R%",
		ICMPv6NDOptMTU:         " %mtu%",
		ICMPv6NDOptAdvInterval: " %advint% milliseconds",
		ICMPv6NDOptHAInfo:      " %pref% %lifetime% seconds",
		ICMPv6NDOptRouteInfo:   " %prefix%/%plen% Preference %prf%",
		ICMPv6NDOptRDNSS:       " %dns%",
		ICMPv6NDOptDNSSL:       " %searchlist%",
	}
	for p, s := range summaries {
		rest := summaryOf(s)
		p.Summary = func(at At) (string, []*Proto) {
			text, also := rest(at)
			return at.Proto().TitleText() + text, also
		}
	}
}
