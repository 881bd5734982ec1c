package py

import (
	"slices"

	"go.starlark.net/starlark"
)

// ClassMaker is the predeclared function that class statements call, with the
// name, the bases as a tuple, and a dictionary of what the body assigns. Without
// it there are no classes.
const ClassMaker = "__build_class__"

// classStatement reads
//
//	class NAME(BASE):
//	    attribute = …
//	    def method(self): …
//
// which is how scripts define protocols. It stands for a function of that body,
// called at once, and a call of ClassMaker with its variables. A class of another
// kind than the maker knows is refused there, by its bases; here, by its body.
func (p *parser) classStatement() stmt {
	start := p.tok
	p.next()
	name := p.ident()
	var bases []expr
	if p.acceptOp("(") {
		for !p.acceptOp(")") {
			bases = append(bases, p.test())
			if !p.acceptOp(",") {
				p.expectOp(")")
				break
			}
		}
	}
	if len(bases) == 0 {
		p.failHint(tokSpan(start), "keep state in a dict or in variables with 'global', and write functions on it; a protocol is class X(Packet) or layer(\"X\", fields=[…])",
			"'class' is not part of this language, but for protocols")
	}
	loops := p.loops
	p.loops = 0
	p.funcs++
	p.inClass++
	class, self := p.class, p.self
	p.class, p.self = name.name, ""
	body := p.block("class definition")
	p.class, p.self = class, self
	p.inClass--
	p.funcs--
	p.loops = loops
	at := Span{start.Start, p.prevEnd()}
	kept, names := p.classBody(body)
	fn := &funcNode{Span: at, name: name.name, body: append(kept, &returnStmt{at, namesDict(at, names)})}
	maker := &callExpr{Span: name.Span, fn: &nameExpr{Span: name.Span, name: ClassMaker}, args: []argument{
		{Span: name.Span, x: &constExpr{name.Span, starlark.String(name.name)}},
		{Span: name.Span, x: &tupleExpr{name.Span, bases}},
		{Span: name.Span, x: &callExpr{Span: name.Span, fn: &nameExpr{Span: name.Span, name: name.name}}},
	}}
	bind := &nameExpr{Span: name.Span, name: name.name}
	return &ifStmt{at, &constExpr{at, starlark.True}, []stmt{
		&defStmt{at, name.Span, name, fn},
		&assignStmt{at, []expr{bind}, maker},
	}, nil}
}

// decoratedMethod reads @classmethod or @staticmethod and the method behind it: the
// method, then method = classmethod(method).
func (p *parser) decoratedMethod() []stmt {
	start := p.tok
	p.next()
	deco := p.ident()
	if deco.name != "classmethod" && deco.name != "staticmethod" {
		p.failHint(tokSpan(start), "there are @classmethod and @staticmethod, in a class; for others define the function, then write 'f = decorator(f)'",
			"the decorator '%s' is not part of this language", deco.name)
	}
	p.endOfLine()
	if !p.kw("def") {
		panic(&SyntaxError{Msg: "expected 'def' after @" + deco.name, Span: tokSpan(p.tok), More: p.atEnd(), src: p.src})
	}
	def := p.defStatement().(*defStmt)
	name := &nameExpr{Span: def.at, name: def.bind.name}
	return []stmt{def, &assignStmt{def.Span, []expr{&nameExpr{Span: def.at, name: def.bind.name}},
		&callExpr{Span: def.Span, fn: deco, args: []argument{{Span: def.at, x: name}}}}}
}

// classBody keeps the statements that may stand in a class and lists the names
// they make.
func (p *parser) classBody(body []stmt) (kept []stmt, names []string) {
	for _, s := range body {
		switch s := s.(type) {
		case *passStmt:
		case *exprStmt:
			if c, ok := s.x.(*constExpr); !ok || c.v.Type() != "string" { // a docstring
				p.refuseInClass(s)
			}
		case *defStmt:
			kept, names = append(kept, s), append(names, s.bind.name)
		case *assignStmt:
			for _, t := range s.targets {
				n, ok := t.(*nameExpr)
				if !ok {
					p.refuseInClass(s)
				}
				names = append(names, n.name)
			}
			kept = append(kept, s)
		default:
			p.refuseInClass(s)
		}
	}
	slices.Sort(names)
	return kept, slices.Compact(names)
}

func (p *parser) refuseInClass(s stmt) {
	p.failHint(s.span(), "write what it computes in front of the class", "in a class only 'name = value' and 'def' may stand")
}

func namesDict(at Span, names []string) expr {
	d := &dictExpr{Span: at}
	for _, n := range names {
		d.keys = append(d.keys, &constExpr{at, starlark.String(n)})
		d.vals = append(d.vals, &nameExpr{Span: at, name: n})
	}
	return d
}
