package repl

import (
	"context"
	"io"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/repl/py"
)

func TestConfirm(t *testing.T) {
	var out strings.Builder
	s := New(Options{Stdout: &out, Stderr: io.Discard})
	defer s.Close()
	s.in.SetGlobal("attempt", function{b: &builtin{Sig: "attempt()", Run: func(c *call) (starlark.Value, error) {
		ok, err := c.confirm("send it?")
		return starlark.Bool(ok), err
	}}})
	for typed, want := range map[string]string{"y\n": "True", "Yes\n": "True", "\n": "False", "no\n": "False"} {
		s.in.SetStdin(strings.NewReader(typed))
		v, err := s.in.Exec(context.Background(), "<in>", "attempt()", py.ModeSingle)
		if err != nil || pyRepr(v) != want {
			t.Errorf("%q: got %v, %v, want %s", typed, v, err, want)
		}
	}
	if !strings.Contains(out.String(), "send it? [y/N] ") {
		t.Errorf("the question was not asked: %q", out.String())
	}
}
