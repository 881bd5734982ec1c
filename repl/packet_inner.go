package repl

import (
	"fmt"
	"net/netip"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
)

// What Scapy's packets have beside what its manual tells of: scripts and classes of
// one's own look at these.

// addInner puts them among the methods and properties.
func addInner() {
	for name, b := range methodTable(
		&builtin{Sig: "self_build()", Doc: "The bytes of this layer alone, what depends on its payload not computed.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := layers.NewPacket(c.self.at().Layer().Clone()).Build()
				return starlark.Bytes(b), err
			}},
		&builtin{Sig: "do_build_payload()", Doc: "The bytes of the layers above this one.",
			Run: func(c *call) (starlark.Value, error) {
				b, err := c.self.p.BuildFrom(c.self.index() + 1)
				return starlark.Bytes(b), err
			}},
		&builtin{Sig: "build_padding()", Doc: "The bytes of the padding behind the packet.",
			Run: func(c *call) (starlark.Value, error) {
				var out []byte
				for _, l := range c.self.p.Layers()[c.self.index():] {
					if load, ok := l.Value(0).([]byte); ok && l.Proto() == layers.Padding {
						out = append(out, load...)
					}
				}
				return starlark.Bytes(out), nil
			}},
		&builtin{Sig: "getfield_and_val(name)", Doc: "A field, with its type and default, and its value.",
			Run: func(c *call) (starlark.Value, error) {
				i, err := c.ownField()
				if err != nil {
					return nil, err
				}
				return starlark.Tuple{fieldRef{c.self.proto(), i}, c.self.field(c.self.index(), i)}, nil
			}},
		&builtin{Sig: "route()", Doc: "(interface, source, gateway) of the way to the packet's destination, as conf.route.route() tells; three times None where it has none.",
			Run: packetRoute},
		&builtin{Sig: "__iterlen__()", Doc: "How many packets the packet's sets make.",
			Run: func(c *call) (starlark.Value, error) {
				return starlark.MakeBigInt(c.self.view().SetSize()), nil
			}},
		&builtin{Sig: "lower_bonds()", Doc: "Print the layers that carry this one, each with the fields that say so.",
			Run: func(c *call) (starlark.Value, error) {
				return nil, printLine(c.th, strings.TrimSuffix(lowerBonds(c.self.proto()), "\n"))
			}},
		&builtin{Sig: "upper_bonds()", Doc: "Print the layers that this one carries, each with the fields that say so.",
			Run: func(c *call) (starlark.Value, error) {
				return nil, printLine(c.th, strings.TrimSuffix(upperBonds(c.self.proto()), "\n"))
			}},
	) {
		packetMethods[name] = b
	}
	none := func(*packet) (starlark.Value, error) { return starlark.None, nil }
	packetProps["fields_desc"] = func(v *packet) (starlark.Value, error) { return shell().classOf(v.proto()).Attr("fields_desc") }
	packetProps["raw_packet_cache"], packetProps["parent"] = none, none
	packetProps["explicit"] = func(v *packet) (starlark.Value, error) { return starlark.MakeInt(min(len(v.p.Data()), 1)), nil }
}

// packetRoute is conf.route.route() or conf.route6.route() of the packet's destination.
func packetRoute(c *call) (starlark.Value, error) {
	for _, p := range []*layers.Proto{layers.IP, layers.IPv6} {
		i := c.self.p.Index(p, 1, c.self.index())
		if i < 0 {
			continue
		}
		dst, _ := c.self.p.At(i).Get("dst")
		if a, ok := layers.First(dst).(netip.Addr); ok {
			return (&routes{s: shell()}).towards(a)
		}
	}
	return starlark.Tuple{starlark.None, starlark.None, starlark.None}, nil
}

// lowerBonds lists the layers that carry p.
func lowerBonds(p *layers.Proto) string {
	var b strings.Builder
	for _, lower := range layers.Protos() {
		for _, x := range layers.UpperBindings(lower) {
			if x.Upper == p {
				writeBond(&b, lower.Name, x)
			}
		}
	}
	return b.String()
}

// upperBonds lists the layers that p carries.
func upperBonds(p *layers.Proto) string {
	var b strings.Builder
	for _, x := range layers.UpperBindings(p) {
		writeBond(&b, x.Upper.Name, x)
	}
	return b.String()
}

func writeBond(b *strings.Builder, name string, x layers.Binding) {
	var conds []string
	for _, fv := range x.Fields {
		if !fv.Addr.IsValid() {
			conds = append(conds, fmt.Sprintf("%-12s", fmt.Sprintf("%s=%d", x.Lower.Fields[fv.Field].Name, fv.Value)))
		}
	}
	fmt.Fprintf(b, "%-20s  %s\n", name, strings.Join(conds, ", "))
}

// payloadGuess is IP.payload_guess: ({field: value}, class) for each layer carried.
func payloadGuess(p *layers.Proto) (starlark.Value, error) {
	var out []starlark.Value
	for _, x := range layers.UpperBindings(p) {
		d := new(starlark.Dict)
		for _, fv := range x.Fields {
			if err := d.SetKey(starlark.String(p.Fields[fv.Field].Name), starlark.MakeUint64(fv.Value)); err != nil {
				return nil, err
			}
		}
		out = append(out, starlark.Tuple{d, shell().classOf(x.Upper)})
	}
	return starlark.NewList(out), nil
}
