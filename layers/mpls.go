package layers

// Field positions in MPLS.
const (
	mplsLabel = iota
	mplsCos
	mplsS
	mplsTTL
)

// MPLS is a label stack entry (RFC 3032 §2.1).
var MPLS = &Proto{Name: "MPLS", Table: Table{
	Doc: "MPLS label stack entry (RFC 3032)",
	Fields: []Field{
		{Name: "label", Bits: 20, Default: 3},
		{Name: "cos", Bits: 3},
		{Name: "s", Bits: 1, Default: 1},
		{Name: "ttl", Bits: 8},
	},
	Next: nextMPLS,
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && AnswersPayload(at, to)
	},
}}

// nextMPLS guesses what the last label is on top of by the first nibble, as
// routers do (RFC 4928 §3); the labels themselves do not say.
func nextMPLS(at At, payload []byte) *Proto {
	if at.Layer().Uint(mplsS) == 0 {
		return nil // bound to MPLS
	}
	switch payload[0] >> 4 {
	case 0:
		if len(payload) >= 2 && payload[0] == 0 && payload[1] == 0 {
			return EoMCW
		}
	case 4:
		return IP
	case 6:
		return IPv6
	}
	return Ether
}

// EoMCW is the control word in front of Ethernet over MPLS (RFC 4448 §4.6).
var EoMCW = &Proto{Name: "EoMCW", Table: Table{
	Doc: "control word of Ethernet over MPLS (RFC 4448)",
	Fields: []Field{
		{Name: "zero", Bits: 4},
		{Name: "reserved", Bits: 12},
		{Name: "seq", Bits: 16},
	},
	Next: func(at At, payload []byte) *Proto { return Ether },
}}

func mplsTables() family {
	return family{
		tables: []*Proto{MPLS, EoMCW},
		bind: func() {
			mustBindProtocol(MPLS, 137)
			mustBindType(MPLS, 0x8847)
			mustBind(SNAP, MPLS, "code", 0x8847)
			mustBind(UDP, MPLS, "dport", 6635)
			mustBind(MPLS, MPLS, "s", 0)
			mustBindDown(MPLS, IP, "label", 0)
			mustBindDown(MPLS, IPv6, "label", 2)
			mustBindDown(EoMCW, Ether, "zero", 0, "reserved", 0)
		},
	}
}
