package py

import (
	"go.starlark.net/starlark"
)

// ClassMaker is the predeclared function that class statements call, with the
// name, the bases as a tuple, and a dictionary of what the body assigns. A host may
// put its own in the place of [BuildClass].
const ClassMaker = "__build_class__"

// annotationsName is what a class calls the names that its body annotates.
const annotationsName = "__annotations__"

// classStatement reads
//
//	class NAME(BASE):
//	    attribute = …
//	    def method(self): …
//
// It stands for NAME = ClassMaker("NAME", (BASE,), BODY()), where BODY is a function
// of that body which gives its variables. decos are applied to the class.
func (p *parser) classStatement(decos []expr) stmt {
	start := p.tok
	p.next()
	name := p.ident()
	bases := p.classBases()
	outer := *p
	p.loops, p.funcs, p.class, p.self, p.fn, p.annotated = 0, 0, name.name, "", nil, &dictExpr{}
	body := p.block("class definition")
	annotated := p.annotated
	p.loops, p.funcs, p.class, p.self, p.fn, p.annotated = outer.loops, outer.funcs, outer.class, outer.self, outer.fn, outer.annotated
	at := Span{start.Start, p.prevEnd()}
	if doc := docOf(body); doc != "" {
		body = append([]stmt{assignName(at, "__doc__", &constExpr{at, starlark.String(doc)})}, body...)
	}
	if len(annotated.keys) > 0 {
		annotated.Span = at
		body = append(body, assignName(at, annotationsName, annotated))
	}
	fn := &funcNode{Span: at, name: name.name, class: true, body: append(body, &returnStmt{at, &classVarsExpr{Span: at}})}
	maker := &callExpr{Span: name.Span, fn: &nameExpr{Span: name.Span, name: ClassMaker}, args: []argument{
		{Span: name.Span, x: &constExpr{name.Span, starlark.String(name.name)}},
		{Span: name.Span, x: &tupleExpr{name.Span, bases}},
		{Span: name.Span, x: &callExpr{Span: name.Span, fn: &lambdaExpr{at, fn}}},
	}}
	return &assignStmt{at, []expr{name}, decorate(decos, maker)}
}

// classBases reads what stands in the brackets behind a class's name. Of keywords
// metaclass=ABCMeta alone means nothing here.
func (p *parser) classBases() []expr {
	var bases []expr
	if !p.acceptOp("(") {
		return nil
	}
	for !p.acceptOp(")") {
		if next := p.peek(); p.tok.Kind == Name && next.Kind == Op && next.Text == "=" {
			at := tokSpan(p.tok)
			keyword := p.tok.Text
			p.next()
			p.next()
			x := p.test()
			if n, ok := lastName(x); keyword != "metaclass" || !ok || n != "ABCMeta" {
				p.failHint(Span{at.Start, p.prevEnd()}, "write a function that changes the class, and call it with the class", "a class takes no '%s' here", keyword)
			}
		} else {
			bases = append(bases, p.test())
		}
		if !p.acceptOp(",") {
			p.expectOp(")")
			break
		}
	}
	return bases
}

// lastName is the c of a.b.c.
func lastName(x expr) (string, bool) {
	switch x := x.(type) {
	case *nameExpr:
		return x.name, true
	case *attrExpr:
		return x.name, true
	}
	return "", false
}

func assignName(at Span, name string, x expr) stmt {
	return &assignStmt{at, []expr{&nameExpr{Span: at, name: name}}, x}
}

// docOf is the doc string that a body begins with, "" if there is none.
func docOf(body []stmt) string {
	if len(body) > 0 {
		if es, ok := body[0].(*exprStmt); ok {
			if c, ok := es.x.(*constExpr); ok {
				if s, ok := c.v.(starlark.String); ok {
					return string(s)
				}
			}
		}
	}
	return ""
}

// decorate is x with the decorators called on it, the last one first.
func decorate(decos []expr, x expr) expr {
	for i := len(decos) - 1; i >= 0; i-- {
		x = &callExpr{Span: decos[i].span(), fn: decos[i], args: []argument{{Span: x.span(), x: x}}}
	}
	return x
}

// decorated reads lines of @decorator and the function or class behind them, which
// stands for an assignment of the decorated value.
func (p *parser) decorated() stmt {
	var decos []expr
	for p.op("@") {
		p.next()
		decos = append(decos, p.namedTest())
		p.endOfLine()
		for p.tok.Kind == Newline {
			p.next()
		}
	}
	switch {
	case p.kw("class"):
		return p.classStatement(decos)
	case p.kw("def"):
		def := p.defStatement().(*defStmt)
		name := &nameExpr{Span: def.at, name: def.bind.name}
		return &assignStmt{def.Span, []expr{name}, decorate(decos, &lambdaExpr{def.Span, def.fn})}
	}
	panic(&SyntaxError{Msg: "expected 'def' or 'class' after a decorator", Span: tokSpan(p.tok), More: p.atEnd(), src: p.src})
}

// annotate notes that the body of a class annotates a name.
func (p *parser) annotate(target, annotation expr) {
	n, ok := target.(*nameExpr)
	if p.annotated == nil || !ok {
		return
	}
	at := annotation.span()
	p.annotated.keys = append(p.annotated.keys, &constExpr{n.Span, starlark.String(n.name)})
	p.annotated.vals = append(p.annotated.vals, &constExpr{at, starlark.String(p.src.text[at.Start:at.End])})
}

// yield reads yield, yield x and yield from x.
func (p *parser) yield() expr {
	start := p.tok
	if p.fn == nil {
		p.fail(tokSpan(start), "'yield' outside function")
	}
	p.fn.gen = true
	p.next()
	y := &yieldExpr{}
	switch {
	case p.acceptKw("from"):
		y.from = true
		y.x = p.test()
	case p.lineDone() || p.op(")") || p.op("=") || p.op("]"):
		y.x = &constExpr{tokSpan(start), starlark.None}
	default:
		y.x = p.testlist()
	}
	y.Span = Span{start.Start, p.prevEnd()}
	return y
}
