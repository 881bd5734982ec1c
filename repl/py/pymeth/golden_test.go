package pymeth_test

import (
	"fmt"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyfmt/golden"
	"pktsh/repl/py/pymeth"
)

// run gives (result, receiver afterwards) of a method, or a static's result.
func run(c golden.Case) (starlark.Value, error) {
	th := new(starlark.Thread)
	op, isStatic := strings.CutPrefix(c.Op, "static ")
	typ, name, _ := strings.Cut(op, ".")
	args, kw := c.Args[0], c.Args[1]
	var fn starlark.Value
	var err error
	if isStatic {
		fn, err = pymeth.StaticAttr(typ, name)
	} else {
		args, kw = c.Args[1], c.Args[2]
		fn, err = pymeth.Attr(c.Args[0], name)
	}
	if err != nil || fn == nil {
		return nil, fmt.Errorf("no method %s: %v", op, err)
	}
	v, err := starlark.Call(th, fn, args.(starlark.Tuple), kw.(*starlark.Dict).Items())
	if err != nil || isStatic {
		return v, err
	}
	if strings.HasPrefix(v.Type(), "dict_") {
		l, err := pymeth.Collect(v)
		return starlark.Tuple{starlark.NewList(l), c.Args[0]}, err
	}
	return starlark.Tuple{v, c.Args[0]}, nil
}

// same compares by repr, which tells 1 from True and 1.0; sets have no order.
func same(a, b starlark.Value) bool {
	if pyfmt.Repr(a) == pyfmt.Repr(b) {
		return true
	}
	eq, err := pymeth.Equal(a, b)
	return eq && err == nil && strings.Contains(pyfmt.Repr(a), "{")
}

// TestGolden replays what CPython 3.11 answered.
func TestGolden(t *testing.T) {
	bad := 0
	for _, c := range golden.Read(t, "testdata/methods.jsonl.gz") {
		name := fmt.Sprintf("line %d: %s%v", c.Line, c.Op, pyfmt.Repr(starlark.Tuple(c.Args)))
		got, err := run(c)
		var what string
		switch {
		case err != nil && c.Err == "":
			what = fmt.Sprintf("got error %s, want %s", golden.ErrString(err), pyfmt.Repr(c.Want))
		case err != nil && golden.ErrString(err) != c.Err:
			what = fmt.Sprintf("got error %q, want %q", golden.ErrString(err), c.Err)
		case err == nil && c.Err != "":
			what = fmt.Sprintf("got %s, want error %q", pyfmt.Repr(got), c.Err)
		case err == nil && !same(got, c.Want):
			what = fmt.Sprintf("got %s, want %s", pyfmt.Repr(got), pyfmt.Repr(c.Want))
		default:
			continue
		}
		if bad++; bad <= 60 {
			t.Errorf("%s: %s", name, what)
		}
	}
	if bad > 0 {
		t.Errorf("%d cases differ", bad)
	}
}
