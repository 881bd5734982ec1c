package layers

import (
	"fmt"
	"strings"
)

const upperHex = "0123456789ABCDEF"

// Hexdump is b in hexadecimal, sixteen bytes a line with the offset before and
// the printable characters behind; no newline at the end.
//
//	0000  45 00 00 28 00 01 00 00 40 06 66 CD 0A 00 00 01  E..(....@.f.....
func Hexdump(b []byte) string {
	var s strings.Builder
	for off := 0; off < len(b); off += 16 {
		if off > 0 {
			s.WriteByte('\n')
		}
		row := b[off:min(off+16, len(b))]
		fmt.Fprintf(&s, "%04x  ", off)
		for _, c := range row {
			s.WriteByte(upperHex[c>>4])
			s.WriteByte(upperHex[c&15])
			s.WriteByte(' ')
		}
		s.WriteString(strings.Repeat("   ", 16-len(row)))
		s.WriteByte(' ')
		s.WriteString(printable(row))
	}
	return s.String()
}

// printable is b with a dot for everything but printable ASCII.
func printable(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		if c < ' ' || c > '~' {
			c = '.'
		}
		out[i] = c
	}
	return string(out)
}

// spacedHex is "45 00 00 28".
func spacedHex(b []byte) string { return fmt.Sprintf("% X", b) }

// LineHexdump is b on one line: bytes, two spaces, characters.
func LineHexdump(b []byte) string { return HexStr(b, true, true) }

// HexStr is b as spaced hexadecimal, as characters, or both two spaces apart.
func HexStr(b []byte, bytes, chars bool) string {
	switch {
	case !chars:
		return spacedHex(b)
	case !bytes:
		return printable(b)
	}
	return spacedHex(b) + "  " + printable(b)
}

// CHexdump is b as the members of a C array: 0x01, 0xff.
func CHexdump(b []byte) string {
	parts := make([]string, len(b))
	for i, c := range b {
		parts[i] = fmt.Sprintf("0x%02x", c)
	}
	return strings.Join(parts, ", ")
}
