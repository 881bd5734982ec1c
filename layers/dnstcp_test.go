package layers

import (
	"encoding/hex"
	"strings"
	"testing"
)

// TestDNSOverTCP builds what Scapy builds: over TCP a message has its length in front.
func TestDNSOverTCP(t *testing.T) {
	// Scapy 2.5's bytes for DNS on IP(src="10.0.0.1", dst="10.0.0.2")/TCP(flags="PA", …).
	dnsOverTCP := []struct {
		ports  []any
		fields []any
		hex    string
	}{
		{[]any{"dport", 53}, []any{"id", 7, "qd", List{one(DNSQR, "qname", "example.com")}},
			"4500004700010000400666ae0a0000010a00000200350035000000000000000050182000abaf0000001d000701000001000000000000076578616d706c6503636f6d0000010001"},
		{[]any{"sport", 53}, []any{"id", 7, "length", 5, "qr", 1, "qd", List{}}, // set by hand, and wrong
			"4500003600010000400666bf0a0000010a0000020035005000000000000000005018 2000fa2a00000005000781000000000000000000"},
		{[]any{"sport", 53, "dport", 1234}, []any{"qr", 1, "qd", List{one(DNSQR, "qname", "example.com")}, "an", List{one(DNSRR, "rrname", "example.com", "rdata", "1.2.3.4")}},
			"4500006200010000400666930a0000010a000002003504d2000000000000000050182000b60900000038000081000001000100000000076578616d706c6503636f6d0000010001076578616d706c6503636f6d000001000100000000000401020304"},
	}
	for i, c := range dnsOverTCP {
		want, err := hex.DecodeString(strings.ReplaceAll(c.hex, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		p := stackOf(t, IP, "src", "10.0.0.1", "dst", "10.0.0.2")
		p.Push(one(TCP, append(c.ports, "flags", "PA")...))
		p.Push(one(DNS, c.fields...))
		got, err := p.Build()
		if err != nil || string(got) != string(want) {
			t.Errorf("%d: got %x, %v\nwant %x", i, got, err, want)
		}
		alone, err := p.From(2).Build()
		if n := len(alone) - len(want) + 42; err != nil || n != 0 {
			t.Errorf("%d: away from TCP the message has %d bytes more than without its length: %x, %v", i, n, alone, err)
		}
	}
}

// TestDissectDNSOverTCP reads a message with its length, names that point into
// the message, and leaves parts of messages Raw.
func TestDissectDNSOverTCP(t *testing.T) {
	message, _ := hex.DecodeString("0007818000010001000000000765786d61706c6503636f6d0000010001c00c0001000100000000000401020304")
	segment := func(length int, b []byte) *Packet {
		p := NewPacket(New(IP))
		p.Push(one(TCP, "sport", 53, "dport", 1234, "flags", "PA"))
		p.Push(RawPacket(append([]byte{byte(length >> 8), byte(length)}, b...)))
		frame, err := p.Build()
		if err != nil {
			t.Fatal(err)
		}
		return Dissect(IP, frame)
	}
	p := segment(len(message), message)
	dns := p.Index(DNS, 1, 0)
	if dns != 2 || p.Len() != 3 {
		t.Fatalf("got %s", p.Repr())
	}
	an, _ := p.At(dns).Value(dnsAN).(List)
	if len(an) != 1 {
		t.Fatalf("got answers %v", an)
	}
	for _, at := range []At{an[0].(*Packet).At(0)} {
		if name := FieldText(at, 0); !strings.Contains(name, "exmaple.com.") {
			t.Errorf("the answer's name is %s", name)
		}
	}
	if n := p.At(dns).Uint(dnsLength); n != uint64(len(message)) {
		t.Errorf("length is %d, want %d", n, len(message))
	}
	for _, c := range []struct {
		why    string
		length int
		b      []byte
	}{
		{"the message goes on in the next segment", len(message), message[:20]},
		{"it is no longer than a header without its end", 11, message},
		{"there is not even a header", 12, message[:4]},
	} {
		if p := segment(c.length, c.b); p.Find(DNS) != nil || p.Find(Raw) == nil {
			t.Errorf("%s: got %s", c.why, p.Repr())
		}
	}
	if p := segment(12, append(make([]byte, 12), "more"...)); p.Find(DNS) == nil || p.Find(Raw) == nil {
		t.Errorf("a message of a header alone and bytes behind it: got %s", p.Repr())
	}
}
