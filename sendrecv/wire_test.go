package sendrecv

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/layers"
	"pktsh/sniff/packetsock"
)

// frames takes the IP packets of one protocol that the server's interface has received.
func ipFrames(t testing.TB, s *packetsock.Sock, proto byte) (out [][]byte) {
	t.Helper()
	buf := make([]byte, 64<<10)
	for {
		f, ok, err := s.TryRecv(buf)
		must(t, err)
		if !ok {
			return out
		}
		if b := f.Data[etherLen:]; f.Protocol == etherIPv4 && b[9] == proto || f.Protocol == etherIPv6 && b[6] == proto {
			out = append(out, bytes.Clone(b))
		}
	}
}

// What was built is what is on the wire, bit for bit, whatever is wrong with it.
func TestWireIsExact(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	s := wire(t, srv)
	v4, v6 := srv.Addr4, srv.Addr6
	options := layers.List{stack(one(layers.IPOption_NOP)), stack(one(layers.IPOption_RR, "routers", layers.List{"0.0.0.0"}))}
	for name, p := range map[string]*layers.Packet{
		"zero id":          stack(to(v4, "id", 0), one(layers.UDP, "dport", 9)),
		"wrong checksums":  stack(to(v4, "chksum", 0x1234), one(layers.UDP, "dport", 9, "chksum", 0x4321)),
		"no checksum":      stack(to(v4), one(layers.UDP, "dport", 9, "chksum", 0)),
		"short length":     stack(to(v4, "len", 21), one(layers.UDP, "dport", 9)),
		"long length":      stack(to(v4, "len", 1000), one(layers.UDP, "dport", 9, "len", 7)),
		"short header":     stack(to(v4, "ihl", 4), one(layers.UDP, "dport", 9)),
		"another version":  stack(to(v4, "version", 7), one(layers.UDP, "dport", 9)),
		"options":          stack(to(v4, "options", options), one(layers.UDP, "dport", 9)),
		"a foreign source": stack(to(v4, "src", ip("203.0.113.9")), one(layers.UDP, "dport", 9)),
		"a later fragment": stack(to(v4, "frag", 100, "flags", 1, "proto", 17), one(layers.Raw, "load", []byte("12345678"))),
		"IPv6 length":      stack(to(v6, "plen", 3), one(layers.UDP, "dport", 9)),
		"IPv6 label":       stack(to(v6, "tc", 0xb9, "fl", 0x12345, "hlim", 1), one(layers.UDP, "dport", 9)),
	} {
		res, err := c.Send(t.Context(), pkts(p), Options{})
		must(t, err)
		want, err := p.Build()
		must(t, err)
		got := ipFrames(t, s, 17)
		if res.Sent != 1 || len(got) != 1 || !bytes.Equal(got[0], want) {
			t.Errorf("%s:\n got %x\nwant %x", name, got, want)
		}
	}
}

// Packets larger than the MTU leave in fragments if that is asked for, and answers in
// fragments are matched as a whole.
func TestFragments(t *testing.T) {
	c, net := world(t, lab.Options{})
	load := make([]byte, 4000)
	for i := range load {
		load[i] = byte(i)
	}
	for _, dst := range both(peer(t, net)) {
		echo := stack(ping(dst, 1), one(layers.Raw, "load", load))
		if dst.Is6() {
			echo = stack(to(dst), one(layers.ICMPv6EchoRequest, "id", 7, "seq", 1, "data", load))
		}
		res := c.sr(Options{Timeout: patience, Fragment: true}, echo)
		if res.AnsweredCount != 1 || len(res.Answered.At(0).Answer.Data()) < len(load) || len(res.Notes) != 0 {
			t.Fatalf("%s: %d answers, notes %q, errors %v", dst, res.AnsweredCount, res.Notes, res.Errors)
		}
		if !bytes.HasSuffix(res.Answered.At(0).Answer.Data(), load[:3000]) && !bytes.Contains(res.Answered.At(0).Answer.Data(), load[:3000]) {
			t.Errorf("%s: the answer's data are others", dst)
		}
		if _, err := c.SR(t.Context(), pkts(echo), Options{Timeout: patience}); !errors.As(err, new(*TooBigError)) {
			t.Errorf("%s: %v", dst, err)
		}
		frame := stack(one(layers.Ether), udp(dst, 5, 7)) // layer 2 joins fragments too
		frame.Layers()
		res, err := c.SRP(t.Context(), pkts(frame), Options{Timeout: patience, Iface: "lab0"})
		must(t, err)
		addsUp(t, res, 1)
	}
	dont := stack(ping(peer(t, net).Addr4, 1), one(layers.Raw, "load", load))
	must(t, dont.At(0).SetField("flags", "DF"))
	if _, err := c.Send(t.Context(), pkts(dont), Options{Fragment: true}); err == nil || !strings.Contains(err.Error(), "DF") {
		t.Error(err)
	}
}

// Fragments whose others never come are told of.
func TestLostFragments(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	back := engineOn(t, net, "server", nil)
	ctx, cancel := context.WithCancel(t.Context())
	server(t, srv, netip.AddrPortFrom(srv.Addr4, 4000), func(int, func()) {
		defer cancel() // it is there
		part := stack(one(layers.IP, "dst", c.Addr4, "flags", 1, "id", 99), one(layers.UDP, "sport", 4000, "dport", 1, "len", 500), one(layers.Raw, "load", []byte("12345678")))
		if _, err := back.Send(t.Context(), pkts(part), Options{}); err != nil {
			t.Error(err)
		}
	})
	res, err := c.SR(ctx, pkts(udp(srv.Addr4, 1, 4000)), Options{})
	must(t, err)
	if res.AnsweredCount != 0 || len(res.Notes) != 1 || !strings.Contains(res.Notes[0], "1 fragments") {
		t.Errorf("%d answers, notes %q", res.AnsweredCount, res.Notes)
	}
}

// Answers that fit several packets are counted as such; those that fit one are not.
func TestAmbiguous(t *testing.T) {
	c, net := world(t, lab.Options{})
	dst := peer(t, net).Addr4
	hold := make(chan func(), 10)
	server(t, peer(t, net), netip.AddrPortFrom(dst, 4000), func(n int, answer func()) {
		switch hold <- answer; n {
		case 2: // to all three
			for len(hold) > 0 {
				(<-hold)()
			}
		case 4: // to the one before
			(<-hold)()
		}
	})
	res := c.sr(Options{Timeout: patience}, udp(dst, 1, 4000), udp(dst, 1, 4000), udp(dst, 2, 4000))
	var rivals []int
	for p := range res.Answered.All() {
		rivals = append(rivals, p.Rivals)
	}
	if res.AnsweredCount != 3 || res.Ambiguous != 1 || rivals[0] != 1 || rivals[1] != 0 || rivals[2] != 0 {
		t.Errorf("%d ambiguous, rivals %v", res.Ambiguous, rivals)
	}
	// An answer to a packet that an earlier call gave up, and that the next call sends again.
	if res = c.sr(Options{Timeout: short}, udp(dst, 9, 4000)); res.AnsweredCount != 0 {
		t.Fatalf("%+v", res)
	}
	res = c.sr(Options{Timeout: patience}, udp(dst, 9, 4000))
	if res.AnsweredCount != 1 || res.Ambiguous != 1 || res.Answered.At(0).Rivals != 1 {
		t.Errorf("late: %d answers, %d ambiguous", res.AnsweredCount, res.Ambiguous)
	}
}

// Routing rules that look at ports are followed as the kernel would, from the moment
// that they are made.
func TestRulesByPort(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	if res := c.sr(Options{Timeout: patience}, tcpSYN(srv.Addr4, 30000, 81)); res.AnsweredCount != 1 {
		t.Fatalf("%+v", res)
	}
	onLink(t, c.Host, "lab0", func(nl *netlink.Handle, _ netlink.Link) error {
		rule := netlink.NewRule()
		rule.Family, rule.IPProto, rule.Dport, rule.Table, rule.Priority = unix.AF_INET, unix.IPPROTO_TCP, netlink.NewRulePortRange(82, 82), 100, 10
		if err := nl.RuleAdd(rule); err != nil {
			return err
		}
		return nl.RouteAdd(&netlink.Route{Dst: netlink.NewIPNet(srv.Addr4.AsSlice()), Table: 100, Type: unix.RTN_PROHIBIT})
	})
	res := c.sr(Options{Timeout: patience}, tcpSYN(srv.Addr4, 30001, 81), tcpSYN(srv.Addr4, 30001, 82), udp(srv.Addr4, 1, 82))
	if res.AnsweredCount != 2 || len(res.Errors) != 1 || !strings.Contains(res.Errors[0].Error(), "prohibit") {
		t.Errorf("%d answers, %v", res.AnsweredCount, res.Errors)
	}
}
