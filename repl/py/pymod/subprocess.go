package pymod

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod/wait"
	"pktsh/repl/py/pyrt"
)

// StartProcess starts a command of os.system and subprocess. The shell sets it to
// start in its network namespace.
var StartProcess = (*exec.Cmd).Start

// Values of stdin=, stdout= and stderr=, with CPython's numbers.
const (
	spPipe    = -1
	spStdout  = -2
	spDevNull = -3
)

// process is subprocess.Popen: a running command.
type process struct {
	noHash
	args     starlark.Value
	cmd      *exec.Cmd
	ended    chan struct{}
	status   int // return code; a signal's number negative
	err      error
	text     bool
	in       io.WriteCloser // where communicate() writes; nil without a pipe
	out, eot *bytes.Buffer  // what came by the pipes; nil without one
}

func subprocessModule() *Module {
	d := funcs(map[string]function{
		"run":          spRun,
		"call":         func(a *args) (starlark.Value, error) { p, err := spEnd(a, nil); return spCode(p), err },
		"check_call":   func(a *args) (starlark.Value, error) { p, err := spEnd(a, nil); return checked(p, spCode(p), err) },
		"check_output": spCheckOutput,
		"getoutput":    func(a *args) (starlark.Value, error) { _, out, err := spShell(a); return out, err },
		"getstatusoutput": func(a *args) (starlark.Value, error) {
			code, out, err := spShell(a)
			return starlark.Tuple{integer(code), out}, err
		},
	})
	d["PIPE"], d["STDOUT"], d["DEVNULL"] = integer(spPipe), integer(spStdout), integer(spDevNull)
	d["Popen"] = &class{name: "subprocess.Popen", is: isA[*process], make: func(a *args) (starlark.Value, error) {
		p, _, err := spStart(a)
		return p, err
	}}
	return newModule("subprocess", d)
}

// spParams are the arguments of run and Popen that are understood, in Python's order.
var spParams = []string{"args!", "*shell", "stdin", "stdout", "stderr", "cwd", "env", "text", "universal_newlines", "encoding", "close_fds", "bufsize",
	"start_new_session", "executable", "capture_output", "input", "timeout", "check", "errors"}

type spArgs map[string]starlark.Value

func (v spArgs) on(name string) bool { return !isNone(v[name]) && bool(v[name].Truth()) }

// spStart starts the command that the arguments tell of.
func spStart(a *args) (*process, spArgs, error) {
	vs, err := a.bind(spParams...)
	if err != nil {
		return nil, nil, err
	}
	v := spArgs{}
	for i, name := range spParams {
		v[strings.Trim(name, "*!")] = vs[i]
	}
	argv, err := spArgv(v["args"], v.on("shell"))
	if err != nil {
		return nil, nil, err
	}
	if v.on("capture_output") {
		v["stdout"], v["stderr"] = integer(spPipe), integer(spPipe)
	}
	if !isNone(v["input"]) {
		v["stdin"] = integer(spPipe)
	}
	p := &process{noHash: noHash{"Popen"}, args: v["args"], cmd: exec.Command(argv[0], argv[1:]...), ended: make(chan struct{})}
	p.text = v.on("text") || v.on("universal_newlines") || !isNone(v["encoding"])
	if !isNone(v["cwd"]) {
		if p.cmd.Dir, err = pathArg(v["cwd"]); err != nil {
			return nil, nil, err
		}
	}
	if d, ok := v["env"].(*starlark.Dict); ok {
		p.cmd.Env = []string{}
		for _, kv := range d.Items() {
			p.cmd.Env = append(p.cmd.Env, pyfmt.Str(kv[0])+"="+pyfmt.Str(kv[1]))
		}
	}
	if err := p.connect(a.th, v); err != nil {
		return nil, nil, err
	}
	if err := StartProcess(p.cmd); err != nil {
		return nil, nil, spawnError(argv[0], err)
	}
	go func() {
		p.err = p.cmd.Wait()
		p.status = returnCode(p.cmd.ProcessState)
		close(p.ended)
	}()
	return p, v, nil
}

// spArgv is the command's words: a list of them, one word, or text for the shell.
func spArgv(v starlark.Value, shell bool) ([]string, error) {
	var argv []string
	switch v := v.(type) {
	case starlark.String, starlark.Bytes:
		s, _ := pathArg(v) // one of the two
		argv = []string{s}
	default:
		elems, err := pyrt.Elems(v, 0)
		if err != nil {
			return nil, err
		}
		for _, e := range elems {
			s, err := pathArg(e)
			if err != nil {
				return nil, err
			}
			argv = append(argv, s)
		}
	}
	if len(argv) == 0 || argv[0] == "" && !shell {
		return nil, pyrt.Errorf("ValueError", "the command is empty")
	}
	if shell {
		argv = append([]string{"/bin/sh", "-c"}, argv...)
	}
	return argv, nil
}

// spawnError is FileNotFoundError or PermissionError with the command's name.
func spawnError(name string, err error) error {
	var e *exec.Error
	if errors.As(err, &e) {
		err = syscall.ENOENT
	}
	return pathError(name, err)
}

// inherit gives a command the program's own standard files. A Writer that is no file
// is only written to: others may write there at the same time, which ReadFrom of a
// buffer would not survive.
func inherit(cmd *exec.Cmd, th *starlark.Thread) {
	only := func(w io.Writer) io.Writer {
		if f, ok := w.(*os.File); ok {
			return f
		}
		return struct{ io.Writer }{w}
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, only(pyrt.Stdout(th)), only(pyrt.Stderr(th))
}

// connect ties the command's standard files to the program's, to pipes or to nothing.
func (p *process) connect(th *starlark.Thread, v spArgs) error {
	inherit(p.cmd, th)
	for _, name := range []string{"stdin", "stdout", "stderr"} {
		if isNone(v[name]) {
			continue
		}
		n, err := pymeth.Index(v[name])
		if err != nil {
			return pyrt.Errorf("TypeError", "%s: got %s, want PIPE, DEVNULL, STDOUT or None", name, pyfmt.Repr(v[name]))
		}
		switch {
		case name == "stdin" && n == spPipe:
			p.cmd.Stdin = nil
			if p.in, err = p.cmd.StdinPipe(); err != nil {
				return err
			}
		case name == "stdin" && n == spDevNull:
			p.cmd.Stdin = nil
		case name == "stdout" && n == spPipe:
			p.out = new(bytes.Buffer)
			p.cmd.Stdout = p.out
		case name == "stdout" && n == spDevNull:
			p.cmd.Stdout = nil
		case name == "stderr" && n == spPipe:
			p.eot = new(bytes.Buffer)
			p.cmd.Stderr = p.eot
		case name == "stderr" && n == spDevNull:
			p.cmd.Stderr = nil
		case name == "stderr" && n == spStdout:
			p.cmd.Stderr = p.cmd.Stdout
		default:
			return pyrt.Errorf("ValueError", "%s: %d is not PIPE, DEVNULL or STDOUT", name, n)
		}
	}
	return nil
}

// returnCode is the exit code; the negative number of the signal that killed it.
func returnCode(s *os.ProcessState) int {
	if ws, ok := s.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return -int(ws.Signal())
	}
	return s.ExitCode()
}

// finish waits for the end, for as long as timeout says, and kills the command when
// the user interrupts.
func (p *process) finish(th *starlark.Thread, timeout starlark.Value) error {
	late := false
	err := wait.Do(th, func(ctx context.Context) error {
		c, cancel, err := within(ctx, timeout)
		if err != nil {
			return err
		}
		defer cancel()
		select {
		case <-p.ended:
		case <-c.Done():
			late = ctx.Err() == nil
			if !late {
				p.kill(syscall.SIGKILL)
			}
		}
		return ctx.Err()
	})
	if err == nil && late {
		return pyrt.Errorf("subprocess.TimeoutExpired", "Command '%s' timed out after %s seconds", pyfmt.Repr(p.args), pyfmt.Str(timeout))
	}
	return err
}

func (p *process) kill(sig syscall.Signal) {
	_ = p.cmd.Process.Signal(sig) // it may have ended by itself
}

func (p *process) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// output is what came by a pipe; None without one.
func (p *process) output(b *bytes.Buffer) starlark.Value {
	switch {
	case b == nil:
		return starlark.None
	case p.text:
		return starlark.String(strings.ToValidUTF8(b.String(), "\ufffd"))
	}
	return starlark.Bytes(b.String())
}

// feed writes the command's whole input and closes it.
func (p *process) feed(input starlark.Value) error {
	if p.in == nil {
		return nil
	}
	var b []byte
	if !isNone(input) {
		var err error
		if s, ok := input.(starlark.String); ok {
			b = []byte(s)
		} else if b, err = pymeth.BytesValue(input); err != nil {
			return err
		}
	}
	go func() {
		_, _ = p.in.Write(b) // a command need not read all of its input
		p.in.Close()
	}()
	return nil
}

// spEnd runs a command to its end. set changes the arguments first.
func spEnd(a *args, set func(a *args)) (*process, error) {
	if set != nil {
		set(a)
	}
	p, v, err := spStart(a)
	if err != nil {
		return nil, err
	}
	if err := p.feed(v["input"]); err != nil {
		return nil, err
	}
	if err := p.finish(a.th, v["timeout"]); err != nil {
		p.kill(syscall.SIGKILL) // as run() does when the time is over
		return nil, err
	}
	return p, nil
}

func spCode(p *process) starlark.Value {
	if p == nil {
		return nil
	}
	return integer(p.status)
}

// checked is v, or CalledProcessError where the command failed.
func checked(p *process, v starlark.Value, err error) (starlark.Value, error) {
	if err == nil && p.status != 0 {
		err = pyrt.Errorf("subprocess.CalledProcessError", "Command '%s' returned non-zero exit status %d.", pyfmt.Repr(p.args), p.status)
	}
	return v, err
}

func spCheckOutput(a *args) (starlark.Value, error) {
	p, err := spEnd(a, func(a *args) {
		a.kwargs = append(slices.Clone(a.kwargs), starlark.Tuple{starlark.String("stdout"), integer(spPipe)})
	})
	if err != nil {
		return nil, err
	}
	return checked(p, p.output(p.out), nil)
}

// spShell is getoutput: text for the shell, both outputs, without the last newline.
func spShell(a *args) (int, starlark.Value, error) {
	v, err := a.bind("cmd!")
	if err != nil {
		return 0, nil, err
	}
	kw := func(name string, v starlark.Value) starlark.Tuple { return starlark.Tuple{starlark.String(name), v} }
	p, err := spEnd(&args{a.th, a.name, starlark.Tuple{v[0]}, []starlark.Tuple{kw("shell", starlark.True), kw("stdout", integer(spPipe)),
		kw("stderr", integer(spStdout)), kw("text", starlark.True)}}, nil)
	if err != nil {
		return 0, nil, err
	}
	out := string(p.output(p.out).(starlark.String))
	return p.status, starlark.String(strings.TrimSuffix(out, "\n")), nil
}

var completed = &namedClass{name: "subprocess.CompletedProcess", fields: []string{"args", "returncode", "stdout", "stderr"}}

func spRun(a *args) (starlark.Value, error) {
	check := slices.ContainsFunc(a.kwargs, func(kw starlark.Tuple) bool {
		return kw[0] == starlark.String("check") && bool(kw[1].Truth())
	})
	p, err := spEnd(a, nil)
	if err != nil {
		return nil, err
	}
	res := newNamed(completed, p.args, integer(p.status), p.output(p.out), p.output(p.eot))
	if check {
		return checked(p, res, nil)
	}
	return res, nil
}

var processMethods = methodTable[*process]{
	"wait": func(p *process, a *args) (starlark.Value, error) {
		v, err := a.bind("timeout")
		if err == nil {
			err = p.finish(a.th, v[0])
		}
		return integer(p.status), err
	},
	"poll": func(p *process, a *args) (starlark.Value, error) {
		if !p.hasEnded() {
			return starlark.None, a.none()
		}
		return integer(p.status), a.none()
	},
	"communicate": func(p *process, a *args) (starlark.Value, error) {
		v, err := a.bind("input", "timeout")
		if err != nil {
			return nil, err
		}
		if err := p.feed(v[0]); err != nil {
			return nil, err
		}
		if err := p.finish(a.th, v[1]); err != nil {
			return nil, err
		}
		return starlark.Tuple{p.output(p.out), p.output(p.eot)}, nil
	},
	"kill": func(p *process, a *args) (starlark.Value, error) {
		p.kill(syscall.SIGKILL)
		return starlark.None, a.none()
	},
	"terminate": func(p *process, a *args) (starlark.Value, error) {
		p.kill(syscall.SIGTERM)
		return starlark.None, a.none()
	},
	"send_signal": func(p *process, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		n, err := pymeth.Index(v[0])
		if err == nil {
			p.kill(syscall.Signal(n))
		}
		return starlark.None, err
	},
	"__enter__": func(p *process, _ *args) (starlark.Value, error) { return p, nil },
	"__exit__":  func(p *process, a *args) (starlark.Value, error) { return starlark.False, p.finish(a.th, nil) },
}

func (p *process) String() string {
	code := "None"
	if p.hasEnded() {
		code = pyfmt.Str(integer(p.status))
	}
	return "<Popen: returncode: " + code + " args: " + pyfmt.Repr(p.args) + ">"
}

// Attr is a method, pid, returncode, args, or of a command that has ended stdout and
// stderr as files to read.
func (p *process) Attr(name string) (starlark.Value, error) {
	switch name {
	case "pid":
		return integer(p.cmd.Process.Pid), nil
	case "args":
		return p.args, nil
	case "returncode":
		if p.hasEnded() {
			return integer(p.status), nil
		}
		return starlark.None, nil
	case "stdout", "stderr":
		return nil, pyrt.Errorf("AttributeError", "reading Popen.%s while the command runs is not supported: out, err = p.communicate() waits for all of it", name)
	}
	return processMethods.bind(p, name), nil
}

// AttrNames lists the attributes, sorted.
func (p *process) AttrNames() []string {
	return slices.Sorted(slices.Values(append(sortedKeys(processMethods), "args", "pid", "returncode")))
}
