package layers

import "slices"

// ISAKMP negotiates IPsec's keys (RFC 2408 §3.1): a header, then payloads each
// of which names the next.
var ISAKMP = &Proto{Name: "ISAKMP", Table: Table{
	Doc: "internet security association and key management protocol (RFC 2408)",
	Fields: []Field{
		{Name: "init_cookie", Kind: Fixed, Bits: 64},
		{Name: "resp_cookie", Kind: Fixed, Bits: 64},
		isakmpNext,
		{Name: "version", Kind: Hex, Bits: 8, Default: 0x10},
		{Name: "exch_type", Bits: 8, Enum: &Enum{text: "0 None\n1 base\n2 identity prot.\n3 auth only\n4 aggressive\n5 info\n"}},
		{Name: "flags", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{
			"encryption", "commit", "auth_only", "res3", "res4", "res5", "res6", "res7"}}},
		{Name: "id", Bits: 32},
		{Name: "length", Bits: 32, Len: totalLen},
	},
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && string(isakmpCookie(at)) == string(isakmpCookie(to))
	},
	Key: func(dst []byte, at At, _ bool) []byte { return append(dst, isakmpCookie(at)...) },
}}

func isakmpCookie(at At) []byte {
	cookie, _ := First(at.Value(0)).([]byte)
	return cookie
}

var (
	isakmpTypes = &Enum{text: "0 None\n1 SA\n2 Proposal\n3 Transform\n4 KE\n5 ID\n6 CERT\n7 CR\n8 Hash\n9 SIG\n10 Nonce\n11 Notification\n12 Delete\n13 VendorID\n"}
	isakmpNext  = Field{Name: "next_payload", Told: true, Bits: 8, Enum: isakmpTypes, Derive: func(at At) (any, bool) {
		above := at.Above().Proto()
		n := slices.Index(isakmpProtos, above)
		return uint64(n), above != nil && n > 0
	}}
)

// isakmpPayload makes the table of a payload (RFC 2408 §3.2).
func isakmpPayload(title string, fields ...Field) Table {
	return Table{
		Title: title, Doc: title + " payload (RFC 2408)",
		Fields: append([]Field{absent(isakmpNext), {Name: "res", Bits: 8}, {Name: "length", Bits: 16, Len: headerLen}}, fields...),
	}
}

// isakmpLoad is the last field of a payload, behind the before bytes in front of it.
func isakmpLoad(before int) Field {
	return Field{Name: "load", Kind: Var, Type: "StrLenField", Size: sizeLess(2, before)}
}

func isakmpPlain(title string) Table { return isakmpPayload(title, isakmpLoad(4)) }

// Field positions of a proposal.
const (
	proposalLength  = 2
	proposalSPISize = 5
	proposalTrans   = 8
)

// The payloads.
var (
	ISAKMP_payload           = &Proto{Name: "ISAKMP_payload", make: func() Table { return isakmpPlain("ISAKMP payload") }}
	ISAKMP_payload_VendorID  = &Proto{Name: "ISAKMP_payload_VendorID", make: func() Table { return isakmpPlain("ISAKMP Vendor ID") }}
	ISAKMP_payload_Nonce     = &Proto{Name: "ISAKMP_payload_Nonce", make: func() Table { return isakmpPlain("ISAKMP Nonce") }}
	ISAKMP_payload_KE        = &Proto{Name: "ISAKMP_payload_KE", make: func() Table { return isakmpPlain("ISAKMP Key Exchange") }}
	ISAKMP_payload_Hash      = &Proto{Name: "ISAKMP_payload_Hash", make: func() Table { return isakmpPlain("ISAKMP Hash") }}
	ISAKMP_payload_Transform = &Proto{Name: "ISAKMP_payload_Transform", make: func() Table {
		return isakmpPayload("IKE Transform",
			absent(Field{Name: "num", Bits: 8}),
			Field{Name: "id", Bits: 8, Default: 1, Enum: &Enum{text: "1 KEY_IKE\n"}},
			Field{Name: "res2", Bits: 16},
			Field{Name: "transforms", Kind: Var, Absent: true, Type: "ISAKMPTransformSetField", DefaultValue: List{}, Codec: isakmpAttributes{}, Size: sizeLess(2, 8)})
	}}
	ISAKMP_payload_Proposal = &Proto{Name: "ISAKMP_payload_Proposal", make: func() Table {
		return isakmpPayload("IKE proposal",
			Field{Name: "proposal", Bits: 8, Default: 1},
			Field{Name: "proto", Bits: 8, Default: 1, Enum: &Enum{text: "1 ISAKMP\n"}},
			Field{Name: "SPIsize", Bits: 8, Auto: lenOf(7, 0)},
			Field{Name: "trans_nb", Bits: 8, Auto: countLayers(proposalTrans)},
			Field{Name: "SPI", Kind: Var, Type: "StrLenField", Size: sizeLess(proposalSPISize, 0)},
			blank(Field{Name: "trans", Kind: Var, Type: "PacketLenField", Codec: onePacket{func(*Layer, []byte) *Proto { return ISAKMP_payload_Transform }},
				Size: func(l *Layer, _ []byte) int { return int(l.Uint(proposalLength)) - 8 - int(l.Uint(proposalSPISize)) }}))
	}}
	ISAKMP_payload_SA = &Proto{Name: "ISAKMP_payload_SA", make: func() Table {
		return isakmpPayload("ISAKMP SA",
			Field{Name: "DOI", Bits: 32, Default: 1, Enum: &Enum{text: "1 IPSEC\n"}},
			Field{Name: "situation", Bits: 32, Default: 1, Enum: &Enum{text: "1 identity\n"}},
			blank(Field{Name: "prop", Kind: Var, Type: "PacketLenField", Codec: onePacket{func(*Layer, []byte) *Proto { return ISAKMP_payload_Proposal }},
				Size: sizeLess(2, 12)}))
	}}
	ISAKMP_payload_ID = &Proto{Name: "ISAKMP_payload_ID", make: func() Table {
		return isakmpPayload("ISAKMP Identification",
			Field{Name: "IDtype", Bits: 8, Default: 1, Enum: &Enum{text: "1 IPv4_addr\n11 Key\n"}},
			Field{Name: "ProtoID", Bits: 8, Enum: &Enum{text: "0 Unused\n"}},
			Field{Name: "Port", Bits: 16, Enum: &Enum{text: "0 Unused\n"}},
			isakmpLoad(8))
	}}
)

// isakmpProtos are the payloads with tables of their own, by type.
var isakmpProtos []*Proto

func linkISAKMP() {
	isakmpProtos = []*Proto{1: ISAKMP_payload_SA, 2: ISAKMP_payload_Proposal, 3: ISAKMP_payload_Transform, 4: ISAKMP_payload_KE,
		5: ISAKMP_payload_ID, 8: ISAKMP_payload_Hash, 10: ISAKMP_payload_Nonce, 13: ISAKMP_payload_VendorID}
	ISAKMP.Dispatch = ikeDispatch
	next := func(at At, _ []byte) *Proto {
		l := at.Layer()
		switch n := l.Uint(l.proto.Index("next_payload")); {
		case n == 0, l.proto == ISAKMP && l.Uint(5)&1 != 0:
			return NoNext // the end, or encrypted
		case n < uint64(len(isakmpProtos)) && isakmpProtos[n] != nil:
			return isakmpProtos[n]
		}
		return ISAKMP_payload
	}
	for _, p := range append(isakmpProtos[1:], ISAKMP, ISAKMP_payload) {
		if p != nil {
			p.Next = next
		}
	}
}

func bindISAKMP() {
	mustBindPorts(UDP, ISAKMP, 500)
	mustBindDown(UDP, ISAKMP, "sport", 500, "dport", 500)
}

func isakmpTables() family {
	return family{
		tables: []*Proto{
			ISAKMP, ISAKMP_payload, ISAKMP_payload_VendorID, ISAKMP_payload_Nonce, ISAKMP_payload_KE, ISAKMP_payload_Hash,
			ISAKMP_payload_Transform, ISAKMP_payload_Proposal, ISAKMP_payload_SA, ISAKMP_payload_ID,
		},
		link: linkISAKMP,
		bind: bindISAKMP,
	}
}
