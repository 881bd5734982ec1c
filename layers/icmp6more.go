package layers

import "slices"

// ICMPv6 messages of multicast router discovery (RFC 4286), of mobile hosts (RFC
// 6275 §6.5-§6.8) and of RPL (RFC 6550 §6).

func icmp6ID16() Field { return Field{Name: "id", Kind: Hex, Bits: 16, Auto: zero} }

func homeAgent() []Field {
	return []Field{icmp6ID16(),
		{Name: "R", Bits: 1, Default: 1, Enum: &Enum{List: Named{{1, "MR"}}}}, {Name: "res", Kind: Hex, Bits: 15}}
}

var (
	ICMPv6MRD_Advertisement = &Proto{Name: "ICMPv6MRD_Advertisement", make: func() Table {
		return routerDiscovery("Advertisement", 151, 20, "advinter",
			Field{Name: "queryint", Bits: 16}, Field{Name: "robustness", Bits: 16})
	}}
	ICMPv6MRD_Solicitation = &Proto{Name: "ICMPv6MRD_Solicitation", make: func() Table { return routerDiscovery("Solicitation", 152, 0, "res") }}
	ICMPv6MRD_Termination  = &Proto{Name: "ICMPv6MRD_Termination", make: func() Table { return routerDiscovery("Termination", 153, 0, "res") }}

	ICMPv6HAADRequest = &Proto{Name: "ICMPv6HAADRequest", make: func() Table {
		return icmp6("ICMPv6 Home Agent Address Discovery Request",
			"ICMPv6 home agent address discovery request (RFC 6275)", 144, nil, homeAgent()...)
	}}
	ICMPv6HAADReply = &Proto{Name: "ICMPv6HAADReply", make: func() Table {
		return icmp6("ICMPv6 Home Agent Address Discovery Reply",
			"ICMPv6 home agent address discovery reply (RFC 6275)", 145, nil,
			append(homeAgent(), Field{Name: "addresses", Kind: Var, Type: "IP6ListField", DefaultValue: List{}, Codec: addrList{16}})...)
	}}
	ICMPv6MPSol = &Proto{Name: "ICMPv6MPSol", make: func() Table {
		return icmp6("ICMPv6 Mobile Prefix Solicitation",
			"ICMPv6 mobile prefix solicitation (RFC 6275)", 146, nil,
			icmp6ID16(), Field{Name: "res", Kind: Hex, Bits: 16})
	}}
	ICMPv6MPAdv = &Proto{Name: "ICMPv6MPAdv", make: func() Table {
		return icmp6("ICMPv6 Mobile Prefix Advertisement",
			"ICMPv6 mobile prefix advertisement (RFC 6275)", 147, nil,
			icmp6ID16(), Field{Name: "flags", Bits: 2, Default: 2, Enum: &Enum{List: Named{{1, "O"}, {2, "M"}}}},
			Field{Name: "res", Kind: Hex, Bits: 14})
	}}

	ICMPv6RPL = &Proto{Name: "ICMPv6RPL", make: func() Table {
		return icmp6("RPL", "ICMPv6 RPL control (RFC 6550)", 155,
			&Enum{List: Named{{0, "DIS"}, {1, "DIO"}, {2, "DAO"}, {3, "DAO-ACK"}, {7, "DCO"}, {8, "DCO-ACK"}}})
	}}
)

// routerDiscovery makes the table of a message that has a field of its own where
// others have a code. What follows it is no part of it.
func routerDiscovery(title string, typ, value uint64, field string, fields ...Field) Table {
	return Table{
		Title: "ICMPv6 Multicast Router Discovery " + title, Doc: "ICMPv6 multicast router discovery (RFC 4286)",
		Fields: slices.Concat([]Field{
			{Name: "type", Bits: 8, Enum: ICMPv6Types, Default: typ},
			{Name: field, Bits: 8, Default: value},
			{Name: "cksum", Kind: Hex, Bits: 16, Auto: zero},
		}, fields),
		Sum:              &Sum{Field: icmp6Cksum, Pseudo: 58},
		Key:              keyICMP6,
		PayloadIsPadding: true,
	}
}
