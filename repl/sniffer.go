package repl

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
)

// A sniffRun is one run of a sniffJob: what it has collected. The callbacks run under
// the interpreter's lock, which is taken once for as many packets as there are.
type sniffRun struct {
	*sniffJob
	src    sniff.Source
	losses func() []string      // what the session gave up; nil without one that tells
	out    lineOut              // where callbacks print
	line   func(*packet) string // prints a line for each packet; nil: does not
	ended  time.Time            // when ctx was seen to be done
	left   uint64               // packets that callbacks were too slow for

	mu   sync.Mutex
	pkts []*packet
	kept int
	lost sniff.Stats
}

// begin opens the source. Nothing that comes after it is missed.
func (j *sniffJob) begin() (*sniffRun, error) {
	src, err := j.open()
	if err != nil {
		return nil, filterError(err)
	}
	r := &sniffRun{sniffJob: j, src: src}
	if j.session != nil {
		s, err := j.session()
		if err != nil {
			src.Close()
			return nil, err
		}
		r.src = sniff.WithSession(src, s)
		if t, ok := s.(interface{ Lost() []string }); ok {
			r.losses = t.Lost
		}
	}
	return r, nil
}

func runSniff(c *call) (starlark.Value, error) {
	j, err := c.sniffJob()
	if err != nil {
		return nil, err
	}
	return j.runHere(c.th, nil)
}

// runHere runs the job while the caller waits.
func (j *sniffJob) runHere(th *starlark.Thread, line func(*packet) string) (starlark.Value, error) {
	r, err := j.begin()
	if err != nil {
		return nil, err
	}
	defer r.src.Close()
	r.line = line
	if j.started != nil {
		if _, err := starlark.Call(th, j.started, nil, nil); err != nil {
			return nil, err
		}
	}
	if err := j.s.in.Block(th, r.run); err != nil {
		return nil, r.withResults(err)
	}
	return r.list(), nil
}

// runTshark prints as it captures.
func runTshark(c *call) (starlark.Value, error) {
	j, err := c.sniffJob()
	if err != nil {
		return nil, err
	}
	j.store = c.bool("store", false)
	n, start := 0, time.Time{}
	_, err = j.runHere(c.th, func(p *packet) string {
		t := p.meta().Time
		if n++; n == 1 {
			start = t
		}
		return fmt.Sprintf("%5d %11.6f %s", n, t.Sub(start).Seconds(), p.PyStr())
	})
	return nil, err
}

// run captures until it is over and tells what was lost.
func (r *sniffRun) run(ctx context.Context) error {
	st, err := sniff.RunBatches(ctx, r.src, r.Timeout, func(ps []*layers.Packet) (more bool, err error) {
		if r.prn == nil && r.lfilter == nil && r.stopFilter == nil && r.line == nil {
			return r.keep(ps), nil
		}
		err = r.callbacks(func(call py.Caller) (err error) {
			more, err = r.callBack(ctx, call, ps)
			return err
		})
		return more, err
	})
	st.Unread += r.left
	r.mu.Lock()
	r.lost = st
	r.mu.Unlock()
	if !r.quiet {
		r.tell(st)
	}
	if errors.Is(err, sniff.ErrInterfaceGone) {
		r.s.warn("%v", err)
		return nil
	}
	return osError(err)
}

// tell says what was lost.
func (r *sniffRun) tell(st sniff.Stats) {
	if st.Dropped > 0 {
		r.s.warn("the kernel dropped %d packets of %d, since they came faster than they were read; a narrower filter, a larger bufsize or a quicker prn helps", st.Dropped, st.Dropped+st.Received)
	}
	if st.IfaceDropped > 0 {
		r.s.warn("interfaces counted %d frames as dropped meanwhile (rx_dropped, rx_missed_errors): before the capture saw them, or unwanted by any protocol", st.IfaceDropped)
	}
	if st.Unread > 0 {
		r.s.warn("%d packets had been received but not been looked at when the capture was ended", st.Unread)
	}
	if r.losses != nil {
		for _, text := range r.losses() {
			r.s.warn("%s", text)
		}
	}
	if r.cardTime && st.CardTimes == 0 && st.Received > 0 {
		r.s.warn("no packet had a time stamp of the network card; the times are the kernel's")
	}
}

// keep stores packets that nobody looks at on the way.
func (r *sniffRun) keep(ps []*layers.Packet) (more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.Count - r.kept; r.Count > 0 && n < len(ps) {
		ps = ps[:n]
	}
	r.kept += len(ps)
	if r.store {
		views := make([]packet, len(ps))
		for i, p := range ps {
			views[i].p = p
			r.pkts = append(r.pkts, &views[i])
		}
	}
	return r.Count == 0 || r.kept < r.Count
}

// patience is for how long callbacks go on with what has come before the end.
const patience = 250 * time.Millisecond

// callbacks lets f call functions, and shows what they have printed.
func (r *sniffRun) callbacks(f func(call py.Caller) error) error {
	if r.out.w == nil {
		r.out.w = r.s.out
	}
	err := r.s.in.Calls(&r.out, f)
	if e := r.out.Flush(); err == nil {
		err = e
	}
	return err
}

// callBack hands packets to the callbacks.
func (r *sniffRun) callBack(ctx context.Context, call py.Caller, ps []*layers.Packet) (more bool, err error) {
	for i, p := range ps {
		if ctx.Err() != nil {
			if r.ended.IsZero() {
				r.ended = time.Now()
			} else if time.Since(r.ended) > patience {
				r.left += uint64(len(ps) - i)
				return false, nil
			}
		}
		more, err := r.each(call, wrap(p))
		if err != nil || !more {
			return false, err
		}
	}
	return true, nil
}

func (r *sniffRun) each(call py.Caller, p *packet) (more bool, err error) {
	if r.lfilter != nil {
		ok, err := call(r.lfilter, p)
		if err != nil || !bool(ok.Truth()) {
			return true, err
		}
	}
	r.mu.Lock()
	r.kept++
	if r.store {
		r.pkts = append(r.pkts, p)
	}
	full := r.Count > 0 && r.kept >= r.Count
	r.mu.Unlock()
	if r.line != nil {
		fmt.Fprintln(&r.out, r.line(p))
	}
	if r.prn != nil {
		v, err := call(r.prn, p)
		if err != nil {
			return false, err
		}
		if v != starlark.None {
			fmt.Fprintln(&r.out, pyStr(v))
		}
	}
	if r.stopFilter != nil {
		stop, err := call(r.stopFilter, p)
		if err != nil || bool(stop.Truth()) {
			return false, err
		}
	}
	return !full, nil
}

// list is what was kept.
func (r *sniffRun) list() *packetList {
	r.mu.Lock()
	defer r.mu.Unlock()
	return &packetList{name: "Sniffed", pkts: slices.Clone(r.pkts)}
}

// withResults hangs what was collected on the error that a callback raised.
func (r *sniffRun) withResults(err error) error {
	var e starlark.HasSetField
	if errors.As(err, &e) {
		_ = e.SetField("results", r.list()) // an exception takes any attribute
	}
	return err
}

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
	r, err := a.j.begin()
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
