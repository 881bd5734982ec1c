package py

import (
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// expr compiles an expression.
func (c *compiler) expr(x expr) evalFn {
	switch x := x.(type) {
	case *nameExpr:
		return c.load(x)
	case *constExpr:
		v := x.v
		return func(*frame) (starlark.Value, error) { return v, nil }
	case *flagExpr:
		return c.flag(x)
	case *fstringExpr:
		return c.fstring(x.parts)
	case *attrExpr:
		return c.attr(x)
	case *indexExpr:
		return c.index(x)
	case *sliceExpr:
		return c.slice(x)
	case *callExpr:
		return c.call(x)
	case *unaryExpr:
		return c.unary(x)
	case *binaryExpr:
		return c.binary(x)
	case *boolExpr:
		return c.boolOp(x)
	case *compareExpr:
		return c.compare(x)
	case *condExpr:
		test, yes, no := c.test(x.test), c.expr(x.yes), c.expr(x.no)
		return func(f *frame) (starlark.Value, error) {
			ok, err := test(f)
			if err != nil {
				return nil, err
			}
			if ok {
				return yes(f)
			}
			return no(f)
		}
	case *classVarsExpr:
		return c.classVars(x)
	case *yieldExpr:
		return c.yield(x)
	case *lambdaExpr:
		return c.function(x.fn)
	case *listExpr:
		elems := c.elems(x.elems)
		return func(f *frame) (starlark.Value, error) {
			list, err := elems(f)
			if err != nil {
				return nil, err
			}
			return starlark.NewList(list), nil
		}
	case *tupleExpr:
		elems := c.elems(x.elems)
		return func(f *frame) (starlark.Value, error) {
			list, err := elems(f)
			return starlark.Tuple(list), err
		}
	case *setExpr:
		elems, at := c.elems(x.elems), x.Span
		return func(f *frame) (starlark.Value, error) {
			list, err := elems(f)
			if err != nil {
				return nil, err
			}
			s, err := newSet(list)
			if err != nil {
				return nil, f.fail(at, err)
			}
			return s, nil
		}
	case *dictExpr:
		return c.dict(x)
	case *compExpr:
		if x.kind == '(' {
			return c.generator(x)
		}
		return c.comprehension(x)
	case *starExpr:
		return c.expr(x.x)
	case *walrusExpr:
		v, store := c.expr(x.x), c.storeName(x.name)
		return func(f *frame) (starlark.Value, error) {
			y, err := v(f)
			if err != nil {
				return nil, err
			}
			return y, store(f, y)
		}
	}
	panic("py: unknown expression")
}

// test compiles an expression of which only the truth matters.
func (c *compiler) test(x expr) func(f *frame) (bool, error) {
	if cmp, ok := x.(*compareExpr); ok && len(cmp.ops) == 1 {
		return c.compareTest(cmp)
	}
	if b, ok := x.(*boolExpr); ok {
		l, r, and := c.test(b.x), c.test(b.y), b.and
		return func(f *frame) (bool, error) {
			ok, err := l(f)
			if err != nil || ok != and {
				return ok, err
			}
			return r(f)
		}
	}
	at := x.span()
	v := c.expr(x)
	return func(f *frame) (bool, error) {
		y, err := v(f)
		if err != nil {
			return false, err
		}
		if b, ok := y.(starlark.Bool); ok {
			return bool(b), nil
		}
		t, err := truth(y)
		if err != nil {
			return false, f.fail(at, err)
		}
		return t, nil
	}
}

func (c *compiler) flag(x *flagExpr) evalFn {
	letters := starlark.String(x.name.name)
	if x.name.sym != nil {
		return c.load(x.name)
	}
	g := c.tab.cell(x.name.name)
	return func(f *frame) (starlark.Value, error) {
		if g.v != nil {
			return g.v, nil
		}
		if g.pre != nil {
			return g.pre, nil
		}
		return letters, nil
	}
}

// elems compiles the elements of a display, in which *x may occur.
func (c *compiler) elems(xs []expr) func(f *frame) ([]starlark.Value, error) {
	fns := make([]evalFn, len(xs))
	stars := false
	isStar := make([]bool, len(xs))
	for i, x := range xs {
		_, isStar[i] = x.(*starExpr)
		stars = stars || isStar[i]
		fns[i] = c.expr(x)
	}
	if !stars {
		return func(f *frame) ([]starlark.Value, error) {
			list := make([]starlark.Value, len(fns))
			for i, fn := range fns {
				v, err := fn(f)
				if err != nil {
					return nil, err
				}
				list[i] = v
			}
			return list, nil
		}
	}
	return func(f *frame) ([]starlark.Value, error) {
		var list []starlark.Value
		for i, fn := range fns {
			v, err := fn(f)
			if err != nil {
				return nil, err
			}
			if !isStar[i] {
				list = append(list, v)
				continue
			}
			more, err := f.st.elems(v)
			if err != nil {
				return nil, f.fail(xs[i].span(), err)
			}
			list = append(list, more...)
		}
		return list, nil
	}
}

func (c *compiler) dict(x *dictExpr) evalFn {
	keys, vals := make([]evalFn, len(x.keys)), make([]evalFn, len(x.vals))
	for i, k := range x.keys {
		if k != nil {
			keys[i] = c.expr(k)
		}
		vals[i] = c.expr(x.vals[i])
	}
	at := x.Span
	return func(f *frame) (starlark.Value, error) {
		d := starlark.NewDict(len(keys))
		for i := range keys {
			if keys[i] == nil {
				v, err := vals[i](f)
				if err != nil {
					return nil, err
				}
				if err := updateDict(d, v); err != nil {
					return nil, f.fail(x.vals[i].span(), err)
				}
				continue
			}
			k, err := keys[i](f)
			if err != nil {
				return nil, err
			}
			v, err := vals[i](f)
			if err != nil {
				return nil, err
			}
			if err := dictSet(d, k, v); err != nil {
				return nil, f.fail(at, err)
			}
		}
		return d, nil
	}
}

// updateDict copies the items of the mapping v into d.
func updateDict(d *starlark.Dict, v starlark.Value) error {
	m, ok := v.(starlark.IterableMapping)
	if !ok {
		return raise("TypeError", "'%s' object is not a mapping", typeName(v))
	}
	for _, kv := range m.Items() {
		if err := dictSet(d, kv[0], kv[1]); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) slice(x *sliceExpr) evalFn {
	part := func(e expr) evalFn {
		if e == nil {
			return func(*frame) (starlark.Value, error) { return starlark.None, nil }
		}
		return c.expr(e)
	}
	lo, hi, step := part(x.lo), part(x.hi), part(x.step)
	return func(f *frame) (starlark.Value, error) {
		var s Slice
		var err error
		if s.lo, err = lo(f); err != nil {
			return nil, err
		}
		if s.hi, err = hi(f); err != nil {
			return nil, err
		}
		if s.step, err = step(f); err != nil {
			return nil, err
		}
		return &s, nil
	}
}

func (c *compiler) index(x *indexExpr) evalFn {
	obj, idx, at := c.expr(x.x), c.expr(x.i), x.Span
	return func(f *frame) (starlark.Value, error) {
		o, err := obj(f)
		if err != nil {
			return nil, err
		}
		k, err := idx(f)
		if err != nil {
			return nil, err
		}
		if l, ok := o.(*starlark.List); ok {
			if ki, ok := k.(starlark.Int); ok {
				if i, ok := ki.Int64(); ok && i >= 0 && i < int64(l.Len()) {
					return l.Index(int(i)), nil
				}
			}
		}
		v, err := getItem(o, k)
		if err != nil {
			return nil, f.fail(at, err)
		}
		return v, nil
	}
}

// fstring compiles an f-string, or a format spec with fields in it.
func (c *compiler) fstring(parts []fpart) evalFn {
	type field struct {
		text string
		x    evalFn
		conv byte
		spec evalFn
		at   Span
	}
	fields := make([]field, len(parts))
	for i, p := range parts {
		fields[i] = field{text: p.text, conv: p.conv}
		if p.x != nil {
			fields[i].x, fields[i].at = c.expr(p.x), p.x.span()
		}
		if p.spec != nil {
			fields[i].spec = c.fstring(p.spec)
		}
	}
	return func(f *frame) (starlark.Value, error) {
		var b strings.Builder
		for i := range fields {
			fd := &fields[i]
			b.WriteString(fd.text)
			if fd.x == nil {
				continue
			}
			v, err := fd.x(f)
			if err != nil {
				return nil, err
			}
			switch fd.conv {
			case 'r':
				v = starlark.String(pyfmt.Repr(v))
			case 's':
				v = starlark.String(pyfmt.Str(v))
			case 'a':
				v = starlark.String(pyfmt.ASCII(v))
			}
			spec := ""
			if fd.spec != nil {
				s, err := fd.spec(f)
				if err != nil {
					return nil, err
				}
				spec = string(s.(starlark.String))
			}
			if spec == "" {
				if _, ok := v.(pyrt.Formatter); !ok {
					b.WriteString(pyfmt.Str(v))
					continue
				}
			}
			s, err := pyfmt.FormatValue(f.st.th, v, spec)
			if err != nil {
				return nil, f.fail(fd.at, err)
			}
			b.WriteString(s)
		}
		if err := f.st.in.raisedMeanwhile(); err != nil {
			return nil, err
		}
		return starlark.String(b.String()), nil
	}
}

func (c *compiler) attr(x *attrExpr) evalFn {
	obj, name, at := c.expr(x.x), x.name, Span{x.at.Start, x.at.End}
	return func(f *frame) (starlark.Value, error) {
		o, err := obj(f)
		if err != nil {
			return nil, err
		}
		v, err := getAttr(o, name)
		if err != nil {
			return nil, f.fail(at, err)
		}
		return v, nil
	}
}
