package layers

import (
	"encoding/hex"
	"testing"
)

// A protocol of little-endian and aligned fields: a byte, then a number at a
// multiple of four, there if the byte says so, then a computed length.
var bitsProto = &Proto{Name: "BitsTest", Table: Table{Fields: []Field{
	{Name: "kind", Bits: 8, Default: 1},
	{Name: "num", Bits: 32, Little: true, Align: 4, Default: 0x01020304, Enum: NewEnum(map[uint64]string{5: "five"}),
		When: func(l *Layer) bool { return l.Uint(0) == 1 }},
	{Name: "flags", Kind: Flag, Bits: 16, Little: true, Flags: &FlagSet{Letters: "ABCDEFGHI"}},
	{Name: "len", Bits: 16, Little: true, Align: 4, Len: headerLen},
}}}

func TestLittleAndAligned(t *testing.T) {
	for _, c := range []struct {
		fields []any
		want   string
	}{
		{nil, "01000000" + "04030201" + "00000000" + "0e00"},
		{[]any{"num", "five", "flags", "AI"}, "01000000" + "05000000" + "01010000" + "0e00"},
		{[]any{"kind", 2, "flags", "B", "len", 0x1234}, "02020000" + "3412"},
	} {
		p := one(bitsProto, c.fields...)
		b, err := p.Build()
		if got := hex.EncodeToString(b); err != nil || got != c.want {
			t.Errorf("%v builds as %s (%v), want %s", c.fields, got, err, c.want)
		}
		q := Dissect(bitsProto, b)
		for i := 0; i+1 < len(c.fields); i += 2 {
			k := bitsProto.Index(c.fields[i].(string))
			if !equalValue(q.At(0).Value(k), p.At(0).Value(k)) {
				t.Errorf("%x: %s is %v", b, c.fields[i], q.At(0).Value(k))
			}
		}
	}
}

// Bytes that stand in front of an aligned field stay what they were as long as
// it stays where it was.
func TestGapKeepsItsBytes(t *testing.T) {
	in := "01aabbcc" + "05000000" + "0000ddee" + "0e00"
	b, err := hex.DecodeString(in)
	if err != nil {
		t.Fatal(err)
	}
	p := Dissect(bitsProto, b)
	for _, c := range []struct {
		field int
		v     uint64
		want  string
	}{
		{1, 6, "01aabbcc" + "06000000" + "0000ddee" + "0e00"},
		{0, 2, "02" + "0000" + "00" + "0e00"},
	} {
		if err := p.Layers()[0].Set(c.field, c.v); err != nil {
			t.Fatal(err)
		}
		out, err := p.Build()
		if got := hex.EncodeToString(out); err != nil || got != c.want {
			t.Errorf("with field %d set to %d it builds as %s (%v), want %s", c.field, c.v, got, err, c.want)
		}
	}
}

// Sets of values in little-endian fields make the template's frames what a
// build makes them.
func TestLittleSets(t *testing.T) {
	sameAsExpand(t, stackOf(t, IP, "dst", "10.0.0.1", UDP, bitsProto, "num", Range{0xfe, 0x102}, "flags", Choice{uint64(1), uint64(0x100)}), 100)
	sameAsExpand(t, stackOf(t, IP, "dst", "10.0.0.1", UDP, bitsProto, "num", RandInt(), "len", Range{0xff, 0x101}), 100)
}
