package py

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// threads are those that programs started and that a script's end waits for.
type threads struct{ sync.WaitGroup }

// spawn runs f beside the code that called it, on a thread of the language of its
// own. Ctrl-C is not for it, as in Python: interrupts and the waits they end
// belong to the main program. An exception that ends it is printed.
func (in *Interp) spawn(name string, daemon bool, f func(th *starlark.Thread) error, done func()) {
	if !daemon {
		in.threads.Add(1)
	}
	go func() {
		in.mu.Lock()
		st := in.newState()
		st.stop, st.background = new(atomic.Uint32), true
		pyrt.SetContext(st.th, context.Background())
		_, err := st.protect(func() (starlark.Value, error) { return nil, f(st.th) })
		var exit *pyrt.Exit
		if err != nil && !errors.As(err, &exit) {
			fmt.Fprintf(in.opts.Stderr, "Exception in thread %s:\n%s", name, FormatError(err, false))
		}
		done()
		in.mu.Unlock()
		if !daemon {
			in.threads.Done()
		}
	}()
}

// Wait waits for the threads that the program started and did not call daemons, as
// Python does when a script has come to its end. An interrupt ends the wait with
// KeyboardInterrupt.
func (in *Interp) Wait(ctx context.Context) error {
	all := make(chan struct{})
	go func() { in.threads.Wait(); close(all) }()
	intr := liveContext{in}.now()
	select {
	case <-all:
		return nil
	case <-ctx.Done():
	case <-intr.Done():
	}
	return pyrt.Errorf("KeyboardInterrupt", "")
}
