package py

import (
	"math/big"
	"strconv"
	"strings"

	"go.starlark.net/starlark"
)

// postfix parses an atom with the attributes, calls and subscripts behind it.
func (p *parser) postfix() expr {
	x := p.atom()
	for p.tok.Kind == Op {
		switch p.tok.Text {
		case ".":
			p.next()
			t := p.tok
			if t.Kind != Name && t.Kind != Keyword {
				p.wanted("a name after '.'")
			}
			if t.Kind == Keyword {
				p.fail(tokSpan(t), "'%s' is a reserved word and cannot be an attribute", t.Text)
			}
			p.next()
			x = &attrExpr{Span{x.span().Start, t.End}, x, t.Text, tokSpan(t)}
		case "(":
			x = p.call(x)
		case "[":
			p.next()
			i := p.subscript()
			end := p.expectOp("]")
			x = &indexExpr{Span{x.span().Start, end.End}, x, i}
		default:
			return x
		}
	}
	return x
}

func (p *parser) subscript() expr {
	start := p.tok.Start
	first := p.sliceItem()
	if !p.op(",") {
		return first
	}
	elems := []expr{first}
	for p.acceptOp(",") {
		if p.op("]") {
			break
		}
		elems = append(elems, p.sliceItem())
	}
	return &tupleExpr{Span{start, p.prevEnd()}, elems}
}

func (p *parser) sliceItem() expr {
	start := p.tok.Start
	s := &sliceExpr{}
	if !p.op(":") {
		x := p.starOrNamed()
		if !p.op(":") {
			return x
		}
		s.lo = x
	}
	p.expectOp(":")
	ends := func() bool { return p.op("]") || p.op(",") || p.op(":") }
	if !ends() {
		s.hi = p.test()
	}
	if p.acceptOp(":") && !ends() {
		s.step = p.test()
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) call(fn expr) expr {
	p.enter()
	defer p.leave()
	p.expectOp("(")
	c := &callExpr{fn: fn}
	seen := map[string]bool{}
	keyword := false
	for !p.op(")") {
		a := p.argument()
		switch a.kind {
		case argPos:
			if keyword {
				p.fail(a.Span, "positional argument follows keyword argument")
			}
			if g, ok := a.x.(*compExpr); ok && g.kind == '(' && p.src.text[g.Start] != '(' && (len(c.args) > 0 || p.op(",") && !(p.peek().Kind == Op && p.peek().Text == ")")) {
				p.fail(g.Span, "generator expression must be parenthesized")
			}
		case argKeyword:
			keyword = true
			if seen[a.name] {
				p.fail(a.Span, "keyword argument repeated: %s", a.name)
			}
			seen[a.name] = true
		case argDoubleStar:
			keyword = true
		}
		c.args = append(c.args, a)
		if !p.acceptOp(",") {
			break
		}
	}
	if !p.op(")") {
		p.failArguments()
	}
	end := p.expectOp(")")
	c.Span = Span{fn.span().Start, end.End}
	if n, ok := fn.(*nameExpr); ok && n.name == "super" && len(c.args) == 0 && p.self != "" { // PEP 3135
		for _, name := range []string{p.class, p.self} {
			c.args = append(c.args, argument{Span: c.Span, x: &nameExpr{Span: c.Span, name: name}})
		}
	}
	return c
}

// failArguments explains what stands where a comma or parenthesis should.
func (p *parser) failArguments() {
	p.checkToken()
	t := p.tok
	if t.Kind == Name || t.Kind == Number || t.Kind == String || t.Kind == FStringStart || t.Kind == Addr {
		p.failHint(tokSpan(t), "perhaps a comma is missing before it", "invalid syntax: unexpected %s", describe(t))
	}
	p.wanted("',' or ')'")
}

func (p *parser) argument() argument {
	start := p.tok.Start
	a := argument{}
	switch {
	case p.op("*"):
		p.next()
		a.kind, a.x = argStar, p.test()
	case p.op("**"):
		p.next()
		a.kind, a.x = argDoubleStar, p.test()
	case (p.tok.Kind == Name || p.tok.Kind == Keyword) && p.peek().Kind == Op && p.peek().Text == "=":
		id := p.ident()
		p.next()
		a.kind, a.name = argKeyword, id.name
		a.x = p.test()
		if a.name == "flags" {
			a.x = flagName(a.x)
		}
	default:
		a.x = p.namedTest()
		if p.kw("for") {
			a.x = p.comprehension(start, '(', a.x, nil)
			a.x.(*compExpr).Span = Span{start, p.prevEnd()}
		} else if p.op("=") {
			p.failHint(a.x.span(), "a keyword is a plain name; '==' compares", "expression cannot contain assignment")
		}
	}
	a.Span = Span{start, p.prevEnd()}
	return a
}

// comprehension parses the clauses behind elt. The caller sets the span.
func (p *parser) comprehension(start int, kind byte, elt, val expr) expr {
	if s, ok := elt.(*starExpr); ok {
		p.fail(s.Span, "iterable unpacking cannot be used in comprehension")
	}
	c := &compExpr{kind: kind, elt: elt, val: val}
	for p.kw("for") {
		p.next()
		cl := compClause{target: p.targetList("assign to")}
		p.expectKw("in")
		cl.iter = p.orTest()
		for p.kw("if") {
			p.next()
			cl.ifs = append(cl.ifs, p.noCond())
		}
		c.clauses = append(c.clauses, cl)
	}
	c.Span = Span{start, p.prevEnd()}
	return c
}

// noCond parses the test of a comprehension's if, which takes no `x if y else z`.
func (p *parser) noCond() expr {
	if p.kw("lambda") {
		return p.lambda()
	}
	x := p.orTest()
	if p.op(":=") {
		if n, ok := x.(*nameExpr); ok {
			p.next()
			v := p.orTest()
			return &walrusExpr{join(n, v), n, v}
		}
	}
	return x
}

func (p *parser) atom() expr {
	p.enter()
	defer p.leave()
	t := p.tok
	at := tokSpan(t)
	switch t.Kind {
	case Name:
		p.next()
		return &nameExpr{Span: at, name: t.Text}
	case Number:
		p.next()
		return &constExpr{at, p.number(t)}
	case Addr:
		p.next()
		return &constExpr{at, starlark.String(t.Text)}
	case String, FStringStart:
		return p.strings()
	case Keyword:
		switch t.Text {
		case "None":
			p.next()
			return &constExpr{at, starlark.None}
		case "True":
			p.next()
			return &constExpr{at, starlark.True}
		case "False":
			p.next()
			return &constExpr{at, starlark.False}
		case "await", "async":
			p.failHint(at, "call it plainly", "'%s' is not part of this language", t.Text)
		case "lambda":
			p.fail(at, "invalid syntax: a lambda here needs parentheses")
		}
	case Op:
		switch t.Text {
		case "(":
			return p.paren()
		case "[":
			return p.bracket()
		case "{":
			return p.brace()
		case "...":
			p.next()
			return &constExpr{at, ellipsis}
		}
	}
	p.unexpected()
	return nil
}

func (p *parser) number(t Token) starlark.Value {
	text := strings.ReplaceAll(t.Text, "_", "")
	prefixed := len(text) > 1 && text[0] == '0' && strings.ContainsAny(text[1:2], "xXoObB")
	if !prefixed && strings.ContainsAny(text, ".eE") {
		f, _ := strconv.ParseFloat(text, 64) // too large is inf, as in Python
		return starlark.Float(f)
	}
	if i, err := strconv.ParseInt(text, 0, 64); err == nil {
		return starlark.MakeInt64(i)
	}
	if len(text) > 4300 && !prefixed {
		p.fail(tokSpan(t), "exceeds the limit (4300 digits) for integer string conversion")
	}
	if strings.Trim(text, "0") == "" {
		return starlark.MakeInt(0)
	}
	b, ok := new(big.Int).SetString(text, 0)
	if !ok {
		p.fail(tokSpan(t), "invalid number")
	}
	return starlark.MakeBigInt(b)
}

// paren parses a parenthesized expression, a tuple, or a generator expression.
func (p *parser) paren() expr {
	start := p.tok.Start
	p.next()
	if p.op(")") {
		p.next()
		return &tupleExpr{Span{start, p.prevEnd()}, nil}
	}
	x := p.starTestlist()
	if p.kw("for") {
		x = p.comprehension(start, '(', x, nil)
		p.closeBracket(")")
		x.(*compExpr).Span = Span{start, p.prevEnd()}
		return x
	}
	p.closeBracket(")")
	p.noBareStar(x)
	if t, ok := x.(*tupleExpr); ok {
		t.Span = Span{start, p.prevEnd()}
	}
	return x
}

// closeBracket expects the closing bracket, and explains a missing comma.
func (p *parser) closeBracket(text string) {
	if !p.op(text) {
		p.checkToken()
		switch p.tok.Kind {
		case Name, Number, String, FStringStart, Addr:
			p.failHint(tokSpan(p.tok), "perhaps a comma is missing before it", "invalid syntax: unexpected %s", describe(p.tok))
		case Op:
			if p.tok.Text == "=" {
				p.unexpected()
			}
		}
	}
	p.expectOp(text)
}

func (p *parser) bracket() expr {
	start := p.tok.Start
	p.next()
	var elems []expr
	for !p.op("]") {
		x := p.starOrNamed()
		if len(elems) == 0 && p.kw("for") {
			c := p.comprehension(start, '[', x, nil)
			p.closeBracket("]")
			c.(*compExpr).Span = Span{start, p.prevEnd()}
			return c
		}
		elems = append(elems, x)
		if !p.acceptOp(",") {
			break
		}
	}
	p.closeBracket("]")
	return &listExpr{Span{start, p.prevEnd()}, elems}
}

// brace parses a dict, a set, or a comprehension of either.
func (p *parser) brace() expr {
	start := p.tok.Start
	p.next()
	d := &dictExpr{}
	s := &setExpr{}
	isSet := false
	for first := true; !p.op("}"); first = false {
		if p.op("**") {
			if isSet {
				p.unexpected()
			}
			p.next()
			d.keys = append(d.keys, nil)
			d.vals = append(d.vals, p.binary(precBitOr))
		} else {
			k := p.starOrNamed()
			switch {
			case !isSet && p.op(":"):
				p.next()
				v := p.test()
				if first && p.kw("for") {
					c := p.comprehension(start, ':', k, v)
					p.closeBracket("}")
					c.(*compExpr).Span = Span{start, p.prevEnd()}
					return c
				}
				d.keys, d.vals = append(d.keys, k), append(d.vals, v)
			case first || isSet:
				if first && p.kw("for") {
					c := p.comprehension(start, '{', k, nil)
					p.closeBracket("}")
					c.(*compExpr).Span = Span{start, p.prevEnd()}
					return c
				}
				isSet = true
				s.elems = append(s.elems, k)
			default:
				p.wanted("':' after the dictionary key")
			}
		}
		if !p.acceptOp(",") {
			break
		}
	}
	p.closeBracket("}")
	at := Span{start, p.prevEnd()}
	if isSet {
		s.Span = at
		return s
	}
	d.Span = at
	return d
}
