package layers

import (
	"encoding/binary"
	"testing"
)

// benchPacket is Ether/IP/TCP with all that can be computed left to compute.
func benchPacket(b *testing.B) *Packet {
	b.Helper()
	ip := one(IP, "src", "10.0.0.1", "dst", "10.0.0.2")
	return NewPacket(New(Ether), ip.Layers()[0], New(TCP))
}

func BenchmarkBuild(b *testing.B) {
	p := benchPacket(b)
	buf := make([]byte, 0, 200)
	b.ReportAllocs()
	for range b.N {
		if _, err := p.AppendTo(buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJSON is a packet as pktsh sniff --json has it: dissected, then written.
func BenchmarkJSON(b *testing.B) {
	frame, err := benchPacket(b).Build()
	if err != nil {
		b.Fatal(err)
	}
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = Dissect(Ether, frame).AppendJSON(buf[:0])
	}
}

// templateOf is benchPacket to every port.
func templateOf(b *testing.B) *Template {
	p := benchPacket(b)
	if err := p.layers[2].Set(tcpDport, Range{1, 65535}); err != nil {
		b.Fatal(err)
	}
	tm, err := p.Template()
	if err != nil {
		b.Fatal(err)
	}
	return tm
}

// BenchmarkTemplate is the cost of each of 65,535 packets of a set.
func BenchmarkTemplate(b *testing.B) {
	tm := templateOf(b)
	buf := make([]byte, tm.Len())
	b.ReportAllocs()
	for b.Loop() {
		if !tm.Next(buf) {
			tm.Reset()
		}
	}
}

// BenchmarkTemplateByHand is the physical bound of BenchmarkTemplate: a loop
// that knows where the port and the checksum are.
func BenchmarkTemplateByHand(b *testing.B) {
	tm := templateOf(b)
	frame, buf := make([]byte, tm.Len()), make([]byte, tm.Len())
	tm.Next(frame)
	port := uint16(1)
	b.ReportAllocs()
	for b.Loop() {
		const dport, chksum = 14 + 20 + 2, 14 + 20 + 16
		old := binary.BigEndian.Uint16(frame[dport:])
		binary.BigEndian.PutUint16(frame[dport:], port)
		// HC' = ~(~HC + ~m + m'), RFC 1624 §3
		sum := uint32(^binary.BigEndian.Uint16(frame[chksum:])) + uint32(^old) + uint32(port)
		sum = sum>>16 + sum&0xffff
		sum += sum >> 16
		binary.BigEndian.PutUint16(frame[chksum:], ^uint16(sum))
		copy(buf, frame)
		port++
	}
}

func BenchmarkSummary(b *testing.B) {
	data, err := benchPacket(b).Build()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for range b.N {
		_ = Dissect(Ether, data).Summary()
	}
}

func BenchmarkHashRet(b *testing.B) {
	p := benchPacket(b)
	b.ReportAllocs()
	for range b.N {
		_ = p.HashRet()
	}
}
