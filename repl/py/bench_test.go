package py

import (
	"context"
	"testing"

	"go.starlark.net/starlark"
)

// attrs is a Go value with two attributes: the packet of a callback.
type attrs struct{ ttl, dst starlark.Value }

func (a *attrs) String() string        { return "<attrs>" }
func (a *attrs) Type() string          { return "attrs" }
func (a *attrs) Freeze()               {}
func (a *attrs) Truth() starlark.Bool  { return true }
func (a *attrs) Hash() (uint32, error) { return 0, nil }
func (a *attrs) AttrNames() []string   { return []string{"dst", "ttl"} }
func (a *attrs) Attr(name string) (starlark.Value, error) {
	switch name {
	case "ttl":
		return a.ttl, nil
	case "dst":
		return a.dst, nil
	}
	return nil, nil
}

// global runs src and returns the global called name.
func global(tb testing.TB, src, name string) (*Interp, starlark.Value) {
	tb.Helper()
	in := New(Options{})
	if _, err := in.Exec(context.Background(), "<bench>", src, ModeFile); err != nil {
		tb.Fatal(FormatError(err, false))
	}
	v, ok := in.Get(name)
	if !ok {
		tb.Fatalf("no global %s", name)
	}
	return in, v
}

func BenchmarkCallback(b *testing.B) {
	in, fn := global(b, `f = lambda p: p.ttl > 5 and p.dst == "10.0.0.2"`, "f")
	p := &attrs{starlark.MakeInt(64), starlark.String("10.0.0.2")}
	args := starlark.Tuple{p}
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		v, err := in.Call(ctx, fn, args, nil)
		if err != nil || v != starlark.True {
			b.Fatal(v, err)
		}
	}
}

func benchCall(b *testing.B, src string) {
	in, fn := global(b, src, "f")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Call(context.Background(), fn, nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFib20(b *testing.B) {
	benchCall(b, "def fib(n):\n  if n < 2: return n\n  return fib(n-1) + fib(n-2)\ndef f(): return fib(20)\n")
}

func BenchmarkLoop1000(b *testing.B) {
	benchCall(b, "def f():\n  x = 0\n  for i in range(1000):\n    x += i\n  return x\n")
}

func BenchmarkWhile1000(b *testing.B) {
	benchCall(b, "def f():\n  i = 0\n  while i < 1000:\n    i = i + 1\n  return i\n")
}

func BenchmarkListComp1000(b *testing.B) {
	benchCall(b, "def f(): return [i * 2 for i in range(1000) if i % 3]\n")
}

// BenchmarkStatement is one typed statement, from text to result.
func BenchmarkStatement(b *testing.B) {
	in := New(Options{})
	b.ReportAllocs()
	for b.Loop() {
		if _, err := in.Exec(context.Background(), "<in>", `x = [1, 2, 3]; y = x[1] + len("abc")`, ModeSingle); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStarlarkFib20 is the same function in Starlark's own machine, as a
// yardstick.
func BenchmarkStarlarkFib20(b *testing.B) {
	benchStarlark(b, "def fib(n):\n  if n < 2: return n\n  return fib(n-1) + fib(n-2)\ndef f(): return fib(20)\n")
}

func BenchmarkStarlarkLoop1000(b *testing.B) {
	benchStarlark(b, "def f():\n  x = 0\n  for i in range(1000):\n    x += i\n  return x\n")
}
