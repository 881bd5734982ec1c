package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// fragBuiltins cut packets into fragments and put them together again.
func fragBuiltins() []*builtin {
	const g = "Making packets"
	return []*builtin{
		{Sig: "fragment(pkt, fragsize=1480)", Group: g, Doc: "The IPv4 fragments of a packet or of each in a list, fragsize bytes of payload in each (a multiple of 8 in all but the last).\nsend(fragment(IP(dst=\"10.0.0.2\")/ICMP()/(\"X\"*4000)))",
			Run: func(c *call) (starlark.Value, error) {
				ps, err := c.packetsIn("pkt")
				if err != nil {
					return nil, err
				}
				var out []*layers.Packet
				for _, p := range ps {
					cut, err := c.fragments(p, 0)
					if err != nil {
						return nil, err
					}
					out = append(out, cut...)
				}
				return packetValues(out), nil
			}},
		{Sig: "overlap_frag(p, overlap, fragsize=8, overlap_fragsize=None)", Group: g, Doc: "Fragments of p with overlap as its payload, followed by p's own: they overlap.\nWhich of them the receiver keeps shows how it reassembles.", Run: overlapFrag},
		{Sig: "defragment(plist)", Group: g, Doc: "The packets of a list in their order, the IPv4 fragments among them joined where they are complete.",
			Run: func(c *call) (starlark.Value, error) {
				ps, err := c.packetsIn("plist")
				if err != nil {
					return nil, err
				}
				name := "Defragmented"
				if l, ok := c.val("plist").(*packetList); ok {
					name += " " + l.name
				}
				return listOf(name, layers.Defragment(ps)), nil
			}},
		{Sig: "defrag(plist)", Group: g, Doc: "Three lists: the packets that are no IPv4 fragments, the fragments joined, and those that are incomplete or overlap.",
			Run: func(c *call) (starlark.Value, error) {
				ps, err := c.packetsIn("plist")
				if err != nil {
					return nil, err
				}
				whole, joined, missing := layers.Defrag(ps)
				return starlark.Tuple{listOf("PacketList", whole), listOf("PacketList", joined), listOf("PacketList", missing)}, nil
			}},
		{Sig: "fragment6(pkt, fragSize)", Group: g, Doc: "The IPv6 fragments of a packet, each at most fragSize bytes long.\nA packet without an IPv6ExtHdrFragment is given one.",
			Run: func(c *call) (starlark.Value, error) {
				p, err := c.packet("pkt")
				if err != nil {
					return nil, err
				}
				n, err := c.int("fragSize", 0)
				if err != nil {
					return nil, err
				}
				out, err := p.Fragment6(n)
				if err != nil {
					return nil, pyrt.Errorf("ValueError", "%v", err)
				}
				return packetValues(out), nil
			}},
		{Sig: "defragment6(packets)", Group: g, Doc: "The packet that the IPv6 fragments among packets join to: those with the first one's id.\nWhat is missing is filled with X, with a warning. An empty list if there are no fragments.",
			Run: func(c *call) (starlark.Value, error) {
				ps, err := c.packetsIn("packets")
				if err != nil {
					return nil, err
				}
				p, notes, err := layers.Defragment6(ps)
				for _, n := range notes {
					shell().warn("defragment6: %s", n)
				}
				switch {
				case err != nil:
					return nil, pyrt.Errorf("ValueError", "%v", err)
				case p == nil:
					return starlark.NewList(nil), nil
				}
				return wrap(p), nil
			}},
	}
}

// fragments cuts p at its first IP layer from position from on.
func (c *call) fragments(p *layers.Packet, from int) ([]*layers.Packet, error) {
	size, err := c.int("fragsize", 1480)
	if err != nil {
		return nil, err
	}
	i := p.Index(layers.IP, 1, from)
	if i < 0 {
		return nil, pyrt.Errorf("IndexError", "Layer [IP] not found")
	}
	out, err := p.Fragment(i, size)
	if err != nil {
		return nil, pyrt.Errorf("ValueError", "%v", err)
	}
	return out, nil
}

// packetFragments is p.fragment(), which unlike fragment(p) leaves a packet that
// fits as it is.
func packetFragments(c *call) (starlark.Value, error) {
	var out []*layers.Packet
	for p := range c.self.p.Expand() {
		cut, err := c.fragments(p, c.self.index())
		if err != nil {
			return nil, err
		}
		if len(cut) == 1 {
			cut[0] = p
		}
		out = append(out, cut...)
	}
	return packetValues(out), nil
}

func overlapFrag(c *call) (starlark.Value, error) {
	p, err := c.packet("p")
	if err != nil {
		return nil, err
	}
	decoy, err := c.packet("overlap")
	if err != nil {
		return nil, err
	}
	size, err := c.int("fragsize", 8)
	if err != nil {
		return nil, err
	}
	decoySize, err := c.int("overlap_fragsize", size)
	if err != nil {
		return nil, err
	}
	i := p.Index(layers.IP, 1, 0)
	if i < 0 {
		return nil, pyrt.Errorf("IndexError", "Layer [IP] not found")
	}
	out, err := p.OverlapFragments(i, decoy, decoySize, size)
	if err != nil {
		return nil, pyrt.Errorf("ValueError", "%v", err)
	}
	return packetValues(out), nil
}

// packetsIn is an argument that is a packet or a list of packets (of pairs: their
// answers), sets expanded.
func (c *call) packetsIn(name string) ([]*layers.Packet, error) {
	var out []*layers.Packet
	add := func(v *packet) error {
		if err := v.sync(); err != nil {
			return err
		}
		if p := v.view(); !p.IsSet() {
			out = append(out, p)
		} else {
			for q := range p.Expand() {
				out = append(out, q)
			}
		}
		return nil
	}
	if p, ok := c.val(name).(*packet); ok {
		return out, add(p)
	}
	it, ok := c.val(name).(starlark.Iterable)
	if !ok {
		return nil, c.wrong(name, "a list of packets")
	}
	for v := range starlark.Elements(it) {
		switch v := v.(type) {
		case *packet:
			if err := add(v); err != nil {
				return nil, err
			}
		case queryAnswer:
			if err := add(v.answer); err != nil {
				return nil, err
			}
		default:
			return nil, c.errorf(name, "%s(): %s: got a %s in the list, want packets", c.b.Name(), name, v.Type())
		}
	}
	return out, nil
}

func packetValues(ps []*layers.Packet) *starlark.List {
	out := make([]starlark.Value, len(ps))
	for i, p := range ps {
		out[i] = wrap(p)
	}
	return starlark.NewList(out)
}
