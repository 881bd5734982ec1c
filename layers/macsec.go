package layers

// MACsec is the tag of a frame that is secured by IEEE 802.1AE (802.1AE-2018 §9). The
// frame's own type follows where it is not encrypted; the check value at its end stays
// with the payload, since nothing says how long it is.
var MACsec = &Proto{Name: "MACsec", make: func() Table {
	return Table{
		Title: "802.1AE", Doc: "media access control security tag (IEEE 802.1AE)",
		Fields: []Field{
			{Name: "Ver", Bits: 1},
			{Name: "ES", Bits: 1},
			{Name: "SC", Bits: 1},
			{Name: "SCB", Bits: 1},
			{Name: "E", Bits: 1},
			{Name: "C", Bits: 1},
			{Name: "AN", Bits: 2, Aliases: []string{"an"}},
			{Name: "reserved", Bits: 2},
			{Name: "SL", Bits: 6, Aliases: []string{"shortlen"}},
			{Name: "PN", Bits: 32, Default: 1, Aliases: []string{"pn"}},
			{Name: "SCI", Kind: Var, Type: "PacketField", DefaultValue: one(MACsecSCI), Aliases: []string{"sci"},
				Codec: onePacket{func(*Layer, []byte) *Proto { return MACsecSCI }},
				Size:  func(*Layer, []byte) int { return 8 },
				When:  func(l *Layer) bool { return l.Uint(2) != 0 }},
			{Name: "type", Kind: Hex, Bits: 16, Enum: EtherTypes, When: func(l *Layer) bool { return l.Uint(4) == 0 }},
		},
		Summary: func(at At) (string, []*Proto) {
			s := "an=" + FieldText(at, 6) + ", pn=" + FieldText(at, 9)
			if sci, ok := at.Value(10).(*Packet); ok && at.Exists(10) {
				s += ", sci=" + sci.Summary()
			}
			if at.Layer().IsSet(11) {
				s += ", " + FieldText(at, 11)
			}
			return s, nil
		},
		Next: func(at At, _ []byte) *Proto {
			if at.Uint(4) != 0 {
				return NoNext // encrypted
			}
			return nil
		},
	}
}}

// MACsecSCI identifies a secure channel (802.1AE-2018 §9.9).
var MACsecSCI = &Proto{Name: "MACsecSCI", Table: Table{
	Title: "SCI", Doc: "secure channel identifier of MACsec (IEEE 802.1AE)",
	Fields: []Field{
		{Name: "system_identifier", Kind: HWAddr, Bits: 48},
		{Name: "port_identifier", Bits: 16},
	},
}}

func bindMACsec() {
	mustBindType(MACsec, 0x88e5)
	for _, b := range []struct {
		upper *Proto
		num   int
	}{{IP, 0x800}, {IPv6, 0x86dd}, {ARP, 0x806}, {Dot1Q, 0x8100}} {
		mustBind(MACsec, b.upper, "type", b.num)
	}
}

func macsecTables() family {
	return family{
		tables: []*Proto{MACsec, MACsecSCI},
		bind:   bindMACsec,
	}
}
