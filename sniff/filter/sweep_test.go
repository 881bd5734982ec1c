package filter

import (
	"cmp"
	"os"
	"strconv"
	"strings"
	"testing"
)

// sweepGen makes expressions of another sort than exprGen: deep, long, with names from the
// tables of services and protocols, chains of encapsulations, and words that are almost right.
type sweepGen struct{ exprGen }

func (g sweepGen) any(depth int) string {
	if depth <= 0 {
		return g.leaf()
	}
	switch g.IntN(9) {
	case 0:
		return "not " + g.any(depth-1)
	case 1:
		return "! (" + g.any(depth-1) + ")"
	case 2, 3:
		return "(" + g.any(depth-1) + ")" + g.pick(" and ", " or ", "&&", "||", " and not ", " or ! ") + "(" + g.any(depth-1) + ")"
	case 4, 5:
		return g.any(depth-1) + g.pick(" and ", " or ") + g.any(depth-1)
	case 6:
		return g.chain() + " and " + g.any(depth-1)
	}
	return g.leaf()
}

func (g sweepGen) chain() string {
	one := func() string {
		return g.pick("vlan", "vlan 10", "vlan 20", "mpls", "mpls 100", "mpls 16", "pppoes", "pppoes 7", "vlan 0xa", "vlan 1", "mpls 1048575")
	}
	e := one()
	for range g.IntN(3) {
		e += g.pick(" and ", " and ", " && ", " or ") + one()
	}
	return e
}

func (g sweepGen) leaf() string {
	switch g.IntN(16) {
	case 0:
		return g.pick("", "tcp ", "udp ", "sctp ") + g.dir() + "port " + g.pick("http", "domain", "ntp", "snmp", "bootps", "ldap", "nfs", "x11", "tftp", "sunrpc", "telnet", "ftp-data", "netbios-ns", "kerberos", "submission", "imaps", "syslog", "https")
	case 1:
		return g.pick("", "tcp ", "udp ") + g.dir() + "portrange " + g.pick("ssh-http", "domain-https", "http-443", "1-telnet", "0-0", "65535-65535", "100-1", "0x10-0x1f", "053-054")
	case 2:
		return g.pick("ip proto ", "ip6 proto ", "proto ") + g.pick("ospf", "gre", "esp", "ah", `\tcp`, `\udp`, `\icmp`, `\sctp`, "vrrp", "ipip", "egp", "rsvp", "ipv6-icmp", "ipv6", "igmp", "eigrp", "l2tp", "255", "0")
	case 3:
		return g.pick("", "ip ", "ip6 ") + g.dir() + "host " + g.pick("10.0.0.1", "localhost", "ip6-localhost", "192.168.1.10")
	case 4:
		return g.pick("ip6 protochain 6", "ip6 protochain 17", "ip6 protochain 58", "ip protochain 51", "protochain 6", `ip6 protochain \udp`, "ip protochain 6")
	case 5:
		return g.pick("ether[0] & 1 = 0 and ip[16] >= 224", "tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420", "(tcp[12] >> 4) * 4 > 20", "ip[0] & 0xf > 5", "ip[2:2] - ((ip[0] & 0xf) << 2) = 20",
			"icmp[icmptype] != icmp-echo", "icmp6[icmp6type] = icmp6-neighborsolicit", "udp[0:2] = 53 or udp[2:2] = 53", "arp[6:2] = 1", "ip6[6] = 58", "sctp[12] = 0", "ether[12:2] = 0x86dd", "igmp[0] = 0x16", "link[len - 1] = 0", "ip[len - 40] & 1 = 1")
	case 6, 7, 8:
		return g.num(3) + g.pick(" = ", "==", " != ", " < ", ">", " <= ", ">=") + g.num(2)
	case 9:
		return g.pick("less ", "greater ") + g.pick("0", "60", "64", "0x40", "1500", "0100")
	case 10:
		return g.dir() + "net " + g.pick("10.0.0.0/8", "10/8", "10.0/15", "192.168.1.0/25", "172.16/12", "0/0", "224.0.0.0/4", "2001:db8::/33", "2001:db8::/127", "fe80::/64", "::/1", "10.0.0.0 mask 255.0.0.255", "128/1", "loopback")
	case 11:
		return g.pick("ip", "ip6", "arp", "ether") + g.pick(" broadcast", " multicast", " host 02:00:00:00:00:01", " src host ff:ff:ff:ff:ff:ff", " dst 02:00:00:00:00:02")
	case 12:
		return "ether proto " + g.pick(`\ip`, `\ip6`, `\arp`, `\rarp`, "0x88cc", "loopback", `\stp`, `\iso`, "0x600", "1500", "1501", "1535", "1536", "0x8863", "0x9000", "0x22f3")
	case 13:
		return g.pick("tcp", "udp", "sctp", "icmp", "ip", "ip6") + " " + g.pick("src", "dst", "src or dst", "src and dst") + " " + g.pick("port 80", "port 53", "host 10.0.0.1", "net 10", "portrange 1-100")
	case 14:
		return g.pick("port", "host", "net", "proto", "src", "dst", "tcp port", "ip proto", "vlan", "mpls", "ether proto", "ip net", "portrange") + " " + g.odd()
	}
	return g.term()
}

// odd is a word that may be wrong.
func (g sweepGen) odd() string {
	return g.pick("80-90x", "80x", "0x", "0xg", "1-2-3", "80-", "-80", "080", "0x50", "10.0.0", "10.0.0.", "10..1", "1.2.3.4.5", "256", "65536", "4096", "99999999999", "80-90-", "a-b", "http-", "http-alt", "tcp-syn", "icmp-echo",
		"2:0:0:0:0:1", "02:00:00", "::1", "1::", "fe80::1/10", "10.0.0.1/33", "10.0.0.1/", "/8", "10/8/8", "http_alt", "80_90", "8080,80", "80.5", "1e3", "0b1", "00", "007", "0377.0.0.1", "0x0a.0.0.1", "icmptype", "(80)", "(80 or 90x)", "80 or 90x", "80 or http or 443",
		"02-00-00-00-00-01", "020000000001", "0200.0000.0001", "$a", "$", "a.b", "x-1", "1-x", "1x-2", "0-65535", "ssh-", `\80`, `\http`, `\80-90`)
}

// num is arithmetic.
func (g sweepGen) num(depth int) string {
	if depth <= 0 {
		return g.pick("len", "1", "0", "255", "0xffff", "0x7fffffff", "4294967295", "020", "ip[0]", "ip[2:2]", "tcp[13]", "udp[4:2]", "ether[0:4]", "ip6[4:2]", "icmp[0]", "arp[7]", "link[6:2]", "ip[6:2]", "tcp-syn", "icmp-echo", "icmp[icmpcode]", "sctp[0:2]", "igmp[0]", "rarp[6:2]", "icmp6[0]", "pim[0]")
	}
	switch g.IntN(6) {
	case 0:
		return "(" + g.num(depth-1) + ")"
	case 1:
		return "-" + g.num(depth-1)
	case 2:
		return g.pick("ip", "tcp", "udp", "ether", "ip6", "icmp") + "[" + g.num(depth-1) + g.pick("", ":1", ":2", ":4") + "]"
	}
	return g.num(depth-1) + g.pick(" + ", "-", " - ", "*", " / ", " % ", "&", " | ", "^", "<<", " >> ") + g.num(depth-1)
}

// sweepSize is how many expressions are compared on each link type.
func sweepSize(t *testing.T) int {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("SWEEP"), "30"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// comparable tells whether libpcap is to be asked about an expression: about one that is refused
// here one time in so many, and never about names, which libpcap alone looks up.
func (g sweepGen) comparable(link int, e string, refused int) bool {
	if otherOnPurpose(link, e) {
		return false
	}
	_, err := Compile(e, Options{LinkType: link})
	return err == nil || !strings.Contains(err.Error(), "looked up") && g.IntN(refused) == 0
}

// TestPeerTcpdumpSweep compares these with the installed tcpdump; SWEEP=1000 compares more.
func TestPeerTcpdumpSweep(t *testing.T) {
	g := sweepGen{needTcpdump(t)}
	var s score
	for _, c := range randomCounts {
		var exprs []string
		for want := sweepSize(t); len(exprs) < want; {
			e := g.any(1 + g.IntN(4))
			if g.comparable(c.link, e, 4) {
				exprs = append(exprs, e)
			}
		}
		s.compare(t, c.link, referee(t, c.link, exprs))
	}
	s.check(t, 0)
}
