package repl

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// Line evaluates what was typed at the prompt: code, or one of the forms that
// are no code: ?name and name? for help, !command for the system's shell, and
// exit and quit. at is the number of its first line, for errors.
func (s *Shell) Line(ctx context.Context, name string, at int, src string) error {
	line := strings.TrimSpace(src)
	switch {
	case line == "":
		return nil
	case line == "exit" || line == "quit":
		return &pyrt.Exit{}
	case strings.HasPrefix(line, "!"):
		return s.system(ctx, line[1:])
	case isHelpLine(line):
		text, err := s.helpName(strings.Trim(line, "? "), s.in.Get)
		if err != nil {
			return err
		}
		fmt.Fprint(s.out, text)
		return nil
	}
	return s.Eval(ctx, name, at, src)
}

// isHelpLine recognises ?name and name?. A question mark stands nowhere else in
// the language outside strings and comments.
func isHelpLine(line string) bool {
	word := strings.TrimSpace(strings.Trim(line, "?"))
	return word != "" && len(word) < len(line) && (line[0] == '?' || line[len(line)-1] == '?') &&
		!strings.ContainsAny(word, "\"'#()= \n")
}

// system runs a command of the system's shell in the session's namespace and
// in a process group of its own terminal job, so that Ctrl-C ends it and not us.
func (s *Shell) system(ctx context.Context, command string) error {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, s.out, s.err
	err := s.namespace().Do(cmd.Start)
	if err == nil {
		err = cmd.Wait()
	}
	if _, failed := err.(*exec.ExitError); failed {
		return nil // the command has said why
	}
	return osError(err)
}

// printError prints an error with its place, on standard error.
func (s *Shell) printError(err error) {
	f, ok := s.err.(*os.File)
	fmt.Fprintln(s.err, strings.TrimRight(py.FormatError(err, ok && colourOK(f)), "\n"))
}

// endSignals ask for an orderly end. SIGHUP does not where it is ignored, as under nohup(1).
func endSignals() []os.Signal {
	out := []os.Signal{syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		out = append(out, syscall.SIGHUP)
	}
	return out
}

// handleSignals turns Ctrl-C into an interrupt of the running code, and endSignals into
// an orderly end.
func (s *Shell) handleSignals() (stop func()) {
	ch := make(chan os.Signal, 4)
	signal.Notify(ch, append(endSignals(), syscall.SIGINT)...)
	go func() {
		for sig := range ch {
			if sig == syscall.SIGINT {
				s.in.Interrupt()
				continue
			}
			if s.restore != nil {
				s.restore()
			}
			s.Close()
			os.Exit(128 + int(sig.(syscall.Signal)))
		}
	}()
	return func() { signal.Stop(ch); close(ch) }
}
