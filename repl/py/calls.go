package py

import (
	"io"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// A Caller calls a function of the language.
type Caller func(fn starlark.Value, args ...starlark.Value) (starlark.Value, error)

// maxHold is for how long Calls keeps the lock from others.
const maxHold = 5 * time.Millisecond

// Calls is Call for many calls in a row, which do not take the interpreter's lock
// one by one: f makes them through the function that it is given, valid until f returns,
// and does not wait in between. What the functions print goes to out.
func (in *Interp) Calls(out io.Writer, f func(call Caller) error) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	st := in.acquire()
	pyrt.SetOutput(st.th, out, in.opts.Stderr)
	defer func() {
		pyrt.SetOutput(st.th, in.opts.Stdout, in.opts.Stderr)
		in.releaseState(st)
	}()
	since, args := time.Now(), []starlark.Value(nil)
	var fn starlark.Value
	run := func() (starlark.Value, error) { return st.call(fn, args, nil) }
	return f(func(g starlark.Value, a ...starlark.Value) (starlark.Value, error) {
		fn, args = g, a
		v, err := st.protect(run)
		if now := time.Now(); now.Sub(since) > maxHold {
			in.mu.Unlock() // a mutex goes to one that has waited for long
			in.mu.Lock()
			since = time.Now()
		}
		return v, err
	})
}
