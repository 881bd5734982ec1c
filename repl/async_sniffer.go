package repl

import (
	"context"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// asyncSniffer is a capture in the background.
type asyncSniffer struct {
	frozenValue
	j      *sniffJob
	kwargs *starlark.Dict

	// Used under the interpreter's lock.
	r      *sniffRun // nil before start
	cancel context.CancelFunc
	done   chan struct{} // closed when r has ended and err is set
	err    error
	told   bool // err was raised
}

func newAsyncSniffer(c *call) (starlark.Value, error) {
	j, err := c.sniffJob()
	if err != nil {
		return nil, err
	}
	kwargs := starlark.NewDict(len(c.vals))
	for _, p := range c.b.params {
		if v := c.vals[p.name]; v != nil {
			_ = kwargs.SetKey(starlark.String(p.name), v) // a new dictionary takes any text
		}
	}
	return &asyncSniffer{j: j, kwargs: kwargs}, nil
}

func (a *asyncSniffer) Type() string { return "AsyncSniffer" }
func (a *asyncSniffer) String() string {
	state := "not started"
	switch {
	case a.running():
		state = "running"
	case a.done != nil:
		state = "ended"
	}
	return "<AsyncSniffer: " + state + ">"
}
func (a *asyncSniffer) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'AsyncSniffer'")
}

func (a *asyncSniffer) running() bool {
	if a.done == nil {
		return false
	}
	select {
	case <-a.done:
		return false
	default:
		return true
	}
}

// start opens the capture before it returns, so that nothing after it is missed.
func (a *asyncSniffer) start(c *call) (starlark.Value, error) {
	if a.running() {
		return nil, pyrt.Errorf("RuntimeError", "the sniffer is running already")
	}
	r, err := a.j.begin(c.th)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	a.r, a.cancel, a.done, a.err, a.told = r, cancel, done, nil, false
	go func() {
		defer close(done)
		defer r.src.Close()
		a.err = r.run(ctx)
	}()
	a.j.s.onClose(func() error { cancel(); return nil })
	if a.j.started != nil {
		return starlark.Call(c.th, a.j.started, nil, nil)
	}
	return nil, nil
}

// stop ends the capture.
func (a *asyncSniffer) stop(c *call) (starlark.Value, error) {
	if a.done == nil {
		return nil, notStarted()
	}
	a.cancel()
	if !c.bool("join", true) {
		return nil, nil
	}
	if err := a.wait(c.th, 0); err != nil {
		return nil, err
	}
	return a.r.list(), nil
}

// join waits for the capture's end.
func (a *asyncSniffer) join(c *call) (starlark.Value, error) {
	if a.done == nil {
		return nil, notStarted()
	}
	timeout := time.Duration(0)
	if c.has("timeout") {
		var err error
		if timeout, err = c.seconds("timeout", 0); err != nil {
			return nil, err
		}
		timeout = max(timeout, 1)
	}
	return nil, a.wait(c.th, timeout)
}

func notStarted() error {
	return pyrt.Errorf("RuntimeError", "the sniffer was not started: call start() first")
}

// wait waits for the end, for timeout (0: as long as it takes) or an interrupt, and
// gives the error that ended the capture, once.
func (a *asyncSniffer) wait(th *starlark.Thread, timeout time.Duration) error {
	err := a.j.s.in.Block(th, func(ctx context.Context) error {
		if timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, timeout)
			defer cancel()
		}
		select {
		case <-a.done:
		case <-ctx.Done():
		}
		return nil
	})
	if err == nil && !a.running() && !a.told {
		a.told = true
		if err = a.err; err != nil {
			err = a.r.withResults(err)
		}
	}
	return err
}

// results is what there is, None before the start as in Scapy.
func (a *asyncSniffer) results() starlark.Value {
	if a.r == nil {
		return starlark.None
	}
	return a.r.list()
}

// Attr is start, stop, join, results, running, kwargs and exception.
func (a *asyncSniffer) Attr(name string) (starlark.Value, error) {
	switch name {
	case "results":
		return a.results(), nil
	case "running":
		return starlark.Bool(a.running()), nil
	case "kwargs":
		return a.kwargs, nil
	case "exception":
		if v, ok := a.ended().(starlark.Value); ok {
			return v, nil
		}
		return starlark.None, nil
	case "start":
		return function{b: &builtin{Sig: "start()", Doc: "Begin to capture.", Run: a.start}}, nil
	case "stop":
		return function{b: &builtin{Sig: "stop(join=True)", Doc: "End the capture and return its packets; with join=False do not wait for its end.", Run: a.stop}}, nil
	case "join":
		return function{b: &builtin{Sig: "join(timeout=None)", Doc: "Wait until the capture ends by itself.", Run: a.join}}, nil
	}
	return nil, nil
}

// ended is the error that ended the capture.
func (a *asyncSniffer) ended() error {
	if a.done == nil || a.running() {
		return nil
	}
	return a.err
}

// AttrNames are the sniffer's attributes.
func (a *asyncSniffer) AttrNames() []string {
	return []string{"exception", "join", "kwargs", "results", "running", "start", "stop"}
}
