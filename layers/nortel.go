package layers

// NortelDiscovery is a hello of Nortel's discovery protocol (SONMP), as gopacket and
// Wireshark's "ndp" describe it.
var NortelDiscovery = &Proto{Name: "NortelDiscovery", Table: Table{
	Doc: "Nortel (SynOptics) discovery protocol",
	Fields: []Field{
		{Name: "IPAddress", Kind: Addr4, Bits: 32},
		{Name: "SegmentID", Kind: Fixed, Bits: 24},
		{Name: "Chassis", Bits: 8},
		{Name: "Backplane", Bits: 8},
		{Name: "State", Bits: 8, Default: 2, Enum: &Enum{text: "1 Topology Change\n2 Heartbeat\n3 New\n"}},
		{Name: "NumLinks", Bits: 8},
	},
	PayloadIsPadding: true,
}}

func bindNortel() {
	for _, code := range []int{0x1a1, 0x1a2} { // segment hellos and flat-network hellos
		mustBind(SNAP, NortelDiscovery, "OUI", 0x81, "code", code)
	}
}

func nortelTables() family {
	return family{
		tables: []*Proto{NortelDiscovery},
		bind:   bindNortel,
	}
}
