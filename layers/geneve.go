package layers

// GENEVE is generic network virtualisation encapsulation (RFC 8926 §3.4).
var GENEVE = &Proto{Name: "GENEVE", make: func() Table {
	return Table{
		Doc: "generic network virtualisation encapsulation (RFC 8926)",
		Fields: []Field{
			{Name: "version", Bits: 2},
			{Name: "optionlen", Bits: 6, Len: func(header, _ int) int { return (header - 8) / 4 }},
			{Name: "oam", Bits: 1},
			{Name: "critical", Bits: 1},
			{Name: "reserved", Bits: 6},
			{Name: "proto", Kind: Hex, Bits: 16, Enum: EtherTypes},
			{Name: "vni", Kind: Hex, Bits: 24, Type: "X3BytesField"},
			{Name: "reserved2", Kind: Hex, Bits: 8},
			{Name: "options", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Size: sizeTimes(1, 4),
				Codec: packetList{next: func(*Layer, []byte) *Proto { return GeneveOptions }}},
		},
		Summary: summaryOf("GENEVE (vni=%vni%,optionlen=%optionlen%,proto=%proto%)"),
	}
}}

// GeneveOptions is one option of a GENEVE header (RFC 8926 §3.5).
var GeneveOptions = &Proto{Name: "GeneveOptions", make: func() Table {
	return Table{
		Title: "Geneve Options",
		Doc:   "GENEVE option (RFC 8926)",
		Fields: []Field{
			{Name: "classid", Kind: Hex, Bits: 16, Enum: &Enum{List: Named{
				{0x100, "Linux"},
				{0x101, "Open vSwitch"},
				{0x102, "Open Virtual Networking (OVN)"},
				{0x103, "In-band Network Telemetry (INT)"},
				{0x104, "VMware"},
				{0x105, "Amazon.com, Inc."},
				{0x106, "Cisco Systems, Inc."},
				{0x107, "Oracle Corporation"},
				{0x110, "Amazon.com, Inc."},
				{0x118, "IBM"},
				{0x128, "Ericsson"},
				{0xfeff, "Unassigned"},
				{0xffff, "Experimental"},
			}}},
			{Name: "type", Kind: Hex, Bits: 8},
			{Name: "reserved", Bits: 3},
			{Name: "length", Bits: 5, Auto: func(b *Build) uint64 { return uint64(b.varLenAt(4) / 4) }},
			{Name: "data", Kind: Var, Type: "StrLenField", Size: sizeTimes(3, 4)},
		},
	}
}}

func geneveTables() family {
	return family{
		tables: []*Proto{GENEVE, GeneveOptions},
		bind: func() {
			mustBindPorts(UDP, GENEVE, 6081)
			mustBindDown(UDP, GENEVE, "dport", 6081)
			mustBind(GENEVE, IP, "proto", 0x800)
			mustBind(GENEVE, IPv6, "proto", 0x86dd)
			mustBind(GENEVE, Ether, "proto", 0x6558)
		},
	}
}
