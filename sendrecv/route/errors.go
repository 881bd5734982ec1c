package route

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"golang.org/x/sys/unix"
)

// Causes that a caller may want to tell apart; errors.Is finds them.
var (
	ErrNoRoute       = errors.New("no route")
	ErrForbidden     = errors.New("the routing table forbids it") // blackhole, unreachable and prohibit routes
	ErrNoInterface   = errors.New("no such interface")
	ErrInterfaceDown = errors.New("interface is down")
	ErrNoCarrier     = errors.New("interface has no carrier")
	ErrNoNeighbour   = errors.New("no answer")
)

// A LookupError is a destination that packets cannot leave for.
type LookupError struct {
	Dst   netip.Addr
	Oif   string     // interface asked for, or ""
	Kind  error      // one of the causes above, or Errno
	Errno unix.Errno // what the kernel said
}

func (e *LookupError) Error() string {
	where := e.Dst.String()
	if e.Oif != "" {
		where += " by " + e.Oif
	}
	switch e.Kind {
	case ErrNoRoute:
		hint := "see `ip route`, or name an interface with iface="
		if e.Oif != "" {
			hint = "see `ip route show dev " + e.Oif + "`"
		}
		return fmt.Sprintf("no route to %s: %s", where, hint)
	case ErrForbidden:
		return fmt.Sprintf("no route to %s: %s route says so; see `ip route` and `ip rule`", where, forbids[e.Errno])
	}
	return fmt.Sprintf("look up the route to %s: %v", where, e.Kind)
}

// Is makes every dead end an ErrNoRoute.
func (e *LookupError) Is(target error) bool {
	return target == ErrNoRoute && e.Kind == ErrForbidden
}

func (e *LookupError) Unwrap() []error { return []error{e.Kind, e.Errno} }

// forbids is which type of route gives which error (fib_props in
// net/ipv4/fib_semantics.c, ip6_rt_type_to_error in net/ipv6/route.c).
var forbids = map[unix.Errno]string{
	unix.EINVAL:       "a blackhole",
	unix.EHOSTUNREACH: "an unreachable",
	unix.EACCES:       "a prohibit",
}

// A NeighbourError is a next hop whose link address cannot be had.
type NeighbourError struct {
	Addr   netip.Addr
	Ifname string
}

func (e *NeighbourError) Error() string {
	how := "ARP"
	if e.Addr.Is6() {
		how = "neighbour discovery"
	}
	return fmt.Sprintf("no answer to %s for %s on %s: is the host up and on this link?", how, e.Addr, e.Ifname)
}

// Unwrap makes it an ErrNoNeighbour.
func (e *NeighbourError) Unwrap() error { return ErrNoNeighbour }

// A LinkError is an interface that cannot be used.
type LinkError struct {
	Name string
	Kind error    // ErrNoInterface, ErrInterfaceDown or ErrNoCarrier
	Have []string // interfaces that there are, for ErrNoInterface
}

func (e *LinkError) Error() string {
	switch e.Kind {
	case ErrInterfaceDown:
		return fmt.Sprintf("interface %s is down: sudo ip link set %s up", e.Name, e.Name)
	case ErrNoCarrier:
		return fmt.Sprintf("interface %s has no carrier: its cable, or the other end of the pair or tunnel, is down", e.Name)
	}
	return fmt.Sprintf("no such interface: %q; there are %s", e.Name, strings.Join(e.Have, ", "))
}

func (e *LinkError) Unwrap() error { return e.Kind }
