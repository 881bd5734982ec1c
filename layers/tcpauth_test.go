package layers

import (
	"encoding/hex"
	"testing"
)

// Linux 6 signed this SYN-ACK with the key "secret", in answer to the SYN below, which it had
// accepted by its signature.
const (
	signedSYN    = "4500004000010000400666a30a0900010a0900020fa100b30000000700000000b00220009b060000020405b413128645e2e4da70a8249cd6504f061a768a0000"
	signedSYNACK = "4500004000004000400626a40a0900020a09000100b30fa1afb8cf9800000008b012faf0144700000101131257987f69cc7f5bb707cf726dea57b88e020405b4"
)

func TestTCPMD5IsTheKernels(t *testing.T) {
	for _, text := range []string{signedSYN, signedSYNACK} {
		b, _ := hex.DecodeString(text)
		p := Dissect(IP, b)
		got, err := p.TCPMD5(1, []byte("secret"))
		if err != nil {
			t.Fatal(err)
		}
		opts := p.At(1).Value(tcpOptions).(List)
		for _, o := range opts {
			if o := o.(Tuple); o[0] == "MD5" && hex.EncodeToString(o[1].([]byte)) != hex.EncodeToString(got) {
				t.Errorf("%s: got %x, want %x", p.Summary(), got, o[1])
			}
		}
	}
}

func TestSignTCPMD5(t *testing.T) {
	p := NewPacket(New(IP), New(TCP))
	for _, f := range []struct {
		layer int
		name  string
		value any
	}{
		{0, "src", "10.9.0.1"}, {0, "dst", "10.9.0.2"}, {1, "sport", 4001}, {1, "dport", 179}, {1, "seq", 7},
		{1, "options", List{Tuple{"MSS", 1460}}},
	} {
		if err := p.At(f.layer).SetField(f.name, f.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.SignTCPMD5(1, []byte("secret")); err != nil {
		t.Fatal(err)
	}
	b, err := p.Build()
	if got := hex.EncodeToString(b); err != nil || got != signedSYN {
		t.Errorf("got %s, %v\nwant %s", got, err, signedSYN)
	}
	if err := NewPacket(New(TCP)).SignTCPMD5(0, nil); err == nil {
		t.Error("a TCP header without addresses was signed")
	}
}
