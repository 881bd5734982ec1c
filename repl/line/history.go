package line

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// historyLimit is how many entries are kept; historyEntry how long one may be,
// in bytes. A longer one, a paste of a whole file say, is no use on one line.
const (
	historyLimit = 10_000
	historyEntry = 64 << 10
)

// history is the entries of earlier lines, oldest first, and the file that
// keeps them. An entry stands on one line, encoded.
//
// Several shells may use one file: each appends with one write under a
// lock, and sees the others' entries when it starts. Trimming puts a new file in
// place of the old, so a writer makes sure that the file it locked is still
// the one of that name.
type history struct {
	path      string // "" when nothing is kept
	entries   []string
	lastQuery string
}

// openHistory reads the file, and trims it when it is too long. The history can
// be used even when there is an error.
func openHistory(path string) (*history, error) {
	h := &history{}
	if path == "" {
		return h, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return h, fmt.Errorf("make directory for history: %w", err)
	}
	// A link to the file stays a link.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := lockFile(path)
	if err != nil {
		return h, err
	}
	defer f.Close() // and unlocks
	data, err := io.ReadAll(f)
	if err != nil {
		return h, fmt.Errorf("read history: %w", err)
	}
	h.path = path
	h.entries = parseHistory(data, historyLimit)
	if bytes.Count(data, []byte("\n")) > historyLimit {
		if err := h.rewrite(); err != nil {
			return h, err
		}
	}
	return h, nil
}

// parseHistory is the newest limit entries of a file, each once, where it
// was last.
func parseHistory(data []byte, limit int) []string {
	lines := strings.Split(string(data), "\n")
	seen := make(map[string]bool, len(lines))
	var back []string
	for i := len(lines) - 1; i >= 0 && len(back) < limit; i-- {
		l := clean(lines[i], false) // nothing in a file may move the cursor
		if strings.TrimSpace(l) == "" || seen[l] || len(l) > historyEntry {
			continue
		}
		seen[l] = true
		back = append(back, l)
	}
	for i, j := 0, len(back)-1; i < j; i, j = i+1, j-1 {
		back[i], back[j] = back[j], back[i]
	}
	return back
}

// add appends a block, and takes away an older one that is the same. A file that
// cannot be written is given up, with an error.
func (h *history) add(text string) error {
	entry := encode(clean(text, true))
	if strings.TrimSpace(entry) == "" || len(entry) > historyEntry {
		return nil
	}
	if n := len(h.entries); n > 0 && h.entries[n-1] == entry {
		return nil
	}
	for i, old := range h.entries {
		if old == entry {
			h.entries = append(h.entries[:i], h.entries[i+1:]...)
			break
		}
	}
	h.entries = append(h.entries, entry)
	if len(h.entries) > historyLimit {
		h.entries = h.entries[len(h.entries)-historyLimit:]
	}
	if h.path == "" {
		return nil
	}
	f, err := lockFile(h.path)
	if err == nil {
		_, err = f.WriteString(entry + "\n")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		h.path = ""
		return fmt.Errorf("write history: %w", err)
	}
	return nil
}

// rewrite puts a file with just the entries in place of the locked one.
func (h *history) rewrite() error {
	// os.CreateTemp makes files with mode 0600.
	f, err := os.CreateTemp(filepath.Dir(h.path), filepath.Base(h.path)+".*")
	if err != nil {
		return fmt.Errorf("trim history: %w", err)
	}
	_, err = f.WriteString(strings.Join(h.entries, "\n") + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		os.Remove(f.Name())
		return fmt.Errorf("trim history: %w", err)
	}
	return nil
}

// lockFile opens the file to read and to append, makes it when missing, and
// waits for its lock (flock(2)), which goes with the descriptor.
func lockFile(path string) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		mine, err := f.Stat()
		if err == nil && !mine.Mode().IsRegular() {
			err = fmt.Errorf("%s is not a regular file", path)
		}
		if err == nil && mine.Mode().Perm()&0o077 != 0 {
			err = f.Chmod(0o600) // addresses and payloads are nobody else's
		}
		if err == nil {
			err = flock(f)
		}
		if err != nil {
			f.Close()
			return nil, err
		}
		if now, err := os.Stat(path); err == nil && os.SameFile(mine, now) {
			return f, nil
		}
		f.Close() // replaced while we waited
	}
}

func flock(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX)
		if err == nil {
			return nil
		}
		if !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("lock %s: %w", f.Name(), err)
		}
	}
}
