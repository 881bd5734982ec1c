package layers

import (
	"fmt"
	"net/netip"
)

// OSPF version 3, for IPv6 (RFC 5340, appendix A).

var (
	ospf3Types = &Enum{List: Named{{0x0008, "link"}, {0x2001, "router"}, {0x2002, "network"}, {0x2003, "interAreaPrefix"},
		{0x2004, "interAreaRouter"}, {0x2007, "type7"}, {0x2009, "intraAreaPrefix"}, {0x4005, "asExternal"}}}
	ospf3Options = Field{Name: "options", Kind: Flag, Bits: 24, Type: "OSPFv3OptionsField",
		Flags: &FlagSet{Names: []string{"V6", "E", "MC", "N", "R", "DC", "AF", "L", "I", "F"}}}
	ospf3PrefixOptions = Field{Name: "prefixoptions", Kind: Flag, Bits: 8, Type: "OSPFv3PrefixOptionsField",
		Flags: &FlagSet{Names: []string{"NU", "LA", "MC", "P"}}}
)

const ospf3Len = 2 // position of OSPFv3_Hdr.len

// OSPFv3_Hdr is the header of every packet (RFC 5340 §A.3.1).
var OSPFv3_Hdr = &Proto{Name: "OSPFv3_Hdr", Table: Table{
	Title: "OSPFv3 Header",
	Doc:   "Open Shortest Path First, version 3 (RFC 5340)",
	Fields: []Field{
		{Name: "version", Bits: 8, Default: 3},
		{Name: "type", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "Hello"}, {2, "DBDesc"}, {3, "LSReq"}, {4, "LSUpd"}, {5, "LSAck"}}}},
		{Name: "len", Bits: 16, Len: totalLen},
		{Name: "src", Kind: Addr4, Bits: 32, Default: 0x01010101},
		{Name: "area", Kind: Addr4, Bits: 32},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
		{Name: "instance", Bits: 8},
		{Name: "reserved", Bits: 8},
	},
	PayloadLen: func(l *Layer, headerLen int, rest []byte) int { return max(int(l.Uint(ospf3Len))-headerLen, 0) },
	Sum:        &Sum{Field: 5, Pseudo: 89},
}}

// The packets.
var (
	OSPFv3_Hello = &Proto{Name: "OSPFv3_Hello", make: func() Table {
		return Table{Title: "OSPFv3 Hello", Doc: "OSPFv3 hello (RFC 5340 §A.3.2)", Fields: []Field{
			{Name: "intid", Bits: 32},
			{Name: "prio", Bits: 8, Default: 1},
			ospf3Options,
			{Name: "hellointerval", Bits: 16, Default: 10},
			{Name: "deadinterval", Bits: 16, Default: 40},
			{Name: "router", Kind: Addr4, Bits: 32},
			{Name: "backup", Kind: Addr4, Bits: 32},
			{Name: "neighbors", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: addrList{4}}}}
	}}
	OSPFv3_DBDesc = &Proto{Name: "OSPFv3_DBDesc", make: func() Table {
		return Table{Title: "OSPFv3 Database Description", Doc: "OSPFv3 database description (RFC 5340 §A.3.3)", Fields: []Field{
			{Name: "reserved", Bits: 8},
			ospf3Options,
			{Name: "mtu", Bits: 16, Default: 1500},
			{Name: "reserved2", Bits: 8},
			{Name: "dbdescr", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{"MS", "M", "I", "R"}}},
			{Name: "ddseq", Bits: 32, Default: 1},
			packetsOf("lsaheaders", OSPFv3_LSA_Hdr)}}
	}}
	OSPFv3_LSReq = &Proto{Name: "OSPFv3_LSReq", make: func() Table {
		return Table{Title: "OSPFv3 Link State Request (container)", Doc: "OSPFv3 link state request (RFC 5340 §A.3.4)",
			Fields: rows(packetsOf("requests", OSPFv3_LSReq_Item))}
	}}
	OSPFv3_LSReq_Item = &Proto{Name: "OSPFv3_LSReq_Item", Table: Table{
		Title: "OSPFv3 Link State Request (item)", Doc: "one request of an OSPFv3 link state request (RFC 5340 §A.3.4)",
		Fields: []Field{
			{Name: "reserved", Bits: 16},
			{Name: "type", Bits: 16, Default: 0x2001, Enum: ospf3Types},
			{Name: "id", Kind: Addr4, Bits: 32, Default: 0x01010101},
			{Name: "adrouter", Kind: Addr4, Bits: 32, Default: 0x01010101},
		},
	}}
	OSPFv3_LSUpd = &Proto{Name: "OSPFv3_LSUpd", make: func() Table {
		return Table{Title: "OSPFv3 Link State Update", Doc: "OSPFv3 link state update (RFC 5340 §A.3.5)", Fields: []Field{
			{Name: "lsacount", Bits: 32, Type: "FieldLenField", Auto: countOf(1)},
			{Name: "lsalist", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: ospf3LSA, size: ospfLSAs.size}}}}
	}}
	OSPFv3_LSAck = &Proto{Name: "OSPFv3_LSAck", make: func() Table {
		return Table{Title: "OSPFv3 Link State Acknowledgement", Doc: "OSPFv3 link state acknowledgement (RFC 5340 §A.3.6)",
			Fields: rows(packetsOf("lsaheaders", OSPFv3_LSA_Hdr))}
	}}
)

// ospf3LSA is the table of the advertisement that b begins with.
func ospf3LSA(_ *Layer, b []byte) *Proto {
	if len(b) < 20 {
		return nil
	}
	switch getBits(b, 16, 16) {
	case 0x0008:
		return OSPFv3_Link_LSA
	case 0x2001:
		return OSPFv3_Router_LSA
	case 0x2002:
		return OSPFv3_Network_LSA
	case 0x2003:
		return OSPFv3_Inter_Area_Prefix_LSA
	case 0x2004:
		return OSPFv3_Inter_Area_Router_LSA
	case 0x2007:
		return OSPFv3_Type_7_LSA
	case 0x2009:
		return OSPFv3_Intra_Area_Prefix_LSA
	case 0x4005:
		return OSPFv3_AS_External_LSA
	}
	return OSPFv3_LSA_Hdr
}

// ospf3Header is the header of an advertisement (RFC 5340 §A.4.2).
func ospf3Header(typ uint64, chksum, length Field) []Field {
	return []Field{
		{Name: "age", Bits: 16, Default: 1},
		{Name: "type", Bits: 16, Default: typ, Enum: ospf3Types},
		{Name: "id", Kind: Addr4, Bits: 32},
		{Name: "adrouter", Kind: Addr4, Bits: 32, Default: 0x01010101},
		{Name: "seq", Kind: Hex, Bits: 32, Default: 0x80000001},
		chksum,
		length,
	}
}

// OSPFv3_LSA_Hdr is that header by itself.
var OSPFv3_LSA_Hdr = &Proto{Name: "OSPFv3_LSA_Hdr", make: func() Table {
	return Table{Title: "OSPFv3 LSA Header", Doc: "header of an OSPFv3 link state advertisement (RFC 5340 §A.4.2)",
		Fields: ospf3Header(0x2001, Field{Name: "chksum", Kind: Hex, Bits: 16}, Field{Name: "len", Bits: 16, Default: 36})}
}}

// ospf3 makes the table of an advertisement.
func ospf3(title string, typ uint64, fields ...any) Table {
	return Table{
		Title: "OSPFv3 " + title, Doc: "OSPFv3 advertisement: " + title + " (RFC 5340 §A.4)",
		Fields: rows(append([]any{ospf3Header(typ, Field{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero}, Field{Name: "len", Bits: 16, Len: headerLen})},
			fields...)...),
		Finish: func(b *Build) {
			if !b.Layer().IsSet(5) {
				putFletcher(b)
			}
		},
	}
}

// ospf3Prefix is a prefix in words (RFC 5340 §A.4.1), whose length stands in a field before it; between them
// are others.
func ospf3Prefix(between ...Field) []Field {
	return rows(
		Field{Name: "prefixlen", Bits: 8, Type: "FieldLenField", Auto: func(b *Build) uint64 {
			p, _ := prefixOf(b.At().Value(b.Layer().proto.Index("prefix")))
			return uint64(max(p.Bits(), 0))
		}}, between,
		Field{Name: "prefix", Kind: Var, Type: "IP6PrefixField", Codec: wordPrefix{}, DefaultValue: "2001:db8:0:42::/64",
			Size: func(l *Layer, _ []byte) int { return (int(l.Uint(l.proto.Index("prefixlen"))) + 31) / 32 * 4 }})
}

// prefixOf reads the text of a prefix of IPv6.
func prefixOf(v any) (netip.Prefix, bool) {
	s, _ := v.(string)
	p, err := netip.ParsePrefix(s)
	return p, err == nil && p.Addr().Is6()
}

// wordPrefix is a prefix as text, "2001:db8::/32", of as many words as its length takes.
type wordPrefix struct{}

func (wordPrefix) Decode(l *Layer, b []byte) any {
	n := int(l.Uint(l.proto.Index("prefixlen")))
	if n > 128 || len(b) != (n+31)/32*4 {
		return RawVal(b)
	}
	var a [16]byte
	copy(a[:], b)
	return netip.PrefixFrom(netip.AddrFrom16(a), n).String()
}

func (wordPrefix) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if p, ok := prefixOf(v); ok {
		return append(dst, p.Addr().AsSlice()[:(p.Bits()+31)/32*4]...), nil
	}
	b, _ := toBytes(v)
	return append(dst, b...), nil
}

func (wordPrefix) Parse(_ *Layer, v any) (any, error) {
	switch x := v.(type) {
	case RawVal:
		return x, nil
	case Net:
		v = x.Prefix.String()
	}
	if _, ok := prefixOf(v); !ok {
		return nil, fmt.Errorf("got %s, want a prefix such as \"2001:db8::/32\"", describe(v))
	}
	return v, nil
}

// Lists of prefixes in front of which is how many they are.
func ospf3Prefixes(count int) Field {
	f := packetsOf("prefixlist", OSPFv3_Prefix_Item)
	f.Size = func(l *Layer, rest []byte) int {
		size := 0
		for n := l.Uint(count); n > 0 && size < len(rest); n-- {
			size += 4 + (int(rest[size])+31)/32*4
		}
		return size
	}
	return f
}

// ospf3External is the body of an external route (RFC 5340 §A.4.7).
func ospf3External() []Field {
	return rows(
		Field{Name: "flags", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{"T", "F", "E"}}},
		Field{Name: "metric", Kind: Hex, Bits: 24, Type: "X3BytesField", Default: 20},
		ospf3Prefix(ospf3PrefixOptions, Field{Name: "reflstype", Bits: 16, Enum: ospf3Types}),
		Field{Name: "fwaddr", Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Unspecified(), When: func(l *Layer) bool { return l.Uint(7)&2 != 0 }},
		Field{Name: "tag", Bits: 32, When: func(l *Layer) bool { return l.Uint(7)&1 != 0 }},
		Field{Name: "reflsid", Kind: Addr4, Bits: 32, When: func(l *Layer) bool { return l.Uint(11) != 0 }})
}

// The advertisements and what they list.
var (
	OSPFv3_Link = &Proto{Name: "OSPFv3_Link", Table: Table{
		Title: "OSPFv3 Link", Doc: "link in an OSPFv3 router advertisement (RFC 5340 §A.4.3)",
		Fields: []Field{
			{Name: "type", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "p2p"}, {2, "transit"}, {3, "reserved"}, {4, "virtual"}}}},
			{Name: "reserved", Bits: 8},
			{Name: "metric", Bits: 16, Default: 10},
			{Name: "intid", Bits: 32},
			{Name: "neighintid", Bits: 32},
			{Name: "neighbor", Kind: Addr4, Bits: 32, Default: 0x02020202},
		},
	}}
	OSPFv3_Prefix_Item = &Proto{Name: "OSPFv3_Prefix_Item", make: func() Table {
		return Table{Title: "OSPFv3 Link Prefix Item", Doc: "prefix in an OSPFv3 advertisement (RFC 5340 §A.4.1)",
			Fields: ospf3Prefix(ospf3PrefixOptions, Field{Name: "metric", Bits: 16, Default: 10})}
	}}
	OSPFv3_Router_LSA = &Proto{Name: "OSPFv3_Router_LSA", make: func() Table {
		return ospf3("Router LSA", 0x2001, Field{Name: "flags", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{"B", "E", "V", "W"}}},
			ospf3Options, packetsOf("linklist", OSPFv3_Link))
	}}
	OSPFv3_Network_LSA = &Proto{Name: "OSPFv3_Network_LSA", make: func() Table {
		return ospf3("Network LSA", 0x2002, Field{Name: "reserved", Bits: 8}, ospf3Options,
			Field{Name: "routerlist", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: addrList{4}})
	}}
	OSPFv3_Inter_Area_Prefix_LSA = &Proto{Name: "OSPFv3_Inter_Area_Prefix_LSA", make: func() Table {
		return ospf3("Inter Area Prefix LSA", 0x2003, Field{Name: "reserved", Bits: 8},
			Field{Name: "metric", Kind: Hex, Bits: 24, Type: "X3BytesField", Default: 10},
			ospf3Prefix(ospf3PrefixOptions, Field{Name: "reserved2", Bits: 16}))
	}}
	OSPFv3_Inter_Area_Router_LSA = &Proto{Name: "OSPFv3_Inter_Area_Router_LSA", make: func() Table {
		return ospf3("Inter Area Router LSA", 0x2004, Field{Name: "reserved", Bits: 8}, ospf3Options, Field{Name: "reserved2", Bits: 8},
			Field{Name: "metric", Kind: Hex, Bits: 24, Type: "X3BytesField", Default: 1}, Field{Name: "router", Kind: Addr4, Bits: 32, Default: 0x02020202})
	}}
	OSPFv3_AS_External_LSA = &Proto{Name: "OSPFv3_AS_External_LSA", make: func() Table { return ospf3("AS External LSA", 0x4005, ospf3External()) }}
	OSPFv3_Type_7_LSA      = &Proto{Name: "OSPFv3_Type_7_LSA", make: func() Table { return ospf3("Type 7 LSA", 0x2007, ospf3External()) }}
	OSPFv3_Link_LSA        = &Proto{Name: "OSPFv3_Link_LSA", make: func() Table {
		return ospf3("Link LSA", 0x0008, Field{Name: "prio", Bits: 8, Default: 1}, ospf3Options,
			Field{Name: "lladdr", Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("fe80::")},
			Field{Name: "prefixes", Bits: 32, Type: "FieldLenField", Auto: countOf(11)}, ospf3Prefixes(10))
	}}
	OSPFv3_Intra_Area_Prefix_LSA = &Proto{Name: "OSPFv3_Intra_Area_Prefix_LSA", make: func() Table {
		return ospf3("Intra Area Prefix LSA", 0x2009, Field{Name: "prefixes", Bits: 16, Type: "FieldLenField", Auto: countOf(11)},
			Field{Name: "reflstype", Bits: 16, Enum: ospf3Types}, Field{Name: "reflsid", Kind: Addr4, Bits: 32},
			Field{Name: "refadrouter", Kind: Addr4, Bits: 32}, ospf3Prefixes(7))
	}}
)

func ospf3Tables() family {
	return family{
		tables: []*Proto{OSPFv3_Hdr, OSPFv3_Hello, OSPFv3_DBDesc, OSPFv3_LSReq, OSPFv3_LSReq_Item, OSPFv3_LSUpd, OSPFv3_LSAck, OSPFv3_LSA_Hdr,
			OSPFv3_Link, OSPFv3_Prefix_Item, OSPFv3_Router_LSA, OSPFv3_Network_LSA, OSPFv3_Inter_Area_Prefix_LSA, OSPFv3_Inter_Area_Router_LSA,
			OSPFv3_AS_External_LSA, OSPFv3_Type_7_LSA, OSPFv3_Link_LSA, OSPFv3_Intra_Area_Prefix_LSA},
		bind: func() {
			mustBindNext(OSPFv3_Hdr, 89)
			for typ, upper := range []*Proto{1: OSPFv3_Hello, OSPFv3_DBDesc, OSPFv3_LSReq, OSPFv3_LSUpd, OSPFv3_LSAck} {
				if upper != nil {
					mustBind(OSPFv3_Hdr, upper, "type", typ)
				}
			}
		},
	}
}
