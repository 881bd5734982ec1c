// Package gopkt makes gopacket and pktsh/layers one: imported for its side
// effect, it installs our protocols over gopacket's decoders, so that
// gopacket.NewPacket gives *layers.GoLayer where we have the protocol and
// gopacket's own layers where we do not, and it lets show() tell what gopacket
// makes of bytes that no protocol of ours claims.
//
// It is a package of its own because gopacket's protocol tables take 20 ms and
// 8 MB to fill when a program starts.
package gopkt

import (
	"fmt"
	"strings"

	"github.com/google/gopacket"
	golayers "github.com/google/gopacket/layers"

	"pktsh/layers"
)

// installed are the layer types that our protocols have.
var installed = map[gopacket.LayerType]bool{}

// gopacket's tables are the process's and not locked, so they are filled here,
// once, and never changed afterwards.
func init() {
	for _, p := range layers.Protos() {
		if p == layers.Raw { // gopacket.LayerTypePayload stays as it is
			continue
		}
		installed[p.LayerType()] = true
		gopacket.OverrideLayerType(int(p.LayerType()), gopacket.LayerTypeMetadata{Name: goName(p), Decoder: decoder(p)})
		for _, b := range p.BoundTo() {
			install(p, b)
		}
	}
	golayers.LinkTypeMetadata[golayers.LinkTypeEthernet] = metadata(layers.Ether)
	golayers.LinkTypeMetadata[golayers.LinkTypeRaw] = golayers.EnumMetadata{
		DecodeWith: gopacket.DecodeFunc(decodeRaw), Name: "Raw", LayerType: layers.IP.LayerType(),
	}
	layers.Reading = reading
}

// install makes gopacket's own decoders hand over to ours where b says so.
func install(upper *layers.Proto, b layers.Binding) {
	if !b.Guess {
		return
	}
	for _, fv := range b.Fields {
		switch field := b.Lower.Fields[fv.Field].Name; {
		case b.Lower == layers.Ether && field == "type":
			golayers.EthernetTypeMetadata[uint16(fv.Value)] = metadata(upper)
		case b.Lower == layers.IP && field == "proto", b.Lower == layers.IPv6 && field == "nh":
			golayers.IPProtocolMetadata[uint8(fv.Value)] = metadata(upper)
		case b.Lower == layers.UDP && (field == "dport" || field == "sport"):
			golayers.RegisterUDPPortLayerType(golayers.UDPPort(fv.Value), upper.LayerType())
		case b.Lower == layers.TCP && (field == "dport" || field == "sport"):
			golayers.RegisterTCPPortLayerType(golayers.TCPPort(fv.Value), upper.LayerType())
		}
	}
}

func metadata(p *layers.Proto) golayers.EnumMetadata {
	return golayers.EnumMetadata{DecodeWith: decoder(p), Name: goName(p), LayerType: p.LayerType()}
}

// goName keeps the names that gopacket's users know: IPv4, Ethernet.
func goName(p *layers.Proto) string {
	if n := int(p.LayerType()); n > 2 && n < 1000 {
		if s := p.LayerType().String(); s != "" {
			return s
		}
	}
	return p.Name
}

// decoder takes a packet apart with our tables from protocol p on.
func decoder(p *layers.Proto) gopacket.Decoder {
	return gopacket.DecodeFunc(func(data []byte, b gopacket.PacketBuilder) error {
		return decode(layers.Dissect(p, data), b)
	})
}

// decodeRaw looks at the version, as LINKTYPE_RAW has it.
func decodeRaw(data []byte, b gopacket.PacketBuilder) error {
	if len(data) > 0 && data[0]>>4 == 6 {
		return decode(layers.Dissect(layers.IPv6, data), b)
	}
	return decode(layers.Dissect(layers.IP, data), b)
}

func decode(p *layers.Packet, b gopacket.PacketBuilder) error {
	ls, err := p.GoLayers()
	if err != nil {
		return err
	}
	if len(p.Notes()) > 0 {
		b.SetTruncated()
	}
	for _, l := range ls {
		// What gopacket knows and we do not is its own: the decoder gets the
		// payload of the layer added last.
		if next := foreign(l.At); next != nil {
			return b.NextDecoder(next)
		}
		b.AddLayer(l)
		switch l.Proto() {
		case layers.Ether:
			b.SetLinkLayer(l)
		case layers.IP, layers.IPv6:
			b.SetNetworkLayer(l)
		case layers.TCP, layers.UDP:
			b.SetTransportLayer(l)
		case layers.Raw:
			b.SetApplicationLayer(l)
		}
	}
	return nil
}

// foreign is gopacket's decoder for the Raw layer at, nil if it has none or at is
// no Raw layer.
func foreign(at layers.At) gopacket.Decoder {
	if at.Proto() != layers.Raw || at.I == 0 {
		return nil
	}
	below := at.Below()
	switch number := func(name string) uint64 { return below.Uint(below.Proto().Index(name)) }; below.Proto() {
	case layers.Ether, layers.Lookup("Dot1Q"):
		return ours(golayers.EthernetTypeMetadata[uint16(number("type"))])
	case layers.IP:
		if number("frag") == 0 {
			return ours(golayers.IPProtocolMetadata[uint8(number("proto"))])
		}
	case layers.IPv6:
		return ours(golayers.IPProtocolMetadata[uint8(number("nh"))])
	case layers.UDP:
		for _, port := range []string{"dport", "sport"} {
			if t := golayers.UDPPort(number(port)).LayerType(); t != gopacket.LayerTypePayload && !isOurs(t) {
				return t
			}
		}
	case layers.TCP:
		for _, port := range []string{"dport", "sport"} {
			if t := golayers.TCPPort(number(port)).LayerType(); t != gopacket.LayerTypePayload && !isOurs(t) {
				return t
			}
		}
	}
	return nil
}

// ours is the decoder of m, nil if it is unknown, the one for errors, or ours: then
// our tables have tried already.
func ours(m golayers.EnumMetadata) gopacket.Decoder {
	if m.DecodeWith == nil || m.LayerType == 0 || m.LayerType == gopacket.LayerTypePayload || isOurs(m.LayerType) {
		return nil
	}
	return m.DecodeWith
}

// isOurs tells whether one of our protocols stands behind t.
func isOurs(t gopacket.LayerType) bool { return installed[t] }

// maxReading bounds what show() prints of one foreign payload.
const maxReading = 40

// reading is what gopacket makes of a Raw layer's bytes, a line a layer. Its
// decoders and printers panic on hostile input (NewPacket recovers, printing
// does not), so nothing of it runs outside the recover here.
func reading(at layers.At, data []byte) (lines []string) {
	defer func() {
		if r := recover(); r != nil {
			lines = []string{fmt.Sprintf("gopacket cannot read this: %v", r)}
		}
	}()
	next := foreign(at)
	if next == nil {
		return nil
	}
	p := gopacket.NewPacket(data, next, gopacket.Default)
	for _, l := range p.Layers() {
		if len(lines) == maxReading {
			return append(lines, "…")
		}
		text := strings.ToValidUTF8(gopacket.LayerString(l), ".")
		text, _, _ = strings.Cut(text, "\n")
		lines = append(lines, "gopacket reads "+text)
	}
	return lines
}
