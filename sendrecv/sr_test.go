package sendrecv

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/layers"
)

func peer(t testing.TB, net *lab.Lab) *lab.Host {
	t.Helper()
	h, err := net.Host("server")
	must(t, err)
	return h
}

func TestHandshakeProbe(t *testing.T) {
	c, net := world(t, lab.Options{})
	for _, dst := range both(peer(t, net)) {
		list := []*layers.Packet{tcpSYN(dst, 30001, 80), tcpSYN(dst, 30001, 81)}
		res := c.sr(Options{Timeout: patience}, list...)
		got := summaries(res, list)
		if !strings.HasSuffix(got[0], ":http > "+source(c, dst)+":30001 SA") || !strings.HasSuffix(got[1], "RA") {
			t.Errorf("%s: %q", dst, got)
		}
		for p := range res.Answered.All() {
			i := p.Answer.Index(layers.TCP, 1, 0)
			if ack, ok := p.Answer.At(i).Get("ack"); !ok || ack != uint64(1001) {
				t.Errorf("%s: ack %v", p.Answer.Summary(), ack)
			}
			if m := p.Answer.Meta; m.Time.Before(p.Query.Meta.SentTime()) || m.Iface() != "lab0" || m.WireLen != len(p.Answer.Data()) {
				t.Errorf("%s: %+v, sent %s", p.Answer.Summary(), m, p.Query.Meta.SentTime())
			}
		}
	}
}

// source is how the client's address towards dst is written before a port.
func source(c host, dst netip.Addr) string {
	if dst.Is4() {
		return c.Addr4.String()
	}
	return c.Addr6.String()
}

// Every probe of a scan has its answer, however many there are.
func TestScan(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	for _, n := range []int{batchSize, batchSize + 1, 1000, 10000} {
		for _, dst := range both(srv) {
			t.Run(fmt.Sprint(n, " ", dst), func(t *testing.T) {
				c.t = t
				list := make([]*layers.Packet, n)
				for i := range list {
					list[i] = tcpSYN(dst, 20000, i+1)
				}
				res := c.sr(Options{Timeout: patience}, list...)
				if res.Sent != n || res.AnsweredCount != n || res.Answered.Len() != n || res.Dropped != 0 || res.Extra != 0 {
					t.Fatalf("sent %d, answered %d, dropped %d, extra %d", res.Sent, res.AnsweredCount, res.Dropped, res.Extra)
				}
				open := 0
				seen := map[uint64]bool{}
				for p := range res.Answered.All() {
					q, a := p.Query.At(1), p.Answer.At(1)
					port := a.Uint(layers.TCP.Index("sport"))
					if port != q.Uint(layers.TCP.Index("dport")) || seen[port] {
						t.Fatalf("%s answers %s", p.Answer.Summary(), p.Query.Summary())
					}
					seen[port] = true
					if strings.HasSuffix(p.Answer.Summary(), " SA") {
						open++
					}
				}
				if want := map[bool]int{true: 2, false: 1}[n >= 80]; open != want {
					t.Errorf("%d ports are open, want %d", open, want)
				}
			})
		}
	}
}

func TestPing(t *testing.T) {
	c, _ := world(t, lab.Options{})
	for _, tc := range []struct{ dst, iface string }{
		{"10.99.0.2", ""}, {"fd99::2", ""}, {"10.99.0.2", "lab0"}, {"fe80::2", "lab0"}, {"fe80::2", ""},
		{"10.99.0.1", ""}, {"fd99::1", ""}, {"fe80::1", "lab0"}, {"127.0.0.1", ""}, {"127.3.2.1", ""}, {"::1", ""}, // this host
	} {
		list := []*layers.Packet{ping(ip(tc.dst), 1), ping(ip(tc.dst), 2)}
		res := c.sr(Options{Timeout: patience, Iface: tc.iface}, list...)
		if res.AnsweredCount != 2 {
			t.Errorf("%s by %q: %d answers", tc.dst, tc.iface, res.AnsweredCount)
		}
		for p := range res.Answered.All() {
			if n := p.Answer.At(1).Proto().Index("seq"); p.Answer.At(1).Uint(n) != p.Query.At(1).Uint(n) {
				t.Errorf("%s answers %s", p.Answer.Summary(), p.Query.Summary())
			}
		}
	}
}

// This host itself is reached by way of loopback, and answers as any other.
func TestOwnHost(t *testing.T) {
	c, _ := world(t, lab.Options{})
	for _, dst := range []string{"127.0.0.1", "::1", "10.99.0.1", "fd99::1", "fe80::1"} {
		addr := netip.AddrPortFrom(ip(dst), 4000)
		if ip(dst).IsLinkLocalUnicast() {
			addr = netip.AddrPortFrom(ip(dst).WithZone("lab0"), 4000)
		}
		l, err := c.Listen("tcp", addr.String())
		must(t, err)
		defer l.Close()
		list := []*layers.Packet{tcpSYN(ip(dst), 31000, 4000), tcpSYN(ip(dst), 31000, 4001), udp(ip(dst), 31000, 4001)}
		res := c.sr(Options{Timeout: patience, Iface: addr.Addr().Zone()}, list...)
		got := summaries(res, list)
		if !strings.HasSuffix(got[0], " SA") || !strings.HasSuffix(got[1], " RA") || !strings.Contains(got[2], "ICMP") {
			t.Errorf("%s: %q", dst, got)
		}
	}
	// A packet that nothing answers does not answer itself.
	for _, dst := range []string{"127.0.0.1", "::1"} {
		res := c.sr(Options{Timeout: 20 * time.Millisecond}, stack(to(ip(dst)), one(layers.UDP, "sport", 9, "dport", 9, "len", 4)))
		if res.AnsweredCount != 0 {
			t.Errorf("%s: %s", dst, res.Answered.At(0).Answer.Summary())
		}
	}
}

func TestKernelRewritesAreTold(t *testing.T) {
	c, _ := world(t, lab.Options{})
	res := c.sr(Options{Timeout: patience}, stack(one(layers.IP, "dst", ip("127.0.0.1"), "id", 0, "chksum", 1), one(layers.ICMP)))
	if len(res.Notes) != 2 || !strings.Contains(res.Notes[0], "checksum") || !strings.Contains(res.Notes[1], "identification") {
		t.Errorf("%q", res.Notes)
	}
	if res = c.sr(Options{Timeout: patience}, stack(one(layers.IP, "dst", ip("127.0.0.1"), "id", 5), one(layers.ICMP))); len(res.Notes) != 0 {
		t.Errorf("%q", res.Notes)
	}
}

func TestARP(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	who := func(dst string) *layers.Packet {
		return stack(one(layers.Ether, "dst", layers.Broadcast), one(layers.ARP, "pdst", ip(dst)))
	}
	list := []*layers.Packet{who("10.99.0.2"), who("10.99.0.77")}
	res, err := c.SRP(t.Context(), pkts(list...), Options{Iface: "lab0", Timeout: 100 * time.Millisecond})
	must(t, err)
	addsUp(t, res, 2)
	if res.Answered.Len() != 1 || res.Answered.At(0).Query != list[0] || !slices.Equal(slices.Collect(res.Unanswered.All()), list[1:]) {
		t.Fatalf("%+v", res)
	}
	a := res.Answered.At(0).Answer
	if mac, _ := a.At(1).Get("hwsrc"); fmt.Sprint(mac) != srv.MAC.String() || a.At(0).Proto() != layers.Ether {
		t.Errorf("%s", a.Show())
	}
}

// Frames of the caller's own making carry IP as well.
func TestSRPCarriesIP(t *testing.T) {
	c, net := world(t, lab.Options{})
	for _, dst := range both(peer(t, net)) {
		p := stack(one(layers.Ether), tcpSYN(dst, 30002, 80))
		res, err := c.SRP(t.Context(), pkts(p), Options{Iface: "lab0", Timeout: patience})
		must(t, err)
		if got := summaries(res, []*layers.Packet{p}); !strings.HasSuffix(got[0], " SA") {
			t.Errorf("%s: %q", dst, got)
		}
	}
}

// The router's error is matched to the probe that ran out of hops.
func TestTimeExceeded(t *testing.T) {
	c, net := world(t, lab.Options{Router: true})
	for _, dst := range both(peer(t, net)) {
		hops := "ttl"
		if dst.Is6() {
			hops = "hlim"
		}
		var list []*layers.Packet
		for ttl := 1; ttl <= 2; ttl++ {
			p := udp(dst, 33000, 33434)
			must(t, p.At(0).SetField(hops, ttl))
			if dst.Is4() {
				must(t, p.At(0).SetField("id", 100+ttl))
			} else {
				must(t, p.At(1).SetField("sport", 33000+ttl))
			}
			list = append(list, p)
		}
		slices.Reverse(list) // the one that gets through goes first
		got := summaries(c.sr(Options{Timeout: patience}, list...), list)
		router := map[bool]string{true: "10.99.0.254", false: "fd99::fe"}[dst.Is4()]
		if !strings.Contains(got[0], dst.String()) || !strings.Contains(got[1], "xceeded") || !strings.Contains(got[1], " "+router+" ") && dst.Is4() {
			t.Errorf("%s: %q", dst, got)
		}
	}
}

func TestUDP(t *testing.T) {
	c, net := world(t, lab.Options{})
	for _, dst := range both(peer(t, net)) {
		list := []*layers.Packet{udp(dst, 33000, 7), udp(dst, 33000, 4242)}
		got := summaries(c.sr(Options{Timeout: patience}, list...), list)
		if !strings.Contains(got[0], ":echo > ") || !strings.Contains(got[1], "nreach") {
			t.Errorf("%s: %q", dst, got)
		}
	}
}

// Extension headers may stand in front of a probe that an error quotes, and of an answer.
func TestIPv6Extensions(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	conn, err := srv.ListenPacket("udp", netip.AddrPortFrom(srv.Addr6, 4000).String())
	must(t, err)
	defer conn.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	must(t, err)
	padN := "\x00\x00\x01\x04\x00\x00\x00\x00" // RFC 8200 §4.2
	for name, option := range map[string]int{"hop-by-hop options": unix.IPV6_HOPOPTS, "destination options": unix.IPV6_DSTOPTS} {
		must(t, raw.Control(func(fd uintptr) { err = unix.SetsockoptString(int(fd), unix.IPPROTO_IPV6, option, padN) }))
		must(t, err)
		answered := make(chan error, 1)
		go func() {
			buf := make([]byte, 100)
			n, from, err := conn.ReadFrom(buf)
			if err == nil {
				_, err = conn.WriteTo(buf[:n], from)
			}
			answered <- err
		}()
		if res := c.sr(Options{Timeout: patience}, udp(srv.Addr6, 33000, 4000)); res.AnsweredCount != 1 {
			t.Errorf("answer behind %s: %+v", name, res)
		}
		must(t, <-answered)
	}
	for _, last := range []*layers.Packet{ // an error answers the first, a RST the second
		one(layers.UDP, "sport", 33000, "dport", 4242),
		one(layers.TCP, "sport", 33000, "dport", 4242, "flags", "S"),
	} {
		p := stack(to(srv.Addr6), one(layers.IPv6ExtHdrHopByHop), one(layers.IPv6ExtHdrDestOpt), last)
		if res := c.sr(Options{Timeout: patience}, p); res.AnsweredCount != 1 {
			t.Errorf("%s: %+v", p.Summary(), res)
		}
	}
}

// A host that answers from another address counts only when that was asked for.
func TestLooseAddr(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	onLink(t, srv, "lab0", func(nl *netlink.Handle, l netlink.Link) error {
		for _, s := range []string{"10.99.0.77/24", "fd99::77/64"} {
			a, err := netlink.ParseAddr(s)
			if err != nil {
				return err
			}
			if a.IP.To4() == nil {
				a.Flags = unix.IFA_F_NODAD
			}
			if err := nl.AddrAdd(l, a); err != nil {
				return err
			}
		}
		return nil
	})
	for i, other := range []string{"10.99.0.77", "fd99::77"} {
		dst := both(srv)[i]
		far, err := srv.ListenPacket("udp", netip.AddrPortFrom(ip(other), 4000).String())
		must(t, err)
		defer far.Close()
		back := netip.AddrPortFrom(both(c.Host)[i], 33000)
		server(t, srv, netip.AddrPortFrom(dst, 4000), func(int, func()) {
			far.WriteTo([]byte("here"), udpAddr(back))
		})
		for _, loose := range []bool{false, true} {
			o := Options{Timeout: 100 * time.Millisecond, Lax: layers.Lax{AnyAddr: loose}}
			if loose {
				o.Timeout = patience
			}
			res := c.sr(o, udp(dst, 33000, 4000))
			if (res.AnsweredCount == 1) != loose {
				t.Errorf("%s, loose %v: %d answers", dst, loose, res.AnsweredCount)
			}
		}
	}
}

// An error that quotes the probe as an address translator has left it counts only when that was asked for.
func TestQuotedSource(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	back := engineOn(t, net, "server", nil)
	for i, other := range []string{"192.0.2.9", "2001:db8::9"} {
		dst, own := both(srv)[i], both(c.Host)[i]
		report := []*layers.Packet{one(layers.ICMP, "type", 3, "code", 1), one(layers.ICMPv6DestUnreach)}[i]
		for port, any := range map[int]bool{4000: false, 4001: true} {
			quote, err := stack(to(dst, "src", ip(other)), one(layers.UDP, "sport", 33000, "dport", port)).Build()
			must(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			server(t, srv, netip.AddrPortFrom(dst, uint16(port)), func(int, func()) {
				defer cancel() // it is there
				p := stack(to(own), report.Clone(), one(layers.Raw, "load", quote))
				if _, err := back.Send(t.Context(), pkts(p), Options{}); err != nil {
					t.Error(err)
				}
			})
			res, err := c.SR(ctx, pkts(udp(dst, 33000, port)), Options{Lax: layers.Lax{AnyQuotedSource: any}})
			must(t, err)
			if (res.AnsweredCount == 1) != any {
				t.Errorf("%s, any quoted source %v: %d answers", dst, any, res.AnsweredCount)
			}
		}
	}
}

// Several destinations, versions and interfaces in one call.
func TestMixed(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	var list []*layers.Packet
	for i := range 40 {
		for _, dst := range []netip.Addr{srv.Addr4, srv.Addr6, c.Addr4, c.Addr6, ip("127.0.0.1"), ip("::1"), ip("127.0.0.2"), ip("127.0.0.3"), ip("127.0.0.4"), ip("127.0.0.5")} {
			list = append(list, tcpSYN(dst, 25000+i, 9000))
		}
	}
	res := c.sr(Options{Timeout: patience}, list...)
	if res.AnsweredCount != len(list) {
		t.Errorf("%d of %d answered", res.AnsweredCount, len(list))
	}
}

// An IP packet that is sent as a frame is that frame, and a note says what it lacks.
func TestFrameWithoutHeader(t *testing.T) {
	c, _ := world(t, lab.Options{})
	p := stack(one(layers.IP, "dst", ip("10.99.0.2")), one(layers.ICMP))
	res, err := c.SendP(t.Context(), pkts(p, p), Options{Iface: "lab0"})
	if err != nil || res.Sent != 2 || len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "put Ether() in front") {
		t.Errorf("%d sent, notes %q, %v", res.Sent, res.Notes, err)
	}
	res, err = c.SendP(t.Context(), pkts(stack(one(layers.Ether), one(layers.IP, "dst", ip("10.99.0.2")), one(layers.ICMP))), Options{Iface: "lab0"})
	if err != nil || res.Sent != 1 || len(res.Notes) != 0 {
		t.Errorf("%d sent, notes %q, %v", res.Sent, res.Notes, err)
	}
}
