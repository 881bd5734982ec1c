package layers

// RUDP is the reliable data protocol (RFC 908 §2.1, RFC 1151), as gopacket names it.
var RUDP = &Proto{Name: "RUDP", Table: Table{
	Doc: "reliable data protocol (RFC 908, RFC 1151)",
	Fields: []Field{
		{Name: "SYN", Bits: 1},
		{Name: "ACK", Bits: 1},
		{Name: "EACK", Bits: 1},
		{Name: "RST", Bits: 1},
		{Name: "NUL", Bits: 1},
		{Name: "Reserved", Bits: 1},
		{Name: "Version", Bits: 2, Default: 2},
		{Name: "HeaderLength", Bits: 8, Len: func(header, _ int) int { return (header + 1) / 2 }},
		{Name: "SrcPort", Bits: 8},
		{Name: "DstPort", Bits: 8},
		{Name: "DataLength", Bits: 16, Len: payloadLen},
		{Name: "Seq", Bits: 32},
		{Name: "Ack", Bits: 32},
		{Name: "Checksum", Kind: Hex, Bits: 32},
		{Name: "VariableHeaderArea", Kind: Var, Type: "StrLenField", Size: func(l *Layer, _ []byte) int { return 2*int(l.Uint(7)) - 18 }},
	},
	PayloadLen: func(l *Layer, _ int, _ []byte) int { return int(l.Uint(10)) },
}}

func bindRUDP() { mustBind(IP, RUDP, "frag", 0, "proto", 27) }

func rudpTables() family {
	return family{
		tables: []*Proto{RUDP},
		bind:   bindRUDP,
	}
}
