package sendrecv

import (
	"context"
	"iter"
	"slices"
	"time"

	"pktsh/layers"
)

const (
	// batchSize is how many packets are built before they leave together. A
	// call with more of them receives by rings, which lose nothing at any rate but
	// hand frames over a little later.
	batchSize = 64
	// slow is from what gap on packets are built one by one, each when it is due.
	slow = time.Millisecond
	// tellEvery is how often Progress is told while packets leave.
	tellEvery = 50 * time.Millisecond
)

// transmit sends the sequence, as often as Count or Loop say. Packets are taken from it
// as they leave. An error is one that ends the call.
func (x *exchange) transmit(ctx context.Context, pkts iter.Seq[*layers.Packet]) error {
	times := 1
	if !x.receive {
		times = max(x.o.Count, 1)
	}
	loop := x.o.Loop && !x.receive
	for n := 0; n < times || loop; n++ {
		if n > 0 { // routes may have changed since the last round
			var err error
			if x.pl, err = x.e.newPlanner(x.newEnv(ctx), x.l2, x.note, x.hops.asking); err != nil {
				return err
			}
			x.pl.fragment = x.o.Fragment
		}
		before := x.result.Sent
		if err := x.walk(ctx, pkts); err != nil {
			return err
		}
		if x.ended(ctx) || x.result.Sent == before {
			return nil // no packet can be sent, and none would be in the next round
		}
	}
	return nil
}

// walk sends the sequence once.
func (x *exchange) walk(ctx context.Context, pkts iter.Seq[*layers.Packet]) error {
	for p := range pkts {
		if err := x.walkSet(ctx, p); err != nil || x.ended(ctx) {
			return err
		}
	}
	if err := x.flush(ctx, false); err != nil {
		return err
	}
	for x.hops.waiting > 0 && !x.ended(ctx) {
		if err := x.late(ctx, true); err != nil {
			return err
		}
	}
	return nil
}

// walkSet sends the packets that p stands for.
func (x *exchange) walkSet(ctx context.Context, p *layers.Packet) error {
	if !p.IsSet() {
		return x.step(ctx, probe{p: p}, p)
	}
	s := p.Spread()
	if s == nil {
		for q := range p.Expand() {
			if err := x.step(ctx, probe{p: q}, q); err != nil || x.ended(ctx) {
				return err
			}
		}
		return nil
	}
	of := &lot{at: p.Spread(), env: x.pl.v, lax: &x.o.Lax}
	of.at.Packet().SetEnv(of.env)
	of.at.Packet().SetLax(of.lax)
	for n := range s.Size() {
		s.Seek(n)
		if err := x.step(ctx, probe{lot: of, n: n}, s.Packet()); err != nil || x.ended(ctx) {
			return err
		}
	}
	return nil
}

// step sends one packet, or puts it into the batch.
func (x *exchange) step(ctx context.Context, pr probe, p *layers.Packet) error {
	if x.ended(ctx) || x.o.Realtime && !x.asCaptured(ctx, p) {
		return nil
	}
	if len(x.batch) == x.size {
		if err := x.flush(ctx, x.size > 1); err != nil {
			return err
		}
	}
	return x.take(ctx, pr, p)
}

// asCaptured waits until a packet is as far behind the first as it was when they were captured;
// false when the call ends before. Packets without a time leave at once.
func (x *exchange) asCaptured(ctx context.Context, p *layers.Packet) bool {
	if p.Meta == nil || p.Meta.Time.IsZero() {
		return true
	}
	if err := x.flush(ctx, false); err != nil {
		return false
	}
	if x.origin.IsZero() {
		x.first, x.origin = time.Now(), p.Meta.Time
	}
	x.delegate()
	return waitUntil(ctx, x.first.Add(p.Meta.Time.Sub(x.origin)))
}

// take plans a packet and puts it into the batch, or among those whose next
// hop has to be asked for first. p is what now stands for: it may change after that.
func (x *exchange) take(ctx context.Context, now probe, p *layers.Packet) error {
	x.taken++
	d := &departure{}
	if n := len(x.free); n > 0 {
		d, x.free = x.free[n-1], x.free[:n-1]
	}
	err := x.pl.plan(p, d)
	now.departure, now.here = d, d.raw
	if x.receive && err == nil {
		now.key = x.known.keyOf(p)
	}
	pr := x.newProbe()
	*pr = now
	if err != nil {
		if ctx.Err() == nil {
			x.fail(pr, err)
		}
		return nil
	}
	if x.guard.guard != nil {
		d.ends, d.ports, _ = tcpEnds(p)
	}
	x.piece(pr)
	if d.ask == nil {
		x.batch = append(x.batch, pr)
		return nil
	}
	if pr.waiting = true; x.size == 1 { // slow: the sequence is not run ahead of
		x.turn(ctx, 1)
		pr.paced = true
	}
	x.hops.ask(ctx, pr)
	if pr.paced {
		return x.late(ctx, false)
	}
	if x.inOrder() {
		x.batch = append(x.batch, pr)
		return nil
	}
	for x.hops.waiting >= mostWaiting && !x.ended(ctx) {
		if err := x.late(ctx, true); err != nil {
			return err
		}
	}
	return nil
}

// newProbe is room for a probe, among those of the call if they are kept.
func (x *exchange) newProbe() *probe {
	if !x.receive || !x.keepsProbes() {
		return &probe{}
	}
	x.mu.Lock() // the receiver ends calls
	defer x.mu.Unlock()
	return x.probes.Add()
}

// inOrder tells whether packets leave strictly in the order of the sequence. Where they are
// many, or far apart in time, those whose next hop has to be asked for do not
// hold up the others; packets to one next hop stay in order in any case.
func (x *exchange) inOrder() bool { return !x.many && x.size > 1 }

// flush sends the batch; more tells that it is not the last.
func (x *exchange) flush(ctx context.Context, more bool) error {
	x.many = x.many || more
	for x.inOrder() && x.hops.waiting > 0 && !x.ended(ctx) {
		x.resolve(ctx, true)
	}
	list := x.batch
	x.batch = x.batch[:0]
	if err := x.depart(ctx, slices.DeleteFunc(list, func(p *probe) bool { return p.waiting || p.dead })); err != nil {
		return err
	}
	return x.late(ctx, false)
}

// resolve takes one next hop that has answered, or was given up. It waits for
// it if wait is set; ok is false if there was none.
func (x *exchange) resolve(ctx context.Context, wait bool) (ready []*probe, ok bool) {
	if wait {
		x.delegate()
	}
	r, ok := x.hops.next(ctx, x.done, wait)
	if !ok || r.err != nil && ctx.Err() != nil {
		return nil, false
	}
	for _, p := range r.probes {
		if p.waiting, p.dead = false, r.err != nil; p.dead {
			x.fail(p, r.err)
		} else {
			p.sendTo(r.mac)
		}
	}
	if r.err != nil {
		bound(x.pl.dead)
		x.pl.dead[r.hop] = r.err
		return nil, true
	}
	bound(x.pl.macs)
	x.pl.macs[r.hop] = r.mac
	return r.probes, true
}

// late sends packets whose next hop has answered meanwhile. It waits for one if wait is set.
func (x *exchange) late(ctx context.Context, wait bool) error {
	for ; x.hops.waiting > 0; wait = false {
		ready, ok := x.resolve(ctx, wait)
		if !ok {
			return nil
		}
		x.many = x.many || len(ready) > batchSize
		if err := x.depart(ctx, ready); err != nil {
			return err
		}
	}
	return nil
}

// depart sends packets that are ready, at the pace asked for: first the guard
// is in place, then the receivers, then they leave.
func (x *exchange) depart(ctx context.Context, list []*probe) error {
	if len(list) == 0 || x.ended(ctx) {
		return nil
	}
	if err := x.guard.cover(list); err != nil {
		return err
	}
	if x.receive {
		if err := x.hear(list); err != nil {
			return err
		}
	}
	for len(list) > 0 && !x.ended(ctx) {
		if x.receive && x.many && x.pace.gap == 0 {
			x.flight.wait(ctx, x, min(len(list), batchSize))
		}
		n := min(len(list), batchSize)
		if !list[0].paced {
			n = x.turn(ctx, n)
		}
		if x.receive && !x.many {
			n = min(n, 1) // each with its own time stamp
		}
		x.push(ctx, list[:n], false)
		if x.receive {
			x.attend()
		}
		if n == 0 {
			break
		}
		list = list[n:]
		if x.o.Progress != nil && time.Since(x.told) > tellEvery {
			x.progress(false)
		}
	}
	return nil
}

// turn waits until a packet may leave and tells how many may, at most limit.
func (x *exchange) turn(ctx context.Context, limit int) int {
	if x.pace.gap > 0 {
		x.delegate()
	}
	return x.pace.turn(ctx, limit)
}

// repeat sends packets that got no answer once more.
func (x *exchange) repeat(ctx context.Context, list []*probe) {
	for len(list) > 0 && !x.ended(ctx) {
		n := x.turn(ctx, min(len(list), batchSize))
		x.push(ctx, list[:n], true)
		if n == 0 {
			return
		}
		list = list[n:]
	}
}
