package layers

// Slow protocols (IEEE 802.3, annex 57A): link aggregation and its marker.

// SlowProtocol tells them apart.
var SlowProtocol = &Proto{Name: "SlowProtocol", Table: Table{
	Doc:    "slow protocols (IEEE 802.3 annex 57A)",
	Fields: []Field{{Name: "subtype", Bits: 8, Enum: &Enum{List: Named{{0, "Unused"}, {1, "LACP"}, {2, "Marker Protocol"}, {3, "OAM"}, {10, "OSSP"}}}}},
}}

// lacpEnd is what the actor or the partner says of itself.
func lacpEnd(who string, typ uint64) []Field {
	return []Field{
		{Name: who + "_type", Bits: 8, Default: typ},
		{Name: who + "_length", Bits: 8, Default: 20},
		{Name: who + "_system_priority", Bits: 16},
		{Name: who + "_system", Kind: HWAddr, Bits: 48, Absent: true},
		{Name: who + "_key", Bits: 16},
		{Name: who + "_port_priority", Bits: 16},
		{Name: who + "_port_number", Bits: 16},
		{Name: who + "_state", Bits: 8},
		{Name: who + "_reserved", Kind: Fixed, Bits: 24, Type: "XStrFixedLenField"},
	}
}

var slowTail = []Field{
	{Name: "terminator_type", Bits: 8},
	{Name: "terminator_length", Bits: 8},
}

// The protocols.
var (
	LACP = &Proto{Name: "LACP", make: func() Table {
		return Table{
			Doc: "link aggregation control (IEEE 802.1AX §6.4)",
			Fields: rows(
				Field{Name: "version", Bits: 8, Default: 1},
				lacpEnd("actor", 1), lacpEnd("partner", 2),
				Field{Name: "collector_type", Bits: 8, Default: 3},
				Field{Name: "collector_length", Bits: 8, Default: 16},
				Field{Name: "collector_max_delay", Bits: 16},
				Field{Name: "collector_reserved", Kind: Fixed, Bits: 96, Type: "XStrFixedLenField"},
				slowTail,
				Field{Name: "reserved", Kind: Fixed, Bits: 400, Type: "XStrFixedLenField"}),
		}
	}}
	MarkerProtocol = &Proto{Name: "MarkerProtocol", make: func() Table {
		return Table{
			Doc: "link aggregation marker (IEEE 802.1AX §6.5)",
			Fields: rows(
				Field{Name: "version", Bits: 8, Default: 1},
				Field{Name: "marker_type", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "Marker Request"}, {2, "Marker Response"}}}},
				Field{Name: "marker_length", Bits: 8, Default: 16},
				Field{Name: "requester_port", Bits: 16},
				Field{Name: "requester_system", Kind: HWAddr, Bits: 48, Absent: true},
				Field{Name: "requester_transaction_id", Bits: 32},
				Field{Name: "marker_reserved", Kind: Fixed, Bits: 16, Type: "XStrFixedLenField"},
				slowTail,
				unsetZero(Field{Name: "reserved", Kind: Fixed, Bits: 720, Type: "XStrFixedLenField"})),
		}
	}}
)

func bindSlow() {
	mustBindGroup(SlowProtocol, 0x8809, 0x0180c2000002)
	mustBind(SlowProtocol, LACP, "subtype", 1)
	mustBind(SlowProtocol, MarkerProtocol, "subtype", 2)
}

func slowTables() family {
	return family{
		tables: []*Proto{SlowProtocol, LACP, MarkerProtocol},
		bind:   bindSlow,
	}
}
