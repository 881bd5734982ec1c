package filter

import (
	"strings"

	"pktsh/internal/near"
)

// encap is how a link-layer header says what it carries.
type encap uint8

const (
	encEthernet encap = iota
	encPPP
	encNull // a BSD loopback header in the byte order of the capturing host
	encLoop // the same in network order
	encSLL  // Linux cooked, version 1
	encSLL2 // Linux cooked, version 2
	encRaw  // no header: the IP version nibble decides
	encIPv4 // no header, IPv4 only
	encIPv6 // no header, IPv6 only
)

// Link types, as in pcap files and in https://www.tcpdump.org/linktypes.html. RawDLT
// and LoopDLT are the numbers that Linux's libpcap uses inside programs instead.
const (
	LinkNull     = 0
	LinkEthernet = 1
	LinkPPP      = 9
	RawDLT       = 12
	LinkRaw      = 101
	LinkLoop     = 108
	LinkSLL      = 113
	LinkIPv4     = 228
	LinkIPv6     = 229
	LinkSLL2     = 276
)

// LinkCooked is no link type of files: it compiles, for live capture only, a program
// for an interface whose link-layer header is of any kind, or there now and not then.
// The program goes by what the kernel says: the EtherType, and where the network
// header is (SKF_AD_PROTOCOL and SKF_NET_OFF in linux/filter.h). The machine of this
// package cannot run it.
const LinkCooked = -1

// linkInfo lists the link types that are supported: what their header looks like,
// and where the protocol field and the payload are.
var linkInfo = map[int]struct {
	enc            encap
	proto, payload uint32
}{
	LinkNull:     {encNull, 0, 4},
	LinkEthernet: {encEthernet, 12, 14},
	LinkPPP:      {encPPP, 2, 4}, // with the HDLC-like framing ff 03, as libpcap assumes
	RawDLT:       {encRaw, 0, 0},
	14:           {encRaw, 0, 0}, // DLT_RAW on OpenBSD
	LinkRaw:      {encRaw, 0, 0},
	LinkLoop:     {encLoop, 0, 4},
	LinkSLL:      {encSLL, 14, 16},
	LinkIPv4:     {encIPv4, 0, 0},
	LinkIPv6:     {encIPv6, 0, 0},
	LinkSLL2:     {encSLL2, 0, 20},
	LinkCooked:   {encSLL, metaProtocol, netBase},
}

var encapNames = map[encap]string{
	encEthernet: "Ethernet", encPPP: "PPP", encNull: "BSD loopback", encLoop: "OpenBSD loopback",
	encSLL: "Linux cooked v1", encSLL2: "Linux cooked v2", encRaw: "raw IP", encIPv4: "raw IPv4", encIPv6: "raw IPv6",
}

func startLayer(linkType int) layer {
	i := linkInfo[linkType]
	return layer{enc: i.enc, proto: offset{k: i.proto}, payload: offset{k: i.payload}, atStart: true}
}

// EtherTypes and LLC service access points that more than one file needs.
const (
	etherIP    = 0x0800
	etherARP   = 0x0806
	etherRARP  = 0x8035
	etherIPv6  = 0x86dd
	etherMPLS  = 0x8847
	etherPPPoE = 0x8864
	etherAARP  = 0x80f3
	etherATALK = 0x809b
	etherIPX   = 0x8137

	sapIPX     = 0xe0
	sapSTP     = 0x42
	sapISO     = 0xfe
	sapNetBEUI = 0xf0
	sapIP      = 0x06

	maxLength8023 = 1500 // a type field up to this is a length (IEEE 802.3)
)

// linkType is the test that the link layer carries a protocol, given as an
// EtherType or, up to 1500, as an LLC service access point.
func (g *generator) linkType(t interface{ span() (int, int) }, proto uint32) cond {
	if g.at.labels > 0 {
		return g.mplsType(t, proto)
	}
	switch g.at.enc {
	case encEthernet:
		// Its access point stands behind the length, where libpcap looks for it even if Geneve has put
		// a type without a frame in its place.
		return g.etherType(proto, g.isLength(), g.load(1, g.at.proto.plus(2)))
	case encSLL, encSLL2:
		return g.cookedType(proto)
	case encPPP:
		if p, ok := pppTypes[proto]; ok {
			proto = p
		}
		return g.is(g.load(2, g.at.proto), proto)
	case encNull, encLoop:
		var any []cond
		for _, family := range g.families(proto) {
			if g.at.enc == encNull {
				family = hostOrder32(family)
			}
			any = append(any, g.is(g.load(4, g.at.proto), family))
		}
		return or(any...)
	case encRaw:
		switch proto {
		case etherIP:
			return g.masked(g.linkLoad(1, 0), 0xf0, 0x40)
		case etherIPv6:
			return g.masked(g.linkLoad(1, 0), 0xf0, 0x60)
		}
	case encIPv4:
		return condConst(proto == etherIP)
	case encIPv6:
		return condConst(proto == etherIPv6)
	}
	return condConst(false)
}

// families are the address families that a loopback header has for a protocol. That
// of IPv6 differs between systems; a file may come from macOS, NetBSD and OpenBSD,
// FreeBSD or Linux.
func (g *generator) families(proto uint32) []uint32 {
	switch {
	case proto == etherIP:
		return []uint32{2}
	case proto == etherIPv6 && g.o.Live:
		return []uint32{10}
	case proto == etherIPv6:
		return []uint32{30, 24, 28, 10}
	}
	return nil
}

// pppTypes are the PPP protocol numbers of what Ethernet names otherwise (IANA's
// "PPP DLL Protocol Numbers").
var pppTypes = map[uint32]uint32{
	etherIP: 0x21, etherIPv6: 0x57, 0x6003: 0x27, etherATALK: 0x29, 0x0600: 0x25,
	sapISO: 0x23, sapSTP: 0x31, sapIPX: 0x2b,
}

// pppMPLS is PPP's number of MPLS (RFC 3032, 4.2). Libpcap uses it for mpls, but for
// "ether proto 0x8847" it looks for 0x8847.
const pppMPLS = 0x281

// isLength is the test that the type field of an Ethernet header is a length, so
// that an LLC header follows.
func (g *generator) isLength() cond {
	return g.compare("<=", g.load(2, g.at.proto), g.constant(maxLength8023))
}

// etherType is linkType for headers with an EtherType; llc is the test that an LLC
// header follows instead, and sap the access point that it has then.
func (g *generator) etherType(proto uint32, llc cond, sap valueID) cond {
	typ := func(k uint32) cond { return g.is(g.load(2, g.at.proto), k) }
	switch proto {
	case sapISO, sapIP, sapNetBEUI:
		// Both access points, destination and source.
		return and(llc, g.is(g.payloadLoad(2, 0), proto<<8|proto))
	case sapIPX:
		// Ethernet II; SNAP; LLC; and Novell's "raw" 802.3, which starts with a checksum of all ones.
		return or(typ(etherIPX), and(llc, or(
			g.snap(0, etherIPX),
			g.is(g.payloadLoad(1, 0), sapIPX),
			g.is(g.payloadLoad(2, 0), 0xffff))))
	case etherATALK:
		return or(typ(proto), and(llc, g.snap(0x080007, proto)))
	case etherAARP:
		return or(typ(proto), and(llc, g.snap(0, proto)))
	}
	if proto <= maxLength8023 {
		return and(llc, g.is(sap, proto))
	}
	return typ(proto)
}

// snap is the test for a SNAP header with an organisation and a protocol (IEEE 802).
func (g *generator) snap(oui, proto uint32) cond {
	return and(
		g.is(g.payloadLoad(4, 4), oui<<16|proto),
		g.is(g.payloadLoad(4, 0), 0xaaaa0300|oui>>16))
}

// cookedType is linkType for Linux cooked headers, where the type field is 4 for LLC
// and 1 for Novell's raw 802.3 (linux/if_ether.h: ETH_P_802_2, ETH_P_802_3).
func (g *generator) cookedType(proto uint32) cond {
	typ := func(k uint32) cond { return g.is(g.load(2, g.at.proto), k) }
	llc := typ(4)
	if proto == sapIPX {
		return or(typ(etherIPX), typ(1), and(llc, or(g.is(g.payloadLoad(1, 0), sapIPX), g.snap(0, etherIPX))))
	}
	return g.etherType(proto, llc, g.payloadLoad(1, 0))
}

// etherHost is the test for an Ethernet address: ether src, ether dst, ether host.
func (g *generator) etherHost(e *idExpr) cond {
	switch {
	case e.q.typ == "net":
		g.fail(e.id, "an Ethernet address is a host: ether host %s", g.text(e.id))
	case e.id.kind == tName:
		g.fail(e.id, "ether host wants an address such as 02:00:00:00:00:01, not the name %q", e.id.text)
	case e.id.kind != tMAC:
		g.fail(e.id, "ether host wants an address such as 02:00:00:00:00:01, not %q", g.text(e.id))
	}
	if g.at.enc != encEthernet {
		g.fail(e.q.proto, "packets of link type %s have no Ethernet addresses", encapNames[g.at.enc])
	}
	return and(g.hasEthernet(), g.etherAddr(parseMAC(e.id.text), e.q.dir))
}

// hasEthernet is the test that there is an Ethernet header at all.
func (g *generator) hasEthernet() cond {
	if !g.at.geneve {
		return condConst(true)
	}
	return not(g.compare("=", g.at.link.base, g.at.payload.base))
}

func (g *generator) etherAddr(mac [6]byte, d dir) cond {
	at := func(k uint32) cond {
		return and(
			g.is(g.linkLoad(4, k+2), uint32(mac[2])<<24|uint32(mac[3])<<16|uint32(mac[4])<<8|uint32(mac[5])),
			g.is(g.linkLoad(2, k), uint32(mac[0])<<8|uint32(mac[1])))
	}
	return directed(d, func() cond { return at(6) }, func() cond { return at(0) })
}

// directed joins the tests of the source and of the destination as a direction says.
func directed(d dir, src, dst func() cond) cond {
	switch d {
	case srcOnly:
		return src()
	case dstOnly:
		return dst()
	case srcAndDst:
		return and(src(), dst())
	}
	return or(src(), dst())
}

// parseMAC reads an address that the lexer has recognised.
func parseMAC(s string) (mac [6]byte) {
	var digits []byte // two for each byte
	group := 0
	for i := 0; i <= len(s); i++ {
		if i < len(s) && isHex(s[i]) {
			digits = append(digits, hexDigit(s[i]))
			group++
			continue
		}
		if group == 1 {
			last := digits[len(digits)-1]
			digits = append(digits[:len(digits)-1], 0, last)
		}
		group = 0
	}
	for i := range mac {
		mac[i] = digits[2*i]<<4 | digits[2*i+1]
	}
	return mac
}

func (g *generator) broadcast(e *primExpr) cond {
	switch e.proto.text {
	case "", "link":
		if g.at.enc != encEthernet {
			g.fail(e.word, "packets of link type %s have no broadcast address", encapNames[g.at.enc])
		}
		return and(g.hasEthernet(), g.etherAddr([6]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, dstOnly))
	case "ip":
		hosts := ^g.o.Netmask
		dst := g.netLoad(4, 16)
		return and(g.linkType(e.word, etherIP), or(g.masked(dst, hosts, 0), g.masked(dst, hosts, hosts)))
	}
	g.fail(e.proto, "broadcast goes with ether or ip, not with %s", g.text(e.proto))
	return nil
}

func (g *generator) multicast(e *primExpr) cond {
	switch e.proto.text {
	case "", "link":
		if g.at.enc != encEthernet {
			g.fail(e.word, "packets of link type %s have no multicast addresses; ip multicast and ip6 multicast work", encapNames[g.at.enc])
		}
		return and(g.hasEthernet(), g.anySet(g.linkLoad(1, 0), 1))
	case "ip":
		// 224.0.0.0 and above, the broadcast address included: what libpcap 1.10 does.
		return and(g.linkType(e.word, etherIP), g.compare(">=", g.netLoad(1, 16), g.constant(224)))
	case "ip6":
		return and(g.linkType(e.word, etherIPv6), g.is(g.netLoad(1, 24), 255))
	}
	g.fail(e.proto, "multicast goes with ether, ip or ip6, not with %s", g.text(e.proto))
	return nil
}

// outbound is the test that this host sent the packet (PACKET_OUTGOING is 4).
func (g *generator) outbound(t token) cond {
	switch g.o.LinkType {
	case LinkSLL:
		return g.is(g.load(2, offset{}), 4)
	case LinkSLL2:
		return g.is(g.load(1, offset{k: 10}), 4)
	}
	if !g.o.Live {
		g.fail(t, "a file with link type %s does not say which way a packet went: %s is for live capture", encapNames[g.at.enc], t.text)
	}
	return g.is(g.load(2, offset{k: metaPktType}), 4)
}

func (g *generator) ifindex(e *primExpr) cond {
	if g.o.LinkType == LinkSLL2 {
		return g.is(g.load(4, offset{k: 4}), e.arg.num)
	}
	if !g.o.Live {
		g.fail(e.word, "a file with link type %s does not say which interface a packet came from: ifindex is for live capture", encapNames[g.at.enc])
	}
	return g.is(g.load(4, offset{k: metaIfIndex}), e.arg.num)
}

// llcKinds are the control field's mask and value for each kind of LLC PDU (IEEE
// 802.2 §5.4; the poll/final bit of unnumbered PDUs, 0x10, is masked out).
var llcKinds = map[string]struct{ mask, value uint32 }{
	"i": {0x01, 0x00}, "s": {0x03, 0x01}, "u": {0x03, 0x03},
	"rr": {0x0f, 0x01}, "rnr": {0x0f, 0x05}, "rej": {0x0f, 0x09},
	"ui": {0xef, 0x03}, "ua": {0xef, 0x63}, "disc": {0xef, 0x43}, "dm": {0xef, 0x0f},
	"sabme": {0xef, 0x6f}, "test": {0xef, 0xe3}, "xid": {0xef, 0xaf}, "frmr": {0xef, 0x87},
}

// llc is the test for an IEEE 802.2 header, of any or one kind.
func (g *generator) llc(e *primExpr) cond {
	if g.at.enc != encEthernet {
		g.fail(e.word, "llc is not supported on packets of link type %s", encapNames[g.at.enc])
	}
	// Novell's raw 802.3 frames have a length, but no LLC header.
	is := and(g.isLength(), not(g.is(g.payloadLoad(2, 0), 0xffff)))
	if e.arg == nil {
		return is
	}
	k, ok := llcKinds[strings.ToLower(e.arg.text)]
	if !ok {
		names := make([]string, 0, len(llcKinds))
		for n := range llcKinds {
			names = append(names, n)
		}
		if hint := near.Word(e.arg.text, names); hint != "" {
			g.fail(e.arg, "no LLC type %q; did you mean %q?", e.arg.text, hint)
		}
		g.fail(e.arg, "no LLC type %q: the types are i s u rr rnr rej ui ua disc dm sabme test xid frmr", e.arg.text)
	}
	return and(is, g.masked(g.payloadLoad(1, 2), k.mask, k.value))
}
