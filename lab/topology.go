package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// HostSpec describes one host of a topology.
type HostSpec struct {
	// Name is how Lab.Host finds it. Required, unique.
	Name string
	// Forward makes it a router for IPv4 and IPv6. Optional.
	Forward bool
	// Mute keeps its kernel from sending anything of its own accord on its links:
	// it has no IPv6 there. Optional.
	Mute bool
	// Services starts the listeners described at StartServices. Optional.
	Services bool
	// Gateway4 and Gateway6 are the next hops of its default routes. Optional:
	// without one the host reaches only what is on its links.
	Gateway4, Gateway6 netip.Addr
	// Sysctls are set in this host after Options.Sysctls. Optional.
	Sysctls map[string]string
}

// LinkSpec describes a veth pair between two hosts.
type LinkSpec struct {
	// A and B are its two ends. Both required.
	A, B End
	// MTU of both ends. Optional: 1500.
	MTU int
	// Queues is how many transmit and receive queues each end has. Optional: 1.
	Queues int
	// Offloads leaves both ends as the kernel makes a veth pair. Super-segments and open checksums then
	// show in captures. Optional.
	Offloads bool
	// GRO switches generic receive offload on at both ends. The kernel then polls them, and
	// they take frames that XDP programs redirect. Optional.
	GRO bool
}

// End is one end of a link. Its interface is called labN, where N counts the
// ends that the same host has in the links before.
type End struct {
	// Host is the name of the host it is in. Required.
	Host string
	// MAC is its address. Required, so that captures of two runs compare equal.
	MAC net.HardwareAddr
	// Addrs are its addresses with the prefix length of the link. Optional.
	Addrs []netip.Prefix
}

// Numbers of the hosts in the built-in topologies: the last part of every
// address that the host has.
const (
	clientID = 1
	serverID = 2
	routerID = 254
	middleID = 253
)

// pair is the default topology.
func pair() ([]HostSpec, []LinkSpec) {
	return []HostSpec{{Name: "client"}, {Name: "server", Services: true}},
		[]LinkSpec{{A: end("client", 0, clientID), B: end("server", 0, serverID)}}
}

// routed is the topology of Options.Router.
func routed() ([]HostSpec, []LinkSpec) {
	left, right := end("router", 0, routerID), end("router", 1, routerID)
	hosts := []HostSpec{
		{Name: "client", Gateway4: left.Addrs[0].Addr(), Gateway6: left.Addrs[1].Addr()},
		{Name: "router", Forward: true},
		{Name: "server", Services: true, Gateway4: right.Addrs[0].Addr(), Gateway6: right.Addrs[1].Addr()},
	}
	return hosts, []LinkSpec{
		{A: end("client", 0, clientID), B: left},
		{A: right, B: end("server", 1, serverID)},
	}
}

// bridged is the topology of Options.Middle: one subnet, and two links to it.
func bridged() ([]HostSpec, []LinkSpec) {
	left, right := end("middle", 0, middleID), end("middle", 1, middleID)
	left.Addrs, right.Addrs = nil, nil
	return []HostSpec{{Name: "client"}, {Name: "middle", Mute: true}, {Name: "server", Services: true}},
		[]LinkSpec{{A: end("client", 0, clientID), B: left}, {A: right, B: end("server", 0, serverID)}}
}

// end numbers an end in the built-in plan: host id on network n gets
// 10.99.n.id/24, fd99:0:0:n::id/64 and fe80::id, MAC 02:00:00:99:n:id
// (02 is the locally administered bit, IEEE 802 §8.2.2). The digits of id are the
// same in both families: 254 is fd99::254, not fd99::fe.
func end(host string, n, id byte) End {
	return End{
		Host: host,
		MAC:  net.HardwareAddr{0x02, 0x00, 0x00, 0x99, n, id},
		Addrs: []netip.Prefix{
			netip.MustParsePrefix(fmt.Sprintf("10.99.%d.%d/24", n, id)),
			netip.MustParsePrefix(fmt.Sprintf("fd99:0:0:%d::%d/64", n, id)),
			netip.MustParsePrefix(fmt.Sprintf("fe80::%d/64", id)),
		},
	}
}

// topology is the hosts and links that o asks for, checked.
func (o *Options) topology() ([]HostSpec, []LinkSpec, error) {
	hosts, links := o.Hosts, o.Links
	switch {
	case len(hosts) == 0 && len(links) > 0:
		return nil, nil, errors.New("lab: Links without Hosts: name the hosts they join")
	case o.Middle != nil && (len(hosts) > 0 || o.Router):
		return nil, nil, errors.New("lab: Middle is for the built-in client and server, without Router and Hosts")
	case o.Middle != nil:
		hosts, links = bridged()
	case len(hosts) == 0 && o.Router:
		hosts, links = routed()
	case len(hosts) == 0:
		hosts, links = pair()
	case o.Router:
		return nil, nil, errors.New("lab: Router is for the built-in hosts; with Hosts, set Forward on one of them")
	}
	known := map[string]bool{}
	for _, h := range hosts {
		if h.Name == "" {
			return nil, nil, errors.New("lab: a host has no name")
		}
		if known[h.Name] {
			return nil, nil, fmt.Errorf("lab: two hosts are called %q", h.Name)
		}
		known[h.Name] = true
	}
	for i, l := range links {
		if l.MTU != 0 && (l.MTU < minMTU || l.MTU > maxMTU) {
			return nil, nil, fmt.Errorf("lab: MTU of link %d: got %d, want %d..%d", i, l.MTU, minMTU, maxMTU)
		}
		if l.Queues < 0 || l.Queues > maxQueues {
			return nil, nil, fmt.Errorf("lab: queues of link %d: got %d, want 1..%d", i, l.Queues, maxQueues)
		}
		for _, e := range []End{l.A, l.B} {
			if err := e.check(known); err != nil {
				return nil, nil, fmt.Errorf("lab: link %d: %w", i, err)
			}
		}
	}
	return hosts, links, nil
}

// ETH_MIN_MTU and ETH_MAX_MTU of linux/if_ether.h, the bounds of a veth.
const (
	minMTU = 68
	maxMTU = 65535
)

// maxQueues is IFLA_NUM_TX_QUEUES' limit (rtnl_create_link).
const maxQueues = 4096

func (e *End) check(known map[string]bool) error {
	if !known[e.Host] {
		return fmt.Errorf("host %q is not in Hosts", e.Host)
	}
	if len(e.MAC) != 6 || e.MAC[0]&1 != 0 {
		return fmt.Errorf("MAC of the end in %s: got %q, want 6 octets and not a group address", e.Host, e.MAC)
	}
	for _, p := range e.Addrs {
		if !p.IsValid() || p.Addr().IsMulticast() || p.Addr().Is4In6() {
			return fmt.Errorf("address of the end in %s: got %s, want a unicast address with its prefix length", e.Host, p)
		}
	}
	return nil
}

// names lists hosts for an error message: "client, server".
func names(hosts []*Host) string {
	var s []string
	for _, h := range hosts {
		s = append(s, h.Name)
	}
	return strings.Join(s, ", ")
}
