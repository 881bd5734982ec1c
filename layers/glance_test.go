package layers

import (
	"bytes"
	"testing"
)

// glanced is Ether/IP/TCP of which the first layer was looked at.
func glanced(t *testing.T) (p *Packet, frame []byte) {
	t.Helper()
	frame, err := NewPacket(New(Ether), New(IP), New(TCP)).Build()
	if err != nil {
		t.Fatal(err)
	}
	p = Dissect(Ether, frame)
	if v := p.At(0).Uint(etherType); v != 0x0800 {
		t.Fatalf("type is %#x, want 0x800", v)
	}
	if p.first == nil || p.Index(Ether, 1, 0) != 0 || p.first == nil {
		t.Fatal("a look at the first layer took the packet apart")
	}
	return p, frame
}

// TestGlance holds that a packet is the same whether or not its first layer was looked at alone.
func TestGlance(t *testing.T) {
	p, frame := glanced(t)
	first := p.Outermost()
	if b, err := p.Build(); err != nil || !bytes.Equal(b, frame) {
		t.Errorf("it builds as %x (%v), want %x", b, err, frame)
	}
	if ls := p.Layers(); len(ls) != 3 || ls[0] != first {
		t.Errorf("its layers are %v, want three and the first the one looked at", ls)
	}
	if !Equal(p, Dissect(Ether, frame)) {
		t.Error("it is not equal to the same packet")
	}
}

// TestGlanceThenSet changes the layer that was looked at: the change stays, and what
// follows is what the bytes say.
func TestGlanceThenSet(t *testing.T) {
	for name, change := range map[string]func(p *Packet) *Packet{
		"itself":  func(p *Packet) *Packet { p.Outermost().SetUint(etherType, 0x86dd); return p },
		"a clone": func(p *Packet) *Packet { p.Outermost().SetUint(etherType, 0x86dd); return p.Clone() },
		"the clone": func(p *Packet) *Packet {
			q := p.Clone()
			q.Outermost().SetUint(etherType, 0x86dd)
			if p.At(0).Uint(etherType) != 0x0800 {
				t.Error("a change in the clone shows in the packet")
			}
			return q
		},
	} {
		p, frame := glanced(t)
		p = change(p)
		want := bytes.Clone(frame)
		want[12], want[13] = 0x86, 0xdd
		if b, err := p.Build(); err != nil || !bytes.Equal(b, want) {
			t.Errorf("%s: it builds as %x (%v), want %x", name, b, err, want)
		}
		if p.Len() != 3 || p.At(1).Proto() != IP {
			t.Errorf("%s: it has become %v", name, p.Summary())
		}
	}
	p, _ := glanced(t)
	if err := p.Outermost().Set(etherType, Range{1, 9}); err != nil || !p.IsSet() {
		t.Errorf("a packet with a set in it (%v) is none", err)
	}
}

// TestGlanceAtNothing looks at packets whose first layer cannot be had alone.
func TestGlanceAtNothing(t *testing.T) {
	if l := Dissect(Ether, nil).Outermost(); l != nil {
		t.Errorf("a packet of no bytes begins with %s", l.Name())
	}
	if l := NewPacket().Outermost(); l != nil {
		t.Errorf("an empty packet begins with %s", l.Name())
	}
	if l := Dissect(Ether, []byte{1, 2, 3}).Outermost(); l == nil || l.Proto() != Raw {
		t.Errorf("three bytes begin with %v, want Raw", l)
	}
	if l := Dissect(Ether, append(make([]byte, 12), 0, 3, 0x42, 0x42, 3)).Outermost(); l == nil || l.Proto() != Dot3 {
		t.Errorf("a frame with a length begins with %v, want 802.3", l)
	}
}
