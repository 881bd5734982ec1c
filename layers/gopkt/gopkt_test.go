package gopkt

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/gopacket"
	golayers "github.com/google/gopacket/layers"

	"pktsh/layers"
)

// build makes a packet of the protocols with fields such as "IP.dst" set.
func build(t *testing.T, fields map[string]any, protos ...*layers.Proto) *layers.Packet {
	t.Helper()
	var ls []*layers.Layer
	for _, p := range protos {
		ls = append(ls, layers.New(p))
	}
	p := layers.NewPacket(ls...)
	for name, v := range fields {
		layer, field, _ := strings.Cut(name, ".")
		if err := p.At(p.Index(layers.Lookup(layer), 1, 0)).SetField(field, v); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// with is fields for Ether/IP with addresses, and more.
func with(more map[string]any) map[string]any {
	out := map[string]any{
		"Ether.src": "02:00:00:00:00:01", "Ether.dst": "02:00:00:00:00:02", "IP.src": "10.0.0.1", "IP.dst": "10.0.0.2",
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

// TestNewPacketGivesOurLayers decodes in gopacket what its own decoders refuse.
func TestNewPacketGivesOurLayers(t *testing.T) {
	p := build(t, with(map[string]any{"TCP.dataofs": 15, "TCP.reserved": 7, "Raw.load": "hello"}),
		layers.Ether, layers.IP, layers.TCP, layers.Raw)
	data, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, opts := range []gopacket.DecodeOptions{gopacket.Default, gopacket.Lazy, gopacket.NoCopy} {
		g := gopacket.NewPacket(data, golayers.LayerTypeEthernet, opts)
		if e := g.ErrorLayer(); e != nil {
			t.Fatalf("%+v: %v", opts, e.Error())
		}
		l, ok := g.Layer(golayers.LayerTypeTCP).(*layers.GoLayer)
		if !ok {
			t.Fatalf("%+v: TCP is a %T", opts, g.Layer(golayers.LayerTypeTCP))
		}
		if v, _ := l.Get("reserved"); v != uint64(7) {
			t.Errorf("%+v: reserved is %v, want 7", opts, v)
		}
		if got, want := g.NetworkLayer().NetworkFlow().String(), "10.0.0.1->10.0.0.2"; got != want {
			t.Errorf("network flow %s, want %s", got, want)
		}
		if got, want := g.LinkLayer().LinkFlow().String(), "02:00:00:00:00:01->02:00:00:00:00:02"; got != want {
			t.Errorf("link flow %s, want %s", got, want)
		}
		if got, want := g.TransportLayer().TransportFlow().String(), "20->80"; got != want {
			t.Errorf("transport flow %s, want %s", got, want)
		}
		q, err := layers.FromGo(g)
		if err != nil {
			t.Fatal(err)
		}
		if out, err := q.Build(); err != nil || !bytes.Equal(out, data) {
			t.Errorf("rebuilt as %x (%v), want %x", out, err, data)
		}
	}
}

// TestStockDecodersHandOver starts in a protocol that is gopacket's alone.
func TestStockDecodersHandOver(t *testing.T) {
	ip, err := build(t, map[string]any{"IP.src": "10.0.0.1", "IP.dst": "10.0.0.2"}, layers.IP, layers.UDP).Build()
	if err != nil {
		t.Fatal(err)
	}
	// EtherIP (RFC 3378): version 3, then an Ethernet frame.
	frame := append([]byte{0x30, 0, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0}, ip...)
	g := gopacket.NewPacket(frame, golayers.LayerTypeEtherIP, gopacket.Default)
	if _, ok := g.Layer(golayers.LayerTypeUDP).(*layers.GoLayer); !ok {
		t.Errorf("UDP is a %T in %v", g.Layer(golayers.LayerTypeUDP), g)
	}
}

// TestSerializeLayersTakesOurLayers writes with gopacket what Build writes.
func TestSerializeLayersTakesOurLayers(t *testing.T) {
	for name, p := range map[string]*layers.Packet{
		"plain":   build(t, with(map[string]any{"Raw.load": "hello"}), layers.Ether, layers.IP, layers.TCP, layers.Raw),
		"lies":    build(t, with(map[string]any{"IP.len": 1, "IP.ihl": 3, "UDP.len": 9}), layers.Ether, layers.IP, layers.UDP),
		"padding": build(t, with(map[string]any{"Padding.load": "\x00\x00\x00"}), layers.Ether, layers.IP, layers.UDP, layers.Padding),
	} {
		want, err := p.Build()
		if err != nil {
			t.Fatal(err)
		}
		ls, err := p.GoLayers()
		if err != nil {
			t.Fatal(err)
		}
		// A buffer that was used before.
		buf := gopacket.NewSerializeBuffer()
		dirty, err := buf.PrependBytes(200)
		if err != nil {
			t.Fatal(err)
		}
		copy(dirty, bytes.Repeat([]byte{0xa5}, 200))
		if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{}, layers.Serializable(ls)...); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(buf.Bytes(), want) {
			t.Errorf("%s: gopacket wrote %x, want %x", name, buf.Bytes(), want)
		}
	}
}

// TestSerializeOptionsRecompute changes a dissected packet and lets gopacket's
// options put lengths and checksums right.
func TestSerializeOptionsRecompute(t *testing.T) {
	fields := with(map[string]any{"Raw.load": "hello"})
	data, err := build(t, fields, layers.Ether, layers.IP, layers.TCP, layers.Raw).Build()
	if err != nil {
		t.Fatal(err)
	}
	fields["Raw.load"], fields["IP.dst"] = "hello, world", "10.0.0.3"
	want, err := build(t, fields, layers.Ether, layers.IP, layers.TCP, layers.Raw).Build()
	if err != nil {
		t.Fatal(err)
	}
	p := layers.Dissect(layers.Ether, data)
	if err := p.At(3).SetField("load", "hello, world"); err != nil {
		t.Fatal(err)
	}
	if err := p.At(1).SetField("dst", "10.0.0.3"); err != nil {
		t.Fatal(err)
	}
	ls, err := p.GoLayers()
	if err != nil {
		t.Fatal(err)
	}
	buf := gopacket.NewSerializeBuffer()
	opts := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	if err := gopacket.SerializeLayers(buf, opts, layers.Serializable(ls)...); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(buf.Bytes(), want) {
		t.Errorf("got %x, want %x", buf.Bytes(), want)
	}
}

// TestForeignProtocols has gopacket read what we have no table for.
func TestForeignProtocols(t *testing.T) {
	message := []byte("OPTIONS sip:a@b SIP/2.0\r\nCall-ID: 1\r\n\r\n") // RFC 3261 §11
	data, err := build(t, with(map[string]any{"UDP.dport": 5060, "Raw.load": message}), layers.Ether, layers.IP, layers.UDP, layers.Raw).Build()
	if err != nil {
		t.Fatal(err)
	}
	g := gopacket.NewPacket(data, golayers.LayerTypeEthernet, gopacket.Default)
	if g.Layer(golayers.LayerTypeSIP) == nil {
		t.Errorf("gopacket found no SIP: %v", g)
	}
	q := layers.Dissect(layers.Ether, data)
	if show := q.Show(); !strings.Contains(show, "~ gopacket reads SIP") {
		t.Errorf("show says nothing of SIP:\n%s", show)
	}
	if q.Find(layers.Raw) == nil {
		t.Error("the bytes are not kept as Raw")
	}
}

// TestHostileForeignBytes prints what makes gopacket's own decoders and printers
// panic: protocols that it has and we have not, with one byte wrong.
func TestHostileForeignBytes(t *testing.T) {
	data := make([]byte, 48)
	read := 0
	for proto := range 256 {
		for i := range data {
			for _, v := range []byte{0, 1, 0x7f, 0xff} {
				data[i] = v
				p := build(t, map[string]any{"IP.proto": proto, "IP.src": "10.0.0.1", "IP.dst": "10.0.0.2", "Raw.load": bytes.Clone(data)}, layers.IP, layers.Raw)
				if strings.Contains(p.Show(), "~ gopacket") {
					read++
				} else if i > 0 {
					break
				}
			}
		}
	}
	if read == 0 {
		t.Error("gopacket was never asked")
	}
}

// TestNumbersAreUnique guards the numbers, which other programs may store.
func TestNumbersAreUnique(t *testing.T) {
	byNumber := map[gopacket.LayerType]string{}
	for _, p := range layers.Protos() {
		if other := byNumber[p.LayerType()]; other != "" {
			t.Errorf("%s and %s are both number %d", p.Name, other, p.LayerType())
		}
		byNumber[p.LayerType()] = p.Name
	}
	for p, want := range map[*layers.Proto]gopacket.LayerType{
		layers.Ether: golayers.LayerTypeEthernet, layers.IP: golayers.LayerTypeIPv4, layers.IPv6: golayers.LayerTypeIPv6,
		layers.TCP: golayers.LayerTypeTCP, layers.UDP: golayers.LayerTypeUDP, layers.ARP: golayers.LayerTypeARP,
		layers.ICMP: golayers.LayerTypeICMPv4, layers.Padding: 1000,
	} {
		if got := p.LayerType(); got != want {
			t.Errorf("%s is number %d, want %d", p, got, want)
		}
	}
}
