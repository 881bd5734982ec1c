package py

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// addScripts adds the seeds that want lets pass.
func addScripts(f *testing.F, want func(src string) bool) {
	add := func(src string) {
		if want(src) {
			f.Add(src)
		}
	}
	files, _ := filepath.Glob("testdata/*.py")
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && len(b) < 1000 {
			add(string(b))
		}
	}
	chunks, _ := os.ReadFile("testdata/errors.txt")
	for _, c := range strings.Split(string(chunks), "---\n") {
		add(c)
	}
	for _, s := range []string{"f'{x!r:{w}}'", "if x:\n\ty\n  z", "IP(dst=10.0.0.2/24, src=aa:bb:cc:dd:ee:ff)/TCP(flags=SA)", "\"\\x", "0x 1e 1_", "\\", "f(a=::)", "f'''{'''", "lambda:0", "\ufeffx", "x\r\ny\r\n"} {
		add(s)
	}
}

// isolated tells whether src stays inside the evaluator: files, commands and
// input are not for random programs to touch.
func isolated(src string) bool {
	for _, word := range []string{"open", "import", "input", "builtins"} {
		if strings.Contains(src, word) {
			return false
		}
	}
	return true
}

// FuzzParse reads any text: no panic, tokens in order and inside the source,
// errors inside the source, and units that are the source again.
func FuzzParse(f *testing.F) {
	addScripts(f, func(string) bool { return true })
	f.Fuzz(func(t *testing.T, src string) {
		at := 0
		toks := Tokens(src)
		for _, tok := range toks {
			if tok.Start < at || tok.End < tok.Start || tok.End > len(src) || tok.Text != src[tok.Start:tok.End] {
				t.Fatalf("token %v %q at %d..%d behind %d", tok.Kind, tok.Text, tok.Start, tok.End, at)
			}
			if tok.Line < 1 || tok.Col < 1 {
				t.Fatalf("token %v at %d:%d", tok.Kind, tok.Line, tok.Col)
			}
			at = tok.End
		}
		if len(toks) == 0 || toks[len(toks)-1].Kind != EOF {
			t.Fatal("no EOF")
		}
		s := newSource("fuzz.py", src)
		body, err := parseFile(s)
		if err == nil {
			_, err = resolveModule(s, body)
		}
		if err != nil {
			var syn *SyntaxError
			if !errors.As(err, &syn) {
				t.Fatalf("error of type %T", err)
			}
			if syn.Span.Start < 0 || syn.Span.End < syn.Span.Start || syn.Span.End > len(src) {
				t.Fatalf("error at %v of %d: %s", syn.Span, len(src), syn.Msg)
			}
			if report := FormatError(err, true); !strings.Contains(report, "Error") {
				t.Fatalf("report %q", report)
			}
		}
		Incomplete(src)
		IndentFor(src)
		if got := strings.Join(Split(src), ""); got != src {
			t.Fatalf("units are %q, not %q", got, src)
		}
	})
}

// FuzzExec runs any text within a budget of steps: it ends, without a panic of
// ours.
func FuzzExec(f *testing.F) {
	addScripts(f, isolated)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, src string) {
		if !isolated(src) {
			t.Skip("it might touch files")
		}
		in := New(Options{MaxSteps: 20_000, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard})
		in.SetScriptDir(dir)
		_, err := in.Exec(context.Background(), "fuzz.py", src, ModeFile)
		if err == nil {
			return
		}
		var e *Exception
		if errors.As(err, &e) && e.Kind() == "InternalError" {
			t.Fatalf("%s", FormatError(err, false))
		}
		FormatError(err, false)
	})
}
