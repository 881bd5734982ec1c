package py

import (
	"fmt"
	"hash/fnv"
	"sort"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// objectBuiltins are functions about values of any type.
var objectBuiltins = map[string]builtinFn{
	"callable": one1("callable", func(v starlark.Value) (starlark.Value, error) {
		_, ok := v.(starlark.Callable)
		return starlark.Bool(ok), nil
	}),
	"delattr":    delattrFn,
	"getattr":    getattrFn,
	"hasattr":    hasattrFn,
	"id":         one1("id", identity),
	"isinstance": isinstanceFn,
	"issubclass": issubclassFn,
	"setattr":    setattrFn,
}

func init() {
	typeMakers["object"] = func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := want("object", args, kwargs, 0, 0); err != nil {
			return nil, err
		}
		return &object{}, nil
	}
}

// object is what object() makes: a value that equals nothing but itself.
type object struct{ _ byte }

func (o *object) String() string        { return fmt.Sprintf("<object object at %p>", o) }
func (o *object) Type() string          { return "object" }
func (o *object) Freeze()               {}
func (o *object) Truth() starlark.Bool  { return true }
func (o *object) Hash() (uint32, error) { return starlark.String(fmt.Sprintf("%p", o)).Hash() }

func attrName(fn string, v starlark.Value) (string, error) {
	s, ok := v.(starlark.String)
	if !ok {
		return "", raise("TypeError", "%s: attribute name must be string, not '%s'", fn, typeName(v))
	}
	return string(s), nil
}

func getattrFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("getattr", args, kwargs, 2, 3); err != nil {
		return nil, err
	}
	name, err := attrName("getattr()", args[1])
	if err != nil {
		return nil, err
	}
	v, err := getAttr(args[0], name)
	if err != nil && len(args) == 3 && stateOf(th).exception(err).IsA("AttributeError") {
		return args[2], nil
	}
	return v, err
}

func hasattrFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("hasattr", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	name, err := attrName("hasattr()", args[1])
	if err != nil {
		return nil, err
	}
	_, err = getAttr(args[0], name)
	if err != nil && !stateOf(th).exception(err).IsA("AttributeError") {
		return nil, err
	}
	return starlark.Bool(err == nil), nil
}

func setattrFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("setattr", args, kwargs, 3, 3); err != nil {
		return nil, err
	}
	name, err := attrName("setattr()", args[1])
	if err != nil {
		return nil, err
	}
	return starlark.None, setAttr(args[0], name, args[2])
}

func delattrFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("delattr", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	name, err := attrName("delattr()", args[1])
	if err != nil {
		return nil, err
	}
	return starlark.None, delAttr(args[0], name)
}

// identity is a number that identical values share.
func identity(v starlark.Value) (starlark.Value, error) {
	h := fnv.New64a()
	switch v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Int, starlark.Float, starlark.String, starlark.Bytes, starlark.Tuple:
		fmt.Fprintf(h, "%s %s", v.Type(), pyfmt.Repr(v))
	default:
		fmt.Fprintf(h, "%T %p", v, v)
	}
	return starlark.MakeUint64(h.Sum64() >> 16), nil
}

func isinstanceFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("isinstance", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	ok, err := isInstance(args[0], args[1])
	return starlark.Bool(ok), err
}

func issubclassFn(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("issubclass", args, kwargs, 2, 2); err != nil {
		return nil, err
	}
	ok, err := isSubclass(args[0], args[1])
	return starlark.Bool(ok), err
}

// globalsOf is the table of the code that called the built-in.
func (in *Interp) globalsOf(th *starlark.Thread) *globals {
	if st := stateOf(th); st != nil && st.top != nil && st.top.code.tab != nil {
		return st.top.code.tab
	}
	return in.main
}

func (in *Interp) globalsFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("globals", args, kwargs, 0, 0); err != nil {
		return nil, err
	}
	return globalsDict{in.globalsOf(th)}, nil
}

// localVars are the variables of the running function that have a value; nil at
// the top level.
func localVars(f *frame) map[string]starlark.Value {
	if f == nil || f.code.name == "<module>" || f.code.name == "<expression>" {
		return nil
	}
	vars := map[string]starlark.Value{}
	for _, s := range f.code.symbols {
		v := f.locals[s.slot]
		if s.captured {
			v = f.cells[s.cell].v
		}
		if v != nil {
			vars[s.name] = v
		}
	}
	for i, s := range f.code.free {
		if v := f.cells[f.code.ncells+i].v; v != nil {
			vars[s.name] = v
		}
	}
	return vars
}

func (in *Interp) localsFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("locals", args, kwargs, 0, 0); err != nil {
		return nil, err
	}
	vars := localVars(stateOf(th).top)
	if vars == nil {
		return globalsDict{in.globalsOf(th)}, nil
	}
	names := make([]string, 0, len(vars))
	for n := range vars {
		names = append(names, n)
	}
	sort.Strings(names)
	d := starlark.NewDict(len(vars))
	for _, n := range names {
		_ = d.SetKey(starlark.String(n), vars[n])
	}
	return d, nil
}

func (in *Interp) vars(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("vars", args, kwargs, 0, 1); err != nil {
		return nil, err
	}
	if len(args) == 0 {
		return in.localsFn(th, nil, nil)
	}
	if i, ok := instanceOf(args[0]); ok {
		return i.attrs, nil
	}
	a, ok := args[0].(starlark.HasAttrs)
	if !ok {
		return nil, raise("TypeError", "vars() argument must have __dict__ attribute")
	}
	d := starlark.NewDict(8)
	for _, n := range a.AttrNames() {
		if v, err := a.Attr(n); err == nil && v != nil {
			if _, method := v.(*starlark.Builtin); !method {
				_ = d.SetKey(starlark.String(n), v)
			}
		}
	}
	return d, nil
}

func (in *Interp) dirFn(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := want("dir", args, kwargs, 0, 1); err != nil {
		return nil, err
	}
	var names []string
	if len(args) == 1 {
		names = attrNames(args[0])
	} else if vars := localVars(stateOf(th).top); vars != nil {
		for n := range vars {
			names = append(names, n)
		}
		sort.Strings(names)
	} else {
		names = in.globalsOf(th).own()
	}
	list := make([]starlark.Value, len(names))
	for i, n := range names {
		list[i] = starlark.String(n)
	}
	return starlark.NewList(list), nil
}

var _ pyrt.InstanceChecker = (*TypeValue)(nil)
