package layers

import "net/netip"

// RIPng is the header of the routing information protocol for IPv6 (RFC 2080 §2.1).
var RIPng = &Proto{Name: "RIPng", Table: Table{
	Title: "RIPng header",
	Doc:   "routing information protocol for IPv6 (RFC 2080)",
	Fields: []Field{
		{Name: "cmd", Bits: 8, Default: 1, Enum: &Enum{List: Named{{1, "req"}, {2, "resp"}}}},
		{Name: "ver", Bits: 8, Default: 1},
		{Name: "null", Bits: 16},
	},
	Next: nextRIPng,
}}

// RIPngEntry is a route, or with metric 255 the next hop of the routes behind it (RFC 2080 §2.1.1).
var RIPngEntry = &Proto{Name: "RIPngEntry", Table: Table{
	Title: "RIPng entry",
	Doc:   "route of RIPng (RFC 2080)",
	Fields: []Field{
		{Name: "prefix_or_nh", Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Unspecified()},
		{Name: "routetag", Bits: 16},
		{Name: "prefixlen", Bits: 8},
		{Name: "metric", Bits: 8, Default: 1, Enum: &Enum{List: Named{{16, "Unreach"}, {255, "next-hop entry"}}}},
	},
}}

func nextRIPng(At, []byte) *Proto { return RIPngEntry }

func ripngTables() family {
	return family{
		tables: []*Proto{RIPng, RIPngEntry},
		link:   func() { RIPngEntry.Next = nextRIPng },
		bind: func() {
			mustBindPorts(UDP, RIPng, 521)
			mustBindDown(UDP, RIPng, "sport", 521, "dport", 521)
		},
	}
}
