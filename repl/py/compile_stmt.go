package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// stmts compiles a block.
func (c *compiler) stmts(list []stmt) execFn {
	fns := make([]execFn, 0, len(list))
	for _, s := range list {
		if fn := c.stmt(s); fn != nil {
			fns = append(fns, fn)
		}
	}
	switch len(fns) {
	case 0:
		return func(*frame) (ctl, error) { return ctlNext, nil }
	case 1:
		return fns[0]
	case 2:
		a, b := fns[0], fns[1]
		return func(f *frame) (ctl, error) {
			if k, err := a(f); k != ctlNext || err != nil {
				return k, err
			}
			return b(f)
		}
	}
	return func(f *frame) (ctl, error) {
		for _, fn := range fns {
			if k, err := fn(f); k != ctlNext || err != nil {
				return k, err
			}
		}
		return ctlNext, nil
	}
}

// stmt compiles a statement; nil if there is nothing to do.
func (c *compiler) stmt(s stmt) execFn {
	switch s := s.(type) {
	case *passStmt, *globalStmt, *nonlocalStmt, *annStmt:
		return nil
	case *breakStmt:
		return func(*frame) (ctl, error) { return ctlBreak, nil }
	case *continueStmt:
		return func(*frame) (ctl, error) { return ctlContinue, nil }
	case *exprStmt:
		return c.exprStmt(s)
	case *assignStmt:
		return c.assign(s)
	case *augStmt:
		return c.augmented(s)
	case *returnStmt:
		if s.x == nil {
			return func(f *frame) (ctl, error) {
				f.ret = starlark.None
				return ctlReturn, nil
			}
		}
		x := c.expr(s.x)
		return func(f *frame) (ctl, error) {
			v, err := x(f)
			f.ret = v
			return ctlReturn, err
		}
	case *ifStmt:
		return c.ifElse(s)
	case *whileStmt:
		return c.while(s)
	case *forStmt:
		return c.forLoop(s)
	case *defStmt:
		mk, store := c.function(s.fn), c.storeName(s.bind)
		return func(f *frame) (ctl, error) {
			v, err := mk(f)
			if err != nil {
				return ctlNext, err
			}
			return ctlNext, store(f, v)
		}
	case *delStmt:
		return c.del(s)
	case *importStmt:
		return c.importStmt(s)
	case *fromStmt:
		return c.fromStmt(s)
	case *tryStmt:
		return c.try(s)
	case *withStmt:
		return c.with(s)
	case *raiseStmt:
		return c.raise(s)
	case *assertStmt:
		return c.assert(s)
	}
	panic("py: unknown statement")
}

func (c *compiler) exprStmt(s *exprStmt) execFn {
	if _, ok := s.x.(*constExpr); ok && c.display == nil {
		return nil // a doc string
	}
	x := c.expr(s.x)
	display := c.display
	if display == nil {
		return func(f *frame) (ctl, error) {
			_, err := x(f)
			return ctlNext, err
		}
	}
	return func(f *frame) (ctl, error) {
		v, err := x(f)
		if err != nil {
			return ctlNext, err
		}
		return ctlNext, display(f, v)
	}
}

func (c *compiler) assign(s *assignStmt) execFn {
	x := c.expr(s.x)
	targets := make([]storeFn, len(s.targets))
	for i, t := range s.targets {
		targets[i] = c.store(t)
	}
	if len(targets) == 1 {
		store := targets[0]
		return func(f *frame) (ctl, error) {
			v, err := x(f)
			if err != nil {
				return ctlNext, err
			}
			return ctlNext, store(f, v)
		}
	}
	return func(f *frame) (ctl, error) {
		v, err := x(f)
		if err != nil {
			return ctlNext, err
		}
		for _, store := range targets {
			if err := store(f, v); err != nil {
				return ctlNext, err
			}
		}
		return ctlNext, nil
	}
}

func (c *compiler) ifElse(s *ifStmt) execFn {
	test, yes := c.test(s.test), c.stmts(s.yes)
	if len(s.no) == 0 {
		return func(f *frame) (ctl, error) {
			ok, err := test(f)
			if err != nil || !ok {
				return ctlNext, err
			}
			return yes(f)
		}
	}
	no := c.stmts(s.no)
	return func(f *frame) (ctl, error) {
		ok, err := test(f)
		if err != nil {
			return ctlNext, err
		}
		if ok {
			return yes(f)
		}
		return no(f)
	}
}

func (c *compiler) while(s *whileStmt) execFn {
	test, body, orelse, at := c.test(s.test), c.stmts(s.body), c.stmts(s.orelse), s.test.span()
	return func(f *frame) (ctl, error) {
		for {
			if err := f.st.tick(); err != nil {
				return ctlNext, f.fail(at, err)
			}
			ok, err := test(f)
			if err != nil {
				return ctlNext, err
			}
			if !ok {
				return orelse(f)
			}
			k, err := body(f)
			if err != nil {
				return ctlNext, err
			}
			if k == ctlBreak {
				return ctlNext, nil
			}
			if k == ctlReturn {
				return k, nil
			}
		}
	}
}

func (c *compiler) forLoop(s *forStmt) execFn {
	iter, store, body, orelse, at := c.expr(s.iter), c.store(s.target), c.stmts(s.body), c.stmts(s.orelse), s.iter.span()
	return func(f *frame) (ctl, error) {
		v, err := iter(f)
		if err != nil {
			return ctlNext, err
		}
		it, err := pyrt.Iterate(v)
		if err != nil {
			return ctlNext, f.fail(at, err)
		}
		k, err := forBody(f, it, store, body, at)
		it.Close()
		if err != nil {
			return ctlNext, err
		}
		switch k {
		case ctlBreak:
			return ctlNext, nil
		case ctlReturn:
			return k, nil
		}
		return orelse(f)
	}
}

// forBody runs the loop and says how it ended.
func forBody(f *frame, it pyrt.Iter, store storeFn, body execFn, at Span) (ctl, error) {
	for {
		if err := f.st.tick(); err != nil {
			return ctlNext, f.fail(at, err)
		}
		x, err := it.Next()
		if err != nil {
			return ctlNext, f.fail(at, err)
		}
		if x == nil {
			return ctlNext, nil
		}
		if err := store(f, x); err != nil {
			return ctlNext, err
		}
		k, err := body(f)
		if err != nil {
			return ctlNext, err
		}
		if k == ctlBreak || k == ctlReturn {
			return k, nil
		}
	}
}

func (c *compiler) del(s *delStmt) execFn {
	fns := make([]func(f *frame) error, len(s.targets))
	for i, t := range s.targets {
		fns[i] = c.delTarget(t)
	}
	return func(f *frame) (ctl, error) {
		for _, fn := range fns {
			if err := fn(f); err != nil {
				return ctlNext, err
			}
		}
		return ctlNext, nil
	}
}

func (c *compiler) delTarget(t expr) func(f *frame) error {
	at := t.span()
	switch t := t.(type) {
	case *nameExpr:
		return c.delName(t)
	case *attrExpr:
		obj, name := c.expr(t.x), t.name
		return func(f *frame) error {
			o, err := obj(f)
			if err != nil {
				return err
			}
			if err := delAttr(o, name); err != nil {
				return f.fail(at, err)
			}
			return nil
		}
	case *indexExpr:
		obj, idx := c.expr(t.x), c.expr(t.i)
		return func(f *frame) error {
			o, err := obj(f)
			if err != nil {
				return err
			}
			k, err := idx(f)
			if err != nil {
				return err
			}
			if err := delItem(o, k); err != nil {
				return f.fail(at, err)
			}
			return nil
		}
	}
	panic("py: not a target of del")
}

// delName makes a variable undefined; a global that hid a predeclared name
// gives that name back.
func (c *compiler) delName(n *nameExpr) func(f *frame) error {
	at, name := n.Span, n.name
	drop := func(v *starlark.Value, f *frame, err error) error {
		if *v == nil {
			return f.fail(at, err)
		}
		*v = nil
		return nil
	}
	if s := n.sym; s != nil {
		if s.fn == c.fn && !s.captured {
			return func(f *frame) error { return drop(&f.locals[s.slot], f, unbound(name)) }
		}
		k := c.cellOf(s)
		return func(f *frame) error { return drop(&f.cells[k].v, f, unbound(name)) }
	}
	g := c.tab.cell(name)
	return func(f *frame) error {
		return drop(&g.v, f, raise("NameError", "name '%s' is not defined", name))
	}
}
