package pymeth

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// decodeRunes splits text into code points; a stray byte b is U+DC00+b.
func decodeRunes(s string) []rune {
	out := make([]rune, 0, len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			r = 0xdc00 + rune(s[i])
		}
		out = append(out, r)
		i += n
	}
	return out
}

// codecNames reads the encoding and errors arguments.
func codecNames(fn string, a []starlark.Value) (enc, errs string, err error) {
	enc, errs = "utf-8", "strict"
	for i, p := range []*string{&enc, &errs} {
		if a[i] == nil {
			continue
		}
		s, ok := a[i].(starlark.String)
		if !ok {
			return "", "", pyrt.Errorf("TypeError", "%s() argument '%s' must be str, not %s", fn, []string{"encoding", "errors"}[i], argType(a[i]))
		}
		*p = string(s)
	}
	return enc, errs, nil
}

// codecName normalizes an encoding's name; "" if it is unknown.
func codecName(s string) string {
	switch strings.NewReplacer("_", "-", " ", "-").Replace(strings.ToLower(s)) {
	case "utf-8", "utf8", "u8", "utf", "cp65001":
		return "utf-8"
	case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1", "latin", "8859", "cp819", "iso8859":
		return "latin-1"
	case "ascii", "us-ascii", "646", "ansi-x3.4-1968":
		return "ascii"
	case "utf-16", "utf16", "u16":
		return "utf-16"
	case "utf-16-le", "utf-16le", "utf16-le":
		return "utf-16-le"
	case "utf-16-be", "utf-16be", "utf16-be":
		return "utf-16-be"
	}
	return ""
}

func unknownCodec(name string) error {
	return &pyrt.Error{Class: "LookupError", Msg: "unknown encoding: " + name, Hint: "there are: utf-8, latin-1, ascii, utf-16, utf-16-le, utf-16-be"}
}

// Encode is s.encode(encoding, errors). Failure is a UnicodeEncodeError.
func Encode(s, encoding, errs string) ([]byte, error) {
	name := codecName(encoding)
	switch name {
	case "":
		return nil, unknownCodec(encoding)
	case "utf-8":
		if utf8.ValidString(s) {
			return []byte(s), nil
		}
		return encodeEach(s, name, "surrogates not allowed", errs, func(out []byte, r rune) ([]byte, bool) {
			if r >= 0xd800 && r <= 0xdfff {
				return out, false
			}
			return utf8.AppendRune(out, r), true
		})
	case "ascii", "latin-1":
		limit, why := rune(128), "ordinal not in range(128)"
		if name == "latin-1" {
			limit, why = 256, "ordinal not in range(256)"
		}
		return encodeEach(s, name, why, errs, func(out []byte, r rune) ([]byte, bool) {
			if r >= limit {
				return out, false
			}
			return append(out, byte(r)), true
		})
	}
	order := binary.AppendByteOrder(binary.LittleEndian)
	if name == "utf-16-be" {
		order = binary.BigEndian
	}
	var bom []byte
	if name == "utf-16" {
		bom = []byte{0xff, 0xfe} // native order on every Linux that pktsh runs on
	}
	out, err := encodeEach(s, name, "surrogates not allowed", errs, func(out []byte, r rune) ([]byte, bool) {
		if r >= 0xd800 && r <= 0xdfff {
			return out, false
		}
		for _, u := range utf16.AppendRune(nil, r) {
			out = order.AppendUint16(out, u)
		}
		return out, true
	})
	if err != nil {
		return nil, err
	}
	return append(bom, out...), nil
}

// encodeEach encodes code point by code point; put reports false for one that
// the encoding lacks, and errs says what then.
func encodeEach(s, name, why, errs string, put func(out []byte, r rune) ([]byte, bool)) ([]byte, error) {
	runes := decodeRunes(s)
	out := make([]byte, 0, len(s))
	for i, r := range runes {
		next, ok := put(out, r)
		if ok {
			out = next
			continue
		}
		switch errs {
		case "ignore":
		case "replace":
			out = append(out, '?')
		case "backslashreplace":
			out = append(out, escapeRune(r)...)
		case "xmlcharrefreplace":
			out = fmt.Appendf(out, "&#%d;", r)
		case "surrogateescape":
			if r >= 0xdc80 && r <= 0xdcff {
				out = append(out, byte(r-0xdc00))
				continue
			}
			fallthrough
		case "strict":
			return nil, encodeError(runes, i, name, why, put)
		default:
			return nil, pyrt.Errorf("LookupError", "unknown error handler name '%s'", errs)
		}
	}
	return out, nil
}

func escapeRune(r rune) string {
	switch {
	case r <= 0xff:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

func encodeError(runes []rune, i int, name, why string, put func([]byte, rune) ([]byte, bool)) error {
	end := i + 1
	for end < len(runes) {
		if _, ok := put(nil, runes[end]); ok {
			break
		}
		end++
	}
	if end == i+1 {
		return pyrt.Errorf("UnicodeEncodeError", "'%s' codec can't encode character '%s' in position %d: %s", name, escapeRune(runes[i]), i, why)
	}
	return pyrt.Errorf("UnicodeEncodeError", "'%s' codec can't encode characters in position %d-%d: %s", name, i, end-1, why)
}

// Decode is b.decode(encoding, errors). Failure is a UnicodeDecodeError.
func Decode(b []byte, encoding, errs string) (string, error) {
	switch codecName(encoding) {
	case "utf-8":
		if utf8.Valid(b) {
			return string(b), nil
		}
		return decodeEach(b, "utf-8", errs, utf8Step)
	case "ascii":
		return decodeEach(b, "ascii", errs, func(b []byte) (string, int, string) {
			if b[0] < 0x80 {
				return string(b[:1]), 1, ""
			}
			return "", 1, "ordinal not in range(128)"
		})
	case "latin-1":
		runes := make([]rune, len(b))
		for i, c := range b {
			runes[i] = rune(c)
		}
		return string(runes), nil
	case "utf-16":
		order := binary.ByteOrder(binary.LittleEndian)
		if len(b) >= 2 && b[0] == 0xfe && b[1] == 0xff {
			order, b = binary.BigEndian, b[2:]
		} else if len(b) >= 2 && b[0] == 0xff && b[1] == 0xfe {
			b = b[2:]
		}
		return decodeEach(b, "utf-16", errs, utf16Step(order))
	case "utf-16-le":
		return decodeEach(b, "utf-16-le", errs, utf16Step(binary.LittleEndian))
	case "utf-16-be":
		return decodeEach(b, "utf-16-be", errs, utf16Step(binary.BigEndian))
	}
	return "", unknownCodec(encoding)
}

// decodeEach takes text off the front of b. step gives the text and how many
// bytes it took, or why it cannot and how many bytes are at fault.
func decodeEach(b []byte, name, errs string, step func(b []byte) (s string, n int, why string)) (string, error) {
	var out strings.Builder
	for pos := 0; pos < len(b); {
		s, n, why := step(b[pos:])
		if why == "" {
			out.WriteString(s)
			pos += n
			continue
		}
		switch errs {
		case "ignore":
		case "replace":
			out.WriteRune(utf8.RuneError)
		case "backslashreplace":
			for _, c := range b[pos : pos+n] {
				fmt.Fprintf(&out, `\x%02x`, c)
			}
		case "surrogateescape":
			if b[pos] >= 0x80 {
				out.WriteByte(b[pos]) // a stray byte is its own surrogate
				pos++
				continue
			}
			fallthrough
		case "strict":
			if n == 1 {
				return "", pyrt.Errorf("UnicodeDecodeError", "'%s' codec can't decode byte 0x%02x in position %d: %s", name, b[pos], pos, why)
			}
			return "", pyrt.Errorf("UnicodeDecodeError", "'%s' codec can't decode bytes in position %d-%d: %s", name, pos, pos+n-1, why)
		default:
			return "", pyrt.Errorf("LookupError", "unknown error handler name '%s'", errs)
		}
		pos += n
	}
	return out.String(), nil
}

// utf8Step decodes one code point; what is at fault is the longest prefix of a
// valid sequence (Unicode 15, table 3-7, "maximal subpart").
func utf8Step(b []byte) (s string, n int, why string) {
	if r, n := utf8.DecodeRune(b); r != utf8.RuneError || n > 1 {
		return string(b[:n]), n, ""
	}
	need, lo, hi := 0, byte(0x80), byte(0xbf)
	switch c := b[0]; {
	case c >= 0xc2 && c <= 0xdf:
		need = 1
	case c >= 0xe0 && c <= 0xef:
		need = 2
		if c == 0xe0 {
			lo = 0xa0
		} else if c == 0xed {
			hi = 0x9f
		}
	case c >= 0xf0 && c <= 0xf4:
		need = 3
		if c == 0xf0 {
			lo = 0x90
		} else if c == 0xf4 {
			hi = 0x8f
		}
	default:
		return "", 1, "invalid start byte"
	}
	for n = 1; n <= need; n++ {
		if n == len(b) {
			return "", n, "unexpected end of data"
		}
		if b[n] < lo || b[n] > hi {
			return "", n, "invalid continuation byte"
		}
		lo, hi = 0x80, 0xbf
	}
	return "", n, "invalid continuation byte" // not reached: the sequence would be valid
}

func utf16Step(order binary.ByteOrder) func(b []byte) (string, int, string) {
	return func(b []byte) (string, int, string) {
		if len(b) < 2 {
			return "", 1, "truncated data"
		}
		r := rune(order.Uint16(b))
		if !utf16.IsSurrogate(r) {
			return string(r), 2, ""
		}
		if r >= 0xdc00 {
			return "", 2, "illegal encoding"
		}
		if len(b) < 4 {
			return "", len(b), "unexpected end of data"
		}
		if full := utf16.DecodeRune(r, rune(order.Uint16(b[2:]))); full != utf8.RuneError {
			return string(full), 4, ""
		}
		return "", 2, "illegal UTF-16 surrogate"
	}
}
