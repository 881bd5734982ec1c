package sniff_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/layers"
	"pktsh/sniff"
	"pktsh/sniff/packetsock"
)

// capture is a Capture of which it is known how much was read.
type capture struct {
	*sniff.Capture
	read uint64
}

func open(t testing.TB, o sniff.Options) *capture {
	t.Helper()
	c, err := sniff.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return &capture{Capture: c}
}

// readAll reads all that the kernel has accepted so far.
func readAll(t testing.TB, c *capture) (out []*layers.Packet) {
	t.Helper()
	buf := make([]*layers.Packet, 64)
	for idle := 0; idle < 100; {
		ctx, cancel := context.WithTimeout(context.Background(), 70*time.Millisecond)
		n, err := c.Read(ctx, buf)
		cancel()
		if errors.Is(err, context.DeadlineExceeded) {
			if stats(t, c).Received <= c.read {
				return out
			}
			idle++ // it has more, and is slow
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		c.read += uint64(n)
		out = append(out, buf[:n]...)
	}
	t.Fatalf("%d packets read, the kernel says %+v", c.read, stats(t, c))
	return nil
}

func stats(t testing.TB, c *capture) sniff.Stats {
	t.Helper()
	st, err := c.Stats()
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// A flood into rings that are far too small: every frame sent was given or counted.
func TestFloodAccountedFor(t *testing.T) {
	client, server := pair(t)
	tx := sender(t, client, "lab0")
	fs := frames(20000)
	for _, fanout := range []int{1, 3} {
		t.Run(fmt.Sprint(fanout), func(t *testing.T) {
			c := open(t, sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9", BufferSize: 1 << 17, Fanout: fanout})
			sendAll(t, tx, fs)
			got := readAll(t, c)
			st := stats(t, c)
			if st.Received+st.Dropped != uint64(len(fs)) || len(got) != int(st.Received) || st.Dropped == 0 {
				t.Errorf("sent %d, got %d; counted %+v", len(fs), len(got), st)
			}
			last := -1
			for _, p := range got {
				n := numberIn(p.Data())
				if n <= last {
					t.Fatalf("frame %d behind %d", n, last)
				}
				last = n
			}
			c.Close()
			if after := stats(t, c); after != st {
				t.Errorf("after Close: %+v, before %+v", after, st)
			}
		})
	}
}

// Rings that share the flows of one interface, and rings of several interfaces,
// give what they have in the order of time, each frame once.
func TestOrderOverRings(t *testing.T) {
	client, server := pair(t)
	tx := sender(t, client, "lab0")
	fs := frames(5000)
	for _, o := range []sniff.Options{
		{NS: server.NS, Ifaces: []string{"lab0"}, Fanout: 4},
		{NS: server.NS, Fanout: 2},
		{NS: server.NS, Ifaces: []string{"lo", "lab0"}},
	} {
		o.Filter = "udp dst port 9"
		c := open(t, o)
		for i := 0; i < len(fs); i += 500 {
			sendAll(t, tx, fs[i:i+500])
			datagrams(t, server, server, 9, 1) // on lo, in between
		}
		got := readAll(t, c)
		byIface := map[string]int{}
		last, lastTime := -1, time.Time{}
		for _, p := range got {
			byIface[p.Meta.Iface()]++
			if p.Meta.Time.Before(lastTime) {
				t.Fatalf("%v: a packet of %v behind one of %v", o.Ifaces, p.Meta.Time, lastTime)
			}
			lastTime = p.Meta.Time
			if p.Meta.Iface() != "lab0" {
				continue
			}
			if n := numberIn(p.Data()); n != last+1 {
				t.Fatalf("%v, fanout %d: frame %d behind %d", o.Ifaces, o.Fanout, n, last)
			}
			last++
		}
		wantLo := 10
		if slices.Equal(o.Ifaces, []string{"lab0"}) {
			wantLo = 0
		}
		if st := stats(t, c); byIface["lab0"] != len(fs) || byIface["lo"] != wantLo || st.Dropped != 0 || st.Received != uint64(len(got)) {
			t.Errorf("%v, fanout %d: got %v, %+v", o.Ifaces, o.Fanout, byIface, st)
		}
		c.Close()
	}
}

// The tag is back in its place, whether the kernel had taken it off or not, and each
// packet tells its direction.
func TestTagsAndDirection(t *testing.T) {
	client, server := pair(t)
	tx := sender(t, client, "lab0")
	for _, o := range []struct {
		expr string
		want int
	}{{"vlan 10 and udp dst port 9", 3}, {"inbound and vlan", 3}, {"outbound and vlan", 3}, {"vlan 11", 0}} {
		for _, ifaces := range [][]string{{"lab0"}, nil} {
			here := open(t, sniff.Options{NS: client.NS, Ifaces: ifaces, Filter: o.expr})
			there := open(t, sniff.Options{NS: server.NS, Ifaces: ifaces, Filter: o.expr})
			sendAll(t, tx, frames(3, 0x8100, 10))
			for _, end := range []struct {
				c    *capture
				dir  layers.Direction
				word string
			}{{here, layers.DirOut, "outbound"}, {there, layers.DirIn, "inbound"}} {
				want := o.want
				if strings.Contains(o.expr, "bound") && !strings.HasPrefix(o.expr, end.word) {
					want = 0
				}
				got := readAll(t, end.c)
				if len(got) != want {
					t.Errorf("%q on %v, %s: got %d packets, want %d", o.expr, ifaces, end.word, len(got), want)
				}
				for _, p := range got {
					if p.Meta.Direction != end.dir || p.Meta.Iface() != "lab0" || p.Find(layers.Dot1Q) == nil || p.Meta.WireLen != 64 {
						t.Errorf("got %s with %+v", p.Summary(), *p.Meta)
					}
				}
			}
			here.Close()
			there.Close()
		}
	}
}

// On all interfaces at once, one filter judges frames with an Ethernet header,
// with none, and of kinds that nobody knows; interfaces may come later.
func TestKindsOfLinks(t *testing.T) {
	client, server := pair(t)
	const ppp, gre, infiniband = 512, 778, 32
	early := map[string]*os.File{}
	for name, hw := range map[string]int{"tun0": packetsock.HardwareNone, "ppp0": ppp, "gre0": gre} {
		early[name] = tun(t, server.NS, name, hw)
	}
	one := open(t, sniff.Options{NS: server.NS, Ifaces: []string{"ppp0"}, Filter: "inbound and udp dst port 9 and src net 10.77.0.0/16"})
	exprs := map[string]bool{ // and whether it is true of the tunnels' packets too
		"udp dst port 9": true,
		"inbound and ip[9] = 17 and ip[2:2] = 46": true,
		"ip and not tcp and len > 20":             true,
		"ether dst 02:00:00:00:00:99":             false,
		"ip6 or arp":                              false,
	}
	captures := map[string]*capture{}
	for e := range exprs {
		captures[e] = open(t, sniff.Options{NS: server.NS, Filter: e})
	}
	early["ib0"] = tun(t, server.NS, "ib0", infiniband)
	tx := sender(t, client, "lab0")
	sendAll(t, tx, frames(2))
	for _, f := range early {
		if _, err := f.Write(datagram(7)); err != nil {
			t.Fatal(err)
		}
	}
	for e, tunnels := range exprs {
		got := map[string]string{}
		for _, p := range readAll(t, captures[e]) {
			if p.Find(layers.UDP) != nil && numberIn(p.Data()) <= 7 {
				got[p.Meta.Iface()] += p.First().Name + " "
			}
		}
		want := map[string]string{}
		if e != "ip6 or arp" {
			want["lab0"] = "Ether Ether "
		}
		if tunnels {
			for name := range early {
				want[name] = "IP "
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%q: got %v, want %v", e, got, want)
		}
	}
	if got := readAll(t, one); len(got) != 1 || got[0].First() != layers.IP {
		t.Errorf("on ppp0: got %v, want one IP packet", got)
	}
}

// What is no IP on such a link stands behind a header that says what it is.
func TestCooked(t *testing.T) {
	_, server := pair(t)
	f := tunnel(t, server.NS, "odd0", 32, unix.IFF_TUN)
	for expr, want := range map[string]int{"inbound": 2, "ether proto 0x88cc": 1, "inbound and not ip": 1, "udp": 1, "arp": 0} {
		c := open(t, sniff.Options{NS: server.NS, Ifaces: []string{"odd0"}, Filter: expr})
		for _, b := range [][]byte{append([]byte{0, 0, 0x88, 0xcc}, "12345678"...), append([]byte{0, 0, 8, 0}, datagram(1)...)} {
			if _, err := f.Write(b); err != nil { // struct tun_pi: flags, then the EtherType
				t.Fatal(err)
			}
		}
		got := readAll(t, c)
		if len(got) != want {
			t.Errorf("%q: got %d packets, want %d", expr, len(got), want)
		}
		for _, p := range got {
			switch first := p.First(); {
			case first == layers.IP && numberIn(p.Data()) == 1 && p.Meta.WireLen == 46:
			case first == layers.CookedLinux && p.Meta.WireLen == 16+8:
				if s := p.Repr(); !strings.Contains(s, "pkttype=unicast lladdrtype=0x20") || !strings.Contains(s, "proto=LLDP") || !strings.Contains(s, "12345678") {
					t.Errorf("%q: got %s", expr, s)
				}
			default:
				t.Errorf("%q: got %s, %+v", expr, p.Repr(), *p.Meta)
			}
		}
		c.Close()
	}
}
