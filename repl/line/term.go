package line

import (
	"fmt"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/chzyer/readline"
	"golang.org/x/sys/unix"
)

// Bracketed paste: the terminal puts ESC [ 200 ~ and ESC [ 201 ~ around what
// is pasted (xterm, ctlseqs, "Bracketed Paste Mode"). It is on only while a line
// is read, so that a running command that reads the terminal gets plain text.
const (
	pasteModeOn  = "\x1b[?2004h"
	pasteModeOff = "\x1b[?2004l"
)

// fallbackWidth stands in where the terminal does not tell, as a serial line
// does not: readline divides by the width.
const fallbackWidth = 80

// terminal switches a terminal between cooked and raw. Safe for concurrent use.
type terminal struct {
	in, out *os.File

	mu     sync.Mutex
	before *readline.State // as found by raw; nil while cooked
	winch  chan os.Signal
}

func isTerminal(f *os.File) bool { return readline.IsTerminal(int(f.Fd())) }

func newTerminal(in, out *os.File) (*terminal, error) {
	if _, err := readline.GetState(int(in.Fd())); err != nil {
		return nil, fmt.Errorf("read terminal settings: %w", err)
	}
	return &terminal{in: in, out: out}, nil
}

// raw makes keys arrive one by one and unechoed. What a command left in the
// settings (stty) is what cooked will put back.
func (t *terminal) raw() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.before != nil {
		return nil
	}
	st, err := readline.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return fmt.Errorf("make terminal raw: %w", err)
	}
	t.before = st
	t.out.WriteString(pasteModeOn)
	return nil
}

func (t *terminal) cooked() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.before == nil {
		return nil
	}
	t.out.WriteString(pasteModeOff)
	err := readline.Restore(int(t.in.Fd()), t.before)
	t.before = nil
	if err != nil {
		return fmt.Errorf("restore terminal: %w", err)
	}
	return nil
}

// width is the terminal's width in columns, at least 2.
func (t *terminal) width() int {
	w, _, err := readline.GetSize(int(t.out.Fd()))
	if err != nil || w <= 0 {
		return fallbackWidth
	}
	return max(w, 2)
}

// onResize has f called whenever the window changes. readline's own way keeps
// one callback for the whole process.
func (t *terminal) onResize(f func()) {
	ch := make(chan os.Signal, 1)
	signal.Notify(ch, unix.SIGWINCH)
	t.mu.Lock()
	t.winch = ch
	t.mu.Unlock()
	go func() {
		for range ch {
			f()
		}
	}()
}

func (t *terminal) close() {
	t.cooked()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.winch != nil {
		signal.Stop(t.winch)
		close(t.winch)
		t.winch = nil
	}
}

// suspend does what Ctrl-Z does in a cooked terminal: it stops the foreground
// process group, and returns when that is continued. (readline's own
// signals the parent process too, whoever that is.)
func (t *terminal) suspend() {
	cont := make(chan os.Signal, 1)
	signal.Notify(cont, unix.SIGCONT)
	defer signal.Stop(cont)
	t.cooked()
	defer t.raw()
	if err := unix.Kill(0, unix.SIGTSTP); err != nil {
		return
	}
	// In an orphaned process group the kernel drops SIGTSTP (POSIX.1-2017,
	// "Orphaned Process Group"), and no SIGCONT will ever come.
	select {
	case <-cont:
	case <-time.After(300 * time.Millisecond):
	}
}
