package layers

// Field positions in GRE.
const (
	greChksumPresent = iota
	greRoutingPresent
	greKeyPresent
	greSeqPresent
	greStrict
	greRecursion
	greFlags
	greVersion
	greProto
	greChksum
	greOffset
	greKey
	greSeq
)

// GRE is generic routing encapsulation (RFC 2784, with the key and sequence
// number of RFC 2890 and the routing of RFC 1701).
var GRE = &Proto{Name: "GRE", make: func() Table {
	return Table{
		Doc: "generic routing encapsulation (RFC 2784, RFC 2890)",
		Fields: []Field{
			{Name: "chksum_present", Bits: 1},
			{Name: "routing_present", Bits: 1},
			{Name: "key_present", Bits: 1},
			{Name: "seqnum_present", Bits: 1},
			{Name: "strict_route_source", Bits: 1},
			{Name: "recursion_control", Bits: 3},
			{Name: "flags", Bits: 5},
			{Name: "version", Bits: 3},
			{Name: "proto", Kind: Hex, Bits: 16, Enum: EtherTypes},
			{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero, When: greHas(greChksumPresent, greRoutingPresent)},
			{Name: "offset", Kind: Hex, Bits: 16, Auto: zero, When: greHas(greChksumPresent, greRoutingPresent)},
			{Name: "key", Kind: Hex, Bits: 32, Auto: zero, When: greHas(greKeyPresent, greKeyPresent)},
			{Name: "sequence_number", Kind: Hex, Bits: 32, Auto: zero, When: greHas(greSeqPresent, greSeqPresent)},
		},
		Next: func(at At, payload []byte) *Proto {
			if at.Layer().Uint(greRoutingPresent) == 1 {
				return GRErouting
			}
			return nil
		},
		Finish: func(b *Build) {
			if l := b.Layer(); l.Uint(greChksumPresent) == 1 && !l.IsSet(greChksum) {
				putBits(b.Header(), b.Offset(greChksum), 16, uint64(Checksum(b.HeaderAndPayload())))
			}
		},
	}
}}

func greHas(a, b int) func(l *Layer) bool {
	return func(l *Layer) bool { return l.Uint(a)|l.Uint(b) == 1 }
}

// GRErouting is a source route entry of a GRE header (RFC 1701). An entry of
// length 0 ends the list.
var GRErouting = &Proto{Name: "GRErouting", make: func() Table {
	return Table{
		Title: "GRE routing information",
		Doc:   "source route entry of GRE (RFC 1701)",
		Fields: []Field{
			{Name: "address_family", Bits: 16},
			{Name: "SRE_offset", Bits: 8},
			{Name: "SRE_len", Bits: 8, Type: "FieldLenField", Auto: lenOf(3, 0)},
			{Name: "routing_info", Kind: Var, Type: "StrLenField", Size: sizeLess(2, 0)},
		},
	}
}}

func greTables() family {
	return family{
		tables: []*Proto{GRE, GRErouting, GRE_PPTP},
		link:   linkGRE,
		bind: func() {
			mustBind(IP, GRE, "frag", 0, "proto", 47)
			mustBindNext(GRE, 47)
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
		},
	}
}
