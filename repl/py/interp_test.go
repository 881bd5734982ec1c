package py

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// TestImportFile imports modules that stand beside the script.
func TestImportFile(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"helper.py":       "print('loading', __name__)\nlimit = 5\n_hidden = 1\ndef double(x): return x * 2 if x < limit else limit\n",
		"broken.py":       "x = (\n",
		"failing.py":      "1 / 0\n",
		"pkg/__init__.py": "name = 'pkg'\n",
		"pkg/part.py":     "from .other import value\nresult = value + 1\n",
		"pkg/other.py":    "value = 41\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct{ src, want string }{
		{"import helper\nimport helper as h\nprint(helper.double(2), h is helper)", "loading helper\n4 True\n"},
		{"from helper import double as d, limit\nprint(d(9), limit)", "loading helper\n5 5\n"},
		{"from helper import *\nlimit = 100\nprint(double(9), '_hidden' in globals())", "loading helper\n5 False\n"},
		{"import helper\nhelper.limit = 100\nprint(helper.double(9), helper.__name__)", "loading helper\n18 helper\n"},
		{"from pkg.part import result\nprint(result)", "42\n"},
		{"import pkg\nprint(pkg.name)", "pkg\n"},
		{"try: import helper2\nexcept ImportError as e: print(type(e).__name__)", "ModuleNotFoundError\n"},
		{"try: from helper import nope\nexcept ImportError as e: print(e)", "loading helper\ncannot import name 'nope' from 'helper'\n"},
		{"try: import broken\nexcept SyntaxError as e: print(e)", "'(' was never closed\n"},
		{"try: import failing\nexcept ZeroDivisionError as e: print(e)", "division by zero\n"},
	}
	for _, tt := range tests {
		var out strings.Builder
		in := New(Options{Stdout: &out})
		in.SetScriptDir(dir)
		if _, err := in.Exec(context.Background(), filepath.Join(dir, "main.py"), tt.src, ModeFile); err != nil {
			t.Errorf("%s\n%s", tt.src, FormatError(err, false))
		}
		if out.String() != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.src, out.String(), tt.want)
		}
	}
	in := New(Options{})
	in.SetScriptDir(dir)
	_, err := in.Exec(context.Background(), "main.py", "import failing", ModeFile)
	if report := FormatError(err, false); !strings.Contains(report, "failing.py:1:1: 1 / 0") {
		t.Errorf("the report does not show the module's line:\n%s", report)
	}
}

// TestImportHook and the modules of Options come before those built in.
func TestImportHook(t *testing.T) {
	in := New(Options{
		Modules: map[string]starlark.Value{"mine": starlark.MakeInt(1)},
		ImportHook: func(name string) (starlark.Value, bool) {
			return starlark.String("hooked"), name == "hooked"
		},
	})
	v, err := eval(t, in, "import mine, hooked\nmine, hooked")
	if err != nil || v.String() != `(1, "hooked")` {
		t.Errorf("got %v, %v", v, err)
	}
	if !slices.Contains(in.ModuleNames(), "mine") || in.Module("mine") == nil {
		t.Error("the module is not listed")
	}
}

func TestInput(t *testing.T) {
	var out strings.Builder
	in := New(Options{Stdin: strings.NewReader("first\nsecond"), Stdout: &out})
	v, err := eval(t, in, "a = input('name? ')\nb = input()\ntry: input()\nexcept EOFError as e: c = str(e)\na, b, c")
	if err != nil || v.String() != `("first", "second", "EOF when reading a line")` || out.String() != "name? " {
		t.Errorf("got %v, %v, printed %q", v, err, out.String())
	}
}

// TestGlobals is the table as the Go side sees it.
func TestGlobals(t *testing.T) {
	in := New(Options{Predeclared: map[string]starlark.Value{"IP": starlark.MakeInt(4)}})
	in.Set("x", starlark.MakeInt(1))
	if v, err := eval(t, in, "x += 1\nIP = 6\nx, IP"); err != nil || v.String() != "(2, 6)" {
		t.Errorf("got %v, %v", v, err)
	}
	if v, ok := in.Get("x"); !ok || v.String() != "2" {
		t.Errorf("x is %v", v)
	}
	if _, err := eval(t, in, "del IP"); err != nil {
		t.Error(err)
	}
	if v, ok := in.Get("IP"); !ok || v.String() != "4" {
		t.Errorf("IP is %v after del, want the predeclared one", v)
	}
	if _, ok := in.Get("nope"); ok {
		t.Error("nope is defined")
	}
	if g := in.Globals(); g["x"] == nil || g["IP"] != nil {
		t.Errorf("globals are %v", g)
	}
	for _, name := range []string{"x", "IP", "print", "ValueError"} {
		if !slices.Contains(in.Names(), name) {
			t.Errorf("Names lacks %s", name)
		}
	}
}

// TestValue is what a prompt unit gives back.
func TestValue(t *testing.T) {
	in := New(Options{})
	for src, want := range map[string]string{"1 + 1": "2", "x = 1": "", "x = 1; x": "1", "x = 1\nx + 1": "2", "None": "None", "if 1: 5": "", "'doc'": `"doc"`, "": "", "# c": ""} {
		v, err := eval(t, in, src)
		got := ""
		if v != nil {
			got = v.String()
		}
		if err != nil || got != want {
			t.Errorf("%q gives %q, %v, want %q", src, got, err, want)
		}
	}
	if v, err := in.Exec(context.Background(), "f.py", "1 + 1", ModeFile); v != nil || err != nil {
		t.Errorf("a file gives %v, %v", v, err)
	}
}

// TestReflection is vars, dir, setattr and their kin, and completion's view.
func TestReflection(t *testing.T) {
	in := New(toyOptions())
	v, err := eval(t, in, `
def f(a, b=2, *c, d, e=5, **g): "doc"
setattr(f, "note", 1)
p = IP(dst="1.2.3.4")
setattr(p, "ttl", 3)
e = ValueError("v")
r = (f.note, f.__doc__, vars(p)["ttl"], getattr(p, "ttl"), hasattr(p, "nope"), "dst" in dir(p), e.args, dir(e))
delattr(p, "ttl")
r + (p.ttl,)`)
	if err != nil || v.String() != `(1, "doc", 3, 3, False, True, ("v",), ["args"], None)` {
		t.Errorf("got %v, %v", v, err)
	}
	fn, _ := in.Get("f")
	if sig := fn.(*Function).Signature(); sig != "(a, b=2, *c, d, e=5, **g)" {
		t.Errorf("signature %s", sig)
	}
	if names := AttrNames(starlark.String("")); !slices.Contains(names, "upper") || !slices.IsSorted(names) {
		t.Errorf("attributes of a str: %v", names)
	}
	if slices.Contains(Keywords(), "async") || !slices.Contains(Keywords(), "lambda") {
		t.Errorf("keywords: %v", Keywords())
	}
}

// TestStdio prints to where the options say, and to files and streams.
func TestStdio(t *testing.T) {
	var out, errs strings.Builder
	in := New(Options{Stdout: &out, Stderr: &errs})
	_, err := eval(t, in, "import sys\nprint(1)\nprint(2, file=sys.stderr)\nsys.stdout.write('3\\n')\nraise SystemExit('said why')")
	if err == nil || out.String() != "1\n3\n" || errs.String() != "2\nsaid why\n" {
		t.Errorf("out %q, err %q, %v", out.String(), errs.String(), err)
	}
}
