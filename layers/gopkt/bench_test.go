package gopkt

import (
	"encoding/hex"
	"net"
	"testing"

	"github.com/google/gopacket"
	golayers "github.com/google/gopacket/layers"

	"pktsh/layers"
)

// These are gopacket's counterparts of the benchmarks in package layers, on the
// same packet: Ether/IP/TCP, all that can be computed left to compute. This
// package puts our decoders into gopacket's tables, so BenchmarkNewPacket is
// ours behind its interface; gopacket's own figures need a decoder of its own.

// BenchmarkSerializeLayers is BenchmarkBuild: the layers and the buffer are reused.
func BenchmarkSerializeLayers(b *testing.B) {
	eth := &golayers.Ethernet{SrcMAC: net.HardwareAddr{2, 0, 0, 0, 0, 1}, DstMAC: net.HardwareAddr{2, 0, 0, 0, 0, 2}, EthernetType: golayers.EthernetTypeIPv4}
	ip := &golayers.IPv4{Version: 4, TTL: 64, Id: 1, Protocol: golayers.IPProtocolTCP, SrcIP: net.IP{10, 0, 0, 1}, DstIP: net.IP{10, 0, 0, 2}}
	tcp := &golayers.TCP{SrcPort: 20, DstPort: 80, SYN: true, Window: 8192}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		b.Fatal(err)
	}
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	buf := gopacket.NewSerializeBuffer()
	b.ReportAllocs()
	for b.Loop() {
		if err := gopacket.SerializeLayers(buf, opts, eth, ip, tcp); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkBuild is ours beside it, with the Ethernet addresses set as they are there.
func BenchmarkBuild(b *testing.B) {
	p := layers.NewPacket(layers.New(layers.Ether), layers.New(layers.IP), layers.New(layers.TCP))
	for name, v := range map[string]any{"src": "02:00:00:00:00:01", "dst": "02:00:00:00:00:02"} {
		if err := p.At(0).SetField(name, v); err != nil {
			b.Fatal(err)
		}
	}
	for name, v := range map[string]any{"src": "10.0.0.1", "dst": "10.0.0.2"} {
		if err := p.At(1).SetField(name, v); err != nil {
			b.Fatal(err)
		}
	}
	buf := make([]byte, 0, 200)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.AppendTo(buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

// benchFrame is what BenchmarkBuild makes.
func benchFrame(b *testing.B) []byte {
	data, err := hex.DecodeString("0200000000020200000000010800" + "4500002800010000400666cd0a0000010a000002" + "001400500000000000000000500220007b7c0000")
	if err != nil {
		b.Fatal(err)
	}
	return data
}

func BenchmarkNewPacket(b *testing.B) {
	data := benchFrame(b)
	b.ReportAllocs()
	for b.Loop() {
		if gopacket.NewPacket(data, golayers.LayerTypeEthernet, gopacket.NoCopy).TransportLayer() == nil {
			b.Fatal("no TCP")
		}
	}
}

// These three are gopacket's decoders of the frame, without the look into its
// tables, where ours stand.
func decodeEthernet(data []byte, p gopacket.PacketBuilder) error {
	l := &golayers.Ethernet{}
	if err := l.DecodeFromBytes(data, p); err != nil {
		return err
	}
	p.AddLayer(l)
	p.SetLinkLayer(l)
	return p.NextDecoder(gopacket.DecodeFunc(decodeIPv4))
}

func decodeIPv4(data []byte, p gopacket.PacketBuilder) error {
	l := &golayers.IPv4{}
	if err := l.DecodeFromBytes(data, p); err != nil {
		return err
	}
	p.AddLayer(l)
	p.SetNetworkLayer(l)
	return p.NextDecoder(gopacket.DecodeFunc(decodeTCP))
}

func decodeTCP(data []byte, p gopacket.PacketBuilder) error {
	l := &golayers.TCP{}
	if err := l.DecodeFromBytes(data, p); err != nil {
		return err
	}
	p.AddLayer(l)
	p.SetTransportLayer(l)
	return p.NextDecoder(gopacket.LayerTypePayload)
}

// BenchmarkLazy is a packet kept as it came until its transport layer is asked for.
func BenchmarkLazy(b *testing.B) {
	benchLazy(b, func(p gopacket.Packet) bool { return p.TransportLayer() != nil })
}

// BenchmarkLazyFirst asks for no more than the first layer.
func BenchmarkLazyFirst(b *testing.B) {
	benchLazy(b, func(p gopacket.Packet) bool { return p.LinkLayer() != nil })
}

// BenchmarkDissect is ours beside it. A program's allocations cost what its collector
// takes for them, so that only figures of one binary compare.
func BenchmarkDissect(b *testing.B) {
	benchDissect(b, func(p *layers.Packet) bool { return p.Len() == 3 })
}

// BenchmarkDissectFirst is ours beside BenchmarkLazyFirst.
func BenchmarkDissectFirst(b *testing.B) {
	benchDissect(b, func(p *layers.Packet) bool { return p.At(0).Proto() == layers.Ether })
}

func benchDissect(b *testing.B, look func(*layers.Packet) bool) {
	data := benchFrame(b)
	b.ReportAllocs()
	for b.Loop() {
		if !look(layers.Dissect(layers.Ether, data)) {
			b.Fatal("no such layer")
		}
	}
}

func benchLazy(b *testing.B, look func(gopacket.Packet) bool) {
	data := benchFrame(b)
	b.ReportAllocs()
	for b.Loop() {
		p := gopacket.NewPacket(data, gopacket.DecodeFunc(decodeEthernet), gopacket.DecodeOptions{Lazy: true, NoCopy: true})
		if !look(p) {
			b.Fatal("no such layer")
		}
	}
}
