package layers

// The Ethernet configuration testing protocol (DIX Ethernet 2.0 §8): how many of
// the bytes behind are skipped, then functions one behind the other.
var (
	EthernetCTP = &Proto{Name: "EthernetCTP", Table: Table{
		Doc:    "Ethernet configuration testing protocol (DIX 2.0)",
		Fields: []Field{{Name: "SkipCount", Bits: 16, Little: true, Type: "LEShortField"}},
		Next:   nextCTP,
		// Ethernet's default type is this one: bytes of no function are none.
		Dispatch: func(b []byte) *Proto {
			if len(b) < 4 || b[3] != 0 || b[2] != 1 && b[2] != 2 {
				return Raw
			}
			return nil
		},
	}}
	EthernetCTPForwardData = &Proto{Name: "EthernetCTPForwardData", Table: Table{
		Doc: "forwarding in Ethernet configuration testing (DIX 2.0)",
		Fields: []Field{
			{Name: "Function", Bits: 16, Little: true, Type: "LEShortEnumField", Default: 2, Enum: ctpFunctions},
			{Name: "ForwardAddress", Kind: HWAddr, Bits: 48},
		},
	}}
	EthernetCTPReply = &Proto{Name: "EthernetCTPReply", Table: Table{
		Doc: "reply in Ethernet configuration testing (DIX 2.0)",
		Fields: []Field{
			{Name: "Function", Bits: 16, Little: true, Type: "LEShortEnumField", Default: 1, Enum: ctpFunctions},
			{Name: "ReceiptNumber", Bits: 16, Little: true, Type: "LEShortField"},
		},
	}}
	ctpFunctions = &Enum{text: "1 Reply\n2 ForwardData\n"}
)

func nextCTP(_ At, b []byte) *Proto {
	if len(b) >= 2 && b[1] == 0 {
		switch b[0] {
		case 1:
			return EthernetCTPReply
		case 2:
			return EthernetCTPForwardData
		}
	}
	return nil
}

func linkCTP() { EthernetCTPForwardData.Next = nextCTP }

func bindCTP() {
	mustBindType(EthernetCTP, 0x9000)
}

func ctpTables() family {
	return family{
		tables: []*Proto{EthernetCTP, EthernetCTPForwardData, EthernetCTPReply},
		link:   linkCTP,
		bind:   bindCTP,
	}
}
