package pyfmt_test

import (
	"testing"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
)

// flags is a value with a text and a number, as a TCP flags field is.
type flags struct{ starlark.NoneType }

func (flags) PyRepr() string               { return "<Flag 18 (SA)>" }
func (flags) PyStr() string                { return "SA" }
func (flags) PyInt() (starlark.Int, error) { return starlark.MakeInt(18), nil }
func (flags) PyBytes() ([]byte, error)     { return []byte{0x12}, nil }
func (flags) Type() string                 { return "FlagValue" }

func TestHooks(t *testing.T) {
	th := new(starlark.Thread)
	v := flags{}
	format := func(spec string) string {
		s, err := pyfmt.FormatValue(th, v, spec)
		if err != nil {
			return err.Error()
		}
		return s
	}
	percent := func(f string) string {
		s, err := pyfmt.Percent(th, f, v)
		if err != nil {
			return err.Error()
		}
		return s
	}
	b, err := pyfmt.PercentBytes(th, []byte("<%b>"), v)
	if err != nil {
		t.Error(err)
	}
	for _, c := range []struct{ name, got, want string }{
		{"repr", pyfmt.Repr(v), "<Flag 18 (SA)>"},
		{"repr in a list", pyfmt.Repr(starlark.NewList([]starlark.Value{v})), "[<Flag 18 (SA)>]"},
		{"str", pyfmt.Str(v), "SA"},
		{"format", format(""), "SA"},
		{"format text", format(">4"), "  SA"},
		{"format number", format("#04x"), "0x12"},
		{"%s", percent("%s"), "SA"},
		{"%r", percent("%r"), "<Flag 18 (SA)>"},
		{"%02x", percent("%02x"), "12"},
		{"%.1f", percent("%.1f"), "18.0"},
		{"%b", string(b), "<\x12>"},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

// TestReprRecursive shows values that hold themselves, as Python does.
func TestReprRecursive(t *testing.T) {
	l := starlark.NewList([]starlark.Value{starlark.MakeInt(1)})
	if err := l.Append(l); err != nil {
		t.Fatal(err)
	}
	if got := pyfmt.Repr(l); got != "[1, [...]]" {
		t.Errorf("got %s", got)
	}
	d := starlark.NewDict(1)
	if err := d.SetKey(starlark.String("d"), starlark.NewList([]starlark.Value{d, l})); err != nil {
		t.Fatal(err)
	}
	if got := pyfmt.Repr(d); got != "{'d': [{...}, [1, [...]]]}" {
		t.Errorf("got %s", got)
	}
	twice := starlark.Tuple{l, l} // the same value twice is no recursion
	if got := pyfmt.Repr(twice); got != "([1, [...]], [1, [...]])" {
		t.Errorf("got %s", got)
	}
	deep := starlark.Tuple{}
	for range 100000 {
		deep = starlark.Tuple{deep}
	}
	pyfmt.Repr(deep) // must not overflow the stack
}

// TestHuge checks that a width cannot take all memory.
func TestHuge(t *testing.T) {
	th := new(starlark.Thread)
	for _, spec := range []string{"999999999999", ".999999999f", "0999999999,"} {
		if _, err := pyfmt.FormatValue(th, starlark.Float(1), spec); err == nil {
			t.Errorf("format(1.0, %q): want MemoryError", spec)
		}
	}
	if _, err := pyfmt.Percent(th, "%999999999999d", starlark.MakeInt(1)); err == nil {
		t.Error("want MemoryError")
	}
}
