package layers

import (
	"bytes"
	"encoding/json"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

func exportPacket(t *testing.T) *Packet {
	t.Helper()
	p := NewPacket(New(Ether), New(IP), New(TCP), New(Raw))
	for _, set := range []struct {
		layer int
		field string
		value any
	}{
		{0, "src", "02:00:00:00:00:01"}, {0, "dst", "02:00:00:00:00:02"}, {1, "src", "10.0.0.1"}, {1, "dst", "10.0.0.2"},
		{2, "flags", "SA"}, {2, "options", List{Tuple{"MSS", 1460}, Tuple{"SAckOK", ""}}}, {3, "load", "hi \"x\" */"},
	} {
		if err := p.At(set.layer).SetField(set.field, set.value); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func TestJSON(t *testing.T) {
	var got []struct {
		Layer  string
		Fields map[string]any
	}
	if err := json.Unmarshal(exportPacket(t).JSON(), &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got[2].Layer != "TCP" {
		t.Fatalf("got %v, want the layers Ether, IP, TCP, Raw", got)
	}
	for _, c := range []struct {
		layer int
		field string
		want  any
	}{{1, "dst", "10.0.0.2"}, {1, "proto", 6.0}, {1, "len", nil}, {2, "flags", "SA"}, {0, "src", "02:00:00:00:00:01"}} {
		if v, ok := got[c.layer].Fields[c.field]; !ok || v != c.want {
			t.Errorf("%s.%s is %v, want %v", got[c.layer].Layer, c.field, v, c.want)
		}
	}
	if b, _ := json.Marshal(got[2].Fields["options"]); string(b) != `[["MSS",1460],["SAckOK",{"hex":""}]]` {
		t.Errorf("options are %s", b)
	}
}

func TestToC(t *testing.T) {
	p := exportPacket(t)
	src, err := p.ToC()
	if err != nil {
		t.Fatal(err)
	}
	// Read the array back.
	_, body, _ := strings.Cut(src, "{\n")
	var digits strings.Builder
	for _, line := range strings.Split(body, "\n") {
		if strings.Contains(line, "0x") {
			digits.WriteString(strings.NewReplacer("0x", "", ",", "", " ", "").Replace(line))
		}
	}
	got, err := BytesHex(digits.String())
	want, _ := p.Build()
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the array holds %x (%v), want %x:\n%s", got, err, want, src)
	}
	if strings.Count(src, "/*") != strings.Count(src, "*/") {
		t.Errorf("a comment ends early:\n%s", src)
	}
}

func TestToGo(t *testing.T) {
	p := exportPacket(t)
	src, err := p.ToGo()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "p.go", src, 0); err != nil {
		t.Errorf("no Go program: %v\n%s", err, src)
	}
	for _, want := range []string{"&layers.IPv4{", "SYN:", "{OptionType: 2, OptionLength: 4, OptionData: []byte{0x05, 0xb4}}", "gopacket.Payload([]byte{0x68"} {
		if !strings.Contains(src, want) {
			t.Errorf("no %q in\n%s", want, src)
		}
	}
	// A bit that gopacket's struct lacks: the header is given as bytes.
	if err := p.At(2).SetField("reserved", 1); err != nil {
		t.Fatal(err)
	}
	if src, err = p.ToGo(); err != nil || strings.Contains(src, "&layers.TCP{") {
		t.Errorf("reserved bits are lost (%v):\n%s", err, src)
	}
	if _, err := NewPacket().ToGo(); err == nil {
		t.Error("a program for no layers")
	}
}

func TestHexAndBase64(t *testing.T) {
	want := []byte{0xfb, 0xff, 0, 1}
	for _, text := range []string{"fbff0001", "FB FF 00 01", "fb:ff:00:01", "0xfbff0001\n"} {
		if got, err := BytesHex(text); err != nil || !bytes.Equal(got, want) {
			t.Errorf("BytesHex(%q): got %x, %v", text, got, err)
		}
	}
	for _, text := range []string{"+/8AAQ==", "-_8AAQ", "+/8A\nAQ==", Base64Bytes(want)} {
		if got, err := BytesBase64(text); err != nil || !bytes.Equal(got, want) {
			t.Errorf("BytesBase64(%q): got %x, %v", text, got, err)
		}
	}
	for _, err := range []error{third(BytesHex("abc")), third(BytesHex("zz")), third(BytesBase64("*"))} {
		if err == nil {
			t.Error("wrong text was read")
		}
	}
}

func third(_ []byte, err error) error { return err }

// Text is in JSON as encoding/json writes it, byte by byte.
func TestJSONTextIsEncodingJSONs(t *testing.T) {
	texts := []string{"", "plain", "a\"b\\c", "<&>", "ü – \u2028", "\xff\xfe", "a\x00b\n"}
	for c := range 256 {
		texts = append(texts, "x"+string([]byte{byte(c)}))
	}
	for _, s := range texts {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendJSONText(nil, s); string(got) != string(want) {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}
