package pymod

import (
	"math/big"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// ipAddr is an IPv4Address or IPv6Address.
type ipAddr struct{ a netip.Addr }

// ipNet is an IPv4Network or IPv6Network, or an interface: an address in one.
type ipNet struct {
	p     netip.Prefix // masked, but for an interface
	iface bool
}

var (
	_ pyrt.Inter         = ipAddr{}
	_ pyrt.Strer         = ipAddr{}
	_ pyrt.Equaler       = ipAddr{}
	_ pyrt.Orderer       = ipAddr{}
	_ pyrt.Iterator      = ipNet{}
	_ starlark.Container = ipNet{}
	_ starlark.Indexable = ipNet{}
)

func ipFamily(a netip.Addr) string {
	if a.Is4() {
		return "IPv4"
	}
	return "IPv6"
}

func ipaddressModule() *Module {
	d := starlark.StringDict{
		"ip_address":   fn("ip_address", func(a *args) (starlark.Value, error) { return ipNew(a, 0, "") }),
		"ip_network":   fn("ip_network", func(a *args) (starlark.Value, error) { return ipNew(a, 0, "Network") }),
		"ip_interface": fn("ip_interface", func(a *args) (starlark.Value, error) { return ipNew(a, 0, "Interface") }),
	}
	for family, name := range map[int]string{4: "IPv4", 6: "IPv6"} {
		for _, kind := range []string{"Address", "Network", "Interface"} {
			full := name + kind
			d[full] = &class{name: "ipaddress." + full,
				make: func(a *args) (starlark.Value, error) {
					if kind == "Address" {
						return ipNew(a, family, "")
					}
					return ipNew(a, family, kind)
				},
				is: func(v starlark.Value) bool { return v.Type() == full }}
		}
	}
	d["summarize_address_range"] = fn("summarize_address_range", ipSummarize)
	d["collapse_addresses"] = fn("collapse_addresses", ipCollapse)
	return newModule("ipaddress", d)
}

// ipNew makes an address ("") or a Network or Interface of a str, an int or bytes.
func ipNew(a *args, family int, kind string) (starlark.Value, error) {
	v, err := a.bind("address!", "strict")
	if err != nil {
		return nil, err
	}
	what := "IPv4 or IPv6 address"
	if kind != "" {
		what = "IPv4 or IPv6 " + strings.ToLower(kind)
	}
	bad := pyrt.Errorf("ValueError", "%s does not appear to be an %s", pyfmt.Repr(v[0]), what)
	var addr netip.Addr
	bits := -1
	switch x := v[0].(type) {
	case ipAddr:
		addr = x.a
	case ipNet:
		addr, bits = x.p.Addr(), x.p.Bits()
	case starlark.String:
		host, mask, hasMask := strings.Cut(string(x), "/")
		if kind == "" && hasMask {
			return nil, bad
		}
		if addr, err = netip.ParseAddr(host); err != nil {
			return nil, bad
		}
		if hasMask {
			if bits = maskBits(mask, addr); bits < 0 {
				return nil, bad
			}
		}
	case starlark.Tuple:
		if len(x) != 2 {
			return nil, bad
		}
		one, err := ipNew(&args{th: a.th, name: a.name, pos: x[:1]}, family, "")
		if err != nil {
			return nil, err
		}
		addr = one.(ipAddr).a
		if bits = maskBits(pyfmt.Str(x[1]), addr); bits < 0 {
			return nil, bad
		}
	case starlark.Bytes:
		var ok bool
		if addr, ok = netip.AddrFromSlice([]byte(x)); !ok {
			return nil, bad
		}
	default:
		n, err := pymeth.IntValue(x)
		if err != nil {
			return nil, bad
		}
		var ok bool
		if addr, ok = ipFromInt(n.BigInt(), family); !ok {
			return nil, bad
		}
	}
	if family == 4 && !addr.Is4() || family == 6 && !addr.Is6() {
		return nil, pyrt.Errorf("ValueError", "%s is no IPv%d address", pyfmt.Repr(v[0]), family)
	}
	if kind == "" {
		return ipAddr{addr}, nil
	}
	if bits < 0 {
		bits = addr.BitLen()
	}
	p := netip.PrefixFrom(addr, bits)
	if kind == "Interface" {
		return ipNet{p, true}, nil
	}
	if p.Masked() != p && (v[1] == nil || bool(v[1].Truth())) {
		return nil, pyrt.Errorf("ValueError", "%s has host bits set", p)
	}
	return ipNet{p: p.Masked()}, nil
}

// maskBits reads 24, 255.255.255.0 or the host mask 0.0.0.255; -1 if it is none.
func maskBits(s string, addr netip.Addr) int {
	if n, err := strconv.Atoi(s); err == nil {
		if n < 0 || n > addr.BitLen() {
			return -1
		}
		return n
	}
	m, err := netip.ParseAddr(s)
	if err != nil || !m.Is4() || !addr.Is4() {
		return -1
	}
	for bits := range 33 {
		if mask := netmask(addr, bits); m == mask || m == notMask(mask) {
			return bits
		}
	}
	return -1
}

// netmask is the mask of a prefix length.
func netmask(addr netip.Addr, bits int) netip.Addr {
	all := slices.Repeat([]byte{0xff}, addr.BitLen()/8)
	full, _ := netip.AddrFromSlice(all)
	return netip.PrefixFrom(full, bits).Masked().Addr()
}

func notMask(m netip.Addr) netip.Addr {
	b := m.AsSlice()
	for i := range b {
		b[i] ^= 0xff
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// ipFromInt is the address with a number; family 0 takes IPv4 if it fits.
func ipFromInt(n *big.Int, family int) (netip.Addr, bool) {
	size := 16
	if family == 4 || family == 0 && n.BitLen() <= 32 {
		size = 4
	}
	if n.Sign() < 0 || n.BitLen() > size*8 {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(n.FillBytes(make([]byte, size)))
}

func ipInt(a netip.Addr) *big.Int { return new(big.Int).SetBytes(a.AsSlice()) }

// add is a+n, AddressValueError beyond the family.
func (x ipAddr) add(n *big.Int) (starlark.Value, error) {
	family := 6
	if x.a.Is4() {
		family = 4
	}
	sum := new(big.Int).Add(ipInt(x.a), n)
	a, ok := ipFromInt(sum, family)
	if !ok {
		return nil, pyrt.Errorf("ValueError", "%s is not permitted as an IPv%d address", sum, family)
	}
	return ipAddr{a}, nil
}

// broadcast is the last address of a prefix.
func broadcast(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// ipSummarize covers a range by networks.
func ipSummarize(a *args) (starlark.Value, error) {
	v, err := a.bind("first!", "last!")
	if err != nil {
		return nil, err
	}
	first, ok1 := v[0].(ipAddr)
	last, ok2 := v[1].(ipAddr)
	if !ok1 || !ok2 {
		return nil, pyrt.Errorf("TypeError", "first and last must be IP addresses, not networks")
	}
	if first.a.BitLen() != last.a.BitLen() || last.a.Less(first.a) {
		return nil, pyrt.Errorf("ValueError", "last IP address must be greater than first")
	}
	at, ended := first.a, false
	return pyrt.NewLazy("generator", func() (starlark.Value, error) {
		if ended {
			return nil, nil
		}
		bits := at.BitLen()
		for bits > 0 {
			p := netip.PrefixFrom(at, bits-1)
			if p.Masked().Addr() != at || last.a.Less(broadcast(p)) {
				break
			}
			bits--
		}
		p := netip.PrefixFrom(at, bits)
		end := broadcast(p)
		at = end.Next()
		ended = end == last.a || !at.IsValid()
		return ipNet{p: p}, nil
	}), nil
}

// ipCollapse joins networks and addresses that lie side by side.
func ipCollapse(a *args) (starlark.Value, error) {
	v, err := a.exactly(1)
	if err != nil {
		return nil, err
	}
	var nets []netip.Prefix
	err = pymeth.Each(v[0], func(e starlark.Value) error {
		switch e := e.(type) {
		case ipAddr:
			nets = append(nets, netip.PrefixFrom(e.a, e.a.BitLen()))
		case ipNet:
			nets = append(nets, e.p.Masked())
		default:
			return pyrt.Errorf("TypeError", "%s is neither an address nor a network", pyfmt.Repr(e))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(nets, func(x, y netip.Prefix) int {
		if c := x.Addr().Compare(y.Addr()); c != 0 {
			return c
		}
		return x.Bits() - y.Bits()
	})
	var out []netip.Prefix
	for _, p := range nets {
		if n := len(out); n > 0 && out[n-1].Contains(p.Addr()) {
			continue
		}
		for n := len(out); n > 0; n = len(out) {
			up := netip.PrefixFrom(p.Addr(), p.Bits()-1).Masked()
			if p.Bits() == 0 || out[n-1].Bits() != p.Bits() || netip.PrefixFrom(out[n-1].Addr(), p.Bits()-1) != up {
				break
			}
			out, p = out[:n-1], up
		}
		out = append(out, p)
	}
	vals := make([]starlark.Value, len(out))
	for i, p := range out {
		vals[i] = ipNet{p: p}
	}
	return pyrt.NewLazy("generator", func() (starlark.Value, error) {
		if len(vals) == 0 {
			return nil, nil
		}
		v := vals[0]
		vals = vals[1:]
		return v, nil
	}), nil
}
