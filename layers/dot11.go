package layers

import (
	"hash/crc32"
	"slices"
)

// Field positions of an 802.11 header.
const (
	dot11Subtype = iota
	dot11Type
	dot11Proto
	dot11CFE
	dot11FC
	dot11ID
	dot11Addr1
	dot11Addr2
	_ // addr3
	_ // SC
	_ // addr4
	dot11FCS
)

// Types of frames (IEEE 802.11-2020 §9.2.4.1.3).
const (
	dot11Management = iota
	dot11Control
	dot11Data
	dot11Extension
)

// Dot11 is an IEEE 802.11 frame's header (IEEE 802.11-2020 §9.2), Dot11FCS one
// whose frame check sequence was captured too.
var (
	Dot11    = &Proto{Name: "Dot11", make: func() Table { return dot11("802.11", "wireless LAN frame") }}
	Dot11FCS = &Proto{Name: "Dot11FCS", make: func() Table {
		return dot11("802.11-FCS", "wireless LAN frame and its check sequence",
			Field{Name: "fcs", Kind: Hex, Bits: 32, Type: "FCSField", Phantom: true, Little: true, Auto: zero})
	}}
)

func dot11(title, doc string, more ...Field) Table {
	fcs := len(more) > 0
	p := Table{Title: title, Doc: doc + " (IEEE 802.11)", Summary: dot11Summary, Answers: dot11Answers,
		Fields: append([]Field{
			{Name: "subtype", Bits: 4, Names: func(l *Layer) *Enum { return dot11Subtypes[l.Uint(dot11Type)&3] }, Type: "BitMultiEnumField"},
			{Name: "type", Bits: 2, Enum: &Enum{text: "0 Management\n1 Control\n2 Data\n3 Extension\n"}},
			{Name: "proto", Bits: 2},
			{Name: "cfe", When: dot11IsCFE, Type: "BitEnumField", Form: func(*Layer) *Field { return dot11CFEField }},
			{Name: "FCfield", Type: "FlagsField", Form: dot11FCForm},
			{Name: "ID", Bits: 16},
			dot11Address(1, nil),
			dot11Address(2, func(l *Layer) bool {
				return l.Uint(dot11Type) != dot11Control || slices.Contains([]uint64{4, 5, 6, 8, 9, 10, 11, 14, 15}, l.Uint(dot11Subtype))
			}),
			dot11Address(3, func(l *Layer) bool {
				t := l.Uint(dot11Type)
				return t == dot11Management || t == dot11Data || dot11IsCFE(l) && l.Uint(dot11CFE) == 6
			}),
			{Name: "SC", Bits: 16, Little: true, When: func(l *Layer) bool { return l.Uint(dot11Type) != dot11Control }},
			dot11Address(4, func(l *Layer) bool { return l.Uint(dot11Type) == dot11Data && l.Uint(dot11FC)&3 == 3 }),
		}, more...),
		Next: func(at At, _ []byte) *Proto {
			l := at.Layer()
			switch t, s := l.Uint(dot11Type), l.Uint(dot11Subtype); {
			case t == dot11Data && s >= 8 && s != 13:
				return Dot11QoS
			case dot11Protected(l):
				return Dot11Encrypted
			}
			return nil
		},
	}
	if fcs {
		p.Trailer, p.Finish = dot11TakeFCS, dot11PutFCS
	}
	return p
}

// Control frame extensions have four bits of flags behind their kind.
func dot11IsCFE(l *Layer) bool { return l.Uint(dot11Type) == dot11Control && l.Uint(dot11Subtype) == 6 }

var (
	dot11Flags    = &Field{Name: "FCfield", Kind: Flag, Bits: 8, Flags: &FlagSet{Names: []string{"to-DS", "from-DS", "MF", "retry", "pw-mgt", "MD", "protected", "order"}}}
	dot11CFEField = &Field{Name: "cfe", Bits: 4, Enum: &Enum{text: "2 Poll\n3 SPR\n4 Grant\n5 DMG CTS\n6 DMG DTS\n7 Grant Ack\n8 SSW\n9 SSW-Feedback\n10 SSW-Ack\n"}}
	dot11CFEFlags = &Field{Name: "FCfield", Kind: Flag, Bits: 4, Flags: &FlagSet{Names: []string{"pw-mgt", "MD", "protected", "order"}}}
)

func dot11FCForm(l *Layer) *Field {
	if dot11IsCFE(l) {
		return dot11CFEFlags
	}
	return dot11Flags
}

func dot11Protected(l *Layer) bool {
	if dot11IsCFE(l) {
		return l.Uint(dot11FC)&4 != 0
	}
	return l.Uint(dot11FC)&0x40 != 0
}

func dot11Address(n int, when func(l *Layer) bool) Field {
	return Field{Name: "addr" + string(rune('0'+n)), Kind: HWAddr, Bits: 48, Type: "_Dot11MacField", When: when,
		Text: func(l *Layer, v any) (string, bool) {
			a, ok := v.(MAC)
			if !ok {
				return "", false
			}
			return dot11AddressText(l, n-1, a), true
		}}
}

// dot11AddressText is address number i, from 0, and what it means in such a frame (IEEE
// 802.11-2020 §9.3.2.1 Table 9-30, §9.3.3.1).
func dot11AddressText(l *Layer, i int, a MAC) string {
	meaning := ""
	switch l.Uint(dot11Type) {
	case dot11Management:
		meaning = []string{"RA=DA", "TA=SA", "BSSID/STA", ""}[i]
	case dot11Control:
		meaning = []string{"RA", "TA", "", ""}[i]
		if dot11IsCFE(l) && l.Uint(dot11CFE) == 6 {
			meaning = []string{"RA", "NAV-SA", "NAV-DA", ""}[i]
		}
	case dot11Data:
		ds := l.Uint(dot11FC)&1<<1 | l.Uint(dot11FC)>>1&1 // to, from
		meaning = [][]string{{"RA=DA", "RA=DA", "RA=BSSID", "RA"}, {"TA=SA", "TA=BSSID", "TA=SA", "TA"},
			{"BSSID", "SA", "DA", "DA"}, {"", "", "SA", "BSSID"}}[i][ds]
	case dot11Extension:
		meaning = []string{"BSSID", "", "", ""}[i]
	}
	if meaning == "" {
		return a.String()
	}
	return a.String() + " (" + meaning + ")"
}

func dot11Summary(at At) (string, []*Proto) {
	l := at.Layer()
	addr := func(i int) string {
		a, _ := First(at.Value(dot11Addr1 + i)).(MAC)
		return dot11AddressText(l, i, a)
	}
	return "802.11 " + FieldText(at, dot11Type) + " " + FieldText(at, dot11Subtype) + " " + addr(1) + " > " + addr(0), nil
}

// dot11Answers: a response to a management request, and data by its payload.
func dot11Answers(at, to At) bool {
	if to.Proto() != at.Proto() || at.Uint(dot11Type) != to.Uint(dot11Type) {
		return false
	}
	switch at.Uint(dot11Type) {
	case dot11Management:
		if First(at.Value(dot11Addr1)) != First(to.Value(dot11Addr2)) {
			return false
		}
		asked, s := to.Uint(dot11Subtype), at.Uint(dot11Subtype)
		return s == asked+1 && (asked == 0 || asked == 2 || asked == 4) || s == 11 && asked == 11 && AnswersPayload(at, to)
	case dot11Data:
		return AnswersPayload(at, to)
	}
	return false
}

// dot11TakeFCS takes the check sequence from the end of a frame.
func dot11TakeFCS(l *Layer, rest []byte) int {
	l.isset |= 1 << dot11FCS
	if len(rest) < 4 { // cut off: nothing to check
		l.odd = append(l.odd, odd{dot11FCS, RawVal(rest)})
		return len(rest)
	}
	f := &l.proto.Fields[dot11FCS]
	f.store(l.cells, f.swap(getBits(rest[len(rest)-4:], 0, 32)))
	return 4
}

// dot11PutFCS puts it there (IEEE 802.11-2020 §9.2.4.8), behind padding too, which is
// part of the frame.
func dot11PutFCS(b *Build) {
	l, frame := b.Layer(), b.Out[b.parts[b.I].start:]
	v := First(b.At().Value(dot11FCS))
	if r, ok := v.(RawVal); ok {
		b.atEnd(r)
		return
	}
	sum := uint64(crc32.ChecksumIEEE(frame))
	if l.IsSet(dot11FCS) {
		sum, _ = toUint(v)
	}
	b.atEnd([]byte{byte(sum), byte(sum >> 8), byte(sum >> 16), byte(sum >> 24)})
}

var dot11Subtypes = [4]*Enum{
	&Enum{text: `0 Association Request
1 Association Response
2 Reassociation Request
3 Reassociation Response
4 Probe Request
5 Probe Response
6 Timing Advertisement
8 Beacon
9 ATIM
10 Disassociation
11 Authentication
12 Deauthentication
13 Action
14 Action No Ack
`},
	&Enum{text: `2 Trigger
3 TACK
4 Beamforming Report Poll
5 VHT/HE NDP Announcement
6 Control Frame Extension
7 Control Wrapper
8 Block Ack Request
9 Block Ack
10 PS-Poll
11 RTS
12 CTS
13 Ack
14 CF-End
15 CF-End+CF-Ack
`},
	&Enum{text: `0 Data
1 Data+CF-Ack
2 Data+CF-Poll
3 Data+CF-Ack+CF-Poll
4 Null (no data)
5 CF-Ack (no data)
6 CF-Poll (no data)
7 CF-Ack+CF-Poll (no data)
8 QoS Data
9 QoS Data+CF-Ack
10 QoS Data+CF-Poll
11 QoS Data+CF-Ack+CF-Poll
12 QoS Null (no data)
14 QoS CF-Poll (no data)
15 QoS CF-Ack+CF-Poll (no data)
`},
	&Enum{text: "0 DMG Beacon\n1 S1G Beacon\n"},
}

func dot11Tables() family {
	return family{
		tables: []*Proto{
			Dot11, Dot11FCS, RSNCipherSuite, AKMSuite, PMKIDListPacket, Dot11Elt, Dot11EltDSSSet, Dot11EltERP, Dot11EltRates,
			Dot11EltVendorSpecific, Dot11EltRSN, Dot11EltMicrosoftWPA, Dot11Beacon, Dot11ProbeResp, Dot11ATIM, Dot11Disas,
			Dot11Deauth, Dot11AssoReq, Dot11AssoResp, Dot11ReassoReq, Dot11ReassoResp, Dot11ProbeReq, Dot11Auth, Dot11Ack, Dot11QoS,
			Dot11Encrypted, Dot11WEP, Dot11TKIP, Dot11CCMP,
		},
		link: func() { linkDot11(); linkDot11Elements() },
		bind: bindDot11,
	}
}
