package layers

// bindTables binds the protocols to each other. What is bound later is asked
// later when dissecting and wins when building.
func bindTables() {
	bindLinks()
	bindIP()
	bindIPv6()
	bindTunnels()
	bindLinkTypes()
	bindTransports()
	bindPPP()
	bindPorts()
	bindOSPF()
	bindBGP()
	bindSlow()
	bindNetflow()
	mustBindDown(TCP, HTTP, "sport", 80, "dport", 80)
	mustBindDown(TCP, TLS, "sport", 443, "dport", 443)
	bindCDP()
	bindCTP()
	bindDot11()
	bindENIP()
	bindEtherIP()
	bindFDDI()
	bindGTP()
	bindISAKMP()
	bindLCM()
	bindLLMNR()
	bindMACsec()
	bindMobileIP()
	bindModbus()
	bindNetBIOS()
	bindNortel()
	bindPFLog()
	bindRMCP()
	bindRUDP()
	bindSFlow()
	bindSNMP()
}

// bindTransports binds the smaller protocols on top of IP.
func bindTransports() {
	mustBindUp(IP, IGMP, "frag", 0, "proto", 2)
	mustBindDown(IP, IGMP, "frag", 0, "proto", 2, "ttl", 1)
	mustBindDown(IP, IGMPv3, "frag", 0, "proto", 2, "ttl", 1, "tos", 0xc0, "dst", "224.0.0.22")
	mustBind(IGMPv3, IGMPv3mq, "type", 0x11)
	mustBind(IGMPv3, IGMPv3mr, "type", 0x22)
	mustBindDown(IGMPv3, IGMPv3mr, "type", 0x22, "mrcode", 0) // it is reserved in a report (RFC 3376 §4.2.1)
	for _, b := range []struct {
		upper *Proto
		num   int
	}{{ESP, 50}, {AH, 51}, {VRRP, 112}, {SCTP, 132}, {UDPLite, 136}} {
		mustBind(IP, b.upper, "proto", b.num)
		for _, lower := range carriers6() {
			mustBind(lower, b.upper, "nh", b.num)
		}
	}
	mustBindDown(IP, VRRPv3, "proto", 112)
	for _, lower := range carriers6() {
		mustBindDown(lower, VRRPv3, "nh", 112)
	}
	for _, b := range []struct {
		upper *Proto
		num   int
	}{{IP, 4}, {TCP, 6}, {UDP, 17}, {ICMP, 1}, {IPv6, 41}, {ESP, 50}, {SCTP, 132}} {
		mustBind(AH, b.upper, "nh", b.num)
	}
}

func bindLinkTypes() {
	for _, lower := range []*Proto{CookedLinux, CookedLinuxV2} {
		for _, b := range []struct {
			upper *Proto
			num   int
		}{{IP, 0x800}, {IPv6, 0x86dd}, {ARP, 0x806}, {Dot1Q, 0x8100}, {Dot1AD, 0x88a8}, {LLC, 122}, {Ether, 1}} {
			mustBind(lower, b.upper, "proto", b.num)
		}
	}
	mustBindDown(Loopback, IP, "type", 2)
	mustBindDown(Loopback, IPv6, "type", 10)
}

func bindPPP() {
	for _, lower := range []*Proto{Ether, Dot1Q, Dot1AD} {
		mustBind(lower, PPPoED, "type", 0x8863)
		mustBind(lower, PPPoE, "type", 0x8864)
	}
	mustBindUp(PPPoED, PPPoED_Tags)
	mustBindDown(PPPoED, PPPoED_Tags, "type", 1)
	mustBind(PPPoE, PPP, "code", 0)
	mustBind(HDLC, PPP)
	mustBind(PPP, IP, "proto", 0x21)
	mustBind(PPP, IPv6, "proto", 0x57)
	mustBind(PPP, MPLS, "proto", 0x281)
	mustBind(PPP, PPP_IPCP, "proto", 0x8021)
	mustBind(PPP, PPP_LCP, "proto", 0xc021)
	for _, upper := range []*Proto{PPP_LCP_Configure, PPP_LCP_Terminate, PPP_LCP_Code_Reject,
		PPP_LCP_Protocol_Reject, PPP_LCP_Echo, PPP_LCP_Discard_Request} {
		mustBindDown(PPP, upper, "proto", 0xc021)
	}
	mustBind(PPP, PPP_PAP, "proto", 0xc023)
	mustBindDown(PPP, PPP_PAP_Request, "proto", 0xc023)
	mustBindDown(PPP, PPP_PAP_Response, "proto", 0xc023)
	mustBind(PPP, PPP_CHAP, "proto", 0xc223)
	mustBindDown(PPP, PPP_CHAP_ChallengeResponse, "proto", 0xc223)
	mustBind(GRE, PPP, "proto", 0x880b)
	mustBind(GRE_PPTP, PPP, "proto", 0x880b)
	mustBindUp(TCP, PPTP, "sport", 1723)
	mustBind(TCP, PPTP, "dport", 1723)
}

func bindTunnels() {
	for _, p := range []*Proto{IP, IPv6} {
		if p == IP {
			mustBind(p, GRE, "frag", 0, "proto", 47)
			mustBind(p, MPLS, "proto", 137)
		} else {
			for _, lower := range carriers6() {
				mustBind(lower, GRE, "nh", 47)
				mustBind(lower, MPLS, "nh", 137)
			}
		}
	}
	for _, b := range []struct {
		upper *Proto
		num   int
	}{{LLC, 122}, {Dot1Q, 0x8100}, {Dot1AD, 0x88a8}, {Ether, 0x6558}, {ARP, 0x806}, {IP, 0x800}, {IPv6, 0x86dd}, {MPLS, 0x8847}} {
		mustBind(GRE, b.upper, "proto", b.num)
	}
	mustBind(UDP, GRE, "dport", 4754) // RFC 8086
	mustBindDown(UDP, GRE_PPTP)       // whose call names its tunnel, not a port
	mustBind(GRE, GRErouting, "routing_present", 1)
	mustBind(GRErouting, Raw, "address_family", 0, "SRE_len", 0)
	mustBind(GRErouting, GRErouting)
	mustBind(VXLAN, IP, "flags", 12, "NextProtocol", 1)
	mustBind(VXLAN, IPv6, "flags", 12, "NextProtocol", 2)
	mustBind(VXLAN, Ether, "flags", 12, "NextProtocol", 3)
	for _, p := range []*Proto{Ether, Dot1Q, Dot1AD, SNAP} {
		if p == SNAP {
			mustBind(p, MPLS, "code", 0x8847)
		} else {
			mustBind(p, MPLS, "type", 0x8847)
		}
	}
	mustBind(UDP, MPLS, "dport", 6635)
	mustBind(MPLS, MPLS, "s", 0)
	mustBindDown(MPLS, IP, "label", 0)
	mustBindDown(MPLS, IPv6, "label", 2)
	mustBindDown(EoMCW, Ether, "zero", 0, "reserved", 0)
}

// bindPorts binds what is told by a port at either end.
func bindPorts() {
	both := func(lower, upper *Proto, ports ...int) {
		for _, port := range ports {
			mustBindUp(lower, upper, "dport", port)
			mustBindUp(lower, upper, "sport", port)
		}
	}
	both(UDP, DNS, 53, 5353)
	both(TCP, DNS, 53)
	mustBindDown(UDP, DNS, "sport", 53)
	mustBindDown(TCP, DNS, "sport", 53)
	mustBindUp(UDP, BOOTP, "sport", 68, "dport", 67)
	mustBindUp(UDP, BOOTP, "sport", 67, "dport", 68)
	mustBindUp(UDP, BOOTP, "sport", 67, "dport", 67)
	mustBindDown(UDP, BOOTP, "sport", 67, "dport", 68)
	both(UDP, VXLAN, 4789, 4790, 6633, 8472)
	mustBindUp(UDP, VXLAN, "dport", 48879)
	both(UDP, GENEVE, 6081)
	mustBindDown(UDP, GENEVE, "dport", 6081)
	mustBind(GENEVE, IP, "proto", 0x800)
	mustBind(GENEVE, IPv6, "proto", 0x86dd)
	mustBind(GENEVE, Ether, "proto", 0x6558)
	mustBindUp(UDP, DHCP6, "dport", 547)
	mustBindUp(UDP, DHCP6, "dport", 546)
	mustBindDown(UDP, DHCP6, "sport", 546, "dport", 547)
	for _, p := range dhcp6Messages[1:] {
		switch p {
		case DHCP6_Advertise, DHCP6_Reply, DHCP6_Reconf:
			mustBindDown(UDP, p, "sport", 547, "dport", 546)
		case DHCP6_RelayForward, DHCP6_RelayReply:
			mustBindDown(UDP, p, "sport", 547, "dport", 547)
		default:
			mustBindDown(UDP, p, "sport", 546, "dport", 547)
		}
	}
	both(UDP, L2TP, 1701)
	mustBindDown(UDP, L2TP, "sport", 1701, "dport", 1701)
	both(UDP, Radius, 1812, 1813, 3799)
	mustBindDown(UDP, Radius, "sport", 1812, "dport", 1812)
	mustBindDown(L2TP, PPP)
	both(UDP, ntpAny, 123)
	mustBindDown(UDP, NTPHeader, "sport", 123, "dport", 123)
	both(UDP, HSRP, 1985, 2029)
	mustBindDown(UDP, HSRP, "sport", 2029, "dport", 2029)
	both(UDP, RIP, 520)
	mustBindDown(UDP, RIP, "sport", 520, "dport", 520)
	mustBindDown(UDP, RIPEntry, "sport", 520, "dport", 520)
	mustBindDown(RIP, RIPEntry)
	mustBindUp(UDP, TFTP, "dport", 69)
	mustBindDown(UDP, TFTP, "dport", 69)
	for op, upper := range []*Proto{1: TFTP_RRQ, TFTP_WRQ, TFTP_DATA, TFTP_ACK, TFTP_ERROR, TFTP_OACK} {
		if upper != nil {
			mustBind(TFTP, upper, "op", op)
		}
	}
	for _, lower := range []*Proto{TFTP_RRQ, TFTP_WRQ, TFTP_OACK} {
		mustBind(lower, TFTP_Options)
	}
	both(UDP, BFD, 3784, 3785, 4784, 6784, 7784)
	mustBindDown(UDP, BFD, "dport", 3784)
	both(UDP, ESP, 4500)
	mustBindDown(UDP, ESP, "sport", 4500)
	mustBind(GRE, ERSPAN_I, "proto", 0x88be, "seqnum_present", 0)
	mustBind(GRE, ERSPAN_II, "proto", 0x88be, "seqnum_present", 1)
	mustBindDown(GRE, ERSPAN_III, "proto", 0x22eb, "seqnum_present", 1)
	mustBindUp(GRE, ERSPAN_III, "proto", 0x22eb)
	mustBindDown(ERSPAN_III, ERSPAN_PlatformSpecific, "o", 1)
	mustBindDown(ERSPAN_III, Ether, "o", 0)
	mustBindUp(GRE, Ether, "proto", 0x88be, "seqnum_present", 0)
	mustBindDown(UDP, VXLAN, "sport", 4789, "dport", 4789)
}

func bindLinks() {
	ethertypes := []struct {
		upper *Proto
		num   int
	}{
		{IP, 0x800}, {IPv6, 0x86dd}, {ARP, 0x806}, {Dot1Q, 0x8100}, {Dot1AD, 0x88a8},
	}
	for _, b := range ethertypes {
		for _, lower := range []*Proto{Ether, Dot1Q, Dot1AD} {
			mustBind(lower, b.upper, "type", b.num)
		}
		if b.upper == Dot1AD {
			mustBindUp(SNAP, b.upper, "code", b.num)
		} else {
			mustBind(SNAP, b.upper, "code", b.num)
		}
	}
	for _, lower := range []*Proto{Ether, Dot1Q, Dot1AD} {
		mustBind(lower, Ether, "type", 1)
	}
	mustBind(Ether, LLC, "type", 0x8870)
	mustBind(Dot1Q, LLC, "type", 0x8870)
	mustBind(Dot3, LLC)
	for _, lower := range []*Proto{Ether, Dot1Q, Dot1AD} {
		mustBind(lower, EAPOL, "type", 0x888e)
	}
	for _, lower := range []*Proto{Ether, Dot1Q, Dot1AD} {
		mustBind(lower, LLDPDU, "type", 0x88cc)
		for _, upper := range existing(lldpProtos[:]) {
			mustBindDown(lower, upper, "type", 0x88cc)
		}
	}
	mustBind(EAPOL, EAP, "type", 0)
	mustBind(LLC, STP, "dsap", 66, "ssap", 66, "ctrl", 3)
	mustBind(LLC, SNAP, "dsap", 170, "ssap", 170, "ctrl", 3)
	mustBind(SNAP, STP, "code", 267)
	mustBind(SNAP, Ether, "code", 1) // IEEE 802.1H bridged frames, without their OUI
	for _, lower := range []*Proto{Ether, Dot1Q, Dot1AD} {
		mustBind(lower, Dot1AH, "type", 0x88e7)
	}
	mustBind(Dot1AH, Ether)
}

func bindIP() {
	mustBind(IP, IP, "frag", 0, "proto", 4)
	mustBind(IP, ICMP, "frag", 0, "proto", 1)
	mustBind(IP, TCP, "frag", 0, "proto", 6)
	mustBind(IP, UDP, "frag", 0, "proto", 17)
	mustBind(IP, IPv6, "proto", 41)
	mustBind(IPerror, IPerror, "frag", 0, "proto", 4)
	mustBind(IPerror, ICMPerror, "frag", 0, "proto", 1)
	mustBind(IPerror, TCPerror, "frag", 0, "proto", 6)
	mustBind(IPerror, UDPerror, "frag", 0, "proto", 17)
}

// carriers6 are the headers that name what follows in nh: every extension
// header does as IPv6 itself.
func carriers6() []*Proto {
	return []*Proto{IPv6, IPerror6, IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting,
		IPv6ExtHdrSegmentRouting, IPv6ExtHdrFragment}
}

func bindIPv6() {
	carriers := carriers6()
	for _, lower := range carriers {
		mustBind(lower, IPv6ExtHdrHopByHop, "nh", 0)
		mustBind(lower, IPv6ExtHdrRouting, "nh", 43)
		mustBindDown(lower, IPv6ExtHdrSegmentRouting, "nh", 43)
		mustBind(lower, IPv6ExtHdrFragment, "nh", 44)
		mustBind(lower, IPv6ExtHdrDestOpt, "nh", 60)
		if lower == IPerror6 {
			mustBind(lower, TCPerror, "nh", 6)
			mustBind(lower, UDPerror, "nh", 17)
		}
		mustBind(lower, IP, "nh", 4)
		mustBind(lower, TCP, "nh", 6)
		mustBind(lower, UDP, "nh", 17)
		mustBind(lower, IPv6, "nh", 41)
	}
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
		case ICMPv6MLDone, ICMPv6MRD_Advertisement, ICMPv6MRD_Solicitation:
			mustBindDown(IPv6, upper, "nh", 58, "dst", "ff02::2", "hlim", 1)
		default:
			mustBindDown(IPv6, upper, "nh", 58)
		}
	}
}
