package layers

import "net/netip"

// IPv6 extension headers (RFC 8200 §4). All begin with the next header's number.

// Field positions that extension headers have in common, and those of the
// routing headers.
const (
	extNH = iota
	extLen
	extAutopad
	extOptions
)

const (
	rtSegleft      = 3
	rtAddresses    = 5
	srhSegleft     = 3
	srhLastEntry   = 4
	srhAddresses   = 12
	fragOffset     = 2
	ext6MinOptions = 2 // where options begin in their header
)

func nextHeader() Field { return Field{Name: "nh", Bits: 8, Enum: IPv6NextHeaders, Default: 59} }

func optionHeader(title, doc string) Table {
	return Table{
		Title: title, Doc: doc,
		Fields: []Field{
			nextHeader(),
			{Name: "len", Bits: 8, Type: "FieldLenField", Len: extUnits},
			{Name: "autopad", Bits: 8, Type: "_PhantomAutoPadField", Phantom: true, Default: 1,
				Enum: &Enum{List: Named{{0, "Off"}, {1, "On"}}}},
			{Name: "options", Kind: Var, Type: "_OptionsField", DefaultValue: List{}, Codec: ip6OptionList,
				Size: func(l *Layer, rest []byte) int { return int(l.Uint(extLen))*8 + 8 - ext6MinOptions }},
		},
	}
}

// The headers that hold options (RFC 8200 §4.3, §4.6).
var (
	IPv6ExtHdrHopByHop = &Proto{Name: "IPv6ExtHdrHopByHop", make: func() Table {
		return optionHeader("IPv6 Extension Header - Hop-by-Hop Options Header", "IPv6 hop-by-hop options (RFC 8200)")
	}}
	IPv6ExtHdrDestOpt = &Proto{Name: "IPv6ExtHdrDestOpt", make: func() Table {
		return optionHeader("IPv6 Extension Header - Destination Options Header", "IPv6 destination options (RFC 8200)")
	}}
)

// IPv6ExtHdrRouting is a routing header of type 0 (RFC 2460 §4.4), 2 (RFC 6275
// §6.4) or any other whose data are addresses.
var IPv6ExtHdrRouting = &Proto{Name: "IPv6ExtHdrRouting", make: func() Table {
	return Table{
		Title: "IPv6 Option Header Routing",
		Doc:   "IPv6 routing header of type 0 or 2 (RFC 2460, RFC 6275)",
		Fields: []Field{
			nextHeader(),
			{Name: "len", Bits: 8, Type: "FieldLenField", Len: extUnits},
			{Name: "type", Bits: 8},
			{Name: "segleft", Bits: 8, Auto: func(b *Build) uint64 { return uint64(b.varLenAt(rtAddresses) / 16) }},
			{Name: "reserved", Bits: 32},
			{Name: "addresses", Kind: Var, Type: "IP6ListField", DefaultValue: List{}, Codec: addrList{16},
				Size: func(l *Layer, rest []byte) int { return int(l.Uint(extLen)) * 8 }},
		},
	}
}}

// IPv6ExtHdrSegmentRouting is the segment routing header (RFC 8754 §2), whose
// addresses stand in reverse: the last to be visited comes first.
var IPv6ExtHdrSegmentRouting = &Proto{Name: "IPv6ExtHdrSegmentRouting", make: func() Table {
	return Table{
		Title: "IPv6 Option Header Segment Routing",
		Doc:   "IPv6 segment routing header (RFC 8754)",
		Fields: []Field{
			nextHeader(),
			{Name: "len", Bits: 8, Len: extUnits},
			{Name: "type", Bits: 8, Default: 4},
			{Name: "segleft", Bits: 8, Auto: srhLast},
			{Name: "lastentry", Bits: 8, Auto: srhLast},
			{Name: "unused1", Bits: 1},
			{Name: "protected", Bits: 1},
			{Name: "oam", Bits: 1},
			{Name: "alert", Bits: 1},
			{Name: "hmac", Bits: 1},
			{Name: "unused2", Bits: 3},
			{Name: "tag", Bits: 16},
			{Name: "addresses", Kind: Var, Type: "IP6ListField", DefaultValue: List{netip.IPv6Loopback()}, Codec: addrList{16},
				Size: func(l *Layer, rest []byte) int { return min(int(l.Uint(srhLastEntry)+1)*16, int(l.Uint(extLen))*8) }},
			{Name: "tlv_objects", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: srhTLVs,
				Size: func(l *Layer, rest []byte) int {
					used := len(l.slots[l.proto.Fields[srhAddresses].slot].raw)
					return int(l.Uint(extLen))*8 - used
				}},
		},
	}
}}

// srhLast is the index of the last address.
func srhLast(b *Build) uint64 { return uint64(max(b.varLenAt(srhAddresses)/16-1, 0)) }

// IPv6ExtHdrFragment is the fragment header (RFC 8200 §4.5).
var IPv6ExtHdrFragment = &Proto{Name: "IPv6ExtHdrFragment", make: func() Table {
	return Table{
		Title: "IPv6 Extension Header - Fragmentation header",
		Doc:   "IPv6 fragment header (RFC 8200)",
		Fields: []Field{
			nextHeader(),
			{Name: "res1", Bits: 8, Type: "BitField"},
			{Name: "offset", Bits: 13},
			{Name: "res2", Bits: 2},
			{Name: "m", Bits: 1},
			{Name: "id", Bits: 32, Auto: zero},
		},
	}
}}

// routedDest6 is the last address of a routing header that still has segments
// to go, the zero Addr for any other layer.
func routedDest6(at At) netip.Addr {
	i, segleft, last := -1, rtSegleft, false
	switch at.Proto() {
	case IPv6ExtHdrRouting:
		i, last = rtAddresses, true
	case IPv6ExtHdrSegmentRouting:
		i, segleft = srhAddresses, srhSegleft
	}
	l := at.Layer()
	if i < 0 || l.IsSet(segleft) && l.Uint(segleft) == 0 {
		return netip.Addr{}
	}
	list, _ := at.Value(i).(List)
	if len(list) == 0 {
		return netip.Addr{}
	}
	m := list[0]
	if last {
		m = list[len(list)-1]
	}
	a, _ := m.(netip.Addr)
	return a
}

// homeAddress is the address in a destination header that holds a home address
// option and nothing else.
func homeAddress(at At) netip.Addr {
	if at.Proto() == IPv6ExtHdrDestOpt {
		if list, _ := at.Value(extOptions).(List); len(list) == 1 {
			if p, ok := list[0].(*Packet); ok && p.At(0).Proto() == HAO {
				return addrAt(p.At(0), 2)
			}
		}
	}
	return netip.Addr{}
}
