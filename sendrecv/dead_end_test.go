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

	"github.com/vishvananda/netlink"

	"pktsh/lab"
	"pktsh/layers"
	"pktsh/sendrecv/route"
)

func TestDeadEnds(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	big := stack(udp(dst, 1, 7), one(layers.Raw, "load", make([]byte, 2000)))
	onLink(t, c.Host, "lab0", func(nl *netlink.Handle, _ netlink.Link) error {
		return nl.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "off0"}, PeerName: "off1"})
	})
	var tooBig *TooBigError
	var notIP *NotIPError
	for name, tc := range map[string]struct {
		p    *layers.Packet
		o    Options
		l2   bool
		is   error
		as   any
		text string
	}{
		"no route":                {p: udp(ip("198.51.100.1"), 1, 7), is: route.ErrNoRoute, text: "no route to 198.51.100.1"},
		"no IPv6 route":           {p: udp(ip("2001:db8::1"), 1, 7), is: route.ErrNoRoute, text: "no route to 2001:db8::1"},
		"no such interface":       {p: udp(dst, 1, 7), o: Options{Iface: "eth9"}, is: route.ErrNoInterface, text: `"eth9"; there are lo, lab0`},
		"no such interface below": {p: one(layers.Ether), o: Options{Iface: "eth9"}, l2: true, is: route.ErrNoInterface, text: `"eth9"`},
		"interface down":          {p: udp(dst, 1, 7), o: Options{Iface: "off0"}, is: route.ErrInterfaceDown, text: "ip link set off0 up"},
		"interface down below":    {p: one(layers.Ether), o: Options{Iface: "off0"}, l2: true, is: route.ErrInterfaceDown, text: "ip link set off0 up"},
		"MTU":                     {p: big, as: &tooBig, text: "packet of 2033 bytes is larger than the MTU towards its destination, 1500 on lab0"},
		"MTU below":               {p: stack(one(layers.Ether), big), o: Options{Iface: "lab0"}, l2: true, as: &tooBig, text: "2033 bytes"},
		"not IP":                  {p: one(layers.Ether), as: &notIP, text: "got Ether: sendp() and srp()"},
		"empty":                   {p: layers.NewPacket(), text: "the packet is empty"},
	} {
		calls := []func() (Result, error){
			func() (Result, error) { return c.Send(t.Context(), pkts(tc.p), tc.o) },
			func() (Result, error) { return c.SR(t.Context(), pkts(tc.p, tc.p), tc.o) },
		}
		if tc.l2 {
			calls = []func() (Result, error){
				func() (Result, error) { return c.SendP(t.Context(), pkts(tc.p), tc.o) },
				func() (Result, error) { return c.SRP(t.Context(), pkts(tc.p, tc.p), tc.o) },
			}
		}
		for _, call := range calls {
			res, err := call()
			if err == nil || !strings.Contains(err.Error(), tc.text) || tc.is != nil && !errors.Is(err, tc.is) || tc.as != nil && !errors.As(err, tc.as) {
				t.Errorf("%s: %v", name, err)
			}
			if res.Sent != 0 {
				t.Errorf("%s: sent %d", name, res.Sent)
			}
		}
	}
	// Among others it is those alone that are not sent.
	o := Options{Timeout: patience}
	for _, bad := range []*layers.Packet{udp(ip("198.51.100.1"), 1, 7), big} {
		res := c.sr(o, udp(dst, 1, 7), bad, udp(dst, 2, 7))
		if res.AnsweredCount != 2 || len(res.Errors) != 1 || res.Errors[0].Packet != bad || res.Unanswered.Len() != 0 {
			t.Errorf("%+v", res)
		}
	}
}

// Hosts that are not there are no error of the call, and hold nobody up.
func TestUnresolvable(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	// Ask twice and quickly: the default is three times, a second apart.
	for _, family := range []string{"ipv4", "ipv6"} {
		must(t, c.SetSysctl("net."+family+".neigh.lab0.retrans_time_ms", "20"))
		must(t, c.SetSysctl("net."+family+".neigh.lab0.mcast_solicit", "2"))
	}
	for _, dst := range []string{"10.99.0.99", "fd99::99"} {
		for name, call := range map[string]func() (Result, error){
			"SR":   func() (Result, error) { return c.SR(t.Context(), pkts(udp(ip(dst), 1, 7)), Options{}) },
			"Send": func() (Result, error) { return c.Send(t.Context(), pkts(udp(ip(dst), 1, 7)), Options{Loop: true}) },
		} {
			res, err := call()
			must(t, err)
			if res.Sent != 0 || res.Answered.Len()+res.Unanswered.Len() != 0 || len(res.Errors) != 1 || !errors.Is(res.Errors[0], route.ErrNoNeighbour) ||
				!strings.Contains(res.Errors[0].Error(), dst+" on lab0: is the host up") {
				t.Errorf("%s %s: %+v", name, dst, res)
			}
		}
	}
	// A network of which one host is there: the others are asked for side by side.
	var list []*layers.Packet
	a := srv.Addr4.As4()
	for i := range 200 {
		a[3] = byte(1 + i)
		for port := range 3 {
			list = append(list, udp(netip.AddrFrom4(a), 1+port, 7))
		}
	}
	res := c.sr(Options{Timeout: patience}, list...)
	// The first address is this host, the second the server.
	if res.AnsweredCount != 6 || len(res.Errors) != 3*198 {
		t.Errorf("%d answers, %d errors", res.AnsweredCount, len(res.Errors))
	}
	must(t, c.SetSysctl("net.ipv4.neigh.lab0.retrans_time_ms", "60000"))
	ctx, cancel := context.WithTimeout(t.Context(), short)
	defer cancel()
	if res, err := c.SR(ctx, pkts(udp(ip("10.99.0.250"), 1, 7)), Options{}); err != nil || res.Sent != 0 || len(res.Errors) != 0 {
		t.Errorf("cancelled: %+v, %v", res, err)
	}
}

// An interface that comes and goes is usable when it is there.
func TestInterfaceGoesDown(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	probe := udp(dst, 1, 7)
	for range 2 {
		if res := c.sr(Options{Timeout: patience}, probe); res.AnsweredCount != 1 {
			t.Errorf("up: %+v", res)
		}
		onLink(t, c.Host, "lab0", func(nl *netlink.Handle, l netlink.Link) error { return nl.LinkSetDown(l) })
		if _, err := c.SR(t.Context(), pkts(probe), Options{Iface: "lab0"}); !errors.Is(err, route.ErrInterfaceDown) {
			t.Errorf("down: %v", err)
		}
		if _, err := c.SR(t.Context(), pkts(probe), Options{}); !errors.Is(err, route.ErrNoRoute) {
			t.Errorf("down: %v", err)
		}
		onLink(t, c.Host, "lab0", func(nl *netlink.Handle, l netlink.Link) error { return nl.LinkSetUp(l) })
		waitUp(t, c)
	}
	onLink(t, c.Host, "lab0", func(nl *netlink.Handle, l netlink.Link) error { return nl.LinkDel(l) })
	if _, err := c.SR(t.Context(), pkts(probe), Options{Iface: "lab0"}); !errors.Is(err, route.ErrNoInterface) {
		t.Errorf("gone: %v", err)
	}
}

// An interface that goes away ends the wait for answers by it.
func TestInterfaceGoesAway(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(int, func()) {
		onLink(t, c.Host, "lab0", func(nl *netlink.Handle, l netlink.Link) error { return nl.LinkDel(l) })
	})
	res, err := c.SR(t.Context(), pkts(udp(dst, 1, 4000)), Options{})
	if res.Sent != 1 || res.Unanswered.Len() != 1 || !errors.Is(err, route.ErrNoInterface) {
		t.Errorf("%+v, %v", res, err)
	}
}

func waitUp(t *testing.T, c host) {
	t.Helper()
	for range 5000 {
		l, err := c.Table().LinkByName("lab0")
		must(t, err)
		if l.Usable() == nil && slices.ContainsFunc(l.Addrs, func(p netip.Prefix) bool { return p.Addr() == c.Addr4 }) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("lab0 does not come up")
}

func TestClosedEngine(t *testing.T) {
	c, net := world(t, lab.Options{})
	e, err := New(Config{NS: c.NS})
	must(t, err)
	must(t, e.Close())
	must(t, e.Close())
	if _, err := e.SR(t.Context(), pkts(udp(peer(t, net).Addr4, 1, 7)), Options{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("%v", err)
	}
}
