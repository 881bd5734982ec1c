package layers

// Field positions in IGMP.
const (
	igmpType = iota
	igmpMrcode
	igmpChksum
	igmpGaddr
)

// IGMP is a message of the Internet Group Management Protocol of versions 1
// and 2 (RFC 1112, RFC 2236 §2).
var IGMP = &Proto{Name: "IGMP", Table: Table{
	Doc: "Internet Group Management Protocol, versions 1 and 2 (RFC 2236)",
	Fields: []Field{
		{Name: "type", Bits: 8, Default: 0x11, Enum: &Enum{List: Named{
			{0x11, "Group Membership Query"},
			{0x12, "Version 1 - Membership Report"},
			{0x16, "Version 2 - Membership Report"},
			{0x17, "Leave Group"},
		}}},
		{Name: "mrcode", Bits: 8, Default: 20},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
		{Name: "gaddr", Kind: Addr4, Bits: 32},
	},
	Dispatch: func(b []byte) *Proto {
		if len(b) == 0 {
			return nil
		}
		switch t := b[0]; {
		case t == 0x22, t == 0x30, t == 0x31, t == 0x32, t == 0x11 && len(b) >= 12: // RFC 3376 §7.1
			return IGMPv3
		}
		return nil
	},
	Sum: &Sum{Field: igmpChksum},
	Summary: func(at At) (string, []*Proto) {
		s := "IGMP "
		if below := at.Below(); below.Proto() == IP {
			s = "IGMP: " + FieldText(below, ipSrc) + " > " + FieldText(below, ipDst) + " "
		}
		return s + FieldText(at, igmpType) + " " + FieldText(at, igmpGaddr), nil
	},
}}

// IGMPv3 begins a message of version 3 (RFC 3376 §4), which a query or a report follows.
var IGMPv3 = &Proto{Name: "IGMPv3", Table: Table{
	Doc: "Internet Group Management Protocol, version 3 (RFC 3376)",
	Fields: []Field{
		{Name: "type", Bits: 8, Default: 0x11, Enum: &Enum{List: Named{
			{0x11, "Membership Query"},
			{0x22, "Version 3 Membership Report"},
			{0x30, "Multicast Router Advertisement"},
			{0x31, "Multicast Router Solicitation"},
			{0x32, "Multicast Router Termination"},
		}}},
		{Name: "mrcode", Bits: 8, Default: 20},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
	},
	Sum: &Sum{Field: igmpChksum},
	Summary: func(at At) (string, []*Proto) {
		s := "IGMPv3 "
		if below := at.Below(); below.Proto() == IP {
			s = "IGMPv3: " + FieldText(below, ipSrc) + " > " + FieldText(below, ipDst) + " "
		}
		return s + FieldText(at, igmpType), nil
	},
}}

// IGMPv3mq is the rest of a version 3 query (RFC 3376 §4.1).
var IGMPv3mq = &Proto{Name: "IGMPv3mq", make: func() Table {
	return Table{
		Doc: "IGMPv3 membership query (RFC 3376)",
		Fields: []Field{
			{Name: "gaddr", Kind: Addr4, Bits: 32},
			{Name: "resv", Bits: 4},
			{Name: "s", Bits: 1},
			{Name: "qrv", Bits: 3},
			{Name: "qqic", Bits: 8},
			{Name: "numsrc", Bits: 16, Type: "FieldLenField", Auto: countOf(6)},
			{Name: "srcaddrs", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: addrList{4}, Size: sizeTimes(5, 4)},
		},
	}
}}

// IGMPv3mr is the rest of a version 3 report (RFC 3376 §4.2).
var IGMPv3mr = &Proto{Name: "IGMPv3mr", make: func() Table {
	return Table{
		Doc: "IGMPv3 membership report (RFC 3376)",
		Fields: []Field{
			{Name: "res2", Kind: Hex, Bits: 16},
			{Name: "numgrp", Bits: 16, Type: "FieldLenField", Auto: countOf(2)},
			{Name: "records", Kind: Var, Type: "PacketListField", DefaultValue: List{},
				Codec: packetList{next: func(*Layer, []byte) *Proto { return IGMPv3gr }},
				Size:  recordsSize(1, 8, 4)},
		},
	}
}}

// recordsSize makes the Size of a report's records, of which field count says how
// many there are. Each has a head, sources of so many bytes and auxiliary data in
// words (RFC 3376 §4.2.4, RFC 3810 §5.2.4).
func recordsSize(count, head, source int) func(l *Layer, rest []byte) int {
	return func(l *Layer, rest []byte) int {
		n := 0
		for range l.Uint(count) {
			if len(rest)-n < head {
				return len(rest)
			}
			n = min(n+head+int(rest[n+1])*4+int(getBits(rest[n:], 16, 16))*source, len(rest))
		}
		return n
	}
}

// IGMPv3gr is a group record of a report (RFC 3376 §4.2.4).
var IGMPv3gr = &Proto{Name: "IGMPv3gr", make: func() Table {
	return Table{
		Doc: "IGMPv3 group record (RFC 3376)",
		Fields: []Field{
			{Name: "rtype", Bits: 8, Default: 1, Enum: &Enum{List: Named{
				{1, "Mode Is Include"},
				{2, "Mode Is Exclude"},
				{3, "Change To Include Mode"},
				{4, "Change To Exclude Mode"},
				{5, "Allow New Sources"},
				{6, "Block Old Sources"},
			}}},
			{Name: "auxdlen", Bits: 8},
			{Name: "numsrc", Bits: 16, Type: "FieldLenField", Auto: countOf(4)},
			{Name: "maddr", Kind: Addr4, Bits: 32},
			{Name: "srcaddrs", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: addrList{4}, Size: sizeTimes(2, 4)},
		},
	}
}}

func igmpTables() family {
	return family{
		tables: []*Proto{IGMP, IGMPv3, IGMPv3mq, IGMPv3mr, IGMPv3gr},
		bind: func() {
			mustBindUp(IP, IGMP, "frag", 0, "proto", 2)
			mustBindDown(IP, IGMP, "frag", 0, "proto", 2, "ttl", 1)
			mustBindDown(IP, IGMPv3, "frag", 0, "proto", 2, "ttl", 1, "tos", 0xc0, "dst", "224.0.0.22")
			mustBind(IGMPv3, IGMPv3mq, "type", 0x11)
			mustBind(IGMPv3, IGMPv3mr, "type", 0x22)
			mustBindDown(IGMPv3, IGMPv3mr, "type", 0x22, "mrcode", 0) // it is reserved in a report (RFC 3376 §4.2.1)
		},
	}
}
