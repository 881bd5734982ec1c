package layers

// The Cisco discovery protocol: a header and a list of TLVs (Cisco, "Understanding
// the Ethernet Frame Formats used for CDP").

var cdpTypes = &Enum{text: `1 Device ID
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
12 CDP Unknown command (send us a pcap file)
13 CDP Unknown command (send us a pcap file)
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
24 CDP Unknown command (send us a pcap file)
25 CDP Unknown command (send us a pcap file)
26 Power Available
`}

// cdpMsg makes the table of a TLV.
func cdpMsg(title string, typ uint64, fields ...Field) Table {
	return Table{Title: title, Doc: "CDP message: " + title, PayloadIsPadding: true,
		Fields: append([]Field{
			{Name: "type", Kind: Hex, Bits: 16, Enum: cdpTypes, Default: typ, Absent: typ == 0},
			optionLen("len", 16, 4, fields),
		}, fields...)}
}

// cdpRest is the last field of a TLV, behind the before bytes in front of it.
func cdpRest(name string, before int, value string) Field {
	f := Field{Name: name, Kind: Var, Type: "StrLenField", Size: sizeLess(1, before)}
	if value != "" {
		f.DefaultValue = []byte(value)
	}
	return f
}

func cdpText(title string, typ uint64) Table {
	return cdpMsg(title, typ, cdpRest("val", 4, ""))
}

// cdpAddress makes the table of an address.
func cdpAddress(title string, ptype uint64, proto string, addrlen, addr Field) Table {
	addrlen.Name, addrlen.Bits, addr.Name = "addrlen", 16, "addr"
	plen := Field{Name: "plen", Bits: 8, Type: "FieldLenField", Default: uint64(len(proto))}
	if proto == "" {
		plen.Auto = lenOf(2, 0)
	}
	return Table{Title: title, Doc: "address in CDP", PayloadIsPadding: true, Fields: []Field{
		{Name: "ptype", Bits: 8, Default: ptype, Enum: &Enum{text: "1 NLPID\n2 802.2\n"}},
		plen,
		{Name: "proto", Kind: Var, Type: "StrLenField", DefaultValue: []byte(proto), Size: sizeLess(1, 0)},
		addrlen, addr,
	}}
}

// The addresses.
var (
	CDPAddrRecord = &Proto{Name: "CDPAddrRecord", make: func() Table {
		return cdpAddress("CDP Address", 1, "", Field{Auto: lenOf(4, 0)},
			Field{Kind: Var, Type: "StrLenField", Size: sizeLess(3, 0)})
	}}
	CDPAddrRecordIPv4 = &Proto{Name: "CDPAddrRecordIPv4", make: func() Table {
		return cdpAddress("CDP Address IPv4", 1, "\xcc", Field{Default: 4}, Field{Kind: Addr4, Bits: 32})
	}}
	CDPAddrRecordIPv6 = &Proto{Name: "CDPAddrRecordIPv6", make: func() Table {
		return cdpAddress("CDP Address IPv6", 2, "\xaa\xaa\x03\x00\x00\x00\x86\xdd", Field{Default: 16},
			Field{Kind: Addr6, Bits: 128, DefaultValue: parseAddr6("::1")})
	}}
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

func cdpAddresses(title string, typ uint64) Table {
	return cdpMsg(title, typ,
		Field{Name: "naddr", Bits: 32, Type: "FieldLenField", Auto: countOf(3)},
		Field{Name: "addr", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: cdpAddressProto}, Size: sizeLess(1, 8)})
}

// The TLVs.
var (
	CDPMsgGeneric      = &Proto{Name: "CDPMsgGeneric", make: func() Table { return cdpText("CDP Generic Message", 0) }}
	CDPMsgDeviceID     = &Proto{Name: "CDPMsgDeviceID", make: func() Table { return cdpText("Device ID", 1) }}
	CDPMsgAddr         = &Proto{Name: "CDPMsgAddr", make: func() Table { return cdpAddresses("Addresses", 2) }}
	CDPMsgPortID       = &Proto{Name: "CDPMsgPortID", make: func() Table { return cdpMsg("Port ID", 3, cdpRest("iface", 4, "Port 1")) }}
	CDPMsgCapabilities = &Proto{Name: "CDPMsgCapabilities", make: func() Table {
		return cdpMsg("Capabilities", 4, Field{Name: "cap", Kind: Flag, Bits: 32, Flags: &FlagSet{Names: []string{
			"Router", "TransparentBridge", "SourceRouteBridge", "Switch", "Host", "IGMPCapable", "Repeater", "Bit25", "Bit24", "Bit23", "Bit22",
			"Bit21", "Bit20", "Bit19", "Bit18", "Bit17", "Bit16", "Bit15", "Bit14", "Bit13", "Bit12", "Bit11", "Bit10", "Bit9", "Bit8", "Bit7",
			"Bit6", "Bit5", "Bit4", "Bit3", "Bit2", "Bit1"}}})
	}}
	CDPMsgSoftwareVersion = &Proto{Name: "CDPMsgSoftwareVersion", make: func() Table { return cdpText("Software Version", 5) }}
	CDPMsgPlatform        = &Proto{Name: "CDPMsgPlatform", make: func() Table { return cdpText("Platform", 6) }}
	CDPMsgIPGateway       = &Proto{Name: "CDPMsgIPGateway", make: func() Table {
		return cdpMsg("IP Gateway", 7, Field{Name: "defaultgw", Kind: Addr4, Bits: 32, Default: 0xc0a80001})
	}}
	CDPMsgIPPrefix = &Proto{Name: "CDPMsgIPPrefix", make: func() Table {
		return cdpMsg("IP Prefix", 7, Field{Name: "prefix", Kind: Addr4, Bits: 32, Default: 0xc0a80001},
			Field{Name: "plen", Bits: 8, Default: 24})
	}}
	CDPMsgProtoHello = &Proto{Name: "CDPMsgProtoHello", make: func() Table {
		return cdpMsg("Protocol Hello", 8, ouiField("oui", 0xc),
			Field{Name: "protocol_id", Kind: Hex, Bits: 16}, cdpRest("data", 9, ""))
	}}
	CDPMsgVTPMgmtDomain = &Proto{Name: "CDPMsgVTPMgmtDomain", make: func() Table { return cdpText("VTP Management Domain", 9) }}
	CDPMsgNativeVLAN    = &Proto{Name: "CDPMsgNativeVLAN", make: func() Table { return cdpMsg("Native VLAN", 10, Field{Name: "vlan", Bits: 16, Default: 1}) }}
	CDPMsgDuplex        = &Proto{Name: "CDPMsgDuplex", make: func() Table {
		return cdpMsg("Duplex", 11, Field{Name: "duplex", Bits: 8, Enum: &Enum{text: "0 Half\n1 Full\n"}})
	}}
	CDPMsgVoIPVLANReply = &Proto{Name: "CDPMsgVoIPVLANReply", make: func() Table {
		return cdpMsg("VoIP VLAN Reply", 14, Field{Name: "status", Bits: 8, Default: 1},
			Field{Name: "vlan", Bits: 16, Default: 1})
	}}
	CDPMsgVoIPVLANQuery = &Proto{Name: "CDPMsgVoIPVLANQuery", make: func() Table {
		return cdpMsg("VoIP VLAN Query", 15, Field{Name: "unknown1", Kind: Hex, Bits: 8},
			Field{Name: "vlan", Bits: 16, Default: 1}, cdpRest("unknown2", 7, ""))
	}}
	CDPMsgPower = &Proto{Name: "CDPMsgPower", make: func() Table {
		return cdpMsg("Power", 16, Field{Name: "power", Bits: 16, Default: 1337, Text: withUnit("mW")})
	}}
	CDPMsgMTU              = &Proto{Name: "CDPMsgMTU", make: func() Table { return cdpMsg("MTU", 17, Field{Name: "mtu", Bits: 16, Default: 1500}) }}
	CDPMsgTrustBitmap      = &Proto{Name: "CDPMsgTrustBitmap", make: func() Table { return cdpMsg("Trust Bitmap", 18, Field{Name: "trust_bitmap", Kind: Hex, Bits: 8}) }}
	CDPMsgUntrustedPortCoS = &Proto{Name: "CDPMsgUntrustedPortCoS", make: func() Table {
		return cdpMsg("Untrusted Port CoS", 19, Field{Name: "untrusted_port_cos", Kind: Hex, Bits: 8})
	}}
	CDPMsgMgmtAddr  = &Proto{Name: "CDPMsgMgmtAddr", make: func() Table { return cdpAddresses("Management Address", 22) }}
	CDPMsgUnknown19 = &Proto{Name: "CDPMsgUnknown19", make: func() Table { return cdpText("Unknown CDP Message", 25) }}
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
		if p.Use().Fields[0].Default == getBits(b, 0, 16) && (n == p.fixedLen || n > p.fixedLen && p.slots > 0) {
			return p
		}
	}
	return CDPMsgGeneric
}

// CDPv2_HDR is a message of version 2.
var CDPv2_HDR = &Proto{Name: "CDPv2_HDR", Table: Table{
	Title: "Cisco Discovery Protocol version 2", Doc: "Cisco discovery protocol, version 2",
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
}}

func bindCDP() { mustBind(SNAP, CDPv2_HDR, "code", 0x2000, "OUI", 0xc) }

func cdpTables() family {
	return family{
		tables: []*Proto{
			CDPAddrRecord, CDPAddrRecordIPv4, CDPAddrRecordIPv6, CDPMsgGeneric, CDPMsgDeviceID, CDPMsgAddr, CDPMsgPortID,
			CDPMsgCapabilities, CDPMsgSoftwareVersion, CDPMsgPlatform, CDPMsgIPGateway, CDPMsgIPPrefix, CDPMsgProtoHello,
			CDPMsgVTPMgmtDomain, CDPMsgNativeVLAN, CDPMsgDuplex, CDPMsgVoIPVLANReply, CDPMsgVoIPVLANQuery, CDPMsgPower, CDPMsgMTU,
			CDPMsgTrustBitmap, CDPMsgUntrustedPortCoS, CDPMsgMgmtAddr, CDPMsgUnknown19, CDPv2_HDR,
		},
		bind: bindCDP,
	}
}
