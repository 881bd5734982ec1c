package layers

// Extension headers of GTP (3GPP TS 29.281 §5.2), and the messages of its paths
// (3GPP TS 29.060 §7.2, §7.3.7).

// gtpExtension makes the table of an extension header of one word.
func gtpExtension(doc, field string) Table {
	return Table{Doc: doc, Fields: []Field{
		{Name: "length", Bits: 8, Default: 1},
		{Name: field, Bits: 16, Auto: zero},
		{Name: "next_ex", Bits: 8, Enum: gtpExtensions},
	}, Next: func(at At, payload []byte) *Proto { return gtpAfter(at.Uint(2), payload) }}
}

// gtpAfter is what follows an extension header that names the next one so.
func gtpAfter(next uint64, payload []byte) *Proto {
	switch next {
	case 0:
		return gtpUserData(payload)
	case 0x40:
		return Lookup("GTP_UDPPort_ExtensionHeader")
	case 0x85:
		return Lookup("GTPPDUSessionContainer")
	case 0xc0:
		return Lookup("GTP_PDCP_PDU_ExtensionHeader")
	}
	return nil
}

var (
	GTP_UDPPort_ExtensionHeader = &Proto{Name: "GTP_UDPPort_ExtensionHeader", make: func() Table {
		return gtpExtension("UDP port in front of what a GTP tunnel carries (3GPP TS 29.281)", "udp_port")
	}}
	GTP_PDCP_PDU_ExtensionHeader = &Proto{Name: "GTP_PDCP_PDU_ExtensionHeader", make: func() Table {
		return gtpExtension("PDCP PDU number in front of what a GTP tunnel carries (3GPP TS 29.281)", "pdcp_pdu")
	}}
)

// Field positions in GTPPDUSessionContainer.
const (
	gtpPDULen     = 0
	gtpPDUType    = 1
	gtpPDUQMP     = 2
	gtpPDUDL      = 3
	gtpPDUUL      = 4
	gtpPDUSNP     = 5
	gtpPDUN3N9    = 6
	gtpPDUPPP     = 9
	gtpPDUPadding = 22
	gtpPDUNext    = 23
)

// GTPPDUSessionContainer says to which flow of a 5G session a packet belongs (3GPP TS
// 38.415 §5.5).
var GTPPDUSessionContainer = &Proto{Name: "GTPPDUSessionContainer", make: func() Table {
	return Table{Title: "GTP PDU Session Container", Doc: "flow of a 5G session that a packet in a GTP tunnel belongs to (3GPP TS 38.415)",
		Fields: []Field{
			{Name: "ExtHdrLen", Bits: 8, Auto: func(b *Build) uint64 { return uint64(len(b.Header()) / 4) }},
			{Name: "type", Bits: 4, Enum: &Enum{text: "0 DL PDU SESSION INFORMATION\n1 UL PDU SESSION INFORMATION\n"}},
			{Name: "QMP", Bits: 1},
			{Name: "dlDelayInd", Bits: 1, When: gtpPDU(1, -1)},
			{Name: "ulDelayInd", Bits: 1, When: gtpPDU(1, -1)},
			{Name: "SNP", Bits: 1},
			{Name: "N3N9DelayInd", Bits: 1, When: gtpPDU(1, -1)},
			{Name: "spareUl1", Kind: Hex, Bits: 1, When: gtpPDU(1, -1)},
			{Name: "spareDl1", Kind: Hex, Bits: 2, When: gtpPDU(0, -1)},
			{Name: "PPP", Bits: 1, When: gtpPDU(0, -1), Aliases: []string{"P"}},
			{Name: "RQI", Bits: 1, When: gtpPDU(0, -1), Aliases: []string{"R"}},
			{Name: "QFI", Bits: 6},
			{Name: "PPI", Kind: Hex, Bits: 3, When: gtpPDU(0, gtpPDUPPP)},
			{Name: "spareDl2", Kind: Hex, Bits: 5, When: gtpPDU(0, gtpPDUPPP)},
			{Name: "dlSendTime", Kind: Hex, Bits: 64, Type: "XBitField", When: gtpPDU(0, gtpPDUQMP)},
			{Name: "dlQFISeqNum", Kind: Hex, Bits: 24, When: gtpPDU(0, gtpPDUSNP)},
			{Name: "dlSendTimeRpt", Kind: Hex, Bits: 64, Type: "XBitField", When: gtpPDU(1, gtpPDUQMP)},
			{Name: "dlRecvTime", Kind: Hex, Bits: 64, Type: "XBitField", When: gtpPDU(1, gtpPDUQMP)},
			{Name: "ulSendTime", Kind: Hex, Bits: 64, Type: "XBitField", When: gtpPDU(1, gtpPDUQMP)},
			{Name: "dlDelayRslt", Kind: Hex, Bits: 32, Type: "XBitField", When: gtpPDU(1, gtpPDUDL)},
			{Name: "ulDelayRslt", Kind: Hex, Bits: 32, Type: "XBitField", When: gtpPDU(1, gtpPDUUL)},
			{Name: "UlQFISeqNum", Kind: Hex, Bits: 24, Type: "XBitField", When: gtpPDU(1, gtpPDUSNP)},
			// It stands in front of the next header's number, which ends the header
			// (3GPP TS 29.281 §5.2.1).
			{Name: "padding", Kind: Var, Type: "StrLenField", Derive: gtpPDUFill, Size: func(l *Layer, _ []byte) int {
				return int(l.Uint(gtpPDULen))*4 - 1 - l.bytesBefore(gtpPDUPadding)
			}},
			{Name: "NextExtHdr", Bits: 8, Enum: gtpExtensions},
		},
		Next: func(at At, payload []byte) *Proto { return gtpAfter(at.Uint(gtpPDUNext), payload) },
	}
}}

// gtpPDU is the When of a field of one type that a flag announces; -1 for none. Types
// that are not known are laid out as type 0.
func gtpPDU(typ uint64, flag int) func(l *Layer) bool {
	return func(l *Layer) bool {
		return (l.Uint(gtpPDUType) == 1) == (typ == 1) && (flag < 0 || l.Uint(flag) == 1)
	}
}

// gtpPDUFill fills the header up to words.
func gtpPDUFill(at At) (any, bool) {
	l := at.Layer()
	bits := 8
	for i := range l.proto.Fields[:gtpPDUPadding] {
		if l.Exists(i) {
			bits += l.proto.Fields[i].Bits
		}
	}
	return make([]byte, -(bits/8)&3), true
}

// gtpIE makes the table of an information element: its type, then fields.
func gtpIE(title string, typ uint64, fields ...Field) Table {
	return Table{Title: title, Doc: "GTP information element: " + title + " (3GPP TS 29.060)", PayloadIsPadding: true,
		Fields: rows(Field{Name: "ietype", Bits: 8, Enum: gtpIETypes, Default: typ}, fields)}
}

var gtpIETypes = &Enum{text: `
1 Cause
2 IMSI
3 RAI
4 TLLI
5 P_TMSI
8 ReorderingRequired
14 Recovery
15 SelectionMode
16 TEIDI
17 TEICP
19 TeardownInd
20 NSAPI
26 ChargingChrt
27 TraceReference
28 TraceType
127 ChargingId
128 EndUserAddress
131 AccessPointName
132 ProtocolConfigurationOptions
133 GSNAddress
134 MSInternationalNumber
135 QoS
141 ExtensionHeaderList
148 CommonFlags
149 APNRestriction
151 RatType
152 UserLocationInformation
153 MSTimeZone
154 IMEI
181 MSInfoChangeReportingAction
182 DirectTunnelFlags
184 BearerControlMode
191 EvolvedAllocationRetentionPriority
251 ChargingGatewayAddress
255 PrivateExtension
`}

// The elements of the messages below (3GPP TS 29.060 §7.7).
var (
	IE_Recovery = &Proto{Name: "IE_Recovery", make: func() Table {
		return gtpIE("Recovery", 14, Field{Name: "restart_counter", Bits: 8, Default: 24})
	}}
	IE_TEIDI = &Proto{Name: "IE_TEIDI", make: func() Table {
		return gtpIE("Tunnel Endpoint Identifier Data", 16, Field{Name: "TEIDI", Kind: Hex, Bits: 32, Auto: zero})
	}}
	IE_TEICP = &Proto{Name: "IE_TEICP", make: func() Table {
		return gtpIE("Tunnel Endpoint Identifier Control Plane", 17, Field{Name: "TEICI", Kind: Hex, Bits: 32, Auto: zero})
	}}
	IE_GSNAddress = &Proto{Name: "IE_GSNAddress", make: func() Table {
		return gtpIE("GSN Address", 133,
			Field{Name: "length", Bits: 16, Auto: func(b *Build) uint64 { return uint64(len(b.Header()) - 3) }},
			Field{Name: "ipv4_address", Kind: Addr4, Bits: 32, When: func(l *Layer) bool { return gtpAddrLen(l) == 4 }},
			Field{Name: "ipv6_address", Kind: Addr6, Bits: 128, When: func(l *Layer) bool { return gtpAddrLen(l) == 16 }})
	}}
	IE_ExtensionHeaderList = &Proto{Name: "IE_ExtensionHeaderList", make: func() Table {
		return gtpIE("Extension Header List", 141,
			vector(8, "length", numbers("extension_headers", 1, gtpExtensions))...)
	}}
	IE_PrivateExtension = &Proto{Name: "IE_PrivateExtension", make: func() Table {
		return gtpIE("Private Extension", 255,
			Field{Name: "length", Bits: 16, Auto: lenOf(3, 2)}, Field{Name: "extension_identifier", Bits: 16},
			Field{Name: "extention_value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 2)})
	}}
	IE_NotImplementedTLV = &Proto{Name: "IE_NotImplementedTLV", make: func() Table {
		return gtpIE("IE not implemented", 0,
			Field{Name: "length", Bits: 16, Auto: lenOf(2, 0)}, Field{Name: "data", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)})
	}}
)

// gtpAddrLen is the length of the address that the element has.
func gtpAddrLen(l *Layer) uint64 {
	switch {
	case l.IsSet(1):
		return l.Uint(1)
	case l.IsSet(3):
		return 16
	case l.IsSet(2):
		return 4
	}
	return 0
}

// gtpElements is a field of elements. What has no length is known by its type.
func gtpElements() Field {
	return Field{Name: "IE_list", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: gtpElement}}
}

func gtpElement(_ *Layer, b []byte) *Proto {
	switch b[0] {
	case 14:
		return IE_Recovery
	case 16:
		return IE_TEIDI
	case 17:
		return IE_TEICP
	case 133:
		return IE_GSNAddress
	case 141:
		return IE_ExtensionHeaderList
	case 255:
		return IE_PrivateExtension
	}
	if b[0] >= 128 {
		return IE_NotImplementedTLV
	}
	return nil
}

// The messages (3GPP TS 29.281 §7.2, §7.3).
var (
	GTPEchoRequest  = &Proto{Name: "GTPEchoRequest", Table: Table{Title: "GTP Echo Request", Doc: "GTP echo request (3GPP TS 29.281)"}}
	GTPEchoResponse = &Proto{Name: "GTPEchoResponse", make: func() Table {
		return gtpMessage("GTP Echo Response")
	}}
	GTPErrorIndication = &Proto{Name: "GTPErrorIndication", make: func() Table {
		return gtpMessage("GTP Error Indication")
	}}

	GTPSupportedExtensionHeadersNotification = &Proto{Name: "GTPSupportedExtensionHeadersNotification", make: func() Table {
		return gtpMessage("GTP Supported Extension Headers Notification")
	}}
)

func gtpMessage(title string) Table {
	return Table{Title: title, Doc: title + " (3GPP TS 29.281)", Fields: []Field{gtpElements()}}
}

func linkGTPPaths() {
	GTPEchoResponse.Answers = func(_, to At) bool { return to.Proto() == GTPEchoRequest }
}

// bindGTP binds both headers by their ports, and what follows them.
func bindGTP() {
	for _, b := range []struct {
		header *Proto
		port   int
	}{{GTPHeader, 2123}, {GTP_U_Header, 2152}} {
		mustBindPorts(UDP, b.header, b.port)
		mustBindDown(UDP, b.header, "dport", b.port, "sport", b.port)
		mustBind(b.header, GTPEchoRequest, "gtp_type", 1, "S", 1)
		mustBind(b.header, GTPEchoResponse, "gtp_type", 2, "S", 1)
		mustBind(b.header, GTPErrorIndication, "gtp_type", 26, "S", 1)
		mustBind(b.header, GTPSupportedExtensionHeadersNotification, "gtp_type", 31, "S", 1)
		mustBind(b.header, GTP_UDPPort_ExtensionHeader, "next_ex", 64, "E", 1)
		mustBind(b.header, GTP_PDCP_PDU_ExtensionHeader, "next_ex", 192, "E", 1)
	}
	mustBind(GTP_U_Header, GTPPDUSessionContainer, "gtp_type", 255, "E", 1, "next_ex", 0x85)
	mustBindDown(GTP_U_Header, IP, "gtp_type", 255)
	mustBindDown(GTP_U_Header, IPv6, "gtp_type", 255)
}
