package layers

import "slices"

// ICMPv6 messages are a protocol each, told apart by their type (RFC 4443 §2.1).

// Field positions that all messages have in common, and those of the echoes.
const (
	icmp6Type = iota
	icmp6Code
	icmp6Cksum
	icmp6ID
	icmp6Seq
	icmp6Data

	icmp6Length = 3
)

// icmp6 makes the table of a message: its type, code and checksum, then fields.
func icmp6(title, doc string, typ uint64, codes *Enum, fields ...Field) Table {
	return Table{
		Title: title, Doc: doc,
		Fields: slices.Concat([]Field{
			{Name: "type", Bits: 8, Enum: ICMPv6Types, Default: typ},
			{Name: "code", Bits: 8, Enum: codes},
			{Name: "cksum", Kind: Hex, Bits: 16, Auto: zero},
		}, fields),
		Sum: &Sum{Field: icmp6Cksum, Pseudo: 58},
		Key: keyICMP6,
	}
}

// Error messages (RFC 4443 §3). They quote the packet that they are about.
var (
	ICMPv6DestUnreach = &Proto{Name: "ICMPv6DestUnreach", make: func() Table {
		return icmp6("ICMPv6 Destination Unreachable",
			"ICMPv6 destination unreachable (RFC 4443)", 1,
			&Enum{List: Named{
				{0, "No route to destination"},
				{1, "Communication with destination administratively prohibited"},
				{2, "Beyond scope of source address"},
				{3, "Address unreachable"},
				{4, "Port unreachable"},
			}},
			Field{Name: "length", Bits: 8}, Field{Name: "unused", Kind: Hex, Bits: 24})
	}}
	ICMPv6PacketTooBig = &Proto{Name: "ICMPv6PacketTooBig", make: func() Table {
		return icmp6("ICMPv6 Packet Too Big",
			"ICMPv6 packet too big (RFC 4443)", 2, nil,
			Field{Name: "mtu", Bits: 32, Default: 1280})
	}}
	ICMPv6TimeExceeded = &Proto{Name: "ICMPv6TimeExceeded", make: func() Table {
		return icmp6("ICMPv6 Time Exceeded",
			"ICMPv6 time exceeded (RFC 4443)", 3,
			&Enum{List: Named{{0, "hop limit exceeded in transit"}, {1, "fragment reassembly time exceeded"}}},
			Field{Name: "length", Bits: 8}, Field{Name: "unused", Kind: Hex, Bits: 24})
	}}
	ICMPv6ParamProblem = &Proto{Name: "ICMPv6ParamProblem", make: func() Table {
		return icmp6("ICMPv6 Parameter Problem",
			"ICMPv6 parameter problem (RFC 4443)", 4,
			&Enum{List: Named{
				{0, "erroneous header field encountered"},
				{1, "unrecognized Next Header type encountered"},
				{2, "unrecognized IPv6 option encountered"},
				{3, "first fragment has incomplete header chain"},
			}},
			Field{Name: "ptr", Bits: 32, Default: 6})
	}}
)

func echo6(title, doc string, typ uint64) Table {
	p := icmp6(title, doc, typ, nil,
		Field{Name: "id", Kind: Hex, Bits: 16},
		Field{Name: "seq", Kind: Hex, Bits: 16},
		Field{Name: "data", Kind: Var, Type: "StrField"})
	p.Summary = func(at At) (string, []*Proto) {
		return at.Proto().TitleText() + " (id: " + FieldText(at, icmp6ID) + " seq: " + FieldText(at, icmp6Seq) + ")", nil
	}
	p.Key = func(dst []byte, at At, loose bool) []byte {
		return appendUint16(appendUint16(dst, at.Uint(icmp6ID)), at.Uint(icmp6Seq))
	}
	return p
}

// The echo (RFC 4443 §4) and any message that has no table.
var (
	ICMPv6EchoRequest = &Proto{Name: "ICMPv6EchoRequest", make: func() Table { return echo6("ICMPv6 Echo Request", "ICMPv6 echo request (RFC 4443)", 128) }}
	ICMPv6EchoReply   = &Proto{Name: "ICMPv6EchoReply", make: func() Table { return echo6("ICMPv6 Echo Reply", "ICMPv6 echo reply (RFC 4443)", 129) }}
	ICMPv6Unknown     = &Proto{Name: "ICMPv6Unknown", make: func() Table {
		return icmp6("Scapy6 ICMPv6 fallback class", "any ICMPv6 message by number (RFC 4443)", 1, nil,
			Field{Name: "msgbody", Kind: Var, Type: "StrField"})
	}}
)

func linkICMPv6() {
	icmp6ByType = byDefault(icmp6Type, icmp6All, ICMPv6Unknown, ICMPv6MLQuery2)
	for _, p := range []*Proto{ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6TimeExceeded, ICMPv6ParamProblem} {
		p.Next = func(At, []byte) *Proto { return IPerror6 }
	}
	for _, p := range []*Proto{ICMPv6DestUnreach, ICMPv6TimeExceeded} {
		p.PayloadLen, p.Behind = icmpQuotedLen, behindICMPError
	}
	ICMPv6EchoReply.Answers = func(at, to At) bool {
		return to.Proto() == ICMPv6EchoRequest && sameUint(at, to, icmp6ID, icmp6Seq) &&
			sameData(at.Value(icmp6Data), to.Value(icmp6Data))
	}
	ICMPv6EchoRequest.Answers = func(at, to At) bool {
		// Only a quoted request "answers" the request that it is.
		return at.P != to.P && isQuoted6(at) && to.Proto() == ICMPv6EchoRequest && sameUint(at, to, icmp6ID, icmp6Seq)
	}
}

// isQuoted6 tells a header that stands inside an ICMPv6 error.
func isQuoted6(at At) bool {
	for at.I--; at.I >= 0; at.I-- {
		if at.Proto() == IPerror6 {
			return true
		}
	}
	return false
}

// isICMP6Error tells a message that quotes the packet it is about.
func isICMP6Error(at At) bool {
	switch at.Proto() {
	case ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6TimeExceeded, ICMPv6ParamProblem:
		return true
	}
	return false
}

// keyICMP6 puts a query and its answer together: they have neighbouring types.
func keyICMP6(dst []byte, at At, loose bool) []byte { return dst }

// icmp6Proto is the table for a message, nil if it is too short for its type or
// there is none.
func icmp6Proto(b []byte) *Proto {
	p := icmp6ByType(uint64(b[0]))
	if b[0] == 139 || b[0] == 140 {
		return nodeInfoProto(b)
	}
	if p == ICMPv6MLQuery && len(b) >= 28 {
		return ICMPv6MLQuery2 // RFC 3810 §8.1
	}
	if p == nil || len(b) < p.Use().fixedLen {
		return nil
	}
	return p
}

// icmp6ByType are the messages by type.
var icmp6ByType func(typ uint64) *Proto

// icmp6All are the tables of all messages.
var icmp6All = []*Proto{
	ICMPv6Unknown,
	ICMPv6DestUnreach, ICMPv6PacketTooBig, ICMPv6TimeExceeded, ICMPv6ParamProblem,
	ICMPv6EchoRequest, ICMPv6EchoReply,
	ICMPv6MLQuery, ICMPv6MLQuery2, ICMPv6MLReport, ICMPv6MLDone, ICMPv6MLReport2,
	ICMPv6ND_RS, ICMPv6ND_RA, ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6ND_Redirect,
	ICMPv6ND_INDSol, ICMPv6ND_INDAdv,
	ICMPv6NIQueryNOOP, ICMPv6NIQueryName, ICMPv6NIQueryIPv6, ICMPv6NIQueryIPv4,
	ICMPv6NIReplyNOOP, ICMPv6NIReplyName, ICMPv6NIReplyIPv6, ICMPv6NIReplyIPv4, ICMPv6NIReplyRefuse, ICMPv6NIReplyUnknown,
	ICMPv6MRD_Advertisement, ICMPv6MRD_Solicitation, ICMPv6MRD_Termination,
	ICMPv6HAADRequest, ICMPv6HAADReply, ICMPv6MPSol, ICMPv6MPAdv, ICMPv6RPL,
}

// sameData compares bytes; none set and none there are the same.
func sameData(a, b any) bool {
	x, _ := toBytes(First(a))
	y, _ := toBytes(First(b))
	return string(x) == string(y)
}
