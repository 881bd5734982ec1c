package repl

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
)

// The referee's expressions, typed as a person would, build the referee's bytes.
// Expressions with layers that do not exist yet are counted, not passed over.
func TestExpressionsBuildTheRefereesBytes(t *testing.T) {
	f, err := os.Open("../layers/testdata/build.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	passed, missing := 0, map[string]int{}
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c struct{ ID, Expr, Hex string }
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if name := missingLayer(c.Expr); name != "" {
			missing[name]++
			continue
		}
		v, err := s.in.Exec(context.Background(), "<in>", "raw("+c.Expr+")", py.ModeSingle)
		if err != nil {
			t.Errorf("%s %s: %v", c.ID, c.Expr, err)
			continue
		}
		b, _ := v.(starlark.Bytes)
		if got := hex.EncodeToString([]byte(b)); got != c.Hex {
			t.Errorf("%s %s\n got %s\nwant %s", c.ID, c.Expr, got, c.Hex)
		}
		passed++
	}
	t.Logf("%d expressions build the referee's bytes; not yet supported: %v", passed, missing)
	if passed < 1500 {
		t.Errorf("only %d expressions were tried", passed)
	}
}

// command() of a dissected packet is an expression that makes its bytes again, and a
// packet that is equal. Options of IP that end inside of a field are written by their fields
// as the referee does, and are whole again.
func TestCommandMakesTheBytesAgain(t *testing.T) {
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	check := func(id, first, wire string) {
		b, err := hex.DecodeString(wire)
		if err != nil {
			t.Fatal(err)
		}
		p := layers.Dissect(layers.Lookup(first), b)
		cmd := p.Command()
		v, err := s.in.Exec(context.Background(), "<in>", cmd, py.ModeSingle)
		q, ok := v.(*packet)
		if err != nil || !ok {
			t.Errorf("%s: %s: %v, %v", id, cmd, v, err)
			return
		}
		if got, err := q.p.Build(); err != nil || hex.EncodeToString(got) != wire {
			t.Errorf("%s: %s\n got %x (%v)\nwant %s", id, cmd, got, err, wire)
		}
		if !layers.Equal(p, q.p) {
			t.Errorf("%s: %s makes\n%s, want\n%s", id, cmd, q.p.Repr(), p.Repr())
		}
	}
	f, err := os.Open("../layers/testdata/dissect.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c struct{ ID, Dissect, Hex string }
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		check(c.ID, c.Dissect, c.Hex)
	}
	// Names that point back, to themselves, and to nowhere, and one that ends inside of a label.
	for _, name := range []string{"c00c", "0161c00c", "c021", "cd30", "056100"} {
		check(name, "DNS", "000084000001000100000000"+"03777777076578616d706c6500"+"00010001"+name+"00050001"+"00000000"+"0004"+"0161c00c")
	}
}

// missingLayer is the first name called in expr that is no layer.
func missingLayer(expr string) string {
	toks := py.Tokens(expr)
	for i, tok := range toks {
		if tok.Kind == py.Name && i+1 < len(toks) && toks[i+1].Text == "(" && strings.ToUpper(tok.Text[:1]) == tok.Text[:1] && layers.Lookup(tok.Text) == nil {
			return tok.Text
		}
	}
	return ""
}

func TestPlaceAt(t *testing.T) {
	for _, c := range []struct {
		text string
		want wanted
		pre  string
	}{
		{"IP(dst=\"1.2.3.4\", tt", wantArg, "tt"},
		{"IP()/TC", wantLayer, "TC"},
		{"p.", wantAttr, ""},
		{"p[TC", wantLayer, "TC"},
		{"TCP(flags=S", wantValue, "S"},
		{"sniff(iface=\"la", wantText, "la"},
		{"sni", wantName, "sni"},
		{"f().x", -1, "x"},
	} {
		p := placeAt(c.text, len(c.text))
		if p.want != c.want || p.prefix != c.pre {
			t.Errorf("placeAt(%q) = %d %q, want %d %q", c.text, p.want, p.prefix, c.want, c.pre)
		}
	}
}

// Every function of the shell has a page with a first line, and its signature
// reads back.
func TestEveryFunctionHasAPage(t *testing.T) {
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	for _, b := range s.table {
		b.prepare()
		if b.Short() == "" || b.Group == "" || !strings.HasSuffix(b.Sig, ")") {
			t.Errorf("%s: no page, group or signature", b.Sig)
		}
		if _, err := s.helpName(b.Name(), s.in.Get); err != nil {
			t.Error(err)
		}
	}
}
