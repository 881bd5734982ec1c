package layers

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"testing"
)

// TestSpread goes through sets forth, back and at random: each packet is the one that Expand gives.
func TestSpread(t *testing.T) {
	prefix := func(s string) Net { return Net{netip.MustParsePrefix(s)} }
	for name, p := range map[string]*Packet{
		"none":     stackOf(t, IP, "dst", "10.0.0.1"),
		"ports":    stackOf(t, IP, "dst", "10.0.0.1", TCP, "dport", Range{Lo: 1, Hi: 300}, "sport", Choice{uint64(7), Range{Lo: 9, Hi: 11}}),
		"networks": stackOf(t, IP, "dst", prefix("10.0.0.0/28"), "ttl", Range{Lo: 1, Hi: 3}, UDP, "dport", Choice{uint64(53), uint64(67)}),
		"network6": stackOf(t, IPv6, "dst", prefix("2001:db8::fff0/124"), UDP, "dport", Range{Lo: 1, Hi: 3}),
		"forms":    stackOf(t, IP, "dst", "10.0.0.1", ICMP, "type", Choice{uint64(8), uint64(17)}, "id", Range{Lo: 1, Hi: 3}),
		"bytes":    stackOf(t, IP, "dst", "10.0.0.1", Raw, "load", Choice{[]byte("a"), []byte("bcd"), []byte{}}),
	} {
		s := p.Spread()
		if s == nil {
			t.Errorf("%s: no spread", name)
			continue
		}
		var want [][]byte
		var command []string
		for q := range p.Expand() {
			b, err := q.Build()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			want, command = append(want, b), append(command, q.Command())
		}
		if s.Size() != uint64(len(want)) {
			t.Errorf("%s: size %d, want %d", name, s.Size(), len(want))
		}
		order := rand.New(rand.NewPCG(1, 2)).Perm(len(want))
		for i := range want {
			order = append(order, i)
		}
		for i := range want {
			order = append(order, len(want)-1-i)
		}
		for _, n := range order {
			s.Seek(uint64(n))
			if got, err := s.Packet().Build(); err != nil || !bytes.Equal(got, want[n]) || s.Packet().Command() != command[n] {
				t.Fatalf("%s: packet %d is %x (%s), want %x (%s), %v", name, n, got, s.Packet().Command(), want[n], command[n], err)
			}
		}
		if p.IsSet() != (len(want) > 1) {
			t.Errorf("%s: the packet itself has changed", name)
		}
	}
	for name, p := range map[string]*Packet{
		"drawn":        stackOf(t, IP, "dst", "10.0.0.1", TCP, "sport", RandShort()),
		"drawn member": stackOf(t, IP, "dst", "10.0.0.1", TCP, "sport", Choice{uint64(1), RandShort()}),
	} {
		if p.Spread() != nil {
			t.Errorf("%s: a packet that draws has a spread", name)
		}
	}
}
