package sendrecv

import (
	"iter"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/vishvananda/netlink"

	"pktsh/lab"
	"pktsh/layers"
)

// patience is the timeout of calls whose answers come: it is not waited for.
const patience = 10 * time.Second

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// host is a lab host with an engine.
type host struct {
	t testing.TB
	*lab.Host
	*Engine
}

// world is a lab for one test, and an engine on its client.
func world(t testing.TB, o lab.Options) (client host, net *lab.Lab) {
	t.Helper()
	if err := lab.CanMake(); err != nil {
		t.Skipf("needs root or user namespaces: %v", err)
	}
	net, err := lab.New(o)
	must(t, err)
	t.Cleanup(func() { net.Close() })
	return engineOn(t, net, "client", nil), net
}

func engineOn(t testing.TB, net *lab.Lab, name string, g Guard) host {
	t.Helper()
	h, err := net.Host(name)
	must(t, err)
	e, err := New(Config{NS: h.NS, Guard: g})
	must(t, err)
	t.Cleanup(func() { e.Close() })
	return host{t, h, e}
}

// onLink runs f with a netlink handle in a host.
func onLink(t testing.TB, h *lab.Host, ifname string, f func(nl *netlink.Handle, l netlink.Link) error) {
	t.Helper()
	must(t, h.Do(func() error {
		nl, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer nl.Close()
		l, err := nl.LinkByName(ifname)
		if err != nil {
			return err
		}
		return f(nl, l)
	}))
}

func pkts(list ...*layers.Packet) iter.Seq[*layers.Packet] { return slices.Values(list) }

// sr is SR that must not fail, with a result that must add up.
func (h host) sr(o Options, list ...*layers.Packet) Result {
	h.t.Helper()
	res, err := h.SR(h.t.Context(), pkts(list...), o)
	must(h.t, err)
	addsUp(h.t, res, len(list))
	return res
}

// addsUp checks that every one of n packets is accounted for.
func addsUp(t testing.TB, res Result, n int) {
	t.Helper()
	if res.Sent != res.AnsweredCount+res.UnansweredCount || res.Sent+res.Failed != n || len(res.Errors) != res.Failed || res.Unsent != 0 || res.Unanswered.Len() != res.UnansweredCount {
		t.Fatalf("%d packets, sent %d, answered %d, unanswered %d (%d), errors %v", n, res.Sent, res.AnsweredCount,
			res.UnansweredCount, res.Unanswered.Len(), res.Errors)
	}
}

// summaries are the answers' summaries in the order of the queries given.
func summaries(res Result, list []*layers.Packet) []string {
	out := make([]string, len(list))
	for p := range res.Answered.All() {
		if i := slices.Index(list, p.Query); i >= 0 {
			out[i] = p.Answer.Summary()
		}
	}
	return out
}

// stack joins layers, each a protocol and its fields by name.
func stack(ls ...*layers.Packet) *layers.Packet {
	out := layers.NewPacket()
	for _, l := range ls {
		out.Push(l)
	}
	return out
}

func one(proto *layers.Proto, fields ...any) *layers.Packet {
	p := layers.NewPacket(layers.New(proto))
	for i := 0; i < len(fields); i += 2 {
		if err := p.At(0).SetField(fields[i].(string), fields[i+1]); err != nil {
			panic(err)
		}
	}
	return p
}

// to is an IP or IPv6 header.
func to(dst netip.Addr, fields ...any) *layers.Packet {
	proto := layers.IP
	if dst.Is6() {
		proto = layers.IPv6
	}
	return one(proto, append([]any{"dst", dst}, fields...)...)
}

func tcpSYN(dst netip.Addr, sport, dport int) *layers.Packet {
	return stack(to(dst), one(layers.TCP, "sport", sport, "dport", dport, "flags", "S", "seq", 1000))
}

func udp(dst netip.Addr, sport, dport int) *layers.Packet {
	return stack(to(dst), one(layers.UDP, "sport", sport, "dport", dport), one(layers.Raw, "load", []byte("probe")))
}

func ping(dst netip.Addr, seq int) *layers.Packet {
	if dst.Is6() {
		return stack(to(dst), one(layers.ICMPv6EchoRequest, "id", 7, "seq", seq))
	}
	return stack(to(dst), one(layers.ICMP, "id", 7, "seq", seq))
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

// both are the addresses of a host.
func both(h *lab.Host) []netip.Addr { return []netip.Addr{h.Addr4, h.Addr6} }

// fakeGuard notes what it is asked for.
type fakeGuard struct {
	mu     sync.Mutex
	asked  []string
	before func() // at each question
	err    error
}

func (g *fakeGuard) note(s string) (func(), error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.before != nil {
		g.before()
	}
	g.asked = append(g.asked, s)
	return func() {}, g.err
}

func (g *fakeGuard) Protect(local, remote netip.AddrPort) (func(), error) {
	return g.note(local.String() + " " + remote.String())
}

func (g *fakeGuard) ProtectRange(local netip.Addr, lo, hi uint16, remote netip.Prefix) (func(), error) {
	return g.note(netip.AddrPortFrom(local, lo).String() + "-" + netip.AddrPortFrom(local, hi).String() + " " + remote.String())
}

// server answers UDP datagrams to addr in h: reply is called with each one's
// number, from 0, and what sends an answer.
func server(t testing.TB, h *lab.Host, addr netip.AddrPort, reply func(n int, answer func())) {
	t.Helper()
	c, err := h.ListenPacket("udp", addr.String())
	must(t, err)
	var wg sync.WaitGroup
	t.Cleanup(func() { c.Close(); wg.Wait() })
	wg.Go(func() {
		buf := make([]byte, 2000)
		for n := 0; ; n++ {
			size, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			data := slices.Clone(buf[:size])
			reply(n, func() { c.WriteTo(data, from) })
		}
	})
}

func udpAddr(a netip.AddrPort) net.Addr { return net.UDPAddrFromAddrPort(a) }
