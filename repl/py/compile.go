package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// evalFn is a compiled expression, execFn a compiled statement.
type (
	evalFn func(f *frame) (starlark.Value, error)
	execFn func(f *frame) (ctl, error)
)

// ctl says how a statement ended.
type ctl uint8

const (
	ctlNext ctl = iota
	ctlBreak
	ctlContinue
	ctlReturn
)

// compiler turns a resolved tree into closures. Operators, slots and constants
// are chosen here, once, so that running a node is one indirect call.
type compiler struct {
	in  *Interp
	src *source
	tab *globals
	fn  *funcScope
	// display is called for the value of each expression statement of a prompt
	// unit; nil in files and functions.
	display func(f *frame, v starlark.Value) error
}

// program compiles the top level of a file or of a prompt unit.
func (c *compiler) program(fs *funcScope, body []stmt) *code {
	c.fn = fs
	k := &code{name: "<module>", src: c.src, star: -1, dstar: -1}
	k.body = c.stmts(body)
	c.size(k, fs)
	return k
}

// expression compiles a lone expression.
func (c *compiler) expression(fs *funcScope, x expr) *code {
	c.fn = fs
	k := &code{name: "<expression>", src: c.src, star: -1, dstar: -1}
	k.expr = c.expr(x)
	c.size(k, fs)
	return k
}

func (c *compiler) size(k *code, fs *funcScope) {
	k.nlocals, k.ncells, k.nfree = len(fs.syms), fs.ncells, len(fs.free)
	k.symbols, k.free, k.tab = fs.syms, fs.free, c.tab
}

// function compiles a def or lambda to what makes the function value.
func (c *compiler) function(fn *funcNode) evalFn {
	inner := &compiler{in: c.in, src: c.src, tab: c.tab, fn: fn.scope}
	k := &code{name: fn.name, title: fn.title(), src: c.src, star: -1, dstar: -1, simple: true, doc: fn.doc, gen: fn.gen}
	var defs []evalFn
	hasDefs := false
	for i, q := range fn.params {
		p := cparam{name: q.name, kind: q.kind, cell: -1}
		if s := fn.scope.syms[i]; s.captured {
			p.cell = s.cell
		}
		switch q.kind {
		case paramPos, paramPosOnly:
			k.npos++
		case paramStar:
			k.star, k.simple = i, false
		case paramDoubleStar:
			k.dstar, k.simple = i, false
		default:
			k.simple = false
		}
		k.params = append(k.params, p)
		var d evalFn
		if q.def != nil {
			d = c.expr(q.def)
			hasDefs = true
		}
		defs = append(defs, d)
	}
	if fn.expr != nil {
		k.expr = inner.expr(fn.expr)
	} else {
		k.body = inner.stmts(fn.body)
	}
	c.size(k, fn.scope)
	if !hasDefs {
		defs = nil
	}
	capture := c.captures(fn.scope)
	in := c.in
	return func(f *frame) (starlark.Value, error) {
		v := &Function{code: k, free: capture(f), in: in}
		if defs != nil {
			v.defaults = make([]starlark.Value, len(defs))
			for i, d := range defs {
				if d == nil {
					continue
				}
				x, err := d(f)
				if err != nil {
					return nil, err
				}
				v.defaults[i] = x
			}
		}
		return v, nil
	}
}

// captures compiles the collection of the outer variables that fs uses.
func (c *compiler) captures(fs *funcScope) func(f *frame) []*cell {
	if len(fs.free) == 0 {
		return func(*frame) []*cell { return nil }
	}
	at := make([]int, len(fs.free))
	for i, s := range fs.free {
		at[i] = c.cellOf(s)
	}
	return func(f *frame) []*cell {
		cells := make([]*cell, len(at))
		for i, k := range at {
			cells[i] = f.cells[k]
		}
		return cells
	}
}

// cellOf is the index of a captured symbol in this function's cells.
func (c *compiler) cellOf(s *symbol) int {
	if s.fn == c.fn {
		return s.cell
	}
	return c.fn.ncells + c.fn.freeAt[s]
}

// load compiles the value of a variable.
func (c *compiler) load(n *nameExpr) evalFn {
	at, name := n.Span, n.name
	if s := n.sym; s != nil {
		if s.fn == c.fn && !s.captured {
			slot := s.slot
			return func(f *frame) (starlark.Value, error) {
				if v := f.locals[slot]; v != nil {
					return v, nil
				}
				return nil, f.fail(at, unbound(name))
			}
		}
		k := c.cellOf(s)
		own := s.fn == c.fn
		return func(f *frame) (starlark.Value, error) {
			if v := f.cells[k].v; v != nil {
				return v, nil
			}
			if own {
				return nil, f.fail(at, unbound(name))
			}
			return nil, f.fail(at, raise("NameError", "cannot access free variable '%s' where it is not associated with a value in enclosing scope", name))
		}
	}
	g := c.tab.cell(name)
	return func(f *frame) (starlark.Value, error) {
		if g.v != nil {
			return g.v, nil
		}
		if g.pre != nil {
			return g.pre, nil
		}
		v, err := f.st.in.absent(c.tab, name)
		if err != nil {
			return nil, f.fail(at, err)
		}
		g.pre = v
		return v, nil
	}
}

func unbound(name string) error {
	return raise("UnboundLocalError", "cannot access local variable '%s' where it is not associated with a value", name)
}

// undefined is the NameError for name.
func (in *Interp) undefined(tab *globals, name string) error {
	e := pyrt.Errorf("NameError", "name '%s' is not defined%s", name, pyrt.DidYouMean(name, tab.names()))
	if in.opts.Hint != nil {
		if hint := in.opts.Hint(name); hint != "" {
			e.Msg, e.Hint = "name '"+name+"' is not defined", hint
			return e
		}
	}
	switch {
	case in.modules[name] != nil:
		e.Msg = "name '" + name + "' is not defined"
		e.Hint = "import " + name
	case python2[name] != "":
		e.Msg = "name '" + name + "' is not defined"
		e.Hint = "Python 2's " + name + " is " + python2[name] + " now"
	case isFlagLetters(name) && e.Hint == "":
		e.Hint = "TCP flags need no quotes behind flags= alone; elsewhere write \"" + name + "\""
	}
	return e
}

// python2 are names of Python 2, which old scripts use, and their successors.
var python2 = map[string]string{"xrange": "range", "raw_input": "input", "unicode": "str", "unichr": "chr",
	"basestring": "str", "long": "int", "reduce": "functools.reduce", "execfile": "exec(open(…).read())"}

// storeFn assigns a value to a compiled target.
type storeFn func(f *frame, v starlark.Value) error

// storeName compiles an assignment to a variable.
func (c *compiler) storeName(n *nameExpr) storeFn {
	if s := n.sym; s != nil {
		if s.fn == c.fn && !s.captured {
			slot := s.slot
			return func(f *frame, v starlark.Value) error {
				f.locals[slot] = v
				return nil
			}
		}
		k := c.cellOf(s)
		return func(f *frame, v starlark.Value) error {
			f.cells[k].v = v
			return nil
		}
	}
	g := c.tab.cell(n.name)
	return func(f *frame, v starlark.Value) error {
		g.v = v
		return nil
	}
}

// store compiles an assignment target.
func (c *compiler) store(x expr) storeFn {
	switch x := x.(type) {
	case *nameExpr:
		return c.storeName(x)
	case *flagExpr:
		return c.storeName(x.name)
	case *attrExpr:
		obj, name, at := c.expr(x.x), x.name, x.Span
		return func(f *frame, v starlark.Value) error {
			o, err := obj(f)
			if err != nil {
				return err
			}
			if err := setAttr(o, name, v); err != nil {
				return f.fail(at, err)
			}
			return nil
		}
	case *indexExpr:
		obj, idx, at := c.expr(x.x), c.expr(x.i), x.Span
		return func(f *frame, v starlark.Value) error {
			o, err := obj(f)
			if err != nil {
				return err
			}
			k, err := idx(f)
			if err != nil {
				return err
			}
			if err := setItem(o, k, v); err != nil {
				return f.fail(at, err)
			}
			return nil
		}
	case *tupleExpr:
		return c.storeSeq(x.elems, x.Span)
	case *listExpr:
		return c.storeSeq(x.elems, x.Span)
	}
	panic("py: not a target")
}

// storeSeq compiles unpacking into several targets, one of which may be
// starred.
func (c *compiler) storeSeq(elems []expr, at Span) storeFn {
	targets := make([]storeFn, len(elems))
	star := -1
	for i, e := range elems {
		if s, ok := e.(*starExpr); ok {
			star = i
			e = s.x
		}
		targets[i] = c.store(e)
	}
	return func(f *frame, v starlark.Value) error {
		vals, err := unpack(v, len(targets), star)
		if err != nil {
			return f.fail(at, err)
		}
		for i, t := range targets {
			if err := t(f, vals[i]); err != nil {
				return err
			}
		}
		return nil
	}
}

// unpack takes n values out of v; the one at star, unless that is -1, is a list
// of what the others leave.
func unpack(v starlark.Value, n, star int) ([]starlark.Value, error) {
	if t, ok := v.(starlark.Tuple); ok && star < 0 && len(t) == n {
		return t, nil
	}
	limit := n + 1
	if star >= 0 {
		limit = 0
	}
	list, err := pyrt.Elems(v, limit)
	if err != nil {
		if e, ok := err.(*pyrt.Error); ok && e.Class == "TypeError" && len(list) == 0 {
			if _, ierr := pyrt.Iterate(v); ierr != nil {
				return nil, raise("TypeError", "cannot unpack non-iterable %s object", typeName(v))
			}
		}
		return nil, err
	}
	switch {
	case star < 0 && len(list) > n:
		return nil, raise("ValueError", "too many values to unpack (expected %d)", n)
	case star < 0 && len(list) < n:
		return nil, raise("ValueError", "not enough values to unpack (expected %d, got %d)", n, len(list))
	case star < 0:
		return list, nil
	case len(list) < n-1:
		return nil, raise("ValueError", "not enough values to unpack (expected at least %d, got %d)", n-1, len(list))
	}
	k := len(list) - (n - 1)
	out := append([]starlark.Value{}, list[:star]...)
	out = append(out, starlark.NewList(append([]starlark.Value{}, list[star:star+k]...)))
	return append(out, list[star+k:]...), nil
}
