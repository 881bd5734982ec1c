package layers

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"testing"
)

// lookInto reads every field of every layer, of packets inside fields too.
func lookInto(p *Packet) {
	for i, l := range p.Layers() {
		for k := range l.proto.Fields {
			if l.Exists(k) {
				lookIntoValue(At{p, i}.Value(k))
			}
		}
	}
}

func lookIntoValue(v any) {
	switch v := v.(type) {
	case *Packet:
		lookInto(v)
	case List:
		for _, m := range v {
			lookIntoValue(m)
		}
	case Tuple:
		lookIntoValue(List(v))
	}
}

// checkLossless fails unless b survives dissecting from proto, looking and building.
func checkLossless(t testing.TB, proto *Proto, b []byte) {
	t.Helper()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("%s(%x): panic: %v\n%s", proto, b, r, debug.Stack())
		}
	}()
	kept := bytes.Clone(b)
	p := Dissect(proto, b)
	p.Layers()
	for _, step := range []string{"dissected", "looked into", "printed"} {
		out, err := p.Build()
		if err != nil || !bytes.Equal(out, b) {
			t.Fatalf("%s(%x), %s: rebuilt as %x (%v)", proto, b, step, out, err)
		}
		lookInto(p)
		if step == "looked into" {
			_ = p.Summary()
			_ = p.Show()
			_ = p.Repr()
			_ = p.HashRet()
			_ = p.Answers(p)
		}
	}
	if !bytes.Equal(b, kept) {
		t.Fatalf("%s(%x): the bytes given were written to", proto, kept)
	}
}

// goldenBytes are the packets of the golden dissect cases and their first layers.
func goldenBytes(t testing.TB) (out []struct {
	first *Proto
	b     []byte
}) {
	t.Helper()
	for _, file := range []string{"scapy_cases", "tables", "dissect"} {
		for i, c := range goldenCases(t, file) {
			if c.Dissect == "" || Lookup(c.Dissect) == nil || file == "dissect" && i%10 != 0 {
				continue
			}
			var s string
			_ = json.Unmarshal(c.Hex, &s)
			b, err := hex.DecodeString(s)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, struct {
				first *Proto
				b     []byte
			}{Lookup(c.Dissect), b})
		}
	}
	return out
}

func TestEveryTruncation(t *testing.T) {
	for _, g := range goldenBytes(t) {
		for n := range min(len(g.b), 120) {
			checkLossless(t, g.first, g.b[:n:n])
		}
	}
}

func TestMutatedBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, g := range goldenBytes(t) {
		for range 30 {
			b := bytes.Clone(g.b)
			for range 1 + r.IntN(4) {
				switch i := r.IntN(len(b) + 1); {
				case i == len(b):
				case r.IntN(3) == 0:
					b[i] = []byte{0, 1, 2, 0x7f, 0x80, 0xff}[r.IntN(6)]
				default:
					b[i] ^= 1 << r.IntN(8)
				}
			}
			checkLossless(t, g.first, b)
		}
	}
}

func TestRandomBytesIntoEveryProtocol(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, proto := range Protos() {
		for n := range 200 {
			b := make([]byte, r.IntN(1+n))
			for i := range b {
				b[i] = byte(r.Uint32()) >> r.IntN(8)
			}
			checkLossless(t, proto, b)
		}
	}
}

// TestEveryDefaultBuilds builds each protocol with nothing set and reads it again.
func TestEveryDefaultBuilds(t *testing.T) {
	for _, proto := range Protos() {
		Seed(1)
		b, err := NewPacket(New(proto)).AppendTo(bytes.Repeat([]byte{0xa5}, 4096)[:0])
		if err != nil {
			t.Errorf("%s: %v", proto, err)
			continue
		}
		Seed(1)
		clean, _ := NewPacket(New(proto)).Build()
		if proto != NTPHeader && !bytes.Equal(b, clean) {
			t.Errorf("%s: %x in dirty memory, %x in clean", proto, b, clean)
		}
		checkLossless(t, proto, b)
	}
}

func TestNestingIsBounded(t *testing.T) {
	l := New(IP)
	for _, depth := range []int{10, 100, 1000, 3000} {
		var b []byte
		for i := depth; i > 0; i-- {
			p := NewPacket(New(IP), New(Raw))
			_ = p.At(0).Layer().Set(ipProto, 4)
			_ = p.At(0).Layer().Set(ipLen, min(20*(depth-i+1), 65535))
			one, err := NewPacket(p.At(0).Layer()).Build()
			if err != nil {
				t.Fatal(err)
			}
			b = append(one, b...)
		}
		p := Dissect(IP, b)
		if n := p.Len(); n > maxDepth+1 {
			t.Errorf("%d nested headers became %d layers", depth, n)
		}
		if depth > maxDepth && len(p.Notes()) == 0 {
			t.Errorf("no note on %d nested headers", depth)
		}
		if out, err := p.Build(); err != nil || !bytes.Equal(out, b) {
			t.Errorf("%d nested headers: rebuilt otherwise (%v)", depth, err)
		}
	}
	_ = l
}

func TestMalformedLengths(t *testing.T) {
	for _, tc := range []struct {
		first *Proto
		hex   string
		want  string
	}{
		{IP, "4f00001400010000400066e70a0000010a000002", "[IP]"},             // options that are not there
		{IP, "4000001400010000400066e70a0000010a000002aabb", "[IP Padding]"}, // ihl 0 and two bytes too many
		{IP, "4500000100010000400666e70a0000010a000002aabb", "[IP TCP]"},     // len 1
		{IP, "4500", "[Raw]"},
		{TCP, "001400500000000000000000f00220007b7c0000", "[TCP]"},         // dataofs 15 without options
		{TCP, "00140050000000000000000060022000000000000200ffff", "[TCP]"}, // option length 0
		{TCP, "0014005000000000000000006002200000000000fe01ffff", "[TCP]"}, // option length 1
		{TCP, "0014005000000000000000006002200000000000022800ff", "[TCP]"}, // option longer than the header
		{TCP, "0014005000000000", "[TCP]"},                                 // what routers quote
		{TCP, "00140050000000", "[Raw]"},
		{UDP, "003500350000", "[UDP]"},
		{UDP, "00350035", "[Raw]"},
	} {
		b, err := hex.DecodeString(tc.hex)
		if err != nil {
			t.Fatal(err)
		}
		checkLossless(t, tc.first, b)
		p := Dissect(tc.first, b)
		var names []string
		for _, l := range p.Layers() {
			names = append(names, l.Name())
		}
		if got := fmt.Sprint(names); got != tc.want {
			t.Errorf("%s(%s) is %s, want %s", tc.first, tc.hex, got, tc.want)
		}
	}
}
