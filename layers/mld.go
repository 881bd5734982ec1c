package layers

// IPv6 multicast listener discovery: version 1 (RFC 2710) and 2 (RFC 3810).

func mld(title, doc string, typ, delay uint64) Table {
	return icmp6("MLD - Multicast Listener "+title, doc, typ, nil, mldFields(delay)...)
}

func mldFields(delay uint64) []Field {
	return []Field{
		{Name: "mrd", Bits: 16, Default: delay},
		{Name: "reserved", Bits: 16},
		{Name: "mladdr", Kind: Addr6, Bits: 128},
	}
}

// Field positions in ICMPv6MLQuery2 and ICMPv6MLDMultAddrRec.
const (
	mlq2Number  = 10
	mlq2Sources = 11
	mlrAuxLen   = 1
	mlrNumber   = 2
	mlrSources  = 4
	mlrAux      = 5
)

// The messages.
var (
	ICMPv6MLQuery  = &Proto{Name: "ICMPv6MLQuery", make: func() Table { return mld("Query", "multicast listener query (RFC 2710)", 130, 10000) }}
	ICMPv6MLReport = &Proto{Name: "ICMPv6MLReport", make: func() Table { return mld("Report", "multicast listener report (RFC 2710)", 131, 0) }}
	ICMPv6MLDone   = &Proto{Name: "ICMPv6MLDone", make: func() Table { return mld("Done", "multicast listener done (RFC 2710)", 132, 0) }}

	ICMPv6MLQuery2 = &Proto{Name: "ICMPv6MLQuery2", make: func() Table {
		return icmp6("MLDv2 - Multicast Listener Query",
			"multicast listener query of version 2 (RFC 3810)", 130, nil,
			append(mldFields(10000),
				Field{Name: "Resv", Bits: 4},
				Field{Name: "S", Bits: 1},
				Field{Name: "QRV", Bits: 3},
				Field{Name: "QQIC", Bits: 8},
				Field{Name: "sources_number", Bits: 16,
					Auto: func(b *Build) uint64 { return uint64(b.varLenAt(mlq2Sources) / 16) }},
				Field{Name: "sources", Kind: Var, Type: "IP6ListField", DefaultValue: List{}, Codec: addrList{16},
					Size: func(l *Layer, rest []byte) int { return int(l.Uint(mlq2Number)) * 16 }})...)
	}}

	ICMPv6MLReport2 = &Proto{Name: "ICMPv6MLReport2", make: func() Table {
		t := icmp6("MLDv2 - Multicast Listener Report",
			"multicast listener report of version 2 (RFC 3810)", 143, nil,
			Field{Name: "reserved", Bits: 16},
			Field{Name: "records_number", Bits: 16, Auto: countOf(5)},
			Field{Name: "records", Kind: Var, Type: "PacketListField", DefaultValue: List{},
				Codec: packetList{next: func(*Layer, []byte) *Proto { return ICMPv6MLDMultAddrRec }},
				Size:  recordsSize(4, 20, 16)})
		t.Fields[icmp6Code].Name = "res" // reserved, not a code (RFC 3810 §5.2)
		return t
	}}
)

// ICMPv6MLDMultAddrRec is a record of a version 2 report (RFC 3810 §5.2).
var ICMPv6MLDMultAddrRec = &Proto{Name: "ICMPv6MLDMultAddrRec", Table: Table{
	Title: "ICMPv6 MLDv2 - Multicast Address Record",
	Doc:   "record of a multicast listener report (RFC 3810)",
	Fields: []Field{
		{Name: "rtype", Bits: 8, Default: 4},
		{Name: "auxdata_len", Bits: 8, Type: "FieldLenField",
			Auto: func(b *Build) uint64 { return uint64((b.varLenAt(mlrAux) + 3) / 4) }},
		{Name: "sources_number", Bits: 16, Type: "FieldLenField",
			Auto: func(b *Build) uint64 { return uint64(b.varLenAt(mlrSources) / 16) }},
		{Name: "dst", Kind: Addr6, Bits: 128},
		{Name: "sources", Kind: Var, Type: "IP6ListField", DefaultValue: List{}, Codec: addrList{16},
			Size: func(l *Layer, rest []byte) int { return int(l.Uint(mlrNumber)) * 16 }},
		{Name: "auxdata", Kind: Var, Type: "StrLenField",
			Size: func(l *Layer, rest []byte) int { return int(l.Uint(mlrAuxLen)) * 4 }},
	},
}}
