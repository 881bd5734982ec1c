package layers

import (
	"fmt"
	"net/netip"
	"strings"
)

// Field positions in TLS.
const (
	tlsType = iota
	tlsVersion
	tlsLen
	tlsMsg
)

// Content types of records (RFC 8446 §5.1).
const (
	tlsCCS       = 20
	tlsAlert     = 21
	tlsHandshake = 22
	tlsData      = 23
)

// TLS is a record of transport layer security (RFC 8446 §5.1, RFC 5246 §6.2.1).
// Its messages are read as far as they are in the clear; what is encrypted or
// cut off is Raw. A record's payload is the next record.
var TLS = &Proto{Name: "TLS", make: func() Table {
	return Table{
		Doc: "transport layer security record (RFC 8446, RFC 5246)",
		Fields: []Field{
			{Name: "type", Bits: 8, Auto: tlsTypeOf, Enum: &Enum{List: Named{
				{tlsCCS, "change_cipher_spec"}, {tlsAlert, "alert"}, {tlsHandshake, "handshake"}, {tlsData, "application_data"}}}},
			tlsVersionField("_TLSVersionField"),
			{Name: "len", Bits: 16, Type: "_TLSLengthField", Auto: lenOf(tlsMsg, 0)},
			{Name: "msg", Kind: Var, Type: "_TLSMsgListField", DefaultValue: List{}, Codec: tlsMessages, Size: sizeLess(tlsLen, 0)},
		},
		Dispatch: func(b []byte) *Proto {
			if len(b) >= 3 && b[0] >= tlsCCS && b[0] <= 24 && b[1] == 3 {
				return nil
			}
			return Raw
		},
		WeakGuess: true,
		Summary: func(at At) (string, []*Proto) {
			s := tlsSession(at) + " / TLS"
			list, _ := at.Value(tlsMsg).(List)
			for _, m := range list {
				if p, ok := m.(*Packet); ok && p.Len() > 0 {
					s += " / " + p.At(0).Proto().TitleText()
				}
			}
			return s, nil
		},
	}
}}

func linkTLS() {
	TLS.Next = func(at At, payload []byte) *Proto { return TLS }
}

// tlsVersionField is a version, TLS 1.2 unless it is set: TLS 1.3 says so too
// and negotiates in an extension (RFC 8446 §4.1.2).
func tlsVersionField(typ string) Field {
	return Field{Name: "version", Bits: 16, Type: typ, Enum: tlsVersions, Auto: func(*Build) uint64 { return 0x303 }}
}

// tlsTypeOf is the content type that suits the first message.
func tlsTypeOf(b *Build) uint64 {
	list, _ := b.At().Value(tlsMsg).(List)
	if len(list) == 0 {
		return 0
	}
	p, ok := list[0].(*Packet)
	if !ok || p.Len() == 0 {
		return 0
	}
	switch q := p.At(0).Proto(); {
	case q == TLSChangeCipherSpec:
		return tlsCCS
	case q == TLSAlert:
		return tlsAlert
	case q == TLSApplicationData:
		return tlsData
	case strings.Contains(q.Title, "Handshake"):
		return tlsHandshake
	}
	return 0
}

// The messages that are no handshake.
var (
	TLSAlert = &Proto{Name: "TLSAlert", Table: Table{
		Title: "TLS Alert", Doc: "TLS alert (RFC 8446 §6)",
		Fields: []Field{
			{Name: "level", Bits: 8, Auto: zero, Enum: &Enum{List: Named{{1, "warning"}, {2, "fatal"}}}},
			{Name: "descr", Bits: 8, Auto: zero, Enum: tlsAlerts},
		},
		Summary: summaryOf("Alert %level%: %descr%"),
	}}
	TLSChangeCipherSpec = &Proto{Name: "TLSChangeCipherSpec", Table: Table{
		Title: "TLS ChangeCipherSpec", Doc: "TLS change cipher spec (RFC 5246 §7.1)",
		Fields:  []Field{{Name: "msgtype", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "change_cipher_spec"}}}}},
		Summary: tlsSummary,
	}}
	TLSApplicationData = &Proto{Name: "TLSApplicationData", Table: Table{
		Title: "TLS Application Data", Doc: "TLS application data, as a rule encrypted",
		Fields:  []Field{{Name: "data", Kind: Var, DefaultValue: []byte{}}},
		Summary: tlsSummary,
	}}
)

// tlsMessages is what a record holds. Several messages of a handshake share one.
var tlsMessages = packetList{
	next: func(l *Layer, b []byte) *Proto {
		switch l.Uint(tlsType) {
		case tlsCCS:
			return TLSChangeCipherSpec
		case tlsAlert:
			return TLSAlert
		case tlsHandshake:
			return tlsHandshakeOf(b)
		case tlsData:
			return TLSApplicationData
		}
		return nil
	},
	size: func(l *Layer, b []byte) int {
		switch l.Uint(tlsType) {
		case tlsCCS:
			return 1
		case tlsAlert:
			return 2
		case tlsHandshake:
			return tlsHandshakeSize(b)
		}
		return len(b)
	},
}

// tlsSession names the connection that a record belongs to, as Scapy does.
func tlsSession(at At) string {
	end := func(ip, port int, below At) string {
		tcp := at.Below()
		if tcp.Proto() != TCP || ip < 0 {
			return "None:None"
		}
		a, _ := First(below.Value(ip)).(netip.Addr)
		return fmt.Sprintf("%s:%d", AddrText(a), tcp.Uint(port))
	}
	for tlsLayer := at.Proto(); at.Below().Proto() == tlsLayer; {
		at = at.Below()
	}
	below := at.Below().Below()
	src, dst := -1, -1
	switch below.Proto() {
	case IP:
		src, dst = ipSrc, ipDst
	case IPv6:
		src, dst = ip6Src, ip6Dst
	}
	return "TLS " + end(src, tcpSport, below) + " > " + end(dst, tcpDport, below)
}

// tlsSummary is the summary of a message that stands by itself.
func tlsSummary(at At) (string, []*Proto) {
	return tlsSession(at) + " / " + at.Proto().TitleText(), nil
}

func tlsTables() family {
	return family{
		tables: []*Proto{
			TLS, TLSAlert, TLSChangeCipherSpec, TLSApplicationData, TLSHelloRequest, TLSClientHello, TLS13ClientHello,
			TLSServerHello, TLS13ServerHello, TLS13HelloRetryRequest, TLSHelloVerifyRequest, TLSNewSessionTicket,
			TLS13NewSessionTicket, TLS13EndOfEarlyData, TLSEncryptedExtensions, TLSCertificate, TLSServerKeyExchange,
			TLSCertificateRequest, TLSServerHelloDone, TLSCertificateVerify, TLSClientKeyExchange, TLSFinished,
			TLSCertificateStatus, TLS13KeyUpdate, TLSHandshakeUnknown, ServerName, ProtocolName, KeyShareEntry, PSKIdentity,
			PSKBinderEntry, TLS_Ext_Unknown, TLS_Ext_ServerName, TLS_Ext_MaxFragLen, TLS_Ext_ClientCertURL, TLS_Ext_TruncatedHMAC,
			TLS_Ext_CSR, TLS_Ext_SupportedGroups, TLS_Ext_SupportedPointFormat, TLS_Ext_SignatureAlgorithms, TLS_Ext_Heartbeat,
			TLS_Ext_ALPN, TLS_Ext_Padding, TLS_Ext_EncryptThenMAC, TLS_Ext_ExtendedMasterSecret, TLS_Ext_RecordSizeLimit,
			TLS_Ext_SessionTicket, TLS_Ext_PreSharedKey_CH, TLS_Ext_PreSharedKey_SH, TLS_Ext_EarlyDataIndication,
			TLS_Ext_EarlyDataIndicationTicket, TLS_Ext_SupportedVersion_CH, TLS_Ext_SupportedVersion_SH, TLS_Ext_Cookie,
			TLS_Ext_PSKKeyExchangeModes, TLS_Ext_TicketEarlyDataInfo, TLS_Ext_PostHandshakeAuth, TLS_Ext_SignatureAlgorithmsCert,
			TLS_Ext_KeyShare_CH, TLS_Ext_KeyShare_SH, TLS_Ext_KeyShare_HRR, TLS_Ext_NPN, TLS_Ext_RenegotiationInfo,
		},
		link: func() { linkTLS(); linkTLSHandshake(); linkTLSExt() },
		bind: func() { mustBindDown(TCP, TLS, "dport", 443) },
	}
}
