package filter

// wordClass says where in an expression a keyword may stand.
type wordClass uint8

const (
	wProto    wordClass = iota + 1 // names a protocol: a primitive of its own, a qualifier, or what is indexed
	wDir                           // src, dst
	wType                          // host, net, port, portrange, gateway, proto, protochain
	wPrim                          // a primitive of its own
	wOperator                      // and, or, not, len, mask
	wOther                         // known to pcap-filter(7), but only for link types that are not supported here
)

// keywords are the reserved words of pcap-filter(7). A host, port or protocol of the
// same name needs a backslash in front.
var keywords = map[string]wordClass{
	"link": wProto, "ether": wProto, "ppp": wProto, "slip": wProto, "fddi": wProto, "tr": wProto, "wlan": wProto,
	"arp": wProto, "rarp": wProto, "ip": wProto, "ip6": wProto, "tcp": wProto, "udp": wProto, "sctp": wProto,
	"icmp": wProto, "icmp6": wProto, "igmp": wProto, "igrp": wProto, "pim": wProto, "vrrp": wProto, "carp": wProto,
	"ah": wProto, "esp": wProto, "radio": wProto,
	"atalk": wProto, "aarp": wProto, "decnet": wProto, "lat": wProto, "sca": wProto, "moprc": wProto, "mopdl": wProto,
	"stp": wProto, "ipx": wProto, "netbeui": wProto,
	"iso": wProto, "clnp": wProto, "esis": wProto, "es-is": wProto, "isis": wProto, "is-is": wProto,
	"l1": wProto, "l2": wProto, "iih": wProto, "lsp": wProto, "snp": wProto, "csnp": wProto, "psnp": wProto,

	"src": wDir, "dst": wDir,
	"host": wType, "net": wType, "port": wType, "portrange": wType, "gateway": wType, "proto": wType, "protochain": wType,

	"broadcast": wPrim, "multicast": wPrim, "less": wPrim, "greater": wPrim, "byte": wPrim,
	"inbound": wPrim, "outbound": wPrim, "ifindex": wPrim, "llc": wPrim,
	"vlan": wPrim, "mpls": wPrim, "pppoed": wPrim, "pppoes": wPrim, "geneve": wPrim,

	"and": wOperator, "or": wOperator, "not": wOperator, "len": wOperator, "length": wOperator, "mask": wOperator,

	"addr1": wOther, "addr2": wOther, "addr3": wOther, "addr4": wOther,
	"address1": wOther, "address2": wOther, "address3": wOther, "address4": wOther, "ra": wOther, "ta": wOther,
	"type": wOther, "subtype": wOther, "dir": wOther, "direction": wOther,
	"on": wOther, "ifname": wOther, "rset": wOther, "ruleset": wOther, "rnr": wOther, "rulenum": wOther,
	"srnr": wOther, "subrulenum": wOther, "reason": wOther, "action": wOther,
	"lane": wOther, "metac": wOther, "bcc": wOther, "oam": wOther, "oamf4": wOther, "oamf4ec": wOther, "oamf4sc": wOther,
	"oamf4s": wOther, "oamf4e": wOther, "sc": wOther, "ilmic": wOther, "vpi": wOther, "vci": wOther,
	"connectmsg": wOther, "metaconnect": wOther,
	"fisu": wOther, "lssu": wOther, "lsu": wOther, "msu": wOther, "hfisu": wOther, "hlssu": wOther, "hmsu": wOther,
	"sio": wOther, "opc": wOther, "dpc": wOther, "sls": wOther, "hsio": wOther, "hopc": wOther, "hdpc": wOther, "hsls": wOther,
}

// otherFamilies says what the words of class wOther belong to.
func otherFamily(word string) string {
	switch word {
	case "on", "ifname", "rset", "ruleset", "rnr", "rulenum", "srnr", "subrulenum", "reason", "action":
		return "the BSD packet filter's log"
	case "lane", "metac", "bcc", "oam", "oamf4", "oamf4ec", "oamf4sc", "oamf4s", "oamf4e", "sc", "ilmic", "vpi", "vci", "connectmsg", "metaconnect":
		return "ATM links"
	case "fisu", "lssu", "lsu", "msu", "hfisu", "hlssu", "hmsu", "sio", "opc", "dpc", "sls", "hsio", "hopc", "hdpc", "hsls":
		return "SS7 links"
	}
	return "802.11 links"
}

var wordAliases = map[string]string{
	"ether": "link", "ppp": "link", "slip": "link", "fddi": "link", "tr": "link", "wlan": "link",
	"es-is": "esis", "is-is": "isis", "length": "len",
}

// numberNames are the names of header offsets and values in pcap-filter(7), with the
// numbers of RFC 9293 §3.1 (TCP flags) and IANA's ICMP and ICMPv6 type registries.
var numberNames = map[string]uint32{
	"icmptype": 0, "icmpcode": 1, "icmp6type": 0, "icmp6code": 1, "tcpflags": 13,

	"tcp-fin": 0x01, "tcp-syn": 0x02, "tcp-rst": 0x04, "tcp-push": 0x08,
	"tcp-ack": 0x10, "tcp-urg": 0x20, "tcp-ece": 0x40, "tcp-cwr": 0x80,

	"icmp-echoreply": 0, "icmp-unreach": 3, "icmp-sourcequench": 4, "icmp-redirect": 5, "icmp-echo": 8,
	"icmp-routeradvert": 9, "icmp-routersolicit": 10, "icmp-timxceed": 11, "icmp-paramprob": 12,
	"icmp-tstamp": 13, "icmp-tstampreply": 14, "icmp-ireq": 15, "icmp-ireqreply": 16,
	"icmp-maskreq": 17, "icmp-maskreply": 18,

	"icmp6-destinationunreach": 1, "icmp6-packettoobig": 2, "icmp6-timeexceeded": 3, "icmp6-parameterproblem": 4,
	"icmp6-echo": 128, "icmp6-echoreply": 129,
	"icmp6-multicastlistenerquery": 130, "icmp6-multicastlistenerreportv1": 131, "icmp6-multicastlistenerdone": 132,
	"icmp6-routersolicit": 133, "icmp6-routeradvert": 134, "icmp6-neighborsolicit": 135, "icmp6-neighboradvert": 136,
	"icmp6-redirect": 137, "icmp6-routerrenum": 138,
	"icmp6-nodeinformationquery": 139, "icmp6-nodeinformationresponse": 140,
	"icmp6-ineighbordiscoverysolicit": 141, "icmp6-ineighbordiscoveryadvert": 142,
	"icmp6-multicastlistenerreportv2": 143,
	"icmp6-homeagentdiscoveryrequest": 144,
	"icmp6-homeagentdiscoveryreply":   145,
	"icmp6-mobileprefixsolicit":       146,
	"icmp6-mobileprefixadvert":        147,
	"icmp6-certpathsolicit":           148,
	"icmp6-certpathadvert":            149,
	"icmp6-multicastrouteradvert":     151,
	"icmp6-multicastroutersolicit":    152,
	"icmp6-multicastrouterterm":       153,
}
