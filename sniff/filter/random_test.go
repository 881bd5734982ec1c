package filter

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// exprGen makes random expressions in the language of pcap-filter(7), with addresses,
// ports and protocols that occur in testdata/packets.pcap. Most compile; some do not,
// because the generator does not keep track of what may follow what.
type exprGen struct{ *rand.Rand }

func newExprGen(seed uint64) exprGen {
	return exprGen{rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))}
}

func (g exprGen) pick(list ...string) string { return list[g.IntN(len(list))] }

// maybe is s most of the time in out of of cases, and "" otherwise.
func (g exprGen) maybe(in, of int, s string) string {
	if g.IntN(of) < in {
		return s
	}
	return ""
}

// expr is an expression of one to four terms.
func (g exprGen) expr() string {
	switch g.IntN(25) {
	case 0:
		return "geneve" + g.maybe(1, 2, g.pick(" 0x2a", " 7", " 43")) + " and " + g.terms(2)
	case 1:
		return g.pick("", "ip ", "ip6 ") + "protochain " + g.pick("6", "17", `\tcp`, "50", "58", "44", "59")
	}
	return g.terms(1 + g.IntN(4))
}

func (g exprGen) terms(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(g.pick(" and ", " or ", " && ", " || "))
		}
		b.WriteString(g.pick("", "", "", "not ", "! "))
		if n > 1 && g.IntN(6) == 0 {
			fmt.Fprintf(&b, "(%s)", g.terms(1+g.IntN(3)))
		} else {
			b.WriteString(g.term())
		}
	}
	return b.String()
}

func (g exprGen) term() string {
	switch g.IntN(12) {
	case 0, 1:
		return g.host()
	case 2, 3:
		return g.port()
	case 4:
		return g.pick("ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "pim", "ah", "esp", "vrrp",
			"carp", "igrp", "stp", "ipx", "atalk", "aarp", "decnet", "lat", "sca", "moprc", "mopdl", "netbeui",
			"iso", "clnp", "esis", "isis", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp", "pppoed")
	case 5:
		return g.pick("proto ", "ip proto ", "ip6 proto ") + g.pick("1", "2", "6", "17", "47", "50", "58", "89", "132", `\tcp`, `\udp`, "ospf", "gre")
	case 6:
		return "ether proto " + g.pick("0x800", "0x806", "0x86dd", "0x88cc", "0x8100", "0x8847", "0x8864", "5", "0x42", "0xaa", "0xe0", "0xfe", "6", `\ip`, `\arp`, `\stp`, `\ipx`, `\iso`, "loopback")
	case 7:
		return g.pick("ether src ", "ether dst ", "ether host ") + g.pick("02:00:00:00:00:01", "02:00:00:00:00:02", "ff:ff:ff:ff:ff:ff", "01:80:c2:00:00:00", "02-00-00-00-00-03")
	case 8:
		return g.pick("broadcast", "multicast", "ip broadcast", "ip multicast", "ip6 multicast", "ether multicast", "less 64", "greater 600",
			"less 200", "len > 1000", "llc", "llc s", "llc u", "llc i", "llc ui", "llc xid", "iso proto 0x83", "decnet src 10.15")
	case 9:
		return g.pick("vlan", "vlan 10", "vlan 20", "vlan 100", "mpls", "mpls 100", "mpls 16", "pppoes", "pppoes 7", "vlan and vlan", "vlan 10 and "+g.term())
	case 10:
		return g.pick("icmp[icmptype] = icmp-echo", "tcp[tcpflags] & tcp-syn != 0", "tcp[tcpflags] & (tcp-syn|tcp-ack) == (tcp-syn|tcp-ack)",
			"tcp[tcpflags] = tcp-ack", "icmp6[icmp6type] = icmp6-echo", "icmp[0] = 3 and icmp[1] = 4", "ip[6] & 0x20 != 0", "ip[6:2] & 0x1fff != 0")
	}
	return g.value(3) + " " + g.pick("=", "==", "!=", "<", ">", "<=", ">=") + " " + g.value(1)
}

func (g exprGen) addr() string {
	return g.pick("10.0.0.1", "10.0.0.2", "192.168.1.10", "172.16.5.4", "224.0.0.5", "255.255.255.255", "10.0.0.3")
}

func (g exprGen) addr6() string {
	return g.pick("2001:db8::1", "2001:db8::2", "fe80::1", "ff02::1", "::1")
}

func (g exprGen) dir() string {
	return g.pick("", "", "src ", "dst ", "src or dst ", "src and dst ", "dst or src ")
}

func (g exprGen) host() string {
	switch g.IntN(8) {
	case 0:
		return g.pick("", "ip6 ") + g.dir() + "host " + g.addr6()
	case 1:
		return g.dir() + "net " + g.pick("2001:db8::/32", "fe80::/10", "2001:db8:0:1::/64", "ff00::/8", "::/0")
	case 2, 3:
		return g.pick("", "", "ip ", "arp ", "rarp ") + g.dir() + "net " +
			g.pick("10", "10.0.0.0/8", "192.168", "192.168.1.0/24", "10.0.0.0 mask 255.255.255.0", "172.16.0.0/12", "0.0.0.0/0", "127")
	case 4:
		return "host " + g.addr() + g.pick(" or ", " and ") + g.maybe(1, 4, "not ") + g.addr()
	case 5:
		return g.pick("src ", "dst ") + g.addr()
	}
	return g.pick("", "", "ip ", "arp ") + g.dir() + "host " + g.addr()
}

func (g exprGen) portID() string {
	return g.pick("80", "443", "53", "22", "67", "6081", "http", "domain", "ssh", "https", "123", "8080")
}

func (g exprGen) port() string {
	tr := g.pick("", "", "tcp ", "udp ", "sctp ") + g.dir()
	switch g.IntN(5) {
	case 0:
		return tr + "portrange " + g.pick("0-1023", "80-90", "1024-65535", "53-53", "443-80", "8000-8999", "ssh-http")
	case 1:
		return tr + "port " + g.portID() + g.pick(" or ", " and ") + g.portID()
	case 2:
		return tr + "port (" + g.portID() + " or " + g.portID() + " or " + g.portID() + ")"
	}
	return tr + "port " + g.portID()
}

// value is an arithmetic value with at most depth operators in a row.
func (g exprGen) value(depth int) string {
	if depth <= 0 || g.IntN(3) == 0 {
		switch g.IntN(4) {
		case 0:
			return "len"
		case 1:
			return fmt.Sprint(g.IntN(300))
		}
		return g.load(0)
	}
	if g.IntN(3) == 0 {
		return g.load(depth - 1)
	}
	l := g.value(depth - 1)
	if g.IntN(4) == 0 {
		l = "(" + l + " + " + g.value(depth-1) + ")"
	}
	switch g.IntN(3) {
	case 0:
		return l + " " + g.pick("<<", ">>", "/", "%") + " " + g.pick("1", "2", "3", "7")
	case 1:
		return l + " " + g.pick("&", "|", "^") + " " + g.pick("0xf", "0xff", "0xf0", "1", "2", "0xffff")
	}
	return l + " " + g.pick("+", "-", "*", "&", "|") + " " + g.value(depth-1)
}

func (g exprGen) load(depth int) string {
	p := g.pick("ip", "ip", "tcp", "tcp", "udp", "icmp", "ether", "link", "ip6", "arp", "icmp6", "sctp", "igmp", "rarp")
	index := fmt.Sprint(g.IntN(24))
	if depth > 0 && g.IntN(3) == 0 {
		index = g.value(depth - 1)
	}
	return p + "[" + index + g.pick("", "", ":1", ":2", ":4") + "]"
}
