package sniff

import (
	"fmt"
	"net"
	"slices"
	"sync"

	"pktsh/netns"
)

// linkKind says which header an interface's frames begin with, for its filter.
type linkKind int

const (
	linkEther linkKind = iota
	linkIP             // none: a tunnel's IP packets
)

// linkKinds are the kinds of the interface, or of all interfaces for 0.
func (n *ifaceNames) linkKinds(index int) []linkKind {
	var out []linkKind
	for _, i := range n.all {
		kind := linkIP
		if len(i.HardwareAddr) == 6 || i.Flags&net.FlagLoopback != 0 {
			kind = linkEther
		}
		if (index == 0 || index == i.Index) && !slices.Contains(out, kind) {
			out = append(out, kind)
		}
	}
	return out
}

// ifaceNames are a namespace's interfaces when the capture began.
type ifaceNames struct {
	ns  *netns.NS
	mu  sync.Mutex
	all []net.Interface
}

func listIfaces(ns *netns.NS) (*ifaceNames, error) {
	n := &ifaceNames{ns: ns}
	return n, n.refresh()
}

func (n *ifaceNames) refresh() error {
	return n.ns.Do(func() (err error) {
		n.all, err = net.Interfaces()
		if err != nil {
			err = fmt.Errorf("list interfaces: %w", err)
		}
		return err
	})
}

// name is an interface's name by index; one that came later is looked up.
func (n *ifaceNames) name(index int) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, late := range []bool{false, true} {
		if late && n.refresh() != nil {
			break
		}
		for _, i := range n.all {
			if i.Index == index {
				return i.Name
			}
		}
	}
	return fmt.Sprintf("if%d", index)
}

// targets are the indexes of the interfaces named; {0} for all.
func (n *ifaceNames) targets(names []string) ([]int, error) {
	if len(names) == 0 || slices.Contains(names, "any") {
		return []int{0}, nil
	}
	var out []int
	for _, name := range names {
		i := slices.IndexFunc(n.all, func(i net.Interface) bool { return i.Name == name })
		if i < 0 {
			var have []string
			for _, i := range n.all {
				have = append(have, i.Name)
			}
			return nil, &NoInterfaceError{Name: name, Have: have}
		}
		if !slices.Contains(out, n.all[i].Index) {
			out = append(out, n.all[i].Index)
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
