package layers

// Methods of EAP with a table of their own.

// eapOf makes the table of a method's requests and responses: what all have (RFC
// 3748 §4.1), then fields.
func eapOf(title, doc string, typ uint64, fields ...Field) Table {
	return Table{Title: title, Doc: doc, PayloadIsPadding: true,
		Fields: rows(
			Field{Name: "code", Bits: 8, Enum: eapCodes, Default: 1},
			Field{Name: "id", Bits: 8},
			Field{Name: "len", Bits: 16, Type: "FieldLenField", Len: totalLen},
			Field{Name: "type", Bits: 8, Enum: eapTypes, Default: typ},
			fields),
		Summary: summaryOf("EAP %code% %type%"),
	}
}

// eapTLS makes the table of a method that carries TLS in fragments (RFC 5216 §3.1):
// flags, of which L says that the length of the whole follows, then fields up to the
// end of the flags, that length, and the fragment.
func eapTLS(title, doc string, typ uint64, length, data string, fields ...Field) Table {
	const flagL = 4
	return eapOf(title, doc, typ, rows(
		Field{Name: "L", Bits: 1}, Field{Name: "M", Bits: 1}, Field{Name: "S", Bits: 1},
		fields,
		Field{Name: length, Bits: 32, When: func(l *Layer) bool { return l.Uint(flagL) == 1 }},
		Field{Name: data, Kind: Var, Type: "XStrLenField", Size: func(l *Layer, _ []byte) int {
			return int(l.Uint(eapLen)) - 6 - 4*int(l.Uint(flagL))
		}})...)
}

var (
	EAP_MD5 = &Proto{Name: "EAP_MD5", parent: EAP, make: func() Table {
		return eapOf("EAP-MD5", "EAP with an MD5 challenge (RFC 3748)", 4,
			Field{Name: "value_size", Bits: 8, Type: "FieldLenField", Auto: lenOf(5, 0)},
			Field{Name: "value", Kind: Var, Type: "XStrLenField", Size: sizeLess(4, 0)},
			Field{Name: "optional_name", Kind: Var, Type: "XStrLenField",
				Size: func(l *Layer, _ []byte) int { return int(l.Uint(eapLen)) - int(l.Uint(4)) - 6 }})
	}}
	EAP_TLS = &Proto{Name: "EAP_TLS", parent: EAP, make: func() Table {
		return eapTLS("EAP-TLS", "EAP with TLS (RFC 5216)", 13, "tls_message_len", "tls_data",
			Field{Name: "reserved", Bits: 5})
	}}
	EAP_TTLS = &Proto{Name: "EAP_TTLS", parent: EAP, make: func() Table {
		return eapTLS("EAP-TTLS", "EAP with tunnelled TLS (RFC 5281)", 21, "message_len", "data",
			Field{Name: "reserved", Bits: 2}, Field{Name: "version", Bits: 3})
	}}
	EAP_PEAP = &Proto{Name: "EAP_PEAP", parent: EAP, make: func() Table {
		return eapTLS("PEAP", "protected EAP (draft-josefsson-pppext-eap-tls-eap)", 25, "tls_message_len", "tls_data",
			Field{Name: "reserved", Bits: 3}, Field{Name: "version", Bits: 2, Default: 1})
	}}
	EAP_FAST = &Proto{Name: "EAP_FAST", parent: EAP, make: func() Table {
		return eapTLS("EAP-FAST", "EAP with a flexible tunnel (RFC 4851)", 43, "message_len", "data",
			Field{Name: "reserved", Bits: 2}, Field{Name: "version", Bits: 3})
	}}
	LEAP = &Proto{Name: "LEAP", parent: EAP, make: func() Table {
		return eapOf("Cisco LEAP", "Cisco's lightweight EAP", 17,
			Field{Name: "version", Bits: 8, Default: 1},
			Field{Name: "unused", Kind: Hex, Bits: 8},
			Field{Name: "count", Bits: 8, Type: "FieldLenField", Auto: lenOf(7, 0)},
			Field{Name: "challenge_response", Kind: Var, Type: "XStrLenField", Size: sizeLess(6, 0)},
			Field{Name: "username", Kind: Var, Type: "StrLenField",
				Size: func(l *Layer, _ []byte) int { return int(l.Uint(eapLen)) - int(l.Uint(6)) - 8 }})
	}}
)

// eapMethod is the table of the method of this number, nil if there is none.
func eapMethod(typ uint64) *Proto {
	switch typ {
	case 4:
		return EAP_MD5
	case 13:
		return EAP_TLS
	case 17:
		return LEAP
	case 21:
		return EAP_TTLS
	case 25:
		return EAP_PEAP
	case 43:
		return EAP_FAST
	}
	return nil
}
