package layers

// PrismHeader is what the drivers of Prism cards tell of a frame, in front of it
// (LINKTYPE_IEEE802_11_PRISM, 119): values each with an identifier, a status and a length.
var PrismHeader = &Proto{Name: "PrismHeader", make: func() Table {
	return Table{
		Title:  "Prism header",
		Doc:    "radio information of Prism cards in front of 802.11 frames (LINKTYPE_IEEE802_11_PRISM)",
		Fields: prismFields(),
		Next:   func(At, []byte) *Proto { return Dot11 },
	}
}}

func prismFields() []Field {
	number := func(name string, value uint64) Field {
		return Field{Name: name, Bits: 32, Little: true, Default: value, Type: "LEIntField"}
	}
	out := []Field{number("msgcode", 68), number("len", 144), {Name: "dev", Kind: Fixed, Bits: 128}}
	for _, name := range []string{"hosttime", "mactime", "channel", "rssi", "sq", "signal", "noise", "rate", "istx", "frmlen"} {
		out = append(out, number(name+"_did", 0), little16(name+"_status", 0), little16(name+"_len", 0), number(name, 0))
	}
	return out
}

func prismTables() family { return family{tables: []*Proto{PrismHeader}} }
