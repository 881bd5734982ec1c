package layers

import (
	"encoding/hex"
	"strconv"
	"testing"
)

// Records as RFC 9460 appendix D.2 has them, and some that are broken.
func TestServiceRecords(t *testing.T) {
	for _, c := range []struct{ name, hex, want string }{
		{"no parameters", "0001" + "03666f6f076578616d706c6503636f6d00",
			"svc_priority=1 target_name=b'foo.example.com.'"},
		{"port", "0010" + "03666f6f076578616d706c6503636f6d00" + "000300020035",
			"svc_priority=16 target_name=b'foo.example.com.' svc_params=[<SvcParam  key=port len=2 value=53 |>]"},
		{"a key by number", "0001" + "03666f6f076578616d706c6503636f6d00" + "029b000568656c6c6f",
			"svc_priority=1 target_name=b'foo.example.com.' svc_params=[<SvcParam  key=667 len=5 value=b'hello' |>]"},
		{"addresses", "0001" + "00" + "00060020" + "20010db8000000000000000000000001" + "20010db8000000000000000000530001",
			"svc_priority=1 target_name=b'.' svc_params=[<SvcParam  key=ipv6hint len=32 value=[2001:db8::1, 2001:db8::53:1] |>]"},
		{"mandatory", "0010" + "03666f6f076578616d706c65036f726700" + "0000000400010004" + "00010009026832" + "0568332d3139" + "00040004c0000201",
			"svc_priority=16 target_name=b'foo.example.org.' svc_params=[<SvcParam  key=mandatory len=4 value=[alpn, ipv4hint] |>, " +
				"<SvcParam  key=alpn len=9 value=[b'h2', b'h3-19'] |>, <SvcParam  key=ipv4hint len=4 value=[192.0.2.1] |>]"},
		{"a port of one byte", "0001" + "00" + "0003000107", "svc_priority=1 target_name=b'.' svc_params=[<SvcParam  key=port len=1 value=b'\\x07' |>]"},
		{"cut short", "0001" + "00" + "0003", "svc_priority=1 target_name=b'.' svc_params=[<SvcParam  key=port |>]"},
	} {
		rdata, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		b := append([]byte{0, 0, 65, 0, 1, 0, 0, 0, 0, byte(len(rdata) >> 8), byte(len(rdata))}, rdata...)
		p := Dissect(DNSRRHTTPS, b)
		if got, want := p.Repr(), "<DNSRRHTTPS  rrname=b'.' type=HTTPS cacheflush=0 rclass=IN ttl=0 rdlen="+strconv.Itoa(len(rdata))+" "+c.want+" |>"; got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, want)
		}
		if out, err := p.Build(); err != nil || string(out) != string(b) {
			t.Errorf("%s: builds %x (%v), want %x", c.name, out, err, b)
		}
	}
}
