package layers

import (
	"net/netip"

	"pktsh/internal/inetsum"
)

// Protocol independent multicast, version 2 (RFC 7761 §4.9).

// Field positions in PIMv2Hdr.
const (
	pimType   = 1
	pimChksum = 3
)

const pimRegister = 1 // a message that carries data, which its checksum leaves out

// PIMv2Hdr is the header of every message.
var PIMv2Hdr = &Proto{Name: "PIMv2Hdr", Table: Table{
	Title: "Protocol Independent Multicast Version 2 Header",
	Doc:   "protocol independent multicast, version 2 (RFC 7761)",
	Fields: []Field{
		{Name: "version", Bits: 4, Default: 2},
		{Name: "type", Bits: 4, Enum: &Enum{List: Named{{0, "Hello"}, {1, "Register"}, {2, "Register-Stop"}, {3, "Join/Prune"},
			{4, "Bootstrap"}, {5, "Assert"}, {6, "Graft"}, {7, "Graft-Ack"}, {8, "Candidate-RP-Advertisement"}}}},
		{Name: "reserved", Bits: 8},
		{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
	},
	Finish: finishPIM,
}}

// finishPIM is the checksum, which over IPv6 covers a pseudo-header (RFC 7761 §4.9).
func finishPIM(b *Build) {
	l := b.Layer()
	if l.IsSet(pimChksum) {
		return
	}
	data := b.HeaderAndPayload()
	if l.Uint(pimType) == pimRegister {
		data = data[:min(len(data), 8)]
	}
	sum := uint64(0)
	if ps := b.pseudoHeader(); ps != nil && len(ps.addrs) == 32 {
		sum = inetsum.Add(uint64(len(data))+103, ps.addrs)
	}
	b.Put(pimChksum, uint64(fold(inetsum.Add(sum, data))))
}

// pimOption makes the table of a hello's option.
func pimOption(title string, typ uint64, fields ...Field) Table {
	return Table{Title: "PIMv2 Hello Options : " + title, Doc: "PIM hello option: " + title + " (RFC 7761 §4.9.2)",
		Fields: rows(Field{Name: "type", Bits: 16, Default: typ},
			Field{Name: "length", Bits: 16, Type: "FieldLenField", Len: headerLess(4)}, fields)}
}

// pimValue is the value of an option that is a packet.
func pimValue(p *Proto) Field {
	f := packetsOf("value", p)
	f.DefaultValue, f.Size = List{one(p)}, sizeLess(1, 0)
	return f
}

// Hello and its options (RFC 7761 §4.9.2, RFC 3973 §4.7.5.1).
var (
	PIMv2Hello = &Proto{Name: "PIMv2Hello", make: func() Table {
		return Table{Title: "PIMv2 Hello Options", Doc: "PIM hello (RFC 7761 §4.9.2)", Fields: []Field{
			{Name: "option", Kind: Var, Type: "_PIMv2HelloListField", DefaultValue: List{}, Codec: packetList{next: pimHelloOption}}}}
	}}
	PIMv2HelloGeneric = &Proto{Name: "PIMv2HelloGeneric", make: func() Table {
		return pimOption("any by number", 0, Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(1, 0)})
	}}
	PIMv2HelloHoldtime = &Proto{Name: "PIMv2HelloHoldtime", make: func() Table {
		return pimOption("Holdtime", 1, Field{Name: "holdtime", Bits: 16, Default: 105})
	}}
	PIMv2HelloLANPruneDelay      = &Proto{Name: "PIMv2HelloLANPruneDelay", make: func() Table { return pimOption("LAN Prune Delay", 2, pimValue(PIMv2HelloLANPruneDelayValue)) }}
	PIMv2HelloLANPruneDelayValue = &Proto{Name: "PIMv2HelloLANPruneDelayValue", Table: Table{
		Title: "PIMv2 Hello Options : LAN Prune Delay Value", Doc: "value of the LAN prune delay option",
		Fields: []Field{
			{Name: "t", Kind: Flag, Bits: 1, Flags: &FlagSet{Names: []string{"0"}}},
			{Name: "propagation_delay", Bits: 15, Default: 500},
			{Name: "override_interval", Bits: 16, Default: 2500},
		},
	}}
	PIMv2HelloDRPriority = &Proto{Name: "PIMv2HelloDRPriority", make: func() Table {
		return pimOption("DR Priority", 19, Field{Name: "dr_priority", Bits: 32, Default: 1})
	}}
	PIMv2HelloGenerationID = &Proto{Name: "PIMv2HelloGenerationID", make: func() Table {
		return pimOption("Generation ID", 20, Field{Name: "generation_id", Bits: 32})
	}}
	PIMv2HelloStateRefresh      = &Proto{Name: "PIMv2HelloStateRefresh", make: func() Table { return pimOption("State-Refresh", 21, pimValue(PIMv2HelloStateRefreshValue)) }}
	PIMv2HelloStateRefreshValue = &Proto{Name: "PIMv2HelloStateRefreshValue", Table: Table{
		Title: "PIMv2 Hello Options : State-Refresh Value", Doc: "value of the state refresh option (RFC 3973)",
		Fields: []Field{
			{Name: "version", Bits: 8, Default: 1},
			{Name: "interval", Bits: 8},
			{Name: "reserved", Bits: 16},
		},
	}}
)

// pimHelloOption is the table of the option that b begins with.
func pimHelloOption(_ *Layer, b []byte) *Proto {
	if len(b) < 4 {
		return nil
	}
	switch getBits(b, 0, 16) {
	case 1:
		return PIMv2HelloHoldtime
	case 2:
		return PIMv2HelloLANPruneDelay
	case 19:
		return PIMv2HelloDRPriority
	case 20:
		return PIMv2HelloGenerationID
	case 21:
		return PIMv2HelloStateRefresh
	}
	return PIMv2HelloGeneric
}

// pimAddr is an address of the family that field i says (RFC 7761 §4.9.1).
func pimAddr(name string, i int) Field {
	ip4 := &Field{Name: name, Kind: Addr4, Bits: 32}
	ip6 := &Field{Name: name, Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Unspecified()}
	return Field{Name: name, Type: "IPField", Form: func(l *Layer) *Field {
		if l.Uint(i) == 2 {
			return ip6
		}
		return ip4
	}}
}

// pimSource is the table of a source that is joined or pruned.
func pimSource(title string) Table {
	return Table{Title: title, Doc: title + " (RFC 7761 §4.9.1)", Fields: []Field{
		{Name: "addr_family", Bits: 8, Default: 1},
		{Name: "encoding_type", Bits: 8},
		{Name: "rsrvd", Bits: 5},
		{Name: "sparse", Bits: 1},
		{Name: "wildcard", Bits: 1},
		{Name: "rpt", Bits: 1, Default: 1},
		{Name: "mask_len", Bits: 8, Default: 32},
		pimAddr("src_ip", 0),
	}}
}

// pimSourcesLen is the length of n sources that b begins with.
func pimSourcesLen(b []byte, n uint64) int {
	size := 0
	for ; n > 0 && size < len(b); n-- {
		size += pimAddrLen(b[size]) + 4
	}
	return min(size, len(b))
}

// pimAddrLen is the length of an address of the family.
func pimAddrLen(family byte) int {
	if family == 2 {
		return 16
	}
	return 4
}

// pimSources is a list of sources, which field count counts.
func pimSources(name string, p *Proto, count int) Field {
	f := packetsOf(name, p)
	f.Size = func(l *Layer, rest []byte) int { return pimSourcesLen(rest, l.Uint(count)) }
	return f
}

// Join/Prune (RFC 7761 §4.9.5).
var (
	PIMv2JoinAddrs  = &Proto{Name: "PIMv2JoinAddrs", make: func() Table { return pimSource("PIMv2 Join: Source Address") }}
	PIMv2PruneAddrs = &Proto{Name: "PIMv2PruneAddrs", make: func() Table { return pimSource("PIMv2 Prune: Source Address") }}
	PIMv2GroupAddrs = &Proto{Name: "PIMv2GroupAddrs", make: func() Table {
		return Table{Title: "PIMv2 Join/Prune: Multicast Group Address", Doc: "group of a PIM join/prune (RFC 7761 §4.9.5)", Fields: []Field{
			{Name: "addr_family", Bits: 8, Default: 1},
			{Name: "encoding_type", Bits: 8},
			{Name: "bidirection", Bits: 1},
			{Name: "reserved", Bits: 6},
			{Name: "admin_scope_zone", Bits: 1},
			{Name: "mask_len", Bits: 8, Default: 32},
			pimAddr("gaddr", 0),
			{Name: "num_joins", Bits: 16, Type: "BitFieldLenField", Auto: countOf(9)},
			{Name: "num_prunes", Bits: 16, Type: "BitFieldLenField", Auto: countOf(10)},
			pimSources("join_ips", PIMv2JoinAddrs, 7),
			pimSources("prune_ips", PIMv2PruneAddrs, 8),
		}}
	}}
	PIMv2JoinPrune = &Proto{Name: "PIMv2JoinPrune", make: func() Table {
		return Table{Title: "PIMv2 Join/Prune Options", Doc: "PIM join/prune (RFC 7761 §4.9.5)", Fields: []Field{
			{Name: "up_addr_family", Bits: 8, Default: 1},
			{Name: "up_encoding_type", Bits: 8},
			pimAddr("up_neighbor_ip", 0),
			{Name: "reserved", Bits: 8},
			{Name: "num_group", Bits: 8, Type: "FieldLenField", Auto: countOf(6)},
			{Name: "holdtime", Bits: 16, Default: 210},
			packetsOf("jp_ips", PIMv2GroupAddrs),
		}}
	}}
)

func pimTables() family {
	return family{
		tables: []*Proto{PIMv2Hdr, PIMv2Hello, PIMv2HelloGeneric, PIMv2HelloHoldtime, PIMv2HelloLANPruneDelay, PIMv2HelloLANPruneDelayValue,
			PIMv2HelloDRPriority, PIMv2HelloGenerationID, PIMv2HelloStateRefresh, PIMv2HelloStateRefreshValue,
			PIMv2JoinPrune, PIMv2GroupAddrs, PIMv2JoinAddrs, PIMv2PruneAddrs},
		bind: func() {
			mustBindProtocol(PIMv2Hdr, 103)
			mustBind(PIMv2Hdr, PIMv2Hello, "type", 0)
			mustBind(PIMv2Hdr, PIMv2JoinPrune, "type", 3)
		},
	}
}
