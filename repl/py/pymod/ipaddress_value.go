package pymod

import (
	"fmt"
	"math/big"
	"net/netip"
	"slices"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

func (x ipAddr) String() string               { return x.PyRepr() }
func (x ipAddr) PyRepr() string               { return x.Type() + "('" + x.a.String() + "')" }
func (x ipAddr) PyStr() string                { return x.a.String() }
func (x ipAddr) Type() string                 { return ipFamily(x.a) + "Address" }
func (x ipAddr) Freeze()                      {}
func (x ipAddr) Truth() starlark.Bool         { return true }
func (x ipAddr) Hash() (uint32, error)        { return starlark.String(x.a.String()).Hash() }
func (x ipAddr) PyInt() (starlark.Int, error) { return starlark.MakeBigInt(ipInt(x.a)), nil }

// EqualTo compares with an address.
func (x ipAddr) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	return starlark.Value(x) == other, true, nil
}

// CompareTo orders addresses of one family.
func (x ipAddr) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	y, ok := other.(ipAddr)
	if !ok {
		return false, false, nil
	}
	if x.a.BitLen() != y.a.BitLen() {
		return false, true, pyrt.Errorf("TypeError", "%s and %s are not of the same version", x.a, y.a)
	}
	return pymeth.Holds(op, x.a.Compare(y.a)), true, nil
}

// Binary is address + int and address - int.
func (x ipAddr) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	n, ok := asNumber(y).(starlark.Int)
	if !ok || side == starlark.Right || op != syntax.PLUS && op != syntax.MINUS {
		return nil, nil
	}
	b := n.BigInt()
	if op == syntax.MINUS {
		b = new(big.Int).Neg(b)
	}
	return x.add(b)
}

// reversePointer is the name of an address in the DNS (RFC 1035 section 3.5,
// RFC 3596 section 2.5).
func reversePointer(a netip.Addr) string {
	parts := strings.Split(a.String(), ".")
	zone := ".in-addr.arpa"
	if a.Is6() {
		parts, zone = strings.Split(strings.ReplaceAll(a.StringExpanded(), ":", ""), ""), ".ip6.arpa"
	}
	slices.Reverse(parts)
	return strings.Join(parts, ".") + zone
}

// private4 are the IPv4 networks that CPython 3.11 calls private (the IANA
// special-purpose registry).
var private4 = prefixes("0.0.0.0/8 10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/29 192.0.0.170/31 192.0.2.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4 255.255.255.255/32")

// private6 is private4 for IPv6.
var private6 = prefixes("::1/128 ::/128 ::ffff:0:0/96 100::/64 2001::/23 2001:2::/48 2001:db8::/32 2001:10::/28 fc00::/7 fe80::/10")

func prefixes(s string) []netip.Prefix {
	var out []netip.Prefix
	for _, f := range strings.Fields(s) {
		out = append(out, netip.MustParsePrefix(f))
	}
	return out
}

func isPrivate(a netip.Addr) bool {
	list := private4
	if a.Is6() {
		if a.Is4In6() {
			return true
		}
		list = private6
	}
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(a) })
}

// ipProperty is what addresses and networks both tell.
func ipProperty(a netip.Addr, name string) (starlark.Value, bool) {
	switch name {
	case "version":
		if a.Is4() {
			return integer(4), true
		}
		return integer(6), true
	case "max_prefixlen":
		return integer(a.BitLen()), true
	case "is_private":
		return starlark.Bool(isPrivate(a)), true
	case "is_global":
		shared := netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
		return starlark.Bool(!isPrivate(a) && !shared.Contains(a)), true
	case "is_loopback":
		return starlark.Bool(a.IsLoopback()), true
	case "is_multicast":
		return starlark.Bool(a.IsMulticast()), true
	case "is_link_local":
		return starlark.Bool(a.IsLinkLocalUnicast()), true
	case "is_unspecified":
		return starlark.Bool(a.IsUnspecified()), true
	}
	return nil, false
}

var ipProperties = []string{"is_global", "is_link_local", "is_loopback", "is_multicast", "is_private", "is_unspecified", "max_prefixlen", "version"}

// Attr is a property.
func (x ipAddr) Attr(name string) (starlark.Value, error) {
	if v, ok := ipProperty(x.a, name); ok {
		return v, nil
	}
	switch name {
	case "packed":
		return starlark.Bytes(x.a.AsSlice()), nil
	case "compressed":
		return starlark.String(x.a.String()), nil
	case "exploded":
		return starlark.String(x.a.StringExpanded()), nil
	case "reverse_pointer":
		return starlark.String(reversePointer(x.a)), nil
	case "ipv4_mapped":
		if x.a.Is4In6() {
			return ipAddr{x.a.Unmap()}, nil
		}
		if x.a.Is6() {
			return starlark.None, nil
		}
	}
	return nil, nil
}

// AttrNames lists the properties, sorted.
func (x ipAddr) AttrNames() []string {
	return slices.Sorted(slices.Values(append(slices.Clone(ipProperties), "packed", "compressed", "exploded", "reverse_pointer")))
}

func (n ipNet) String() string        { return n.PyRepr() }
func (n ipNet) PyRepr() string        { return n.Type() + "('" + n.p.String() + "')" }
func (n ipNet) PyStr() string         { return n.p.String() }
func (n ipNet) Freeze()               {}
func (n ipNet) Truth() starlark.Bool  { return true }
func (n ipNet) Hash() (uint32, error) { return starlark.String(n.p.String()).Hash() }
func (n ipNet) Type() string {
	if n.iface {
		return ipFamily(n.p.Addr()) + "Interface"
	}
	return ipFamily(n.p.Addr()) + "Network"
}

// EqualTo compares with a network or interface.
func (n ipNet) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	return starlark.Value(n) == other, true, nil
}

// CompareTo orders by address, then by mask.
func (n ipNet) CompareTo(op string, other starlark.Value) (result, handled bool, err error) {
	o, ok := other.(ipNet)
	if !ok {
		return false, false, nil
	}
	if n.p.Addr().BitLen() != o.p.Addr().BitLen() {
		return false, true, pyrt.Errorf("TypeError", "%s and %s are not of the same version", n.p, o.p)
	}
	c := n.p.Addr().Compare(o.p.Addr())
	if c == 0 {
		c = n.p.Bits() - o.p.Bits()
	}
	return pymeth.Holds(op, c), true, nil
}

// count is the number of addresses.
func (n ipNet) count() *big.Int {
	return new(big.Int).Lsh(big.NewInt(1), uint(n.p.Addr().BitLen()-n.p.Bits()))
}

// Has is address in network.
func (n ipNet) Has(v starlark.Value) (bool, error) {
	a, ok := v.(ipAddr)
	if !ok {
		return false, nil
	}
	return n.p.Contains(a.a), nil
}

// Len and Index let a network be indexed; len() is not defined by CPython, and
// an index is within the first 2^62 addresses.
func (n ipNet) Len() int {
	if c := n.count(); c.IsInt64() {
		return int(min(c.Int64(), 1<<62))
	}
	return 1 << 62
}

// Index is network[i].
func (n ipNet) Index(i int) starlark.Value {
	v, err := ipAddr{n.p.Masked().Addr()}.add(big.NewInt(int64(i)))
	if err != nil {
		return starlark.None
	}
	return v
}

type ipIter struct {
	at, last netip.Addr
	ended    bool
}

// PyIter goes through all addresses.
func (n ipNet) PyIter() (pyrt.Iter, error) {
	if n.iface {
		return nil, pyrt.Errorf("TypeError", "'%s' object is not iterable", n.Type())
	}
	return &ipIter{at: n.p.Addr(), last: broadcast(n.p)}, nil
}

func (it *ipIter) Close() {}
func (it *ipIter) Next() (starlark.Value, error) {
	if it.ended {
		return nil, nil
	}
	v := ipAddr{it.at}
	it.ended = it.at == it.last
	it.at = it.at.Next()
	return v, nil
}

// Attr is a property or a method.
func (n ipNet) Attr(name string) (starlark.Value, error) {
	if v, ok := ipProperty(n.p.Addr(), name); ok {
		if strings.HasPrefix(name, "is_") && name != "is_global" && !n.iface { // a network is what both its ends are
			last, _ := ipProperty(broadcast(n.p), name)
			return v.Truth() && last.Truth(), nil
		}
		return v, nil
	}
	switch name {
	case "network_address":
		return ipAddr{n.p.Masked().Addr()}, nil
	case "broadcast_address":
		return ipAddr{broadcast(n.p)}, nil
	case "ip":
		if n.iface {
			return ipAddr{n.p.Addr()}, nil
		}
		return nil, nil
	case "network":
		if n.iface {
			return ipNet{p: n.p.Masked()}, nil
		}
		return nil, nil
	case "netmask":
		return ipAddr{netmask(n.p.Addr(), n.p.Bits())}, nil
	case "hostmask":
		return ipAddr{notMask(netmask(n.p.Addr(), n.p.Bits()))}, nil
	case "prefixlen":
		return integer(n.p.Bits()), nil
	case "num_addresses":
		return starlark.MakeBigInt(n.count()), nil
	case "with_prefixlen", "compressed":
		return starlark.String(n.p.String()), nil
	case "exploded":
		return starlark.String(fmt.Sprintf("%s/%d", n.p.Addr().StringExpanded(), n.p.Bits())), nil
	case "with_netmask":
		return starlark.String(n.p.Addr().String() + "/" + netmask(n.p.Addr(), n.p.Bits()).String()), nil
	}
	return ipNetMethods.bind(n, name), nil
}

// AttrNames lists the attributes, sorted.
func (n ipNet) AttrNames() []string {
	return slices.Sorted(slices.Values(slices.Concat(ipProperties, sortedKeys(ipNetMethods),
		[]string{"network_address", "broadcast_address", "netmask", "hostmask", "prefixlen", "num_addresses", "with_prefixlen", "with_netmask", "compressed", "exploded"})))
}

var ipNetMethods = methodTable[ipNet]{
	"hosts": func(n ipNet, a *args) (starlark.Value, error) {
		it := &ipIter{at: n.p.Masked().Addr(), last: broadcast(n.p)}
		if n.p.Addr().BitLen()-n.p.Bits() > 1 { // a /31 or /127 and a single address are all hosts
			it.at = it.at.Next()
			if it.at.Is4() {
				it.last = it.last.Prev() // IPv6 has no broadcast
			}
		}
		return pyrt.NewLazy("generator", it.Next), a.none()
	},
	"subnets": func(n ipNet, a *args) (starlark.Value, error) {
		v, err := a.bind("prefixlen_diff", "new_prefix")
		if err != nil {
			return nil, err
		}
		diff, err := intOr(v[0], 1)
		if err != nil {
			return nil, err
		}
		bits := n.p.Bits() + diff
		if !isNone(v[1]) {
			if bits, err = pymeth.Index(v[1]); err != nil {
				return nil, err
			}
			if bits < n.p.Bits() {
				return nil, pyrt.Errorf("ValueError", "new prefix must be longer")
			}
		}
		if diff < 0 {
			return nil, pyrt.Errorf("ValueError", "prefix length diff must be > 0")
		}
		if bits > n.p.Addr().BitLen() {
			return nil, pyrt.Errorf("ValueError", "prefix length diff %d is invalid for netblock %s", bits, n.p)
		}
		at, last := n.p.Masked().Addr(), broadcast(n.p)
		return pyrt.NewLazy("generator", func() (starlark.Value, error) {
			if !at.IsValid() || last.Less(at) {
				return nil, nil
			}
			p := netip.PrefixFrom(at, bits)
			at = broadcast(p).Next()
			return ipNet{p: p}, nil
		}), nil
	},
	"supernet": func(n ipNet, a *args) (starlark.Value, error) {
		v, err := a.bind("prefixlen_diff", "new_prefix")
		if err != nil {
			return nil, err
		}
		diff, err := intOr(v[0], 1)
		if err != nil {
			return nil, err
		}
		bits := n.p.Bits() - diff
		if !isNone(v[1]) {
			if bits, err = pymeth.Index(v[1]); err != nil {
				return nil, err
			}
		}
		if bits < 0 || bits > n.p.Bits() {
			return nil, pyrt.Errorf("ValueError", "current prefixlen is %d, cannot have a prefixlen_diff of %d", n.p.Bits(), diff)
		}
		return ipNet{p: netip.PrefixFrom(n.p.Addr(), bits).Masked()}, nil
	},
	"overlaps": ipRelation(func(n, o netip.Prefix) bool { return n.Overlaps(o) }),
	"subnet_of": ipRelation(func(n, o netip.Prefix) bool {
		return n.Bits() >= o.Bits() && o.Contains(n.Addr())
	}),
	"supernet_of": ipRelation(func(n, o netip.Prefix) bool {
		return n.Bits() <= o.Bits() && n.Contains(o.Addr())
	}),
}

func ipRelation(f func(n, o netip.Prefix) bool) func(n ipNet, a *args) (starlark.Value, error) {
	return func(n ipNet, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		o, ok := v[0].(ipNet)
		if !ok {
			return nil, pyrt.Errorf("TypeError", "%s() wants a network", a.name)
		}
		return starlark.Bool(f(n.p, o.p)), nil
	}
}
