package py

import "strings"

// str reads a string literal whose prefix is given; f-strings only begin here.
func (lx *lexer) str(prefix string) {
	start := lx.pos
	lx.pos += len(prefix)
	quote := lx.src[lx.pos : lx.pos+1]
	if strings.HasPrefix(lx.src[lx.pos:], quote+quote+quote) {
		quote += quote + quote
	}
	lx.pos += len(quote)
	lower := strings.ToLower(prefix)
	if strings.Contains(lower, "f") {
		lx.emit(FStringStart, start)
		lx.fstrs = append(lx.fstrs, fstate{quote: quote, raw: strings.Contains(lower, "r")})
		return
	}
	for lx.pos < len(lx.src) {
		if strings.HasPrefix(lx.src[lx.pos:], quote) {
			lx.pos += len(quote)
			lx.emit(String, start)
			return
		}
		switch c := lx.src[lx.pos]; {
		case c == '\\' && lx.pos+1 < len(lx.src):
			lx.pos++
			if lx.src[lx.pos] == '\n' {
				lx.newline(lx.pos + 1)
			}
		case c == '\n':
			if len(quote) == 1 {
				lx.emit(Error, start)
				lx.failString(quote)
				return
			}
			lx.newline(lx.pos + 1)
		}
		lx.pos++
	}
	lx.emit(Error, start)
	if len(quote) == 3 {
		lx.fail("unterminated triple-quoted string literal", true)
	} else {
		lx.failString(quote)
	}
}

// failString reports a string without its end. What looks like one inside an
// f-string is that one's own end, before its brace.
func (lx *lexer) failString(quote string) {
	if n := len(lx.fstrs); n > 0 && lx.fstrs[n-1].quote == quote {
		lx.fail("f-string: expecting '}'", false)
		return
	}
	// A backslash before the end of the input asks for the next line.
	lx.fail("unterminated string literal", strings.HasSuffix(lx.src, "\\\n"))
}

// field is the innermost open replacement field of the innermost f-string.
func (lx *lexer) field() *fexpr {
	fs := &lx.fstrs[len(lx.fstrs)-1]
	if len(fs.exprs) == 0 {
		return nil
	}
	return &fs.exprs[len(fs.exprs)-1]
}

// fieldOp reads what has a meaning of its own at the top level of a
// replacement field: the closing brace, the conversion, the colon.
func (lx *lexer) fieldOp(fe *fexpr) bool {
	start := lx.pos
	switch lx.src[lx.pos] {
	case '}':
		lx.pos++
		lx.emit(Op, start)
		fs := &lx.fstrs[len(lx.fstrs)-1]
		fs.exprs = fs.exprs[:len(fs.exprs)-1]
		lx.brackets = lx.brackets[:fe.depth-1]
		return true
	case '!':
		if strings.HasPrefix(lx.src[lx.pos:], "!=") {
			return false
		}
		lx.pos++
		lx.emit(Op, start)
		return true
	case ':':
		lx.pos++
		lx.emit(Op, start)
		fe.inSpec = true
		return true
	}
	return false
}

// fstringText reads literal text of an f-string, or of a format spec, up to
// the next brace or the end.
func (lx *lexer) fstringText(fs *fstate) {
	start := lx.pos
	spec := len(fs.exprs) > 0
	text := func() {
		if lx.pos > start {
			lx.emit(FStringText, start)
		}
	}
	for lx.pos < len(lx.src) {
		c := lx.src[lx.pos]
		switch {
		case strings.HasPrefix(lx.src[lx.pos:], fs.quote):
			text()
			end := lx.pos
			lx.pos += len(fs.quote)
			if spec {
				lx.emit(Error, end)
				lx.fail("f-string: expecting '}'", false)
				lx.brackets = lx.brackets[:fs.exprs[0].depth-1]
			} else {
				lx.emit(FStringEnd, end)
			}
			lx.fstrs = lx.fstrs[:len(lx.fstrs)-1]
			return
		case c == '{' && !spec && strings.HasPrefix(lx.src[lx.pos:], "{{"):
			lx.pos += 2
		case c == '}' && !spec && strings.HasPrefix(lx.src[lx.pos:], "}}"):
			lx.pos += 2
		case c == '{':
			text()
			lx.pos++
			lx.emit(Op, lx.pos-1)
			lx.brackets = append(lx.brackets, '{')
			fs.exprs = append(fs.exprs, fexpr{depth: len(lx.brackets)})
			return
		case c == '}' && spec:
			text()
			lx.pos++
			lx.emit(Op, lx.pos-1)
			fe := fs.exprs[len(fs.exprs)-1]
			fs.exprs = fs.exprs[:len(fs.exprs)-1]
			lx.brackets = lx.brackets[:fe.depth-1]
			return
		case c == '}':
			text()
			lx.pos++
			lx.emit(Error, lx.pos-1)
			lx.fail("f-string: single '}' is not allowed", false)
			return
		case c == '\n' && len(fs.quote) == 1:
			text()
			lx.emit(Error, lx.pos)
			lx.fail("unterminated f-string literal", false)
			if spec {
				lx.brackets = lx.brackets[:fs.exprs[0].depth-1]
			}
			lx.fstrs = lx.fstrs[:len(lx.fstrs)-1]
			return
		case c == '\\' && !fs.raw && strings.HasPrefix(lx.src[lx.pos:], `\N{`):
			// A named character: its braces are no replacement field.
			lx.pos += 3
		case c == '\\' && lx.pos+1 < len(lx.src) && lx.src[lx.pos+1] != '{' && lx.src[lx.pos+1] != '}':
			lx.pos++
			if lx.src[lx.pos] == '\n' {
				lx.newline(lx.pos + 1)
			}
			lx.pos++
		case c == '\n':
			lx.newline(lx.pos + 1)
			lx.pos++
		default:
			lx.pos++
		}
	}
	text()
}
