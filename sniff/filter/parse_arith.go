package filter

// precedence of the arithmetic operators. % and ^ have none in libpcap's grammar,
// where that means that they always bind to what is on their left and take
// everything to their right; arithRest treats them so.
var precedence = map[string]int{"|": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5}

const unaryPrecedence = 6

// arith reads an arithmetic value whose operators all bind tighter than limit.
func (p *parser) arith(limit int) arith {
	defer p.enter()()
	return p.arithRest(p.atom(), limit)
}

// arithRest reads the operators and operands that follow l.
func (p *parser) arithRest(l arith, limit int) arith {
	for {
		op := p.peek()
		if op.kind != tOp {
			return l
		}
		switch prec := precedence[op.text]; {
		case op.text == "%" || op.text == "^":
			p.next()
			l = &binExpr{op: op, l: l, r: p.arith(0)}
		case prec > limit:
			p.next()
			l = &binExpr{op: op, l: l, r: p.arith(prec)}
		default:
			return l
		}
	}
}

func (p *parser) atom() arith {
	switch t := p.peek(); {
	case t.kind == tNum:
		p.next()
		return &numExpr{t}
	case t.is("len"):
		p.next()
		return &lenExpr{t}
	case t.is("-"):
		p.next()
		return &negExpr{op: t, x: p.arith(unaryPrecedence)}
	case t.is("("):
		p.next()
		v := p.arith(0)
		p.expect(")", "to close the parenthesis")
		return v
	case t.kind == tWord && keywords[t.text] == wProto:
		p.next()
		if !p.peek().is("[") {
			p.failAt(t, "expected an arithmetic value: %q needs an offset, as in %s[0]", t.text, p.expr[t.pos:t.end])
		}
		return p.index(t)
	case t.kind == tName:
		p.unknownWord(t)
	}
	p.failAt(p.peek(), "expected an arithmetic value: a number, len, or packet data such as ip[0]")
	return nil
}

// index reads [OFFSET] or [OFFSET:SIZE] behind a protocol.
func (p *parser) index(proto token) arith {
	p.next()
	e := &loadExpr{proto: proto, index: p.arith(0), size: 1}
	if p.accept(":") {
		t := p.next()
		if t.kind != tNum || t.num != 1 && t.num != 2 && t.num != 4 {
			p.failAt(t, "expected a size of 1, 2 or 4 bytes")
		}
		e.size = uint8(t.num)
	}
	e.end = p.expect("]", "to close the index").end
	return e
}
