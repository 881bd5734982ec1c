package repl

import (
	"net/netip"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// craftBuiltins make packets and the values that go into them.
func craftBuiltins() []*builtin {
	const g = "Making packets"
	return []*builtin{
		{Sig: "Net(net, stop=None)", Group: g, Doc: "Every address of a network, the first and last included: Net(\"10.0.0.0/30\").\nWith stop, the addresses from the first to the last: Net(\"10.0.0.1\", \"10.0.0.9\").",
			Run: func(c *call) (starlark.Value, error) { return netOf(c) }},
		{Sig: "Net6(net, stop=None)", Group: g, Doc: "Every address of an IPv6 network: Net6(\"2001:db8::/126\").",
			Run: func(c *call) (starlark.Value, error) { return netOf(c) }},
		{Sig: "RawVal(val)", Group: g, Doc: "Bytes that stand in a field as they are, whatever the field's type.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.bytes("val")
				return rawVal{layers.RawVal(b)}, err
			}},
		{Sig: "fuzz(packet)", Group: g, Doc: "A copy in which each field that nobody set and that is not computed draws random values.",
			Run: func(c *call) (starlark.Value, error) {
				p, err := c.packet("packet")
				if err != nil {
					return nil, err
				}
				return wrap(layers.Fuzz(p)), nil
			}},
		{Sig: "bind_layers(lower, upper, __fval=None, **fval)", Group: g, Doc: "Make upper the payload of lower where lower's fields have the values given, by name or as a dictionary, for dissecting and for building.\nbind_layers(UDP, VXLAN, dport=8472)", Run: func(c *call) (starlark.Value, error) { return bindLayers(c, layers.Bind) }},
		{Sig: "bind_bottom_up(lower, upper, __fval=None, **fval)", Group: g, Doc: "bind_layers() for dissecting alone.", Run: func(c *call) (starlark.Value, error) { return bindLayers(c, layers.BindUp) }},
		{Sig: "bind_top_down(lower, upper, __fval=None, **fval)", Group: g, Doc: "bind_layers() for building alone.", Run: func(c *call) (starlark.Value, error) { return bindLayers(c, layers.BindDown) }},
		{Sig: "split_layers(lower, upper, __fval=None, **fval)", Group: g, Doc: "Undo bind_layers().", Run: unbindLayers(layers.Unbind)},
		{Sig: "split_bottom_up(lower, upper, __fval=None, **fval)", Group: g, Doc: "Undo bind_layers() for dissecting alone.", Run: unbindLayers(layers.UnbindUp)},
		{Sig: "split_top_down(lower, upper, __fval=None, **fval)", Group: g, Doc: "Undo bind_layers() for building alone.", Run: unbindLayers(layers.UnbindDown)},
		{Sig: "load_layer(name)", Group: g, Doc: "Have a protocol of applications read by its port: http (TCP 80, 8080) or tls (TCP 443). Until then its bytes are Raw, as in Scapy.\nAll other layers are always there, so that their names change nothing.\nload_layer(\"tls\")",
			Run: func(c *call) (starlark.Value, error) {
				name, err := c.str("name", "")
				if err == nil {
					layers.LoadLayer(name)
				}
				return starlark.None, err
			}},
		{Sig: "load_contrib(name)", Group: g, Doc: "Accepted for Scapy's scripts: all layers are there from the start.\nload_contrib(\"mpls\")",
			Run: func(c *call) (starlark.Value, error) {
				_, err := c.str("name", "")
				return starlark.None, err
			}},
		pairListOf("SndRcvList", "Results", "A list of pairs of packets, as sr() returns: SndRcvList([(query, answer), …]).", nil),
		pairListOf("TracerouteResult", "Traceroute", "Pairs of probes and answers as traceroute() returns them, with get_trace(), hops() and its table.", func(l *packetList) { l.trace = true }),
		pairListOf("ARPingResult", "ARPing", "Pairs of requests and answers as arping() returns them.", func(l *packetList) { l.line = arpingLine }),
		{Sig: "QueryAnswer(query, answer)", Group: g, Doc: "A packet and its answer.", Run: func(c *call) (starlark.Value, error) {
			qa, ok := pairFrom(starlark.Tuple{c.val("query"), c.val("answer")})
			if !ok {
				return nil, c.wrong("answer", "two packets")
			}
			return qa, nil
		}},
		{Sig: "NoPayload()", Group: g, Doc: "What stands behind the last layer: isinstance(p.payload, NoPayload).", Run: func(*call) (starlark.Value, error) { return noPayload{}, nil }},
		{Sig: "PacketList(res=None, name=\"PacketList\")", Group: g, Doc: "A list of packets with summary(), filter(), show() and the like.", Run: newPacketList},
	}
}

func (c *call) packet(name string) (*layers.Packet, error) {
	v, err := toPacket(c.val(name))
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, c.wrong(name, "a packet")
	}
	if err := v.sync(); err != nil {
		return nil, err
	}
	return v.view(), nil
}

func netOf(c *call) (starlark.Value, error) {
	s, err := c.str("net", "")
	if err != nil {
		return nil, err
	}
	if c.has("stop") {
		return netBetween(c, s)
	}
	n, err := layers.ParseNet(s)
	if err != nil {
		host, herr := layers.ParseNet(s + hostBits(s))
		if herr != nil {
			return nil, pyrt.Errorf("ValueError", "%s(): %v", c.b.Name(), err)
		}
		n = host
	}
	return network{n}, nil
}

// hostBits is the prefix length that makes one address a network.
func hostBits(s string) string {
	if strings.Contains(s, ":") {
		return "/128"
	}
	return "/32"
}

// netBetween is Net(start, stop): the addresses from one to the other.
func netBetween(c *call, start string) (starlark.Value, error) {
	stop, err := c.str("stop", "")
	if err != nil {
		return nil, err
	}
	a, err1 := netip.ParseAddr(start)
	b, err2 := netip.ParseAddr(stop)
	switch {
	case err1 != nil:
		return nil, pyrt.Errorf("ValueError", "%s(): net: %q is no address", c.b.Name(), start)
	case err2 != nil:
		return nil, pyrt.Errorf("ValueError", "%s(): stop: %q is no address", c.b.Name(), stop)
	case a.Is4() != b.Is4() || b.Less(a):
		return nil, pyrt.Errorf("ValueError", "%s(): got %s to %s, want a first and a last address", c.b.Name(), start, stop)
	}
	return netRange{layers.Between(a, b), a, b}, nil
}

func bindLayers(c *call, bind func(lower, upper *layers.Proto, fields ...any) error) (starlark.Value, error) {
	lower, err := protoOf(c.val("lower"))
	if err != nil {
		return nil, err
	}
	upper, err := protoOf(c.val("upper"))
	if err != nil {
		return nil, err
	}
	values := c.more
	if c.has("__fval") { // the same as a dictionary
		d, ok := c.val("__fval").(*starlark.Dict)
		if !ok {
			return nil, c.wrong("__fval", "a dictionary of fields of "+lower.Name)
		}
		values = append(d.Items(), values...)
	}
	var fields []any
	for _, kw := range values {
		v, err := toGo(kw[1])
		if err != nil {
			return nil, err
		}
		fields = append(fields, pyStr(kw[0]), v)
	}
	return nil, bind(lower, upper, fields...)
}

func newPacketList(c *call) (starlark.Value, error) {
	name, err := c.str("name", "PacketList")
	if err != nil {
		return nil, err
	}
	out := &packetList{name: name}
	if !c.has("res") {
		return out, nil
	}
	it, ok := c.val("res").(starlark.Iterable)
	if !ok {
		return nil, c.wrong("res", "a list of packets")
	}
	for v := range starlark.Elements(it) {
		switch v := v.(type) {
		case *packet:
			out.add(v)
		case queryAnswer:
			out.isSR = true
			out.add(v)
		default:
			return nil, c.wrong("res", "a list of packets")
		}
	}
	return out, nil
}

// pairListOf is a builtin that makes a list of pairs, to which set gives what its
// kind has of its own.
func pairListOf(class, name, doc string, set func(*packetList)) *builtin {
	return &builtin{Sig: class + "(res=None, name=\"" + name + "\")", Group: "Making packets", Doc: doc, Run: func(c *call) (starlark.Value, error) {
		name, err := c.str("name", name)
		if err != nil {
			return nil, err
		}
		out := &packetList{name: name, isSR: true}
		if set != nil {
			set(out)
		}
		if !c.has("res") {
			return out, nil
		}
		it, ok := c.val("res").(starlark.Iterable)
		if !ok {
			return nil, c.wrong("res", "a list of pairs of packets")
		}
		for v := range starlark.Elements(it) {
			qa, ok := pairFrom(v)
			if !ok {
				return nil, c.errorf("res", "%s(): res: got %s, want pairs of packets", class, pyRepr(v))
			}
			out.add(qa)
		}
		return out, nil
	}}
}

// pairFrom is v as a pair: one already, or a tuple or list of two packets.
func pairFrom(v starlark.Value) (queryAnswer, bool) {
	if qa, ok := v.(queryAnswer); ok {
		return qa, true
	}
	two, ok := v.(starlark.Indexable)
	if !ok || two.Len() != 2 {
		return queryAnswer{}, false
	}
	q, isPacket := two.Index(0).(*packet)
	a, isPacket2 := two.Index(1).(*packet)
	return queryAnswer{pair{query: q, answer: a}}, isPacket && isPacket2
}

func unbindLayers(unbind func(lower, upper *layers.Proto, fields ...any) (int, error)) func(*call) (starlark.Value, error) {
	return func(c *call) (starlark.Value, error) {
		return bindLayers(c, func(lower, upper *layers.Proto, fields ...any) error {
			n, err := unbind(lower, upper, fields...)
			if err == nil && n == 0 {
				err = pyrt.Errorf("ValueError", "%s is not bound to %s that way", upper.Name, lower.Name)
			}
			return err
		})
	}
}
