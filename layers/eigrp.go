package layers

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// EIGRP is the header of the enhanced interior gateway routing protocol (RFC 7868 §6.2).
var EIGRP = &Proto{Name: "EIGRP", make: func() Table {
	return Table{
		Doc: "enhanced interior gateway routing protocol (RFC 7868)",
		Fields: []Field{
			{Name: "ver", Bits: 8, Default: 2},
			{Name: "opcode", Bits: 8, Default: eigrpHello, Enum: &Enum{List: Named{{1, "Update"}, {2, "Request"}, {3, "Query"}, {4, "Replay"},
				{5, "Hello"}, {6, "IPX SAP"}, {10, "SIA Query"}, {11, "SIA Reply"}}}},
			{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
			{Name: "flags", Kind: Flag, Bits: 32, Flags: &FlagSet{Names: []string{"init", "cond-recv", "unknown", "update"}}},
			{Name: "seq", Bits: 32},
			{Name: "ack", Bits: 32},
			{Name: "asn", Bits: 32, Default: 100},
			{Name: "tlvlist", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: eigrpTLV}},
		},
		Sum: &Sum{Field: 2},
		Summary: func(at At) (string, []*Proto) {
			s := "EIGRP (AS=" + FieldText(at, 6) + " Opcode=" + FieldText(at, 1)
			if at.Uint(1) == eigrpHello && at.Uint(5) != 0 {
				s += " (ACK)"
			}
			if at.Uint(3) != 0 {
				s += " Flags=" + FieldText(at, 3)
			}
			return s + ")", nil
		},
	}
}}

const eigrpHello = 5

// eigrpTLV is the table of the part that b begins with.
func eigrpTLV(_ *Layer, b []byte) *Proto {
	if len(b) < 4 {
		return nil
	}
	switch getBits(b, 0, 16) {
	case 1:
		return EIGRPParam
	case 2:
		return EIGRPAuthData
	case 3:
		return EIGRPSeq
	case 4:
		return EIGRPSwVer
	case 5:
		return EIGRPNms
	case 6:
		return EIGRPStub
	case 0x102:
		return EIGRPIntRoute
	case 0x103:
		return EIGRPExtRoute
	case 0x402:
		return EIGRPv6IntRoute
	case 0x403:
		return EIGRPv6ExtRoute
	}
	return EIGRPGeneric
}

// eigrp makes the table of a part: type, length of all of it, then fields.
func eigrp(title string, typ uint64, fields ...any) Table {
	list := rows(fields...)
	length := optionLen("len", 16, 4, list)
	if slices.ContainsFunc(list, func(f Field) bool { return f.When != nil }) {
		length = Field{Name: "len", Bits: 16, Len: headerLen}
	}
	return Table{Title: "EIGRP " + title, Doc: "EIGRP: " + title + " (RFC 7868 §6)", PayloadIsPadding: true,
		Fields: rows(Field{Name: "type", Kind: Hex, Bits: 16, Default: typ}, length, list)}
}

// The parts of a message (RFC 7868 §6.6 to §6.9).
var (
	EIGRPGeneric = &Proto{Name: "EIGRPGeneric", make: func() Table {
		return eigrp("Generic TLV", 0, Field{Name: "value", Kind: Var, Type: "StrLenField", DefaultValue: []byte{0}, Size: sizeLess(1, 4)})
	}}
	EIGRPParam = &Proto{Name: "EIGRPParam", make: func() Table {
		return eigrp("Parameters", 1, Field{Name: "k1", Bits: 8, Default: 1}, Field{Name: "k2", Bits: 8}, Field{Name: "k3", Bits: 8, Default: 1},
			Field{Name: "k4", Bits: 8}, Field{Name: "k5", Bits: 8}, Field{Name: "reserved", Bits: 8}, Field{Name: "holdtime", Bits: 16, Default: 15})
	}}
	EIGRPAuthData = &Proto{Name: "EIGRPAuthData", make: func() Table {
		return eigrp("Authentication Data", 2,
			Field{Name: "authtype", Bits: 16, Default: 2, Enum: &Enum{List: Named{{2, "MD5"}}}},
			Field{Name: "keysize", Bits: 16, Auto: lenOf(6, 0)},
			Field{Name: "keyid", Bits: 32, Default: 1},
			Field{Name: "nullpad", Kind: Fixed, Bits: 96},
			Field{Name: "authdata", Kind: Var, Type: "StrLenField", DefaultValue: make([]byte, 16), Size: sizeLess(3, 0)})
	}}
	EIGRPSeq = &Proto{Name: "EIGRPSeq", make: func() Table {
		return eigrp("Sequence", 3,
			Field{Name: "addrlen", Bits: 8, Default: 4},
			Field{Name: "ipaddr", Kind: Addr4, Bits: 32, Default: 0xc0a80001, When: func(l *Layer) bool { return l.Uint(2) == 4 }},
			Field{Name: "ip6addr", Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("2001::"), When: func(l *Layer) bool { return l.Uint(2) == 16 }})
	}}
	EIGRPSwVer = &Proto{Name: "EIGRPSwVer", make: func() Table {
		return eigrp("Software Version", 4, eigrpVersion("ios", 12<<8), eigrpVersion("eigrp", 1<<8|2))
	}}
	EIGRPNms = &Proto{Name: "EIGRPNms", make: func() Table {
		return eigrp("Next Multicast Sequence", 5, Field{Name: "nms", Bits: 32, Default: 2})
	}}
	EIGRPStub = &Proto{Name: "EIGRPStub", make: func() Table {
		return eigrp("Stub Router", 6, Field{Name: "flags", Kind: Flag, Bits: 16, Default: 0xd,
			Flags: &FlagSet{Names: []string{"connected", "static", "summary", "receive-only", "redistributed", "leak-map"}}})
	}}
	EIGRPIntRoute = &Proto{Name: "EIGRPIntRoute", make: func() Table {
		return eigrp("Internal Route", 0x102,
			Field{Name: "nexthop", Kind: Addr4, Bits: 32, Default: 0xc0a80000}, eigrpMetric("reserved", 128000, 256, 0, 255, 0),
			eigrpPrefix(24, "192.168.1.0"))
	}}
	EIGRPExtRoute = &Proto{Name: "EIGRPExtRoute", make: func() Table {
		return eigrp("External Route", 0x103,
			Field{Name: "nexthop", Kind: Addr4, Bits: 32, Default: 0xc0a80000}, eigrpOrigin(), eigrpMetric("reserved2", 0, 256, 0, 255, 0),
			eigrpPrefix(24, "192.168.1.0"))
	}}
	EIGRPv6IntRoute = &Proto{Name: "EIGRPv6IntRoute", make: func() Table {
		return eigrp("for IPv6 Internal Route", 0x402,
			Field{Name: "nexthop", Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Unspecified()}, eigrpMetric("reserved", 128000, 256000, 1, 255, 0),
			eigrpPrefix(16, "2001::"))
	}}
	EIGRPv6ExtRoute = &Proto{Name: "EIGRPv6ExtRoute", make: func() Table {
		return eigrp("for IPv6 External Route", 0x403,
			Field{Name: "nexthop", Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Unspecified()}, eigrpOrigin(), eigrpMetric("reserved2", 0, 256000, 1, 0, 1),
			eigrpPrefix(8, "::"))
	}}
)

// eigrpMetric is what a route costs (RFC 7868 §6.7.2).
func eigrpMetric(reserved string, delay, bandwidth, hops, reliability, load uint64) []Field {
	return []Field{
		{Name: "delay", Bits: 32, Default: delay},
		{Name: "bandwidth", Bits: 32, Default: bandwidth},
		{Name: "mtu", Bits: 24, Type: "ThreeBytesField", Default: 1500},
		{Name: "hopcount", Bits: 8, Default: hops},
		{Name: "reliability", Bits: 8, Default: reliability},
		{Name: "load", Bits: 8, Default: load},
		{Name: reserved, Kind: Hex, Bits: 16},
	}
}

// eigrpOrigin is where an external route comes from (RFC 7868 §6.7.3).
func eigrpOrigin() []Field {
	return []Field{
		{Name: "originrouter", Kind: Addr4, Bits: 32, Default: 0xc0a80001},
		{Name: "originasn", Bits: 32},
		{Name: "tag", Bits: 32},
		{Name: "externalmetric", Bits: 32},
		{Name: "reserved", Bits: 16},
		{Name: "extprotocolid", Bits: 8, Default: 3, Enum: &Enum{List: Named{{1, "IGRP"}, {2, "EIGRP"}, {3, "Static Route"}, {4, "RIP"}, {5, "Hello"},
			{6, "OSPF"}, {7, "IS-IS"}, {8, "EGP"}, {9, "BGP"}, {10, "IDRP"}, {11, "Connected Link"}}}},
		{Name: "flags", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{"external", "candidate-default"}}},
	}
}

// eigrpVersion is a version, which is written "v12.0".
func eigrpVersion(name string, value uint64) Field {
	return Field{Name: name, Bits: 16, Type: "ShortVersionField", Default: value,
		Text: func(_ *Layer, v any) (string, bool) {
			n, ok := v.(uint64)
			return fmt.Sprintf("v%d.%d", n>>8, n&0xff), ok
		},
		Words: func(s string) (uint64, bool) {
			major, minor, ok := strings.Cut(strings.TrimPrefix(s, "v"), ".")
			a, err := strconv.ParseUint(major, 10, 8)
			b, err2 := strconv.ParseUint(minor, 10, 8)
			return a<<8 | b, ok && err == nil && err2 == nil
		}}
}

// eigrpPrefix is a destination: the length of its prefix, and as many bytes as that takes.
func eigrpPrefix(length uint64, dst string) []Field {
	a := netip.MustParseAddr(dst)
	typ, text := "EigrpIPField", func(_ *Layer, v any) (string, bool) {
		one, ok := v.(netip.Addr)
		return pyStr(one.String()), ok
	}
	if a.Is6() {
		typ, text = "EigrpIP6Field", nil
	}
	return []Field{
		{Name: "prefixlen", Bits: 8, Default: length},
		{Name: "dst", Kind: Var, Type: typ, DefaultValue: a, Codec: eigrpAddr{a.BitLen() / 8}, Text: text,
			Size: func(l *Layer, _ []byte) int { return eigrpAddrLen(l, a.BitLen()/8) }},
	}
}

// eigrpAddrLen is how many of an address's size bytes are sent: of IPv4 at least one and those that the prefix
// reaches into, of IPv6 as many and one more where the prefix ends with a byte, as routers do.
func eigrpAddrLen(l *Layer, size int) int {
	bits := int(l.Uint(l.proto.Index("prefixlen")))
	if size == 4 {
		return min(max((bits+7)/8, 1), 4)
	}
	return min(bits/8+1, size)
}

// eigrpAddr is an address of size bytes of which those behind the prefix are left out.
type eigrpAddr struct{ size int }

func (c eigrpAddr) Decode(_ *Layer, b []byte) any { return addrFrom(b, c.size) }

func (c eigrpAddr) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	a, ok := v.(netip.Addr)
	if !ok {
		b, _ := toBytes(v)
		return append(dst, b...), nil
	}
	b := a.AsSlice()
	return append(dst, b[:min(eigrpAddrLen(l, c.size), len(b))]...), nil
}

func (c eigrpAddr) Parse(l *Layer, v any) (any, error) {
	f := &Field{Name: "dst", Kind: Addr4}
	if c.size == 16 {
		f.Kind = Addr6
	}
	return f.parse(l, v)
}

func (eigrpAddr) single() {}

func eigrpTables() family {
	return family{
		tables: []*Proto{EIGRP, EIGRPGeneric, EIGRPParam, EIGRPAuthData, EIGRPSeq, EIGRPSwVer, EIGRPNms, EIGRPStub,
			EIGRPIntRoute, EIGRPExtRoute, EIGRPv6IntRoute, EIGRPv6ExtRoute},
		bind: func() {
			mustBindProtocol(EIGRP, 88)
		},
	}
}
