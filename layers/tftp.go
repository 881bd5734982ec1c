package layers

import (
	"bytes"
	"fmt"
)

// The trivial file transfer protocol (RFC 1350) with options (RFC 2347).

// TFTP is the operation that begins a packet; a packet of its kind follows.
var TFTP = &Proto{Name: "TFTP", Table: Table{
	Title: "TFTP opcode",
	Doc:   "trivial file transfer protocol (RFC 1350)",
	Fields: []Field{
		{Name: "op", Bits: 16, Default: 1, Enum: &Enum{List: Named{
			{1, "RRQ"}, {2, "WRQ"}, {3, "DATA"}, {4, "ACK"}, {5, "ERROR"}, {6, "OACK"}}}},
	},
}}

func tftpRequest(title string) Table {
	p := Table{Title: title, Doc: title + " (RFC 1350)",
		Fields: []Field{zString("filename", ""), zString("mode", "octet")}}
	return p
}

// The packets.
var (
	TFTP_RRQ  = &Proto{Name: "TFTP_RRQ", make: func() Table { return tftpRequest("TFTP Read Request") }}
	TFTP_WRQ  = &Proto{Name: "TFTP_WRQ", make: func() Table { return tftpRequest("TFTP Write Request") }}
	TFTP_DATA = &Proto{Name: "TFTP_DATA", Table: Table{Title: "TFTP Data", Doc: "TFTP data block (RFC 1350)",
		Fields: []Field{{Name: "block", Bits: 16}}}}
	TFTP_ACK = &Proto{Name: "TFTP_ACK", Table: Table{Title: "TFTP Ack", Doc: "TFTP acknowledgement (RFC 1350)",
		Fields: []Field{{Name: "block", Bits: 16}}}}
	TFTP_ERROR = &Proto{Name: "TFTP_ERROR", make: func() Table {
		return Table{Title: "TFTP Error", Doc: "TFTP error (RFC 1350)",
			Fields: []Field{
				{Name: "errorcode", Bits: 16, Enum: &Enum{List: Named{
					{0, "Not defined"},
					{1, "File not found"},
					{2, "Access violation"},
					{3, "Disk full or allocation exceeded"},
					{4, "Illegal TFTP operation"},
					{5, "Unknown transfer ID"},
					{6, "File already exists"},
					{7, "No such user"},
					{8, "Terminate transfer due to option negotiation"},
				}}},
				zString("errormsg", ""),
			}}
	}}
	TFTP_OACK    = &Proto{Name: "TFTP_OACK", Table: Table{Title: "TFTP Option Ack", Doc: "TFTP option acknowledgement (RFC 2347)"}}
	TFTP_Options = &Proto{Name: "TFTP_Options", Table: Table{Doc: "TFTP options (RFC 2347)",
		Fields: []Field{{Name: "options", Kind: Var, Type: "PacketListField", DefaultValue: List{},
			Codec: packetList{next: func(*Layer, []byte) *Proto { return TFTP_Option }}}}}}
	TFTP_Option = &Proto{Name: "TFTP_Option", make: func() Table {
		return Table{Doc: "TFTP option (RFC 2347)",
			Fields: []Field{zString("oname", ""), zString("value", "")}}
	}}
)

func linkTFTP() {
	TFTP_RRQ.Summary = tftpSummary("RRQ %filename%")
	TFTP_WRQ.Summary = tftpSummary("WRQ %filename%")
	TFTP_DATA.Summary = tftpSummary("DATA %block%")
	TFTP_ACK.Summary = tftpSummary("ACK %block%")
	TFTP_ERROR.Summary = tftpSummary("ERROR %errorcode%: %errormsg%")

	// Which packet answers which (RFC 1350 §4).
	kind := func(p *Proto, asked ...*Proto) {
		p.Answers = func(at, to At) bool {
			for _, q := range asked {
				if to.Proto() == q {
					return true
				}
			}
			return false
		}
	}
	kind(TFTP_DATA, TFTP_RRQ, TFTP_ACK, TFTP_OACK)
	kind(TFTP_ACK, TFTP_WRQ, TFTP_DATA, TFTP_OACK)
	kind(TFTP_ERROR, TFTP_RRQ, TFTP_WRQ, TFTP_DATA, TFTP_ACK, TFTP_OACK)
	kind(TFTP_OACK, TFTP_RRQ, TFTP_WRQ)
}

// tftpSummary has the datagram speak too.
func tftpSummary(text string) func(at At) (string, []*Proto) {
	f := summaryOf(text)
	return func(at At) (string, []*Proto) {
		s, _ := f(at)
		return s, []*Proto{UDP}
	}
}

// zString is a field of text that a zero byte ends.
func zString(name, def string) Field {
	return Field{Name: name, Kind: Var, Type: "StrNullField", Codec: zCodec{}, DefaultValue: []byte(def),
		Size: func(l *Layer, rest []byte) int {
			if i := bytes.IndexByte(rest, 0); i >= 0 {
				return i + 1
			}
			return len(rest)
		}}
}

type zCodec struct{}

func (zCodec) Check(_ *Layer, b []byte) error {
	if len(b) == 0 || b[len(b)-1] != 0 {
		return fmt.Errorf("%w: no zero byte ends the text", ErrTruncated)
	}
	return nil
}

func (zCodec) Decode(_ *Layer, b []byte) any { return bytes.TrimSuffix(b, []byte{0}) }

func (zCodec) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := toBytes(v)
	return append(append(dst, b...), 0), nil
}

func (zCodec) Parse(_ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want text", describe(v))
	}
	return b, nil
}

func tftpTables() family {
	return family{
		tables: []*Proto{TFTP, TFTP_RRQ, TFTP_WRQ, TFTP_DATA, TFTP_ACK, TFTP_ERROR, TFTP_OACK, TFTP_Options, TFTP_Option},
		link:   linkTFTP,
		bind: func() {
			mustBindUp(UDP, TFTP, "dport", 69)
			mustBindDown(UDP, TFTP, "dport", 69)
			for op, upper := range []*Proto{1: TFTP_RRQ, TFTP_WRQ, TFTP_DATA, TFTP_ACK, TFTP_ERROR, TFTP_OACK} {
				if upper != nil {
					mustBind(TFTP, upper, "op", op)
				}
			}
			for _, lower := range []*Proto{TFTP_RRQ, TFTP_WRQ, TFTP_OACK} {
				mustBind(lower, TFTP_Options)
			}
		},
	}
}
