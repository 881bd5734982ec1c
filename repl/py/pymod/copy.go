package pymod

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

func copyModule() *Module {
	return newModule("copy", funcs(map[string]function{
		"copy": func(a *args) (starlark.Value, error) {
			v, err := a.exactly(1)
			if err != nil {
				return nil, err
			}
			return shallow(a.th, v[0])
		},
		"deepcopy": func(a *args) (starlark.Value, error) {
			v, err := a.bind("x!", "memo")
			if err != nil {
				return nil, err
			}
			return deep(a.th, v[0], map[starlark.Value]starlark.Value{})
		},
	}))
}

// shallow is copy.copy: a list or dict of the same elements; a value with a method
// copy(), as packets have, says itself what its copy is; what cannot change is its own.
func shallow(th *starlark.Thread, v starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case *starlark.List:
		vs, err := pyrt.Elems(v, 0)
		return list(vs), err
	case *starlark.Dict:
		d := starlark.NewDict(v.Len())
		for _, kv := range v.Items() {
			_ = d.SetKey(kv[0], kv[1]) // they were keys before
		}
		return d, nil
	case starlark.NoneType, starlark.Bool, starlark.Int, starlark.Float, starlark.String, starlark.Bytes, starlark.Tuple:
		return v, nil
	case starlark.HasAttrs:
		m, err := v.Attr("copy")
		if err != nil || m == nil {
			break
		}
		if f, ok := m.(starlark.Callable); ok {
			return f.CallInternal(th, nil, nil)
		}
	}
	if _, ok := v.(starlark.Callable); ok {
		return v, nil
	}
	return nil, pyrt.Errorf("copy.Error", "cannot copy a '%s'", pyfmt.TypeName(v))
}

// deep is copy.deepcopy. A list or dict that holds itself is copied once.
func deep(th *starlark.Thread, v starlark.Value, done map[starlark.Value]starlark.Value) (starlark.Value, error) {
	switch v := v.(type) {
	case *starlark.List:
		if c := done[v]; c != nil {
			return c, nil
		}
		out := list(nil)
		done[v] = out
		for i := range v.Len() {
			x, err := deep(th, v.Index(i), done)
			if err != nil {
				return nil, err
			}
			_ = out.Append(x) // nobody else has the list
		}
		return out, nil
	case starlark.Tuple:
		out := make(starlark.Tuple, len(v))
		for i, x := range v {
			var err error
			if out[i], err = deep(th, x, done); err != nil {
				return nil, err
			}
		}
		return out, nil
	case *starlark.Dict:
		if c := done[v]; c != nil {
			return c, nil
		}
		out := starlark.NewDict(v.Len())
		done[v] = out
		for _, kv := range v.Items() {
			x, err := deep(th, kv[1], done)
			if err != nil {
				return nil, err
			}
			_ = out.SetKey(kv[0], x) // it was a key before
		}
		return out, nil
	}
	return shallow(th, v)
}
