package sendrecv

import (
	"context"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/layers"
)

// BenchmarkSR1 is one SYN and its SYN-ACK, and the same done by the kernel for itself:
// connect(2), which returns when the SYN-ACK is there.
func BenchmarkSR1(b *testing.B) {
	c, net := world(b, lab.Options{})
	dst := peer(b, net).Addr4
	b.Run("engine", func(b *testing.B) {
		n := 0
		for b.Loop() {
			n++
			res, err := c.SR(b.Context(), pkts(tcpSYN(dst, 10000+n%50000, 81)), Options{Timeout: time.Second, First: true})
			if err != nil || res.Answered.Len() != 1 {
				b.Fatalf("%+v, %v", res, err)
			}
		}
	})
	b.Run("another host", func(b *testing.B) { // whose answers the receiver has to be told to take
		n := 0
		for b.Loop() {
			n++
			res, err := c.SR(b.Context(), pkts(tcpSYN(both(peer(b, net))[n%2], 10000+n%50000, 81)), Options{Timeout: time.Second, First: true})
			if err != nil || res.Answered.Len() != 1 {
				b.Fatalf("%+v, %v", res, err)
			}
		}
	})
	b.Run("wire", func(b *testing.B) { // from just before the packet leaves to the kernel's time stamp
		n, total := 0, time.Duration(0)
		for b.Loop() {
			n++
			res, err := c.SR(b.Context(), pkts(tcpSYN(dst, 10000+n%50000, 81)), Options{Timeout: time.Second, First: true})
			if err != nil || res.Answered.Len() != 1 {
				b.Fatalf("%+v, %v", res, err)
			}
			p := res.Answered.At(0)
			total += p.Answer.Meta.Time.Sub(p.Query.Meta.SentTime())
		}
		b.ReportMetric(float64(total.Nanoseconds())/float64(n), "rtt-ns/op")
	})
	b.Run("kernel", func(b *testing.B) {
		sa := &unix.SockaddrInet4{Port: 81, Addr: dst.As4()} // closed: refused as soon as asked
		must(b, c.Do(func() error {
			for b.Loop() {
				fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
				if err != nil {
					return err
				}
				if err := unix.Connect(fd, sa); err != unix.ECONNREFUSED {
					return fmt.Errorf("connect: %w", err)
				}
				unix.Close(fd)
			}
			return nil
		}))
	})
}

// BenchmarkScan is a scan of 10,000 ports, all of which answer.
func BenchmarkScan(b *testing.B) {
	c, net := world(b, lab.Options{})
	dst := peer(b, net).Addr4
	const n = 10000
	all := one(layers.TCP, "sport", 20000, "dport", layers.Range{Lo: 1, Hi: n}, "flags", "S")
	set := stack(to(dst), all)
	for b.Loop() {
		res, err := c.SR(b.Context(), pkts(set), Options{Timeout: time.Second})
		if err != nil || res.AnsweredCount != n {
			b.Fatalf("%d answers, %v", res.AnsweredCount, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/probe")
}

// BenchmarkSend is how fast packets leave.
func BenchmarkSend(b *testing.B) {
	c, net := world(b, lab.Options{})
	p := udp(peer(b, net).Addr4, 1, 9)
	_, err := c.SR(b.Context(), pkts(p), Options{First: true, Timeout: time.Second}) // the neighbour is known from now on
	must(b, err)
	const n = 10000
	for b.Loop() {
		seq := func(yield func(*layers.Packet) bool) {
			for i := 0; i < n && yield(p); i++ {
			}
		}
		res, err := c.Send(b.Context(), seq, Options{})
		if err != nil || res.Sent != n {
			b.Fatalf("%+v, %v", res, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/packet")
}

// BenchmarkFlood is how fast a set of frames leaves, and one frame.
func BenchmarkFlood(b *testing.B) {
	c, net := world(b, lab.Options{})
	srv := peer(b, net)
	ether := one(layers.Ether, "dst", layers.MAC{2, 0, 0, 0, 0x99, 0x99}) // nobody: dropped unread
	for name, sport := range map[string]any{"set": layers.Range{Lo: 1024, Hi: 65535}, "one": 7} {
		for _, way := range ways()[:2] {
			b.Run(name+"/"+string(way), func(b *testing.B) {
				p := stack(ether, to(srv.Addr4), one(layers.UDP, "sport", sport, "dport", 9), one(layers.Raw, "load", make([]byte, 18)))
				ctx, cancel := context.WithCancel(b.Context())
				defer cancel()
				o := FloodOptions{Iface: "lab0", Way: way, Rounds: max(1, b.N/64512)}
				if name == "one" {
					o.Rounds = b.N
				}
				res, err := c.FloodP(ctx, []*layers.Packet{p}, o)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(res.Sent)/res.Took.Seconds(), "frames/s")
			})
		}
	}
}
