package layers

// LLC is the logical link control header with a one-byte control field (IEEE
// 802.2 §5), as all unnumbered PDUs have.
var LLC = &Proto{Name: "LLC", Table: Table{
	Doc: "logical link control (IEEE 802.2)",
	Fields: []Field{
		{Name: "dsap", Kind: Hex, Bits: 8},
		{Name: "ssap", Kind: Hex, Bits: 8},
		{Name: "ctrl", Bits: 8},
	},
}}

// SNAP is the sub-network access protocol header behind LLC (RFC 1042).
var SNAP = &Proto{Name: "SNAP", Table: Table{
	Doc: "sub-network access protocol (RFC 1042)",
	Fields: []Field{
		ouiField("OUI", 0),
		{Name: "code", Kind: Hex, Bits: 16, Enum: EtherTypes},
	},
}}

// STP is a spanning tree configuration BPDU (IEEE 802.1D-2004 §9.3.1). Times
// are in units of 1/256 second.
var STP = &Proto{Name: "STP", Table: Table{
	Title: "Spanning Tree Protocol",
	Doc:   "spanning tree BPDU (IEEE 802.1D)",
	Fields: []Field{
		{Name: "proto", Bits: 16},
		{Name: "version", Bits: 8},
		{Name: "bpdutype", Bits: 8},
		{Name: "bpduflags", Bits: 8},
		{Name: "rootid", Bits: 16},
		{Name: "rootmac", Kind: HWAddr, Bits: 48},
		{Name: "pathcost", Bits: 32},
		{Name: "bridgeid", Bits: 16},
		{Name: "bridgemac", Kind: HWAddr, Bits: 48},
		{Name: "portid", Bits: 16},
		{Name: "age", Bits: 16, Unit: 256, Type: "BCDFloatField", Default: 1 * 256},
		{Name: "maxage", Bits: 16, Unit: 256, Type: "BCDFloatField", Default: 20 * 256},
		{Name: "hellotime", Bits: 16, Unit: 256, Type: "BCDFloatField", Default: 2 * 256},
		{Name: "fwddelay", Bits: 16, Unit: 256, Type: "BCDFloatField", Default: 15 * 256},
	},
}}

func llcTables() family {
	return family{
		tables: []*Proto{LLC, SNAP, STP},
		bind: func() {
			mustBind(Ether, LLC, "type", 0x8870)
			mustBind(Dot1Q, LLC, "type", 0x8870)
			mustBind(Dot3, LLC)
			mustBind(LLC, STP, "dsap", 66, "ssap", 66, "ctrl", 3)
			mustBind(LLC, SNAP, "dsap", 170, "ssap", 170, "ctrl", 3)
			mustBind(SNAP, STP, "code", 267)
			mustBind(SNAP, Ether, "code", 1) // IEEE 802.1H bridged frames, without their OUI
		},
	}
}
