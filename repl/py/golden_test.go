package py

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.starlark.net/starlark"
)

// run executes src as a file and gives what it printed.
func run(t testing.TB, opts Options, name, src string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	opts.Stdout, opts.Stderr = &out, new(bytes.Buffer)
	in := New(opts)
	_, err := in.Exec(context.Background(), name, src, ModeFile)
	if err == nil {
		err = in.Wait(context.Background())
	}
	return out.String(), err
}

// TestGolden runs testdata/*.py and compares with what CPython printed
// (testdata/gen.sh).
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.py")
	if err != nil || len(files) < 60 {
		t.Fatalf("found %d scripts: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".py"), func(t *testing.T) {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(file, ".py") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir()) // for the scripts that write files
			got, err := run(t, Options{}, file, string(src))
			if err != nil {
				t.Errorf("%s", FormatError(err, false))
			}
			compareLines(t, got, string(want))
		})
	}
}

// compareLines reports the first lines that differ.
func compareLines(t *testing.T, got, want string) {
	t.Helper()
	if got == want {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	shown := 0
	for i := 0; i < max(len(g), len(w)) && shown < 5; i++ {
		a, b := "(nothing)", "(nothing)"
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Errorf("line %d:\n got %s\nwant %s", i+1, a, b)
			shown++
		}
	}
}

// eval evaluates src as a prompt unit.
func eval(t testing.TB, in *Interp, src string) (starlark.Value, error) {
	t.Helper()
	return in.Exec(context.Background(), "<in>", src, ModeSingle)
}
