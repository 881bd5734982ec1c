package layers

import "slices"

// The point-to-point protocol (RFC 1661) and its control protocols.

var (
	pppProto16 = &Field{Name: "proto", Bits: 16, Enum: pppProtos, Default: 0x21}
	pppProto8  = &Field{Name: "proto", Bits: 8, Enum: pppProtos, Default: 0x21}
)

// PPP is the protocol number in front of a PPP packet, of one byte if it was
// compressed (RFC 1661 §6.5).
var PPP = &Proto{Name: "PPP", Table: Table{
	Title: "PPP Link Layer",
	Doc:   "point-to-point protocol (RFC 1661)",
	Fields: []Field{{Name: "proto", Bits: 16, Enum: pppProtos, Type: "_PPPProtoField", Form: func(l *Layer) *Field {
		if len(l.src) > 0 && l.src[0]&1 == 1 {
			return pppProto8
		}
		return pppProto16
	}}},
	Dispatch: func(b []byte) *Proto {
		if len(b) > 1 && b[0] == 0xff && b[1] == 0x03 {
			return HDLC
		}
		return nil
	},
}}

// HDLC is the address and control field in front of PPP on serial lines (RFC 1662 §3.1).
var HDLC = &Proto{Name: "HDLC", Table: Table{
	Doc: "HDLC-like framing of PPP (RFC 1662)",
	Fields: []Field{
		{Name: "address", Kind: Hex, Bits: 8, Default: 0xff},
		{Name: "control", Kind: Hex, Bits: 8, Default: 3},
	},
}}

var lcpCodes = &Enum{List: Named{
	{1, "Configure-Request"},
	{2, "Configure-Ack"},
	{3, "Configure-Nak"},
	{4, "Configure-Reject"},
	{5, "Terminate-Request"},
	{6, "Terminate-Ack"},
	{7, "Code-Reject"},
	{8, "Protocol-Reject"},
	{9, "Echo-Request"},
	{10, "Echo-Reply"},
	{11, "Discard-Request"},
}}

// pppCodes are those of all control protocols: link control resets nothing (RFC 1962 §4).
var pppCodes = &Enum{base: lcpCodes, List: Named{{14, "Reset-Request"}, {15, "Reset-Ack"}}}

const pppLen = 2

// pppControl makes the table of a control packet: code, identifier and length
// (RFC 1661 §5), then fields.
func pppControl(title, doc string, codes *Enum, code uint64, fields ...Field) Table {
	return Table{Title: title, Doc: doc,
		Fields: slices.Concat([]Field{
			{Name: "code", Bits: 8, Enum: codes, Default: code},
			{Name: "id", Kind: Hex, Bits: 8},
			{Name: "len", Bits: 16, Type: "FieldLenField", Len: headerLen},
		}, fields),
		// The length is the packet's, which no fixed field can make shorter.
		PayloadIsPadding: true,
	}
}

func pppRest(name string, before int) Field {
	return Field{Name: name, Kind: Var, Type: "StrLenField", Size: sizeLess(pppLen, before)}
}

func lcp(code uint64, fields ...Field) Table {
	p := pppControl("PPP Link Control Protocol", "PPP link control (RFC 1661)", lcpCodes, code, fields...)
	p.Summary = summaryOf("LCP %code%")
	return p
}

// The packets of the link control protocol (RFC 1661 §5).
var (
	PPP_LCP           = &Proto{Name: "PPP_LCP", make: func() Table { return lcp(5, pppRest("data", 4)) }}
	PPP_LCP_Configure = &Proto{Name: "PPP_LCP_Configure", make: func() Table {
		return lcp(1,
			Field{Name: "options", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: lcpOptions, Size: sizeLess(pppLen, 4)})
	}}
	PPP_LCP_Terminate       = &Proto{Name: "PPP_LCP_Terminate", make: func() Table { return lcp(5, pppRest("data", 4)) }}
	PPP_LCP_Code_Reject     = &Proto{Name: "PPP_LCP_Code_Reject", make: func() Table { return lcp(7, absent(pppRest("rejected_packet", 4))) }}
	PPP_LCP_Protocol_Reject = &Proto{Name: "PPP_LCP_Protocol_Reject", make: func() Table {
		return lcp(8,
			Field{Name: "rejected_protocol", Bits: 16, Enum: pppProtos, Auto: zero}, absent(pppRest("rejected_information", 6)))
	}}
	PPP_LCP_Echo = &Proto{Name: "PPP_LCP_Echo", make: func() Table {
		return lcp(9,
			Field{Name: "magic_number", Bits: 32, Auto: zero}, pppRest("data", 8))
	}}
	PPP_LCP_Discard_Request = &Proto{Name: "PPP_LCP_Discard_Request", make: func() Table {
		return lcp(11,
			Field{Name: "magic_number", Bits: 32, Auto: zero}, pppRest("data", 8))
	}}
)

// pppOption makes the table of an option: type and length, then fields.
func pppOption(title string, types *Enum, typ uint64, fields ...Field) Table {
	return Table{Title: title, Doc: title,
		Fields: slices.Concat([]Field{
			pppOptionType(types, typ),
			optionLen("len", 8, 2, fields),
		}, fields), PayloadIsPadding: true}
}

// pppOptionType is an option's type; one that says none has none until it is set.
func pppOptionType(types *Enum, typ uint64) Field {
	f := Field{Name: "type", Bits: 8, Enum: types, Default: typ}
	if typ == 0 {
		f.Auto = zero
	}
	return f
}

var lcpOptionTypes = &Enum{List: Named{
	{1, "Maximum-Receive-Unit"},
	{2, "Async-Control-Character-Map"},
	{3, "Authentication-protocol"},
	{4, "Quality-protocol"},
	{5, "Magic-number"},
	{7, "Protocol-Field-Compression"},
	{8, "Address-and-Control-Field-Compression"},
	{13, "Callback"},
}}

// The options of LCP (RFC 1661 §6).
var (
	PPP_LCP_Option     = &Proto{Name: "PPP_LCP_Option", make: func() Table { return pppOption("PPP LCP Option", lcpOptionTypes, 0, absent(optionRest("data", 2))) }}
	PPP_LCP_MRU_Option = &Proto{Name: "PPP_LCP_MRU_Option", make: func() Table {
		return pppOption("PPP LCP Option", lcpOptionTypes, 1,
			Field{Name: "max_recv_unit", Bits: 16, Default: 1500})
	}}
	PPP_LCP_ACCM_Option = &Proto{Name: "PPP_LCP_ACCM_Option", make: func() Table {
		return pppOption("PPP LCP Option", lcpOptionTypes, 2,
			Field{Name: "accm", Bits: 32})
	}}
	PPP_LCP_Auth_Protocol_Option = &Proto{Name: "PPP_LCP_Auth_Protocol_Option", make: func() Table {
		return pppOption("PPP LCP Option", lcpOptionTypes, 3,
			Field{Name: "auth_protocol", Bits: 16, Default: 0xc023, Enum: &Enum{List: Named{
				{0xc023, "Password authentication protocol"},
				{0xc223, "Challenge-response authentication protocol"},
				{0xc227, "PPP Extensible authentication protocol"},
			}}},
			Field{Name: "data", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 4), When: func(l *Layer) bool { return l.Uint(2) != 0xc223 }},
			Field{Name: "algorithm", Bits: 8, Default: 5, When: func(l *Layer) bool { return l.Uint(2) == 0xc223 },
				Enum: &Enum{List: Named{{5, "MD5"}, {6, "SHA1"}, {128, "MS-CHAP"}, {129, "MS-CHAP-v2"}}}})
	}}
	PPP_LCP_Magic_Number_Option = &Proto{Name: "PPP_LCP_Magic_Number_Option", make: func() Table {
		return pppOption("PPP LCP Option", lcpOptionTypes, 5,
			Field{Name: "magic_number", Bits: 32, Auto: zero})
	}}
)

func optionRest(name string, before int) Field {
	return Field{Name: name, Kind: Var, Type: "StrLenField", Size: sizeLess(1, before)}
}

var lcpOptions = packetList{next: func(l *Layer, b []byte) *Proto {
	if len(b) >= 2 {
		switch b[0] {
		case 1:
			return PPP_LCP_MRU_Option
		case 2:
			return PPP_LCP_ACCM_Option
		case 3:
			return PPP_LCP_Auth_Protocol_Option
		case 5:
			return PPP_LCP_Magic_Number_Option
		}
	}
	return PPP_LCP_Option
}}

var ipcpOptionTypes = &Enum{List: Named{
	{1, "IP-Addresses (Deprecated)"},
	{2, "IP-Compression-Protocol"},
	{3, "IP-Address"},
	{4, "Mobile-IPv4"},
	{129, "Primary-DNS-Address"},
	{130, "Primary-NBNS-Address"},
	{131, "Secondary-DNS-Address"},
	{132, "Secondary-NBNS-Address"},
}}

func ipcpAddress(title string, typ uint64) Table {
	return pppOption(title, ipcpOptionTypes, typ,
		Field{Name: "data", Kind: Addr4, Bits: 32}, optionRest("garbage", 6))
}

// The IP control protocol (RFC 1332) and its options (RFC 1877).
var (
	PPP_IPCP = &Proto{Name: "PPP_IPCP", make: func() Table {
		return pppControl("", "PPP IP control protocol (RFC 1332)", pppCodes, 1,
			Field{Name: "options", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: ipcpOptions, Size: sizeLess(pppLen, 4)})
	}}
	PPP_IPCP_Option           = &Proto{Name: "PPP_IPCP_Option", make: func() Table { return pppOption("PPP IPCP Option", ipcpOptionTypes, 0, optionRest("data", 2)) }}
	PPP_IPCP_Option_IPAddress = &Proto{Name: "PPP_IPCP_Option_IPAddress", make: func() Table { return ipcpAddress("PPP IPCP Option: IP Address", 3) }}
	PPP_IPCP_Option_DNS1      = &Proto{Name: "PPP_IPCP_Option_DNS1", make: func() Table { return ipcpAddress("PPP IPCP Option: DNS1 Address", 129) }}
	PPP_IPCP_Option_NBNS1     = &Proto{Name: "PPP_IPCP_Option_NBNS1", make: func() Table { return ipcpAddress("PPP IPCP Option: NBNS1 Address", 130) }}
	PPP_IPCP_Option_DNS2      = &Proto{Name: "PPP_IPCP_Option_DNS2", make: func() Table { return ipcpAddress("PPP IPCP Option: DNS2 Address", 131) }}
	PPP_IPCP_Option_NBNS2     = &Proto{Name: "PPP_IPCP_Option_NBNS2", make: func() Table { return ipcpAddress("PPP IPCP Option: NBNS2 Address", 132) }}
)

var ipcpOptions = packetList{next: func(l *Layer, b []byte) *Proto {
	if len(b) >= 6 {
		switch b[0] {
		case 3:
			return PPP_IPCP_Option_IPAddress
		case 129:
			return PPP_IPCP_Option_DNS1
		case 130:
			return PPP_IPCP_Option_NBNS1
		case 131:
			return PPP_IPCP_Option_DNS2
		case 132:
			return PPP_IPCP_Option_NBNS2
		}
	}
	return PPP_IPCP_Option
}}

var (
	papCodes  = &Enum{List: Named{{1, "Authenticate-Request"}, {2, "Authenticate-Ack"}, {3, "Authenticate-Nak"}}}
	chapCodes = &Enum{List: Named{{1, "Challenge"}, {2, "Response"}, {3, "Success"}, {4, "Failure"}}}
)

// Authentication: PAP (RFC 1334) and CHAP (RFC 1994).
var (
	PPP_PAP = &Proto{Name: "PPP_PAP", make: func() Table {
		return pppControl("PPP Password Authentication Protocol", "PPP password authentication (RFC 1334)", papCodes, 1,
			pppRest("data", 4))
	}}
	PPP_PAP_Request = &Proto{Name: "PPP_PAP_Request", make: func() Table {
		return pppControl("PPP Password Authentication Protocol", "PPP password authentication request (RFC 1334)", papCodes, 1,
			Field{Name: "username_len", Bits: 8, Type: "FieldLenField", Auto: lenOf(4, 0)},
			Field{Name: "username", Kind: Var, Absent: true, Type: "StrLenField", Size: sizeLess(3, 0)},
			Field{Name: "passwd_len", Bits: 8, Type: "FieldLenField", Auto: lenOf(6, 0)},
			Field{Name: "password", Kind: Var, Absent: true, Type: "StrLenField", Size: sizeLess(5, 0)})
	}}
	PPP_PAP_Response = &Proto{Name: "PPP_PAP_Response", make: func() Table {
		return pppControl("PPP Password Authentication Protocol", "PPP password authentication answer (RFC 1334)", papCodes, 2,
			Field{Name: "msg_len", Bits: 8, Type: "FieldLenField", Auto: lenOf(4, 0)},
			Field{Name: "message", Kind: Var, Type: "StrLenField", Size: sizeLess(3, 0)})
	}}
	PPP_CHAP = &Proto{Name: "PPP_CHAP", make: func() Table {
		return pppControl("PPP Challenge Handshake Authentication Protocol", "PPP challenge authentication (RFC 1994)", chapCodes, 1,
			pppRest("data", 4))
	}}
	PPP_CHAP_ChallengeResponse = &Proto{Name: "PPP_CHAP_ChallengeResponse", make: func() Table {
		return pppControl("PPP Challenge Handshake Authentication Protocol",
			"PPP challenge or its answer (RFC 1994)", chapCodes, 1,
			Field{Name: "value_size", Bits: 8, Type: "FieldLenField", Auto: lenOf(4, 0)},
			Field{Name: "value", Kind: Var, Type: "XStrLenField", DefaultValue: make([]byte, 8), Size: sizeLess(3, 0)},
			Field{Name: "optional_name", Kind: Var, Type: "StrLenField", Size: func(l *Layer, rest []byte) int {
				return int(l.Uint(pppLen)) - int(l.Uint(3)) - 5
			}})
	}}
)

func linkPPP() {
	PPP_PAP_Request.Summary = summaryOf("PAP-Request username=%username% password=%password%")
	PPP_PAP_Response.Summary = func(at At) (string, []*Proto) {
		s := "PAP-Nak"
		if at.Uint(0) == 2 {
			s = "PAP-Ack"
		}
		if message, _ := First(at.Value(4)).([]byte); len(message) > 0 {
			s += " msg=" + FieldText(at, 4)
		}
		return s, nil
	}
	PPP_CHAP.Summary = func(at At) (string, []*Proto) {
		switch at.Uint(0) {
		case 3:
			return "CHAP Success message=" + FieldText(at, 3), nil
		case 4:
			return "CHAP Failure message=" + FieldText(at, 3), nil
		}
		return at.Proto().Name, nil
	}
	PPP_CHAP_ChallengeResponse.Summary = func(at At) (string, []*Proto) {
		kind := "challenge"
		if at.Uint(0) == 2 {
			kind = "response"
		}
		value, _ := at.Value(4).([]byte)
		return "CHAP " + kind + "=0x" + hexText(value) + " optional_name=" + FieldText(at, 5), nil
	}
	// By the code, a packet has more structure than its protocol says.
	PPP_LCP.Dispatch = func(b []byte) *Proto {
		if len(b) == 0 {
			return nil
		}
		switch c := b[0]; {
		case c >= 1 && c <= 4:
			return PPP_LCP_Configure
		case c == 5 || c == 6:
			return PPP_LCP_Terminate
		case c == 7:
			return PPP_LCP_Code_Reject
		case c == 8:
			return PPP_LCP_Protocol_Reject
		case c == 9 || c == 10:
			return PPP_LCP_Echo
		case c == 11:
			return PPP_LCP_Discard_Request
		}
		return nil
	}
	PPP_PAP.DispatchBy = "code"
	PPP_PAP.Dispatch = func(b []byte) *Proto {
		switch {
		case len(b) > 0 && b[0] == 1:
			return PPP_PAP_Request
		case len(b) > 0 && (b[0] == 2 || b[0] == 3):
			return PPP_PAP_Response
		}
		return nil
	}
	PPP_CHAP.DispatchBy = "code"
	PPP_CHAP.Dispatch = func(b []byte) *Proto {
		if len(b) > 0 && (b[0] == 1 || b[0] == 2) {
			return PPP_CHAP_ChallengeResponse
		}
		return nil
	}
}

func hexText(b []byte) string {
	const digits = "0123456789abcdef"
	out := make([]byte, 0, 2*len(b))
	for _, c := range b {
		out = append(out, digits[c>>4], digits[c&15])
	}
	return string(out)
}

func pppTables() family {
	return family{
		tables: []*Proto{
			PPP, HDLC, PPP_LCP, PPP_LCP_Configure, PPP_LCP_Terminate, PPP_LCP_Code_Reject, PPP_LCP_Protocol_Reject, PPP_LCP_Echo,
			PPP_LCP_Discard_Request, PPP_LCP_Option, PPP_LCP_MRU_Option, PPP_LCP_ACCM_Option, PPP_LCP_Auth_Protocol_Option,
			PPP_LCP_Magic_Number_Option, PPP_IPCP, PPP_IPCP_Option, PPP_IPCP_Option_IPAddress, PPP_IPCP_Option_DNS1,
			PPP_IPCP_Option_NBNS1, PPP_IPCP_Option_DNS2, PPP_IPCP_Option_NBNS2, PPP_PAP, PPP_PAP_Request, PPP_PAP_Response,
			PPP_CHAP, PPP_CHAP_ChallengeResponse,
		},
		link: linkPPP,
		bind: bindPPP,
	}
}

func bindPPP() {
	mustBind(PPPoE, PPP, "code", 0)
	mustBind(HDLC, PPP)
	mustBind(PPP, IP, "proto", 0x21)
	mustBind(PPP, IPv6, "proto", 0x57)
	mustBind(PPP, MPLS, "proto", 0x281)
	mustBind(PPP, PPP_IPCP, "proto", 0x8021)
	mustBindType(PPP_IPCP, 0x8021)
	mustBind(PPP, PPP_LCP, "proto", 0xc021)
	for _, upper := range []*Proto{PPP_LCP_Configure, PPP_LCP_Terminate, PPP_LCP_Code_Reject,
		PPP_LCP_Protocol_Reject, PPP_LCP_Echo, PPP_LCP_Discard_Request} {
		mustBindDown(PPP, upper, "proto", 0xc021)
	}
	mustBind(PPP, PPP_PAP, "proto", 0xc023)
	mustBindDown(PPP, PPP_PAP_Request, "proto", 0xc023)
	mustBindDown(PPP, PPP_PAP_Response, "proto", 0xc023)
	mustBind(PPP, PPP_CHAP, "proto", 0xc223)
	mustBindDown(PPP, PPP_CHAP_ChallengeResponse, "proto", 0xc223)
	mustBind(GRE, PPP, "proto", 0x880b)
	mustBind(GRE_PPTP, PPP, "proto", 0x880b)
}
