package layers

import (
	"fmt"
	"slices"
)

// radiotapPresent names the bits that say which fields there are (radiotap.org,
// "Defined fields").
var radiotapPresent = &FlagSet{Names: []string{"TSFT", "Flags", "Rate", "Channel", "FHSS", "dBm_AntSignal", "dBm_AntNoise", "Lock_Quality",
	"TX_Attenuation", "dB_TX_Attenuation", "dBm_TX_Power", "Antenna", "dB_AntSignal", "dB_AntNoise", "RXFlags", "TXFlags", "b17", "b18",
	"ChannelPlus", "MCS", "A_MPDU", "VHT", "timestamp", "HE", "HE_MU", "HE_MU_other_user", "zero_length_psdu", "L_SIG", "TLV", "RadiotapNS",
	"VendorNS", "Ext"}}

// Bits of present, and the positions of the fields that others depend on.
const (
	rtTSFT = iota
	rtFlags
	rtRate
	rtChannel
	rtFHSS
	rtSignal
	rtNoise
	rtQuality
	rtTXAttenuation
	rtdBTXAttenuation
	rtTXPower
	rtAntenna
	rtdBSignal
	rtdBNoise
	rtRXFlags
	rtTXFlags
	rtChannelPlus = iota + 2
	rtMCS
	rtAMPDU
	rtVHT
	rtTimestamp
	rtHE
	rtHEMU
	rtHEMUUser
	rtLSIG = iota + 3
	rtExt  = 31

	rtLen          = 2
	rtPresentField = 3
	rtFlagsField   = 6
)

// rt makes a field that is there if the bit is.
func rt(bit uint, f Field) Field {
	f.When = func(l *Layer) bool { return l.Uint(rtPresentField)>>bit&1 != 0 }
	f.Little = f.Bits%8 == 0 && f.Bits > 8 && f.Kind <= Flag
	return f
}

func rtFlagSet(name string, bits int, align uint8, names ...string) Field {
	return Field{Name: name, Kind: Flag, Bits: bits, Align: align, Flags: &FlagSet{Names: names}}
}

// RadioTap is what a driver tells of a frame, in front of it (radiotap.org;
// LINKTYPE_IEEE802_11_RADIOTAP, 127). Each field begins at a multiple of its size.
var RadioTap = &Proto{Name: "RadioTap", make: func() Table {
	return Table{
		Doc: "radio information in front of 802.11 frames (LINKTYPE_IEEE802_11_RADIOTAP)",
		Fields: slices.Concat([]Field{
			{Name: "version", Bits: 8},
			{Name: "pad", Bits: 8},
			{Name: "len", Bits: 16, Little: true, Type: "LEShortField", Len: headerLen},
			{Name: "present", Absent: true, Kind: Flag, Bits: 32, Little: true, Flags: radiotapPresent},
			{Name: "Ext", Kind: Var, Type: "PacketListField", DefaultValue: List{}, Size: radiotapExtSize,
				When:  func(l *Layer) bool { return l.Uint(rtPresentField)>>rtExt&1 != 0 },
				Codec: packetList{next: func(*Layer, []byte) *Proto { return RadioTapExtendedPresenceMask }}},
			rt(rtTSFT, Field{Name: "mac_timestamp", Bits: 64, Align: 8, Type: "LELongField"}),
			rt(rtFlags, Field{Name: "Flags", Kind: Flag, Bits: 8,
				Flags: &FlagSet{Names: []string{"CFP", "ShortPreamble", "wep", "fragment", "FCS", "pad", "badFCS", "ShortGI"}}}),
			rt(rtRate, Field{Name: "Rate", Bits: 8, Unit: 2, Type: "ScalingField", Text: withUnit("Mbps")}),
			rt(rtChannel, Field{Name: "ChannelFrequency", Bits: 16, Align: 2, Type: "LEShortField", Aliases: []string{"Channel"}}),
			rt(rtChannel, rtFlagSet("ChannelFlags", 16, 0, "res1", "res2", "res3", "res4", "Turbo", "CCK", "OFDM", "2GHz", "5GHz", "Passive",
				"Dynamic_CCK_OFDM", "GFSK", "GSM", "StaticTurbo", "10MHz", "5MHz")),
			rt(rtFHSS, Field{Name: "FHSS", Kind: Hex, Bits: 16, Align: 2}),
			rt(rtSignal, decibels("dBm_AntSignal")),
			rt(rtNoise, decibels("dBm_AntNoise")),
			rt(rtQuality, Field{Name: "Lock_Quality", Bits: 16, Align: 2, Type: "LEShortField"}),
			rt(rtTXAttenuation, Field{Name: "TX_Attenuation", Bits: 16, Align: 2, Type: "LEShortField"}),
			rt(rtdBTXAttenuation, Field{Name: "dB_TX_Attenuation", Bits: 16, Align: 2, Type: "LEShortField"}),
			rt(rtTXPower, decibels("dBm_TX_Power")),
			rt(rtAntenna, Field{Name: "Antenna", Bits: 8}),
			rt(rtdBSignal, Field{Name: "dB_AntSignal", Bits: 8}),
			rt(rtdBNoise, Field{Name: "dB_AntNoise", Bits: 8}),
			rt(rtRXFlags, rtFlagSet("RXFlags", 16, 2, "res1", "BAD_PLCP", "res2")),
			rt(rtTXFlags, rtFlagSet("TXFlags", 16, 2, "TX_FAIL", "CTS", "RTS", "NOACK", "NOSEQ", "ORDER")),
			rt(rtChannelPlus, rtFlagSet("ChannelPlusFlags", 32, 4, "res1", "res2", "res3", "res4", "Turbo", "CCK", "OFDM", "2GHz", "5GHz", "Passive",
				"Dynamic_CCK_OFDM", "GFSK", "GSM", "StaticTurbo", "10MHz", "5MHz", "20MHz", "40MHz_ext_channel_above", "40MHz_ext_channel_below",
				"res5", "res6", "res7", "res8", "res9")),
			rt(rtChannelPlus, Field{Name: "ChannelPlusFrequency", Bits: 16, Type: "LEShortField"}),
			rt(rtChannelPlus, Field{Name: "ChannelPlusNumber", Bits: 8}),
			rt(rtChannelPlus, decibels("ChannelPlusPower")),
			rt(rtMCS, rtFlagSet("knownMCS", 8, 0, "MCS_bandwidth", "MCS_index", "guard_interval", "HT_format", "FEC_type", "STBC_streams", "Ness", "Ness_MSB")),
			rt(rtMCS, Field{Name: "Ness_LSB", Bits: 1}),
			rt(rtMCS, Field{Name: "STBC_streams", Bits: 2}),
			rt(rtMCS, Field{Name: "FEC_type", Bits: 1, Enum: &Enum{text: "0 BCC\n1 LDPC\n"}}),
			rt(rtMCS, Field{Name: "HT_format", Bits: 1, Enum: &Enum{text: "0 mixed\n1 greenfield\n"}}),
			rt(rtMCS, Field{Name: "guard_interval", Bits: 1, Enum: &Enum{text: "0 Long_GI\n1 Short_GI\n"}}),
			rt(rtMCS, Field{Name: "MCS_bandwidth", Bits: 2, Enum: &Enum{text: "0 20MHz\n1 40MHz\n2 ht40Mhz-\n3 ht40MHz+\n"}}),
			rt(rtMCS, Field{Name: "MCS_index", Bits: 8}),
			rt(rtAMPDU, Field{Name: "A_MPDU_ref", Bits: 32, Align: 4, Type: "LEIntField"}),
			rt(rtAMPDU, rtFlagSet("A_MPDU_flags", 32, 0, "Report0Subframe", "Is0Subframe", "KnownLastSubframe", "LastSubframe", "CRCerror",
				"EOFsubframe", "KnownEOF", "res1", "res2", "res3", "res4", "res5", "res6", "res7", "res8")),
			rt(rtVHT, rtFlagSet("KnownVHT", 16, 2, "STBC", "TXOP_PS_NOT_ALLOWED", "GuardInterval", "SGINsysmDis", "LDPCextraOFDM", "Beamformed",
				"Bandwidth", "GroupID", "PartialAID", "res1", "res2", "res3", "res4", "res5", "res6", "res7")),
			rt(rtVHT, rtFlagSet("PresentVHT", 8, 0, "STBC", "TXOP_PS_NOT_ALLOWED", "GuardInterval", "SGINsysmDis", "LDPCextraOFDM", "Beamformed", "res1", "res2")),
			rt(rtVHT, Field{Name: "VHT_bandwidth", Bits: 8}),
			rt(rtVHT, Field{Name: "mcs_nss", Kind: Fixed, Bits: 40}),
			rt(rtVHT, Field{Name: "GroupID", Bits: 8}),
			rt(rtVHT, Field{Name: "PartialAID", Bits: 16, Type: "LEShortField"}),
			rt(rtTimestamp, Field{Name: "timestamp", Bits: 64, Align: 8, Type: "LELongField"}),
			rt(rtTimestamp, Field{Name: "ts_accuracy", Bits: 16, Type: "LEShortField"}),
			rt(rtTimestamp, Field{Name: "ts_unit", Bits: 4, Enum: &Enum{text: "0 milliseconds\n1 microseconds\n2 nanoseconds\n"}}),
			rt(rtTimestamp, Field{Name: "ts_position", Bits: 4}),
			rt(rtTimestamp, rtFlagSet("ts_flags", 8, 0, "32-bit_counter", "Accuracy", "res1", "res2", "res3", "res4", "res5", "res6")),
		}, rtNumbers(rtHE, "he_data%d", 6), rtNumbers(rtHEMU, "hemu_flags%d", 2), []Field{
			rt(rtHEMU, Field{Name: "RU_channel1", Kind: Fixed, Bits: 32}),
			rt(rtHEMU, Field{Name: "RU_channel2", Kind: Fixed, Bits: 32}),
		}, rtNumbers(rtHEMUUser, "hemuou_per_user_%d", 2), []Field{
			rt(rtHEMUUser, Field{Name: "hemuou_per_user_position", Bits: 8}),
			rt(rtHEMUUser, rtFlagSet("hemuou_per_user_known", 8, 0)),
			rt(rtLSIG, rtFlagSet("lsig_data1", 16, 2, "rate", "length")),
			rt(rtLSIG, Field{Name: "lsig_data2", Bits: 16, Type: "LEShortField"}),
			{Name: "notdecoded", Kind: Var, Type: "StrLenField", Size: func(l *Layer, _ []byte) int {
				return int(l.Uint(rtLen)) - l.bytesBefore(len(l.proto.Fields)-1)
			}},
		}),
		Next: func(at At, _ []byte) *Proto {
			l := at.Layer()
			if l.Exists(rtFlagsField) && l.Uint(rtFlagsField)&0x10 != 0 {
				return Dot11FCS
			}
			return Dot11
		},
	}
}}

// rtNumbers are n little-endian numbers of 16 bits.
func rtNumbers(bit uint, name string, n int) (out []Field) {
	for i := range n {
		out = append(out, rt(bit, Field{Name: fmt.Sprintf(name, i+1), Bits: 16, Align: 2, Type: "LEShortField"}))
	}
	return out
}

// radiotapExtSize is how many bytes further masks take: each says by its highest
// bit whether there is one more.
func radiotapExtSize(_ *Layer, rest []byte) int {
	n := 0
	for n+4 <= len(rest) {
		n += 4
		if rest[n-1]&0x80 == 0 {
			break
		}
	}
	return n
}

// RadioTapExtendedPresenceMask is one more mask of present fields.
var RadioTapExtendedPresenceMask = &Proto{Name: "RadioTapExtendedPresenceMask", make: func() Table {
	return Table{
		Title: "RadioTap Extended presence mask", Doc: "further mask of a radiotap header (radiotap.org)",
		Fields: []Field{{Name: "present", Absent: true, Kind: Flag, Bits: 32, Little: true, Flags: &FlagSet{Names: func() (names []string) {
			for i := range 31 {
				names = append(names, fmt.Sprintf("b%d", i))
			}
			return append(names, "Ext")
		}()}}},
	}
}}

// decibels is a field of a signed byte.
func decibels(name string) Field {
	return Field{Name: name, Kind: Var, Type: "ScalingField", Codec: signedByte{}, DefaultValue: uint64(0), Text: withUnit("dBm"),
		Size: func(*Layer, []byte) int { return 1 }}
}

func withUnit(unit string) func(*Layer, any) (string, bool) {
	return func(_ *Layer, v any) (string, bool) {
		switch v.(type) {
		case uint64, int64, float64:
			return pyValue(v) + " " + unit, true
		}
		return "", false
	}
}

// signedByte is the codec of a number from -128 to 127.
type signedByte struct{}

func (signedByte) Check(_ *Layer, b []byte) error {
	if len(b) == 0 {
		return ErrTruncated
	}
	return nil
}

func (signedByte) Decode(_ *Layer, b []byte) any {
	if n := int64(int8(b[0])); n < 0 {
		return n
	}
	return uint64(b[0])
}

func (signedByte) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	n, _ := v.(int64)
	u, _ := v.(uint64)
	return append(dst, byte(n)|byte(u)), nil
}

func (signedByte) Parse(_ *Layer, v any) (any, error) {
	if f, ok := v.(float64); ok && f == float64(int64(f)) {
		v = int64(f)
	}
	if n, ok := v.(int64); ok && n < 0 && n >= -128 {
		return n, nil
	}
	if u, ok := toUint(v); ok && u < 128 {
		return u, nil
	}
	return nil, fmt.Errorf("got %s, want a number from -128 to 127", describe(v))
}

func radiotapTables() family { return family{tables: []*Proto{RadioTap, RadioTapExtendedPresenceMask}} }
