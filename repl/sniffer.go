package repl

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
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

	made []*packet // members of stored that lists gave out; of the interpreter's thread

	mu     sync.Mutex
	pkts   []*layers.Packet // what callbacks and sessions let pass
	stored sniff.Store      // what nobody looked at on the way
	kept   int
	lost   sniff.Stats
}

// begin opens the source. Nothing that comes after it is missed.
func (j *sniffJob) begin(th *starlark.Thread) (*sniffRun, error) {
	src, err := j.open()
	if err != nil {
		return nil, filterError(err)
	}
	r := &sniffRun{sniffJob: j, src: src}
	if j.session != nil {
		s, err := j.session(th)
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
	r, err := j.begin(th)
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
	st, err := r.runSource(ctx)
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

// runSource gives what the source has to who wants it.
func (r *sniffRun) runSource(ctx context.Context) (sniff.Stats, error) {
	defer collectRarely()()
	watched := r.prn != nil || r.lfilter != nil || r.stopFilter != nil || r.line != nil
	if live, ok := r.src.(*sniff.Capture); ok && !watched {
		return sniff.RunRecords(ctx, live, r.Timeout, r.keepRecords)
	}
	return sniff.RunBatches(ctx, r.src, r.Timeout, func(ps []*layers.Packet) (more bool, err error) {
		if !watched {
			return r.keep(ps), nil
		}
		err = r.callbacks(func(call py.Caller) (err error) {
			more, err = r.callBack(ctx, call, ps)
			return err
		})
		return more, err
	})
}

// rarely counts the captures that have the collector run rarely.
var rarely struct {
	sync.Mutex
	n, before int
}

// collectRarely has the collector wait until the heap is five times what lives, until the last
// restore is called. What a capture stores is no garbage, and each collection takes a tenth of
// a second where senders keep all processors busy, in which a ring of 32 MiB fills. What it does not
// store is nothing but garbage, of which a callback's packets are a megabyte a thousand.
func collectRarely() (restore func()) {
	rarely.Lock()
	defer rarely.Unlock()
	if rarely.n++; rarely.n == 1 {
		rarely.before = debug.SetGCPercent(400)
	}
	return func() {
		rarely.Lock()
		defer rarely.Unlock()
		if rarely.n--; rarely.n == 0 {
			debug.SetGCPercent(rarely.before)
		}
	}
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

// keepRecords stores records: they become packets when somebody asks for them.
func (r *sniffRun) keepRecords(recs []pcapfile.Record) (more bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, more := r.room(len(recs))
	for i := range recs[:n] {
		if r.store {
			r.stored.Add(&recs[i], "")
		}
	}
	return more, nil
}

// keep stores packets that nobody looks at on the way.
func (r *sniffRun) keep(ps []*layers.Packet) (more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, more := r.room(len(ps))
	if r.store {
		r.pkts = append(r.pkts, ps[:n]...)
	}
	return more
}

// room counts up to n packets, as many as there are to be. mu is held.
func (r *sniffRun) room(n int) (take int, more bool) {
	if r.Count > 0 {
		n = min(n, r.Count-r.kept)
	}
	r.kept += n
	return n, r.Count == 0 || r.kept < r.Count
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
				return true, nil // who reads gives up too, and counts what nobody was handed
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
		r.pkts = append(r.pkts, p.p)
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
	out := listOf("Sniffed", slices.Clone(r.pkts))
	if n := r.stored.Len(); n > 0 {
		r.made = append(r.made, make([]*packet, n-len(r.made))...)
		out.pkts, out.fill = make([]*packet, n), r.member
	}
	return out
}

// member is packet i of those stored: one that is kept is the same in all lists.
func (r *sniffRun) member(i int, keep bool) (*packet, pair) {
	if p := r.made[i]; p != nil {
		return p, pair{}
	}
	r.mu.Lock()
	p := wrap(r.stored.Packet(i))
	r.mu.Unlock()
	if keep {
		r.made[i] = p
	}
	return p, pair{}
}

// withResults hangs what was collected on the error that a callback raised.
func (r *sniffRun) withResults(err error) error {
	var e starlark.HasSetField
	if errors.As(err, &e) {
		_ = e.SetField("results", r.list()) // an exception takes any attribute
	}
	return err
}
