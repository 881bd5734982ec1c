package layers

import (
	"bytes"
	"testing"
)

// TestPlainHeadersAsTheGeneralOnes builds the headers that are copied whole, and
// have their computed fields in windows, by the way that goes from field to field too.
func TestPlainHeadersAsTheGeneralOnes(t *testing.T) {
	n := 0
	for _, file := range []string{"build", "scapy_cases", "tables"} {
		for _, c := range goldenCases(t, file) {
			if c.Build == nil {
				continue
			}
			p, err := goldenPacket(c.Build)
			if err != nil {
				continue // TestGoldenBuild tells
			}
			b := &Build{}
			if p.build(b, nil) != nil {
				continue
			}
			for i, l := range p.Layers() {
				if l.proto.plain && l.cut == 0 {
					n++
					checkPlain(t, c, p, i)
					checkComputed(t, c, b, i)
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d headers were compared", n)
	}
}

// TestFlatAsTheGeneralOnes builds the packets that need no Build with one too: as they
// were made, and as they are once taken apart with what is computed open again.
func TestFlatAsTheGeneralOnes(t *testing.T) {
	made, read := 0, 0
	for _, file := range []string{"build", "scapy_cases", "tables"} {
		for _, c := range goldenCases(t, file) {
			if c.Build == nil {
				continue
			}
			p, err := goldenPacket(c.Build)
			if err != nil {
				continue // TestGoldenBuild tells
			}
			made += checkFlat(t, c, p)
			data, err := p.Build()
			if err != nil || p.Len() == 0 {
				continue
			}
			q := Dissect(p.layers[0].proto, data)
			for _, l := range q.Layers() {
				for i := range l.proto.Fields {
					if l.proto.Fields[i].Computed() && l.cut == 0 {
						l.Unset(i)
					}
				}
			}
			read += checkFlat(t, c, q)
		}
	}
	if made < 100 || read < 100 {
		t.Errorf("only %d packets that were made and %d that were read are flat", made, read)
	}
}

// checkFlat compares the two ways, and says for how many packets there are two.
func checkFlat(t *testing.T, c goldenCase, p *Packet) int {
	t.Helper()
	prefix := []byte("in front")
	got, ok := p.flat(bytes.Clone(prefix))
	if !ok {
		return 0
	}
	b := &Build{}
	if err := p.build(b, prefix[:len(prefix):len(prefix)]); err != nil || !bytes.Equal(got, b.Out) {
		t.Errorf("%s %s\nis\n%x, in general (%v)\n%x", c.ID, c.Expr, got, err, b.Out)
	}
	return 1
}

// generally runs f as if the layer's protocol had no plain form.
func (l *Layer) generally(f func(l *Layer)) {
	l.proto.plain = false
	defer func() { l.proto.plain = true }()
	f(l)
}

// checkPlain compares layer i before its computed fields are filled in. The general
// way has no padding, which only headers of plain form have.
func checkPlain(t *testing.T, c goldenCase, p *Packet, i int) {
	t.Helper()
	b := &Build{P: p}
	for k := range i + 1 {
		if err := b.write(p.Layers(), k); err != nil {
			t.Fatalf("%s %s: %v", c.ID, c.Expr, err)
		}
	}
	want := &Build{P: p, I: i, parts: make([]part, i+1)}
	var err error
	p.Layers()[i].generally(func(l *Layer) { err = l.encodeFields(want) })
	if err != nil {
		t.Fatalf("%s %s: %v", c.ID, c.Expr, err)
	}
	got := b.Header()
	for len(got) > len(want.Out) && got[len(got)-1] == 0 && p.Layers()[i].proto.Pad > 0 {
		got = got[:len(got)-1]
	}
	if !bytes.Equal(got, want.Out) {
		t.Errorf("%s %s\n%s is %x, from field to field %x", c.ID, c.Expr, p.Layers()[i].Name(), got, want.Out)
	}
}

// checkComputed fills in the computed fields of layer i of a packet that is built, again.
func checkComputed(t *testing.T, c goldenCase, b *Build, i int) {
	t.Helper()
	l := b.P.Layers()[i]
	if l.proto.Finish != nil {
		return // which needs what it computes to be zero
	}
	was := bytes.Clone(b.Out)
	b.I = i
	l.generally(func(l *Layer) { l.completeFields(b) })
	if s := l.proto.Sum; s != nil && !l.IsSet(s.Field) {
		b.putSum(s, l.proto.sumAt)
	}
	if !bytes.Equal(b.Out, was) {
		t.Errorf("%s %s\n%s makes it\n%x, from field to field\n%x", c.ID, c.Expr, l.Name(), was, b.Out)
		copy(b.Out, was)
	}
}
