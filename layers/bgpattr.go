package layers

// Path attributes of BGP updates (RFC 4271 §4.3, §5.1).

const bgpExtended = 1 << 4 // of type_flags: the length has two bytes

// BGPPathAttr is an attribute: flags, type, length and a packet that is its value.
var BGPPathAttr = &Proto{Name: "BGPPathAttr", make: func() Table {
	return Table{
		Doc: "path attribute of a BGP update (RFC 4271 §4.3)",
		Fields: []Field{
			{Name: "type_flags", Kind: Flag, Bits: 8, Default: 0x80, Flags: &FlagSet{Names: []string{"NA0", "NA1", "NA2", "NA3",
				"Extended-Length", "Partial", "Transitive", "Optional"}}},
			{Name: "type_code", Bits: 8, Enum: bgpAttrTypes},
			{Name: "attr_ext_len", Bits: 16, Auto: lenOf(4, 0), When: func(l *Layer) bool { return l.Uint(0)&bgpExtended != 0 }},
			{Name: "attr_len", Bits: 8, Auto: lenOf(4, 0), When: func(l *Layer) bool { return l.Uint(0)&bgpExtended == 0 }},
			{Name: "attribute", Absent: true, Kind: Var, Type: "PacketField",
				Codec: onePacket{func(l *Layer, _ []byte) *Proto { return bgpAttrs[byte(l.Uint(1))] }},
				Size: func(l *Layer, _ []byte) int {
					if l.Uint(0)&bgpExtended != 0 {
						return int(l.Uint(2))
					}
					return int(l.Uint(3))
				}},
		},
	}
}}

// bgpAttrs are the attributes' values by type.
var bgpAttrs map[byte]*Proto

func linkBGPAttrs() {
	bgpAttrs = map[byte]*Proto{
		1:  BGPPAOrigin,
		2:  BGPPAASPath,
		3:  BGPPANextHop,
		4:  BGPPAMultiExitDisc,
		5:  BGPPALocalPref,
		6:  BGPPAAtomicAggregate,
		7:  BGPPAAggregator,
		8:  BGPPACommunity,
		9:  BGPPAOriginatorID,
		10: BGPPAClusterList,
		14: BGPPAMPReachNLRI,
		15: BGPPAMPUnreachNLRI,
		18: BGPPAAS4Aggregator,
	}
}

func bgpAttr(title string, fields ...any) Table {
	return Table{Title: title, Doc: "BGP path attribute " + title, Fields: rows(fields...)}
}

// bgpSegment is a segment of a path, of numbers of size bytes (RFC 4271 §4.3 b).
func bgpSegment(size int) Table {
	return Table{Doc: "segment of a BGP AS path",
		Fields: []Field{
			{Name: "segment_type", Bits: 8, Default: 2, Enum: &Enum{List: Named{{1, "AS_SET"}, {2, "AS_SEQUENCE"}, {3, "AS_CONFED_SEQUENCE"}, {4, "AS_CONFED_SET"}}}},
			{Name: "segment_length", Bits: 8, Auto: countOf(2)},
			{Name: "segment_value", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: uintList{size}, Size: sizeTimes(1, size)},
		}}
}

// The attributes.
var (
	ASPathSegment  = &Proto{Name: "ASPathSegment", make: func() Table { return bgpSegment(2) }}
	AS4PathSegment = &Proto{Name: "AS4PathSegment", make: func() Table { return bgpSegment(4) }}

	BGPPAOrigin = &Proto{Name: "BGPPAOrigin", make: func() Table {
		return bgpAttr("ORIGIN",
			Field{Name: "origin", Bits: 8, Enum: &Enum{List: Named{{0, "IGP"}, {1, "EGP"}, {2, "INCOMPLETE"}}}})
	}}
	BGPPAASPath          = &Proto{Name: "BGPPAASPath", make: func() Table { return bgpAttr("AS_PATH (RFC 4271)", packetsOf("segments", ASPathSegment)) }}
	BGPPAAS4BytesPath    = &Proto{Name: "BGPPAAS4BytesPath", make: func() Table { return bgpAttr("AS_PATH (RFC 4893)", packetsOf("segments", AS4PathSegment)) }}
	BGPPANextHop         = &Proto{Name: "BGPPANextHop", make: func() Table { return bgpAttr("NEXT_HOP", Field{Name: "next_hop", Kind: Addr4, Bits: 32}) }}
	BGPPAMultiExitDisc   = &Proto{Name: "BGPPAMultiExitDisc", make: func() Table { return bgpAttr("MULTI_EXIT_DISC", Field{Name: "med", Bits: 32}) }}
	BGPPALocalPref       = &Proto{Name: "BGPPALocalPref", make: func() Table { return bgpAttr("LOCAL_PREF", Field{Name: "local_pref", Bits: 32}) }}
	BGPPAAtomicAggregate = &Proto{Name: "BGPPAAtomicAggregate", make: func() Table { return bgpAttr("ATOMIC_AGGREGATE") }}
	BGPPAAggregator      = &Proto{Name: "BGPPAAggregator", make: func() Table {
		return bgpAttr("AGGREGATOR",
			Field{Name: "aggregator_asn", Bits: 16}, Field{Name: "speaker_address", Kind: Addr4, Bits: 32})
	}}
	BGPPACommunity = &Proto{Name: "BGPPACommunity", make: func() Table {
		return bgpAttr("COMMUNITIES", Field{Name: "community", Bits: 32, Enum: bgpCommunities})
	}}
	BGPPAOriginatorID = &Proto{Name: "BGPPAOriginatorID", make: func() Table { return bgpAttr("ORIGINATOR_ID", Field{Name: "originator_id", Kind: Addr4, Bits: 32}) }}
	BGPPAClusterList  = &Proto{Name: "BGPPAClusterList", make: func() Table {
		return bgpAttr("CLUSTER_LIST",
			Field{Name: "cluster_list", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: uintList{4}})
	}}
	BGPPAMPReachNLRI = &Proto{Name: "BGPPAMPReachNLRI", make: func() Table {
		return bgpAttr("MP_REACH_NLRI",
			Field{Name: "afi", Bits: 16, Enum: bgpAFIs}, Field{Name: "safi", Bits: 8, Enum: bgpSAFIs}, Field{Name: "nh_addr_len", Bits: 8},
			Field{Name: "nh_v4_addr", Kind: Addr4, Bits: 32, When: bgpHop(1, 4)},
			Field{Name: "nh_v6_addr", Kind: Addr6, Bits: 128, When: bgpHop(2, 16)},
			Field{Name: "nh_v6_global", Kind: Addr6, Bits: 128, When: bgpHop(2, 32)},
			Field{Name: "nh_v6_link_local", Kind: Addr6, Bits: 128, When: bgpHop(2, 32)},
			Field{Name: "reserved", Bits: 8},
			Field{Name: "nlri", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: bgpFamily}})
	}}
	BGPPAMPUnreachNLRI = &Proto{Name: "BGPPAMPUnreachNLRI", make: func() Table {
		return bgpAttr("MP_UNREACH_NLRI",
			Field{Name: "afi", Bits: 16, Enum: bgpAFIs}, Field{Name: "safi", Bits: 8, Enum: bgpSAFIs},
			Field{Name: "afi_safi_specific", Absent: true, Kind: Var, Type: "PacketField", Codec: onePacket{func(l *Layer, _ []byte) *Proto {
				if l.Uint(0) == 2 {
					return BGPPAMPUnreachNLRI_IPv6
				}
				return nil
			}}})
	}}
	BGPPAMPUnreachNLRI_IPv6 = &Proto{Name: "BGPPAMPUnreachNLRI_IPv6", make: func() Table {
		return bgpAttr("MP_UNREACH_NLRI (IPv6 NLRI)", packetsOf("withdrawn_routes", BGPNLRI_IPv6))
	}}
	BGPPAAS4Aggregator = &Proto{Name: "BGPPAAS4Aggregator", make: func() Table {
		return bgpAttr("AS4_AGGREGATOR ",
			Field{Name: "aggregator_asn", Bits: 32}, Field{Name: "speaker_address", Kind: Addr4, Bits: 32})
	}}
)

func bgpHop(afi, size uint64) func(l *Layer) bool {
	return func(l *Layer) bool { return l.Uint(0) == afi && l.Uint(2) == size }
}

func bgpFamily(l *Layer, _ []byte) *Proto {
	if l.Uint(0) == 2 {
		return BGPNLRI_IPv6
	}
	return BGPNLRI_IPv4
}
