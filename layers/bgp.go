package layers

import (
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// BGP-4 (RFC 4271).

var (
	bgpTypes  = &Enum{List: Named{{0, "NONE"}, {1, "OPEN"}, {2, "UPDATE"}, {3, "NOTIFICATION"}, {4, "KEEPALIVE"}, {5, "ROUTE-REFRESH"}}}
	bgpMarker = []byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
)

// bgpHead is the header that every message begins with (RFC 4271 §4.1).
func bgpHead() []Field {
	return []Field{
		{Name: "marker", Kind: Fixed, Bits: 128, Type: "XBitField", DefaultValue: bgpMarker, Text: func(_ *Layer, v any) (string, bool) {
			b, ok := v.([]byte)
			return "0x" + strings.TrimLeft(HexBytes(b), "0"), ok && len(trimZeros(b)) > 0
		}},
		{Name: "len", Bits: 16, Len: totalLen},
		{Name: "type", Bits: 8, Enum: bgpTypes, Default: 4},
	}
}

const (
	bgpLen  = 1
	bgpType = 2
)

// BGPHeader is the header of a message (RFC 4271 §4.1). A message that follows
// another in the same segment is Padding.
var BGPHeader = &Proto{Name: "BGPHeader", make: func() Table {
	return Table{
		Title: "HEADER", Doc: "border gateway protocol message (RFC 4271 §4.1)",
		Fields:     bgpHead(),
		WeakGuess:  true,
		PayloadLen: bgpRest,
	}
}}

// BGPKeepAlive is a message that is its header alone (RFC 4271 §4.4).
var BGPKeepAlive = &Proto{Name: "BGPKeepAlive", make: func() Table {
	return Table{
		Title: "KEEPALIVE", Doc: "BGP keepalive (RFC 4271 §4.4)",
		Fields:     bgpHead(),
		PayloadLen: bgpRest,
	}
}}

func bgpRest(l *Layer, headerLen int, rest []byte) int { return max(int(l.Uint(bgpLen))-headerLen, 0) }

func linkBGP() {
	BGPHeader.Dispatch = func(b []byte) *Proto {
		if len(b) == 19 && b[18] == 4 {
			return BGPKeepAlive
		}
		return nil
	}
}

// The other messages.
var (
	BGPOpen = &Proto{Name: "BGPOpen", make: func() Table {
		return Table{
			Title: "OPEN", Doc: "BGP open (RFC 4271 §4.2)",
			Fields: rows(
				Field{Name: "version", Bits: 8, Default: 4},
				Field{Name: "my_as", Bits: 16},
				Field{Name: "hold_time", Bits: 16},
				Field{Name: "bgp_id", Kind: Addr4, Bits: 32},
				vector(8, "opt_param_len", packetsOf("opt_params", BGPOptParam))),
		}
	}}
	BGPUpdate = &Proto{Name: "BGPUpdate", make: func() Table {
		return Table{
			Title: "UPDATE", Doc: "BGP update (RFC 4271 §4.3)",
			Fields: rows(
				vector(16, "withdrawn_routes_len", packetsOf("withdrawn_routes", BGPNLRI_IPv4)),
				vector(16, "path_attr_len", packetsOf("path_attr", BGPPathAttr)),
				packetsOf("nlri", BGPNLRI_IPv4)),
		}
	}}
	BGPNotification = &Proto{Name: "BGPNotification", Table: Table{
		Title: "NOTIFICATION", Doc: "BGP notification (RFC 4271 §4.5)",
		Fields: []Field{
			{Name: "error_code", Bits: 8, Enum: &Enum{List: Named{{1, "Message Header Error"}, {2, "OPEN Message Error"},
				{3, "UPDATE Message Error"}, {4, "Hold Timer Expired"}, {5, "Finite State Machine Error"}, {6, "Cease"}, {7, "ROUTE-REFRESH Message Error"}}}},
			{Name: "error_subcode", Bits: 8, Names: bgpSubcodes, Type: "MultiEnumField"},
			{Name: "data", Absent: true, Kind: Var, DefaultValue: []byte{}},
		},
	}}
	BGPRouteRefresh = &Proto{Name: "BGPRouteRefresh", Table: Table{
		Title: "ROUTE-REFRESH", Doc: "BGP route refresh (RFC 2918, RFC 7313)",
		Fields: []Field{
			{Name: "afi", Bits: 16, Default: 1, Enum: bgpAFIs},
			{Name: "subtype", Bits: 8, Enum: &Enum{List: Named{{0, "Route-Refresh"}, {1, "BoRR"}, {2, "EoRR"}, {255, "Reserved"}}}},
			{Name: "safi", Bits: 8, Default: 1, Enum: bgpSAFIs},
			{Name: "orf_data", Kind: Var, DefaultValue: []byte{}},
		},
	}}
)

// bgpSubcodes names a notification's subcode by its code (RFC 4271 §6, RFC 4486, RFC 7313 §5).
func bgpSubcodes(l *Layer) *Enum { return bgpErrors[l.Uint(0)] }

var bgpErrors = map[uint64]*Enum{
	1: &Enum{List: Named{{0, "Unspecific"}, {1, "Connection Not Synchronized"}, {2, "Bad Message Length"}, {3, "Bad Message Type"}}},
	2: &Enum{List: Named{{0, "Reserved"}, {1, "Unsupported Version Number"}, {2, "Bad Peer AS"}, {3, "Bad BGP Identifier"},
		{4, "Unsupported Optional Parameter"}, {5, "Authentication Failure - Deprecated (RFC 4271)"}, {6, "Unacceptable Hold Time"}, {7, "Unsupported Capability"}}},
	3: &Enum{List: Named{{0, "Reserved"}, {1, "Malformed Attribute List"}, {2, "Unrecognized Well-known Attribute"},
		{3, "Missing Well-known Attribute"}, {4, "Attribute Flags Error"}, {5, "Attribute Length Error"}, {6, "Invalid ORIGIN Attribute"},
		{7, "AS Routing Loop - Deprecated (RFC 4271)"}, {8, "Invalid NEXT_HOP Attribute"}, {9, "Optional Attribute Error"}, {10, "Invalid Network Field"}, {11, "Malformed AS_PATH"}}},
	5: &Enum{List: Named{{0, "Unspecified Error"}, {1, "Receive Unexpected Message in OpenSent State"},
		{2, "Receive Unexpected Message in OpenConfirm State"}, {3, "Receive Unexpected Message in Established State"}}},
	6: &Enum{List: Named{{0, "Unspecified Error"}, {1, "Maximum Number of Prefixes Reached"}, {2, "Administrative Shutdown"},
		{3, "Peer De-configured"}, {4, "Administrative Reset"}, {5, "Connection Rejected"}, {6, "Other Configuration Change"},
		{7, "Connection Collision Resolution"}, {8, "Out of Resources"}}},
	7: &Enum{List: Named{{0, "Reserved"}, {1, "Invalid Message Length"}}},
}

// bgpPrefix is a prefix: its length in bits and as many bytes as that needs
// (RFC 4271 §4.3). Its value is (length, address); text such as "10.0.0.0/8" will do.
type bgpPrefix struct{ size int }

func bgpPrefixField(size int) Field {
	return Field{Name: "prefix", Kind: Var, Type: "BGPFieldIPv4", Codec: bgpPrefix{size},
		DefaultValue: Tuple{uint64(0), netip.AddrFrom4([4]byte{})},
		Size: func(_ *Layer, rest []byte) int {
			if len(rest) == 0 {
				return 0
			}
			return 1 + (int(rest[0])+7)/8
		},
		Text: func(_ *Layer, v any) (string, bool) {
			t, ok := v.(Tuple)
			if !ok {
				return "", false
			}
			a, _ := t[1].(netip.Addr)
			return fmt.Sprintf("%s/%d", AddrText(a), t[0]), true
		}}
}

func (c bgpPrefix) Check(_ *Layer, b []byte) error {
	if len(b) == 0 || len(b) < 1+(int(b[0])+7)/8 {
		return fmt.Errorf("%w: the prefix is cut off", ErrTruncated)
	}
	return nil
}

func (c bgpPrefix) Decode(_ *Layer, b []byte) any {
	if len(b) == 0 || len(b)-1 > c.size {
		return b // longer than an address
	}
	addr := make([]byte, c.size)
	copy(addr, b[1:])
	a, _ := netip.AddrFromSlice(addr)
	return Tuple{uint64(b[0]), a}
}

func (c bgpPrefix) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case []byte:
		return append(dst, v...), nil
	case Tuple:
		bits, _ := v[0].(uint64)
		a, _ := v[1].(netip.Addr)
		n := min((int(bits)+7)/8, c.size)
		dst = append(dst, byte(bits))
		return append(dst, a.AsSlice()[:n]...), nil
	}
	return dst, nil
}

func (c bgpPrefix) Parse(l *Layer, v any) (any, error) {
	switch x := v.(type) {
	case []byte:
		return x, nil
	case Net:
		return Tuple{uint64(x.Prefix.Bits()), x.Prefix.Addr()}, nil
	case string:
		p, err := netip.ParsePrefix(x)
		if err != nil || p.Addr().BitLen() != c.size*8 {
			return nil, fmt.Errorf("%q: not a prefix such as 10.0.0.0/8", x)
		}
		return Tuple{uint64(p.Bits()), p.Addr()}, nil
	case Tuple:
		if len(x) == 2 {
			bits, ok := toUint(x[0])
			f := &Field{Name: "prefix", Kind: Addr4}
			if c.size == 16 {
				f.Kind = Addr6
			}
			a, err := f.parse(l, x[1])
			if err != nil {
				return nil, err
			}
			if _, isAddr := a.(netip.Addr); ok && isAddr && bits <= uint64(c.size*8) {
				return Tuple{bits, a}, nil
			}
		}
	}
	return nil, fmt.Errorf("got %s, want a prefix such as \"10.0.0.0/8\"", describe(v))
}

// Prefixes, optional parameters and capabilities (RFC 4271 §4.2, RFC 5492 §4).
var (
	BGPNLRI_IPv4 = &Proto{Name: "BGPNLRI_IPv4", make: func() Table {
		return Table{Title: "IPv4 NLRI", Doc: "IPv4 prefix in BGP", Fields: []Field{bgpPrefixField(4)}}
	}}
	BGPNLRI_IPv6 = &Proto{Name: "BGPNLRI_IPv6", make: func() Table {
		return Table{Title: "IPv6 NLRI", Doc: "IPv6 prefix in BGP", Fields: []Field{withValue(bgpPrefixField(16), Tuple{uint64(0), netip.IPv6Unspecified()})}}
	}}

	BGPOptParam = &Proto{Name: "BGPOptParam", make: func() Table {
		return Table{
			Title: "Optional parameter", Doc: "optional parameter of a BGP open (RFC 4271 §4.2)",
			Fields: rows(
				Field{Name: "param_type", Bits: 8, Default: 2, Enum: &Enum{List: Named{{0, "Reserved"}, {1, "Authentication (deprecated)"}, {2, "Capabilities"}}}},
				vector(8, "param_length", Field{Name: "param_value", Absent: true, Type: "PacketField", Codec: onePacket{func(l *Layer, b []byte) *Proto {
					if l.Uint(0) == 2 {
						return bgpCapability(b)
					}
					return nil
				}}})),
		}
	}}
	BGPCapGeneric = &Proto{Name: "BGPCapGeneric", make: func() Table {
		return bgpCap("BGP Capability", 0,
			Field{Name: "cap_data", Kind: Var, Type: "StrLenField", DefaultValue: []byte{}, Size: sizeLess(1, 0)})
	}}
	BGPCapMultiprotocol = &Proto{Name: "BGPCapMultiprotocol", make: func() Table {
		return bgpCap("Multiprotocol Extensions for BGP-4", 1,
			Field{Name: "afi", Bits: 16, Enum: bgpAFIs}, Field{Name: "reserved", Bits: 8}, Field{Name: "safi", Bits: 8, Enum: bgpSAFIs})
	}}
	BGPCapFourBytesASN = &Proto{Name: "BGPCapFourBytesASN", make: func() Table {
		return bgpCap("Support for 4-octet AS number capability", 65, Field{Name: "asn", Bits: 32})
	}}
)

func withValue(f Field, v any) Field {
	f.DefaultValue = v
	return f
}

func bgpCap(title string, code uint64, fields ...any) Table {
	return Table{
		Title: title, Doc: title + " (RFC 5492)",
		Fields: slices.Concat([]Field{
			{Name: "code", Bits: 8, Default: code, Enum: bgpCapCodes},
			optionLen("length", 8, 0, rows(fields...)),
		}, rows(fields...)),
	}
}

func bgpCapability(b []byte) *Proto {
	switch {
	case len(b) >= 6 && b[0] == 1 && b[1] == 4:
		return BGPCapMultiprotocol
	case len(b) >= 6 && b[0] == 65 && b[1] == 4:
		return BGPCapFourBytesASN
	}
	return BGPCapGeneric
}

func linkBGPCaps() {
	for _, p := range []*Proto{BGPCapGeneric, BGPCapMultiprotocol, BGPCapFourBytesASN} {
		p.Next = func(_ At, payload []byte) *Proto { return bgpCapability(payload) }
	}
}

// bindBGP has port 179 read what begins as a message does.
func bindBGP() {
	for typ, upper := range []*Proto{1: BGPOpen, BGPUpdate, BGPNotification, BGPKeepAlive, BGPRouteRefresh} {
		if upper != nil {
			mustBind(BGPHeader, upper, "type", typ)
		}
	}
	message := &Proto{Name: "BGP", Table: Table{Dispatch: func(b []byte) *Proto {
		if bytes.HasPrefix(b, bgpMarker) && len(b) >= 19 {
			return BGPHeader.dispatch(b)
		}
		return Raw
	}}}
	mustBindPorts(TCP, message, 179)
	for _, upper := range []*Proto{BGPOpen, BGPUpdate, BGPNotification, BGPKeepAlive, BGPRouteRefresh} {
		mustBindDown(TCP, upper, "sport", 179)
	}
}

func bgpTables() family {
	return family{
		tables: []*Proto{
			BGPHeader, BGPKeepAlive, BGPOpen, BGPUpdate, BGPNotification, BGPRouteRefresh, BGPNLRI_IPv4, BGPNLRI_IPv6, BGPOptParam,
			BGPCapGeneric, BGPCapMultiprotocol, BGPCapFourBytesASN, BGPPathAttr, ASPathSegment, AS4PathSegment, BGPPAOrigin,
			BGPPAASPath, BGPPAAS4BytesPath, BGPPANextHop, BGPPAMultiExitDisc, BGPPALocalPref, BGPPAAtomicAggregate, BGPPAAggregator,
			BGPPACommunity, BGPPAOriginatorID, BGPPAClusterList, BGPPAMPReachNLRI, BGPPAMPUnreachNLRI, BGPPAMPUnreachNLRI_IPv6,
			BGPPAAS4Aggregator,
		},
		link: func() { linkBGP(); linkBGPCaps(); linkBGPAttrs() },
		bind: bindBGP,
	}
}
