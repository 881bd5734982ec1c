package layers

// RMCP is the remote management control protocol (DMTF DSP0136 §3.2.2).
var RMCP = &Proto{Name: "RMCP", Table: Table{
	Doc: "remote management control protocol (DMTF DSP0136)",
	Fields: []Field{
		{Name: "Version", Bits: 8, Default: 6},
		{Name: "Reserved", Bits: 8},
		{Name: "Sequence", Bits: 8, Default: 255},
		{Name: "Ack", Bits: 1},
		{Name: "Class", Bits: 7, Default: 6, Enum: &Enum{text: "6 ASF\n7 IPMI\n8 OEM\n"}},
	},
}}

// ASF is a message of the alert standard format (DSP0136 §3.2.2.3).
var ASF = &Proto{Name: "ASF", Table: Table{
	Doc: "alert standard format (DMTF DSP0136)",
	Fields: []Field{
		{Name: "Enterprise", Bits: 32, Default: 4542},
		{Name: "Type", Bits: 8, Default: 0x80, Enum: &Enum{text: "0x10 Reset\n0x11 Power-up\n0x12 Power-down\n0x13 Power Cycle\n0x40 Presence Pong\n0x41 Capabilities Response\n0x80 Presence Ping\n0x81 Capabilities Request\n0x82 System State Request\n"}},
		{Name: "Tag", Bits: 8},
		{Name: "Reserved", Bits: 8},
		{Name: "Length", Bits: 8, Len: payloadLen},
	},
	PayloadLen: func(l *Layer, _ int, _ []byte) int { return int(l.Uint(4)) },
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && at.Uint(1) == to.Uint(1)&^0xc0|0x40 && at.Uint(2) == to.Uint(2)
	},
}}

// ASFPresencePong answers a presence ping (DSP0136 §3.2.4.3).
var ASFPresencePong = &Proto{Name: "ASFPresencePong", Table: Table{
	Doc: "answer to an ASF presence ping (DMTF DSP0136)",
	Fields: []Field{
		{Name: "Enterprise", Bits: 32, Default: 4542},
		{Name: "OEM", Kind: Fixed, Bits: 32},
		{Name: "IPMI", Bits: 1},
		{Name: "ReservedEntities", Bits: 3},
		{Name: "ASFVersion", Bits: 4, Default: 1},
		{Name: "SecurityExtensions", Bits: 1},
		{Name: "ReservedInteractions1", Bits: 1},
		{Name: "DASH", Bits: 1},
		{Name: "ReservedInteractions2", Bits: 5},
		{Name: "Reserved", Kind: Fixed, Bits: 48},
	},
}}

func bindRMCP() {
	mustBindPorts(UDP, RMCP, 623, 664)
	mustBindDown(UDP, RMCP, "sport", 623, "dport", 623)
	mustBind(RMCP, ASF, "Class", 6)
	mustBind(ASF, ASFPresencePong, "Type", 0x40)
}

func rmcpTables() family {
	return family{
		tables: []*Proto{RMCP, ASF, ASFPresencePong},
		bind:   bindRMCP,
	}
}
