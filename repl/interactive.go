package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"pktsh/repl/line"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// interactive is the prompt: read a block, run it, show what it gives.
func (s *Shell) interactive(c command) int {
	s.in.ImportScapy()
	ed, err := line.New(line.Config{
		Prompt:      prompt(s.opts.Colour, ">>> "),
		Continue:    prompt(s.opts.Colour, "... "),
		HistoryFile: historyFile(),
		Incomplete:  func(src string) bool { return py.Incomplete(src + "\n") },
		Indent:      py.IndentFor,
		Complete:    s.complete,
		Paint:       paint,
		Vi:          os.Getenv("PKTSH_EDITOR") == "vi",
	})
	if err != nil {
		fmt.Fprintf(s.err, "pktsh: %v\n", err)
		return exitError
	}
	defer ed.Close()
	s.restore = ed.Restore
	s.out.set(ed.Stdout())
	defer s.out.set(s.opts.Stdout)
	s.in.SetStdin(&typedLines{ed: ed})
	s.runRC()
	s.banner(c)
	for n := 1; ; n++ {
		src, _, err := ed.ReadBlock()
		switch {
		case errors.Is(err, line.ErrInterrupt):
			continue
		case errors.Is(err, io.EOF):
			return exitOK
		case err != nil:
			fmt.Fprintf(s.err, "pktsh: %v\n", err)
			return exitError
		}
		if code, done := s.runLine(fmt.Sprintf("<in %d>", n), src); done {
			return code
		}
	}
}

// typedLines is the terminal as input() reads it: line by line, edited.
type typedLines struct {
	ed   *line.Editor
	rest []byte
}

func (t *typedLines) Read(b []byte) (int, error) {
	if len(t.rest) == 0 {
		text, err := t.ed.ReadLine("")
		if errors.Is(err, line.ErrInterrupt) {
			return 0, pyrt.Errorf("KeyboardInterrupt", "")
		}
		if err != nil {
			return 0, err
		}
		t.rest = []byte(text + "\n")
	}
	n := copy(b, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

// runLine evaluates one block of the prompt; done ends the session. A mistake in
// the shell itself is told and does not end it.
func (s *Shell) runLine(name, src string) (code int, done bool) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(s.err, "InternalError: %v, in: %s\n%s", p, src, debug.Stack())
		}
	}()
	err := s.Line(context.Background(), name, 1, src)
	var exit *pyrt.Exit
	if errors.As(err, &exit) {
		return exit.Code, true
	}
	if err != nil {
		s.printError(err)
	}
	return 0, false
}

func prompt(colour bool, p string) string {
	if colour {
		return "\x1b[1;34m" + p + "\x1b[0m"
	}
	return p
}

// historyFile follows the XDG base directory specification (state home).
func historyFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "pktsh", "history")
}

// runRC runs the user's start-up file, if there is one.
func (s *Shell) runRC() {
	dir, err := os.UserConfigDir()
	if err != nil {
		return
	}
	name := filepath.Join(dir, "pktsh", "rc.py")
	src, err := os.ReadFile(name)
	if err != nil {
		return // having none is the usual case
	}
	if err := s.Run(context.Background(), name, string(src)); err != nil {
		s.printError(err)
	}
}

func (s *Shell) banner(c command) {
	fmt.Fprintf(s.out, "pktsh %s, a packet shell in Scapy's notation. help() tells what there is; Tab completes; Ctrl-D ends.\n", Version)
	if net, ok := s.in.Get("net"); ok && c.lab {
		fmt.Fprintf(s.out, "\nYou are on the lab's client. The server answers HTTP on port 80 and echoes on port 7.\n%s\n\n", net)
		fmt.Fprintf(s.out, "    r = sr1(IP(dst=net.server.ip)/TCP(dport=80, flags=S))\n    r.show()\n    sockets(port=80, netns=net.server)\n\n")
	}
}
