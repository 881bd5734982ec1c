package py

// testlist parses `a, b, *c`: a tuple when there is a comma.
func (p *parser) testlist() expr {
	x := p.starTestlist()
	p.noBareStar(x)
	return x
}

// starTestlist also lets a lone starred expression through, for the caller to
// judge.
func (p *parser) starTestlist() expr {
	if p.kw("yield") {
		return p.yield()
	}
	first := p.starOrNamed()
	if !p.op(",") {
		return first
	}
	elems := []expr{first}
	for p.acceptOp(",") {
		if p.endsList() {
			break
		}
		elems = append(elems, p.starOrNamed())
	}
	return &tupleExpr{Span{first.span().Start, p.prevEnd()}, elems}
}

// endsList tells whether a trailing comma came before the current token.
func (p *parser) endsList() bool {
	switch p.tok.Kind {
	case Newline, EOF:
		return true
	case Op:
		switch p.tok.Text {
		case ")", "]", "}", "=", ":", ";", "+=", "!":
			return true
		}
	case Keyword:
		return p.tok.Text == "in"
	}
	return false
}

func (p *parser) starOrNamed() expr {
	if p.op("*") {
		t := p.tok
		p.next()
		x := p.binary(precBitOr)
		return &starExpr{Span{t.Start, x.span().End}, x}
	}
	return p.namedTest()
}

// targetList parses what stands before `in` of a for, or behind del; verb is
// for the message about what cannot stand there.
func (p *parser) targetList(verb string) expr {
	first := p.starTarget()
	if !p.op(",") {
		p.checkTarget(first, verb)
		return first
	}
	elems := []expr{first}
	for p.acceptOp(",") {
		if p.endsList() {
			break
		}
		elems = append(elems, p.starTarget())
	}
	t := &tupleExpr{Span{first.span().Start, p.prevEnd()}, elems}
	p.checkTarget(t, verb)
	return t
}

func (p *parser) starTarget() expr {
	if p.op("*") {
		t := p.tok
		p.next()
		x := p.binary(precBitOr)
		return &starExpr{Span{t.Start, x.span().End}, x}
	}
	return p.binary(precBitOr)
}

// namedTest parses a test or `name := test`.
func (p *parser) namedTest() expr {
	x := p.test()
	if p.op(":=") {
		n, ok := x.(*nameExpr)
		if !ok {
			p.fail(x.span(), "cannot use assignment expressions with %s", kindOf(x))
		}
		p.next()
		v := p.test()
		return &walrusExpr{join(n, v), n, v}
	}
	return x
}

// test parses a conditional expression or a lambda.
func (p *parser) test() expr {
	p.enter()
	defer p.leave()
	if p.kw("lambda") {
		return p.lambda()
	}
	x := p.orTest()
	if !p.kw("if") {
		return x
	}
	p.next()
	c := p.orTest()
	if !p.kw("else") {
		p.checkToken()
		p.fail(Span{x.span().Start, c.span().End}, "expected 'else' after 'if' expression")
	}
	p.next()
	no := p.test()
	return &condExpr{join(x, no), c, x, no}
}

func (p *parser) orTest() expr {
	x := p.andTest()
	for p.kw("or") {
		p.next()
		y := p.andTest()
		x = &boolExpr{join(x, y), false, x, y}
	}
	return x
}

func (p *parser) andTest() expr {
	x := p.notTest()
	for p.kw("and") {
		p.next()
		y := p.notTest()
		x = &boolExpr{join(x, y), true, x, y}
	}
	return x
}

func (p *parser) notTest() expr {
	if p.kw("not") {
		p.enter()
		defer p.leave()
		start := p.tok.Start
		p.next()
		x := p.notTest()
		return &unaryExpr{Span{start, x.span().End}, "not", x}
	}
	return p.comparison()
}

// comparisonOp consumes a comparison operator, "" if there is none.
func (p *parser) comparisonOp() string {
	switch {
	case p.tok.Kind == Op:
		switch op := p.tok.Text; op {
		case "<", ">", "==", ">=", "<=", "!=":
			p.next()
			return op
		}
	case p.kw("in"):
		p.next()
		return "in"
	case p.kw("not") && p.peek().Kind == Keyword && p.peek().Text == "in":
		p.next()
		p.next()
		return "not in"
	case p.kw("is"):
		p.next()
		if p.acceptKw("not") {
			return "is not"
		}
		return "is"
	}
	return ""
}

func (p *parser) comparison() expr {
	x := p.binary(precBitOr)
	var c *compareExpr
	for {
		start := tokSpan(p.tok)
		op := p.comparisonOp()
		if op == "" {
			break
		}
		if op == "<" && p.op(">") && p.tok.Start == start.End {
			p.failHint(Span{start.Start, p.tok.End}, "write '!='", "invalid syntax: '<>'")
		}
		y := p.binary(precBitOr)
		if c == nil {
			c = &compareExpr{x: x}
		}
		c.ops = append(c.ops, op)
		c.ys = append(c.ys, y)
	}
	if c == nil {
		return x
	}
	for i := range c.ys {
		left := c.x
		if i > 0 {
			left = c.ys[i-1]
		}
		c.ys[i] = flagsValue(left, c.ys[i])
	}
	c.x = flagsValue(c.ys[0], c.x)
	c.Span = join(x, c.ys[len(c.ys)-1])
	return c
}

// flagsValue makes x, a bare name written beside something called flags, the
// letters of that name in case no such variable exists.
func flagsValue(beside, x expr) expr {
	a, ok := beside.(*attrExpr)
	if !ok || a.name != "flags" {
		return x
	}
	return flagName(x)
}

func flagName(x expr) expr {
	switch x := x.(type) {
	case *nameExpr:
		if isFlagLetters(x.name) {
			return &flagExpr{x.Span, x}
		}
	case *binaryExpr:
		// flags=S|A
		if x.op == "|" || x.op == "+" {
			x.x, x.y = flagName(x.x), flagName(x.y)
		}
	}
	return x
}

// isFlagLetters tells whether s consists of letters of TCP flags (RFC 9293
// section 3.1, with N for the former NS bit as Scapy names it).
func isFlagLetters(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case 'F', 'S', 'R', 'P', 'A', 'U', 'E', 'C', 'N':
		default:
			return false
		}
	}
	return s != ""
}

// Precedences of the binary operators, loosest first.
const (
	precBitOr = iota
	precXor
	precAnd
	precShift
	precSum
	precTerm
	precUnary
)

func precedence(op string) int {
	switch op {
	case "|":
		return precBitOr
	case "^":
		return precXor
	case "&":
		return precAnd
	case "<<", ">>":
		return precShift
	case "+", "-":
		return precSum
	case "*", "/", "//", "%", "@":
		return precTerm
	}
	return -1
}

func (p *parser) binary(min int) expr {
	x := p.unary()
	for p.tok.Kind == Op {
		op := p.tok.Text
		prec := precedence(op)
		if prec < min {
			break
		}
		p.next()
		y := p.binary(prec + 1)
		y = flagsValue(x, y)
		if prec <= precAnd {
			x = flagsValue(y, x)
		}
		x = &binaryExpr{join(x, y), op, x, y}
	}
	return x
}

func (p *parser) unary() expr {
	if p.op("-") || p.op("+") || p.op("~") {
		p.enter()
		defer p.leave()
		t := p.tok
		p.next()
		x := p.unary()
		return &unaryExpr{Span{t.Start, x.span().End}, t.Text, x}
	}
	x := p.postfix()
	if p.op("**") {
		p.enter()
		defer p.leave()
		p.next()
		y := p.unary()
		return &binaryExpr{join(x, y), "**", x, y}
	}
	return x
}
