package repl

import (
	"context"
	"io"
	"strings"
	"testing"

	"pktsh/repl/py"
)

// What Scapy 2.5 gives for the same expressions.
func TestByteFunctions(t *testing.T) {
	s := New(Options{Stdout: io.Discard, Stderr: io.Discard})
	defer s.Close()
	s.in.ImportScapy()
	for src, want := range map[string]string{
		`itom(24), atol("10.0.0.1"), ltoa(167772161)`:                   "(4294967040, 167772161, '10.0.0.1')",
		`in4_chksum(6, IP(src="1.2.3.4", dst="5.6.7.8"), b"abcd")`:      "11035",
		`mac2str("00:01:02:03:04:05"), str2mac(b"\0\x01\x02\x03\x04A")`: `(b'\x00\x01\x02\x03\x04\x05', '00:01:02:03:04:41')`,
		`plain_str(b"a\xffb\xef"), bytes_encode("a\xff")`:               `('a\\xffb\\xef', b'a\xc3\xbf')`,
		`strxor(b"ab", b"cd"), repr_hex(b"ab"), orb(65), chb(65)`:       `(b'\x02\x06', '6162', 65, b'A')`,
		`crc32c(b"abc")`: "3074378550",
		`valid_ip("1.2.3.4"), valid_mac("x"), valid_ip6("::1"), valid_net("1.2.3.4/8")`: "(True, False, True, True)",
		`in6_getnsma(inet_pton(10, "fe80::1"))`:                                         `b'\xff\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\xff\x00\x00\x01'`,
		`in6_getnsmac(inet_pton(10, "ff02::1:ff00:1"))`:                                 "'33:33:ff:00:00:01'",
		`inet_ntop(socket.AF_INET, inet_aton("1.2.3.4"))`:                               "'1.2.3.4'",
		`base64_bytes(bytes_base64(IP(src="1.2.3.4", dst="1.2.3.4")/UDP()))[0]`:         "69",
	} {
		v, err := s.in.Exec(context.Background(), "<in>", src, py.ModeSingle)
		if err != nil {
			t.Errorf("%s: %v", src, err)
		} else if got := pyRepr(v); got != want {
			t.Errorf("%s\n got %s\nwant %s", src, got, want)
		}
	}
	for src, want := range map[string]string{
		`inet_aton("::1")`:         `"::1" is not an IPv4 address`,
		`chb(256)`:                 "want a number, 0..255",
		`in6_getnsma(b"abc")`:      "got 3 bytes, want 16",
		`inet_pton(10, "1.2.3.4")`: `"1.2.3.4" is not an address of that family`,
		`conf.route.add(dev="x")`:  "ip route",
	} {
		_, err := s.in.Exec(context.Background(), "<in>", src, py.ModeSingle)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", src, err, want)
		}
	}
}
