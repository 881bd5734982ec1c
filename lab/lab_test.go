package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// timeout bounds what would otherwise hang a failing test.
const timeout = 10 * time.Second

func newLab(t *testing.T, opts Options) *Lab {
	t.Helper()
	if err := CanMake(); err != nil {
		t.Skip(err)
	}
	l, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func host(t *testing.T, l *Lab, name string) *Host {
	t.Helper()
	h, err := l.Host(name)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// fetch gets the server's page from the client over IPv4 ("4") or IPv6 ("6").
func fetch(l *Lab, family string) (string, error) {
	client, _ := l.Host("client")
	server, _ := l.Host("server")
	addr := server.Addr4
	if family == "6" {
		addr = server.Addr6
	}
	hc := &http.Client{Timeout: timeout, Transport: &http.Transport{DialContext: client.Dial, DisableKeepAlives: true}}
	resp, err := hc.Get("http://" + netip.AddrPortFrom(addr, 80).String() + "/")
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", errors.New(resp.Status)
	}
	b, err := io.ReadAll(resp.Body)
	return string(b), err
}

// dialEcho connects to the echo service and sees one line come back.
func dialEcho(l *Lab) (net.Conn, error) {
	client, _ := l.Host("client")
	server, _ := l.Host("server")
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	c, err := client.Dial(ctx, "tcp", netip.AddrPortFrom(server.Addr4, 7).String())
	if err != nil {
		return nil, err
	}
	return c, echoed(c)
}

func echoed(c net.Conn) error {
	c.SetDeadline(time.Now().Add(timeout))
	const line = "hello\n"
	if _, err := io.WriteString(c, line); err != nil {
		return err
	}
	buf := make([]byte, len(line))
	if _, err := io.ReadFull(c, buf); err != nil {
		return err
	}
	if string(buf) != line {
		return fmt.Errorf("echo: got %q, want %q", buf, line)
	}
	return nil
}

func TestAddresses(t *testing.T) {
	l := newLab(t, Options{})
	if w := l.Warnings(); len(w) != 0 {
		t.Errorf("warnings: %q", w)
	}
	for _, want := range []struct{ host, a4, a6, mac, ll, peer string }{
		{"client", "10.99.0.1", "fd99::1", "02:00:00:99:00:01", "fe80::1/64", "server/lab0"},
		{"server", "10.99.0.2", "fd99::2", "02:00:00:99:00:02", "fe80::2/64", "client/lab0"},
	} {
		h := host(t, l, want.host)
		if h.Addr4.String() != want.a4 || h.Addr6.String() != want.a6 || h.MAC.String() != want.mac {
			t.Errorf("%s: got %s %s %s, want %+v", h.Name, h.Addr4, h.Addr6, h.MAC, want)
		}
		if len(h.Ifaces) != 1 || h.Ifaces[0].Name != "lab0" || h.Ifaces[0].Peer != want.peer || h.Ifaces[0].MTU != 1500 {
			t.Errorf("%s: interfaces %+v", h.Name, h.Ifaces)
		}
		// What the kernel says, not what we remember.
		var got []string
		var mac string
		err := h.Do(func() error {
			link, err := netlink.LinkByName("lab0")
			if err != nil {
				return err
			}
			mac = link.Attrs().HardwareAddr.String()
			addrs, err := netlink.AddrList(link, netlink.FAMILY_ALL)
			for _, a := range addrs {
				got = append(got, a.IPNet.String())
				if a.Flags&unix.IFA_F_TENTATIVE != 0 {
					t.Errorf("%s: %s is tentative", h.Name, a.IPNet)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(got) // the kernel lists IPv6 addresses in an order of its own
		wantAddrs := []string{want.a4 + "/24", want.a6 + "/64", want.ll}
		if !slices.Equal(got, wantAddrs) || mac != want.mac {
			t.Errorf("%s: kernel has %v %s, want %v %s", h.Name, got, mac, wantAddrs, want.mac)
		}
	}
	if _, err := l.Host("sever"); err == nil || !strings.Contains(err.Error(), `no host "sever"; it has client, server`) {
		t.Errorf("unknown host: %v", err)
	}
}

func TestServices(t *testing.T) {
	l := newLab(t, Options{})
	client, server := host(t, l, "client"), host(t, l, "server")
	for _, addr := range []netip.Addr{server.Addr4, server.Addr6} {
		family := "4"
		if addr.Is6() {
			family = "6"
		}
		if got, err := fetch(l, family); err != nil || got != page {
			t.Errorf("GET / from %s: got %q, %v", addr, got, err)
		}
		for _, network := range []string{"tcp", "udp"} {
			c, err := client.Dial(t.Context(), network, netip.AddrPortFrom(addr, 7).String())
			if err != nil {
				t.Fatal(err)
			}
			if err := echoed(c); err != nil {
				t.Errorf("echo/%s from %s: %v", network, addr, err)
			}
			c.Close()
		}
		for _, port := range []uint16{22, 443} {
			c, err := client.Dial(t.Context(), "tcp", netip.AddrPortFrom(addr, port).String())
			if !errors.Is(err, unix.ECONNREFUSED) {
				t.Errorf("port %d of %s: got %v, %v, want connection refused", port, addr, c, err)
			}
		}
	}
	// Services are the server's only, and none with NoServices.
	if _, err := server.Dial(t.Context(), "tcp", netip.AddrPortFrom(client.Addr4, 80).String()); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("port 80 of the client: %v, want connection refused", err)
	}
	bare := newLab(t, Options{NoServices: true})
	if _, err := fetch(bare, "4"); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("GET / without services: %v, want connection refused", err)
	}
}

func TestProcessNamespaceIsLeftAlone(t *testing.T) {
	links := func() string {
		ls, err := netlink.LinkList()
		if err != nil {
			t.Fatal(err)
		}
		var s []string
		for _, l := range ls {
			s = append(s, l.Attrs().Name)
		}
		return strings.Join(s, " ")
	}
	before, forward := links(), readFile(t, "/proc/sys/net/ipv4/ip_forward")
	newLab(t, Options{Router: true, Sysctls: map[string]string{"net.ipv4.tcp_rfc1337": "1"}})
	if after := links(); after != before {
		t.Errorf("links: %s, before %s", after, before)
	}
	if after := readFile(t, "/proc/sys/net/ipv4/ip_forward"); after != forward {
		t.Errorf("ip_forward: %s, before %s", after, forward)
	}
}

func TestTwoLabsAtOnce(t *testing.T) {
	a, b := newLab(t, Options{}), newLab(t, Options{})
	if err := host(t, a, "server").SetSysctl("net.ipv4.ip_default_ttl", "33"); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*Lab{a, b} {
		if got, err := fetch(l, "6"); err != nil || got != page {
			t.Errorf("GET /: %q, %v", got, err)
		}
	}
	if v, err := host(t, b, "server").Sysctl("net.ipv4.ip_default_ttl"); err != nil || v == "33" {
		t.Errorf("the second lab's server has the first one's setting: %q, %v", v, err)
	}
}

func TestSysctls(t *testing.T) {
	l := newLab(t, Options{
		Sysctls: map[string]string{"net.ipv4.tcp_rfc1337": "1"},
		Hosts:   []HostSpec{{Name: "a"}, {Name: "b", Sysctls: map[string]string{"net.ipv4.tcp_rfc1337": "0", "net.ipv4.tcp_fin_timeout": "5"}}},
	})
	for _, want := range []struct{ host, name, value string }{
		{"a", "net.ipv4.tcp_rfc1337", "1"},
		{"b", "net.ipv4.tcp_rfc1337", "0"},
		{"b", "net.ipv4.tcp_fin_timeout", "5"},
	} {
		if v, err := host(t, l, want.host).Sysctl(want.name); err != nil || v != want.value {
			t.Errorf("%s %s: got %q, %v, want %q", want.host, want.name, v, err, want.value)
		}
	}
	h := host(t, l, "a")
	for name, says := range map[string]string{
		"net.ipv4.tcp_no_such": "no such file",
		"kernel.panic":         "want a name that begins with net.",
		"net.ipv4/../../x":     "want a name that begins with net.",
	} {
		if err := h.SetSysctl(name, "1"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("set %s: %v, want %q", name, err, says)
		}
	}
	if _, err := New(Options{Sysctls: map[string]string{"net.ipv4.tcp_no_such": "1"}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("unknown sysctl: %v", err)
	}
}

func TestOwnTopology(t *testing.T) {
	mac := func(n byte) net.HardwareAddr { return net.HardwareAddr{2, 0, 0, 0, 0, n} }
	pfx := netip.MustParsePrefix
	l := newLab(t, Options{
		Hosts: []HostSpec{{Name: "left", Gateway4: netip.MustParseAddr("10.1.0.254")}, {Name: "mid", Forward: true}, {Name: "right", Gateway4: netip.MustParseAddr("10.2.0.254"), Services: true}},
		Links: []LinkSpec{
			{A: End{"left", mac(1), []netip.Prefix{pfx("10.1.0.1/24")}}, B: End{"mid", mac(2), []netip.Prefix{pfx("10.1.0.254/24")}}},
			{A: End{"mid", mac(3), []netip.Prefix{pfx("10.2.0.254/24")}}, B: End{"right", mac(4), []netip.Prefix{pfx("10.2.0.1/24")}}, MTU: 1280},
		},
	})
	mid := host(t, l, "mid")
	if len(mid.Ifaces) != 2 || mid.Ifaces[1].Name != "lab1" || mid.Ifaces[1].Peer != "right/lab0" || mid.Ifaces[1].MTU != 1280 {
		t.Errorf("interfaces of mid: %+v", mid.Ifaces)
	}
	c, err := host(t, l, "left").Dial(t.Context(), "tcp", "10.2.0.1:7")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := echoed(c); err != nil {
		t.Error(err)
	}
}

func TestBadTopology(t *testing.T) {
	ok := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	two := []HostSpec{{Name: "a"}, {Name: "b"}}
	link := func(l LinkSpec) Options { return Options{Hosts: two, Links: []LinkSpec{l}} }
	for says, opts := range map[string]Options{
		"Links without Hosts":                   {Links: []LinkSpec{{}}},
		"Router is for the built-in hosts":      {Router: true, Hosts: two},
		"a host has no name":                    {Hosts: []HostSpec{{}}},
		`two hosts are called "a"`:              {Hosts: []HostSpec{{Name: "a"}, {Name: "a"}}},
		`link 0: host "c" is not in Hosts`:      link(LinkSpec{A: End{Host: "a", MAC: ok}, B: End{Host: "c", MAC: ok}}),
		`MAC of the end in b: got "", want 6`:   link(LinkSpec{A: End{Host: "a", MAC: ok}, B: End{Host: "b"}}),
		"MTU of link 0: got 20, want 68..65535": link(LinkSpec{MTU: 20}),
		"got 224.0.0.1/4, want a unicast":       link(LinkSpec{A: End{"a", ok, []netip.Prefix{netip.MustParsePrefix("224.0.0.1/4")}}, B: End{Host: "b", MAC: ok}}),
	} {
		if _, err := New(opts); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

func TestCloseTwice(t *testing.T) {
	l := newLab(t, Options{})
	c, err := dialEcho(l)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if _, err := io.ReadAll(c); err == nil {
		t.Error("a connection of the lab ended without an error, want it aborted")
	}
	c.Close()
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// Hosts have a connection table of their own, and otherwise the kernel's defaults.
func TestTransportDefaults(t *testing.T) {
	l := newLab(t, Options{})
	plain, err := netns.New("plain")
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	files, err := filepath.Glob("/proc/sys/net/ipv4/tcp_*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	server := host(t, l, "server")
	for _, file := range files {
		if base := filepath.Base(file); base == "tcp_ehash_entries" || base == "tcp_fastopen_key" {
			continue // the table itself, and a random secret
		}
		var want, got []byte
		err := errors.Join(
			plain.Do(func() (err error) { want, err = os.ReadFile(file); return err }),
			server.Do(func() (err error) { got, err = os.ReadFile(file); return err }),
		)
		if errors.Is(err, os.ErrPermission) || errors.Is(err, os.ErrNotExist) {
			continue // the setting of the whole machine, or of the first namespace alone
		}
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: got %q, a plain namespace has %q, %v", file, got, want, err)
		}
	}
	if v, err := server.Sysctl("net.ipv4.tcp_ehash_entries"); err == nil && v != childHash {
		t.Errorf("tcp_ehash_entries: got %s, want %s", v, childHash)
	}
}
