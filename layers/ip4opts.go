package layers

// The options of an IPv4 header (RFC 791 §3.1; the IANA registry "IP Option
// Numbers"). Each is a protocol of its own, and IP.options a list of them.

// Field positions that several options have in common.
const (
	ipOptLength  = 3
	ipOptRouters = 5
)

// IPOptionNumbers names the low five bits of an option's type.
var IPOptionNumbers = &Enum{List: Named{
	{0, "end_of_list"},
	{1, "nop"},
	{2, "security"},
	{3, "loose_source_route"},
	{4, "timestamp"},
	{5, "extended_security"},
	{6, "commercial_security"},
	{7, "record_route"},
	{8, "stream_id"},
	{9, "strict_source_route"},
	{10, "experimental_measurement"},
	{11, "mtu_probe"},
	{12, "mtu_reply"},
	{13, "flow_control"},
	{14, "access_control"},
	{15, "encode"},
	{16, "imi_traffic_descriptor"},
	{17, "extended_IP"},
	{18, "traceroute"},
	{19, "address_extension"},
	{20, "router_alert"},
	{21, "selective_directed_broadcast_mode"},
	{23, "dynamic_packet_state"},
	{24, "upstream_multicast_packet"},
	{25, "quick_start"},
	{30, "rfc4727_experiment"},
}}

var ipOptionClasses = &Enum{List: Named{{0, "control"}, {2, "debug"}}}

// ipOption makes the table of an option: the three parts of its type byte with
// their defaults, then fields.
func ipOption(title, doc string, copied, class, number uint64, fields ...Field) Table {
	head := []Field{
		{Name: "copy_flag", Bits: 1, Default: copied},
		{Name: "optclass", Bits: 2, Enum: ipOptionClasses, Default: class},
		{Name: "option", Bits: 5, Enum: IPOptionNumbers, Default: number},
	}
	return Table{Title: title, Doc: doc, Fields: append(head, fields...), PayloadIsPadding: true}
}

// optLen is the length byte of an option, which counts the whole option.
func optLen() Field { return Field{Name: "length", Bits: 8, Type: "FieldLenField", Len: headerLen} }

// routeOption makes an option that holds a route: RFC 791 calls them all
// pointer and route data.
func routeOption(title, doc string, copied, number uint64) Table {
	return ipOption(title, doc, copied, 0, number,
		optLen(),
		Field{Name: "pointer", Bits: 8, Default: 4},
		Field{Name: "routers", Kind: Var, Type: "FieldListField", DefaultValue: List{},
			Codec: addrList{4}, Size: sizeLess(ipOptLength, 3)},
	)
}

// The IPv4 options.
var (
	IPOption = &Proto{Name: "IPOption", make: func() Table {
		return ipOption("IP Option", "any IPv4 option by number (RFC 791)", 0, 0, 0,
			optLen(),
			Field{Name: "value", Kind: Var, Type: "StrLenField", Size: sizeLess(ipOptLength, 2)})
	}}

	IPOption_EOL = &Proto{Name: "IPOption_EOL", make: func() Table {
		return ipOption("IP Option End of Options List",
			"end of the option list (RFC 791)", 0, 0, 0)
	}}
	IPOption_NOP = &Proto{Name: "IPOption_NOP", make: func() Table {
		return ipOption("IP Option No Operation",
			"option that does nothing (RFC 791)", 0, 0, 1)
	}}

	IPOption_RR = &Proto{Name: "IPOption_RR", make: func() Table {
		return routeOption("IP Option Record Route",
			"record route option (RFC 791)", 0, 7)
	}}
	IPOption_LSRR = &Proto{Name: "IPOption_LSRR", make: func() Table {
		return routeOption("IP Option Loose Source and Record Route",
			"loose source route option (RFC 791)", 1, 3)
	}}
	IPOption_SSRR = &Proto{Name: "IPOption_SSRR", make: func() Table {
		return routeOption("IP Option Strict Source and Record Route",
			"strict source route option (RFC 791)", 1, 9)
	}}

	IPOption_Timestamp = &Proto{Name: "IPOption_Timestamp", make: func() Table {
		return ipOption("IP Option Timestamp",
			"timestamp option (RFC 791)", 0, 2, 4,
			Field{Name: "length", Bits: 8, Len: headerLen},
			Field{Name: "pointer", Bits: 8, Default: 9},
			Field{Name: "oflw", Bits: 4},
			Field{Name: "flg", Bits: 4, Default: 1, Enum: &Enum{List: Named{
				{0, "timestamp_only"}, {1, "timestamp_and_ip_addr"}, {3, "prespecified_ip_addr"}}}},
			Field{Name: "internet_address", Kind: Addr4, Bits: 32,
				When: func(l *Layer) bool { return l.Uint(6) != 0 }}, // flg
			Field{Name: "timestamp", Bits: 32})
	}}

	IPOption_Router_Alert = &Proto{Name: "IPOption_Router_Alert", make: func() Table {
		return ipOption("IP Option Router Alert",
			"router alert option (RFC 2113)", 1, 0, 20,
			Field{Name: "length", Bits: 8, Default: 4},
			Field{Name: "alert", Bits: 16, Enum: &Enum{List: Named{{0, "router_shall_examine_packet"}}}})
	}}
	IPOption_Stream_Id = &Proto{Name: "IPOption_Stream_Id", make: func() Table {
		return ipOption("IP Option Stream ID",
			"stream identifier option (RFC 791)", 1, 0, 8,
			Field{Name: "length", Bits: 8, Default: 4},
			Field{Name: "security", Bits: 16})
	}}
	IPOption_MTU_Probe = &Proto{Name: "IPOption_MTU_Probe", make: func() Table {
		return ipOption("IP Option MTU Probe",
			"MTU probe option (RFC 1063)", 0, 0, 11,
			Field{Name: "length", Bits: 8, Default: 4},
			Field{Name: "mtu", Bits: 16})
	}}
	IPOption_MTU_Reply = &Proto{Name: "IPOption_MTU_Reply", make: func() Table {
		return ipOption("IP Option MTU Reply",
			"MTU reply option (RFC 1063)", 0, 0, 12,
			Field{Name: "length", Bits: 8, Default: 4},
			Field{Name: "mtu", Bits: 16})
	}}
	IPOption_Traceroute = &Proto{Name: "IPOption_Traceroute", make: func() Table {
		return ipOption("IP Option Traceroute",
			"traceroute option (RFC 1393)", 0, 0, 18,
			Field{Name: "length", Bits: 8, Default: 12},
			Field{Name: "id", Bits: 16},
			Field{Name: "outbound_hops", Bits: 16},
			Field{Name: "return_hops", Bits: 16},
			Field{Name: "originator_ip", Kind: Addr4, Bits: 32})
	}}
	IPOption_Address_Extension = &Proto{Name: "IPOption_Address_Extension", make: func() Table {
		return ipOption("IP Option Address Extension",
			"address extension option (RFC 1475)", 1, 0, 19,
			Field{Name: "length", Bits: 8, Default: 10},
			Field{Name: "src_ext", Kind: Addr4, Bits: 32},
			Field{Name: "dst_ext", Kind: Addr4, Bits: 32})
	}}
	IPOption_SDBM = &Proto{Name: "IPOption_SDBM", make: func() Table {
		return ipOption("IP Option Selective Directed Broadcast Mode",
			"selective directed broadcast option (RFC 1770)", 1, 0, 21,
			Field{Name: "length", Bits: 8, Type: "FieldLenField", Len: headerLen},
			Field{Name: "addresses", Kind: Var, Type: "FieldListField", DefaultValue: List{},
				Codec: addrList{4}, Size: sizeLess(ipOptLength, 2)})
	}}
	IPOption_Security = &Proto{Name: "IPOption_Security", make: func() Table {
		return ipOption("IP Option Security",
			"security option (RFC 791)", 1, 0, 2,
			Field{Name: "length", Bits: 8, Default: 11},
			Field{Name: "security", Bits: 16},
			Field{Name: "compartment", Bits: 16},
			Field{Name: "handling_restrictions", Bits: 16},
			Field{Name: "transmission_control_code", Kind: Fixed, Bits: 24, DefaultValue: []byte("xxx")})
	}}
)

// ipOptionProtos finds an option's table by the low five bits of its type.
var ipOptionProtos = [32]*Proto{
	0: IPOption_EOL, 1: IPOption_NOP, 2: IPOption_Security, 3: IPOption_LSRR,
	4: IPOption_Timestamp, 7: IPOption_RR, 8: IPOption_Stream_Id, 9: IPOption_SSRR,
	11: IPOption_MTU_Probe, 12: IPOption_MTU_Reply, 18: IPOption_Traceroute,
	19: IPOption_Address_Extension, 20: IPOption_Router_Alert, 21: IPOption_SDBM,
}

var ipOptionList = packetList{next: func(l *Layer, b []byte) *Proto { return IPOption }}

// Bytes are dissected as the option that they are.
func linkIPOptions() {
	IPOption.Dispatch = func(b []byte) *Proto {
		if len(b) == 0 {
			return nil
		}
		return ipOptionProtos[b[0]&31]
	}
}

func ipOptionsTables() family {
	return family{
		tables: []*Proto{
			IPOption, IPOption_EOL, IPOption_NOP, IPOption_RR, IPOption_LSRR, IPOption_SSRR, IPOption_Timestamp,
			IPOption_Router_Alert, IPOption_Stream_Id, IPOption_MTU_Probe, IPOption_MTU_Reply, IPOption_Traceroute,
			IPOption_Address_Extension, IPOption_SDBM, IPOption_Security,
		},
		link: linkIPOptions,
	}
}
