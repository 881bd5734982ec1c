package sendrecv

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"

	"pktsh/lab"
	"pktsh/layers"
)

// during sends a packet every millisecond, 200 of them, and does something to the client's
// interface when 50 have left. Answers until then are kept, and every packet is accounted for.
func during(t *testing.T, mishap func(nl *netlink.Handle, l netlink.Link) error) (Result, error) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	n := 0
	seq := func(yield func(*layers.Packet) bool) {
		for ; n < 200; n++ {
			if n == 50 {
				onLink(t, c.Host, "lab0", mishap)
			}
			if !yield(tcpSYN(dst, 20000+n, 81)) {
				return
			}
		}
	}
	res, err := c.SR(t.Context(), seq, Options{Timeout: 2 * short, Inter: 2 * time.Millisecond})
	taken := res.Sent + res.Failed + res.Unsent
	if res.Sent != res.AnsweredCount+res.UnansweredCount || taken < 49 || err == nil && taken != 200 ||
		res.Silent.Len() != taken-res.AnsweredCount || res.AnsweredCount < 40 {
		t.Errorf("sent %d, answered %d, unanswered %d, errors %d, silent %d", res.Sent, res.AnsweredCount, res.UnansweredCount, len(res.Errors), res.Silent.Len())
	}
	return res, err
}

func TestInterfaceGoesDownMidway(t *testing.T) {
	res, err := during(t, func(nl *netlink.Handle, l netlink.Link) error { return nl.LinkSetDown(l) })
	if err != nil {
		t.Error(err)
	}
	if len(res.Errors) == 0 {
		t.Fatal("no errors")
	}
	if s := res.Errors[len(res.Errors)-1].Error(); !strings.Contains(s, "down") {
		t.Errorf("%s", s)
	}
}

func TestInterfaceGoesAwayMidway(t *testing.T) {
	res, err := during(t, func(nl *netlink.Handle, l netlink.Link) error { return nl.LinkDel(l) })
	if err == nil && len(res.Errors) == 0 {
		t.Fatal("nobody noticed")
	}
	text := ""
	if err != nil {
		text = err.Error()
	} else {
		text = res.Errors[len(res.Errors)-1].Error()
	}
	if !strings.Contains(text, "interface") && !strings.Contains(text, "no route") {
		t.Errorf("%s", text)
	}
}

// The address changes while packets leave: those that have one keep it, and what can still be answered is.
func TestAddressChanges(t *testing.T) {
	res, err := during(t, func(nl *netlink.Handle, l netlink.Link) error {
		for del, add := range map[string]string{"10.99.0.1/24": "10.99.0.3/24"} {
			a, err := netlink.ParseAddr(add)
			if err != nil {
				return err
			}
			if err := nl.AddrAdd(l, a); err != nil {
				return err
			}
			old, err := netlink.ParseAddr(del)
			if err != nil {
				return err
			}
			return nl.AddrDel(l, old)
		}
		return nil
	})
	if err != nil || res.Sent+len(res.Errors) != 200 {
		t.Errorf("sent %d, %v", res.Sent, err)
	}
}

// Two engines probe one target at once, and none takes the other's answers.
func TestTwoProbers(t *testing.T) {
	c, net := world(t, lab.Options{})
	other := engineOn(t, net, "client", nil)
	dst := peer(t, net).Addr4
	results := make(chan Result, 2)
	for i, e := range []host{c, other} {
		go func() {
			var list []*layers.Packet
			for n := range 200 {
				list = append(list, tcpSYN(dst, 30000+i, 100+n))
			}
			res, err := e.SR(context.Background(), pkts(list...), Options{Timeout: patience})
			if err != nil {
				t.Error(err)
			}
			results <- res
		}()
	}
	for range 2 {
		if res := <-results; res.AnsweredCount != 200 || res.Ambiguous != 0 || res.Extra != 0 {
			t.Errorf("%d answers, %d ambiguous, %d extra", res.AnsweredCount, res.Ambiguous, res.Extra)
		}
	}
}

// Packets leave as far apart as they were captured.
func TestRealtime(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	var list []*layers.Packet
	captured := time.Unix(1e9, 0)
	for i, d := range []time.Duration{0, 30 * time.Millisecond, 35 * time.Millisecond} {
		p := udp(dst, 1+i, 9)
		p.Meta0().Time = captured.Add(d)
		list = append(list, p)
	}
	start := time.Now()
	res, err := c.Send(t.Context(), pkts(list...), Options{Realtime: true})
	must(t, err)
	if took := time.Since(start); res.Sent != 3 || took < 35*time.Millisecond {
		t.Errorf("sent %d in %s", res.Sent, took)
	}
	// A clock that was stepped between two packets does not hold up the call for ever: Ctrl-C ends the wait.
	list[1].Meta.Time = captured.Add(time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	res, err = c.Send(ctx, pkts(list...), Options{Realtime: true})
	if err != nil || res.Sent != 1 {
		t.Errorf("sent %d, %v", res.Sent, err)
	}
}
