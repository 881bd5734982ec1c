package layers

// ENIPTCP is the encapsulation header of EtherNet/IP (ODVA, "The CIP Networks
// Library", volume 2, §2-3.1). What a command brings stands behind it.
var ENIPTCP = &Proto{Name: "ENIPTCP", Table: Table{
	Doc: "EtherNet/IP encapsulation (ODVA)",
	Fields: []Field{
		{Name: "commandId", Bits: 16, Absent: true, Little: true, Type: "LEShortEnumField", Enum: &Enum{text: "4 ListServices\n0x63 ListIdentity\n0x64 ListInterfaces\n0x65 RegisterSession\n0x66 UnregisterSession\n0x6f SendRRData\n0x70 SendUnitData\n0x72 IndicateStatus\n0x73 Cancel\n"}},
		{Name: "length", Bits: 16, Little: true, Type: "LEShortField", Len: payloadLen},
		{Name: "session", Kind: Hex, Bits: 32, Little: true, Type: "XLEIntField"},
		{Name: "status", Bits: 32, Absent: true, Little: true, Type: "LEIntEnumField", Enum: &Enum{text: "0 success\n1 invalid_cmd\n2 no_resources\n3 incorrect_data\n100 invalid_session\n101 invalid_length\n105 unsupported_prot_rev\n"}},
		{Name: "senderContext", Bits: 64, Little: true, Type: "LELongField"},
		{Name: "options", Bits: 32, Little: true, Type: "LEIntField"},
	},
	PayloadLen: func(l *Layer, _ int, _ []byte) int { return int(l.Uint(1)) },
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && at.Uint(0) == to.Uint(0) && at.Uint(4) == to.Uint(4)
	},
}}

// ENIPRegisterSession opens a session (§2-4.4).
var ENIPRegisterSession = &Proto{Name: "ENIPRegisterSession", make: func() Table {
	return Table{
		Doc:    "EtherNet/IP session registration (ODVA)",
		Fields: []Field{little16("protocolVersion", 1), little16("options", 0)},
	}
}}

func bindENIP() {
	mustBindPorts(TCP, ENIPTCP, 44818)
	mustBindPorts(UDP, ENIPTCP, 44818)
	mustBindDown(TCP, ENIPTCP, "sport", 44818, "dport", 44818)
	mustBindDown(UDP, ENIPTCP, "sport", 44818, "dport", 44818)
	mustBind(ENIPTCP, ENIPRegisterSession, "commandId", 0x65)
}

func enipTables() family {
	return family{
		tables: []*Proto{ENIPTCP, ENIPRegisterSession},
		bind:   bindENIP,
	}
}
