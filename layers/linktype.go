package layers

// The headers of captures whose packets have no Ethernet header (the list
// "Link-layer header types" of tcpdump.org).

// CookedLinux is the header that a capture on any interface has
// (LINKTYPE_LINUX_SLL, 113).
var CookedLinux = &Proto{Name: "CookedLinux", Table: Table{
	Title: "cooked linux",
	Doc:   "Linux cooked capture header (LINKTYPE_LINUX_SLL)",
	Fields: []Field{
		{Name: "pkttype", Bits: 16, Enum: sllPacketTypes},
		{Name: "lladdrtype", Kind: Hex, Bits: 16, Default: 512},
		{Name: "lladdrlen", Bits: 16},
		{Name: "src", Kind: Fixed, Bits: 64},
		{Name: "proto", Kind: Hex, Bits: 16, Enum: EtherTypes, Default: 0x800},
	},
}}

// CookedLinuxV2 is the header that tcpdump -i any writes today
// (LINKTYPE_LINUX_SLL2, 276).
var CookedLinuxV2 = &Proto{Name: "CookedLinuxV2", Table: Table{
	Title: "cooked linux v2",
	Doc:   "Linux cooked capture header of version 2 (LINKTYPE_LINUX_SLL2)",
	Fields: []Field{
		{Name: "proto", Kind: Hex, Bits: 16, Enum: EtherTypes, Default: 0x800},
		{Name: "reserved", Bits: 16},
		{Name: "ifindex", Bits: 32},
		{Name: "lladdrtype", Kind: Hex, Bits: 16, Default: 512},
		{Name: "pkttype", Bits: 8, Enum: sllPacketTypes},
		{Name: "lladdrlen", Bits: 8},
		{Name: "src", Kind: Fixed, Bits: 64},
	},
}}

var sllPacketTypes = &Enum{List: Named{
	{0, "unicast"},
	{1, "broadcast"},
	{2, "multicast"},
	{3, "unicast-to-another-host"},
	{4, "sent-by-us"},
}}

// Loopback is the address family in front of packets on BSD loopback interfaces
// (LINKTYPE_NULL, 0), in the byte order of the host that captured: little-endian
// when it is written here.
var Loopback = &Proto{Name: "Loopback", Table: Table{
	Doc: "BSD loopback header (LINKTYPE_NULL)",
	Fields: []Field{
		{Name: "type", Bits: 32, Type: "LoIntEnumField", Form: loopbackForm, Enum: loopbackFamilies},
	},
	Next: func(at At, payload []byte) *Proto {
		switch at.Uint(0) {
		case 2:
			return IP
		case 10, 24, 28, 30: // AF_INET6 of Linux, NetBSD, FreeBSD, Darwin
			return IPv6
		}
		return nil
	},
}}

var (
	loopbackFamilies = &Enum{List: Named{
		{2, "IPv4"},
		{7, "OSI"},
		{10, "IPv6"},
		{16, "Appletalk"},
		{23, "Netware IPX/SPX"},
		{24, "IPv6"},
		{28, "IPv6"},
		{30, "IPv6"},
	}}
	loopbackType = &Field{Name: "type", Kind: Var, Enum: loopbackFamilies, Codec: familyCodec{}, DefaultValue: uint64(2),
		Size: func(*Layer, []byte) int { return 4 }}
)

func loopbackForm(*Layer) *Field { return loopbackType }

// familyCodec is a number of 32 bits whose byte order is told by where its
// small value stands.
type familyCodec struct{}

func (familyCodec) Check(_ *Layer, b []byte) error {
	if len(b) < 4 {
		return ErrTruncated
	}
	return nil
}

func (familyCodec) Decode(_ *Layer, b []byte) any {
	if b[0] == 0 && b[1] == 0 {
		return getBits(b, 0, 32)
	}
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24
}

func (familyCodec) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	n, _ := v.(uint64)
	return append(dst, byte(n), byte(n>>8), byte(n>>16), byte(n>>24)), nil
}

func (familyCodec) Parse(l *Layer, v any) (any, error) {
	f := Field{Name: "type", Bits: 32, Enum: loopbackFamilies}
	return f.parseUint(l.proto, f.Enum, v)
}

func linkTypesTables() family {
	return family{
		tables: []*Proto{CookedLinux, CookedLinuxV2, Loopback},
		bind: func() {
			for _, lower := range []*Proto{CookedLinux, CookedLinuxV2} {
				for _, b := range []struct {
					upper *Proto
					num   int
				}{{IP, 0x800}, {IPv6, 0x86dd}, {ARP, 0x806}, {Dot1Q, 0x8100}, {Dot1AD, 0x88a8}, {PPPoED, 0x8863}, {PPPoE, 0x8864}, {EAPOL, 0x888e}, {LLC, 122}, {Ether, 1}, {CAN, 12}} {
					mustBind(lower, b.upper, "proto", b.num)
				}
			}
			mustBindDown(Loopback, IP, "type", 2)
			mustBindDown(Loopback, IPv6, "type", 10)
		},
	}
}
