package route

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// LinkDest is the link address that a packet on route r is sent to: that of the
// next hop, from the kernel's table or after making the kernel ask for it; the group address
// for multicast; nil on links that have none.
func (t *Table) LinkDest(ctx context.Context, r *Route) (net.HardwareAddr, error) {
	if mac, ok, err := t.KnownLinkDest(r); ok || err != nil {
		return mac, err
	}
	return t.resolve(ctx, r.Ifindex, r.Ifname, r.NextHop)
}

// KnownLinkDest is LinkDest that does not wait: ok is false if somebody has to be asked.
func (t *Table) KnownLinkDest(r *Route) (mac net.HardwareAddr, ok bool, err error) {
	if mac, ok := r.fixedDest(); ok {
		return mac, true, nil
	}
	mac, state, err := t.neighbour(r.Ifindex, r.NextHop)
	if err != nil || state&valid == 0 || mac == nil {
		return nil, false, err
	}
	if state&netlink.NUD_STALE != 0 {
		// Packets of the kernel's own would have it verified while they use it; ours
		// pass it by. Without the right to ask for that the entry serves as it is.
		_ = t.solicit(r.Ifindex, r.NextHop)
	}
	return mac, true, nil
}

// fixedDest is the link address that needs no asking.
func (r *Route) fixedDest() (net.HardwareAddr, bool) {
	switch {
	case !r.Ether:
		return nil, true
	case r.Type == Broadcast:
		return net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, true
	case r.NextHop.IsMulticast():
		return GroupAddr(r.NextHop), true
	case r.NoARP:
		return r.MAC, true // as arp_constructor and ndisc_constructor do
	}
	return nil, false
}

// GroupAddr is the Ethernet address of a multicast group (RFC 1112 §6.4, RFC 2464 §7).
func GroupAddr(group netip.Addr) net.HardwareAddr {
	b := group.AsSlice()
	if group.Is4() {
		return net.HardwareAddr{0x01, 0x00, 0x5e, b[1] & 0x7f, b[2], b[3]}
	}
	return net.HardwareAddr{0x33, 0x33, b[12], b[13], b[14], b[15]}
}

// States of a neighbour whose address may be used (NUD_VALID, net/neighbour.h).
const valid = netlink.NUD_REACHABLE | netlink.NUD_STALE | netlink.NUD_DELAY | netlink.NUD_PROBE | netlink.NUD_PERMANENT | netlink.NUD_NOARP

// Neighbour is the link address of a next hop on an interface, from the kernel's
// table, else after making the kernel ask for it. It gives up when the kernel does, after some
// three seconds, with a *NeighbourError.
func (t *Table) Neighbour(ctx context.Context, ifindex int, hop netip.Addr) (net.HardwareAddr, error) {
	mac, state, err := t.neighbour(ifindex, hop)
	if err != nil || state&valid != 0 && mac != nil {
		return mac, err
	}
	l, err := t.LinkByIndex(ifindex)
	if err != nil {
		return nil, err
	}
	return t.resolve(ctx, ifindex, l.Name, hop)
}

// Pauses between looks at the table while the kernel asks.
const (
	firstLook = 50 * time.Microsecond
	lastLook  = 10 * time.Millisecond
)

func (t *Table) resolve(ctx context.Context, ifindex int, ifname string, hop netip.Addr) (net.HardwareAddr, error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	asked := false
	for pause := firstLook; ; pause = min(pause*2, lastLook) {
		mac, state, err := t.neighbour(ifindex, hop)
		switch {
		case err != nil:
			return nil, err
		case state&valid != 0 && mac != nil:
			return mac, nil
		case asked && state&netlink.NUD_INCOMPLETE == 0:
			// It gave up, whether it keeps the failure in mind or not.
			return nil, &NeighbourError{Addr: hop, Ifname: ifname}
		case !asked:
			if err := t.solicit(ifindex, hop); err != nil {
				return nil, fmt.Errorf("resolve %s on %s: %w", hop, ifname, err)
			}
			asked = true
			continue // the state is INCOMPLETE now, or the answer is there already
		}
		timer.Reset(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// solicit makes the kernel resolve a neighbour as if it had a packet for it, which
// it does before it replies: NTF_USE in RTM_NEWNEIGH (neigh_add, net/core/neighbour.c).
func (t *Table) solicit(ifindex int, hop netip.Addr) error {
	err := t.c.ask(unix.RTM_NEWNEIGH, unix.NLM_F_CREATE|unix.NLM_F_ACK, func(m *message) {
		m.neighbour(ifindex, hop, netlink.NTF_USE)
	}, nil)
	if err == unix.EPERM {
		return fmt.Errorf("%w: having the kernel resolve an address needs CAP_NET_ADMIN: run with sudo, or once: sudo setcap cap_net_raw,cap_net_admin+ep ./pktsh; or ping it first", err)
	}
	return err
}

// neighbour writes struct ndmsg and the address that it is about.
func (m *message) neighbour(ifindex int, hop netip.Addr, flags byte) {
	m.raw(family(hop), 0, 0, 0)
	m.uint32(uint32(ifindex))
	m.uint16(0) // state
	m.raw(flags, 0)
	m.attr(netlink.NDA_DST, hop.AsSlice())
}

func family(a netip.Addr) uint8 {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// neighbour is one entry of the kernel's table, state 0 if there is none.
func (t *Table) neighbour(ifindex int, hop netip.Addr) (mac net.HardwareAddr, state int, err error) {
	err = t.c.ask(unix.RTM_GETNEIGH, 0, func(m *message) { m.neighbour(ifindex, hop, 0) }, func(b []byte) {
		const size = unix.SizeofNdMsg
		if len(b) < size {
			return
		}
		state = int(binary.NativeEndian.Uint16(b[8:]))
		eachAttr(b[size:], func(t uint16, v []byte) {
			if t == netlink.NDA_LLADDR {
				mac = slices.Clone(v)
			}
		})
	})
	switch err {
	case nil:
		return mac, state, nil
	case unix.ENOENT:
		return nil, 0, nil
	case unix.ENODEV:
		return nil, 0, &LinkError{Name: fmt.Sprintf("index %d", ifindex), Kind: ErrNoInterface, Have: t.names()}
	}
	return nil, 0, fmt.Errorf("look up neighbour %s: %w", hop, err)
}
