package filter

import "fmt"

// maxNesting bounds the depth of parentheses, indexes and operators, and so the
// stack that a hostile expression can make the compiler use.
const maxNesting = 200

type parser struct {
	expr  string
	toks  []token
	i     int
	depth int
}

// operand is what a piece of text turned out to be: a boolean b, or an arithmetic
// value v, which is alone, a number, if bare is set: that may still be an id.
type operand struct {
	b    boolean
	v    arith
	bare *token
	q    quals // what an id behind it inherits
	isID bool
}

// parse reads a whole expression. A nil tree is the empty expression.
func parse(expr string) (tree boolean, err *Error) {
	toks, err := lex(expr)
	if err != nil {
		return nil, err
	}
	p := &parser{expr: expr, toks: toks}
	if p.peek().kind == tEOF {
		return nil, nil
	}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			tree, err = nil, e
		}
	}()
	o := p.logic(quals{}, false)
	if t := p.peek(); t.kind != tEOF {
		p.unexpected(t)
	}
	return o.b, nil
}

func (p *parser) peek() token { return p.toks[p.i] }
func (p *parser) peek2() token {
	return p.toks[min(p.i+1, len(p.toks)-1)]
}

func (p *parser) next() token {
	t := p.toks[p.i]
	if t.kind != tEOF {
		p.i++
	}
	return t
}

func (p *parser) accept(s string) bool {
	if p.peek().is(s) {
		p.i++
		return true
	}
	return false
}

func (p *parser) expect(s, why string) token {
	if t := p.peek(); !t.is(s) {
		p.failAt(t, "expected %q %s", s, why)
	}
	return p.next()
}

// failAt ends parsing with an error at t; parse recovers it.
func (p *parser) failAt(t interface{ span() (int, int) }, format string, args ...any) {
	pos, end := t.span()
	panic(&Error{Expr: p.expr, Pos: pos, End: end, Msg: fmt.Sprintf(format, args...)})
}

// enter counts one level of nesting; the caller defers the function it returns.
func (p *parser) enter() func() {
	if p.depth++; p.depth > maxNesting {
		p.failAt(p.peek(), "nested more than %d deep", maxNesting)
	}
	return func() { p.depth-- }
}

// logic reads terms joined by and and or, which bind equally and to the left. q is
// what a first id may inherit. Inside parentheses it may also be a lone value.
func (p *parser) logic(q quals, parens bool) operand {
	left := p.term(q)
	if left.v != nil && parens && p.peek().is(")") {
		return left
	}
	left = p.asBoolean(left, q)
	// Ids in parentheses stand together: port 22 or (80 and 443) but not (80 and tcp).
	idList := parens && left.isID
	for {
		t := p.peek()
		if !t.is("and") && !t.is("or") {
			return left
		}
		p.next()
		var right operand
		if idList {
			right = operand{b: p.id(left.q), q: left.q, isID: true}
		} else {
			right = p.asBoolean(p.term(left.q), left.q)
		}
		left = operand{b: &logicExpr{or: t.is("or"), l: left.b, r: right.b}, q: right.q, isID: idList}
	}
}

// asBoolean takes a bare number as the id it must be where no comparison follows.
func (p *parser) asBoolean(o operand, q quals) operand {
	if o.v == nil {
		return o
	}
	if o.bare == nil {
		p.failAt(p.peek(), "expected a comparison (=, !=, <, <=, >, >=) behind an arithmetic value")
	}
	return operand{b: p.inherit(q, *o.bare), q: q, isID: true}
}

// inherit is an id without qualifiers of its own.
func (p *parser) inherit(q quals, id token) *idExpr {
	if !q.ok {
		if id.kind == tName {
			p.unknownWord(id)
		}
		p.failAt(id, "say what %s is: %s", id.text, asWhat(id))
	}
	return p.withMask(&idExpr{q: q, id: id})
}

// term reads one primitive, negated or not, or an arithmetic value.
func (p *parser) term(q quals) operand {
	negated, any := false, false
	for p.accept("not") {
		negated, any = !negated, true
	}
	o := p.primary(q)
	if !any {
		return o
	}
	o = p.asBoolean(o, q)
	if negated {
		o.b = &notExpr{o.b}
	}
	return o
}

func (p *parser) primary(q quals) operand {
	switch t := p.peek(); {
	case t.is("("):
		defer p.enter()()
		p.next()
		o := p.logic(q, true)
		p.expect(")", "to close the parenthesis")
		if o.v != nil {
			return p.comparison(p.arithRest(o.v, 0), o.bare)
		}
		return operand{b: o.b, q: q, isID: o.isID}
	case isAddress(t):
		return operand{b: p.inherit(q, p.next()), q: q, isID: true}
	case t.kind == tNum || t.is("-") || t.is("len") || t.kind == tWord && keywords[t.text] == wProto && p.peek2().is("["):
		var bare *token
		if t.kind == tNum {
			bare = &t
		}
		return p.comparison(p.arith(0), bare)
	case t.kind == tWord:
		return p.qualified()
	default:
		p.unexpected(t)
		return operand{}
	}
}

// comparison reads the rest of a relation whose left side is v, if it is one. bare
// is the number that v began with.
func (p *parser) comparison(v arith, bare *token) operand {
	switch t := p.peek(); t.text {
	case "=", "!=", "<", "<=", ">", ">=":
		if t.kind == tOp {
			p.next()
			return operand{b: &relExpr{op: t, l: v, r: p.arith(0)}}
		}
	}
	if _, alone := v.(*numExpr); !alone {
		bare = nil
	}
	return operand{v: v, bare: bare}
}

// qualified reads what begins with a keyword: qualifiers and an id, a protocol, or
// a primitive of its own.
func (p *parser) qualified() operand {
	q := quals{ok: true}
	t := p.peek()
	if keywords[t.text] == wProto {
		q.proto = p.next()
		if t = p.peek(); isAddress(t) && t.kind != tName || t.kind == tNum {
			p.failAt(t, "say what %s is: %s", t.text, asWhat(t))
		}
		if t.kind != tWord || keywords[t.text] == wProto || keywords[t.text] == wOperator ||
			keywords[t.text] == wPrim && t.text != "broadcast" && t.text != "multicast" {
			return operand{b: &protoExpr{q.proto}}
		}
	}
	switch keywords[t.text] {
	case wDir:
		q.dir = p.direction()
		if t = p.peek(); keywords[t.text] == wType && t.kind == tWord {
			if t.text == "proto" || t.text == "protochain" || t.text == "gateway" {
				p.failAt(t, "%s has no direction: src and dst go with host, net, port and portrange", t.text)
			}
			q.typ = p.next().text
		}
	case wType:
		q.typ = p.next().text
	case wPrim:
		return p.primitive(q.proto)
	case wOther:
		p.failAt(t, "not supported yet: %q belongs to %s", t.text, otherFamily(t.text))
	default:
		p.unexpected(t)
	}
	return operand{b: p.id(q), q: q}
}

// direction reads src, dst, or the two joined by and or or.
func (p *parser) direction() dir {
	first := p.next().text
	other := "dst"
	d := srcOnly
	if first == "dst" {
		other, d = "src", dstOnly
	}
	if t := p.peek(); (t.is("and") || t.is("or")) && p.peek2().is(other) {
		p.i += 2
		if t.is("and") {
			return srcAndDst
		}
		return srcOrDst
	}
	return d
}

// id reads one id or several in parentheses, all with the same qualifiers.
func (p *parser) id(q quals) boolean {
	negated := false
	for p.accept("not") {
		negated = !negated
	}
	var b boolean
	switch t := p.peek(); {
	case t.is("("):
		defer p.enter()()
		p.next()
		b = p.id(q)
		for p.peek().is("and") || p.peek().is("or") {
			or := p.next().is("or")
			b = &logicExpr{or: or, l: b, r: p.id(q)}
		}
		p.expect(")", "to close the parenthesis")
	case isAddress(t) || t.kind == tNum:
		b = p.withMask(&idExpr{q: q, id: p.next()})
	case t.kind == tWord || t.kind == tOp && (t.text == "and" || t.text == "or"):
		p.failAt(t, "expected %s; %q is a keyword, so a name that is spelled like it needs a backslash: \\%s", wantedID(q), t.text, p.expr[t.pos:t.end])
	default:
		p.failAt(t, "expected %s", wantedID(q))
	}
	if negated {
		return &notExpr{b}
	}
	return b
}

func wantedID(q quals) string {
	switch q.typ {
	case "port":
		return "a port"
	case "portrange":
		return "a range of ports such as 6000-6008"
	case "net":
		return "a network"
	case "proto", "protochain":
		return "a protocol"
	}
	return "an address or a host name"
}

func (p *parser) withMask(e *idExpr) *idExpr {
	if e.id.kind != tDot && e.id.kind != tIP6 {
		return e
	}
	if p.accept("/") {
		t := p.next()
		if t.kind != tNum {
			p.failAt(t, "expected the number of network bits behind the slash, as in %s/24", e.id.text)
		}
		e.bits = &t
	} else if e.id.kind == tDot && p.accept("mask") {
		t := p.next()
		if t.kind != tDot {
			p.failAt(t, "expected a dotted mask such as 255.255.255.0")
		}
		e.mask = &t
	}
	return e
}

// primitive reads a primitive of its own and its argument.
func (p *parser) primitive(proto token) operand {
	e := &primExpr{word: p.next(), proto: proto}
	switch e.word.text {
	case "less", "greater", "ifindex":
		t := p.next()
		if t.kind != tNum {
			p.failAt(t, "expected a number behind %s", e.word.text)
		}
		e.arg = &t
	case "vlan", "mpls", "pppoes", "geneve":
		e.arg = p.optionalNumber()
	case "llc":
		if t := p.peek(); t.kind == tName || t.kind == tWord && t.text == "rnr" {
			p.next()
			e.arg = &t
		}
	case "byte":
		return p.byteTest(e.word)
	}
	return operand{b: e}
}

// optionalNumber reads a number, possibly in parentheses, if one is next.
func (p *parser) optionalNumber() *token {
	if p.peek().is("(") {
		defer p.enter()()
		p.next()
		n := p.optionalNumber()
		if n == nil {
			p.failAt(p.peek(), "expected a number")
		}
		p.expect(")", "to close the parenthesis")
		return n
	}
	if t := p.peek(); t.kind == tNum {
		p.next()
		return &t
	}
	return nil
}

// byteTest reads "byte OFFSET OP VALUE", an old spelling of link[OFFSET] OP VALUE that
// libpcap still takes; & and | test the result against 0.
func (p *parser) byteTest(word token) operand {
	number := func(what string) token {
		t := p.next()
		if t.kind != tNum {
			p.failAt(t, "expected the %s of a byte test, as in byte 0 = 1", what)
		}
		return t
	}
	at := number("offset")
	op := p.next()
	want := func() *numExpr { return &numExpr{number("value")} }
	link := token{kind: tWord, text: "link", pos: word.pos, end: word.end}
	load := &loadExpr{proto: link, index: &numExpr{at}, size: 1, end: at.end}
	switch op.text {
	case "=", "<", ">":
		return operand{b: &relExpr{op: op, l: load, r: want()}}
	case "&", "|":
		r := want()
		ne := token{kind: tOp, text: "!=", pos: op.pos, end: op.end}
		return operand{b: &relExpr{op: ne, l: &binExpr{op: op, l: load, r: r}, r: &numExpr{token{kind: tNum, pos: op.pos, end: op.end}}}}
	}
	p.failAt(op, "expected one of = < > & | in a byte test, as in byte 0 = 1")
	return operand{}
}
