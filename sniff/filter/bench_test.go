package filter

import "testing"

// BenchmarkCompile is the time to compile, by filter.
func BenchmarkCompile(b *testing.B) {
	for _, c := range []struct{ name, expr string }{
		{"tcp_port", "tcp port 80"},
		{"host", "host 10.0.0.1"},
		{"flags", "tcp[tcpflags] & (tcp-syn|tcp-ack) == (tcp-syn|tcp-ack)"},
		{"http_data", "tcp port 80 and (((ip[2:2] - ((ip[0]&0xf)<<2)) - ((tcp[12]&0xf0)>>2)) != 0)"},
		{"range", "tcp src portrange 1024-65535 and dst port 22"},
		{"vlan", "tcp port 80 or (vlan and tcp port 80)"},
		{"geneve", "geneve 0x2a and icmp"},
		{"protochain", "ip6 protochain 6"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Compile(c.expr, Options{LinkType: LinkEthernet}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCompileGolden is the mean time over the expressions in testdata.
func BenchmarkCompileGolden(b *testing.B) {
	exprs := expressions(b)
	n := 0
	for b.Loop() {
		_, _ = Compile(exprs[n%len(exprs)], Options{LinkType: LinkEthernet}) // inbound is refused
		n++
	}
}

// BenchmarkMatch is the mean time for a verdict over all packets and expressions.
func BenchmarkMatch(b *testing.B) {
	packets := readPackets(b, "testdata/packets.pcap")
	var programs []*Program
	for _, e := range expressions(b) {
		if p, err := Compile(e, Options{LinkType: LinkEthernet}); err == nil {
			programs = append(programs, p)
		}
	}
	n := 0
	for b.Loop() {
		pkt := &packets[n%len(packets)]
		programs[n/len(packets)%len(programs)].Match(pkt.data, pkt.wireLen)
		n++
	}
}
