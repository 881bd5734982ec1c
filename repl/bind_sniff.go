package repl

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sniff"
)

const sniffDoc = `Capture packets and return them as a list.
count: stop after so many; timeout: stop after so many seconds; Ctrl-C: stop and
keep what there is. filter: a tcpdump expression, run by the kernel. iface: a
name, a list of names, or None for all. prn: called for each packet, its result
printed if it is not None. lfilter: keep only packets for which it is true.
stop_filter: stop behind the first packet for which it is true. store=False keeps
nothing. started_callback: called when the capture is on. netns: another network
namespace. Packets that the kernel had to drop are counted and told.`

func sniffBuiltins() []*builtin {
	const g = "Sending and receiving"
	return []*builtin{
		{Sig: "sniff(count=0, store=True, prn=None, lfilter=None, stop_filter=None, timeout=None, iface=None, filter=None, started_callback=None, promisc=None, snaplen=None, quiet=False, netns=None)",
			Group: g, Doc: sniffDoc, Run: runSniff},
		{Sig: "AsyncSniffer(count=0, store=True, prn=None, lfilter=None, stop_filter=None, timeout=None, iface=None, filter=None, started_callback=None, promisc=None, snaplen=None, quiet=False, netns=None)",
			Group: g, Doc: "sniff() in the background: t = AsyncSniffer(filter=\"icmp\"); t.start(); …; pkts = t.stop().\nt.join() waits until it ends by itself; t.results is what it has, t.running whether it goes on.", Run: newAsyncSniffer},
		{Sig: "bpf(filter)", Group: g, Doc: "Print the program that a tcpdump expression compiles to, as tcpdump -d.",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.str("filter", "")
				if err != nil {
					return nil, err
				}
				text, err := sniff.DumpFilter(s)
				if err != nil {
					return nil, filterError(err)
				}
				return nil, printLine(c.th, text)
			}},
	}
}

// sniffJob is one capture with its callbacks.
type sniffJob struct {
	s          *Shell
	opts       sniff.Options
	limits     sniff.Limits
	store      bool
	quiet      bool
	prn        starlark.Callable
	lfilter    starlark.Callable
	stopFilter starlark.Callable
	started    starlark.Callable
	mu         sync.Mutex
	pkts       []*packet
	kept       int
}

func (c *call) sniffJob() (*sniffJob, error) {
	j := &sniffJob{s: shell(), store: c.bool("store", true), quiet: c.bool("quiet", false)}
	var err error
	if j.limits.Count, err = c.int("count", 0); err != nil {
		return nil, err
	}
	if j.limits.Count < 0 {
		return nil, c.wrong("count", "0 or more")
	}
	if c.has("timeout") {
		if j.limits.Timeout, err = c.seconds("timeout", 0); err != nil {
			return nil, err
		}
		j.limits.Timeout = max(j.limits.Timeout, 1) // timeout=0 ends at once
	}
	for name, dst := range map[string]*starlark.Callable{"prn": &j.prn, "lfilter": &j.lfilter, "stop_filter": &j.stopFilter, "started_callback": &j.started} {
		if *dst, err = c.fn(name); err != nil {
			return nil, err
		}
	}
	if j.opts.NS, err = c.netns(); err != nil {
		return nil, err
	}
	if j.opts.Ifaces, err = c.strings("iface"); err != nil {
		return nil, err
	}
	if j.opts.Filter, err = c.str("filter", ""); err != nil {
		return nil, err
	}
	if j.opts.SnapLen, err = c.int("snaplen", 0); err != nil {
		return nil, err
	}
	j.opts.Promisc = c.bool("promisc", j.s.conf.bool("sniff_promisc"))
	j.opts.BufferSize = j.s.conf.int("bufsize")
	return j, nil
}

// strings is an argument that is one name or a list of names.
func (c *call) strings(name string) ([]string, error) {
	switch v := c.val(name).(type) {
	case starlark.NoneType:
		return nil, nil
	case starlark.String:
		return []string{string(v)}, nil
	case starlark.Iterable:
		var out []string
		for x := range starlark.Elements(v) {
			out = append(out, pyStr(x))
		}
		return out, nil
	}
	return nil, c.wrong(name, "a name or a list of names")
}

func runSniff(c *call) (starlark.Value, error) {
	j, err := c.sniffJob()
	if err != nil {
		return nil, err
	}
	cap, err := j.open()
	if err != nil {
		return nil, err
	}
	defer cap.Close()
	if j.started != nil {
		if _, err := starlark.Call(c.th, j.started, nil, nil); err != nil {
			return nil, err
		}
	}
	err = j.s.in.Block(c.th, func(ctx context.Context) error { return j.run(ctx, cap) })
	if err != nil {
		return nil, err
	}
	return j.list(), nil
}

func (j *sniffJob) open() (*sniff.Capture, error) {
	c, err := sniff.Open(j.opts)
	if err != nil {
		return nil, filterError(err)
	}
	return c, nil
}

// run captures until it is over and tells what was lost. The callbacks take the
// interpreter's lock, which the caller has released.
func (j *sniffJob) run(ctx context.Context, c *sniff.Capture) error {
	lim := j.limits
	lim.Count = 0 // packets that lfilter leaves out do not count
	st, err := c.Run(ctx, lim, func(p *layers.Packet) (bool, error) { return j.each(ctx, wrap(p)) })
	if st.Dropped > 0 && !j.quiet {
		j.s.warn("the kernel dropped %d packets of %d, since they came faster than they were read; a narrower filter or a larger conf.bufsize helps", st.Dropped, st.Dropped+st.Received)
	}
	return osError(err)
}

func (j *sniffJob) each(ctx context.Context, p *packet) (more bool, err error) {
	if j.lfilter != nil {
		ok, err := j.s.in.Call(ctx, j.lfilter, starlark.Tuple{p}, nil)
		if err != nil {
			return false, err
		}
		if !ok.Truth() {
			return true, nil
		}
	}
	j.mu.Lock()
	j.kept++
	if j.store {
		j.pkts = append(j.pkts, p)
	}
	full := j.limits.Count > 0 && j.kept >= j.limits.Count
	j.mu.Unlock()
	if j.prn != nil {
		r, err := j.s.in.Call(ctx, j.prn, starlark.Tuple{p}, nil)
		if err != nil {
			return false, err
		}
		if r != starlark.None {
			fmt.Fprintln(j.s.out, pyStr(r))
		}
	}
	if j.stopFilter != nil {
		stop, err := j.s.in.Call(ctx, j.stopFilter, starlark.Tuple{p}, nil)
		if err != nil || bool(stop.Truth()) {
			return false, err
		}
	}
	return !full, nil
}

// list is what was kept, by time.
func (j *sniffJob) list() *packetList {
	j.mu.Lock()
	defer j.mu.Unlock()
	pkts := slices.Clone(j.pkts)
	// Several rings are read side by side.
	slices.SortStableFunc(pkts, func(a, b *packet) int { return a.meta().Time.Compare(b.meta().Time) })
	return &packetList{name: "Sniffed", pkts: pkts}
}

// filterError is an error of a capture with the filter's caret in its hint.
func filterError(err error) error {
	if c, ok := err.(interface{ Caret() string }); ok {
		e := pyrt.Errorf("ValueError", "%v", err)
		e.Field, e.Hint = "filter", c.Caret()
		return e
	}
	return osError(err)
}

// asyncSniffer is a capture in the background.
type asyncSniffer struct {
	frozenValue
	j      *sniffJob
	cancel context.CancelFunc
	done   chan struct{}
	err    error
}

func newAsyncSniffer(c *call) (starlark.Value, error) {
	j, err := c.sniffJob()
	if err != nil {
		return nil, err
	}
	return &asyncSniffer{j: j}, nil
}

func (a *asyncSniffer) Type() string   { return "AsyncSniffer" }
func (a *asyncSniffer) String() string { return "<AsyncSniffer>" }
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
	cap, err := a.j.open()
	if err != nil {
		return nil, err
	}
	a.j.pkts, a.j.kept, a.err = nil, 0, nil
	ctx, cancel := context.WithCancel(context.Background())
	a.cancel, a.done = cancel, make(chan struct{})
	done := a.done
	go func() {
		defer close(done)
		defer cap.Close()
		a.err = a.j.run(ctx, cap)
	}()
	a.j.s.onClose(func() error { cancel(); return nil })
	if a.j.started != nil {
		return starlark.Call(c.th, a.j.started, nil, nil)
	}
	return nil, nil
}

// wait waits for the capture's end and gives its packets.
func (a *asyncSniffer) wait(c *call) (starlark.Value, error) {
	if a.done == nil {
		return nil, pyrt.Errorf("RuntimeError", "the sniffer was not started: call start() first")
	}
	err := a.j.s.in.Block(c.th, func(ctx context.Context) error {
		select {
		case <-a.done:
		case <-ctx.Done():
		}
		return nil
	})
	if err == nil && !a.running() {
		err = a.err
	}
	if err != nil {
		return nil, err
	}
	return a.j.list(), nil
}

// Attr is start, stop, join, results and running.
func (a *asyncSniffer) Attr(name string) (starlark.Value, error) {
	switch name {
	case "results":
		return a.j.list(), nil
	case "running":
		return starlark.Bool(a.running()), nil
	case "start":
		return function{b: &builtin{Sig: "start()", Doc: "Begin to capture.", Run: a.start}}, nil
	case "stop":
		return function{b: &builtin{Sig: "stop(join=True)", Doc: "End the capture and return its packets.", Run: func(c *call) (starlark.Value, error) {
			if a.cancel != nil {
				a.cancel()
			}
			return a.wait(c)
		}}}, nil
	case "join":
		return function{b: &builtin{Sig: "join(timeout=None)", Doc: "Wait until the capture ends by itself.", Run: a.wait}}, nil
	}
	return nil, nil
}

// AttrNames are the sniffer's attributes.
func (a *asyncSniffer) AttrNames() []string {
	return []string{"join", "results", "running", "start", "stop"}
}
