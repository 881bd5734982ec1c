package layers

import "testing"

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

func BenchmarkDissect(b *testing.B) {
	data, err := benchPacket(b).Build()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for range b.N {
		if Dissect(Ether, data).Len() != 3 {
			b.Fatal("not three layers")
		}
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
