package py

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// lexer turns source text into tokens. One lexer serves the parser, the
// highlighter, completion and the question whether input is complete; hence it
// goes on after errors.
type lexer struct {
	src       string
	pos       int
	line      int // of pos, from 1
	lineStart int // offset of the first byte of that line
	toks      []Token
	indents   []int
	brackets  []byte // open ( [ {
	fstrs     []fstate
	atLine    bool // at the start of a logical line
}

// fstate is an f-string that is being read.
type fstate struct {
	quote string // what ends it
	raw   bool
	exprs []fexpr // open replacement fields, innermost last
}

// fexpr is an open replacement field of an f-string.
type fexpr struct {
	depth  int  // len(brackets) inside it, before any bracket of its own
	inSpec bool // behind the colon
}

func newLexer(src string) *lexer {
	lx := &lexer{src: src, line: 1, atLine: true, indents: []int{0}}
	if strings.HasPrefix(src, "\ufeff") {
		lx.pos = len("\ufeff")
	}
	lx.toks = make([]Token, 0, len(src)/4+4)
	return lx
}

func (lx *lexer) run() []Token {
	for lx.pos < len(lx.src) {
		if n := len(lx.fstrs); n > 0 {
			fs := &lx.fstrs[n-1]
			if k := len(fs.exprs); k == 0 || fs.exprs[k-1].inSpec {
				lx.fstringText(fs)
				continue
			}
		}
		if lx.atLine && len(lx.brackets) == 0 && len(lx.fstrs) == 0 {
			lx.indentation()
			continue
		}
		lx.token()
	}
	lx.finish()
	return lx.toks
}

// finish closes what is still open at the end of the source.
func (lx *lexer) finish() {
	if n := len(lx.fstrs); n > 0 {
		fs := lx.fstrs[n-1]
		lx.emit(Error, lx.pos)
		lx.fail("unterminated f-string literal", len(fs.quote) == 3)
		lx.fstrs = nil
	}
	if len(lx.brackets) == 0 && !lx.atLine {
		lx.emit(Newline, lx.pos)
	}
	// Within brackets the input ends in the middle of a statement.
	for len(lx.indents) > 1 && len(lx.brackets) == 0 {
		lx.indents = lx.indents[:len(lx.indents)-1]
		lx.emit(Dedent, lx.pos)
	}
	lx.emit(EOF, lx.pos)
}

// emit appends the token src[start:pos].
func (lx *lexer) emit(k Kind, start int) {
	text := lx.src[start:lx.pos]
	line, lineStart := lx.line, lx.lineStart
	if start < lineStart {
		// The token began on an earlier line.
		line -= strings.Count(lx.src[start:lineStart], "\n")
		lineStart = strings.LastIndexByte(lx.src[:start], '\n') + 1
	}
	lx.toks = append(lx.toks, Token{Kind: k, Text: text, Start: start, End: lx.pos, Line: line, Col: start - lineStart + 1})
}

// fail gives the last token, of kind Error, its reason.
func (lx *lexer) fail(msg string, more bool) {
	t := &lx.toks[len(lx.toks)-1]
	t.Msg, t.More = msg, more
}

// newline notes that a line begins at offset at.
func (lx *lexer) newline(at int) {
	lx.line++
	lx.lineStart = at
}

// indentation reads the white space at the start of a line and emits the
// changes of depth; blank and comment lines change nothing.
func (lx *lexer) indentation() {
	start, col := lx.pos, 0
scan:
	for ; lx.pos < len(lx.src); lx.pos++ {
		switch lx.src[lx.pos] {
		case ' ':
			col++
		case '\t':
			col = (col/8 + 1) * 8
		case '\f':
			col = 0
		default:
			break scan
		}
	}
	if lx.pos == len(lx.src) {
		return
	}
	switch c := lx.src[lx.pos]; {
	case c == '\n':
		lx.pos++
		lx.newline(lx.pos)
		return
	case c == '\r' && strings.HasPrefix(lx.src[lx.pos:], "\r\n"):
		lx.pos += 2
		lx.newline(lx.pos)
		return
	case c == '#':
		lx.comment()
		return
	case c == '\\' && lx.continuation():
		return
	}
	lx.atLine = false
	top := lx.indents[len(lx.indents)-1]
	if col > top {
		lx.indents = append(lx.indents, col)
		lx.emit(Indent, start)
		return
	}
	if !slices.Contains(lx.indents, col) {
		lx.emit(Error, start)
		lx.fail("unindent does not match any outer indentation level", false)
	}
	for col < lx.indents[len(lx.indents)-1] {
		lx.indents = lx.indents[:len(lx.indents)-1]
		lx.emit(Dedent, lx.pos)
	}
}

func (lx *lexer) comment() {
	start := lx.pos
	for lx.pos < len(lx.src) && lx.src[lx.pos] != '\n' {
		lx.pos++
	}
	lx.emit(Comment, start)
}

// continuation skips a backslash and the line end behind it.
func (lx *lexer) continuation() bool {
	rest := lx.src[lx.pos+1:]
	switch {
	case strings.HasPrefix(rest, "\n"):
		lx.pos += 2
	case strings.HasPrefix(rest, "\r\n"):
		lx.pos += 3
	default:
		return false
	}
	lx.newline(lx.pos)
	return true
}

// token reads one token in the middle of a line.
func (lx *lexer) token() {
	c := lx.src[lx.pos]
	start := lx.pos
	switch {
	case c == ' ' || c == '\t' || c == '\f' || c == '\r':
		lx.pos++
	case c == '\n':
		lx.pos++
		if len(lx.brackets) == 0 && len(lx.fstrs) == 0 {
			lx.emit(Newline, start)
			lx.atLine = true
		}
		lx.newline(lx.pos)
	case c == '#':
		lx.comment()
	case c == '\\':
		if lx.continuation() {
			if lx.pos == len(lx.src) {
				lx.emit(Error, lx.pos)
				lx.fail("unexpected end of input after line continuation", true)
			}
			return
		}
		lx.pos++
		lx.emit(Error, start)
		lx.fail("unexpected character after line continuation character", lx.pos == len(lx.src))
	case lx.value(c):
	case c == '"' || c == '\'':
		lx.str("")
	case isNameStart(lx.src[lx.pos:]):
		lx.name()
	case isDigit(c) || c == '.' && lx.pos+1 < len(lx.src) && isDigit(lx.src[lx.pos+1]):
		lx.number()
	default:
		lx.operator()
	}
}

// name reads an identifier, a keyword, or the prefix of a string literal.
func (lx *lexer) name() {
	start := lx.pos
	end := start
	for end < len(lx.src) {
		r, n := utf8.DecodeRuneInString(lx.src[end:])
		if r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		end += n
	}
	word := lx.src[start:end]
	if end < len(lx.src) && (lx.src[end] == '"' || lx.src[end] == '\'') && isStringPrefix(word) {
		lx.str(word)
		return
	}
	lx.pos = end
	if keywords[word] {
		lx.emit(Keyword, start)
	} else {
		lx.emit(Name, start)
	}
}

func isStringPrefix(s string) bool {
	switch strings.ToLower(s) {
	case "r", "u", "b", "br", "rb", "f", "fr", "rf":
		return true
	}
	return false
}

func isNameStart(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == '_' || unicode.IsLetter(r)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func (lx *lexer) operator() {
	start := lx.pos
	if n := len(lx.fstrs); n > 0 {
		if fe := lx.field(); fe != nil && fe.depth == len(lx.brackets) && lx.fieldOp(fe) {
			return
		}
	}
	op := matchOp(lx.src[lx.pos:])
	if op == "" {
		r, n := utf8.DecodeRuneInString(lx.src[lx.pos:])
		lx.pos += n
		lx.emit(Error, start)
		switch {
		case r == '!' || r == '?' || r == '$' || r == '`':
			lx.fail("unexpected character '"+string(r)+"'", false)
		case strings.ContainsRune("“”„‘’‚", r):
			lx.fail("typographic quote "+string(r)+": write \" or '", false)
		default:
			lx.fail("invalid character '"+string(r)+"'", false)
		}
		return
	}
	lx.pos += len(op)
	switch op {
	case "(", "[", "{":
		lx.brackets = append(lx.brackets, op[0])
	case ")", "]", "}":
		n := len(lx.brackets)
		if n == 0 {
			lx.emit(Error, start)
			lx.fail("unmatched '"+op+"'", false)
			return
		}
		if closing(lx.brackets[n-1]) != op[0] {
			lx.emit(Error, start)
			lx.fail("closing parenthesis '"+op+"' does not match opening parenthesis '"+string(lx.brackets[n-1])+"'", false)
			lx.brackets = lx.brackets[:n-1]
			return
		}
		lx.brackets = lx.brackets[:n-1]
	}
	lx.emit(Op, start)
}

func closing(open byte) byte {
	switch open {
	case '(':
		return ')'
	case '[':
		return ']'
	}
	return '}'
}
