package filter

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestSpellings compares two spellings of one meaning.
func TestSpellings(t *testing.T) {
	for _, c := range [][2]string{
		{"udp portrange 80-http", "udp port 80"}, // the number takes the name's transport away
		{"portrange 0120-0130", "portrange 120-130"},
		{"portrange ftp-data-90", "portrange 20-90"},
		{"llc UI", "llc ui"},
	} {
		var dumps [2]string
		for i, e := range c {
			p, err := Compile(e, Options{LinkType: LinkEthernet})
			if err != nil {
				t.Fatal(err)
			}
			dumps[i] = p.DumpDecimal()
		}
		if dumps[0] != dumps[1] {
			t.Errorf("%s: got\n%s\n%s:\n%s", c[0], dumps[0], c[1], dumps[1])
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ expr, mark, msg string }{
		// expr and the line with the caret below it, then what the message must hold
		{"tcp prot 80", "    ^^^^", `did you mean "port"`},
		{"TCP", "^^^", `did you mean "tcp"`},
		{"tcp AND udp", "    ^^^", `did you mean "and"`},
		{"tcp and", "       ^", "ends where a primitive"},
		{"(tcp", "    ^", `expected ")"`},
		{"tcp)", "   ^", "closes nothing"},
		{"tcp udp", "    ^^^", "expected and, or"},
		{"port", "    ^", "expected a port"},
		{"port 70000", "     ^^^^^", "0 to 65535, got 70000"},
		{"port htpp", "     ^^^^", `did you mean "http"`},
		{"port 80-90", "     ^^^^^", "portrange 80-90"},
		{"udp port ssh", "         ^^^", "TCP port"},
		{"portrange http", "          ^^^^", "two ends"},
		{"portrange 0x50-0x60", "          ^^^^^^^^^", "decimal"},
		{"sctp portrange http-http", "               ^^^^^^^^^", "TCP port"},
		{"icmp port 80", "^^^^", "icmp has no ports"},
		{"host 256.1.1.1", "     ^^^^^^^^^", "256 is not in 0-255"},
		{"host example.org", "     ^^^^^^^^^^^", "not looked up"},
		{"10.0.0.1", "^^^^^^^^", "host 10.0.0.1"},
		{"ip 10.0.0.1", "   ^^^^^^^^", "host 10.0.0.1"},
		{"net 10/8", "      ^", "10.0/8"},
		{"net 10.0.0.1/8", "    ^^^^^^^^^^", "the network is 10.0.0.0"},
		{"net 10.0.0.0/33", "             ^^", "got /33"},
		{"net fe80::1/10", "    ^^^^^^^^^^", "the network is fe80::/10"},
		{"host 10.0.0.0/8", "     ^^^^^^^^", "goes with net"},
		{"ip6 host 10.0.0.1", "^^^", "does not go with an IPv4 address"},
		{"host 1:2:3:4:5:6", "     ^^^^^^^^^^^", "ether host 1:2:3:4:5:6"},
		{"ip proto tcp", "         ^^^", `\tcp`},
		{"ip proto tpc", "         ^^^", `did you mean "tcp"`},
		{"tcp[13", "      ^", `expected "]"`},
		{"tcp[0:3] = 1", "      ^", "1, 2 or 4"},
		{"tcp[0]", "      ^", "expected a comparison"},
		{"len-14 > 3", "^^^^^^", "blanks around the minus"},
		{"ip[0] / 0 = 1", "        ^", "division by zero"},
		{"ip[0] << 32 = 1", "         ^^", "32 bits"},
		{"ip[0] = 4294967296", "        ^^^^^^^^^^", "does not fit"},
		{"ip[0] = 08", "        ^^", "octal"},
		{"esp[0] = 1", "^^^", "cannot be indexed"},
		{"vlan 4096", "     ^^^^", "got 4096"},
		{"mpls and vlan", "         ^^^^", "cannot follow"},
		{"mpls and arp", "         ^^^", "MPLS"},
		{"inbound", "^^^^^^^", "live capture"},
		{"wlan addr1 1:2:3:4:5:6", "     ^^^^^", "not supported yet"},
		{"rnr 5", "^^^", "not supported yet"},
		{"vpi 5", "^^^", "not supported yet"},
		{"radio[0] = 1", "^^^^^", "not supported yet"},
		{"gateway foo", "        ^^^", "not supported"},
		{"tcp # udp", "    ^", "no meaning"},
		{"tcp and é", "        ^", "no meaning"},
		{"host é", "     ^", "no meaning"},
		{`\tcp`, "^^^^", "backslash"},
	} {
		_, err := Compile(c.expr, Options{LinkType: LinkEthernet})
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v, want an *Error", c.expr, err)
			continue
		}
		if want := c.expr + "\n" + c.mark + "\n"; !strings.HasPrefix(e.Caret(), want) {
			t.Errorf("%q: got\n%s\nwant\n%s", c.expr, e.Caret(), want)
		}
		if !strings.Contains(e.Msg, c.msg) {
			t.Errorf("%q: %q does not say %q", c.expr, e.Msg, c.msg)
		}
		if !strings.Contains(e.Error(), e.Msg) {
			t.Errorf("%q: the error %q leaves the message out", c.expr, e)
		}
	}
}

func TestOptions(t *testing.T) {
	if _, err := Compile("tcp", Options{LinkType: 127}); err == nil || !strings.Contains(err.Error(), "127") {
		t.Errorf("link type 127: got %v", err)
	}
	if _, err := Compile("tcp", Options{LinkType: LinkEthernet, SnapLen: -1}); err == nil {
		t.Error("a negative snapshot length is accepted")
	}
	p, err := Compile("", Options{LinkType: LinkEthernet, SnapLen: 96})
	if err != nil || p.String() != "(000) ret      #96\n" {
		t.Errorf("the empty expression: got %v, %v", p, err)
	}
	if !p.Match(nil, 0) {
		t.Error("the empty expression rejects the empty packet")
	}
	for _, expr := range []string{"tcp and udp", "arp and ip", "1 = 2", "ip[0] & 0 > 255"} {
		p, err := Compile(expr, Options{LinkType: LinkEthernet})
		if err != nil || len(p.Warnings()) != 1 || p.Len() != 1 {
			t.Errorf("%s: got %v, %v, want one return and a warning", expr, p, err)
		}
	}
	same := func(a, b string, o Options) {
		t.Helper()
		pa, errA := Compile(a, o)
		pb, errB := Compile(b, Options{LinkType: o.LinkType, Netmask: o.Netmask})
		if errA != nil || errB != nil || pa.String() != pb.String() {
			t.Errorf("%s and %s differ: %v %v\n%v\n%v", a, b, errA, errB, pa, pb)
		}
	}
	o := Options{
		LinkType: LinkEthernet,
		Resolver: func(host string) ([]netip.Addr, error) {
			if host != "peer" {
				return nil, fmt.Errorf("no such host")
			}
			return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fe80::1")}, nil
		},
		Service: func(name, transport string) (uint16, bool) { return 4242, name == "answer" && transport == "udp" },
		Protocol: func(name string) (int, bool) {
			return 99, name == "balloons"
		},
	}
	same("host peer", "host 10.0.0.1 or host fe80::1", o)
	same("ip6 src host peer", "ip6 src host fe80::1", o)
	same("port answer", "udp port 4242", o)
	same(`ip proto balloons`, "ip proto 99", o)
	if _, err := Compile("host other", o); err == nil || !strings.Contains(err.Error(), "no such host") {
		t.Errorf("the resolver's error is lost: %v", err)
	}
	if _, err := Compile("port http", o); err == nil {
		t.Error("a service was found that the caller's table lacks")
	}
	same("ip broadcast", "ip and (ip[16:4] & 0xff = 0 or ip[16:4] & 0xff = 0xff)", Options{LinkType: LinkEthernet, Netmask: 0xffffff00})
	same("tcp port 80", "tcp port http", Options{LinkType: LinkEthernet})
	same("ether host 2:0:0:0:0:1", "ether host 020000000001", Options{LinkType: LinkEthernet})
}

// TestLong compiles filters whose jumps reach far, and looks at each of their terms.
func TestLong(t *testing.T) {
	udp := func(src, dst uint32, port uint16) []byte {
		f := frame(0, 17, port)
		for i := range 4 {
			f[26+i], f[30+i] = byte(src>>(24-8*i)), byte(dst>>(24-8*i))
		}
		return f
	}
	hosts := func(n int) string {
		var b strings.Builder
		for i := range n {
			if i > 0 {
				b.WriteString(" or ")
			}
			fmt.Fprintf(&b, "host 10.1.%d.%d", i/256, i%256)
		}
		return b.String()
	}
	for _, n := range []int{60, 62, 64, 100, 130, 400} {
		p, err := Compile("udp and ("+hosts(n)+") and not port 99", Options{LinkType: LinkEthernet})
		if err != nil {
			t.Fatalf("%d hosts: %v", n, err)
		}
		const base = 0x0a010000
		for i := range uint32(n) {
			for _, f := range [][]byte{udp(base+i, 1, 53), udp(1, base+i, 53)} {
				if !p.Match(f, len(f)) {
					t.Fatalf("%d hosts: number %d is not matched", n, i)
				}
			}
			if f := udp(base+i, 1, 99); p.Match(f, len(f)) {
				t.Fatalf("%d hosts: number %d is matched with port 99", n, i)
			}
		}
		if f := udp(base+uint32(n), base-1, 53); p.Match(f, len(f)) {
			t.Errorf("%d hosts: another is matched", n)
		}
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := attach(fds[0], p); err != nil {
			t.Errorf("%d hosts: the kernel refuses %d instructions: %v", n, p.Len(), err)
		}
		unix.Close(fds[0])
		unix.Close(fds[1])
	}
	for _, expr := range []string{hosts(3000), hosts(30000), strings.Repeat("(", 100000), strings.Repeat("not ", 100000),
		"tcp" + strings.Repeat(" and udp", 50000), strings.Repeat("-", 100000) + "1 = 1", "ip[" + strings.Repeat("ip[", 5000)} {
		start := time.Now()
		p, err := Compile(expr, Options{LinkType: LinkEthernet})
		if err == nil && p.Len() > maxInsns {
			t.Errorf("%.20s…: %d instructions", expr, p.Len())
		}
		t.Logf("%.20s… (%d bytes): %v, %.60v", expr, len(expr), time.Since(start), err)
	}
}

// A value that stands in A or X is not used where what is computed before its use is
// computed there. Digests are of libpcap's verdicts on the corpus.
func TestRegistersAreNotClobbered(t *testing.T) {
	packets := packetsFor(t, LinkEthernet)
	for expr, want := range map[string]string{
		"-tcp-syn<<udp[icmp6[0]:1]&(icmp[icmpcode])^udp[4:2]&icmp6[0] <= (ip[0]&icmp6[0])": "e591c9cbae80a480",
	} {
		p, err := Compile(expr, Options{LinkType: LinkEthernet})
		if err != nil {
			t.Fatal(err)
		}
		if got := digests(packets, []*Program{p}, true, nil)[0]; got != want {
			t.Errorf("%s: digest %s, want %s\n%s", expr, got, want, p)
		}
	}
}
