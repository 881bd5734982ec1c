package layers

import "pktsh/internal/inetsum"

// OSPF version 2 (RFC 2328, appendix A).

// Field positions in OSPF_Hdr.
const (
	ospfType     = 1
	ospfLen      = 2
	ospfChksum   = 5
	ospfAuthtype = 6
)

var (
	ospfOptions  = &FlagSet{Names: []string{"MT", "E", "MC", "NP", "L", "DC", "O", "DN"}}
	ospfLSATypes = &Enum{List: Named{{1, "router"}, {2, "network"}, {3, "summaryIP"}, {4, "summaryASBR"}, {5, "external"},
		{7, "NSSAexternal"}, {9, "linkScopeOpaque"}, {10, "areaScopeOpaque"}, {11, "asScopeOpaque"}}}
)

func ospfCrypto(l *Layer) bool { return l.Uint(ospfAuthtype) == 2 }

// OSPF_Hdr is the header of every packet (RFC 2328 §A.3.1).
var OSPF_Hdr = &Proto{Name: "OSPF_Hdr", Table: Table{
	Title: "OSPF Header",
	Doc:   "Open Shortest Path First, version 2 (RFC 2328)",
	Fields: []Field{
		{Name: "version", Bits: 8, Default: 2},
		{Name: "type", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "Hello"}, {2, "DBDesc"}, {3, "LSReq"}, {4, "LSUpd"}, {5, "LSAck"}}}},
		{Name: "len", Bits: 16, Len: totalLen},
		{Name: "src", Kind: Addr4, Bits: 32, Default: 0x01010101},
		{Name: "area", Kind: Addr4, Bits: 32},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
		{Name: "authtype", Bits: 16, Enum: &Enum{List: Named{{0, "Null"}, {1, "Simple"}, {2, "Crypto"}}}},
		{Name: "authdata", Kind: Hex, Bits: 64, When: func(l *Layer) bool { return !ospfCrypto(l) }},
		{Name: "reserved", Kind: Hex, Bits: 16, When: ospfCrypto},
		{Name: "keyid", Bits: 8, Default: 1, When: ospfCrypto},
		{Name: "authdatalen", Bits: 8, When: ospfCrypto},
		{Name: "seq", Kind: Hex, Bits: 32, When: ospfCrypto},
	},
	PayloadLen: func(l *Layer, headerLen int, rest []byte) int { return max(int(l.Uint(ospfLen))-headerLen, 0) },
	Finish: func(b *Build) {
		// The checksum leaves the authentication data out (RFC 2328 §A.3.1).
		if l := b.Layer(); !l.IsSet(ospfChksum) && !ospfCrypto(l) && len(b.Header()) >= 24 {
			all := b.HeaderAndPayload()
			putBits(b.Header(), 12*8, 16, uint64(fold(inetsum.Add(inetsum.Add(0, all[:16]), all[24:]))))
		}
	},
}}

// The packets.
var (
	OSPF_Hello = &Proto{Name: "OSPF_Hello", Table: Table{
		Title: "OSPF Hello", Doc: "OSPF hello (RFC 2328 §A.3.2)",
		Fields: []Field{
			{Name: "mask", Kind: Addr4, Bits: 32, Default: 0xffffff00},
			{Name: "hellointerval", Bits: 16, Default: 10},
			{Name: "options", Kind: Flag, Bits: 8, Flags: ospfOptions},
			{Name: "prio", Bits: 8, Default: 1},
			{Name: "deadinterval", Bits: 32, Default: 40},
			{Name: "router", Kind: Addr4, Bits: 32},
			{Name: "backup", Kind: Addr4, Bits: 32},
			{Name: "neighbors", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: addrList{4}},
		},
	}}
	OSPF_DBDesc = &Proto{Name: "OSPF_DBDesc", make: func() Table {
		return Table{
			Title: "OSPF Database Description", Doc: "OSPF database description (RFC 2328 §A.3.3)",
			Fields: rows(
				Field{Name: "mtu", Bits: 16, Default: 1500},
				Field{Name: "options", Kind: Flag, Bits: 8, Flags: ospfOptions},
				Field{Name: "dbdescr", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{"MS", "M", "I", "R", "4", "3", "2", "1"}}},
				Field{Name: "ddseq", Bits: 32, Default: 1},
				packetsOf("lsaheaders", OSPF_LSA_Hdr)),
		}
	}}
	OSPF_LSReq = &Proto{Name: "OSPF_LSReq", make: func() Table {
		return Table{
			Title: "OSPF Link State Request (container)", Doc: "OSPF link state request (RFC 2328 §A.3.4)",
			Fields: rows(packetsOf("requests", OSPF_LSReq_Item)),
		}
	}}
	OSPF_LSReq_Item = &Proto{Name: "OSPF_LSReq_Item", Table: Table{
		Title: "OSPF Link State Request (item)", Doc: "one request of an OSPF link state request",
		Fields: []Field{
			{Name: "type", Bits: 32, Default: 1, Enum: ospfLSATypes},
			{Name: "id", Kind: Addr4, Bits: 32, Default: 0x01010101},
			{Name: "adrouter", Kind: Addr4, Bits: 32, Default: 0x01010101},
		},
	}}
	OSPF_LSUpd = &Proto{Name: "OSPF_LSUpd", make: func() Table {
		return Table{
			Title: "OSPF Link State Update", Doc: "OSPF link state update (RFC 2328 §A.3.5)",
			Fields: []Field{
				{Name: "lsacount", Bits: 32, Type: "FieldLenField", Auto: countOf(1)},
				{Name: "lsalist", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: ospfLSAs},
			},
		}
	}}
	OSPF_LSAck = &Proto{Name: "OSPF_LSAck", make: func() Table {
		return Table{
			Title: "OSPF Link State Acknowledgement", Doc: "OSPF link state acknowledgement (RFC 2328 §A.3.6)",
			Fields: rows(packetsOf("lsaheaders", OSPF_LSA_Hdr)),
		}
	}}
)

var ospfLSAs = packetList{
	next: func(_ *Layer, b []byte) *Proto {
		if len(b) < 20 {
			return nil
		}
		if p := ospfLSATables[b[3]]; p != nil {
			return p
		}
		return OSPF_LSA_Hdr
	},
	size: func(_ *Layer, b []byte) int { return int(getBits(b, 18*8, 16)) },
}

// ospfLSATables are link state advertisements (RFC 2328 §A.4) by type.
var ospfLSATables map[byte]*Proto

// OSPF_LSA_Hdr is the header of an advertisement by itself (RFC 2328 §A.4.1).
var OSPF_LSA_Hdr = &Proto{Name: "OSPF_LSA_Hdr", Table: Table{
	Title: "OSPF LSA Header", Doc: "header of an OSPF link state advertisement (RFC 2328 §A.4.1)",
	Fields: []Field{
		{Name: "age", Bits: 16, Default: 1},
		{Name: "options", Kind: Flag, Bits: 8, Flags: ospfOptions},
		{Name: "type", Bits: 8, Default: 1, Enum: ospfLSATypes},
		{Name: "id", Kind: Addr4, Bits: 32, Default: 0xc0a80000},
		{Name: "adrouter", Kind: Addr4, Bits: 32, Default: 0x01010101},
		{Name: "seq", Kind: Hex, Bits: 32, Default: 0x80000001},
		{Name: "chksum", Kind: Hex, Bits: 16},
		{Name: "len", Bits: 16, Default: 36},
	},
}}

func linkOSPF() {
	ospfLSATables = map[byte]*Proto{
		1:  OSPF_Router_LSA,
		2:  OSPF_Network_LSA,
		3:  OSPF_SummaryIP_LSA,
		4:  OSPF_SummaryASBR_LSA,
		5:  OSPF_External_LSA,
		7:  OSPF_NSSA_External_LSA,
		9:  OSPF_Link_Scope_Opaque_LSA,
		10: OSPF_Area_Scope_Opaque_LSA,
		11: OSPF_AS_Scope_Opaque_LSA,
	}
}

// ospfLSA makes the table of an advertisement.
func ospfLSA(title string, typ, id, router uint64, fields ...any) Table {
	return Table{
		Title: title, Doc: title + " (RFC 2328 §A.4)",
		Fields: rows(append([]any{[]Field{
			{Name: "age", Bits: 16, Default: 1},
			{Name: "options", Kind: Flag, Bits: 8, Flags: ospfOptions},
			{Name: "type", Bits: 8, Default: typ},
			{Name: "id", Kind: Addr4, Bits: 32, Default: id},
			{Name: "adrouter", Kind: Addr4, Bits: 32, Default: router},
			{Name: "seq", Kind: Hex, Bits: 32, Default: 0x80000001},
			{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
			{Name: "len", Bits: 16, Len: headerLen},
		}}, fields...)...),
		Finish: finishLSA,
	}
}

// finishLSA is the Fletcher checksum of the advertisement without its age (RFC
// 905, annex B): the two bytes that make both sums zero.
func finishLSA(b *Build) {
	if !b.Layer().IsSet(6) {
		putFletcher(b)
	}
}

// putFletcher puts the checksum into an advertisement.
func putFletcher(b *Build) {
	const at = 14 // of the checksum, behind the age
	data := b.Header()[2:]
	x, y := FletcherCheck(data, at)
	data[at], data[at+1] = x, y
}

// OSPF_Link is a link of a router's advertisement (RFC 2328 §A.4.2).
var OSPF_Link = &Proto{Name: "OSPF_Link", Table: Table{
	Title: "OSPF Link", Doc: "link in an OSPF router advertisement (RFC 2328 §A.4.2)",
	Fields: []Field{
		{Name: "id", Kind: Addr4, Bits: 32, Default: 0xc0a80000},
		{Name: "data", Kind: Addr4, Bits: 32, Default: 0xffffff00},
		{Name: "type", Bits: 8, Default: 3, Enum: &Enum{List: Named{{1, "p2p"}, {2, "transit"}, {3, "stub"}, {4, "virtual"}}}},
		{Name: "toscount", Bits: 8},
		{Name: "metric", Bits: 16, Default: 10},
		{Name: "tos", Bits: 8, When: ospfTOS},
		{Name: "reserved", Bits: 8, When: ospfTOS},
		{Name: "tosmetric", Bits: 16, When: ospfTOS},
	},
}}

func ospfTOS(l *Layer) bool { return l.Uint(3) > 0 }

func ospfExternal() []Field {
	return []Field{
		{Name: "mask", Kind: Addr4, Bits: 32, Default: 0xffffff00},
		{Name: "ebit", Kind: Flag, Bits: 1, Flags: &FlagSet{Names: []string{"E"}}},
		{Name: "reserved", Bits: 7},
		{Name: "metric", Kind: Hex, Bits: 24, Type: "X3BytesField", Default: 20},
		{Name: "fwdaddr", Kind: Addr4, Bits: 32},
		{Name: "tag", Kind: Hex, Bits: 32},
	}
}

func ospfSummary(mask, metric uint64) []Field {
	return []Field{
		{Name: "mask", Kind: Addr4, Bits: 32, Default: mask},
		{Name: "reserved", Bits: 8},
		{Name: "metric", Kind: Hex, Bits: 24, Type: "X3BytesField", Default: metric},
	}
}

func ospfOpaque(title string, typ uint64) Table {
	return ospfLSA(title, typ, 0xc0000201, 0xc6336464, Field{Name: "data", Kind: Var, Type: "StrLenField", DefaultValue: []byte("data")})
}

// The advertisements.
var (
	OSPF_Router_LSA = &Proto{Name: "OSPF_Router_LSA", make: func() Table {
		return ospfLSA("OSPF Router LSA", 1, 0x01010101, 0x01010101,
			Field{Name: "flags", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{"B", "E", "V", "W", "Nt"}}},
			Field{Name: "reserved", Bits: 8},
			Field{Name: "linkcount", Bits: 16, Type: "FieldLenField", Auto: countOf(11)},
			packetsOf("linklist", OSPF_Link))
	}}
	OSPF_Network_LSA = &Proto{Name: "OSPF_Network_LSA", make: func() Table {
		return ospfLSA("OSPF Network LSA", 2, 0xc0a80000, 0x01010101,
			Field{Name: "mask", Kind: Addr4, Bits: 32, Default: 0xffffff00},
			Field{Name: "routerlist", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: addrList{4}})
	}}
	OSPF_SummaryIP_LSA = &Proto{Name: "OSPF_SummaryIP_LSA", make: func() Table {
		return ospfLSA("OSPF Summary LSA (IP Network)", 3, 0xc0a80000, 0x01010101, ospfSummary(0xffffff00, 10))
	}}
	OSPF_SummaryASBR_LSA = &Proto{Name: "OSPF_SummaryASBR_LSA", make: func() Table {
		return ospfLSA("OSPF Summary LSA (AS Boundary Router)", 4, 0x02020202, 0x01010101, ospfSummary(0, 20))
	}}
	OSPF_External_LSA          = &Proto{Name: "OSPF_External_LSA", make: func() Table { return ospfLSA("OSPF External LSA (ASBR)", 5, 0xc0a80000, 0x02020202, ospfExternal()) }}
	OSPF_NSSA_External_LSA     = &Proto{Name: "OSPF_NSSA_External_LSA", make: func() Table { return ospfLSA("OSPF NSSA External LSA", 7, 0xc0a80000, 0x02020202, ospfExternal()) }}
	OSPF_Link_Scope_Opaque_LSA = &Proto{Name: "OSPF_Link_Scope_Opaque_LSA", make: func() Table { return ospfOpaque("OSPF Link Scope External LSA", 9) }}
	OSPF_Area_Scope_Opaque_LSA = &Proto{Name: "OSPF_Area_Scope_Opaque_LSA", make: func() Table { return ospfOpaque("OSPF Area Scope External LSA", 10) }}
	OSPF_AS_Scope_Opaque_LSA   = &Proto{Name: "OSPF_AS_Scope_Opaque_LSA", make: func() Table { return ospfOpaque("OSPF AS Scope External LSA", 11) }}
)

func bindOSPF() {
	mustBind(IP, OSPF_Hdr, "proto", 89)
	for typ, upper := range []*Proto{1: OSPF_Hello, OSPF_DBDesc, OSPF_LSReq, OSPF_LSUpd, OSPF_LSAck} {
		if upper != nil {
			mustBind(OSPF_Hdr, upper, "type", typ)
		}
	}
}

func ospfTables() family {
	return family{
		tables: []*Proto{
			OSPF_Hdr, OSPF_Hello, OSPF_DBDesc, OSPF_LSReq, OSPF_LSReq_Item, OSPF_LSUpd, OSPF_LSAck, OSPF_LSA_Hdr, OSPF_Link,
			OSPF_Router_LSA, OSPF_Network_LSA, OSPF_SummaryIP_LSA, OSPF_SummaryASBR_LSA, OSPF_External_LSA, OSPF_NSSA_External_LSA,
			OSPF_Link_Scope_Opaque_LSA, OSPF_Area_Scope_Opaque_LSA, OSPF_AS_Scope_Opaque_LSA,
		},
		link: linkOSPF,
		bind: bindOSPF,
	}
}
