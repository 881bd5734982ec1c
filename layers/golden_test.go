package layers

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
)

// A goldenCase is one line of testdata/*.jsonl, as gen_golden.py writes them.
type goldenCase struct {
	ID      string
	Expr    string
	Build   []json.RawMessage
	Expand  []json.RawMessage
	Dissect string
	Summary json.RawMessage // of a dissect case its text, of a summary case the packet
	Text    string
	Answers [][]json.RawMessage
	Hash    [][]json.RawMessage
	Expect  bool
	Hex     json.RawMessage
	Names   []string
	Fields  [][]any
	Layers  [][]json.RawMessage
}

// errMissing names a protocol that has no table.
type errMissing string

func (e errMissing) Error() string { return "no protocol " + string(e) }

func goldenCases(t testing.TB, name string) []goldenCase {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []goldenCase
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<24)
	for sc.Scan() {
		var c goldenCase
		if err := json.Unmarshal(sc.Bytes(), &c); err != nil {
			t.Fatalf("read %s.jsonl: %v in %.200s", name, err, sc.Bytes())
		}
		out = append(out, c)
	}
	return out
}

// goldenValue turns a value of the case files into what Set takes.
func goldenValue(raw json.RawMessage) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, nil
		}
		f, err := v.Float64()
		return f, err
	case map[string]any:
		var m map[string]json.RawMessage
		if err := json.Unmarshal(raw, &m); err != nil {
			return nil, err
		}
		for kind, arg := range m {
			return goldenTagged(kind, arg)
		}
	}
	return v, nil
}

func goldenTagged(kind string, arg json.RawMessage) (any, error) {
	var text string
	var parts []json.RawMessage
	switch kind {
	case "b", "net":
		if err := json.Unmarshal(arg, &text); err != nil {
			return nil, err
		}
		if kind == "net" {
			return ParseNet(text)
		}
		return hex.DecodeString(text)
	}
	if err := json.Unmarshal(arg, &parts); err != nil {
		return nil, err
	}
	if kind == "p" {
		return goldenPacket(parts)
	}
	var vs []any
	for _, p := range parts {
		v, err := goldenValue(p)
		if err != nil {
			return nil, err
		}
		vs = append(vs, v)
	}
	if kind == "t" {
		return Tuple(vs), nil
	}
	return List(vs), nil
}

// goldenPacket makes a packet of [name, fields] pairs.
func goldenPacket(ls []json.RawMessage) (*Packet, error) {
	out := NewPacket()
	for _, raw := range ls {
		var pair []json.RawMessage
		var name string
		if err := json.Unmarshal(raw, &pair); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(pair[0], &name); err != nil {
			return nil, err
		}
		proto := Lookup(name)
		if proto == nil {
			return nil, errMissing(name)
		}
		if pair[1][0] != '[' {
			v, err := goldenValue(pair[1])
			if err != nil {
				return nil, err
			}
			if proto.Arg != "" {
				out.Push(one(proto, proto.Arg, v))
			} else {
				out.Push(Dissect(proto, v.([]byte)))
			}
			continue
		}
		l := New(proto)
		var fields [][2]json.RawMessage
		if err := json.Unmarshal(pair[1], &fields); err != nil {
			return nil, err
		}
		for _, f := range fields {
			var field string
			if err := json.Unmarshal(f[0], &field); err != nil {
				return nil, err
			}
			v, err := goldenValue(f[1])
			if err != nil {
				return nil, err
			}
			i := proto.Index(field)
			if i < 0 {
				return nil, fmt.Errorf("%s has no field %s", name, field)
			}
			if err := l.Set(i, v); err != nil {
				return nil, err
			}
		}
		out.Push(NewPacket(l))
	}
	return out, nil
}

// skips counts the cases whose protocols have no table.
type skips map[string]int

// missing notes a case that names a protocol without a table.
func (s skips) missing(err error) bool {
	name, ok := err.(errMissing)
	if ok {
		s[string(name)]++
	}
	return ok
}

func (s skips) report(t *testing.T) {
	var names []string
	n := 0
	for name, k := range s {
		names = append(names, fmt.Sprintf("%s %d", name, k))
		n += k
	}
	sort.Strings(names)
	if n > 0 {
		t.Logf("%d cases need protocols that are not there yet: %s", n, strings.Join(names, ", "))
	}
}

func TestGoldenBuild(t *testing.T) {
	for _, file := range []string{"build", "scapy_cases", "tables"} {
		t.Run(file, func(t *testing.T) {
			skipped := skips{}
			n := 0
			for _, c := range goldenCases(t, file) {
				if c.Build == nil && c.Expand == nil {
					continue
				}
				if why, ok := deviations[c.ID]; ok {
					t.Logf("%s differs on purpose: %s", c.ID, why)
					continue
				}
				got, err := buildGolden(c)
				if skipped.missing(err) {
					continue
				}
				n++
				if err != nil {
					t.Errorf("%s %s: %v", c.ID, c.Expr, err)
					continue
				}
				if want := string(c.Hex); got != want {
					t.Errorf("%s %s\n got %s\nwant %s", c.ID, c.Expr, got, want)
				}
			}
			t.Logf("%d cases built", n)
			skipped.report(t)
		})
	}
}

// buildGolden is the case's bytes in the notation of its Hex.
func buildGolden(c goldenCase) (string, error) {
	// What was in the memory before must not show.
	dirty := bytes.Repeat([]byte{0xa5}, 70000)[:0]
	if c.Build != nil {
		p, err := goldenPacket(c.Build)
		if err != nil {
			return "", err
		}
		b, err := p.AppendTo(dirty)
		return fmt.Sprintf("%q", hex.EncodeToString(b)), err
	}
	p, err := goldenPacket(c.Expand)
	if err != nil {
		return "", err
	}
	var out []string
	for q := range p.Expand() {
		b, err := q.AppendTo(dirty)
		if err != nil {
			return "", err
		}
		out = append(out, fmt.Sprintf("%q", hex.EncodeToString(b)))
	}
	return "[" + strings.Join(out, ",") + "]", nil
}

func TestGoldenDissect(t *testing.T) {
	for _, file := range []string{"dissect", "scapy_cases", "tables"} {
		t.Run(file, func(t *testing.T) {
			skipped := skips{}
			n, differ := 0, map[error]int{}
			for _, c := range goldenCases(t, file) {
				if c.Dissect == "" {
					continue
				}
				if why, ok := deviations[c.ID]; ok {
					t.Logf("%s differs on purpose: %s", c.ID, why)
					continue
				}
				err := dissectGolden(c)
				if skipped.missing(err) {
					continue
				}
				if err == errShortLength || err == errNotDNS {
					differ[err]++
					continue
				}
				n++
				if err != nil {
					t.Errorf("%s %s(%s): %v", c.ID, c.Dissect, c.Hex, err)
				}
			}
			t.Logf("%d cases dissected", n)
			for why, k := range differ {
				t.Logf("%d more differ on purpose: %v", k, why)
			}
			skipped.report(t)
		})
	}
}

func dissectGolden(c goldenCase) error {
	names := c.Names
	for _, l := range c.Layers {
		var name string
		_ = json.Unmarshal(l[0], &name)
		names = append(names, name)
	}
	for _, name := range append([]string{c.Dissect}, names...) {
		if Lookup(name) == nil {
			return errMissing(name)
		}
	}
	var text string
	_ = json.Unmarshal(c.Hex, &text)
	b, err := hex.DecodeString(text)
	if err != nil {
		return err
	}
	p := Dissect(Lookup(c.Dissect), b)
	out, err := p.Build()
	if err != nil || !bytes.Equal(out, b) {
		return fmt.Errorf("rebuilt as %x (%v)", out, err)
	}
	if err := compareGolden(c, p, names); err != nil {
		if shortLength(p) {
			return errShortLength
		}
		if p.Find(DNS) == nil && slices.Contains(names, "DNS") && c.Names != nil {
			return errNotDNS
		}
		return err
	}
	if out, err = p.Build(); err != nil || !bytes.Equal(out, b) {
		return fmt.Errorf("rebuilt as %x (%v) once its fields were looked into", out, err)
	}
	return nil
}

func compareGolden(c goldenCase, p *Packet, names []string) error {
	var got []string
	for _, l := range p.Layers() {
		got = append(got, l.Name())
	}
	if !slices.Equal(got, names) {
		return fmt.Errorf("layers are %v, want %v (%v)", got, names, p.Notes())
	}
	for _, f := range c.Fields {
		i := int(f[0].(float64))
		if err := checkField(p.At(i), f[2].(string), f[3]); err != nil {
			return err
		}
	}
	for i, l := range c.Layers {
		var fields map[string]any
		_ = json.Unmarshal(l[1], &fields)
		for name, want := range fields {
			if err := checkField(p.At(i), name, want); err != nil {
				return err
			}
		}
	}
	var summary string
	_ = json.Unmarshal(c.Summary, &summary)
	summary = oldQuotes.ReplaceAllString(summary, "$1 $2")
	if got := p.Summary(); got != summary {
		return fmt.Errorf("summary is %q, want %q", got, summary)
	}
	return nil
}

func checkField(at At, name string, want any) error {
	i := at.Proto().Index(name)
	if _, known := absentFields[at.Proto().Name+"."+name]; known {
		return nil
	}
	if i < 0 {
		return fmt.Errorf("%s has no field %s", at.Proto(), name)
	}
	// What the referee leaves open is not compared, nor what is cut off.
	if want == nil || !at.Exists(i) {
		return nil
	}
	got, err := json.Marshal(plainJSON(at.Value(i)))
	if err != nil {
		return err
	}
	wantJSON, _ := json.Marshal(want)
	if f, ok := at.Value(i).(Flags); ok {
		if n, isNum := want.(float64); isNum && uint64(n) == f.Bits {
			return nil
		}
	}
	if string(got) != string(wantJSON) {
		return fmt.Errorf("%s.%s is %s, want %s", at.Proto(), name, got, wantJSON)
	}
	return nil
}

// plainJSON is a value as the case files write it.
func plainJSON(v any) any {
	switch v := v.(type) {
	case []byte:
		return "hex:" + hex.EncodeToString(v)
	case netip.Addr:
		return AddrText(v)
	case MAC:
		return v.String()
	case Flags:
		return v.String()
	case List:
		out := make([]any, len(v))
		for i, m := range v {
			out[i] = plainJSON(m)
		}
		return out
	case Tuple:
		return plainJSON(List(v))
	case *Packet:
		var out []any
		for k, l := range v.Layers() {
			fields := map[string]any{}
			for i := range l.proto.Fields {
				if l.Exists(i) && !l.proto.Fields[i].Phantom {
					value := At{v, k}.Value(i)
					if f, ok := value.(Flags); ok {
						value = f.Bits
					}
					fields[l.proto.Fields[i].Name] = plainJSON(value)
				}
			}
			out = append(out, []any{l.Name(), fields})
		}
		return map[string]any{"pkt": out}
	}
	return v
}

func TestGoldenSummary(t *testing.T) {
	skipped := skips{}
	for _, c := range goldenCases(t, "scapy_cases") {
		if c.Text == "" || c.Summary == nil {
			continue
		}
		var ls []json.RawMessage
		if err := json.Unmarshal(c.Summary, &ls); err != nil {
			t.Fatal(err)
		}
		p, err := goldenPacket(ls)
		if skipped.missing(err) {
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if got := p.Summary(); got != c.Text {
			t.Errorf("%s %s\n got %s\nwant %s", c.ID, c.Expr, got, c.Text)
		}
	}
	skipped.report(t)
}

func TestGoldenAnswers(t *testing.T) {
	skipped := skips{}
	for _, c := range goldenCases(t, "scapy_cases") {
		pair := c.Answers
		if pair == nil {
			pair = c.Hash
		}
		if pair == nil {
			continue
		}
		p, err := goldenPacket(pair[0])
		if err == nil {
			var q *Packet
			if q, err = goldenPacket(pair[1]); err == nil {
				checkAnswers(t, c, p, q)
				continue
			}
		}
		if !skipped.missing(err) {
			t.Errorf("%s: %v", c.ID, err)
		}
	}
	skipped.report(t)
}

func checkAnswers(t *testing.T, c goldenCase, p, q *Packet) {
	t.Helper()
	why, differs := deviations[c.ID]
	if c.Hash != nil {
		if got := bytes.Equal(p.HashRet(), q.HashRet()); got != (c.Expect != differs) {
			t.Errorf("%s %s: equal is %v (%s)", c.ID, c.Expr, got, why)
		}
		return
	}
	// Also as they come from the wire, where every field is set.
	for _, pp := range []*Packet{p, redissect(t, p)} {
		for _, qq := range []*Packet{q, redissect(t, q)} {
			got := pp.Answers(qq)
			if got != (c.Expect != differs) {
				t.Errorf("%s %s: %v (%s)", c.ID, c.Expr, got, why)
			}
			if a, b := pp.HashRet(), qq.HashRet(); got && !bytes.Equal(a, b) && !bytes.Equal(pp.HashRetLoose(), b) {
				t.Errorf("%s %s: answers, but the keys are %x and %x", c.ID, c.Expr, a, b)
			}
		}
	}
}

func redissect(t *testing.T, p *Packet) *Packet {
	t.Helper()
	b, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	return Dissect(p.Layers()[0].proto, b)
}
