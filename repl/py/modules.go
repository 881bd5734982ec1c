package py

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// ownModules are the modules that need the evaluator: package pymod has the others.
func (in *Interp) ownModules() map[string]starlark.Value {
	text := func(th *starlark.Thread) string {
		if st := stateOf(th); st != nil && len(st.handling) > 0 {
			return FormatError(st.handling[len(st.handling)-1], false)
		}
		return "NoneType: None\n"
	}
	mods := map[string]func() map[string]starlark.Value{
		"enum": in.enumModule, "abc": in.abcModule, "dataclasses": dataclassModule, "contextlib": contextModule, "typing": typingModule, "io": ioModule,
		"traceback": func() map[string]starlark.Value {
			return map[string]starlark.Value{
				"format_exc": builtin("format_exc", func(th *starlark.Thread, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
					return starlark.String(text(th)), nil
				}),
				"print_exc": builtin("print_exc", func(th *starlark.Thread, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
					_, err := fmt.Fprintln(pyrt.Stderr(th), strings.TrimRight(text(th), "\n"))
					return starlark.None, err
				}),
			}
		},
		"operator": func() map[string]starlark.Value {
			return map[string]starlark.Value{"itemgetter": getter("itemgetter", getItem), "attrgetter": getter("attrgetter", dottedAttr)}
		},
	}
	out := map[string]starlark.Value{}
	for name, open := range mods {
		attrs := sync.OnceValue(open)
		out[name] = &module{name: name, get: func(attr string) starlark.Value { return attrs()[attr] }, names: func() []string {
			var names []string
			for n := range attrs() {
				names = append(names, n)
			}
			slices.Sort(names)
			return names
		}}
	}
	return out
}

// getter makes operator.itemgetter and its kin: functions that give what the keys
// select, a tuple of several.
func getter(name string, get func(v, key starlark.Value) (starlark.Value, error)) starlark.Value {
	return builtin(name, func(_ *starlark.Thread, keys starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		if len(keys) == 0 {
			return nil, raise("TypeError", "%s expected at least 1 argument, got 0", name)
		}
		keys = slices.Clone(keys)
		return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			if len(args) != 1 {
				return nil, raise("TypeError", "%s expected 1 argument, got %d", name, len(args))
			}
			out := make(starlark.Tuple, len(keys))
			for i, k := range keys {
				var err error
				if out[i], err = get(args[0], k); err != nil {
					return nil, err
				}
			}
			if len(out) == 1 {
				return out[0], nil
			}
			return out, nil
		}), nil
	})
}

// dottedAttr is v.a.b for the key "a.b".
func dottedAttr(v, key starlark.Value) (starlark.Value, error) {
	s, ok := key.(starlark.String)
	if !ok {
		return nil, raise("TypeError", "attribute name must be a string")
	}
	for name := range strings.SplitSeq(string(s), ".") {
		var err error
		if v, err = getAttr(v, name); err != nil {
			return nil, err
		}
	}
	return v, nil
}
