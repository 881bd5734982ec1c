package py

import "strings"

// simple parses a statement that fits within a line.
func (p *parser) simple() stmt {
	t := p.tok
	at := tokSpan(t)
	if t.Kind == Keyword {
		switch t.Text {
		case "pass":
			p.next()
			return &passStmt{at}
		case "break", "continue":
			if p.loops == 0 {
				p.fail(at, "'%s' outside loop", t.Text)
			}
			p.next()
			if t.Text == "break" {
				return &breakStmt{at}
			}
			return &continueStmt{at}
		case "return":
			return p.returnStatement()
		case "raise":
			return p.raiseStatement()
		case "global", "nonlocal":
			return p.scopeStatement()
		case "del":
			return p.delStatement()
		case "assert":
			p.next()
			s := &assertStmt{test: p.test()}
			if p.acceptOp(",") {
				s.msg = p.test()
			}
			s.Span = Span{t.Start, p.prevEnd()}
			return s
		case "import":
			return p.importStatement()
		case "from":
			return p.fromStatement()
		}
	}
	return p.exprStatement()
}

func (p *parser) lineDone() bool {
	return p.tok.Kind == Newline || p.tok.Kind == EOF || p.op(";")
}

func (p *parser) returnStatement() stmt {
	s := &returnStmt{}
	at := tokSpan(p.tok)
	if p.funcs == 0 {
		p.fail(at, "'return' outside function")
	}
	p.next()
	if !p.lineDone() {
		s.x = p.testlist()
	}
	s.Span = Span{at.Start, p.prevEnd()}
	return s
}

func (p *parser) raiseStatement() stmt {
	s := &raiseStmt{}
	start := p.tok.Start
	p.next()
	if !p.lineDone() {
		s.x = p.test()
		if p.acceptKw("from") {
			s.cause = p.test()
		} else if p.op(",") {
			p.failHint(tokSpan(p.tok), "raise Class(\"message\")", "invalid syntax")
		}
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) scopeStatement() stmt {
	word := p.tok.Text
	start := p.tok.Start
	p.next()
	names := []*nameExpr{p.ident()}
	for p.acceptOp(",") {
		names = append(names, p.ident())
	}
	at := Span{start, p.prevEnd()}
	if word == "global" {
		return &globalStmt{at, names}
	}
	if p.funcs == 0 {
		p.fail(at, "nonlocal declaration not allowed at module level")
	}
	return &nonlocalStmt{at, names}
}

func (p *parser) delStatement() stmt {
	start := p.tok.Start
	p.next()
	x := p.targetList("delete")
	s := &delStmt{Span: Span{start, p.prevEnd()}}
	s.targets = flatten(nil, x)
	for _, t := range s.targets {
		p.checkTarget(t, "delete")
		if st, ok := t.(*starExpr); ok {
			p.fail(st.Span, "cannot delete starred")
		}
	}
	return s
}

// flatten lists what `del a, (b, c)` deletes.
func flatten(list []expr, x expr) []expr {
	switch x := x.(type) {
	case *tupleExpr:
		for _, e := range x.elems {
			list = flatten(list, e)
		}
	case *listExpr:
		for _, e := range x.elems {
			list = flatten(list, e)
		}
	default:
		list = append(list, x)
	}
	return list
}

// dotted parses a module name.
func (p *parser) dotted() (string, Span) {
	first := p.ident()
	var b strings.Builder
	b.WriteString(first.name)
	at := first.Span
	for p.acceptOp(".") {
		n := p.ident()
		b.WriteString("." + n.name)
		at.End = n.End
	}
	return b.String(), at
}

func (p *parser) importStatement() stmt {
	start := p.tok.Start
	p.next()
	s := &importStmt{}
	for {
		var n importName
		n.name, n.Span = p.dotted()
		if p.acceptKw("as") {
			n.bind = p.ident()
			n.as = n.bind.name
		} else {
			root, _, _ := strings.Cut(n.name, ".")
			n.bind = &nameExpr{Span: n.Span, name: root}
		}
		s.names = append(s.names, n)
		if !p.acceptOp(",") {
			break
		}
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

func (p *parser) fromStatement() stmt {
	start := p.tok.Start
	p.next()
	s := &fromStmt{at: tokSpan(p.tok)}
	for p.op(".") || p.op("...") {
		s.level += len(p.tok.Text)
		p.next()
	}
	if s.level == 0 || !p.kw("import") {
		s.module, s.at = p.dotted()
	}
	p.expectKw("import")
	switch {
	case p.acceptOp("*"):
		if p.funcs > 0 {
			p.fail(Span{start, p.prevEnd()}, "import * only allowed at module level")
		}
	default:
		paren := p.acceptOp("(")
		for {
			id := p.ident()
			n := importName{Span: id.Span, name: id.name, bind: id}
			if p.acceptKw("as") {
				n.bind = p.ident()
				n.as = n.bind.name
			}
			s.names = append(s.names, n)
			if !p.acceptOp(",") || paren && p.op(")") {
				break
			}
		}
		if paren {
			p.expectOp(")")
		}
	}
	s.Span = Span{start, p.prevEnd()}
	return s
}

// exprStatement parses an expression, an assignment in any form, or an
// annotation.
func (p *parser) exprStatement() stmt {
	start := p.tok.Start
	x := p.starTestlist()
	switch {
	case p.op("="):
		targets := []expr{}
		for p.acceptOp("=") {
			p.checkTarget(x, "assign to")
			targets = append(targets, x)
			x = p.starTestlist()
		}
		p.noBareStar(x)
		x = flagsValue(targets[0], x)
		return &assignStmt{Span{start, p.prevEnd()}, targets, x}
	case p.op(":"):
		switch x.(type) {
		case *nameExpr, *attrExpr, *indexExpr:
		default:
			p.fail(x.span(), "only a single name, attribute or item can be annotated")
		}
		p.next()
		p.annotate(x, p.test())
		if p.acceptOp("=") {
			v := p.testlist()
			return &assignStmt{Span{start, p.prevEnd()}, []expr{x}, v}
		}
		return &annStmt{Span{start, p.prevEnd()}, x}
	case p.tok.Kind == Op && len(p.tok.Text) >= 2 && strings.HasSuffix(p.tok.Text, "=") && !strings.ContainsAny(p.tok.Text[:1], "=!<>:") || p.op("<<=") || p.op(">>="):
		op := strings.TrimSuffix(p.tok.Text, "=")
		switch x.(type) {
		case *nameExpr, *attrExpr, *indexExpr:
		default:
			p.fail(x.span(), "%s is an illegal target for augmented assignment", kindOf(x))
		}
		p.next()
		v := flagsValue(x, p.testlist())
		return &augStmt{Span{start, p.prevEnd()}, op, x, v}
	}
	p.noBareStar(x)
	return &exprStmt{x.span(), x}
}

func (p *parser) noBareStar(x expr) {
	if st, ok := x.(*starExpr); ok {
		p.fail(st.Span, "can't use starred expression here")
	}
}

// checkTarget reports an expression that cannot be assigned to or deleted.
func (p *parser) checkTarget(x expr, verb string) {
	switch x := x.(type) {
	case *nameExpr, *attrExpr, *indexExpr:
	case *flagExpr:
	case *starExpr:
		p.checkStar(x, verb)
		p.fail(x.Span, "starred assignment target must be in a list or tuple")
	case *tupleExpr:
		p.checkTargets(x.elems, verb)
	case *listExpr:
		p.checkTargets(x.elems, verb)
	case *compareExpr:
		p.failHint(x.Span, "", "cannot %s comparison", verb)
	default:
		hint := ""
		if verb == "assign to" {
			hint = "maybe '==' was meant instead of '='"
		}
		p.failHint(x.span(), hint, "cannot %s %s", verb, kindOf(x))
	}
}

func (p *parser) checkTargets(elems []expr, verb string) {
	stars := 0
	for _, e := range elems {
		if st, ok := e.(*starExpr); ok {
			p.checkStar(st, verb)
			if stars++; stars > 1 {
				p.fail(e.span(), "multiple starred expressions in assignment")
			}
			e = st.x
		}
		p.checkTarget(e, verb)
	}
}

func (p *parser) checkStar(x *starExpr, verb string) {
	if verb == "delete" {
		p.fail(x.Span, "cannot delete starred")
	}
}

// kindOf names an expression as Python's messages do.
func kindOf(x expr) string {
	switch x := x.(type) {
	case *constExpr:
		switch x.v.String() {
		case "None", "True", "False":
			return x.v.String()
		}
		return "literal"
	case *callExpr:
		return "function call"
	case *lambdaExpr:
		return "lambda"
	case *condExpr:
		return "conditional expression"
	case *compExpr:
		switch x.kind {
		case '(':
			return "generator expression"
		case '{':
			return "set comprehension"
		case ':':
			return "dict comprehension"
		}
		return "list comprehension"
	case *fstringExpr:
		return "f-string expression"
	case *compareExpr:
		return "comparison"
	case *dictExpr:
		return "dict literal"
	case *setExpr:
		return "set display"
	case *tupleExpr:
		return "tuple"
	case *listExpr:
		return "list"
	case *walrusExpr:
		return "named expression"
	case *starExpr:
		return "starred"
	}
	return "expression"
}
