package line

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

func mustHistory(t *testing.T, path string) *history {
	t.Helper()
	h, err := openHistory(path)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func mustAdd(t *testing.T, h *history, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if err := h.add(s); err != nil {
			t.Fatal(err)
		}
	}
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Mode().Perm()
}

func TestHistory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "dir", "history")
	h := mustHistory(t, path)
	mustAdd(t, h, "a", "a", "def f():\n\treturn '⏎'\n", "b", "a", " ", "", strings.Repeat("x", historyEntry+1), "esc\x1b[2J")
	want := []string{"def f():⏎\treturn '⏎\ufe0e'⏎", "b", "a", "esc[2J"}
	if !slices.Equal(h.entries, want) {
		t.Errorf("got %q, want %q", h.entries, want)
	}
	if got := mustHistory(t, path).entries; !slices.Equal(got, want) {
		t.Errorf("read again: got %q, want %q", got, want)
	}
	if m := mode(t, path); m != 0o600 {
		t.Errorf("mode %o", m)
	}
}

func TestHistoryModeIsTightened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(path, []byte("a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	mustAdd(t, mustHistory(t, path), "b")
	if m := mode(t, path); m != 0o600 {
		t.Errorf("mode %o", m)
	}
}

func TestHistoryIsTrimmed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "real")
	link := filepath.Join(t.TempDir(), "link")
	var b strings.Builder
	for i := range historyLimit + 5 {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	other := &history{path: path} // a shell that was there before
	h := mustHistory(t, link)
	if len(h.entries) != historyLimit || h.entries[0] != "line 5" {
		t.Errorf("%d entries from %q on", len(h.entries), h.entries[0])
	}
	mustAdd(t, other, "from the other")
	mustAdd(t, h, "mine")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(data), "\n")
	if n := len(lines); n != historyLimit+3 || lines[0] != "line 5" || lines[n-3] != "from the other" || lines[n-2] != "mine" {
		t.Errorf("file of %d lines ends in %q", n, lines[n-3:])
	}
	if m := mode(t, path); m != 0o600 {
		t.Errorf("mode %o", m)
	}
	if st, err := os.Lstat(link); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestHistoryOfTwoShells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history")
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			h, err := openHistory(path)
			if err != nil {
				t.Error(err)
				return
			}
			for j := range 50 {
				if err := h.add(fmt.Sprintf("shell %d line %d", i, j)); err != nil {
					t.Error(err)
				}
				if j == 25 { // as another shell that starts and trims would
					if err := replaceFile(path); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if n := len(mustHistory(t, path).entries); n != 200 {
		t.Errorf("%d of 200 entries arrived", n)
	}
}

func replaceFile(path string) error {
	f, err := lockFile(path)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	h := &history{path: path, entries: parseHistory(data, historyLimit)}
	return h.rewrite()
}

func TestHistoryThatCannotBeKept(t *testing.T) {
	dir := t.TempDir()
	h, err := openHistory(dir) // a directory
	if err == nil {
		t.Fatal("no error")
	}
	mustAdd(t, h, "a")
	if !slices.Equal(h.entries, []string{"a"}) {
		t.Errorf("not even kept for this session: %q", h.entries)
	}
	if _, err := openHistory("/dev/null"); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("/dev/null: %v", err)
	}
}

func FuzzParseHistory(f *testing.F) {
	f.Add([]byte("a\nb\na\n"), 2)
	f.Add([]byte("def f():⏎  x\n\x1b[2J\n\xff\r\n"), 10)
	f.Fuzz(func(t *testing.T, data []byte, limit int) {
		got := parseHistory(data, limit)
		if len(got) > max(limit, 0) {
			t.Fatalf("%d entries, limit %d", len(got), limit)
		}
		seen := map[string]bool{}
		for _, e := range got {
			if clean(e, false) != e || seen[e] || strings.TrimSpace(e) == "" {
				t.Fatalf("entry %q in %q", e, got)
			}
			seen[e] = true
		}
		again := parseHistory([]byte(strings.Join(got, "\n")+"\n"), limit)
		if !slices.Equal(got, again) {
			t.Fatalf("%q read again is %q", got, again)
		}
	})
}
