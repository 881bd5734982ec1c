package repl

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
)

// FuzzExpression types any text where a packet is expected. What is a packet is
// printed in every form; its command() is an expression that builds the same
// bytes.
func FuzzExpression(f *testing.F) {
	golden, err := os.Open("../layers/testdata/build.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	defer golden.Close()
	in := bufio.NewScanner(golden)
	in.Buffer(nil, 1<<20)
	for n := 0; in.Scan(); n++ {
		var c struct{ Expr string }
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			f.Fatal(err)
		}
		if n%7 == 0 && isExpression(c.Expr) {
			f.Add(c.Expr)
		}
	}
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	f.Cleanup(func() { s.Close() })
	layers.ResolveHost = nil // no names are looked up, and no routes
	layers.SetEnv(nowhere{})
	exec := func(src string) (starlark.Value, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		return s.in.Exec(ctx, "<in>", src, py.ModeSingle)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		if !isExpression(expr) {
			t.Skip("it is long, or calls more than layers")
		}
		v, err := exec(expr)
		if err != nil {
			_ = py.FormatError(err, true)
			return
		}
		pv, ok := v.(*packet)
		if !ok || pv.l != nil && pv.l != pv.p.Layers()[0] {
			return
		}
		p := pv.p
		_, _, _ = p.Repr(), p.Show(), p.Summary()
		first, err := p.Build()
		if err != nil {
			return // said when it is sent
		}
		if second, _ := p.Build(); p.IsSet() || !bytes.Equal(first, second) {
			return // values that are drawn, and the time
		}
		cmd := p.Command()
		again, err := exec(cmd)
		if err != nil {
			t.Fatalf("%q: its command() %q: %v", expr, cmd, err)
		}
		q, ok := again.(*packet)
		if !ok {
			t.Fatalf("%q: its command() %q is no packet", expr, cmd)
		}
		if b, err := q.p.Build(); err != nil || !bytes.Equal(b, first) {
			if later, _ := p.Build(); !bytes.Equal(later, first) {
				return // the time went on meanwhile
			}
			t.Fatalf("%q: its command() %q builds\n%x (%v), want\n%x", expr, cmd, b, err, first)
		}
	})
}

// nowhere is an Env that knows no routes.
type nowhere struct{}

func (nowhere) Source(netip.Addr) (netip.Addr, bool)     { return netip.Addr{}, false }
func (nowhere) LinkSource(netip.Addr) (layers.MAC, bool) { return layers.MAC{}, false }
func (nowhere) LinkDest(netip.Addr) (layers.MAC, bool)   { return layers.MAC{}, false }

// isExpression tells whether expr is short and calls nothing but layers.
func isExpression(expr string) bool { return len(expr) <= 1000 && !callsMore(expr) }

// callsMore tells whether src calls anything but protocols and volatiles, or is
// more than an expression: what may reach files, the network or endless loops.
func callsMore(src string) bool {
	toks := py.Tokens(src)
	for i, tok := range toks {
		switch tok.Text {
		case ".", ";", ":", "=", ":=", "\n", "*", "**", "<<", "import", "lambda", "del", "for", "while", "if", "global":
			if tok.Text != "=" || i < 2 || toks[i-2].Text != "(" && toks[i-2].Text != "," {
				return true
			}
		case "(":
			if i == 0 || toks[i-1].Kind != py.Name || strings.HasPrefix(toks[i-1].Text, "Rand") {
				continue
			}
			// Bytes that are dissected may lack fields, which no expression can.
			if layers.Lookup(toks[i-1].Text) == nil || toks[i+1].Kind == py.String {
				return true
			}
		}
	}
	return false
}
