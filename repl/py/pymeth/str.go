package pymeth

import (
	"strings"
	"unicode"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

// sharedText are the methods of both str and bytes.
func sharedText() map[string]method {
	return map[string]method{
		"find":       finder(strings.Index, false),
		"rfind":      finder(strings.LastIndex, false),
		"index":      finder(strings.Index, true),
		"rindex":     finder(strings.LastIndex, true),
		"count":      textCount,
		"startswith": affix(strings.HasPrefix),
		"endswith":   affix(strings.HasSuffix),
		"replace":    textReplace,
		"join":       textJoin,

		"removeprefix": remover(strings.TrimPrefix),
		"removesuffix": remover(strings.TrimSuffix),
		"strip":        stripper(true, true),
		"lstrip":       stripper(true, false),
		"rstrip":       stripper(false, true),
		"split":        splitter(false),
		"rsplit":       splitter(true),
		"splitlines":   textSplitlines,
		"partition":    partitioner(false),
		"rpartition":   partitioner(true),
		"center":       padder(true, true),
		"ljust":        padder(false, true),
		"rjust":        padder(true, false),
		"zfill":        textZfill,
		"expandtabs":   textExpandtabs,

		"upper":      caser(func(r rune, _ bool) string { return toUpper(r) }),
		"lower":      caser(func(r rune, _ bool) string { return toLower(r) }),
		"title":      textTitle,
		"capitalize": caser(capitalize),
		"swapcase":   caser(swapcase),

		"isalpha": every(false, unicode.IsLetter),
		"isdigit": every(false, isDigit),
		"isalnum": every(false, func(r rune) bool { return unicode.IsLetter(r) || isDigit(r) || isNumeric(r) }),
		"isupper": hasCase(isUpperRune, isLowerRune),
		"islower": hasCase(isLowerRune, isUpperRune),
		"istitle": textIstitle,
		"isascii": every(true, func(r rune) bool { return r < 0x80 }),
	}
}

func strClass() *class {
	m := sharedText()
	m["isspace"] = every(false, isSpace)
	m["isdecimal"] = every(false, unicode.IsDigit)
	m["isnumeric"] = every(false, func(r rune) bool { return isDigit(r) || isNumeric(r) })
	m["isprintable"] = every(true, unicode.IsPrint)
	m["isidentifier"] = isIdentifier
	m["casefold"] = func(c *call) (starlark.Value, error) {
		folded := c.text().mapCase(func(r rune, _ bool) string { return toFold(r) })
		return starlark.String(strings.ReplaceAll(string(folded.(starlark.String)), "ς", "σ")), c.none()
	}
	m["encode"] = strEncode
	m["format"] = func(c *call) (starlark.Value, error) {
		s, err := pyfmt.Format(c.th, c.text().s, c.args, c.kwargs)
		return starlark.String(s), err
	}
	m["format_map"] = func(c *call) (starlark.Value, error) {
		v, err := c.one()
		if err != nil {
			return nil, err
		}
		s, err := pyfmt.FormatMap(c.th, c.text().s, v)
		return starlark.String(s), err
	}
	m["translate"] = strTranslate
	return &class{
		name:    "str",
		is:      func(v starlark.Value) bool { _, ok := v.(starlark.String); return ok },
		methods: m,
		statics: map[string]method{"maketrans": strMaketrans},
	}
}

func strEncode(c *call) (starlark.Value, error) {
	a, err := c.bind("encoding", "errors")
	if err != nil {
		return nil, err
	}
	enc, errs, err := codecNames(c.name, a)
	if err != nil {
		return nil, err
	}
	b, err := Encode(c.text().s, enc, errs)
	return starlark.Bytes(b), err
}

// strTranslate maps each code point through a table by its number: None
// deletes, a text or a number replaces, a missing entry keeps.
func strTranslate(c *call) (starlark.Value, error) {
	table, err := c.one()
	if err != nil {
		return nil, err
	}
	var b strings.Builder
	for _, r := range decodeRunes(c.text().s) {
		v, err := pyfmt.GetItem(c.th, table, starlark.MakeInt(int(r)))
		switch {
		case err != nil:
			if k, ok := err.(interface{ Kind() string }); !ok || k.Kind() != "KeyError" && k.Kind() != "IndexError" {
				return nil, err
			}
			b.WriteString(pyfmt.CodePoint(r))
			continue
		case v == starlark.None:
			continue
		}
		switch v := v.(type) {
		case starlark.String:
			b.WriteString(string(v))
		case starlark.Int:
			n, ok := v.Int64()
			if !ok || n < 0 || n > unicode.MaxRune {
				return nil, pyrt.Errorf("ValueError", "character mapping must be in range(0x110000)")
			}
			b.WriteString(pyfmt.CodePoint(rune(n)))
		default:
			return nil, pyrt.Errorf("TypeError", "character mapping must return integer, None or str")
		}
	}
	return starlark.String(b.String()), nil
}

func strMaketrans(c *call) (starlark.Value, error) {
	if err := c.between(1, 3); err != nil {
		return nil, err
	}
	d := starlark.NewDict(8)
	if len(c.args) == 1 {
		return maketransDict(d, c.args[0])
	}
	var parts [3][]rune
	for i, v := range c.args {
		s, ok := v.(starlark.String)
		if !ok {
			if i == 0 {
				return nil, pyrt.Errorf("TypeError", "first maketrans argument must be a string if there is a second argument")
			}
			return nil, pyrt.Errorf("TypeError", "maketrans() argument %d must be str, not %s", i+1, argType(v))
		}
		parts[i] = decodeRunes(string(s))
	}
	if len(parts[0]) != len(parts[1]) {
		return nil, pyrt.Errorf("ValueError", "the first two maketrans arguments must have equal length")
	}
	for i, r := range parts[0] {
		if err := d.SetKey(starlark.MakeInt(int(r)), starlark.MakeInt(int(parts[1][i]))); err != nil {
			return nil, err
		}
	}
	for _, r := range parts[2] {
		if err := d.SetKey(starlark.MakeInt(int(r)), starlark.None); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func maketransDict(d *starlark.Dict, v starlark.Value) (starlark.Value, error) {
	m, ok := v.(*starlark.Dict)
	if !ok {
		return nil, pyrt.Errorf("TypeError", "if you give only one argument to maketrans it must be a dict")
	}
	for _, kv := range m.Items() {
		k := kv[0]
		switch key := k.(type) {
		case starlark.String:
			r := decodeRunes(string(key))
			if len(r) != 1 {
				return nil, pyrt.Errorf("ValueError", "string keys in translate table must be of length 1")
			}
			k = starlark.MakeInt(int(r[0]))
		case starlark.Int:
		default:
			return nil, pyrt.Errorf("TypeError", "keys in translate table must be strings or integers")
		}
		if err := d.SetKey(k, kv[1]); err != nil {
			return nil, err
		}
	}
	return d, nil
}
