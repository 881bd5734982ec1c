// Package pyrt holds what the evaluator of the shell's language and the
// libraries bound to it share: exceptions as Go errors, the context of the
// running statement, and where print writes. It knows no syntax and no packets.
package pyrt

import (
	"context"
	"fmt"
	"io"
	"os"

	"go.starlark.net/starlark"
)

// Error is a Go error that the language sees as an exception of class Kind.
// Libraries return it from built-ins; the evaluator turns it into a value that
// `except` can catch. Any other error whose type has a Kind() string method is
// treated alike, so packages that know nothing of the language can take part.
type Error struct {
	Class string // a Python exception class name: "ValueError", "struct.error"
	Msg   string
	Args  starlark.Tuple // what e.args shows; nil means (Msg,)
	Field string         // the keyword argument to underline, "" for the whole call. Optional.
	Hint  string         // a line that says what to do, shown under the message. Optional.
}

func (e *Error) Error() string { return e.Msg }

// Kind is the exception's class name.
func (e *Error) Kind() string { return e.Class }

// Arg names the keyword argument at fault, "" if none is.
func (e *Error) Arg() string { return e.Field }

// Errorf makes an exception of the class kind.
func Errorf(kind, format string, a ...any) *Error {
	return &Error{Class: kind, Msg: fmt.Sprintf(format, a...)}
}

// Exit is the error by which sys.exit ends the program. It passes every
// `except` but a bare one and `except SystemExit`.
type Exit struct{ Code int }

func (e *Exit) Error() string { return fmt.Sprintf("exit %d", e.Code) }

// Kind is "SystemExit".
func (e *Exit) Kind() string { return "SystemExit" }

// Keys of starlark.Thread locals.
const (
	ctxKey = "pyrt.ctx"
	outKey = "pyrt.out"
	errKey = "pyrt.err"
)

// SetContext gives the thread the context of the statement it runs.
func SetContext(th *starlark.Thread, ctx context.Context) { th.SetLocal(ctxKey, ctx) }

// Context is the context of the statement that runs on th: done when the user
// interrupts it. Built-ins that wait (time.sleep, socket calls) select on it
// and return Errorf("KeyboardInterrupt", "") when it ends.
func Context(th *starlark.Thread) context.Context {
	if ctx, ok := th.Local(ctxKey).(context.Context); ok {
		return ctx
	}
	return context.Background()
}

// SetOutput gives the thread its sys.stdout and sys.stderr.
func SetOutput(th *starlark.Thread, out, err io.Writer) {
	th.SetLocal(outKey, out)
	th.SetLocal(errKey, err)
}

// Stdout is where print writes on th.
func Stdout(th *starlark.Thread) io.Writer {
	if w, ok := th.Local(outKey).(io.Writer); ok {
		return w
	}
	return os.Stdout
}

// Stderr is where sys.stderr.write and warnings go on th.
func Stderr(th *starlark.Thread) io.Writer {
	if w, ok := th.Local(errKey).(io.Writer); ok {
		return w
	}
	return os.Stderr
}

// The optional interfaces by which a Go value takes part in the language beyond
// what package starlark offers (HasAttrs, HasBinary, Iterable, Mapping, …).

// Equaler gives a value its own ==. handled=false leaves the comparison to the
// other operand and then to identity. Both sides are asked, so `"SA" == flags`
// works when only flags is an Equaler.
type Equaler interface {
	EqualTo(other starlark.Value) (equal, handled bool, err error)
}

// Reprer gives a value its own repr(); without it starlark's String() is used.
type Reprer interface{ PyRepr() string }

// Strer gives a value its own str(); without it its repr() is used.
type Strer interface{ PyStr() string }

// Displayer prints a value at the prompt. Without it the prompt prints repr().
type Displayer interface{ PyDisplay() string }

// Formatter gives a value its own format(v, spec), as f"{v:04x}" needs.
type Formatter interface {
	PyFormat(spec string) (string, error)
}

// DelAttrer makes `del v.name` work.
type DelAttrer interface{ DelAttr(name string) error }

// DelKeyer makes `del v[key]` work.
type DelKeyer interface {
	DelKey(key starlark.Value) error
}

// Slicer makes v[a:b:c] work with operands that are not integers, as
// `p[IP:2]`. An absent part is starlark.None.
type Slicer interface {
	PySlice(lo, hi, step starlark.Value) (starlark.Value, error)
}

// SetSlicer makes `v[a:b] = x` work with operands that are not integers.
type SetSlicer interface {
	SetPySlice(lo, hi, step, v starlark.Value) error
}

// Lener gives len() to values that are no starlark.Sequence.
type Lener interface{ PyLen() (int, error) }

// Byteser makes bytes(v) and raw(v) work, and lets v stand where bytes may.
type Byteser interface{ PyBytes() ([]byte, error) }

// Inter makes int(v), v as an index, and %d work.
type Inter interface{ PyInt() (starlark.Int, error) }

// Orderer gives a value <, <=, >, >= with other types. op is "<", "<=", ">" or ">=".
type Orderer interface {
	CompareTo(op string, other starlark.Value) (result, handled bool, err error)
}

// ListHead is a value that, first in a list, answers for attributes which the
// list lacks: p[DNS].qd.qname, where qd is a list of packets.
type ListHead interface {
	starlark.Value
	IsListHead() bool
}

// ClassOf lets type(v), v.__class__ and isinstance(v, C) work for values whose
// class is a Go value of the shell (a layer class).
type ClassOf interface{ PyClass() starlark.Value }

// A Maker is a function whose values know it: isinstance(v, f).
type Maker interface{ Makes(v starlark.Value) bool }

// InstanceChecker is implemented by classes: isinstance(v, c) asks c.
type InstanceChecker interface {
	IsInstance(v starlark.Value) bool
}

// Subclassable is a class of Go code that classes of a program may begin from.
type Subclassable interface {
	starlark.Value
	// Extend makes what an instance has from this class, when its __init__ is to
	// run. The instance's own methods are attributes of self, and go before those of
	// what Extend returns.
	Extend(th *starlark.Thread, self starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error)
}

const (
	unlockKey = "pyrt.unlock"
	blockKey  = "pyrt.block"
	spawnKey  = "pyrt.spawn"
)

// A Blocker runs fn, which waits, while other code of the language may run. fn's
// context is done when the user interrupts.
type Blocker func(th *starlark.Thread, fn func(ctx context.Context) error) error

// SetBlock tells how built-ins on th wait.
func SetBlock(th *starlark.Thread, b Blocker) { th.SetLocal(blockKey, b) }

// Block runs fn as th's Blocker does; without one, with the statement's context.
func Block(th *starlark.Thread, fn func(ctx context.Context) error) error {
	if b, ok := th.Local(blockKey).(Blocker); ok {
		return b(th, fn)
	}
	return fn(Context(th))
}

// A Spawner starts a thread of the language: f runs beside the code that called,
// when it is its turn; done is called under the lock when it has ended. The program's
// end waits for threads that are no daemons.
type Spawner func(name string, daemon bool, f func(th *starlark.Thread) error, done func())

// SetSpawn tells how code on th starts threads.
func SetSpawn(th *starlark.Thread, s Spawner) { th.SetLocal(spawnKey, s) }

// Spawn starts a thread; false where there are none.
func Spawn(th *starlark.Thread, name string, daemon bool, f func(th *starlark.Thread) error, done func()) bool {
	s, ok := th.Local(spawnKey).(Spawner)
	if ok {
		s(name, daemon, f, done)
	}
	return ok
}

// SetUnlock tells how th gives up the interpreter's lock while f runs.
func SetUnlock(th *starlark.Thread, unlocked func(f func())) { th.SetLocal(unlockKey, unlocked) }

// Unlocked runs f, which waits and touches no value of the language, while
// callbacks from other goroutines may run.
func Unlocked(th *starlark.Thread, f func()) {
	if u, ok := th.Local(unlockKey).(func(func())); ok {
		u(f)
		return
	}
	f()
}
