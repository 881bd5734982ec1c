package py

import "slices"

// symbol is a variable of a function. Names of the module are not symbols; they
// live in the table of globals.
type symbol struct {
	name     string
	fn       *funcScope
	slot     int  // in frame.locals
	captured bool // used by an inner function: lives in a cell
	cell     int  // in frame.cells, if captured
}

// scope maps names to symbols: that of a function body or of a comprehension.
type scope struct {
	parent  *scope
	fn      *funcScope
	comp    bool
	class   bool // of a class's body, which inner scopes do not see
	syms    map[string]*symbol
	globals map[string]bool // declared global here
	outer   map[string]bool // declared nonlocal here
}

// funcScope is what one activation of a function keeps: its symbols, those of
// its comprehensions, and the outer variables that it uses.
type funcScope struct {
	parent *funcScope
	syms   []*symbol
	ncells int
	free   []*symbol
	freeAt map[*symbol]int
}

func (sc *scope) declare(name string) *symbol {
	if s := sc.syms[name]; s != nil {
		return s
	}
	s := &symbol{name: name, fn: sc.fn, slot: len(sc.fn.syms)}
	sc.fn.syms = append(sc.fn.syms, s)
	sc.syms[name] = s
	return s
}

// capture makes s usable in fn, which is s's own function or one inside it.
func (fn *funcScope) capture(s *symbol) {
	if fn == s.fn {
		return
	}
	if !s.captured {
		s.captured = true
		s.cell = s.fn.ncells
		s.fn.ncells++
	}
	for f := fn; f != s.fn; f = f.parent {
		if _, ok := f.freeAt[s]; !ok {
			if f.freeAt == nil {
				f.freeAt = map[*symbol]int{}
			}
			f.freeAt[s] = len(f.free)
			f.free = append(f.free, s)
		}
	}
}

// resolver finds for every name of a tree the variable that it means.
type resolver struct {
	src *source
	sc  *scope
}

// resolveModule resolves a program; its own names are globals.
func resolveModule(src *source, body []stmt) (fn *funcScope, err error) {
	fn = &funcScope{}
	r := &resolver{src, &scope{fn: fn, syms: map[string]*symbol{}}}
	p := &parser{}
	err = p.guard(func() { r.stmts(body) })
	return fn, err
}

// resolveExpr resolves a lone expression.
func resolveExpr(src *source, x expr) (fn *funcScope, err error) {
	return resolveModule(src, []stmt{&exprStmt{x.span(), x}})
}

func (r *resolver) fail(at Span, msg string) {
	panic(&SyntaxError{Msg: msg, Span: at, src: r.src})
}

// lookup finds the symbol that name means here; nil is a global.
func (r *resolver) lookup(name string) *symbol {
	for sc := r.sc; sc != nil; sc = sc.parent {
		if sc.class && sc != r.sc {
			continue
		}
		if sc.globals[name] {
			return nil
		}
		if s := sc.syms[name]; s != nil {
			r.sc.fn.capture(s)
			return s
		}
	}
	return nil
}

func (r *resolver) name(n *nameExpr) {
	n.sym = r.lookup(n.name)
}

// function resolves a def or lambda: defaults outside, the rest inside.
func (r *resolver) function(fn *funcNode) {
	for _, q := range fn.params {
		if q.def != nil {
			r.expr(q.def)
		}
	}
	fs := &funcScope{parent: r.sc.fn}
	fn.scope = fs
	outer := r.sc
	r.sc = &scope{parent: outer, fn: fs, class: fn.class, syms: map[string]*symbol{}, globals: map[string]bool{}, outer: map[string]bool{}}
	for _, q := range fn.params {
		r.sc.declare(q.name)
	}
	c := collector{r: r}
	for _, q := range fn.params {
		c.params = append(c.params, q.name)
	}
	if fn.expr != nil {
		c.expr(fn.expr)
		r.expr(fn.expr)
	} else {
		c.stmts(fn.body)
		r.stmts(fn.body)
	}
	r.sc = outer
}

func (r *resolver) comp(c *compExpr) {
	r.expr(c.clauses[0].iter)
	outer := r.sc
	fs := outer.fn
	if c.kind == '(' {
		fs = &funcScope{parent: outer.fn}
		c.fn = fs
	}
	r.sc = &scope{parent: outer, fn: fs, comp: true, syms: map[string]*symbol{}}
	c.scope = r.sc
	for _, cl := range c.clauses {
		declareTargets(r.sc, cl.target)
	}
	for i, cl := range c.clauses {
		if i > 0 {
			r.expr(cl.iter)
		}
		r.expr(cl.target)
		for _, x := range cl.ifs {
			r.expr(x)
		}
	}
	r.expr(c.elt)
	if c.val != nil {
		r.expr(c.val)
	}
	r.sc = outer
}

func declareTargets(sc *scope, x expr) {
	switch x := x.(type) {
	case *nameExpr:
		sc.declare(x.name)
	case *tupleExpr:
		for _, e := range x.elems {
			declareTargets(sc, e)
		}
	case *listExpr:
		for _, e := range x.elems {
			declareTargets(sc, e)
		}
	case *starExpr:
		declareTargets(sc, x.x)
	}
}

// stmts resolves statements through the same walk that visits every child.
func (r *resolver) stmts(list []stmt) {
	for _, s := range list {
		if n, ok := s.(*nonlocalStmt); ok {
			for _, id := range n.names {
				if r.lookup(id.name) == nil {
					r.fail(id.Span, "no binding for nonlocal '"+id.name+"' found")
				}
			}
		}
		walkStmt(s, r.expr, r.stmts, r.function)
	}
}

func (r *resolver) expr(x expr) {
	switch x := x.(type) {
	case *nameExpr:
		r.name(x)
	case *lambdaExpr:
		r.function(x.fn)
	case *compExpr:
		r.comp(x)
	case *classVarsExpr:
		for _, s := range r.sc.syms {
			x.syms = append(x.syms, s)
		}
		slices.SortFunc(x.syms, func(a, b *symbol) int { return a.slot - b.slot })
	case *walrusExpr:
		// A walrus in a comprehension binds in the function around it.
		inner := r.sc
		for r.sc.comp {
			if r.sc.syms[x.name.name] != nil {
				r.fail(x.name.Span, "assignment expression cannot rebind comprehension iteration variable '"+x.name.name+"'")
			}
			r.sc = r.sc.parent
		}
		x.name.sym = r.lookup(x.name.name)
		r.sc = inner
		if x.name.sym != nil {
			inner.fn.capture(x.name.sym)
		}
		r.expr(x.x)
	default:
		walkExpr(x, r.expr)
	}
}
