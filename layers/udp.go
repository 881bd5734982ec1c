package layers

// Field positions in UDP.
const (
	udpSport = iota
	udpDport
	udpLen
	udpChksum
)

// UDP is the User Datagram Protocol header (RFC 768).
var UDP = &Proto{Name: "UDP", Table: Table{
	Doc: "User Datagram Protocol (RFC 768)",
	Fields: []Field{
		{Name: "sport", Bits: 16, Enum: UDPServices, Default: 53},
		{Name: "dport", Bits: 16, Enum: UDPServices, Default: 53},
		{Name: "len", Bits: 16, Len: totalLen},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
	},
	NeedFields: udpLen + 1,
	WeakGuess:  true,
	PayloadLen: func(l *Layer, hdr int, rest []byte) int { return int(l.Uint(udpLen)) - hdr },
	Sum:        &Sum{Field: udpChksum, Pseudo: 17, NoZero: true},
	Summary:    func(at At) (string, []*Proto) { return endpoints(at, "UDP", udpSport, udpDport), nil },
	Answers: func(at, to At) bool {
		if up := at.Above().Proto(); tunnelInUDP(up) && to.Proto() == at.Proto() {
			return up == to.Above().Proto() && at.Uint(udpDport) == to.Uint(udpDport) && AnswersPayload(at, to)
		}
		return to.Proto() == at.Proto() && at.Uint(udpSport) == to.Uint(udpDport) &&
			at.Uint(udpDport) == to.Uint(udpSport) && AnswersPayload(at, to)
	},
	Key: func(dst []byte, at At, loose bool) []byte {
		if tunnelInUDP(at.Above().Proto()) {
			return appendKey(appendUint16(dst, at.Uint(udpDport)), at.Above(), loose)
		}
		return appendUint16(dst, at.Uint(udpSport)^at.Uint(udpDport))
	},
}}

func udpTables() family {
	return family{
		tables: []*Proto{UDP},
		bind: func() {
			mustBind(IP, UDP, "frag", 0, "proto", 17)
			mustBindNext(UDP, 17)
		},
	}
}
