package layers

import "testing"

// Packets that nobody has looked into yet bring all their bytes along.
func TestJoinUnread(t *testing.T) {
	p := Join(Dissect(Raw, []byte("abc")), Dissect(Padding, []byte("def")))
	if b, err := p.Build(); err != nil || string(b) != "abcdef" {
		t.Errorf("got %q, %v", b, err)
	}
}

// The referee's ==: Scapy 2.5's of the same expressions.
func TestEqual(t *testing.T) {
	with := func(p *Packet, layer int, name string, v any) *Packet {
		if err := p.At(layer).SetField(name, v); err != nil {
			t.Fatal(err)
		}
		return p
	}
	ip := func() *Packet { return NewPacket(New(IP)) }
	udp := func() *Packet { return NewPacket(New(IP), New(UDP)) }
	built, _ := ip().Build()
	bare := Dissect(IP, built)
	bare.Layers()[0].Unset(IP.Index("options"))
	for _, c := range []struct {
		name string
		a, b *Packet
		want bool
	}{
		{"a default that is set", with(ip(), 0, "ttl", 64), ip(), true},
		{"another value", with(ip(), 0, "ttl", 63), ip(), false},
		{"what the layer above gives", with(udp(), 0, "proto", 17), udp(), true},
		{"not what the layer above gives", with(udp(), 0, "proto", 6), udp(), false},
		{"a length that is set", with(ip(), 0, "len", 20), ip(), false},
		{"a source that is set", with(ip(), 0, "src", "127.0.0.1"), ip(), false},
		{"built and dissected", Dissect(IP, built), ip(), false},
		{"no options and an empty list of them", Dissect(IP, built), bare, true},
		{"another layer", udp(), ip(), false},
	} {
		if got := Equal(c.a, c.b); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
