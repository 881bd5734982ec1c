// Package repl is the shell: it binds packets, engines and the kernel's side to
// the language of package py, reads the prompt, runs scripts, completes, and
// prints values and errors. It is the only package that knows all the others.
package repl

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/netns"
	"pktsh/repl/py"
	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymod"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff/filter"
)

// Options say where a shell reads and writes. The zero value is the process's
// own standard files.
type Options struct {
	Stdin          *os.File  // Optional.
	Stdout, Stderr io.Writer // Optional.
	Args           []string  // sys.argv
	Colour         bool      // colour what is printed at the prompt
	Progress       bool      // show the progress of long work on Stderr
	Yes            bool      // conf.flood_ok to begin with
}

// Shell is one session: the interpreter, the network namespace that packets
// leave from, and what lives until the session ends.
type Shell struct {
	opts   Options
	in     *py.Interp
	out    *output
	err    io.Writer
	table  []*builtin // every function, in the order of the reference
	byName map[string]*builtin

	classes map[*layers.Proto]*class
	defined map[*layers.Proto]*userClass // what programs defined by class statements
	readers sync.Map                     // *layers.Proto: tcp_reassemble() of those that have it
	reading sync.Map                     // *layers.Layer: the function that reads its fields, while a class's do_dissect() does
	conf    *config

	told    sync.Map // what warnOnce has said
	mu      sync.Mutex
	ns      *netns.NS            // the default namespace; nil is the process's own
	opened  map[string]*netns.NS // by netns= argument
	engines map[nsKey]*engine
	labs    map[nsKey]bool // namespaces of lab hosts
	guard   *guardState
	closers []func() error
	restore func() // gives the terminal back; nil without an editor
}

// output is where print writes. The prompt's editor takes it over while there is
// one, so that what is printed in the background does not tear the line.
type output struct {
	mu sync.Mutex
	w  io.Writer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	w := o.w
	o.mu.Unlock()
	return w.Write(b)
}

// set has print write to w, and says where it wrote before.
func (o *output) set(w io.Writer) (was io.Writer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	was, o.w = o.w, w
	return was
}

// current is the one shell of the process: hooks that have no thread at hand
// (repr, class look-up) reach it here.
var current *Shell

func shell() *Shell { return current }

// New makes the session. There is one at a time in a process.
func New(o Options) *Shell {
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Stdout == nil {
		o.Stdout = os.Stdout
	}
	if o.Stderr == nil {
		o.Stderr = os.Stderr
	}
	s := &Shell{opts: o, out: &output{w: o.Stdout}, err: o.Stderr, classes: make(map[*layers.Proto]*class, 800), byName: make(map[string]*builtin, 256), engines: map[nsKey]*engine{}, labs: map[nsKey]bool{}}
	current = s
	s.conf = newConfig(s)
	s.conf.find("flood_ok").val = starlark.Bool(o.Yes)
	s.guard = &guardState{auto: true}
	for _, group := range builtinGroups() {
		for _, b := range group {
			s.table = append(s.table, b)
			s.byName[b.Name()] = b
		}
	}
	s.in = py.New(py.Options{
		Predeclared: s.predeclared(),
		Modules:     map[string]starlark.Value{"socket": socketModule{}},
		ImportHook: func(name string) (starlark.Value, bool) {
			layers.LoadLayer(name) // from scapy.layers.http import *
			return nil, false
		},
		Library: library,
		Hint:    nameHint,
		Stdout:  s.out,
		Display: func(v starlark.Value) {
			s.in.SetGlobal("_", v)
			fmt.Fprintln(s.out, s.display(v))
		},
		Stderr: o.Stderr,
	})
	pymod.StartProcess = func(cmd *exec.Cmd) error { return s.namespace().Do(cmd.Start) }
	pymod.OnSeed = layers.Seed // random.seed(n) makes RandShort() repeatable too
	_ = pymod.SetArgv(o.Args)  // fails only while a program iterates over sys.argv
	layers.SetEnv(hostEnv{s})
	layers.ResolveHost, filter.LookupHost = resolveHost, lookupHosts
	layers.Organisation = organisation
	layers.Warn = func(text string) { s.warn("%s", text) }
	return s
}

// predeclared are the names that every program starts with.
func (s *Shell) predeclared() map[string]starlark.Value {
	names := make(map[string]starlark.Value, 1600) // as many as there will be: growing touches fresh pages
	names["conf"], names["Packet"] = s.conf, packetClass{}
	for name, p := range layers.ByName() {
		names[name] = s.classOf(p)
	}
	for _, b := range s.table {
		names[b.Name()] = function{b: b}
	}
	for name, v := range constants() {
		names[name] = v
	}
	return names
}

// function is the shell's function of that name, whatever a program has put in its place.
func (s *Shell) function(name string) function {
	i := slices.IndexFunc(s.table, func(b *builtin) bool { return b.Name() == name })
	return function{b: s.table[i]}
}

// Run evaluates src as a file, waits for the threads it started, and gives the
// error that ended it.
func (s *Shell) Run(ctx context.Context, name, src string) error {
	_, err := s.in.Exec(ctx, name, src, py.ModeFile)
	if err != nil {
		return err
	}
	return s.in.Wait(ctx)
}

// Eval evaluates one prompt unit, prints its value as the prompt does, and
// keeps it in _.
func (s *Shell) Eval(ctx context.Context, name string, at int, src string) error {
	v, err := s.in.ExecAt(ctx, name, at, src, py.ModeSingle)
	if err != nil || v == nil || v == starlark.None {
		return err
	}
	s.in.Set("_", v)
	fmt.Fprintln(s.out, s.display(v))
	return nil
}

// display is how the prompt prints a value.
func (s *Shell) display(v starlark.Value) string {
	if d, ok := v.(pyrt.Displayer); ok {
		return d.PyDisplay()
	}
	return pyRepr(v)
}

// Close ends what lives as long as the session: the guard, open sockets, labs.
func (s *Shell) Close() error {
	var first error
	for i := len(s.closers) - 1; i >= 0; i-- {
		if err := s.closers[i](); err != nil && first == nil {
			first = err
		}
	}
	s.closers = nil
	return first
}

func (s *Shell) onClose(f func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closers = append(s.closers, f)
}

// warn prints one line on standard error, once for each text.
func (s *Shell) warn(format string, a ...any) {
	msg := fmt.Sprintf(format, a...)
	fmt.Fprintln(s.err, "WARNING: "+strings.TrimRight(msg, "\n"))
}

// warnOnce is warn, but for a text that was told before.
func (s *Shell) warnOnce(format string, a ...any) {
	if _, told := s.told.LoadOrStore(fmt.Sprintf(format, a...), true); !told {
		s.warn(format, a...)
	}
}

func pyRepr(v starlark.Value) string { return pyfmt.Repr(v) }
func pyStr(v starlark.Value) string  { return pyfmt.Str(v) }

func formatValue(v starlark.Value, spec string) (string, error) {
	return pyfmt.FormatValue(nil, v, spec)
}

// pyEqual is the language's ==.
func pyEqual(a, b starlark.Value) (bool, error) { return py.Equal(a, b) }

// printLine writes a line where print would.
func printLine(th *starlark.Thread, s string) error {
	_, err := fmt.Fprintln(pyrt.Stdout(th), s)
	return err
}

// printText writes s where print would, which ends in a newline already.
func printText(th *starlark.Thread, s string) error {
	_, err := io.WriteString(pyrt.Stdout(th), s)
	return err
}
