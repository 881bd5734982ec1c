package layers

// Small protocols that routers speak among themselves.

// RIP is the header of a routing information message (RFC 1058, RFC 2453 §4).
var RIP = &Proto{Name: "RIP", Table: Table{
	Title: "RIP header",
	Doc:   "routing information protocol (RFC 2453)",
	Fields: []Field{
		{Name: "cmd", Bits: 8, Default: 1, Enum: &Enum{List: Named{
			{1, "req"}, {2, "resp"}, {3, "traceOn"}, {4, "traceOff"}, {5, "sun"}, {6, "trigReq"}, {7, "trigResp"},
			{8, "trigAck"}, {9, "updateReq"}, {10, "updateResp"}, {11, "updateAck"}}}},
		{Name: "version", Bits: 8, Default: 1},
		{Name: "null", Bits: 16},
	},
	Next: nextRIP,
}}

// RIPEntry is a route (RFC 2453 §4).
var RIPEntry = &Proto{Name: "RIPEntry", Table: Table{
	Title: "RIP entry",
	Doc:   "route of the routing information protocol (RFC 2453)",
	Fields: []Field{
		{Name: "AF", Bits: 16, Default: 2, Enum: &Enum{List: Named{{2, "IP"}}}},
		{Name: "RouteTag", Bits: 16},
		{Name: "addr", Kind: Addr4, Bits: 32},
		{Name: "mask", Kind: Addr4, Bits: 32},
		{Name: "nextHop", Kind: Addr4, Bits: 32},
		{Name: "metric", Bits: 32, Default: 1, Enum: &Enum{List: Named{{16, "Unreach"}}}},
	},
}}

// RIPAuth stands in place of the first route (RFC 2453 §4.1, RFC 4822).
var RIPAuth = &Proto{Name: "RIPAuth", Table: Table{
	Title: "RIP authentication",
	Doc:   "authentication of the routing information protocol (RFC 2453, RFC 4822)",
	Fields: []Field{
		{Name: "AF", Bits: 16, Default: 0xffff, Enum: &Enum{List: Named{{0xffff, "Auth"}}}},
		{Name: "authtype", Bits: 16, Default: 2, Enum: &Enum{List: Named{
			{1, "md5authdata"}, {2, "simple"}, {3, "md5"}}}},
		{Name: "password", Absent: true, Kind: Fixed, Bits: 128, When: func(l *Layer) bool { return l.Uint(1) == 2 }},
		{Name: "digestoffset", Bits: 16, When: func(l *Layer) bool { return l.Uint(1) == 3 }},
		{Name: "keyid", Bits: 8, When: func(l *Layer) bool { return l.Uint(1) == 3 }},
		{Name: "authdatalen", Bits: 8, When: func(l *Layer) bool { return l.Uint(1) == 3 }},
		{Name: "seqnum", Bits: 32, When: func(l *Layer) bool { return l.Uint(1) == 3 }},
		{Name: "zeropad", Absent: true, Kind: Fixed, Bits: 64, When: func(l *Layer) bool { return l.Uint(1) == 3 }},
		{Name: "authdata", Absent: true, Kind: Var, Type: "StrLenField", When: func(l *Layer) bool { return l.Uint(1) == 1 },
			Size: func(_ *Layer, rest []byte) int { return len(rest) }},
	},
}}

func nextRIP(_ At, payload []byte) *Proto {
	if len(payload) >= 2 && payload[0] == 0xff && payload[1] == 0xff {
		return RIPAuth
	}
	return RIPEntry
}

// Any number of routes follow each other.
func linkRIP() { RIPEntry.Next, RIPAuth.Next = nextRIP, nextRIP }

// HSRP is a hot standby message (RFC 2281 §5.1).
var HSRP = &Proto{Name: "HSRP", Table: Table{
	Doc: "hot standby router protocol (RFC 2281)",
	Fields: []Field{
		{Name: "version", Bits: 8},
		{Name: "opcode", Bits: 8, Enum: &Enum{List: Named{{0, "Hello"}, {1, "Coup"}, {2, "Resign"}, {3, "Advertise"}}}},
		{Name: "state", Bits: 8, Default: 16, Enum: &Enum{List: Named{
			{0, "Initial"}, {1, "Learn"}, {2, "Listen"}, {4, "Speak"}, {8, "Standby"}, {16, "Active"}}}},
		{Name: "hellotime", Bits: 8, Default: 3},
		{Name: "holdtime", Bits: 8, Default: 10},
		{Name: "priority", Bits: 8, Default: 120},
		{Name: "group", Bits: 8, Default: 1},
		{Name: "reserved", Bits: 8},
		{Name: "auth", Kind: Fixed, Bits: 64, DefaultValue: []byte("cisco")},
		{Name: "virtualIP", Kind: Addr4, Bits: 32, Default: 0xc0a80101},
	},
}}

// BFD is a bidirectional forwarding detection control packet (RFC 5880 §4.1).
var BFD = &Proto{Name: "BFD", make: func() Table {
	return Table{
		Doc: "bidirectional forwarding detection (RFC 5880)",
		Fields: []Field{
			{Name: "version", Bits: 3, Default: 1},
			{Name: "diag", Bits: 5, Enum: &Enum{List: Named{
				{0, "No Diagnostic"},
				{1, "Control Detection Time Expired"},
				{2, "Echo Function Failed"},
				{3, "Neighbor Signaled Session Down"},
				{4, "Forwarding Plane Reset"},
				{5, "Path Down"},
				{6, "Concatenated Path Down"},
				{7, "Administratively Down"},
				{8, "Reverse Concatenated Path Down"},
				{9, "Mis-Connectivity Defect"},
			}}},
			{Name: "sta", Bits: 2, Default: 3, Enum: &Enum{List: Named{{0, "AdminDown"}, {1, "Down"}, {2, "Init"}, {3, "Up"}}}},
			{Name: "flags", Kind: Flag, Bits: 6, Flags: &FlagSet{Letters: "MDACFP"}},
			{Name: "detect_mult", Bits: 8, Default: 3},
			{Name: "len", Bits: 8, Default: 24},
			{Name: "my_discriminator", Bits: 32, Default: 0x11111111},
			{Name: "your_discriminator", Bits: 32, Default: 0x22222222},
			{Name: "min_tx_interval", Bits: 32, Default: 1000000000},
			{Name: "min_rx_interval", Bits: 32, Default: 1000000000},
			{Name: "echo_rx_interval", Bits: 32, Default: 1000000000},
		},
		Summary: summaryOf("BFD (my_disc=%my_discriminator%,your_disc=%your_discriminator%,state=%sta%)"),
	}
}}

func hsrpTables() family {
	return family{
		tables: []*Proto{HSRP},
		bind: func() {
			mustBindPorts(UDP, HSRP, 1985, 2029)
			mustBindDown(UDP, HSRP, "sport", 2029, "dport", 2029)
		},
	}
}

func ripTables() family {
	return family{
		tables: []*Proto{RIP, RIPEntry, RIPAuth},
		link:   linkRIP,
		bind: func() {
			mustBindPorts(UDP, RIP, 520)
			mustBindDown(UDP, RIP, "sport", 520, "dport", 520)
			mustBindDown(UDP, RIPEntry, "sport", 520, "dport", 520)
			mustBindDown(RIP, RIPEntry)
		},
	}
}

func bfdTables() family {
	return family{
		tables: []*Proto{BFD},
		bind: func() {
			mustBindPorts(UDP, BFD, 3784, 3785, 4784, 6784, 7784)
			mustBindDown(UDP, BFD, "dport", 3784)
		},
	}
}
