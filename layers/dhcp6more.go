package layers

// DHCPv6 options that are defined elsewhere than in RFC 8415.

// enterpriseField is a vendor's number in the IANA registry "Private Enterprise Numbers".
func enterpriseField() Field {
	return Field{Name: "enterprisenum", Bits: 32, Auto: zero, Enum: enterpriseNumbers}
}

// dhcp6Data makes the table of the data in an option: a length or a code and a
// length, then bytes (RFC 8415 §21.15-§21.17).
func dhcp6Data(title string, fields ...Field) Table {
	return Table{Title: title, Doc: title + " (RFC 8415)", Fields: fields, PayloadIsPadding: true}
}

func dhcp6Items(name, typ string, before int, item *Proto) Field {
	return dhcp6Rest(name, typ, before, packetList{next: func(*Layer, []byte) *Proto { return item }})
}

func dhcp6ClassData() []Field {
	return []Field{{Name: "len", Bits: 16, Type: "FieldLenField", Auto: lenOf(1, 0)},
		{Name: "data", Kind: Var, Type: "StrLenField", Size: sizeLess(0, 0)}}
}

var (
	USER_CLASS_DATA        = &Proto{Name: "USER_CLASS_DATA", make: func() Table { return dhcp6Data("user class data", dhcp6ClassData()...) }}
	VENDOR_CLASS_DATA      = &Proto{Name: "VENDOR_CLASS_DATA", make: func() Table { return dhcp6Data("vendor class data", dhcp6ClassData()...) }}
	VENDOR_SPECIFIC_OPTION = &Proto{Name: "VENDOR_SPECIFIC_OPTION", make: func() Table {
		return dhcp6Data("vendor specific option data",
			Field{Name: "optcode", Bits: 16, Auto: zero},
			Field{Name: "optlen", Bits: 16, Type: "FieldLenField", Auto: lenOf(2, 0)},
			Field{Name: "optdata", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)})
	}}
	DHCP6OptGeoConfElement = &Proto{Name: "DHCP6OptGeoConfElement", make: func() Table {
		return dhcp6Data("",
			Field{Name: "CAtype", Bits: 8}, Field{Name: "CAlength", Bits: 16, Type: "FieldLenField", Auto: lenOf(2, 0)},
			Field{Name: "CAvalue", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)})
	}}
)

// dhcp6Name is an option that is one domain name.
func dhcp6Name(title string, code uint64, field string) Table {
	return dhcp6Opt(title, code, nameField(field, "."))
}

var dhcp6MoreOpts = []*Proto{
	&Proto{Name: "DHCP6OptNISPServers", make: func() Table { return dhcp6Addrs("DHCP6 Option - NIS+ Servers", 28, "nispservers") }},             // RFC 3898
	&Proto{Name: "DHCP6OptNISDomain", make: func() Table { return dhcp6Name("DHCP6 Option - NIS Domain Name", 29, "nisdomain") }},               // RFC 3898
	&Proto{Name: "DHCP6OptNISPDomain", make: func() Table { return dhcp6Name("DHCP6 Option - NIS+ Domain Name", 30, "nispdomain") }},            // RFC 3898
	&Proto{Name: "DHCP6OptBCMCSDomains", make: func() Table { return dhcp6Names("DHCP6 Option - BCMCS Domain Name List", 33, "bcmcsdomains") }}, // RFC 4280
	&Proto{Name: "DHCP6OptBCMCSServers", make: func() Table { return dhcp6Addrs("DHCP6 Option - BCMCS Addresses List", 34, "bcmcsservers") }},   // RFC 4280
	&Proto{Name: "DHCP6OptGeoConf", make: func() Table {
		return dhcp6Opt("DHCP6 Option - Civic Location", 36, // RFC 4776
			Field{Name: "what", Bits: 8, Default: 2, Enum: &Enum{List: Named{{0, "DHCP server"}, {1, "closest network element"}, {2, "client"}}}},
			Field{Name: "country_code", Kind: Fixed, Bits: 16, DefaultValue: []byte("FR")},
			dhcp6Items("ca_elts", "PacketListField", 3, DHCP6OptGeoConfElement))
	}},
	&Proto{Name: "DHCP6OptRemoteID", make: func() Table {
		return dhcp6Opt("DHCP6 Option - Relay Agent Remote-ID", 37, // RFC 4649
			enterpriseField(), dhcp6Rest("remoteid", "StrLenField", 4, nil))
	}},
	&Proto{Name: "DHCP6OptSubscriberID", make: func() Table { return dhcp6Bytes("DHCP6 Option - Subscriber ID", 38, "subscriberid") }}, // RFC 4580
	&Proto{Name: "DHCP6OptClientFQDN", make: func() Table {
		return dhcp6Opt("DHCP6 Option - Client FQDN", 39, // RFC 4704
			Field{Name: "res", Bits: 5}, Field{Name: "flags", Kind: Flag, Bits: 3, Flags: &FlagSet{Letters: "SON"}},
			nameField("fqdn", "."))
	}},
	&Proto{Name: "DHCP6OptPanaAuthAgent", make: func() Table { return dhcp6Addrs("DHCP6 PANA Authentication Agent Option", 40, "paaaddr") }}, // RFC 5192
	&Proto{Name: "DHCP6OptNewPOSIXTimeZone", make: func() Table { return dhcp6Bytes("DHCP6 POSIX Timezone Option", 41, "optdata") }},         // RFC 4833
	&Proto{Name: "DHCP6OptNewTZDBTimeZone", make: func() Table { return dhcp6Bytes("DHCP6 TZDB Timezone Option", 42, "optdata") }},           // RFC 4833
	&Proto{Name: "DHCP6OptRelayAgentERO", make: func() Table { return dhcp6Opt("DHCP6 Option - RelayRequest Option", 43, dhcp6Codes()) }},    // RFC 4994
	&Proto{Name: "DHCP6OptLQClientLink", make: func() Table { return dhcp6Addrs("DHCP6 Client Link Option", 48, "linkaddress") }},            // RFC 5007
	&Proto{Name: "DHCP6OptClientArchType", make: func() Table {
		return dhcp6Opt("DHCP6 Client System Architecture Type Option", 61, // RFC 5970
			dhcp6Rest("archtypes", "FieldListField", 0, uintList{2}))
	}},
	&Proto{Name: "DHCP6OptClientNetworkInterId", make: func() Table {
		return dhcp6Opt("DHCP6 Client Network Interface Identifier Option", 62, // RFC 5970
			Field{Name: "iitype", Bits: 8}, Field{Name: "iimajor", Bits: 8}, Field{Name: "iiminor", Bits: 8})
	}},
	&Proto{Name: "DHCP6OptERPDomain", make: func() Table { return dhcp6Names("DHCP6 Option - ERP Domain Name List", 65, "erpdomain") }}, // RFC 6440
	&Proto{Name: "DHCP6OptRelaySuppliedOpt", make: func() Table {
		return dhcp6Opt("DHCP6 Relay-Supplied Options Option", 66, // RFC 6422
			dhcp6Rest("relaysupplied", "PacketListField", 0, dhcp6OptList))
	}},
	&Proto{Name: "DHCP6OptVSS", make: func() Table {
		return dhcp6Opt("DHCP6 Option - Virtual Subnet Selection", 68, // RFC 6607
			Field{Name: "type", Bits: 8, Default: 255}, dhcp6Rest("data", "StrLenField", 1, nil))
	}},
	&Proto{Name: "DHCP6OptClientLinkLayerAddr", make: func() Table {
		t := dhcp6Opt("DHCP6 Option - Client Link Layer address", 79, // RFC 6939
			Field{Name: "lltype", Bits: 16, Default: 1}, Field{Name: "clladdr", Kind: HWAddr, Bits: 48, Type: "_LLAddrField"})
		t.Fields[1] = Field{Name: "optlen", Bits: 16, Type: "FieldLenField", Len: headerLess(4)}
		return t
	}},
	&Proto{Name: "DHCP6OptMudUrl", make: func() Table { return dhcp6Bytes("DHCP6 Option - MUD URL", 112, "mudstring") }}, // RFC 8520
}

var enterpriseNumbers = &Enum{List: Named{
	{9, "ciscoSystems"},
	{35, "Nortel Networks"},
	{43, "3Com"},
	{311, "Microsoft"},
	{2636, "Juniper Networks, Inc."},
	{4526, "Netgear"},
	{5771, "Cisco Systems, Inc."},
	{5842, "Cisco Systems"},
	{11129, "Google, Inc"},
	{16885, "Nortel Networks"},
}}
