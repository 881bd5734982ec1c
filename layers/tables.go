package layers

import (
	"slices"
	"sync"
)

// The tables refer to functions that look tables up, so these come to the registry
// when the program begins to run. They cost nothing until they are called.
func init() {
	registry.families = sync.OnceValue(catalogue)
	bindings.bindTables = bindTables
	groupRules = sync.OnceValue(makeGroupRules)
}

// catalogue lists the tables.
func catalogue() []family {
	return []family{
		{link: func() { linkBGP(); linkBGPCaps(); linkBGPAttrs() }, tables: []*Proto{
			BGPHeader, BGPKeepAlive, BGPOpen, BGPUpdate, BGPNotification, BGPRouteRefresh, BGPNLRI_IPv4, BGPNLRI_IPv6, BGPOptParam,
			BGPCapGeneric, BGPCapMultiprotocol, BGPCapFourBytesASN, BGPPathAttr, ASPathSegment, AS4PathSegment, BGPPAOrigin,
			BGPPAASPath, BGPPAAS4BytesPath, BGPPANextHop, BGPPAMultiExitDisc, BGPPALocalPref, BGPPAAtomicAggregate, BGPPAAggregator,
			BGPPACommunity, BGPPAOriginatorID, BGPPAClusterList, BGPPAMPReachNLRI, BGPPAMPUnreachNLRI, BGPPAMPUnreachNLRI_IPv6,
			BGPPAAS4Aggregator,
		}},
		{link: linkCTP, tables: []*Proto{
			EthernetCTP, EthernetCTPForwardData, EthernetCTPReply,
		}},
		{link: linkDHCPOptions, tables: []*Proto{
			BOOTP, DHCP,
		}},
		{link: func() { linkDHCP6(); linkDHCP6Opts() }, tables: append(dhcp6MoreOpts[:len(dhcp6MoreOpts):len(dhcp6MoreOpts)],
			DHCP6, DHCP6_Solicit, DHCP6_Advertise, DHCP6_Request, DHCP6_Confirm, DHCP6_Renew, DHCP6_Rebind, DHCP6_Reply,
			DHCP6_Release, DHCP6_Decline, DHCP6_Reconf, DHCP6_InfoRequest, DHCP6_RelayForward, DHCP6_RelayReply, DHCP6OptUnknown,
			DHCP6OptClientId, DHCP6OptServerId, DHCP6OptIA_NA, DHCP6OptIA_TA, DHCP6OptIAAddress, DHCP6OptOptReq, DHCP6OptPref,
			DHCP6OptElapsedTime, DHCP6OptRelayMsg, DHCP6OptAuth, DHCP6OptServerUnicast, DHCP6OptStatusCode, DHCP6OptRapidCommit,
			DHCP6OptUserClass, DHCP6OptVendorClass, DHCP6OptVendorOpts, DHCP6OptIfaceId, DHCP6OptReconfMsg, DHCP6OptReconfAccept,
			DHCP6OptSIPDomains, DHCP6OptSIPServers, DHCP6OptDNSServers, DHCP6OptDNSDomains, DHCP6OptIA_PD, DHCP6OptIAPrefix,
			DHCP6OptNISServers, DHCP6OptSNTPServers, DHCP6OptRefresh, DHCP6OptBootFileUrl, DUID_LLT, DUID_EN, DUID_LL, DUID_UUID,
			USER_CLASS_DATA, VENDOR_CLASS_DATA, VENDOR_SPECIFIC_OPTION, DHCP6OptGeoConfElement,
		)},
		{link: func() { linkDot11(); linkDot11Elements() }, tables: []*Proto{
			Dot11, Dot11FCS, RSNCipherSuite, AKMSuite, PMKIDListPacket, Dot11Elt, Dot11EltDSSSet, Dot11EltERP, Dot11EltRates,
			Dot11EltVendorSpecific, Dot11EltRSN, Dot11EltMicrosoftWPA, Dot11Beacon, Dot11ProbeResp, Dot11ATIM, Dot11Disas,
			Dot11Deauth, Dot11AssoReq, Dot11AssoResp, Dot11ReassoReq, Dot11ReassoResp, Dot11ProbeReq, Dot11Auth, Dot11Ack, Dot11QoS,
			Dot11Encrypted, Dot11WEP, Dot11TKIP, Dot11CCMP,
		}},
		{link: linkEAP, tables: []*Proto{
			EAPOL, EAP, EAP_MD5, EAP_TLS, LEAP, EAP_TTLS, EAP_PEAP, EAP_FAST,
		}},
		{link: func() { linkGTP(); linkGTPPaths() }, tables: []*Proto{
			GTPHeader, GTP_U_Header, GTP_UDPPort_ExtensionHeader, GTP_PDCP_PDU_ExtensionHeader, GTPPDUSessionContainer, GTPEchoRequest,
			GTPEchoResponse, GTPErrorIndication, GTPSupportedExtensionHeadersNotification, IE_Recovery, IE_TEIDI, IE_TEICP,
			IE_GSNAddress, IE_ExtensionHeaderList, IE_PrivateExtension, IE_NotImplementedTLV,
		}},
		{link: linkGRE, tables: []*Proto{
			GRE, GRErouting, GRE_PPTP,
		}},
		{link: linkPPTP, tables: append(pptpAll[:len(pptpAll):len(pptpAll)], PPTP)},
		{link: linkEther, tables: []*Proto{
			Ether, Dot3,
		}},
		{link: func() {
			linkIP()
			linkIPv6()
			linkICMP()
			linkICMPExtensions()
			linkICMPv6()
			linkND()
		}, other: icmpExtNames(), tables: []*Proto{
			IP, IPv6, IPv6ExtHdrHopByHop, IPv6ExtHdrDestOpt, IPv6ExtHdrRouting, IPv6ExtHdrSegmentRouting, IPv6ExtHdrFragment, Pad1,
			PadN, HBHOptUnknown, RouterAlert, RplOption, Jumbo, HAO, SRHTLV, SRHPad1, SRHPadN, SRHIngressNode, SRHEgressNode,
			SRHHMAC, IPerror, TCPerror, UDPerror, ICMPerror, IPerror6, ICMP, ICMPExtensionHeader, ICMPExtensionObject, ICMPExtensionMPLS, ICMPExtensionInterfaceInformation, ICMPExtensionInterfaceIdentification, ICMPv6DestUnreach, ICMPv6PacketTooBig,
			ICMPv6TimeExceeded, ICMPv6ParamProblem, ICMPv6EchoRequest, ICMPv6EchoReply, ICMPv6Unknown, ICMPv6MRD_Advertisement,
			ICMPv6MRD_Solicitation, ICMPv6MRD_Termination, ICMPv6HAADRequest, ICMPv6HAADReply, ICMPv6MPSol, ICMPv6MPAdv, ICMPv6RPL,
			ICMPv6MLQuery, ICMPv6MLReport, ICMPv6MLDone, ICMPv6MLQuery2, ICMPv6MLReport2, ICMPv6MLDMultAddrRec, ICMPv6ND_RS,
			ICMPv6ND_RA, ICMPv6ND_NS, ICMPv6ND_NA, ICMPv6ND_Redirect, ICMPv6ND_INDSol, ICMPv6ND_INDAdv, ICMPv6NDOptSrcLLAddr,
			ICMPv6NDOptDstLLAddr, ICMPv6NDOptPrefixInfo, ICMPv6NDOptRedirectedHdr, ICMPv6NDOptMTU, ICMPv6NDOptShortcutLimit,
			ICMPv6NDOptAdvInterval, ICMPv6NDOptHAInfo, ICMPv6NDOptSrcAddrList, ICMPv6NDOptTgtAddrList, ICMPv6NDOptIPAddr,
			ICMPv6NDOptNewRtrPrefix, ICMPv6NDOptLLA, ICMPv6NDOptMAP, ICMPv6NDOptRouteInfo, ICMPv6NDOptRDNSS, ICMPv6NDOptEFA,
			ICMPv6NDOptDNSSL, ICMPv6NDOptUnknown, ICMPv6NIQueryNOOP, ICMPv6NIQueryName, ICMPv6NIQueryIPv6, ICMPv6NIQueryIPv4,
			ICMPv6NIReplyNOOP, ICMPv6NIReplyName, ICMPv6NIReplyIPv6, ICMPv6NIReplyIPv4, ICMPv6NIReplyRefuse, ICMPv6NIReplyUnknown,
		}},
		{link: linkIPOptions, tables: []*Proto{
			IPOption, IPOption_EOL, IPOption_NOP, IPOption_RR, IPOption_LSRR, IPOption_SSRR, IPOption_Timestamp,
			IPOption_Router_Alert, IPOption_Stream_Id, IPOption_MTU_Probe, IPOption_MTU_Reply, IPOption_Traceroute,
			IPOption_Address_Extension, IPOption_SDBM, IPOption_Security,
		}},
		{link: linkISAKMP, tables: []*Proto{
			ISAKMP, ISAKMP_payload, ISAKMP_payload_VendorID, ISAKMP_payload_Nonce, ISAKMP_payload_KE, ISAKMP_payload_Hash,
			ISAKMP_payload_Transform, ISAKMP_payload_Proposal, ISAKMP_payload_SA, ISAKMP_payload_ID,
		}},
		{link: linkLLDP, tables: []*Proto{
			LLDPDU, LLDPDUEndOfLLDPDU, LLDPDUChassisID, LLDPDUPortID, LLDPDUTimeToLive, LLDPDUPortDescription, LLDPDUSystemName,
			LLDPDUSystemDescription, LLDPDUSystemCapabilities, LLDPDUManagementAddress, LLDPDUGenericOrganisationSpecific,
			LLDPDUReserved,
		}},
		{link: linkLLMNR, tables: []*Proto{
			LLMNRQuery, LLMNRResponse,
		}},
		{link: linkModbus, tables: append(modbusMessages(), ModbusADURequest, ModbusADUResponse)},
		{link: linkNetBIOS, tables: []*Proto{
			NBNSHeader, NBNSQueryRequest, NBNSNodeStatusRequest, NBNS_ADD_ENTRY, NBNSQueryResponse, NBNSNodeStatusResponseService,
			NBNSNodeStatusResponse, NBNSRegistrationRequest, NBNSWackResponse, NBTDatagram, NBTSession,
		}},
		{link: linkSFlow, tables: []*Proto{
			NetflowHeader, NetflowRecordV1, NetflowHeaderV1, NetflowRecordV5, NetflowHeaderV5, NetflowHeaderV9, NetflowHeaderV10,
			SFlow, SFlowRecord, SFlowRawPacketFlowRecord, SFlowFlowSample, SFlowCounterSample, SFlowSample,
		}},
		{other: map[string]*Proto{"NTP": NTPHeader}, tables: []*Proto{NTPHeader}},
		{link: linkOSPF, tables: []*Proto{
			OSPF_Hdr, OSPF_Hello, OSPF_DBDesc, OSPF_LSReq, OSPF_LSReq_Item, OSPF_LSUpd, OSPF_LSAck, OSPF_LSA_Hdr, OSPF_Link,
			OSPF_Router_LSA, OSPF_Network_LSA, OSPF_SummaryIP_LSA, OSPF_SummaryASBR_LSA, OSPF_External_LSA, OSPF_NSSA_External_LSA,
			OSPF_Link_Scope_Opaque_LSA, OSPF_Area_Scope_Opaque_LSA, OSPF_AS_Scope_Opaque_LSA,
		}},
		{link: linkPPP, tables: []*Proto{
			PPP, HDLC, PPP_LCP, PPP_LCP_Configure, PPP_LCP_Terminate, PPP_LCP_Code_Reject, PPP_LCP_Protocol_Reject, PPP_LCP_Echo,
			PPP_LCP_Discard_Request, PPP_LCP_Option, PPP_LCP_MRU_Option, PPP_LCP_ACCM_Option, PPP_LCP_Auth_Protocol_Option,
			PPP_LCP_Magic_Number_Option, PPP_IPCP, PPP_IPCP_Option, PPP_IPCP_Option_IPAddress, PPP_IPCP_Option_DNS1,
			PPP_IPCP_Option_NBNS1, PPP_IPCP_Option_DNS2, PPP_IPCP_Option_NBNS2, PPP_PAP, PPP_PAP_Request, PPP_PAP_Response,
			PPP_CHAP, PPP_CHAP_ChallengeResponse,
		}},
		{link: linkPPPoE, tables: []*Proto{
			PPPoE, PPPoED, PPPoED_Tags, PPPoETag,
		}},
		{tables: append(existing(radiusProtos[:]),
			Radius, RadiusAttribute, RadiusAttr_Vendor_Specific,
		)},
		{link: linkRIP, tables: []*Proto{
			RIP, RIPEntry, RIPAuth, HSRP, BFD,
		}},
		{link: linkSCTP, tables: []*Proto{
			SCTP, SCTPChunkData, SCTPChunkInit, SCTPChunkInitAck, SCTPChunkSACK, SCTPChunkHeartbeatReq, SCTPChunkHeartbeatAck,
			SCTPChunkAbort, SCTPChunkShutdown, SCTPChunkShutdownAck, SCTPChunkError, SCTPChunkCookieEcho, SCTPChunkCookieAck,
			SCTPChunkShutdownComplete, SCTPChunkAuthentication, SCTPChunkAddressConf, SCTPChunkAddressConfAck,
			SCTPChunkParamHeartbeatInfo, SCTPChunkParamStateCookie, SCTPChunkParamUnrecognized, SCTPChunkParamHostname,
			SCTPChunkParamRandom, SCTPChunkParamChunkList, SCTPChunkParamRequestedHMAC, SCTPChunkParamSupportedExt,
			SCTPChunkParamUnknown, SCTPChunkParamIPv4Addr, SCTPChunkParamIPv6Addr, SCTPChunkParamCookiePreservative,
			SCTPChunkParamSupportedAddrTypes, SCTPChunkParamECNCapable, SCTPChunkParamFwdTSN, SCTPChunkParamAddIPAddr,
			SCTPChunkParamDelIPAddr, SCTPChunkParamErrorIndication, SCTPChunkParamSetPrimaryAddr, SCTPChunkParamSuccessIndication,
			SCTPChunkParamAdaptationLayer,
		}},
		{link: linkTCPOptions, tables: []*Proto{
			TCP,
		}},
		{link: linkTFTP, tables: []*Proto{
			TFTP, TFTP_RRQ, TFTP_WRQ, TFTP_DATA, TFTP_ACK, TFTP_ERROR, TFTP_OACK, TFTP_Options, TFTP_Option,
		}},
		{link: func() { linkTLS(); linkTLSHandshake(); linkTLSExt() }, tables: []*Proto{
			TLS, TLSAlert, TLSChangeCipherSpec, TLSApplicationData, TLSHelloRequest, TLSClientHello, TLS13ClientHello,
			TLSServerHello, TLS13ServerHello, TLS13HelloRetryRequest, TLSHelloVerifyRequest, TLSNewSessionTicket,
			TLS13NewSessionTicket, TLS13EndOfEarlyData, TLSEncryptedExtensions, TLSCertificate, TLSServerKeyExchange,
			TLSCertificateRequest, TLSServerHelloDone, TLSCertificateVerify, TLSClientKeyExchange, TLSFinished,
			TLSCertificateStatus, TLS13KeyUpdate, TLSHandshakeUnknown, ServerName, ProtocolName, KeyShareEntry, PSKIdentity,
			PSKBinderEntry, TLS_Ext_Unknown, TLS_Ext_ServerName, TLS_Ext_MaxFragLen, TLS_Ext_ClientCertURL, TLS_Ext_TruncatedHMAC,
			TLS_Ext_CSR, TLS_Ext_SupportedGroups, TLS_Ext_SupportedPointFormat, TLS_Ext_SignatureAlgorithms, TLS_Ext_Heartbeat,
			TLS_Ext_ALPN, TLS_Ext_Padding, TLS_Ext_EncryptThenMAC, TLS_Ext_ExtendedMasterSecret, TLS_Ext_RecordSizeLimit,
			TLS_Ext_SessionTicket, TLS_Ext_PreSharedKey_CH, TLS_Ext_PreSharedKey_SH, TLS_Ext_EarlyDataIndication,
			TLS_Ext_EarlyDataIndicationTicket, TLS_Ext_SupportedVersion_CH, TLS_Ext_SupportedVersion_SH, TLS_Ext_Cookie,
			TLS_Ext_PSKKeyExchangeModes, TLS_Ext_TicketEarlyDataInfo, TLS_Ext_PostHandshakeAuth, TLS_Ext_SignatureAlgorithmsCert,
			TLS_Ext_KeyShare_CH, TLS_Ext_KeyShare_SH, TLS_Ext_KeyShare_HRR, TLS_Ext_NPN, TLS_Ext_RenegotiationInfo,
		}},
		{link: linkDNS, tables: []*Proto{
			DNS, DNSQR, DNSRR, DNSRRMX, DNSRRSRV, DNSRRNAPTR, DNSRRDS, DNSRRDLV, DNSRRRSIG, DNSRRNSEC, DNSRRDNSKEY, DNSRRNSEC3,
			DNSRRNSEC3PARAM, DNSRRTSIG, DNSRRSOA, DNSRROPT, EDNS0TLV, EDNS0DAU, EDNS0DHU, EDNS0N3U, EDNS0ClientSubnet, EDNS0COOKIE,
			EDNS0ExtendedDNSError,
		}},
		{tables: []*Proto{
			ARP,
			ASN1_INTEGER, ASN1_STRING, ASN1_NULL, ASN1_OID, ASN1_IPADDRESS, ASN1_COUNTER32, ASN1_GAUGE32, ASN1_TIME_TICKS,
			ASN1_COUNTER64, ASN1_Object,
			CAN,
			CDPAddrRecord, CDPAddrRecordIPv4, CDPAddrRecordIPv6, CDPMsgGeneric, CDPMsgDeviceID, CDPMsgAddr, CDPMsgPortID,
			CDPMsgCapabilities, CDPMsgSoftwareVersion, CDPMsgPlatform, CDPMsgIPGateway, CDPMsgIPPrefix, CDPMsgProtoHello,
			CDPMsgVTPMgmtDomain, CDPMsgNativeVLAN, CDPMsgDuplex, CDPMsgVoIPVLANReply, CDPMsgVoIPVLANQuery, CDPMsgPower, CDPMsgMTU,
			CDPMsgTrustBitmap, CDPMsgUntrustedPortCoS, CDPMsgMgmtAddr, CDPMsgUnknown19, CDPv2_HDR,
			Dot1Q, Dot1AD, Dot1AH,
			ENIPTCP, ENIPRegisterSession,
			ERSPAN_I, ERSPAN_II, ERSPAN_III, ERSPAN_PlatformSpecific,
			EtherIP,
			FDDI,
			GENEVE, GeneveOptions,
			HTTP, HTTPRequest, HTTPResponse,
			IGMP, IGMPv3, IGMPv3mq, IGMPv3mr, IGMPv3gr,
			AH, ESP,
			L2TP, RTP,
			SlowProtocol, LACP, MarkerProtocol,
			LCM,
			CookedLinux, CookedLinuxV2, Loopback,
			LLC, SNAP, STP,
			MACsec, MACsecSCI,
			MobileIP, MobileIPRRQ, MobileIPRRP, MobileIPTunnelData,
			MPLS, EoMCW,
			NortelDiscovery,
			NTPControl, NTPPrivate, NTPPrivateReqPacket,
			PFLog,
			PrismHeader,
			RadioTap, RadioTapExtendedPresenceMask,
			Raw, Padding,
			RMCP, ASF, ASFPresencePong,
			RUDP,
			SNMPvarbind, SNMPget, SNMPnext, SNMPresponse, SNMPset, SNMPtrapv1, SNMPbulk, SNMPinform, SNMPtrapv2, SNMP,
			TCPAOValue,
			UDP,
			UDPLite,
			USB, USBMapped,
			VRRP, VRRPv3,
			VXLAN,
		}},
	}
}

// existing are those of a list by number that there are.
func existing(list []*Proto) []*Proto {
	return slices.DeleteFunc(slices.Clone(list), func(p *Proto) bool { return p == nil })
}
