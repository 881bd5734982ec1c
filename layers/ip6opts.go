package layers

import (
	"fmt"
	"net/netip"
)

// The options of hop-by-hop and destination headers (RFC 8200 §4.2; the IANA
// registry "Destination Options and Hop-by-Hop Options").

// IPv6OptionTypes names option types.
var IPv6OptionTypes = &Enum{List: Named{
	{0, "Pad1"},
	{1, "PadN"},
	{4, "Tunnel Encapsulation Limit"},
	{5, "Router Alert"},
	{6, "Quick-Start"},
	{194, "Jumbo Payload"},
	{201, "Home Address Option"},
}}

func optionType(v uint64) Field {
	return Field{Name: "otype", Kind: Hex, Bits: 8, Type: "_OTypeField", Enum: IPv6OptionTypes, Default: v, Text: optionTypeText}
}

// optionTypeText adds what the type's bits tell a node that does not know the
// option: what to do with the packet, and whether the data may change on the way.
func optionTypeText(_ *Layer, v any) (string, bool) {
	n, ok := v.(uint64)
	if !ok {
		return "", false
	}
	name, ok := IPv6OptionTypes.Name(n)
	if !ok {
		name = fmt.Sprint(n)
	}
	change := "0: Don't change en-route"
	if n&0x20 != 0 {
		change = "1: May change en-route"
	}
	policy := [...]string{"00: skip", "01: discard", "10: discard+ICMP", "11: discard+ICMP not mcast"}
	return fmt.Sprintf("%s [%s, %s]", name, policy[n>>6&3], change), true
}

// dataOption makes an option of bytes with a length in front.
func dataOption(title, doc string, otype uint64) Table {
	return Table{Title: title, Doc: doc, Fields: []Field{
		optionType(otype),
		{Name: "optlen", Bits: 8, Type: "FieldLenField", Auto: lenOf(2, 0)},
		{Name: "optdata", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)},
	}, PayloadIsPadding: true}
}

// The IPv6 options.
var (
	Pad1 = &Proto{Name: "Pad1", make: func() Table {
		return Table{Doc: "one byte of padding (RFC 8200)",
			Fields: []Field{optionType(0)}, PayloadIsPadding: true}
	}}
	PadN          = &Proto{Name: "PadN", make: func() Table { return dataOption("", "two or more bytes of padding (RFC 8200)", 1) }}
	HBHOptUnknown = &Proto{Name: "HBHOptUnknown", make: func() Table { return dataOption("Scapy6 Unknown Option", "any IPv6 option by number (RFC 8200)", 1) }}
	RouterAlert   = &Proto{Name: "RouterAlert", make: func() Table {
		return Table{Title: "Router Alert", Doc: "router alert option (RFC 2711)",
			Fields: []Field{
				optionType(5),
				{Name: "optlen", Bits: 8, Default: 2},
				{Name: "value", Bits: 16, Auto: zero, Enum: &Enum{List: Named{
					{0, "Datagram contains a MLD message"},
					{1, "Datagram contains RSVP message"},
					{2, "Datagram contains an Active Network message"},
					{68, "NSIS NATFW NSLP"},
					{69, "MPLS OAM"},
					{65535, "Reserved"},
				}}},
			}, PayloadIsPadding: true}
	}}
	RplOption = &Proto{Name: "RplOption", make: func() Table {
		return Table{Title: "RPL Option", Doc: "RPL packet information (RFC 6553)",
			Fields: []Field{
				optionType(0x63),
				{Name: "optlen", Bits: 8, Default: 4},
				{Name: "Down", Bits: 1},
				{Name: "RankError", Bits: 1},
				{Name: "ForwardError", Bits: 1},
				{Name: "unused", Bits: 5},
				{Name: "RplInstanceId", Kind: Hex, Bits: 8},
				{Name: "SenderRank", Kind: Hex, Bits: 16},
			}}
	}}
	Jumbo = &Proto{Name: "Jumbo", make: func() Table {
		return Table{Title: "Jumbo Payload", Doc: "jumbo payload option (RFC 2675)",
			Fields: []Field{
				optionType(0xc2),
				{Name: "optlen", Bits: 8, Default: 4},
				{Name: "jumboplen", Bits: 32, Auto: zero},
			}, PayloadIsPadding: true}
	}}
	HAO = &Proto{Name: "HAO", make: func() Table {
		return Table{Title: "Home Address Option", Doc: "home address option (RFC 6275)",
			Fields: []Field{
				optionType(0xc9),
				{Name: "optlen", Bits: 8, Default: 16},
				{Name: "hoa", Kind: Addr6, Bits: 128},
			}, PayloadIsPadding: true}
	}}
)

var ip6OptionList = packetList{
	next: func(l *Layer, b []byte) *Proto {
		switch b[0] {
		case 0:
			return Pad1
		case 1:
			return PadN
		case 5:
			return RouterAlert
		case 0x63:
			if len(b) > 1 && b[1] == 4 { // what may follow it has no table (RFC 6553 §3)
				return RplOption
			}
		case 0xc2:
			return Jumbo
		case 0xc9:
			return HAO
		}
		return HBHOptUnknown
	},
	join: joinIP6Options,
}

// ip6OptionAlign is where in its header an option must begin: at a multiple of
// the first number plus the second (RFC 8200 §4.2).
func ip6OptionAlign(p *Proto) (multiple, plus int) {
	switch p {
	case RouterAlert, RplOption:
		return 2, 0
	case Jumbo:
		return 4, 2
	case HAO:
		return 8, 6
	}
	return 1, 0
}

// joinIP6Options writes options, padded to where each must begin and to the
// 8-byte units of the header unless autopad is off.
func joinIP6Options(l *Layer, dst []byte, list List) ([]byte, error) {
	if l.Uint(extAutopad) == 0 {
		return appendMembers(dst, list)
	}
	begin := len(dst) - ext6MinOptions
	for _, m := range list {
		if p, ok := m.(*Packet); ok {
			multiple, plus := ip6OptionAlign(p.At(0).Proto())
			pos := len(dst) - begin
			dst = appendPad6(dst, (plus-pos%multiple+multiple)%multiple)
		}
		var err error
		if dst, err = appendMember(dst, m); err != nil {
			return dst, err
		}
	}
	return appendPad6(dst, (8-(len(dst)-begin)%8)%8), nil
}

// appendPad6 appends n bytes of padding options.
func appendPad6(dst []byte, n int) []byte {
	switch n {
	case 0:
		return dst
	case 1:
		return append(dst, 0)
	}
	dst = append(dst, 1, byte(n-2))
	return append(dst, make([]byte, n-2)...)
}

// SRHTLV is any object behind the addresses of a segment routing header (RFC
// 8754 §2.1).
var SRHTLV = &Proto{Name: "IPv6ExtHdrSegmentRoutingTLV", make: func() Table {
	return Table{
		Title: "IPv6 Option Header Segment Routing - Generic TLV",
		Doc:   "any segment routing TLV (RFC 8754)",
		Fields: []Field{
			{Name: "type", Bits: 8, Enum: srhTypes, Auto: zero},
			{Name: "len", Bits: 8, Type: "FieldLenField", Auto: lenOf(2, 0)},
			{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)},
		},
	}
}}

// SRHPad1 is one byte of padding in a segment routing header.
var SRHPad1 = &Proto{Name: "IPv6ExtHdrSegmentRoutingTLVPad1", Table: Table{
	Title:  "IPv6 Option Header Segment Routing - Pad1 TLV",
	Doc:    "one byte of padding in a segment routing header (RFC 8754)",
	Fields: []Field{{Name: "type", Bits: 8, Enum: srhTypes}},
}}

// SRHPadN is two or more bytes of padding in a segment routing header.
var SRHPadN = &Proto{Name: "IPv6ExtHdrSegmentRoutingTLVPadN", make: func() Table {
	return Table{
		Title: "IPv6 Option Header Segment Routing - PadN TLV",
		Doc:   "padding in a segment routing header (RFC 8754)",
		Fields: []Field{
			{Name: "type", Bits: 8, Enum: srhTypes, Default: 4},
			{Name: "len", Bits: 8, Type: "FieldLenField", Auto: lenOf(2, 0)},
			{Name: "padding", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)},
		},
	}
}}

var srhTypes = &Enum{List: Named{{0, "Pad1 TLV"}, {1, "Ingress Node TLV"}, {2, "Egress Node TLV"}, {4, "PadN TLV"}, {5, "HMAC TLV"}}}

// srhNode makes the table of an object that names a node, as drafts of RFC 8754 had them.
func srhNode(title string, typ uint64, field string) Table {
	return Table{Title: "IPv6 Option Header Segment Routing - " + title, Doc: title + " of segment routing",
		Fields: []Field{{Name: "type", Bits: 8, Enum: srhTypes, Default: typ}, {Name: "len", Bits: 8, Default: 18},
			{Name: "reserved", Bits: 8}, {Name: "flags", Bits: 8}, {Name: field, Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Loopback()}},
		PayloadIsPadding: true}
}

var (
	SRHIngressNode = &Proto{Name: "IPv6ExtHdrSegmentRoutingTLVIngressNode", make: func() Table { return srhNode("Ingress Node TLV", 1, "ingress_node") }}
	SRHEgressNode  = &Proto{Name: "IPv6ExtHdrSegmentRoutingTLVEgressNode", make: func() Table { return srhNode("Egress Node TLV", 2, "egress_node") }}
	SRHHMAC        = &Proto{Name: "IPv6ExtHdrSegmentRoutingTLVHMAC", make: func() Table {
		return Table{ // RFC 8754 §2.1.2
			Title: "IPv6 Option Header Segment Routing - HMAC TLV", Doc: "keyed hash of a segment routing header (RFC 8754)",
			Fields: []Field{{Name: "type", Bits: 8, Enum: srhTypes, Default: 5},
				{Name: "len", Bits: 8, Type: "FieldLenField", Len: headerLess(2)},
				{Name: "D", Bits: 1}, {Name: "reserved", Bits: 15}, {Name: "hmackeyid", Bits: 32},
				{Name: "hmac", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 6)}},
			PayloadIsPadding: true}
	}}
)

var srhTLVs = packetList{
	next: func(l *Layer, b []byte) *Proto {
		switch b[0] {
		case 0:
			return SRHPad1
		case 1:
			return SRHIngressNode
		case 2:
			return SRHEgressNode
		case 4:
			return SRHPadN
		case 5:
			return SRHHMAC
		}
		return SRHTLV
	},
	join: func(l *Layer, dst []byte, list List) ([]byte, error) {
		begin := len(dst)
		dst, err := appendMembers(dst, list)
		if err != nil || l.IsSet(extLen) {
			return dst, err
		}
		// The addresses and the 8 bytes in front keep to units of 8 already.
		switch n := (8 - (len(dst)-begin)%8) % 8; n {
		case 0:
			return dst, nil
		case 1:
			return append(dst, 0), nil
		default:
			return append(append(dst, 4, byte(n-2)), make([]byte, n-2)...), nil
		}
	},
}
