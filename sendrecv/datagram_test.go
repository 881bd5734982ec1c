package sendrecv

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"

	"pktsh/lab"
	"pktsh/layers"
)

// fragments cuts a packet that leaves by e as fragment() and fragment6() do.
func fragments(t *testing.T, e *Engine, p *layers.Packet, size int) (list []*layers.Packet) {
	t.Helper()
	p.SetEnv(e.Env())
	var err error
	if p.At(0).Proto() == layers.IP {
		list, err = p.Fragment(0, size)
	} else {
		list, err = p.Fragment6(size)
	}
	must(t, err)
	if len(list) < 3 {
		t.Fatalf("%d fragments", len(list))
	}
	return list
}

// What answers a datagram answers its first fragment, in whatever order they leave, and nobody
// waits for answers to the others: these calls have no timeout.
func TestFragmentsInAList(t *testing.T) {
	c, net := world(t, lab.Options{})
	load := bytes.Repeat([]byte("x"), 3000)
	for _, dst := range append(both(peer(t, net)), netip.MustParseAddr("127.0.0.1")) {
		for _, l2 := range []bool{false, true} {
			if l2 && dst.IsLoopback() {
				continue
			}
			for _, o := range []Options{{}, {Inter: 2 * slow}, {Retry: 2}, {NoFilter: true}} {
				var list, first []*layers.Packet
				for seq := range 3 { // of one identification
					p := ping(dst, seq)
					p.Push(one(layers.Raw, "load", load))
					part := fragments(t, c.Engine, p, 1280)
					first = append(first, part[0])
					if seq == 1 {
						slices.Reverse(part)
					}
					list = append(list, part...)
				}
				sr := c.SR
				if l2 {
					o.Iface, sr = "lab0", c.SRP
					for i, p := range list {
						q := stack(one(layers.Ether), p)
						if j := slices.Index(first, p); j >= 0 {
							first[j] = q
						}
						list[i] = q
					}
				}
				res, err := sr(t.Context(), pkts(list...), o)
				must(t, err)
				addsUp(t, res, len(list))
				if res.AnsweredCount != 3 || res.Ambiguous != 0 {
					t.Fatalf("%s, %+v: %d answers, %d ambiguous", dst, o, res.AnsweredCount, res.Ambiguous)
				}
				for p := range res.Answered.All() {
					i := slices.Index(first, p.Query)
					at := p.Answer.At(max(p.Answer.Index(layers.ICMP, 1, 0), p.Answer.Index(layers.ICMPv6EchoReply, 1, 0)))
					if i < 0 || int(at.Uint(at.Proto().Index("seq"))) != i || !bytes.HasSuffix(p.Answer.Data(), load) {
						t.Errorf("%s answers %s", p.Answer.Summary(), p.Query.Summary())
					}
				}
			}
		}
	}
}

// The first answer ends a call, and fragments that it left unanswered make no later answer ambiguous.
func TestFirstOfFragments(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	p := ping(dst, 1)
	p.Push(one(layers.Raw, "load", bytes.Repeat([]byte("x"), 3000)))
	res := c.sr(Options{First: true, Timeout: patience}, fragments(t, c.Engine, p, 1280)...)
	if res.AnsweredCount != 1 {
		t.Errorf("%d answers", res.AnsweredCount)
	}
	if res = c.sr(Options{Timeout: patience}, ping(dst, 2)); res.AnsweredCount != 1 || res.Ambiguous != 0 {
		t.Errorf("%d answers, %d ambiguous", res.AnsweredCount, res.Ambiguous)
	}
}

// Fragments of a TCP segment have the guard protect its connection before the last of them leaves.
func TestGuardSeesFragments(t *testing.T) {
	_, net := world(t, lab.Options{})
	srv := peer(t, net)
	for _, dst := range both(srv) {
		g := &fakeGuard{}
		e := engineOn(t, net, "client", g)
		p := tcpSYN(dst, 30000, 80)
		p.Push(one(layers.Raw, "load", bytes.Repeat([]byte("x"), 3000)))
		list := fragments(t, e.Engine, p, 1280)
		for _, send := range []func() (Result, error){
			func() (Result, error) { return e.Send(t.Context(), pkts(list...), Options{}) },
			func() (Result, error) { return e.SR(t.Context(), pkts(list...), Options{}) },
		} {
			g.asked = nil
			if res, err := send(); err != nil || res.Sent != len(list) {
				t.Fatalf("%+v, %v", res, err)
			}
			want := map[bool]string{true: "10.99.0.1:30000 10.99.0.2:80", false: "[fd99::1]:30000 [fd99::2]:80"}[dst.Is4()]
			if !slices.Equal(g.asked, []string{want}) {
				t.Errorf("%s: %q", dst, g.asked)
			}
		}
	}
}
