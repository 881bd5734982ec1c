package py

import (
	"embed"
	"strings"

	"go.starlark.net/starlark"
)

// Modules of Python's that are written in the language itself: read when a program first
// imports them.
//
//go:embed lib/*.py
var moduleTexts embed.FS

// textModule is the module of that name; nil if there is no text of it.
func (st *state) textModule(name string) (starlark.Value, error) {
	key := "<module " + name + ">"
	if m := st.in.loaded[key]; m != nil {
		return m, nil
	}
	text, err := moduleTexts.ReadFile("lib/" + name + ".py")
	if err != nil {
		return nil, nil // no such module
	}
	m, err := st.runModule(key, name, newSource(key, string(text)))
	if err != nil {
		return nil, err
	}
	return m, nil
}

// textModuleNames are their names.
func textModuleNames() []string {
	entries, err := moduleTexts.ReadDir("lib")
	if err != nil {
		panic(err) // it is part of this program
	}
	var out []string
	for _, e := range entries {
		out = append(out, strings.TrimSuffix(e.Name(), ".py"))
	}
	return out
}
