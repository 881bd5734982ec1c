package layers

import (
	"slices"
	"strings"
)

// TLS extensions (RFC 8446 §4.2, RFC 6066): type, length, body.

func tlsExt(title, doc string, num uint64, fields ...any) Table {
	return Table{
		Title: "TLS Extension - " + title, Doc: "TLS extension " + doc,
		Fields: slices.Concat([]Field{
			{Name: "type", Bits: 16, Default: num, Enum: tlsExtensionTypes},
			{Name: "len", Bits: 16, Type: "ShortField", Len: headerLess(4)},
		}, rows(fields...)),
		Summary: tlsSummary,
	}
}

// tlsExtByType are the extensions; where messages have different ones, the
// client's, which stand first.
var tlsExtByType func(typ uint64) *Proto

// tlsExtRest is a field that holds the whole of an extension's body.
func tlsExtRest(name, typ string) Field {
	return Field{Name: name, Kind: Var, Type: typ, DefaultValue: []byte{}, Size: sizeLess(1, 0)}
}

// The parts of extensions.
var (
	ServerName = &Proto{Name: "ServerName", make: func() Table {
		return Table{Title: "HostName", Doc: "name in TLS's server name extension (RFC 6066 §3)",
			Fields: rows(Field{Name: "nametype", Bits: 8, Enum: &Enum{List: Named{{0, "host_name"}}}},
				vector(16, "namelen", Field{Name: "servername", DefaultValue: []byte{}}))}
	}}
	ProtocolName = &Proto{Name: "ProtocolName", make: func() Table {
		return Table{Title: "Protocol Name", Doc: "name in TLS's ALPN extension (RFC 7301 §3.1)",
			Fields: vector(8, "len", Field{Name: "protocol", DefaultValue: []byte{}})}
	}}
	KeyShareEntry = &Proto{Name: "KeyShareEntry", make: func() Table {
		return Table{Title: "Key Share Entry", Doc: "key share of TLS 1.3 (RFC 8446 §4.2.8)",
			Fields: rows(Field{Name: "group", Bits: 16, Enum: tlsGroups},
				vector(16, "kxlen", Field{Name: "key_exchange", Type: "XStrLenField", DefaultValue: []byte{}}))}
	}}
	PSKIdentity = &Proto{Name: "PSKIdentity", make: func() Table {
		return Table{Title: "PSK Identity", Doc: "pre-shared key of TLS 1.3 (RFC 8446 §4.2.11)",
			Fields: rows(vector(16, "identity_len", Field{Name: "identity", DefaultValue: []byte{}}), Field{Name: "obfuscated_ticket_age", Bits: 32})}
	}}
	PSKBinderEntry = &Proto{Name: "PSKBinderEntry", make: func() Table {
		return Table{Title: "PSK Binder Entry", Doc: "binder of a pre-shared key of TLS 1.3 (RFC 8446 §4.2.11)",
			Fields: vector(8, "binder_len", Field{Name: "binder", DefaultValue: []byte{}})}
	}}
)

// The extensions.
var (
	TLS_Ext_Unknown = &Proto{Name: "TLS_Ext_Unknown", make: func() Table { return tlsExt("Scapy Unknown", "by number", 0, tlsExtRest("val", "StrLenField")) }}

	TLS_Ext_ServerName = &Proto{Name: "TLS_Ext_ServerName", make: func() Table {
		return tlsExt("Server Name", "server name (RFC 6066 §3)", 0,
			vector(16, "servernameslen", prettyList("servernames", "ServerListField", ServerName, 2)))
	}}
	TLS_Ext_MaxFragLen = &Proto{Name: "TLS_Ext_MaxFragLen", make: func() Table {
		return tlsExt("Max Fragment Length", "maximum fragment length (RFC 6066 §4)", 1,
			Field{Name: "maxfraglen", Bits: 8, Default: 4, Enum: &Enum{List: Named{{1, "2^9"}, {2, "2^10"}, {3, "2^11"}, {4, "2^12"}}}})
	}}
	TLS_Ext_ClientCertURL = &Proto{Name: "TLS_Ext_ClientCertURL", make: func() Table { return tlsExt("Client Certificate URL", "client certificate URL (RFC 6066 §5)", 2) }}
	TLS_Ext_TruncatedHMAC = &Proto{Name: "TLS_Ext_TruncatedHMAC", make: func() Table { return tlsExt("Truncated HMAC", "truncated HMAC (RFC 6066 §7)", 4) }}
	TLS_Ext_CSR           = &Proto{Name: "TLS_Ext_CSR", make: func() Table {
		return tlsExt("Certificate Status Request", "certificate status request (RFC 6066 §8)", 5,
			Field{Name: "stype", Bits: 8, Auto: zero, Enum: &Enum{List: Named{{1, "ocsp"}}}},
			Field{Name: "req", Kind: Var, Type: "_StatusReqField", DefaultValue: []byte{}, Size: sizeLess(1, 1)})
	}}
	TLS_Ext_SupportedGroups = &Proto{Name: "TLS_Ext_SupportedGroups", make: func() Table {
		return tlsExt("Supported Groups", "supported groups (RFC 8446 §4.2.7)", 10,
			vector(16, "groupslen", numbers("groups", 2, tlsGroups)))
	}}
	TLS_Ext_SupportedPointFormat = &Proto{Name: "TLS_Ext_SupportedPointFormat", make: func() Table {
		return tlsExt("Supported Point Format", "point formats (RFC 8422 §5.1.2)", 11,
			vector(8, "ecpllen", withDefault(numbers("ecpl", 1, tlsPointFormats), 0)))
	}}
	TLS_Ext_SignatureAlgorithms = &Proto{Name: "TLS_Ext_SignatureAlgorithms", make: func() Table {
		return tlsExt("Signature Algorithms", "signature algorithms (RFC 8446 §4.2.3)", 13,
			vector(16, "sig_algs_len", numbers("sig_algs", 2, tlsSignatureSchemes)))
	}}
	TLS_Ext_Heartbeat = &Proto{Name: "TLS_Ext_Heartbeat", make: func() Table {
		return tlsExt("Heartbeat", "heartbeat (RFC 6520 §2)", 15,
			Field{Name: "heartbeat_mode", Bits: 8, Default: 2, Enum: &Enum{List: Named{{1, "peer_allowed_to_send"}, {2, "peer_not_allowed_to_send"}}}})
	}}
	TLS_Ext_ALPN = &Proto{Name: "TLS_Ext_ALPN", make: func() Table {
		return tlsExt("Application Layer Protocol Negotiation", "application layer protocols (RFC 7301 §3.1)", 16,
			vector(16, "protocolslen", prettyList("protocols", "ProtocolListField", ProtocolName, 1)))
	}}
	TLS_Ext_Padding              = &Proto{Name: "TLS_Ext_Padding", make: func() Table { return tlsExt("Padding", "padding (RFC 7685)", 21, tlsExtRest("padding", "StrLenField")) }}
	TLS_Ext_EncryptThenMAC       = &Proto{Name: "TLS_Ext_EncryptThenMAC", make: func() Table { return tlsExt("Encrypt-then-MAC", "encrypt then MAC (RFC 7366)", 22) }}
	TLS_Ext_ExtendedMasterSecret = &Proto{Name: "TLS_Ext_ExtendedMasterSecret", make: func() Table { return tlsExt("Extended Master Secret", "extended master secret (RFC 7627)", 23) }}
	TLS_Ext_RecordSizeLimit      = &Proto{Name: "TLS_Ext_RecordSizeLimit", make: func() Table {
		return tlsExt("Record Size Limit", "record size limit (RFC 8449)", 28,
			Field{Name: "record_size_limit", Bits: 16, Auto: zero})
	}}
	TLS_Ext_SessionTicket = &Proto{Name: "TLS_Ext_SessionTicket", make: func() Table {
		return tlsExt("Session Ticket", "session ticket (RFC 5077)", 35, tlsExtRest("ticket", "StrLenField"))
	}}
	TLS_Ext_PreSharedKey_CH = &Proto{Name: "TLS_Ext_PreSharedKey_CH", make: func() Table {
		return tlsExt("Pre Shared Key (for ClientHello)", "pre-shared keys offered (RFC 8446 §4.2.11)", 41,
			vector(16, "identities_len", packetsOf("identities", PSKIdentity)), vector(16, "binders_len", packetsOf("binders", PSKBinderEntry)))
	}}
	TLS_Ext_PreSharedKey_SH = &Proto{Name: "TLS_Ext_PreSharedKey_SH", make: func() Table {
		return tlsExt("Pre Shared Key (for ServerHello)", "pre-shared key chosen (RFC 8446 §4.2.11)", 41,
			Field{Name: "selected_identity", Bits: 16, Auto: zero})
	}}
	TLS_Ext_EarlyDataIndication       = &Proto{Name: "TLS_Ext_EarlyDataIndication", make: func() Table { return tlsExt("Early Data", "early data (RFC 8446 §4.2.10)", 42) }}
	TLS_Ext_EarlyDataIndicationTicket = &Proto{Name: "TLS_Ext_EarlyDataIndicationTicket", make: func() Table {
		return tlsExt("Ticket Early Data Info", "early data of a ticket (RFC 8446 §4.2.10)", 42,
			Field{Name: "max_early_data_size", Bits: 32})
	}}
	TLS_Ext_SupportedVersion_CH = &Proto{Name: "TLS_Ext_SupportedVersion_CH", make: func() Table {
		return tlsExt("Supported Versions (for ClientHello)", "versions offered (RFC 8446 §4.2.1)", 43,
			vector(8, "versionslen", numbers("versions", 2, tlsVersions)))
	}}
	TLS_Ext_SupportedVersion_SH = &Proto{Name: "TLS_Ext_SupportedVersion_SH", make: func() Table {
		return tlsExt("Supported Versions (for ServerHello)", "version chosen (RFC 8446 §4.2.1)", 43,
			Field{Name: "version", Bits: 16, Auto: zero, Enum: tlsVersions})
	}}
	TLS_Ext_Cookie = &Proto{Name: "TLS_Ext_Cookie", make: func() Table {
		return tlsExt("Cookie", "cookie (RFC 8446 §4.2.2)", 44,
			vector(16, "cookielen", Field{Name: "cookie", Type: "XStrLenField", DefaultValue: []byte{}}))
	}}
	TLS_Ext_PSKKeyExchangeModes = &Proto{Name: "TLS_Ext_PSKKeyExchangeModes", make: func() Table {
		return tlsExt("PSK Key Exchange Modes", "key exchange modes (RFC 8446 §4.2.9)", 45,
			vector(8, "kxmodeslen", numbers("kxmodes", 1, &Enum{List: Named{{0, "psk_ke"}, {1, "psk_dhe_ke"}}})))
	}}
	TLS_Ext_TicketEarlyDataInfo = &Proto{Name: "TLS_Ext_TicketEarlyDataInfo", make: func() Table {
		return tlsExt("Ticket Early Data Info", "early data of a ticket, in drafts", 46,
			Field{Name: "max_early_data_size", Bits: 32})
	}}
	TLS_Ext_PostHandshakeAuth       = &Proto{Name: "TLS_Ext_PostHandshakeAuth", make: func() Table { return tlsExt("Post Handshake Auth", "authentication afterwards (RFC 8446 §4.2.6)", 49) }}
	TLS_Ext_SignatureAlgorithmsCert = &Proto{Name: "TLS_Ext_SignatureAlgorithmsCert", make: func() Table {
		return tlsExt("Signature Algorithms Cert", "signature algorithms of certificates (RFC 8446 §4.2.3)", 50,
			vector(16, "sig_algs_len", numbers("sig_algs", 2, tlsSignatureSchemes)))
	}}
	TLS_Ext_KeyShare_CH = &Proto{Name: "TLS_Ext_KeyShare_CH", make: func() Table {
		return tlsExt("Key Share (for ClientHello)", "key shares offered (RFC 8446 §4.2.8)", 51,
			vector(16, "client_shares_len", packetsOf("client_shares", KeyShareEntry)))
	}}
	TLS_Ext_KeyShare_SH = &Proto{Name: "TLS_Ext_KeyShare_SH", make: func() Table {
		return tlsExt("Key Share (for ServerHello)", "key share chosen (RFC 8446 §4.2.8)", 51,
			Field{Name: "server_share", Absent: true, Kind: Var, Type: "PacketField", Size: sizeLess(1, 0),
				Codec: onePacket{func(*Layer, []byte) *Proto { return KeyShareEntry }}})
	}}
	TLS_Ext_KeyShare_HRR = &Proto{Name: "TLS_Ext_KeyShare_HRR", make: func() Table {
		return tlsExt("Key Share (for HelloRetryRequest)", "group wanted (RFC 8446 §4.2.8)", 51,
			Field{Name: "selected_group", Bits: 16, Auto: zero, Enum: tlsGroups})
	}}
	TLS_Ext_NPN = &Proto{Name: "TLS_Ext_NPN", make: func() Table {
		return tlsExt("Next Protocol Negotiation", "next protocols, before ALPN", 13172,
			sizedField(prettyList("protocols", "ProtocolListField", ProtocolName, 1), sizeLess(1, 0)))
	}}
	TLS_Ext_RenegotiationInfo = &Proto{Name: "TLS_Ext_RenegotiationInfo", make: func() Table {
		return tlsExt("Renegotiation Indication", "renegotiation (RFC 5746)", 0xff01,
			vector(8, "reneg_conn_len", Field{Name: "renegotiated_connection", DefaultValue: []byte{}}))
	}}
)

var tlsPointFormats = &Enum{List: Named{{0, "uncompressed"}, {1, "ansiX962_compressed_prime"}, {2, "ansiX962_compressed_char2"}}}

func sizedField(f Field, size func(l *Layer, rest []byte) int) Field {
	f.Kind, f.Size = Var, size
	return f
}

// prettyList is a list of packets that show prints as the names in them, which
// stand in field i of each.
func prettyList(name, typ string, p *Proto, i int) Field {
	f := packetsOf(name, p)
	f.Type = typ
	f.Text = func(_ *Layer, v any) (string, bool) {
		list, ok := v.(List)
		parts := make([]string, len(list))
		for k, m := range list {
			if q, isPacket := m.(*Packet); isPacket && q.At(0).Proto() == p {
				m = q.At(0).Value(i)
			}
			parts[k] = pyValue(m)
		}
		return "[" + strings.Join(parts, ", ") + "]", ok
	}
	return f
}

// tlsExtensions is the list of a message's extensions with its length, which
// is not there when the list is empty (RFC 5246 §7.4.1.4).
func tlsExtensions(defaults func() List) []Field {
	ext := Field{Name: "ext", Type: "_ExtensionsField", Codec: tlsExtList}
	if defaults != nil {
		ext.Derive = func(At) (any, bool) { return defaults(), true }
	}
	out := vector(16, "extlen", ext)
	out[0].Type = "_ExtensionsLenField"
	when := func(l *Layer) bool {
		i := l.proto.Index("ext")
		switch {
		case l.IsSet(i - 1):
			return true
		case l.IsSet(i):
			list, ok := l.own(i).(List)
			return len(list) > 0 || !ok
		case l.src == nil:
			return defaults != nil
		}
		return min(tlsHandshakeSize(l.src), len(l.src))-l.bytesBefore(i-1) >= 2
	}
	out[0].When, out[1].When = when, when
	return out
}

// clientExtensions are those of a client hello that names none.
func clientExtensions() List {
	return List{
		one(TLS_Ext_RenegotiationInfo),
		one(TLS_Ext_SignatureAlgorithms, "sig_algs", List{uint64(0x403), uint64(0x401), uint64(0x201)}),
		one(TLS_Ext_SupportedGroups, "groups", List{uint64(23)}),
	}
}

var tlsExtList = packetList{
	next: func(l *Layer, b []byte) *Proto {
		if len(b) < 4 {
			return nil
		}
		return tlsExtOf(l.proto, getBits(b, 0, 16), int(getBits(b, 16, 16)))
	},
	size: func(_ *Layer, b []byte) int { return 4 + int(getBits(b, 16, 16)) },
}

func linkTLSExt() {
	tlsExtByType = byDefault(0, []*Proto{
		TLS_Ext_ServerName, TLS_Ext_MaxFragLen, TLS_Ext_ClientCertURL, TLS_Ext_TruncatedHMAC,
		TLS_Ext_CSR, TLS_Ext_SupportedGroups, TLS_Ext_SupportedPointFormat, TLS_Ext_SignatureAlgorithms,
		TLS_Ext_Heartbeat, TLS_Ext_ALPN, TLS_Ext_Padding, TLS_Ext_EncryptThenMAC,
		TLS_Ext_ExtendedMasterSecret, TLS_Ext_RecordSizeLimit, TLS_Ext_SessionTicket, TLS_Ext_PreSharedKey_CH,
		TLS_Ext_PreSharedKey_SH, TLS_Ext_EarlyDataIndication, TLS_Ext_EarlyDataIndicationTicket, TLS_Ext_SupportedVersion_CH,
		TLS_Ext_SupportedVersion_SH, TLS_Ext_Cookie, TLS_Ext_PSKKeyExchangeModes, TLS_Ext_TicketEarlyDataInfo,
		TLS_Ext_PostHandshakeAuth, TLS_Ext_SignatureAlgorithmsCert, TLS_Ext_KeyShare_CH, TLS_Ext_KeyShare_SH,
		TLS_Ext_KeyShare_HRR, TLS_Ext_NPN, TLS_Ext_RenegotiationInfo,
	})
}

// tlsExtOf is the extension's table, which may depend on the message it is in.
func tlsExtOf(in *Proto, typ uint64, size int) *Proto {
	client := in.Use().Fields[tlsMsgType].Default == 1
	switch typ {
	case 0:
		if size == 0 {
			return TLS_Ext_Unknown // a server's acknowledgement has no list
		}
	case 41:
		if !client {
			return TLS_Ext_PreSharedKey_SH
		}
	case 42:
		if size == 4 {
			return TLS_Ext_EarlyDataIndicationTicket
		}
	case 43:
		if !client {
			return TLS_Ext_SupportedVersion_SH
		}
	case 51:
		switch {
		case client:
		case size == 2:
			return TLS_Ext_KeyShare_HRR
		default:
			return TLS_Ext_KeyShare_SH
		}
	}
	if p := tlsExtByType(typ); p != nil {
		return p
	}
	return TLS_Ext_Unknown
}
