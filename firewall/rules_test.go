package firewall

import (
	"encoding/hex"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestElementKeys(t *testing.T) {
	p := newPlan("x")
	ap, a, pfx := netip.MustParseAddrPort, netip.MustParseAddr, netip.MustParsePrefix
	t4 := Tuple{ap("10.0.0.1:258"), ap("10.0.0.2:80")}
	set := p.of(t4).flow
	if got := hex.EncodeToString(t4.key()); set.Name != "flow4" || len(p.of(t4).add.key) != 16 || got != "0a000001"+"01020000"+"0a000002"+"00500000" {
		t.Errorf("%s %s", set.Name, got)
	}
	t6 := Tuple{ap("[fd99::1]:258"), ap("[fd99::2]:80")}
	set = p.of(t6).flow
	if got := hex.EncodeToString(t6.key()); set.Name != "flow6" || len(p.of(t6).del.key) != 40 ||
		got != "fd990000000000000000000000000001"+"01020000"+"fd990000000000000000000000000002"+"00500000" {
		t.Errorf("%s %s", set.Name, got)
	}
	set, e := p.span(Range{a("10.0.0.1"), 1, 65535, pfx("10.1.2.128/25")})
	if got := hex.EncodeToString(e.Key) + " " + hex.EncodeToString(e.KeyEnd); set.Name != "range4" ||
		got != "0a000001"+"00010000"+"0a010280"+"00000000"+" "+"0a000001"+"ffff0000"+"0a0102ff"+"ffff0000" {
		t.Errorf("%s %s", set.Name, got)
	}
	// The key is as long as the set says, or the kernel refuses it.
	if int(set.KeyType.Bytes) != len(e.Key) {
		t.Errorf("key of %d bytes in a set of %d", len(e.Key), set.KeyType.Bytes)
	}
}

func TestNormal(t *testing.T) {
	ap, a, pfx := netip.MustParseAddrPort, netip.MustParseAddr, netip.MustParsePrefix
	got, err := Tuple{ap("[::ffff:10.0.0.1]:1"), ap("10.0.0.2:2")}.normal()
	if err != nil || got != (Tuple{ap("10.0.0.1:1"), ap("10.0.0.2:2")}) {
		t.Errorf("mapped address: %v, %v", got, err)
	}
	got, err = Tuple{ap("[fe80::1%lab0]:1"), ap("[fe80::2%lab0]:2")}.normal()
	if err != nil || got != (Tuple{ap("[fe80::1]:1"), ap("[fe80::2]:2")}) {
		t.Errorf("zone: %v, %v", got, err)
	}
	r, err := Range{a("10.0.0.1"), 5, 5, pfx("10.9.9.9/16")}.normal()
	if err != nil || r.Remote != pfx("10.9.0.0/16") {
		t.Errorf("host bits: %v, %v", r, err)
	}
	for says, err := range map[string]error{
		"want an address and port at both ends": second(Tuple{Local: ap("10.0.0.1:1")}.normal()),
		"an IPv4 and an IPv6 address":           second(Tuple{ap("10.0.0.1:1"), ap("[fd99::2]:2")}.normal()),
		"got first port 9 above the last, 8":    second(Range{a("10.0.0.1"), 9, 8, pfx("10.0.0.0/8")}.normal()),
		"want a local address and a remote":     second(Range{}.normal()),
		"10.0.0.1:1-2 > fd99::/64: got an IPv4": second(Range{a("10.0.0.1"), 1, 2, pfx("fd99::/64")}.normal()),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestBoxes(t *testing.T) {
	a := netip.MustParseAddr("10.0.0.1")
	r := func(lo, hi uint16, p string) Range { return Range{a, lo, hi, netip.MustParsePrefix(p)} }
	for _, c := range []struct {
		name     string
		in, want []Range
	}{
		{"none", nil, nil},
		{"whole scan is one", []Range{r(0, 65535, "10.1.0.0/24")}, []Range{r(0, 65535, "10.1.0.0/24")}},
		{"same twice", []Range{r(1, 9, "10.1.0.0/24"), r(1, 9, "10.1.0.0/24")}, []Range{r(1, 9, "10.1.0.0/24")}},
		{"inside", []Range{r(1, 9, "10.1.0.0/16"), r(3, 5, "10.1.2.0/24")}, []Range{r(1, 9, "10.1.0.0/16")}},
		{"ports overlap", []Range{r(1, 9, "10.1.0.0/24"), r(5, 20, "10.1.0.0/24")}, []Range{r(1, 20, "10.1.0.0/24")}},
		{"ports touch", []Range{r(1, 9, "10.1.0.0/24"), r(10, 20, "10.1.0.0/24")}, []Range{r(1, 20, "10.1.0.0/24")}},
		{"apart", []Range{r(1, 2, "10.1.0.0/24"), r(4, 5, "10.1.0.0/24")}, []Range{r(1, 2, "10.1.0.0/24"), r(4, 5, "10.1.0.0/24")}},
		{"crossed", []Range{r(1, 9, "10.1.2.0/24"), r(5, 7, "10.1.0.0/16")},
			[]Range{r(1, 4, "10.1.2.0/24"), r(5, 7, "10.1.0.0/16"), r(8, 9, "10.1.2.0/24")}},
		{"last port", []Range{r(65535, 65535, "10.1.0.0/24")}, []Range{r(65535, 65535, "10.1.0.0/24")}},
	} {
		if got := boxes(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

// Whatever the ranges, the boxes hold the same connections, each exactly once.
func TestBoxesCoverExactly(t *testing.T) {
	seed := rand.Uint64()
	rnd := rand.New(rand.NewPCG(seed, 1))
	for range 2000 {
		var in []Range
		for range rnd.IntN(6) {
			lo := uint16(rnd.IntN(12))
			in = append(in, Range{
				Local: netip.AddrFrom4([4]byte{10, 0, 0, byte(rnd.IntN(2))}),
				Lo:    lo, Hi: lo + uint16(rnd.IntN(6)),
				Remote: netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 1, 0, byte(rnd.IntN(8))}), 29+rnd.IntN(4)).Masked(),
			})
		}
		out := boxes(in)
		for local := range byte(2) {
			for port := range uint16(20) {
				for host := range byte(8) {
					l, h := netip.AddrFrom4([4]byte{10, 0, 0, local}), netip.AddrFrom4([4]byte{10, 1, 0, host})
					holds := func(r Range) bool {
						return r.Local == l && r.Lo <= port && port <= r.Hi && r.Remote.Contains(h)
					}
					n := 0
					for _, r := range out {
						if holds(r) {
							n++
						}
					}
					if want := slices.ContainsFunc(in, holds); n > 1 || (n == 1) != want {
						t.Fatalf("seed %d: %s:%d > %s is in %d of the boxes %v, in the ranges %v: %v", seed, l, port, h, n, out, in, want)
					}
				}
			}
		}
	}
}

func TestReason(t *testing.T) {
	for _, c := range []struct {
		err      error
		netAdmin bool
		release  string
		says     string
	}{
		{unix.EPERM, false, "6.1.0", "needs CAP_NET_ADMIN: run with sudo"},
		{unix.EPERM, true, "6.1.0", "another user namespace"},
		{unix.EINVAL, true, "5.10.0-28-amd64", "need Linux 5.12, this is 5.10.0-28-amd64"},
		{unix.EOPNOTSUPP, true, "4.19.0", "need Linux 5.12"},
		{unix.EOPNOTSUPP, true, "6.18.44", "CONFIG_NF_TABLES"},
		{unix.EPROTONOSUPPORT, true, "6.18.44", "CONFIG_NETFILTER_NETLINK"},
		{unix.ENOBUFS, true, "6.18.44", "nftables refuses it"},
	} {
		if got := reason(c.err, c.netAdmin, c.release); !strings.Contains(got, c.says) {
			t.Errorf("%v %v %s: got %q, want %q", c.err, c.netAdmin, c.release, got, c.says)
		}
	}
}

func TestHint(t *testing.T) {
	ap := netip.MustParseAddrPort
	e := &UnavailableError{Reason: "r", Err: unix.EPERM}
	v4, v6 := Tuple{ap("10.0.0.1:1234"), ap("10.0.0.2:80")}, Tuple{ap("[fd99::1]:1234"), ap("[fd99::2]:80")}
	for _, c := range []struct {
		t    Tuple
		line string
	}{
		{v4, "iptables -A OUTPUT -p tcp --tcp-flags RST RST -s 10.0.0.1 --sport 1234 -d 10.0.0.2 --dport 80 -j DROP"},
		{v6, "ip6tables -A OUTPUT -p tcp --tcp-flags RST RST -s fd99::1 --sport 1234 -d fd99::2 --dport 80 -j DROP"},
	} {
		hint := e.Hint(c.t)
		if !strings.Contains(hint, "\n    "+c.line+"\n") || !strings.Contains(hint, "will answer "+c.t.Remote.String()+" with a RST") {
			t.Errorf("got %q, want %q", hint, c.line)
		}
	}
	if got, want := Iptables(Tuple{ap("10.0.0.1:0"), ap("10.0.0.2:0")}), "iptables -A OUTPUT -p tcp --tcp-flags RST RST -s 10.0.0.1 -d 10.0.0.2 -j DROP"; got != want {
		t.Errorf("any port: got %q, want %q", got, want)
	}
	e.Namespace = "red"
	if hint := e.Hint(v4); !strings.Contains(hint, "    ip netns exec red iptables -A") {
		t.Errorf("in a namespace: %q", hint)
	}
}

func TestRangeString(t *testing.T) {
	a, pfx := netip.MustParseAddr, netip.MustParsePrefix
	for _, tc := range []struct {
		r    Range
		want string
	}{
		{Range{a("10.0.0.1"), 1, 1024, pfx("10.0.0.0/24")}, "10.0.0.1:1-1024 > 10.0.0.0/24"},
		{Range{a("10.0.0.1"), 20, 20, pfx("10.0.0.2/32")}, "10.0.0.1:20 > 10.0.0.2"},
		{Range{a("fd99::1"), 20, 21, pfx("fd99::2/128")}, "[fd99::1]:20-21 > fd99::2"},
		{Range{}, "invalid AddrPort > invalid Prefix"},
	} {
		if got := tc.r.String(); got != tc.want {
			t.Errorf("got %q, want %q", got, tc.want)
		}
	}
}
