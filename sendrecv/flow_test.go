package sendrecv

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"pktsh/lab"
	"pktsh/layers"
)

// segment is a flow's segment with fields given as name, value, in TCP.
func segment(f *Flow, data string, fields ...any) *layers.Packet {
	p := stack(to(f.Remote.Addr(), "src", f.Local.Addr()),
		one(layers.TCP, append([]any{"sport", int(f.Local.Port()), "dport", int(f.Remote.Port())}, fields...)...))
	if data != "" {
		p.Push(one(layers.Raw, "load", []byte(data)))
	}
	return p
}

func tcpField(p *layers.Packet, name string) uint64 {
	i := p.Index(layers.TCP, 1, 0)
	return p.At(i).Uint(layers.TCP.Index(name))
}

// A real kernel answers a SYN of the flow, over IPv4, IPv6 and on this host itself. The example
// goes on from there to data and close.
func TestFlow(t *testing.T) {
	c, net := world(t, lab.Options{})
	for _, h := range []struct {
		host *lab.Host
		addr netip.Addr
	}{{peer(t, net), peer(t, net).Addr4}, {peer(t, net), peer(t, net).Addr6}, {c.Host, ip("127.0.0.1")}} {
		l, err := h.host.Listen("tcp", netip.AddrPortFrom(h.addr, 4000).String())
		must(t, err)
		f, err := c.Flow(t.Context(), FlowConfig{Remote: netip.AddrPortFrom(h.addr, 4000)})
		must(t, err)
		must(t, f.Send(t.Context(), segment(f, "", "flags", "S", "seq", 1000)))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		p, err := f.Next(ctx)
		must(t, err)
		if !strings.HasSuffix(p.Summary(), " SA") || tcpField(p, "ack") != 1001 || p.Meta.Time.IsZero() {
			t.Errorf("%s: %s", h.addr, p.Summary())
		}
		cancel()
		must(t, f.Close())
		if _, err := f.Next(t.Context()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
		l.Close()
	}
}

// The guard is asked before the first segment, once, and let go of at the end.
func TestFlowGuard(t *testing.T) {
	_, net := world(t, lab.Options{})
	g := &fakeGuard{}
	e := engineOn(t, net, "client", g)
	f, err := e.Flow(t.Context(), FlowConfig{Remote: netip.MustParseAddrPort("10.99.0.2:80"), Local: netip.MustParseAddrPort("10.99.0.1:5000")})
	must(t, err)
	defer f.Close()
	if !slices.Equal(g.asked, []string{"10.99.0.1:5000 10.99.0.2:80"}) {
		t.Errorf("%q", g.asked)
	}
	for _, bad := range []FlowConfig{{}, {Remote: netip.MustParseAddrPort("10.99.0.2:0")}, {Remote: netip.MustParseAddrPort("198.51.100.1:80")},
		{Remote: netip.MustParseAddrPort("10.99.0.2:80"), Proto: layers.ICMP}, {Remote: netip.MustParseAddrPort("10.99.0.2:80"), Local: netip.MustParseAddrPort("[fd99::1]:1")}} {
		if f, err := e.Flow(t.Context(), bad); err == nil {
			t.Errorf("%+v: opened", bad)
			f.Close()
		}
	}
}

// An ICMP error about a datagram of the flow is the flow's; others' packets are not.
func TestFlowErrors(t *testing.T) {
	c, net := world(t, lab.Options{})
	for _, dst := range both(peer(t, net)) {
		f, err := c.Flow(t.Context(), FlowConfig{Remote: netip.AddrPortFrom(dst, 4242), Proto: layers.UDP})
		must(t, err)
		must(t, f.Send(t.Context(), udp(dst, 7, 4242), udp(dst, int(f.Local.Port()), 4242)))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		p, err := f.Next(ctx)
		must(t, err)
		if !strings.Contains(p.Summary(), "nreach") {
			t.Errorf("%s", p.Summary())
		}
		cancel()
		ctx, cancel = context.WithTimeout(t.Context(), short)
		if p, err := f.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, %v", p, err)
		}
		cancel()
		f.Close()
	}
}

// Close ends a wait.
func TestFlowCloseUnblocks(t *testing.T) {
	c, _ := world(t, lab.Options{})
	f, err := c.Flow(t.Context(), FlowConfig{Remote: netip.MustParseAddrPort("10.99.0.2:80")})
	must(t, err)
	time.AfterFunc(short, func() { f.Close() })
	if _, err := f.Next(t.Context()); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}
