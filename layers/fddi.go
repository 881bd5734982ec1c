package layers

// FDDI is a frame's header (ANSI X3.139; LINKTYPE_FDDI, 10), addresses in the
// order of Ethernet's bits, as captures have them.
var FDDI = &Proto{Name: "FDDI", Table: Table{
	Doc: "fiber distributed data interface (ISO 9314-2)",
	Fields: []Field{
		{Name: "FrameControl", Kind: Hex, Bits: 5, Default: 0x0a}, // an LLC frame
		{Name: "Priority", Bits: 3},
		{Name: "DstMAC", Kind: HWAddr, Bits: 48},
		{Name: "SrcMAC", Kind: HWAddr, Bits: 48},
	},
}}

func bindFDDI() { mustBind(FDDI, LLC, "FrameControl", 0x0a) }

func fddiTables() family {
	return family{
		tables: []*Proto{FDDI},
		bind:   bindFDDI,
	}
}
