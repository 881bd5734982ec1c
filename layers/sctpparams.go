package layers

import (
	"net/netip"
	"slices"
)

// The parameters of SCTP chunks (RFC 9260 §3.3.2.1), a protocol each; a chunk's
// params is a list of them.

var sctpParamTypes = &Enum{List: Named{
	{1, "heartbeat-info"},
	{5, "IPv4"},
	{6, "IPv6"},
	{7, "state-cookie"},
	{8, "unrecognized-param"},
	{9, "cookie-preservative"},
	{11, "hostname"},
	{12, "addrtypes"},
	{0x8000, "ecn-capable"},
	{0x8002, "random"},
	{0x8003, "chunk-list"},
	{0x8004, "requested-HMAC-functions"},
	{0x8008, "supported-extensions"},
	{0xc000, "fwd-tsn-supported"},
	{0xc001, "add-IP"},
	{0xc002, "del-IP"},
	{0xc003, "error-indication"},
	{0xc004, "set-primary-addr"},
	{0xc005, "success-indication"},
	{0xc006, "adaptation-layer"},
}}

func sctpParam(doc string, typ uint64, fields ...Field) Table {
	return Table{Doc: doc + " (RFC 9260)",
		Fields:           slices.Concat([]Field{{Name: "type", Bits: 16, Enum: sctpParamTypes, Default: typ}}, fields),
		PayloadIsPadding: true}
}

// sctpDataParam is a parameter that holds bytes.
func sctpDataParam(doc string, typ uint64, field string) Table {
	return sctpParam(doc, typ,
		Field{Name: "len", Bits: 16, Type: "FieldLenField", Auto: sctpChunkLen(2)}, sctpBytes(field, 1, 4))
}

// The parameters.
var (
	SCTPChunkParamHeartbeatInfo = &Proto{Name: "SCTPChunkParamHeartbeatInfo", make: func() Table { return sctpDataParam("heartbeat information", 1, "data") }}
	SCTPChunkParamStateCookie   = &Proto{Name: "SCTPChunkParamStateCookie", make: func() Table { return sctpDataParam("state cookie", 7, "cookie") }}
	SCTPChunkParamUnrecognized  = &Proto{Name: "SCTPChunkParamUnrocognizedParam", make: func() Table { return sctpDataParam("unrecognised parameter", 8, "param") }}
	SCTPChunkParamHostname      = &Proto{Name: "SCTPChunkParamHostname", make: func() Table { return sctpDataParam("host name", 11, "hostname") }}
	SCTPChunkParamRandom        = &Proto{Name: "SCTPChunkParamRandom", make: func() Table { return sctpDataParam("random number, RFC 4895", 0x8002, "random") }}
	SCTPChunkParamChunkList     = &Proto{Name: "SCTPChunkParamChunkList", make: func() Table { return sctpNumbers("chunk list, RFC 4895", 0x8003, "chunk_list", 1, sctpTypes) }}
	SCTPChunkParamRequestedHMAC = &Proto{Name: "SCTPChunkParamRequestedHMACFunctions", make: func() Table {
		return sctpNumbers("requested HMAC functions, RFC 4895", 0x8004, "HMAC_functions_list", 2,
			&Enum{List: Named{{0, "Reserved1"}, {1, "SHA-1"}, {2, "Reserved2"}, {3, "SHA-256"}}}, uint64(1))
	}}
	SCTPChunkParamSupportedExt = &Proto{Name: "SCTPChunkParamSupportedExtensions", make: func() Table {
		return sctpNumbers("supported extensions, RFC 5061", 0x8008, "supported_extensions", 1, sctpTypes, uint64(15), uint64(193), uint64(128))
	}}
	SCTPChunkParamUnknown = &Proto{Name: "SCTPChunkParamUnknown", make: func() Table { return sctpDataParam("any parameter by number", 0, "data") }}

	SCTPChunkParamIPv4Addr = &Proto{Name: "SCTPChunkParamIPv4Addr", make: func() Table {
		return sctpParam("IPv4 address", 5,
			Field{Name: "len", Bits: 16, Default: 8}, Field{Name: "addr", Kind: Addr4, Bits: 32, Default: 0x7f000001})
	}}
	SCTPChunkParamIPv6Addr = &Proto{Name: "SCTPChunkParamIPv6Addr", make: func() Table {
		return sctpParam("IPv6 address", 6,
			Field{Name: "len", Bits: 16, Default: 20}, Field{Name: "addr", Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Loopback()})
	}}
	SCTPChunkParamCookiePreservative = &Proto{Name: "SCTPChunkParamCookiePreservative", make: func() Table {
		return sctpParam("cookie preservative", 9,
			Field{Name: "len", Bits: 16, Default: 8}, Field{Name: "sug_cookie_inc", Kind: Hex, Bits: 32, Auto: zero})
	}}
	SCTPChunkParamSupportedAddrTypes = &Proto{Name: "SCTPChunkParamSupportedAddrTypes", make: func() Table {
		return sctpNumbers("supported address types", 12, "addr_type_list", 2, sctpAddrTypes, uint64(5))
	}}
	SCTPChunkParamECNCapable = &Proto{Name: "SCTPChunkParamECNCapable", make: func() Table {
		return sctpParam("explicit congestion notification", 0x8000,
			Field{Name: "len", Bits: 16, Default: 4})
	}}
	SCTPChunkParamFwdTSN = &Proto{Name: "SCTPChunkParamFwdTSN", make: func() Table {
		return sctpParam("forward TSN, RFC 3758", 0xc000,
			Field{Name: "len", Bits: 16, Default: 4})
	}}
	SCTPChunkParamAddIPAddr       = &Proto{Name: "SCTPChunkParamAddIPAddr", make: func() Table { return sctpAddress("address to add, RFC 5061", 0xc001) }}
	SCTPChunkParamDelIPAddr       = &Proto{Name: "SCTPChunkParamDelIPAddr", make: func() Table { return sctpAddress("address to take away, RFC 5061", 0xc002) }}
	SCTPChunkParamErrorIndication = &Proto{Name: "SCTPChunkParamErrorIndication", make: func() Table {
		return sctpReport("error of a change, RFC 5061", 0xc003,
			sctpBytes("error_causes", 1, 8))
	}}
	SCTPChunkParamSetPrimaryAddr    = &Proto{Name: "SCTPChunkParamSetPrimaryAddr", make: func() Table { return sctpAddress("address to prefer, RFC 5061", 0xc004) }}
	SCTPChunkParamSuccessIndication = &Proto{Name: "SCTPChunkParamSuccessIndication", make: func() Table { return sctpReport("success of a change, RFC 5061", 0xc005) }}
	SCTPChunkParamAdaptationLayer   = &Proto{Name: "SCTPChunkParamAdaptationLayer", make: func() Table {
		return sctpParam("adaptation layer, RFC 5061", 0xc006,
			Field{Name: "len", Bits: 16, Default: 8}, Field{Name: "indication", Kind: Hex, Bits: 32, Auto: zero})
	}}
)

// sctpReport is a parameter about the change of an address that has the same
// correlation number (RFC 5061 §4.2).
func sctpReport(doc string, typ uint64, fields ...Field) Table {
	fields = append([]Field{{Name: "correlation_id", Kind: Hex, Bits: 32, Auto: zero}}, fields...)
	length := optionLen("len", 16, 4, fields)
	if length.Computed() {
		length.Len, length.Auto = nil, sctpChunkLen(3)
	}
	return sctpParam(doc, typ, append([]Field{length}, fields...)...)
}

// sctpAddress is a parameter that changes an address, which is a parameter in it
// (RFC 5061 §4.2.1).
func sctpAddress(doc string, typ uint64) Table {
	return sctpReport(doc, typ,
		Field{Name: "addr_type", Bits: 16, Enum: sctpParamTypes, Default: 5},
		Field{Name: "addr_len", Bits: 16, Type: "FieldLenField", Len: headerLess(8)},
		Field{Name: "addr", Type: "MultipleTypeField", Form: func(l *Layer) *Field {
			switch l.Uint(3) {
			case 5:
				return sctpAddr4
			case 6:
				return sctpAddr6
			}
			return sctpAddrAny
		}})
}

var (
	sctpAddr4   = &Field{Name: "addr", Kind: Addr4, Bits: 32, Default: 0x7f000001}
	sctpAddr6   = &Field{Name: "addr", Kind: Addr6, Bits: 128}
	sctpAddrAny = &Field{Name: "addr", Kind: Var, DefaultValue: []byte{}}
)

// sctpNumbers is a parameter that holds numbers of size bytes each.
func sctpNumbers(doc string, typ uint64, field string, size int, names *Enum, value ...any) Table {
	return sctpParam(doc, typ,
		Field{Name: "len", Bits: 16, Type: "FieldLenField", Auto: func(b *Build) uint64 {
			list, _ := b.At().Value(2).(List)
			return uint64(4 + size*len(list))
		}},
		Field{Name: field, Kind: Var, Type: "PadField", DefaultValue: append(List{}, value...), Codec: paddedNumbers{namedList{uintList{size}, names}},
			Size: func(l *Layer, rest []byte) int { return (int(l.Uint(1)) - 4 + 3) &^ 3 },
			Text: func(_ *Layer, v any) (string, bool) { return namesText(names, v) }})
}

var sctpAddrTypes = &Enum{List: Named{{5, "IPv4"}, {6, "IPv6"}}}

// paddedNumbers is numbers, padded to 4 bytes.
type paddedNumbers struct{ namedList }

func (c paddedNumbers) Decode(l *Layer, b []byte) any {
	return c.namedList.Decode(l, b[:min(max(int(l.Uint(1))-4, 0), len(b))])
}

func (c paddedNumbers) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	at := len(dst)
	dst, err := c.namedList.Encode(l, dst, v)
	return append(dst, make([]byte, -(len(dst)-at)&3)...), err
}

var sctpParamProtos = map[uint64]*Proto{
	1: SCTPChunkParamHeartbeatInfo, 5: SCTPChunkParamIPv4Addr, 6: SCTPChunkParamIPv6Addr, 7: SCTPChunkParamStateCookie,
	8: SCTPChunkParamUnrecognized, 9: SCTPChunkParamCookiePreservative, 11: SCTPChunkParamHostname,
	12: SCTPChunkParamSupportedAddrTypes, 0x8000: SCTPChunkParamECNCapable, 0x8002: SCTPChunkParamRandom,
	0x8003: SCTPChunkParamChunkList, 0x8004: SCTPChunkParamRequestedHMAC, 0x8008: SCTPChunkParamSupportedExt,
	0xc000: SCTPChunkParamFwdTSN, 0xc001: SCTPChunkParamAddIPAddr, 0xc002: SCTPChunkParamDelIPAddr, 0xc003: SCTPChunkParamErrorIndication,
	0xc004: SCTPChunkParamSetPrimaryAddr, 0xc005: SCTPChunkParamSuccessIndication, 0xc006: SCTPChunkParamAdaptationLayer,
}

var sctpParamList = packetList{next: func(l *Layer, b []byte) *Proto {
	if len(b) >= 2 {
		if p := sctpParamProtos[getBits(b, 0, 16)]; p != nil {
			return p
		}
	}
	return SCTPChunkParamUnknown
}}
