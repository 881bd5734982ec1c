package layers

// NetFlow exports: versions 1 and 5 with their records, and the headers of
// version 9 and IPFIX (RFC 3954 §5.1, RFC 7011 §3.1), whose flow sets are Raw.

// NetflowHeader says the version, by which the rest is read.
var NetflowHeader = &Proto{Name: "NetflowHeader", Table: Table{
	Title: "Netflow Header", Doc: "NetFlow export, any version",
	Fields: []Field{{Name: "version", Bits: 16, Default: 1}},
}}

func netflow(title, doc string, fields ...any) Table {
	return Table{Title: title, Doc: doc, Fields: rows(fields...)}
}

// timeNow is the time of the build unless it is set.
func timeNow(name string) Field {
	f := timeField(name, 0, 1)
	f.Auto, f.Clock = unixNow, true
	return f
}

func u(name string, bits int) Field { return Field{Name: name, Bits: bits} }

func counted(record *Proto) Field {
	return Field{Name: "count", Bits: 16, Auto: func(b *Build) uint64 {
		n := uint64(0)
		for _, l := range b.P.layers[b.I+1:] {
			if l.proto == record {
				n++
			}
		}
		return n
	}}
}

// The headers and records.
var (
	NetflowRecordV1 = &Proto{Name: "NetflowRecordV1", make: func() Table {
		return netflow("Netflow Record v1", "NetFlow v1 record",
			Field{Name: "ipsrc", Kind: Addr4, Bits: 32}, Field{Name: "ipdst", Kind: Addr4, Bits: 32}, Field{Name: "nexthop", Kind: Addr4, Bits: 32},
			u("inputIfIndex", 16), u("outpuIfIndex", 16), u("dpkts", 32), u("dbytes", 32), u("starttime", 32), u("endtime", 32),
			u("srcport", 16), u("dstport", 16), u("padding", 16), u("proto", 8), u("tos", 8), u("padding1", 32), u("padding2", 32))
	}}
	NetflowHeaderV1 = &Proto{Name: "NetflowHeaderV1", make: func() Table {
		return netflow("Netflow Header v1", "NetFlow v1 header",
			counted(NetflowRecordV1), u("sysUptime", 32), timeField("unixSecs", 0, 1), timeField("unixNanoSeconds", 0, 1e9))
	}}
	NetflowRecordV5 = &Proto{Name: "NetflowRecordV5", make: func() Table {
		return netflow("Netflow Record v5", "NetFlow v5 record",
			Field{Name: "src", Kind: Addr4, Bits: 32, Default: 0x7f000001}, Field{Name: "dst", Kind: Addr4, Bits: 32, Default: 0x7f000001},
			Field{Name: "nexthop", Kind: Addr4, Bits: 32}, u("input", 16), u("output", 16),
			Field{Name: "dpkts", Bits: 32, Default: 1}, Field{Name: "dOctets", Bits: 32, Default: 60},
			u("first", 32), u("last", 32), u("srcport", 16), u("dstport", 16), u("pad1", 8),
			Field{Name: "tcpFlags", Kind: Flag, Bits: 8, Default: 2, Flags: &FlagSet{Letters: "FSRPAUEC"}},
			Field{Name: "prot", Bits: 8, Default: 6, Enum: IPProtos}, u("tos", 8), u("src_as", 16), u("dst_as", 16),
			u("src_mask", 8), u("dst_mask", 8), u("pad2", 16))
	}}
	NetflowHeaderV5 = &Proto{Name: "NetflowHeaderV5", make: func() Table {
		return netflow("Netflow Header v5", "NetFlow v5 header",
			counted(NetflowRecordV5), u("sysUptime", 32), timeField("unixSecs", 0, 1), timeField("unixNanoSeconds", 0, 1e9), u("flowSequence", 32),
			u("engineType", 8), u("engineID", 8), u("samplingInterval", 16))
	}}
	NetflowHeaderV9 = &Proto{Name: "NetflowHeaderV9", make: func() Table {
		return netflow("Netflow Header V9", "NetFlow v9 header (RFC 3954 §5.1)",
			Field{Name: "count", Bits: 16, Auto: zero}, u("sysUptime", 32), timeNow("unixSecs"),
			u("packageSequence", 32), u("SourceID", 32))
	}}
	NetflowHeaderV10 = &Proto{Name: "NetflowHeaderV10", make: func() Table {
		return netflow("IPFix (Netflow V10) Header", "IPFIX header (RFC 7011 §3.1)",
			Field{Name: "length", Bits: 16, Len: func(header, payload int) int { return header + payload + 2 }},
			timeField("ExportTime", 0, 1), u("flowSequence", 32), u("ObservationDomainID", 32))
	}}
)

func bindNetflow() {
	for _, port := range []int{2055, 2056, 9995, 9996, 6343} {
		mustBindUp(UDP, NetflowHeader, "dport", port)
	}
	mustBindDown(UDP, NetflowHeader, "dport", 2055, "sport", 2055)
	mustBind(NetflowHeader, NetflowHeaderV1, "version", 1)
	mustBind(NetflowHeader, NetflowHeaderV5, "version", 5)
	mustBind(NetflowHeader, NetflowHeaderV9, "version", 9)
	mustBind(NetflowHeader, NetflowHeaderV10, "version", 10)
	mustBind(NetflowHeaderV1, NetflowRecordV1)
	mustBind(NetflowRecordV1, NetflowRecordV1)
	mustBind(NetflowHeaderV5, NetflowRecordV5)
	mustBind(NetflowRecordV5, NetflowRecordV5)
}

func netflowTables() family {
	return family{
		tables: []*Proto{NetflowHeader, NetflowRecordV1, NetflowHeaderV1, NetflowRecordV5, NetflowHeaderV5, NetflowHeaderV9, NetflowHeaderV10},
		bind:   bindNetflow,
	}
}
