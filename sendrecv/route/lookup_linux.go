package route

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strconv"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Query is a question for a route. Only Dst is needed.
type Query struct {
	Dst  netip.Addr // its zone, if any, is the interface, by name or index
	Oif  string     // interface to leave by; "": the routes decide. Optional.
	Src  netip.Addr // source, for policy routing by it. One that is not this host's has no say. Optional.
	Mark uint32     // firewall mark, for policy routing by it. Optional.

	// What rules may look at beside: see DeepRules. Optional.
	Proto        uint8 // IP protocol; the kernel is asked about TCP, UDP, ICMP and ICMPv6
	Sport, Dport uint16
	TOS          uint8 // its ECN bits have no say
}

// Type says what the kernel does with packets of a route (rtnetlink(7), rtm_type).
type Type int

// Types that a successful look-up gives.
const (
	Unicast   Type = unix.RTN_UNICAST
	Local     Type = unix.RTN_LOCAL
	Broadcast Type = unix.RTN_BROADCAST
	Anycast   Type = unix.RTN_ANYCAST
	Multicast Type = unix.RTN_MULTICAST
)

func (t Type) String() string {
	switch t {
	case Unicast:
		return "unicast"
	case Local:
		return "local"
	case Broadcast:
		return "broadcast"
	case Anycast:
		return "anycast"
	case Multicast:
		return "multicast"
	}
	return "type " + strconv.Itoa(int(t))
}

// Route is where a packet goes.
type Route struct {
	Link               // the interface it leaves by, without its addresses
	Ifindex int        // Link.Index
	Ifname  string     // Link.Name
	Type    Type       // what kind of destination it is
	Src     netip.Addr // what the kernel would send from; the zero Addr if it has none
	Gateway netip.Addr // the zero Addr if the destination is on the link
	NextHop netip.Addr // Gateway, or the destination itself
	MTU     int        // of the route, or of the interface, in bytes of IP packet
	Local   bool       // the destination is this host
	Scope   int        // RT_SCOPE_* of the destination
	Table   int        // routing table that had the answer
}

// Lookup is Get for a destination and, unless it is empty, an interface to leave by.
func (t *Table) Lookup(dst netip.Addr, oif string) (Route, error) {
	return t.Get(Query{Dst: dst, Oif: oif})
}

// Get asks the kernel for a route, as `ip route get` does: RTM_GETROUTE, answered by the
// code that routes packets. Where there is none the error is a *LookupError or *LinkError.
func (t *Table) Get(q Query) (Route, error) {
	dst := q.Dst.Unmap().WithZone("")
	if !dst.IsValid() {
		return Route{}, errors.New("look up a route: got no destination")
	}
	oif, oifIndex := q.Oif, 0
	if oif == "" {
		oif = q.Dst.Zone()
	}
	if oif != "" {
		index, err := t.indexOf(oif)
		if n, nerr := strconv.Atoi(oif); err != nil && nerr == nil {
			index, err = n, nil
		}
		if err != nil {
			return Route{}, err
		}
		l, err := t.LinkByIndex(index)
		if err != nil {
			return Route{}, err
		}
		if !l.Up { // the kernel would say that there is no route
			return Route{}, &LinkError{Name: l.Name, Kind: ErrInterfaceDown}
		}
		oifIndex = index
	}
	src := q.Src.Unmap().WithZone("")
	if !src.IsValid() || src.IsUnspecified() || src.Is4() != dst.Is4() {
		src = netip.Addr{}
	}
	a, err := t.getRoute(dst, src, oifIndex, &q)
	if src.IsValid() && err != nil && !t.own(src) {
		// The kernel has no route for a source that is not its own
		// (ip_route_output_key_hash_rcu); a crafted packet may have one.
		src = netip.Addr{}
		a, err = t.getRoute(dst, src, oifIndex, &q)
	}
	if err != nil {
		return Route{}, lookupError(dst, oif, err)
	}
	if src.IsValid() {
		a.src = src // not repeated in the reply
	}
	return t.complete(a, dst, oif)
}

// own tells whether addr is an address of this host.
func (t *Table) own(addr netip.Addr) bool {
	a, err := t.getRoute(addr, netip.Addr{}, 0, &Query{})
	return err == nil && a.rtType == unix.RTN_LOCAL
}

// answer is what the kernel says about a route.
type answer struct {
	rtType, scope byte
	table, oif    int
	mtu           int
	src, gateway  netip.Addr
}

// getRoute is RTM_GETROUTE for one destination (rtnetlink(7)).
func (t *Table) getRoute(dst, src netip.Addr, oif int, q *Query) (a answer, err error) {
	err = t.c.ask(unix.RTM_GETROUTE, 0, func(m *message) {
		bits, srcBits := byte(dst.BitLen()), byte(0)
		if src.IsValid() {
			srcBits = bits
		}
		m.raw(family(dst), bits, srcBits, q.TOS&^3, 0, 0, 0, 0) // struct rtmsg
		m.uint32(unix.RTM_F_LOOKUP_TABLE)
		m.attr(unix.RTA_DST, dst.AsSlice())
		if src.IsValid() {
			m.attr(unix.RTA_SRC, src.AsSlice())
		}
		if oif != 0 {
			m.attr32(unix.RTA_OIF, uint32(oif))
		}
		if q.Mark != 0 {
			m.attr32(unix.RTA_MARK, q.Mark)
		}
		if q.routable() {
			m.attr(unix.RTA_IP_PROTO, []byte{q.Proto})
			if q.Sport != 0 {
				m.attr(unix.RTA_SPORT, []byte{byte(q.Sport >> 8), byte(q.Sport)})
			}
			if q.Dport != 0 {
				m.attr(unix.RTA_DPORT, []byte{byte(q.Dport >> 8), byte(q.Dport)})
			}
		}
	}, func(b []byte) {
		if len(b) < unix.SizeofRtMsg {
			return
		}
		a.table, a.scope, a.rtType = int(b[4]), b[6], b[7]
		eachAttr(b[unix.SizeofRtMsg:], a.attr)
	})
	return a, err
}

// routable tells a protocol that the kernel takes in a question (rtm_getroute_parse_ip_proto).
func (q *Query) routable() bool {
	switch q.Proto {
	case unix.IPPROTO_TCP, unix.IPPROTO_UDP, unix.IPPROTO_ICMP, unix.IPPROTO_ICMPV6:
		return true
	}
	return false
}

func (a *answer) attr(t uint16, v []byte) {
	switch {
	case t == unix.RTA_PREFSRC:
		a.src = addrOf(v)
	case t == unix.RTA_GATEWAY:
		a.gateway = addrOf(v)
	case t == unix.RTA_VIA && len(v) > 2: // struct rtvia: a gateway of the other family
		a.gateway = addrOf(v[2:])
	case t == unix.RTA_OIF && len(v) == 4:
		a.oif = int(binary.NativeEndian.Uint32(v))
	case t == unix.RTA_TABLE && len(v) == 4:
		a.table = int(binary.NativeEndian.Uint32(v))
	case t == unix.RTA_METRICS:
		eachAttr(v, func(t uint16, v []byte) {
			if t == unix.RTAX_MTU && len(v) == 4 {
				a.mtu = int(binary.NativeEndian.Uint32(v))
			}
		})
	}
}

func addrOf(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	if a.IsUnspecified() {
		return netip.Addr{}
	}
	return a
}

// lookupError says why the kernel has no route.
func lookupError(dst netip.Addr, oif string, err error) error {
	e := &LookupError{Dst: dst, Oif: oif, Kind: ErrNoRoute, Errno: unix.ENETUNREACH}
	if !errors.As(err, &e.Errno) {
		return fmt.Errorf("look up the route to %s: %w", dst, err)
	}
	switch _, forbidden := forbids[e.Errno]; {
	case forbidden:
		e.Kind = ErrForbidden
	case e.Errno != unix.ENETUNREACH:
		e.Kind = e.Errno
	}
	return e
}

// complete is the kernel's answer with what is known of the interface.
func (t *Table) complete(a answer, dst netip.Addr, oif string) (Route, error) {
	switch a.rtType { // IPv6 may answer with the route that forbids
	case unix.RTN_BLACKHOLE:
		return Route{}, lookupError(dst, oif, unix.EINVAL)
	case unix.RTN_UNREACHABLE:
		return Route{}, lookupError(dst, oif, unix.EHOSTUNREACH)
	case unix.RTN_PROHIBIT:
		return Route{}, lookupError(dst, oif, unix.EACCES)
	}
	l, err := t.LinkByIndex(a.oif)
	if err != nil {
		return Route{}, err
	}
	r := Route{Link: l, Ifindex: l.Index, Ifname: l.Name, Type: Type(a.rtType), Src: a.src, Gateway: a.gateway, NextHop: dst,
		MTU: l.MTU, Local: Type(a.rtType) == Local, Scope: int(a.scope), Table: a.table}
	if dst.Is6() && dst.IsMulticast() {
		r.Type = Multicast // the kernel says unicast for those
	}
	if a.mtu > 0 {
		r.MTU = a.mtu
	}
	if a.gateway.IsValid() {
		r.NextHop = a.gateway
	}
	return r, nil
}

// Entry is a route of a routing table.
type Entry struct {
	Dst     netip.Prefix
	Gateway netip.Addr // the zero Addr for a network on the link
	Src     netip.Addr // preferred source, or the zero Addr
	Ifname  string     // "" for routes that forbid
	Type    Type
	Metric  int
	Table   int
}

// Routes are the routes of the main table, IPv4 first, in the kernel's order.
func (t *Table) Routes() ([]Entry, error) {
	var out []Entry
	for _, family := range []int{unix.AF_INET, unix.AF_INET6} {
		list, err := t.h.RouteListFiltered(family, &netlink.Route{Table: unix.RT_TABLE_MAIN}, netlink.RT_FILTER_TABLE)
		if err != nil {
			return nil, fmt.Errorf("list routes: %w", err)
		}
		for _, r := range list {
			e := Entry{Dst: netip.PrefixFrom(netip.IPv4Unspecified(), 0), Type: Type(r.Type), Metric: r.Priority, Table: r.Table}
			if family == unix.AF_INET6 {
				e.Dst = netip.PrefixFrom(netip.IPv6Unspecified(), 0)
			}
			if r.Dst != nil {
				e.Dst = prefixOf(r.Dst)
			}
			if a, ok := netip.AddrFromSlice(r.Gw); ok {
				e.Gateway = a.Unmap()
			}
			if a, ok := netip.AddrFromSlice(r.Src); ok {
				e.Src = a.Unmap()
			}
			if l, err := t.LinkByIndex(r.LinkIndex); err == nil {
				e.Ifname = l.Name
			}
			out = append(out, e)
		}
	}
	return out, nil
}
