package layers

import "slices"

// The link layer discovery protocol (IEEE 802.1AB-2016 §8): TLVs, a layer each.

// LLDPDU stands in front of the TLVs of a frame and has no bytes of its own.
var LLDPDU = &Proto{Name: "LLDPDU", Table: Table{Doc: "link layer discovery protocol (IEEE 802.1AB)"}}

var (
	lldpTypes = &Enum{List: Named{
		{0, "end of LLDPDU"},
		{1, "chassis id"},
		{2, "port id"},
		{3, "time to live"},
		{4, "port description"},
		{5, "system name"},
		{6, "system description"},
		{7, "system capabilities"},
		{8, "management address"},
		{127, "organisation specific TLV"},
	}}
	addressFamilies = &Enum{text: `
0 other
1 IPv4
2 IPv6
3 NSAP
4 HDLC
5 BBN
6 802
7 E.163
8 E.164
9 F.69
10 X.121
11 IPX
12 Appletalk
13 Decnet IV
14 Banyan Vines
15 E.164 with NSAP
16 DNS
17 Distinguished Name
18 AS Number
19 XTP over IPv4
20 XTP over IPv6
21 XTP native mode XTP
22 Fiber Channel World-Wide Port Name
23 Fiber Channel World-Wide Node Name
24 GWID
25 AFI for L2VPN
26 MPLS-TP Section Endpoint ID
27 MPLS-TP LSP Endpoint ID
28 MPLS-TP Pseudowire Endpoint ID
29 MT IP Multi-Topology IPv4
30 MT IP Multi-Topology IPv6
`}  // the IANA registry "Address Family Numbers"
)

const lldpLen = 1 // position of the length in every TLV

// lldpLength counts the bytes behind it.
func lldpLength(fields []Field) Field {
	f := optionLen("_length", 9, 0, fields)
	if f.Computed() {
		f.Type = "BitFieldLenField"
		f.Len = headerLess(2)
	}
	return f
}

// hexData is a field of bytes that people read as digits.
func hexData(f Field) Field {
	f.Type = "XStrLenField"
	return f
}

// lldpTLV makes the table of a TLV: its type and length, then fields.
func lldpTLV(doc string, typ uint64, fields ...Field) Table {
	return Table{
		Doc: doc + " (IEEE 802.1AB)",
		Fields: slices.Concat([]Field{
			{Name: "_type", Bits: 7, Enum: lldpTypes, Default: typ},
			lldpLength(fields),
		}, fields),
	}
}

// lldpRest is the last field of a TLV, behind the before bytes in front of it.
func lldpRest(name string, before int) Field {
	return Field{Name: name, Kind: Var, Type: "StrLenField", Size: sizeLess(lldpLen, before)}
}

// lldpIDFields are those of a chassis or port: what kind of identifier it is,
// and the identifier, an address where the kind says so.
func lldpIDFields(kinds map[uint64]string, mac, network uint64) []Field {
	const subtype, family = 2, 3
	isNetwork := func(l *Layer) bool { return l.Uint(subtype) == network }
	hw := &Field{Name: "id", Kind: HWAddr, Bits: 48}
	ip4 := &Field{Name: "id", Kind: Addr4, Bits: 32}
	ip6 := &Field{Name: "id", Kind: Addr6, Bits: 128}
	other := &Field{Name: "id", Kind: Var, Size: func(l *Layer, rest []byte) int {
		n := int(l.Uint(lldpLen)) - 1
		if isNetwork(l) {
			n--
		}
		return n
	}}
	form := func(l *Layer) *Field {
		n := uint64(0) // of the identifier and what is in front, when dissected
		if l.IsSet(lldpLen) {
			n = l.Uint(lldpLen)
		}
		fits := func(want uint64) bool { return n == 0 || n == want }
		switch s := l.Uint(subtype); {
		case s == mac && fits(7):
			return hw
		case s == network && l.Uint(family) == 1 && fits(6):
			return ip4
		case s == network && l.Uint(family) == 2 && fits(18):
			return ip6
		}
		return other
	}
	return []Field{
		{Name: "subtype", Bits: 8, Enum: NewEnum(kinds)},
		{Name: "family", Bits: 8, Enum: addressFamilies, When: isNetwork},
		{Name: "id", Type: "MultipleTypeField", Form: form},
	}
}

// The TLVs.
var (
	LLDPDUEndOfLLDPDU = &Proto{Name: "LLDPDUEndOfLLDPDU", make: func() Table { return lldpTLV("end of the TLVs", 0) }}
	LLDPDUChassisID   = &Proto{Name: "LLDPDUChassisID", make: func() Table {
		return lldpTLV("chassis identifier", 1, lldpIDFields(map[uint64]string{
			0: "reserved",
			1: "chassis component",
			2: "interface alias",
			3: "port component",
			4: "MAC address",
			5: "network address",
			6: "interface name",
			7: "locally assigned",
		}, 4, 5)...)
	}}
	LLDPDUPortID = &Proto{Name: "LLDPDUPortID", make: func() Table {
		return lldpTLV("port identifier", 2, lldpIDFields(map[uint64]string{
			0: "reserved",
			1: "interface alias",
			2: "port component",
			3: "MAC address",
			4: "network address",
			5: "interface name",
			6: "agent circuit ID",
			7: "locally assigned",
		}, 3, 4)...)
	}}
	LLDPDUTimeToLive         = &Proto{Name: "LLDPDUTimeToLive", make: func() Table { return lldpTLV("time to live in seconds", 3, Field{Name: "ttl", Bits: 16, Default: 20}) }}
	LLDPDUPortDescription    = &Proto{Name: "LLDPDUPortDescription", make: func() Table { return lldpTLV("port description", 4, lldpRest("description", 0)) }}
	LLDPDUSystemName         = &Proto{Name: "LLDPDUSystemName", make: func() Table { return lldpTLV("system name", 5, lldpRest("system_name", 0)) }}
	LLDPDUSystemDescription  = &Proto{Name: "LLDPDUSystemDescription", make: func() Table { return lldpTLV("system description", 6, lldpRest("description", 0)) }}
	LLDPDUSystemCapabilities = &Proto{Name: "LLDPDUSystemCapabilities", make: func() Table { return lldpTLV("system capabilities", 7, lldpCapabilities()...) }}
	LLDPDUManagementAddress  = &Proto{Name: "LLDPDUManagementAddress", make: func() Table {
		return lldpTLV("management address", 8,
			Field{Name: "_management_address_string_length", Bits: 8, Type: "BitFieldLenField", Auto: lenOf(4, 1)},
			Field{Name: "management_address_subtype", Bits: 8, Enum: addressFamilies},
			Field{Name: "management_address", Kind: Var, Type: "XStrLenField", Size: sizeLess(2, 1)},
			Field{Name: "interface_numbering_subtype", Bits: 8, Default: 1, Enum: &Enum{List: Named{
				{1, "unknown"}, {2, "ifIndex"}, {3, "system port number"}}}},
			Field{Name: "interface_number", Bits: 32},
			Field{Name: "_oid_string_length", Bits: 8, Type: "BitFieldLenField", Auto: lenOf(8, 0)},
			Field{Name: "object_id", Kind: Var, Type: "XStrLenField", Size: sizeLess(7, 0)})
	}}
	LLDPDUGenericOrganisationSpecific = &Proto{Name: "LLDPDUGenericOrganisationSpecific", make: func() Table {
		return lldpTLV("TLV of an organisation", 127,
			Field{Name: "org_code", Bits: 24, Enum: &Enum{List: Named{
				{0x0ecf, "PROFIBUS International (PNO)"}, {0x80c2, "IEEE 802.1"}, {0x120f, "IEEE 802.3"},
				{0x12bb, "TIA TR-41 Committee . Media Endpoint Discovery"}, {0x30b216, "Hytec Geraetebau GmbH"}}}},
			Field{Name: "subtype", Bits: 8}, hexData(lldpRest("data", 4)))
	}}
	LLDPDUReserved = &Proto{Name: "LLDPDUReserved", make: func() Table { return lldpTLV("any TLV by number", 9, lldpRest("data", 0)) }}
)

// lldpCapabilities are the bits of what a system can do, then of what it does.
func lldpCapabilities() (out []Field) {
	for _, suffix := range []string{"_available", "_enabled"} {
		for _, name := range []string{"reserved_5", "reserved_4", "reserved_3", "reserved_2", "reserved_1",
			"two_port_mac_relay", "s_vlan_component", "c_vlan_component", "station_only", "docsis_cable_device",
			"telephone", "router", "wlan_access_point", "mac_bridge", "repeater", "other"} {
			out = append(out, Field{Name: name + suffix, Bits: 1})
		}
	}
	return out
}

var lldpProtos = [128]*Proto{
	0: LLDPDUEndOfLLDPDU, 1: LLDPDUChassisID, 2: LLDPDUPortID, 3: LLDPDUTimeToLive, 4: LLDPDUPortDescription,
	5: LLDPDUSystemName, 6: LLDPDUSystemDescription, 7: LLDPDUSystemCapabilities, 8: LLDPDUManagementAddress,
	127: LLDPDUGenericOrganisationSpecific,
}

func linkLLDP() {
	next := func(at At, payload []byte) *Proto {
		if p := lldpProtos[payload[0]>>1]; p != nil {
			return p
		}
		return LLDPDUReserved
	}
	LLDPDU.Dispatch = func(b []byte) *Proto {
		if len(b) < 2 {
			return Raw // not even one TLV
		}
		return nil
	}
	LLDPDU.Next, LLDPDUReserved.Next = next, next
	for typ, p := range existing(lldpProtos[:]) {
		if typ != 0 {
			p.Next = next
		}
	}
	LLDPDUEndOfLLDPDU.PayloadIsPadding = true
	// As there is no length, short frames are filled up here.
	pad := func(b *Build) {
		for i := b.I - 1; i >= 0 && b.Layer().src == nil; i-- {
			if b.P.layers[i].proto == Ether {
				b.padFrom(i, 60)
				return
			}
		}
	}
	LLDPDU.Finish, LLDPDUReserved.Finish = pad, pad
	for _, p := range existing(lldpProtos[:]) {
		p.Finish = pad
	}
}

func lldpTables() family {
	return family{
		tables: []*Proto{
			LLDPDU, LLDPDUEndOfLLDPDU, LLDPDUChassisID, LLDPDUPortID, LLDPDUTimeToLive, LLDPDUPortDescription, LLDPDUSystemName,
			LLDPDUSystemDescription, LLDPDUSystemCapabilities, LLDPDUManagementAddress, LLDPDUGenericOrganisationSpecific,
			LLDPDUReserved,
		},
		link: linkLLDP,
		bind: func() {
			mustBindType(LLDPDU, 0x88cc)
			for _, upper := range existing(lldpProtos[:]) {
				for _, lower := range typed() {
					mustBindDown(lower, upper, "type", 0x88cc)
				}
			}
		},
	}
}
