package sendrecv

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// ways are those that this host has.
func ways() []Way {
	list := []Way{WaySocket, WayDirect}
	if packetsock.CanXDP() == nil {
		list = append(list, WayXDP)
	}
	if packetsock.CanLive() == nil {
		list = append(list, WayLive, WayClone)
	}
	return list
}

// napi has a host's end of a link poll, which live frames need.
func napi(t testing.TB, h *lab.Host) {
	t.Helper()
	must(t, h.Do(func() error { return lab.SetGRO("lab0", true) }))
}

// udpSink counts the UDP datagrams that reach a host, by ports.
type udpSink struct {
	t    testing.TB
	ring *packetsock.Ring
}

func newUDPSink(t testing.TB, h *lab.Host) *udpSink {
	t.Helper()
	r, err := packetsock.OpenRing(packetsock.RingConfig{NS: h.NS, Ifindex: h.Ifaces[0].Index, Protocol: unix.ETH_P_IP,
		BlockSize: 64 << 10, Blocks: 512, Retire: 60 * time.Millisecond}) // time enough before anybody reads
	must(t, err)
	t.Cleanup(func() { r.Close() })
	return &udpSink{t, r}
}

// read takes n datagrams, and those that still come soon after.
func (s *udpSink) read(n int) (ports [][2]uint16) {
	s.t.Helper()
	for {
		wait := patience
		if len(ports) >= n {
			wait = 150 * time.Millisecond
		}
		ctx, cancel := context.WithTimeout(s.t.Context(), wait)
		f, err := s.ring.Next(ctx)
		cancel()
		if err != nil {
			if len(ports) < n {
				s.t.Fatalf("%d of %d datagrams arrived: %v", len(ports), n, err)
			}
			return ports
		}
		if b := f.Data; len(b) >= 42 && b[23] == unix.IPPROTO_UDP {
			if layers.Checksum(b[14:34]) != 0 {
				s.t.Fatalf("wrong IP checksum: %x", b)
			}
			ports = append(ports, [2]uint16{binary.BigEndian.Uint16(b[34:]), binary.BigEndian.Uint16(b[36:])})
		}
	}
}

// Every packet of a set leaves as often as asked, whatever the way and however many
// threads, and the count is what arrives.
func TestFloodDelivers(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	napi(t, srv)
	set := stack(to(srv.Addr4), one(layers.UDP, "sport", layers.Range{Lo: 1000, Hi: 1999}, "dport", layers.Choice{uint64(9), uint64(10)}), one(layers.Raw, "load", []byte("hello")))
	list := []*layers.Packet{udp(srv.Addr4, 1, 9), udp(srv.Addr4, 2, 9), udp(srv.Addr4, 3, 9)}
	frames := []*layers.Packet{stack(one(layers.Ether), set)}
	for _, tc := range []struct {
		name string
		list []*layers.Packet
		l2   bool
		size int
	}{{"set", []*layers.Packet{set}, false, 2000}, {"list", list, false, 3}, {"frames", frames, true, 2000}} {
		for _, way := range ways() {
			for _, threads := range []int{1, 2} {
				t.Run(fmt.Sprintf("%s/%s/%d", tc.name, way, threads), func(t *testing.T) {
					s := newUDPSink(t, srv)
					o := FloodOptions{Way: way, Threads: threads, Rounds: 4, Iface: "lab0"}
					flood := c.Flood
					if tc.l2 {
						flood = c.FloodP
					}
					res, err := flood(t.Context(), tc.list, o)
					must(t, err)
					n := 4 * tc.size
					if res.Sent != uint64(n) || len(res.Errors) > 0 || !strings.HasPrefix(res.Way, string(way)) {
						t.Fatalf("got %+v", res)
					}
					got := s.read(n)
					seen := map[[2]uint16]int{}
					for _, p := range got {
						seen[p]++
					}
					if len(got) != n || len(seen) != tc.size {
						t.Fatalf("%d datagrams arrived, %d different; want %d, %d", len(got), len(seen), n, tc.size)
					}
					for p, k := range seen {
						if k != 4 && (way != WayLive || res.Retried == 0) { // in place of one refused another is made
							t.Fatalf("%v arrived %d times: %+v", p, k, res)
						}
					}
					if threads == 1 && tc.name == "list" && (got[0][0] != 1 || got[1][0] != 2 || got[2][0] != 3 || got[3][0] != 1) {
						t.Errorf("out of order: %v", got[:4])
					}
				})
			}
		}
	}
}

// Values that are drawn are drawn for each packet.
func TestFloodDraws(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	p := stack(to(srv.Addr4), one(layers.UDP, "sport", layers.RandShort(), "dport", 9))
	s := newUDPSink(t, srv)
	res, err := c.Flood(t.Context(), []*layers.Packet{p}, FloodOptions{Rounds: 3000})
	must(t, err)
	seen := map[[2]uint16]bool{}
	for _, p := range s.read(3000) {
		seen[p] = true
	}
	if res.Sent != 3000 || len(seen) < 2000 {
		t.Errorf("%d sent, %d different ports", res.Sent, len(seen))
	}
}

// An endless flood ends with its context, and has counted right.
func TestFloodEnds(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	napi(t, srv)
	for _, way := range append(ways(), WayAuto) {
		t.Run(string("way "+way), func(t *testing.T) {
			before := rxPackets(t, srv)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			end := func(r FloodResult) {
				if r.Sent > 0 {
					cancel()
				}
			}
			res, err := c.Flood(ctx, []*layers.Packet{udp(srv.Addr4, 1, 9)}, FloodOptions{Way: way, Loop: true, Threads: 2, Progress: end})
			must(t, err)
			got := rxPackets(t, srv) - before
			// Beside the flood the hosts may ask for each other's address.
			if res.Sent == 0 || got < res.Sent || got > res.Sent+4 {
				t.Errorf("%d sent, %d arrived: %+v", res.Sent, got, res)
			}
			if res.Bytes != res.Sent*47 {
				t.Errorf("%d bytes in %d frames", res.Bytes, res.Sent)
			}
		})
	}
}

func rxPackets(t testing.TB, h *lab.Host) (n uint64) {
	t.Helper()
	onLink(t, h, "lab0", func(_ *netlink.Handle, l netlink.Link) error { n = l.Attrs().Statistics.RxPackets; return nil })
	return n
}

// What cannot be had is fallen back from, and said.
func TestFloodFallsBack(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	p := []*layers.Packet{udp(srv.Addr4, 1, 9)}
	auto := func(want string, notes ...string) {
		t.Helper()
		res, err := c.Flood(t.Context(), p, FloodOptions{Rounds: worthLive, Threads: 2})
		must(t, err)
		if got := strings.Split(res.Way, "+"); len(got) != strings.Count(want, "+")+1 || got[0] != strings.Split(want, "+")[0] {
			t.Errorf("got %q, want %q", res.Way, want)
		}
		for i, n := range notes {
			if len(res.Notes) <= i || !strings.HasPrefix(res.Notes[i], n) {
				t.Errorf("notes %q, want %q", res.Notes, notes)
			}
		}
		if res.Sent != worthLive {
			t.Errorf("%d sent", res.Sent)
		}
	}
	if packetsock.CanClone() == nil {
		auto("clone")
		onLink(t, c.Host, "lab0", func(h *netlink.Handle, l netlink.Link) error {
			return h.QdiscAdd(&netlink.GenericQdisc{QdiscType: "pfifo", QdiscAttrs: netlink.QdiscAttrs{LinkIndex: l.Attrs().Index, Parent: netlink.HANDLE_ROOT}})
		})
	}
	want := "direct"
	if packetsock.CanXDP() == nil {
		want = "xdp+direct" // the lab's links have one queue
	}
	auto(want, "not by clone", "not by live")
	for _, way := range []Way{WayLive, WayClone} {
		if _, err := c.Flood(t.Context(), p, FloodOptions{Way: way}); err == nil || !strings.Contains(err.Error(), string(way)) {
			t.Errorf("%s on a link that does not take it: got %v", way, err)
		}
	}
	if res, err := c.Flood(t.Context(), p, FloodOptions{Rounds: 10}); err != nil || res.Way != "mmsg" || len(res.Notes) > 0 {
		t.Errorf("a few packets: %+v, %v", res, err)
	}
}

func TestFloodErrors(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	big := stack(to(srv.Addr4), one(layers.UDP, "sport", layers.Range{Lo: 1, Hi: 9}), one(layers.Raw, "load", make([]byte, 1500)))
	for _, tc := range []struct {
		list []*layers.Packet
		o    FloodOptions
		want string
	}{
		{nil, FloodOptions{}, "no packet"},
		{[]*layers.Packet{layers.NewPacket()}, FloodOptions{}, "empty"},
		{[]*layers.Packet{big}, FloodOptions{}, "MTU"},
		{[]*layers.Packet{udp(ip("203.0.113.1"), 1, 1)}, FloodOptions{}, "no route"},
		{[]*layers.Packet{stack(one(layers.Ether), udp(srv.Addr4, 1, 1))}, FloodOptions{}, "Ether"},
		{[]*layers.Packet{udp(srv.Addr4, 1, 1)}, FloodOptions{Way: WayLive, PPS: 5}, "no pace"},
		{[]*layers.Packet{udp(c.Addr4, 1, 1)}, FloodOptions{Way: WayXDP}, "this host itself"},
	} {
		if res, err := c.Flood(t.Context(), tc.list, tc.o); err == nil || !strings.Contains(err.Error(), tc.want) || res.Sent > 0 {
			t.Errorf("want %q, got %v", tc.want, err)
		}
	}
	// To this host itself packets go one by one, as Send sends them.
	res, err := c.Flood(t.Context(), []*layers.Packet{udp(c.Addr4, 1, 1)}, FloodOptions{Rounds: 5})
	if err != nil || res.Sent != 5 || res.Way != "packets" {
		t.Errorf("to this host itself: %+v, %v", res, err)
	}
}

// The guard covers what a set stands for, without walking it.
func TestFloodGuard(t *testing.T) {
	_, net := world(t, lab.Options{})
	srv := peer(t, net)
	for _, tc := range []struct {
		sport any
		want  string
	}{
		{layers.Range{Lo: 1024, Hi: 5000}, "10.99.0.1:1024-10.99.0.1:5000 10.99.0.2/32"},
		{layers.Choice{uint64(7), layers.Range{Lo: 3, Hi: 5}}, "10.99.0.1:3-10.99.0.1:7 10.99.0.2/32"},
		{layers.RandShort(), "10.99.0.1:0-10.99.0.1:65535 10.99.0.2/32"},
		{20, "10.99.0.1:20-10.99.0.1:20 10.99.0.2/32"},
	} {
		g := &fakeGuard{}
		e := engineOn(t, net, "client", g)
		p := stack(to(srv.Addr4), one(layers.TCP, "sport", tc.sport, "flags", "S"))
		_, err := e.Flood(t.Context(), []*layers.Packet{p}, FloodOptions{})
		if err != nil || !slices.Equal(g.asked, []string{tc.want}) {
			t.Errorf("%v: got %q, %v", tc.sport, g.asked, err)
		}
	}
}

// Nothing leaves before it is due, whatever says when.
func TestFloodPaceIsKept(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	timed := []*layers.Packet{udp(srv.Addr4, 1, 9), udp(srv.Addr4, 2, 9), udp(srv.Addr4, 3, 9)}
	for i, p := range timed {
		p.Meta0().Time = time.Unix(100, int64(i)*20e6)
	}
	for _, tc := range []struct {
		name  string
		o     FloodOptions
		n     int
		least time.Duration
	}{
		{"pps", FloodOptions{PPS: 1000, Rounds: 11}, 33, 32 * time.Millisecond},
		{"pps of two threads", FloodOptions{PPS: 40000, Rounds: 1000, Threads: 2}, 3000, 70 * time.Millisecond},
		{"mbps", FloodOptions{Mbps: 0.376, Rounds: 11}, 33, 32 * time.Millisecond}, // 47 bytes a millisecond
		{"own times", FloodOptions{Speed: 2}, 3, 20 * time.Millisecond},
		{"own times, again", FloodOptions{Speed: 2, Rounds: 2}, 6, 50 * time.Millisecond},
	} {
		res, err := c.Flood(t.Context(), timed, tc.o)
		if err != nil || res.Sent != uint64(tc.n) || res.Took < tc.least {
			t.Errorf("%s: %+v, %v", tc.name, res, err)
		}
	}
}

// What a delay held up is made up for, but not in a burst.
func TestCadence(t *testing.T) {
	c := newCadence(&FloodOptions{PPS: 1000}, &frameSource{longest: 60}, 0, 1)
	frames := make([][]byte, 64)
	c.start = time.Now().Add(-100 * time.Millisecond) // a hundred frames are due
	for range 3 {
		if n := c.turn(t.Context(), frames); n != 1 {
			t.Fatalf("%d frames at once", n)
		}
	}
	if ahead := c.free - float64(time.Since(c.start)); ahead < 0 || ahead > 1e6 {
		t.Errorf("the next is held back for %v ns", ahead)
	}
	fast := newCadence(&FloodOptions{PPS: 1e6}, &frameSource{longest: 60}, 0, 1)
	fast.start = time.Now().Add(-10 * time.Millisecond)
	if n := fast.turn(t.Context(), frames); n != 50 {
		t.Errorf("%d frames at once at 1,000,000 a second", n)
	}
	fast.start = time.Now().Add(-3 * time.Second)
	fast.turn(t.Context(), frames)
	if fast.Lagged < 2*time.Second {
		t.Errorf("lagged %v", fast.Lagged)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n := c.turn(ctx, frames); n != 0 {
		t.Errorf("%d frames after the end", n)
	}
}

// A flood with answers goes on after all have come, and ends with the timeout or the first.
func TestFloodAnswers(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	for _, dst := range []string{"server", "itself"} {
		list := []*layers.Packet{tcpSYN(srv.Addr4, 30001, 81), tcpSYN(srv.Addr4, 30002, 81)}
		if dst == "itself" {
			list = []*layers.Packet{tcpSYN(c.Addr4, 30001, 81), tcpSYN(c.Addr4, 30002, 81)}
		}
		res, err := c.SR(t.Context(), pkts(list...), Options{Timeout: 200 * time.Millisecond, Flood: &FloodOptions{PPS: 2000}})
		must(t, err)
		addsUp(t, res, 2)
		if res.AnsweredCount != 2 || res.Flooded.Sent == 0 || res.Extra == 0 {
			t.Errorf("%s: %d answered, %d again, %+v", dst, res.AnsweredCount, res.Extra, res.Flooded)
		}
	}
	res, err := c.SR(t.Context(), pkts(tcpSYN(srv.Addr4, 30003, 81)), Options{First: true, Flood: &FloodOptions{}})
	if err != nil || res.Answered.Len() != 1 {
		t.Errorf("the first: %+v, %v", res, err)
	}
}

// Two queues take two AF_XDP sockets.
func TestFloodTwoQueues(t *testing.T) {
	if err := packetsock.CanXDP(); err != nil {
		t.Skip(err)
	}
	end := func(host string, id byte) lab.End {
		return lab.End{Host: host, MAC: net.HardwareAddr{2, 0, 0, 0, 0, id}, Addrs: []netip.Prefix{netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 1, 1, id}), 24)}}
	}
	c, net := world(t, lab.Options{Hosts: []lab.HostSpec{{Name: "client"}, {Name: "server"}},
		Links: []lab.LinkSpec{{A: end("client", 1), B: end("server", 2), Queues: 2}}})
	s := newUDPSink(t, peer(t, net))
	p := stack(to(peer(t, net).Addr4), one(layers.UDP, "sport", layers.Range{Lo: 1, Hi: 5000}, "dport", 9))
	res, err := c.Flood(t.Context(), []*layers.Packet{p}, FloodOptions{Way: WayXDP, Threads: 2})
	must(t, err)
	if got := len(s.read(5000)); res.Way != "xdp" || res.Sent != 5000 || got != 5000 {
		t.Errorf("%d arrived: %+v", got, res)
	}
}
