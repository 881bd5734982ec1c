package layers

// Field positions in Dot1Q and Dot1AD.
const (
	dot1qPrio = iota
	dot1qDEI
	dot1qVLAN
	dot1qType
)

// Dot1Q is a customer VLAN tag (IEEE 802.1Q-2022 §9.6).
var Dot1Q = &Proto{Name: "Dot1Q", make: func() Table {
	return vlanTag(Table{
		Title: "802.1Q",
		Doc:   "VLAN tag (IEEE 802.1Q)",
	}, "802.1q")
}}

// Dot1AD is a service VLAN tag (IEEE 802.1Q-2022 §9.6, once 802.1ad).
var Dot1AD = &Proto{Name: "Dot1AD", make: func() Table {
	return vlanTag(Table{
		Title: "802_1AD",
		Doc:   "service VLAN tag of provider bridges (IEEE 802.1ad)",
	}, "802.1ad")
}}

// Dot1AH is the tag of a backbone service instance, behind which a whole frame
// stands (IEEE 802.1Q-2022 §9.7, once 802.1ah).
var Dot1AH = &Proto{Name: "Dot1AH", Table: Table{
	Title: "802_1AH",
	Doc:   "backbone service instance tag, MAC in MAC (IEEE 802.1ah)",
	Fields: []Field{
		{Name: "prio", Bits: 3},
		{Name: "dei", Bits: 1},
		{Name: "nca", Bits: 1},
		{Name: "res1", Bits: 1},
		{Name: "res2", Bits: 2},
		{Name: "isid", Bits: 24, Type: "ThreeBytesField"},
	},
	Answers: func(at, to At) bool {
		const isid = 5
		return at.Proto() == to.Proto() && at.Uint(isid) == to.Uint(isid) && AnswersPayload(at, to)
	},
	Summary: func(at At) (string, []*Proto) { return "Dot1AH (isid=" + FieldText(at, 5) + ")", nil },
}}

// vlanTag fills in what the two tags have in common; word begins the summary.
func vlanTag(p Table, word string) Table {
	p.Fields = []Field{
		{Name: "prio", Bits: 3},
		{Name: "dei", Bits: 1, Aliases: []string{"id"}},
		{Name: "vlan", Bits: 12, Default: 1},
		{Name: "type", Kind: Hex, Bits: 16, Enum: EtherTypes},
	}
	p.PayloadLen = func(l *Layer, hdr int, rest []byte) int {
		if t := int(l.Uint(dot1qType)); t <= maxLength {
			return t // an 802.3 length behind the tag
		}
		return len(rest)
	}
	p.Next = func(at At, payload []byte) *Proto {
		if at.Layer().Uint(dot1qType) <= maxLength {
			return LLC
		}
		return nil
	}
	p.Summary = func(at At) (string, []*Proto) {
		tag := "(" + FieldText(at, dot1qType) + ") vlan " + FieldText(at, dot1qVLAN)
		if below := at.Below(); below.Proto() == Ether {
			return word + " " + FieldText(below, etherSrc) + " > " + FieldText(below, etherDst) + " " + tag, nil
		}
		return word + " " + tag, nil
	}
	p.Answers = func(at, to At) bool {
		return at.Proto() == to.Proto() && at.Uint(dot1qVLAN) == to.Uint(dot1qVLAN) && AnswersPayload(at, to)
	}
	p.Key = func(dst []byte, at At, loose bool) []byte {
		return appendKey(appendUint16(dst, at.Uint(dot1qVLAN)), at.Above(), loose)
	}
	return p
}

func dot1qTables() family {
	return family{
		tables: []*Proto{Dot1Q, Dot1AD, Dot1AH},
		bind: func() {
			mustBindType(Dot1Q, 0x8100)
			mustBind(SNAP, Dot1Q, "code", 0x8100)
			mustBindType(Dot1AD, 0x88a8)
			mustBindUp(SNAP, Dot1AD, "code", 0x88a8)
			mustBindType(Dot1AH, 0x88e7)
			mustBind(Dot1AH, Ether)
		},
	}
}
