package repl

import (
	"math/rand/v2"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// utilBuiltins are small functions of Scapy's that scripts use.
func utilBuiltins() []*builtin {
	data := func(name, doc string, f func(b []byte) (starlark.Value, error)) *builtin {
		return &builtin{Sig: name + "(x)", Group: addr6Group, Doc: doc, Run: func(c *call) (starlark.Value, error) {
			b, err := c.bytes("x")
			if err != nil {
				return nil, err
			}
			return f(b)
		}}
	}
	random := func(name, doc string, from byte) *builtin {
		return &builtin{Sig: name + "(length)", Group: addr6Group, Doc: doc, Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("length", 0)
			if err != nil || n < 0 || n > 1<<24 {
				return nil, c.wrong("length", "0..16777216")
			}
			out := make([]byte, n)
			for i := range out {
				out[i] = from + byte(rand.IntN(256-int(from)))
			}
			return starlark.Bytes(out), nil
		}}
	}
	return []*builtin{
		data("sane", "x as text with a point for each byte that does not print.", func(b []byte) (starlark.Value, error) {
			out := make([]byte, len(b))
			for i, c := range b {
				out[i] = c
				if c < 32 || c >= 127 {
					out[i] = '.'
				}
			}
			return starlark.String(out), nil
		}),
		data("fletcher16_checksum", "The Fletcher checksum of bytes, as OSPF and IS-IS have it (RFC 905 annex B).", func(b []byte) (starlark.Value, error) {
			c0, c1 := layers.Fletcher(b)
			return starlark.MakeInt(c1<<8 | c0), nil
		}),
		{Sig: "fletcher16_checkbytes(binbuf, offset)", Group: addr6Group, Doc: "The two bytes that stand at offset so that the Fletcher checksum of binbuf is 0.", Run: fletcherBytes},
		data("tex_escape", "x as text for TeX.", func(b []byte) (starlark.Value, error) {
			return starlark.String(strings.NewReplacer("{", "{\\tt\\char123}", "}", "{\\tt\\char125}", "\\", "{\\tt\\char92}",
				"^", "\\^{}", "$", "\\$", "#", "\\#", "_", "\\_", "&", "\\&", "%", "\\%", "|", "{\\tt\\char124}", "~", "{\\tt\\char126}",
				"<", "{\\tt\\char60}", ">", "{\\tt\\char62}").Replace(string(b))), nil
		}),
		{Sig: "strand(s1, s2)", Group: addr6Group, Doc: "Bitwise and of two byte strings, as long as the shorter.", Run: func(c *call) (starlark.Value, error) {
			a, err := c.bytes("s1")
			if err != nil {
				return nil, err
			}
			b, err := c.bytes("s2")
			out := make([]byte, min(len(a), len(b)))
			for i := range out {
				out[i] = a[i] & b[i]
			}
			return starlark.Bytes(out), err
		}},
		random("randstring", "length random bytes.", 0),
		random("zerofree_randstring", "length random bytes, none of them zero.", 1),
		{Sig: "dns_compress(pkt)", Group: addr6Group, Doc: "A copy of the packet with the names of its DNS message compressed (RFC 1035 §4.1.4).", Run: func(c *call) (starlark.Value, error) {
			p, ok := c.val("pkt").(*packet)
			if !ok {
				return nil, c.wrong("pkt", "a packet")
			}
			return compressed(p)
		}},
		data("dns_encode", "A domain name as DNS writes it: dns_encode(b\"www.example.com\") is b\"\\x03www\\x07example\\x03com\\x00\". Labels are cut at 63 bytes.", func(b []byte) (starlark.Value, error) {
			if name := string(b); name == "" || name == "." {
				return starlark.Bytes("\x00"), nil
			}
			var out []byte
			for _, label := range strings.Split(string(b), ".") {
				label = label[:min(len(label), 63)]
				out = append(append(out, byte(len(label))), label...)
			}
			if out[len(out)-1] != 0 {
				out = append(out, 0)
			}
			return starlark.Bytes(out), nil
		}),
		{Sig: "RRlist2bitmap(lst)", Group: addr6Group, Doc: "The bitmap of a list of DNS record types (RFC 4034 §4.1.2).", Run: func(c *call) (starlark.Value, error) {
			list, ok := c.val("lst").(starlark.Iterable)
			if !ok {
				return nil, c.wrong("lst", "a list of types")
			}
			var types []uint16
			for v := range starlark.Elements(list) {
				n, ok := toInt(v)
				if !ok || n < 0 || n > 0xffff {
					return nil, c.wrong("lst", "numbers, 0..65535")
				}
				types = append(types, uint16(n))
			}
			return starlark.Bytes(layers.TypeBitmap(types)), nil
		}},
		data("bitmap2RRlist", "The DNS record types in a bitmap, None if it is none.", func(b []byte) (starlark.Value, error) {
			types, ok := layers.BitmapTypes(b)
			if !ok {
				return starlark.None, nil
			}
			out := make([]starlark.Value, len(types))
			for i, t := range types {
				out[i] = starlark.MakeInt(int(t))
			}
			return starlark.NewList(out), nil
		}),
	}
}

func fletcherBytes(c *call) (starlark.Value, error) {
	b, err := c.bytes("binbuf")
	if err != nil {
		return nil, err
	}
	at, err := c.int("offset", 0)
	if err != nil {
		return nil, err
	}
	if at < 0 || at > len(b) {
		return nil, pyrt.Errorf("ValueError", "fletcher16_checkbytes(): offset %d is not in %d bytes", at, len(b))
	}
	zeroed := append(append(append([]byte(nil), b[:at]...), 0, 0), b[min(at+2, len(b)):]...)
	x, y := layers.FletcherCheck(zeroed, at)
	return starlark.Bytes([]byte{x, y}), nil
}
