package line

import (
	"errors"
	"io"
	"os"
	"testing"
)

// piped is an editor that reads text through a pipe.
func piped(t *testing.T, text string) *Editor {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		io.WriteString(w, text)
		w.Close()
	}()
	t.Cleanup(func() { r.Close() })
	return plainEditor(t, r)
}

func plainEditor(t *testing.T, in *os.File) *Editor {
	t.Helper()
	out, err := os.Create(t.TempDir() + "/out")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if st, err := out.Stat(); err != nil || st.Size() != 0 {
			t.Error("a prompt was written where nobody reads it")
		}
		out.Close()
	})
	e, err := New(Config{In: in, Out: out, Err: out, Prompt: ">>> ", Continue: "... ", Incomplete: demoIncomplete})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func TestPlainInput(t *testing.T) {
	e := piped(t, "\n  \nx = 1\r\nf(\t1,\n2)\ndef f():\n\treturn 1\n\n\nlast:\n  open")
	for _, want := range []string{"x = 1", "f(\t1,\n2)", "def f():\n\treturn 1"} {
		got, pasted, err := e.ReadBlock()
		if got != want || pasted || err != nil {
			t.Errorf("got %q, %v, %v; want %q", got, pasted, err, want)
		}
	}
	got, _, err := e.ReadBlock()
	if got != "last:\n  open" || err != nil {
		t.Errorf("what the end cuts short: got %q, %v", got, err)
	}
	for range 2 {
		if _, _, err := e.ReadBlock(); err != io.EOF {
			t.Errorf("at the end: %v", err)
		}
	}
}

func TestPlainReadLine(t *testing.T) {
	e := piped(t, "first\n\nblock\n")
	for _, want := range []string{"first", ""} {
		if got, err := e.ReadLine("? "); got != want || err != nil {
			t.Errorf("got %q, %v; want %q", got, err, want)
		}
	}
	if got, _, err := e.ReadBlock(); got != "block" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestCloseUnblocksPlainInput(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	defer r.Close()
	e := plainEditor(t, r)
	done := make(chan error)
	go func() {
		_, _, err := e.ReadBlock()
		done <- err
	}()
	e.Close()
	if err := <-done; !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v, want os.ErrClosed", err)
	}
}

func TestTrimBlankLines(t *testing.T) {
	for in, want := range map[string]string{"a": "a", "a\n \n\t\n": "a", "\n\n": "", "": "", " ": " ", "a\n\nb\n": "a\n\nb"} {
		if got := trimBlankLines(in); got != want {
			t.Errorf("trimBlankLines(%q): got %q, want %q", in, got, want)
		}
	}
}
