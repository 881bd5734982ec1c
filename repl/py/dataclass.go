package py

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// dataField is a field of a data class.
type dataField struct {
	marked
	name    string
	def     starlark.Value // nil if there is none
	factory starlark.Value // makes a default for each instance; nil if there is none
	noInit  bool
	noRepr  bool
	noEq    bool
}

func (f *dataField) String() string { return "Field(name=" + pyfmt.Repr(starlark.String(f.name)) + ")" }
func (f *dataField) Type() string   { return "Field" }

// Attr is the field's name and default.
func (f *dataField) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(f.name), nil
	case "default":
		return f.def, nil
	}
	return nil, nil
}

// AttrNames implements starlark.HasAttrs.
func (f *dataField) AttrNames() []string { return []string{"default", "name"} }

// fieldsName is where a data class keeps its fields.
const fieldsName = "__dataclass_fields__"

// dataFields are the fields of a data class.
type dataFields struct {
	marked
	list []*dataField
}

func (dataFields) String() string { return "<fields of a data class>" }
func (dataFields) Type() string   { return "dict" }

// fieldsOf are the fields of v, a data class or an instance of one.
func fieldsOf(fn string, v starlark.Value) ([]*dataField, *Instance, error) {
	i, ok := instanceOf(v)
	c, isClass := v.(*Class)
	if ok {
		c, isClass = i.class, true
	}
	if isClass {
		if f, ok := c.find(fieldsName).(dataFields); ok {
			return f.list, i, nil
		}
	}
	return nil, nil, raise("TypeError", "%s() should be called on dataclass instances", fn)
}

func dataclassModule() map[string]starlark.Value {
	out := map[string]starlark.Value{}
	for name, f := range map[string]builtinFn{"dataclass": dataclassFn, "field": fieldFn, "asdict": asdictFn, "astuple": astupleFn,
		"fields": one1("fields", func(v starlark.Value) (starlark.Value, error) {
			list, _, err := fieldsOf("fields", v)
			t := make(starlark.Tuple, len(list))
			for i, f := range list {
				t[i] = f
			}
			return t, err
		}),
		"replace": replaceFn,
		"is_dataclass": one1("is_dataclass", func(v starlark.Value) (starlark.Value, error) {
			_, _, err := fieldsOf("is_dataclass", v)
			return starlark.Bool(err == nil), nil
		})} {
		out[name] = builtin(name, f)
	}
	return out
}

func fieldFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := bind("field", args, kwargs, "default", "default_factory", "init", "repr", "hash", "compare", "metadata", "kw_only")
	if err != nil {
		return nil, err
	}
	off := func(i int) bool { return v[i] != nil && !bool(v[i].Truth()) }
	return &dataField{def: v[0], factory: v[1], noInit: off(2), noRepr: off(3), noEq: off(5)}, nil
}

// dataclassFn is @dataclass and @dataclass(order=True, …).
func dataclassFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := bind("dataclass", args, kwargs, "cls", "init", "repr", "eq", "order", "unsafe_hash", "frozen", "slots", "kw_only")
	if err != nil {
		return nil, err
	}
	has := func(i int, def bool) bool {
		if v[i] == nil {
			return def
		}
		return bool(v[i].Truth())
	}
	apply := func(cls starlark.Value) (starlark.Value, error) {
		c, ok := cls.(*Class)
		if !ok {
			return nil, raise("TypeError", "dataclass() wants a class, not '%s'", pyfmt.TypeName(cls))
		}
		return c, c.makeData(has(1, true), has(2, true), has(3, true), has(4, false), has(6, false))
	}
	if v[0] != nil {
		return apply(v[0])
	}
	return builtin("dataclass", one1("dataclass", apply)), nil
}

// makeData gives the class the methods of a data class.
func (c *Class) makeData(init, repr, eq, order, frozen bool) error {
	fields, err := c.dataFields()
	if err != nil {
		return err
	}
	add := func(name string, f func(i *Instance, args starlark.Tuple, kwargs []starlark.Tuple, st *state) (starlark.Value, error)) {
		if _, has, _ := c.dict.Get(starlark.String(name)); has {
			return
		}
		_ = c.dict.SetKey(starlark.String(name), NewGoMethod(name, func(th *starlark.Thread, self starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			i, ok := instanceOf(self)
			if !ok {
				return nil, raise("TypeError", "%s() wants an instance of %s", name, c.name)
			}
			return f(i, args, kwargs, stateOf(th))
		}))
	}
	_ = c.dict.SetKey(starlark.String(fieldsName), dataFields{list: fields})
	if init {
		add("__init__", func(i *Instance, args starlark.Tuple, kwargs []starlark.Tuple, st *state) (starlark.Value, error) {
			return starlark.None, i.initData(st, fields, args, kwargs)
		})
	}
	if repr {
		add("__repr__", func(i *Instance, _ starlark.Tuple, _ []starlark.Tuple, _ *state) (starlark.Value, error) {
			var parts []string
			for _, f := range fields {
				if v, ok, _ := i.attrs.Get(starlark.String(f.name)); ok && !f.noRepr {
					parts = append(parts, f.name+"="+pyfmt.Repr(v))
				}
			}
			return starlark.String(i.class.name + "(" + strings.Join(parts, ", ") + ")"), nil
		})
	}
	compared := func(op string) func(*Instance, starlark.Tuple, []starlark.Tuple, *state) (starlark.Value, error) {
		return func(i *Instance, args starlark.Tuple, _ []starlark.Tuple, _ *state) (starlark.Value, error) {
			o, ok := instanceOf(args[0])
			if !ok || o.class != i.class {
				return notImplemented{}, nil
			}
			r, err := compare(op, i.tuple(fields), o.tuple(fields))
			return starlark.Bool(r), err
		}
	}
	if eq {
		add("__eq__", compared("=="))
	}
	if order {
		for name, op := range map[string]string{"__lt__": "<", "__le__": "<=", "__gt__": ">", "__ge__": ">="} {
			add(name, compared(op))
		}
	}
	if frozen {
		add("__hash__", func(i *Instance, _ starlark.Tuple, _ []starlark.Tuple, _ *state) (starlark.Value, error) {
			h, err := i.tuple(fields).Hash()
			return starlark.MakeUint64(uint64(h)), err
		})
		add("__setattr__", func(_ *Instance, args starlark.Tuple, _ []starlark.Tuple, _ *state) (starlark.Value, error) {
			return nil, raise("dataclasses.FrozenInstanceError", "cannot assign to field %s", pyfmt.Repr(args[0]))
		})
	}
	return nil
}

// dataFields are those of the bases, then those that the class annotates.
func (c *Class) dataFields() ([]*dataField, error) {
	var fields []*dataField
	for k := len(c.mro) - 1; k > 0; k-- {
		if f, ok, _ := c.mro[k].dict.Get(starlark.String(fieldsName)); ok {
			fields = append(fields, f.(dataFields).list...)
		}
	}
	notes, _, _ := c.dict.Get(starlark.String(annotationsName))
	table, _ := notes.(*starlark.Dict)
	if table == nil {
		return fields, nil
	}
	for _, kv := range table.Items() {
		f := &dataField{name: string(kv[0].(starlark.String))}
		if strings.HasPrefix(pyfmt.Str(kv[1]), "ClassVar") {
			continue
		}
		v, has, _ := c.dict.Get(kv[0])
		switch v := v.(type) {
		case *dataField:
			given := *v
			given.name = f.name
			f = &given
			if f.def != nil {
				_ = c.dict.SetKey(kv[0], f.def)
			} else {
				_, _, _ = c.dict.Delete(kv[0])
			}
		case *starlark.List, *starlark.Dict, *starlark.Set:
			return nil, raise("ValueError", "mutable default %s for field %s is not allowed: use default_factory", typeOf(v), f.name)
		default:
			if has {
				f.def = v
			}
		}
		if old := fieldNamed(fields, f.name); old != nil {
			*old = *f
			continue
		}
		if f.def == nil && f.factory == nil && !f.noInit && len(fields) > 0 {
			if p := fields[len(fields)-1]; p.def != nil || p.factory != nil {
				return nil, raise("TypeError", "non-default argument '%s' follows default argument", f.name)
			}
		}
		fields = append(fields, f)
	}
	return fields, nil
}

func fieldNamed(list []*dataField, name string) *dataField {
	for _, f := range list {
		if f.name == name {
			return f
		}
	}
	return nil
}

// initData is __init__ of a data class.
func (i *Instance) initData(st *state, fields []*dataField, args starlark.Tuple, kwargs []starlark.Tuple) error {
	given := map[string]starlark.Value{}
	n := 0
	for _, f := range fields {
		if n < len(args) && !f.noInit {
			given[f.name] = args[n]
			n++
		}
	}
	if n < len(args) {
		least := 0
		for _, f := range fields {
			if f.def == nil && f.factory == nil && !f.noInit {
				least++
			}
		}
		takes := fmt.Sprint(n + 1)
		if least < n {
			takes = fmt.Sprintf("from %d to %d", least+1, n+1)
		}
		return raise("TypeError", "%s.__init__() takes %s positional arguments but %d were given", i.class.name, takes, len(args)+1)
	}
	for _, kv := range kwargs {
		name := string(kv[0].(starlark.String))
		f := fieldNamed(fields, name)
		if f == nil || f.noInit {
			var names []string
			for _, f := range fields {
				names = append(names, f.name)
			}
			return &pyrt.Error{Class: "TypeError", Field: name, Msg: i.class.name + ".__init__() got an unexpected keyword argument '" + name + "'" + pyrt.DidYouMean(name, names)}
		}
		if given[name] != nil {
			return &pyrt.Error{Class: "TypeError", Field: name, Msg: i.class.name + ".__init__() got multiple values for argument '" + name + "'"}
		}
		given[name] = kv[1]
	}
	var missing []string
	for _, f := range fields {
		v := given[f.name]
		if v == nil && f.factory != nil {
			var err error
			if v, err = st.call(f.factory, nil, nil); err != nil {
				return err
			}
		}
		if v == nil {
			v = f.def
		}
		if v == nil {
			if !f.noInit {
				missing = append(missing, f.name)
			}
			continue
		}
		if err := i.attrs.SetKey(starlark.String(f.name), v); err != nil {
			return err
		}
	}
	if missing != nil {
		return raise("TypeError", "%s.__init__() missing %d required positional argument%s: %s", i.class.name, len(missing), plural(len(missing)), quoteNames(missing))
	}
	if post := i.class.find("__post_init__"); post != nil {
		_, err := st.call(i.bind(post), nil, nil)
		return err
	}
	return nil
}

// tuple is the values of the fields that are compared.
func (i *Instance) tuple(fields []*dataField) starlark.Tuple {
	var t starlark.Tuple
	for _, f := range fields {
		if v, ok, _ := i.attrs.Get(starlark.String(f.name)); ok && !f.noEq {
			t = append(t, v)
		}
	}
	return t
}
