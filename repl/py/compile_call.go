package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// call compiles a call. Positional calls of the language's own functions write
// the arguments straight into the new frame.
func (c *compiler) call(x *callExpr) evalFn {
	for _, a := range x.args {
		if a.kind != argPos {
			return c.callGeneral(x)
		}
	}
	if a, ok := x.fn.(*attrExpr); ok && a.name == "append" && len(x.args) == 1 {
		return c.callAppend(x, a)
	}
	fn, at := c.expr(x.fn), x.Span
	args := make([]evalFn, len(x.args))
	for i, a := range x.args {
		args[i] = c.expr(a.x)
	}
	return func(f *frame) (starlark.Value, error) {
		fv, err := fn(f)
		if err != nil {
			return nil, err
		}
		st := f.st
		if fv, ok := fv.(*Function); ok && fv.code.simple && len(fv.code.params) == len(args) {
			g := st.push(fv.code, fv)
			for i, a := range args {
				v, err := a(f)
				if err != nil {
					st.release(g)
					return nil, err
				}
				g.locals[i] = v
			}
			v, err := st.run(g)
			if err != nil {
				return nil, f.fail(at, err)
			}
			return v, nil
		}
		vals := make(starlark.Tuple, len(args))
		for i, a := range args {
			v, err := a(f)
			if err != nil {
				return nil, err
			}
			vals[i] = v
		}
		v, err := st.call(fv, vals, nil)
		if err != nil {
			return nil, f.fail(at, err)
		}
		return v, nil
	}
}

// callAppend is x.append(v), most often of a list.
func (c *compiler) callAppend(x *callExpr, a *attrExpr) evalFn {
	obj, arg, at, name := c.expr(a.x), c.expr(x.args[0].x), x.Span, a.at
	return func(f *frame) (starlark.Value, error) {
		o, err := obj(f)
		if err != nil {
			return nil, err
		}
		l, isList := o.(*starlark.List)
		var fn starlark.Value
		if !isList {
			if fn, err = getAttr(o, "append"); err != nil {
				return nil, f.fail(name, err)
			}
		}
		v, err := arg(f)
		if err != nil {
			return nil, err
		}
		if !isList {
			v, err = f.st.call(fn, starlark.Tuple{v}, nil)
		} else if l.Len() >= maxListElems {
			err = raise("MemoryError", "list too large")
		} else {
			err, v = l.Append(v), starlark.None
		}
		if err != nil {
			return nil, f.fail(at, err)
		}
		return v, nil
	}
}

// callGeneral compiles a call with keywords, *args or **kwargs. An error that
// names a keyword argument is placed at that argument.
func (c *compiler) callGeneral(x *callExpr) evalFn {
	fn, at := c.expr(x.fn), x.Span
	type arg struct {
		kind argKind
		name starlark.String
		fn   evalFn
		at   Span
	}
	args := make([]arg, len(x.args))
	npos, nkw := 0, 0
	for i, a := range x.args {
		args[i] = arg{a.kind, starlark.String(a.name), c.expr(a.x), a.Span}
		if a.kind == argPos {
			npos++
		} else if a.kind == argKeyword {
			nkw++
		}
	}
	where := func(err error) Span {
		if e, ok := err.(interface{ Arg() string }); ok {
			if _, inner := err.(*Exception); !inner {
				for i := range args {
					if args[i].kind == argKeyword && string(args[i].name) == e.Arg() {
						return args[i].at
					}
				}
			}
		}
		return at
	}
	return func(f *frame) (starlark.Value, error) {
		fv, err := fn(f)
		if err != nil {
			return nil, err
		}
		pos := make(starlark.Tuple, 0, npos)
		kws := make([]starlark.Tuple, 0, nkw)
		pairs := make([]starlark.Value, 0, 2*nkw)
		for i := range args {
			a := &args[i]
			v, err := a.fn(f)
			if err != nil {
				return nil, err
			}
			switch a.kind {
			case argPos:
				pos = append(pos, v)
			case argStar:
				more, err := f.st.elems(v)
				if err != nil {
					return nil, f.fail(a.at, raise("TypeError", "%s argument after * must be an iterable, not %s", callee(fv), typeName(v)))
				}
				pos = append(pos, more...)
			case argKeyword:
				n := len(pairs)
				pairs = append(pairs, a.name, v)
				kws = append(kws, starlark.Tuple(pairs[n:n+2:n+2]))
			case argDoubleStar:
				if kws, err = spread(kws, fv, v); err != nil {
					return nil, f.fail(a.at, err)
				}
			}
		}
		v, err := f.st.call(fv, pos, kws)
		if err != nil {
			// Plain Go errors name their argument once they are exceptions.
			if _, ok := err.(interface{ Arg() string }); !ok {
				err = f.st.exception(err)
				if e := err.(*Exception); len(e.trace) == 0 {
					at := at
					for i := range args {
						if args[i].kind == argKeyword && e.field != "" && string(args[i].name) == e.field {
							at = args[i].at
						}
					}
					return nil, f.fail(at, err)
				}
			}
			return nil, f.fail(where(err), err)
		}
		return v, nil
	}
}

// callee names a function in a message about its arguments.
func callee(fn starlark.Value) string {
	if c, ok := fn.(starlark.Callable); ok {
		return c.Name() + "()"
	}
	return typeName(fn)
}

// spread adds the items of the mapping v, given as **v, to kws.
func spread(kws []starlark.Tuple, fn, v starlark.Value) ([]starlark.Tuple, error) {
	m, ok := v.(starlark.IterableMapping)
	if !ok {
		return nil, raise("TypeError", "%s argument after ** must be a mapping, not %s", callee(fn), typeName(v))
	}
	for _, kv := range m.Items() {
		name, ok := kv[0].(starlark.String)
		if !ok {
			return nil, raise("TypeError", "keywords must be strings")
		}
		for _, k := range kws {
			if k[0] == name {
				return nil, raise("TypeError", "%s got multiple values for keyword argument '%s'", callee(fn), string(name))
			}
		}
		kws = append(kws, starlark.Tuple{name, kv[1]})
	}
	return kws, nil
}

func typeName(v starlark.Value) string { return pyfmt.TypeName(v) }

// elems collects an iterable; an endless one can be interrupted and is refused
// when it exceeds what memory should hold.
func (st *state) elems(v starlark.Value) ([]starlark.Value, error) {
	switch v := v.(type) {
	case *starlark.List:
		return listElems(v), nil
	case starlark.Tuple:
		return v, nil
	case *Range:
		if v.Len() > maxListElems {
			return nil, raise("MemoryError", "%s has too many elements", v.String())
		}
	}
	it, err := pyrt.Iterate(v)
	if err != nil {
		return nil, err
	}
	defer it.Close()
	var list []starlark.Value
	for {
		if err := st.tick(); err != nil {
			return nil, err
		}
		x, err := it.Next()
		if err != nil {
			return nil, err
		}
		if x == nil {
			return list, nil
		}
		if len(list) >= maxListElems {
			return nil, raise("MemoryError", "too many elements")
		}
		list = append(list, x)
	}
}

func newSet(list []starlark.Value) (*starlark.Set, error) {
	s := starlark.NewSet(len(list))
	for _, v := range list {
		if err := setAdd(s, v); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func setAdd(s *starlark.Set, v starlark.Value) error {
	if alt := boolTwin(v); alt != nil {
		if ok, _ := s.Has(alt); ok {
			return nil
		}
	}
	return s.Insert(v)
}
