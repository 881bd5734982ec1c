package layers

// ICMPTypes names ICMP message types (RFC 792 and the IANA registry "ICMP Type Numbers").
var ICMPTypes = &Enum{List: Named{
	{0, "echo-reply"},
	{3, "dest-unreach"},
	{4, "source-quench"},
	{5, "redirect"},
	{8, "echo-request"},
	{9, "router-advertisement"},
	{10, "router-solicitation"},
	{11, "time-exceeded"},
	{12, "parameter-problem"},
	{13, "timestamp-request"},
	{14, "timestamp-reply"},
	{15, "information-request"},
	{16, "information-response"},
	{17, "address-mask-request"},
	{18, "address-mask-reply"},
	{30, "traceroute"},
	{31, "datagram-conversion-error"},
	{32, "mobile-host-redirect"},
	{33, "ipv6-where-are-you"},
	{34, "ipv6-i-am-here"},
	{35, "mobile-registration-request"},
	{36, "mobile-registration-reply"},
	{37, "domain-name-request"},
	{38, "domain-name-reply"},
	{39, "skip"},
	{40, "photuris"},
}}

// icmpCodeNames are the names of codes by message type.
var icmpCodeNames = map[uint64]*Enum{
	3: &Enum{List: Named{
		{0, "network-unreachable"},
		{1, "host-unreachable"},
		{2, "protocol-unreachable"},
		{3, "port-unreachable"},
		{4, "fragmentation-needed"},
		{5, "source-route-failed"},
		{6, "network-unknown"},
		{7, "host-unknown"},
		{9, "network-prohibited"},
		{10, "host-prohibited"},
		{11, "TOS-network-unreachable"},
		{12, "TOS-host-unreachable"},
		{13, "communication-prohibited"},
		{14, "host-precedence-violation"},
		{15, "precedence-cutoff"},
	}},
	5: &Enum{List: Named{
		{0, "network-redirect"},
		{1, "host-redirect"},
		{2, "TOS-network-redirect"},
		{3, "TOS-host-redirect"},
	}},
	11: &Enum{List: Named{
		{0, "ttl-zero-during-transit"},
		{1, "ttl-zero-during-reassembly"},
	}},
	12: &Enum{List: Named{
		{0, "ip-header-bad"},
		{1, "required-option-missing"},
	}},
	40: &Enum{List: Named{
		{0, "bad-spi"},
		{1, "authentication-failed"},
		{2, "decompression-failed"},
		{3, "decryption-failed"},
		{4, "need-authentification"},
		{5, "need-authorization"},
	}},
}

// ICMPCodes names the codes of a type of ICMP, nil if they have none.
func ICMPCodes(typ uint64) *Enum { return icmpCodeNames[typ] }

func icmpCodes(l *Layer) *Enum { return icmpCodeNames[l.Uint(icmpType)] }

// ICMPv6Types names ICMPv6 message types (the IANA registry "ICMPv6 type numbers").
var ICMPv6Types = &Enum{List: Named{
	{1, "Destination unreachable"},
	{2, "Packet too big"},
	{3, "Time exceeded"},
	{4, "Parameter problem"},
	{100, "Private Experimentation"},
	{101, "Private Experimentation"},
	{128, "Echo Request"},
	{129, "Echo Reply"},
	{130, "MLD Query"},
	{131, "MLD Report"},
	{132, "MLD Done"},
	{133, "Router Solicitation"},
	{134, "Router Advertisement"},
	{135, "Neighbor Solicitation"},
	{136, "Neighbor Advertisement"},
	{137, "Redirect Message"},
	{138, "Router Renumbering"},
	{139, "ICMP Node Information Query"},
	{140, "ICMP Node Information Response"},
	{141, "Inverse Neighbor Discovery Solicitation Message"},
	{142, "Inverse Neighbor Discovery Advertisement Message"},
	{143, "MLD Report Version 2"},
	{144, "Home Agent Address Discovery Request Message"},
	{145, "Home Agent Address Discovery Reply Message"},
	{146, "Mobile Prefix Solicitation"},
	{147, "Mobile Prefix Advertisement"},
	{148, "Certification Path Solicitation"},
	{149, "Certification Path Advertisement"},
	{151, "Multicast Router Advertisement"},
	{152, "Multicast Router Solicitation"},
	{153, "Multicast Router Termination"},
	{155, "RPL Control Message"},
	{200, "Private Experimentation"},
	{201, "Private Experimentation"},
}}

// HardwareTypes names link types in ARP (the IANA registry "ARP Parameters").
var HardwareTypes = &Enum{List: Named{
	{1, "Ethernet (10Mb)"},
	{2, "Ethernet (3Mb)"},
	{3, "AX.25"},
	{4, "Proteon ProNET Token Ring"},
	{5, "Chaos"},
	{6, "IEEE 802 Networks"},
	{7, "ARCNET"},
	{8, "Hyperchannel"},
	{9, "Lanstar"},
	{10, "Autonet Short Address"},
	{11, "LocalTalk"},
	{12, "LocalNet"},
	{13, "Ultra link"},
	{14, "SMDS"},
	{15, "Frame relay"},
	{16, "ATM"},
	{17, "HDLC"},
	{18, "Fibre Channel"},
	{19, "ATM"},
	{20, "Serial Line"},
	{21, "ATM"},
}}

// ARPOps names ARP operations (RFC 826, RFC 903, RFC 2390).
var ARPOps = &Enum{List: Named{
	{1, "who-has"},
	{2, "is-at"},
	{3, "RARP-req"},
	{4, "RARP-rep"},
	{5, "Dyn-RARP-req"},
	{6, "Dyn-RAR-rep"},
	{7, "Dyn-RARP-err"},
	{8, "InARP-req"},
	{9, "InARP-rep"},
}}
