package layers

// Mobility of IPv4 hosts (RFC 5944 §3.3, §3.4; RFC 3519 §3).
var (
	MobileIP = &Proto{Name: "MobileIP", Table: Table{
		Title: "Mobile IP (RFC3344)", Doc: "mobile IPv4 message (RFC 5944)",
		Fields: []Field{{Name: "type", Bits: 8, Default: 1, Enum: &Enum{text: "1 RRQ\n3 RRP\n"}}},
	}}
	MobileIPRRQ = &Proto{Name: "MobileIPRRQ", Table: Table{
		Title: "Mobile IP Registration Request (RFC3344)", Doc: "mobile IPv4 registration request (RFC 5944)",
		Fields: []Field{
			{Name: "flags", Kind: Hex, Bits: 8},
			{Name: "lifetime", Bits: 16, Default: 180},
			{Name: "homeaddr", Kind: Addr4, Bits: 32},
			{Name: "haaddr", Kind: Addr4, Bits: 32},
			{Name: "coaddr", Kind: Addr4, Bits: 32},
			{Name: "id", Bits: 64, Type: "LongField"},
		},
	}}
	MobileIPRRP = &Proto{Name: "MobileIPRRP", Table: Table{
		Title: "Mobile IP Registration Reply (RFC3344)", Doc: "mobile IPv4 registration reply (RFC 5944)",
		Fields: []Field{
			{Name: "code", Bits: 8},
			{Name: "lifetime", Bits: 16, Default: 180},
			{Name: "homeaddr", Kind: Addr4, Bits: 32},
			{Name: "haaddr", Kind: Addr4, Bits: 32},
			{Name: "id", Bits: 64, Type: "LongField"},
		},
	}}
	MobileIPTunnelData = &Proto{Name: "MobileIPTunnelData", Table: Table{
		Title: "Mobile IP Tunnel Data Message (RFC3519)", Doc: "mobile IPv4 tunnel data (RFC 3519)",
		Fields: []Field{{Name: "nexthdr", Bits: 8, Default: 4}, {Name: "res", Bits: 16}},
	}}
)

func bindMobileIP() {
	mustBindPorts(UDP, MobileIP, 434)
	mustBindDown(UDP, MobileIP, "sport", 434, "dport", 434)
	mustBind(MobileIP, MobileIPRRQ, "type", 1)
	mustBind(MobileIP, MobileIPRRP, "type", 3)
	mustBind(MobileIP, MobileIPTunnelData, "type", 4)
	mustBind(MobileIPTunnelData, IP, "nexthdr", 4)
}

func mobileipTables() family {
	return family{
		tables: []*Proto{MobileIP, MobileIPRRQ, MobileIPRRP, MobileIPTunnelData},
		bind:   bindMobileIP,
	}
}
