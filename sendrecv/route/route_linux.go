// Package route answers where a packet would go: through which interface, from
// which address, to which next hop. It asks the kernel at the moment of the
// question, so policy routing and changes just made are followed. It knows
// nothing of packets' contents.
package route

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// Causes that a caller may want to tell apart; errors.Is finds them.
var (
	ErrNoRoute     = errors.New("no route")
	ErrNoInterface = errors.New("no such interface")
	ErrNoNeighbour = errors.New("no answer")
)

// Table is a namespace's view of the network. It is safe for concurrent use.
type Table struct{ h *netlink.Handle }

// Open opens a table on a namespace; nil is the process's own.
func Open(ns *netns.NS) (*Table, error) {
	t := &Table{}
	err := ns.Do(func() (err error) {
		t.h, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open routing socket: %w", err)
	}
	return t, nil
}

// Close lets go of the sockets.
func (t *Table) Close() { t.h.Close() }

// Route is where a packet goes.
type Route struct {
	Ifindex int
	Ifname  string
	Src     netip.Addr // what the kernel would send from
	NextHop netip.Addr // the gateway, or the destination itself
	MTU     int
	Local   bool // the destination is this host
	Ether   bool // the interface has Ethernet headers
	MAC     net.HardwareAddr
}

// Lookup asks the kernel for the route to dst (`ip route get`). oif, if not
// empty, is the interface to leave by.
func (t *Table) Lookup(dst netip.Addr, oif string) (Route, error) {
	opts := &netlink.RouteGetOptions{Oif: oif}
	if z := dst.Zone(); z != "" && oif == "" {
		opts.Oif = z
	}
	if opts.Oif != "" {
		l, err := t.link(opts.Oif)
		if err != nil {
			return Route{}, err
		}
		opts.Oif, opts.OifIndex = "", l.Attrs().Index
	}
	rs, err := t.h.RouteGetWithOptions(net.IP(dst.AsSlice()), opts)
	if err != nil || len(rs) == 0 {
		if err == nil || errors.Is(err, unix.ENETUNREACH) || errors.Is(err, unix.EHOSTUNREACH) || errors.Is(err, unix.EINVAL) || errors.Is(err, unix.EACCES) {
			return Route{}, fmt.Errorf("%w to %s: see `ip route`, or name an interface with iface=", ErrNoRoute, dst)
		}
		return Route{}, fmt.Errorf("look up the route to %s: %w", dst, err)
	}
	r := rs[0]
	link, err := t.h.LinkByIndex(r.LinkIndex)
	if err != nil {
		return Route{}, fmt.Errorf("look up interface %d: %w", r.LinkIndex, err)
	}
	a := link.Attrs()
	out := Route{Ifindex: a.Index, Ifname: a.Name, NextHop: dst.WithZone(""), MTU: a.MTU, Local: r.Type == unix.RTN_LOCAL,
		Ether: a.EncapType == "ether", MAC: a.HardwareAddr}
	if r.MTU > 0 {
		out.MTU = r.MTU
	}
	if s, ok := netip.AddrFromSlice(r.Src); ok {
		out.Src = s.Unmap()
	}
	if g, ok := netip.AddrFromSlice(r.Gw); ok && len(r.Gw) > 0 {
		out.NextHop = g.Unmap()
	}
	return out, nil
}

func (t *Table) link(name string) (netlink.Link, error) {
	l, err := t.h.LinkByName(name)
	if err == nil {
		return l, nil
	}
	have := ""
	if all, err := t.h.LinkList(); err == nil {
		for _, l := range all {
			have += " " + l.Attrs().Name
		}
	}
	return nil, fmt.Errorf("%w: %q; there are%s", ErrNoInterface, name, have)
}

// Link is an interface as plain data.
type Link struct {
	Index    int
	Name     string
	MAC      net.HardwareAddr
	MTU      int
	Up       bool
	Loopback bool
	Ether    bool
	Addrs    []netip.Prefix
}

// Links are all interfaces with their addresses.
func (t *Table) Links() ([]Link, error) {
	all, err := t.h.LinkList()
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	var out []Link
	for _, l := range all {
		out = append(out, t.plain(l))
	}
	return out, nil
}

func (t *Table) plain(l netlink.Link) Link {
	a := l.Attrs()
	out := Link{Index: a.Index, Name: a.Name, MAC: a.HardwareAddr, MTU: a.MTU, Up: a.Flags&net.FlagUp != 0,
		Loopback: a.Flags&net.FlagLoopback != 0, Ether: a.EncapType == "ether"}
	addrs, err := t.h.AddrList(l, unix.AF_UNSPEC)
	if err != nil {
		return out // the interface went away
	}
	for _, ad := range addrs {
		if ip, ok := netip.AddrFromSlice(ad.IP); ok {
			ones, _ := ad.Mask.Size()
			out.Addrs = append(out.Addrs, netip.PrefixFrom(ip.Unmap(), ones))
		}
	}
	return out
}

// LinkByName is one interface.
func (t *Table) LinkByName(name string) (Link, error) {
	l, err := t.link(name)
	if err != nil {
		return Link{}, err
	}
	return t.plain(l), nil
}

// Default is the interface of the default route; without one, the first that is
// up and not loopback, else loopback.
func (t *Table) Default() (Link, error) {
	for _, dst := range []string{"192.0.2.1", "2001:db8::1"} { // documentation addresses: no more specific route leads there
		if r, err := t.Lookup(netip.MustParseAddr(dst), ""); err == nil {
			return t.LinkByName(r.Ifname)
		}
	}
	all, err := t.Links()
	if err != nil {
		return Link{}, err
	}
	for _, wantLo := range []bool{false, true} {
		for _, l := range all {
			if l.Up && l.Loopback == wantLo {
				return l, nil
			}
		}
	}
	return Link{}, fmt.Errorf("%w: no interface is up", ErrNoInterface)
}

// known tells the neighbour states whose address may be used (rtnetlink(7)).
const known = netlink.NUD_REACHABLE | netlink.NUD_STALE | netlink.NUD_DELAY | netlink.NUD_PROBE | netlink.NUD_PERMANENT | netlink.NUD_NOARP

// Neighbour is the link address of a next hop: from the kernel's table, else
// after making the kernel ask for it. It gives up when the kernel does.
func (t *Table) Neighbour(ctx context.Context, ifindex int, hop netip.Addr) (net.HardwareAddr, error) {
	asked := false
	deadline := time.Now().Add(4 * time.Second)
	for pause := 200 * time.Microsecond; ; pause = min(pause*2, 20*time.Millisecond) {
		mac, failed, err := t.neighbour(ifindex, hop)
		if mac != nil || err != nil {
			return mac, err
		}
		if asked && (failed || time.Now().After(deadline)) {
			return nil, fmt.Errorf("%w to ARP or neighbour discovery for %s: is the host up and on this link?", ErrNoNeighbour, hop)
		}
		if !asked || failed {
			// NTF_USE makes the kernel resolve the entry as if it had a packet for it.
			err := t.h.NeighSet(&netlink.Neigh{LinkIndex: ifindex, IP: net.IP(hop.AsSlice()), Family: family(hop), Flags: netlink.NTF_USE, State: netlink.NUD_NONE})
			if err != nil {
				return nil, fmt.Errorf("resolve %s: %w", hop, err)
			}
			asked = true
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

func family(a netip.Addr) int {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

func (t *Table) neighbour(ifindex int, hop netip.Addr) (mac net.HardwareAddr, failed bool, err error) {
	list, err := t.h.NeighList(ifindex, family(hop))
	if err != nil {
		return nil, false, fmt.Errorf("list neighbours: %w", err)
	}
	for _, n := range list {
		ip, _ := netip.AddrFromSlice(n.IP)
		if ip.Unmap() != hop {
			continue
		}
		if n.State&known != 0 && len(n.HardwareAddr) > 0 {
			return n.HardwareAddr, false, nil
		}
		return nil, n.State&netlink.NUD_FAILED != 0, nil
	}
	return nil, false, nil
}
