package py

import "go.starlark.net/starlark"

// plainData is v with data classes in it as make has them, and copies of containers.
func plainData(v starlark.Value, make func(fields []*dataField, vals []starlark.Value) (starlark.Value, error)) (starlark.Value, error) {
	if fields, i, err := fieldsOf("asdict", v); err == nil && i != nil {
		var vals []starlark.Value
		for _, f := range fields {
			x, _, _ := i.attrs.Get(starlark.String(f.name))
			if x == nil {
				x = starlark.None
			}
			if x, err = plainData(x, make); err != nil {
				return nil, err
			}
			vals = append(vals, x)
		}
		return make(fields, vals)
	}
	switch v := v.(type) {
	case *starlark.List:
		var out []starlark.Value
		for _, x := range listElems(v) {
			y, err := plainData(x, make)
			if err != nil {
				return nil, err
			}
			out = append(out, y)
		}
		return starlark.NewList(out), nil
	case *starlark.Dict:
		out := starlark.NewDict(v.Len())
		for _, kv := range v.Items() {
			y, err := plainData(kv[1], make)
			if err != nil {
				return nil, err
			}
			_ = out.SetKey(kv[0], y) // it was a key already
		}
		return out, nil
	}
	return v, nil
}

func asdictFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("asdict", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	if _, _, err := fieldsOf("asdict", args[0]); err != nil {
		return nil, err
	}
	return plainData(args[0], func(fields []*dataField, vals []starlark.Value) (starlark.Value, error) {
		d := starlark.NewDict(len(vals))
		for i, f := range fields {
			_ = d.SetKey(starlark.String(f.name), vals[i]) // text always hashes
		}
		return d, nil
	})
}

func astupleFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("astuple", args, kwargs, 1, 1); err != nil {
		return nil, err
	}
	if _, _, err := fieldsOf("astuple", args[0]); err != nil {
		return nil, err
	}
	return plainData(args[0], func(_ []*dataField, vals []starlark.Value) (starlark.Value, error) { return starlark.Tuple(vals), nil })
}

// replaceFn is replace(instance, **changes).
func replaceFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) != 1 {
		return nil, raise("TypeError", "replace() takes 1 positional argument but %d were given", len(args))
	}
	fields, i, err := fieldsOf("replace", args[0])
	if err != nil {
		return nil, err
	}
	all := append([]starlark.Tuple{}, kwargs...)
	for _, f := range fields {
		changed := false
		for _, kv := range kwargs {
			changed = changed || string(kv[0].(starlark.String)) == f.name
		}
		if v, ok, _ := i.attrs.Get(starlark.String(f.name)); ok && !changed && !f.noInit {
			all = append(all, starlark.Tuple{starlark.String(f.name), v})
		}
	}
	return i.class.CallInternal(th, nil, all)
}
