package layers

import (
	"encoding/hex"
	"net/netip"
	"testing"
)

// The options as tshark 4.0 reads them, from values and back.
func TestEDNSOptions(t *testing.T) {
	for _, c := range []struct {
		p       *Proto
		field   string
		v       any
		more    string
		n       any
		want    string
		refused any
	}{
		{EDNS0ClientSubnet, "address", "10.1.0.0", "source_plen", 20, "00080007" + "00011400" + "0a0100", "2001:db8::"},
		{EDNS0COOKIE, "client_cookie", []byte("12345678"), "server_cookie", []byte("abcdefgh"), "000a0010" + "3132333435363738" + "6162636465666768", 5},
		{EDNS0ExtendedDNSError, "info_code", "Filtered", "extra_text", "no", "000f0004" + "0011" + "6e6f", "Filter"},
		{EDNS0DAU, "alg_code", List{"RSA/SHA-256", 13}, "optcode", 5, "00050002" + "080d", List{"RSA"}},
		{EDNS0DHU, "alg_code", List{"SHA-256"}, "optcode", 6, "00060001" + "02", List{256}},
		{EDNS0N3U, "alg_code", List{1}, "optcode", 7, "00070001" + "01", List{"MD5"}},
	} {
		p := NewPacket(New(c.p))
		at := p.At(0)
		if err := at.SetField(c.field, c.v); err != nil {
			t.Fatal(err)
		}
		if err := at.SetField(c.more, c.n); err != nil {
			t.Fatal(err)
		}
		wire, err := p.Build()
		if got := hex.EncodeToString(wire); err != nil || got != c.want {
			t.Errorf("%s: got %s (%v), want %s", c.p.Name, got, err, c.want)
		}
		if got := ednsOption(nil, wire); got != c.p {
			t.Errorf("%s: read as %s", c.p.Name, got.Name)
		}
		again, err := Dissect(c.p, wire).Build()
		if got := hex.EncodeToString(again); err != nil || got != c.want {
			t.Errorf("%s: %s (%v) when read and written, want %s", c.p.Name, got, err, c.want)
		}
		if err := at.SetField(c.field, c.refused); err == nil {
			t.Errorf("%s.%s: %v was taken", c.p.Name, c.field, c.refused)
		}
	}
	if got := ednsOption(nil, []byte{0}); got != nil {
		t.Errorf("half a code is read as %s", got.Name)
	}
	l := Dissect(EDNS0ClientSubnet, []byte("\x00\x08\x00\x07\x00\x02\x30\x00\x20\x01\x0d")).At(0)
	if got, want := l.Value(subnetAddress), netip.MustParseAddr("2001:d00::"); got != want {
		t.Errorf("the address is %v, want %v", got, want)
	}
}
