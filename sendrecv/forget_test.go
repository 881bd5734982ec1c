package sendrecv

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"pktsh/lab"
	"pktsh/layers"
)

// TestForgetter puts a great many probes into one, of which few are answered.
func TestForgetter(t *testing.T) {
	f := forgetter{after: time.Second}
	given := 0
	var last int64
	give := func(p *probe) {
		if p.answered || !p.left || p.sent < last {
			t.Fatalf("gave up %+v", p)
		}
		last = p.sent
		given++
	}
	const n, rate = 1 << 20, 100_000 // as in so many seconds
	longest := 0
	for i := range n {
		now := int64(i) * int64(time.Second) / rate
		f.add(&probe{left: i%10 != 0, answered: i%3 == 0, sent: now}, now, give)
		longest = max(longest, len(f.queue))
	}
	if left := len(f.queue) - f.head; left > rate+rate/100 || longest > 2*rate+2048 {
		t.Errorf("%d are left, there were %d at most", left, longest)
	}
	if want := (n - rate) * 6 / 10; given < want-10 || given > want+10 {
		t.Errorf("gave up %d, want %d", given, want)
	}
	f = forgetter{after: 1} // few are kept however old
	for i := range mostOpen {
		f.add(&probe{left: true}, int64(i), func(*probe) { t.Fatal("gave one up") })
	}
}

// TestStreamingForgets sends more than is kept to somebody who answers few: all are counted.
func TestStreamingForgets(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	silent := stack(to(dst), one(layers.TCP, "sport", layers.Choice{uint64(1), uint64(2)}, "dport", layers.Range{Lo: 1, Hi: mostOpen - 1}, "flags", "R"))
	loud := stack(to(dst), one(layers.TCP, "sport", 3, "dport", layers.Range{Lo: 1, Hi: 200}, "flags", "S"))
	answers := 0
	res, err := c.SR(t.Context(), pkts(silent, loud), Options{Timeout: short, Streaming: true, Prn: func(q, a *layers.Packet) {
		answers++
		if !a.Answers(q) || q.At(1).Uint(layers.TCP.Index("sport")) != 3 {
			t.Errorf("%s ==> %s", q.Summary(), a.Summary())
		}
	}})
	must(t, err)
	if want := 2 * (mostOpen - 1); answers != 200 || res.AnsweredCount != 200 || res.UnansweredCount != want || res.Sent != want+200 {
		t.Errorf("%d answers, sent %d, answered %d, unanswered %d", answers, res.Sent, res.AnsweredCount, res.UnansweredCount)
	}
}

func TestStreaming(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(int, func()) {})
	list := []*layers.Packet{udp(dst, 1, 4000)}
	for i := range 200 {
		list = append(list, udp(dst, 2+i, 7))
	}
	pairs := map[*layers.Packet]int{}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	res, err := c.SR(ctx, pkts(list...), Options{Streaming: true, Prn: func(q, a *layers.Packet) {
		if pairs[q]++; len(pairs) == 200 {
			cancel()
		}
	}})
	must(t, err)
	if len(pairs) != 200 || res.AnsweredCount != 200 || res.UnansweredCount != 1 || res.Sent != 201 || res.Answered.Len() != 0 || res.Unanswered.Len() != 0 {
		t.Errorf("%d pairs, %+v", len(pairs), res)
	}
}
