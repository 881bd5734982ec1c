package pymeth

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// text is a receiver of the methods that str and bytes share. Positions that
// callers see are elements (code points or bytes); the Go string is searched by
// byte and positions are converted at the edge.
type text struct {
	s       string
	isStr   bool
	oneByte bool // each element is one byte: bytes, or ASCII text
}

func (c *call) text() text {
	switch v := c.recv.(type) {
	case starlark.String:
		return text{string(v), true, isASCII(string(v))}
	case starlark.Bytes:
		return text{string(v), false, true}
	}
	return text{}
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wrap makes a value of the receiver's type.
func (t text) wrap(s string) starlark.Value {
	if t.isStr {
		return starlark.String(s)
	}
	return starlark.Bytes(s)
}

func (t text) wrapAll(parts []string) starlark.Value {
	l := make([]starlark.Value, len(parts))
	for i, p := range parts {
		l[i] = t.wrap(p)
	}
	return starlark.NewList(l)
}

// len is the number of elements.
func (t text) len() int {
	if t.oneByte {
		return len(t.s)
	}
	return utf8.RuneCountInString(t.s)
}

// off is the byte offset of element i.
func (t text) off(i int) int {
	if t.oneByte {
		return i
	}
	o := 0
	for ; i > 0 && o < len(t.s); i-- {
		_, n := utf8.DecodeRuneInString(t.s[o:])
		o += n
	}
	return o
}

// pos is the element at byte offset o.
func (t text) pos(o int) int {
	if t.oneByte {
		return o
	}
	return utf8.RuneCountInString(t.s[:o])
}

// elems splits the text into its elements.
func (t text) elems() []string {
	out := make([]string, 0, len(t.s))
	for s := t.s; s != ""; {
		n := 1
		if t.isStr {
			_, n = utf8.DecodeRuneInString(s)
		}
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

// accept is v as text of the receiver's type.
func (t text) accept(v starlark.Value) (string, bool) {
	if t.isStr {
		s, ok := v.(starlark.String)
		return string(s), ok
	}
	if b, err := BytesValue(v); err == nil {
		return string(b), true
	}
	return "", false
}

// like is argument v of the receiver's type; n is its number in messages.
func (c *call) like(t text, v starlark.Value, n int) (string, error) {
	if s, ok := t.accept(v); ok {
		return s, nil
	}
	if t.isStr {
		if n > 0 {
			return "", pyrt.Errorf("TypeError", "%s() argument %d must be str, not %s", c.name, n, argType(v))
		}
		return "", pyrt.Errorf("TypeError", "must be str, not %s", pyfmt.TypeName(v))
	}
	return "", pyrt.Errorf("TypeError", "a bytes-like object is required, not '%s'", pyfmt.TypeName(v))
}

// needle is the argument of find, index and count: bytes take an int too.
func (c *call) needle(t text, v starlark.Value) (string, error) {
	if s, ok := t.accept(v); ok {
		return s, nil
	}
	if t.isStr {
		return c.like(t, v, 0)
	}
	switch v.(type) {
	case starlark.Int, starlark.Bool:
		n, err := Index(v)
		if err != nil {
			return "", err
		}
		if n < 0 || n > 255 {
			return "", pyrt.Errorf("ValueError", "byte must be in range(0, 256)")
		}
		return string([]byte{byte(n)}), nil
	}
	return "", pyrt.Errorf("TypeError", "argument should be integer or bytes-like object, not '%s'", pyfmt.TypeName(v))
}

// window resolves the start and end arguments; ok is false where start lies
// beyond the end of the text, so that not even "" is found.
func (c *call) window(t text, startArg, endArg starlark.Value) (start, end int, ok bool, err error) {
	n := t.len()
	start, end = 0, n
	if startArg != nil && startArg != starlark.None {
		if start, err = sliceIndex(startArg); err != nil {
			return
		}
	}
	if endArg != nil && endArg != starlark.None {
		if end, err = sliceIndex(endArg); err != nil {
			return
		}
	}
	if start < 0 {
		start = max(0, start+n)
	}
	if end < 0 {
		end = max(0, end+n)
	}
	end = min(end, n)
	return start, end, start <= end, nil
}

func sliceIndex(v starlark.Value) (int, error) {
	i, err := Index(v)
	if err != nil {
		return 0, pyrt.Errorf("TypeError", "slice indices must be integers or None or have an __index__ method")
	}
	return i, nil
}

// search is what find, rfind, index, rindex and count begin with: the window
// of the text, its byte offset, and what to look for.
func (c *call) search() (t text, hay string, at int, sub string, ok bool, err error) {
	if err = c.between(1, 3); err != nil {
		return
	}
	t = c.text()
	if sub, err = c.needle(t, c.args[0]); err != nil {
		return
	}
	start, end, ok, err := c.window(t, c.arg(1), c.arg(2))
	if !ok || err != nil {
		return t, "", 0, sub, false, err
	}
	at = t.off(start)
	return t, t.s[at:t.off(end)], at, sub, true, nil
}

func finder(find func(s, sub string) int, must bool) method {
	return func(c *call) (starlark.Value, error) {
		t, hay, at, sub, ok, err := c.search()
		if err != nil {
			return nil, err
		}
		i := -1
		if ok {
			i = find(hay, sub)
		}
		if i >= 0 {
			i = t.pos(at + i)
		} else if must {
			if t.isStr {
				return nil, pyrt.Errorf("ValueError", "substring not found")
			}
			return nil, pyrt.Errorf("ValueError", "subsection not found")
		}
		return starlark.MakeInt(i), nil
	}
}

func textCount(c *call) (starlark.Value, error) {
	t, hay, _, sub, ok, err := c.search()
	if err != nil || !ok {
		return starlark.MakeInt(0), err
	}
	if sub == "" {
		return starlark.MakeInt(text{hay, t.isStr, t.oneByte}.len() + 1), nil
	}
	return starlark.MakeInt(strings.Count(hay, sub)), nil
}

func affix(has func(s, affix string) bool) method {
	return func(c *call) (starlark.Value, error) {
		if err := c.between(1, 3); err != nil {
			return nil, err
		}
		t := c.text()
		tries, isTuple := c.args[0].(starlark.Tuple)
		if !isTuple {
			tries = starlark.Tuple{c.args[0]}
		}
		start, end, ok, err := c.window(t, c.arg(1), c.arg(2))
		if err != nil {
			return nil, err
		}
		hay := ""
		if ok {
			hay = t.s[t.off(start):t.off(end)]
		}
		for _, v := range tries {
			s, fits := t.accept(v)
			if !fits {
				kind := "str"
				if !t.isStr {
					kind = "bytes"
				}
				if isTuple {
					if !t.isStr {
						return nil, pyrt.Errorf("TypeError", "a bytes-like object is required, not '%s'", pyfmt.TypeName(v))
					}
					return nil, pyrt.Errorf("TypeError", "tuple for %s must only contain str, not %s", c.name, pyfmt.TypeName(v))
				}
				return nil, pyrt.Errorf("TypeError", "%s first arg must be %s or a tuple of %s, not %s", c.name, kind, kind, pyfmt.TypeName(v))
			}
			if ok && has(hay, s) {
				return starlark.True, nil
			}
		}
		return starlark.False, nil
	}
}

func textReplace(c *call) (starlark.Value, error) {
	if err := c.between(2, 3); err != nil {
		return nil, err
	}
	t := c.text()
	from, err := c.like(t, c.args[0], 1)
	if err != nil {
		return nil, err
	}
	to, err := c.like(t, c.args[1], 2)
	if err != nil {
		return nil, err
	}
	n := -1
	if v := c.arg(2); v != nil {
		if n, err = Index(v); err != nil {
			return nil, err
		}
	}
	if n < 0 {
		n = math.MaxInt
	}
	if from != "" {
		return t.wrap(strings.Replace(t.s, from, to, n)), nil
	}
	var b strings.Builder // "" stands before every element and at the end
	for _, e := range t.elems() {
		if n > 0 {
			b.WriteString(to)
			n--
		}
		b.WriteString(e)
	}
	if n > 0 {
		b.WriteString(to)
	}
	return t.wrap(b.String()), nil
}

func remover(cut func(s, affix string) string) method {
	return func(c *call) (starlark.Value, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		t := c.text()
		s, ok := t.accept(v)
		if !ok {
			if t.isStr {
				return nil, pyrt.Errorf("TypeError", "%s() argument must be str, not %s", c.name, argType(v))
			}
			return nil, pyrt.Errorf("TypeError", "a bytes-like object is required, not '%s'", pyfmt.TypeName(v))
		}
		return t.wrap(cut(t.s, s)), nil
	}
}

func textJoin(c *call) (starlark.Value, error) {
	v, err := c.one()
	if err != nil {
		return nil, err
	}
	t := c.text()
	if !isIterable(v) {
		return nil, pyrt.Errorf("TypeError", "can only join an iterable")
	}
	var b strings.Builder
	i := 0
	err = Each(v, func(e starlark.Value) error {
		s, ok := t.accept(e)
		if !ok {
			if t.isStr {
				return pyrt.Errorf("TypeError", "sequence item %d: expected str instance, %s found", i, pyfmt.TypeName(e))
			}
			return pyrt.Errorf("TypeError", "sequence item %d: expected a bytes-like object, %s found", i, pyfmt.TypeName(e))
		}
		if i > 0 {
			b.WriteString(t.s)
		}
		b.WriteString(s)
		i++
		return nil
	})
	return t.wrap(b.String()), err
}

// isSpace is str.isspace for one code point: White_Space, and the separators
// U+001C..U+001F that Python adds (bidirectional types B, S and WS).
func isSpace(r rune) bool { return unicode.IsSpace(r) || r >= 0x1c && r <= 0x1f }

func isByteSpace(r rune) bool { return r == ' ' || r >= '\t' && r <= '\r' }

func (t text) spaceFunc() func(rune) bool {
	if t.isStr {
		return isSpace
	}
	return isByteSpace
}

// trim strips from the sides that are asked for.
func (t text) trim(s string, cutset *string, left, right bool) string {
	drop := t.spaceFunc()
	if cutset != nil {
		set := text{*cutset, t.isStr, false}.elems()
		for left && s != "" && hasAny(strings.HasPrefix, s, set) {
			s = s[firstLen(s, t.isStr):]
		}
		for right && s != "" && hasAny(strings.HasSuffix, s, set) {
			s = s[:len(s)-lastLen(s, t.isStr)]
		}
		return s
	}
	if left {
		s = strings.TrimLeftFunc(s, drop)
	}
	if right {
		s = strings.TrimRightFunc(s, drop)
	}
	return s
}

func hasAny(has func(s, x string) bool, s string, set []string) bool {
	for _, e := range set {
		if has(s, e) {
			return true
		}
	}
	return false
}

func firstLen(s string, isStr bool) int {
	if !isStr {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}

func lastLen(s string, isStr bool) int {
	if !isStr {
		return 1
	}
	_, n := utf8.DecodeLastRuneInString(s)
	return n
}

func stripper(left, right bool) method {
	return func(c *call) (starlark.Value, error) {
		if err := c.between(0, 1); err != nil {
			return nil, err
		}
		t := c.text()
		var set *string
		if v := c.arg(0); v != nil && v != starlark.None {
			s, ok := t.accept(v)
			if !ok {
				if t.isStr {
					return nil, pyrt.Errorf("TypeError", "%s arg must be None or str", c.name)
				}
				return nil, pyrt.Errorf("TypeError", "a bytes-like object is required, not '%s'", pyfmt.TypeName(v))
			}
			set = &s
		}
		return t.wrap(t.trim(t.s, set, left, right)), nil
	}
}
