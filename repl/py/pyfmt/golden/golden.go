// Package golden reads the tables that CPython made for the tests of the
// language's libraries: one JSON array per line, values spelt so that every
// type survives. Each testdata/gen.py imports the writer's half, golden.py.
package golden

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"testing"

	"go.starlark.net/starlark"
)

// Case is one line: a function, its arguments and CPython's answer.
type Case struct {
	Line int
	Op   string
	Args []starlark.Value
	Want starlark.Value // nil if it raised
	Err  string         // "ValueError: message" if it raised
}

// String names the case in a failure message.
func (c Case) String() string { return fmt.Sprintf("line %d: %s%v", c.Line, c.Op, c.Args) }

// Read reads a table, gzipped. It fails the test on a malformed or empty one.
func Read(t testing.TB, path string) []Case {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	sc := bufio.NewScanner(z)
	sc.Buffer(nil, 1<<24)
	var cases []Case
	for n := 1; sc.Scan(); n++ {
		c, err := parseCase(sc.Bytes())
		if err != nil {
			t.Fatalf("%s:%d: %v", path, n, err)
		}
		c.Line = n
		cases = append(cases, c)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	if len(cases) == 0 {
		t.Fatalf("%s holds no case", path)
	}
	return cases
}

func parseCase(line []byte) (c Case, err error) {
	var raw struct {
		Op   string            `json:"op"`
		Args []json.RawMessage `json:"args"`
		Out  json.RawMessage   `json:"out"`
		Err  string            `json:"err"`
	}
	if err = json.Unmarshal(line, &raw); err != nil {
		return c, err
	}
	c.Op, c.Err = raw.Op, raw.Err
	for _, a := range raw.Args {
		v, err := Value(a)
		if err != nil {
			return c, err
		}
		c.Args = append(c.Args, v)
	}
	if c.Err == "" {
		c.Want, err = Value(raw.Out)
	}
	return c, err
}

// Value reads one value.
func Value(raw []byte) (starlark.Value, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return nil, err
	}
	return value(x)
}

func value(x any) (starlark.Value, error) {
	switch x := x.(type) {
	case nil:
		return starlark.None, nil
	case bool:
		return starlark.Bool(x), nil
	case string:
		return starlark.String(x), nil
	case json.Number:
		i, ok := new(big.Int).SetString(x.String(), 10)
		if !ok {
			return nil, fmt.Errorf("not an integer: %s", x)
		}
		return starlark.MakeBigInt(i), nil
	case []any:
		l, err := values(x)
		return starlark.NewList(l), err
	case map[string]any:
		for tag, v := range x {
			return tagged(tag, v)
		}
	}
	return nil, fmt.Errorf("unknown value %v", x)
}

func values(x any) ([]starlark.Value, error) {
	var out []starlark.Value
	l, ok := x.([]any)
	if !ok {
		return nil, errors.New("want an array")
	}
	for _, e := range l {
		v, err := value(e)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// tagged reads the types that JSON lacks: f float.hex(), b hex bytes, t tuple,
// s set, d dict as pairs.
func tagged(tag string, x any) (starlark.Value, error) {
	if tag == "f" || tag == "b" {
		s, _ := x.(string)
		if tag == "b" {
			b, err := hex.DecodeString(s)
			return starlark.Bytes(b), err
		}
		switch s {
		case "nan":
			return starlark.Float(math.NaN()), nil
		}
		f, err := strconv.ParseFloat(s, 64)
		return starlark.Float(f), err
	}
	l, err := values(x)
	if err != nil {
		return nil, err
	}
	switch tag {
	case "t":
		return starlark.Tuple(l), nil
	case "s":
		s := starlark.NewSet(len(l))
		for _, e := range l {
			if err := s.Insert(e); err != nil {
				return nil, err
			}
		}
		return s, nil
	case "d":
		d := starlark.NewDict(len(l))
		for _, e := range l {
			kv := e.(*starlark.List)
			if err := d.SetKey(kv.Index(0), kv.Index(1)); err != nil {
				return nil, err
			}
		}
		return d, nil
	}
	return nil, fmt.Errorf("unknown tag %q", tag)
}

// ErrString is err as the tables write it: "Class: message".
func ErrString(err error) string {
	var k interface {
		error
		Kind() string
	}
	if errors.As(err, &k) {
		return k.Kind() + ": " + k.Error()
	}
	return "Go error: " + err.Error()
}
