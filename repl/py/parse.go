package py

import (
	"fmt"
	"strings"
)

// SyntaxError says why a source text is no program, and where.
type SyntaxError struct {
	Msg  string
	Hint string // what to write instead; may be empty
	Span Span
	More bool // the text ends too early: more input may make it right
	src  *source
	kind string // "SyntaxError" or "IndentationError"
}

func (e *SyntaxError) Error() string {
	if e.src == nil {
		return e.Msg
	}
	line, col := e.src.position(e.Span.Start)
	return fmt.Sprintf("%s:%d:%d: %s", e.src.name, line, col, e.Msg)
}

// Kind is the name of the exception class.
func (e *SyntaxError) Kind() string {
	if e.kind != "" {
		return e.kind
	}
	return "SyntaxError"
}

// parser is a recursive-descent parser over the tokens of one source. It gives
// up at the first error, by a panic with *SyntaxError that parse recovers.
type parser struct {
	src   *source
	toks  []Token
	i     int
	tok   Token // toks[i]
	depth int   // of nesting, so that hostile input cannot exhaust the stack
	loops int   // enclosing loops in this function
	funcs int   // enclosing functions

	class     string    // the innermost class
	self      string    // first parameter of its method
	fn        *funcNode // the innermost function; nil at the top and in a class's body
	annotated *dictExpr // what a class's body annotates; nil elsewhere
}

// maxNesting bounds how deep expressions and blocks nest.
const maxNesting = 200

func newParser(src *source) *parser {
	all := Tokens(src.text)
	toks := all[:0]
	for _, t := range all {
		if t.Kind != Comment {
			toks = append(toks, t)
		}
	}
	return &parser{src: src, toks: toks, tok: toks[0]}
}

// guard runs f and returns the error by which it gave up.
func (p *parser) guard(f func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *SyntaxError:
			err = r
		default:
			panic(r)
		}
	}()
	f()
	return nil
}

// parseFile parses a whole program.
func parseFile(src *source) (body []stmt, err error) {
	p := newParser(src)
	err = p.guard(func() {
		for p.tok.Kind != EOF {
			if p.tok.Kind == Newline {
				p.next()
				continue
			}
			body = append(body, p.statement()...)
		}
	})
	return body, err
}

// parseExpr parses a text that is one expression.
func parseExpr(src *source) (x expr, err error) {
	p := newParser(src)
	err = p.guard(func() {
		for p.tok.Kind == Indent || p.tok.Kind == Newline {
			p.next()
		}
		x = p.testlist()
		for p.tok.Kind == Newline || p.tok.Kind == Dedent {
			p.next()
		}
		if p.tok.Kind != EOF {
			p.unexpected()
		}
	})
	return x, err
}

func (p *parser) next() {
	if p.i < len(p.toks)-1 {
		p.i++
		p.tok = p.toks[p.i]
	}
}

func (p *parser) peek() Token {
	if p.i+1 < len(p.toks) {
		return p.toks[p.i+1]
	}
	return p.tok
}

// prev is the token before the current one.
func (p *parser) prevEnd() int {
	if p.i == 0 {
		return 0
	}
	return p.toks[p.i-1].End
}

func tokSpan(t Token) Span { return Span{t.Start, t.End} }

func (p *parser) fail(at Span, format string, a ...any) {
	panic(&SyntaxError{Msg: fmt.Sprintf(format, a...), Span: at, src: p.src})
}

func (p *parser) failHint(at Span, hint, format string, a ...any) {
	panic(&SyntaxError{Msg: fmt.Sprintf(format, a...), Hint: hint, Span: at, src: p.src})
}

// op tells whether the current token is the operator text.
func (p *parser) op(text string) bool { return p.tok.Kind == Op && p.tok.Text == text }

func (p *parser) kw(text string) bool { return p.tok.Kind == Keyword && p.tok.Text == text }

func (p *parser) acceptOp(text string) bool {
	if p.op(text) {
		p.next()
		return true
	}
	return false
}

func (p *parser) acceptKw(text string) bool {
	if p.kw(text) {
		p.next()
		return true
	}
	return false
}

func (p *parser) expectOp(text string) Token {
	if !p.op(text) {
		p.wanted("'" + text + "'")
	}
	t := p.tok
	p.next()
	return t
}

func (p *parser) expectKw(text string) {
	if !p.acceptKw(text) {
		p.wanted("'" + text + "'")
	}
}

func (p *parser) ident() *nameExpr {
	t := p.tok
	if t.Kind != Name {
		if t.Kind == Keyword {
			p.fail(tokSpan(t), "'%s' is a reserved word and cannot be a name", t.Text)
		}
		p.wanted("a name")
	}
	p.next()
	return &nameExpr{Span: tokSpan(t), name: t.Text}
}

// enter counts a level of nesting; the caller defers nothing and calls leave.
func (p *parser) enter() {
	p.depth++
	if p.depth > maxNesting {
		p.fail(tokSpan(p.tok), "too many levels of nesting")
	}
}

func (p *parser) leave() { p.depth-- }

// wanted reports that something else stands where what was expected.
func (p *parser) wanted(what string) {
	p.checkToken()
	if p.op("=") {
		p.unexpected()
	}
	p.fail(tokSpan(p.tok), "invalid syntax: expected %s, got %s", what, describe(p.tok))
}

// unexpected reports a token that fits nothing.
func (p *parser) unexpected() {
	p.checkToken()
	t := p.tok
	switch {
	case t.Kind == Op && t.Text == "=":
		p.failHint(tokSpan(t), "compare with '=='", "invalid syntax: '=' is an assignment")
	case t.Kind == Indent:
		panic(&SyntaxError{Msg: "unexpected indent", Span: tokSpan(t), src: p.src, kind: "IndentationError"})
	}
	p.fail(tokSpan(t), "invalid syntax: unexpected %s", describe(t))
}

// checkToken reports what the lexer found wrong, or that the input ends here.
func (p *parser) checkToken() {
	t := p.tok
	switch t.Kind {
	case Error:
		kind := ""
		if strings.HasPrefix(t.Msg, "unindent") {
			kind = "IndentationError"
		}
		panic(&SyntaxError{Msg: t.Msg, Span: tokSpan(t), More: t.More, src: p.src, kind: kind})
	case EOF:
		if at, open := p.openBracket(); open != "" {
			panic(&SyntaxError{Msg: "'" + open + "' was never closed", Span: at, More: true, src: p.src})
		}
		panic(&SyntaxError{Msg: "unexpected end of input", Span: tokSpan(t), More: true, src: p.src})
	}
}

// openBracket finds the innermost bracket that the source leaves open.
func (p *parser) openBracket() (Span, string) {
	var open []Token
	for _, t := range p.toks {
		if t.Kind != Op {
			continue
		}
		switch t.Text {
		case "(", "[", "{":
			open = append(open, t)
		case ")", "]", "}":
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	if len(open) == 0 {
		return Span{}, ""
	}
	t := open[len(open)-1]
	return tokSpan(t), t.Text
}

func describe(t Token) string {
	switch t.Kind {
	case Newline:
		return "end of line"
	case Indent:
		return "indentation"
	case Dedent:
		return "end of block"
	case EOF:
		return "end of input"
	case FStringStart, FStringText, FStringEnd:
		return "f-string"
	}
	text := t.Text
	if len(text) > 30 {
		text = text[:27] + "..."
	}
	return "'" + text + "'"
}
