package layers

import (
	"strconv"
	"strings"
	"time"
)

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
			ntpFixed("delay"),
			ntpFixed("dispersion"),
			{Name: "id", Kind: Addr4, Bits: 32, Default: 0x7f000001, When: func(l *Layer) bool { return l.Uint(ntpStratum) > 1 }},
			{Name: "ref_id", Kind: Fixed, Bits: 32, Type: "StrFixedLenEnumField", When: func(l *Layer) bool { return l.Uint(ntpStratum) < 2 }},
			ntpTime("ref", nil),
			ntpTime("orig", ntpNow),
			ntpTime("recv", nil),
			ntpTime("sent", ntpNow),
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

// ntpFixed is a number of seconds, half of whose bits are a fraction (RFC 5905 §6).
func ntpFixed(name string) Field {
	return Field{Name: name, Bits: 32, Unit: 1 << 16, Type: "FixedPointField", Text: func(l *Layer, _ any) (string, bool) {
		return l.fixedPointText(l.proto.index(name), 16)
	}}
}

// ntpTime is a time since 1900 (RFC 5905 §6), shown as a date where it is after 1970.
func ntpTime(name string, now func(*Build) uint64) Field {
	return Field{Name: name, Bits: 64, Unit: 1 << 32, Type: "TimeStampField", Auto: now, Clock: now != nil, Text: func(l *Layer, v any) (string, bool) {
		if v == nil {
			return "--", true
		}
		s, ok := l.fixedPointText(l.proto.index(name), 32)
		whole, _, _ := strings.Cut(s, ".")
		if n, err := strconv.ParseInt(whole, 10, 64); err == nil && n >= ntpEpoch {
			return time.Unix(n-ntpEpoch, 0).UTC().Format(time.RFC1123Z), true
		}
		return s, ok
	}}
}

// fixedPointText is the number in field i, bits of whose bits are a fraction: of that as many digits are
// shown as 2**bits has behind the first.
func (l *Layer) fixedPointText(i, bits int) (string, bool) {
	if _, odd := l.oddValue(i); odd {
		return "", false
	}
	n := l.Uint(i)
	whole, fraction := n>>bits, float64(n&(1<<bits-1))/float64(uint64(1)<<bits)
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(fraction, 'e', len(strconv.FormatUint(1<<bits, 10))-2, 64), "e")
	e, _ := strconv.Atoi(exponent)
	digits = strings.TrimRight(strings.Replace(digits, ".", "", 1), "0")
	switch {
	case digits == "":
		return strconv.FormatUint(whole, 10), true
	case e == 0: // rounded up
		return strconv.FormatUint(whole+1, 10), true
	case whole == 0 && e < -6: // as Python writes a Decimal
		if len(digits) > 1 {
			digits = digits[:1] + "." + digits[1:]
		}
		return digits + "E" + strconv.Itoa(e), true
	}
	return strconv.FormatUint(whole, 10) + "." + strings.Repeat("0", -e-1) + digits, true
}

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
			for _, p := range []*Proto{NTPHeader, NTPControl, NTPPrivate} {
				mustBindDown(UDP, p, "sport", 123, "dport", 123)
			}
		},
	}
}
