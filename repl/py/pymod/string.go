package pymod

import (
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
)

func stringModule() *Module {
	const lower, upper, digits = "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
	const punctuation, whitespace = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", " \t\n\r\v\f"
	d := starlark.StringDict{}
	for name, s := range map[string]string{"ascii_lowercase": lower, "ascii_uppercase": upper, "ascii_letters": lower + upper, "digits": digits,
		"hexdigits": digits + "abcdefABCDEF", "octdigits": "01234567", "punctuation": punctuation, "whitespace": whitespace,
		"printable": digits + lower + upper + punctuation + whitespace} {
		d[name] = starlark.String(s)
	}
	d["capwords"] = fn("capwords", func(a *args) (starlark.Value, error) {
		v, err := a.bind("s!", "sep")
		if err != nil {
			return nil, err
		}
		s, err := text(v[0])
		if err != nil {
			return nil, err
		}
		words, sep := strings.Fields(s), " "
		if !isNone(v[1]) {
			sep = pyfmt.Str(v[1])
			words = strings.Split(s, sep)
		}
		for i, w := range words {
			capitalize, err := pymeth.Attr(starlark.String(w), "capitalize")
			if err != nil {
				return nil, err
			}
			c, err := pymeth.Call(a.th, capitalize)
			if err != nil {
				return nil, err
			}
			words[i] = pyfmt.Str(c)
		}
		return starlark.String(strings.Join(words, sep)), nil
	})
	return newModule("string", d)
}
