package layers

// DHCPv6 options that are defined elsewhere than in RFC 8415.

// enterpriseField is a vendor's number in the IANA registry "Private Enterprise Numbers".
func enterpriseField() Field {
	return Field{Name: "enterprisenum", Bits: 32, Auto: zero, Enum: enterpriseNumbers}
}

// dhcp6Data makes the table of the data in an option: a length or a code and a
// length, then bytes (RFC 8415 §21.15-§21.17).
func dhcp6Data(name, title string, fields ...Field) *Proto {
	return Register(&Proto{Name: name, Title: title, Doc: title + " (RFC 8415)", Fields: fields, PayloadIsPadding: true})
}

func dhcp6Items(name, typ string, before int, item *Proto) Field {
	return dhcp6Rest(name, typ, before, packetList{next: func(*Layer, []byte) *Proto { return item }})
}

var (
	dhcp6ClassData = []Field{{Name: "len", Bits: 16, Type: "FieldLenField", Auto: lenOf(1, 0)},
		{Name: "data", Kind: Var, Type: "StrLenField", Size: sizeLess(0, 0)}}

	USER_CLASS_DATA        = dhcp6Data("USER_CLASS_DATA", "user class data", dhcp6ClassData...)
	VENDOR_CLASS_DATA      = dhcp6Data("VENDOR_CLASS_DATA", "vendor class data", dhcp6ClassData...)
	VENDOR_SPECIFIC_OPTION = dhcp6Data("VENDOR_SPECIFIC_OPTION", "vendor specific option data",
		Field{Name: "optcode", Bits: 16, Auto: zero},
		Field{Name: "optlen", Bits: 16, Type: "FieldLenField", Auto: lenOf(2, 0)},
		Field{Name: "optdata", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)})
	DHCP6OptGeoConfElement = dhcp6Data("DHCP6OptGeoConfElement", "",
		Field{Name: "CAtype", Bits: 8}, Field{Name: "CAlength", Bits: 16, Type: "FieldLenField", Auto: lenOf(2, 0)},
		Field{Name: "CAvalue", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)})
)

// dhcp6Name is an option that is one domain name.
func dhcp6Name(name, title string, code uint64, field string) *Proto {
	return dhcp6Opt(name, title, code, nameField(field, "."))
}

var dhcp6MoreOpts = []*Proto{
	dhcp6Addrs("DHCP6OptNISPServers", "DHCP6 Option - NIS+ Servers", 28, "nispservers"),             // RFC 3898
	dhcp6Name("DHCP6OptNISDomain", "DHCP6 Option - NIS Domain Name", 29, "nisdomain"),               // RFC 3898
	dhcp6Name("DHCP6OptNISPDomain", "DHCP6 Option - NIS+ Domain Name", 30, "nispdomain"),            // RFC 3898
	dhcp6Names("DHCP6OptBCMCSDomains", "DHCP6 Option - BCMCS Domain Name List", 33, "bcmcsdomains"), // RFC 4280
	dhcp6Addrs("DHCP6OptBCMCSServers", "DHCP6 Option - BCMCS Addresses List", 34, "bcmcsservers"),   // RFC 4280
	dhcp6Opt("DHCP6OptGeoConf", "DHCP6 Option - Civic Location", 36, // RFC 4776
		Field{Name: "what", Bits: 8, Default: 2, Enum: NewEnum(map[uint64]string{0: "DHCP server", 1: "closest network element", 2: "client"})},
		Field{Name: "country_code", Kind: Fixed, Bits: 16, DefaultValue: []byte("FR")},
		dhcp6Items("ca_elts", "PacketListField", 3, DHCP6OptGeoConfElement)),
	dhcp6Opt("DHCP6OptRemoteID", "DHCP6 Option - Relay Agent Remote-ID", 37, // RFC 4649
		enterpriseField(), dhcp6Rest("remoteid", "StrLenField", 4, nil)),
	dhcp6Bytes("DHCP6OptSubscriberID", "DHCP6 Option - Subscriber ID", 38, "subscriberid"), // RFC 4580
	dhcp6Opt("DHCP6OptClientFQDN", "DHCP6 Option - Client FQDN", 39, // RFC 4704
		Field{Name: "res", Bits: 5}, Field{Name: "flags", Kind: Flag, Bits: 3, Flags: &FlagSet{Letters: "SON"}},
		nameField("fqdn", ".")),
	dhcp6Addrs("DHCP6OptPanaAuthAgent", "DHCP6 PANA Authentication Agent Option", 40, "paaaddr"), // RFC 5192
	dhcp6Bytes("DHCP6OptNewPOSIXTimeZone", "DHCP6 POSIX Timezone Option", 41, "optdata"),         // RFC 4833
	dhcp6Bytes("DHCP6OptNewTZDBTimeZone", "DHCP6 TZDB Timezone Option", 42, "optdata"),           // RFC 4833
	dhcp6Opt("DHCP6OptRelayAgentERO", "DHCP6 Option - RelayRequest Option", 43, dhcp6Codes()),    // RFC 4994
	dhcp6Addrs("DHCP6OptLQClientLink", "DHCP6 Client Link Option", 48, "linkaddress"),            // RFC 5007
	dhcp6Opt("DHCP6OptClientArchType", "DHCP6 Client System Architecture Type Option", 61, // RFC 5970
		dhcp6Rest("archtypes", "FieldListField", 0, uintList{2})),
	dhcp6Opt("DHCP6OptClientNetworkInterId", "DHCP6 Client Network Interface Identifier Option", 62, // RFC 5970
		Field{Name: "iitype", Bits: 8}, Field{Name: "iimajor", Bits: 8}, Field{Name: "iiminor", Bits: 8}),
	dhcp6Names("DHCP6OptERPDomain", "DHCP6 Option - ERP Domain Name List", 65, "erpdomain"), // RFC 6440
	dhcp6Opt("DHCP6OptRelaySuppliedOpt", "DHCP6 Relay-Supplied Options Option", 66, // RFC 6422
		dhcp6Rest("relaysupplied", "PacketListField", 0, dhcp6OptList)),
	dhcp6Opt("DHCP6OptVSS", "DHCP6 Option - Virtual Subnet Selection", 68, // RFC 6607
		Field{Name: "type", Bits: 8, Default: 255}, dhcp6Rest("data", "StrLenField", 1, nil)),
	dhcp6Opt("DHCP6OptClientLinkLayerAddr", "DHCP6 Option - Client Link Layer address", 79, // RFC 6939
		Field{Name: "lltype", Bits: 16, Default: 1}, Field{Name: "clladdr", Kind: HWAddr, Bits: 48, Type: "_LLAddrField"}),
	dhcp6Bytes("DHCP6OptMudUrl", "DHCP6 Option - MUD URL", 112, "mudstring"), // RFC 8520
}

var enterpriseNumbers = NewEnum(map[uint64]string{
	9:     "ciscoSystems",
	35:    "Nortel Networks",
	43:    "3Com",
	311:   "Microsoft",
	2636:  "Juniper Networks, Inc.",
	4526:  "Netgear",
	5771:  "Cisco Systems, Inc.",
	5842:  "Cisco Systems",
	11129: "Google, Inc",
	16885: "Nortel Networks",
})
