package py

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// interrupts is how Ctrl-C reaches running code. An interrupt ends the innermost
// blocking scope, which returns what it has; a second one within a second, or
// one that finds no scope to end, raises KeyboardInterrupt.
type interrupts struct {
	flag atomic.Uint32 // 0, pending or ended; read at every loop edge and call

	mu     sync.Mutex
	ctx    context.Context // done while an interrupt is pending
	cancel context.CancelFunc
	scopes []*blocking // open ones, innermost last
	last   time.Time   // of the interrupt that ended a scope
	base   int         // statements whose own context has ended
}

// Values of interrupts.flag.
const (
	pending = 1 // KeyboardInterrupt is to be raised once
	ended   = 2 // the statement's context is done: raise it again and again
)

// blocking is a scope opened by Block.
type blocking struct {
	cancel      context.CancelFunc
	interrupted bool
}

// doublePress is how soon a second Ctrl-C must follow the first to mean more.
const doublePress = time.Second

func (n *interrupts) renew() {
	n.ctx, n.cancel = context.WithCancel(context.Background())
}

// raise sets the flag and wakes whoever waits.
func (n *interrupts) raise(value uint32) {
	if n.flag.Load() < value {
		n.flag.Store(value)
	}
	n.cancel()
}

// begin ties a statement to its caller's context; the result ends the tie.
func (n *interrupts) begin(ctx context.Context) func() {
	n.mu.Lock()
	if n.flag.Load() != 0 && n.base == 0 {
		n.flag.Store(0)
		n.cancel()
		n.renew()
	}
	n.mu.Unlock()
	if ctx == nil || ctx.Done() == nil {
		return func() {}
	}
	fired := false
	stop := context.AfterFunc(ctx, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		fired = true
		n.base++
		n.raise(ended)
	})
	return func() {
		stop()
		n.mu.Lock()
		defer n.mu.Unlock()
		if fired {
			if n.base--; n.base == 0 {
				n.flag.Store(0)
				n.renew()
			}
		}
	}
}

// Interrupt is Ctrl-C: it ends the innermost blocking scope, or else raises
// KeyboardInterrupt at the next loop edge, call or wait. It may be called from
// any goroutine and does nothing to code that is started later.
func (in *Interp) Interrupt() {
	n := &in.intr
	n.mu.Lock()
	defer n.mu.Unlock()
	now := time.Now()
	if k := len(n.scopes); k > 0 && !n.scopes[k-1].interrupted && now.Sub(n.last) > doublePress {
		n.scopes[k-1].interrupted = true
		n.last = now
		n.scopes[k-1].cancel()
		return
	}
	n.raise(pending)
}

// Block runs fn without the interpreter's lock, so that other code may run
// while fn waits. fn's context is done when the user interrupts; fn should then
// return what it has, without an error, and the program goes on. That
// context.Canceled is not passed on in this case.
func (in *Interp) Block(th *starlark.Thread, fn func(ctx context.Context) error) error {
	if st := stateOf(th); st != nil && st.background {
		in.mu.Unlock()
		defer in.mu.Lock()
		return fn(pyrt.Context(th))
	}
	n := &in.intr
	n.mu.Lock()
	ctx, cancel := context.WithCancel(n.ctx)
	sc := &blocking{cancel: cancel}
	n.scopes = append(n.scopes, sc)
	n.mu.Unlock()
	in.mu.Unlock()
	defer func() {
		in.mu.Lock()
		cancel()
	}()
	err := func() error {
		defer func() {
			n.mu.Lock()
			for i, s := range n.scopes {
				if s == sc {
					n.scopes = append(n.scopes[:i], n.scopes[i+1:]...)
					break
				}
			}
			n.mu.Unlock()
		}()
		return fn(ctx)
	}()
	if n.flag.Load() != 0 {
		return pyrt.Errorf("KeyboardInterrupt", "")
	}
	if sc.interrupted && errors.Is(err, context.Canceled) {
		var e *Exception
		if !errors.As(err, &e) {
			return nil
		}
	}
	return err
}

// consume takes a pending interrupt: the KeyboardInterrupt that is being made
// stands for it.
func (in *Interp) consume(st *state) {
	if st.background {
		return
	}
	n := &in.intr
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.flag.CompareAndSwap(pending, 0) {
		n.renew()
	}
}

// interrupted makes the KeyboardInterrupt of a pending interrupt.
func (st *state) interrupted() error {
	return pyrt.Errorf("KeyboardInterrupt", "")
}

// pending is the KeyboardInterrupt that is still to be raised, nil if none is.
func (st *state) pending() error {
	if st.stop.Load() != 0 {
		return st.interrupted()
	}
	return nil
}

// liveContext is the context that built-ins wait on. Unlike an ordinary one it
// comes to life again once its interrupt has been raised, so that a program
// that caught KeyboardInterrupt can wait again.
type liveContext struct{ in *Interp }

func (c liveContext) now() context.Context {
	c.in.intr.mu.Lock()
	defer c.in.intr.mu.Unlock()
	return c.in.intr.ctx
}

// Deadline implements context.Context.
func (c liveContext) Deadline() (time.Time, bool) { return time.Time{}, false }

// Done implements context.Context.
func (c liveContext) Done() <-chan struct{} { return c.now().Done() }

// Err implements context.Context.
func (c liveContext) Err() error { return c.now().Err() }

// Value implements context.Context.
func (c liveContext) Value(any) any { return nil }
