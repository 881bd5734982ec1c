package layers

import (
	"encoding/hex"
	"net/netip"
	"testing"
)

func TestSmoke(t *testing.T) {
	ip := New(IP)
	ip.Set(ipSrc, "10.0.0.1")
	ip.Set(ipDst, "10.0.0.2")
	tcp := New(TCP)
	p := NewPacket(ip, tcp)
	b, err := p.Build()
	t.Log(hex.EncodeToString(b), err)
	if hex.EncodeToString(b) != "4500002800010000400666cd0a0000010a000002001400500000000000000000500220007b7c0000" {
		t.Fail()
	}
	q := Dissect(IP, b)
	for _, l := range q.Layers() {
		t.Log(l.Name())
	}
	c, _ := q.Build()
	t.Log(hex.EncodeToString(c))
	q.At(0).SetField("dport", []byte("x"))
	_ = netip.Addr{}
	t.Log(q.At(0).SetField("dprt", uint64(70000)))
}
func BenchmarkBuild(b *testing.B) {
	ip := New(IP)
	ip.Set(ipSrc, "10.0.0.1")
	ip.Set(ipDst, "10.0.0.2")
	p := NewPacket(New(Ether), ip, New(TCP))
	buf := make([]byte, 0, 200)
	b.ReportAllocs()
	for range b.N {
		p.AppendTo(buf[:0])
	}
}
