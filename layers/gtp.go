package layers

import "slices"

// Field positions in the headers.
const (
	gtpE      = 3
	gtpType   = 6
	gtpLength = 7
	gtpNextEx = 11
)

// gtpFields are the fields of both headers, that of control and that of user data
// (3GPP TS 29.060 §6, TS 29.281 §5.1).
var gtpFields = []Field{
	{Name: "version", Bits: 3, Default: 1},
	{Name: "PT", Bits: 1, Default: 1},
	{Name: "reserved", Bits: 1},
	{Name: "E", Bits: 1},
	{Name: "S", Bits: 1},
	{Name: "PN", Bits: 1},
	{Name: "gtp_type", Bits: 8, Auto: zero, Enum: gtpTypes},
	// What follows the first 8 bytes, the optional fields included.
	{Name: "length", Bits: 16, Len: func(header, payload int) int { return header + payload - 8 }},
	{Name: "teid", Bits: 32},
	{Name: "seq", Kind: Hex, Bits: 16, When: gtpOptional},
	{Name: "npdu", Bits: 8, When: gtpOptional},
	{Name: "next_ex", Bits: 8, When: gtpOptional, Enum: gtpExtensions},
}

func gtpRest(l *Layer, hdr int, _ []byte) int { return int(l.Uint(gtpLength)) + 8 - hdr }

// GTPHeader is the header of a GTP control message (3GPP TS 29.060 §6).
var GTPHeader = &Proto{Name: "GTPHeader", make: func() Table {
	return Table{
		Title:      "GTP-C Header",
		Doc:        "GPRS tunnelling protocol, control plane (3GPP TS 29.060)",
		Fields:     slices.Clone(gtpFields),
		PayloadLen: gtpRest,
	}
}}

// GTP_U_Header is the header of a GTP user-plane tunnel (3GPP TS 29.281 §5.1).
var GTP_U_Header = &Proto{Name: "GTP_U_Header", parent: GTPHeader, make: func() Table {
	return Table{
		Title:      "GTP-U Header",
		Doc:        "GPRS tunnelling protocol, user plane (3GPP TS 29.281)",
		Fields:     slices.Clone(gtpFields),
		PayloadLen: gtpRest,
		Next: func(at At, payload []byte) *Proto {
			l := at.Layer()
			if l.Uint(gtpType) != 255 || l.Uint(gtpE) == 1 && l.Uint(gtpNextEx) != 0 {
				return nil // signalling, or extension headers first
			}
			return gtpUserData(payload)
		},
	}
}}

// gtpUserData is the protocol of a packet in a tunnel.
func gtpUserData(payload []byte) *Proto {
	switch payload[0] >> 4 {
	case 4:
		return IP
	case 6:
		return IPv6
	}
	return nil
}

func linkGTP() {
	GTPHeader.Dispatch = func(b []byte) *Proto {
		if len(b) >= 8 && (b[1] == 26 || b[1] >= 254) {
			return GTP_U_Header // error indication, end marker and user data
		}
		return nil
	}
}

// gtpOptional tells whether the last four bytes are there: any of E, S and PN
// brings all.
func gtpOptional(l *Layer) bool { return l.Uint(3)|l.Uint(4)|l.Uint(5) == 1 }

// The numbers of messages and extension headers (3GPP TS 29.060 §7.1, TS 29.281 §5.2.1).
var (
	gtpTypes = &Enum{text: `
1 echo_request
2 echo_response
16 create_pdp_context_req
17 create_pdp_context_res
18 update_pdp_context_req
19 update_pdp_context_resp
20 delete_pdp_context_req
21 delete_pdp_context_res
26 error_indication
27 pdu_notification_req
31 supported_extension_headers_notification
254 end_marker
255 g_pdu
`}
	gtpExtensions = &Enum{text: `
0 No more extension headers
1 Reserved
2 Reserved
64 UDP Port
133 PDU Session Container
192 PDCP PDU Number
193 Reserved
194 Reserved
`}
)

func gtpTables() family {
	return family{
		tables: []*Proto{
			GTPHeader, GTP_U_Header, GTP_UDPPort_ExtensionHeader, GTP_PDCP_PDU_ExtensionHeader, GTPPDUSessionContainer, GTPEchoRequest,
			GTPEchoResponse, GTPErrorIndication, GTPSupportedExtensionHeadersNotification, IE_Recovery, IE_TEIDI, IE_TEICP,
			IE_GSNAddress, IE_ExtensionHeaderList, IE_PrivateExtension, IE_NotImplementedTLV,
		},
		link: func() { linkGTP(); linkGTPPaths() },
		bind: bindGTP,
	}
}
