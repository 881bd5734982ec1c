package py

// walkExpr calls f for the direct children of x.
func walkExpr(x expr, f func(expr)) {
	all := func(list []expr) {
		for _, e := range list {
			if e != nil {
				f(e)
			}
		}
	}
	switch x := x.(type) {
	case nil, *nameExpr, *constExpr, *lambdaExpr, *classVarsExpr:
	case *flagExpr:
		f(x.name)
	case *fstringExpr:
		walkParts(x.parts, f)
	case *attrExpr:
		f(x.x)
	case *indexExpr:
		f(x.x)
		f(x.i)
	case *sliceExpr:
		all([]expr{x.lo, x.hi, x.step})
	case *callExpr:
		f(x.fn)
		for _, a := range x.args {
			f(a.x)
		}
	case *unaryExpr:
		f(x.x)
	case *binaryExpr:
		f(x.x)
		f(x.y)
	case *boolExpr:
		f(x.x)
		f(x.y)
	case *compareExpr:
		f(x.x)
		all(x.ys)
	case *condExpr:
		f(x.test)
		f(x.yes)
		f(x.no)
	case *listExpr:
		all(x.elems)
	case *tupleExpr:
		all(x.elems)
	case *setExpr:
		all(x.elems)
	case *dictExpr:
		all(x.keys)
		all(x.vals)
	case *compExpr:
		for _, c := range x.clauses {
			f(c.iter)
			f(c.target)
			all(c.ifs)
		}
		f(x.elt)
		if x.val != nil {
			f(x.val)
		}
	case *starExpr:
		f(x.x)
	case *yieldExpr:
		f(x.x)
	case *walrusExpr:
		f(x.name)
		f(x.x)
	}
}

func walkParts(parts []fpart, f func(expr)) {
	for _, p := range parts {
		if p.x != nil {
			f(p.x)
		}
		walkParts(p.spec, f)
	}
}

// walkStmt calls fx for the expressions directly in s, fs for its blocks and
// fd, unless nil, for the function that it defines.
func walkStmt(s stmt, fx func(expr), fs func([]stmt), fd func(*funcNode)) {
	opt := func(x expr) {
		if x != nil {
			fx(x)
		}
	}
	switch s := s.(type) {
	case *exprStmt:
		fx(s.x)
	case *assignStmt:
		fx(s.x)
		for _, t := range s.targets {
			fx(t)
		}
	case *augStmt:
		fx(s.x)
		fx(s.target)
	case *annStmt:
		fx(s.target)
	case *returnStmt:
		opt(s.x)
	case *ifStmt:
		fx(s.test)
		fs(s.yes)
		fs(s.no)
	case *whileStmt:
		fx(s.test)
		fs(s.body)
		fs(s.orelse)
	case *forStmt:
		fx(s.iter)
		fx(s.target)
		fs(s.body)
		fs(s.orelse)
	case *defStmt:
		if fd != nil {
			fx(s.bind)
			fd(s.fn)
		}
	case *delStmt:
		for _, t := range s.targets {
			fx(t)
		}
	case *importStmt:
		for _, n := range s.names {
			fx(n.bind)
		}
	case *fromStmt:
		for _, n := range s.names {
			fx(n.bind)
		}
	case *tryStmt:
		fs(s.body)
		for _, h := range s.handlers {
			opt(h.class)
			if h.name != nil {
				fx(h.name)
			}
			fs(h.body)
		}
		fs(s.orelse)
		fs(s.final)
	case *withStmt:
		for _, it := range s.items {
			fx(it.x)
			opt(it.target)
		}
		fs(s.body)
	case *raiseStmt:
		opt(s.x)
		opt(s.cause)
	case *assertStmt:
		fx(s.test)
		opt(s.msg)
	}
}
