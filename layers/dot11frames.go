package layers

// Bodies of 802.11 frames (IEEE 802.11-2020 §9.3.3), each with elements behind it.

var (
	dot11Cap = Field{Name: "cap", Kind: Flag, Bits: 16, Flags: &FlagSet{Names: []string{"res8", "res9", "short-slot", "res11", "res12",
		"DSSS-OFDM", "res14", "res15", "ESS", "IBSS", "CFP", "CFP-req", "privacy", "short-preamble", "PBCC", "agility"}}}
	dot11Reasons = &Enum{text: `0 reserved
1 unspec
2 auth-expired
3 deauth-ST-leaving
4 inactivity
5 AP-full
6 class2-from-nonauth
7 class3-from-nonass
8 disas-ST-leaving
9 ST-not-auth
`}
	dot11Statuses = &Enum{text: `0 success
1 failure
10 cannot-support-all-cap
11 inexist-asso
12 asso-denied
13 algo-unsupported
14 bad-seq-num
15 challenge-failure
16 timeout
17 AP-full
18 rate-unsupported
`}
)

func dot11Body(title string, fields ...Field) Table {
	return Table{Title: "802.11 " + title, Doc: "802.11 " + title + " (IEEE 802.11)", Fields: fields}
}

func little16(name string, value uint64) Field {
	return Field{Name: name, Bits: 16, Little: true, Default: value, Type: "LEShortField"}
}

func dot11Reason() Field {
	return Field{Name: "reason", Bits: 16, Little: true, Default: 1, Enum: dot11Reasons, Type: "LEShortEnumField"}
}

// The bodies.
var (
	Dot11Beacon = &Proto{Name: "Dot11Beacon", make: func() Table {
		return dot11Body("Beacon", Field{Name: "timestamp", Bits: 64, Little: true, Type: "LELongField"}, little16("beacon_interval", 100), dot11Cap)
	}}
	Dot11ProbeResp = &Proto{Name: "Dot11ProbeResp", make: func() Table {
		return dot11Body("Probe Response", Field{Name: "timestamp", Bits: 64, Little: true, Type: "LELongField"}, little16("beacon_interval", 100), dot11Cap)
	}}
	Dot11ATIM     = &Proto{Name: "Dot11ATIM", make: func() Table { return dot11Body("ATIM") }}
	Dot11Disas    = &Proto{Name: "Dot11Disas", make: func() Table { return dot11Body("Disassociation", dot11Reason()) }}
	Dot11Deauth   = &Proto{Name: "Dot11Deauth", make: func() Table { return dot11Body("Deauthentication", dot11Reason()) }}
	Dot11AssoReq  = &Proto{Name: "Dot11AssoReq", make: func() Table { return dot11Body("Association Request", dot11Cap, little16("listen_interval", 200)) }}
	Dot11AssoResp = &Proto{Name: "Dot11AssoResp", make: func() Table {
		return dot11Body("Association Response", dot11Cap, little16("status", 0), little16("AID", 0))
	}}
	Dot11ReassoReq = &Proto{Name: "Dot11ReassoReq", make: func() Table {
		return dot11Body("Reassociation Request", dot11Cap, little16("listen_interval", 200), Field{Name: "current_AP", Kind: HWAddr, Bits: 48})
	}}
	Dot11ReassoResp = &Proto{Name: "Dot11ReassoResp", make: func() Table {
		return dot11Body("Reassociation Response", dot11Cap, little16("status", 0), little16("AID", 0))
	}}
	Dot11ProbeReq = &Proto{Name: "Dot11ProbeReq", make: func() Table { return dot11Body("Probe Request") }}
	Dot11Auth     = &Proto{Name: "Dot11Auth", make: func() Table {
		return dot11Body("Authentication",
			Field{Name: "algo", Bits: 16, Little: true, Type: "LEShortEnumField", Enum: &Enum{text: "0 open\n1 sharedkey\n"}},
			little16("seqnum", 0),
			Field{Name: "status", Bits: 16, Little: true, Type: "LEShortEnumField", Enum: dot11Statuses})
	}}
	Dot11Ack = &Proto{Name: "Dot11Ack", make: func() Table { return dot11Body("Ack packet") }}
	Dot11QoS = &Proto{Name: "Dot11QoS", make: func() Table {
		return dot11Body("QoS", // §9.2.4.5
			Field{Name: "A_MSDU_Present", Bits: 1}, Field{Name: "Ack_Policy", Bits: 2}, Field{Name: "EOSP", Bits: 1},
			Field{Name: "TID", Bits: 4}, Field{Name: "TXOP", Bits: 8})
	}}
)

// Protected bodies (IEEE 802.11-2020 §12.3.2, §12.5), which are not decrypted.
var (
	Dot11Encrypted = &Proto{Name: "Dot11Encrypted", make: func() Table {
		return dot11Body("Encrypted (unknown algorithm)", Field{Name: "data", Kind: Var, Type: "StrField"})
	}}
	Dot11WEP = &Proto{Name: "Dot11WEP", make: func() Table {
		return dot11Body("WEP packet", Field{Name: "iv", Kind: Fixed, Bits: 24}, Field{Name: "keyid", Bits: 8},
			Field{Name: "wepdata", Absent: true, Kind: Var, Type: "StrField", Size: func(_ *Layer, rest []byte) int { return len(rest) - 4 }},
			Field{Name: "icv", Absent: true, Bits: 32})
	}}
	Dot11TKIP = &Proto{Name: "Dot11TKIP", make: func() Table {
		return dot11Body("TKIP packet",
			Field{Name: "TSC1", Bits: 8}, Field{Name: "WEPSeed", Bits: 8}, Field{Name: "TSC0", Bits: 8},
			Field{Name: "key_id", Bits: 2}, Field{Name: "ext_iv", Bits: 1}, Field{Name: "res", Bits: 5},
			extIV("TSC2"), extIV("TSC3"), extIV("TSC4"), extIV("TSC5"), absent(Field{Name: "data", Kind: Var, Type: "StrField"}))
	}}
	Dot11CCMP = &Proto{Name: "Dot11CCMP", make: func() Table {
		return dot11Body("CCMP packet",
			Field{Name: "PN0", Bits: 8}, Field{Name: "PN1", Bits: 8}, Field{Name: "res0", Bits: 8},
			Field{Name: "key_id", Bits: 2}, Field{Name: "ext_iv", Bits: 1}, Field{Name: "res1", Bits: 5},
			Field{Name: "PN2", Bits: 8}, Field{Name: "PN3", Bits: 8}, Field{Name: "PN4", Bits: 8}, Field{Name: "PN5", Bits: 8},
			absent(Field{Name: "data", Kind: Var, Type: "StrField"}))
	}}
)

func extIV(name string) Field {
	return Field{Name: name, Bits: 8, When: func(l *Layer) bool { return l.Uint(4) != 0 }}
}

// dot11Cipher tells by its first bytes what a protected body is protected with.
func dot11Cipher(b []byte) *Proto {
	switch {
	case len(b) < 8 && (len(b) < 4 || b[3]&0x20 != 0):
		return Dot11Encrypted
	case b[3]&0x20 == 0:
		return Dot11WEP
	case b[1] == (b[0]|0x20)&0x7f: // WEPSeed is made from TSC1 (§12.5.2.6)
		return Dot11TKIP
	case b[2] == 0:
		return Dot11CCMP
	}
	return Dot11Encrypted
}

func linkDot11() {
	Dot11Encrypted.Dispatch = dot11Cipher
	for _, p := range []*Proto{Dot11Beacon, Dot11ProbeResp, Dot11AssoReq, Dot11AssoResp, Dot11ReassoReq, Dot11ReassoResp, Dot11ProbeReq, Dot11Auth} {
		p.Next = nextElement
	}
	Dot11Auth.Answers = func(at, to At) bool { return to.Proto() == Dot11Auth && at.Uint(1) == to.Uint(1)+1 }
	Dot11QoS.Next = func(at At, _ []byte) *Proto {
		if below := at.Below().Layer(); below != nil && (below.proto == Dot11 || below.proto == Dot11FCS) && dot11Protected(below) {
			return Dot11Encrypted
		}
		return LLC
	}
}

func bindDot11() {
	mustBindDown(RadioTap, Dot11FCS, "present", 1<<rtFlags, "Flags", 0x10) // a frame with its check sequence
	management := []*Proto{0: Dot11AssoReq, 1: Dot11AssoResp, 2: Dot11ReassoReq, 3: Dot11ReassoResp, 4: Dot11ProbeReq, 5: Dot11ProbeResp,
		8: Dot11Beacon, 9: Dot11ATIM, 10: Dot11Disas, 11: Dot11Auth, 12: Dot11Deauth}
	for _, lower := range []*Proto{Dot11, Dot11FCS} {
		mustBind(lower, LLC, "type", dot11Data)
		for subtype, p := range management {
			if p != nil {
				mustBind(lower, p, "subtype", subtype, "type", dot11Management)
			}
		}
		mustBind(lower, Dot11Ack, "subtype", 13, "type", dot11Control)
		mustBindDown(lower, Dot11QoS, "type", dot11Data, "subtype", 12)
	}
}
