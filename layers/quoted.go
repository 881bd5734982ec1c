package layers

// The headers that ICMP errors quote. They are protocols of their own, so that
// p[IP] never finds the quoted datagram and p[IPerror] always does.
//
// An error answers a probe when it quotes that very datagram: addresses,
// protocol, IP identification, ports, and TCP sequence number or ICMP id and
// seq, as far as the quotation goes.

// IPerror is the IP header quoted in an ICMP error.
var IPerror = &Proto{Name: "IPerror", make: func() Table {
	return quoted(IP, "IP in ICMP", "IPv4 header quoted in an ICMP error (RFC 792)", keyIPData,
		func(at, to At) bool {
			lax := to.P.lax()
			if addrAt(at, ipSrc) != addrAt(to, ipSrc) && !addrAt(to, ipSrc).IsUnspecified() && !lax.AnyQuotedSource {
				return false
			}
			if d := addrAt(at, ipDst); d != addrAt(to, ipDst) {
				if hop, ok := lastSourceRoute(to.Layer()); !ok || d != hop { // source routes change it under way
					return false
				}
			}
			id := to.Uint(ipID) // 0 means that the sending kernel chose it (raw(7))
			return at.Uint(ipProto) == to.Uint(ipProto) && (id == 0 || at.Uint(ipID) == id || lax.AnyQuotedID) && AnswersPayload(at, to)
		})
}}

// TCPerror is the TCP header quoted in an ICMP error, often its first 8 bytes alone.
var TCPerror = &Proto{Name: "TCPerror", make: func() Table {
	return quoted(TCP, "TCP in ICMP", "TCP header quoted in an ICMP error", TCP.Key,
		func(at, to At) bool {
			if !to.P.lax().AnyQuotedSeq && !sameUint(at, to, tcpSeq) {
				return false
			}
			return sameUint(at, to, tcpSport, tcpDport)
		})
}}

// UDPerror is the UDP header quoted in an ICMP error.
var UDPerror = &Proto{Name: "UDPerror", make: func() Table {
	return quoted(UDP, "UDP in ICMP", "UDP header quoted in an ICMP error", UDP.Key,
		func(at, to At) bool { return sameUint(at, to, udpSport, udpDport) })
}}

// ICMPerror is the ICMP header quoted in an ICMP error.
var ICMPerror = &Proto{Name: "ICMPerror", make: func() Table {
	t := quoted(ICMP, "ICMP in ICMP", "ICMP header quoted in an ICMP error", keyICMP,
		func(at, to At) bool { return sameUint(at, to, icmpType, icmpCode) && sameICMPQuery(at, to) })
	t.Next, t.PayloadLen, t.Behind = nil, nil, nil // nothing is quoted once more
	return t
}}

// IPerror6 is the IPv6 header quoted in an ICMPv6 error.
var IPerror6 = &Proto{Name: "IPerror6", make: func() Table {
	t := variant(IPv6, "IPv6 in ICMPv6", "IPv6 header quoted in an ICMPv6 error (RFC 4443)")
	t.Key, t.joined = keyIP6Data, true
	return t
}}

// quotesIP6 is IPerror6.Answers. It knows transports, which know IPerror6, so linkIPv6 sets it.
func quotesIP6(at, to At) bool {
	if to.Proto() != IPv6 {
		return false
	}
	lax := to.P.lax()
	if addrAt(at, ip6Src) != addrAt(to, ip6Src) && !addrAt(to, ip6Src).IsUnspecified() && !lax.AnyQuotedSource {
		return false
	}
	if !lax.AnyQuotedID && !sameUint(at, to, ip6FL) { // routers leave it as it is (RFC 6437 §2)
		return false
	}
	// Under way the destination is one of the routing header's addresses.
	if d := addrAt(at, ip6Dst); d != addrAt(to, ip6Dst) && d != finalDest6(to) {
		return false
	}
	a, b := skipExt6(at.Above()), skipExt6(to.Above())
	switch p := a.Proto(); {
	case plainData(p) || plainData(b.Proto()):
		return true
	case p == TCP: // behind extension headers transports have their usual names, as in Scapy
		return TCPerror.Use().Answers(a, b)
	case p == UDP:
		return UDPerror.Use().Answers(a, b)
	}
	return answers(a, b)
}

// quoted makes the table of p's header inside an error; same tells whether it
// is the header of the probe.
func quoted(p *Proto, title, doc string, key func([]byte, At, bool) []byte, same func(at, to At) bool) Table {
	q := variant(p, title, doc)
	q.Key = key
	q.Answers = func(at, to At) bool { return to.Proto() == p && same(at, to) }
	return q
}

// sameUint compares fields that the quotation is long enough to have.
func sameUint(at, to At, fields ...int) bool {
	for _, i := range fields {
		if at.Layer().Exists(i) && at.Uint(i) != to.Uint(i) {
			return false
		}
	}
	return true
}
