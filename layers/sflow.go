package layers

import "net/netip"

// SFlow is a datagram of samples (sflow.org, "sFlow Version 5" §5): a header, then
// samples of which each has its format and length in front.
var SFlow = &Proto{Name: "SFlow", make: func() Table {
	return Table{
		Doc: "sFlow datagram, version 5 (RFC 3176, sflow.org)",
		Fields: []Field{
			{Name: "DatagramVersion", Bits: 32, Default: 5},
			{Name: "AgentAddressType", Bits: 32, Default: 1, Enum: &Enum{text: "1 IPv4\n2 IPv6\n"}},
			{Name: "AgentAddress", Type: "MultipleTypeField", Form: sflowAddress},
			{Name: "SubAgentID", Bits: 32},
			{Name: "SequenceNumber", Bits: 32},
			{Name: "AgentUptime", Bits: 32},
			{Name: "SampleCount", Bits: 32, Auto: countOf(7)},
			{Name: "Samples", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: sflowSample}},
		},
		Dispatch: func(b []byte) *Proto {
			if len(b) < 4 || getBits(b, 0, 32) != 5 {
				return Raw // other versions have other headers
			}
			return nil
		},
	}
}}

var (
	sflowIP4 = &Field{Name: "AgentAddress", Kind: Addr4, Bits: 32}
	sflowIP6 = &Field{Name: "AgentAddress", Kind: Addr6, Bits: 128}
)

func sflowAddress(l *Layer) *Field {
	if l.Uint(1) == 2 {
		return sflowIP6
	}
	return sflowIP4
}

// sflowRecord makes the table of what has a format and a length in front.
func sflowRecord(doc string, format uint64, formats *Enum, fields ...Field) Table {
	return Table{Doc: doc + " (sflow.org)", PayloadIsPadding: true, Fields: rows(
		Field{Name: "EnterpriseID", Bits: 20},
		Field{Name: "Format", Bits: 12, Default: format, Enum: formats},
		Field{Name: "Length", Bits: 32, Len: headerLess(8)},
		fields)}
}

// sflowRest is the last field of a sample or record, behind the before bytes that
// Length counts.
func sflowRest(f Field, before int) Field {
	f.Kind = Var
	f.Size = func(l *Layer, _ []byte) int { return int(l.Uint(2)) - before }
	return f
}

// The flow records that carry packets, and any other record (§5.3, §5.4).
var (
	SFlowRecord = &Proto{Name: "SFlowRecord", make: func() Table {
		return sflowRecord("sFlow record of any format", 0, nil, sflowRest(Field{Name: "Data", Type: "StrLenField"}, 0))
	}}

	SFlowRawPacketFlowRecord = &Proto{Name: "SFlowRawPacketFlowRecord", make: func() Table {
		return sflowRecord("sFlow record of a packet's header", 1,
			&Enum{text: "1 Raw Packet\n"},
			Field{Name: "HeaderProtocol", Bits: 32, Default: 1, Enum: &Enum{text: "1 ETHERNET-ISO88023\n11 IPv4\n12 IPv6\n"}},
			Field{Name: "FrameLength", Bits: 32},
			Field{Name: "PayloadRemoved", Bits: 32},
			Field{Name: "HeaderLength", Bits: 32, Auto: lenOf(7, 0)},
			Field{Name: "Header", Kind: Var, Type: "PacketLenField", Size: sizeLess(6, 0), Codec: onePacket{func(l *Layer, _ []byte) *Proto {
				switch l.Uint(3) {
				case 1:
					return Ether
				case 11:
					return IP
				case 12:
					return IPv6
				}
				return Raw
			}}},
			sflowPadding)
	}}
)

// What is behind a header up to the end that Length gives.
var sflowPadding = Field{Name: "Padding", Kind: Var, Type: "StrLenField", Size: func(l *Layer, _ []byte) int {
	return int(l.Uint(2)) - 16 - int(l.Uint(6))
}}

func sflowRecords(before int) Field {
	return sflowRest(Field{Name: "Records", Type: "PacketListField", DefaultValue: List{}, Codec: packetList{next: func(_ *Layer, b []byte) *Proto {
		if len(b) >= 24 && getBits(b, 0, 32) == 1 {
			return SFlowRawPacketFlowRecord
		}
		return SFlowRecord
	}}}, before)
}

// The samples (§5.2).
var (
	sflowFormats = &Enum{text: "1 Flow Sample\n2 Counter Sample\n3 Expanded Flow Sample\n4 Expanded Counter Sample\n"}

	SFlowFlowSample = &Proto{Name: "SFlowFlowSample", make: func() Table {
		return sflowRecord("sFlow sample of packets", 1, sflowFormats,
			Field{Name: "SequenceNumber", Bits: 32},
			Field{Name: "SourceIDClass", Bits: 8},
			Field{Name: "SourceIDIndex", Bits: 24},
			Field{Name: "SamplingRate", Bits: 32},
			Field{Name: "SamplePool", Bits: 32},
			Field{Name: "Dropped", Bits: 32},
			Field{Name: "InputInterface", Bits: 32},
			Field{Name: "OutputInterface", Bits: 32},
			Field{Name: "RecordCount", Bits: 32, Auto: countOf(12)},
			sflowRecords(32))
	}}
	SFlowCounterSample = &Proto{Name: "SFlowCounterSample", make: func() Table {
		return sflowRecord("sFlow sample of counters", 2, sflowFormats,
			Field{Name: "SequenceNumber", Bits: 32},
			Field{Name: "SourceIDClass", Bits: 8},
			Field{Name: "SourceIDIndex", Bits: 24},
			Field{Name: "RecordCount", Bits: 32, Auto: countOf(7)},
			sflowRecords(12))
	}}
	SFlowSample = &Proto{Name: "SFlowSample", make: func() Table {
		return sflowRecord("sFlow sample of any format", 3, sflowFormats, sflowRest(Field{Name: "Data", Type: "StrLenField"}, 0))
	}}
)

func sflowSample(_ *Layer, b []byte) *Proto {
	switch {
	case len(b) >= 40 && getBits(b, 0, 32) == 1:
		return SFlowFlowSample
	case len(b) >= 20 && getBits(b, 0, 32) == 2:
		return SFlowCounterSample
	}
	return SFlowSample
}

func linkSFlow() {
	sflowIP6.DefaultValue = netip.IPv6Unspecified()
	// Its port is one of NetFlow's too, whose version 5 is a number of 16 bits.
	NetflowHeader.Dispatch = func(b []byte) *Proto {
		if len(b) >= 4 && getBits(b, 0, 32) == 5 {
			return SFlow
		}
		return nil
	}
}

func bindSFlow() {
	mustBindDown(UDP, SFlow, "dport", 6343)
}

func sflowTables() family {
	return family{
		tables: []*Proto{SFlow, SFlowRecord, SFlowRawPacketFlowRecord, SFlowFlowSample, SFlowCounterSample, SFlowSample},
		link:   linkSFlow,
		bind:   bindSFlow,
	}
}
