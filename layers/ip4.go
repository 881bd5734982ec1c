package layers

import (
	"net/netip"
	"strconv"
)

// Field positions in IP.
const (
	ipVersion = iota
	ipIHL
	ipTOS
	ipLen
	ipID
	ipFlags
	ipFrag
	ipTTL
	ipProto
	ipChksum
	ipSrc
	ipDst
	ipOptions
)

// IP is the Internet Protocol version 4 header (RFC 791 §3.1).
var IP = &Proto{Name: "IP", Table: Table{
	Doc: "Internet Protocol version 4 (RFC 791)",
	Fields: []Field{
		{Name: "version", Bits: 4, Default: 4},
		{Name: "ihl", Bits: 4, Len: headerWords},
		{Name: "tos", Kind: Hex, Bits: 8},
		{Name: "len", Bits: 16, Len: totalLen},
		{Name: "id", Bits: 16, Default: 1},
		{Name: "flags", Kind: Flag, Bits: 3, Flags: &FlagSet{Names: []string{"MF", "DF", "evil"}}},
		{Name: "frag", Bits: 13},
		{Name: "ttl", Bits: 8, Default: 64},
		{Name: "proto", Bits: 8, Enum: IPProtos},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
		{Name: "src", Kind: Addr4, Bits: 32, Type: "SourceIPField", Derive: ipSource},
		{Name: "dst", Kind: Addr4, Bits: 32, Type: "DestIPField", Derive: groupDest4, Default: 0x7f000001},
		{Name: "options", Kind: Var, Type: "PacketListField", Codec: ipOptionList},
	},
	Pad:        4,
	NeedFields: ipLen + 1,
	HeaderLen:  func(l *Layer) int { return int(l.Uint(ipIHL)) * 4 },
	PayloadLen: func(l *Layer, hdr int, rest []byte) int { return int(l.Uint(ipLen)) - hdr },
	Sum:        &Sum{Field: ipChksum, HeaderOnly: true},
	Summary:    summarizeIP,
}}

// These know ICMP, whose errors quote IP.
func linkIP() {
	IP.Answers, IP.Key = answersIP, keyIP
	IP.pseudo, IPerror.pseudo = pseudoHeader4, pseudoHeader4
	IP.addrs = addrs4
}

func ipSource(at At) (any, bool) {
	dst := addrAt(at, ipDst)
	if !dst.IsValid() {
		return nil, false
	}
	a, ok := at.SourceFor(dst)
	return a, ok
}

// pseudoHeader4 is the pseudo-header of a transport header on the IP header at below.
//
// The length is the real one, unless IP.len was set by hand: then it is what
// that length leaves behind the header, as the receiver will see it.
func pseudoHeader4(b *Build, below int) bool {
	l, part := b.P.layers[below], &b.parts[below]
	n, header := len(b.HeaderAndPayload()), part.body-part.start
	if l.cut > 0 || header < 20 {
		return false
	}
	if l.IsSet(ipLen) {
		if l.IsSet(ipIHL) {
			header = int(l.Uint(ipIHL)) * 4
		}
		n = max(int(l.Uint(ipLen))-header, 0)
	}
	b.pseudo.take(b.Out, part.start+12, 4, n)
	if hop, ok := lastSourceRoute(l); ok {
		b.pseudo.to(hop)
	}
	return true
}

// addrs4 leaves options and a length set by hand to pseudoHeader4.
func addrs4(l *Layer, hdr []byte) int {
	if len(hdr) > 20 || l.IsSet(ipLen) {
		return 0
	}
	return 8
}

// summarizeIP speaks for a datagram whose payload is not known.
func summarizeIP(at At) (string, []*Proto) {
	s := FieldText(at, ipSrc) + " > " + FieldText(at, ipDst) + " " + FieldText(at, ipProto)
	if frag := at.Uint(ipFrag); frag != 0 {
		s += " frag:" + strconv.FormatUint(frag, 10)
	}
	return s, nil
}

// answersIP: the addresses change places, the protocol is the same, and the
// payload answers the payload; or an ICMP error quotes the probe.
func answersIP(at, to At) bool {
	lax := to.P.lax()
	if lax.AnyTunnel && (inTunnel(at) || inTunnel(to)) {
		return answersInTunnel(at, to)
	}
	if to.Proto() != IP {
		return false
	}
	asked, from := addrAt(to, ipDst), addrAt(to, ipSrc)
	if d := addrAt(at, ipDst); d != from && !toMany(d) && !from.IsUnspecified() {
		return false
	}
	if isICMPError(at.Above()) {
		return answers(At{at.P, at.I + 2}, to)
	}
	if addrAt(at, ipSrc) != asked && !toMany(asked) && !lax.AnyAddr {
		return false
	}
	return at.Uint(ipProto) == to.Uint(ipProto) && AnswersPayload(at, to)
}

// answersInTunnel leaves out headers that carry IP, on either side.
func answersInTunnel(at, to At) bool {
	if inTunnel(at) {
		at = at.Above()
	}
	if inTunnel(to) {
		to = to.Above()
	}
	return answers(at, to)
}

func keyIP(dst []byte, at At, loose bool) []byte {
	if isICMPError(at.Above()) {
		return appendKey(dst, At{at.P, at.I + 2}, loose)
	}
	return keyIPData(dst, at, loose)
}

// keyIPData is the key of a datagram, sent or quoted.
func keyIPData(dst []byte, at At, loose bool) []byte {
	if at.P.lax().AnyTunnel && inTunnel(at) {
		return appendKey(dst, at.Above(), loose)
	}
	a, b := addrAt(at, ipSrc), addrAt(at, ipDst)
	if !loose && !toMany(a) && !toMany(b) && !a.IsUnspecified() {
		dst = appendXor(dst, a, b)
	}
	return appendKey(append(dst, byte(at.Uint(ipProto))), at.Above(), loose)
}

// lastSourceRoute is the last hop of the packet's only source-route option, to
// which it is finally delivered and which transport checksums therefore cover
// (RFC 1122 §4.1.3.2). With several such options the header's own address counts.
func lastSourceRoute(l *Layer) (netip.Addr, bool) {
	if s := &l.slots[l.proto.Fields[ipOptions].slot]; len(s.raw) == 0 && s.v == nil {
		return netip.Addr{}, false
	}
	list, _ := l.own(ipOptions).(List)
	var last netip.Addr
	n := 0
	for _, m := range list {
		p, ok := m.(*Packet)
		if !ok {
			continue
		}
		opt := p.At(0)
		if pr := opt.Proto(); pr != IPOption_LSRR && pr != IPOption_SSRR {
			continue
		}
		n++
		if hops, _ := opt.Value(ipOptRouters).(List); len(hops) > 0 {
			last, _ = hops[len(hops)-1].(netip.Addr)
		}
	}
	return last, n == 1 && last.Is4()
}
