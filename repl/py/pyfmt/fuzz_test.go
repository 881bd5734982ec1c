package pyfmt_test

import (
	"regexp"
	"testing"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
)

// long finds widths whose padding would only test the allocator.
var long = regexp.MustCompile(`[0-9]{5}`)

var fuzzValues = starlark.Tuple{
	starlark.MakeInt(-1234567), starlark.Float(-0.00125), starlark.String("hé"), starlark.Bytes("b\xff"),
	starlark.None, starlark.True, starlark.NewList([]starlark.Value{starlark.MakeInt(3)}),
}

// FuzzFormat feeds format specs and str.format templates: no panic, and valid
// text in gives valid text out.
func FuzzFormat(f *testing.F) {
	for _, s := range []string{"", ">10", "é^+#012,.3f", "{0:{1}}", "{[0]}{}", "{!r:>5}", "{6[0].x}", "{{}}", "=+_x", "%"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if long.MatchString(s) {
			t.Skip()
		}
		th := new(starlark.Thread)
		for _, v := range fuzzValues {
			out, err := pyfmt.FormatValue(th, v, s)
			if err == nil && utf8.ValidString(s) && !utf8.ValidString(out) {
				t.Errorf("format(%v, %q) = %q: not valid UTF-8", v, s, out)
			}
		}
		out, err := pyfmt.Format(th, s, fuzzValues, nil)
		if err == nil && utf8.ValidString(s) && !utf8.ValidString(out) {
			t.Errorf("%q.format() = %q: not valid UTF-8", s, out)
		}
	})
}

// FuzzPercent feeds % templates, for text and for bytes.
func FuzzPercent(f *testing.F) {
	for _, s := range []string{"%d%%", "%(k)s", "%*.*f", "%-+ #08.3x", "%c%r%a", "%é", "%", "%("} {
		f.Add(s)
	}
	d := starlark.NewDict(2)
	for _, k := range []starlark.Value{starlark.String("k"), starlark.Bytes("k")} {
		if err := d.SetKey(k, starlark.MakeInt(7)); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, s string) {
		if long.MatchString(s) {
			t.Skip()
		}
		th := new(starlark.Thread)
		for _, a := range []starlark.Value{d, fuzzValues, starlark.Tuple{starlark.MakeInt(5), starlark.MakeInt(3), starlark.Float(1.5)}, starlark.Float(2)} {
			pyfmt.Percent(th, s, a)
			pyfmt.PercentBytes(th, []byte(s), a)
		}
	})
}

// FuzzQuoteStr checks that every quoted text is ASCII-safe to print: no control
// character survives.
func FuzzQuoteStr(f *testing.F) {
	f.Add("it's \"x\"\n\x00\xff\u200b")
	f.Fuzz(func(t *testing.T, s string) {
		q := pyfmt.QuoteStr(s)
		if !utf8.ValidString(q) {
			t.Errorf("repr(%q) = %q: not valid UTF-8", s, q)
		}
		for _, r := range q {
			if r < 0x20 || r == 0x7f {
				t.Errorf("repr(%q) = %q holds a control character", s, q)
			}
		}
	})
}
