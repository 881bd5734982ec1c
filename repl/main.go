package repl

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"pktsh/lab"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// Version is what `pktsh version` prints.
const Version = "0.1.0"

// Exit statuses of the command line.
const (
	exitOK          = 0
	exitError       = 1 // a script ended with an error
	exitUsage       = 2
	exitInterrupted = 130
)

const usage = `pktsh: a packet shell for Linux, in Scapy's notation.

  pktsh                     the shell
  pktsh FILE [ARG…]         run a script
  pktsh -c CODE [ARG…]      run one piece of code
  pktsh -i FILE [ARG…]      run a script, then prompt
  pktsh - [ARG…]            read a script from standard input
  pktsh --lab …             any of these inside throw-away hosts: client and server
  pktsh --yes …             any of these; floods may leave for addresses behind a gateway
  pktsh sniff …             capture, filter, print and write packets; pktsh sniff -h tells how
  pktsh doctor              what this host allows, and what to do about what is missing
  pktsh version | help

When standard input is no terminal, pktsh without FILE runs it line by line as
the prompt would. Exit status: 0; 1 for an error in the code; 2 for a wrong
command line; 130 when interrupted.
`

// command is a command line, read.
type command struct {
	lab         bool
	yes         bool
	router      bool
	code        string // -c
	hasCode     bool
	file        string // "-" is standard input
	interactive bool   // -i
	word        string // doctor, sniff, version, help
	args        []string
}

// parseArgs reads the command line; what it does not know is an error.
func parseArgs(args []string) (command, error) {
	var c command
	for len(args) > 0 {
		a := args[0]
		args = args[1:]
		switch {
		case a == "--lab":
			c.lab = true
		case a == "--yes":
			c.yes = true
		case a == "--router":
			c.lab, c.router = true, true
		case a == "-i":
			c.interactive = true
		case a == "-c":
			if len(args) == 0 {
				return c, errors.New("-c wants the code to run behind it")
			}
			c.code, c.hasCode, c.args = args[0], true, args[1:]
			return c, nil
		case a == "-h" || a == "--help":
			c.word = "help"
		case a == "-V" || a == "--version":
			c.word = "version"
		case a == "-":
			c.file, c.args = a, args
			return c, nil
		case strings.HasPrefix(a, "-"):
			return c, fmt.Errorf("there is no option %s", a)
		case a == "doctor" || a == "version" || a == "help" || a == "sniff":
			c.word, c.args = a, args
			return c, nil
		default:
			c.file, c.args = a, args
			return c, nil
		}
	}
	if c.interactive && c.file == "" && c.word == "" {
		return c, errors.New("-i wants a script behind it")
	}
	return c, nil
}

// Main is the program: it takes the command line and gives the exit status.
func Main(args []string) int {
	cmd, err := parseArgs(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "pktsh: %v\n%s", err, usage)
		return exitUsage
	}
	switch cmd.word {
	case "help":
		fmt.Print(usage)
		return exitOK
	case "sniff":
		return sniffCommand(cmd.args)
	case "version":
		fmt.Println("pktsh " + Version)
		return exitOK
	}
	src, name, status := cmd.source()
	if status != exitOK {
		return status
	}
	if inner, ok := cmd.needsUserNS(src); ok {
		code, err := lab.ExecInUserNS(args, append(os.Environ(), inner))
		if err != nil {
			fmt.Fprintf(os.Stderr, "pktsh: %v\n", err)
			return exitError
		}
		return code
	}
	s := New(Options{
		Args:     append([]string{cmd.argv0()}, cmd.args...),
		Colour:   colourOK(os.Stdout),
		Progress: term.IsTerminal(int(os.Stderr.Fd())),
		Yes:      cmd.yes,
	})
	defer s.Close()
	if cmd.word == "doctor" {
		return s.doctor()
	}
	return s.run(cmd, src, name)
}

// source is the script's text, read before anything else happens.
func (c *command) source() (src, name string, status int) {
	switch {
	case c.hasCode:
		return c.code, "<command line>", exitOK
	case c.file == "-":
		b, err := io.ReadAll(os.Stdin)
		if err != nil {
			fmt.Fprintf(os.Stderr, "pktsh: read standard input: %v\n", err)
			return "", "", exitError
		}
		return string(b), "<stdin>", exitOK
	case c.file != "":
		b, err := os.ReadFile(c.file)
		if err != nil {
			fmt.Fprintf(os.Stderr, "pktsh: %v%s\n", err, suggestWord(c.file))
			return "", "", exitUsage
		}
		return string(b), c.file, exitOK
	}
	return "", "", exitOK
}

// suggestWord helps with `pktsh dcotor`, which reads as a script's name.
func suggestWord(file string) string {
	if !strings.ContainsAny(file, "./") {
		return " (pktsh help tells what else may stand here)"
	}
	return ""
}

func (c *command) argv0() string {
	if c.hasCode {
		return "-c"
	}
	return c.file
}

// inUserNS marks the process that was started again inside a user namespace.
const inUserNS = "PKTSH_IN_USERNS=1"

// needsUserNS tells whether the command has to start again inside a user
// namespace of its own: it makes a lab, and this user may not. A lab that a
// script makes by itself is seen by the call in its text, because a process of
// many threads cannot enter a user namespace later.
func (c *command) needsUserNS(src string) (string, bool) {
	if os.Getenv("PKTSH_IN_USERNS") != "" || !lab.NeedsUserNS() {
		return "", false
	}
	return inUserNS, c.lab || py.Calls(src, "lab")
}

func colourOK(f *os.File) bool {
	return term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// run does what the command line says in the session.
func (s *Shell) run(c command, src, name string) int {
	stop := s.handleSignals()
	defer stop()
	if c.lab {
		v, err := s.Lab(lab.Options{Router: c.router})
		if err != nil {
			return s.report(err)
		}
		s.in.Set("net", v)
	}
	if c.file != "" || c.hasCode {
		if c.file != "" && c.file != "-" {
			s.in.SetScriptDir(filepath.Dir(c.file))
		}
		status := s.report(s.Run(context.Background(), name, src))
		if !c.interactive || status == exitInterrupted {
			return status
		}
		return s.interactive(c)
	}
	if !term.IsTerminal(int(s.opts.Stdin.Fd())) {
		return s.piped()
	}
	return s.interactive(c)
}

// report prints the error that ended a program and gives the exit status.
func (s *Shell) report(err error) int {
	if err == nil {
		return exitOK
	}
	var exit *pyrt.Exit
	if errors.As(err, &exit) {
		return exit.Code
	}
	s.printError(err)
	if isInterrupt(err) {
		return exitInterrupted
	}
	return exitError
}

func isInterrupt(err error) bool {
	k, ok := err.(interface{ Kind() string })
	return ok && k.Kind() == "KeyboardInterrupt"
}

// piped runs standard input unit by unit as it comes, as the prompt would, and
// goes on behind errors.
func (s *Shell) piped() int {
	s.in.ImportScapy()
	status := exitOK
	lines := bufio.NewReader(s.opts.Stdin)
	at := 1 // the line that buf begins at, so that errors name it
	for buf := ""; ; {
		line, readErr := lines.ReadString('\n')
		buf += line
		units := py.Split(buf)
		if readErr == nil && len(units) > 0 && py.Continues(buf) {
			units = units[:len(units)-1]
		}
		for _, u := range units {
			buf = strings.TrimPrefix(buf, u)
			err := s.Line(context.Background(), "<stdin>", at, u)
			at += strings.Count(u, "\n")
			var exit *pyrt.Exit
			if errors.As(err, &exit) {
				return exit.Code
			}
			if err != nil {
				status = s.report(err)
			}
			if status == exitInterrupted {
				return status
			}
		}
		if readErr == io.EOF {
			return status
		}
		if readErr != nil {
			fmt.Fprintf(s.err, "pktsh: read standard input: %v\n", readErr)
			return exitError
		}
	}
}
