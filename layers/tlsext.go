package layers

import (
	"slices"
	"strings"
)

// TLS extensions (RFC 8446 §4.2, RFC 6066): type, length, body.

func tlsExt(name, title, doc string, num uint64, fields ...any) *Proto {
	p := Register(&Proto{
		Name: name, Title: "TLS Extension - " + title, Doc: "TLS extension " + doc,
		Fields: slices.Concat([]Field{
			{Name: "type", Bits: 16, Default: num, Enum: tlsExtensionTypes},
			{Name: "len", Bits: 16, Type: "ShortField", Len: headerLess(4)},
		}, rows(fields...)),
		Summary: tlsSummary,
	})
	if tlsExts[num] == nil && name != "TLS_Ext_Unknown" {
		tlsExts[num] = p
	}
	return p
}

// tlsExts are the extensions by type; where messages have different ones, the
// client's.
var tlsExts = map[uint64]*Proto{}

// tlsExtRest is a field that holds the whole of an extension's body.
func tlsExtRest(name, typ string) Field {
	return Field{Name: name, Kind: Var, Type: typ, DefaultValue: []byte{}, Size: sizeLess(1, 0)}
}

// The parts of extensions.
var (
	ServerName = Register(&Proto{Name: "ServerName", Title: "HostName", Doc: "name in TLS's server name extension (RFC 6066 §3)",
		Fields: rows(Field{Name: "nametype", Bits: 8, Enum: NewEnum(map[uint64]string{0: "host_name"})},
			vector(16, "namelen", Field{Name: "servername", DefaultValue: []byte{}}))})
	ProtocolName = Register(&Proto{Name: "ProtocolName", Title: "Protocol Name", Doc: "name in TLS's ALPN extension (RFC 7301 §3.1)",
		Fields: vector(8, "len", Field{Name: "protocol", DefaultValue: []byte{}})})
	KeyShareEntry = Register(&Proto{Name: "KeyShareEntry", Title: "Key Share Entry", Doc: "key share of TLS 1.3 (RFC 8446 §4.2.8)",
		Fields: rows(Field{Name: "group", Bits: 16, Enum: tlsGroups},
			vector(16, "kxlen", Field{Name: "key_exchange", Type: "XStrLenField", DefaultValue: []byte{}}))})
	PSKIdentity = Register(&Proto{Name: "PSKIdentity", Title: "PSK Identity", Doc: "pre-shared key of TLS 1.3 (RFC 8446 §4.2.11)",
		Fields: rows(vector(16, "identity_len", Field{Name: "identity", DefaultValue: []byte{}}), Field{Name: "obfuscated_ticket_age", Bits: 32})})
	PSKBinderEntry = Register(&Proto{Name: "PSKBinderEntry", Title: "PSK Binder Entry", Doc: "binder of a pre-shared key of TLS 1.3 (RFC 8446 §4.2.11)",
		Fields: vector(8, "binder_len", Field{Name: "binder", DefaultValue: []byte{}})})
)

// The extensions.
var (
	TLS_Ext_Unknown = tlsExt("TLS_Ext_Unknown", "Scapy Unknown", "by number", 0, tlsExtRest("val", "StrLenField"))

	TLS_Ext_ServerName = tlsExt("TLS_Ext_ServerName", "Server Name", "server name (RFC 6066 §3)", 0,
		vector(16, "servernameslen", prettyList("servernames", "ServerListField", ServerName, 2)))
	TLS_Ext_MaxFragLen = tlsExt("TLS_Ext_MaxFragLen", "Max Fragment Length", "maximum fragment length (RFC 6066 §4)", 1,
		Field{Name: "maxfraglen", Bits: 8, Default: 4, Enum: NewEnum(map[uint64]string{1: "2^9", 2: "2^10", 3: "2^11", 4: "2^12"})})
	TLS_Ext_ClientCertURL = tlsExt("TLS_Ext_ClientCertURL", "Client Certificate URL", "client certificate URL (RFC 6066 §5)", 2)
	TLS_Ext_TruncatedHMAC = tlsExt("TLS_Ext_TruncatedHMAC", "Truncated HMAC", "truncated HMAC (RFC 6066 §7)", 4)
	TLS_Ext_CSR           = tlsExt("TLS_Ext_CSR", "Certificate Status Request", "certificate status request (RFC 6066 §8)", 5,
		Field{Name: "stype", Bits: 8, Auto: zero, Enum: NewEnum(map[uint64]string{1: "ocsp"})},
		Field{Name: "req", Kind: Var, Type: "_StatusReqField", DefaultValue: []byte{}, Size: sizeLess(1, 1)})
	TLS_Ext_SupportedGroups = tlsExt("TLS_Ext_SupportedGroups", "Supported Groups", "supported groups (RFC 8446 §4.2.7)", 10,
		vector(16, "groupslen", numbers("groups", 2, tlsGroups)))
	TLS_Ext_SupportedPointFormat = tlsExt("TLS_Ext_SupportedPointFormat", "Supported Point Format", "point formats (RFC 8422 §5.1.2)", 11,
		vector(8, "ecpllen", withDefault(numbers("ecpl", 1, tlsPointFormats), 0)))
	TLS_Ext_SignatureAlgorithms = tlsExt("TLS_Ext_SignatureAlgorithms", "Signature Algorithms", "signature algorithms (RFC 8446 §4.2.3)", 13,
		vector(16, "sig_algs_len", numbers("sig_algs", 2, tlsSignatureSchemes)))
	TLS_Ext_Heartbeat = tlsExt("TLS_Ext_Heartbeat", "Heartbeat", "heartbeat (RFC 6520 §2)", 15,
		Field{Name: "heartbeat_mode", Bits: 8, Default: 2, Enum: NewEnum(map[uint64]string{1: "peer_allowed_to_send", 2: "peer_not_allowed_to_send"})})
	TLS_Ext_ALPN = tlsExt("TLS_Ext_ALPN", "Application Layer Protocol Negotiation", "application layer protocols (RFC 7301 §3.1)", 16,
		vector(16, "protocolslen", prettyList("protocols", "ProtocolListField", ProtocolName, 1)))
	TLS_Ext_Padding              = tlsExt("TLS_Ext_Padding", "Padding", "padding (RFC 7685)", 21, tlsExtRest("padding", "StrLenField"))
	TLS_Ext_EncryptThenMAC       = tlsExt("TLS_Ext_EncryptThenMAC", "Encrypt-then-MAC", "encrypt then MAC (RFC 7366)", 22)
	TLS_Ext_ExtendedMasterSecret = tlsExt("TLS_Ext_ExtendedMasterSecret", "Extended Master Secret", "extended master secret (RFC 7627)", 23)
	TLS_Ext_RecordSizeLimit      = tlsExt("TLS_Ext_RecordSizeLimit", "Record Size Limit", "record size limit (RFC 8449)", 28,
		Field{Name: "record_size_limit", Bits: 16, Auto: zero})
	TLS_Ext_SessionTicket   = tlsExt("TLS_Ext_SessionTicket", "Session Ticket", "session ticket (RFC 5077)", 35, tlsExtRest("ticket", "StrLenField"))
	TLS_Ext_PreSharedKey_CH = tlsExt("TLS_Ext_PreSharedKey_CH", "Pre Shared Key (for ClientHello)", "pre-shared keys offered (RFC 8446 §4.2.11)", 41,
		vector(16, "identities_len", packetsOf("identities", PSKIdentity)), vector(16, "binders_len", packetsOf("binders", PSKBinderEntry)))
	TLS_Ext_PreSharedKey_SH = tlsExt("TLS_Ext_PreSharedKey_SH", "Pre Shared Key (for ServerHello)", "pre-shared key chosen (RFC 8446 §4.2.11)", 41,
		Field{Name: "selected_identity", Bits: 16, Auto: zero})
	TLS_Ext_EarlyDataIndication       = tlsExt("TLS_Ext_EarlyDataIndication", "Early Data", "early data (RFC 8446 §4.2.10)", 42)
	TLS_Ext_EarlyDataIndicationTicket = tlsExt("TLS_Ext_EarlyDataIndicationTicket", "Ticket Early Data Info", "early data of a ticket (RFC 8446 §4.2.10)", 42,
		Field{Name: "max_early_data_size", Bits: 32})
	TLS_Ext_SupportedVersion_CH = tlsExt("TLS_Ext_SupportedVersion_CH", "Supported Versions (for ClientHello)", "versions offered (RFC 8446 §4.2.1)", 43,
		vector(8, "versionslen", numbers("versions", 2, tlsVersions)))
	TLS_Ext_SupportedVersion_SH = tlsExt("TLS_Ext_SupportedVersion_SH", "Supported Versions (for ServerHello)", "version chosen (RFC 8446 §4.2.1)", 43,
		Field{Name: "version", Bits: 16, Auto: zero, Enum: tlsVersions})
	TLS_Ext_Cookie = tlsExt("TLS_Ext_Cookie", "Cookie", "cookie (RFC 8446 §4.2.2)", 44,
		vector(16, "cookielen", Field{Name: "cookie", Type: "XStrLenField", DefaultValue: []byte{}}))
	TLS_Ext_PSKKeyExchangeModes = tlsExt("TLS_Ext_PSKKeyExchangeModes", "PSK Key Exchange Modes", "key exchange modes (RFC 8446 §4.2.9)", 45,
		vector(8, "kxmodeslen", numbers("kxmodes", 1, NewEnum(map[uint64]string{0: "psk_ke", 1: "psk_dhe_ke"}))))
	TLS_Ext_TicketEarlyDataInfo = tlsExt("TLS_Ext_TicketEarlyDataInfo", "Ticket Early Data Info", "early data of a ticket, in drafts", 46,
		Field{Name: "max_early_data_size", Bits: 32})
	TLS_Ext_PostHandshakeAuth       = tlsExt("TLS_Ext_PostHandshakeAuth", "Post Handshake Auth", "authentication afterwards (RFC 8446 §4.2.6)", 49)
	TLS_Ext_SignatureAlgorithmsCert = tlsExt("TLS_Ext_SignatureAlgorithmsCert", "Signature Algorithms Cert", "signature algorithms of certificates (RFC 8446 §4.2.3)", 50,
		vector(16, "sig_algs_len", numbers("sig_algs", 2, tlsSignatureSchemes)))
	TLS_Ext_KeyShare_CH = tlsExt("TLS_Ext_KeyShare_CH", "Key Share (for ClientHello)", "key shares offered (RFC 8446 §4.2.8)", 51,
		vector(16, "client_shares_len", packetsOf("client_shares", KeyShareEntry)))
	TLS_Ext_KeyShare_SH = tlsExt("TLS_Ext_KeyShare_SH", "Key Share (for ServerHello)", "key share chosen (RFC 8446 §4.2.8)", 51,
		Field{Name: "server_share", Kind: Var, Type: "PacketField", Size: sizeLess(1, 0),
			Codec: onePacket{func(*Layer, []byte) *Proto { return KeyShareEntry }}})
	TLS_Ext_KeyShare_HRR = tlsExt("TLS_Ext_KeyShare_HRR", "Key Share (for HelloRetryRequest)", "group wanted (RFC 8446 §4.2.8)", 51,
		Field{Name: "selected_group", Bits: 16, Auto: zero, Enum: tlsGroups})
	TLS_Ext_NPN = tlsExt("TLS_Ext_NPN", "Next Protocol Negotiation", "next protocols, before ALPN", 13172,
		sizedField(prettyList("protocols", "ProtocolListField", ProtocolName, 1), sizeLess(1, 0)))
	TLS_Ext_RenegotiationInfo = tlsExt("TLS_Ext_RenegotiationInfo", "Renegotiation Indication", "renegotiation (RFC 5746)", 0xff01,
		vector(8, "reneg_conn_len", Field{Name: "renegotiated_connection", DefaultValue: []byte{}}))
)

var tlsPointFormats = NewEnum(map[uint64]string{0: "uncompressed", 1: "ansiX962_compressed_prime", 2: "ansiX962_compressed_char2"})

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

// tlsExtOf is the extension's table, which may depend on the message it is in.
func tlsExtOf(in *Proto, typ uint64, size int) *Proto {
	client := in.Fields[tlsMsgType].Default == 1
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
	if p := tlsExts[typ]; p != nil {
		return p
	}
	return TLS_Ext_Unknown
}
