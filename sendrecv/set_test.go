package sendrecv

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"pktsh/lab"
	"pktsh/layers"
)

// TestSets sends packets as sets and each by itself: what becomes of them is the same, whatever is asked for.
func TestSets(t *testing.T) {
	_, net := world(t, lab.Options{Sysctls: map[string]string{"net.ipv4.icmp_ratelimit": "0"}})
	dst := peer(t, net).Addr4
	ports := func(lo, hi uint64) layers.Range { return layers.Range{Lo: lo, Hi: hi} }
	sets := []*layers.Packet{
		stack(to(dst), one(layers.TCP, "sport", layers.Choice{uint64(20000), uint64(20007)}, "dport", ports(75, 85), "flags", "S")),
		stack(to(dst), one(layers.UDP, "sport", 5000, "dport", ports(11, 13))),                // ICMP errors quote them
		stack(to(dst), one(layers.TCP, "sport", 20001, "dport", ports(80, 90), "flags", "R")), // nobody answers
		stack(to(dst), one(layers.ICMP, "id", 3, "seq", ports(1, 3))),
		stack(to(dst), one(layers.ICMP, "id", layers.Choice{uint64(4), uint64(6)}), one(layers.Raw, "load", "ping")),
	}
	var singles []*layers.Packet
	for _, s := range sets {
		for p := range s.Expand() {
			singles = append(singles, p)
		}
	}
	const short = 300 * time.Millisecond
	for name, o := range map[string]Options{
		"plain":   {Timeout: short},
		"retry":   {Timeout: short, Retry: 1},
		"multi":   {Timeout: short, Multi: true},
		"prn":     {Timeout: short, Prn: func(q, a *layers.Packet) {}},
		"paced":   {Timeout: short, Inter: 2 * time.Millisecond},
		"lax":     {Timeout: short, Lax: layers.Lax{AnyAddr: true}},
		"stopped": {Timeout: short, Stop: func(*layers.Packet) bool { return false }},
		"again":   {Timeout: short, Flood: &FloodOptions{Rounds: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			want := engineOn(t, net, "client", nil).sr(o, singles...)
			got, err := engineOn(t, net, "client", nil).SR(t.Context(), pkts(sets...), o)
			must(t, err)
			addsUp(t, got, len(singles))
			if g, w := story(t, got), story(t, want); g != w {
				t.Errorf("as sets:\n%sone by one:\n%s", g, w)
			}
		})
	}
}

// story is what became of a call, apart from times and the answers' order.
func story(t *testing.T, r Result) string {
	t.Helper()
	built := func(p *layers.Packet) []byte {
		b, err := p.Build()
		must(t, err)
		if p.Meta.SentTime().IsZero() {
			t.Errorf("%s: it has no time", p.Summary())
		}
		return b
	}
	var lines []string
	for p := range r.Answered.All() {
		a := *p.Answer.Meta
		if rtt := a.Time.Sub(p.Query.Meta.SentTime()); rtt < 0 || rtt > patience || a.WireLen != len(p.Answer.Data()) || a.Iface() != "lab0" {
			t.Errorf("%s: %+v, rtt %s", p.Answer.Summary(), a, rtt)
		}
		if !p.Answer.Answers(p.Query) {
			t.Errorf("%s does not answer %s", p.Answer.Summary(), p.Query.Summary())
		}
		lines = append(lines, fmt.Sprintf("%x %s ==> %s, %d rivals", built(p.Query), p.Query.Summary(), p.Answer.Summary(), p.Rivals))
	}
	slices.Sort(lines)
	var b bytes.Buffer
	for _, l := range lines {
		fmt.Fprintln(&b, l)
	}
	for p := range r.Unanswered.All() {
		fmt.Fprintf(&b, "%x %s\n", built(p), p.Summary())
	}
	fmt.Fprintln(&b, r.Sent, r.AnsweredCount, r.UnansweredCount, r.Ambiguous, r.Silent.Len(), len(r.Errors), r.Notes)
	return b.String()
}

// TestArena keeps and drops bytes: what was kept stays as it is.
func TestArena(t *testing.T) {
	var a arena
	var kept [][]byte
	for i := range 5000 {
		b := a.keep(bytes.Repeat([]byte{byte(i)}, i%200))
		if i%3 == 0 {
			a.drop(b)
			continue
		}
		kept = append(kept, b)
	}
	big := a.keep(make([]byte, 2*mostArena))
	a.drop(kept[0]) // not the last: nothing
	n := 0
	for i := range 5000 {
		if i%3 == 0 {
			continue
		}
		if !bytes.Equal(kept[n], bytes.Repeat([]byte{byte(i)}, i%200)) || cap(kept[n]) != len(kept[n]) {
			t.Fatalf("%d: % x", i, kept[n])
		}
		n++
	}
	if len(big) != 2*mostArena {
		t.Error("the big one")
	}
}
