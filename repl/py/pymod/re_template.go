package pymod

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// template is the replacement of sub(): texts, and groups between them.
type template []templatePart

type templatePart struct {
	text  string
	group int // -1 for text
}

// template parses a replacement: \1, \g<1>, \g<name> and the escapes of
// characters.
func (p *pattern) template(v starlark.Value) (template, error) {
	var src string
	if s, ok := v.(starlark.String); ok && !p.bytes {
		src = string(s)
	} else if b, err := pymeth.BytesValue(v); err == nil && p.bytes {
		src = latin1(string(b))
	} else {
		return nil, pyrt.Errorf("TypeError", "the replacement must be a function or of the kind of the pattern, not %s", pyfmt.TypeName(v))
	}
	var t template
	var text strings.Builder
	group := func(n, at int) error {
		if n >= len(p.t.names) {
			return reErr("invalid group reference %d at position %d", n, at)
		}
		t = append(t, templatePart{text.String(), -1}, templatePart{"", n})
		text.Reset()
		return nil
	}
	for i := 0; i < len(src); {
		if src[i] != '\\' {
			text.WriteByte(src[i])
			i++
			continue
		}
		at := utf8.RuneCountInString(src[:i])
		if i+1 >= len(src) {
			return nil, reErr("bad escape (end of pattern) at position %d", at)
		}
		c := src[i+1]
		i += 2
		switch {
		case c == 'g':
			name, rest, ok := strings.Cut(src[i:], ">")
			if !strings.HasPrefix(name, "<") {
				return nil, reErr("missing < at position %d", at+2)
			}
			if !ok {
				return nil, reErr("missing >, unterminated name at position %d", at+3)
			}
			if name = name[1:]; name == "" {
				return nil, reErr("missing group name at position %d", at+3)
			}
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 {
				if !isIdentifier(name) {
					return nil, reErr("bad character in group name %s at position %d", pyQuote(name), at+3)
				}
				if n = slices.Index(p.t.names, name); n < 0 {
					return nil, pyrt.Errorf("IndexError", "unknown group name %s", pyQuote(name))
				}
			}
			if err := group(n, at+3); err != nil {
				return nil, err
			}
			i = len(src) - len(rest)
		case c >= '0' && c <= '9':
			j := i
			for j < len(src) && j < i+2 && src[j] >= '0' && src[j] <= '9' {
				j++
			}
			octal := src[i-1 : j]
			if isOctal := strings.Trim(octal, "01234567") == ""; c == '0' || isOctal && len(octal) == 3 {
				for strings.Trim(octal, "01234567") != "" {
					octal = octal[:len(octal)-1]
				}
				n, _ := strconv.ParseUint(octal, 8, 32)
				if n > 0o377 {
					return nil, reErr("octal escape value \\%s outside of range 0-0o377 at position %d", octal, at)
				}
				text.WriteRune(rune(n))
				i += len(octal) - 1
				break
			}
			num := octal[:min(2, len(octal))]
			n, _ := strconv.Atoi(num)
			if err := group(n, at+1); err != nil {
				return nil, err
			}
			i += len(num) - 1
		case strings.IndexByte(`abfnrtv\`, c) >= 0:
			text.WriteByte(map[byte]byte{'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v', '\\': '\\'}[c])
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			return nil, reErr("bad escape \\%c at position %d", c, at)
		default:
			text.WriteString(src[i-2 : i])
		}
	}
	return append(t, templatePart{text.String(), -1}), nil
}

// expand fills the template in; groups that took no part are empty.
func (t template) expand(m *match) string {
	var b strings.Builder
	for _, part := range t {
		if part.group < 0 {
			b.WriteString(part.text)
		} else if from := m.loc[2*part.group]; from >= 0 {
			b.WriteString(m.s.s[from:m.loc[2*part.group+1]])
		}
	}
	return b.String()
}

// wrap is a text of the subject's form as a value of its kind.
func (s *subject) wrap(text string) starlark.Value {
	if s.bytes {
		return unLatin1(text)
	}
	return starlark.String(text)
}

// unwrap is a value of the subject's kind as a text of its form.
func (s *subject) unwrap(v starlark.Value) (string, error) {
	if s.bytes {
		b, err := pymeth.BytesValue(v)
		return latin1(string(b)), err
	}
	return text(v)
}

// next is the offset of the character after off.
func (s *subject) next(off int) int {
	_, n := utf8.DecodeRuneInString(s.s[off:])
	return off + max(n, 1)
}
