package layers

// The control connection of point-to-point tunnelling (RFC 2637 §2), and the GRE
// that it sets up (§4).

const pptpType = 3

var (
	pptpTypes = &Enum{text: "1 Control Message\n2 Managemenent Message\n"}

	pptpMessages = &Enum{text: `
1 Start-Control-Connection-Request
2 Start-Control-Connection-Reply
3 Stop-Control-Connection-Request
4 Stop-Control-Connection-Reply
5 Echo-Request
6 Echo-Reply
7 Outgoing-Call-Request
8 Outgoing-Call-Reply
9 Incoming-Call-Request
10 Incoming-Call-Reply
11 Incoming-Call-Connected
12 Call-Clear-Request
13 Call-Disconnect-Notify
14 WAN-Error-Notify
15 Set-Link-Info
`}

	pptpError       = Field{Name: "error_code", Bits: 8, Enum: &Enum{text: "0 None\n1 Not-Connected\n2 Bad-Format\n3 Bad-Value\n4 No-Resource\n5 Bad-Call ID\n6 PAC-Error\n"}}
	pptpDone        = Field{Name: "result_code", Bits: 8, Default: 1, Enum: &Enum{text: "1 OK\n2 General error\n"}}
	pptpCallDone    = Field{Name: "result_code", Bits: 8, Default: 1, Enum: &Enum{text: "1 Connected\n2 General error\n3 No Carrier\n4 Busy\n5 No dial tone\n6 Time-out\n7 Do not accept\n"}}
	pptpIdentifier  = Field{Name: "identifier", Bits: 32, Auto: zero}
	pptpCall        = Field{Name: "call_id", Bits: 16, Default: 1}
	pptpPeerCall    = Field{Name: "peer_call_id", Bits: 16, Default: 1}
	pptpReserved1   = Field{Name: "reserved_1", Kind: Hex, Bits: 16}
	pptpReserved2   = Field{Name: "reserved_2", Kind: Hex, Bits: 16}
	pptpSpeed       = Field{Name: "connect_speed", Bits: 32, Default: 100000000}
	pptpDelay       = Field{Name: "pkt_transmit_delay", Bits: 16}
	pptpProcDelay   = Field{Name: "pkt_proc_delay", Bits: 16}
	pptpFramings    = &Enum{text: "1 Asynchronous framing\n2 Synchronous framing\n3 Any type of framing\n"}
	pptpBearer      = Field{Name: "bearer_type", Bits: 32, Default: 3, Enum: &Enum{text: "1 Analog channel\n2 Digital channel\n3 Any type of channel\n"}}
	pptpChannel     = Field{Name: "channel_id", Bits: 32}
	pptpSubaddress  = Field{Name: "subaddress", Kind: Fixed, Bits: 512}
	pptpCapability  = Field{Name: "framing_capabilities", Kind: Flag, Bits: 32, Flags: &FlagSet{Names: []string{"Asynchronous Framing supported", "Synchronous Framing supported"}}}
	pptpCapability2 = Field{Name: "bearer_capabilities", Kind: Flag, Bits: 32, Flags: &FlagSet{Names: []string{"Analog access supported", "Digital access supported"}}}
	pptpChannels    = Field{Name: "maximum_channels", Bits: 16, Default: 65535}
	pptpFirmware    = Field{Name: "firmware_revision", Bits: 16, Default: 256}
	pptpHost        = Field{Name: "host_name", Kind: Fixed, Bits: 512, DefaultValue: []byte("linux")}
	pptpVendor      = Field{Name: "vendor_string", Kind: Fixed, Bits: 512}
	pptpVersion     = Field{Name: "protocol_version", Bits: 16, Default: 256}
)

func pptpWindow(n uint64) Field { return Field{Name: "pkt_window_size", Bits: 16, Default: n} }

func pptpFraming(n uint64) Field {
	return Field{Name: "framing_type", Bits: 32, Enum: pptpFramings, Default: n}
}

// PPTP is a control message of any type (RFC 2637 §2).
var PPTP = &Proto{Name: "PPTP", Table: Table{
	Doc: "control message of point-to-point tunnelling (RFC 2637)",
	Fields: []Field{
		{Name: "len", Bits: 16, Type: "FieldLenField", Auto: func(b *Build) uint64 { return uint64(b.varLenAt(5) + 12) }},
		{Name: "type", Bits: 16, Enum: pptpTypes, Default: 1},
		{Name: "magic_cookie", Kind: Hex, Bits: 32, Default: 0x1a2b3c4d},
		{Name: "ctrl_msg_type", Bits: 16, Enum: pptpMessages, Default: 1},
		{Name: "reserved_0", Kind: Hex, Bits: 16},
		{Name: "data", Kind: Var, Type: "StrLenField", Size: func(l *Layer, _ []byte) int { return int(l.Uint(0)) - 12 }},
	}}}

// pptp makes the table of a message; its length is that of its fields.
func pptp(title string, typ uint64, fields ...Field) Table {
	bits := 96
	for i := range fields {
		bits += fields[i].Bits
	}
	return Table{Title: title, Doc: title + " (RFC 2637)", Fields: rows(
		Field{Name: "len", Bits: 16, Type: "LenField", Default: uint64(bits / 8)}, PPTP.Fields[1:pptpType],
		Field{Name: "ctrl_msg_type", Bits: 16, Enum: pptpMessages, Default: typ}, PPTP.Fields[pptpType+1], fields)}
}

// The messages (RFC 2637 §2.1-§2.15).
var (
	PPTPStartControlConnectionRequest = &Proto{Name: "PPTPStartControlConnectionRequest", parent: PPTP, make: func() Table {
		return pptp("PPTP Start Control Connection Request", 1,
			pptpVersion, pptpReserved1, pptpCapability, pptpCapability2, pptpChannels, pptpFirmware, pptpHost, pptpVendor)
	}}
	PPTPStartControlConnectionReply = &Proto{Name: "PPTPStartControlConnectionReply", parent: PPTP, make: func() Table {
		return pptp("PPTP Start Control Connection Reply", 2,
			pptpVersion, Field{Name: "result_code", Bits: 8, Default: 1,
				Enum: &Enum{text: "1 OK\n2 General error\n3 Command channel already exists\n4 Not authorized\n5 Unsupported protocol version\n"}},
			pptpError, pptpCapability, pptpCapability2, pptpChannels, pptpFirmware, pptpHost, pptpVendor)
	}}
	PPTPStopControlConnectionRequest = &Proto{Name: "PPTPStopControlConnectionRequest", parent: PPTP, make: func() Table {
		return pptp("PPTP Stop Control Connection Request", 3,
			Field{Name: "reason", Bits: 8, Default: 1, Enum: &Enum{text: "1 None\n2 Stop-Protocol\n3 Stop-Local-Shutdown\n"}},
			Field{Name: "reserved_1", Kind: Hex, Bits: 8}, pptpReserved2)
	}}
	PPTPStopControlConnectionReply = &Proto{Name: "PPTPStopControlConnectionReply", parent: PPTP, make: func() Table {
		return pptp("PPTP Stop Control Connection Reply", 4,
			pptpDone, pptpError, pptpReserved2)
	}}
	PPTPEchoRequest = &Proto{Name: "PPTPEchoRequest", parent: PPTP, make: func() Table {
		return pptp("PPTP Echo Request", 5, pptpIdentifier)
	}}
	PPTPEchoReply = &Proto{Name: "PPTPEchoReply", parent: PPTP, make: func() Table {
		return pptp("PPTP Echo Reply", 6, pptpIdentifier, pptpDone, pptpError, pptpReserved1)
	}}

	PPTPOutgoingCallRequest = &Proto{Name: "PPTPOutgoingCallRequest", parent: PPTP, make: func() Table {
		return pptp("PPTP Outgoing Call Request", 7,
			pptpCall, Field{Name: "call_serial_number", Bits: 16},
			Field{Name: "minimum_bps", Bits: 32, Default: 32768}, Field{Name: "maximum_bps", Bits: 32, Default: 2147483648},
			pptpBearer, pptpFraming(3), pptpWindow(16), pptpProcDelay,
			Field{Name: "phone_number_len", Bits: 16}, pptpReserved1, Field{Name: "phone_number", Kind: Fixed, Bits: 512}, pptpSubaddress)
	}}
	PPTPOutgoingCallReply = &Proto{Name: "PPTPOutgoingCallReply", parent: PPTP, make: func() Table {
		return pptp("PPTP Outgoing Call Reply", 8,
			pptpCall, pptpPeerCall, pptpCallDone, pptpError, Field{Name: "cause_code", Bits: 16}, pptpSpeed,
			pptpWindow(16), pptpProcDelay, pptpChannel)
	}}
	PPTPIncomingCallRequest = &Proto{Name: "PPTPIncomingCallRequest", parent: PPTP, make: func() Table {
		return pptp("PPTP Incoming Call Request", 9,
			pptpCall, Field{Name: "call_serial_number", Bits: 16, Default: 1}, pptpBearer, pptpChannel,
			Field{Name: "dialed_number_len", Bits: 16}, Field{Name: "dialing_number_len", Bits: 16},
			Field{Name: "dialed_number", Kind: Fixed, Bits: 512}, Field{Name: "dialing_number", Kind: Fixed, Bits: 512}, pptpSubaddress)
	}}
	PPTPIncomingCallReply = &Proto{Name: "PPTPIncomingCallReply", parent: PPTP, make: func() Table {
		return pptp("PPTP Incoming Call Reply", 10,
			pptpCall, pptpPeerCall, pptpCallDone, pptpError, pptpWindow(64), pptpDelay, pptpReserved1)
	}}
	PPTPIncomingCallConnected = &Proto{Name: "PPTPIncomingCallConnected", parent: PPTP, make: func() Table {
		return pptp("PPTP Incoming Call Connected", 11,
			pptpPeerCall, pptpReserved1, pptpSpeed, pptpWindow(64), pptpDelay, pptpFraming(1))
	}}

	PPTPCallClearRequest = &Proto{Name: "PPTPCallClearRequest", parent: PPTP, make: func() Table {
		return pptp("PPTP Call Clear Request", 12, pptpCall, pptpReserved1)
	}}
	PPTPCallDisconnectNotify = &Proto{Name: "PPTPCallDisconnectNotify", parent: PPTP, make: func() Table {
		return pptp("PPTP Call Disconnect Notify", 13,
			pptpCall, Field{Name: "result_code", Bits: 8, Default: 1, Enum: &Enum{text: "1 Lost Carrier\n2 General error\n3 Admin Shutdown\n4 Request\n"}},
			pptpError, Field{Name: "cause_code", Bits: 16}, pptpReserved1, Field{Name: "call_statistic", Kind: Fixed, Bits: 1024})
	}}
	PPTPWANErrorNotify = &Proto{Name: "PPTPWANErrorNotify", parent: PPTP, make: func() Table {
		return pptp("PPTP WAN Error Notify", 14,
			pptpPeerCall, pptpReserved1, Field{Name: "crc_errors", Bits: 32}, Field{Name: "framing_errors", Bits: 32},
			Field{Name: "hardware_overruns", Bits: 32}, Field{Name: "buffer_overruns", Bits: 32},
			Field{Name: "time_out_errors", Bits: 32}, Field{Name: "alignment_errors", Bits: 32})
	}}
	PPTPSetLinkInfo = &Proto{Name: "PPTPSetLinkInfo", parent: PPTP, make: func() Table {
		return pptp("PPTP Set Link Info", 15,
			pptpPeerCall, pptpReserved1, Field{Name: "send_accm", Kind: Hex, Bits: 32}, Field{Name: "receive_accm", Kind: Hex, Bits: 32})
	}}
)

// pptpAll are the messages from type 1 on.
var pptpAll = []*Proto{
	PPTPStartControlConnectionRequest, PPTPStartControlConnectionReply, PPTPStopControlConnectionRequest, PPTPStopControlConnectionReply,
	PPTPEchoRequest, PPTPEchoReply, PPTPOutgoingCallRequest, PPTPOutgoingCallReply, PPTPIncomingCallRequest, PPTPIncomingCallReply,
	PPTPIncomingCallConnected, PPTPCallClearRequest, PPTPCallDisconnectNotify, PPTPWANErrorNotify, PPTPSetLinkInfo,
}

// GRE_PPTP is the GRE that carries PPP in a call's tunnel (RFC 2637 §4.1).
var GRE_PPTP = &Proto{Name: "GRE_PPTP", parent: GRE, make: func() Table {
	gre := GRE.Use().Fields
	return Table{Title: "GRE PPTP", Doc: "GRE of point-to-point tunnelling (RFC 2637)", Fields: rows(gre[:greKeyPresent], Field{Name: "key_present", Bits: 1, Default: 1}, gre[greSeqPresent:greFlags],
		Field{Name: "acknum_present", Bits: 1}, Field{Name: "flags", Bits: 4}, Field{Name: "version", Bits: 3, Default: 1},
		Field{Name: "proto", Kind: Hex, Bits: 16, Enum: EtherTypes, Default: 0x880b},
		Field{Name: "payload_len", Bits: 16, Auto: func(b *Build) uint64 { return uint64(len(b.Payload())) }},
		Field{Name: "call_id", Bits: 16, Auto: zero},
		gre[greSeq],
		Field{Name: "ack_number", Kind: Hex, Bits: 32, Auto: zero, When: func(l *Layer) bool { return l.Uint(greFlags) == 1 }})}
}}

// linkGRE tells GRE's version by what it carries, as it does for PPTP alone.
func linkGRE() {
	GRE.Dispatch = func(b []byte) *Proto {
		if len(b) >= 4 && getBits(b, 16, 16) == 0x880b {
			return GRE_PPTP
		}
		return nil
	}
}

func linkPPTP() {
	answersTo := func(p, request *Proto, field, requestField string) {
		p.Answers = func(at, to At) bool {
			return to.Proto() == request && (field == "" || at.Uint(at.Proto().Index(field)) == to.Uint(to.Proto().Index(requestField)))
		}
	}
	answersTo(PPTPStartControlConnectionReply, PPTPStartControlConnectionRequest, "", "")
	answersTo(PPTPStopControlConnectionReply, PPTPStopControlConnectionRequest, "", "")
	answersTo(PPTPEchoReply, PPTPEchoRequest, "identifier", "identifier")
	answersTo(PPTPOutgoingCallReply, PPTPOutgoingCallRequest, "peer_call_id", "call_id")
	answersTo(PPTPIncomingCallReply, PPTPIncomingCallRequest, "peer_call_id", "call_id")
	answersTo(PPTPIncomingCallConnected, PPTPIncomingCallReply, "peer_call_id", "call_id")
	PPTP.Dispatch = func(b []byte) *Proto {
		if len(b) > 9 && b[9] > 0 && int(b[9]) <= len(pptpAll) {
			return pptpAll[b[9]-1]
		}
		return nil
	}
}

func pptpTables() family {
	return family{
		tables: append(pptpAll[:len(pptpAll):len(pptpAll)], PPTP),
		link:   linkPPTP,
		bind: func() {
			mustBindUp(TCP, PPTP, "sport", 1723)
			mustBind(TCP, PPTP, "dport", 1723)
		},
	}
}
