package layers

// ipTables are IP and IPv6, their extension headers, and the messages that quote them: they
// refer to each other's tables.
func ipTables() family {
	return family{
		tables: []*Proto{
			IP, IPv6, IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting, IPv6ExtHdrFragment, Pad1,
			PadN, HBHOptUnknown, RouterAlert, RplOption, Jumbo, HAO, SRHTLV, SRHPad1, SRHPadN, SRHIngressNode, SRHEgressNode,
			SRHHMAC, IPerror, TCPerror, UDPerror, ICMPerror, IPerror6, ICMP, ICMPExtensionHeader, ICMPExtensionObject, ICMPExtensionMPLS,
			ICMPExtensionInterfaceInformation, ICMPExtensionInterfaceIdentification, ICMPv6DestUnreach, ICMPv6PacketTooBig,
			ICMPv6TimeExceeded, ICMPv6ParamProblem, ICMPv6EchoRequest, ICMPv6EchoReply, ICMPv6Unknown, ICMPv6MRD_Advertisement,
			ICMPv6MRD_Solicitation, ICMPv6MRD_Termination, ICMPv6HAADRequest, ICMPv6HAADReply, ICMPv6MPSol, ICMPv6MPAdv, ICMPv6RPL,
			ICMPv6MLQuery, ICMPv6MLReport, ICMPv6MLDone, ICMPv6MLQuery2, ICMPv6MLReport2, ICMPv6MLDMultAddrRec, ICMPv6ND_RS,
			ICMPv6ND_RA, ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6ND_Redirect, ICMPv6ND_INDSol, ICMPv6ND_INDAdv, ICMPv6NDOptSrcLLAddr,
			ICMPv6NDOptDstLLAddr, ICMPv6NDOptPrefixInfo, ICMPv6NDOptRedirectedHdr, ICMPv6NDOptMTU, ICMPv6NDOptShortcutLimit,
			ICMPv6NDOptAdvInterval, ICMPv6NDOptHAInfo, ICMPv6NDOptSrcAddrList, ICMPv6NDOptTgtAddrList, ICMPv6NDOptIPAddr,
			ICMPv6NDOptNewRtrPrefix, ICMPv6NDOptLLA, ICMPv6NDOptMAP, ICMPv6NDOptRouteInfo, ICMPv6NDOptRDNSS, ICMPv6NDOptEFA,
			ICMPv6NDOptDNSSL, ICMPv6NDOptUnknown, ICMPv6NIQueryNOOP, ICMPv6NIQueryName, ICMPv6NIQueryIPv6, ICMPv6NIQueryIPv4,
			ICMPv6NIReplyNOOP, ICMPv6NIReplyName, ICMPv6NIReplyIPv6, ICMPv6NIReplyIPv4, ICMPv6NIReplyRefuse, ICMPv6NIReplyUnknown,
		},
		other: icmpExtNames(),
		link: func() {
			linkIP()
			linkIPv6()
			linkICMP()
			linkICMPExtensions()
			linkICMPv6()
			linkND()
		},
		bind: func() {
			bindIP()
			bindIPv6()
		},
	}
}

func bindIP() {
	mustBindType(IP, 0x800)
	mustBind(SNAP, IP, "code", 0x800)
	mustBind(IP, IP, "frag", 0, "proto", 4)
	mustBind(IP, ICMP, "frag", 0, "proto", 1)
	mustBind(IP, IPv6, "proto", 41)
	for _, lower := range typed() {
		mustBindDown(lower, IPerror, "type", 0x800)
	}
	mustBindDown(CookedLinux, IPerror, "proto", 0x800)
	mustBindDown(SNAP, IPerror, "code", 0x800)
	mustBindDown(GRE, IPerror, "proto", 0x800)
	mustBind(IPerror, IPerror, "frag", 0, "proto", 4)
	mustBind(IPerror, ICMPerror, "frag", 0, "proto", 1)
	mustBind(IPerror, TCPerror, "frag", 0, "proto", 6)
	mustBind(IPerror, UDPerror, "frag", 0, "proto", 17)
}

func bindIPv6() {
	mustBindType(IPv6, 0x86dd)
	mustBind(SNAP, IPv6, "code", 0x86dd)
	carriers := carriers6()
	for _, lower := range carriers {
		mustBind(lower, IPv6ExtHdrHopByHop, "nh", 0)
		mustBind(lower, IPv6ExtHdrRouting, "nh", 43)
		mustBindDown(lower, IPv6ExtHdrSegmentRouting, "nh", 43)
		mustBind(lower, IPv6ExtHdrFragment, "nh", 44)
		mustBind(lower, IPv6ExtHdrDestOpt, "nh", 60)
		if lower != IPv6 {
			mustBindDown(lower, TCPerror, "nh", 6)
			mustBindDown(lower, UDPerror, "nh", 17)
		}
		mustBind(lower, IP, "nh", 4)
		mustBind(lower, IPv6, "nh", 41)
	}
	mustBindUp(IPerror6, TCPerror, "nh", 6)
	mustBindUp(IPerror6, UDPerror, "nh", 17)
	for _, upper := range icmp6All {
		for _, lower := range carriers[1:] {
			mustBindDown(lower, upper, "nh", 58)
		}
		switch upper {
		case ICMPv6ND_RS:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::2", "hlim", 255)
		case ICMPv6ND_RA, ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6ND_Redirect, ICMPv6ND_INDSol, ICMPv6ND_INDAdv:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::1", "hlim", 255)
		case ICMPv6MLQuery, ICMPv6MLQuery2:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::1", "hlim", 1)
		case ICMPv6MRD_Termination:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::6a", "hlim", 1)
		case ICMPv6MLReport:
			mustBindDown(IPv6, upper, "nh", 58, "hlim", 1)
		case ICMPv6MLReport2:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::16", "hlim", 1)
		case ICMPv6RPL:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::1a")
		case ICMPv6MLDone, ICMPv6MRD_Advertisement, ICMPv6MRD_Solicitation:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::2", "hlim", 1)
		default:
			mustBindDown(IPv6, upper, "nh", 58)
		}
	}
}

// carriers6 are the headers that name what follows in nh: every extension
// header does as IPv6 itself.
func carriers6() []*Proto {
	return []*Proto{IPv6, IPerror6, IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting,
		IPv6ExtHdrSegmentRouting, IPv6ExtHdrFragment}
}

// mustBindProtocol binds upper, an IP protocol number, to IPv4 and IPv6.
func mustBindProtocol(upper *Proto, number int) {
	mustBind(IP, upper, "proto", number)
	mustBindNext(upper, number)
}

// mustBindNext binds upper, an IP protocol number, to IPv6 and its extension headers.
func mustBindNext(upper *Proto, number int) {
	for _, lower := range carriers6() {
		mustBind(lower, upper, "nh", number)
	}
}
