package py

import (
	"bytes"
	"runtime"
	"strconv"

	"go.starlark.net/starlark"
)

// AllowNested is called by code that the language runs, before the first Nested.
// From then on the interpreter knows which goroutine runs, for a microsecond at
// each change.
func (in *Interp) AllowNested() {
	in.mu.tracked.Store(true)
	in.mu.owner.Store(goroutine())
}

// Nested calls fn from Go code that may stand on either side: below code of the
// language that waits for it (then it holds the interpreter already), or on a
// goroutine of an engine. The functions of a protocol that a program defined are
// called so: dissecting may happen anywhere.
func (in *Interp) Nested(fn starlark.Value, args ...starlark.Value) (starlark.Value, error) {
	if in.mu.owner.Load() != goroutine() {
		in.mu.Lock()
		defer in.mu.Unlock()
	}
	st := in.acquire()
	defer in.releaseState(st)
	return st.protect(func() (starlark.Value, error) { return st.call(fn, args, nil) })
}

// goroutine is the number of the running goroutine, which Go shows only as the
// first line of its stack: "goroutine 12 [running]:".
func goroutine() uint64 {
	var b [64]byte
	s := bytes.TrimPrefix(b[:runtime.Stack(b[:], false)], []byte("goroutine "))
	if i := bytes.IndexByte(s, ' '); i >= 0 {
		s = s[:i]
	}
	n, _ := strconv.ParseUint(string(s), 10, 64) // the runtime's own format
	return n
}
