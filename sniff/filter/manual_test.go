package filter

import (
	"regexp"
	"slices"
	"strings"
)

// What pcap-filter(7) is made of, for expressions that go through it one primitive
// after the other, sensible or not: whether libpcap takes "iso src net 10" is for
// the comparison to say.
var (
	manualProtos = []string{"", "ether", "link", "ppp", "slip", "fddi", "tr", "wlan", "ip", "ip6", "arp", "rarp", "decnet", "tcp", "udp", "sctp",
		"icmp", "icmp6", "igmp", "igrp", "pim", "vrrp", "carp", "ah", "esp", "atalk", "aarp", "lat", "sca", "moprc", "mopdl",
		"stp", "ipx", "netbeui", "iso", "clnp", "esis", "es-is", "isis", "is-is", "l1", "l2", "iih", "lsp", "snp", "csnp", "psnp", "radio"}
	manualDirs = []string{"", "src", "dst", "src or dst", "dst or src", "src and dst", "dst and src", "src || dst", "src && dst"}
	manualIDs  = map[string][]string{
		"": {"10.0.0.1", "10.0.0", "10.1", "10", "10.0.0.0/8", "10.0.0.1/24", "2001:db8::1", "2001:db8::/32", "02:00:00:00:00:01", "80", "http", `\tcp`, "80-90", "(10.0.0.1 or 10.0.0.2)"},
		"host": {"10.0.0.1", "10.0.0", "10.1", "10", "0x0a000001", "10.0.0.0/8", "10.0.0.1/32", "255.255.255.255", "256.0.0.1", "10.15", "2001:db8::1", "::ffff:10.0.0.1", "fe80::1",
			"2001:db8::/32", "2001:db8::1/128", "02:00:00:00:00:01", "02-00-00-00-00-01", "0200.0000.0001", "020000000001", "2:0:0:0:0:1", "$5",
			"(10.0.0.1 or 10.0.0.2)", "(10.0.0.1 and not 10.0.0.2)", "not 10.0.0.1"},
		"net": {"10", "10.0", "10.0.0", "10.0.0.1", "192.168", "192.168.1", "300", "0", "10.0.0.0/8", "10/8", "10.0/16", "192.168.1/24", "192.168.1.1/24", "192.168.1.0/33", "0.0.0.0/0",
			"10.0.0.0 mask 255.0.0.0", "10 mask 255.0.0.0", "10.0 mask 255.255.0.0", "10.0.0.1 mask 255.0.0.0", "10.0.0.0 mask 255", "10.0.0.0 mask 255.0.255.0",
			"2001:db8::/32", "2001:db8::1/32", "2001:db8::/129", "fe80::/10", "::/0", "2001:db8::1", "2001:db8:: mask 255.0.0.0", "02:00:00:00:00:01", "(10 or 192.168)", "loopback"},
		"port": {"80", "0", "65535", "65536", "0x50", "0120", "http", "domain", "ssh", "ntp", "nosuchservice", `\http`, "80-90", "-1", "10.0.0.1", "80/8",
			"(80 or 443)", "(80 and 443)", "(not 80)", "not 80", "(80 or tcp)"},
		"portrange": {"80-90", "90-80", "80", "http", "0-65535", "0-65536", "ssh-http", "ssh-90", "80-http", "0x50-0x60", "domain-http", "http-domain", "1-", "80 - 90", "(80-90 or 443-450)"},
		"proto": {"6", "17", "0", "255", "256", "0x800", "2048", "65535", "65536", "1500", "1501", "0x42", "0xaa", "0xf0", "0xfe", `\tcp`, `\udp`, `\icmp`, `\icmp6`, `\ip`, `\ip6`, `\arp`, `\rarp`,
			"tcp", "ip", "ospf", "gre", "ipv6-icmp", "loopback", "lat", `\lat`, `\sca`, `\decnet`, `\aarp`, `\atalk`, `\iso`, `\stp`, `\ipx`, `\netbeui`, `\clnp`, `\esis`, `\isis`, "pup", "nosuchproto", "10.0.0.1", "(6 or 17)", "0x83", "18"},
		"protochain": {"6", "17", "58", "51", "0", "255", "256", `\tcp`, `\udp`, "ipv6-icmp", "nosuchproto", "(6 or 17)"},
		"gateway":    {"10.0.0.1", "02:00:00:00:00:01"},
	}
	// Primitives of their own; the protocols of manualProtos go before them, too.
	manualPrims = []string{"broadcast", "multicast", "inbound", "outbound", "llc", "vlan", "mpls", "pppoed", "pppoes", "geneve", "less 64", "greater 600", "ifindex 1", "len > 64",
		"host", "net", "port", "src", "proto", "and tcp", "[0] = 1", "[0:1] = 1", "[0:2] != 0x800", "[0:4] > 1", "[0:3] = 1", "[0:0] = 1", "[-1] = 0", "[1 + 1] & 0xf = 5", "[len - 20] = 0", "[0] & 1 != 0 and " + "tcp"}
	manualOthers = []string{
		"", "less 0", "greater 0", "less", "less 64 or 100", "less tcp", "less -1", "less 0x40", "less (64)", "greater 4294967295", "len = 60", "length = 60", "len", "64 < len", "len - 14 = ip[2:2]", "len <= 64 || len >= 1000",
		"vlan 0", "vlan 10", "vlan 4095", "vlan 4096", "vlan 65536", "vlan (10)", "vlan 10 and vlan 20", "vlan and vlan and ip", "vlan && vlan && vlan 5", "vlan or vlan", "not vlan", "vlan 10 or 20", "vlan and host 10.0.0.1", "vlan and tcp port 80", "vlan 10 and (ip or arp)",
		"vlan and ether proto 0x800", "vlan and ether host 02:00:00:00:00:01", "vlan and ip6 and tcp", "(vlan 10 or vlan 20) and tcp", "vlan and broadcast", "vlan and link[14:2] = 10", "vlan tcp", "ip and vlan", "vlan and mpls", "vlan and pppoes", "vlan and arp host 10.0.0.1", "vlan and llc", "vlan and stp",
		"mpls 0", "mpls 100", "mpls 1048575", "mpls 1048576", "mpls 100 and mpls 16", "mpls and mpls and host 10.0.0.1", "mpls and ip6", "mpls and tcp port 80", "mpls and vlan", "mpls and arp", "mpls 100 and net 10", "mpls and ip host 10.0.0.1", "mpls (100)", "mpls and port 53 or mpls",
		"mpls and ip6 host 2001:db8::1", "mpls and ether host 02:00:00:00:00:01", "mpls and pppoes", "mpls and ip[0] = 0x45", "mpls and iso", "mpls and geneve",
		"pppoed and ip", "pppoes 0", "pppoes 7", "pppoes 65535", "pppoes 65536", "pppoes and ip", "pppoes 7 and tcp port 80", "pppoes and ip6", "pppoes and host 10.0.0.1", "pppoes and pppoes", "pppoes and vlan", "pppoes and mpls", "pppoes and ip[9] = 6", "pppoes and ether proto 0x800", "pppoes and link[0] = 2", "pppoes and ether host 02:00:00:00:00:01", "pppoes and ip or arp", "pppoes and iso", "pppoes and ipx", "pppoes and multicast", "pppoed or pppoes 3",
		"geneve 0", "geneve 42", "geneve 16777215", "geneve 16777216", "geneve and ip", "geneve 0x2a and tcp port 80", "geneve and ether host 02:00:00:00:00:01", "geneve and vlan", "geneve and geneve", "ip and geneve", "geneve and broadcast", "geneve and ip6 host 2001:db8::1", "geneve and link[0] = 2", "geneve and mpls", "geneve and pppoes", "geneve and llc", "vlan and geneve", "geneve and len > 100",
		"llc i", "llc s", "llc u", "llc rr", "llc rnr", "llc rej", "llc ui", "llc ua", "llc disc", "llc sabme", "llc test", "llc xid", "llc frmr", "llc x", "llc 3", "llc tcp", "not llc", "llc and stp", "ether llc", `llc \rr`, "llc UI",
		"ifindex", "ifindex x", "ifindex -1", "not inbound", "inbound and tcp",
		"ifname eth0", "on eth0", "rnr 1", "rulenum 1", "reason match", "rset x", "ruleset x", "srnr 1", "subrulenum 1", "action pass", "action block",
		"type mgt", "type mgt subtype beacon", "subtype beacon", "type data", "type ctl", "type 0", "dir nods", "direction tods", "addr1 02:00:00:00:00:01", "wlan addr1 02:00:00:00:00:01", "wlan host 02:00:00:00:00:01", "wlan src 02:00:00:00:00:01", "wlan addr4 host 02:00:00:00:00:01", "ra 02:00:00:00:00:01", "wlan ra host 02:00:00:00:00:01", "ta 02:00:00:00:00:01",
		"lane", "metac", "bcc", "sc", "ilmic", "connectmsg", "metaconnect", "oam", "oamf4", "oamf4ec", "oamf4sc", "vpi 3", "vci 5", "vpi = 3", "fisu", "lssu", "lsu", "msu", "hfisu", "hlssu", "hmsu", "sio 3", "opc 3", "dpc 3", "sls 3", "hsio 3",
		"icmp[icmptype] = icmp-echoreply", "icmp[icmptype] = icmp-unreach", "icmp[icmptype] = icmp-sourcequench", "icmp[icmptype] = icmp-redirect", "icmp[icmptype] = icmp-echo", "icmp[icmptype] = icmp-routeradvert", "icmp[icmptype] = icmp-routersolicit",
		"icmp[icmptype] = icmp-timxceed", "icmp[icmptype] = icmp-paramprob", "icmp[icmptype] = icmp-tstamp", "icmp[icmptype] = icmp-tstampreply", "icmp[icmptype] = icmp-ireq", "icmp[icmptype] = icmp-ireqreply", "icmp[icmptype] = icmp-maskreq", "icmp[icmptype] = icmp-maskreply",
		"icmp[icmpcode] = 4", "icmp[ICMPTYPE] = 8", "icmp[icmptype] != icmp-echo and icmp[icmptype] != icmp-echoreply", "icmp-echo", "icmptype = 8", "tcpflags = 2", "icmp[icmptype:1] = 8", "icmp[icmptype:2] = 0x800",
		"icmp6[icmp6type] = icmp6-destinationunreach", "icmp6[icmp6type] = icmp6-packettoobig", "icmp6[icmp6type] = icmp6-timeexceeded", "icmp6[icmp6type] = icmp6-parameterproblem", "icmp6[icmp6type] = icmp6-echo", "icmp6[icmp6type] = icmp6-echoreply",
		"icmp6[icmp6type] = icmp6-multicastlistenerquery", "icmp6[icmp6type] = icmp6-multicastlistenerreportv1", "icmp6[icmp6type] = icmp6-multicastlistenerdone", "icmp6[icmp6type] = icmp6-routersolicit", "icmp6[icmp6type] = icmp6-routeradvert",
		"icmp6[icmp6type] = icmp6-neighborsolicit", "icmp6[icmp6type] = icmp6-neighboradvert", "icmp6[icmp6type] = icmp6-redirect", "icmp6[icmp6type] = icmp6-routerrenum", "icmp6[icmp6type] = icmp6-nodeinformationquery", "icmp6[icmp6type] = icmp6-nodeinformationresponse",
		"icmp6[icmp6type] = icmp6-ineighbordiscoverysolicit", "icmp6[icmp6type] = icmp6-ineighbordiscoveryadvert", "icmp6[icmp6type] = icmp6-multicastlistenerreportv2", "icmp6[icmp6type] = icmp6-homeagentdiscoveryrequest", "icmp6[icmp6type] = icmp6-homeagentdiscoveryreply",
		"icmp6[icmp6type] = icmp6-mobileprefixsolicit", "icmp6[icmp6type] = icmp6-mobileprefixadvert", "icmp6[icmp6type] = icmp6-certpathsolicit", "icmp6[icmp6type] = icmp6-certpathadvert", "icmp6[icmp6type] = icmp6-multicastrouteradvert", "icmp6[icmp6type] = icmp6-multicastroutersolicit", "icmp6[icmp6type] = icmp6-multicastrouterterm", "icmp6[icmp6code] = 0",
		"icmp6[icmp6type] = 135 or icmp6[icmp6type] = 136", "icmp6[0] != 0 and not icmp6[icmp6type] = icmp6-echo",
		"tcp[tcpflags] & tcp-fin != 0", "tcp[tcpflags] & tcp-rst != 0", "tcp[tcpflags] & tcp-push != 0", "tcp[tcpflags] & tcp-urg != 0", "tcp[tcpflags] & tcp-ece != 0", "tcp[tcpflags] & tcp-cwr != 0", "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0", "tcp[tcpflags] == tcp-syn", "tcp[tcpflags] = tcp-syn|tcp-ack", "tcp[13] & 2 = 2", "(tcp[12] & 0xf0) >> 2 = 20",
		"tcp[((tcp[12:1] & 0xf0) >> 2):4] = 0x47455420", "tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)", "udp[4:2] > 100", "udp[8:4] = 0", "sctp[12] = 1", "igmp[0] = 0x11", "igrp[0] = 1", "pim[0] = 0x20", "vrrp[0] = 0x21", "carp[0] = 1", "ah[0] = 6", "esp[0] = 1",
		"ip[0] & 0xf != 5", "ip[6:2] & 0x1fff = 0", "ip[8] < 5", "ip[16] >= 224", "ip6[6] = 58", "ip6[40] = 128", "arp[6:2] = 1", "arp[7] = 2", "rarp[0] = 0", "ether[0] & 1 = 0", "ether[12:2] <= 1500", "link[0] = 0", "link[0:4] = 2", "decnet[0] = 1", "atalk[0] = 1", "lat[0] = 1", "iso[0] = 1", "isis[4] = 15", "ppp[0] = 1", "wlan[0] = 1", "slip[0] = 1", "fddi[0] = 1", "radio[0] = 1",
		"ip[1:1:1] = 1", "ip[] = 1", "ip[0:5] = 1", "ip[0", "ip[0] =", "ip[0] = ip[1]", "ip[ip[0]] = 1", "ip[ip6[0]] = 1", "udp[tcp[0]] = 1", "ip[0] = 69 = 1", "1 = 1", "1 = 2", "1 + 1 = 2", "0 = len", "5", "1 or tcp", "-5 < 3", "-ip[0] < 0", "- len = 3", "ip[0] + -1 = 68", "ip[0]-1 = 68", "ip[0] - 1 = 68", "2 * 3 = 6", "ip[8] * 2 = 128", "ip[8] / 2 = 32", "ip[8] / 0 = 1", "ip[8] % 3 = 1", "ip[8] % 0 = 1", "ip[8] ^ 64 = 0", "ip[8] << 2 = 256", "ip[8] >> 6 = 1", "ip[8] << 32 = 0", "1 << 32 = 0", "1 << 31 = 0x80000000", "1 / 0 = 1", "len / len = 1", "len >> len = 0", "ip[8] | 1 = 65",
		"1 + 2 * 3 = 7", "(1 + 2) * 3 = 9", "10 - 3 - 2 = 5", "7 & 3 | 8 = 11", "1 | 2 ^ 3 = 1", "0x10 = 16", "010 = 8", "09 = 9", "0xffffffff = 4294967295", "4294967296 = 0", "0x100000000 = 0", "0x = 0", "len & 1 == 0", "len&1=0", "len>64", "len > 64 and len < 1000", "ip[2:2]>64", "1 > 0 > 0", "(len) > 3", "((len)) > 3", "(len + 1) > 3", "(len > 3)", "not len > 3", "not (len > 3)", "len ! = 3", "len => 3", "len =! 3", "len <> 3", "len >< 3",
		"tcp[0:2] = http", "tcp-syn = 2", "tcp[tcp-syn] = 0", "vlan tcp-syn", "port tcp-syn", "host tcpflags",
		"port 80 or 443", "port 80 and 443", "tcp port 80 or 443 or 8080", "tcp port 80 or udp", "port 80 or host 10.0.0.1 or 10.0.0.2", "host 10.0.0.1 or 10.0.0.2 and port 80 or 443", "src 10.0.0.1 or 10.0.0.2", "src host 10.0.0.1 and dst 10.0.0.2", "net 10 or 192.168", "not port 80 or 443", "not host 10.0.0.1 and 10.0.0.2", "port 80 or not 443", "port (80 or 443) and tcp", "tcp and 80", "80", "10.0.0.1", "10.0.0.1 or tcp",
		"host 10.0.0.1 and not port ssh", "not (src or dst port 80)", "tcp or udp or icmp", "tcp and not port 22 and not port 80", "! tcp", "!tcp", "not not tcp", "!!tcp", "not ! tcp", "( tcp )", "((tcp))", "(tcp", "tcp)", "()", "not", "and", "tcp and", "and tcp", "tcp udp", "tcp or or udp", "tcp && udp", "tcp&&udp", "tcp||udp", "tcp & udp", "tcp | udp", "tcp and (udp or", "tcp AND udp", "TCP", "Host 10.0.0.1",
		"port 80 or 443 and tcp or udp port 53", "ether host 02:00:00:00:00:01 or 02:00:00:00:00:02", "ip host 10.0.0.1 or arp host 10.0.0.2", "proto 6 or 17", `proto \tcp or \udp`, "ip proto 6 or ether proto 0x806", "portrange 80-90 or 443-450", "portrange 80-90 or 443", "port 80 or 90-100", "port 80 or http", "port 80 or (443 and 8080)", "port 80 or (host 10.0.0.1)", "port 80 or (tcp and 443)", "tcp src port 80 or dst port 443", "src port 80 or 443 and dst host 10.0.0.1",
		"ip broadcast", "ip6 broadcast", "ip multicast", "ip6 multicast", "ether broadcast", "arp broadcast", "tcp multicast", "not broadcast and not multicast", "ether broadcast or ip broadcast",
		"byte 0 = 1", "byte 12 > 7", "byte 0 & 1", "byte 0 | 1", "byte 0 < 3", "byte 0 != 1", "byte x = 1", "byte 0 = x",
		"decnet src 10.15", "decnet dst 10.15", "decnet host 10.15", "decnet host 10.0.0.1", "decnet 10.15", "decnet src host 10.15", "decnet src and dst 1.1", "decnet host 64.1", "decnet host 1.1024",
		"ether src host 02:00:00:00:00:01", "ether dst ff:ff:ff:ff:ff:ff", "ether 02:00:00:00:00:01", "ether src or dst host 02:00:00:00:00:01", "ether src and dst host 02:00:00:00:00:01", "link src 02:00:00:00:00:01", "ether host 02:00:00:00:00", "ether host 02:00:00:00:00:01:03", "ether host 0x1",
		"ip host 2001:db8::1", "ip6 host 10.0.0.1", "ip6 net 10", "ip net 2001:db8::/32", "ip6 src net 2001:db8::/32", "ip6 dst 2001:db8::1", "host ::", "host ::1", "net ::1/128", "ip6 host 2001:DB8::1", "host 2001:db8::1/64", "host fe80::1%lo", "ip6 proto 6", `ip6 proto \tcp`, "ip6 protochain 6", "ip6 and tcp", "ip6 and tcp port 80", "ip6 and icmp6", "icmp and ip6",
		"$5", "host $5", "tcp # udp", "tcp; udp", "tcp\tor\nudp", "tcp ' udp", "port 80,443", "port 80, 443", "port=80", "tcp:80", "host 10.0.0.1:80",
	}
)

// manualExprs walks through pcap-filter(7): each protocol, direction and type with
// each sort of id, and all primitives and forms of arithmetic.
func manualExprs() []string {
	var list []string
	add := func(words ...string) {
		list = append(list, strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " "))
	}
	types := make([]string, 0, len(manualIDs))
	for typ := range manualIDs {
		types = append(types, typ)
	}
	slices.Sort(types)
	for _, proto := range manualProtos {
		add(proto)
		for _, prim := range manualPrims {
			if strings.HasPrefix(prim, "[") {
				list = append(list, proto+prim)
				continue
			}
			add(proto, prim)
		}
		for _, dir := range manualDirs {
			for _, typ := range types {
				for _, id := range manualIDs[typ] {
					// A name in these places would have libpcap ask the name server.
					if isResolved(typ, id) {
						continue
					}
					add(proto, dir, typ, id)
				}
			}
		}
	}
	return append(list, manualOthers...)
}

func isResolved(typ, id string) bool {
	return (typ == "" || typ == "host") && (id == "http" || id == `\tcp`)
}

// terms of the manual, two or three of them, with what goes between.
func (g exprGen) manual(list []string) string {
	e := g.maybe(1, 5, "not ") + list[g.IntN(len(list))]
	for range g.IntN(3) {
		e += g.pick(" and ", " or ", " && ", " || ", " and not ", " or not ") + g.pick(list[g.IntN(len(list))], manualOthers[g.IntN(len(manualOthers))], g.term())
	}
	return e
}

// What docs/sniffing.md says is other than in libpcap, and what is refused.
var (
	onPurpose = regexp.MustCompile(`decnet.*(\d+\.\d+\.\d|\d{4,}|256|64\.1|0x|net)|\bnet \(?loopback|portrange \d+-\d+[-a-z]|gateway|byte\s+\S+\s*[&|]|protochain|-data-`)
	// libpcap 1.10.3 knows LLC behind Linux cooked headers of version 1 only.
	cookedLLC = regexp.MustCompile(`proto|stp|ipx|iso|netbeui|clnp|es-?is|is-?is|\bl1\b|\bl2\b|iih|lsp|snp|atalk|aarp`)
)

func otherOnPurpose(link int, e string) bool {
	return onPurpose.MatchString(e) || link == LinkSLL2 && cookedLLC.MatchString(e)
}
