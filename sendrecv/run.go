package sendrecv

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"slices"
	"sync"
	"time"

	"pktsh/internal/pile"
	"pktsh/layers"
	"pktsh/sendrecv/route"
	"pktsh/sniff/filter"
)

// Send sends IP and IPv6 packets where the routes lead. With Count or Loop the
// sequence is walked as often. A packet with sets in it stands for all that
// [layers.Packet.Expand] gives, in every call of an Engine.
//
// What could not be sent is in Result.Errors; only when nothing left at all is the first
// of them the call's own error, unless it is that a neighbour does not answer: then the
// result is merely empty. When ctx is done the result is what there is, without an error.
func (e *Engine) Send(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, false, false)
}

// SendP is Send for link-layer frames, on one interface.
func (e *Engine) SendP(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, true, false)
}

// SR sends IP and IPv6 packets and collects the answers. Errors are as in Send.
func (e *Engine) SR(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, false, true)
}

// SRP is SR for link-layer frames, on one interface.
func (e *Engine) SRP(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, true, true)
}

// exchange is one call at work: one goroutine sends, and looks for answers itself while it has nothing else to wait
// for; else one for each interface does.
type exchange struct {
	e           *Engine
	o           Options
	l2, receive bool

	// The sender's own.
	pl      *planner
	guard   *protector
	pace    *pace
	flight  window
	first   time.Time // when the first packet left and when it was captured, for Realtime
	origin  time.Time
	batch   []*probe
	size    int          // how many packets batch takes
	frames  [][]byte     // of one system call
	free    []*departure // of packets that are gone
	hops    resolver
	pieces  datagrams
	ears    map[int]*hearing // by interface
	many    bool             // rings receive
	tx      map[int]*outlet  // by interface
	probes  pile.List[probe] // in the order of the sequence
	taken   int              // packets, from the sequence
	told    time.Time        // last Progress
	lag     time.Duration    // how late a frame may be heard of
	notes   map[string]bool
	match   *filter.Program
	started moment // when receiving began

	frameMu sync.Mutex  // one frame at a time
	parts   reassembler // of answers
	kept    arena       // for what was received

	mu      sync.Mutex // for what follows
	result  Result
	known   *matcher
	forget  *forgetter    // nil where everything is kept
	open    int           // probes that left and have no answer
	moot    int           // of these, fragments that are not waited for
	allSent bool          // the whole sequence has left once
	slowest int64         // round trip so far, in ns
	heard   time.Time     // when the last pair was found
	out     time.Time     // when the last packets left
	done    chan struct{} // closed when there is nothing to wait for
	over    bool          // done is closed
	failed  error         // of a receiver
}

func (e *Engine) run(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options, l2, receive bool) (Result, error) {
	x := &exchange{e: e, o: o, l2: l2, receive: receive, pace: newPace(&o), ears: map[int]*hearing{}, tx: map[int]*outlet{},
		notes: map[string]bool{}, done: make(chan struct{}), started: thisMoment()}
	x.known = newMatcher(&x.o.Lax)
	x.pieces.open = map[layers.FragmentKey]*datagram{}
	if receive && o.Timeout > 0 && !x.keepsProbes() {
		x.forget = &forgetter{after: o.Timeout}
	}
	x.size = batchSize
	if x.pace.gap > slow || o.Realtime {
		x.size = 1
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if e.isClosed() {
		return Result{}, fmt.Errorf("send: the engine is closed: %w", os.ErrClosed)
	}
	v := x.newEnv(ctx)
	x.hops.table = e.table
	var err error
	if x.pl, err = e.newPlanner(v, l2, x.note, x.hops.asking); err != nil {
		return Result{}, err
	}
	x.pl.fragment = o.Fragment
	x.guard = newProtector(e.cfg.Guard, v)
	if o.Filter != "" && receive {
		link := filter.LinkRaw
		if x.pl.link.Ether || x.pl.link.Loopback {
			link = filter.LinkEthernet
		}
		if x.match, err = filter.Compile(o.Filter, filter.Options{LinkType: link}); err != nil {
			return Result{}, err
		}
	}
	err = x.work(ctx, pkts)
	cancel() // resolvers end
	x.hops.wg.Wait()
	x.closeEars()
	if s := x.parts.note(); s != "" {
		x.note(s)
	}
	x.finish()
	if err == nil {
		err = x.failed
	}
	return x.result, err
}

func (x *exchange) work(ctx context.Context, pkts iter.Seq[*layers.Packet]) error {
	if err := x.transmit(ctx, pkts); err != nil {
		return err
	}
	if x.result.Sent == 0 && ctx.Err() == nil {
		return x.firstError()
	}
	if !x.receive || x.result.Sent == 0 {
		return nil
	}
	x.mu.Lock()
	x.allSent = true
	x.settle()
	x.mu.Unlock()
	defer x.reflood(ctx)()
	x.rounds(ctx)
	return nil
}

// firstError is why nothing was sent: the first cause but for neighbours that do
// not answer, who are no more of an error than hosts that do not answer.
func (x *exchange) firstError() error {
	for _, e := range x.result.Errors {
		if !errors.Is(e.Err, route.ErrNoNeighbour) {
			return e.Err
		}
	}
	return nil
}

// rounds waits, and sends again what is unanswered as often as Retry says.
func (x *exchange) rounds(ctx context.Context) {
	x.wait(ctx, x.o.Retry > 0)
	left := x.unsettled()
	for round, quiet := 0, 0; len(left) > 0 && !x.ended(ctx); round++ {
		if x.o.Retry >= 0 && round >= x.o.Retry || x.o.Retry < 0 && quiet >= -x.o.Retry {
			return
		}
		x.repeat(ctx, left)
		x.wait(ctx, round+1 < x.o.Retry)
		before := len(left)
		if left = x.unsettled(); len(left) == before {
			quiet++
		} else {
			quiet = 0
		}
	}
}

// ended tells whether the call is to stop where it is.
func (x *exchange) ended(ctx context.Context) bool { return x.isDone() || ctx.Err() != nil }

// isDone tells whether there is nothing to wait for.
func (x *exchange) isDone() bool {
	select {
	case <-x.done:
		return true
	default:
		return false
	}
}

// wait waits for answers until there are all, the timeout is over or ctx is done. Where packets are to be sent again
// it does not go on when everybody who answers so far would have done so several times over.
func (x *exchange) wait(ctx context.Context, again bool) {
	x.progress(true)
	if x.isDone() || !again && x.waitAlone(ctx) {
		return
	}
	x.delegate()
	var after <-chan time.Time
	if x.o.Timeout > 0 {
		t := time.NewTimer(x.o.Timeout)
		defer t.Stop()
		after = t.C
	}
	var look <-chan time.Time
	if again {
		t := time.NewTicker(leastSilence / 4)
		defer t.Stop()
		look = t.C
	}
	for waiting := true; waiting; {
		select {
		case <-x.done:
			return
		case <-ctx.Done():
			waiting = false
		case <-after:
			waiting = false
		case <-look:
			waiting = !x.silent()
		}
	}
	if x.lag > 0 { // what came in time may be in a block that is still open
		select {
		case <-x.done:
		case <-time.After(x.lag):
		}
	}
}

// leastSilence and silences are how long, at least and in round-trip times of the slowest answer, nobody answers
// before packets are sent again for want of an answer.
const (
	leastSilence = 100 * time.Millisecond
	silences     = 4
)

// silent tells whether the answers have stopped coming. Where there was none nothing is known of the way.
func (x *exchange) silent() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	quiet := max(leastSilence, silences*time.Duration(x.slowest)) + x.lag
	return x.result.Matched > 0 && time.Since(x.heard) > quiet && time.Since(x.out) > quiet
}

// settle ends the wait when nothing is open. The lock is held.
func (x *exchange) settle() {
	if x.allSent && x.open == x.moot && !x.o.Multi && x.o.Flood == nil {
		x.end()
	}
}

// end ends the call. The lock is held.
func (x *exchange) end() {
	if !x.over {
		x.over = true
		close(x.done)
	}
}

func (x *exchange) unanswered() (out []*probe) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for p := range x.probes.All() {
		if p.left && !p.answered {
			out = append(out, p)
		}
	}
	return out
}

// unsettled are the unanswered packets that may get an answer yet.
func (x *exchange) unsettled() []*probe {
	open := x.unanswered()
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.DeleteFunc(open, (*probe).moot)
}

// keepsProbes tells whether probes are needed after they were answered, or once more.
func (x *exchange) keepsProbes() bool {
	return !x.o.Streaming || x.o.Retry != 0 || x.o.Multi || x.o.Flood != nil
}

// fail records a packet that was not sent.
func (x *exchange) fail(p *probe, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.result.Failed++
	if !x.o.Streaming || len(x.result.Errors) < mostErrors {
		x.result.Errors = append(x.result.Errors, SendError{p.packet(), err})
	}
}

// mostErrors is how many errors are kept of a call that keeps no results.
const mostErrors = 1000

func (x *exchange) note(s string) {
	if !x.notes[s] {
		x.notes[s] = true
		x.result.Notes = append(x.result.Notes, s)
	}
}

func (x *exchange) progress(waiting bool) {
	if x.o.Progress == nil {
		return
	}
	x.told = time.Now()
	x.mu.Lock()
	p := Progress{Sent: x.result.Sent, Seen: x.result.Seen, Answered: x.result.Sent - x.open, Waiting: waiting}
	x.mu.Unlock()
	if !x.receive {
		p.Answered = 0
	}
	x.o.Progress(p)
}

// finish makes the result complete when nothing is at work any more.
func (x *exchange) finish() {
	r := &x.result
	for _, o := range x.tx {
		_, retries := o.TxStats()
		r.Requeued += retries - o.before
	}
	r.Unsent = x.taken - r.Sent - r.Failed
	if !x.receive {
		return
	}
	r.UnansweredCount, r.AnsweredCount = x.open, r.Sent-x.open
	if !x.o.Streaming {
		open := x.unanswered()
		r.Unanswered.list, r.Silent.list = open, open
		if r.Failed+r.Unsent > 0 {
			r.Silent.list = make([]*probe, 0, len(open)+r.Failed+r.Unsent)
			for p := range x.probes.All() {
				if !p.answered {
					r.Silent.list = append(r.Silent.list, p)
				}
			}
		}
		x.e.haunt(open)
	}
	x.progress(true)
}

// newEnv is the host as the call's packets see it now.
func (x *exchange) newEnv(ctx context.Context) *env {
	v := x.e.newEnv(ctx, x.o.Iface)
	v.mark = x.o.Mark
	return v
}
