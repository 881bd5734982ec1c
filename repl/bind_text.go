package repl

import (
	"encoding/hex"
	"errors"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// textBuiltins look at packets and bytes.
func textBuiltins() []*builtin {
	const g = "Looking at packets"
	return []*builtin{
		{Sig: "raw(packet)", Group: g, Doc: "The bytes of a packet: what is unset computed, what is set as it is.\nbytes(p) is the same.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("packet")
				return starlark.Bytes(b), err
			}},
		{Sig: "ls(obj=None, verbose=False)", Group: g, Doc: "List the layers, or the fields of one.\nls() lists all layers, ls(TCP) a layer's fields with types and defaults, ls(p) with the packet's values too, ls(\"icmp\") the layers with that in their name.", Run: lsBuiltin},
		{Sig: "hexdump(x, dump=False)", Group: g, Doc: "Print bytes in hexadecimal and text, 16 a line. dump=True returns the text.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("x")
				return c.text(layers.Hexdump(b), err)
			}},
		{Sig: "linehexdump(x, onlyasc=False, onlyhex=False, dump=False)", Group: g, Doc: "Print bytes in hexadecimal and text on one line; onlyhex, onlyasc: one of them alone.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("x")
				return c.text(layers.HexStr(b, !c.bool("onlyasc", false), !c.bool("onlyhex", false)), err)
			}},
		{Sig: "chexdump(x, dump=False)", Group: g, Doc: "Print bytes as a C array's members: 0x01, 0xff.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("x")
				return c.text(layers.CHexdump(b), err)
			}},
		{Sig: "hexstr(x, onlyasc=False, onlyhex=False)", Group: g, Doc: "Bytes in hexadecimal and text on one line, returned; onlyhex, onlyasc: one of them alone.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("x")
				both := layers.LineHexdump(b)
				n := max(3*len(b)-1, 0) // the digits, before the two spaces
				switch {
				case c.bool("onlyhex", false):
					both = both[:n]
				case c.bool("onlyasc", false):
					both = both[min(n+2, len(both)):]
				}
				return starlark.String(both), err
			}},
		{Sig: "rfc(layer, ret=False, legend=True)", Group: g, Doc: "Draw a layer's header as RFCs do, 32 bits a row. ret=True returns the text.",
			Run: func(c *call) (starlark.Value, error) {
				p, err := protoOf(c.val("layer"))
				if err != nil {
					return nil, err
				}
				s := layers.Figure(p, c.bool("legend", true))
				if c.bool("ret", false) {
					return starlark.String(s), nil
				}
				return nil, printLine(c.th, s)
			}},
		{Sig: "explore(layer=None)", Group: g, Doc: "List layers with their names in a table: explore(\"dns\") those with that in their name, explore(IP) what may follow IP.", Run: explore},
		{Sig: "hexdiff(a, b, dump=False)", Group: g, Doc: "Print where two packets or byte strings differ.",
			Run: func(c *call) (starlark.Value, error) {
				a, err := c.bytes("a")
				if err != nil {
					return nil, err
				}
				b, err := c.bytes("b")
				return c.text(strings.TrimSuffix(layers.HexDiff(a, b), "\n"), err)
			}},
		{Sig: "bytes_hex(x)", Group: g, Doc: "The bytes of x as hexadecimal digits, in bytes.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("x")
				return starlark.Bytes(hex.EncodeToString(b)), err
			}},
		{Sig: "hex_bytes(x)", Group: g, Doc: "Bytes from hexadecimal digits; white space is passed over.", Run: hexBytes},
		{Sig: "import_hexcap(text)", Group: g, Doc: "Bytes from a pasted hexdump, as hexdump(), tcpdump -x or xxd print it.",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.str("text", "")
				if err != nil {
					return nil, err
				}
				b, err := layers.ImportHexcap(s)
				if err != nil {
					return nil, pyrt.Errorf("ValueError", "import_hexcap(): %v", err)
				}
				return starlark.Bytes(b), nil
			}},
		{Sig: "checksum(data)", Group: g, Doc: "The Internet checksum of bytes (RFC 1071).",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("data")
				return starlark.MakeInt(int(layers.Checksum(b))), err
			}},
	}
}

func explore(c *call) (starlark.Value, error) {
	if v, ok := c.val("layer").(*class); ok {
		return nil, printText(c.th, layers.Uppers(v.proto()))
	}
	part, err := c.str("layer", "")
	if err != nil {
		return nil, err
	}
	rows := layers.Explore(part)
	if rows == "" {
		return nil, pyrt.Errorf("NameError", "no layer has %q in its name%s", part, layers.SuggestProto(part))
	}
	return nil, printText(c.th, rows)
}

// bytes is an argument as bytes: a packet built, text as UTF-8.
func (c *call) bytes(name string) ([]byte, error) {
	b, err := bytesOf(c.val(name))
	if err != nil {
		var kind interface {
			error
			Kind() string
		}
		if errors.As(err, &kind) {
			return nil, err // the packet does not build
		}
		return nil, c.wrong(name, "bytes, text or a packet")
	}
	return b, nil
}

func lsBuiltin(c *call) (starlark.Value, error) {
	switch v := c.val("obj").(type) {
	case starlark.NoneType:
		return nil, printText(c.th, layers.Ls())
	case *class:
		return nil, printText(c.th, layers.LsProto(v.proto()))
	case *packet:
		if err := v.sync(); err != nil {
			return nil, err
		}
		return nil, printText(c.th, layers.LsPacket(v.view()))
	case starlark.String:
		if p := layers.Lookup(string(v)); p != nil {
			return nil, printText(c.th, layers.LsProto(p))
		}
		text := layers.LsMatching(string(v))
		if text == "" {
			return nil, pyrt.Errorf("NameError", "no layer has %q in its name%s", string(v), layers.SuggestProto(string(v)))
		}
		return nil, printText(c.th, text)
	}
	return nil, c.wrong("obj", "a layer such as TCP, a packet or part of a layer's name")
}

func hexBytes(c *call) (starlark.Value, error) {
	s, err := c.str("x", "")
	if err != nil {
		return nil, err
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		return nil, pyrt.Errorf("ValueError", "hex_bytes(): %v", strings.TrimPrefix(err.Error(), "encoding/hex: "))
	}
	return starlark.Bytes(b), nil
}
