package layers

import (
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// TLS handshake messages (RFC 8446 §4, RFC 5246 §7.4): type, length, body.

// Field positions that every handshake message has.
const (
	tlsMsgType = iota
	tlsMsgLen
	tlsBody // the first of its own
)

// tlsHandshakes are the messages by type, as clients and servers of TLS 1.2
// and, in their hellos, 1.3 send them in the clear.
var tlsHandshakes [256]*Proto // set by linkTLSHandshake

func tlsMessage(title, doc string, num uint64, fields ...any) Table {
	return Table{
		Title: title, Doc: doc,
		Fields: slices.Concat([]Field{
			{Name: "msgtype", Bits: 8, Default: num, Enum: tlsHandshakeTypes},
			{Name: "msglen", Bits: 24, Type: "ThreeBytesField", Len: headerLess(4)},
		}, rows(fields...)),
		Summary: tlsSummary,
		Finish:  drawTLSRandom,
	}
}

func tls12(title, doc string, num uint64, fields ...any) Table {
	return tlsMessage("TLS Handshake - "+title, doc, num, fields...)
}

// tls13 makes a message of TLS 1.3, which records do not tell from that of 1.2.
func tls13(title, doc string, num uint64, fields ...any) Table {
	return tlsMessage("TLS 1.3 Handshake - "+title, doc, num, fields...)
}

func tlsHandshakeOf(b []byte) *Proto {
	if p := tlsHandshakes[b[0]]; p != nil {
		return p
	}
	return TLSHandshakeUnknown
}

func tlsHandshakeSize(b []byte) int {
	if len(b) < 4 {
		return -1
	}
	return 4 + int(getBits(b, 8, 24))
}

// tlsRest is a field that holds the message's body, or what is left of it
// behind the before bytes in front.
func tlsRest(name string, before int) Field {
	return Field{Name: name, Kind: Var, Type: "XStrLenField", DefaultValue: []byte{},
		Size: func(l *Layer, rest []byte) int { return int(l.Uint(tlsMsgLen)) - before }}
}

// tlsRandom is the random of a hello, drawn anew for each build unless it is set.
func tlsRandom(size int) Field {
	return Field{Name: "random_bytes", Kind: Fixed, Bits: size * 8, Type: "_TLSRandomBytesField",
		Text: func(l *Layer, v any) (string, bool) {
			b, ok := v.([]byte)
			if !ok {
				return "", false
			}
			if i := l.proto.Index("random_bytes"); !l.IsSet(i) {
				return "None", true
			}
			return hex.EncodeToString(b), true
		}}
}

func drawTLSRandom(b *Build) {
	l := b.Layer()
	i := l.proto.Index("random_bytes")
	if i < 0 || l.IsSet(i) {
		return
	}
	off := b.Offset(i) / 8
	for k := range l.proto.Fields[i].Bits / 8 {
		b.Header()[off+k] = byte(randUpTo(255))
	}
}

// tlsTime is the clock in a hello of TLS 1.2 and before (RFC 5246 §7.4.1.2).
var tlsTime = Field{Name: "gmt_unix_time", Bits: 32, Type: "_GMTUnixTimeField",
	Auto: func(*Build) uint64 { return uint64(time.Now().Unix()) }, Clock: true,
	Text: func(_ *Layer, v any) (string, bool) {
		n, ok := v.(uint64)
		return fmt.Sprintf("%s (%d)", time.Unix(int64(n), 0).UTC().Format("Mon, 02 Jan 2006 15:04:05 -0700"), n), ok
	}}

var tlsCompressions = &Enum{List: Named{{0, "null"}, {1, "deflate"}, {64, "LZS"}}}

// bareNames shows a list of one without brackets.
func bareNames(f Field, enum *Enum) Field {
	f.Text = func(_ *Layer, v any) (string, bool) {
		list, ok := v.(List)
		s, _ := namesText(enum, v)
		if ok && len(list) == 1 {
			s = s[1 : len(s)-1]
		}
		return s, ok
	}
	return f
}

func tlsCompression() Field {
	f := bareNames(numbers("comp", 1, tlsCompressions), tlsCompressions)
	f.Type, f.DefaultValue = "_CompressionMethodsField", List{uint64(0)}
	return f
}

// oneCompression is a server's choice, a list of one in Scapy's table.
func oneCompression() Field {
	f := tlsCompression()
	f.Size = func(*Layer, []byte) int { return 1 }
	return f
}

// tlsCipherList is what a client offers; unset, what Scapy's does.
func tlsCipherList(defaults ...uint64) Field {
	f := bareNames(numbers("ciphers", 2, tlsCiphers), tlsCiphers)
	f.Type, f.DefaultValue = "_CipherSuitesField", nil
	f.Derive = func(At) (any, bool) {
		list := make(List, len(defaults))
		for i, n := range defaults {
			list[i] = n
		}
		return list, true
	}
	return f
}

var tlsCipher = Field{Name: "cipher", Bits: 16, Auto: zero, Enum: tlsCiphers, Type: "ShortEnumField"}

func tlsSessionID() []Field {
	return vector(8, "sidlen", Field{Name: "sid", Type: "_SessionIDField", DefaultValue: []byte{}})
}

// Suites that are offered unless others are.
var (
	tls12Suites = []uint64{0xc02b, 0xc023, 0xc02f, 0xc027, 0x9e, 0x67, 0x9c, 0x3c, 0xc009, 0xc013, 0x33, 0x2f, 0xa}
	tls13Suites = []uint64{0x1301, 0x1302, 0x1303}
)

// The messages.
var (
	TLSHelloRequest = &Proto{Name: "TLSHelloRequest", make: func() Table { return tls12("Hello Request", "TLS hello request (RFC 5246 §7.4.1.1)", 0) }}

	TLSClientHello = &Proto{Name: "TLSClientHello", make: func() Table {
		return tls12("Client Hello", "TLS client hello (RFC 5246 §7.4.1.2, RFC 8446 §4.1.2)", 1,
			tlsVersionField("_TLSClientVersionField"), tlsTime, tlsRandom(28), tlsSessionID(),
			vector(16, "cipherslen", tlsCipherList(tls12Suites...)), vector(8, "complen", tlsCompression()),
			tlsExtensions(clientExtensions))
	}}
	TLS13ClientHello = &Proto{Name: "TLS13ClientHello", make: func() Table {
		return tls13("Client Hello", "TLS 1.3 client hello (RFC 8446 §4.1.2)", 1,
			tlsVersionField("_TLSClientVersionField"), tlsRandom(32), tlsSessionID(),
			vector(16, "cipherslen", tlsCipherList(tls13Suites...)), vector(8, "complen", tlsCompression()),
			tlsExtensions(nil))
	}}

	TLSServerHello = &Proto{Name: "TLSServerHello", make: func() Table {
		return tls12("Server Hello", "TLS server hello (RFC 5246 §7.4.1.3, RFC 8446 §4.1.3)", 2,
			tlsVersionField("_TLSVersionField"), tlsTime, tlsRandom(28), tlsSessionID(), tlsCipher, oneCompression(), tlsExtensions(nil))
	}}
	TLS13ServerHello = &Proto{Name: "TLS13ServerHello", make: func() Table {
		return tls13("Server Hello", "TLS 1.3 server hello (RFC 8446 §4.1.3)", 2,
			tlsVersion13, tlsRandom(32), tlsSessionID(), tlsCipher, oneCompression(), tlsExtensions(nil))
	}}
	TLS13HelloRetryRequest = &Proto{Name: "TLS13HelloRetryRequest", make: func() Table {
		return tls13("Hello Retry Request", "TLS 1.3 hello retry request (RFC 8446 §4.1.4)", 2,
			tlsVersion13, retryRandom, tlsSessionID(), tlsCipher, oneCompression(), tlsExtensions(nil))
	}}

	TLSHelloVerifyRequest = &Proto{Name: "TLSHelloVerifyRequest", make: func() Table {
		return tlsMessage("TLS Handshake - Hello Verify Request", "DTLS hello verify request", 3,
			vector(8, "cookielen", Field{Name: "cookie", DefaultValue: []byte{}}))
	}}
	TLSNewSessionTicket = &Proto{Name: "TLSNewSessionTicket", make: func() Table {
		return tls12("New Session Ticket", "TLS session ticket (RFC 5077 §3.3)", 4,
			Field{Name: "lifetime", Bits: 32, Default: 0xffffffff}, vector(16, "ticketlen", Field{Name: "ticket", DefaultValue: []byte{}}))
	}}
	TLS13NewSessionTicket = &Proto{Name: "TLS13NewSessionTicket", make: func() Table {
		return tls13("New Session Ticket", "TLS 1.3 session ticket (RFC 8446 §4.6.1)", 4,
			Field{Name: "ticket_lifetime", Bits: 32, Default: 0xffffffff}, Field{Name: "ticket_age_add", Bits: 32},
			vector(8, "noncelen", Field{Name: "ticket_nonce", DefaultValue: []byte{}}),
			vector(16, "ticketlen", Field{Name: "ticket", DefaultValue: []byte{}}), tlsExtensions(nil))
	}}
	TLS13EndOfEarlyData    = &Proto{Name: "TLS13EndOfEarlyData", make: func() Table { return tls13("End Of Early Data", "TLS 1.3 end of early data (RFC 8446 §4.5)", 5) }}
	TLSEncryptedExtensions = &Proto{Name: "TLSEncryptedExtensions", make: func() Table {
		return tls13("Encrypted Extensions", "TLS 1.3 encrypted extensions (RFC 8446 §4.3.1)", 8,
			tlsExtensions(nil))
	}}
	TLSCertificate = &Proto{Name: "TLSCertificate", make: func() Table {
		return tls12("Certificate", "TLS certificates, each as DER (RFC 5246 §7.4.2)", 11,
			vector(24, "certslen", Field{Name: "certs", Type: "_ASN1CertListField", DefaultValue: List{}, Codec: prefixed{3}}))
	}}
	TLSServerKeyExchange = &Proto{Name: "TLSServerKeyExchange", make: func() Table {
		return tls12("Server Key Exchange", "TLS server key exchange (RFC 5246 §7.4.3)", 12,
			tlsRest("params", 0))
	}}
	TLSCertificateRequest = &Proto{Name: "TLSCertificateRequest", make: func() Table {
		return tls12("Certificate Request", "TLS certificate request (RFC 5246 §7.4.4)", 13,
			vector(8, "ctypeslen", withDefault(numbers("ctypes", 1, tlsCertTypes), 1, 64)),
			vector(16, "sig_algs_len", withDefault(numbers("sig_algs", 2, tlsSignatureSchemes), 0x403, 0x401, 0x201)),
			vector(16, "certauthlen", Field{Name: "certauth", Type: "_CertAuthoritiesField", DefaultValue: List{}, Codec: prefixed{2}}))
	}}
	TLSServerHelloDone   = &Proto{Name: "TLSServerHelloDone", make: func() Table { return tls12("Server Hello Done", "TLS server hello done (RFC 5246 §7.4.5)", 14) }}
	TLSCertificateVerify = &Proto{Name: "TLSCertificateVerify", make: func() Table {
		return tls12("Certificate Verify", "TLS certificate verify (RFC 8446 §4.4.3)", 15,
			Field{Name: "sig_alg", Bits: 16, Enum: tlsSignatureSchemes}, vector(16, "sig_len", Field{Name: "sig", DefaultValue: []byte{}}))
	}}
	TLSClientKeyExchange = &Proto{Name: "TLSClientKeyExchange", make: func() Table {
		return tls12("Client Key Exchange", "TLS client key exchange (RFC 5246 §7.4.7)", 16,
			tlsRest("exchkeys", 0))
	}}
	TLSFinished          = &Proto{Name: "TLSFinished", make: func() Table { return tls12("Finished", "TLS finished (RFC 8446 §4.4.4)", 20, tlsRest("vdata", 0)) }}
	TLSCertificateStatus = &Proto{Name: "TLSCertificateStatus", make: func() Table {
		return tls12("Certificate Status", "TLS certificate status (RFC 6066 §8)", 22,
			Field{Name: "status_type", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "ocsp"}}}},
			vector(24, "responselen", Field{Name: "response", DefaultValue: []byte{}}))
	}}
	TLS13KeyUpdate = &Proto{Name: "TLS13KeyUpdate", make: func() Table {
		return tls13("Key Update", "TLS 1.3 key update (RFC 8446 §4.6.3)", 24,
			Field{Name: "request_update", Bits: 8, Enum: &Enum{List: Named{{0, "update_not_requested"}, {1, "update_requested"}}}})
	}}
	TLSHandshakeUnknown = &Proto{Name: "TLSHandshakeUnknown", make: func() Table {
		return tlsMessage("TLS Handshake Generic message", "any TLS handshake message by number", 255,
			tlsRest("msg", 0))
	}}
)

var tlsVersion13 = Field{Name: "version", Bits: 16, Type: "_TLSVersionField", Enum: tlsVersions, Default: 0x303}

var tlsCertTypes = &Enum{List: Named{{1, "rsa_sign"}, {2, "dss_sign"}, {3, "rsa_fixed_dh"}, {4, "dss_fixed_dh"},
	{64, "ecdsa_sign"}, {65, "rsa_fixed_ecdh"}, {66, "ecdsa_fixed_ecdh"}}}

// retryRandom is the SHA-256 of "HelloRetryRequest", by which a server hello is one.
var retryRandom = Field{Name: "random_bytes", Kind: Fixed, Bits: 256, Type: "_TLSRandomBytesField",
	DefaultValue: []byte("\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c"),
	Text: func(_ *Layer, v any) (string, bool) {
		b, ok := v.([]byte)
		return hex.EncodeToString(b), ok
	}}

// withDefault gives a list of numbers its default.
func withDefault(f Field, defaults ...uint64) Field {
	list := make(List, len(defaults))
	for i, n := range defaults {
		list[i] = n
	}
	f.DefaultValue = list
	return f
}

func linkTLSHandshake() {
	tlsHandshakes = [256]*Proto{
		0:  TLSHelloRequest,
		1:  TLSClientHello,
		2:  TLSServerHello,
		4:  TLSNewSessionTicket,
		5:  TLS13EndOfEarlyData,
		8:  TLSEncryptedExtensions,
		11: TLSCertificate,
		12: TLSServerKeyExchange,
		13: TLSCertificateRequest,
		14: TLSServerHelloDone,
		15: TLSCertificateVerify,
		16: TLSClientKeyExchange,
		20: TLSFinished,
		22: TLSCertificateStatus,
		24: TLS13KeyUpdate,
	}
}
