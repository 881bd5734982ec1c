package layers

// The Cisco discovery protocol: a header and a list of TLVs (Cisco, "Understanding
// the Ethernet Frame Formats used for CDP").

var cdpTypes = textEnum(`1 Device ID
2 Addresses
3 Port ID
4 Capabilities
5 Software Version
6 Platform
7 IP Prefix
8 Protocol Hello
9 VTP Management Domain
10 Native VLAN
11 Duplex
14 VoIP VLAN Reply
15 VoIP VLAN Query
16 Power
17 MTU
18 Trust Bitmap
19 Untrusted Port CoS
20 System Name
21 System OID
22 Management Address
23 Location
26 Power Available
`)

// cdpMsg makes the table of a TLV.
func cdpMsg(name, title string, typ uint64, fields ...Field) *Proto {
	return Register(&Proto{Name: name, Title: title, Doc: "CDP message: " + title, PayloadIsPadding: true,
		Fields: append([]Field{
			{Name: "type", Kind: Hex, Bits: 16, Enum: cdpTypes, Default: typ},
			{Name: "len", Bits: 16, Type: "FieldLenField", Len: headerLen},
		}, fields...)})
}

// cdpRest is the last field of a TLV, behind the before bytes in front of it.
func cdpRest(name string, before int, value string) Field {
	f := Field{Name: name, Kind: Var, Type: "StrLenField", Size: sizeLess(1, before)}
	if value != "" {
		f.DefaultValue = []byte(value)
	}
	return f
}

func cdpText(name, title string, typ uint64) *Proto {
	return cdpMsg(name, title, typ, cdpRest("val", 4, ""))
}

// cdpAddress makes the table of an address.
func cdpAddress(name, title string, ptype uint64, proto string, addrlen, addr Field) *Proto {
	addrlen.Name, addrlen.Bits, addr.Name = "addrlen", 16, "addr"
	return Register(&Proto{Name: name, Title: title, Doc: "address in CDP", PayloadIsPadding: true, Fields: []Field{
		{Name: "ptype", Bits: 8, Default: ptype, Enum: textEnum("1 NLPID\n2 802.2\n")},
		{Name: "plen", Bits: 8, Type: "FieldLenField", Auto: lenOf(2, 0)},
		{Name: "proto", Kind: Var, Type: "StrLenField", DefaultValue: []byte(proto), Size: sizeLess(1, 0)},
		addrlen, addr,
	}})
}

// The addresses.
var (
	CDPAddrRecord = cdpAddress("CDPAddrRecord", "CDP Address", 1, "", Field{Auto: lenOf(4, 0)},
		Field{Kind: Var, Type: "StrLenField", Size: sizeLess(3, 0)})
	CDPAddrRecordIPv4 = cdpAddress("CDPAddrRecordIPv4", "CDP Address IPv4", 1, "\xcc", Field{Default: 4}, Field{Kind: Addr4, Bits: 32})
	CDPAddrRecordIPv6 = cdpAddress("CDPAddrRecordIPv6", "CDP Address IPv6", 2, "\xaa\xaa\x03\x00\x00\x00\x86\xdd", Field{Default: 16},
		Field{Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("::1")})
)

// cdpAddressProto is the table for the address that b begins with.
func cdpAddressProto(_ *Layer, b []byte) *Proto {
	holds := func(p string, size int) bool {
		head := 2 + len(p)
		return len(b) >= head+2+size && int(b[1]) == len(p) && string(b[2:head]) == p && int(getBits(b, 8*head, 16)) == size
	}
	switch {
	case holds("\xcc", 4):
		return CDPAddrRecordIPv4
	case holds("\xaa\xaa\x03\x00\x00\x00\x86\xdd", 16):
		return CDPAddrRecordIPv6
	}
	return CDPAddrRecord
}

func cdpAddresses(name, title string, typ uint64) *Proto {
	return cdpMsg(name, title, typ,
		Field{Name: "naddr", Bits: 32, Type: "FieldLenField", Auto: countOf(3)},
		Field{Name: "addr", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: cdpAddressProto}, Size: sizeLess(1, 8)})
}

// The TLVs.
var (
	CDPMsgGeneric      = cdpText("CDPMsgGeneric", "CDP Generic Message", 0)
	CDPMsgDeviceID     = cdpText("CDPMsgDeviceID", "Device ID", 1)
	CDPMsgAddr         = cdpAddresses("CDPMsgAddr", "Addresses", 2)
	CDPMsgPortID       = cdpMsg("CDPMsgPortID", "Port ID", 3, cdpRest("iface", 4, "Port 1"))
	CDPMsgCapabilities = cdpMsg("CDPMsgCapabilities", "Capabilities", 4, Field{Name: "cap", Kind: Flag, Bits: 32, Flags: &FlagSet{Names: []string{
		"Router", "TransparentBridge", "SourceRouteBridge", "Switch", "Host", "IGMPCapable", "Repeater", "Bit25", "Bit24", "Bit23", "Bit22",
		"Bit21", "Bit20", "Bit19", "Bit18", "Bit17", "Bit16", "Bit15", "Bit14", "Bit13", "Bit12", "Bit11", "Bit10", "Bit9", "Bit8", "Bit7",
		"Bit6", "Bit5", "Bit4", "Bit3", "Bit2", "Bit1"}}})
	CDPMsgSoftwareVersion = cdpText("CDPMsgSoftwareVersion", "Software Version", 5)
	CDPMsgPlatform        = cdpText("CDPMsgPlatform", "Platform", 6)
	CDPMsgIPGateway       = cdpMsg("CDPMsgIPGateway", "IP Gateway", 7, Field{Name: "defaultgw", Kind: Addr4, Bits: 32, Default: 0xc0a80001})
	CDPMsgIPPrefix        = cdpMsg("CDPMsgIPPrefix", "IP Prefix", 7, Field{Name: "prefix", Kind: Addr4, Bits: 32, Default: 0xc0a80001},
		Field{Name: "plen", Bits: 8, Default: 24})
	CDPMsgProtoHello = cdpMsg("CDPMsgProtoHello", "Protocol Hello", 8, Field{Name: "oui", Kind: Hex, Bits: 24, Type: "OUIField", Default: 0xc},
		Field{Name: "protocol_id", Kind: Hex, Bits: 16}, cdpRest("data", 9, ""))
	CDPMsgVTPMgmtDomain = cdpText("CDPMsgVTPMgmtDomain", "VTP Management Domain", 9)
	CDPMsgNativeVLAN    = cdpMsg("CDPMsgNativeVLAN", "Native VLAN", 10, Field{Name: "vlan", Bits: 16, Default: 1})
	CDPMsgDuplex        = cdpMsg("CDPMsgDuplex", "Duplex", 11, Field{Name: "duplex", Bits: 8, Enum: textEnum("0 Half\n1 Full\n")})
	CDPMsgVoIPVLANReply = cdpMsg("CDPMsgVoIPVLANReply", "VoIP VLAN Reply", 14, Field{Name: "status", Bits: 8, Default: 1},
		Field{Name: "vlan", Bits: 16, Default: 1})
	CDPMsgVoIPVLANQuery = cdpMsg("CDPMsgVoIPVLANQuery", "VoIP VLAN Query", 15, Field{Name: "unknown1", Kind: Hex, Bits: 8},
		Field{Name: "vlan", Bits: 16, Default: 1}, cdpRest("unknown2", 7, ""))
	CDPMsgPower            = cdpMsg("CDPMsgPower", "Power", 16, Field{Name: "power", Bits: 16, Default: 1337, Text: withUnit("mW")})
	CDPMsgMTU              = cdpMsg("CDPMsgMTU", "MTU", 17, Field{Name: "mtu", Bits: 16, Default: 1500})
	CDPMsgTrustBitmap      = cdpMsg("CDPMsgTrustBitmap", "Trust Bitmap", 18, Field{Name: "trust_bitmap", Kind: Hex, Bits: 8})
	CDPMsgUntrustedPortCoS = cdpMsg("CDPMsgUntrustedPortCoS", "Untrusted Port CoS", 19, Field{Name: "untrusted_port_cos", Kind: Hex, Bits: 8})
	CDPMsgMgmtAddr         = cdpAddresses("CDPMsgMgmtAddr", "Management Address", 22)
	CDPMsgUnknown19        = cdpText("CDPMsgUnknown19", "Unknown CDP Message", 25)
)

// cdpProto is the table for the TLV that b begins with; one of a fixed size that
// claims another is CDPMsgGeneric.
func cdpProto(_ *Layer, b []byte) *Proto {
	if len(b) < 4 {
		return nil
	}
	n := int(getBits(b, 16, 16))
	for _, p := range []*Proto{CDPMsgDeviceID, CDPMsgAddr, CDPMsgPortID, CDPMsgCapabilities, CDPMsgSoftwareVersion, CDPMsgPlatform,
		CDPMsgIPGateway, CDPMsgIPPrefix, CDPMsgProtoHello, CDPMsgVTPMgmtDomain, CDPMsgNativeVLAN, CDPMsgDuplex, CDPMsgVoIPVLANReply,
		CDPMsgVoIPVLANQuery, CDPMsgPower, CDPMsgMTU, CDPMsgTrustBitmap, CDPMsgUntrustedPortCoS, CDPMsgMgmtAddr, CDPMsgUnknown19} {
		if p.Fields[0].Default == getBits(b, 0, 16) && (n == p.Use().fixedLen || n > p.fixedLen && p.slots > 0) {
			return p
		}
	}
	return CDPMsgGeneric
}

// CDPv2_HDR is a message of version 2.
var CDPv2_HDR = Register(&Proto{
	Name: "CDPv2_HDR", Title: "Cisco Discovery Protocol version 2", Doc: "Cisco discovery protocol, version 2",
	Fields: []Field{
		{Name: "vers", Bits: 8, Default: 2},
		{Name: "ttl", Bits: 8, Default: 180},
		{Name: "cksum", Kind: Hex, Bits: 16, Auto: zero},
		{Name: "msg", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: cdpProto}},
	},
	Finish: func(b *Build) {
		if b.Layer().IsSet(2) {
			return
		}
		// The last of an odd number of bytes stands in the low half of its word, and
		// counts as one less above 0x80, with ones in front: it was taken for signed.
		data := append([]byte(nil), b.HeaderAndPayload()...)
		if n := len(data) - 1; n%2 == 0 {
			if last := data[n]; last <= 0x80 {
				data = append(data[:n], 0, last)
			} else {
				data = append(data[:n], 0xff, last-1)
			}
		}
		b.Put(2, uint64(Checksum(data)))
	},
})

func bindCDP() { mustBind(SNAP, CDPv2_HDR, "code", 0x2000, "OUI", 0xc) }
