package pyfmt_test

import (
	"fmt"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyfmt/golden"
)

// run gives ours for one case of a table.
func run(c golden.Case) (starlark.Value, error) {
	th := new(starlark.Thread)
	str := func(s string, err error) (starlark.Value, error) { return starlark.String(s), err }
	switch c.Op {
	case "repr":
		return starlark.String(pyfmt.Repr(c.Args[0])), nil
	case "str":
		return starlark.String(pyfmt.Str(c.Args[0])), nil
	case "ascii":
		return starlark.String(pyfmt.ASCII(c.Args[0])), nil
	case "format":
		return str(pyfmt.FormatValue(th, c.Args[0], string(c.Args[1].(starlark.String))))
	case "percent":
		return str(pyfmt.Percent(th, string(c.Args[0].(starlark.String)), c.Args[1]))
	case "percentb":
		b, err := pyfmt.PercentBytes(th, []byte(c.Args[0].(starlark.Bytes)), c.Args[1])
		return starlark.Bytes(b), err
	case "strformat":
		return str(pyfmt.Format(th, string(c.Args[0].(starlark.String)), c.Args[1].(starlark.Tuple), kwargs(c.Args[2])))
	}
	return nil, fmt.Errorf("unknown operation %q", c.Op)
}

func kwargs(d starlark.Value) []starlark.Tuple { return d.(*starlark.Dict).Items() }

// TestGolden replays what CPython 3.11 answered, its error messages included.
func TestGolden(t *testing.T) {
	for _, name := range []string{"repr", "format", "percent", "strformat"} {
		t.Run(name, func(t *testing.T) {
			bad := 0
			for _, c := range golden.Read(t, "testdata/"+name+".jsonl.gz") {
				got, err := run(c)
				var what string
				switch {
				case err != nil && c.Err == "":
					what = fmt.Sprintf("got error %s, want %s", golden.ErrString(err), c.Want)
				case err != nil && golden.ErrString(err) != c.Err:
					what = fmt.Sprintf("got error %q, want %q", golden.ErrString(err), c.Err)
				case err == nil && c.Err != "":
					what = fmt.Sprintf("got %s, want error %q", got, c.Err)
				case err == nil && got != c.Want:
					what = fmt.Sprintf("got %s, want %s", got, c.Want)
				default:
					continue
				}
				if bad++; bad <= 25 {
					t.Errorf("%v: %s", c, what)
				}
			}
			if bad > 0 {
				t.Errorf("%d cases differ", bad)
			}
		})
	}
}
