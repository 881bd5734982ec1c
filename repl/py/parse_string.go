package py

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// strings parses one or more adjacent string literals, which are joined.
func (p *parser) strings() expr {
	start := p.tok.Start
	var parts []fpart
	var text, raw strings.Builder
	isBytes, isText, isF := false, false, false
	flush := func() {
		if text.Len() > 0 {
			parts = append(parts, fpart{text: text.String()})
			text.Reset()
		}
	}
	for p.tok.Kind == String || p.tok.Kind == FStringStart {
		if p.tok.Kind == FStringStart {
			isF, isText = true, true
			flush()
			parts = append(parts, p.fstring()...)
			continue
		}
		s, bytes := p.stringLiteral(p.tok)
		if bytes {
			isBytes = true
			raw.WriteString(s)
		} else {
			isText = true
			text.WriteString(s)
		}
		if isBytes && isText {
			p.fail(Span{start, p.tok.End}, "cannot mix bytes and nonbytes literals")
		}
		p.next()
	}
	at := Span{start, p.prevEnd()}
	switch {
	case isBytes && isText:
		p.fail(at, "cannot mix bytes and nonbytes literals")
	case isBytes:
		return &constExpr{at, starlark.Bytes(raw.String())}
	case !isF:
		return &constExpr{at, starlark.String(text.String())}
	}
	flush()
	return &fstringExpr{at, parts}
}

// stringLiteral decodes the literal t.
func (p *parser) stringLiteral(t Token) (s string, isBytes bool) {
	i := strings.IndexAny(t.Text, `"'`)
	prefix := strings.ToLower(t.Text[:i])
	quote := t.Text[i : i+1]
	if strings.HasPrefix(t.Text[i:], quote+quote+quote) && len(t.Text) >= i+6 {
		quote += quote + quote
	}
	body := t.Text[i+len(quote) : len(t.Text)-len(quote)]
	isBytes = strings.Contains(prefix, "b")
	if isBytes {
		for j := 0; j < len(body); j++ {
			if body[j] >= utf8.RuneSelf {
				p.fail(tokSpan(t), "bytes can only contain ASCII literal characters")
			}
		}
	}
	return p.unescape(body, strings.Contains(prefix, "r"), isBytes, t.Start+i+len(quote)), isBytes
}

// unescape decodes the escapes of body, which begins at offset at.
func (p *parser) unescape(body string, raw, isBytes bool, at int) string {
	if strings.Contains(body, "\r") {
		body = strings.ReplaceAll(body, "\r\n", "\n")
	}
	if raw || !strings.Contains(body, `\`) {
		return body
	}
	var b strings.Builder
	b.Grow(len(body))
	for i := 0; i < len(body); i++ {
		c := body[i]
		if c != '\\' || i+1 == len(body) {
			b.WriteByte(c)
			continue
		}
		i++
		c = body[i]
		switch c {
		case '\n':
		case '\\', '\'', '"':
			b.WriteByte(c)
		case 'a':
			b.WriteByte('\a')
		case 'b':
			b.WriteByte('\b')
		case 'f':
			b.WriteByte('\f')
		case 'n':
			b.WriteByte('\n')
		case 'r':
			b.WriteByte('\r')
		case 't':
			b.WriteByte('\t')
		case 'v':
			b.WriteByte('\v')
		case '0', '1', '2', '3', '4', '5', '6', '7':
			n, j := 0, i
			for ; j < len(body) && j < i+3 && '0' <= body[j] && body[j] <= '7'; j++ {
				n = n*8 + int(body[j]-'0')
			}
			i = j - 1
			writeChar(&b, n, isBytes)
		case 'x':
			i = p.hexEscape(&b, body, i, 2, isBytes, at)
		case 'u', 'U':
			if isBytes {
				b.WriteByte('\\')
				b.WriteByte(c)
				break
			}
			n := 4
			if c == 'U' {
				n = 8
			}
			i = p.hexEscape(&b, body, i, n, false, at)
		default:
			// An unknown escape stands for itself, as in Python.
			b.WriteByte('\\')
			b.WriteByte(c)
		}
	}
	return b.String()
}

func writeChar(b *strings.Builder, n int, isBytes bool) {
	if isBytes {
		b.WriteByte(byte(n))
	} else {
		b.WriteRune(rune(n))
	}
}

// hexEscape decodes n hex digits behind the letter at body[i] and returns the
// index of the last.
func (p *parser) hexEscape(b *strings.Builder, body string, i, n int, isBytes bool, at int) int {
	end := i + 1
	for end < len(body) && end < i+1+n && isHex(body[end]) {
		end++
	}
	v, err := strconv.ParseUint(body[i+1:end], 16, 32)
	if end != i+1+n || err != nil || v > utf8.MaxRune {
		p.fail(Span{at + i - 1, at + end}, "truncated or invalid \\%c escape: it takes %d hex digits", body[i], n)
	}
	writeChar(b, int(v), isBytes)
	return end - 1
}

// fstring parses one f-string literal.
func (p *parser) fstring() []fpart {
	raw := strings.ContainsAny(p.tok.Text, "rR")
	p.next()
	parts := p.fparts(raw, false)
	if p.tok.Kind != FStringEnd {
		p.wanted("the end of the f-string")
	}
	p.next()
	return parts
}

// fparts parses text and replacement fields up to the end of the f-string, or,
// in a format spec, up to the closing brace.
func (p *parser) fparts(raw, spec bool) []fpart {
	p.enter()
	defer p.leave()
	var parts []fpart
	for {
		switch {
		case p.tok.Kind == FStringText:
			text := p.tok.Text
			if !spec {
				text = strings.ReplaceAll(strings.ReplaceAll(text, "{{", "{"), "}}", "}")
			}
			parts = append(parts, fpart{text: p.unescape(text, raw, false, p.tok.Start)})
			p.next()
		case p.op("{"):
			parts = append(parts, p.field(raw)...)
		default:
			return parts
		}
	}
}

// field parses one replacement field.
func (p *parser) field(raw bool) []fpart {
	open := p.tok
	p.next()
	if p.op("}") {
		p.fail(Span{open.Start, p.tok.End}, "f-string: empty expression not allowed")
	}
	var parts []fpart
	f := fpart{x: p.testlist()}
	debug := false
	if p.op("=") {
		// f"{x=}" shows the text of the expression, white space included.
		debug = true
		end := p.tok.End
		p.next()
		for end < len(p.src.text) && (p.src.text[end] == ' ' || p.src.text[end] == '\t') {
			end++
		}
		parts = append(parts, fpart{text: p.src.text[open.End:end]})
	}
	if p.acceptOp("!") {
		t := p.tok
		if t.Kind != Name || t.Text != "r" && t.Text != "s" && t.Text != "a" {
			p.fail(tokSpan(t), "f-string: invalid conversion character %s: expected 's', 'r', or 'a'", describe(t))
		}
		f.conv = t.Text[0]
		p.next()
	}
	switch {
	case p.acceptOp(":"):
		f.spec = p.fparts(raw, true)
		if f.spec == nil {
			f.spec = []fpart{}
		}
	case debug && f.conv == 0:
		f.conv = 'r'
	}
	if !p.op("}") {
		if p.tok.Kind == FStringEnd {
			p.fail(tokSpan(open), "f-string: expecting '}'")
		}
		p.unexpected()
	}
	p.next()
	return append(parts, f)
}
