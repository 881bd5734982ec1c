package lab

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"

	"github.com/vishvananda/netlink"

	"pktsh/netns"
)

// Host is one host of a lab. It is safe for concurrent use.
type Host struct {
	// Name is the one of its HostSpec.
	Name string
	// NS is its network namespace, open until Lab.Close.
	NS *netns.NS
	// Addr4 and Addr6 are the first addresses of its first link that are not
	// link-local; the zero Addr where it has none.
	Addr4, Addr6 netip.Addr
	// MAC is the address of its first link.
	MAC net.HardwareAddr
	// Ifaces are its links in order: lab0, lab1, …
	Ifaces []Iface

	nl *netlink.Handle // rtnetlink inside NS

	mu       sync.Mutex
	services []service // set by StartServices
}

// Iface is one end of a link.
type Iface struct {
	// Name is "lab0" for the first link of the host.
	Name string
	// Index is its number in the host's namespace.
	Index int
	// MAC, MTU and Addrs are as configured.
	MAC   net.HardwareAddr
	MTU   int
	Addrs []netip.Prefix
	// Peer is the far end as "host/interface".
	Peer string
}

// Do runs fn on a thread inside the host; see netns.NS.Do.
func (h *Host) Do(fn func() error) error { return h.NS.Do(fn) }

// Listen opens a listening TCP socket in the host; network and address are as for
// net.Listen, the address a literal one. Its connections are plain TCP: no
// Multipath TCP, no keepalive probes, so that nothing unasked-for is on the wire.
//
// A connection that Accept returned dies by RST when the process is killed, since
// a closing handshake with nobody would keep the namespace alive; Close on it is an
// ordinary close.
func (h *Host) Listen(network, address string) (net.Listener, error) {
	lc := net.ListenConfig{KeepAlive: -1}
	lc.SetMultipathTCP(false)
	var l net.Listener
	err := h.Do(func() (err error) {
		l, err = lc.Listen(context.Background(), network, address)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listen in %s: %w", h.Name, err)
	}
	return listener{l}, nil
}

// ListenPacket opens a datagram socket in the host, as net.ListenPacket does.
func (h *Host) ListenPacket(network, address string) (net.PacketConn, error) {
	var c net.PacketConn
	err := h.Do(func() (err error) {
		c, err = net.ListenPacket(network, address)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open %s socket in %s: %w", network, h.Name, err)
	}
	return c, nil
}

// Dial connects from the host with a kernel socket, as net.Dialer does. The address
// is a literal one: a name would be looked up outside the host. It is what
// http.Transport.DialContext takes. TCP connections die as those of Listen do.
func (h *Host) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var c net.Conn
	err := h.Do(func() (err error) {
		d := net.Dialer{KeepAlive: -1}
		c, err = d.DialContext(ctx, network, address)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("dial from %s: %w", h.Name, err)
	}
	return mortal(c)
}

// Sysctl reads a setting of the host's namespace, for example "net.ipv4.tcp_fin_timeout".
func (h *Host) Sysctl(name string) (string, error) {
	var v string
	err := h.Do(func() (err error) {
		v, err = readSysctl(name)
		return err
	})
	return v, err
}

// SetSysctl changes a setting of the host's namespace.
func (h *Host) SetSysctl(name, value string) error {
	return h.Do(func() error { return writeSysctl(name, value) })
}

// RaiseLoopback brings up lo in a namespace, where it is down at first.
func RaiseLoopback(ns *netns.NS) error {
	err := ns.Do(func() error {
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		return netlink.LinkSetUp(lo)
	})
	if err != nil {
		return fmt.Errorf("bring up lo in %s: %w", ns, err)
	}
	return nil
}

// configure sets what has to be there before the first link: see quiet.
// Settings of our own that the host refuses become warnings; the caller's are errors.
func (h *Host) configure(sized []setting, common map[string]string, spec HostSpec) (warnings []string, err error) {
	err = h.Do(func() error {
		for _, s := range append(sized[:len(sized):len(sized)], quiet...) {
			if err := writeSysctl(s.name, s.value); err != nil && !errors.Is(err, os.ErrNotExist) {
				warnings = append(warnings, fmt.Sprintf("%s: %v: %s", h.Name, err, s.without))
			}
		}
		if spec.Forward {
			for _, name := range []string{"net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"} {
				// A kernel without IPv6 has no setting for it.
				if err := writeSysctl(name, "1"); err != nil && !(errors.Is(err, os.ErrNotExist) && strings.Contains(name, "ipv6")) {
					return fmt.Errorf("make %s a router: %w", h.Name, err)
				}
			}
		}
		if spec.Mute {
			err := writeSysctl("net.ipv6.conf.default.disable_ipv6", "1")
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("mute %s: %w", h.Name, err)
			}
		}
		for _, m := range []map[string]string{common, spec.Sysctls} {
			for name, value := range m {
				if err := writeSysctl(name, value); err != nil {
					return fmt.Errorf("configure %s: %w", h.Name, err)
				}
			}
		}
		return nil
	})
	return warnings, err
}

// routes adds the default routes.
func (h *Host) routes(spec HostSpec) error {
	for _, gw := range []netip.Addr{spec.Gateway4, spec.Gateway6} {
		if !gw.IsValid() || gw.Is6() && !h.Addr6.IsValid() {
			continue
		}
		if err := h.nl.RouteAdd(&netlink.Route{Gw: gw.AsSlice()}); err != nil {
			return fmt.Errorf("add default route via %s in %s: %w", gw, h.Name, err)
		}
	}
	return nil
}

// release lets go of the namespace.
func (h *Host) release() error {
	h.nl.Close()
	if err := h.NS.Close(); err != nil {
		return fmt.Errorf("close host %s: %w", h.Name, err)
	}
	return nil
}
