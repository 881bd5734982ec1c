package pyfmt

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// Repr is repr(v). It ends on values that contain themselves: the inner
// occurrence is written "[...]" or "{...}".
func Repr(v starlark.Value) string {
	switch v := v.(type) { // the common leaves need no writer
	case starlark.String:
		return QuoteStr(string(v))
	case starlark.Int:
		return v.String()
	}
	var w reprWriter
	w.value(v)
	return w.b.String()
}

// Str is str(v).
func Str(v starlark.Value) string {
	switch v := v.(type) {
	case starlark.String:
		return string(v)
	case pyrt.Strer:
		return v.PyStr()
	}
	return Repr(v)
}

// ASCII is ascii(v): repr(v) with everything beyond ASCII escaped.
func ASCII(v starlark.Value) string { return escapeNonASCII(Repr(v)) }

// TypeName is the name of v's class as Python's messages spell it: "str",
// "NoneType", "function".
func TypeName(v starlark.Value) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case starlark.String:
		return "str"
	case starlark.NoneType:
		return "NoneType"
	case *starlark.Builtin:
		return "builtin_function_or_method"
	case pyrt.ClassOf:
		if c, ok := v.PyClass().(interface{ Name() string }); ok {
			return c.Name()
		}
	}
	return v.Type()
}

// maxReprDepth bounds nesting; CPython raises RecursionError near 1000.
const maxReprDepth = 200

type reprWriter struct {
	b    strings.Builder
	path []starlark.Value // the containers being written, outermost first
}

func (w *reprWriter) value(v starlark.Value) {
	switch v := v.(type) {
	case nil:
		w.b.WriteString("<NULL>")
	case starlark.String:
		w.b.WriteString(QuoteStr(string(v)))
	case starlark.Bytes:
		w.b.WriteString(QuoteBytes([]byte(v)))
	case starlark.Float:
		w.b.WriteString(FloatRepr(float64(v)))
	case starlark.Tuple:
		w.tuple(v)
	case *starlark.List:
		w.list(v)
	case *starlark.Dict:
		w.dict(v)
	case *starlark.Set:
		w.set(v)
	case pyrt.Reprer:
		w.b.WriteString(v.PyRepr())
	default:
		w.b.WriteString(v.String())
	}
}

// enter notes that container v is being written; false if it already is.
func (w *reprWriter) enter(v starlark.Value) bool {
	if len(w.path) >= maxReprDepth {
		return false
	}
	for _, p := range w.path {
		if p == v {
			return false
		}
	}
	w.path = append(w.path, v)
	return true
}

func (w *reprWriter) leave() { w.path = w.path[:len(w.path)-1] }

func (w *reprWriter) list(l *starlark.List) {
	if !w.enter(l) {
		w.b.WriteString("[...]")
		return
	}
	defer w.leave()
	w.b.WriteByte('[')
	for i := 0; i < l.Len(); i++ { // by index: an iterator would lock the list
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.value(l.Index(i))
	}
	w.b.WriteByte(']')
}

func (w *reprWriter) tuple(t starlark.Tuple) {
	if len(w.path) >= maxReprDepth {
		w.b.WriteString("(...)")
		return
	}
	w.path = append(w.path, nil) // a tuple cannot hold itself, but counts for depth
	defer w.leave()
	w.b.WriteByte('(')
	for i, e := range t {
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.value(e)
	}
	if len(t) == 1 {
		w.b.WriteByte(',')
	}
	w.b.WriteByte(')')
}

func (w *reprWriter) dict(d *starlark.Dict) {
	if !w.enter(d) {
		w.b.WriteString("{...}")
		return
	}
	defer w.leave()
	w.b.WriteByte('{')
	for i, kv := range d.Items() {
		if i > 0 {
			w.b.WriteString(", ")
		}
		w.value(kv[0])
		w.b.WriteString(": ")
		w.value(kv[1])
	}
	w.b.WriteByte('}')
}

func (w *reprWriter) set(s *starlark.Set) {
	if s.Len() == 0 {
		w.b.WriteString("set()")
		return
	}
	first := true
	for e := range s.Elements() {
		if first {
			w.b.WriteByte('{')
		} else {
			w.b.WriteString(", ")
		}
		first = false
		w.value(e)
	}
	w.b.WriteByte('}')
}

// QuoteStr is repr() of a text: single quotes unless only double ones avoid
// escaping, and escapes for what Unicode calls not printable.
func QuoteStr(s string) string {
	q := byte('\'')
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		q = '"'
	}
	var b strings.Builder
	b.Grow(len(s) + 2)
	b.WriteByte(q)
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			quoteASCII(&b, c, q)
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\udc%02x`, c)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			writeEscape(&b, r)
		}
		i += n
	}
	b.WriteByte(q)
	return b.String()
}

// QuoteBytes is repr() of bytes, b'…'.
func QuoteBytes(p []byte) string {
	q := byte('\'')
	s := string(p)
	if strings.IndexByte(s, '\'') >= 0 && strings.IndexByte(s, '"') < 0 {
		q = '"'
	}
	var b strings.Builder
	b.Grow(len(s) + 3)
	b.WriteByte('b')
	b.WriteByte(q)
	for _, c := range p {
		quoteASCII(&b, c, q)
	}
	b.WriteByte(q)
	return b.String()
}

func quoteASCII(b *strings.Builder, c, quote byte) {
	switch {
	case c == quote || c == '\\':
		b.WriteByte('\\')
		b.WriteByte(c)
	case c == '\n':
		b.WriteString(`\n`)
	case c == '\r':
		b.WriteString(`\r`)
	case c == '\t':
		b.WriteString(`\t`)
	case c < 0x20 || c >= 0x7f:
		const hex = "0123456789abcdef"
		b.WriteString(`\x`)
		b.WriteByte(hex[c>>4])
		b.WriteByte(hex[c&15])
	default:
		b.WriteByte(c)
	}
}

func writeEscape(b *strings.Builder, r rune) {
	switch {
	case r <= 0xff:
		fmt.Fprintf(b, `\x%02x`, r)
	case r <= 0xffff:
		fmt.Fprintf(b, `\u%04x`, r)
	default:
		fmt.Fprintf(b, `\U%08x`, r)
	}
}

func escapeNonASCII(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			var b strings.Builder
			b.WriteString(s[:i])
			for _, r := range s[i:] {
				if r < utf8.RuneSelf {
					b.WriteRune(r)
				} else {
					writeEscape(&b, r)
				}
			}
			return b.String()
		}
	}
	return s
}
