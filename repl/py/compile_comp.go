package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// clause is a compiled `for target in iter if …` of a comprehension.
type clause struct {
	iter  evalFn
	store storeFn
	ifs   []func(f *frame) (bool, error)
	at    Span // of iter
}

// clauses compiles the clauses of x; the first iterable belongs to the function
// around a generator expression and is left to the caller there.
func (c *compiler) clauses(x *compExpr) []clause {
	list := make([]clause, len(x.clauses))
	for i, cl := range x.clauses {
		if i > 0 || x.kind != '(' {
			list[i].iter = c.expr(cl.iter)
		}
		list[i].store = c.store(cl.target)
		list[i].at = cl.iter.span()
		for _, t := range cl.ifs {
			list[i].ifs = append(list[i].ifs, c.test(t))
		}
	}
	return list
}

// comprehension compiles a list, set or dict comprehension in the frame of the
// function around it. Variables that a lambda in it captures get new cells each
// time it runs.
func (c *compiler) comprehension(x *compExpr) evalFn {
	clauses := c.clauses(x)
	elt := c.expr(x.elt)
	var val evalFn
	if x.val != nil {
		val = c.expr(x.val)
	}
	var fresh []int
	for _, s := range x.scope.syms {
		if s.captured {
			fresh = append(fresh, s.cell)
		}
	}
	at := x.elt.span()
	kind := x.kind
	return func(f *frame) (starlark.Value, error) {
		for _, k := range fresh {
			f.cells[k] = new(cell)
		}
		var list []starlark.Value
		var d *starlark.Dict
		if kind == ':' {
			d = starlark.NewDict(0)
		}
		err := loop(f, clauses, func() error {
			k, err := elt(f)
			if err != nil {
				return err
			}
			if kind == ':' {
				v, err := val(f)
				if err != nil {
					return err
				}
				if err := dictSet(d, k, v); err != nil {
					return f.fail(at, err)
				}
				return nil
			}
			if len(list) >= maxListElems {
				return f.fail(at, raise("MemoryError", "too many elements"))
			}
			list = append(list, k)
			return nil
		})
		if err != nil {
			return nil, err
		}
		switch kind {
		case '[':
			return starlark.NewList(list), nil
		case '{':
			s, err := newSet(list)
			if err != nil {
				return nil, f.fail(at, err)
			}
			return s, nil
		}
		return d, nil
	}
}

// loop runs body for every combination that the clauses let through.
func loop(f *frame, clauses []clause, body func() error) error {
	cl := &clauses[0]
	v, err := cl.iter(f)
	if err != nil {
		return err
	}
	it, err := pyrt.Iterate(v)
	if err != nil {
		return f.fail(cl.at, err)
	}
	defer it.Close()
next:
	for {
		if err := f.st.tick(); err != nil {
			return f.fail(cl.at, err)
		}
		x, err := it.Next()
		if err != nil {
			return f.fail(cl.at, err)
		}
		if x == nil {
			return nil
		}
		if err := cl.store(f, x); err != nil {
			return err
		}
		for _, t := range cl.ifs {
			ok, err := t(f)
			if err != nil {
				return err
			}
			if !ok {
				continue next
			}
		}
		if len(clauses) > 1 {
			err = loop(f, clauses[1:], body)
		} else {
			err = body()
		}
		if err != nil {
			return err
		}
	}
}

// generator compiles a generator expression. It is lazy: a hidden function whose
// frame lives as long as the generator, advanced one element at a time.
func (c *compiler) generator(x *compExpr) evalFn {
	first := c.expr(x.clauses[0].iter)
	inner := &compiler{in: c.in, src: c.src, tab: c.tab, fn: x.fn}
	clauses := inner.clauses(x)
	elt := inner.expr(x.elt)
	k := &code{name: "<genexpr>", src: c.src, star: -1, dstar: -1}
	c.size(k, x.fn)
	capture := c.captures(x.fn)
	at := x.clauses[0].iter.span()
	return func(f *frame) (starlark.Value, error) {
		v, err := first(f)
		if err != nil {
			return nil, err
		}
		it, err := pyrt.Iterate(v)
		if err != nil {
			return nil, f.fail(at, err)
		}
		g := f.st.push(k, &Function{free: capture(f)})
		gen := &generator{f: g, clauses: clauses, elt: elt, its: []pyrt.Iter{it}}
		return pyrt.NewLazy("generator", gen.next), nil
	}
}

// generator is a running generator expression: its open iterations, outermost
// first.
type generator struct {
	f       *frame
	clauses []clause
	elt     evalFn
	its     []pyrt.Iter
}

func (g *generator) next() (starlark.Value, error) {
	st := g.f.st
	if st.depth >= maxDepth {
		return nil, raise("RecursionError", "maximum recursion depth exceeded")
	}
	st.depth++
	v, err := g.step()
	st.depth--
	return v, err
}

// step advances the innermost iteration, and the outer ones as they run out.
func (g *generator) step() (starlark.Value, error) {
	f := g.f
next:
	for len(g.its) > 0 {
		i := len(g.its) - 1
		cl := &g.clauses[i]
		if err := f.st.tick(); err != nil {
			return nil, f.fail(cl.at, err)
		}
		x, err := g.its[i].Next()
		if err != nil {
			return nil, f.fail(cl.at, err)
		}
		if x == nil {
			g.its[i].Close()
			g.its = g.its[:i]
			continue
		}
		if err := cl.store(f, x); err != nil {
			return nil, err
		}
		for _, t := range cl.ifs {
			ok, err := t(f)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue next
			}
		}
		if i+1 == len(g.clauses) {
			return g.elt(f)
		}
		inner := &g.clauses[i+1]
		v, err := inner.iter(f)
		if err != nil {
			return nil, err
		}
		it, err := pyrt.Iterate(v)
		if err != nil {
			return nil, f.fail(inner.at, err)
		}
		g.its = append(g.its, it)
	}
	return nil, nil
}
