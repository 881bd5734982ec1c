package route

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

func TestLookup(t *testing.T) {
	h, _ := pair(t)
	v0 := h.link("v0").Attrs().Index
	h.addr("v0", "10.0.1.1/24", "10.0.0.77/24")
	h.spare("d0", 1400)
	h.addr("d0", "192.168.5.1/24")
	h.route(netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP("10.0.0.2")})
	h.route(netlink.Route{Dst: cidr("::/0"), Gw: net.ParseIP("fd00::2")})
	h.route(netlink.Route{Dst: cidr("172.16.0.0/16"), Gw: net.ParseIP("10.0.0.9"), MTU: 1300, Src: net.ParseIP("10.0.1.1")})
	h.route(netlink.Route{Dst: cidr("172.17.0.0/16"), LinkIndex: v0, Via: &netlink.Via{AddrFamily: unix.AF_INET6, Addr: net.ParseIP("fd00::2")}})

	for _, tc := range []struct {
		name    string
		q       Query
		ifname  string
		typ     Type
		src     string
		nextHop string
		mtu     int
	}{
		{"on the link", Query{Dst: ip("10.0.0.2")}, "v0", Unicast, "10.0.0.1", "10.0.0.2", 1500},
		{"source on the destination's own subnet", Query{Dst: ip("10.0.1.9")}, "v0", Unicast, "10.0.1.1", "10.0.1.9", 1500},
		{"another address of the subnet chosen", Query{Dst: ip("10.0.0.2"), Src: ip("10.0.0.77")}, "v0", Unicast, "10.0.0.77", "10.0.0.2", 1500},
		{"a source of IPv6", Query{Dst: ip("10.0.0.2"), Src: ip("fd00::1")}, "v0", Unicast, "10.0.0.1", "10.0.0.2", 1500},
		{"IPv6 source chosen", Query{Dst: ip("fd00::2"), Src: ip("fd00::1")}, "v0", Unicast, "fd00::1", "fd00::2", 1500},
		{"IPv6 source of somebody else's", Query{Dst: ip("fd00::2"), Src: ip("2001:db8::7")}, "v0", Unicast, "2001:db8::7", "fd00::2", 1500},
		{"a source of somebody else's", Query{Dst: ip("10.0.0.2"), Src: ip("198.51.100.7")}, "v0", Unicast, "10.0.0.1", "10.0.0.2", 1500},
		{"by the gateway", Query{Dst: ip("192.0.2.1")}, "v0", Unicast, "10.0.0.1", "10.0.0.2", 1500},
		{"route with MTU and source", Query{Dst: ip("172.16.3.4")}, "v0", Unicast, "10.0.1.1", "10.0.0.9", 1300},
		{"IPv4 by an IPv6 gateway", Query{Dst: ip("172.17.3.4")}, "v0", Unicast, "10.0.0.1", "fd00::2", 1500},
		{"interface asked for", Query{Dst: ip("192.0.2.1"), Oif: "d0"}, "d0", Unicast, "192.168.5.1", "192.0.2.1", 1400},
		{"second interface", Query{Dst: ip("192.168.5.9")}, "d0", Unicast, "192.168.5.1", "192.168.5.9", 1400},
		{"IPv6 on the link", Query{Dst: ip("fd00::2")}, "v0", Unicast, "fd00::1", "fd00::2", 1500},
		{"IPv6 by the gateway", Query{Dst: ip("2001:db8::1")}, "v0", Unicast, "fd00::1", "fd00::2", 1500},
		{"link-local with a zone", Query{Dst: ip("fe80::2%v0")}, "v0", Unicast, "fe80::1", "fe80::2", 1500},
		{"link-local by interface", Query{Dst: ip("fe80::2"), Oif: "v0"}, "v0", Unicast, "fe80::1", "fe80::2", 1500},
		{"loopback", Query{Dst: ip("127.0.0.1")}, "lo", Local, "127.0.0.1", "127.0.0.1", 65536},
		{"loopback network", Query{Dst: ip("127.9.9.9")}, "lo", Local, "127.0.0.1", "127.9.9.9", 65536},
		{"IPv6 loopback", Query{Dst: ip("::1")}, "lo", Local, "::1", "::1", 65536},
		{"own address", Query{Dst: ip("10.0.0.1")}, "lo", Local, "10.0.0.1", "10.0.0.1", 65536},
		{"own IPv6 address", Query{Dst: ip("fd00::1")}, "lo", Local, "fd00::1", "fd00::1", 65536},
		{"subnet broadcast", Query{Dst: ip("10.0.0.255")}, "v0", Broadcast, "10.0.0.1", "10.0.0.255", 1500},
		{"limited broadcast", Query{Dst: ip("255.255.255.255"), Oif: "v0"}, "v0", Broadcast, "10.0.0.1", "255.255.255.255", 1500},
		{"multicast", Query{Dst: ip("224.0.0.251")}, "v0", Multicast, "10.0.0.1", "224.0.0.251", 1500},
		{"IPv6 multicast", Query{Dst: ip("ff02::1%v0")}, "v0", Multicast, "fe80::1", "ff02::1", 1500},
		{"IPv4 as IPv6", Query{Dst: ip("::ffff:10.0.0.2")}, "v0", Unicast, "10.0.0.1", "10.0.0.2", 1500},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h.t = t
			r := h.get(tc.q)
			if r.Ifname != tc.ifname || r.Type != tc.typ || r.Src != ip(tc.src) || r.NextHop != ip(tc.nextHop) || r.MTU != tc.mtu ||
				r.Local != (tc.typ == Local) || r.Ifindex != r.Index || r.Gateway.IsValid() != (r.NextHop != tc.q.Dst.Unmap().WithZone("")) {
				t.Errorf("got  %+v\nwant %+v", r, tc)
			}
		})
	}
}

// Rules by source address and by mark decide as they do for the kernel's packets.
func TestPolicyRouting(t *testing.T) {
	h, _ := pair(t)
	h.addr("v0", "10.0.0.50/24")
	h.route(netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP("10.0.0.2")})
	h.route(netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP("10.0.0.3"), Table: 100})
	h.route(netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP("10.0.0.4"), Table: 101})
	bySrc, byMark := netlink.NewRule(), netlink.NewRule()
	bySrc.Src, bySrc.Table, bySrc.Priority = cidr("10.0.0.50/32"), 100, 10
	byMark.Mark, byMark.Table, byMark.Priority = 5, 101, 11
	must(t, h.nl.RuleAdd(bySrc))
	must(t, h.nl.RuleAdd(byMark))
	for _, tc := range []struct {
		q    Query
		want string
	}{
		{Query{Dst: ip("192.0.2.1")}, "10.0.0.2"},
		{Query{Dst: ip("192.0.2.1"), Src: ip("10.0.0.50")}, "10.0.0.3"},
		{Query{Dst: ip("192.0.2.1"), Mark: 5}, "10.0.0.4"},
	} {
		if r := h.get(tc.q); r.Gateway != ip(tc.want) {
			t.Errorf("%+v: by %s, want %s", tc.q, r.Gateway, tc.want)
		}
	}
}

// What was changed a moment ago counts.
func TestNeverStale(t *testing.T) {
	h, _ := pair(t)
	if _, err := h.Lookup(ip("192.0.2.1"), ""); !errors.Is(err, ErrNoRoute) {
		t.Fatal(err)
	}
	for _, gw := range []string{"10.0.0.2", "10.0.0.3"} {
		must(t, h.nl.RouteReplace(&netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP(gw)}))
		if r := h.get(Query{Dst: ip("192.0.2.1")}); r.Gateway != ip(gw) {
			t.Errorf("by %s, want %s", r.Gateway, gw)
		}
	}
	must(t, h.nl.LinkSetMTU(h.link("v0"), 1280))
	if r := h.get(Query{Dst: ip("10.0.0.2")}); r.MTU != 1280 {
		t.Errorf("MTU %d", r.MTU)
	}
}

// What is remembered of an interface is what the kernel says of it.
func TestLinkNeverStale(t *testing.T) {
	h, peer := pair(t)
	v := h.link("v0")
	index := v.Attrs().Index
	for _, c := range []struct {
		change string
		do     func() error
		done   func(Link) bool
	}{
		{"MTU", func() error { return h.nl.LinkSetMTU(v, 1300) }, func(l Link) bool { return l.MTU == 1300 }},
		{"address", func() error { return h.nl.LinkSetHardwareAddr(v, net.HardwareAddr{2, 0, 0, 0, 0, 9}) }, func(l Link) bool { return l.MAC[5] == 9 }},
		{"ARP", func() error { return h.nl.LinkSetARPOff(v) }, func(l Link) bool { return l.NoARP }},
		{"name", func() error { return h.nl.LinkSetName(v, "v9") }, func(l Link) bool { return l.Name == "v9" }},
		{"down", func() error { return h.nl.LinkSetDown(v) }, func(l Link) bool { return !l.Up }},
		{"up", func() error { return h.nl.LinkSetUp(v) }, func(l Link) bool { return l.Up }},
	} {
		_, err := h.LinkByIndex(index) // is remembered
		must(t, err)
		must(t, c.do())
		l, err := h.LinkByIndex(index)
		must(t, err)
		if !c.done(l) {
			t.Errorf("%s: %+v", c.change, l)
		}
	}
	// The kernel itself hears of a carrier that is gone a little later (linkwatch).
	must(t, peer.nl.LinkSetDown(peer.link("v0")))
	for give := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		l, err := h.LinkByIndex(index)
		must(t, err)
		if errors.Is(l.Usable(), ErrNoCarrier) {
			break
		}
		if time.Now().After(give) {
			t.Fatalf("carrier: %+v", l)
		}
	}
	must(t, h.nl.LinkDel(v))
	if l, err := h.LinkByIndex(index); !errors.Is(err, ErrNoInterface) {
		t.Errorf("deleted: %+v, %v", l, err)
	}
}

func TestDeadEnds(t *testing.T) {
	h, _ := pair(t)
	for dst, typ := range map[string]int{
		"192.0.2.0/28": unix.RTN_BLACKHOLE, "192.0.2.16/28": unix.RTN_UNREACHABLE, "192.0.2.32/28": unix.RTN_PROHIBIT,
		"2001:db8:1::/48": unix.RTN_BLACKHOLE, "2001:db8:2::/48": unix.RTN_UNREACHABLE, "2001:db8:3::/48": unix.RTN_PROHIBIT,
	} {
		h.route(netlink.Route{Dst: cidr(dst), Type: typ})
	}
	h.spare("off0", 1500)
	must(t, h.nl.LinkSetDown(h.link("off0")))
	for _, tc := range []struct {
		q    Query
		kind error
		text string
	}{
		{Query{Dst: ip("198.51.100.1")}, ErrNoRoute, "no route to 198.51.100.1: see `ip route`, or name an interface with iface="},
		{Query{Dst: ip("2001:db8::1")}, ErrNoRoute, "no route to 2001:db8::1"},
		{Query{Dst: ip("192.0.2.1")}, ErrForbidden, "no route to 192.0.2.1: a blackhole route says so"},
		{Query{Dst: ip("192.0.2.1"), Src: ip("10.0.0.1")}, ErrForbidden, "a blackhole route"},
		{Query{Dst: ip("192.0.2.17")}, ErrForbidden, "an unreachable route"},
		{Query{Dst: ip("192.0.2.33")}, ErrForbidden, "a prohibit route"},
		{Query{Dst: ip("192.0.2.33")}, ErrNoRoute, "a prohibit route"},
		{Query{Dst: ip("2001:db8:1::1")}, ErrForbidden, "a blackhole route"},
		{Query{Dst: ip("2001:db8:2::1")}, ErrForbidden, "an unreachable route"},
		{Query{Dst: ip("2001:db8:3::1")}, ErrForbidden, "a prohibit route"},
		{Query{Dst: ip("10.0.0.2"), Oif: "eth7"}, ErrNoInterface, `no such interface: "eth7"; there are lo, v0, off0-, off0`},
		{Query{Dst: ip("10.0.0.2"), Oif: "a-name-longer-than-any"}, ErrNoInterface, "no such interface"},
		{Query{Dst: ip("10.0.0.2"), Oif: "off0"}, ErrInterfaceDown, "interface off0 is down: sudo ip link set off0 up"},
		{Query{Dst: ip("fe80::2%eth7")}, ErrNoInterface, `"eth7"`},
		{Query{}, nil, "got no destination"},
	} {
		_, err := h.Get(tc.q)
		if err == nil || tc.kind != nil && !errors.Is(err, tc.kind) || !strings.Contains(err.Error(), tc.text) {
			t.Errorf("%+v: got %v, want %q", tc.q, err, tc.text)
		}
	}
	must(t, h.nl.LinkDel(h.link("v0")))
	if _, err := h.Lookup(ip("10.0.0.2"), ""); !errors.Is(err, ErrNoRoute) {
		t.Errorf("interface gone: %v", err)
	}
	if _, err := h.Neighbour(t.Context(), 4242, ip("10.0.0.2")); !errors.Is(err, ErrNoInterface) {
		t.Errorf("neighbour on a missing interface: %v", err)
	}
}

func TestLinks(t *testing.T) {
	h, _ := pair(t)
	must(t, h.ns.Do(func() error {
		tun := &netlink.Tuntap{LinkAttrs: netlink.LinkAttrs{Name: "tun0"}, Mode: netlink.TUNTAP_MODE_TUN, Flags: netlink.TUNTAP_NO_PI, NonPersist: false}
		return h.nl.LinkAdd(tun)
	}))
	h.up("tun0")
	all, err := h.Links()
	must(t, err)
	byName := map[string]Link{}
	for _, l := range all {
		byName[l.Name] = l
	}
	v := byName["v0"]
	if v.MAC.String() != "02:00:00:00:00:01" || !v.Up || !v.Running || !v.Ether || v.Loopback || v.MTU != 1500 || v.Usable() != nil ||
		!slices.Contains(v.Addrs, netip.MustParsePrefix("10.0.0.1/24")) || !slices.Contains(v.Addrs, netip.MustParsePrefix("fd00::1/64")) {
		t.Errorf("v0: %+v", v)
	}
	if lo := byName["lo"]; !lo.Loopback || lo.Ether || len(lo.MAC) != 6 || !slices.Contains(lo.Addrs, netip.MustParsePrefix("127.0.0.1/8")) {
		t.Errorf("lo: %+v", lo)
	}
	// Nobody holds the other end of tun0.
	if tun := byName["tun0"]; tun.Ether || tun.MAC != nil || tun.HardwareType != unix.ARPHRD_NONE || !tun.NoARP || !errors.Is(tun.Usable(), ErrNoCarrier) {
		t.Errorf("tun0: %+v, %v", tun, tun.Usable())
	}
	got, err := h.LinkByName("v0")
	must(t, err)
	if got.Index != v.Index || !slices.Equal(got.Addrs, v.Addrs) {
		t.Errorf("LinkByName: %+v", got)
	}
}

func TestDefault(t *testing.T) {
	h := newHost(t)
	l, err := h.Default()
	must(t, err)
	if l.Name != "lo" {
		t.Errorf("alone: %s", l.Name)
	}
	for _, n := range []string{"d0", "d1"} {
		h.spare(n, 1500)
	}
	h.addr("d1", "10.0.0.1/24")
	if l, err = h.Default(); err != nil || l.Name != "d0-" {
		t.Errorf("no default route: %s, %v; want the first that is up", l.Name, err)
	}
	h.route(netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP("10.0.0.2")})
	if l, err = h.Default(); err != nil || l.Name != "d1" {
		t.Errorf("default route: %s, %v", l.Name, err)
	}
}

func TestRoutes(t *testing.T) {
	h, _ := pair(t)
	h.route(netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP("10.0.0.2"), Priority: 50})
	h.route(netlink.Route{Dst: cidr("192.0.2.0/24"), Type: unix.RTN_BLACKHOLE})
	all, err := h.Routes()
	must(t, err)
	for _, want := range []Entry{
		{Dst: netip.MustParsePrefix("0.0.0.0/0"), Gateway: ip("10.0.0.2"), Ifname: "v0", Type: Unicast, Metric: 50, Table: unix.RT_TABLE_MAIN},
		{Dst: netip.MustParsePrefix("10.0.0.0/24"), Src: ip("10.0.0.1"), Ifname: "v0", Type: Unicast, Table: unix.RT_TABLE_MAIN},
		{Dst: netip.MustParsePrefix("192.0.2.0/24"), Type: unix.RTN_BLACKHOLE, Table: unix.RT_TABLE_MAIN},
		{Dst: netip.MustParsePrefix("fd00::/64"), Ifname: "v0", Type: Unicast, Metric: 256, Table: unix.RT_TABLE_MAIN},
	} {
		if !slices.Contains(all, want) {
			t.Errorf("no %+v in %+v", want, all)
		}
	}
}

func TestNeighbour(t *testing.T) {
	h, _ := pair(t)
	for _, dst := range []string{"10.0.0.2", "fd00::2", "fe80::2%v0"} {
		r := h.get(Query{Dst: ip(dst)})
		if _, ok, err := h.KnownLinkDest(&r); ok || err != nil {
			t.Errorf("%s: known already: %v", dst, err)
		}
		for range 2 { // resolved, then from the table
			mac, err := h.LinkDest(t.Context(), &r)
			if err != nil || mac.String() != "02:00:00:00:00:02" {
				t.Errorf("%s: %s, %v", dst, mac, err)
			}
		}
		mac, err := h.Neighbour(t.Context(), r.Ifindex, r.NextHop)
		if err != nil || mac.String() != "02:00:00:00:00:02" {
			t.Errorf("%s: %s, %v", dst, mac, err)
		}
	}
	// An entry by hand counts, and changes count at once.
	r := h.get(Query{Dst: ip("10.0.0.99")})
	for _, want := range []string{"02:aa:00:00:00:99", "02:bb:00:00:00:99"} {
		mac, _ := net.ParseMAC(want)
		must(t, h.nl.NeighSet(&netlink.Neigh{LinkIndex: r.Ifindex, IP: net.ParseIP("10.0.0.99"), HardwareAddr: mac, State: netlink.NUD_PERMANENT}))
		if got, err := h.LinkDest(t.Context(), &r); err != nil || got.String() != want {
			t.Errorf("%s, %v", got, err)
		}
	}
}

func TestNeighbourThatIsNotThere(t *testing.T) {
	h, _ := pair(t)
	// Ask once and quickly: the default is three times, a second apart.
	for _, family := range []string{"ipv4", "ipv6"} {
		must(t, h.ns.Do(func() error {
			if err := os.WriteFile("/proc/sys/net/"+family+"/neigh/v0/retrans_time_ms", []byte("20"), 0); err != nil {
				return err
			}
			return os.WriteFile("/proc/sys/net/"+family+"/neigh/v0/mcast_solicit", []byte("2"), 0)
		}))
	}
	for _, dst := range []string{"10.0.0.9", "fd00::9"} {
		r := h.get(Query{Dst: ip(dst)})
		for range 2 { // a failure that the kernel has in mind is asked for anew
			_, err := h.LinkDest(t.Context(), &r)
			var ne *NeighbourError
			if !errors.Is(err, ErrNoNeighbour) || !errors.As(err, &ne) || ne.Addr != ip(dst) || ne.Ifname != "v0" {
				t.Errorf("%s: %v", dst, err)
			}
		}
	}
	must(t, h.ns.Do(func() error { return os.WriteFile("/proc/sys/net/ipv4/neigh/v0/retrans_time_ms", []byte("60000"), 0) }))
	r := h.get(Query{Dst: ip("10.0.0.10")})
	short, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	if _, err := h.LinkDest(short, &r); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestFixedLinkDest(t *testing.T) {
	h, _ := pair(t)
	h.route(netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: net.ParseIP("10.0.0.2")})
	h.spare("d0", 1500)
	must(t, h.nl.LinkSetARPOff(h.link("d0")))
	must(t, h.nl.LinkSetHardwareAddr(h.link("d0"), net.HardwareAddr{2, 0, 0, 0, 0, 0xd}))
	h.addr("d0", "192.168.5.1/24")
	for dst, want := range map[string]string{
		"10.0.0.255":        "ff:ff:ff:ff:ff:ff",
		"224.0.0.251":       "01:00:5e:00:00:fb",
		"239.255.129.2":     "01:00:5e:7f:81:02", // the top bit of the second octet is not mapped
		"ff02::1:ff00:2%v0": "33:33:ff:00:00:02",
		"192.168.5.9":       "02:00:00:00:00:0d", // no ARP there: the kernel takes its own
	} {
		r := h.get(Query{Dst: ip(dst)})
		if mac, err := h.LinkDest(t.Context(), &r); err != nil || mac.String() != want {
			t.Errorf("%s: %s, %v; want %s", dst, mac, err, want)
		}
	}
	for _, dst := range []string{"127.0.0.1", "10.0.0.1"} {
		r := h.get(Query{Dst: ip(dst)})
		if mac, err := h.LinkDest(t.Context(), &r); err != nil || mac != nil {
			t.Errorf("%s: %s, %v; want none", dst, mac, err)
		}
	}
}

func BenchmarkGet(b *testing.B) {
	h, _ := pair(b)
	dst := ip("10.0.0.2")
	for b.Loop() {
		h.get(Query{Dst: dst})
	}
}

func BenchmarkKnownLinkDest(b *testing.B) {
	h, _ := pair(b)
	r := h.get(Query{Dst: ip("10.0.0.2")})
	_, err := h.LinkDest(b.Context(), &r)
	must(b, err)
	for b.Loop() {
		if _, ok, err := h.KnownLinkDest(&r); !ok || err != nil {
			b.Fatal(err)
		}
	}
}
