package layers

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text as Python writes it: what people paste back into the shell is read by
// its rules.

// pyBytes is b as a Python bytes literal: b'GET /\r\n'.
func pyBytes(b []byte) string {
	var s strings.Builder
	q := byte('\'')
	if strings.IndexByte(string(b), '\'') >= 0 && strings.IndexByte(string(b), '"') < 0 {
		q = '"'
	}
	s.Grow(len(b) + 3)
	s.WriteByte('b')
	s.WriteByte(q)
	for _, c := range b {
		if c >= utf8.RuneSelf {
			fmt.Fprintf(&s, `\x%02x`, c)
			continue
		}
		writeEscaped(&s, rune(c), q)
	}
	s.WriteByte(q)
	return s.String()
}

// pyStr is v as a Python string literal: 'MSS'.
func pyStr(v string) string {
	var s strings.Builder
	q := byte('\'')
	if strings.IndexByte(v, '\'') >= 0 && strings.IndexByte(v, '"') < 0 {
		q = '"'
	}
	s.WriteByte(q)
	for i, r := range v {
		if r == utf8.RuneError && !strings.HasPrefix(v[i:], string(r)) {
			fmt.Fprintf(&s, `\x%02x`, v[i])
			continue
		}
		writeEscaped(&s, r, q)
	}
	s.WriteByte(q)
	return s.String()
}

func writeEscaped(s *strings.Builder, r rune, q byte) {
	switch {
	case r == '\n':
		s.WriteString(`\n`)
	case r == '\r':
		s.WriteString(`\r`)
	case r == '\t':
		s.WriteString(`\t`)
	case r == '\\' || r == rune(q):
		s.WriteByte('\\')
		s.WriteRune(r)
	case r < ' ' || r == 0x7f:
		fmt.Fprintf(s, `\x%02x`, r)
	case r < utf8.RuneSelf || unicode.IsPrint(r):
		s.WriteRune(r)
	case r <= 0xff:
		fmt.Fprintf(s, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(s, `\u%04x`, r)
	default:
		fmt.Fprintf(s, `\U%08x`, r)
	}
}
