package layers

import "time"

// Field positions in NTPHeader.
const (
	ntpVersion = 1
	ntpMode    = 2
	ntpStratum = 3
)

// NTPHeader is the header of time messages (RFC 5905 §7.3). Times are seconds
// since 1900 as a fixed-point number.
var NTPHeader = &Proto{Name: "NTPHeader", make: func() Table {
	return Table{
		Doc: "network time protocol header (RFC 5905)",
		Fields: []Field{
			{Name: "leap", Bits: 2, Enum: &Enum{List: Named{
				{0, "no warning"},
				{1, "last minute of the day has 61 seconds"},
				{2, "last minute of the day has 59 seconds"},
				{3, "unknown (clock unsynchronized)"},
			}}},
			{Name: "version", Bits: 3, Default: 4},
			{Name: "mode", Bits: 3, Default: 3, Enum: ntpModes},
			{Name: "stratum", Bits: 8, Type: "BitField", Default: 2},
			{Name: "poll", Bits: 8, Type: "BitField", Default: 10},
			{Name: "precision", Bits: 8, Type: "BitField"},
			{Name: "delay", Bits: 32, Unit: 1 << 16, Type: "FixedPointField"},
			{Name: "dispersion", Bits: 32, Unit: 1 << 16, Type: "FixedPointField"},
			{Name: "id", Kind: Addr4, Bits: 32, Default: 0x7f000001, When: func(l *Layer) bool { return l.Uint(ntpStratum) > 1 }},
			{Name: "ref_id", Kind: Fixed, Bits: 32, Type: "StrFixedLenEnumField", When: func(l *Layer) bool { return l.Uint(ntpStratum) < 2 }},
			{Name: "ref", Bits: 64, Unit: 1 << 32, Type: "TimeStampField"},
			{Name: "orig", Bits: 64, Unit: 1 << 32, Type: "TimeStampField", Auto: ntpNow, Clock: true},
			{Name: "recv", Bits: 64, Unit: 1 << 32, Type: "TimeStampField"},
			{Name: "sent", Bits: 64, Unit: 1 << 32, Type: "TimeStampField", Auto: ntpNow, Clock: true},
		},
		Summary: summaryOf("NTP v%version%, %mode%"),
		Answers: func(at, to At) bool {
			return to.Proto() == at.Proto() && at.Uint(ntpMode) == 4 && to.Uint(ntpMode) == 3 ||
				at.Uint(ntpMode) == 2 && to.Uint(ntpMode) == 1
		},
	}
}}

var ntpModes = &Enum{List: Named{
	{0, "reserved"},
	{1, "symmetric active"},
	{2, "symmetric passive"},
	{3, "client"},
	{4, "server"},
	{5, "broadcast"},
	{6, "NTP control message"},
	{7, "reserved for private use"},
}}

// ntpEpoch is the Unix epoch in seconds since 1900 (RFC 5905 §6).
const ntpEpoch = 2208988800

func ntpNow(*Build) uint64 {
	t := time.Now()
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/1e9
}

func ntpTables() family {
	return family{
		tables: []*Proto{NTPHeader, NTPControl, NTPPrivate, NTPPrivateReqPacket},
		other:  map[string]*Proto{"NTP": NTPHeader},
		bind: func() {

			mustBindPorts(UDP, ntpAny, 123)
			mustBindDown(UDP, NTPHeader, "sport", 123, "dport", 123)
		},
	}
}
