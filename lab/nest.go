package lab

import (
	"errors"
	"fmt"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// nest is the namespace in which hosts are born, so that each gets a hash of its
// own for TCP connections. Namespaces share one otherwise, of hundreds of thousands of
// buckets, and the kernel walks all of it for every list of sockets: 1,400 µs were measured,
// against 22 µs with this. Linux 6.1 has the setting; before, hosts share as ever.
type nest struct {
	ns *netns.NS
	// sized are settings whose default the kernel derives from the size of the
	// hash (tcp_set_hashinfo), with the values that they have without a nest.
	sized []setting
}

// childHash is the number of buckets: enough for a scan of all ports.
const childHash = "4096"

func newNest() (*nest, error) {
	ns, err := netns.New("lab")
	if err != nil {
		return nil, err
	}
	n := &nest{ns: ns}
	// The setting of the namespace that makes another one is what counts.
	_ = ns.Do(func() error {
		for _, name := range []string{"net.ipv4.tcp_max_syn_backlog", "net.ipv4.tcp_max_tw_buckets"} {
			v, err := readSysctl(name)
			if err != nil {
				return err // and so no hash of their own
			}
			n.sized = append(n.sized, setting{name, v, "its value follows the smaller hash of the lab"})
		}
		return writeSysctl("net.ipv4.tcp_child_ehash_entries", childHash)
	})
	return n, nil
}

// close lets go of the nest; the hosts live on without it.
func (n *nest) close() error { return n.ns.Close() }

// newHost makes a namespace with lo up in it and a netlink handle on it.
func (n *nest) newHost(spec HostSpec) (*Host, error) {
	var ns *netns.NS
	err := n.ns.Do(func() (err error) {
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			return fmt.Errorf("make network namespace: %w", err)
		}
		ns, err = netns.Current(spec.Name) // this thread ends with the function
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make host %s: %w", spec.Name, err)
	}
	h := &Host{Name: spec.Name, NS: ns}
	err = h.Do(func() (err error) {
		h.nl, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open rtnetlink in %s: %w", spec.Name, err), ns.Close())
	}
	if err := RaiseLoopback(ns); err != nil {
		return nil, errors.Join(err, h.release())
	}
	return h, nil
}
