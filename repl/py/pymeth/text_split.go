package pymeth

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

func splitter(fromRight bool) method {
	return func(c *call) (starlark.Value, error) {
		a, err := c.bind("sep", "maxsplit")
		if err != nil {
			return nil, err
		}
		t := c.text()
		limit := -1
		if a[1] != nil {
			if limit, err = Index(a[1]); err != nil {
				return nil, err
			}
		}
		if limit < 0 {
			limit = math.MaxInt
		}
		if a[0] == nil || a[0] == starlark.None {
			return t.wrapAll(t.fields(limit, fromRight)), nil
		}
		sep, ok := t.accept(a[0])
		switch {
		case !ok && t.isStr:
			return nil, pyrt.Errorf("TypeError", "must be str or None, not %s", pyfmt.TypeName(a[0]))
		case !ok:
			return nil, pyrt.Errorf("TypeError", "a bytes-like object is required, not '%s'", pyfmt.TypeName(a[0]))
		case sep == "":
			return nil, pyrt.Errorf("ValueError", "empty separator")
		}
		if fromRight {
			return t.wrapAll(rsplit(t.s, sep, limit)), nil
		}
		if limit < math.MaxInt {
			limit++
		}
		return t.wrapAll(strings.SplitN(t.s, sep, limit)), nil
	}
}

func rsplit(s, sep string, limit int) []string {
	var parts []string
	for ; limit > 0; limit-- {
		i := strings.LastIndex(s, sep)
		if i < 0 {
			break
		}
		parts = append(parts, s[i+len(sep):])
		s = s[:i]
	}
	parts = append(parts, s)
	slices.Reverse(parts)
	return parts
}

// fields splits at runs of white space; the rest after limit splits keeps its own.
func (t text) fields(limit int, fromRight bool) []string {
	space := t.spaceFunc()
	var parts []string
	s := t.s
	if fromRight {
		for s = strings.TrimRightFunc(s, space); s != ""; s = strings.TrimRightFunc(s, space) {
			i := strings.LastIndexFunc(s, space)
			if i < 0 || limit == 0 {
				parts = append(parts, s)
				break
			}
			n := lastLen(s[:i+firstLen(s[i:], t.isStr)], t.isStr)
			parts = append(parts, s[i+n:])
			s = s[:i]
			limit--
		}
		slices.Reverse(parts)
		return parts
	}
	for s = strings.TrimLeftFunc(s, space); s != ""; s = strings.TrimLeftFunc(s, space) {
		i := strings.IndexFunc(s, space)
		if i < 0 || limit == 0 {
			parts = append(parts, s)
			break
		}
		parts = append(parts, s[:i])
		s = s[i:]
		limit--
	}
	return parts
}

// lineEnd is the length of the line break at the start of s, 0 if there is none.
func (t text) lineEnd(s string) int {
	switch s[0] {
	case '\r':
		if len(s) > 1 && s[1] == '\n' {
			return 2
		}
		return 1
	case '\n':
		return 1
	}
	if !t.isStr {
		return 0
	}
	switch r, n := utf8.DecodeRuneInString(s); r {
	case '\v', '\f', 0x1c, 0x1d, 0x1e, 0x85, 0x2028, 0x2029:
		return n
	}
	return 0
}

func textSplitlines(c *call) (starlark.Value, error) {
	a, err := c.bind("keepends")
	if err != nil {
		return nil, err
	}
	keep := a[0] != nil && bool(a[0].Truth())
	t := c.text()
	var lines []string
	start := 0
	for i := 0; i < len(t.s); {
		n := t.lineEnd(t.s[i:])
		if n == 0 {
			i++
			continue
		}
		end := i
		if keep {
			end += n
		}
		lines = append(lines, t.s[start:end])
		i += n
		start = i
	}
	if start < len(t.s) {
		lines = append(lines, t.s[start:])
	}
	return t.wrapAll(lines), nil
}

func partitioner(fromRight bool) method {
	return func(c *call) (starlark.Value, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		t := c.text()
		sep, err := c.like(t, v, 0)
		if err != nil {
			return nil, err
		}
		if sep == "" {
			return nil, pyrt.Errorf("ValueError", "empty separator")
		}
		find := strings.Index
		if fromRight {
			find = strings.LastIndex
		}
		i := find(t.s, sep)
		switch {
		case i >= 0:
			return starlark.Tuple{t.wrap(t.s[:i]), t.wrap(sep), t.wrap(t.s[i+len(sep):])}, nil
		case fromRight:
			return starlark.Tuple{t.wrap(""), t.wrap(""), t.wrap(t.s)}, nil
		}
		return starlark.Tuple{t.wrap(t.s), t.wrap(""), t.wrap("")}, nil
	}
}

// maxPad is the widest result that padding makes; see pyfmt for the same limit.
const maxPad = 1 << 26

func padder(left, right bool) method {
	return func(c *call) (starlark.Value, error) {
		if err := c.between(1, 2); err != nil {
			return nil, err
		}
		t := c.text()
		width, err := Index(c.args[0])
		if err != nil {
			return nil, err
		}
		fill := " "
		if v := c.arg(1); v != nil {
			s, ok := t.accept(v)
			switch {
			case !ok && t.isStr:
				return nil, pyrt.Errorf("TypeError", "The fill character must be a unicode character, not %s", pyfmt.TypeName(v))
			case t.isStr && utf8.RuneCountInString(s) != 1:
				return nil, pyrt.Errorf("TypeError", "The fill character must be exactly one character long")
			case !ok || !t.isStr && len(s) != 1:
				return nil, pyrt.Errorf("TypeError", "%s() argument 2 must be a byte string of length 1, not %s", c.name, argType(v))
			}
			fill = s
		}
		n := width - t.len()
		if n <= 0 {
			return c.recv, nil
		}
		if n > maxPad {
			return nil, pyrt.Errorf("MemoryError", "")
		}
		l, r := 0, 0
		switch {
		case left && right: // CPython's rounding: the odd one goes left for odd widths
			l = n/2 + (n & width & 1)
			r = n - l
		case left:
			l = n
		default:
			r = n
		}
		return t.wrap(strings.Repeat(fill, l) + t.s + strings.Repeat(fill, r)), nil
	}
}

func textZfill(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	width, err := Index(v)
	if err != nil {
		return nil, err
	}
	t := c.text()
	n := width - t.len()
	if n <= 0 {
		return c.recv, nil
	}
	if n > maxPad {
		return nil, pyrt.Errorf("MemoryError", "")
	}
	sign, rest := "", t.s
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		sign, rest = rest[:1], rest[1:]
	}
	return t.wrap(sign + strings.Repeat("0", n) + rest), nil
}

func textExpandtabs(c *call) (starlark.Value, error) {
	a, err := c.bind("tabsize")
	if err != nil {
		return nil, err
	}
	size := 8
	if a[0] != nil {
		if size, err = Index(a[0]); err != nil {
			return nil, err
		}
	}
	if size > 1<<16 {
		return nil, pyrt.Errorf("OverflowError", "result too long")
	}
	t := c.text()
	var b strings.Builder
	col := 0
	for _, e := range t.elems() {
		switch e {
		case "\t":
			if size > 0 {
				n := size - col%size
				b.WriteString(strings.Repeat(" ", n))
				col += n
			}
			continue
		case "\n", "\r":
			col = -1
		}
		col++
		b.WriteString(e)
	}
	return t.wrap(b.String()), nil
}
