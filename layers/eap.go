package layers

// EAPOL carries EAP in Ethernet frames (IEEE 802.1X-2020 §11.3).
var EAPOL = &Proto{Name: "EAPOL", make: func() Table {
	return Table{
		Doc: "EAP over LANs (IEEE 802.1X)",
		Fields: []Field{
			{Name: "version", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "802.1X-2001"}, {2, "802.1X-2004"}, {3, "802.1X-2010"}}}},
			{Name: "type", Bits: 8, Enum: &Enum{List: Named{
				{0, "EAP-Packet"},
				{1, "EAPOL-Start"},
				{2, "EAPOL-Logoff"},
				{3, "EAPOL-Key"},
				{4, "EAPOL-Encapsulated-ASF-Alert"},
				{5, "EAPOL-MKA"},
				{6, "EAPOL-Announcement (Generic)"},
				{7, "EAPOL-Announcement (Specific)"},
				{8, "EAPOL-Announcement-Req"},
			}}},
			{Name: "len", Bits: 16, Type: "LenField", Len: payloadLen},
		},
		PayloadLen: func(l *Layer, _ int, rest []byte) int { return int(l.Uint(2)) },
		Summary:    summaryOf("EAPOL %type%"),
	}
}}

// Field positions in EAP.
const (
	eapCode = iota
	eapID
	eapLen
	eapType
	eapAuthTypes
	eapIdentity
	eapMessage
)

// The IANA registry "Extensible Authentication Protocol (EAP) Registry".
var (
	eapCodes = &Enum{List: Named{
		{1, "Request"},
		{2, "Response"},
		{3, "Success"},
		{4, "Failure"},
		{5, "Initiate"},
		{6, "Finish"},
	}}
	eapTypes = &Enum{text: `
0 Reserved
1 Identity
2 Notification
3 Legacy Nak
4 MD5-Challenge
5 One-Time Password (OTP)
6 Generic Token Card (GTC)
7 Allocated - RFC3748
8 Allocated - RFC3748
9 RSA Public Key Authentication
10 DSS Unilateral
11 KEA
12 KEA-VALIDATE
13 EAP-TLS
14 Defender Token (AXENT)
15 RSA Security SecurID EAP
16 Arcot Systems EAP
17 EAP-Cisco Wireless
18 GSM Subscriber Identity Modules (EAP-SIM)
19 SRP-SHA1
20 Unassigned
21 EAP-TTLS
22 Remote Access Service
23 EAP-AKA Authentication
24 EAP-3Com Wireless
25 PEAP
26 MS-EAP-Authentication
27 Mutual Authentication w/Key Exchange (MAKE)
28 CRYPTOCard
29 EAP-MSCHAP-V2
30 DynamID
31 Rob EAP
32 Protected One-Time Password
33 MS-Authentication-TLV
34 SentriNET
35 EAP-Actiontec Wireless
36 Cogent Systems Biometrics Authentication EAP
37 AirFortress EAP
38 EAP-HTTP Digest
39 SecureSuite EAP
40 DeviceConnect EAP
41 EAP-SPEKE
42 EAP-MOBAC
43 EAP-FAST
44 ZoneLabs EAP (ZLXEAP)
45 EAP-Link
46 EAP-PAX
47 EAP-PSK
48 EAP-SAKE
49 EAP-IKEv2
50 EAP-AKA
51 EAP-GPSK
52 EAP-pwd
53 EAP-EKE Version 1
54 EAP Method Type for PT-EAP
55 TEAP
254 Reserved for the Expanded Type
255 Experimental
`}
)

func eapRest(l *Layer, rest []byte) int { return int(l.Uint(eapLen)) - 5 }

func eapHasType(l *Layer) bool { return l.Uint(eapCode) <= 2 }

// EAP is a message of the extensible authentication protocol (RFC 3748 §4, §5).
var EAP = &Proto{Name: "EAP", Table: Table{
	Doc: "extensible authentication protocol (RFC 3748)",
	Fields: []Field{
		{Name: "code", Bits: 8, Enum: eapCodes, Default: 4},
		{Name: "id", Bits: 8},
		{Name: "len", Bits: 16, Len: totalLen},
		{Name: "type", Bits: 8, Enum: eapTypes, When: eapHasType},
		{Name: "desired_auth_types", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: namedList{uintList{1}, eapTypes}, Size: eapRest,
			Text: func(_ *Layer, v any) (string, bool) { return namesText(eapTypes, v) },
			When: func(l *Layer) bool { return l.Uint(eapCode) == 2 && l.Uint(eapType) == 3 }},
		{Name: "identity", Kind: Var, Type: "StrLenField", Size: eapRest,
			When: func(l *Layer) bool { return l.Uint(eapCode) == 2 && l.Uint(eapType) == 1 }},
		{Name: "message", Kind: Var, Type: "StrLenField", Size: eapRest,
			When: func(l *Layer) bool {
				return eapHasType(l) && (l.Uint(eapCode) == 1 || l.Uint(eapType) != 3 && l.Uint(eapType) != 1)
			}},
	},
	PayloadIsPadding: true,
	Summary: func(at At) (string, []*Proto) {
		s := "EAP " + FieldText(at, eapCode) + " " + FieldText(at, eapType)
		if at.Layer().Exists(eapIdentity) {
			s += " " + FieldText(at, eapIdentity)
		}
		return s, nil
	},
}}

func linkEAP() {
	EAP.Dispatch = func(b []byte) *Proto {
		if len(b) > 4 && (b[0] == 1 || b[0] == 2) {
			return eapMethod(uint64(b[4]))
		}
		return nil
	}
	// A response answers the request of the same identifier, with its type or a refusal.
	answers := func(at, to At) bool {
		if p := to.Proto(); p != EAP && p != eapMethod(to.Uint(eapType)) || !sameUint(at, to, eapID) || to.Uint(eapCode) != 1 {
			return false
		}
		switch at.Uint(eapCode) {
		case 2:
			return at.Uint(eapType) == to.Uint(eapType) || at.Uint(eapType) == 3
		case 3, 4:
			return true
		}
		return false
	}
	EAP.Answers = answers
	for _, p := range []*Proto{EAP_MD5, EAP_TLS, LEAP, EAP_TTLS, EAP_PEAP, EAP_FAST} {
		p.Answers = answers
	}
}

func eapTables() family {
	return family{
		tables: []*Proto{EAPOL, EAP, EAP_MD5, EAP_TLS, LEAP, EAP_TTLS, EAP_PEAP, EAP_FAST},
		link:   linkEAP,
		bind: func() {
			mustBindGroup(EAPOL, 0x888e, 0x0180c2000003)
			mustBind(GRE, EAPOL, "proto", 0x888e)
			mustBind(SNAP, EAPOL, "code", 0x888e)
			mustBind(PPP, EAP, "proto", 0xc227)
			mustBind(EAPOL, EAP, "type", 0)
		},
	}
}
