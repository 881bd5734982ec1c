package repl

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net"
	"net/netip"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

const addr6Group = "Bytes and addresses"

// Bits of an IPv6 address's type and scope, as in6_getAddrType() and in6_getscope()
// tell them.
const (
	addr6Unicast     = 0x01
	addr6Multicast   = 0x02
	addr6Loopback    = 0x10
	addr6Link        = 0x20
	addr6Site        = 0x40
	addr6To4         = 0x100
	addr6Unspecified = 0x10000
)

// addr6Constants are Scapy's names for them.
var addr6Constants = map[string]int{
	"IPV6_ADDR_UNICAST": addr6Unicast, "IPV6_ADDR_MULTICAST": addr6Multicast, "IPV6_ADDR_CAST_MASK": 0x0f,
	"IPV6_ADDR_LOOPBACK": addr6Loopback, "IPV6_ADDR_GLOBAL": 0, "IPV6_ADDR_LINKLOCAL": addr6Link,
	"IPV6_ADDR_SITELOCAL": addr6Site, "IPV6_ADDR_SCOPE_MASK": 0xf0, "IPV6_ADDR_6TO4": addr6To4,
	"IPV6_ADDR_UNSPECIFIED": addr6Unspecified,
}

// addr6Blocks are the functions that tell whether an address is in a block.
var addr6Blocks = []struct{ name, block, doc string }{
	{"in6_isdocaddr", "2001:db8::/32", "for documentation (RFC 3849)"},
	{"in6_islladdr", "fe80::/10", "link-local (RFC 4291 §2.5.6)"},
	{"in6_issladdr", "fec0::/10", "site-local (RFC 3879 deprecates these)"},
	{"in6_isuladdr", "fc00::/7", "unique local (RFC 4193)"},
	{"in6_isgladdr", "2000::/3", "global unicast (RFC 4291 §2.5.4)"},
	{"in6_ismaddr", "ff00::/8", "multicast (RFC 4291 §2.7)"},
	{"in6_ismnladdr", "ff01::/16", "interface-local multicast"},
	{"in6_ismlladdr", "ff02::/16", "link-local multicast"},
	{"in6_ismsladdr", "ff05::/16", "site-local multicast"},
	{"in6_ismgladdr", "ff0e::/16", "global multicast"},
	{"in6_isllsnmaddr", "ff02::1:ff00:0/104", "a solicited-node multicast address (RFC 4291 §2.7.1)"},
	{"in6_isaddrllallnodes", "ff02::1/128", "all nodes of the link"},
	{"in6_isaddrllallservers", "ff02::2/128", "all routers of the link"},
	{"in6_isaddr6to4", "2002::/16", "of 6to4 (RFC 3056)"},
	{"in6_isaddrTeredo", "2001::/32", "of Teredo (RFC 4380 §2.6)"},
}

// addr6Builtins take IPv6 addresses apart and make them.
func addr6Builtins() []*builtin {
	out := []*builtin{
		addr6Func("in6_ptop(addr)", "The shortest form of an address: in6_ptop(\"2001:0db8:0:0::1\") is 2001:db8::1.",
			func(a [16]byte) starlark.Value { return addr6Text(a) }),
		addr6Func("in6_getAddrType(addr)", "The type of an address, a sum of IPV6_ADDR_UNICAST and the like.",
			func(a [16]byte) starlark.Value { return starlark.MakeInt(addr6Type(a)) }),
		addr6Func("in6_getscope(addr)", "The scope of an address, such as IPV6_ADDR_LINKLOCAL; -1 if it is unknown.",
			func(a [16]byte) starlark.Value { return starlark.MakeInt(addr6Scope(a)) }),
		addr6Func("in6_addrtomac(addr)", "The Ethernet address that an interface identifier was made of (RFC 4291 appendix A), or None.",
			func(a [16]byte) starlark.Value { return identifierMAC(a) }),
		addr6Func("in6_iseui64(addr)", "Whether the interface identifier is made of an Ethernet address.",
			func(a [16]byte) starlark.Value { return starlark.Bool(a[11] == 0xff && a[12]&0xfe == 0xfe) }),
		addr6Func("in6_getha(addr)", "The anycast address of the home agents of a subnet (RFC 2526).", func(a [16]byte) starlark.Value {
			copy(a[8:], "\xfd\xff\xff\xff\xff\xff\xff\xfe")
			return addr6Text(a)
		}),
		{Sig: "in6_6to4ExtractAddr(addr)", Group: addr6Group, Doc: "The IPv4 address inside a 6to4 address, or None.", Run: func(c *call) (starlark.Value, error) {
			a, err := c.addr6("addr")
			if err != nil || !addr6In(a, "2002::/16") {
				return starlark.None, nil // as in Scapy, whatever addr is
			}
			return addr4Text(a[2:6]), nil
		}},
		addr6Func("teredoAddrExtractInfo(addr)", "(server, flags, client address, client port) of a Teredo address (RFC 4380 §4).", func(a [16]byte) starlark.Value {
			client := binary.BigEndian.AppendUint32(nil, ^binary.BigEndian.Uint32(a[12:]))
			return starlark.Tuple{addr4Text(a[4:8]), starlark.MakeInt(int(binary.BigEndian.Uint16(a[8:]))),
				addr4Text(client), starlark.MakeInt(int(^binary.BigEndian.Uint16(a[10:])))}
		}),
		{Sig: "in6_isvalid(addr)", Group: addr6Group, Doc: "Whether addr is an IPv6 address.", Run: isAddress(netip.Addr.Is6)},
		{Sig: "in6_isincluded(addr, prefix, plen)", Group: addr6Group, Doc: "Whether addr is in prefix/plen.", Run: isIncluded},
		{Sig: "in6_get_common_plen(a, b)", Group: addr6Group, Doc: "How many leading bits two addresses have in common.", Run: commonBits},
		{Sig: "in6_cidr2mask(m)", Group: addr6Group, Doc: "The mask of a prefix length, as 16 bytes.", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("m", 0)
			if err != nil || n < 0 || n > 128 {
				return nil, c.wrong("m", "a prefix length, 0..128")
			}
			return starlark.Bytes(net.CIDRMask(n, 128)), nil
		}},
		addr6Bits("in6_and", "and", func(x, y byte) byte { return x & y }),
		addr6Bits("in6_or", "or", func(x, y byte) byte { return x | y }),
		addr6Bits("in6_xor", "exclusive or", func(x, y byte) byte { return x ^ y }),
		{Sig: "in6_mactoifaceid(mac, ulbit=None)", Group: addr6Group, Doc: "The interface identifier made of an Ethernet address (RFC 4291 appendix A), its universal bit turned over or set to ulbit.", Run: interfaceIdentifier},
		{Sig: "in6_ifaceidtomac(ifaceid)", Group: addr6Group, Doc: "The Ethernet address that an interface identifier was made of, or None.", Run: func(c *call) (starlark.Value, error) {
			s, err := c.str("ifaceid", "")
			a, perr := netip.ParseAddr("::" + s)
			if err != nil || perr != nil {
				return starlark.None, err
			}
			return identifierMAC(a.As16()), nil
		}},
		{Sig: "in6_get6to4Prefix(addr)", Group: addr6Group, Doc: "The 6to4 prefix of an IPv4 address (RFC 3056 §2), or None.", Run: func(c *call) (starlark.Value, error) {
			s, err := c.str("addr", "")
			a, perr := netip.ParseAddr(s)
			if err != nil || perr != nil || !a.Is4() {
				return starlark.None, err
			}
			p := [16]byte{0x20, 0x02}
			copy(p[2:], a.AsSlice())
			return addr6Text(p), nil
		}},
		{Sig: "valid_net6(addr)", Group: addr6Group, Doc: "Whether addr is an IPv6 network or address.", Run: func(c *call) (starlark.Value, error) {
			s, err := c.str("addr", "")
			a, aerr := netip.ParseAddr(s)
			p, perr := netip.ParsePrefix(s)
			return starlark.Bool(aerr == nil && a.Is6() || perr == nil && p.Addr().Is6()), err
		}},
	}
	for _, b := range addr6Blocks {
		block := netip.MustParsePrefix(b.block)
		out = append(out, addr6Func(b.name+"(addr)", "Whether addr is "+b.doc+", in "+b.block+".",
			func(a [16]byte) starlark.Value { return starlark.Bool(block.Contains(netip.AddrFrom16(a))) }))
	}
	return out
}

// addr6Func is a function of one IPv6 address.
func addr6Func(sig, doc string, f func(a [16]byte) starlark.Value) *builtin {
	return &builtin{Sig: sig, Group: addr6Group, Doc: doc, Run: func(c *call) (starlark.Value, error) {
		a, err := c.addr6("addr")
		if err != nil {
			return nil, err
		}
		return f(a), nil
	}}
}

func (c *call) addr6(name string) ([16]byte, error) {
	s, err := c.str(name, "")
	if err != nil {
		return [16]byte{}, err
	}
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Is6() || a.Zone() != "" {
		e := pyrt.Errorf("OSError", "%s(): %s: got %q, want an IPv6 address", c.b.Name(), name, s)
		e.Field = name
		return [16]byte{}, e
	}
	return a.As16(), nil
}

func addr6Text(a [16]byte) starlark.Value { return starlark.String(netip.AddrFrom16(a).String()) }

func addr4Text(b []byte) starlark.Value { return starlark.String(net.IP(b).String()) }

func addr6In(a [16]byte, block string) bool {
	return netip.MustParsePrefix(block).Contains(netip.AddrFrom16(a))
}

// addr6Type says of an address what block it is of; of no known one it is global
// unicast (RFC 4291 §2.4).
func addr6Type(a [16]byte) int {
	switch addr := netip.AddrFrom16(a); {
	case addr.IsUnspecified():
		return addr6Unspecified
	case addr.IsLoopback():
		return addr6Loopback
	case addr6In(a, "ff02::/16"):
		return addr6Multicast | addr6Link
	case addr.IsMulticast():
		return addr6Multicast
	case addr6In(a, "2002::/16"):
		return addr6Unicast | addr6To4
	case addr6In(a, "fe80::/10"):
		return addr6Unicast | addr6Link
	}
	return addr6Unicast
}

func addr6Scope(a [16]byte) int {
	for _, s := range []struct {
		block string
		scope int
	}{
		{"2000::/3", 0}, {"fc00::/7", 0}, {"ff0e::/16", 0}, {"::1/128", addr6Loopback}, {"ff01::/16", addr6Loopback},
		{"fe80::/10", addr6Link}, {"ff02::/16", addr6Link}, {"fec0::/10", addr6Site}, {"ff05::/16", addr6Site},
	} {
		if addr6In(a, s.block) {
			return s.scope
		}
	}
	return -1
}

// identifierMAC undoes what RFC 4291 appendix A does to an Ethernet address.
func identifierMAC(a [16]byte) starlark.Value {
	id := a[8:]
	if id[3] != 0xff || id[4] != 0xfe {
		return starlark.None
	}
	mac := net.HardwareAddr{id[0] ^ 2, id[1], id[2], id[5], id[6], id[7]}
	return starlark.String(mac.String())
}

func interfaceIdentifier(c *call) (starlark.Value, error) {
	s, err := c.str("mac", "")
	if err != nil {
		return nil, err
	}
	m, err := layers.ParseMAC(s)
	if err != nil {
		return starlark.None, nil // as in Scapy
	}
	first := m[0] ^ 2
	if c.has("ulbit") {
		bit, err := c.int("ulbit", 0)
		if err != nil || bit < 0 || bit > 1 {
			return nil, c.wrong("ulbit", "0 or 1")
		}
		first = m[0]&^2 | byte(bit<<1)
	}
	return starlark.String(fmt.Sprintf("%02X%02X:%02XFF:FE%02X:%02X%02X", first, m[1], m[2], m[3], m[4], m[5])), nil
}

func isIncluded(c *call) (starlark.Value, error) {
	a, err := c.addr6("addr")
	if err != nil {
		return nil, err
	}
	p, err := c.addr6("prefix")
	if err != nil {
		return nil, err
	}
	n, err := c.int("plen", 0)
	if err != nil || n < 0 || n > 128 {
		return nil, c.wrong("plen", "a prefix length, 0..128")
	}
	return starlark.Bool(netip.PrefixFrom(netip.AddrFrom16(p), n).Contains(netip.AddrFrom16(a))), nil
}

func commonBits(c *call) (starlark.Value, error) {
	a, err := c.addr6("a")
	if err != nil {
		return nil, err
	}
	b, err := c.addr6("b")
	if err != nil {
		return nil, err
	}
	n := 0
	for i := range a {
		same := bits.LeadingZeros8(a[i] ^ b[i])
		n += same
		if same < 8 {
			break
		}
	}
	return starlark.MakeInt(n), nil
}

// addr6Bits combines two addresses of 16 bytes bit by bit.
func addr6Bits(name, doc string, f func(x, y byte) byte) *builtin {
	return &builtin{Sig: name + "(a1, a2)", Group: addr6Group, Doc: "Bitwise " + doc + " of two addresses of 16 bytes.", Run: func(c *call) (starlark.Value, error) {
		a, err := c.bytes("a1")
		if err != nil {
			return nil, err
		}
		b, err := c.bytes("a2")
		if err != nil {
			return nil, err
		}
		if len(a) != 16 || len(b) != 16 {
			return nil, pyrt.Errorf("ValueError", "%s(): got %d and %d bytes, want 16 each", name, len(a), len(b))
		}
		out := make([]byte, 16)
		for i := range out {
			out[i] = f(a[i], b[i])
		}
		return starlark.Bytes(out), nil
	}}
}
