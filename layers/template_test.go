package layers

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// stackOf joins layers given as protocol, field, value, field, value, protocol ….
func stackOf(t testing.TB, parts ...any) *Packet {
	t.Helper()
	p := NewPacket()
	for i := 0; i < len(parts); {
		if proto, ok := parts[i].(*Proto); ok {
			p.layers = append(p.layers, New(proto))
			i++
			continue
		}
		l := p.layers[len(p.layers)-1]
		if err := l.Set(l.proto.Index(parts[i].(string)), parts[i+1]); err != nil {
			t.Fatal(err)
		}
		i += 2
	}
	p.stack(0)
	return p
}

// hostOf is an Env whose answers depend on every bit of what it is asked.
type hostOf struct{}

func (hostOf) Source(dst netip.Addr) (netip.Addr, bool) {
	b := dst.AsSlice()
	if b[len(b)-1]&7 == 3 {
		return netip.Addr{}, false // no route
	}
	b[0], b[1] = b[len(b)-1], b[0]
	return netip.AddrFrom4([4]byte(b[:4])), dst.Is4()
}

func (hostOf) LinkSource(dst netip.Addr) (MAC, bool) {
	return MAC{2, 1, 0, 0, 0, byte(dst.BitLen())}, dst.IsValid()
}

func (hostOf) LinkDest(dst netip.Addr) (MAC, bool) {
	b := dst.AsSlice()
	return MAC{2, 2, 0, 0, 0, b[len(b)-1] & 3}, b[len(b)-1]&1 == 0
}

// sameAsExpand compares up to most frames of p's template with what Expand and
// Build give, from a dirty buffer.
func sameAsExpand(t *testing.T, p *Packet, most int) {
	t.Helper()
	tm, err := p.Template()
	if err != nil {
		t.Fatalf("%s: %v", p.Command(), err)
	}
	Seed(7)
	resetCounting(p)
	var want [][]byte
	var wantErr error
	for q := range p.Expand() {
		b, err := q.Build()
		if err != nil {
			wantErr = err
			break
		}
		if want = append(want, b); len(want) == most {
			break
		}
	}
	Seed(7)
	resetCounting(p)
	buf := bytes.Repeat([]byte{0xa5}, tm.Len()+3)
	for i, w := range want {
		if !tm.Next(buf) {
			t.Fatalf("%s: ends before packet %d: %v", p.Command(), i, tm.Err())
		}
		if got := buf[:tm.Len()]; !bytes.Equal(got, w) {
			t.Fatalf("%s: packet %d\ngot  %x\nwant %x", p.Command(), i, got, w)
		}
		if string(buf[tm.Len():]) != "\xa5\xa5\xa5" {
			t.Fatal("wrote behind the packet")
		}
	}
	if len(want) == most {
		return
	}
	if tm.Next(buf) || (tm.Err() == nil) != (wantErr == nil) {
		t.Fatalf("%s: more than %d packets, or error %v, want %v", p.Command(), len(want), tm.Err(), wantErr)
	}
	if n := tm.Count(); wantErr == nil && n.Int64() != int64(len(want)) {
		t.Fatalf("%s: Count says %v, want %d", p.Command(), n, len(want))
	}
}

// resetCounting begins the volatile values again that keep count.
func resetCounting(p *Packet) {
	for _, l := range p.layers {
		for _, o := range l.odd {
			for _, v := range append(Choice{o.v}, choiceOf(o.v)...) {
				switch v := v.(type) {
				case *incremental:
					v.next = v.start
				case *randEnum:
					v.at, v.keyed = 0, false
				}
			}
		}
	}
}

func choiceOf(v any) Choice { c, _ := v.(Choice); return c }

func mustNet(s string) Net {
	n, err := ParseNet(s)
	if err != nil {
		panic(err)
	}
	return n
}

// Sets that a person writes.
func TestTemplate(t *testing.T) {
	ports := Range{1, 300}
	hosts := mustNet("10.0.0.0/28")
	mss := List{Tuple{"MSS", uint64(1460)}}
	for _, p := range []*Packet{
		stackOf(t, IP),
		stackOf(t, IP, "dst", "10.0.0.2", TCP, "dport", ports),
		stackOf(t, IP, "dst", hosts, TCP, "dport", Choice{uint64(22), Range{80, 82}, uint64(443)}, "options", mss),
		stackOf(t, Ether, IP, "dst", hosts, UDP, "sport", ports),
		stackOf(t, Ether, "src", Choice{"02:00:00:00:00:01", "02:00:00:00:00:02"}, Dot1Q, "vlan", Range{0, 4095}, IP, ICMP),
		stackOf(t, Ether, ARP, "pdst", hosts),
		stackOf(t, Ether, ARP, "pdst", hosts, "op", Choice{uint64(1), uint64(2)}),
		stackOf(t, IP, "ttl", Range{1, 30}, ICMP, "id", Range{0, 3}, "seq", RandShort()),
		stackOf(t, IP, "src", Choice{"10.0.0.1", mustNet("10.1.0.0/30")}, "id", RandShort(), TCP, "seq", RandInt(), "sport", IncrementalValue(1, 3, 20)),
		stackOf(t, IPv6, "dst", mustNet("2001:db8::fff0/122"), UDP, "dport", ports, Raw, "load", "odd"),
		stackOf(t, IPv6, "dst", mustNet("2001:db8::/16"), "fl", Range{0, 1 << 19}, IPv6ExtHdrFragment, "id", Range{0, 7}, ICMPv6EchoRequest, "seq", Range{0, 2}),
		stackOf(t, IP, SCTP, "dport", ports, "tag", RandInt()),
		stackOf(t, IP, GRE, IP, "dst", hosts, TCP, "dport", Range{1, 3}),
		stackOf(t, IP, GRE, "chksum_present", uint64(1), IP, "dst", hosts, UDP, "dport", Range{1, 3}),
		stackOf(t, Ether, IP, UDP, VXLAN, "vni", Range{1, 3}, Ether, IP, "dst", hosts, UDP, "dport", Range{1, 3}, Raw, "load", "abc"),
		stackOf(t, Ether, IPv6, UDP, "dport", Choice{uint64(4789)}, VXLAN, Ether, IPv6, "hlim", Range{0, 255}, TCP, "flags", Range{0, 511}),
		stackOf(t, IP, UDP, "chksum", Range{0, 70}, Raw, "load", Choice{"ab", "cd", "xy"}),
		stackOf(t, IP, "chksum", Range{0, 70}, "proto", Range{0, 3}),
		stackOf(t, IP, ICMP, "type", Choice{uint64(13)}, "ts_ori", uint64(1), "ts_rx", uint64(1), "ts_tx", uint64(1), "id", ports),
		stackOf(t, IP, UDPLite, "dport", ports, Raw, "load", "abc"),
		stackOf(t, IP, ICMP, "type", uint64(3), IPerror, "src", hosts, UDPerror, "dport", ports),
		stackOf(t, IP, "src", "0.0.0.0", "dst", "0.0.0.0", "len", uint64(0), UDP, "sport", Range{0, 2}, "dport", Range{0, 2}, "len", uint64(0)),
		stackOf(t, ICMP, "type", uint64(0), "id", Range{0, 2}, "seq", Choice{uint64(0), uint64(1), uint64(0)}), // all zero: RFC 1624 §3
		stackOf(t, Ether, "dst", RandomMAC(t), "type", Range{0x9000, 0x9002}, Raw, "load", "x", Padding, "load", Choice{"yy", "zz"}),
		stackOf(t, IP, "ttl", Choice{RandByte(), uint64(5), Range{7, 9}}, TCP, "window", Choice{RandShort(), RandEnumByte()}),
	} {
		for _, env := range []Env{nil, hostOf{}} {
			p.SetEnv(env)
			sameAsExpand(t, p, 700)
		}
	}
}

func RandomMAC(t *testing.T) Volatile { return mustVolatile(t)(RandMAC("02:*")) }

// The zero that UDP sends as ffff comes up among all ports.
func TestTemplateUDPZero(t *testing.T) {
	p := stackOf(t, IP, "dst", "10.0.0.2", "src", "10.0.0.1", UDP, "sport", Range{0, 65535})
	sameAsExpand(t, p, 1<<16)
}

// What bits and checksums cannot express is refused, and the error says where.
func TestTemplateRefuses(t *testing.T) {
	for _, c := range []struct {
		p    *Packet
		want string
	}{
		{stackOf(t, IP, Raw, "load", Choice{"a", "bc"}), "Raw.load: its values differ in length"},
		{stackOf(t, IP, "len", Range{1, 90}, TCP), "IP.len: what a checksum covers"},
		{stackOf(t, IP, ICMP, "type", Choice{uint64(3), uint64(8)}), "ICMP.type: what other fields"},
		{stackOf(t, GRE, "chksum_present", Choice{uint64(0), uint64(1)}), "GRE.chksum_present: what other"},
		{stackOf(t, GRE, "chksum_present", Choice{uint64(1), uint64(0)}, "routing_present", Choice{uint64(1), uint64(0)}), "GRE.routing_present: what other"},
		{stackOf(t, ARP, "hwlen", Range{4, 8}, "hwsrc", Choice{"02:00:00:00:00:01", "02:00:00:00:00:02"}), "ARP"},
		{stackOf(t, Raw, "load", RandString(RandNum(0, 9), "")), "Raw.load: <RandString>"},
		{stackOf(t, IP, DNS, "id", Range{1, 2}, "qd", List{stackOf(t, DNSQR, "qname", RandString(uint64(4), "ab"))}), "DNS: a list holds"},
	} {
		_, err := c.p.Template()
		if err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: got error %v, want %s…", c.p.Command(), err, c.want)
		}
	}
}

func TestTemplateSeek(t *testing.T) {
	p := stackOf(t, IP, "dst", mustNet("10.0.0.0/29"), TCP, "dport", Choice{uint64(1), Range{5, 9}}, "sport", Range{1, 3})
	tm, err := p.Template()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	buf := make([]byte, tm.Len())
	for tm.Next(buf) {
		all = append(all, string(buf))
	}
	if len(all) != 8*6*3 {
		t.Fatalf("got %d packets", len(all))
	}
	other := tm.Clone()
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(all)) {
		if tm.Seek(uint64(i)); !tm.Next(buf) || string(buf) != all[i] {
			t.Errorf("packet %d is another after Seek", i)
		}
	}
	if tm.Seek(uint64(len(all))); tm.Next(buf) {
		t.Error("a packet behind the last one")
	}
	if !other.Next(buf) || string(buf) != all[0] {
		t.Error("a clone does not begin at the beginning")
	}
}

func TestTemplateAllocatesNothing(t *testing.T) {
	for _, p := range []*Packet{
		stackOf(t, Ether, IP, "src", "10.0.0.1", "dst", mustNet("10.0.0.0/8"), TCP, "dport", Range{1, 1000}, "sport", RandShort(), "seq", RandInt()),
		stackOf(t, IPv6, "src", "::1", "dst", mustNet("2001:db8::/32"), UDP, "dport", Range{1, 1000}),
		stackOf(t, IP, "src", "10.0.0.1", "dst", "10.0.0.2", SCTP, "dport", Range{1, 1000}),
	} {
		tm, err := p.Template()
		if err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, tm.Len())
		if n := testing.AllocsPerRun(900, func() { tm.Next(buf) }); n != 0 {
			t.Errorf("%s: %v allocations a packet", p.Command(), n)
		}
	}
}

// Random stacks with random sets in random fields: whatever compiles must be
// what Expand gives, and most must compile.
func TestTemplateRandom(t *testing.T) {
	const rounds = 1500
	seed := uint64(rand.Uint32())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	compiled := 0
	for range rounds {
		p := randomSets(r)
		if r.IntN(2) == 0 {
			p.SetEnv(hostOf{})
		}
		if _, err := p.Template(); err != nil {
			continue
		}
		compiled++
		sameAsExpand(t, p, 60)
	}
	if compiled < rounds/3 {
		t.Errorf("of %d random packets %d compiled", rounds, compiled)
	}
}

func randomSets(r *rand.Rand) *Packet {
	stacks := [][]*Proto{
		{Ether, IP, TCP}, {IP, UDP, Raw}, {Ether, Dot1Q, IPv6, UDP, Raw}, {IP, ICMP}, {Ether, ARP}, {IPv6, ICMPv6EchoRequest},
		{IP, GRE, IP, TCP}, {Ether, IP, UDP, VXLAN, Ether, IPv6, TCP, Raw}, {IP, SCTP}, {IP, IGMP}, {IP, UDP, DNS}, {IP, UDP, NTPHeader},
		{Ether, LLC, STP}, {Ether, Dot1AD, Dot1Q, IP, UDPLite, Raw}, {IP, IPv6, TCP}, {IPv6, IPv6ExtHdrFragment, UDP}, {IP, VRRP},
		{IP, ICMP, IPerror, TCPerror}, {IP, UDP, GENEVE, Ether}, {IP, ESP}, {IPv6, ICMPv6ND_NS}, {MPLS, IP, TCP}, {PPPoE, PPP, IP, UDP},
	}
	p := NewPacket()
	for _, proto := range stacks[r.IntN(len(stacks))] {
		l := New(proto)
		for i := range proto.Fields {
			if proto.Fields[i].Clock {
				l.SetUint(i, r.Uint64()>>32) // the time would differ
			}
		}
		p.layers = append(p.layers, l)
	}
	for range 1 + r.IntN(4) {
		l := p.layers[r.IntN(len(p.layers))]
		i := r.IntN(len(l.proto.Fields))
		v := randomSet(r, l, i)
		if r.IntN(4) == 0 {
			v = First(v)
		}
		_ = l.Set(i, v) // a value that does not fit leaves the field unset
	}
	return p
}

func randomSet(r *rand.Rand, l *Layer, i int) any {
	f := l.form(i)
	switch f.Kind {
	case Addr4:
		if r.IntN(2) == 0 {
			return mustNet(fmt.Sprintf("10.%d.0.%d/%d", r.IntN(3), r.IntN(256), 24+r.IntN(9)))
		}
		return Choice{"10.0.0.1", "224.0.0.5", mustNet("127.0.0.0/30")}
	case Addr6:
		return Choice{"ff02::1", mustNet(fmt.Sprintf("2001:db8::%x/%d", r.IntN(65536), 100+r.IntN(29)))}
	case HWAddr:
		return Choice{MAC{2, 0, 0, 0, 0, byte(r.IntN(256))}, MAC{0xff}}
	case Fixed, Var:
		return Choice{"ab", "cd"}
	}
	top := f.maxUint()
	lo := r.Uint64() >> r.IntN(64) & top
	switch r.IntN(4) {
	case 0:
		return Choice{lo, top, uint64(0)}
	case 1:
		return RandBits(f.Bits)
	case 2:
		return Choice{RandBits(f.Bits), lo}
	}
	return Range{lo, lo + min(uint64(r.IntN(40)), top-lo)}
}
