package layers

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Field positions in SCTP.
const (
	sctpTag    = 2
	sctpChksum = 3
)

// SCTP is the common header of the stream control transmission protocol (RFC
// 9260 §3.1), which chunks follow.
var SCTP = &Proto{Name: "SCTP", Table: Table{
	Doc: "stream control transmission protocol (RFC 9260)",
	Fields: []Field{
		{Name: "sport", Bits: 16, Enum: sctpServices},
		{Name: "dport", Bits: 16, Enum: sctpServices},
		{Name: "tag", Kind: Hex, Bits: 32},
		{Name: "chksum", Kind: Hex, Bits: 32, Auto: zero},
	},
	Finish: func(b *Build) {
		if !b.Layer().IsSet(sctpChksum) {
			sum := crc32.Checksum(b.HeaderAndPayload(), crc32.MakeTable(crc32.Castagnoli)) // RFC 9260 appendix A
			binary.LittleEndian.PutUint32(b.Header()[8:], sum)
		}
	},
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && at.Uint(0) == to.Uint(1) && at.Uint(1) == to.Uint(0) && sctpTagFits(at, to)
	},
	Key: func(dst []byte, at At, loose bool) []byte { return appendUint16(dst, at.Uint(0)^at.Uint(1)) },
}}

// sctpTagFits compares the verification tag of an answer (RFC 9260 §8.5): it is the one that
// the probe's INIT asked for, or the probe's own where its sender is not known (the T bit of an
// ABORT or SHUTDOWN-COMPLETE). Other chunks are answered under a tag that they do not tell.
func sctpTagFits(at, to At) bool {
	a, b := at.Above(), to.Above()
	if a.Layer() == nil || b.Layer() == nil {
		return true
	}
	if p := a.Proto(); p == SCTPChunkAbort || p == SCTPChunkShutdownComplete {
		if i := p.Index("TCB"); i >= 0 && a.Uint(i) == 1 {
			return at.Uint(sctpTag) == to.Uint(sctpTag)
		}
	}
	if b.Proto() == SCTPChunkInit {
		return at.Uint(sctpTag) == b.Uint(b.Proto().Index("init_tag"))
	}
	return true
}

var (
	sctpServices = &Enum{List: Named{{5672, "amqp"}}}
	sctpTypes    = &Enum{List: Named{
		{0, "data"},
		{1, "init"},
		{2, "init-ack"},
		{3, "sack"},
		{4, "heartbeat-req"},
		{5, "heartbeat-ack"},
		{6, "abort"},
		{7, "shutdown"},
		{8, "shutdown-ack"},
		{9, "error"},
		{10, "cookie-echo"},
		{11, "cookie-ack"},
		{14, "shutdown-complete"},
		{15, "authentication"},
		{128, "address-configuration-ack"},
		{193, "address-configuration"},
	}}
)

const sctpLen = 2 // position of the length in chunks that have eight flag bits

// chunk makes the table of a chunk: its type and flags, then fields.
func chunk(doc string, typ uint64, flags []Field, fields ...Field) Table {
	return Table{Doc: doc + " (RFC 9260)",
		Fields: slices.Concat([]Field{{Name: "type", Bits: 8, Enum: sctpTypes, Default: typ}}, flags, fields)}
}

func sctpFlags() []Field { return []Field{{Name: "flags", Kind: Hex, Bits: 8, Auto: zero}} }

func sctpTCB() []Field {
	return []Field{{Name: "reserved", Bits: 7, Auto: zero}, {Name: "TCB", Bits: 1}}
}

// sctpBytes is a field that the chunk's length, less what is before it, leaves,
// padded to 4 bytes. The length stands in field length.
func sctpBytes(name string, length, less int) Field {
	return Field{Name: name, Kind: Var, Type: "PadField", Codec: padded{length, less}, DefaultValue: []byte{},
		Size: func(l *Layer, rest []byte) int { return (int(l.Uint(length)) - less + 3) &^ 3 }}
}

// padded is bytes followed by zeros up to a multiple of 4.
type padded struct{ length, less int }

func (c padded) Decode(l *Layer, b []byte) any {
	n := min(max(int(l.Uint(c.length))-c.less, 0), len(b))
	return b[:n:n]
}

func (padded) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	b, _ := toBytes(v)
	return append(append(dst, b...), make([]byte, -len(b)&3)...), nil
}

func (padded) Parse(_ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want bytes or text", describe(v))
	}
	return b, nil
}

// sctpChunkLen is the length of a chunk, the padding of the field i not counted.
func sctpChunkLen(i int) func(b *Build) uint64 {
	return func(b *Build) uint64 {
		data, _ := toBytes(b.At().Value(i))
		return uint64(len(b.Header()) - (-len(data) & 3))
	}
}

func sctpLength(i int) Field {
	return Field{Name: "len", Bits: 16, Type: "FieldLenField", Auto: sctpChunkLen(i)}
}

func sctpParams(length, less int) Field {
	return Field{Name: "params", Kind: Var, Type: "ChunkParamField", DefaultValue: List{}, Codec: sctpParamList,
		Size: func(l *Layer, rest []byte) int { return (int(l.Uint(length)) - less + 3) &^ 3 }}
}

func sctpInit(doc string, typ uint64) Table {
	return chunk(doc, typ, sctpFlags(),
		Field{Name: "len", Bits: 16, Type: "FieldLenField", Len: headerLen},
		Field{Name: "init_tag", Kind: Hex, Bits: 32, Auto: zero},
		Field{Name: "a_rwnd", Bits: 32, Auto: zero},
		Field{Name: "n_out_streams", Bits: 16, Auto: zero},
		Field{Name: "n_in_streams", Bits: 16, Auto: zero},
		Field{Name: "init_tsn", Kind: Hex, Bits: 32, Auto: zero},
		sctpParams(sctpLen, 20))
}

// The chunks (RFC 9260 §3.3).
var (
	SCTPChunkData = &Proto{Name: "SCTPChunkData", make: func() Table {
		return chunk("payload data", 0,
			[]Field{
				{Name: "reserved", Bits: 4, Auto: zero},
				{Name: "delay_sack", Bits: 1}, // RFC 7053
				{Name: "unordered", Bits: 1},
				{Name: "beginning", Bits: 1},
				{Name: "ending", Bits: 1},
			},
			sctpLength(11),
			Field{Name: "tsn", Kind: Hex, Bits: 32, Auto: zero},
			Field{Name: "stream_id", Kind: Hex, Bits: 16, Auto: zero},
			Field{Name: "stream_seq", Kind: Hex, Bits: 16, Auto: zero},
			Field{Name: "proto_id", Bits: 32, Auto: zero, Enum: sctpPayloads},
			absent(sctpBytes("data", 6, 16)))
	}}
	SCTPChunkInit    = &Proto{Name: "SCTPChunkInit", make: func() Table { return sctpInit("initiation", 1) }}
	SCTPChunkInitAck = &Proto{Name: "SCTPChunkInitAck", make: func() Table { return sctpInit("initiation acknowledgement", 2) }}
	SCTPChunkSACK    = &Proto{Name: "SCTPChunkSACK", make: func() Table {
		return chunk("selective acknowledgement", 3, sctpFlags(),
			Field{Name: "len", Bits: 16, Len: headerLen},
			Field{Name: "cumul_tsn_ack", Kind: Hex, Bits: 32, Auto: zero},
			Field{Name: "a_rwnd", Bits: 32, Auto: zero},
			Field{Name: "n_gap_ack", Bits: 16, Type: "FieldLenField", Auto: countOf(7)},
			Field{Name: "n_dup_tsn", Bits: 16, Type: "FieldLenField", Auto: countOf(8)},
			Field{Name: "gap_ack_list", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: gapList{}, Size: sizeTimes(5, 4)},
			Field{Name: "dup_tsn_list", Kind: Var, Type: "FieldListField", DefaultValue: List{}, Codec: uintList{4}, Size: sizeTimes(6, 4), Text: hexNumbers})
	}}
	SCTPChunkHeartbeatReq = &Proto{Name: "SCTPChunkHeartbeatReq", make: func() Table {
		return chunk("heartbeat request", 4, sctpFlags(),
			Field{Name: "len", Bits: 16, Type: "FieldLenField", Len: headerLen}, sctpParams(sctpLen, 4))
	}}
	SCTPChunkHeartbeatAck = &Proto{Name: "SCTPChunkHeartbeatAck", make: func() Table {
		return chunk("heartbeat acknowledgement", 5, sctpFlags(),
			Field{Name: "len", Bits: 16, Type: "FieldLenField", Len: headerLen}, sctpParams(sctpLen, 4))
	}}
	SCTPChunkAbort = &Proto{Name: "SCTPChunkAbort", make: func() Table {
		return chunk("abort", 6, sctpTCB(),
			sctpLength(4), sctpBytes("error_causes", 3, 4))
	}}
	SCTPChunkShutdown = &Proto{Name: "SCTPChunkShutdown", make: func() Table {
		return chunk("shutdown", 7, sctpFlags(),
			Field{Name: "len", Bits: 16, Default: 8}, Field{Name: "cumul_tsn_ack", Kind: Hex, Bits: 32, Auto: zero})
	}}
	SCTPChunkShutdownAck = &Proto{Name: "SCTPChunkShutdownAck", make: func() Table {
		return chunk("shutdown acknowledgement", 8, sctpFlags(),
			Field{Name: "len", Bits: 16, Default: 4})
	}}
	SCTPChunkError = &Proto{Name: "SCTPChunkError", make: func() Table {
		return chunk("operation error", 9, sctpFlags(),
			sctpLength(3), sctpBytes("error_causes", sctpLen, 4))
	}}
	SCTPChunkCookieEcho = &Proto{Name: "SCTPChunkCookieEcho", make: func() Table {
		return chunk("state cookie", 10, sctpFlags(),
			sctpLength(3), sctpBytes("cookie", sctpLen, 4))
	}}
	SCTPChunkCookieAck = &Proto{Name: "SCTPChunkCookieAck", make: func() Table {
		return chunk("cookie acknowledgement", 11, sctpFlags(),
			Field{Name: "len", Bits: 16, Default: 4})
	}}
	SCTPChunkShutdownComplete = &Proto{Name: "SCTPChunkShutdownComplete", make: func() Table {
		return chunk("shutdown complete", 14, sctpTCB(),
			Field{Name: "len", Bits: 16, Default: 4})
	}}
	SCTPChunkAuthentication = &Proto{Name: "SCTPChunkAuthentication", make: func() Table {
		return chunk("authentication, RFC 4895", 15, sctpFlags(),
			sctpLength(5), Field{Name: "shared_key_id", Bits: 16, Auto: zero}, Field{Name: "HMAC_function", Bits: 16, Auto: zero},
			sctpBytes("HMAC", sctpLen, 8))
	}}
	SCTPChunkAddressConf = &Proto{Name: "SCTPChunkAddressConf", make: func() Table {
		return chunk("address configuration change, RFC 5061", 193, sctpFlags(),
			Field{Name: "len", Bits: 16, Type: "FieldLenField", Len: headerLen},
			Field{Name: "seq", Bits: 32}, sctpParams(sctpLen, 8))
	}}
	SCTPChunkAddressConfAck = &Proto{Name: "SCTPChunkAddressConfAck", make: func() Table {
		return chunk("address configuration acknowledgement, RFC 5061", 128, sctpFlags(),
			Field{Name: "len", Bits: 16, Type: "FieldLenField", Len: headerLen},
			Field{Name: "seq", Bits: 32}, sctpParams(sctpLen, 8))
	}}
)

// hexNumbers shows numbers as the other sequence numbers are.
func hexNumbers(_ *Layer, v any) (string, bool) {
	list, ok := v.(List)
	parts := make([]string, len(list))
	for i, m := range list {
		parts[i] = fmt.Sprintf("%#x", m)
	}
	return "[" + strings.Join(parts, ", ") + "]", ok
}

// gapList is gap acknowledgement blocks, written "2:3": the first and last
// number of each, from the cumulative acknowledgement on.
type gapList struct{}

func (gapList) Decode(_ *Layer, b []byte) any {
	out := List{}
	for ; len(b) >= 4; b = b[4:] {
		out = append(out, fmt.Sprintf("%d:%d", getBits(b, 0, 16), getBits(b, 16, 16)))
	}
	return out
}

func (gapList) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		lo, hi, err := parseGap(m)
		if err != nil {
			return dst, err
		}
		dst = appendUint16(appendUint16(dst, lo), hi)
	}
	return dst, nil
}

func parseGap(m any) (lo, hi uint64, err error) {
	s, _ := m.(string)
	a, b, _ := strings.Cut(s, ":")
	if lo, err = strconv.ParseUint(a, 10, 16); err == nil {
		hi, err = strconv.ParseUint(b, 10, 16)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("got %s, want \"first:last\"", describe(m))
	}
	return lo, hi, nil
}

func (gapList) Parse(_ *Layer, v any) (any, error) {
	list, ok := v.(List)
	if !ok {
		list = List{v}
	}
	for _, m := range list {
		if _, _, err := parseGap(m); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// sctpChunks are the tables by chunk type.
var sctpChunks = [256]*Proto{
	0: SCTPChunkData, 1: SCTPChunkInit, 2: SCTPChunkInitAck, 3: SCTPChunkSACK, 4: SCTPChunkHeartbeatReq,
	5: SCTPChunkHeartbeatAck, 6: SCTPChunkAbort, 7: SCTPChunkShutdown, 8: SCTPChunkShutdownAck,
	9: SCTPChunkError, 10: SCTPChunkCookieEcho, 11: SCTPChunkCookieAck, 14: SCTPChunkShutdownComplete,
	15: SCTPChunkAuthentication, 128: SCTPChunkAddressConfAck, 193: SCTPChunkAddressConf,
}

// A chunk may follow the header and any other chunk.
func linkSCTP() {
	sctpAddr6.DefaultValue = netip.IPv6Loopback()
	sctpAddrAny.Size = sizeLess(4, 4)
	next := func(at At, payload []byte) *Proto { return sctpChunks[payload[0]] }
	SCTP.Next = next
	for _, p := range existing(sctpChunks[:]) {
		p.Next = next
	}
}

func sctpTables() family {
	return family{
		tables: []*Proto{
			SCTP, SCTPChunkData, SCTPChunkInit, SCTPChunkInitAck, SCTPChunkSACK, SCTPChunkHeartbeatReq, SCTPChunkHeartbeatAck,
			SCTPChunkAbort, SCTPChunkShutdown, SCTPChunkShutdownAck, SCTPChunkError, SCTPChunkCookieEcho, SCTPChunkCookieAck,
			SCTPChunkShutdownComplete, SCTPChunkAuthentication, SCTPChunkAddressConf, SCTPChunkAddressConfAck,
			SCTPChunkParamHeartbeatInfo, SCTPChunkParamStateCookie, SCTPChunkParamUnrecognized, SCTPChunkParamHostname,
			SCTPChunkParamRandom, SCTPChunkParamChunkList, SCTPChunkParamRequestedHMAC, SCTPChunkParamSupportedExt,
			SCTPChunkParamUnknown, SCTPChunkParamIPv4Addr, SCTPChunkParamIPv6Addr, SCTPChunkParamCookiePreservative,
			SCTPChunkParamSupportedAddrTypes, SCTPChunkParamECNCapable, SCTPChunkParamFwdTSN, SCTPChunkParamAddIPAddr,
			SCTPChunkParamDelIPAddr, SCTPChunkParamErrorIndication, SCTPChunkParamSetPrimaryAddr, SCTPChunkParamSuccessIndication,
			SCTPChunkParamAdaptationLayer,
		},
		link: linkSCTP,
		bind: func() { mustBindProtocol(SCTP, 132) },
	}
}
