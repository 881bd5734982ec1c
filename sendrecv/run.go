package sendrecv

import (
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"pktsh/layers"
	"pktsh/sendrecv/route"
	"pktsh/sniff/filter"
	"pktsh/sniff/packetsock"
)

// Send sends IP and IPv6 packets where the routes lead.
func (e *Engine) Send(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, false, false)
}

// SendP sends link-layer frames on one interface.
func (e *Engine) SendP(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, true, false)
}

// SR sends IP and IPv6 packets and collects the answers.
func (e *Engine) SR(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, false, true)
}

// SRP sends link-layer frames and collects the answers.
func (e *Engine) SRP(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options) (Result, error) {
	return e.run(ctx, pkts, o, true, true)
}

// probe is a packet sent and what came back.
type probe struct {
	d        *departure
	answered bool
}

// exchange is one call at work.
type exchange struct {
	e  *Engine
	o  Options
	l2 bool

	mu      sync.Mutex
	res     Result
	probes  []*probe
	byKey   map[string][]*probe
	open    int           // probes without an answer
	done    chan struct{} // closed when there is nothing to wait for
	over    sync.Once
	match   *filter.Program
	started time.Time
}

// manyProbes is from how many packets on a ring receives, which loses nothing
// at any rate but hands frames over a little later.
const manyProbes = 64

func (e *Engine) run(ctx context.Context, pkts iter.Seq[*layers.Packet], o Options, l2, receive bool) (Result, error) {
	x := &exchange{e: e, o: o, l2: l2, byKey: map[string][]*probe{}, done: make(chan struct{})}
	if err := x.plan(ctx, pkts); err != nil || len(x.probes) == 0 {
		return x.res, err
	}
	var list []*departure
	for _, p := range x.probes {
		list = append(list, p.d)
	}
	if err := e.protect(list, nil); err != nil {
		return x.res, err
	}
	if !receive {
		return x.res, x.sendAll(ctx, x.probes)
	}
	if o.Filter != "" {
		link := filter.LinkEthernet
		if !l2 {
			link = filter.LinkRaw
		}
		var err error
		if x.match, err = filter.Compile(o.Filter, filter.Options{LinkType: link}); err != nil {
			return x.res, err
		}
	}
	stop, err := x.receive(ctx)
	if err != nil {
		return x.res, err
	}
	err = x.rounds(ctx)
	stop()
	x.finish()
	return x.res, err
}

// plan builds everything before anything leaves. Packets that cannot be sent
// are kept as errors; when none can, the first error is the call's.
func (x *exchange) plan(ctx context.Context, pkts iter.Seq[*layers.Packet]) error {
	v := x.e.newEnv(x.o.Iface)
	var ifindex, mtu int
	if x.l2 {
		l, err := x.e.outLink(x.o.Iface)
		if err != nil {
			return err
		}
		v.iface, ifindex, mtu = l.Name, l.Index, l.MTU
	}
	for p := range pkts {
		var d *departure
		var err error
		if x.l2 {
			d, err = x.e.planL2(p, ifindex, mtu, v)
		} else {
			d, err = x.e.planL3(ctx, p, v)
		}
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			x.res.Errors = append(x.res.Errors, SendError{p, err})
			continue
		}
		x.probes = append(x.probes, &probe{d: d})
	}
	if len(x.probes) == 0 {
		for _, e := range x.res.Errors {
			// A host that does not answer ARP is one that does not answer.
			if !errors.Is(e.Err, route.ErrNoNeighbour) {
				return e.Err
			}
		}
	}
	return nil
}

// receive opens a receiver on each interface that packets leave by and matches
// what comes until stop.
func (x *exchange) receive(ctx context.Context) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	var rs []receiver
	var before []uint64
	seen := map[int]bool{}
	end := func() {
		cancel()
		wg.Wait()
		for i, r := range rs {
			_ = r.SetFilter(packetsock.Reject) // it stays open, and idle
			if st, err := r.Stats(); err == nil {
				x.res.Dropped += st.Dropped - before[i]
			}
		}
	}
	x.started = time.Now()
	for _, p := range x.probes {
		ifindex := p.d.ifindex
		if seen[ifindex] {
			continue
		}
		seen[ifindex] = true
		r, err := x.e.listen(ifindex, len(x.probes) > manyProbes, x.o.Promisc)
		if err != nil {
			end()
			return nil, err
		}
		st, _ := r.Stats()
		rs, before = append(rs, r), append(before, st.Dropped)
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				f, err := r.next(ctx)
				if errors.Is(err, packetsock.ErrInterfaceDown) {
					continue
				}
				if err != nil {
					return
				}
				x.frame(&f)
			}
		}()
	}
	return end, nil
}

// frame looks for the probe that a frame answers.
func (x *exchange) frame(f *packetsock.Frame) {
	if f.When().Before(x.started) {
		return // it was waiting in a kept socket
	}
	p := fromFrame(f, x.l2)
	if p == nil || x.match != nil && !x.match.Match(p.Data(), f.WireLen) {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.res.Seen++
	if x.o.Stop != nil && x.o.Stop(p) {
		x.finishWaiting()
	}
	pr := x.find(p)
	if pr == nil {
		return
	}
	if pr.answered {
		if !x.o.Multi {
			x.res.Extra++
			return
		}
	} else {
		pr.answered = true
		x.open--
	}
	if x.o.Prn != nil {
		x.o.Prn(pr.d.p, p)
	}
	if !x.o.Streaming {
		x.res.Answered = append(x.res.Answered, Pair{pr.d.p, p})
	}
	if x.o.First {
		x.finishWaiting()
	}
	x.settled()
}

// find is the first probe, in the order sent, that p answers; one without an
// answer goes before one that has it.
func (x *exchange) find(p *layers.Packet) *probe {
	var had *probe
	for _, key := range [][]byte{p.HashRet(), p.HashRetLoose()} {
		for _, pr := range x.byKey[string(key)] {
			if !p.Answers(pr.d.p) {
				continue
			}
			if !pr.answered {
				return pr
			}
			if had == nil {
				had = pr
			}
		}
	}
	return had
}

// settled ends the wait when nothing is open. The lock is held.
func (x *exchange) settled() {
	if x.open == 0 && !x.o.Multi && x.res.Sent == len(x.probes) {
		x.finishWaiting()
	}
}

func (x *exchange) finishWaiting() { x.over.Do(func() { close(x.done) }) }

// rounds sends, waits, and sends again what is unanswered as often as Retry says.
func (x *exchange) rounds(ctx context.Context) error {
	left, quiet := x.probes, 0
	for round := 0; ; round++ {
		if round > 0 {
			x.res.Sent -= len(left) // a packet counts once however often it is sent
		}
		if err := x.sendAll(ctx, left); err != nil {
			return err
		}
		x.wait(ctx)
		if ctx.Err() != nil || x.isDone() {
			return nil
		}
		before := len(left)
		left = x.unanswered()
		if len(left) == before {
			quiet++
		} else {
			quiet = 0
		}
		if len(left) == 0 || x.o.Retry >= 0 && round >= x.o.Retry || x.o.Retry < 0 && quiet >= -x.o.Retry {
			return nil
		}
	}
}

func (x *exchange) isDone() bool {
	select {
	case <-x.done:
		return true
	default:
		return false
	}
}

func (x *exchange) unanswered() (out []*probe) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, p := range x.probes {
		if !p.answered {
			out = append(out, p)
		}
	}
	return out
}

// wait waits for answers until there are all, the timeout is over or ctx is done.
func (x *exchange) wait(ctx context.Context) {
	x.mu.Lock()
	x.settled()
	x.mu.Unlock()
	x.progress(true)
	var after <-chan time.Time
	if x.o.Timeout > 0 {
		t := time.NewTimer(x.o.Timeout)
		defer t.Stop()
		after = t.C
	}
	select {
	case <-x.done:
	case <-ctx.Done():
	case <-after:
	}
}

func (x *exchange) progress(waiting bool) {
	if x.o.Progress == nil {
		return
	}
	x.mu.Lock()
	p := Progress{Sent: x.res.Sent, Seen: x.res.Seen, Answered: len(x.probes) - x.open, Waiting: waiting}
	x.mu.Unlock()
	x.o.Progress(p)
}

// sendAll sends the probes at the pace asked for. A packet that fails is an
// error in the result; when all fail, the first error is returned.
func (x *exchange) sendAll(ctx context.Context, list []*probe) error {
	pace := newPace(x.o)
	times := max(x.o.Count, 1)
	told := time.Now()
	sent := 0
	var firstErr error
	for n := 0; n < times || x.o.Loop; n++ {
		for _, p := range list {
			if !pace.wait(ctx) || x.isDone() {
				return nil
			}
			x.depart(p, n == 0)
			if err := p.d.send(ctx, x.e); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				x.failed(p, err)
				if firstErr == nil {
					firstErr = err
				}
				continue
			}
			sent++
			x.mu.Lock()
			x.res.Sent++
			x.mu.Unlock()
			if time.Since(told) > 50*time.Millisecond {
				told = time.Now()
				x.progress(false)
			}
		}
	}
	if sent == 0 && firstErr != nil {
		return firstErr
	}
	return nil
}

// depart makes the probe known to the receiver before it leaves.
func (x *exchange) depart(p *probe, first bool) {
	p.d.p.Meta0().SentTime = time.Now()
	if !first {
		return
	}
	key := string(p.d.p.HashRet())
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, have := range x.byKey[key] {
		if have == p {
			return // sent again
		}
	}
	x.byKey[key] = append(x.byKey[key], p)
	x.open++
}

func (x *exchange) failed(p *probe, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.res.Errors = append(x.res.Errors, SendError{p.d.p, err})
}

// finish lists what got no answer.
func (x *exchange) finish() {
	failed := map[*layers.Packet]bool{}
	for _, e := range x.res.Errors {
		failed[e.Packet] = true
	}
	for _, p := range x.probes {
		if !p.answered && !failed[p.d.p] && !p.d.p.Meta0().SentTime.IsZero() && !x.o.Streaming {
			x.res.Unanswered = append(x.res.Unanswered, p.d.p)
		}
	}
	x.progress(true)
}

// pace keeps the packets apart: by a fixed schedule, so that the time a packet
// takes to send is not added, and without bursts after a delay.
type pace struct {
	gap  time.Duration
	next time.Time
}

func newPace(o Options) *pace {
	p := &pace{gap: o.Inter}
	if o.PPS > 0 {
		p.gap = max(p.gap, time.Duration(float64(time.Second)/o.PPS))
	}
	return p
}

// wait waits for the next packet's turn; false when ctx is done.
func (p *pace) wait(ctx context.Context) bool {
	if p.gap == 0 {
		return ctx.Err() == nil
	}
	now := time.Now()
	if p.next.IsZero() || now.Sub(p.next) > 10*p.gap {
		p.next = now
	}
	if d := p.next.Sub(now); d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return false
		}
	}
	p.next = p.next.Add(p.gap)
	return ctx.Err() == nil
}
