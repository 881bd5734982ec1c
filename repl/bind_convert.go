package repl

import (
	"encoding/binary"
	"net/netip"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// convertBuiltins turn addresses and bytes into each other.
func convertBuiltins() []*builtin {
	const g = "Bytes and addresses"
	return []*builtin{
		{Sig: "bytes_base64(x)", Group: g, Doc: "The bytes of x in base64, in bytes.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("x")
				return starlark.Bytes(layers.Base64Bytes(b)), err
			}},
		{Sig: "base64_bytes(x)", Group: g, Doc: "Bytes from base64.",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.str("x", "")
				if err != nil {
					return nil, err
				}
				b, err := layers.BytesBase64(s)
				return starlark.Bytes(b), valueError(err)
			}},
		{Sig: "mac2str(mac)", Group: g, Doc: "The six bytes of an Ethernet address.",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.str("mac", "")
				if err != nil {
					return nil, err
				}
				m, err := layers.ParseMAC(s)
				return starlark.Bytes(m[:]), valueError(err)
			}},
		{Sig: "str2mac(s)", Group: g, Doc: "The Ethernet address that six bytes are.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("s")
				if err != nil {
					return nil, err
				}
				if len(b) != 6 {
					return nil, pyrt.Errorf("ValueError", "str2mac(): got %d bytes, want 6", len(b))
				}
				return starlark.String(layers.MAC(b).String()), nil
			}},
		{Sig: "ltoa(addr)", Group: g, Doc: "The IPv4 address that a number is: ltoa(0x0a000001) is '10.0.0.1'.",
			Run: func(c *call) (starlark.Value, error) {
				n, err := c.int("addr", 0)
				if err != nil || n < 0 || n > 1<<32-1 {
					return nil, c.wrong("addr", "a number of 32 bits")
				}
				return starlark.String(netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(n)))).String()), nil
			}},
		{Sig: "atol(addr)", Group: g, Doc: "The number that an IPv4 address or a host's is.",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.str("addr", "")
				if err != nil {
					return nil, err
				}
				l := layers.New(layers.IP)
				i := layers.IP.Index("dst")
				if err := l.Set(i, s); err != nil {
					return nil, valueError(err)
				}
				return starlark.MakeUint64(l.Uint(i)), nil
			}},
		{Sig: "valid_mac(mac)", Group: g, Doc: "Whether text is an Ethernet address.",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.str("mac", "")
				if err != nil {
					return nil, err
				}
				_, err = layers.ParseMAC(s)
				return starlark.Bool(err == nil), nil
			}},
		{Sig: "valid_ip(addr)", Group: g, Doc: "Whether text is an IPv4 address.", Run: isAddress(netip.Addr.Is4)},
		{Sig: "valid_ip6(addr)", Group: g, Doc: "Whether text is an IPv6 address.", Run: isAddress(netip.Addr.Is6)},
		{Sig: "strxor(a, b)", Group: g, Doc: "The bytes of a and b, each xor the other, as many as both have.",
			Run: func(c *call) (starlark.Value, error) {
				a, err := c.bytes("a")
				if err != nil {
					return nil, err
				}
				b, err := c.bytes("b")
				out := make([]byte, min(len(a), len(b)))
				for i := range out {
					out[i] = a[i] ^ b[i]
				}
				return starlark.Bytes(out), err
			}},
		{Sig: "in4_chksum(proto, ip, data)", Group: g, Doc: "The checksum of a transport header and its data, data, over IPv4: proto is its number, ip an IP layer with the addresses.",
			Run: pseudoChecksum(layers.IP)},
		{Sig: "in6_chksum(nh, ip, data)", Group: g, Doc: "The checksum of a transport header and its data, data, over IPv6.", Run: pseudoChecksum(layers.IPv6)},
	}
}

// valueError is err as a ValueError.
func valueError(err error) error {
	if err == nil {
		return nil
	}
	return pyrt.Errorf("ValueError", "%v", err)
}

func isAddress(is func(netip.Addr) bool) func(*call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		s, err := c.str("addr", "")
		if err != nil {
			return nil, err
		}
		a, err := netip.ParseAddr(s)
		return starlark.Bool(err == nil && is(a)), nil
	}
}

// pseudoChecksum sums the pseudo-header (RFC 9293 §3.1, RFC 8200 §8.1) and data.
func pseudoChecksum(proto *layers.Proto) func(*call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		num, err := c.int(c.b.Params()[0], 0)
		if err != nil {
			return nil, err
		}
		sum, err := pseudoAddrs(c, "ip", proto)
		if err != nil {
			return nil, err
		}
		data, err := c.bytes("data")
		if err != nil {
			return nil, err
		}
		sum = binary.BigEndian.AppendUint32(sum, uint32(len(data)))
		sum = binary.BigEndian.AppendUint32(sum, uint32(num&0xff))
		return starlark.MakeInt(int(layers.Checksum(append(sum, data...)))), nil
	}
}

// pseudoAddrs are the addresses of an argument that is a packet of proto.
func pseudoAddrs(c *call, arg string, proto *layers.Proto) ([]byte, error) {
	ip, ok := c.val(arg).(*packet)
	if !ok || ip.p.Index(proto, 1, ip.index()) < 0 {
		return nil, c.wrong(arg, "a packet with an "+proto.Name+" layer")
	}
	at := ip.p.At(ip.p.Index(proto, 1, ip.index()))
	var out []byte
	for _, name := range []string{"src", "dst"} {
		v, _ := at.Get(name)
		if a, ok := layers.First(v).(netip.Addr); ok {
			out = append(out, a.AsSlice()...)
		}
	}
	return out, nil
}
