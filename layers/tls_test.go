package layers

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// A hello as crypto/tls sends it survives an edit of one extension, and what has
// no table is kept.
func TestTLSHelloEdit(t *testing.T) {
	hello := one(TLSClientHello, "gmt_unix_time", uint64(1), "random_bytes", bytes.Repeat([]byte{7}, 28),
		"ciphers", List{uint64(0x1301), "TLS_RSA_WITH_AES_128_CBC_SHA"},
		"ext", List{
			one(TLS_Ext_ServerName, "servernames", List{one(ServerName, "servername", "example.com")}),
			one(TLS_Ext_ALPN, "protocols", List{one(ProtocolName, "protocol", "h2")}),
			one(TLS_Ext_Unknown, "type", uint64(0xabcd), "val", "kept"),
		})
	wire, err := one(TLS, "version", "TLS 1.0", "msg", List{hello}).Build()
	if err != nil {
		t.Fatal(err)
	}
	const want = "160301005601000052030300000001" + "07070707070707070707070707070707070707070707070707070707" +
		"0000041301002f01000025" + "00000010000e00000b6578616d706c652e636f6d" + "0010000500030268" + "32" + "abcd00046b657074"
	if got := hex.EncodeToString(wire); got != want {
		t.Fatalf("built\n got %s\nwant %s", got, want)
	}
	p := Dissect(TLS, wire)
	q := p.At(0).Value(tlsMsg).(List)[0].(*Packet)
	exts, _ := q.At(0).Get("ext")
	name, _ := exts.(List)[0].(*Packet).At(0).Get("servernames")
	if err := name.(List)[0].(*Packet).At(0).SetField("servername", "example.org"); err != nil {
		t.Fatal(err)
	}
	b, err := p.Build()
	if err != nil || !bytes.Equal(b, bytes.Replace(wire, []byte(".com"), []byte(".org"), 1)) {
		t.Errorf("after the edit %x (%v)", b, err)
	}
}

// The random of a hello is drawn for each build unless it was set.
func TestTLSRandomIsDrawn(t *testing.T) {
	p := one(TLSClientHello, "gmt_unix_time", uint64(0))
	a, _ := p.Build()
	b, _ := p.Build()
	if bytes.Equal(a, b) {
		t.Errorf("two builds have the same random: %x", a)
	}
}
