package sendrecv

import (
	"context"
	"iter"
	"net/netip"
	"testing"

	"pktsh/lab"
	"pktsh/layers"
)

// counted tells how many packets of a sequence were taken.
func counted(seq iter.Seq[*layers.Packet], n *int) iter.Seq[*layers.Packet] {
	return func(yield func(*layers.Packet) bool) {
		for p := range seq {
			*n++
			if !yield(p) {
				return
			}
		}
	}
}

// An interrupt in whatever phase leaves every packet that was taken accounted for, in one of the lists.
func TestInterrupt(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	dst := srv.Addr4
	server(t, srv, netip.AddrPortFrom(dst, 4000), func(int, func()) {}) // does not answer
	must(t, c.SetSysctl("net.ipv4.neigh.lab0.retrans_time_ms", "60000"))
	nobody := ip("10.99.0.250") // is asked for during a minute
	// then cancels when the sequence is over, and the engine is about to wait for what there is to wait for.
	then := func(f func(), list ...*layers.Packet) iter.Seq[*layers.Packet] {
		return func(yield func(*layers.Packet) bool) {
			for _, p := range list {
				if !yield(p) {
					return
				}
			}
			f()
		}
	}
	many := func(dst netip.Addr, n int) (list []*layers.Packet) {
		for i := range n {
			list = append(list, udp(dst, 1+i, 4000))
		}
		return list
	}
	for name, tc := range map[string]struct {
		seq         func(cancel func()) iter.Seq[*layers.Packet]
		o           Options
		waiting     bool // cancel when all are sent
		taken, sent int
		unsent      int // at least
	}{
		"neighbour asked for":     {seq: func(f func()) iter.Seq[*layers.Packet] { return then(f, many(nobody, 3)...) }, taken: 3, unsent: 3},
		"neighbour behind others": {seq: func(f func()) iter.Seq[*layers.Packet] { return then(f, append(many(dst, 2), many(nobody, 2)...)...) }, taken: 4, unsent: 4},
		"neighbour of many": {seq: func(f func()) iter.Seq[*layers.Packet] {
			return then(f, append(many(nobody, 70), many(dst, 200)...)...)
		}, taken: 270, unsent: 70},
		"neighbour, one by one":   {seq: func(f func()) iter.Seq[*layers.Packet] { return then(f, append(many(nobody, 2), many(dst, 2)...)...) }, o: Options{PPS: 500}, taken: 4, unsent: 2},
		"in the batch":            {seq: func(f func()) iter.Seq[*layers.Packet] { return then(f, many(dst, 5)...) }, taken: 5, unsent: 5},
		"answers are waited for":  {seq: func(func()) iter.Seq[*layers.Packet] { return pkts(many(dst, 5)...) }, waiting: true, taken: 5, sent: 5},
		"answers, with retries":   {seq: func(func()) iter.Seq[*layers.Packet] { return pkts(many(dst, 5)...) }, o: Options{Retry: 1000}, waiting: true, taken: 5, sent: 5},
		"answers, streamed":       {seq: func(func()) iter.Seq[*layers.Packet] { return pkts(many(dst, 5)...) }, o: Options{Streaming: true}, waiting: true, taken: 5, sent: 5},
		"neighbour, nothing kept": {seq: func(f func()) iter.Seq[*layers.Packet] { return then(f, many(nobody, 3)...) }, o: Options{Streaming: true}, taken: 3, unsent: 3},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		o := tc.o
		if tc.waiting {
			o.Progress = func(p Progress) {
				if p.Waiting {
					cancel()
				}
			}
		}
		taken := 0
		res, err := c.SR(ctx, counted(tc.seq(cancel), &taken), o)
		cancel()
		if err != nil || taken != tc.taken || res.Sent+res.Failed+res.Unsent != taken || res.Unsent < tc.unsent || res.Sent < tc.sent ||
			res.AnsweredCount+res.UnansweredCount != res.Sent {
			t.Errorf("%s: %d taken, %d sent, %d failed, %d unsent, %d answered, %d unanswered, %v", name, taken, res.Sent, res.Failed, res.Unsent,
				res.AnsweredCount, res.UnansweredCount, err)
		}
		if n := res.Answered.Len() + res.Silent.Len(); !o.Streaming && n != taken {
			t.Errorf("%s: %d of %d packets in the lists", name, n, taken)
		}
	}
	// Packets that are only sent are counted as well.
	ctx, cancel := context.WithCancel(t.Context())
	res, err := c.Send(ctx, then(cancel, append(many(dst, 1), many(nobody, 3)...)...), Options{})
	if err != nil || res.Sent+res.Unsent != 4 || res.Unsent < 3 {
		t.Errorf("%d sent, %d unsent, %v", res.Sent, res.Unsent, err)
	}
}

// A call that keeps no results keeps few errors, and counts all.
func TestErrorsAreBounded(t *testing.T) {
	c, _ := world(t, lab.Options{})
	const n = 3 * mostErrors
	p := stack(to(ip("198.51.100.1")), one(layers.UDP, "sport", layers.Range{Lo: 1, Hi: n}))
	res, _ := c.SR(t.Context(), pkts(p), Options{Streaming: true})
	if res.Failed != n || len(res.Errors) != mostErrors {
		t.Errorf("%d failed, %d errors", res.Failed, len(res.Errors))
	}
	if res, _ = c.SR(t.Context(), pkts(p), Options{}); res.Failed != n || len(res.Errors) != n || res.Silent.Len() != n {
		t.Errorf("%d failed, %d errors, %d silent", res.Failed, len(res.Errors), res.Silent.Len())
	}
}
