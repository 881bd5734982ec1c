package line

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The end-to-end tests run this test binary again as a small shell on a
// pseudo-terminal and look at the screen that results.

const childEnv = "LINE_TEST_SHELL"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Exit(shell())
	}
	os.Exit(m.Run())
}

// demoIncomplete is a language of brackets and of blocks after a colon.
func demoIncomplete(src string) bool {
	if strings.Contains(src, "PANIC-INC") {
		panic("incomplete")
	}
	if strings.Count(src, "(") > strings.Count(src, ")") {
		return true
	}
	first, _, _ := strings.Cut(src, "\n")
	body := strings.Contains(src, "\n ") || strings.Contains(src, "\n\t")
	return strings.HasSuffix(first, ":") && !(body && strings.HasSuffix(src, "\n"))
}

func demoIndent(src string) string {
	last := src[strings.LastIndexByte(src, '\n')+1:]
	in := last[:len(last)-len(strings.TrimLeft(last, " "))]
	if strings.HasSuffix(last, ":") {
		in += "    "
	}
	return in
}

func demoComplete(text string, pos int) (int, []Candidate) {
	start := pos
	for start > 0 && inWord(rune(text[start-1])) {
		start--
	}
	if text[start:pos] == "PANIC" {
		panic("completer")
	}
	var words []Candidate
	for _, w := range []string{"sendp", "sendpfast", "sniff", "sr", "sr1", "srloop", "srp"} {
		words = append(words, Candidate{Text: w, Note: "does " + w})
	}
	for i := range 250 {
		words = append(words, Candidate{Text: fmt.Sprintf("zz%03d", i)})
	}
	var got []Candidate
	for _, w := range words {
		if start < pos && strings.HasPrefix(w.Text, text[start:pos]) {
			got = append(got, w)
		}
	}
	return start, got
}

func demoPaint(line string) string {
	if strings.Contains(line, "PANIC-PAINT") {
		panic("painter")
	}
	return strings.ReplaceAll(line, "IP", "\x1b[36mIP\x1b[0m")
}

// shell shows each block that was read in a line of its own.
func shell() int {
	e, err := New(Config{
		Prompt: "\x1b[1m>>>\x1b[0m ", Continue: "... ",
		HistoryFile: os.Getenv("LINE_TEST_HISTORY"), Vi: os.Getenv("LINE_TEST_VI") != "",
		Incomplete: demoIncomplete, Indent: demoIndent, Complete: demoComplete, Paint: demoPaint,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer e.Close()
	usr1, term := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(usr1, unix.SIGUSR1)
	signal.Ignore(unix.SIGHUP) // the end of the input is what ends it
	signal.Notify(term, unix.SIGTERM)
	go func() {
		<-term
		e.Restore()
		os.Exit(143)
	}()
	for {
		text, pasted, err := e.ReadBlock()
		if err != nil {
			fmt.Printf("<err %v>\n", err)
			if err == io.EOF || err == os.ErrClosed {
				return 0
			}
			continue
		}
		kind := "typed"
		if pasted {
			kind = "pasted"
		}
		switch text {
		case "wait":
			fmt.Println("<waiting>")
			<-usr1
		case "background":
			go func() {
				<-usr1
				fmt.Fprint(e.Stdout(), "from behind\nand a half")
				fmt.Fprint(e.Stdout(), " line\n")
			}()
		case "input":
			l, err := e.ReadLine("name? ")
			fmt.Printf("<input %q %v>\n", l, err)
			continue
		case "halfline":
			fmt.Fprint(e.Stdout(), "no newline")
			continue
		case "close":
			go func() {
				<-usr1
				e.Close()
			}()
		}
		fmt.Printf("<%s %q>\n", kind, text)
	}
}

// session is a shell on a pseudo-terminal.
type session struct {
	t       *testing.T
	ptm     *os.File
	cmd     *exec.Cmd
	history string

	mu   sync.Mutex
	scr  *screen
	raw  bytes.Buffer
	done chan struct{}
}

// openPTY is what posix_openpt(3), grantpt(3) and unlockpt(3) come to on Linux.
func openPTY(t *testing.T, cols, rows int) (ptm, pts *os.File) {
	t.Helper()
	ptm, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { ptm.Close() })
	n := 0
	control(t, ptm, func(fd int) error { return unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0) })
	control(t, ptm, func(fd int) (err error) { n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN); return err })
	control(t, ptm, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(cols), Row: uint16(rows)})
	})
	pts, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatalf("open terminal side: %v", err)
	}
	return ptm, pts
}

// control runs an ioctl. Not through Fd, which makes the file blocking: then
// closing it would not end a read, and the shell would never be hung up on.
func control(t *testing.T, f *os.File, do func(fd int) error) {
	t.Helper()
	conn, err := f.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var ioctlErr error
	if err := conn.Control(func(fd uintptr) { ioctlErr = do(int(fd)) }); err != nil || ioctlErr != nil {
		t.Fatalf("control pty: %v", errors.Join(err, ioctlErr))
	}
}

// start runs a shell on a terminal of the given width and waits for its prompt.
func start(t *testing.T, cols int, env ...string) *session {
	t.Helper()
	t.Parallel()
	history := filepath.Join(t.TempDir(), "history")
	return startWith(t, cols, history, env...)
}

func startWith(t *testing.T, cols int, history string, env ...string) *session {
	t.Helper()
	const rows = 24
	ptm, pts := openPTY(t, cols, rows)
	s := &session{t: t, ptm: ptm, scr: newScreen(cols, rows), done: make(chan struct{}), history: history}
	s.cmd = exec.Command(os.Args[0])
	s.cmd.Env = append(append(os.Environ(), "TERM=xterm", "NO_COLOR=", childEnv+"=1", "LINE_TEST_HISTORY="+history), env...)
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = pts, pts, pts
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	pts.Close()
	go func() {
		defer close(s.done)
		var b [4096]byte
		for {
			n, err := ptm.Read(b[:])
			if err != nil {
				return
			}
			s.mu.Lock()
			s.raw.Write(b[:n])
			s.scr.write(b[:n])
			s.mu.Unlock()
		}
	}()
	t.Cleanup(func() {
		s.cmd.Process.Kill()
		s.cmd.Wait()
	})
	s.see(">>> ")
	return s
}

// send types keys, all in one write.
func (s *session) send(keys string) {
	s.t.Helper()
	if _, err := s.ptm.WriteString(keys); err != nil {
		s.t.Fatalf("send %q: %v", keys, err)
	}
}

// within tells whether ok holds at one of so many looks, 5 ms apart.
func (s *session) within(looks int, ok func(*screen) bool) bool {
	for range looks {
		s.mu.Lock()
		good := ok(s.scr)
		s.mu.Unlock()
		if good {
			return true
		}
		time.Sleep(5 * time.Millisecond)
	}
	return false
}

// until waits for something to be true of the screen. The limit only ends a
// test that has failed.
func (s *session) until(what string, ok func(*screen) bool) {
	s.t.Helper()
	if s.within(2000, ok) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	raw := s.raw.String()
	s.t.Fatalf("waited in vain for %s; the screen:\n%s\ncursor %d,%d\nlast output %q", what, s.scr, s.scr.y, s.scr.x, raw[max(0, len(raw)-600):])
}

// see waits until the screen shows text.
func (s *session) see(text string) {
	s.t.Helper()
	s.until(fmt.Sprintf("%q", text), func(c *screen) bool { return strings.Contains(c.String(), text) })
}

// seeLine waits until the line with the cursor is text, with the cursor at |.
func (s *session) seeLine(text string) {
	s.t.Helper()
	want := strings.Replace(text, "|", "", 1)
	x := len([]rune(text[:strings.Index(text, "|")]))
	s.until(fmt.Sprintf("the line %q", text), func(c *screen) bool {
		return strings.TrimRight(string(c.cells[c.y]), " ") == strings.TrimRight(want, " ") && c.x == x
	})
}

// text is what is on the screen now.
func (s *session) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.scr.String()
}

// wait waits for the shell to end, with the status it ends with.
func (s *session) wait() int {
	s.t.Helper()
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		s.t.Fatalf("the shell did not end; the screen:\n%s", s.text())
	}
	s.cmd.Wait()
	return s.cmd.ProcessState.ExitCode()
}

func (s *session) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

func (s *session) resize(cols int) {
	s.t.Helper()
	s.mu.Lock()
	s.scr.resize(cols)
	s.mu.Unlock()
	control(s.t, s.ptm, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Col: uint16(cols), Row: 24})
	})
}

// cooked tells whether the terminal echoes and gathers lines.
func (s *session) cooked() bool {
	s.t.Helper()
	var st *unix.Termios
	control(s.t, s.ptm, func(fd int) (err error) { st, err = unix.IoctlGetTermios(fd, unix.TCGETS); return err })
	return st.Lflag&unix.ECHO != 0 && st.Lflag&unix.ICANON != 0
}
