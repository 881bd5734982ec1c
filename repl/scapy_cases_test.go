package repl

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
)

// A scapyCase is an expression and what Scapy makes of it. V27 is what a later
// Scapy makes, where that differs.
type scapyCase struct {
	ID, Kind, Sub, Expr string
	Expect              json.RawMessage
	V27                 json.RawMessage `json:"expect_v27"`
}

// Scapy's own expressions, typed into the shell, give what they give there.
func TestScapyCases(t *testing.T) {
	passed := runScapyCases(t, "testdata/scapy_cases.jsonl.gz")
	if passed["build"] < 250 || passed["answers"] < 50 || passed["summary"] < 100 || passed["dissect"] < 200 {
		t.Errorf("too few cases were tried: %v", passed)
	}
}

// Options, chunks, records and attributes one by one, as testdata/gen_audit.py
// has them from Scapy.
func TestScapyAudit(t *testing.T) {
	passed := runScapyCases(t, "testdata/scapy_audit.jsonl.gz")
	if passed["build"] < 1000 || passed["summary"] < 3000 {
		t.Errorf("too few cases were tried: %v", passed)
	}
}

// What people know by heart, for each family of protocols, as testdata/gen_audit.py has it from Scapy.
func TestScapyTexts(t *testing.T) {
	passed := runScapyCases(t, "testdata/scapy_texts.jsonl.gz")
	if passed["build"] < 600 || passed["summary"] < 4000 {
		t.Errorf("too few cases were tried: %v", passed)
	}
}

// runScapyCases tells how many cases of each kind in a file pass.
func runScapyCases(t *testing.T, file string) map[string]int {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	layers.Organisation = func(oui uint32) string { // this host may have no list
		if oui < 10 {
			return "Xerox Corporation"
		}
		return ""
	}
	deviates := deviatingCases(t)
	passed, missing := map[string]int{}, map[string]int{}
	in := bufio.NewScanner(z)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var c scapyCase
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if name := c.missing(s); name != "" {
			missing[name]++
			continue
		}
		got, err := c.run(s)
		if err != nil {
			t.Errorf("%s %s: %v", c.ID, c.Expr, err)
			continue
		}
		want, later := c.want(c.Expect), ""
		if c.V27 != nil {
			later = c.want(c.V27)
		}
		right := got == want || later != "" && got == later
		if right == deviates[c.ID] && right {
			t.Errorf("%s %s: is as Scapy's, but docs/differences.md says that it differs", c.ID, c.Expr)
		}
		if !right && !deviates[c.ID] {
			t.Errorf("%s %s\n got %s\nwant %s", c.ID, c.Expr, got, want)
			continue
		}
		passed[c.Kind]++
	}
	if err := in.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("passed: %v; layers or functions not there: %v", passed, missing)
	return passed
}

// deviatingCases are the cases whose answer is another here, by the page that
// says why.
func deviatingCases(t *testing.T) map[string]bool {
	t.Helper()
	page, err := os.ReadFile("../docs/differences.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([abdt]\d{4}|x\d{4}c) \|`).FindAllStringSubmatch(string(page), -1) {
		out[m[1]] = true
	}
	return out
}

// missing names a layer of the case that does not exist here.
func (c *scapyCase) missing(s *Shell) string {
	if name := missingLayer(c.Expr); name != "" && s.byName[name] == nil {
		return name
	}
	var packet struct{ Layers [][]any }
	if c.Kind == "dissect" && json.Unmarshal(c.Expect, &packet) == nil {
		for _, l := range packet.Layers {
			if name := l[0].(string); layers.Lookup(name) == nil {
				return name
			}
		}
	}
	return ""
}

// run is the case's outcome as text.
func (c *scapyCase) run(s *Shell) (string, error) {
	v, err := s.in.Exec(context.Background(), "<in>", c.Expr, py.ModeSingle)
	if err != nil {
		return "", err
	}
	switch c.Kind {
	case "build":
		return hexOf(v)
	case "dissect":
		p, ok := v.(*packet)
		if !ok {
			return "", fmt.Errorf("got a %s, want a packet", v.Type())
		}
		b, err := p.PyBytes()
		return p.stackText() + " " + hex.EncodeToString(b), err
	}
	if b, ok := v.(starlark.Bytes); ok {
		return "hex:" + hex.EncodeToString([]byte(b)), nil
	}
	return pyStr(v), nil
}

func hexOf(v starlark.Value) (string, error) {
	switch v := v.(type) {
	case starlark.Bytes:
		return hex.EncodeToString([]byte(v)), nil
	case *starlark.List:
		var out []string
		for _, x := range elements(v) {
			h, err := hexOf(x)
			if err != nil {
				return "", err
			}
			out = append(out, h)
		}
		return strings.Join(out, "\n"), nil
	}
	return "", fmt.Errorf("got a %s, want bytes", v.Type())
}

// want is the outcome as run gives it.
func (c *scapyCase) want(raw json.RawMessage) string {
	var text string
	var list []string
	var packet struct {
		Layers  [][]any
		Rebuild string
	}
	switch {
	case json.Unmarshal(raw, &text) == nil:
		return text
	case json.Unmarshal(raw, &list) == nil:
		return strings.Join(list, "\n")
	case c.Kind == "dissect" && json.Unmarshal(raw, &packet) == nil:
		for _, l := range packet.Layers {
			list = append(list, l[0].(string))
		}
		return strings.Join(list, " / ") + " " + packet.Rebuild
	}
	return strings.ToUpper(string(raw[:1])) + string(raw[1:]) // true as Python prints it
}
