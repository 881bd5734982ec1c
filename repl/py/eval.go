package py

import (
	"strings"

	"go.starlark.net/starlark"
)

// eval is eval(text, globals=None, locals=None): the value of one expression.
// Without tables it sees the variables of the function that called it.
func (in *Interp) eval(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("eval", args, kwargs, "source!", "globals", "locals")
	if err != nil {
		return nil, err
	}
	text, err := sourceText("eval", vals[0])
	if err != nil {
		return nil, err
	}
	src := newSource("<eval>", strings.TrimLeft(text, " \t"))
	x, err := parseExpr(src)
	if err != nil {
		return nil, err
	}
	fs, err := resolveExpr(src, x)
	if err != nil {
		return nil, err
	}
	tab, _, err := in.tables(th, vals[1], vals[2])
	if err != nil {
		return nil, err
	}
	c := &compiler{in: in, src: src, tab: tab}
	return stateOf(th).runUnit(c.expression(fs, x))
}

// exec is exec(text, globals=None, locals=None): the statements of text. What
// they assign goes to the table given, or to the globals.
func (in *Interp) exec(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	vals, err := bind("exec", args, kwargs, "source!", "globals", "locals")
	if err != nil {
		return nil, err
	}
	text, err := sourceText("exec", vals[0])
	if err != nil {
		return nil, err
	}
	src := newSource("<exec>", text)
	body, err := parseFile(src)
	if err != nil {
		return nil, err
	}
	fs, err := resolveModule(src, body)
	if err != nil {
		return nil, err
	}
	tab, back, err := in.tables(th, vals[1], vals[2])
	if err != nil {
		return nil, err
	}
	c := &compiler{in: in, src: src, tab: tab}
	_, err = stateOf(th).runUnit(c.program(fs, body))
	if back != nil {
		for _, n := range tab.own() {
			if n == "__name__" {
				continue
			}
			if serr := back.SetKey(starlark.String(n), tab.cells[n].v); serr != nil && err == nil {
				err = serr
			}
		}
	}
	return starlark.None, err
}

func sourceText(fn string, v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return string(v), nil
	case starlark.Bytes:
		return string(v), nil
	}
	return "", raise("TypeError", "%s() arg 1 must be a string or bytes", fn)
}

// tables makes the table of names for eval and exec, and says which dict takes
// what is assigned; nil if it goes to the globals themselves.
func (in *Interp) tables(th *starlark.Thread, g, l starlark.Value) (*globals, starlark.HasSetKey, error) {
	given := func(v starlark.Value) bool { return v != nil && v != starlark.None }
	if !given(g) && !given(l) {
		tab := in.globalsOf(th)
		vars := localVars(stateOf(th).top)
		if vars == nil {
			return tab, nil, nil
		}
		local := newGlobals(predeclared{})
		local.outer = tab
		for n, v := range vars {
			local.cells[n] = &gcell{v: v}
		}
		return local, nil, nil
	}
	if d, ok := g.(globalsDict); ok && !given(l) {
		return d.g, nil, nil
	}
	tab := newGlobals(in.main.pre)
	var back starlark.HasSetKey
	for _, v := range []starlark.Value{g, l} {
		if !given(v) {
			continue
		}
		m, ok := v.(starlark.IterableMapping)
		if !ok {
			return nil, nil, raise("TypeError", "the names for eval and exec must be in a dict, not '%s'", typeName(v))
		}
		for _, kv := range m.Items() {
			if s, ok := kv[0].(starlark.String); ok {
				tab.cell(string(s)).v = kv[1]
			}
		}
		back, _ = v.(starlark.HasSetKey)
	}
	return tab, back, nil
}
