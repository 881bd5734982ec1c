package py

import (
	"go.starlark.net/starlark"
)

// augmented compiles x op= y. The object and the index of the target are
// evaluated once.
func (c *compiler) augmented(s *augStmt) execFn {
	y, op, at := c.expr(s.x), s.op, s.Span
	apply := func(f *frame, old starlark.Value) (starlark.Value, error) {
		v, err := y(f)
		if err != nil {
			return nil, err
		}
		r, err := inPlace(f.st, op, old, v)
		if err != nil {
			return nil, f.fail(at, err)
		}
		return r, nil
	}
	switch t := s.target.(type) {
	case *nameExpr:
		load, store := c.load(t), c.storeName(t)
		return func(f *frame) (ctl, error) {
			old, err := load(f)
			if err != nil {
				return ctlNext, err
			}
			v, err := apply(f, old)
			if err != nil {
				return ctlNext, err
			}
			return ctlNext, store(f, v)
		}
	case *attrExpr:
		obj, name, atName := c.expr(t.x), t.name, t.at
		return func(f *frame) (ctl, error) {
			o, err := obj(f)
			if err != nil {
				return ctlNext, err
			}
			old, err := getAttr(o, name)
			if err != nil {
				return ctlNext, f.fail(atName, err)
			}
			v, err := apply(f, old)
			if err != nil {
				return ctlNext, err
			}
			if err := setAttr(o, name, v); err != nil {
				return ctlNext, f.fail(at, err)
			}
			return ctlNext, nil
		}
	case *indexExpr:
		obj, idx, atIdx := c.expr(t.x), c.expr(t.i), t.Span
		return func(f *frame) (ctl, error) {
			o, err := obj(f)
			if err != nil {
				return ctlNext, err
			}
			k, err := idx(f)
			if err != nil {
				return ctlNext, err
			}
			old, err := getItem(o, k)
			if err != nil {
				return ctlNext, f.fail(atIdx, err)
			}
			v, err := apply(f, old)
			if err != nil {
				return ctlNext, err
			}
			if err := setItem(o, k, v); err != nil {
				return ctlNext, f.fail(atIdx, err)
			}
			return ctlNext, nil
		}
	}
	panic("py: not a target of augmented assignment")
}

// inPlace is x op= y: containers change themselves, other values are replaced.
func inPlace(st *state, op string, x, y starlark.Value) (starlark.Value, error) {
	switch a := x.(type) {
	case starlark.Int:
		if b, ok := y.(starlark.Int); ok && op == "+" {
			return a.Add(b), nil
		}
	case *starlark.List:
		if op != "+" {
			break
		}
		more, err := st.elems(y)
		if err != nil {
			return nil, err
		}
		if a.Len()+len(more) > maxListElems {
			return nil, raise("MemoryError", "list too large")
		}
		for _, v := range more {
			if err := a.Append(v); err != nil {
				return nil, err
			}
		}
		return a, nil
	case *starlark.Dict:
		if op == "|" {
			return a, updateDict(a, y)
		}
	case *ByteArray:
		if op == "+" {
			b, err := toBytes(y)
			if err == nil {
				a.b = append(a.b, b...)
			}
			return a, err
		}
	case *starlark.Set:
		r, err := setOp(op, x, y)
		if err != nil || r == nil {
			break
		}
		if err := a.Clear(); err != nil {
			return nil, err
		}
		for v := range r.(*starlark.Set).Elements() {
			if err := a.Insert(v); err != nil {
				return nil, err
			}
		}
		return a, nil
	}
	return binary(st, op, x, y)
}
