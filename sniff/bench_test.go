package sniff_test

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"pktsh/layers"
	"pktsh/sniff"
)

// BenchmarkCapture floods an interface with 60-byte frames from one sender, and
// reports how many arrive a second and what part is lost. With PKTSH_PEERS=1 tcpdump,
// with a buffer of the same size, does the same.
func BenchmarkCapture(b *testing.B) {
	const buffer = 32 << 20
	client, server := pair(b)
	tx, fs := sender(b, client, "lab0"), frames(1024)
	flood := func(b *testing.B) {
		for left := b.N; left > 0; left -= len(fs) {
			sendAll(b, tx, fs[:min(left, len(fs))])
		}
	}
	report := func(b *testing.B, got uint64) {
		b.ReportMetric(float64(got)/b.Elapsed().Seconds(), "frames/s")
		b.ReportMetric(100*float64(uint64(b.N)-got)/float64(b.N), "%lost")
	}
	for _, fanout := range []int{1, 2} {
		b.Run(fmt.Sprintf("pktsh/rings=%d", fanout), func(b *testing.B) {
			c := open(b, sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9", BufferSize: buffer, Fanout: fanout})
			done := make(chan uint64)
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				n := uint64(0)
				sniff.RunBatches(ctx, c.Capture, 0, func(ps []*layers.Packet) (bool, error) { n += uint64(len(ps)); return true, nil })
				done <- n
			}()
			b.ResetTimer()
			flood(b)
			b.StopTimer()
			cancel()
			report(b, <-done)
		})
	}
	b.Run("tcpdump", func(b *testing.B) {
		needTcpdump(b)
		stop := tcpdump(b, server, "-B", strconv.Itoa(buffer>>10), "-i", "lab0", "udp dst port 9")
		b.ResetTimer()
		flood(b)
		b.StopTimer()
		_, said := stop()
		m := regexp.MustCompile(`(\d+) packets? captured`).FindStringSubmatch(said)
		if m == nil {
			b.Fatalf("tcpdump: %s", said)
		}
		n, _ := strconv.ParseUint(m[1], 10, 64)
		report(b, min(n, uint64(b.N)))
	})
}
