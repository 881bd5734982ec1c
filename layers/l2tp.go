package layers

import "fmt"

const l2tpControl = 11 // the bit of L2TP.hdr that a control message has

// l2tpHas tells one of some bits of L2TP.hdr, whose least significant bit is the last of
// the twelve.
func l2tpHas(bits ...uint) func(l *Layer) bool {
	mask := uint64(0)
	for _, b := range bits {
		mask |= 1 << b
	}
	return func(l *Layer) bool { return l.Uint(0)&mask != 0 }
}

// l2tpOffset is where the payload begins: a number of bytes, and that many (RFC 2661 §3.1).
// The number alone may be set.
type l2tpOffset struct{}

func (l2tpOffset) Decode(_ *Layer, b []byte) any { return b }

func (l2tpOffset) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := toBytes(v)
	return append(dst, b...), nil
}

func (l2tpOffset) Parse(_ *Layer, v any) (any, error) {
	if b, ok := toBytes(v); ok {
		return b, nil
	}
	n, ok := toUint(v)
	if !ok || n > 0xffff {
		return nil, fmt.Errorf("got %s, want 0..65535, or bytes with the number in front", describe(v))
	}
	return append([]byte{byte(n >> 8), byte(n)}, make([]byte, n)...), nil
}

// L2TP is the header of the layer two tunnelling protocol (RFC 2661 §3.1).
var L2TP = &Proto{Name: "L2TP", make: func() Table {
	return Table{
		Doc: "layer two tunnelling protocol, version 2 (RFC 2661)",
		Fields: []Field{
			{Name: "hdr", Kind: Flag, Bits: 12, Flags: &FlagSet{Names: []string{"res00", "res01", "res02", "res03", "priority",
				"offset", "res06", "sequence", "res08", "res09", "length", "control"}}},
			{Name: "version", Bits: 4, Default: 2, Enum: &Enum{List: Named{{2, "L2TPv2"}}}},
			{Name: "len", Bits: 16, When: l2tpHas(10, l2tpControl), Len: totalLen},
			{Name: "tunnel_id", Bits: 16},
			{Name: "session_id", Bits: 16},
			{Name: "ns", Bits: 16, When: l2tpHas(7, l2tpControl)},
			{Name: "nr", Bits: 16, When: l2tpHas(7, l2tpControl)},
			{Name: "offset", Kind: Var, Type: "PadField", DefaultValue: []byte{0, 0}, Codec: l2tpOffset{},
				When: func(l *Layer) bool { return l2tpHas(5)(l) && !l2tpHas(l2tpControl)(l) },
				Size: func(l *Layer, rest []byte) int {
					if len(rest) < 2 {
						return len(rest)
					}
					return 2 + int(getBits(rest, 0, 16))
				}},
		},
		Next: func(at At, payload []byte) *Proto {
			if l2tpHas(l2tpControl)(at.Layer()) {
				return NoNext // control messages
			}
			return PPP
		},
	}
}}

// RTP is a packet of the real-time transport protocol (RFC 3550 §5.1).
var RTP = &Proto{Name: "RTP", make: func() Table {
	return Table{
		Doc: "real-time transport protocol (RFC 3550)",
		Fields: []Field{
			{Name: "version", Bits: 2, Default: 2},
			{Name: "padding", Bits: 1},
			{Name: "extension", Bits: 1},
			{Name: "numsync", Bits: 4, Type: "BitFieldLenField", Auto: countOf(9)},
			{Name: "marker", Bits: 1},
			{Name: "payload_type", Bits: 7, Enum: &Enum{List: Named{
				{0, "G.711 PCMU"}, {3, "GSM"}, {4, "G723"}, {5, "DVI4"}, {6, "DVI4"}, {7, "LPC"}, {8, "PCMA"}, {9, "G722"}, {10, "L16"}, {11, "L16"},
				{12, "QCELP"}, {13, "CN"}, {14, "MPA"}, {15, "G728"}, {16, "DVI4"}, {17, "DVI4"}, {18, "G729"}, {25, "CelB"}, {26, "JPEG"},
				{28, "nv"}, {31, "H261"}, {32, "MPV"}, {33, "MP2T"}, {34, "H263"}}}},
			{Name: "sequence", Bits: 16},
			{Name: "timestamp", Bits: 32},
			{Name: "sourcesync", Bits: 32},
			{Name: "sync", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: uintList{4}, Size: sizeTimes(3, 4)},
		},
	}
}}

func l2tpTables() family {
	return family{
		tables: []*Proto{L2TP, RTP},
		bind: func() {
			mustBindPorts(UDP, L2TP, 1701)
			mustBindDown(UDP, L2TP, "sport", 1701, "dport", 1701)
			mustBindDown(L2TP, PPP)
		},
	}
}
