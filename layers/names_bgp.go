package layers

// The names of BGP's numbers (the IANA registries "Address Family Numbers",
// "SAFI Values" and "Border Gateway Protocol (BGP) Parameters").
var (
	bgpAFIs = &Enum{text: `
0 Reserved
1 IP (IP version 4)
2 IP6 (IP version 6)
3 NSAP
4 HDLC (8-bit multidrop)
5 BBN 1822
6 802 (includes all 802 media plus Ethernet "canonical format")
7 E.163
8 E.164 (SMDS, Frame Relay, ATM)
9 F.69 (Telex)
10 X.121 (X.25, Frame Relay)
11 IPX
12 Appletalk
13 Decnet IV
14 Banyan Vines
15 E.164 with NSAP format subaddress
16 DNS (Domain Name System)
17 Distinguished Name
18 AS Number
19 XTP over IP version 4
20 XTP over IP version 6
21 XTP native mode XTP
22 Fibre Channel World-Wide Port Name
23 Fibre Channel World-Wide Node Name
24 GWID
25 AFI for L2VPN information
26 MPLS-TP Section Endpoint Identifier
27 MPLS-TP LSP Endpoint Identifier
28 MPLS-TP Pseudowire Endpoint Identifier
29 MT IP: Multi-Topology IP version 4
30 MT IPv6: Multi-Topology IP version 6
16384 EIGRP Common Service Family
16385 EIGRP IPv4 Service Family
16386 EIGRP IPv6 Service Family
16387 LISP Canonical Address Format (LCAF)
16388 BGP-LS
16389 48-bit MAC
16390 64-bit MAC
16391 OUI
16392 MAC/24
16393 MAC/40
16394 IPv6/64
16395 RBridge Port ID
16396 TRILL Nickname
65535 Reserved
`}

	bgpSAFIs = &Enum{text: `
0 Reserved
1 Network Layer Reachability Information used for unicast forwarding
2 Network Layer Reachability Information used for multicast forwarding
3 Reserved
4 Network Layer Reachability Information (NLRI) with MPLS Labels
5 MCAST-VPN
6 Network Layer Reachability Information used for Dynamic Placement of        Multi-Segment Pseudowires
7 Encapsulation SAFI
8 MCAST-VPLS
64 Tunnel SAFI
65 Virtual Private LAN Service (VPLS)
66 BGP MDT SAFI
67 BGP 4over6 SAFI
68 BGP 6over4 SAFI
69 Layer-1 VPN auto-discovery information
70 BGP EVPNs
71 BGP-LS
72 BGP-LS-VPN
128 MPLS-labeled VPN address
129 Multicast for BGP/MPLS IP Virtual Private Networks (VPNs)
132 Route Target constraint
133 IPv4 dissemination of flow specification rules
134 VPNv4 dissemination of flow specification rules
140 VPN auto-discovery
255 Reserved
`}

	bgpAttrTypes = &Enum{text: `
0 Reserved
1 ORIGIN
2 AS_PATH
3 NEXT_HOP
4 MULTI_EXIT_DISC
5 LOCAL_PREF
6 ATOMIC_AGGREGATE
7 AGGREGATOR
8 COMMUNITY
9 ORIGINATOR_ID
10 CLUSTER_LIST
11 DPA (deprecated)
12 ADVERTISER  (Historic) (deprecated)
13 RCID_PATH / CLUSTER_ID (Historic) (deprecated)
14 MP_REACH_NLRI
15 MP_UNREACH_NLRI
16 EXTENDED COMMUNITIES
17 AS4_PATH
18 AS4_AGGREGATOR
19 SAFI Specific Attribute (SSA) (deprecated)
20 Connector Attribute (deprecated)
21 AS_PATHLIMIT (deprecated)
22 PMSI_TUNNEL
23 Tunnel Encapsulation Attribute
24 Traffic Engineering
25 IPv6 Address Specific Extended Community
26 AIGP
27 PE Distinguisher Labels
28 BGP Entropy Label Capability Attribute (deprecated)
29 BGP-LS Attribute
40 BGP Prefix-SID
128 ATTR_SET
255 Reserved for development
`}

	bgpCapCodes = &Enum{text: `
0 Reserved
1 Multiprotocol Extensions for BGP-4
2 Route Refresh Capability for BGP-4
3 Outbound Route Filtering Capability
4 Multiple routes to a destination capability
5 Extended Next Hop Encoding
6 BGP-Extended Message
64 Graceful Restart Capability
65 Support for 4-octet AS number capability
66 Deprecated (2003-03-06)
67 Support for Dynamic Capability (capability specific)
68 Multisession BGP Capability
69 ADD-PATH Capability
70 Enhanced Route Refresh Capability
71 Long-Lived Graceful Restart (LLGR) Capability
73 FQDN Capability
128 Route Refresh Capability for BGP-4 (Cisco)
130 Outbound Route Filtering Capability (Cisco)
`}

	bgpCommunities = &Enum{text: `
4294901760 planned-shut
4294901761 ACCEPT-OWN
4294901762 ROUTE_FILTER_TRANSLATED_v4
4294901763 ROUTE_FILTER_v4
4294901764 ROUTE_FILTER_TRANSLATED_v6
4294901765 ROUTE_FILTER_v6
4294901766 LLGR_STALE
4294901767 NO_LLGR
4294901768 accept-own-nexthop
4294967041 NO_EXPORT
4294967042 NO_ADVERTISE
4294967043 NO_EXPORT_SUBCONFED
4294967044 NOPEER
`}
)
