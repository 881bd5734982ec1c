package layers

import "fmt"

// DHCP for IPv6 (RFC 8415): a message, then its options as layers of their own.

const dhcp6Len = 1 // position of the length in every option

// dhcp6Message makes the table of a message between clients and servers (RFC
// 8415 §8).
func dhcp6Message(title string, typ uint64) Table {
	return Table{
		Title: title, Doc: title + " (RFC 8415)",
		Fields: []Field{
			{Name: "msgtype", Bits: 8, Enum: dhcp6Types, Default: typ, Absent: typ == 0},
			{Name: "trid", Kind: Hex, Bits: 24, Type: "X3BytesField"},
		},
		Next: nextDHCP6Opt,
		Key: func(dst []byte, at At, loose bool) []byte {
			return append(dst, byte(at.Uint(1)>>16), byte(at.Uint(1)>>8), byte(at.Uint(1)))
		},
	}
}

// dhcp6Relay makes the table of a message between relays and servers (RFC 8415 §9).
func dhcp6Relay(title string, typ uint64) Table {
	return Table{
		Title: title, Doc: title + " (RFC 8415)",
		Fields: []Field{
			{Name: "msgtype", Bits: 8, Enum: dhcp6Types, Default: typ},
			{Name: "hopcount", Bits: 8, Auto: zero},
			{Name: "linkaddr", Kind: Addr6, Bits: 128},
			{Name: "peeraddr", Kind: Addr6, Bits: 128},
		},
		Next: nextDHCP6Opt,
	}
}

var dhcp6Types = &Enum{List: Named{
	{1, "SOLICIT"},
	{2, "ADVERTISE"},
	{3, "REQUEST"},
	{4, "CONFIRM"},
	{5, "RENEW"},
	{6, "REBIND"},
	{7, "REPLY"},
	{8, "RELEASE"},
	{9, "DECLINE"},
	{10, "RECONFIGURE"},
	{11, "INFORMATION-REQUEST"},
	{12, "RELAY-FORW"},
	{13, "RELAY-REPL"},
}}

// The messages.
var (
	DHCP6              = &Proto{Name: "DHCP6", make: func() Table { return dhcp6Message("DHCPv6 Generic Message", 0) }}
	DHCP6_Solicit      = &Proto{Name: "DHCP6_Solicit", make: func() Table { return dhcp6Message("DHCPv6 Solicit Message", 1) }}
	DHCP6_Advertise    = &Proto{Name: "DHCP6_Advertise", make: func() Table { return dhcp6Message("DHCPv6 Advertise Message", 2) }}
	DHCP6_Request      = &Proto{Name: "DHCP6_Request", make: func() Table { return dhcp6Message("DHCPv6 Request Message", 3) }}
	DHCP6_Confirm      = &Proto{Name: "DHCP6_Confirm", make: func() Table { return dhcp6Message("DHCPv6 Confirm Message", 4) }}
	DHCP6_Renew        = &Proto{Name: "DHCP6_Renew", make: func() Table { return dhcp6Message("DHCPv6 Renew Message", 5) }}
	DHCP6_Rebind       = &Proto{Name: "DHCP6_Rebind", make: func() Table { return dhcp6Message("DHCPv6 Rebind Message", 6) }}
	DHCP6_Reply        = &Proto{Name: "DHCP6_Reply", make: func() Table { return dhcp6Message("DHCPv6 Reply Message", 7) }}
	DHCP6_Release      = &Proto{Name: "DHCP6_Release", make: func() Table { return dhcp6Message("DHCPv6 Release Message", 8) }}
	DHCP6_Decline      = &Proto{Name: "DHCP6_Decline", make: func() Table { return dhcp6Message("DHCPv6 Decline Message", 9) }}
	DHCP6_Reconf       = &Proto{Name: "DHCP6_Reconf", make: func() Table { return dhcp6Message("DHCPv6 Reconfigure Message", 10) }}
	DHCP6_InfoRequest  = &Proto{Name: "DHCP6_InfoRequest", make: func() Table { return dhcp6Message("DHCPv6 Information Request Message", 11) }}
	DHCP6_RelayForward = &Proto{Name: "DHCP6_RelayForward", make: func() Table { return dhcp6Relay("DHCPv6 Relay Forward Message (Relay Agent/Server Message)", 12) }}
	DHCP6_RelayReply   = &Proto{Name: "DHCP6_RelayReply", make: func() Table { return dhcp6Relay("DHCPv6 Relay Reply Message (Relay Agent/Server Message)", 13) }}
)

var dhcp6Messages = [...]*Proto{nil, DHCP6_Solicit, DHCP6_Advertise, DHCP6_Request, DHCP6_Confirm, DHCP6_Renew,
	DHCP6_Rebind, DHCP6_Reply, DHCP6_Release, DHCP6_Decline, DHCP6_Reconf, DHCP6_InfoRequest,
	DHCP6_RelayForward, DHCP6_RelayReply}

func linkDHCP6() {
	DHCP6.Dispatch = func(b []byte) *Proto {
		if len(b) > 0 && int(b[0]) < len(dhcp6Messages) {
			return dhcp6Messages[b[0]]
		}
		return nil
	}
	// A server's message answers a client's of the same transaction.
	for _, p := range []*Proto{DHCP6_Advertise, DHCP6_Reply} {
		p.Answers = func(at, to At) bool {
			switch to.Proto() {
			case DHCP6_Solicit, DHCP6_Request, DHCP6_Confirm, DHCP6_Renew, DHCP6_Rebind, DHCP6_Release,
				DHCP6_Decline, DHCP6_InfoRequest:
				return at.Uint(1) == to.Uint(1)
			}
			return false
		}
	}
	DHCP6_RelayReply.Answers = func(at, to At) bool {
		return to.Proto() == DHCP6_RelayForward && sameUint(at, to, 1) &&
			addrAt(at, 2) == addrAt(to, 2) && addrAt(at, 3) == addrAt(to, 3)
	}
}

// onePacket is a field that holds one packet, or bytes that are none.
type onePacket struct {
	next func(l *Layer, b []byte) *Proto
}

// blankPacket is a onePacket that holds an empty Raw rather than nothing, as Scapy's fields
// with such a default.
type blankPacket struct{ onePacket }

func (c blankPacket) Decode(l *Layer, b []byte) any {
	if len(b) == 0 {
		return one(Raw)
	}
	return c.onePacket.Decode(l, b)
}

// blank makes a field hold an empty Raw by default.
func blank(f Field) Field {
	f.Codec, f.DefaultValue = blankPacket{f.Codec.(onePacket)}, one(Raw)
	return f
}

// countLayers is how many layers the packet in field i has that are not just bytes.
func countLayers(i int) func(b *Build) uint64 {
	return func(b *Build) uint64 {
		if p, ok := b.At().Value(i).(*Packet); ok && p.At(0).Proto() != Raw {
			return uint64(p.Len())
		}
		return 0
	}
}

func (c onePacket) Decode(l *Layer, b []byte) any {
	if len(b) == 0 {
		return []byte{}
	}
	proto := c.next(l, b)
	if proto == nil {
		proto = Raw
	}
	return Dissect(proto, b)
}

func (onePacket) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	if v == nil {
		return dst, nil
	}
	return appendMember(dst, v)
}

func (onePacket) empty() string { return "''" }

func (onePacket) Parse(_ *Layer, v any) (any, error) {
	if p, ok := v.(*Packet); ok {
		return p, nil
	}
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want a packet or bytes", describe(v))
	}
	return b, nil
}

func dhcp6Tables() family {
	return family{
		tables: append(dhcp6MoreOpts[:len(dhcp6MoreOpts):len(dhcp6MoreOpts)],
			DHCP6, DHCP6_Solicit, DHCP6_Advertise, DHCP6_Request, DHCP6_Confirm, DHCP6_Renew, DHCP6_Rebind, DHCP6_Reply,
			DHCP6_Release, DHCP6_Decline, DHCP6_Reconf, DHCP6_InfoRequest, DHCP6_RelayForward, DHCP6_RelayReply, DHCP6OptUnknown,
			DHCP6OptClientId, DHCP6OptServerId, DHCP6OptIA_NA, DHCP6OptIA_TA, DHCP6OptIAAddress, DHCP6OptOptReq, DHCP6OptPref,
			DHCP6OptElapsedTime, DHCP6OptRelayMsg, DHCP6OptAuth, DHCP6OptServerUnicast, DHCP6OptStatusCode, DHCP6OptRapidCommit,
			DHCP6OptUserClass, DHCP6OptVendorClass, DHCP6OptVendorOpts, DHCP6OptIfaceId, DHCP6OptReconfMsg, DHCP6OptReconfAccept,
			DHCP6OptSIPDomains, DHCP6OptSIPServers, DHCP6OptDNSServers, DHCP6OptDNSDomains, DHCP6OptIA_PD, DHCP6OptIAPrefix,
			DHCP6OptNISServers, DHCP6OptSNTPServers, DHCP6OptRefresh, DHCP6OptBootFileUrl, DUID_LLT, DUID_EN, DUID_LL, DUID_UUID,
			USER_CLASS_DATA, VENDOR_CLASS_DATA, VENDOR_SPECIFIC_OPTION, DHCP6OptGeoConfElement,
		),
		link: func() { linkDHCP6(); linkDHCP6Opts() },
		bind: func() {
			mustBindUp(UDP, DHCP6, "dport", 547)
			mustBindUp(UDP, DHCP6, "dport", 546)
			mustBindDown(UDP, DHCP6, "sport", 546, "dport", 547)
			for _, p := range dhcp6Messages[1:] {
				switch p {
				case DHCP6_Advertise, DHCP6_Reply, DHCP6_Reconf:
					mustBindDown(UDP, p, "sport", 547, "dport", 546)
				case DHCP6_RelayForward, DHCP6_RelayReply:
					mustBindDown(UDP, p, "sport", 547, "dport", 547)
				default:
					mustBindDown(UDP, p, "sport", 546, "dport", 547)
				}
			}
		},
	}
}
