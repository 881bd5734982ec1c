package lab

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const defaultMTU = 1500

// connect makes a veth pair with one end in each host and brings it into use.
func (l *Lab) connect(spec LinkSpec) error {
	a, err := l.Host(spec.A.Host)
	if err != nil {
		return err
	}
	b, err := l.Host(spec.B.Host)
	if err != nil {
		return err
	}
	mtu := spec.MTU
	if mtu == 0 {
		mtu = defaultMTU
	}
	nameA := fmt.Sprintf("lab%d", len(a.Ifaces))
	nameB := fmt.Sprintf("lab%d", len(b.Ifaces))
	if a == b {
		nameB = fmt.Sprintf("lab%d", len(b.Ifaces)+1)
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.MTU, attrs.HardwareAddr = nameA, mtu, spec.A.MAC
	queues := max(spec.Queues, 1)
	attrs.NumTxQueues, attrs.NumRxQueues = queues, queues
	// The far end is born in its namespace: it never exists anywhere else, so
	// its name cannot clash with an interface of the process's own namespace.
	if err := a.nl.LinkAdd(&netlink.Veth{
		LinkAttrs:        attrs,
		PeerName:         nameB,
		PeerMTU:          uint32(mtu),
		PeerHardwareAddr: spec.B.MAC,
		PeerNumTxQueues:  uint32(queues),
		PeerNumRxQueues:  uint32(queues),
		PeerNamespace:    netlink.NsFd(b.NS.Fd()),
	}); err != nil {
		return fmt.Errorf("make veth %s/%s to %s/%s: %w", a.Name, nameA, b.Name, nameB, err)
	}
	// Both ends go up before either gets addresses: an end without a carrier
	// throws packets away without telling.
	for _, e := range []struct {
		h    *Host
		name string
	}{{a, nameA}, {b, nameB}} {
		if !spec.Offloads {
			if err := e.h.Do(func() error { return offloadsOff(e.name) }); err != nil {
				return fmt.Errorf("%s/%s: %w", e.h.Name, e.name, err)
			}
		}
		if err := e.h.raise(e.name); err != nil {
			return err
		}
		if spec.GRO {
			if err := e.h.Do(func() error { return SetGRO(e.name, true) }); err != nil {
				return fmt.Errorf("%s/%s: %w", e.h.Name, e.name, err)
			}
		}
	}
	if err := a.address(nameA, spec.A, mtu, b.Name+"/"+nameB); err != nil {
		return err
	}
	return b.address(nameB, spec.B, mtu, a.Name+"/"+nameA)
}

// raise brings an interface up.
func (h *Host) raise(name string) error {
	link, err := h.nl.LinkByName(name)
	if err == nil {
		err = h.nl.LinkSetUp(link)
	}
	if err != nil {
		return fmt.Errorf("bring up %s/%s: %w", h.Name, name, err)
	}
	return nil
}

// address gives an end its addresses, usable at once, and records it in Ifaces.
func (h *Host) address(name string, e End, mtu int, peer string) error {
	link, err := h.awaitCarrier(name)
	if err != nil {
		return err
	}
	ifc := Iface{Name: name, Index: link.Attrs().Index, MAC: e.MAC, MTU: mtu, Peer: peer}
	for _, p := range e.Addrs {
		if p.Addr().Is6() && !h.hasIPv6() {
			continue
		}
		addr := &netlink.Addr{IPNet: &net.IPNet{
			IP:   p.Addr().AsSlice(),
			Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}}
		if p.Addr().Is6() {
			// Without it the address is "tentative" until duplicate address
			// detection ends, and nothing can be bound to it.
			addr.Flags = unix.IFA_F_NODAD
		}
		if err := h.nl.AddrAdd(link, addr); err != nil {
			return fmt.Errorf("add address %s to %s/%s: %w", p, h.Name, name, err)
		}
		ifc.Addrs = append(ifc.Addrs, p)
	}
	if len(h.Ifaces) == 0 {
		h.MAC = ifc.MAC
		h.Addr4 = firstAddr(ifc.Addrs, netip.Addr.Is4)
		h.Addr6 = firstAddr(ifc.Addrs, netip.Addr.Is6)
	}
	h.Ifaces = append(h.Ifaces, ifc)
	return nil
}

// firstAddr is the first address of a family that is not link-local.
func firstAddr(addrs []netip.Prefix, family func(netip.Addr) bool) netip.Addr {
	for _, p := range addrs {
		if family(p.Addr()) && !p.Addr().IsLinkLocalUnicast() {
			return p.Addr()
		}
	}
	return netip.Addr{}
}

// carrierWait bounds awaitCarrier; on an idle machine it takes microseconds.
const carrierWait = 5 * time.Second

// awaitCarrier waits until the kernel has replaced the interface's noop queue,
// which it does on a work queue after the second end came up; operational state
// UP (RFC 2863 IfOperStatus) says that it has.
func (h *Host) awaitCarrier(name string) (netlink.Link, error) {
	for deadline := time.Now().Add(carrierWait); ; time.Sleep(200 * time.Microsecond) {
		link, err := h.nl.LinkByName(name)
		if err != nil {
			return nil, fmt.Errorf("look up %s/%s: %w", h.Name, name, err)
		}
		if link.Attrs().OperState == netlink.OperUp {
			return link, nil
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("bring up %s/%s: still %s after %s", h.Name, name, link.Attrs().OperState, carrierWait)
		}
	}
}

// hasIPv6 is false where the kernel runs with ipv6.disable=1 or without IPv6.
func (h *Host) hasIPv6() bool {
	_, err := h.Sysctl("net.ipv6.conf.default.hop_limit")
	return err == nil
}
