package layers

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Values as Python writes them: what people paste back into the shell is read by
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

// pyValue is a value as Python prints it: the value itself, not its name.
func pyValue(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return pyFloat(v)
	case string:
		return pyStr(v)
	case []byte:
		return pyBytes(v)
	case Flags:
		return fmt.Sprintf("<Flag %d (%s)>", v.Bits, v)
	case netip.Addr:
		return pyStr(AddrText(v))
	case MAC:
		return pyStr(v.String())
	case List:
		return pyJoin("[", "]", v, pyValue)
	case Choice:
		return pyJoin("[", "]", v, pyValue)
	case Dict:
		return v.text(pyValue)
	case Tuple:
		return pyTuple(v, pyValue)
	case Range:
		return fmt.Sprintf("(%d, %d)", v.Lo, v.Hi)
	case Net:
		return netText(v)
	case RawVal:
		return "<RawVal [" + pyBytes(v) + "]>"
	case *Packet:
		return v.Repr()
	}
	return fmt.Sprint(v)
}

// pyFloat is v as Python prints it: always with a point or an exponent.
func pyFloat(v float64) string {
	format := byte('f')
	if a := math.Abs(v); a != 0 && (a < 1e-4 || a >= 1e16) {
		format = 'e'
	}
	s := strconv.FormatFloat(v, format, -1, 64)
	if strings.Trim(s, "-0123456789") == "" {
		s += ".0"
	}
	return s
}

// netText is a network as its constructor: Net6 for IPv6, as Scapy has it.
func netText(n Net) string {
	if n.Prefix.Addr().Is4() {
		return n.String()
	}
	return fmt.Sprintf("Net6(%q)", n.Prefix.String())
}

func pyJoin(open, end string, vs []any, one func(any) string) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = one(v)
	}
	return open + strings.Join(parts, ", ") + end
}

func pyTuple(t Tuple, one func(any) string) string {
	if len(t) == 1 {
		return "(" + one(t[0]) + ",)"
	}
	return pyJoin("(", ")", slices.Clone(t), one)
}
