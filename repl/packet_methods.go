package repl

import (
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// packetMethods are the methods of a packet, beside its fields.
var packetMethods map[string]*builtin

func init() {
	packetMethods = methodTable( // not at its declaration: the methods reach it again
		&builtin{Sig: "show(dump=False)", Doc: "Print the packet layer by layer, a field a line.\nFields that are computed when the packet is built show as None. dump=True returns the text instead.",
			Run: func(c *call) (starlark.Value, error) { return c.text(c.self.p.ShowFrom(c.self.index()), nil) }},
		&builtin{Sig: "show2(dump=False)", Doc: "Build the packet, dissect it again and print that: checksums and lengths filled in.",
			Run: func(c *call) (starlark.Value, error) { return c.text(c.self.view().Show2()) }},
		&builtin{Sig: "summary()", Doc: "One line: IP / TCP 10.0.0.1:1024 > 10.0.0.2:http S.",
			Run: func(c *call) (starlark.Value, error) { return starlark.String(c.self.view().Summary()), nil }},
		&builtin{Sig: "mysummary()", Doc: "The layer's own share of summary().",
			Run: func(c *call) (starlark.Value, error) { return starlark.String(c.self.view().Summary()), nil }},
		&builtin{Sig: "copy()", Doc: "A copy that shares nothing with the packet.",
			Run: func(c *call) (starlark.Value, error) { return wrap(c.self.view().Clone()), nil }},
		&builtin{Sig: "clone_with(payload=None, **fields)", Doc: "A layer of the same kind with these fields, and the payload on it.", Run: cloneWith},
		&builtin{Sig: "build()", Doc: "The packet's bytes, as raw(p).", Run: packetBytes},
		&builtin{Sig: "do_build()", Doc: "The packet's bytes, as raw(p).", Run: packetBytes},
		&builtin{Sig: "clear_cache()", Doc: "Accepted for Scapy's scripts: what is set after dissecting always counts.", Run: func(*call) (starlark.Value, error) { return nil, nil }},
		&builtin{Sig: "__bytes__()", Doc: "The packet's bytes, as raw(p).", Run: packetBytes},
		&builtin{Sig: "command()", Doc: "An expression that makes the same packet again.",
			Run: func(c *call) (starlark.Value, error) { return starlark.String(c.self.view().Command()), nil }},
		&builtin{Sig: "sprintf(format)", Doc: "Text with fields in it: p.sprintf(\"%IP.src% > %IP.dst% {TCP:%TCP.flags%}\").\n%[[format],][r,]Layer[:n].field% is a field (r: the raw number); {Layer:text} stands if the layer is there, {!Layer:text} if not.",
			Run: func(c *call) (starlark.Value, error) {
				f, err := c.str("format", "")
				if err != nil {
					return nil, err
				}
				s, err := c.self.view().Sprintf(f)
				return starlark.String(s), err
			}},
		&builtin{Sig: "haslayer(layer, **fields)", Doc: "Whether the packet has the layer, as TCP in p, with these values in its fields: p.haslayer(TCP, dport=80).",
			Run: func(c *call) (starlark.Value, error) {
				w, err := c.findLayer(1)
				return starlark.Bool(w != nil), err
			}},
		&builtin{Sig: "getlayer(layer, nb=1, **fields)", Doc: "The nb-th such layer, whose fields have the values given; None if there is none.\nA number for layer counts layers from 0.", Run: getLayer},
		&builtin{Sig: "layers()", Doc: "The classes of the layers, outermost first.",
			Run: func(c *call) (starlark.Value, error) {
				var out []starlark.Value
				for _, l := range c.self.p.Layers()[c.self.index():] {
					out = append(out, shell().classOf(l.Proto()))
				}
				return starlark.NewList(out), nil
			}},
		&builtin{Sig: "iterpayloads()", Doc: "The layers one by one, this one first.",
			Run: func(c *call) (starlark.Value, error) {
				var out []starlark.Value
				for i := c.self.index(); i < c.self.p.Len(); i++ {
					out = append(out, c.self.layerView(i))
				}
				return starlark.NewList(out), nil
			}},
		&builtin{Sig: "lastlayer()", Doc: "The innermost layer.",
			Run: func(c *call) (starlark.Value, error) { return c.self.layerView(c.self.p.Len() - 1), nil }},
		&builtin{Sig: "firstlayer()", Doc: "The outermost layer.",
			Run: func(c *call) (starlark.Value, error) { return c.self.layerView(0), nil }},
		&builtin{Sig: "answers(other)", Doc: "Whether this packet, received, answers the other, sent.",
			Run: func(c *call) (starlark.Value, error) {
				o, ok := c.val("other").(*packet)
				if !ok {
					return nil, c.wrong("other", "a packet")
				}
				return starlark.Bool(c.self.view().Answers(o.view())), nil
			}},
		&builtin{Sig: "match(filter)", Doc: "Whether the packet passes a tcpdump expression: p.match(\"tcp port 80\").", Run: matchPacket},
		&builtin{Sig: "hashret()", Doc: "Bytes that a packet and its answers have in common.",
			Run: func(c *call) (starlark.Value, error) { return starlark.Bytes(c.self.view().HashRet()), nil }},
		&builtin{Sig: "add_payload(payload)", Doc: "Put a layer, text or bytes on top, as p /= payload.",
			Run: func(c *call) (starlark.Value, error) {
				o, err := toPacket(c.val("payload"))
				if err != nil || o == nil {
					return nil, c.wrong("payload", "a packet, text or bytes")
				}
				c.self.p.Push(o.view())
				return nil, nil
			}},
		&builtin{Sig: "remove_payload()", Doc: "Drop the layers above this one.",
			Run: func(c *call) (starlark.Value, error) { c.self.p.Truncate(c.self.index() + 1); return nil, nil }},
		&builtin{Sig: "getfieldval(name)", Doc: "The value of a field by name.",
			Run: func(c *call) (starlark.Value, error) {
				n, err := c.str("name", "")
				if err != nil {
					return nil, err
				}
				return c.self.Attr(n)
			}},
		&builtin{Sig: "setfieldval(name, value)", Doc: "Set a field by name.",
			Run: func(c *call) (starlark.Value, error) {
				n, err := c.str("name", "")
				if err != nil {
					return nil, err
				}
				return nil, c.self.SetField(n, c.val("value"))
			}},
		&builtin{Sig: "delfieldval(name)", Doc: "Give a field back to its default or to computation, as del p.name.",
			Run: func(c *call) (starlark.Value, error) {
				n, err := c.str("name", "")
				if err != nil {
					return nil, err
				}
				return nil, c.self.DelAttr(n)
			}},
		&builtin{Sig: "decode_payload_as(layer)", Doc: "Dissect what is above this layer again, as the layer given.", Run: decodePayloadAs},
		&builtin{Sig: "hide_defaults()", Doc: "Unset the fields whose value is the default, so that repr() leaves them out.",
			Run: func(c *call) (starlark.Value, error) { c.self.p.HideDefaults(c.self.index()); return nil, nil }},
		&builtin{Sig: "display(dump=False)", Doc: "show(), by its older name.",
			Run: func(c *call) (starlark.Value, error) { return c.text(c.self.p.ShowFrom(c.self.index()), nil) }},
		&builtin{Sig: "json()", Doc: "The packet as JSON text: a list of layers, each with its name and fields. Bytes are {\"hex\": …}, what is computed when built is null.",
			Run: func(c *call) (starlark.Value, error) {
				return starlark.String(c.self.p.JSONFrom(c.self.index())), nil
			}},
		&builtin{Sig: "to_go()", Doc: "A Go program that makes the packet with gopacket, as text: print(p.to_go()).",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.self.view().ToGo()
				return starlark.String(s), valueError(err)
			}},
		&builtin{Sig: "to_c()", Doc: "The packet's bytes as a C array, a comment for each layer, as text: print(p.to_c()).",
			Run: func(c *call) (starlark.Value, error) {
				s, err := c.self.view().ToC()
				return starlark.String(s), valueError(err)
			}},
		&builtin{Sig: "to_hex()", Doc: "The packet's bytes as hexadecimal digits, as text.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.self.PyBytes()
				return starlark.String(layers.HexBytes(b)), err
			}},
		&builtin{Sig: "to_base64()", Doc: "The packet's bytes in base64, as text.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.self.PyBytes()
				return starlark.String(layers.Base64Bytes(b)), err
			}},
		&builtin{Sig: "get_field(name)", Doc: "The field of that name, with its type, name and default.",
			Run: func(c *call) (starlark.Value, error) {
				i, err := c.ownField()
				if err != nil {
					return nil, err
				}
				return fieldRef{c.self.proto(), i}, nil
			}},
		&builtin{Sig: "guess_payload_class(payload)", Doc: "The layer that payload would be dissected as behind this one.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("payload")
				if err != nil {
					return nil, err
				}
				head := c.self.p.Clone()
				head.Truncate(c.self.index() + 1)
				return shell().classOf(layers.PayloadProto(head.At(c.self.index()), b)), nil
			}},
		&builtin{Sig: "fragment(fragsize=1480)", Doc: "The IPv4 fragments of the packet, as fragment(p).",
			Run: packetFragments},
		&builtin{Sig: "hexdump(dump=False)", Doc: "Print the bytes in hexadecimal, 16 a line.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.self.PyBytes()
				return c.text(layers.Hexdump(b), err)
			}},
	)
	addInner()
}

// ownField is the position of the field of the layer at hand that the argument name tells.
func (c *call) ownField() (int, error) {
	name, err := c.str("name", "")
	if err != nil {
		return 0, err
	}
	i := c.self.proto().Index(name)
	if i < 0 {
		return 0, c.self.proto().NoField(name)
	}
	return i, nil
}

// methodTable indexes methods by name; all belong to the group of their type.
func methodTable(list ...*builtin) map[string]*builtin {
	m := make(map[string]*builtin, len(list))
	for _, b := range list {
		run := b.Run
		b.Run = func(c *call) (starlark.Value, error) {
			if c.self != nil {
				if err := c.self.sync(); err != nil {
					return nil, err
				}
			}
			return run(c)
		}
		m[b.Name()] = b
	}
	return m
}

// text prints s, or returns it when the argument dump is true.
func (c *call) text(s string, err error) (starlark.Value, error) {
	if err != nil {
		return nil, err
	}
	if c.bool("dump", false) {
		return starlark.String(s), nil
	}
	return nil, printLine(c.th, s)
}

func packetBytes(c *call) (starlark.Value, error) {
	b, err := c.self.PyBytes()
	return starlark.Bytes(b), err
}

func getLayer(c *call) (starlark.Value, error) {
	if n, ok := toInt(c.val("layer")); ok {
		if w := c.self.layerAt(n); w != nil {
			return w, nil
		}
		return starlark.None, nil
	}
	nb, err := c.int("nb", 1)
	if err != nil {
		return nil, err
	}
	// "IP.src" is the field of the layer.
	name, field := "", ""
	if text, ok := c.val("layer").(starlark.String); ok && layers.Lookup(string(text)) == nil {
		if name, field, ok = strings.Cut(string(text), "."); ok {
			c.vals["layer"] = starlark.String(name)
		} else {
			field = ""
		}
	}
	w, err := c.findLayer(nb)
	switch {
	case err != nil:
		return nil, err
	case w == nil:
		return starlark.None, nil
	case field != "":
		return w.Attr(field)
	}
	return w, nil
}

// findLayer is the nb-th layer that the argument layer names and whose fields
// have the values that the other arguments give; nil if there is none.
func (c *call) findLayer(nb int) (*packet, error) {
	p, err := protoOf(c.val("layer"))
	if err != nil {
		return nil, err
	}
	if len(c.more) == 0 {
		w, _ := c.self.locate(p, nb)
		return w, nil
	}
search:
	for at := range c.self.p.Walk(c.self.index()) {
		if at.Proto() != p {
			continue
		}
		w := &packet{p: at.P, l: at.Layer()}
		for _, kw := range c.more {
			name := string(kw[0].(starlark.String))
			if p.Index(name) < 0 {
				return nil, withArg(p.NoField(name), name)
			}
			eq, err := pyEqual(w.field(at.I, p.Index(name)), kw[1])
			if err != nil {
				return nil, err
			}
			if !eq {
				continue search
			}
		}
		if nb--; nb <= 0 {
			return w, nil
		}
	}
	return nil, nil
}

func decodePayloadAs(c *call) (starlark.Value, error) {
	p, err := protoOf(c.val("layer"))
	if err != nil {
		return nil, err
	}
	i := c.self.index()
	b, err := c.self.p.BuildFrom(i + 1)
	if err != nil {
		return nil, err
	}
	c.self.p.Truncate(i + 1)
	if len(b) > 0 {
		c.self.p.Push(layers.Dissect(p, b))
	}
	return nil, nil
}

func cloneWith(c *call) (starlark.Value, error) {
	v, err := shell().classOf(c.self.proto()).CallInternal(c.th, nil, c.more)
	if err != nil || !c.has("payload") {
		return v, err
	}
	p := v.(*packet)
	return p, packetSetters["payload"](p, c.val("payload"))
}
