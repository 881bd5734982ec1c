package layers

// PPP over Ethernet (RFC 2516).

func pppoe(title, doc string, code uint64, codes map[uint64]string) Table {
	return Table{
		Title: title, Doc: doc,
		Fields: []Field{
			{Name: "version", Bits: 4, Default: 1},
			{Name: "type", Bits: 4, Default: 1},
			{Name: "code", Bits: 8, Enum: NewEnum(codes), Default: code},
			{Name: "sessionid", Kind: Hex, Bits: 16},
			{Name: "len", Bits: 16, Len: payloadLen},
		},
		PayloadLen: func(l *Layer, _ int, rest []byte) int { return int(l.Uint(4)) },
	}
}

// PPPoE is the header of a session, PPPoED that of its discovery (RFC 2516 §4).
var (
	PPPoE = &Proto{Name: "PPPoE", make: func() Table {
		return pppoe("PPP over Ethernet", "PPP over Ethernet session (RFC 2516)", 0,
			map[uint64]string{0: "Session"})
	}}
	PPPoED = &Proto{Name: "PPPoED", make: func() Table {
		return pppoe("PPP over Ethernet Discovery", "PPP over Ethernet discovery (RFC 2516)", 9,
			map[uint64]string{
				0:    "PPP Session Stage",
				9:    "PPPoE Active Discovery Initiation (PADI)",
				7:    "PPPoE Active Discovery Offer (PADO)",
				0x0a: "PPPoE Active Discovery Session-Grant (PADG)",
				0x0b: "PPPoE Active Discovery Session-Credit Response (PADC)",
				0x0c: "PPPoE Active Discovery Quality (PADQ)",
				0x19: "PPPoE Active Discovery Request (PADR)",
				0x65: "PPPoE Active Discovery Session-confirmation (PADS)",
				0xa7: "PPPoE Active Discovery Terminate (PADT)",
				0xd3: "PPPoE Active Discovery Message (PADM)",
				0xd4: "PPPoE Active Discovery Network (PADN)",
			})
	}}
)

// PPPoED_Tags is the tags of a discovery packet (RFC 2516 §5).
var PPPoED_Tags = &Proto{Name: "PPPoED_Tags", Table: Table{
	Title: "PPPoE Tag List",
	Doc:   "tags of PPP over Ethernet discovery (RFC 2516)",
	Fields: []Field{
		{Name: "tag_list", Kind: Var, Type: "PacketListField", DefaultValue: List{},
			Codec: packetList{next: func(*Layer, []byte) *Proto { return PPPoETag }}},
	},
	Summary: func(at At) (string, []*Proto) {
		s := "PPPoE Tags"
		list, _ := at.Value(0).(List)
		for i, m := range list {
			if i > 0 {
				s += ", "
			}
			if p, ok := m.(*Packet); ok && p.At(0).Proto() == PPPoETag {
				s += FieldText(p.At(0), 0)
			}
		}
		return s, []*Proto{PPPoED}
	},
}}

// PPPoETag is one tag.
var PPPoETag = &Proto{Name: "PPPoETag", make: func() Table {
	return Table{
		Title: "PPPoE Tag",
		Doc:   "tag of PPP over Ethernet discovery (RFC 2516)",
		Fields: []Field{
			{Name: "tag_type", Bits: 16, Auto: zero, Enum: &Enum{List: Named{
				{0, "End-Of-List"},
				{0x101, "Service-Name"},
				{0x102, "AC-Name"},
				{0x103, "Host-Uniq"},
				{0x104, "AC-Cookie"},
				{0x105, "Vendor-Specific"},
				{0x106, "Credits"},
				{0x107, "Metrics"},
				{0x108, "Sequence Number"},
				{0x109, "Credit Scale Factor"},
				{0x110, "Relay-Session-Id"},
				{0x120, "PPP-Max-Payload"},
				{0x201, "Service-Name-Error"},
				{0x202, "AC-System-Error"},
				{0x203, "Generic-Error"},
			}}},
			{Name: "tag_len", Bits: 16, Type: "FieldLenField", Auto: lenOf(2, 0)},
			{Name: "tag_value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)},
		},
	}
}}

func linkPPPoE() { PPPoED.Summary = summaryOf("%code%") }

func pppoeTables() family {
	return family{
		tables: []*Proto{PPPoE, PPPoED, PPPoED_Tags, PPPoETag},
		link:   linkPPPoE,
		bind: func() {
			mustBindType(PPPoED, 0x8863)
			mustBindType(PPPoE, 0x8864)
			mustBindUp(PPPoED, PPPoED_Tags)
			mustBindDown(PPPoED, PPPoED_Tags, "type", 1)
		},
	}
}
