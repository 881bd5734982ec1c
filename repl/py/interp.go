package py

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sort"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod"
	"pktsh/repl/py/pyrt"
)

// Options are the surroundings of an interpreter. The zero value is a bare
// Python subset on the process's own standard files.
type Options struct {
	// Predeclared are names that every program starts with. A program may
	// assign to them; del gives them back. They are also what
	// `from scapy.all import …` finds.
	Predeclared map[string]starlark.Value
	// Modules are added to those of package pymod, by dotted name.
	Modules map[string]starlark.Value
	// ImportHook is asked first for a module, by its dotted name. Optional.
	ImportHook func(name string) (starlark.Value, bool)
	// Library tells the file and the text that has a name which nothing defines, to be
	// run with globals of its own when the name is first used; "" for none. Optional.
	Library func(name string) (file, text string)
	// Hint says what to use instead of a name that nothing defines; "" for nothing. Optional.
	Hint   func(name string) string
	Stdin  io.Reader // nil is os.Stdin
	Stdout io.Writer // nil is os.Stdout
	Stderr io.Writer // nil is os.Stderr
	// Display gets each value that a prompt shows before the one that Exec
	// returns: the 1 of "1; 2", and those of expressions inside a for. None is
	// not shown. It runs under the lock. Optional.
	Display func(v starlark.Value)
	// MaxSteps ends a program with TimeoutError after so many loop turns and
	// calls. 0 is no limit.
	MaxSteps int64
}

// Mode says what a source text is.
type Mode uint8

// The modes of Exec.
const (
	ModeFile   Mode = iota // a whole program
	ModeSingle             // one input at the prompt
)

// Interp is one interpreter: a table of globals, the modules, and the lock that
// lets one statement or callback run at a time.
//
// Exec and Call take the lock; Get, Set and Names do too, so they must not be
// called by a built-in that runs under it, which has Global and SetGlobal.
type Interp struct {
	mu      lock
	main    *globals
	modules map[string]starlark.Value
	loaded  map[string]*module // read from files, by path
	opts    Options
	stdin   *bufio.Reader
	states  []*state // idle
	intr    interrupts
	dir     string // where a script's own modules are
	threads threads

	reentry int   // methods that the language called, under way
	raised  error // by one whose caller could not pass it on
}

// New makes an interpreter.
func New(opts Options) *Interp {
	if opts.Stdin == nil {
		opts.Stdin = os.Stdin
	}
	if opts.Stdout == nil {
		opts.Stdout = os.Stdout
	}
	if opts.Stderr == nil {
		opts.Stderr = os.Stderr
	}
	in := &Interp{opts: opts, modules: map[string]starlark.Value{}, loaded: map[string]*module{}, stdin: bufio.NewReader(opts.Stdin)}
	in.intr.renew()
	for name, v := range pymod.Modules(builtin("open", openFn)) {
		in.modules[name] = v
	}
	for name, v := range in.ownModules() {
		in.modules[name] = v
	}
	for name, v := range opts.Modules {
		in.modules[name] = v
	}
	in.main = newGlobals(predeclared{opts.Predeclared, in.builtins()})
	in.main.cell("__name__").v = starlark.String("__main__")
	return in
}

// Exec runs a source text. In ModeSingle it returns the value of the last
// statement if that is an expression; otherwise the value is nil. The error is
// a *SyntaxError before anything has run, an *Exception after; one that ends
// the program by sys.exit also matches *pyrt.Exit. ctx ending raises
// KeyboardInterrupt, which then cannot be caught for good.
func (in *Interp) Exec(ctx context.Context, filename, src string, mode Mode) (starlark.Value, error) {
	return in.ExecAt(ctx, filename, 1, src, mode)
}

// ExecAt is Exec for a text that begins at a line of a larger one, as a unit of
// Split does: errors then tell the line of the whole.
func (in *Interp) ExecAt(ctx context.Context, filename string, line int, src string, mode Mode) (v starlark.Value, err error) {
	s := newSource(filename, src)
	s.first = line
	body, err := parseFile(s)
	if err != nil {
		return nil, err
	}
	fs, err := resolveModule(s, body)
	if err != nil {
		return nil, err
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	if mode == ModeFile {
		in.main.cell("__file__").v = starlark.String(filename)
	}
	c := &compiler{in: in, src: s, tab: in.main}
	if show := in.opts.Display; mode == ModeSingle && show != nil {
		c.display = func(_ *frame, v starlark.Value) error {
			if v != starlark.None {
				show(v)
			}
			return nil
		}
	}
	code := c.compileUnit(fs, body, mode == ModeSingle)
	st := in.acquire()
	defer in.releaseState(st)
	stop := in.intr.begin(ctx)
	defer stop()
	return st.protect(func() (starlark.Value, error) {
		v, err := st.runUnit(code)
		if err == nil {
			// An interrupt that nothing noticed still belongs to this statement.
			err = st.pending()
		}
		return v, err
	})
}

// compileUnit compiles a program so that f.ret is the value of the last
// statement if it is an expression and wanted.
func (c *compiler) compileUnit(fs *funcScope, body []stmt, single bool) *code {
	if n := len(body); single && n > 0 {
		if last, ok := body[n-1].(*exprStmt); ok {
			body = append(body[:n-1:n-1], &returnStmt{last.Span, last.x})
		}
	}
	return c.program(fs, body)
}

// runUnit runs compiled top-level code; nil if it has no value.
func (st *state) runUnit(k *code) (starlark.Value, error) {
	f := st.push(k, nil)
	f.back = st.top
	st.top = f
	st.depth++
	var v starlark.Value
	var err error
	if k.expr != nil {
		v, err = k.expr(f)
	} else {
		var ct ctl
		if ct, err = k.body(f); ct == ctlReturn {
			v = f.ret
		}
	}
	st.depth--
	st.top = f.back
	st.release(f)
	if err != nil {
		return nil, err
	}
	return v, nil
}

// protect runs f and turns its error into an *Exception, and a panic of Go code
// into an InternalError: a binding's mistake must not take the shell with it.
func (st *state) protect(f func() (starlark.Value, error)) (v starlark.Value, err error) {
	top, depth, handling := st.top, st.depth, len(st.handling)
	defer func() {
		if r := recover(); r != nil {
			e := convert(pyrt.Errorf("InternalError", "%v", r))
			e.hint = "this is a mistake of the program, not of the input; please report it\n" + panicSite(string(debug.Stack()))
			for f := st.top; f != nil && f != top; f = f.back {
				if f.code != nil {
					e.trace = append(e.trace, place{f.code, Span{-1, -1}})
				}
			}
			v, err = nil, e
		}
		st.top, st.depth, st.handling = top, depth, st.handling[:handling]
	}()
	v, err = f()
	if err != nil {
		e := st.exception(err)
		if msg := e.finish(); msg != "" {
			fmt.Fprintln(st.in.opts.Stderr, msg)
		}
		return nil, e
	}
	return v, nil
}

// panicSite is the line of a stack trace that called panic.
func panicSite(stack string) string {
	_, rest, ok := strings.Cut(stack, "\npanic(")
	if !ok {
		return ""
	}
	lines := strings.SplitN(rest, "\n", 5)
	if len(lines) < 4 {
		return ""
	}
	site, _, _ := strings.Cut(strings.TrimSpace(lines[3]), " +0x")
	return "(" + site + ")"
}

// finish lets the Go side see an exception that ends the program: SystemExit is
// a *pyrt.Exit. A SystemExit with a text instead of a number has a message to
// be printed.
func (e *Exception) finish() (msg string) {
	if e.class.name != "SystemExit" {
		return ""
	}
	var exit *pyrt.Exit
	if errors.As(e.goErr, &exit) {
		return ""
	}
	exit = &pyrt.Exit{}
	if len(e.args) > 0 {
		switch c := e.args[0].(type) {
		case starlark.NoneType:
		case starlark.Int, starlark.Bool:
			exit.Code, _ = pymeth.Index(c)
		default:
			exit.Code = 1
			msg = pyfmt.Str(c)
		}
	}
	e.goErr = exit
	return msg
}

// acquire takes an idle state, or makes one.
func (in *Interp) acquire() *state {
	if n := len(in.states); n > 0 {
		st := in.states[n-1]
		in.states = in.states[:n-1]
		return st
	}
	return in.newState()
}

func (in *Interp) newState() *state {
	st := &state{in: in, th: &starlark.Thread{Name: "pktsh"}, stop: &in.intr.flag, steps: -1}
	if in.opts.MaxSteps > 0 {
		st.steps = in.opts.MaxSteps
	}
	st.th.SetLocal(stateKey, st)
	pyrt.SetContext(st.th, liveContext{in})
	pyrt.SetUnlock(st.th, in.unlocked)
	pyrt.SetBlock(st.th, in.Block)
	pyrt.SetSpawn(st.th, in.spawn)
	pyrt.SetOutput(st.th, in.opts.Stdout, in.opts.Stderr)
	return st
}

func (in *Interp) releaseState(st *state) {
	if len(in.states) < 16 {
		in.states = append(in.states, st)
	}
}

// Call calls fn, a function or any callable value, from outside the running
// code: the callback of an engine. It takes the interpreter's lock, so it must
// be called inside Block or where nothing runs. The end of ctx does not stop
// the function; an interrupt does.
func (in *Interp) Call(ctx context.Context, fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	in.mu.Lock()
	st := in.acquire()
	v, err := st.protect(func() (starlark.Value, error) { return st.call(fn, args, kwargs) })
	in.releaseState(st)
	in.mu.Unlock()
	return v, err
}

// unlocked runs f without the interpreter's lock.
func (in *Interp) unlocked(f func()) {
	in.mu.Unlock()
	defer in.mu.Lock()
	f()
}

// Get is the value of a global or predeclared name.
func (in *Interp) Get(name string) (starlark.Value, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.Global(name)
}

// Global is Get for built-ins, which run under the lock.
func (in *Interp) Global(name string) (starlark.Value, bool) {
	v := in.main.get(name)
	if v == nil {
		v, _ = in.fromLibrary(name) // one that does not run is as good as none
	}
	return v, v != nil
}

// Set assigns a global.
func (in *Interp) Set(name string, v starlark.Value) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.SetGlobal(name, v)
}

// SetGlobal is Set for built-ins, which run under the lock.
func (in *Interp) SetGlobal(name string, v starlark.Value) { in.main.cell(name).v = v }

// Names lists all names that are defined, predeclared ones included, sorted.
func (in *Interp) Names() []string {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.main.names()
}

// Globals are the variables that the program itself assigned.
func (in *Interp) Globals() starlark.StringDict {
	in.mu.Lock()
	defer in.mu.Unlock()
	d := starlark.StringDict{}
	for _, n := range in.main.own() {
		d[n] = in.main.cells[n].v
	}
	return d
}

// Module is the module called name, nil if there is none.
func (in *Interp) Module(name string) starlark.Value { return in.modules[name] }

// ModuleNames lists the modules that can be imported, sorted.
func (in *Interp) ModuleNames() []string {
	names := textModuleNames()
	for n := range in.modules {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// SetModule adds or replaces a module.
func (in *Interp) SetModule(name string, v starlark.Value) { in.modules[name] = v }

// SetScriptDir names the folder in which import looks for a script's own
// modules; "" is none.
func (in *Interp) SetScriptDir(dir string) { in.dir = dir }

// Equal is the language's ==.
func Equal(x, y starlark.Value) (bool, error) { return equal(x, y) }

// Less is the language's <.
func Less(x, y starlark.Value) (bool, error) { return compare("<", x, y) }

// Attr is v.name.
func Attr(v starlark.Value, name string) (starlark.Value, error) { return getAttr(v, name) }

// AttrNames lists the attributes of v, sorted, for completion.
func AttrNames(v starlark.Value) []string { return attrNames(v) }
