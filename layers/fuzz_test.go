package layers

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// FuzzDissect is what a person does with a packet from the network: look at it,
// print it in every form, send it on, change it. Which protocol comes first is
// part of the input.
func FuzzDissect(f *testing.F) {
	for _, g := range goldenBytes(f) {
		f.Add(uint16(slices.Index(Protos(), g.first)), g.b)
	}
	for _, g := range found {
		f.Add(uint16(slices.Index(Protos(), g.first)), []byte(g.data))
	}
	for i, p := range Protos() {
		b, err := NewPacket(New(p)).Build()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint16(i), b)
	}
	f.Fuzz(func(t *testing.T, first uint16, data []byte) {
		if len(data) > 4096 {
			t.Skip()
		}
		proto := Protos()[int(first)%len(Protos())]
		checkDissect(t, proto, data)
	})
}

func checkDissect(t *testing.T, proto *Proto, data []byte) {
	t.Helper()
	checkLossless(t, proto, data)
	checkPrints(t, Dissect(proto, data))
	checkSets(t, proto, data)
}

// found is what fuzzing has found, each with what went wrong, and what it may begin from.
var found = []struct {
	first *Proto
	data  string
}{
	// A label longer than a label can be was read, and could not be set.
	{DHCP6OptSIPDomains, "\x00\x15\x00\x59\x50" + strings.Repeat("a", 83) + "\x0000000"},
	// Padding in front of a frame check sequence came back behind it.
	{Dot11FCS, "\x88" + strings.Repeat("0", 25) + "\xaa\xaa\x03000\x08\x060000\x00\x000000001"},
	// Whether a header that its data ended inside of has a field was asked of a layer without a packet.
	{Dot11EltRSN, "00"},
	// Extensions were looked for in one byte behind an extended echo request.
	{ICMP, "\x2ag\xab I)\xb1\xea "},
	// Parameters of a service, of each kind and cut short.
	{DNSRRHTTPS, "\x00\x00\x41\x00\x01\x00\x00\x00\x00\x00\x34\x00\x01\x00\x00\x00\x00\x02\x00\x03\x00\x01\x00\x03\x02h2" +
		"\x00\x03\x00\x02\x20\xfb\x00\x04\x00\x04\x01\x02\x03\x04\x00\x06\x00\x10\x20\x01\x0d\xb8000000000000\x00\x07\x00\x02/q\x00\x03\x00"},
}

func TestFound(t *testing.T) {
	for _, g := range found {
		checkDissect(t, g.first, []byte(g.data))
	}
}

// FuzzCodec gives bytes to each parser of options, records, names and lists by
// itself. What is read may be set, and what was written reads as something that
// is written the same way. The first writing may differ: padding, and names
// that end without a root label.
func FuzzCodec(f *testing.F) {
	type place struct {
		proto *Proto
		field int
	}
	var all []place
	for _, p := range Protos() {
		for i := range p.Fields {
			if p.Fields[i].Codec != nil {
				all = append(all, place{p, i})
			}
		}
	}
	for _, g := range goldenBytes(f) {
		for _, l := range Dissect(g.first, g.b).Layers() {
			for i := range l.proto.Fields {
				if k := slices.Index(all, place{l.proto, i}); k >= 0 {
					f.Add(uint16(k), l.slots[l.proto.Fields[i].slot].raw)
				}
			}
		}
	}
	// A record that ends within a string lost its name to it, and grew by one
	// byte with each writing.
	f.Add(uint16(slices.Index(all, place{DNS, dnsAN})), []byte("\x00\x00\x23000000\x00\x08000000\x00\x00"))
	// What is no length could be read, and not be set again.
	snmp := Lookup("SNMPset")
	f.Add(uint16(slices.Index(all, place{snmp, snmp.Index("len")})), []byte{0xff})
	nbns := Lookup("NBNSNodeStatusRequest")
	f.Add(uint16(slices.Index(all, place{nbns, nbns.Index("QUESTION_NAME")})), []byte("0000000000000000"))
	f.Fuzz(func(t *testing.T, which uint16, data []byte) {
		if len(data) > 4096 {
			t.Skip()
		}
		at := all[int(which)%len(all)]
		l, codec := New(at.proto), at.proto.Fields[at.field].Codec
		if size := at.proto.Fields[at.field].Size; size != nil {
			data = data[:min(max(size(l, data), 0), len(data))]
		}
		if c, ok := codec.(checker); ok && c.Check(l, data) != nil {
			return
		}
		v := codec.Decode(l, bytes.Clone(data))
		lookIntoValue(v)
		set, err := codec.Parse(l, v)
		if err != nil {
			t.Fatalf("%s.%s(%x): read as %v, which cannot be set: %v", at.proto, at.proto.Fields[at.field].Name, data, v, err)
		}
		out, err := codec.Encode(l, nil, set)
		if err != nil {
			return // a name with a dot in a label: kept as bytes by those who only read
		}
		for range 2 {
			if again, err := codec.Encode(l, nil, codec.Decode(l, out)); err != nil {
				t.Fatalf("%s.%s(%x): written as %x, read and written again: %v", at.proto, at.proto.Fields[at.field].Name, data, out, err)
			} else if data, out = out, again; len(out) > len(data)+8 {
				t.Fatalf("%s.%s: grows from %x to %x", at.proto, at.proto.Fields[at.field].Name, data, out)
			}
		}
		if !bytes.Equal(data, out) {
			t.Fatalf("%s.%s: %x is written as %x", at.proto, at.proto.Fields[at.field].Name, data, out)
		}
	})
}

// checkPrints prints p in every form there is.
func checkPrints(t *testing.T, p *Packet) {
	t.Helper()
	for i := range p.Len() {
		p.ReprFrom(i)
		p.ShowFrom(i)
		p.CommandFrom(i)
		LsPacketFrom(p, i)
	}
	if b := p.JSON(); !json.Valid(b) {
		t.Errorf("not JSON: %s", b)
	}
	if _, err := p.Show2(); err != nil {
		t.Errorf("show2: %v", err)
	}
	if p.Len() > 0 {
		if _, err := p.ToC(); err != nil {
			t.Errorf("to C: %v", err)
		}
	}
	_ = DefaultTheme.Show(p, 0)
}

// checkSets gives each field the value that it has, one after the other.
func checkSets(t *testing.T, proto *Proto, data []byte) {
	t.Helper()
	p := Dissect(proto, data)
	for li, l := range p.Layers() {
		for i := range l.proto.Fields {
			if !l.Exists(i) {
				continue
			}
			q := p.Clone()
			m := q.Layers()[li]
			v := m.own(i)
			if v == nil {
				continue
			}
			if err := m.Set(i, v); err != nil {
				t.Fatalf("%s.%s: a value that was read cannot be set: %v", l.proto, l.proto.Fields[i].Name, err)
			}
			if _, err := q.Build(); err != nil {
				t.Fatalf("%s.%s: set to what it was, no longer builds: %v", l.proto, l.proto.Fields[i].Name, err)
			}
		}
	}
}

func TestEveryGoldenPacketPrintsAndSets(t *testing.T) {
	for _, g := range goldenBytes(t) {
		checkDissect(t, g.first, g.b)
	}
}

func FuzzSprintf(f *testing.F) {
	for _, s := range []string{
		"%IP.src% %r,TCP.dport% %-5s,IP.ttl% %#06xr,TCP.sport% %%", "{TCP:a{!UDP:b%IP:2.dst%}}", "%time%", "%(%)%",
	} {
		f.Add(s)
	}
	p := NewPacket(New(IP), New(TCP))
	f.Fuzz(func(t *testing.T, format string) {
		out, err := p.Sprintf(format)
		if err != nil && out != "" {
			t.Errorf("Sprintf(%q): both %q and %v", format, out, err)
		}
	})
}

func FuzzImportHexcap(f *testing.F) {
	f.Add("0000  45 00 00 28  E..(\n", []byte("ab cd"))
	f.Add("\t0x0000:  4500 0028\n", []byte{0, 1, 2})
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		if b, err := ImportHexcap(text); err == nil && len(b) > len(text) {
			t.Errorf("%d bytes out of %d characters", len(b), len(text))
		}
		if len(data) == 0 {
			return
		}
		if b, err := ImportHexcap(Hexdump(data)); err != nil || !bytes.Equal(b, data) {
			t.Errorf("Hexdump(%x) reads as %x (%v)", data, b, err)
		}
	})
}

func FuzzHexDiff(f *testing.F) {
	f.Add([]byte("abcdef"), []byte("abXdef"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if len(a) > 512 || len(b) > 512 {
			t.Skip()
		}
		// Every byte of both stands in the alignment, in order.
		var left, right []byte
		for _, p := range alignBytes(a, b) {
			if p.hasA() {
				left = append(left, byte(p.a))
			}
			if p.hasB() {
				right = append(right, byte(p.b))
			}
		}
		if !slices.Equal(left, a) || !slices.Equal(right, b) {
			t.Errorf("alignBytes(%x, %x) gives %x and %x", a, b, left, right)
		}
		if strings.Count(HexDiff(a, b), "\n") < max(len(a), len(b))/16 {
			t.Errorf("HexDiff(%x, %x) is too short", a, b)
		}
	})
}
