package layers

import (
	"fmt"
	"slices"
)

// The internet key exchange, version 2 (RFC 7296): a header, then payloads each of which names the next.

// Field positions that the tables of payloads share, and some of IKEv2.
const (
	ikeLength  = 2
	ikeVersion = 17 // byte in the header
	ikeFlags   = 5
	ikeSPISize = 5 // in a proposal
)

// IKEv2 is the header of a message (RFC 7296 §3.1). What comes with another version on its port is ISAKMP.
var IKEv2 = &Proto{Name: "IKEv2", Table: Table{
	Doc: "internet key exchange, version 2 (RFC 7296)",
	Fields: []Field{
		{Name: "init_SPI", Kind: Fixed, Bits: 64},
		{Name: "resp_SPI", Kind: Fixed, Bits: 64},
		{Name: "next_payload", Told: true, Bits: 8, Enum: ikePayloads, Derive: ikeNextType},
		{Name: "version", Kind: Hex, Bits: 8, Default: 0x20},
		{Name: "exch_type", Bits: 8, Enum: ikeExchanges},
		{Name: "flags", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{
			"res0", "res1", "res2", "Initiator", "Version", "Response", "res6", "res7"}}},
		{Name: "id", Bits: 32},
		{Name: "length", Bits: 32, Len: totalLen},
	},
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && string(isakmpCookie(at)) == string(isakmpCookie(to))
	},
	Key: func(dst []byte, at At, _ bool) []byte { return append(dst, isakmpCookie(at)...) },
}}

// ikeNext is the type of the payload behind.
var ikeNext = Field{Name: "next_payload", Absent: true, Bits: 8, Enum: ikePayloads, Derive: ikeNextType}

func ikeNextType(at At) (any, bool) {
	above := at.Above().Proto()
	n := slices.Index(ikeProtos, above)
	return uint64(n), above != nil && n > 0
}

// ike makes the table of a payload (RFC 7296 §3.2).
func ike(title string, fields ...any) Table {
	return Table{Title: title, Doc: title + " payload (RFC 7296)",
		Fields: rows(append([]any{ikeNext, Field{Name: "res", Bits: 8}, Field{Name: "length", Bits: 16, Type: "FieldLenField", Len: headerLen}}, fields...)...)}
}

// ikePart makes a payload one of several parts, behind which stands another or none (RFC 7296 §3.3.1, §3.3.2).
func ikePart(t Table, typ uint64, name string) Table {
	t.Fields[0].Enum = &Enum{List: Named{{0, "last"}, {typ, name}}}
	return t
}

// ikeRest is the last field of a payload, with before bytes in front of it.
func ikeRest(name string, before int) Field {
	return Field{Name: name, Kind: Var, Type: "StrLenField", Size: sizeLess(ikeLength, before)}
}

// ikeChain is a field of payloads that name each other, whose first is p.
func ikeChain(name string, p *Proto, size func(l *Layer, rest []byte) int) Field {
	return blank(Field{Name: name, Kind: Var, Type: "PacketLenField", Codec: onePacket{func(*Layer, []byte) *Proto { return p }}, Size: size})
}

func ikeReserved() Field { return Field{Name: "res2", Kind: Hex, Bits: 24, Type: "X3BytesField"} }

// ikeID is who one end is, of the type in field 3 (RFC 7296 §3.5).
func ikeID() []Field {
	ip4 := &Field{Name: "ID", Kind: Addr4, Bits: 32, Default: 0x7f000001}
	ip6 := &Field{Name: "ID", Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("::1")}
	other := ikeRest("ID", 8)
	return []Field{
		{Name: "IDtype", Bits: 8, Default: 1, Enum: &Enum{text: "1 IPv4_addr\n2 FQDN\n3 Email_addr\n5 IPv6_addr\n11 Key\n"}},
		ikeReserved(),
		{Name: "ID", Type: "MultipleTypeField", Form: func(l *Layer) *Field {
			switch l.Uint(3) {
			case 1:
				return ip4
			case 5:
				return ip6
			}
			return &other
		}},
	}
}

// ikeSelectorList is a list of traffic selectors (RFC 7296 §3.13).
func ikeSelectorList() []Field {
	return []Field{
		{Name: "number_of_TSs", Bits: 8, Type: "FieldLenField", Auto: countOf(5)},
		ikeReserved(),
		{Name: "traffic_selector", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Size: sizeLess(ikeLength, 8),
			Codec: packetList{next: func(_ *Layer, b []byte) *Proto {
				switch b[0] {
				case 7:
					return IPv4TrafficSelector
				case 8:
					return IPv6TrafficSelector
				case 9:
					return EncryptedTrafficSelector
				}
				return RawTrafficSelector
			}}},
	}
}

// The payloads (RFC 7296 §3.3 to §3.15, RFC 7383 §2.5).
var (
	IKEv2_payload = &Proto{Name: "IKEv2_payload", make: func() Table {
		t := ike("IKEv2 Payload", ikeRest("load", 4))
		t.Fields[1] = Field{Name: "flags", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{
			"critical", "res1", "res2", "res3", "res4", "res5", "res6", "res7"}}}
		return t
	}}
	IKEv2_payload_SA = &Proto{Name: "IKEv2_payload_SA", make: func() Table {
		return ike("IKEv2 SA", ikeChain("prop", IKEv2_payload_Proposal, sizeLess(ikeLength, 4)))
	}}
	IKEv2_payload_Proposal = &Proto{Name: "IKEv2_payload_Proposal", make: func() Table {
		return ikePart(ike("IKEv2 Proposal",
			Field{Name: "proposal", Bits: 8, Default: 1},
			Field{Name: "proto", Bits: 8, Default: 1, Enum: &Enum{text: "1 IKEv2\n2 AH\n3 ESP\n"}},
			Field{Name: "SPIsize", Bits: 8, Type: "FieldLenField", Auto: lenOf(7, 0)},
			Field{Name: "trans_nb", Bits: 8, Auto: countLayers(8)},
			Field{Name: "SPI", Kind: Var, Type: "StrLenField", Size: sizeLess(ikeSPISize, 0)},
			ikeChain("trans", IKEv2_payload_Transform, func(l *Layer, _ []byte) int { return int(l.Uint(ikeLength)) - 8 - int(l.Uint(ikeSPISize)) })), 2, "Proposal")
	}}
	IKEv2_payload_Transform = &Proto{Name: "IKEv2_payload_Transform", make: func() Table {
		return ikePart(ike("IKE Transform",
			absent(Field{Name: "transform_type", Bits: 8, Enum: ikeTransforms}),
			Field{Name: "res2", Bits: 8},
			Field{Name: "transform_id", Bits: 16, Absent: true, Type: "MultiEnumField", Names: func(l *Layer) *Enum {
				if t := l.Uint(3); t < uint64(len(ikeTransformIDs)) {
					return ikeTransformIDs[t]
				}
				return nil
			}},
			Field{Name: "key_length", Kind: Var, Type: "IKEv2_Key_Length_Attribute", DefaultValue: uint64(0), Codec: ikeKeyBits{},
				When: func(l *Layer) bool { return l.IsSet(6) || l.IsSet(ikeLength) && l.Uint(ikeLength) > 8 },
				Size: func(*Layer, []byte) int { return 4 }}), 3, "Transform")
	}}
	IKEv2_payload_KE = &Proto{Name: "IKEv2_payload_KE", make: func() Table {
		return ike("IKEv2 Key Exchange", Field{Name: "group", Bits: 16, Enum: ikeGroups}, Field{Name: "res2", Bits: 16}, ikeRest("load", 8))
	}}
	IKEv2_payload_IDi     = &Proto{Name: "IKEv2_payload_IDi", make: func() Table { return ike("IKEv2 Identification - Initiator", ikeID()) }}
	IKEv2_payload_IDr     = &Proto{Name: "IKEv2_payload_IDr", make: func() Table { return ike("IKEv2 Identification - Responder", ikeID()) }}
	IKEv2_payload_CERT    = &Proto{Name: "IKEv2_payload_CERT", make: func() Table { return ike("IKEv2 Certificate", ikeCertificate(4)) }}
	IKEv2_payload_CERTREQ = &Proto{Name: "IKEv2_payload_CERTREQ", make: func() Table { return ike("IKEv2 Certificate Request", ikeCertificate(0)) }}
	IKEv2_payload_AUTH    = &Proto{Name: "IKEv2_payload_AUTH", make: func() Table {
		return ike("IKEv2 Authentication", absent(Field{Name: "auth_type", Bits: 8, Enum: ikeAuthTypes}), ikeReserved(), ikeRest("load", 8))
	}}
	IKEv2_payload_Nonce  = &Proto{Name: "IKEv2_payload_Nonce", make: func() Table { return ike("IKEv2 Nonce", ikeRest("load", 4)) }}
	IKEv2_payload_Notify = &Proto{Name: "IKEv2_payload_Notify", make: func() Table {
		return ike("IKEv2 Notify",
			absent(Field{Name: "proto", Bits: 8, Enum: &Enum{text: "0 Reserved\n1 IKE\n2 AH\n3 ESP\n"}}),
			Field{Name: "SPIsize", Bits: 8, Type: "FieldLenField", Auto: lenOf(6, 0)},
			Field{Name: "type", Bits: 16, Enum: ikeNotify},
			Field{Name: "SPI", Kind: Var, Type: "StrLenField", Size: sizeLess(4, 0)},
			Field{Name: "load", Kind: Var, Type: "StrLenField", Size: func(l *Layer, _ []byte) int { return int(l.Uint(ikeLength)) - 8 - int(l.Uint(4)) }})
	}}
	IKEv2_payload_Delete    = &Proto{Name: "IKEv2_payload_Delete", make: func() Table { return ike("IKEv2 Delete", ikeRest("vendorID", 4)) }}
	IKEv2_payload_VendorID  = &Proto{Name: "IKEv2_payload_VendorID", make: func() Table { return ike("IKEv2 Vendor ID", ikeRest("vendorID", 4)) }}
	IKEv2_payload_TSi       = &Proto{Name: "IKEv2_payload_TSi", make: func() Table { return ike("IKEv2 Traffic Selector - Initiator", ikeSelectorList()) }}
	IKEv2_payload_TSr       = &Proto{Name: "IKEv2_payload_TSr", make: func() Table { return ike("IKEv2 Traffic Selector - Responder", ikeSelectorList()) }}
	IKEv2_payload_Encrypted = &Proto{Name: "IKEv2_payload_Encrypted", make: func() Table {
		return ike("IKEv2 Encrypted and Authenticated", ikeRest("load", 4))
	}}
	IKEv2_payload_CP = &Proto{Name: "IKEv2_payload_CP", make: func() Table {
		attributes := packetsOf("attributes", ConfigurationAttribute)
		attributes.Size = sizeLess(ikeLength, 8)
		return ike("IKEv2 Configuration", Field{Name: "CFGType", Bits: 8, Default: 1, Enum: ikeConfigTypes}, ikeReserved(), attributes)
	}}
	IKEv2_payload_Encrypted_Fragment = &Proto{Name: "IKEv2_payload_Encrypted_Fragment", make: func() Table {
		return ike("IKEv2 Encrypted Fragment", Field{Name: "frag_number", Bits: 16, Default: 1}, Field{Name: "frag_total", Bits: 16, Default: 1}, ikeRest("load", 8))
	}}
	ConfigurationAttribute = &Proto{Name: "ConfigurationAttribute", make: func() Table {
		return Table{Title: "IKEv2 Configuration Attribute", Doc: "IKEv2 configuration attribute (RFC 7296 §3.15.1)", Fields: []Field{
			{Name: "type", Bits: 16, Default: 1, Enum: ikeConfigAttributes},
			{Name: "length", Bits: 16, Type: "FieldLenField", Len: headerLess(4)},
			{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)}}}
	}}
)

func ikeCertificate(encoding uint64) []Field {
	return []Field{{Name: "cert_type", Bits: 8, Default: encoding, Enum: ikeCertificates}, ikeRest("cert_data", 5)}
}

// ikeKeyBits is the attribute of a transform that says how long its key is (RFC 7296 §3.3.5).
type ikeKeyBits struct{}

const ikeKeyAttribute = 0x800e0000

func (ikeKeyBits) Decode(_ *Layer, b []byte) any {
	if len(b) == 4 && getBits(b, 0, 32)&0xffff0000 == ikeKeyAttribute {
		return getBits(b, 16, 16)
	}
	return RawVal(b)
}

func (ikeKeyBits) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if n, ok := v.(uint64); ok {
		return appendUint32(dst, ikeKeyAttribute|n), nil
	}
	b, _ := toBytes(v)
	return append(dst, b...), nil
}

func (ikeKeyBits) Parse(_ *Layer, v any) (any, error) {
	if r, ok := v.(RawVal); ok {
		return r, nil
	}
	n, ok := toUint(v)
	if !ok || n > 0xffff {
		return nil, fmt.Errorf("got %s, want 0..65535", describe(v))
	}
	return n, nil
}

// selector makes the table of a traffic selector (RFC 7296 §3.13.1).
func selector(title string, typ uint64, fields ...any) Table {
	list := rows(fields...)
	return Table{Title: title, Doc: title + " (RFC 7296 §3.13.1)", Fields: rows(
		Field{Name: "TS_type", Bits: 8, Default: typ, Enum: ikeSelectors},
		absent(Field{Name: "IP_protocol_ID", Bits: 8, Enum: ikeProtocols}),
		optionLen("length", 16, 4, list), list)}
}

func selectorPorts() []Field {
	return []Field{{Name: "start_port", Bits: 16}, {Name: "end_port", Bits: 16, Default: 65535}}
}

// The traffic selectors.
var (
	IPv4TrafficSelector = &Proto{Name: "IPv4TrafficSelector", make: func() Table {
		return selector("IKEv2 IPv4 Traffic Selector", 7, selectorPorts(),
			Field{Name: "starting_address_v4", Kind: Addr4, Bits: 32, Default: 0xc0a80001},
			Field{Name: "ending_address_v4", Kind: Addr4, Bits: 32, Default: 0xc0a800ff})
	}}
	IPv6TrafficSelector = &Proto{Name: "IPv6TrafficSelector", make: func() Table {
		return selector("IKEv2 IPv6 Traffic Selector", 8, selectorPorts(),
			Field{Name: "starting_address_v6", Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("2001::")},
			Field{Name: "ending_address_v6", Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("2001::")})
	}}
	EncryptedTrafficSelector = &Proto{Name: "EncryptedTrafficSelector", make: func() Table {
		return selector("IKEv2 Encrypted Traffic Selector", 9,
			Field{Name: "res", Bits: 8}, Field{Name: "starting_address_FC", Kind: Hex, Bits: 24, Type: "X3BytesField"},
			Field{Name: "res2", Bits: 8}, Field{Name: "ending_address_FC", Kind: Hex, Bits: 24, Type: "X3BytesField"},
			Field{Name: "starting_R_CTL", Bits: 8}, Field{Name: "ending_R_CTL", Bits: 8},
			Field{Name: "starting_type", Bits: 8}, Field{Name: "ending_type", Bits: 8})
	}}
	RawTrafficSelector = &Proto{Name: "RawTrafficSelector", make: func() Table {
		return selector("IKEv2 Traffic Selector", 0, Field{Name: "load", Kind: Var, Type: "StrLenField", Size: sizeLess(2, 4)})
	}}
)

// ikeProtos are the payloads with tables of their own, by type.
var ikeProtos []*Proto

func linkIKEv2() {
	ikeProtos = []*Proto{2: IKEv2_payload_Proposal, 3: IKEv2_payload_Transform, 33: IKEv2_payload_SA, IKEv2_payload_KE, IKEv2_payload_IDi, IKEv2_payload_IDr,
		IKEv2_payload_CERT, IKEv2_payload_CERTREQ, IKEv2_payload_AUTH, IKEv2_payload_Nonce, IKEv2_payload_Notify, IKEv2_payload_Delete,
		IKEv2_payload_VendorID, IKEv2_payload_TSi, IKEv2_payload_TSr, IKEv2_payload_Encrypted, IKEv2_payload_CP, 53: IKEv2_payload_Encrypted_Fragment}
	next := func(at At, _ []byte) *Proto {
		l := at.Layer()
		switch n := l.Uint(l.proto.Index("next_payload")); {
		case n == 0, l.proto == IKEv2 && l.Uint(ikeFlags)&1 != 0:
			return NoNext
		case n < uint64(len(ikeProtos)) && ikeProtos[n] != nil:
			return ikeProtos[n]
		}
		return IKEv2_payload
	}
	for _, p := range append(existing(ikeProtos), IKEv2, IKEv2_payload) {
		p.Next = next
	}
}

// ikeDispatch tells a message of version 2 from ISAKMP's.
func ikeDispatch(b []byte) *Proto {
	if len(b) > ikeVersion && b[ikeVersion] == 0x20 {
		return IKEv2
	}
	return nil
}

func ikev2Tables() family {
	return family{
		tables: []*Proto{IKEv2, IKEv2_payload, IKEv2_payload_Proposal, IKEv2_payload_Transform, IKEv2_payload_SA, IKEv2_payload_KE,
			IKEv2_payload_IDi, IKEv2_payload_IDr, IKEv2_payload_CERT, IKEv2_payload_CERTREQ, IKEv2_payload_AUTH, IKEv2_payload_Nonce,
			IKEv2_payload_Notify, IKEv2_payload_Delete, IKEv2_payload_VendorID, IKEv2_payload_TSi, IKEv2_payload_TSr,
			IKEv2_payload_Encrypted, IKEv2_payload_CP, IKEv2_payload_Encrypted_Fragment, ConfigurationAttribute,
			IPv4TrafficSelector, IPv6TrafficSelector, EncryptedTrafficSelector, RawTrafficSelector},
		link: linkIKEv2,
		bind: func() { mustBindDown(UDP, IKEv2, "sport", 500, "dport", 500) },
	}
}
