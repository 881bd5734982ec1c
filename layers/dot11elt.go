package layers

import "strings"

// Elements of 802.11 management frames (IEEE 802.11-2020 §9.4.2).

var dot11Elements = &Enum{text: `0 SSID
1 Supported Rates
2 FHset
3 DSSS Set
4 CF Set
5 TIM
6 IBSS Set
7 Country
10 Request
11 BSS Load
12 EDCA Set
13 TSPEC
14 TCLAS
15 Schedule
16 Challenge text
32 Power Constraint
33 Power Capability
36 Supported Channels
42 ERP
45 HT Capabilities
46 QoS Capability
48 RSN
50 Extended Supported Rates
52 Neighbor Report
61 HT Operation
107 Interworking
127 Extendend Capabilities
191 VHT Capabilities
221 Vendor Specific
`, other: Named{{1, "Rates"}, {3, "DSset"}, {4, "CFset"}, {6, "IBSSset"}, {16, "challenge"}, {33, "PowerCapability"}, {36, "Channels"},
	{42, "ERPinfo"}, {45, "HTinfo"}, {48, "RSNinfo"}, {50, "ESRates"}, {127, "ExtendendCapatibilities"}, {191, "VHTCapabilities"}, {221, "Vendor"}}}

// Field positions in every element.
const (
	eltID = iota
	eltLen
)

// dot11Elt makes the table of an element: its ID and length, then fields.
func dot11Elt(title string, id uint64, fields ...Field) Table {
	return Table{
		Title: "802.11 " + title, Doc: "802.11 element: " + title + " (IEEE 802.11)", Flat: true,
		Fields: append([]Field{
			{Name: "ID", Bits: 8, Enum: dot11Elements, Default: id},
			optionLen("len", 8, 0, fields),
		}, fields...),
	}
}

func eltRest(name string, before int) Field {
	return Field{Name: name, Kind: Var, Type: "StrLenField", Size: sizeLess(eltLen, before)}
}

func suite(title, field string, value uint64, enum *Enum) Table {
	return Table{Title: title, Doc: title + " of 802.11 (IEEE 802.11)", Fields: []Field{
		ouiField("oui", 0xfac),
		{Name: field, Bits: 8, Default: value, Enum: enum},
	}}
}

// Suites of robust security (§9.4.2.24.2, §9.4.2.24.3) and keys known by name.
var (
	RSNCipherSuite = &Proto{Name: "RSNCipherSuite", make: func() Table {
		return suite("Cipher suite", "cipher", 4, &Enum{text: `0 Use group cipher suite
1 WEP-40
2 TKIP
3 OCB
4 CCMP-128
5 WEP-104
6 BIP-CMAC-128
7 Group addressed traffic not allowed
8 GCMP-128
9 GCMP-256
10 CCMP-256
11 BIP-GMAC-128
12 BIP-GMAC-256
13 BIP-CMAC-256
`})
	}}
	AKMSuite = &Proto{Name: "AKMSuite", make: func() Table {
		return suite("AKM suite", "suite", 1, &Enum{text: `0 Reserved
1 802.1X
2 PSK
3 FT-802.1X
4 FT-PSK
5 WPA-SHA256
6 PSK-SHA256
7 TDLS
8 SAE
9 FT-SAE
10 AP-PEER-KEY
11 WPA-SHA256-SUITE-B
12 WPA-SHA384-SUITE-B
13 FT-802.1X-SHA384
14 FILS-SHA256
15 FILS-SHA384
16 FT-FILS-SHA256
17 FT-FILS-SHA384
18 OWE
`})
	}}
	PMKIDListPacket = &Proto{Name: "PMKIDListPacket", make: func() Table {
		return Table{Title: "PMKIDs", Doc: "identifiers of 802.11 keys (IEEE 802.11)", Fields: []Field{
			{Name: "nb_pmkids", Bits: 16, Little: true, Type: "LEFieldLenField", Auto: countOf(1)},
			{Name: "pmkid_list", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: Values(Field{Kind: Fixed, Bits: 128}), Size: sizeTimes(0, 16)},
		}}
	}}
)

// suiteList makes the fields of a counted list of suites; count is where the
// number stands in the table.
func suiteList(count int, number, name string, p *Proto) []Field {
	list := packetsOf(name, p)
	list.DefaultValue, list.Size = List{one(p)}, sizeTimes(count, 4)
	return []Field{{Name: number, Bits: 16, Little: true, Type: "LEFieldLenField", Auto: countOf(count + 1)}, list}
}

func suiteField(name string, p *Packet) Field {
	return Field{Name: name, Kind: Var, Type: "PacketField", DefaultValue: p, Size: func(*Layer, []byte) int { return 4 },
		Codec: onePacket{func(*Layer, []byte) *Proto { return RSNCipherSuite }}}
}

// The elements that are more than bytes.
var (
	Dot11Elt       = &Proto{Name: "Dot11Elt", make: func() Table { return dot11Elt("Information Element", 0, eltRest("info", 0)) }}
	Dot11EltDSSSet = &Proto{Name: "Dot11EltDSSSet", make: func() Table { return dot11Elt("DSSS Parameter Set", 3, Field{Name: "channel", Bits: 8}) }}
	Dot11EltERP    = &Proto{Name: "Dot11EltERP", make: func() Table {
		return dot11Elt("ERP", 42, Field{Name: "NonERP_Present", Bits: 1}, Field{Name: "Use_Protection", Bits: 1},
			Field{Name: "Barker_Preamble_Mode", Bits: 1}, Field{Name: "res", Bits: 5})
	}}
	Dot11EltRates = &Proto{Name: "Dot11EltRates", make: func() Table {
		return dot11Elt("Rates", 1,
			Field{Name: "rates", Kind: Var, Type: "FieldListField", DefaultValue: List{uint64(0x82)}, Codec: uintList{1}, Size: sizeLess(eltLen, 0),
				Text: dot11RatesText})
	}}
	Dot11EltVendorSpecific = &Proto{Name: "Dot11EltVendorSpecific", make: func() Table {
		return dot11Elt("Vendor Specific", 221,
			ouiField("oui", 0), eltRest("info", 3))
	}}
	Dot11EltRSN          = &Proto{Name: "Dot11EltRSN", make: func() Table { return dot11Elt("RSN information", 48, rsnFields()...) }}
	Dot11EltMicrosoftWPA = &Proto{Name: "Dot11EltMicrosoftWPA", make: func() Table {
		return dot11Elt("Microsoft WPA", 221, rows(
			ouiField("oui", 0x50f2),
			Field{Name: "type", Kind: Hex, Bits: 8, Default: 1},
			little16("version", 1), suiteField("group_cipher_suite", one(RSNCipherSuite)),
			suiteList(6, "nb_pairwise_cipher_suites", "pairwise_cipher_suites", RSNCipherSuite),
			suiteList(8, "nb_akm_suites", "akm_suites", AKMSuite))...)
	}}
)

// rsnFields are those of robust security (§9.4.2.24). What its length leaves no
// room for is not there.
func rsnFields() []Field {
	const pairwise, akm, pmkids = 4, 6, 22
	room := func(l *Layer) int { // behind the capabilities
		return int(l.Uint(eltLen)) - 12 - 4*int(l.Uint(pairwise)+l.Uint(akm))
	}
	out := rows(little16("version", 1), suiteField("group_cipher_suite", one(RSNCipherSuite)),
		suiteList(pairwise, "nb_pairwise_cipher_suites", "pairwise_cipher_suites", RSNCipherSuite),
		suiteList(akm, "nb_akm_suites", "akm_suites", AKMSuite))
	for i, name := range []string{"mfp_capable", "mfp_required", "gtksa_replay_counter", "ptksa_replay_counter", "no_pairwise", "pre_auth",
		"reserved", "ocvc", "extended_key_id", "pbac", "spp_a_msdu_required", "spp_a_msdu_capable", "peer_key_enabled", "joint_multiband_rsna"} {
		f := Field{Name: name, Bits: 1}
		switch i {
		case 0, 1:
			f.Default = 1
		case 2, 3:
			f.Bits = 2
		}
		out = append(out, f)
	}
	keys := Field{Name: "pmkids", Kind: Var, Type: "PacketField", DefaultValue: one(PMKIDListPacket),
		Codec: onePacket{func(*Layer, []byte) *Proto { return PMKIDListPacket }},
		When:  func(l *Layer) bool { return !l.IsSet(eltLen) || room(l) >= 2 },
		Size: func(_ *Layer, rest []byte) int {
			if len(rest) < 2 {
				return len(rest)
			}
			return 2 + 16*(int(rest[0])|int(rest[1])<<8)
		}}
	group := suiteField("group_management_cipher_suite", one(RSNCipherSuite, "cipher", 6))
	group.When = func(l *Layer) bool {
		if !l.IsSet(eltLen) {
			return true
		}
		b := Build{}
		if l.IsSet(pmkids) { // else there are none
			_, _ = l.encodeVar(&b, pmkids, &l.proto.Fields[pmkids])
		}
		return room(l)-len(b.Out) >= 4
	}
	return append(out, keys, group)
}

// nextElement has an element follow; its Dispatch tells which.
func nextElement(At, []byte) *Proto { return Dot11Elt }

// dot11Element is the table of the element that b begins with.
func dot11Element(b []byte) *Proto {
	has := func(n byte) bool { return len(b) > 1 && b[1] >= n && len(b) >= 2+int(n) }
	switch b[0] {
	case 1, 50:
		return Dot11EltRates
	case 3:
		if has(1) && b[1] == 1 {
			return Dot11EltDSSSet
		}
	case 42:
		if has(1) && b[1] == 1 {
			return Dot11EltERP
		}
	case 48:
		if has(20) {
			return Dot11EltRSN
		}
	case 221:
		switch {
		case has(14) && b[2] == 0 && b[3] == 0x50 && b[4] == 0xf2 && b[5] == 1:
			return Dot11EltMicrosoftWPA
		case has(3):
			return Dot11EltVendorSpecific
		}
	}
	return Dot11Elt
}

func linkDot11Elements() {
	for _, p := range []*Proto{Dot11Elt, Dot11EltDSSSet, Dot11EltERP, Dot11EltRates, Dot11EltVendorSpecific, Dot11EltRSN, Dot11EltMicrosoftWPA} {
		p.Next = nextElement
	}
	Dot11Elt.Summary = func(at At) (string, []*Proto) {
		if at.Uint(eltID) != 0 {
			return "", nil
		}
		ssid, _ := First(at.Value(2)).([]byte)
		return "SSID=" + pyStr(string(ssid)), []*Proto{Dot11, Dot11FCS}
	}
	Dot11Elt.Dispatch = func(b []byte) *Proto {
		if len(b) > 0 {
			return dot11Element(b)
		}
		return nil
	}
}

// dot11RatesText is a list of rates of 500 kbit/s each, whose top bit tells the basic ones.
func dot11RatesText(_ *Layer, v any) (string, bool) {
	list, ok := v.(List)
	if !ok {
		return "", false
	}
	parts := make([]string, len(list))
	for i, m := range list {
		n, _ := m.(uint64)
		parts[i] = pyFloat(float64(n&0x7f) / 2)
		if n&0x80 != 0 {
			parts[i] += "(B)"
		}
		parts[i] += " Mbps"
	}
	return "[" + strings.Join(parts, ", ") + "]", true
}
