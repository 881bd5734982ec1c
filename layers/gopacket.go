package layers

import (
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/google/gopacket"
)

// gopacket sees a packet as a stack of GoLayers. This file needs gopacket's
// frame alone; its protocols, which cost 20 ms and 8 MB when a program starts, are
// imported by the package gopkt only, which installs ours over them.

// A GoLayer is a layer in its packet, as gopacket has it: it can be read out of
// a gopacket.Packet and given to gopacket.SerializeLayers.
type GoLayer struct {
	At
	contents, payload []byte
}

var (
	_ gopacket.SerializableLayer = (*GoLayer)(nil)
	_ gopacket.LinkLayer         = (*GoLayer)(nil)
	_ gopacket.NetworkLayer      = (*GoLayer)(nil)
	_ gopacket.TransportLayer    = (*GoLayer)(nil)
	_ gopacket.ApplicationLayer  = (*GoLayer)(nil)
)

// GoLayers are the packet's layers for gopacket, outermost first. Their contents
// and payloads are those of the packet as it builds now; trailing padding is part
// of no payload. Changes to the packet afterwards show in SerializeTo alone.
func (p *Packet) GoLayers() ([]*GoLayer, error) {
	n := p.Len()
	b := &Build{}
	err := p.build(b, nil)
	if err != nil {
		return nil, err
	}
	out := make([]*GoLayer, n)
	for i := range out {
		b.I = i
		out[i] = &GoLayer{At{p, i}, b.Header(), b.Payload()}
	}
	return out, nil
}

// Serializable is GoLayers for gopacket.SerializeLayers.
func Serializable(ls []*GoLayer) []gopacket.SerializableLayer {
	out := make([]gopacket.SerializableLayer, len(ls))
	for i, l := range ls {
		out[i] = l
	}
	return out
}

// LayerType is the protocol's number in gopacket: gopacket's own where it knows
// the protocol, else one from 1000 up that never changes.
func (p *Proto) LayerType() gopacket.LayerType { return gopacket.LayerType(goNumber(p.Name)) }

// LayerType is that of the layer's protocol.
func (g *GoLayer) LayerType() gopacket.LayerType { return g.Layer().proto.LayerType() }

// LayerContents is the header's bytes.
func (g *GoLayer) LayerContents() []byte { return g.contents }

// LayerPayload is the bytes behind the header.
func (g *GoLayer) LayerPayload() []byte { return g.payload }

// Payload is what the layer carries as application data: a Raw's own bytes.
func (g *GoLayer) Payload() []byte {
	if g.Proto() == Raw {
		return g.contents
	}
	return g.payload
}

func (g *GoLayer) String() string { return g.P.ReprFrom(g.I) }

// The numbers that gopacket/layers gives its endpoint types (endpoints.go).
const (
	endpointIPv4    gopacket.EndpointType = 1
	endpointIPv6    gopacket.EndpointType = 2
	endpointMAC     gopacket.EndpointType = 3
	endpointTCPPort gopacket.EndpointType = 4
	endpointUDPPort gopacket.EndpointType = 5
)

// LinkFlow is the flow between an Ethernet header's addresses.
func (g *GoLayer) LinkFlow() gopacket.Flow {
	if g.Proto() != Ether || len(g.contents) < 12 {
		return gopacket.InvalidFlow
	}
	return gopacket.NewFlow(endpointMAC, g.contents[6:12], g.contents[:6])
}

// NetworkFlow is the flow between an IP header's addresses.
func (g *GoLayer) NetworkFlow() gopacket.Flow {
	switch h := g.contents; {
	case g.Proto() == IP && len(h) >= 20:
		return gopacket.NewFlow(endpointIPv4, h[12:16], h[16:20])
	case g.Proto() == IPv6 && len(h) >= 40:
		return gopacket.NewFlow(endpointIPv6, h[8:24], h[24:40])
	}
	return gopacket.InvalidFlow
}

// TransportFlow is the flow between a TCP or UDP header's ports.
func (g *GoLayer) TransportFlow() gopacket.Flow {
	if len(g.contents) < 4 {
		return gopacket.InvalidFlow
	}
	switch g.Proto() {
	case TCP:
		return gopacket.NewFlow(endpointTCPPort, g.contents[:2], g.contents[2:4])
	case UDP:
		return gopacket.NewFlow(endpointUDPPort, g.contents[:2], g.contents[2:4])
	}
	return gopacket.InvalidFlow
}

// SerializeTo puts the layer's header before the bytes in buf. As everywhere in
// this package what was not set is computed, with those bytes as the payload and
// the layers below in the packet for the pseudo-header. FixLengths and
// ComputeChecksums compute what was set too.
func (g *GoLayer) SerializeTo(buf gopacket.SerializeBuffer, opts gopacket.SerializeOptions) error {
	p := g.P
	if opts.FixLengths || opts.ComputeChecksums {
		p = NewPacket(slices.Clone(p.layers)...)
		for k := range g.I + 1 {
			p.layers[k] = p.layers[k].Clone()
			p.layers[k].unsetComputed(opts)
		}
	}
	payload := buf.Bytes()
	padding := 0
	if slices.Contains(buf.Layers(), Padding.LayerType()) && g.Proto() != Padding {
		for k := len(p.layers) - 1; k > g.I && p.layers[k].proto == Padding; k-- {
			data, _ := toBytes(First(At{p, k}.Value(0)))
			padding += len(data)
		}
	}
	hdr, err := p.headerBefore(g.I, payload, min(padding, len(payload)))
	if err != nil {
		return err
	}
	room, err := buf.PrependBytes(len(hdr))
	if err != nil {
		return err
	}
	copy(room, hdr)
	return nil
}

// unsetComputed gives the fields that the options ask for back to computation.
func (l *Layer) unsetComputed(opts gopacket.SerializeOptions) {
	for i := range l.proto.Fields {
		f := &l.proto.Fields[i]
		if !f.Computed() {
			continue
		}
		sum := f.Name == "chksum" || f.Name == "cksum"
		if (sum && opts.ComputeChecksums) || (!sum && opts.FixLengths) {
			l.Unset(i)
		}
	}
}

// headerBefore is layer i's header in front of payload, whose last padding bytes
// no length counts.
func (p *Packet) headerBefore(i int, payload []byte, padding int) ([]byte, error) {
	b := &Build{P: p}
	ls := p.Layers()
	for k := range ls[:i+1] {
		if err := b.write(ls, k); err != nil {
			return nil, err
		}
	}
	for range ls[i+1:] { // they are in payload, whatever its form
		b.parts = append(b.parts, part{start: len(b.Out), body: len(b.Out)})
	}
	b.Out = append(b.Out, payload...)
	b.end = len(b.Out) - padding
	b.I = i
	p.layers[i].complete(b)
	return b.Header(), nil
}

// FromGo is a packet of the GoLayers of a gopacket.Packet, which must come from
// one packet of ours and be all of it.
func FromGo(g gopacket.Packet) (*Packet, error) {
	ls := g.Layers()
	if len(ls) == 0 {
		return nil, errors.New("read gopacket packet: it has no layers")
	}
	first, ok := ls[0].(*GoLayer)
	if !ok {
		return nil, fmt.Errorf("read gopacket packet: first layer is a %T, want a *layers.GoLayer (import pktsh/layers/gopkt)", ls[0])
	}
	return first.P, nil
}

// goNumbers are gopacket's numbers of the protocols that it knows
// (gopacket/layers, layertypes.go), and ours. New names are added with new numbers.
var goNumbers = map[string]int{
	"Raw":                      2, // gopacket.LayerTypePayload
	"ARP":                      10,
	"Dot1Q":                    15,
	"Ether":                    17,
	"GRE":                      18,
	"ICMP":                     19,
	"IP":                       20,
	"IPv6":                     21,
	"LLC":                      22,
	"SNAP":                     23,
	"MPLS":                     24,
	"PPP":                      25,
	"PPPoE":                    26,
	"SCTP":                     28,
	"TCP":                      44,
	"UDP":                      45,
	"IPv6ExtHdrHopByHop":       46,
	"IPv6ExtHdrRouting":        47,
	"IPv6ExtHdrFragment":       48,
	"IPv6ExtHdrDestOpt":        49,
	"AH":                       50,
	"ESP":                      51,
	"EAP":                      55,
	"EAPOL":                    56,
	"IGMP":                     62,
	"DNS":                      107,
	"VXLAN":                    116,
	"NTP":                      117,
	"BOOTP":                    118,
	"VRRP":                     119,
	"GENEVE":                   120,
	"STP":                      121,
	"Padding":                  1000,
	"Dot3":                     1001,
	"Dot1AD":                   1002,
	"IPerror":                  1003,
	"TCPerror":                 1004,
	"UDPerror":                 1005,
	"ICMPerror":                1006,
	"IPerror6":                 1007,
	"DHCP":                     1008,
	"DNSQR":                    1009,
	"DNSRR":                    1010,
	"ICMPv6EchoRequest":        1011,
	"ICMPv6EchoReply":          1012,
	"ICMPv6DestUnreach":        1013,
	"ICMPv6PacketTooBig":       1014,
	"ICMPv6TimeExceeded":       1015,
	"ICMPv6ParamProblem":       1016,
	"ICMPv6ND_RS":              1017,
	"ICMPv6ND_RA":              1018,
	"ICMPv6ND_NS":              1019,
	"ICMPv6ND_NA":              1020,
	"ICMPv6ND_Redirect":        1021,
	"ICMPv6Unknown":            1022,
	"IPv6ExtHdrSegmentRouting": 1023,
}

// goNumber is gopacket's number for a protocol. Those not in the table, such as
// ones defined at run time, get a number from their name: gopacket takes numbers
// from 2000 up too, if a little slower.
func goNumber(name string) int {
	if n, ok := goNumbers[name]; ok {
		return n
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return 2000 + int(h.Sum32()>>1)
}

// BoundTo are the bindings of the protocol on those that carry it.
func (p *Proto) BoundTo() []Binding {
	lockBindings()
	defer bindings.Unlock()
	return askedBindings(func(b *Binding) bool { return b.Upper == p })
}
