package repl

import (
	"fmt"
	"net/netip"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
	"pktsh/sendrecv/route"
)

// netBuiltins tell about this host's interfaces and addresses. Each asks the kernel
// when it is called, in the session's namespace.
func netBuiltins() []*builtin {
	const g = "This host"
	return []*builtin{
		{Sig: "get_if_list()", Group: g, Doc: "The names of this host's interfaces.", Run: func(c *call) (starlark.Value, error) {
			return eachLink(func(l route.Link) starlark.Value { return starlark.String(l.Name) })
		}},
		{Sig: "get_if_addr(iff)", Group: g, Doc: "The first IPv4 address of an interface, \"0.0.0.0\" if it has none.", Run: func(c *call) (starlark.Value, error) {
			l, err := c.link("iff")
			return starlark.String(linkAddr4(l).String()), err
		}},
		{Sig: "get_if_addr6(iff)", Group: g, Doc: "The first global IPv6 address of an interface, None if it has none.", Run: func(c *call) (starlark.Value, error) {
			l, err := c.link("iff")
			for _, a := range l.Addrs {
				if a.Addr().Is6() && a.Addr().IsGlobalUnicast() {
					return starlark.String(a.Addr().String()), nil
				}
			}
			return starlark.None, err
		}},
		{Sig: "get_if_hwaddr(iff)", Group: g, Doc: "The Ethernet address of an interface, zeros if it has none.", Run: func(c *call) (starlark.Value, error) {
			l, err := c.link("iff")
			if len(l.MAC) == 0 {
				return starlark.String(layers.MAC{}.String()), err
			}
			return starlark.String(l.MAC.String()), err
		}},
		{Sig: "get_if_raw_addr(iff)", Group: g, Doc: "get_if_addr() as four bytes.", Run: func(c *call) (starlark.Value, error) {
			l, err := c.link("iff")
			return starlark.Bytes(linkAddr4(l).AsSlice()), err
		}},
		{Sig: "get_working_if()", Group: g, Doc: "The interface that packets leave by unless something else is said: conf.iface.", Run: func(c *call) (starlark.Value, error) {
			return shell().conf.Attr("iface")
		}},
		{Sig: "get_working_ifaces()", Group: g, Doc: "The names of the interfaces that are up and have an IPv4 address.", Run: func(c *call) (starlark.Value, error) {
			return eachLink(func(l route.Link) starlark.Value {
				if !l.Up || linkAddr4(l).IsUnspecified() {
					return nil
				}
				return starlark.String(l.Name)
			})
		}},
		{Sig: "dev_from_index(index)", Group: g, Doc: "The name of the interface with a number.", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("index", 0)
			if err != nil {
				return nil, err
			}
			e, err := shell().engine(shell().namespace())
			if err != nil {
				return nil, err
			}
			l, err := e.Table().LinkByIndex(n)
			return starlark.String(l.Name), osError(err)
		}},
		{Sig: "show_interfaces()", Group: g, Doc: "Print this host's interfaces and their addresses: conf.ifaces.", Run: func(c *call) (starlark.Value, error) {
			t, err := allIfaces(shell())
			if err != nil {
				return nil, err
			}
			return nil, printLine(c.th, t.String())
		}},
	}
}

// link is the interface that an argument names.
func (c *call) link(arg string) (route.Link, error) {
	name, err := c.str(arg, "")
	if err != nil {
		return route.Link{}, err
	}
	e, err := shell().engine(shell().namespace())
	if err != nil {
		return route.Link{}, err
	}
	l, err := e.Table().LinkByName(name)
	return l, osError(err)
}

func linkAddr4(l route.Link) netip.Addr {
	for _, a := range l.Addrs {
		if a.Addr().Is4() {
			return a.Addr()
		}
	}
	return netip.IPv4Unspecified()
}

// links are the interfaces of the session's namespace.
func (s *Shell) links() ([]route.Link, error) {
	e, err := s.engine(s.namespace())
	if err != nil {
		return nil, err
	}
	links, err := e.Table().Links()
	return links, osError(err)
}

// eachLink is a list of what f makes of each interface, but nil.
func eachLink(f func(l route.Link) starlark.Value) (starlark.Value, error) {
	links, err := shell().links()
	var out []starlark.Value
	for _, l := range links {
		if v := f(l); v != nil {
			out = append(out, v)
		}
	}
	return starlark.NewList(out), err
}

// text is a value that prints as it is.
type text string

func (t text) String() string        { return strings.TrimRight(string(t), "\n") }
func (t text) Type() string          { return "table" }
func (t text) Freeze()               {}
func (t text) Truth() starlark.Bool  { return true }
func (t text) Hash() (uint32, error) { return starlark.String(t).Hash() }

// routes is conf.route or conf.route6: the kernel's routes of one family.
type routes struct {
	frozenValue
	s  *Shell
	v6 bool
}

func (r *routes) Type() string { return "Route" }
func (r *routes) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'Route'")
}

// String is the main table, as Scapy prints its own.
func (r *routes) String() string {
	e, err := r.s.engine(r.s.namespace())
	if err != nil {
		return "<" + err.Error() + ">"
	}
	list, err := e.Table().Routes()
	if err != nil {
		return "<" + err.Error() + ">"
	}
	rows := [][]string{{"Network", "Netmask", "Gateway", "Iface", "Output IP", "Metric"}}
	if r.v6 {
		rows = [][]string{{"Destination", "Next Hop", "Iface", "Src candidates", "Metric"}}
	}
	for _, x := range list {
		if x.Dst.Addr().Is6() != r.v6 || x.Ifname == "" {
			continue
		}
		src, gw := x.Src, x.Gateway
		if l, err := e.Table().LinkByName(x.Ifname); err == nil && !src.IsValid() && !r.v6 {
			src = linkAddr4(l)
		}
		if r.v6 {
			rows = append(rows, []string{x.Dst.String(), addrOr(gw, "::"), x.Ifname, addrOr(src, ""), fmt.Sprint(x.Metric)})
			continue
		}
		mask := netip.AddrFrom4([4]byte(netmask(x.Dst.Bits())))
		rows = append(rows, []string{x.Dst.Addr().String(), mask.String(), addrOr(gw, "0.0.0.0"), x.Ifname, addrOr(src, "0.0.0.0"), fmt.Sprint(x.Metric)})
	}
	return strings.TrimRight(padTable(rows), "\n")
}

func netmask(bits int) []byte {
	m := ^uint32(0)
	if bits < 32 {
		m = ^(m >> bits)
	}
	return []byte{byte(m >> 24), byte(m >> 16), byte(m >> 8), byte(m)}
}

func addrOr(a netip.Addr, none string) string {
	if !a.IsValid() {
		return none
	}
	return a.String()
}

// Attr is route(dst), or one of the methods by which Scapy changes its private table.
func (r *routes) Attr(name string) (starlark.Value, error) {
	switch name {
	case "route":
		return function{b: &builtin{Sig: "route(dst=\"0.0.0.0\", verbose=None)", Doc: "(interface, source, gateway) towards an address, asked of the kernel now.", Run: r.lookup}}, nil
	case "resync":
		return function{b: &builtin{Sig: "resync()", Doc: "Nothing to do: the kernel is asked each time.", Run: func(*call) (starlark.Value, error) { return nil, nil }}}, nil
	case "add", "delt", "ifadd", "ifdel", "ifchange":
		return nil, pyrt.Errorf("AttributeError", "routes are the kernel's: change them with `ip route` (!ip route add … at the prompt), or say iface= where a packet leaves")
	}
	return nil, nil
}

// AttrNames are route and resync.
func (r *routes) AttrNames() []string { return []string{"resync", "route"} }

func (r *routes) lookup(c *call) (starlark.Value, error) {
	name, err := c.str("dst", "0.0.0.0")
	if err != nil {
		return nil, err
	}
	dst, err := netip.ParseAddr(name)
	if err != nil {
		return nil, pyrt.Errorf("ValueError", "route(): %q is not an address", name)
	}
	return r.towards(dst)
}

// towards is the way to dst as a tuple.
func (r *routes) towards(dst netip.Addr) (starlark.Value, error) {
	e, err := r.s.engine(r.s.namespace())
	if err != nil {
		return nil, err
	}
	way, err := e.Table().Lookup(dst, "")
	if err != nil {
		return nil, osError(err)
	}
	gw := "0.0.0.0"
	if dst.Is6() {
		gw = "::"
	}
	if way.NextHop != dst {
		gw = addrOr(way.NextHop, gw)
	}
	return starlark.Tuple{starlark.String(way.Ifname), starlark.String(way.Src.String()), starlark.String(gw)}, nil
}
