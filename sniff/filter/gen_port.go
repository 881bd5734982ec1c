package filter

import (
	"fmt"
	"strconv"
	"strings"

	"pktsh/internal/near"
)

// IP protocol numbers (IANA) that more than one place needs.
const (
	ipICMP   = 1
	ipTCP    = 6
	ipUDP    = 17
	ipICMPv6 = 58
	ipSCTP   = 132
	ipFrag6  = 44
)

// port makes the test for port and portrange.
func (g *generator) port(e *idExpr) cond {
	var protos []uint32
	switch e.q.proto.text {
	case "":
		protos = []uint32{ipSCTP, ipTCP, ipUDP}
	case "tcp":
		protos = []uint32{ipTCP}
	case "udp":
		protos = []uint32{ipUDP}
	case "sctp":
		protos = []uint32{ipSCTP}
	default:
		g.fail(e.q.proto, "%s has no ports: tcp, udp and sctp have", g.text(e.q.proto))
	}
	if k := e.id.kind; k != tNum && k != tName {
		g.fail(e.id, "%s is not %s", g.text(e.id), wantedID(e.q))
	}
	from, to, only := g.portRange(e)
	// A name that only one transport knows asks for that transport too.
	if e.q.proto.text == "" && only != 0 {
		protos = []uint32{only}
	}
	return g.ports(e.id, protos, e.q.dir, from, to)
}

// portRange is the range that e asks for, of one port for port, and the transport that
// the names in it are limited to, if any.
func (g *generator) portRange(e *idExpr) (from, to, only uint32) {
	if e.q.typ != "portrange" || e.id.kind == tNum {
		n, only := g.portNumber(e, e.id.text)
		g.checkTransport(e, e.id.text, n, only)
		return n, n, only
	}
	lo, hi := g.splitRange(e.id)
	from, only = g.portNumber(e, lo)
	to, toOnly := g.portNumber(e, hi)
	// Names of different transports, or a name and a number, ask for none.
	if only != toOnly {
		only = 0
	}
	g.checkTransport(e, lo, from, only)
	return min(from, to), max(from, to), only
}

// splitRange cuts a range of ports at the minus sign that leaves a number or a
// service name on both sides: ftp-data-90 is ftp-data to 90.
func (g *generator) splitRange(t token) (lo, hi string) {
	for i := 1; i < len(t.text)-1; i++ {
		if t.text[i] == '-' && g.isPort(t.text[:i]) && g.isPort(t.text[i+1:]) {
			return t.text[:i], t.text[i+1:]
		}
	}
	if lo, hi, ok := strings.Cut(t.text, "-"); ok && !g.isPort(t.text) && hi != "" {
		return lo, hi
	}
	g.fail(t, "a range of ports has two ends, as in portrange %s-%s", t.text, t.text)
	return "", ""
}

func (g *generator) isPort(s string) bool {
	if isNumber(s) {
		return true
	}
	tcp, udp := g.o.service(s)
	return tcp >= 0 || udp >= 0
}

// portNumber looks a port up. The second result is the transport that its name is
// limited to, 0 for a number or a name known for both with one number.
func (g *generator) portNumber(e *idExpr, s string) (port, only uint32) {
	if isNumber(s) || e.id.kind == tNum {
		n, err := e.id.num, ""
		if e.id.kind != tNum {
			n, err = portInRange(s)
		}
		if err != "" || n > 0xffff {
			g.fail(e.id, "a port is a number from 0 to 65535, got %s%s", s, err)
		}
		return n, 0
	}
	tcp, udp := g.o.service(s)
	switch {
	case tcp < 0 && udp < 0:
		hint := near.Hint(strings.ToLower(s), serviceNames())
		if lo, hi, ok := strings.Cut(s, "-"); ok && isNumber(lo) && isNumber(hi) {
			hint = fmt.Sprintf("; for a range write portrange %s", s)
		}
		g.fail(e.id, "no port is called %q%s", s, hint)
	case udp < 0:
		return uint32(tcp), ipTCP
	case tcp < 0 || e.q.proto.text == "udp" && tcp != udp:
		return uint32(udp), ipUDP
	case tcp != udp:
		return uint32(tcp), ipTCP
	}
	return uint32(tcp), 0
}

// portInRange reads a number of a range. It is decimal whatever it starts with, as in
// libpcap, which reads it by sscanf("%d-%d").
func portInRange(s string) (n uint32, wrong string) {
	v, err := strconv.ParseUint(s, 10, 32)
	if err != nil {
		return 0, " (decimal, in a range)"
	}
	return uint32(v), ""
}

// checkTransport refuses a name that the transport asked for does not know.
func (g *generator) checkTransport(e *idExpr, name string, port, only uint32) {
	asked := e.q.proto.text
	switch {
	case only == ipTCP && (asked == "udp" || asked == "sctp"):
		g.fail(e.id, "%q is a TCP port, not one of %s: use its number, %d", name, asked, port)
	case only == ipUDP && (asked == "tcp" || asked == "sctp"):
		g.fail(e.id, "%q is a UDP port, not one of %s: use its number, %d", name, asked, port)
	}
}

// ports is the test for a port in from..to in the transport header right behind the
// IPv6 header, or in an IPv4 packet that is not a later fragment.
func (g *generator) ports(t token, protos []uint32, d dir, from, to uint32) cond {
	anyOf := func(v valueID) cond {
		var cs []cond
		for _, p := range protos {
			cs = append(cs, g.is(v, p))
		}
		return or(cs...)
	}
	within := func(v valueID) cond {
		if from == to {
			return g.is(v, from)
		}
		return and(g.compare(">=", v, g.constant(from)), g.compare("<=", v, g.constant(to)))
	}
	v6 := and(g.linkType(t, etherIPv6), anyOf(g.netLoad(1, 6)), directed(d,
		func() cond { return within(g.netLoad(2, 40)) },
		func() cond { return within(g.netLoad(2, 42)) }))
	v4 := and(g.linkType(t, etherIP), anyOf(g.netLoad(1, 9)), g.firstFragment(), directed(d,
		func() cond { return within(g.load(2, g.transport(0))) },
		func() cond { return within(g.load(2, g.transport(2))) }))
	return or(v6, v4)
}

// firstFragment is the test that an IPv4 packet is whole or the first fragment.
func (g *generator) firstFragment() cond {
	return not(g.anySet(g.netLoad(2, 6), 0x1fff))
}

// transport is the place k bytes into the header behind the IPv4 header.
func (g *generator) transport(k uint32) offset {
	net := g.at.payload.plus(g.at.nl)
	if net.base == 0 {
		return offset{base: g.headerLen(net.k), k: net.k + k}
	}
	words := g.arith(aluAnd, g.load(1, net), g.constant(0xf))
	base := g.arith(aluAdd, g.arith(aluLsh, words, g.constant(2)), net.base)
	return offset{base: base, k: net.k + k}
}

// protocol makes the test for a protocol as a primitive: tcp, arp, isis …
func (g *generator) protocol(t token) cond {
	switch t.text {
	case "link":
		g.fail(t, "%s is a qualifier: it needs host, src, dst, proto, broadcast, multicast or an offset behind it", g.text(t))
	case "radio":
		g.fail(t, "not supported yet: radio headers")
	}
	if sap, ok := linkProtocols[t.text]; ok {
		return g.linkType(t, sap)
	}
	if p, ok := ipProtocols[t.text]; ok {
		return g.ipProtocol(t, p.number, p.v4, p.v6)
	}
	if n, ok := isoProtocols[t.text]; ok {
		return g.isoProtocol(t, n)
	}
	var cs []cond
	for _, n := range isisTypes[t.text] {
		cs = append(cs, g.isisType(t, n))
	}
	return or(cs...)
}

// linkProtocols are EtherTypes, or LLC service access points.
var linkProtocols = map[string]uint32{
	"ip": etherIP, "ip6": etherIPv6, "arp": etherARP, "rarp": etherRARP,
	"atalk": etherATALK, "aarp": etherAARP, "decnet": 0x6003, "lat": 0x6004, "sca": 0x6007, "moprc": 0x6002, "mopdl": 0x6001,
	"stp": sapSTP, "ipx": sapIPX, "netbeui": sapNetBEUI, "iso": sapISO,
}

var ipProtocols = map[string]struct {
	number uint32
	v4, v6 bool
}{
	"tcp": {ipTCP, true, true}, "udp": {ipUDP, true, true}, "sctp": {ipSCTP, true, true},
	"icmp": {ipICMP, true, false}, "icmp6": {ipICMPv6, false, true},
	"igmp": {2, true, false}, "igrp": {9, true, false}, "pim": {103, true, true},
	"vrrp": {112, true, false}, "carp": {112, true, false},
	"esp": {50, true, true}, "ah": {51, true, true},
}

// isoProtocols are the network layer protocol identifiers of ISO 9577.
var isoProtocols = map[string]uint32{"clnp": 0x81, "esis": 0x82, "isis": 0x83}

// isisTypes are the PDU types of ISO 10589 §9 that each word stands for.
var isisTypes = map[string][]uint32{
	"l1":  {26, 24, 18, 15, 17},
	"l2":  {27, 25, 20, 16, 17},
	"iih": {17, 15, 16},
	"lsp": {18, 20}, "snp": {27, 26, 24, 25}, "csnp": {24, 25}, "psnp": {26, 27},
}

// ipProtocol is the test for an IP protocol number. Over IPv6 it may also stand in
// a fragment header, but behind no other extension header.
func (g *generator) ipProtocol(t interface{ span() (int, int) }, number uint32, v4, v6 bool) cond {
	var c4, c6 cond = condConst(false), condConst(false)
	if v6 {
		next := g.netLoad(1, 6)
		c6 = and(g.linkType(t, etherIPv6), or(
			g.is(next, number),
			and(g.is(next, ipFrag6), g.is(g.netLoad(1, 40), number))))
	}
	if v4 {
		c4 = and(g.linkType(t, etherIP), g.is(g.netLoad(1, 9), number))
	}
	return or(c6, c4)
}

func (g *generator) isoProtocol(t interface{ span() (int, int) }, nlpid uint32) cond {
	return and(g.linkType(t, sapISO), g.is(g.isoLoad(0), nlpid))
}

func (g *generator) isisType(t interface{ span() (int, int) }, pdu uint32) cond {
	return and(g.isoProtocol(t, isoProtocols["isis"]), g.is(g.isoLoad(4), pdu))
}

// isoLoad is a byte of an OSI header, which stands behind three bytes of LLC on
// links that have it.
func (g *generator) isoLoad(k uint32) valueID {
	if g.at.enc == encEthernet || g.at.enc == encSLL || g.at.enc == encSLL2 {
		k += 3
	}
	return g.netLoad(1, k)
}

// protoNumber makes the test for "proto": ip proto 6, ether proto \arp, iso proto 0x83 …
func (g *generator) protoNumber(e *idExpr) cond {
	switch e.q.proto.text {
	case "":
		return g.ipProtocol(e.id, g.protocolID(e), true, true)
	case "ip":
		return g.ipProtocol(e.id, g.protocolID(e), true, false)
	case "ip6":
		return g.ipProtocol(e.id, g.protocolID(e), false, true)
	case "link":
		if e.id.kind != tName {
			return g.linkType(e.id, g.number(e))
		}
		p, ok := linkProtocols[e.id.text]
		if !ok && e.id.text == "loopback" {
			p, ok = 0x9000, true
		}
		if !ok {
			g.unknownProtocol(e, linkProtocols)
		}
		return g.linkType(e.id, p)
	case "iso":
		if e.id.kind != tName {
			return g.isoProtocol(e.id, g.number(e))
		}
		p, ok := isoProtocols[e.id.text]
		if !ok {
			g.unknownProtocol(e, isoProtocols)
		}
		return g.isoProtocol(e.id, p)
	case "isis":
		return g.isisType(e.id, g.number(e))
	}
	g.fail(e.q.proto, "%s proto means nothing: proto goes with ether, ip, ip6, iso, isis or nothing", g.text(e.q.proto))
	return nil
}

func (g *generator) number(e *idExpr) uint32 {
	if e.id.kind != tNum {
		g.fail(e.id, "expected a protocol number, got %q", g.text(e.id))
	}
	return e.id.num
}

// protocolID is an IP protocol number, given as such or by name.
func (g *generator) protocolID(e *idExpr) uint32 {
	if e.id.kind != tName {
		return g.number(e)
	}
	if n, ok := g.o.protocol(e.id.text); ok {
		return uint32(n)
	}
	g.unknownProtocol(e, nil)
	return 0
}

func (g *generator) unknownProtocol(e *idExpr, known map[string]uint32) {
	names := protocolNames()
	if known != nil {
		names = names[:0:0]
		for n := range known {
			names = append(names, n)
		}
	}
	g.fail(e.id, "no protocol is called %q%s", e.id.text, near.Hint(strings.ToLower(e.id.text), names))
}
