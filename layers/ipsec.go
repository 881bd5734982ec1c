package layers

// AH is the authentication header (RFC 4302 §2).
var AH = &Proto{Name: "AH", Table: Table{
	Doc: "authentication header (RFC 4302)",
	Fields: []Field{
		{Name: "nh", Absent: true, Bits: 8, Enum: IPProtos},
		{Name: "payloadlen", Bits: 8, Len: func(header, _ int) int { return max(header/4-2, 0) }},
		{Name: "reserved", Bits: 16, Auto: zero},
		{Name: "spi", Kind: Hex, Bits: 32, Default: 1},
		{Name: "seq", Bits: 32},
		{Name: "icv", Absent: true, Kind: Var, Type: "XStrLenField",
			Size: func(l *Layer, rest []byte) int { return (int(l.Uint(1))+2)*4 - 12 }},
	},
}}

// ESP is the encapsulating security payload (RFC 4303 §2), whose data only who
// has the key can read.
var ESP = &Proto{Name: "ESP", Table: Table{
	Doc: "encapsulating security payload (RFC 4303)",
	Fields: []Field{
		{Name: "spi", Kind: Hex, Bits: 32, Default: 1},
		{Name: "seq", Bits: 32},
		{Name: "data", Kind: Var, Type: "XStrField", Absent: true},
	},
}}

func ipsecTables() family {
	return family{
		tables: []*Proto{AH, ESP},
		bind: func() {
			mustBindProtocol(ESP, 50)
			mustBindPorts(UDP, ESP, 4500)
			mustBindDown(UDP, ESP, "sport", 4500)
			mustBindProtocol(AH, 51)
			for _, b := range []struct {
				upper *Proto
				num   int
			}{{IP, 4}, {TCP, 6}, {UDP, 17}, {ICMP, 1}, {IPv6, 41}, {ESP, 50}, {SCTP, 132}} {
				mustBind(AH, b.upper, "nh", b.num)
			}
		},
	}
}
