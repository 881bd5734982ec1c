package layers

import (
	"bytes"
	"net/netip"
	"testing"
)

// stack joins packets of one layer each.
func stack(ps ...*Packet) *Packet {
	out := NewPacket()
	for _, p := range ps {
		out.Push(p)
	}
	return out
}

func TestAnswersExactly(t *testing.T) {
	there := func(fields ...any) *Packet {
		return one(IP, append([]any{"src", "10.0.0.1", "dst", "10.0.0.2"}, fields...)...)
	}
	back := one(IP, "src", "10.0.0.2", "dst", "10.0.0.1")
	syn := func(seq uint64) *Packet {
		return stack(there(), one(TCP, "sport", 1024, "dport", 80, "flags", "S", "seq", seq))
	}
	synAck := func(ack uint64) *Packet {
		return stack(back, one(TCP, "sport", 80, "dport", 1024, "flags", "SA", "ack", ack))
	}
	udp := stack(there("id", 7), one(UDP, "sport", 1024, "dport", 33434))
	exceeded := func(id, dport int) *Packet {
		return stack(one(IP, "src", "10.0.0.9", "dst", "10.0.0.1"), one(ICMP, "type", 11),
			one(IPerror, "src", "10.0.0.1", "dst", "10.0.0.2", "id", id, "proto", 17),
			one(UDPerror, "sport", 1024, "dport", dport))
	}
	v6 := func(src, dst string) *Packet { return one(IPv6, "src", src, "dst", dst) }
	for _, tc := range []struct {
		name          string
		answer, probe *Packet
		want          bool
	}{
		{"sequence numbers that wrap", synAck(0), syn(0xffffffff), true},
		{"a challenge ACK", stack(back, one(TCP, "sport", 80, "dport", 1024, "flags", "A", "seq", 99, "ack", 5000)), syn(0), true},
		{"data of another connection", stack(back, one(TCP, "sport", 80, "dport", 1024, "flags", "A", "seq", 99, "ack", 5000), one(Raw, "load", "x")), syn(0), false},
		{"sequence numbers far apart", synAck(0x80000000), syn(0), false},
		{"the probe's ack field without the flag",
			stack(back, one(TCP, "sport", 80, "dport", 1024, "flags", "RA", "ack", 1)),
			stack(there(), one(TCP, "sport", 1024, "dport", 80, "flags", "FPU", "ack", 99)), true},
		{"data acknowledged across the wrap",
			stack(back, one(TCP, "sport", 80, "dport", 1024, "flags", "A", "seq", 5, "ack", 2)),
			stack(there(), one(TCP, "sport", 1024, "dport", 80, "flags", "PA", "seq", 0xfffffffd, "ack", 5), one(Raw, "load", "hello")), true},
		{"one of two UDP ports", stack(back, one(UDP, "sport", 54, "dport", 1024)),
			stack(there(), one(UDP, "sport", 1024, "dport", 53)), false},
		{"the quoted IP id", exceeded(7, 33434), udp, true},
		{"another quoted IP id", exceeded(8, 33434), udp, false},
		{"another quoted port", exceeded(7, 33435), udp, false},
		{"an id that the kernel chose", exceeded(8, 33434), stack(there("id", 0), one(UDP, "sport", 1024, "dport", 33434)), true},
		{"a broadcast answered by one", stack(one(IP, "src", "10.0.0.7", "dst", "10.0.0.1"), one(ICMP, "type", 0)),
			stack(one(IP, "src", "10.0.0.1", "dst", "255.255.255.255"), one(ICMP)), true},
		{"DHCP", stack(one(IP, "src", "10.0.0.254", "dst", "255.255.255.255"), one(UDP, "sport", 67, "dport", 68), one(BOOTP, "op", 2, "xid", 5)),
			stack(one(IP, "src", "0.0.0.0", "dst", "255.255.255.255"), one(UDP, "sport", 68, "dport", 67), one(BOOTP, "xid", 5)), true},
		{"IPv6 through a routing header",
			stack(v6("2001:db8::9", "2001:db8::1"), one(ICMPv6EchoReply, "id", 1, "seq", 1)),
			stack(v6("2001:db8::1", "2001:db8::2"), one(IPv6ExtHdrRouting, "addresses", List{"2001:db8::9"}), one(ICMPv6EchoRequest, "id", 1, "seq", 1)), true},
		{"an ICMPv6 error", stack(v6("2001:db8::9", "2001:db8::1"), one(ICMPv6TimeExceeded),
			one(IPerror6, "src", "2001:db8::1", "dst", "2001:db8::2", "nh", 6), one(TCPerror, "sport", 9, "dport", 80, "seq", 4)),
			stack(v6("2001:db8::1", "2001:db8::2"), one(TCP, "sport", 9, "dport", 80, "seq", 4)), true},
		{"an ICMPv6 error about TCP behind extension headers", stack(v6("2001:db8::9", "2001:db8::1"), one(ICMPv6TimeExceeded),
			one(IPerror6, "src", "2001:db8::1", "dst", "2001:db8::2"), one(IPv6ExtHdrHopByHop), one(IPv6ExtHdrDestOpt), one(TCP, "sport", 9, "dport", 80, "seq", 4)),
			stack(v6("2001:db8::1", "2001:db8::2"), one(IPv6ExtHdrHopByHop), one(IPv6ExtHdrDestOpt), one(TCP, "sport", 9, "dport", 80, "seq", 4)), true},
		{"one about another port there", stack(v6("2001:db8::9", "2001:db8::1"), one(ICMPv6TimeExceeded),
			one(IPerror6, "src", "2001:db8::1", "dst", "2001:db8::2"), one(IPv6ExtHdrDestOpt), one(UDP, "sport", 9, "dport", 81)),
			stack(v6("2001:db8::1", "2001:db8::2"), one(IPv6ExtHdrDestOpt), one(UDP, "sport", 9, "dport", 80)), false},
		{"one about UDP there, as it is", stack(v6("2001:db8::9", "2001:db8::1"), one(ICMPv6TimeExceeded),
			one(IPerror6, "src", "2001:db8::1", "dst", "2001:db8::2"), one(IPv6ExtHdrDestOpt), one(UDP, "sport", 9, "dport", 80)),
			stack(v6("2001:db8::1", "2001:db8::2"), one(IPv6ExtHdrDestOpt), one(UDP, "sport", 9, "dport", 80)), true},
		{"neighbour discovery", stack(v6("fe80::2", "fe80::1"), one(ICMPv6ND_NA, "tgt", "fe80::2")),
			stack(v6("fe80::1", "ff02::1:ff00:2"), one(ICMPv6ND_NS, "tgt", "fe80::2")), true},
		{"another VLAN", stack(one(Ether), one(Dot1Q, "vlan", 2), synAck(1)), stack(one(Ether), one(Dot1Q, "vlan", 1), syn(0)), false},
		{"the same VLAN", stack(one(Ether), one(Dot1Q, "vlan", 1), synAck(1)), stack(one(Ether), one(Dot1Q, "vlan", 1), syn(0)), true},
		{"the probe itself", syn(0), syn(0), false},
		{"the echo request itself", stack(v6("::1", "::1"), one(ICMPv6EchoRequest)), stack(v6("::1", "::1"), one(ICMPv6EchoRequest)), false},
		{"another DNS id", stack(back, one(UDP, "sport", 53, "dport", 9), one(DNS, "id", 2, "qr", 1)),
			stack(there(), one(UDP, "sport", 9, "dport", 53), one(DNS, "id", 1)), false},
	} {
		for _, answer := range []*Packet{tc.answer, redissect(t, tc.answer)} {
			for _, probe := range []*Packet{tc.probe, redissect(t, tc.probe)} {
				if got := answer.Answers(probe); got != tc.want {
					t.Errorf("%s: %s answers %s: %v", tc.name, answer.Summary(), probe.Summary(), got)
				}
				key := probe.HashRet()
				if tc.want && !bytes.Equal(answer.HashRet(), key) && !bytes.Equal(answer.HashRetLoose(), key) {
					t.Errorf("%s: keys %x and %x", tc.name, answer.HashRet(), key)
				}
			}
		}
	}
}

// testEnv is a host with one address and one neighbour for all.
type testEnv struct{}

func (testEnv) Source(dst netip.Addr) (netip.Addr, bool) {
	return netip.MustParseAddr("10.0.0.1"), dst.Is4()
}
func (testEnv) LinkSource(netip.Addr) (MAC, bool) { return MAC{2, 0, 0, 0, 0, 1}, true }
func (testEnv) LinkDest(netip.Addr) (MAC, bool)   { return MAC{2, 0, 0, 0, 0, 2}, true }

func TestEnvDerivesAddresses(t *testing.T) {
	old := hostEnv.Load()
	SetEnv(testEnv{})
	defer hostEnv.Store(old)
	for _, tc := range []struct {
		p    *Packet
		want string
	}{
		{stack(one(Ether), one(IP, "dst", "10.0.0.2")), "02:00:00:00:00:01 > 02:00:00:00:00:02 (IPv4)"},
		{stack(one(Ether), one(IP, "dst", "224.0.0.1")), "02:00:00:00:00:01 > 01:00:5e:00:00:01 (IPv4)"},
		{stack(one(Ether), one(ARP, "pdst", "10.0.0.2")), "02:00:00:00:00:01 > ff:ff:ff:ff:ff:ff (ARP)"},
		{stack(one(Ether), one(ARP, "pdst", "10.0.0.2", "op", 2)), "02:00:00:00:00:01 > 02:00:00:00:00:02 (ARP)"},
		{one(ARP, "pdst", "10.0.0.2"), "ARP who has 10.0.0.2 says 10.0.0.1"},
		{one(ARP, "pdst", "10.0.0.2", "op", 2), "ARP is at 02:00:00:00:00:01 says 10.0.0.1"},
		{stack(one(IP, "dst", "10.0.0.2"), one(TCP)), "IP / TCP 10.0.0.1:ftp_data > 10.0.0.2:http S"},
	} {
		for _, p := range []*Packet{tc.p, redissect(t, tc.p)} {
			got := p.Summary()
			if p.At(0).Proto() == Ether {
				got, _ = Ether.Summary(p.At(0))
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		}
	}
}
