package sendrecv

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pktsh/lab"
	"pktsh/layers"
)

// The guard is asked before the first segment is on the wire, and once for each connection.
func TestGuardComesFirst(t *testing.T) {
	_, net := world(t, lab.Options{})
	srv := peer(t, net)
	for _, l2 := range []bool{false, true} {
		s := wire(t, srv)
		g := &fakeGuard{}
		g.before = func() {
			for _, p := range arrived(t, s) {
				if strings.Contains(p, "TCP") {
					t.Errorf("before the guard: %s", p)
				}
			}
		}
		e := engineOn(t, net, "client", g)
		sr, send := e.SR, e.Send
		list := []*layers.Packet{udp(srv.Addr4, 1, 7), tcpSYN(srv.Addr4, 30000, 80), tcpSYN(srv.Addr6, 30000, 80), tcpSYN(srv.Addr4, 30000, 80)}
		if l2 {
			sr, send = e.SRP, e.SendP
			for i, p := range list {
				list[i] = stack(one(layers.Ether), p)
			}
		}
		o := Options{Timeout: patience, Iface: "lab0"}
		if _, err := sr(t.Context(), pkts(list...), o); err != nil {
			t.Fatal(err)
		}
		want := []string{"10.99.0.1:30000 10.99.0.2:80", "[fd99::1]:30000 [fd99::2]:80"}
		if !slices.Equal(g.asked, want) {
			t.Errorf("got %q, want %q", g.asked, want)
		}
		g.before, g.asked = nil, nil
		if _, err := send(t.Context(), pkts(list...), Options{Iface: "lab0"}); err != nil || !slices.Equal(g.asked, want) {
			t.Errorf("%q, %v", g.asked, err)
		}
	}
}

func TestGuardCoversRanges(t *testing.T) {
	_, net := world(t, lab.Options{})
	srv := peer(t, net)
	var scan, sources, scattered, spoofed []*layers.Packet
	for i := range 500 {
		scan = append(scan, tcpSYN(srv.Addr4, 20, 1+i))
		sources = append(sources, tcpSYN(srv.Addr4, 2000+i, 80))
		if i < 60 {
			scattered = append(scattered, tcpSYN(srv.Addr4, 1000+100*i, 80))
		}
	}
	p := tcpSYN(srv.Addr4, 20, 80)
	must(t, p.At(0).SetField("src", "10.99.0.123"))
	spoofed = append(spoofed, p)
	extended := stack(to(srv.Addr6), one(layers.IPv6ExtHdrDestOpt), one(layers.TCP, "sport", 9, "dport", 80))
	for _, tc := range []struct {
		name string
		list []*layers.Packet
		want []string
	}{
		{"one source port", scan, []string{"10.99.0.1:20-10.99.0.1:20 10.99.0.2/32"}},
		{"source ports in a row", sources, []string{"10.99.0.1:2000-10.99.0.1:2063 10.99.0.2/32", "10.99.0.1:2000-10.99.0.1:2127 10.99.0.2/32"}},
		{"scattered source ports", scattered, []string{"10.99.0.1:1000-10.99.0.1:6600 10.99.0.2/32", "10.99.0.1:6700-10.99.0.1:6700 10.99.0.2/32"}},
		{"another host's address", spoofed, nil},
		{"behind an extension header", []*layers.Packet{extended}, []string{"[fd99::1]:9 [fd99::2]:80"}},
	} {
		g := &fakeGuard{}
		e := engineOn(t, net, "client", g)
		if _, err := e.Send(t.Context(), pkts(tc.list...), Options{}); err != nil {
			t.Fatal(err)
		}
		g.asked = slices.DeleteFunc(g.asked, func(s string) bool { // the first few, one by one
			return !strings.Contains(s, "-") && len(tc.list) > fewFlows
		})
		if got := g.asked[:min(len(g.asked), len(tc.want))]; !slices.Equal(got, tc.want) || tc.want == nil && len(g.asked) > 0 {
			t.Errorf("%s: got %q, want %q", tc.name, g.asked, tc.want)
		}
	}
}

// What a call sends is protected before it leaves, and is so by no more ranges than before, however many hosts and
// ports there are.
func TestProtectorIsBounded(t *testing.T) {
	c, _ := world(t, lab.Options{})
	own := c.Addr4
	rnd := rand.New(rand.NewPCG(1, 2))
	for name, next := range map[string]func(i int) (dst netip.Addr, sport, dport uint16){
		"one port of many hosts": func(i int) (netip.Addr, uint16, uint16) {
			return netip.AddrFrom4([4]byte{10, byte(i >> 12), byte(i >> 4), byte(i)}), 20, 80
		},
		"many ports of many hosts": func(i int) (netip.Addr, uint16, uint16) {
			return netip.AddrFrom4([4]byte{10, 9, byte(i >> 14), byte(i >> 6)}), 20, uint16(i & 63)
		},
		"many source ports": func(i int) (netip.Addr, uint16, uint16) { return ip("10.9.0.1"), uint16(i), 80 },
		"anything": func(i int) (netip.Addr, uint16, uint16) {
			return netip.AddrFrom4([4]byte{byte(rnd.IntN(223) + 1), byte(rnd.IntN(256)), 1, 1}), uint16(rnd.IntN(65536)), uint16(rnd.IntN(65536))
		},
	} {
		g := &ledger{}
		p := newProtector(g, c.newEnv(t.Context(), ""))
		const n = 40_000
		most := 0
		for i := 0; i < n; i += batchSize {
			var list []*probe
			for k := range batchSize {
				dst, sport, dport := next(i + k)
				list = append(list, &probe{departure: &departure{ends: ends{own, dst}, ports: [2]uint16{sport, dport}}})
			}
			must(t, p.cover(list))
			for _, d := range list {
				if !g.holds(d.ports[0], netip.AddrPortFrom(d.ends.dst, d.ports[1])) {
					t.Fatalf("%s: %v of %v is open", name, d.ports, d.ends)
				}
			}
			most = max(most, len(g.ranges))
		}
		if len(g.flows) > fewFlows*fewHosts || most > fewHosts*fewFlows || g.asked > 2000 {
			t.Errorf("%s: %d flows, %d ranges, asked %d times", name, len(g.flows), most, g.asked)
		}
	}
}

// ledger is a guard that knows what is in force.
type ledger struct {
	flows  map[[2]netip.AddrPort]bool
	ranges map[int]reach
	asked  int
}

func (l *ledger) Protect(local, remote netip.AddrPort) (func(), error) {
	if l.flows == nil {
		l.flows = map[[2]netip.AddrPort]bool{}
	}
	l.flows[[2]netip.AddrPort{local, remote}] = true
	return func() {}, nil
}

func (l *ledger) ProtectRange(local netip.Addr, lo, hi uint16, remote netip.Prefix) (func(), error) {
	if l.ranges == nil {
		l.ranges = map[int]reach{}
	}
	l.asked++
	n := l.asked
	l.ranges[n] = reach{src: local, lo: lo, hi: hi, to: remote}
	return func() { delete(l.ranges, n) }, nil
}

func (l *ledger) holds(port uint16, remote netip.AddrPort) bool {
	for f := range l.flows {
		if f[0].Port() == port && f[1] == remote {
			return true
		}
	}
	for _, r := range l.ranges {
		if r.lo <= port && port <= r.hi && r.to.Contains(remote.Addr()) {
			return true
		}
	}
	return false
}

// Without its protection no segment leaves.
func TestGuardRefuses(t *testing.T) {
	_, net := world(t, lab.Options{})
	srv := peer(t, net)
	s := wire(t, srv)
	no := errors.New("no such table")
	e := engineOn(t, net, "client", &fakeGuard{err: no})
	res, err := e.SR(t.Context(), pkts(tcpSYN(srv.Addr4, 30000, 80)), Options{})
	if !errors.Is(err, no) || res.Sent != 0 {
		t.Errorf("%+v, %v", res, err)
	}
	for _, p := range arrived(t, s) {
		if strings.Contains(p, "TCP") {
			t.Errorf("%s", p)
		}
	}
}
