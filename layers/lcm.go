package layers

// Magic numbers of LCM's headers (lcm-proj.github.io, "UDP Multicast Protocol Description").
const (
	lcmShort      = 0x4c433032
	lcmFragmented = 0x4c433033
)

// LCM is lightweight communications and marshalling over UDP, a fragment or a
// whole message. There is no channel in fragments but the first.
var LCM = &Proto{Name: "LCM", Table: Table{
	Doc: "lightweight communications and marshalling (lcm-proj.github.io)",
	Fields: []Field{
		{Name: "Magic", Kind: Hex, Bits: 32, Default: lcmShort},
		{Name: "SequenceNumber", Bits: 32},
		{Name: "PayloadSize", Bits: 32, When: lcmIsFragment},
		{Name: "FragmentOffset", Bits: 32, When: lcmIsFragment},
		{Name: "FragmentNumber", Bits: 16, When: lcmIsFragment},
		{Name: "TotalFragments", Bits: 16, When: lcmIsFragment, Default: 1},
		{Name: "ChannelName", Kind: Var, Type: "StrNullField", Codec: CString{}, Size: CStringSize, DefaultValue: []byte{},
			When: func(l *Layer) bool { return !lcmIsFragment(l) || l.Uint(4) == 0 }},
	},
	Dispatch: func(b []byte) *Proto {
		if len(b) < 8 || getBits(b, 0, 32) != lcmShort && getBits(b, 0, 32) != lcmFragmented {
			return Raw
		}
		return nil
	},
}}

func lcmIsFragment(l *Layer) bool { return l.Uint(0) == lcmFragmented }

func bindLCM() {
	mustBindUp(UDP, LCM, "dport", 7667)
	mustBindDown(UDP, LCM, "dport", 7667)
}

func lcmTables() family {
	return family{
		tables: []*Proto{LCM},
		bind:   bindLCM,
	}
}
