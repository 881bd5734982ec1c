package route

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// host is a namespace made for one test.
type host struct {
	t testing.TB
	*Table
	ns *netns.NS
	nl *netlink.Handle
}

func newHost(t testing.TB) *host {
	t.Helper()
	ns, err := netns.New("test")
	if errors.Is(err, os.ErrPermission) {
		t.Skipf("needs root or user namespaces: %v", err)
	}
	must(t, err)
	t.Cleanup(func() { ns.Close() })
	h := &host{t: t, ns: ns}
	must(t, ns.Do(func() error {
		h.nl, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	}))
	t.Cleanup(h.nl.Close)
	h.Table, err = Open(ns)
	must(t, err)
	t.Cleanup(h.Table.Close)
	h.up("lo")
	return h
}

func (h *host) link(name string) netlink.Link {
	h.t.Helper()
	l, err := h.nl.LinkByName(name)
	must(h.t, err)
	return l
}

func (h *host) up(name string) {
	h.t.Helper()
	must(h.t, h.nl.LinkSetUp(h.link(name)))
}

func (h *host) addr(ifname string, cidrs ...string) {
	h.t.Helper()
	for _, c := range cidrs {
		a, err := netlink.ParseAddr(c)
		must(h.t, err)
		if a.IP.To4() == nil {
			a.Flags = unix.IFA_F_NODAD // usable at once
		}
		must(h.t, h.nl.AddrAdd(h.link(ifname), a))
		h.waitLocal(a.IP)
	}
}

// waitLocal waits until the kernel takes an address for its own. For IPv6 it adds
// the route a moment after the address (addrconf_dad_work, net/ipv6/addrconf.c).
func (h *host) waitLocal(ip net.IP) {
	h.t.Helper()
	for range 5000 {
		rs, err := h.nl.RouteGet(ip)
		if err == nil && len(rs) > 0 && rs[0].Type == unix.RTN_LOCAL || ip.IsLinkLocalUnicast() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	h.t.Fatalf("%s did not become local", ip)
}

// route adds "net [via gateway] [dev ifname] [table n] [src a] [mtu n] [type t]".
func (h *host) route(r netlink.Route) {
	h.t.Helper()
	must(h.t, h.nl.RouteAdd(&r))
}

func cidr(s string) *net.IPNet {
	_, n, err := net.ParseCIDR(s)
	if err != nil {
		panic(err)
	}
	return n
}

// pair joins two new hosts by a veth pair v0–v0 with 10.0.0.1/24, fd00::1/64 and 10.0.0.2/24, fd00::2/64.
func pair(t testing.TB) (a, b *host) {
	t.Helper()
	a, b = newHost(t), newHost(t)
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.HardwareAddr, attrs.MTU = "v0", net.HardwareAddr{2, 0, 0, 0, 0, 1}, 1500
	must(t, a.nl.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "v0", PeerHardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 2},
		PeerNamespace: netlink.NsFd(b.ns.Fd()), PeerMTU: 1500}))
	for _, h := range []*host{a, b} {
		// No link-local address of its own making: it would be tentative for a second.
		must(t, h.ns.Do(func() error { return os.WriteFile("/proc/sys/net/ipv6/conf/v0/addr_gen_mode", []byte("1"), 0) }))
		h.up("v0")
	}
	for _, h := range []*host{a, b} {
		for range 5000 {
			if h.link("v0").Attrs().OperState == netlink.OperUp {
				break
			}
			time.Sleep(time.Millisecond)
		}
	}
	a.addr("v0", "10.0.0.1/24", "fd00::1/64", "fe80::1/64")
	b.addr("v0", "10.0.0.2/24", "fd00::2/64", "fe80::2/64")
	return a, b
}

// spare gives the host another interface, which is up and leads nowhere.
func (h *host) spare(name string, mtu int) {
	h.t.Helper()
	must(h.t, h.nl.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: name, MTU: mtu}, PeerName: name + "-"}))
	h.up(name + "-")
	h.up(name)
}

func (h *host) get(q Query) Route {
	h.t.Helper()
	r, err := h.Get(q)
	if err != nil {
		h.t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }
