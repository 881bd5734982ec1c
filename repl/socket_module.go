package repl

import (
	"slices"

	"go.starlark.net/starlark"
)

// socketModule is `import socket`: Python's constants and real kernel sockets in
// the session's network namespace.
type socketModule struct{ frozenValue }

func (socketModule) String() string        { return "<module 'socket'>" }
func (socketModule) Type() string          { return "module" }
func (socketModule) Name() string          { return "socket" }
func (socketModule) Hash() (uint32, error) { return starlark.String("socket").Hash() }

// Attr is a constant or the constructor.
func (socketModule) Attr(name string) (starlark.Value, error) {
	if n, ok := socketConstants[name]; ok {
		return starlark.MakeInt(n), nil
	}
	if name == "socket" {
		return function{b: &builtin{Sig: "socket(family=2, type=1, proto=0)", Doc: "A real kernel socket where the session's packets leave from.",
			Run: func(c *call) (starlark.Value, error) { return c.newSocket(shell().namespace()) }}}, nil
	}
	return nil, nil
}

// AttrNames are the constants and the constructor.
func (socketModule) AttrNames() []string {
	out := []string{"socket"}
	for n := range socketConstants {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
