package sniff

import (
	"fmt"
	"slices"
	"sync"

	"pktsh/netns"
	"pktsh/sniff/packetsock"
)

// linkKind says what an interface's frames begin with, for its filter and for
// taking them apart.
type linkKind int

const (
	linkEther    linkKind = iota
	linkLoopback          // Ethernet headers, and each frame passes twice
	linkIP                // none: an IP packet
	// linkOther is whatever else there is, such as PPP or GRE, whose drivers hand up
	// frames now with a header and now without. What is known is where the network
	// header is and its EtherType: a cooked capture in libpcap's terms.
	linkOther
)

// linkKindOf is the kind of an ARPHRD_*.
func linkKindOf(hardwareType uint16) linkKind {
	switch hardwareType {
	case packetsock.HardwareEther:
		return linkEther
	case packetsock.HardwareLoopback:
		return linkLoopback
	}
	if slices.Contains(ipHardware, hardwareType) {
		return linkIP
	}
	return linkOther
}

// ipHardware are the types of interfaces without a link header, which libpcap
// gives the link type LINKTYPE_RAW (pcap-linux.c, map_arphrd_to_dlt).
var ipHardware = []uint16{
	packetsock.HardwareNone, packetsock.HardwareTunnel, packetsock.HardwareTunnel6,
	packetsock.HardwareSIT, packetsock.HardwareRawIP,
}

// ifaces are a namespace's interfaces, as far as the capture has met them. It is
// safe for concurrent use.
type ifaces struct {
	ns *netns.NS

	mu   sync.Mutex
	all  []link
	lost map[int]uint64 // each one's count when it was first met
	gone uint64         // lost on interfaces that are no more
}

func listIfaces(ns *netns.NS) (*ifaces, error) {
	n := &ifaces{ns: ns, lost: map[int]uint64{}}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n, n.refresh()
}

// refresh asks the kernel anew. The caller holds mu.
func (n *ifaces) refresh() error {
	all, err := listLinks(n.ns)
	if err != nil {
		return err
	}
	for _, old := range n.all {
		if n.at(all, old.index) == nil {
			n.gone += old.lost - n.lost[old.index]
			delete(n.lost, old.index)
		}
	}
	for _, l := range all {
		if _, met := n.lost[l.index]; !met {
			n.lost[l.index] = l.lost
		}
	}
	n.all = all
	return nil
}

func (n *ifaces) at(all []link, index int) *link {
	if i := slices.IndexFunc(all, func(l link) bool { return l.index == index }); i >= 0 {
		return &all[i]
	}
	return nil
}

// get is the interface of an index; one that came later is looked up.
func (n *ifaces) get(index int) (link, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l := n.at(n.all, index)
	if l == nil && n.refresh() == nil {
		l = n.at(n.all, index)
	}
	if l == nil {
		return link{}, false
	}
	return *l, true
}

// exists asks the kernel whether the interface is still there.
func (n *ifaces) exists(index int) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.refresh() != nil || n.at(n.all, index) != nil
}

// lostOn is how many frames the interface (0: all) has lost since the capture began.
func (n *ifaces) lostOn(index int) (sum uint64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.refresh() != nil {
		return 0 // mostly the namespace has gone
	}
	for _, l := range n.all {
		if index == 0 || l.index == index {
			sum += l.lost - n.lost[l.index]
		}
	}
	if index == 0 {
		sum += n.gone
	}
	return sum
}

// name is an interface's name by index.
func (n *ifaces) name(index int) string {
	if l, ok := n.get(index); ok {
		return l.name
	}
	return fmt.Sprintf("if%d", index)
}

// targets are the interfaces named; one of index 0 for all.
func (n *ifaces) targets(names []string) ([]link, error) {
	if len(names) == 0 || slices.Contains(names, "any") {
		return []link{{name: "any"}}, nil
	}
	var out []link
	for _, name := range names {
		i := slices.IndexFunc(n.all, func(l link) bool { return l.name == name })
		if i < 0 {
			var have []string
			for _, l := range n.all {
				have = append(have, l.name)
			}
			return nil, &NoInterfaceError{Name: name, Have: have}
		}
		if !slices.Contains(out, n.all[i]) {
			out = append(out, n.all[i])
		}
	}
	return out, nil
}

// NoInterfaceError is an interface that does not exist.
type NoInterfaceError struct {
	Name string
	Have []string
}

func (e *NoInterfaceError) Error() string {
	return fmt.Sprintf("there is no interface %q; there are %v", e.Name, e.Have)
}

// Kind is the class of the exception that the shell makes of it.
func (e *NoInterfaceError) Kind() string { return "OSError" }

// Arg is the keyword argument at fault.
func (e *NoInterfaceError) Arg() string { return "iface" }
