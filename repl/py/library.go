package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// absent is what name, which nothing defines, is in the host's library; else the NameError.
func (in *Interp) absent(tab *globals, name string) (starlark.Value, error) {
	v, err := in.fromLibrary(name)
	if v == nil && err == nil {
		err = in.undefined(tab, name)
	}
	return v, err
}

// fromLibrary is name as a text of the host's has it, which runs when it is first
// wanted; nil if there is none.
func (in *Interp) fromLibrary(name string) (starlark.Value, error) {
	if in.opts.Library == nil {
		return nil, nil
	}
	file, text := in.opts.Library(name)
	if text == "" {
		return nil, nil
	}
	m := in.loaded["<"+file+">"]
	if m == nil {
		_, err := in.reenter(func(st *state) (starlark.Value, error) {
			var err error
			m, err = st.runModule("<"+file+">", file, newSource("<"+file+">", text))
			return m, err
		})
		if err != nil {
			return nil, err
		}
	}
	v := m.get(name)
	if v == nil {
		return nil, pyrt.Errorf("InternalError", "%s.py has no %s", file, name)
	}
	return v, nil
}
