package pcapfile

import (
	"encoding/binary"
	"unicode/utf8"
)

// Codes of pcapng options. Those below 256 mean something else in each block, but
// for OptComment.
const (
	OptEnd     = 0
	OptComment = 1

	OptHardware = 2 // of a section
	OptOS       = 3
	OptProgram  = 4

	OptIfName        = 2
	OptIfDescription = 3
	OptIfResol       = 9
	OptIfFilter      = 11
	OptIfOS          = 12
	OptIfFCSLen      = 13
	OptIfOffset      = 14

	OptFlags     = 2 // of a packet: direction, reception type, FCS length, errors
	OptHash      = 3
	OptDropCount = 4
	OptPacketID  = 5
	OptQueue     = 6
	OptVerdict   = 7

	optStart    = 2 // of statistics
	optStop     = 3
	optIfRecv   = 4
	optIfDrop   = 5
	optAccept   = 6
	optOSDrop   = 7
	optDelivers = 8
)

var le = binary.LittleEndian

// EachOption walks options as they stand in Record.Options, Interface.Options and
// Section.Options: code and length in 16 bits little-endian, value, padding to four
// bytes. Numbers in values are little-endian. It stops at the end, at damage, or
// when yield is false.
func EachOption(opts []byte, yield func(code uint16, value []byte) bool) {
	for len(opts) >= 4 {
		code, n := le.Uint16(opts), int(le.Uint16(opts[2:]))
		if code == OptEnd || n > len(opts)-4 {
			return
		}
		if !yield(code, opts[4:4+n:4+n]) {
			return
		}
		opts = opts[min(4+pad4(n), len(opts)):]
	}
}

// Option is the first option of this code, nil if there is none.
func Option(opts []byte, code uint16) (value []byte) {
	EachOption(opts, func(c uint16, v []byte) bool {
		if c == code {
			value = v
		}
		return c != code
	})
	return value
}

// AppendOption puts an option behind others. A value of more than 65,535 bytes is
// cut to what the format can hold, not inside a character.
func AppendOption(opts []byte, code uint16, value []byte) []byte {
	if len(value) > 0xffff {
		value = value[:0xffff]
		for n := 0; n < utf8.UTFMax && len(value) > 0 && !utf8.Valid(value[len(value)-min(len(value), 4):]); n++ {
			value = value[:len(value)-1]
		}
	}
	opts = le.AppendUint16(opts, code)
	opts = le.AppendUint16(opts, uint16(len(value)))
	opts = append(opts, value...)
	return append(opts, make([]byte, pad4(len(value))-len(value))...)
}

// Comments are the comments among options.
func Comments(opts []byte) (out []string) {
	EachOption(opts, func(c uint16, v []byte) bool {
		if c == OptComment {
			out = append(out, string(v))
		}
		return true
	})
	return out
}

// WithComments is options with these comments in place of those there were.
func WithComments(opts []byte, comments []string) []byte {
	var out []byte
	for _, c := range comments {
		out = AppendOption(out, OptComment, []byte(c))
	}
	return append(out, without(opts, OptComment)...)
}

// without is a copy of options but for one code, with no end mark.
func without(opts []byte, code uint16) (out []byte) {
	EachOption(opts, func(c uint16, v []byte) bool {
		if c != code {
			out = AppendOption(out, c, v)
		}
		return true
	})
	return out
}

func pad4(n int) int { return (n + 3) &^ 3 }

// A layout says where numbers stand in a block, so that their bytes can be turned
// round: widths of the numbers in an option's value by code.
type layout map[uint16][]int

// filterWidth stands for if_filter, whose value may be a program.
const filterWidth = -1

var (
	ifaceLayout  = layout{8: {8}, 10: {4}, OptIfFilter: {filterWidth}, OptIfOffset: {8}, 16: {8}, 17: {8}}
	packetLayout = layout{OptFlags: {4}, OptDropCount: {8}, OptPacketID: {8}, OptQueue: {4}}
	statsLayout  = layout{optStart: {4, 4}, optStop: {4, 4}, optIfRecv: {8}, optIfDrop: {8}, optAccept: {8}, optOSDrop: {8}, optDelivers: {8}}
)

// turnOptions appends big-endian options in little-endian order.
func turnOptions(dst, opts []byte, at layout) []byte {
	be := binary.BigEndian
	for len(opts) >= 4 {
		code, n := be.Uint16(opts), int(be.Uint16(opts[2:]))
		if code == OptEnd || n > len(opts)-4 {
			break
		}
		from := len(dst)
		dst = AppendOption(dst, code, opts[4:4+n])
		value := dst[from+4 : from+4+n]
		if code&0x7fff >= 2988 && code&0x7fff <= 2989 || code == 19372 || code == 19373 { // custom options begin with a number
			turn(value, 4)
		}
		for _, width := range at[code] {
			if width == filterWidth {
				turnFilter(value)
				break
			}
			if len(value) >= width {
				turn(value, width)
				value = value[width:]
			}
		}
		opts = opts[min(4+pad4(n), len(opts)):]
	}
	return dst
}

// turnFilter turns the numbers of an if_filter round: behind a byte that is 1 for BPF
// instructions, these are a number of 16 bits, two bytes, and a number of 32 bits.
func turnFilter(v []byte) {
	if len(v) == 0 || v[0] != 1 {
		return
	}
	for v = v[1:]; len(v) >= 8; v = v[8:] {
		turn(v, 2)
		turn(v[4:], 4)
	}
}

// turn reverses the first n bytes.
func turn(b []byte, n int) {
	if len(b) < n {
		return
	}
	for i := range n / 2 {
		b[i], b[n-1-i] = b[n-1-i], b[i]
	}
}
