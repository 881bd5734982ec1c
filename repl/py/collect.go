package py

// collector finds the names that a function body binds, without entering inner
// functions, before any use of them is resolved.
type collector struct {
	r      *resolver
	params []string
}

func (c *collector) bind(n *nameExpr) {
	sc := c.r.sc
	if !sc.globals[n.name] && !sc.outer[n.name] {
		sc.declare(n.name)
	}
}

func (c *collector) target(x expr) {
	switch x := x.(type) {
	case *nameExpr:
		c.bind(x)
	case *tupleExpr:
		for _, e := range x.elems {
			c.target(e)
		}
	case *listExpr:
		for _, e := range x.elems {
			c.target(e)
		}
	case *starExpr:
		c.target(x.x)
	default:
		c.expr(x)
	}
}

// expr looks for assignment expressions.
func (c *collector) expr(x expr) {
	switch x := x.(type) {
	case *walrusExpr:
		c.bind(x.name)
		c.expr(x.x)
	case *lambdaExpr:
		for _, q := range x.fn.params {
			if q.def != nil {
				c.expr(q.def)
			}
		}
	default:
		walkExpr(x, c.expr)
	}
}

// outerNames handles global and nonlocal, which must precede any binding.
func (c *collector) outerNames(names []*nameExpr, into map[string]bool, word string) {
	for _, n := range names {
		for _, q := range c.params {
			if q == n.name {
				c.r.fail(n.Span, "name '"+n.name+"' is parameter and "+word)
			}
		}
		if c.r.sc.syms[n.name] != nil {
			c.r.fail(n.Span, "name '"+n.name+"' is assigned to before "+word+" declaration")
		}
		into[n.name] = true
	}
}

func (c *collector) stmts(list []stmt) {
	for _, s := range list {
		c.stmt(s)
	}
}

func (c *collector) stmt(s stmt) {
	switch s := s.(type) {
	case *assignStmt:
		for _, t := range s.targets {
			c.target(t)
		}
	case *augStmt:
		c.target(s.target)
	case *annStmt:
		c.target(s.target)
	case *forStmt:
		c.target(s.target)
	case *defStmt:
		c.bind(&nameExpr{Span: s.at, name: s.fn.name})
		for _, q := range s.fn.params {
			if q.def != nil {
				c.expr(q.def)
			}
		}
		return
	case *delStmt:
		for _, t := range s.targets {
			c.target(t)
		}
	case *importStmt:
		for _, n := range s.names {
			c.bind(n.bind)
		}
	case *fromStmt:
		for _, n := range s.names {
			c.bind(n.bind)
		}
	case *globalStmt:
		c.outerNames(s.names, c.r.sc.globals, "global")
	case *nonlocalStmt:
		c.outerNames(s.names, c.r.sc.outer, "nonlocal")
	case *tryStmt:
		for _, h := range s.handlers {
			if h.name != nil {
				c.bind(h.name)
			}
		}
	case *withStmt:
		for _, it := range s.items {
			if it.target != nil {
				c.target(it.target)
			}
		}
	}
	walkStmt(s, c.expr, c.stmts, nil)
}
