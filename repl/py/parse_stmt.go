package py

// statement parses one logical line, which may hold several simple statements,
// or one compound statement.
func (p *parser) statement() []stmt {
	p.enter()
	defer p.leave()
	switch p.tok.Kind {
	case Indent:
		p.unexpected()
	case Keyword:
		switch p.tok.Text {
		case "if":
			return []stmt{p.ifStatement()}
		case "while":
			return []stmt{p.whileStatement()}
		case "for":
			return []stmt{p.forStatement()}
		case "def":
			return []stmt{p.defStatement()}
		case "try":
			return []stmt{p.tryStatement()}
		case "with":
			return []stmt{p.withStatement()}
		case "class":
			return []stmt{p.classStatement(nil)}
		case "async", "await":
			p.failHint(tokSpan(p.tok), "write a plain 'def': calls that wait can be interrupted, and sniff and sr take callbacks",
				"'%s' is not part of this language", p.tok.Text)
		case "else", "elif", "except", "finally":
			p.fail(tokSpan(p.tok), "'%s' without a matching '%s' before it", p.tok.Text, opener(p.tok.Text))
		}
	case Op:
		if p.tok.Text == "@" {
			return []stmt{p.decorated()}
		}
	case Name:
		p.softKeywords()
	}
	list := []stmt{p.simple()}
	for p.acceptOp(";") {
		if p.tok.Kind == Newline || p.tok.Kind == EOF {
			break
		}
		list = append(list, p.simple())
	}
	p.endOfLine()
	return list
}

func opener(kw string) string {
	switch kw {
	case "except", "finally":
		return "try"
	}
	return "if"
}

// endOfLine expects the end of a logical line.
func (p *parser) endOfLine() {
	switch p.tok.Kind {
	case Newline:
		p.next()
	case EOF:
		if _, open := p.openBracket(); open != "" {
			p.checkToken()
		}
	default:
		p.unexpected()
	}
}

// softKeywords explains what only looks like a statement: Python 2's print and
// exec, and match, which is a keyword by position.
func (p *parser) softKeywords() {
	next := p.peek()
	sameLine := next.Kind == String || next.Kind == FStringStart || next.Kind == Name || next.Kind == Number
	switch p.tok.Text {
	case "print", "exec":
		if sameLine {
			p.failHint(Span{p.tok.Start, p.lineEnd()}, p.tok.Text+"("+p.src.text[next.Start:p.lineEnd()]+")",
				"missing parentheses in call to '%s'", p.tok.Text)
		}
	case "match":
		if sameLine || next.Kind == Op && (next.Text == "(" || next.Text == "[") {
			for j := p.i + 1; j < len(p.toks) && p.toks[j].Kind != Newline && p.toks[j].Kind != EOF; j++ {
				if p.toks[j].Kind == Op && p.toks[j].Text == ":" && p.toks[j+1].Kind == Newline {
					p.failHint(tokSpan(p.tok), "write if/elif, or look the value up in a dict", "'match' is not part of this language")
				}
			}
		}
	}
}

// lineEnd is the end of the last token on the current logical line.
func (p *parser) lineEnd() int {
	end := p.tok.End
	for j := p.i; j < len(p.toks); j++ {
		if k := p.toks[j].Kind; k == Newline || k == EOF {
			break
		}
		end = p.toks[j].End
	}
	return end
}

// atEnd tells whether only the ends of the blocks around may follow.
func (p *parser) atEnd() bool {
	end := p.i
	for end < len(p.toks) && p.toks[end].Kind == Dedent {
		end++
	}
	return end >= len(p.toks)-1
}

// block parses the body of a compound statement.
func (p *parser) block(what string) []stmt {
	p.expectOp(":")
	if p.tok.Kind != Newline {
		if p.tok.Kind == EOF {
			p.checkToken()
		}
		return p.inlineBlock()
	}
	p.next()
	if p.tok.Kind != Indent {
		if p.tok.Kind == EOF {
			panic(&SyntaxError{Msg: "expected an indented block after " + what, Span: tokSpan(p.tok), More: true, src: p.src, kind: "IndentationError"})
		}
		if p.tok.Kind == Error {
			p.checkToken()
		}
		panic(&SyntaxError{Msg: "expected an indented block after " + what, Span: tokSpan(p.tok), More: p.atEnd(), src: p.src, kind: "IndentationError"})
	}
	p.next()
	var body []stmt
	for p.tok.Kind != Dedent && p.tok.Kind != EOF {
		if p.tok.Kind == Newline {
			p.next()
			continue
		}
		body = append(body, p.statement()...)
	}
	if p.tok.Kind == Dedent {
		p.next()
	}
	return body
}

// inlineBlock parses `if x: a; b`.
func (p *parser) inlineBlock() []stmt {
	if p.tok.Kind == Keyword {
		switch p.tok.Text {
		case "if", "while", "for", "def", "try", "with", "class":
			p.fail(tokSpan(p.tok), "invalid syntax: '%s' must begin a line of its own", p.tok.Text)
		}
	}
	return p.statement()
}

func (p *parser) ifStatement() stmt {
	start := p.tok.Start
	what := "'" + p.tok.Text + "' statement"
	p.next()
	s := &ifStmt{test: p.namedTest()}
	s.yes = p.block(what)
	switch {
	case p.kw("elif"):
		p.enter()
		s.no = []stmt{p.ifStatement()}
		p.leave()
	case p.kw("else"):
		p.next()
		s.no = p.block("'else' statement")
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) whileStatement() stmt {
	start := p.tok.Start
	p.next()
	s := &whileStmt{test: p.namedTest()}
	p.loops++
	s.body = p.block("'while' statement")
	p.loops--
	if p.acceptKw("else") {
		s.orelse = p.block("'else' statement")
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) forStatement() stmt {
	start := p.tok.Start
	p.next()
	target := p.targetList("assign to")
	p.expectKw("in")
	s := &forStmt{target: target, iter: p.testlist()}
	p.loops++
	s.body = p.block("'for' statement")
	p.loops--
	if p.acceptKw("else") {
		s.orelse = p.block("'else' statement")
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) defStatement() stmt {
	start := p.tok.Start
	p.next()
	name := p.ident()
	fn := &funcNode{name: name.name}
	if p.annotated != nil {
		fn.of = p.class
	}
	p.expectOp("(")
	fn.params = p.parameters(")", true)
	p.expectOp(")")
	if p.acceptOp("->") {
		p.test()
	}
	loops := p.loops
	p.loops = 0
	p.funcs++
	self, outer, annotated := p.self, p.fn, p.annotated
	if p.class != "" && self == "" && len(fn.params) > 0 {
		p.self = fn.params[0].name
	}
	p.fn, p.annotated = fn, nil
	fn.body = p.block("function definition")
	p.self, p.fn, p.annotated = self, outer, annotated
	p.funcs--
	p.loops = loops
	fn.Span = Span{start, p.prevEnd()}
	fn.doc = docOf(fn.body)
	return &defStmt{fn.Span, name.Span, name, fn}
}

func (p *parser) tryStatement() stmt {
	start := p.tok.Start
	p.next()
	s := &tryStmt{body: p.block("'try' statement")}
	for p.kw("except") {
		h := handler{Span: tokSpan(p.tok)}
		p.next()
		if p.op("*") {
			p.fail(tokSpan(p.tok), "'except*' is not part of this language")
		}
		if !p.op(":") {
			h.class = p.test()
			if p.op(",") {
				p.failHint(tokSpan(p.tok), "except (A, B): or except A as name:", "multiple exception types must be parenthesized")
			}
			if p.acceptKw("as") {
				h.name = p.ident()
			}
		}
		h.body = p.block("'except' statement")
		if n := len(s.handlers); n > 0 && s.handlers[n-1].class == nil {
			p.fail(s.handlers[n-1].Span, "default 'except:' must be last")
		}
		s.handlers = append(s.handlers, h)
	}
	if len(s.handlers) > 0 && p.acceptKw("else") {
		s.orelse = p.block("'else' statement")
	}
	hasFinal := p.acceptKw("finally")
	if hasFinal {
		s.final = p.block("'finally' statement")
	}
	if len(s.handlers) == 0 && !hasFinal {
		at := tokSpan(p.tok)
		panic(&SyntaxError{Msg: "expected 'except' or 'finally' block", Span: at, More: p.tok.Kind == EOF, src: p.src})
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) withStatement() stmt {
	start := p.tok.Start
	p.next()
	s := &withStmt{}
	// Parentheses around the items are ambiguous with a tuple: try the items
	// first, and go back when no colon follows.
	if p.op("(") {
		save, tok := p.i, p.tok
		err := p.guard(func() {
			p.next()
			for !p.op(")") {
				s.items = append(s.items, p.withItem())
				if !p.acceptOp(",") {
					break
				}
			}
			p.expectOp(")")
			if !p.op(":") {
				p.unexpected()
			}
		})
		if err != nil {
			p.i, p.tok, s.items = save, tok, nil
		}
	}
	if s.items == nil {
		s.items = append(s.items, p.withItem())
		for p.acceptOp(",") {
			s.items = append(s.items, p.withItem())
		}
	}
	s.body = p.block("'with' statement")
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) withItem() withItem {
	it := withItem{x: p.test()}
	if p.acceptKw("as") {
		it.target = p.starTarget()
		p.checkTarget(it.target, "assign to")
	}
	return it
}
