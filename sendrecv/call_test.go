package sendrecv

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pktsh/lab"
	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// short is a timeout for answers that do not come. Those that do come meanwhile are the peer's kernel's: it answers
// before the call to send returns, however busy the machine is.
const short = 200 * time.Millisecond

func TestTimeout(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(int, func()) {})
	list := []*layers.Packet{udp(dst, 1, 4000), ping(dst, 2), udp(dst, 3, 4000)}
	start := time.Now()
	res := c.sr(Options{Timeout: short}, list...)
	if res.AnsweredCount != 1 || !slices.Equal(slices.Collect(res.Unanswered.All()), []*layers.Packet{list[0], list[2]}) {
		t.Errorf("%+v", res)
	}
	if took := time.Since(start); took < short {
		t.Errorf("waited for %s", took)
	}
}

// What is unanswered is sent again, and counts once.
func TestRetry(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	heard := make(chan struct{}, 1000)
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(n int, answer func()) {
		if heard <- struct{}{}; n == 2 {
			answer()
		}
	})
	// It answers the third time, or a little later.
	res := c.sr(Options{Timeout: short, Retry: 100}, udp(dst, 1, 4000), ping(dst, 1))
	for range 3 {
		<-heard
	}
	if res.Sent != 2 || res.AnsweredCount != 2 {
		t.Errorf("sent %d, answered %d", res.Sent, res.AnsweredCount)
	}
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4001), func(int, func()) { heard <- struct{}{} })
	for _, tc := range []struct{ retry, sent int }{
		{2, 3},
		{-2, 3}, // two rounds that bring nothing
	} {
		for len(heard) > 0 {
			<-heard
		}
		res := c.sr(Options{Timeout: short, Retry: tc.retry}, udp(dst, 1, 4001), ping(dst, 1))
		for range tc.sent {
			<-heard
		}
		if res.Sent != 2 || res.AnsweredCount != 1 || len(heard) > 0 {
			t.Errorf("retry %d: sent %d, answered %d, heard %d too many", tc.retry, res.Sent, res.AnsweredCount, len(heard))
		}
	}
}

// What is lost is sent again as soon as the others' answers have stopped coming, not when the timeout is over; who
// does not answer at all gets the whole timeout the last time.
func TestRetryAdapts(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(n int, answer func()) {
		if n == 2 {
			answer()
		}
	})
	start := time.Now()
	res := c.sr(Options{Timeout: patience, Retry: 5}, udp(dst, 1, 4000), udp(dst, 1, 7))
	if took := time.Since(start); res.AnsweredCount != 2 || took > patience {
		t.Errorf("%d answered in %s", res.AnsweredCount, took)
	}
	start = time.Now()
	res = c.sr(Options{Timeout: 4 * leastSilence, Retry: 1}, udp(dst, 2, 4000), udp(dst, 2, 7))
	if took := time.Since(start); res.UnansweredCount != 1 || took < 5*leastSilence {
		t.Errorf("%d unanswered in %s", res.UnansweredCount, took)
	}
}

func TestMulti(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	done := make(chan struct{})
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(n int, answer func()) {
		for range 3 {
			answer()
		}
		done <- struct{}{}
	})
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4001), func(_ int, answer func()) { <-done; answer() })
	for _, multi := range []bool{false, true} {
		last := func(p *layers.Packet) bool { return p.At(1).Uint(layers.UDP.Index("sport")) == 4001 }
		res := c.sr(Options{Timeout: patience, Multi: multi, Stop: last}, udp(dst, 1, 4000), udp(dst, 1, 4001))
		want := map[bool][3]int{false: {2, 2, 2}, true: {4, 2, 0}}[multi]
		if got := [3]int{res.Answered.Len(), res.AnsweredCount, res.Extra}; got != want {
			t.Errorf("multi %v: %v, want %v", multi, got, want)
		}
	}
}

// First and Stop end a call that would last until its context does.
func TestEnds(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(int, func()) {})
	list := []*layers.Packet{udp(dst, 1, 4000), udp(dst, 2, 7), udp(dst, 3, 7)}
	for _, multi := range []bool{false, true} { // with Multi there are never all answers
		res, err := c.SR(t.Context(), pkts(list...), Options{First: true, Multi: multi})
		must(t, err) // it may end before all have left
		if res.Answered.Len() != 1 || res.AnsweredCount != 1 || res.Sent != 1+res.Unanswered.Len() || res.Unanswered.At(0) != list[0] {
			t.Errorf("first, multi %v: %+v", multi, res)
		}
	}
	var seen, pairs int
	res := c.sr(Options{
		Stop: func(p *layers.Packet) bool { seen++; return seen == 2 },
		Prn:  func(q, a *layers.Packet) { pairs++ },
	}, list...)
	if res.Answered.Len() != 2 || seen != 2 || pairs != 2 {
		t.Errorf("stop: %d answers, %d seen, %d pairs", res.Answered.Len(), seen, pairs)
	}
}

func TestFilter(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	list := []*layers.Packet{tcpSYN(dst, 30000, 80), tcpSYN(dst, 30000, 81)}
	res := c.sr(Options{Timeout: patience, First: true, Filter: "tcp[tcpflags] & tcp-rst != 0"}, list...)
	if res.Answered.Len() != 1 || res.Answered.At(0).Query != list[1] {
		t.Errorf("%+v", res)
	}
	if _, err := c.SR(t.Context(), pkts(list...), Options{Filter: "tcp port"}); err == nil {
		t.Error("a filter that does not compile")
	}
	frame := stack(one(layers.Ether), list[0])
	res, err := c.SRP(t.Context(), pkts(frame), Options{Timeout: patience, Iface: "lab0", Filter: "ether src 02:00:00:99:00:02"})
	must(t, err)
	addsUp(t, res, 1)
	if res.Answered.Len() != 1 {
		t.Errorf("%+v", res)
	}
}

// What has nothing to do with the probes is kept out by the kernel.
func TestHearsOnlyAnswers(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	l, err := c.Listen("tcp", netip.AddrPortFrom(c.Addr4, 5000).String())
	must(t, err)
	defer l.Close()
	server(t, srv, netip.AddrPortFrom(srv.Addr4, 4000), func(_ int, answer func()) {
		conn, err := srv.Dial(context.Background(), "tcp", l.Addr().String())
		if err == nil {
			conn.Close()
		}
		answer()
	})
	if res := c.sr(Options{Timeout: patience}, udp(srv.Addr4, 1, 4000)); res.Seen != 1 || res.AnsweredCount != 1 {
		t.Errorf("saw %d packets", res.Seen)
	}
}

// An answer that comes after its call is over is not the next call's.
func TestLateAnswers(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	late := make(chan func(), 100)
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(_ int, answer func()) { late <- answer })
	for _, n := range []int{1, batchSize + 1} { // a socket receives, and a ring
		var list []*layers.Packet
		for range n {
			list = append(list, udp(dst, 1, 4000))
		}
		for range 3 {
			res := c.sr(Options{Timeout: short}, list...)
			if res.AnsweredCount != 0 || res.Seen != 0 {
				t.Errorf("%d answers, %d seen", res.AnsweredCount, res.Seen)
			}
			for range n {
				(<-late)()
			}
		}
	}
}

// A call that is cancelled returns what there is.
func TestCancel(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	for _, pps := range []float64{0, 500, 20000} {
		ctx, cancel := context.WithCancel(t.Context())
		answered := 0
		endless := func(yield func(*layers.Packet) bool) {
			for i := 0; yield(tcpSYN(dst, 20000+i/60000, 1+i%60000)); i++ {
			}
		}
		res, err := c.SR(ctx, endless, Options{PPS: pps, Prn: func(q, a *layers.Packet) {
			if answered++; answered == 100 {
				cancel()
			}
		}})
		must(t, err)
		if res.Answered.Len() < 100 || res.Sent != res.AnsweredCount+res.UnansweredCount || len(res.Errors) != 0 {
			t.Errorf("sent %d, answered %d, unanswered %d, errors %v", res.Sent, res.AnsweredCount, res.UnansweredCount, res.Errors)
		}
	}
	// In the wait for answers, and before anything was sent.
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(int, func()) {})
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	for _, sent := range []int{1, 0} {
		res, err := c.SR(ctx, pkts(udp(dst, 1, 4000)), Options{})
		if err != nil || res.Sent != sent || res.Unanswered.Len() != sent {
			t.Errorf("%+v, %v", res, err)
		}
	}
}

// Answers that the kernel has no room for are counted.
func TestDrops(t *testing.T) {
	c, net := world(t, lab.Options{})
	const n = 9000
	load := make([]byte, 1400)
	list := make([]*layers.Packet, n)
	for i := range list {
		list[i] = stack(ping(peer(t, net).Addr4, i), one(layers.Raw, "load", load))
	}
	sent := make(chan struct{})
	res := c.sr(Options{
		Timeout:  200 * time.Millisecond,
		Stop:     func(*layers.Packet) bool { <-sent; return false }, // nobody reads before all have left
		Progress: func(p Progress) { closeIf(p.Waiting, sent) },
	}, list...)
	if res.Dropped == 0 || res.UnansweredCount == 0 || res.AnsweredCount == 0 || int(res.Dropped) < res.UnansweredCount {
		t.Errorf("answered %d, unanswered %d, dropped %d", res.AnsweredCount, res.UnansweredCount, res.Dropped)
	}
}

func closeIf(ok bool, c chan struct{}) {
	select {
	case <-c:
	default:
		if ok {
			close(c)
		}
	}
}

// wire captures what reaches the server.
func wire(t testing.TB, h *lab.Host) *packetsock.Sock {
	t.Helper()
	s, err := packetsock.OpenSock(packetsock.SockConfig{NS: h.NS, Ifindex: h.Ifaces[0].Index, IgnoreOutgoing: true})
	must(t, err)
	t.Cleanup(func() { packetsock.CloseLater(s) })
	return s
}

// arrived takes what s has, by the summary of its network layer.
func arrived(t testing.TB, s *packetsock.Sock) (out []string) {
	t.Helper()
	buf := make([]byte, 4096)
	for {
		f, ok, err := s.TryRecv(buf)
		must(t, err)
		if !ok {
			return out
		}
		if p := fromFrame(&f, false); p != nil {
			out = append(out, p.Summary())
		}
	}
}

func TestSend(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	s := wire(t, srv)
	a, b := udp(srv.Addr4, 1, 7001), udp(srv.Addr6, 2, 7002)
	for _, l2 := range []bool{false, true} {
		send, list := c.Send, []*layers.Packet{a, b}
		if l2 {
			send, list = c.SendP, []*layers.Packet{stack(one(layers.Ether), a), stack(one(layers.Ether), b)}
		}
		res, err := send(t.Context(), pkts(list...), Options{Count: 3, Iface: "lab0", Inter: time.Millisecond / 2})
		must(t, err)
		got := slices.DeleteFunc(arrived(t, s), func(s string) bool { return !strings.Contains(s, "UDP") })
		if res.Sent != 6 || len(got) != 6 || got[0] != got[2] || got[0] == got[1] || got[1] != got[5] {
			t.Errorf("sent %d: %q", res.Sent, got)
		}
	}
}

// Packets to one host stay in order while its link address is being asked for.
func TestOrder(t *testing.T) {
	for _, n := range []int{10, 300} {
		c, net := world(t, lab.Options{})
		srv := peer(t, net)
		s := wire(t, srv)
		var list []*layers.Packet
		for i := range n {
			list = append(list, udp(srv.Addr4, 61000+i, 7000))
		}
		_, err := c.Send(t.Context(), pkts(list...), Options{})
		must(t, err)
		next := 0
		for _, p := range arrived(t, s) {
			if strings.HasPrefix(p, fmt.Sprintf("IP / UDP 10.99.0.1:%d > ", 61000+next)) {
				next++
			} else if strings.Contains(p, "UDP") {
				t.Fatalf("got %s, want number %d", p, next)
			}
		}
		if next != n {
			t.Errorf("%d of %d arrived", next, n)
		}
	}
}

// A loop goes on until its context ends, at the pace asked for.
func TestLoop(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	for _, o := range []Options{{Loop: true}, {Loop: true, PPS: 2000}, {Loop: true, Inter: 5 * time.Millisecond}} {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		start := time.Now()
		endless := func(yield func(*layers.Packet) bool) {
			if n++; n == 20 {
				cancel()
			}
			yield(udp(dst, n, 7))
		}
		res, err := c.Send(ctx, endless, o)
		must(t, err)
		gap := max(o.Inter, time.Duration(min(o.PPS, 1)*float64(time.Second)/max(o.PPS, 1)))
		if took := time.Since(start); res.Sent < 18 || res.Sent > 20 || took < gap*time.Duration(res.Sent-1) {
			t.Errorf("%+v: sent %d in %s", o, res.Sent, took)
		}
	}
}

// An answer that came in time counts however late it is looked at.
func TestSlowReader(t *testing.T) {
	c, net := world(t, lab.Options{})
	for _, n := range []int{2, batchSize + 1} {
		var list []*layers.Packet
		for i := range n {
			list = append(list, tcpSYN(peer(t, net).Addr4, 20000+i, 81))
		}
		sent := make(chan struct{})
		first := true
		res := c.sr(Options{
			Timeout:  short,
			Progress: func(p Progress) { closeIf(p.Waiting, sent) },
			Stop: func(*layers.Packet) bool {
				if first {
					first = false
					select {
					case <-sent:
					case <-time.After(short): // the sender itself is looking at an answer that came at once
					}
					time.Sleep(3 * short)
				}
				return false
			},
		}, list...)
		if res.AnsweredCount != n {
			t.Errorf("%d of %d answered, %d seen, %d dropped, errors %v", res.AnsweredCount, n, res.Seen, res.Dropped, res.Errors)
		}
	}
}

// Calls may overlap.
func TestConcurrentCalls(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 5 {
				var list []*layers.Packet
				for port := range 1 + 50*i {
					list = append(list, tcpSYN(dst, 20000+i, 100+port))
				}
				res, err := c.SR(t.Context(), pkts(list...), Options{Timeout: patience})
				if err != nil || res.AnsweredCount != len(list) {
					t.Errorf("%d of %d answers, %v", res.AnsweredCount, len(list), err)
				}
			}
		})
	}
	wg.Wait()
}
