package layers

import (
	"fmt"
	"time"
)

// Field positions in ICMP.
const (
	icmpType = iota
	icmpCode
	icmpChksum
	icmpID
	icmpSeq
	icmpLength = 11
)

// ICMP is the Internet Control Message Protocol (RFC 792). Which fields it has
// depends on its type.
var ICMP = &Proto{Name: "ICMP", make: func() Table {
	return Table{
		Doc: "Internet Control Message Protocol (RFC 792)",
		Fields: []Field{
			{Name: "type", Bits: 8, Enum: ICMPTypes, Default: 8},
			{Name: "code", Bits: 8, Type: "MultiEnumField", Names: icmpCodes},
			{Name: "chksum", Kind: Hex, Bits: 16, Auto: zero},
			{Name: "id", Kind: Hex, Bits: 16, When: icmpIs(append(icmpQueries, icmpExtendedEcho, icmpExtendedReply)...)},
			{Name: "seq", Kind: Hex, Bits: 16, When: icmpIs(append(icmpQueries, icmpExtendedEcho, icmpExtendedReply)...)},
			icmpTime("ts_ori"),
			icmpTime("ts_rx"),
			icmpTime("ts_tx"),
			{Name: "gw", Kind: Addr4, Bits: 32, When: icmpIs(5)},
			{Name: "ptr", Bits: 8, When: icmpIs(12)},
			{Name: "reserved", Bits: 8, When: icmpIs(3, 11)},
			{Name: "length", Bits: 8, When: icmpIs(3, 11, 12)}, // RFC 4884 §5.1: of the quoted datagram, in 32-bit words
			{Name: "addr_mask", Kind: Addr4, Bits: 32, When: icmpIs(17, 18)},
			{Name: "nexthopmtu", Bits: 16, When: icmpIs(3)}, // RFC 1191 §4
			{Name: "unused", Type: "MultipleTypeField (ShortField, IntField, StrFixedLenField)", Form: icmpUnused},
		},
		Sum: &Sum{Field: icmpChksum},
		Summary: func(at At) (string, []*Proto) {
			s := "ICMP "
			if below := at.Below(); below.Proto() == IP {
				s += FieldText(below, ipSrc) + " > " + FieldText(below, ipDst) + " "
			}
			return s + FieldText(at, icmpType) + " " + FieldText(at, icmpCode), nil
		},
		Answers: func(at, to At) bool {
			if to.Proto() != at.Proto() {
				return false
			}
			reply, ok := icmpReplies[to.Uint(icmpType)]
			return ok && at.Uint(icmpType) == reply && sameICMPQuery(at, to)
		},
		Key: keyICMP,
	}
}}

// Errors quote IP, which knows ICMP, and end in extensions, which look for it.
func linkICMP() {
	ICMP.PayloadLen, ICMP.Behind = icmpQuotedLen, behindICMPError
	ICMP.Next = func(at At, payload []byte) *Proto {
		switch {
		case isICMPError(at):
			return IPerror
		case at.Uint(icmpType) == icmpExtendedEcho && icmpExtensions(payload, true):
			return ICMPExtensionHeader
		}
		return nil
	}
}

// icmpQueries are the types that have an identifier and a sequence number.
var icmpQueries = []uint64{0, 8, 13, 14, 15, 16, 17, 18, 37, 38}

// The extended echo (RFC 8335 §2, §3): its sequence number is the first byte of
// seq, and the second says where the interface is, or what is known of it.
const (
	icmpExtendedEcho  = 42
	icmpExtendedReply = 43
)

// icmpReplies are the answers to each query (RFC 792, 950, 1256, 1393, 1788, 8335).
var icmpReplies = map[uint64]uint64{8: 0, 10: 9, 13: 14, 15: 16, 17: 18, 33: 34, 35: 36, 37: 38, icmpExtendedEcho: icmpExtendedReply}

func icmpIs(types ...uint64) func(l *Layer) bool {
	var set [256]bool
	for _, t := range types {
		set[t] = true
	}
	return func(l *Layer) bool { return set[l.Uint(icmpType)&255] }
}

var (
	icmpUnused16   = &Field{Name: "unused", Bits: 16}
	icmpUnused32   = &Field{Name: "unused", Bits: 32}
	icmpUnusedNone = &Field{Name: "unused", Kind: Fixed, DefaultValue: []byte{}}
)

// icmpUnused is what a type leaves of the header's second word.
func icmpUnused(l *Layer) *Field {
	switch l.Uint(icmpType) {
	case 11, 12:
		return icmpUnused16
	case 0, 3, 5, 8, 13, 14, 15, 16, 17, 18, icmpExtendedEcho, icmpExtendedReply:
		return icmpUnusedNone
	}
	return icmpUnused32
}

// icmpTime is a row of a timestamp, which people may write as a time of day:
// "07:28:28.07".
func icmpTime(name string) Field {
	return Field{Name: name, Bits: 32, Type: "ICMPTimeStampField", When: icmpIs(13, 14), Auto: msOfDay, Clock: true,
		Words: func(s string) (uint64, bool) {
			t, err := time.Parse("15:4:5", s) // a fraction may follow, as in all of Parse's layouts
			return uint64(t.Sub(t.Truncate(24*time.Hour)) / time.Millisecond), err == nil
		},
		Text: func(_ *Layer, v any) (string, bool) {
			ms, ok := v.(uint64)
			return fmt.Sprintf("%d:%d:%d.%03d", ms/3_600_000, ms/60_000%60, ms/1000%60, ms%1000), ok
		}}
}

// msOfDay is the milliseconds since midnight UTC that timestamps count (RFC 792,
// page 16).
func msOfDay(*Build) uint64 {
	return uint64(time.Now().UTC().UnixMilli() % (24 * 60 * 60 * 1000))
}

// isICMPError tells a message that quotes the datagram it is about.
func isICMPError(at At) bool {
	if at.Proto() != ICMP {
		return false
	}
	switch at.Uint(icmpType) {
	case 3, 4, 5, 11, 12:
		return true
	}
	return false
}

func sameICMPQuery(at, to At) bool {
	if to.Layer().Exists(icmpID) && at.Uint(icmpID) != to.Uint(icmpID) {
		return false
	}
	return !to.Layer().Exists(icmpSeq) || icmpSeqOf(at) == icmpSeqOf(to)
}

// icmpSeqOf is the message's sequence number.
func icmpSeqOf(at At) uint64 {
	if t := at.Uint(icmpType); t == icmpExtendedEcho || t == icmpExtendedReply {
		return at.Uint(icmpSeq) >> 8
	}
	return at.Uint(icmpSeq)
}

func keyICMP(dst []byte, at At, loose bool) []byte {
	if at.Layer().Exists(icmpID) {
		return appendUint16(appendUint16(dst, at.Uint(icmpID)), icmpSeqOf(at))
	}
	return dst
}
