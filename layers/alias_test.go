package layers

import (
	"bytes"
	"testing"
)

// TestDissectNeverWritesWhatItWasGiven: a dissected packet looks at the bytes that
// it was made of, which others may look at too. Whatever is done to it, they stay
// as they are; and what is built of it is memory of its own.
func TestDissectNeverWritesWhatItWasGiven(t *testing.T) {
	for _, g := range goldenBytes(t) {
		data := bytes.Clone(g.b)
		kept := Dissect(g.first, data).Clone() // shares data, not looked into yet
		p := Dissect(g.first, data)
		early, err := p.Build()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Layers() {
			for i := range l.proto.Fields {
				if !l.Exists(i) {
					continue
				}
				if v := l.own(i); v != nil {
					if err := l.Set(i, v); err != nil {
						t.Fatal(err)
					}
				}
				if f := l.form(i); f.Bits > 0 && f.Bits <= 64 && l.proto.Fields[i].Form == nil {
					l.SetUint(i, 1<<(f.Bits-1))
				}
				l.Unset(i)
			}
		}
		late, err := p.Build()
		if err != nil {
			t.Logf("%s: with everything unset: %v", g.first, err) // more than fits: no matter here
		}
		for i := range p.Layers() {
			if _, err := p.BuildFrom(i); err != nil {
				t.Logf("%s from layer %d: %v", g.first, i, err)
			}
		}
		for _, b := range [][]byte{early, late} {
			for i := range b {
				b[i] ^= 0xff
			}
		}
		if !bytes.Equal(data, g.b) {
			t.Fatalf("%s: the bytes given were changed\nfrom %x\n  to %x", g.first, g.b, data)
		}
		if b, err := kept.Build(); err != nil || !bytes.Equal(b, g.b) {
			t.Errorf("%s: a clone builds as %x (%v), want %x", g.first, b, err, g.b)
		}
	}
}
