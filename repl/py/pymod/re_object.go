package pymod

import (
	"fmt"
	"slices"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// match is a match object, re.Match.
type match struct {
	noHash
	p        *pattern
	s        *subject
	loc      []int // byte offsets, two per group, -1 for one that took no part
	pos, end int   // byte offsets of what was searched
}

var (
	_ starlark.HasAttrs = (*match)(nil)
	_ starlark.Mapping  = (*match)(nil)
	_ pyrt.Reprer       = (*match)(nil)
	_ starlark.HasAttrs = (*pattern)(nil)
	_ pyrt.Reprer       = (*pattern)(nil)
)

func newMatch(p *pattern, s *subject, loc []int, pos, end int) starlark.Value {
	if loc == nil {
		return starlark.None
	}
	return &match{noHash{"Match"}, p, s, loc, pos, end}
}

func (m *match) String() string { return m.PyRepr() }

// PyRepr is <re.Match object; span=(0, 1), match='a'>.
func (m *match) PyRepr() string {
	return fmt.Sprintf("<re.Match object; span=(%d, %d), match=%s>", m.s.index(m.loc[0]), m.s.index(m.loc[1]), pyfmt.Repr(m.group(0, nil)))
}

// group is the text of group i, def if it took no part.
func (m *match) group(i int, def starlark.Value) starlark.Value {
	if m.loc[2*i] < 0 {
		return def
	}
	return m.s.part(m.loc[2*i], m.loc[2*i+1])
}

// number is the group that v, a number or a name, means.
func (m *match) number(v starlark.Value) (int, error) {
	if name, ok := v.(starlark.String); ok {
		if i := slices.Index(m.p.t.names, string(name)); i > 0 {
			return i, nil
		}
	} else if i, err := pymeth.IntValue(v); err == nil {
		if n, ok := i.Int64(); ok && n >= 0 && n < int64(len(m.p.t.names)) {
			return int(n), nil
		}
	}
	return 0, pyrt.Errorf("IndexError", "no such group")
}

// Get is m[group].
func (m *match) Get(k starlark.Value) (starlark.Value, bool, error) {
	i, err := m.number(k)
	if err != nil {
		return nil, false, err
	}
	return m.group(i, starlark.None), true, nil
}

// last is the group that was closed last, 0 if none was.
func (m *match) last() int {
	last := 0
	for g := 1; g < len(m.p.t.names); g++ {
		if m.loc[2*g] < 0 {
			continue
		}
		inside := false
		for up := m.p.t.parent[g]; up > 0; up = m.p.t.parent[up] {
			inside = inside || up == last
		}
		if last == 0 || m.loc[2*g+1] >= m.loc[2*last+1] && !inside {
			last = g
		}
	}
	return last
}

// Attr is a property or a method.
func (m *match) Attr(name string) (starlark.Value, error) {
	switch name {
	case "string":
		return m.s.val, nil
	case "re":
		return m.p, nil
	case "pos":
		return integer(m.s.index(m.pos)), nil
	case "endpos":
		return integer(m.s.index(m.end)), nil
	case "lastindex":
		if n := m.last(); n > 0 {
			return integer(n), nil
		}
		return starlark.None, nil
	case "lastgroup":
		if s := m.p.t.names[m.last()]; s != "" {
			return starlark.String(s), nil
		}
		return starlark.None, nil
	}
	return matchMethods.bind(m, name), nil
}

// AttrNames lists the attributes, sorted.
func (m *match) AttrNames() []string {
	return slices.Sorted(slices.Values(append(sortedKeys(matchMethods), "endpos", "lastgroup", "lastindex", "pos", "re", "string")))
}

var matchMethods = methodTable[*match]{
	"group": func(m *match, a *args) (starlark.Value, error) {
		if len(a.pos) == 0 {
			return m.group(0, starlark.None), nil
		}
		out := make(starlark.Tuple, len(a.pos))
		for i, v := range a.pos {
			n, err := m.number(v)
			if err != nil {
				return nil, err
			}
			out[i] = m.group(n, starlark.None)
		}
		if len(out) == 1 {
			return out[0], nil
		}
		return out, nil
	},
	"groups": func(m *match, a *args) (starlark.Value, error) {
		v, err := a.bind("default")
		if err != nil {
			return nil, err
		}
		if v[0] == nil {
			v[0] = starlark.None
		}
		out := make(starlark.Tuple, len(m.p.t.names)-1)
		for i := range out {
			out[i] = m.group(i+1, v[0])
		}
		return out, nil
	},
	"groupdict": func(m *match, a *args) (starlark.Value, error) {
		v, err := a.bind("default")
		if err != nil {
			return nil, err
		}
		if v[0] == nil {
			v[0] = starlark.None
		}
		d := starlark.NewDict(4)
		for i, name := range m.p.t.names {
			if name != "" {
				if err := d.SetKey(starlark.String(name), m.group(i, v[0])); err != nil {
					return nil, err
				}
			}
		}
		return d, nil
	},
	"start": func(m *match, a *args) (starlark.Value, error) { s, _, err := m.span(a); return integer(s), err },
	"end":   func(m *match, a *args) (starlark.Value, error) { _, e, err := m.span(a); return integer(e), err },
	"span": func(m *match, a *args) (starlark.Value, error) {
		s, e, err := m.span(a)
		return starlark.Tuple{integer(s), integer(e)}, err
	},
	"expand": func(m *match, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		t, err := m.p.template(v[0])
		if err != nil {
			return nil, err
		}
		return m.s.wrap(t.expand(m)), nil
	},
}

// span is where the group that a names is, in Python's count.
func (m *match) span(a *args) (start, end int, err error) {
	v, err := a.bind("group")
	if err != nil {
		return 0, 0, err
	}
	n := 0
	if v[0] != nil {
		if n, err = m.number(v[0]); err != nil {
			return 0, 0, err
		}
	}
	return m.s.index(m.loc[2*n]), m.s.index(m.loc[2*n+1]), nil
}

func (p *pattern) String() string       { return p.PyRepr() }
func (p *pattern) Type() string         { return "Pattern" }
func (p *pattern) Freeze()              {}
func (p *pattern) Truth() starlark.Bool { return true }

// Hash goes by identity: equal patterns are one, as they are cached.
func (p *pattern) Hash() (uint32, error) { return p.src.Hash() }

// PyRepr is re.compile('a', re.IGNORECASE).
func (p *pattern) PyRepr() string {
	s := "re.compile(" + pyfmt.Repr(p.src)
	sep := ", "
	for _, f := range []struct {
		bit  int
		name string
	}{{reIgnoreCase, "IGNORECASE"}, {reMultiline, "MULTILINE"}, {reDotAll, "DOTALL"}, {reVerbose, "VERBOSE"}, {reASCII, "ASCII"}} {
		if p.t.flags&f.bit != 0 {
			s += sep + "re." + f.name
			sep = "|"
		}
	}
	return s + ")"
}

// Attr is a property or a method.
func (p *pattern) Attr(name string) (starlark.Value, error) {
	switch name {
	case "pattern":
		return p.src, nil
	case "flags":
		return integer(p.t.flags), nil
	case "groups":
		return integer(len(p.t.names) - 1), nil
	case "groupindex":
		d := starlark.NewDict(4)
		for i, n := range p.t.names {
			if n != "" {
				if err := d.SetKey(starlark.String(n), integer(i)); err != nil {
					return nil, err
				}
			}
		}
		return d, nil
	}
	f := reMethods[name]
	if f == nil {
		return nil, nil
	}
	return fn(name, func(a *args) (starlark.Value, error) { return f(p, a) }), nil
}

// AttrNames lists the attributes, sorted.
func (p *pattern) AttrNames() []string {
	return slices.Sorted(slices.Values(append(sortedKeys(reMethods), "flags", "groupindex", "groups", "pattern")))
}
