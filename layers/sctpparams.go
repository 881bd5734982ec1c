package layers

import (
	"net/netip"
	"slices"
)

// The parameters of SCTP chunks (RFC 9260 §3.3.2.1), a protocol each; a chunk's
// params is a list of them.

var sctpParamTypes = NewEnum(map[uint64]string{
	1:      "heartbeat-info",
	5:      "IPv4",
	6:      "IPv6",
	7:      "state-cookie",
	8:      "unrecognized-param",
	9:      "cookie-preservative",
	11:     "hostname",
	12:     "addrtypes",
	0x8000: "ecn-capable",
	0x8002: "random",
	0x8003: "chunk-list",
	0x8004: "requested-HMAC-functions",
	0x8008: "supported-extensions",
	0xc000: "fwd-tsn-supported",
	0xc001: "add-IP",
	0xc002: "del-IP",
	0xc003: "error-indication",
	0xc004: "set-primary-addr",
	0xc005: "success-indication",
	0xc006: "adaptation-layer-indication",
})

func sctpParam(name, doc string, typ uint64, fields ...Field) *Proto {
	return Register(&Proto{Name: name, Doc: doc + " (RFC 9260)",
		Fields: slices.Concat([]Field{{Name: "type", Bits: 16, Enum: sctpParamTypes, Default: typ}}, fields)})
}

// sctpDataParam is a parameter that holds bytes.
func sctpDataParam(name, doc string, typ uint64, field string, value ...byte) *Proto {
	data := sctpBytes(field, 1, 4)
	if value != nil {
		data.DefaultValue = value
	}
	return sctpParam(name, doc, typ,
		Field{Name: "len", Bits: 16, Type: "FieldLenField", Auto: sctpChunkLen(2)}, data)
}

// The parameters.
var (
	SCTPChunkParamHeartbeatInfo = sctpDataParam("SCTPChunkParamHeartbeatInfo", "heartbeat information", 1, "data")
	SCTPChunkParamStateCookie   = sctpDataParam("SCTPChunkParamStateCookie", "state cookie", 7, "cookie")
	SCTPChunkParamUnrecognized  = sctpDataParam("SCTPChunkParamUnrocognizedParam", "unrecognised parameter", 8, "param")
	SCTPChunkParamHostname      = sctpDataParam("SCTPChunkParamHostname", "host name", 11, "hostname")
	SCTPChunkParamRandom        = sctpDataParam("SCTPChunkParamRandom", "random number, RFC 4895", 0x8002, "random")
	SCTPChunkParamChunkList     = sctpDataParam("SCTPChunkParamChunkList", "chunk list, RFC 4895", 0x8003, "chunk_list")
	SCTPChunkParamRequestedHMAC = sctpDataParam("SCTPChunkParamRequestedHMACFunctions", "requested HMAC functions, RFC 4895", 0x8004, "HMAC_functions_list", 0, 1)
	SCTPChunkParamSupportedExt  = sctpDataParam("SCTPChunkParamSupportedExtensions", "supported extensions, RFC 5061", 0x8008, "supported_extensions", 0x0f, 0xc1, 0x80)
	SCTPChunkParamUnknown       = sctpDataParam("SCTPChunkParamUnknown", "any parameter by number", 0, "data")

	SCTPChunkParamIPv4Addr = sctpParam("SCTPChunkParamIPv4Addr", "IPv4 address", 5,
		Field{Name: "len", Bits: 16, Default: 8}, Field{Name: "addr", Kind: Addr4, Bits: 32, Default: 0x7f000001})
	SCTPChunkParamIPv6Addr = sctpParam("SCTPChunkParamIPv6Addr", "IPv6 address", 6,
		Field{Name: "len", Bits: 16, Default: 20}, Field{Name: "addr", Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Loopback()})
	SCTPChunkParamCookiePreservative = sctpParam("SCTPChunkParamCookiePreservative", "cookie preservative", 9,
		Field{Name: "len", Bits: 16, Default: 8}, Field{Name: "sug_cookie_inc", Kind: Hex, Bits: 32, Auto: zero})
	SCTPChunkParamSupportedAddrTypes = sctpParam("SCTPChunkParamSupportedAddrTypes", "supported address types", 12,
		Field{Name: "len", Bits: 16, Type: "FieldLenField", Auto: func(b *Build) uint64 {
			list, _ := b.At().Value(2).(List)
			return uint64(4 + 2*len(list))
		}},
		Field{Name: "addr_type_list", Kind: Var, Type: "PadField", DefaultValue: List{uint64(5)}, Codec: paddedTypes{},
			Size: func(l *Layer, rest []byte) int { return (int(l.Uint(1)) - 4 + 3) &^ 3 }})
	SCTPChunkParamECNCapable = sctpParam("SCTPChunkParamECNCapable", "explicit congestion notification", 0x8000,
		Field{Name: "len", Bits: 16, Default: 4})
	SCTPChunkParamFwdTSN = sctpParam("SCTPChunkParamFwdTSN", "forward TSN, RFC 3758", 0xc000,
		Field{Name: "len", Bits: 16, Default: 4})
	SCTPChunkParamAdaptationLayer = sctpParam("SCTPChunkParamAdaptationLayer", "adaptation layer, RFC 5061", 0xc006,
		Field{Name: "len", Bits: 16, Default: 8}, Field{Name: "indication", Kind: Hex, Bits: 32, Auto: zero})
)

// paddedTypes is numbers of 16 bits, padded to 4 bytes.
type paddedTypes struct{}

func (paddedTypes) Decode(l *Layer, b []byte) any {
	return uintList{2}.Decode(l, b[:min(max(int(l.Uint(1))-4, 0), len(b))])
}

func (paddedTypes) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	at := len(dst)
	dst, err := uintList{2}.Encode(l, dst, v)
	return append(dst, make([]byte, -(len(dst)-at)&3)...), err
}

func (paddedTypes) Parse(l *Layer, v any) (any, error) { return uintList{2}.Parse(l, v) }

var sctpParamProtos = map[uint64]*Proto{
	1: SCTPChunkParamHeartbeatInfo, 5: SCTPChunkParamIPv4Addr, 6: SCTPChunkParamIPv6Addr, 7: SCTPChunkParamStateCookie,
	8: SCTPChunkParamUnrecognized, 9: SCTPChunkParamCookiePreservative, 11: SCTPChunkParamHostname,
	12: SCTPChunkParamSupportedAddrTypes, 0x8000: SCTPChunkParamECNCapable, 0x8002: SCTPChunkParamRandom,
	0x8003: SCTPChunkParamChunkList, 0x8004: SCTPChunkParamRequestedHMAC, 0x8008: SCTPChunkParamSupportedExt,
	0xc000: SCTPChunkParamFwdTSN, 0xc006: SCTPChunkParamAdaptationLayer,
}

var sctpParamList = packetList{next: func(l *Layer, b []byte) *Proto {
	if len(b) >= 2 {
		if p := sctpParamProtos[getBits(b, 0, 16)]; p != nil {
			return p
		}
	}
	return SCTPChunkParamUnknown
}}
