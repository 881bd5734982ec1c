package sendrecv

import (
	"errors"
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
		{"source ports in a row", sources, []string{"10.99.0.1:2000-10.99.0.1:2063 10.99.0.2/32", "10.99.0.1:2064-10.99.0.1:2127 10.99.0.2/32"}},
		{"scattered source ports", scattered, []string{"10.99.0.1:1000-10.99.0.1:6900 10.99.0.2/32"}},
		{"another host's address", spoofed, nil},
		{"behind an extension header", []*layers.Packet{extended}, []string{"[fd99::1]:9 [fd99::2]:80"}},
	} {
		g := &fakeGuard{}
		e := engineOn(t, net, "client", g)
		if _, err := e.Send(t.Context(), pkts(tc.list...), Options{}); err != nil {
			t.Fatal(err)
		}
		if got := g.asked[:min(len(g.asked), len(tc.want))]; !slices.Equal(got, tc.want) || tc.want == nil && len(g.asked) > 0 {
			t.Errorf("%s: got %q, want %q", tc.name, g.asked, tc.want)
		}
	}
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
