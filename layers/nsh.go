package layers

// Field positions in NSH.
const (
	nshLength = 4
	nshMDType = 6
)

// NSH is the network service header (RFC 8300 §2).
var NSH = &Proto{Name: "NSH", make: func() Table {
	return Table{
		Doc: "network service header (RFC 8300)",
		Fields: []Field{
			{Name: "ver", Bits: 2},
			{Name: "oam", Bits: 1},
			{Name: "unused1", Bits: 1},
			{Name: "ttl", Bits: 6, Default: 63},
			{Name: "length", Bits: 6, Type: "BitFieldLenField", Len: func(header, _ int) int { return (header + 3) / 4 }},
			{Name: "unused2", Bits: 4},
			{Name: "mdtype", Bits: 4, Default: 1, Enum: &Enum{List: Named{
				{0, "Reserved MDType"}, {1, "Fixed Length"}, {2, "Variable Length"}, {15, "Experimental MDType"}}}},
			{Name: "nextproto", Bits: 8, Default: 3, Enum: &Enum{List: Named{
				{1, "IPv4"}, {2, "IPv6"}, {3, "Ethernet"}, {4, "NSH"}, {5, "MPLS"}, {0xfe, "Experiment 1"}, {0xff, "Experiment 2"}}}},
			{Name: "spi", Kind: Hex, Bits: 24, Type: "X3BytesField"},
			{Name: "si", Bits: 8, Default: 255},
			{Name: "context_header", Kind: Fixed, Bits: 128, Type: "XStrFixedLenField", When: func(l *Layer) bool { return l.Uint(nshMDType) == 1 }},
			{Name: "vlch", Kind: Var, Type: "PacketListField", DefaultValue: List{}, When: func(l *Layer) bool { return l.Uint(nshMDType) == 2 },
				Codec: packetList{next: func(*Layer, []byte) *Proto { return NSHTLV }},
				Size:  func(l *Layer, _ []byte) int { return int(l.Uint(nshLength))*4 - 8 }},
		},
		Summary: summaryOf("SPI: %spi% - SI: %si%"),
	}
}}

// NSHTLV is a context header of variable length, filled up to words (RFC 8300 §2.5.1).
var NSHTLV = &Proto{Name: "NSHTLV", Table: Table{
	Doc: "context header of the network service header (RFC 8300)",
	Fields: []Field{
		{Name: "class_", Bits: 16},
		{Name: "type", Bits: 8},
		{Name: "reserved", Bits: 1},
		{Name: "length", Bits: 7, Type: "BitFieldLenField", Auto: lenOf(4, 0)},
		{Name: "metadata", Kind: Var, Type: "StrLenField", Size: sizeLess(3, 0)},
		{Name: "padding", Kind: Var, Type: "StrLenField", Derive: nshPadding, Tacit: func(l *Layer) bool { return !anyByte(l.own(5)) }, Size: func(l *Layer, _ []byte) int { return int(-l.Uint(3) & 3) }},
	},
}}

// nshPadding fills the metadata up to a word.
func nshPadding(at At) (any, bool) {
	b, _ := toBytes(First(at.Value(4)))
	return make([]byte, -len(b)&3), true
}

func nshTables() family {
	return family{
		tables: []*Proto{NSH, NSHTLV},
		bind: func() {
			mustBindType(NSH, 0x894f)
			mustBind(GRE, NSH, "proto", 0x894f)
			mustBind(VXLAN, NSH, "flags", 0xc, "NextProtocol", 4)
			for _, b := range []struct {
				upper *Proto
				num   int
			}{{IP, 1}, {IPv6, 2}, {Ether, 3}, {NSH, 4}, {MPLS, 5}} {
				mustBind(NSH, b.upper, "nextproto", b.num)
			}
		},
	}
}
