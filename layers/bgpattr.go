package layers

// Path attributes of BGP updates (RFC 4271 §4.3, §5.1).

const bgpExtended = 1 << 4 // of type_flags: the length has two bytes

// BGPPathAttr is an attribute: flags, type, length and a packet that is its value.
var BGPPathAttr = Register(&Proto{
	Name: "BGPPathAttr", Doc: "path attribute of a BGP update (RFC 4271 §4.3)",
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
})

// bgpAttrs are the attributes' values by type.
var bgpAttrs = map[byte]*Proto{}

func bgpAttr(name, title string, code byte, fields ...any) *Proto {
	p := Register(&Proto{Name: name, Title: title, Doc: "BGP path attribute " + title, Fields: rows(fields...)})
	if code != 0 {
		bgpAttrs[code] = p
	}
	return p
}

// bgpSegment is a segment of a path, of numbers of size bytes (RFC 4271 §4.3 b).
func bgpSegment(name string, size int) *Proto {
	return Register(&Proto{Name: name, Title: "AS_PATH segment", Doc: "segment of a BGP AS path",
		Fields: []Field{
			{Name: "segment_type", Bits: 8, Default: 2, Enum: NewEnum(map[uint64]string{1: "AS_SET", 2: "AS_SEQUENCE", 3: "AS_CONFED_SEQUENCE", 4: "AS_CONFED_SET"})},
			{Name: "segment_length", Bits: 8, Auto: countOf(2)},
			{Name: "segment_value", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: uintList{size}, Size: sizeTimes(1, size)},
		}})
}

// The attributes.
var (
	ASPathSegment  = bgpSegment("ASPathSegment", 2)
	AS4PathSegment = bgpSegment("AS4PathSegment", 4)

	BGPPAOrigin = bgpAttr("BGPPAOrigin", "ORIGIN", 1,
		Field{Name: "origin", Bits: 8, Enum: NewEnum(map[uint64]string{0: "IGP", 1: "EGP", 2: "INCOMPLETE"})})
	BGPPAASPath          = bgpAttr("BGPPAASPath", "AS_PATH (RFC 4271)", 2, packetsOf("segments", ASPathSegment))
	BGPPAAS4BytesPath    = bgpAttr("BGPPAAS4BytesPath", "AS_PATH (RFC 4893)", 0, packetsOf("segments", AS4PathSegment))
	BGPPANextHop         = bgpAttr("BGPPANextHop", "NEXT_HOP", 3, Field{Name: "next_hop", Kind: Addr4, Bits: 32})
	BGPPAMultiExitDisc   = bgpAttr("BGPPAMultiExitDisc", "MULTI_EXIT_DISC", 4, Field{Name: "med", Bits: 32})
	BGPPALocalPref       = bgpAttr("BGPPALocalPref", "LOCAL_PREF", 5, Field{Name: "local_pref", Bits: 32})
	BGPPAAtomicAggregate = bgpAttr("BGPPAAtomicAggregate", "ATOMIC_AGGREGATE", 6)
	BGPPAAggregator      = bgpAttr("BGPPAAggregator", "AGGREGATOR", 7,
		Field{Name: "aggregator_asn", Bits: 16}, Field{Name: "speaker_address", Kind: Addr4, Bits: 32})
	BGPPACommunity    = bgpAttr("BGPPACommunity", "COMMUNITIES", 8, Field{Name: "community", Bits: 32, Enum: bgpCommunities})
	BGPPAOriginatorID = bgpAttr("BGPPAOriginatorID", "ORIGINATOR_ID", 9, Field{Name: "originator_id", Kind: Addr4, Bits: 32})
	BGPPAClusterList  = bgpAttr("BGPPAClusterList", "CLUSTER_LIST", 10,
		Field{Name: "cluster_list", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: uintList{4}})
	BGPPAMPReachNLRI = bgpAttr("BGPPAMPReachNLRI", "MP_REACH_NLRI", 14,
		Field{Name: "afi", Bits: 16, Enum: bgpAFIs}, Field{Name: "safi", Bits: 8, Enum: bgpSAFIs}, Field{Name: "nh_addr_len", Bits: 8},
		Field{Name: "nh_v4_addr", Kind: Addr4, Bits: 32, When: bgpHop(1, 4)},
		Field{Name: "nh_v6_addr", Kind: Addr6, Bits: 128, When: bgpHop(2, 16)},
		Field{Name: "nh_v6_global", Kind: Addr6, Bits: 128, When: bgpHop(2, 32)},
		Field{Name: "nh_v6_link_local", Kind: Addr6, Bits: 128, When: bgpHop(2, 32)},
		Field{Name: "reserved", Bits: 8},
		Field{Name: "nlri", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: bgpFamily}})
	BGPPAMPUnreachNLRI = bgpAttr("BGPPAMPUnreachNLRI", "MP_UNREACH_NLRI", 15,
		Field{Name: "afi", Bits: 16, Enum: bgpAFIs}, Field{Name: "safi", Bits: 8, Enum: bgpSAFIs},
		Field{Name: "afi_safi_specific", Absent: true, Kind: Var, Type: "PacketField", Codec: onePacket{func(l *Layer, _ []byte) *Proto {
			if l.Uint(0) == 2 {
				return BGPPAMPUnreachNLRI_IPv6
			}
			return nil
		}}})
	BGPPAMPUnreachNLRI_IPv6 = bgpAttr("BGPPAMPUnreachNLRI_IPv6", "MP_UNREACH_NLRI (IPv6 NLRI)", 0, packetsOf("withdrawn_routes", BGPNLRI_IPv6))
	BGPPAAS4Aggregator      = bgpAttr("BGPPAAS4Aggregator", "AS4_AGGREGATOR ", 18,
		Field{Name: "aggregator_asn", Bits: 32}, Field{Name: "speaker_address", Kind: Addr4, Bits: 32})
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
