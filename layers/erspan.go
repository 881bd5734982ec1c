package layers

// Mirrored frames in GRE (draft-foschiano-erspan). A GRE header without a
// sequence number carries type I, which has no header of its own.

// ERSPAN_I is no header at all: the frame stands behind GRE, which has no sequence
// number then (draft-foschiano-erspan §4.1).
var ERSPAN_I = &Proto{Name: "ERSPAN_I", Table: Table{Title: "ERSPAN I", Doc: "mirrored frame, type I (draft-foschiano-erspan)",
	Next: func(At, []byte) *Proto { return Ether }}}

// ERSPAN_II is the header of a mirrored frame of type II.
var ERSPAN_II = &Proto{Name: "ERSPAN_II", Table: Table{
	Title: "ERSPAN II",
	Doc:   "mirrored frame, type II (draft-foschiano-erspan)",
	Fields: []Field{
		{Name: "ver", Bits: 4, Default: 1},
		{Name: "vlan", Bits: 12},
		{Name: "cos", Bits: 3},
		{Name: "en", Bits: 2},
		{Name: "t", Bits: 1},
		{Name: "session_id", Bits: 10},
		{Name: "reserved", Bits: 12},
		{Name: "index", Bits: 20},
	},
	Next: func(At, []byte) *Proto { return Ether },
}}

// ERSPAN_III is the header of a mirrored frame of type III.
var ERSPAN_III = &Proto{Name: "ERSPAN_III", Table: Table{
	Title: "ERSPAN III",
	Doc:   "mirrored frame, type III (draft-foschiano-erspan)",
	Fields: []Field{
		{Name: "ver", Bits: 4, Default: 2},
		{Name: "vlan", Bits: 12},
		{Name: "cos", Bits: 3},
		{Name: "bso", Bits: 2},
		{Name: "t", Bits: 1},
		{Name: "session_id", Bits: 10},
		{Name: "timestamp", Kind: Hex, Bits: 32},
		{Name: "sgt_other", Kind: Hex, Bits: 16},
		{Name: "p", Bits: 1},
		{Name: "ft", Bits: 5, Enum: &Enum{List: Named{{0, "Ethernet"}, {2, "IP"}}}},
		{Name: "hw", Bits: 6},
		{Name: "d", Bits: 1},
		{Name: "gra", Bits: 2, Enum: &Enum{List: Named{{0, "100us"}, {1, "100ns"}, {2, "IEEE 1588"}}}},
		{Name: "o", Bits: 1},
	},
	Next: func(at At, payload []byte) *Proto {
		l := at.Layer()
		switch {
		case l.Uint(13) == 1:
			return ERSPAN_PlatformSpecific
		case l.Uint(9) == 2:
			return IP
		}
		return Ether
	},
}}

// ERSPAN_PlatformSpecific stands behind an ERSPAN_III whose o says so
// (draft-foschiano-erspan §4.4).
var ERSPAN_PlatformSpecific = &Proto{Name: "ERSPAN_PlatformSpecific", Table: Table{
	Title: "PlatformSpecific", Doc: "what a platform adds to ERSPAN III (draft-foschiano-erspan)",
	Fields: []Field{
		{Name: "platf_id", Bits: 6},
		{Name: "info1", Bits: 26},
		{Name: "info2", Kind: Hex, Bits: 32},
	},
	Next: func(At, []byte) *Proto { return Ether },
}}

func erspanTables() family {
	return family{
		tables: []*Proto{ERSPAN_I, ERSPAN_II, ERSPAN_III, ERSPAN_PlatformSpecific},
		bind: func() {
			mustBind(GRE, ERSPAN_I, "proto", 0x88be, "seqnum_present", 0)
			mustBind(GRE, ERSPAN_II, "proto", 0x88be, "seqnum_present", 1)
			mustBindDown(GRE, ERSPAN_III, "proto", 0x22eb, "seqnum_present", 1)
			mustBindUp(GRE, ERSPAN_III, "proto", 0x22eb)
			mustBindUp(GRE, Ether, "proto", 0x88be, "seqnum_present", 0)
			mustBindDown(ERSPAN_III, ERSPAN_PlatformSpecific, "o", 1)
			mustBindDown(ERSPAN_III, Ether, "o", 0)
		},
	}
}
