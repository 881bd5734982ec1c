package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
)

// managed is a value with __enter__ and __exit__ made of Go functions.
type managed struct {
	marked
	what  string
	enter func(th *starlark.Thread) (starlark.Value, error)
	exit  func(th *starlark.Thread, e *Exception) (swallow bool, err error)
}

func (m *managed) String() string { return "<" + m.what + " object>" }
func (m *managed) Type() string   { return m.what }

// Attr is __enter__ and __exit__.
func (m *managed) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__enter__":
		return builtin(name, func(th *starlark.Thread, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return m.enter(th)
		}), nil
	case "__exit__":
		return builtin(name, func(th *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			var e *Exception
			if len(args) > 1 {
				e, _ = args[1].(*Exception)
			}
			swallow, err := m.exit(th, e)
			return starlark.Bool(swallow), err
		}), nil
	}
	return nil, nil
}

// AttrNames implements starlark.HasAttrs.
func (m *managed) AttrNames() []string { return []string{"__enter__", "__exit__"} }

// contextModule is module contextlib.
func contextModule() map[string]starlark.Value {
	return map[string]starlark.Value{
		"contextmanager": builtin("contextmanager", one1("contextmanager", contextManager)),
		"suppress": builtin("suppress", func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			classes := append(starlark.Tuple{}, args...)
			return &managed{what: "suppress",
				enter: func(*starlark.Thread) (starlark.Value, error) { return starlark.None, nil },
				exit: func(_ *starlark.Thread, e *Exception) (bool, error) {
					if e == nil {
						return false, nil
					}
					return e.matches(classes)
				}}, nil
		}),
		"closing": builtin("closing", one1("closing", func(v starlark.Value) (starlark.Value, error) {
			return &managed{what: "closing",
				enter: func(*starlark.Thread) (starlark.Value, error) { return v, nil },
				exit: func(th *starlark.Thread, _ *Exception) (bool, error) {
					f, err := getAttr(v, "close")
					if err == nil {
						_, err = stateOf(th).call(f, nil, nil)
					}
					return false, err
				}}, nil
		})),
		"nullcontext": builtin("nullcontext", func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			v := starlark.Value(starlark.None)
			if len(args) > 0 {
				v = args[0]
			}
			return &managed{what: "nullcontext",
				enter: func(*starlark.Thread) (starlark.Value, error) { return v, nil },
				exit:  func(*starlark.Thread, *Exception) (bool, error) { return false, nil }}, nil
		}),
	}
}

// contextManager is @contextmanager: the generator's value is entered with, and what
// is raised inside of the with is raised at its yield.
func contextManager(fn starlark.Value) (starlark.Value, error) {
	name := "contextmanager"
	if c, ok := fn.(starlark.Callable); ok {
		name = c.Name()
	}
	return builtin(name, func(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := stateOf(th).call(fn, args, kwargs)
		if err != nil {
			return nil, err
		}
		g, ok := v.(*Generator)
		if !ok {
			return nil, raise("TypeError", "%s() is no generator: @contextmanager wants a function with yield, not one that gives %s", name, pyfmt.Repr(v))
		}
		return &managed{what: "_GeneratorContextManager",
			enter: func(*starlark.Thread) (starlark.Value, error) {
				v, err := g.PyNext()
				if v == nil && err == nil {
					err = raise("RuntimeError", "generator didn't yield")
				}
				return v, err
			},
			exit: func(_ *starlark.Thread, e *Exception) (bool, error) {
				s := sent{v: starlark.None}
				if e != nil {
					s.err = e
				}
				v, err := g.co.next(s)
				switch {
				case v != nil:
					return false, raise("RuntimeError", "generator didn't stop")
				case e != nil && err == error(e):
					return false, nil // not handled: the with raises it again
				}
				return e != nil && err == nil, err
			}}, nil
	}), nil
}

// abcModule is module abc.
func (in *Interp) abcModule() map[string]starlark.Value {
	abc := &Class{name: "ABC", in: in, dict: starlark.NewDict(0)}
	abc.mro = []*Class{abc}
	return map[string]starlark.Value{"ABC": abc, "ABCMeta": typeNamed("ABCMeta"),
		"abstractmethod": builtin("abstractmethod", one1("abstractmethod", func(v starlark.Value) (starlark.Value, error) { return abstractMethod{marked{v}}, nil }))}
}

// form is a name of module typing, which only annotations use.
type form struct {
	marked
	name string
}

func (f form) String() string { return "typing." + f.name }
func (f form) Type() string   { return "typing" }

// Get is List[int].
func (f form) Get(starlark.Value) (starlark.Value, bool, error) { return f, true, nil }

// typingModule is module typing.
func typingModule() map[string]starlark.Value {
	out := map[string]starlark.Value{"TYPE_CHECKING": starlark.False,
		"cast": builtin("cast", func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := want("cast", args, kwargs, 2, 2); err != nil {
				return nil, err
			}
			return args[1], nil
		}),
		"TypeVar": builtin("TypeVar", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return form{name: "TypeVar"}, nil
		}),
		"overload": builtin("overload", one1("overload", func(v starlark.Value) (starlark.Value, error) { return v, nil })),
	}
	for _, name := range []string{"Any", "Callable", "ClassVar", "DefaultDict", "Deque", "Dict", "Final", "FrozenSet", "Generator", "Iterable", "Iterator", "List", "Literal", "Mapping", "NoReturn", "Optional", "Sequence", "Set", "Text", "Tuple", "Type", "Union"} {
		out[name] = form{name: name}
	}
	return out
}
