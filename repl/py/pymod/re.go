package pymod

import (
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

var (
	patternClass = &class{name: "re.Pattern", is: func(v starlark.Value) bool { _, ok := v.(*pattern); return ok }}
	matchClass   = &class{name: "re.Match", is: func(v starlark.Value) bool { _, ok := v.(*match); return ok }}
)

// reMethods are the methods of patterns. Those of the same name in the module
// take the pattern first and flags last.
var reMethods methodTable[*pattern]

func init() {
	one := func(mode reMode) func(p *pattern, a *args) (starlark.Value, error) {
		return func(p *pattern, a *args) (starlark.Value, error) {
			s, pos, end, err := p.region(a)
			if err != nil {
				return nil, err
			}
			if pos > end {
				return starlark.None, nil
			}
			loc, err := p.find(s, mode, pos, end)
			if err != nil {
				return nil, err
			}
			return newMatch(p, s, loc, pos, end), nil
		}
	}
	reMethods = methodTable[*pattern]{
		"search":    one(reSearch),
		"match":     one(reAtPos),
		"fullmatch": one(reWhole),
		"findall":   reFindall,
		"finditer":  reFinditer,
		"split":     reSplit,
		"sub": func(p *pattern, a *args) (starlark.Value, error) {
			v, _, err := reSub(p, a)
			return v, err
		},
		"subn": func(p *pattern, a *args) (starlark.Value, error) {
			v, n, err := reSub(p, a)
			return starlark.Tuple{v, integer(n)}, err
		},
	}
}

func reModule() *Module {
	d := starlark.StringDict{"Pattern": patternClass, "Match": matchClass}
	for _, f := range []struct {
		short, long string
		bit         int
	}{{"I", "IGNORECASE", reIgnoreCase}, {"M", "MULTILINE", reMultiline}, {"S", "DOTALL", reDotAll}, {"X", "VERBOSE", reVerbose},
		{"A", "ASCII", reASCII}, {"U", "UNICODE", reUnicode}, {"L", "LOCALE", reLocale}, {"NOFLAG", "NOFLAG", 0}} {
		d[f.short], d[f.long] = integer(f.bit), integer(f.bit)
	}
	for name, extra := range map[string][]string{"search": nil, "match": nil, "fullmatch": nil, "findall": nil, "finditer": nil,
		"split": {"maxsplit"}, "sub": {"count"}, "subn": {"count"}} {
		d[name] = reFunction(name, extra)
	}
	d["compile"] = fn("compile", func(a *args) (starlark.Value, error) {
		v, err := a.bind("pattern!", "flags")
		if err != nil {
			return nil, err
		}
		flags, err := intOr(v[1], 0)
		if err != nil {
			return nil, err
		}
		return toValue(compileRegex(v[0], flags))
	})
	d["escape"] = fn("escape", reEscape)
	d["purge"] = fn("purge", func(a *args) (starlark.Value, error) {
		rePatterns.Lock()
		defer rePatterns.Unlock()
		clear(rePatterns.m)
		return starlark.None, a.none()
	})
	return newModule("re", d)
}

// toValue lets a typed result be returned as a Value.
func toValue[T starlark.Value](v T, err error) (starlark.Value, error) {
	if err != nil {
		return nil, err
	}
	return v, nil
}

// reFunction is the module's function for a method of patterns.
func reFunction(name string, extra []string) starlark.Value {
	names := []string{"pattern!"}
	if strings.HasPrefix(name, "sub") {
		names = append(names, "repl!")
	}
	names = append(append(append(names, "string!"), extra...), "flags")
	return fn(name, func(a *args) (starlark.Value, error) {
		v, err := a.bind(names...)
		if err != nil {
			return nil, err
		}
		flags, err := intOr(v[len(v)-1], 0)
		if err != nil {
			return nil, err
		}
		p, err := compileRegex(v[0], flags)
		if err != nil {
			return nil, err
		}
		rest := v[1 : len(v)-1]
		for len(rest) > 0 && rest[len(rest)-1] == nil {
			rest = rest[:len(rest)-1]
		}
		return reMethods[name](p, &args{th: a.th, name: name, pos: rest})
	})
}

// region reads (string, pos, endpos) as byte offsets.
func (p *pattern) region(a *args) (s *subject, pos, end int, err error) {
	v, err := a.bind("string!", "pos", "endpos")
	if err != nil {
		return nil, 0, 0, err
	}
	if s, err = newSubject(p, v[0]); err != nil {
		return nil, 0, 0, err
	}
	if pos, err = intOr(v[1], 0); err != nil {
		return nil, 0, 0, err
	}
	if end, err = intOr(v[2], s.size); err != nil {
		return nil, 0, 0, err
	}
	return s, s.offset(pos), s.offset(end), nil
}

// found is an element of what findall gives: the match, its only group, or all
// groups.
func (p *pattern) found(s *subject, loc []int) starlark.Value {
	text := func(i int) starlark.Value {
		if loc[2*i] < 0 {
			return s.part(0, 0)
		}
		return s.part(loc[2*i], loc[2*i+1])
	}
	switch n := len(p.t.names) - 1; n {
	case 0, 1:
		return text(n)
	default:
		t := make(starlark.Tuple, n)
		for i := range t {
			t[i] = text(i + 1)
		}
		return t
	}
}

func reFindall(p *pattern, a *args) (starlark.Value, error) {
	s, pos, end, err := p.region(a)
	if err != nil {
		return nil, err
	}
	out := list(nil)
	err = p.each(s, pos, end, func(loc []int) (bool, error) { return true, out.Append(p.found(s, loc)) })
	return out, err
}

func reFinditer(p *pattern, a *args) (starlark.Value, error) {
	s, pos, end, err := p.region(a)
	if err != nil {
		return nil, err
	}
	at := pos
	return pyrt.NewLazy("callable_iterator", func() (v starlark.Value, err error) {
		err = p.each(s, at, end, func(loc []int) (bool, error) {
			v = newMatch(p, s, loc, pos, end)
			return false, nil
		})
		if m, ok := v.(*match); ok {
			at = m.loc[1]
			if m.loc[0] == m.loc[1] {
				at = s.next(at)
			}
		}
		return v, err
	}), nil
}

func reSplit(p *pattern, a *args) (starlark.Value, error) {
	v, err := a.bind("string!", "maxsplit")
	if err != nil {
		return nil, err
	}
	s, err := newSubject(p, v[0])
	if err != nil {
		return nil, err
	}
	limit, err := intOr(v[1], 0)
	if err != nil {
		return nil, err
	}
	var out []starlark.Value
	last, n := 0, 0
	if limit >= 0 {
		err = p.each(s, 0, len(s.s), func(loc []int) (bool, error) {
			out = append(out, s.part(last, loc[0]))
			for g := 1; g < len(p.t.names); g++ {
				if loc[2*g] < 0 {
					out = append(out, starlark.None)
				} else {
					out = append(out, s.part(loc[2*g], loc[2*g+1]))
				}
			}
			last = loc[1]
			n++
			return limit == 0 || n < limit, nil
		})
	}
	return list(append(out, s.part(last, len(s.s)))), err
}

// reSub replaces matches by a template or by what a function makes of them.
func reSub(p *pattern, a *args) (starlark.Value, int, error) {
	v, err := a.bind("repl!", "string!", "count")
	if err != nil {
		return nil, 0, err
	}
	s, err := newSubject(p, v[1])
	if err != nil {
		return nil, 0, err
	}
	limit, err := intOr(v[2], 0)
	if err != nil {
		return nil, 0, err
	}
	call, isCall := v[0].(starlark.Callable)
	var t template
	if !isCall {
		if t, err = p.template(v[0]); err != nil {
			return nil, 0, err
		}
	}
	var b strings.Builder
	last, n := 0, 0
	err = p.each(s, 0, len(s.s), func(loc []int) (bool, error) {
		if limit > 0 && n >= limit || limit < 0 {
			return false, nil
		}
		b.WriteString(s.s[last:loc[0]])
		last = loc[1]
		n++
		m := &match{noHash{"Match"}, p, s, loc, 0, len(s.s)}
		if !isCall {
			b.WriteString(t.expand(m))
			return true, nil
		}
		r, err := pymeth.Call(a.th, call, m)
		if err != nil {
			return false, err
		}
		text, err := s.unwrap(r)
		b.WriteString(text)
		return true, err
	})
	if n == 0 {
		return s.val, 0, err
	}
	b.WriteString(s.s[last:])
	return s.wrap(b.String()), n, err
}

// reEscape puts a backslash before what is special in a pattern.
func reEscape(a *args) (starlark.Value, error) {
	v, err := a.bind("pattern!")
	if err != nil {
		return nil, err
	}
	s, isStr := v[0].(starlark.String)
	if !isStr {
		b, err := pymeth.BytesValue(v[0])
		if err != nil {
			return nil, err
		}
		s = starlark.String(b)
	}
	var b strings.Builder
	for i := range len(s) {
		if strings.IndexByte("()[]{}?*+-|^$\\.&~# \t\n\r\v\f", s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	if isStr {
		return starlark.String(b.String()), nil
	}
	return starlark.Bytes(b.String()), nil
}
