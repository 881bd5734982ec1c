package layers

// EtherIP carries Ethernet frames in IP (RFC 3378 §3).
var EtherIP = &Proto{Name: "EtherIP", Table: Table{
	Title: "EtherIP / RFC 3378", Doc: "Ethernet in IP (RFC 3378)",
	Fields: []Field{{Name: "version", Bits: 4, Default: 3}, {Name: "reserved", Bits: 12}},
}}

func bindEtherIP() {
	mustBind(IP, EtherIP, "frag", 0, "proto", 97)
	mustBindNext(EtherIP, 97)
	mustBind(EtherIP, Ether)
}

func etheripTables() family {
	return family{
		tables: []*Proto{EtherIP},
		bind:   bindEtherIP,
	}
}
