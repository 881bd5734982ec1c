package layers

// Raw is bytes that no protocol claims.
var Raw = &Proto{Name: "Raw", Table: Table{
	Doc:    "bytes that no protocol claims",
	Fields: []Field{{Name: "load", Kind: Var, Type: "StrField"}},
}}

// Padding is bytes behind the end that a length field named. It is sent after
// everything else and counted by no length or checksum.
var Padding = &Proto{Name: "Padding", Table: Table{
	Doc:    "bytes behind the end that a length field named",
	Fields: []Field{{Name: "load", Kind: Var, Type: "StrField"}},
}}

func rawTables() family { return family{tables: []*Proto{Raw, Padding}} }
