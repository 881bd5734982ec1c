package pymeth

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"go.starlark.net/starlark"
)

// The letters whose upper, title or folded form is more than one code point,
// of those that people meet (Unicode SpecialCasing.txt, CaseFolding.txt).
var (
	specialUpper = map[rune]string{'ß': "SS", 'ŉ': "ʼN", 'ǰ': "J̌", 'ﬀ': "FF", 'ﬁ': "FI", 'ﬂ': "FL", 'ﬃ': "FFI", 'ﬄ': "FFL", 'ﬅ': "ST", 'ﬆ': "ST", 'և': "ԵՒ"}
	specialTitle = map[rune]string{'ß': "Ss", 'ŉ': "ʼN", 'ǰ': "J̌", 'ﬀ': "Ff", 'ﬁ': "Fi", 'ﬂ': "Fl", 'ﬃ': "Ffi", 'ﬄ': "Ffl", 'ﬅ': "St", 'ﬆ': "St", 'և': "Եւ"}
	specialFold  = map[rune]string{'ß': "ss", 'ẞ': "ss", 'ŉ': "ʼn", 'ǰ': "ǰ", 'ﬀ': "ff", 'ﬁ': "fi", 'ﬂ': "fl", 'ﬃ': "ffi", 'ﬄ': "ffl", 'ﬅ': "st", 'ﬆ': "st", 'և': "եւ", 'ς': "σ", 'µ': "μ", 'ſ': "s"}
)

// mapCase maps element by element; bytes map ASCII only.
func (t text) mapCase(f func(r rune, first bool) string) starlark.Value {
	var b strings.Builder
	b.Grow(len(t.s))
	elems := t.elems()
	for i, e := range elems {
		r, n := utf8.DecodeRuneInString(e)
		if n != len(e) || r == utf8.RuneError && n == 1 || !t.isStr && r >= utf8.RuneSelf {
			b.WriteString(e) // a stray byte has no case
			continue
		}
		low := f(r, i == 0)
		if r == 'Σ' && low == "σ" && endsWord(elems, i) {
			low = "ς"
		}
		b.WriteString(low)
	}
	return t.wrap(b.String())
}

// endsWord reports whether element i has a letter before it and none after it:
// there a capital sigma becomes ς (Unicode SpecialCasing.txt, Final_Sigma).
func endsWord(elems []string, i int) bool {
	at := func(i int) bool {
		if i < 0 || i >= len(elems) {
			return false
		}
		r, _ := utf8.DecodeRuneInString(elems[i])
		return cased(r)
	}
	return at(i-1) && !at(i+1)
}

func toUpper(r rune) string {
	if s, ok := specialUpper[r]; ok {
		return s
	}
	return string(unicode.ToUpper(r))
}

func toTitle(r rune) string {
	if s, ok := specialTitle[r]; ok {
		return s
	}
	return string(unicode.ToTitle(r))
}

func toLower(r rune) string {
	if r == 'İ' {
		return "i̇"
	}
	return string(unicode.ToLower(r))
}

func toFold(r rune) string {
	if s, ok := specialFold[r]; ok {
		return s
	}
	return toLower(r)
}

// cased reports whether r has a case, so that title() starts a word after it not.
func cased(r rune) bool {
	return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) || unicode.Is(unicode.Other_Lowercase, r) || unicode.Is(unicode.Other_Uppercase, r)
}

func caser(f func(r rune, first bool) string) method {
	return func(c *call) (starlark.Value, error) {
		if err := c.none(); err != nil {
			return nil, err
		}
		return c.text().mapCase(f), nil
	}
}

func textTitle(c *call) (starlark.Value, error) {
	if err := c.none(); err != nil {
		return nil, err
	}
	inWord := false
	return c.text().mapCase(func(r rune, first bool) string {
		if first {
			inWord = false
		}
		s := toTitle(r)
		if inWord {
			s = toLower(r)
		}
		inWord = cased(r)
		return s
	}), nil
}

func capitalize(r rune, first bool) string {
	if first {
		return toTitle(r)
	}
	return toLower(r)
}

func swapcase(r rune, _ bool) string {
	switch {
	case isUpperRune(r):
		return toLower(r)
	case isLowerRune(r):
		return toUpper(r)
	}
	return string(r)
}

// every makes a method that is true of a text none of whose elements fails ok;
// empty is the answer for "".
func every(empty bool, ok func(r rune) bool) method {
	return func(c *call) (starlark.Value, error) {
		if err := c.none(); err != nil {
			return nil, err
		}
		t := c.text()
		if t.s == "" {
			return starlark.Bool(empty), nil
		}
		for _, e := range t.elems() {
			r, n := utf8.DecodeRuneInString(e)
			if n != len(e) || r == utf8.RuneError && n == 1 || !t.isStr && r >= utf8.RuneSelf || !ok(r) {
				return starlark.False, nil
			}
		}
		return starlark.True, nil
	}
}

// hasCase makes isupper and islower: at least one cased element, none of the other case.
func hasCase(want, other func(rune) bool) method {
	return func(c *call) (starlark.Value, error) {
		if err := c.none(); err != nil {
			return nil, err
		}
		t, found := c.text(), false
		for _, r := range t.s {
			if !t.isStr && r >= utf8.RuneSelf {
				continue
			}
			if other(r) || unicode.IsTitle(r) {
				return starlark.False, nil
			}
			found = found || want(r)
		}
		return starlark.Bool(found), nil
	}
}

func isLowerRune(r rune) bool { return unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r) }
func isUpperRune(r rune) bool { return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) }

func textIstitle(c *call) (starlark.Value, error) {
	if err := c.none(); err != nil {
		return nil, err
	}
	t := c.text()
	found, inWord := false, false
	for _, r := range t.s {
		switch {
		case !t.isStr && r >= utf8.RuneSelf:
			inWord = false
		case isUpperRune(r) || unicode.IsTitle(r):
			if inWord {
				return starlark.False, nil
			}
			found, inWord = true, true
		case isLowerRune(r):
			if !inWord {
				return starlark.False, nil
			}
		default:
			inWord = false
		}
	}
	return starlark.Bool(found), nil
}

// digits beyond the decimal ones (Unicode Numeric_Type=Digit).
func isDigit(r rune) bool {
	if unicode.IsDigit(r) {
		return true
	}
	switch {
	case r == '²' || r == '³' || r == '¹' || r == '⁰', r >= '⁴' && r <= '⁹', r >= '₀' && r <= '₉',
		r >= '①' && r <= '⑨', r >= '⑴' && r <= '⑼', r >= '⒈' && r <= '⒐', r == '⓪', r >= '⓵' && r <= '⓽', r == '⓿',
		r >= '❶' && r <= '❾', r >= '➀' && r <= '➈', r >= '➊' && r <= '➒', r >= 0x1369 && r <= 0x1371, r == 0x19da,
		r >= 0x10a40 && r <= 0x10a43, r >= 0x10e60 && r <= 0x10e68, r >= 0x11052 && r <= 0x1105a, r >= 0x1f100 && r <= 0x1f10a:
		return true
	}
	return false
}

// isNumeric also takes fractions, Roman and Chinese numerals.
func isNumeric(r rune) bool {
	return unicode.IsNumber(r) || strings.ContainsRune("〇一二三四五六七八九十百千万億兆零壱弐参肆伍陸柒捌玖拾佰仟亿", r)
}

func isIdentifier(c *call) (starlark.Value, error) {
	if err := c.none(); err != nil {
		return nil, err
	}
	s := c.text().s
	for i, r := range s {
		start := r == '_' || unicode.IsLetter(r) || unicode.Is(unicode.Nl, r)
		if !start && (i == 0 || !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Mc, r) && !unicode.Is(unicode.Pc, r)) {
			return starlark.False, nil
		}
	}
	return starlark.Bool(s != ""), nil
}
