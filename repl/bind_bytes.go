package repl

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/bits"
	"net"
	"net/netip"
	"strings"
	"unicode/utf8"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// bytesBuiltins are the small conversions that Scapy scripts use.
func bytesBuiltins() []*builtin {
	const g = "Bytes and addresses"
	str := func(name, doc string, f func(s string) (starlark.Value, error)) *builtin {
		return &builtin{Sig: name + "(x)", Group: g, Doc: doc, Run: func(c *call) (starlark.Value, error) {
			s, err := c.str("x", "")
			if err != nil {
				return nil, err
			}
			v, err := f(s)
			if err != nil {
				return nil, withArg(pyrt.Errorf("ValueError", "%s(): %v", name, err), "x")
			}
			return v, nil
		}}
	}
	data := func(name, doc string, f func(b []byte) (starlark.Value, error)) *builtin {
		return &builtin{Sig: name + "(x)", Group: g, Doc: doc, Run: func(c *call) (starlark.Value, error) {
			b, err := c.bytes("x")
			if err != nil {
				return nil, err
			}
			v, err := f(b)
			if err != nil {
				return nil, withArg(pyrt.Errorf("ValueError", "%s(): %v", name, err), "x")
			}
			return v, nil
		}}
	}
	valid := func(ok func(s string) bool) func(s string) (starlark.Value, error) {
		return func(s string) (starlark.Value, error) { return starlark.Bool(ok(s)), nil }
	}
	return []*builtin{
		str("inet_aton", "The four bytes of an IPv4 address.", func(s string) (starlark.Value, error) {
			a, err := netip.ParseAddr(s)
			if err == nil && !a.Is4() {
				err = fmt.Errorf("%q is not an IPv4 address", s)
			}
			return starlark.Bytes(a.AsSlice()), err
		}),
		data("inet_ntoa", "An IPv4 address as text, from its four bytes.", func(b []byte) (starlark.Value, error) { return addrFromBytes(b, 4) }),
		{Sig: "inet_pton(af, addr)", Group: g, Doc: "The bytes of an address; af is socket.AF_INET (2) or socket.AF_INET6 (10).", Run: func(c *call) (starlark.Value, error) {
			n, err := c.addrLen()
			if err != nil {
				return nil, err
			}
			s, err := c.str("addr", "")
			if err != nil {
				return nil, err
			}
			a, err := netip.ParseAddr(s)
			if err != nil || a.BitLen() != n*8 || a.Zone() != "" {
				return nil, withArg(pyrt.Errorf("OSError", "inet_pton(): %q is not an address of that family", s), "addr")
			}
			return starlark.Bytes(a.AsSlice()), nil
		}},
		{Sig: "inet_ntop(af, addr)", Group: g, Doc: "An address as text, from its bytes; af as in inet_pton().", Run: func(c *call) (starlark.Value, error) {
			n, err := c.addrLen()
			if err != nil {
				return nil, err
			}
			b, err := c.bytes("addr")
			if err != nil {
				return nil, err
			}
			v, err := addrFromBytes(b, n)
			if err != nil {
				return nil, withArg(pyrt.Errorf("ValueError", "inet_ntop(): %v", err), "addr")
			}
			return v, nil
		}},
		{Sig: "itom(x)", Group: g, Doc: "The netmask of a prefix length as a number: itom(24) is 0xffffff00.", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("x", 0)
			if err != nil || n < 0 || n > 32 {
				return nil, c.wrong("x", "a prefix length, 0..32")
			}
			return starlark.MakeUint64(uint64(binary.BigEndian.Uint32(netmask(n)))), nil
		}},
		str("valid_net", "Whether x is an IPv4 network or address.", valid(func(s string) bool {
			addr, _, _ := strings.Cut(s, "/")
			a, err := netip.ParseAddr(addr)
			if err == nil && addr != s {
				_, err = netip.ParsePrefix(s)
			}
			return err == nil && a.Is4()
		})),
		data("bytes_encode", "x as bytes: text in UTF-8, a packet built.", func(b []byte) (starlark.Value, error) { return starlark.Bytes(b), nil }),
		data("plain_str", "Bytes as text; what is no UTF-8 is written \\xff.", func(b []byte) (starlark.Value, error) { return starlark.String(escapeInvalid(b)), nil }),
		data("repr_hex", "The bytes of x as hexadecimal digits, in text.", func(b []byte) (starlark.Value, error) { return starlark.String(hex.EncodeToString(b)), nil }),
		{Sig: "orb(x)", Group: g, Doc: "A byte as a number: of a byte string its first.", Run: func(c *call) (starlark.Value, error) {
			if n, ok := toInt(c.val("x")); ok {
				return starlark.MakeInt(n), nil
			}
			b, err := c.bytes("x")
			if err == nil && len(b) == 0 {
				err = c.wrong("x", "a byte")
			}
			if err != nil {
				return nil, err
			}
			return starlark.MakeInt(int(b[0])), nil
		}},
		{Sig: "chb(x)", Group: g, Doc: "A number as a byte.", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("x", 0)
			if err != nil || n < 0 || n > 255 {
				return nil, c.wrong("x", "a number, 0..255")
			}
			return starlark.Bytes([]byte{byte(n)}), nil
		}},
		data("crc32c", "The CRC32c of bytes, in the order of bytes that SCTP sends it in (RFC 9260 appendix A): struct.pack(\"!I\", crc32c(b)).", func(b []byte) (starlark.Value, error) {
			return starlark.MakeUint64(uint64(bits.ReverseBytes32(crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))))), nil
		}),
		data("in6_getnsma", "The solicited-node multicast address of an IPv6 address, both as 16 bytes (RFC 4291 §2.7.1).", func(b []byte) (starlark.Value, error) {
			if len(b) != 16 {
				return nil, fmt.Errorf("got %d bytes, want 16", len(b))
			}
			return starlark.Bytes("\xff\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff" + string(b[13:])), nil
		}),
		data("in6_getnsmac", "The Ethernet address of an IPv6 multicast address of 16 bytes (RFC 2464 §7).", func(b []byte) (starlark.Value, error) {
			if len(b) != 16 {
				return nil, fmt.Errorf("got %d bytes, want 16", len(b))
			}
			return starlark.String(net.HardwareAddr(append([]byte{0x33, 0x33}, b[12:]...)).String()), nil
		}),
	}
}

// addrFromBytes is an address of n bytes as text.
func addrFromBytes(b []byte, n int) (starlark.Value, error) {
	a, ok := netip.AddrFromSlice(b)
	if !ok || len(b) != n {
		return nil, fmt.Errorf("got %d bytes, want %d", len(b), n)
	}
	return starlark.String(a.String()), nil
}

// addrLen is the length of an address of the family in the argument af.
func (c *call) addrLen() (int, error) {
	af, err := c.int("af", 0)
	switch {
	case err != nil:
		return 0, err
	case af == 2:
		return 4, nil
	case af == 10:
		return 16, nil
	}
	return 0, c.wrong("af", "socket.AF_INET or socket.AF_INET6")
}

// escapeInvalid is b as text, with bytes that are no UTF-8 escaped.
func escapeInvalid(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&out, "\\x%02x", b[0])
		} else {
			out.Write(b[:n])
		}
		b = b[n:]
	}
	return out.String()
}
