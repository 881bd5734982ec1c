package pyfmt

import (
	"math"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// spec is a parsed format specification (Python library reference, "Format
// Specification Mini-Language").
type spec struct {
	fill  string // one code point
	align byte   // '<', '>', '=' or '^'
	sign  byte   // '+', '-', ' ' or 0
	z     bool   // no negative zero
	alt   bool   // '#'
	width int    // -1 if not given
	sep   string // "", "," or "_"
	prec  int    // -1 if not given
	typ   rune   // 0 if not given
}

// maxText is the longest text that a width or a precision may ask for. CPython
// would take the memory and hang; a packet shell has no use for it.
const maxText = 1 << 26

func isAlign(c byte) bool { return c == '<' || c == '>' || c == '=' || c == '^' }

// parseSpec follows parse_internal_render_format_spec in CPython's
// Python/formatter_unicode.c, check by check.
func parseSpec(v starlark.Value, s string, defType rune, defAlign byte) (spec, error) {
	f := spec{fill: " ", align: defAlign, width: -1, prec: -1, typ: defType}
	whole, rest := s, s
	fillGiven, alignGiven := false, false
	if _, n := utf8.DecodeRuneInString(rest); n > 0 && len(rest) > n && isAlign(rest[n]) {
		f.fill, f.align = rest[:n], rest[n]
		fillGiven, alignGiven = true, true
		rest = rest[n+1:]
	} else if rest != "" && isAlign(rest[0]) {
		f.align, alignGiven = rest[0], true
		rest = rest[1:]
	}
	next := func(c byte) bool {
		if rest != "" && rest[0] == c {
			rest = rest[1:]
			return true
		}
		return false
	}
	for _, c := range []byte(" +-") {
		if next(c) {
			f.sign = c
			break
		}
	}
	f.z = next('z')
	f.alt = next('#')
	if !fillGiven && next('0') {
		f.fill = "0"
		if !alignGiven && defAlign == '>' {
			f.align = '='
		}
	}
	var err error
	if f.width, rest, err = number(rest); err != nil {
		return f, err
	}
	if next(',') {
		f.sep = ","
	}
	if next('_') {
		if f.sep != "" {
			return f, pyrt.Errorf("ValueError", "Cannot specify both ',' and '_'.")
		}
		f.sep = "_"
	}
	if f.sep == "_" && rest != "" && rest[0] == ',' {
		return f, pyrt.Errorf("ValueError", "Cannot specify both ',' and '_'.")
	}
	if next('.') {
		if f.prec, rest, err = number(rest); err != nil {
			return f, err
		}
		if f.prec < 0 {
			return f, pyrt.Errorf("ValueError", "Format specifier missing precision")
		}
	}
	if rest != "" {
		r, n := utf8.DecodeRuneInString(rest)
		if len(rest) > n {
			return f, pyrt.Errorf("ValueError", "Invalid format specifier '%s' for object of type '%s'", whole, TypeName(v))
		}
		f.typ = r
	}
	return f, f.checkSep()
}

// checkSep refuses a thousands separator with a type that has none (PEP 378, PEP 515).
func (f *spec) checkSep() error {
	if f.sep == "" {
		return nil
	}
	switch f.typ {
	case 'd', 'e', 'f', 'g', 'E', 'G', '%', 'F', 0:
		return nil
	case 'b', 'o', 'x', 'X':
		if f.sep == "_" {
			return nil
		}
	}
	if f.typ > 32 && f.typ < 128 {
		return pyrt.Errorf("ValueError", "Cannot specify '%s' with '%c'.", f.sep, f.typ)
	}
	return pyrt.Errorf("ValueError", `Cannot specify '%s' with '\x%x'.`, f.sep, f.typ)
}

// number reads leading digits; -1 if there are none.
func number(s string) (n int, rest string, err error) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		d := int(s[i] - '0')
		if n > (math.MaxInt-d)/10 {
			return 0, s, pyrt.Errorf("ValueError", "Too many decimal digits in format string")
		}
		n = n*10 + d
		i++
	}
	if i == 0 {
		return -1, s, nil
	}
	return n, s[i:], nil
}

// pad lays text of n code points out in the width. prefix is what '=' keeps to
// the left of the filling.
func (f *spec) pad(prefix, text string) (string, error) {
	if f.width < 0 {
		return prefix + text, nil
	}
	fill := f.width - utf8.RuneCountInString(prefix) - utf8.RuneCountInString(text)
	if fill <= 0 {
		return prefix + text, nil
	}
	if fill > maxText {
		return "", tooLong()
	}
	switch f.align {
	case '<':
		return prefix + text + repeat(f.fill, fill), nil
	case '^':
		return repeat(f.fill, fill/2) + prefix + text + repeat(f.fill, fill-fill/2), nil
	case '=':
		return prefix + repeat(f.fill, fill) + text, nil
	}
	return repeat(f.fill, fill) + prefix + text, nil
}

func tooLong() error {
	return &pyrt.Error{Class: "MemoryError", Msg: "",
		Hint: "a width or a precision may be up to 67108864"}
}

func unknownCode(typ rune, v starlark.Value) error {
	if typ > 32 && typ < 128 {
		return pyrt.Errorf("ValueError", "Unknown format code '%c' for object of type '%s'", typ, TypeName(v))
	}
	return pyrt.Errorf("ValueError", `Unknown format code '\x%x' for object of type '%s'`, typ, TypeName(v))
}

// FormatValue is format(v, spec), and so what stands behind the colon of an
// f-string. Errors are ValueError for a bad spec, TypeError for a type that
// takes none, OverflowError for numbers out of range.
func FormatValue(th *starlark.Thread, v starlark.Value, s string) (string, error) {
	switch v := v.(type) {
	case starlark.String:
		return formatStr(v, string(v), s)
	case starlark.Int:
		return formatInt(v, v, s)
	case starlark.Bool:
		if s == "" {
			return v.String(), nil
		}
		return formatInt(v, boolInt(v), s)
	case starlark.Float:
		return formatFloatValue(v, float64(v), s)
	case pyrt.Formatter:
		return v.PyFormat(s)
	}
	if s == "" {
		return Str(v), nil
	}
	if n, ok := v.(pyrt.Inter); ok {
		return formatInter(v, n, s)
	}
	return "", pyrt.Errorf("TypeError", "unsupported format string passed to %s.__format__", TypeName(v))
}

// formatInter formats a value that has both a number and a text, such as a
// flags field: the type letter of the spec decides which is meant.
func formatInter(v starlark.Value, n pyrt.Inter, s string) (string, error) {
	switch s[len(s)-1] {
	case 'd', 'x', 'X', 'o', 'b', 'c', 'n', 'e', 'E', 'f', 'F', 'g', 'G', '%':
		i, err := n.PyInt()
		if err != nil {
			return "", err
		}
		return formatInt(v, i, s)
	}
	return formatStr(v, Str(v), s)
}

func boolInt(b starlark.Bool) starlark.Int {
	if b {
		return starlark.MakeInt(1)
	}
	return starlark.MakeInt(0)
}

func formatStr(v starlark.Value, text, s string) (string, error) {
	if s == "" {
		return text, nil
	}
	f, err := parseSpec(v, s, 's', '<')
	if err != nil {
		return "", err
	}
	if f.typ != 's' {
		return "", unknownCode(f.typ, v)
	}
	var bad string
	switch {
	case f.sign == ' ':
		bad = "Space not allowed"
	case f.sign != 0:
		bad = "Sign not allowed"
	case f.z:
		bad = "Negative zero coercion (z) not allowed"
	case f.alt:
		bad = "Alternate form (#) not allowed"
	case f.align == '=':
		bad = "'=' alignment not allowed"
	}
	if bad != "" {
		return "", pyrt.Errorf("ValueError", "%s in string format specifier", bad)
	}
	if f.prec >= 0 {
		text = truncate(text, f.prec)
	}
	return f.pad("", text)
}

// truncate cuts s after n code points.
func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
