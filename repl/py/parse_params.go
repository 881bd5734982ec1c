package py

func (p *parser) lambda() expr {
	start := p.tok.Start
	p.next()
	fn := &funcNode{name: "<lambda>"}
	fn.params = p.parameters(":", false)
	p.expectOp(":")
	loops, outer := p.loops, p.fn
	p.loops, p.fn = 0, nil // it cannot yield
	fn.expr = p.test()
	p.loops, p.fn = loops, outer
	fn.Span = Span{start, fn.expr.span().End}
	return &lambdaExpr{fn.Span, fn}
}

// parameters parses a parameter list up to, and without, the token end.
func (p *parser) parameters(end string, annotated bool) []param {
	var list []param
	seen := map[string]bool{}
	kind := paramPos
	needDefault := false
	for !p.op(end) {
		switch {
		case p.op("/"):
			if len(list) == 0 || kind != paramPos {
				p.fail(tokSpan(p.tok), "invalid syntax: '/' must follow positional parameters")
			}
			for i := range list {
				list[i].kind = paramPosOnly
			}
			p.next()
		case p.op("*") && (p.peek().Text == "," && p.peek().Kind == Op):
			if kind == paramKwOnly {
				p.fail(tokSpan(p.tok), "* argument may appear only once")
			}
			p.next()
			kind = paramKwOnly
			if n := p.peek(); n.Kind == Op && (n.Text == end || n.Text == "**") {
				p.fail(tokSpan(p.tok), "named arguments must follow bare *")
			}
		default:
			var q param
			q.kind = kind
			if p.op("*") {
				if kind == paramKwOnly {
					p.fail(tokSpan(p.tok), "* argument may appear only once")
				}
				p.next()
				if p.op(end) {
					p.fail(tokSpan(p.tok), "named arguments must follow bare *")
				}
				q.kind, kind = paramStar, paramKwOnly
			} else if p.op("**") {
				p.next()
				q.kind = paramDoubleStar
			}
			id := p.ident()
			q.Span, q.name = id.Span, id.name
			if seen[q.name] {
				p.fail(q.Span, "duplicate argument '%s' in function definition", q.name)
			}
			seen[q.name] = true
			if annotated && p.acceptOp(":") {
				p.test()
			}
			if p.op("=") {
				if q.kind == paramStar || q.kind == paramDoubleStar {
					p.fail(tokSpan(p.tok), "a variadic parameter cannot have a default value")
				}
				p.next()
				q.def = p.test()
			}
			if q.kind == paramPos {
				if q.def == nil && needDefault {
					p.fail(q.Span, "non-default argument follows default argument")
				}
				needDefault = needDefault || q.def != nil
			}
			list = append(list, q)
			if q.kind == paramDoubleStar {
				p.acceptOp(",")
				if !p.op(end) {
					p.fail(tokSpan(p.tok), "arguments cannot follow var-keyword argument")
				}
				continue
			}
		}
		if !p.acceptOp(",") {
			break
		}
	}
	return list
}
