package packetsock

import (
	"context"
	"encoding/binary"
	"fmt"
	"testing"
	"time"
)

// BenchmarkSendBatch is the rate at which 60-byte frames leave, each patched as a scan
// patches its probes.
func BenchmarkSendBatch(b *testing.B) {
	for _, way := range []string{"mmsg", "xdp", "clone"} {
		b.Run(way, func(b *testing.B) {
			w := newWire(b)
			var tx Transmitter
			switch way {
			case "mmsg":
				tx = openSock(b, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
			case "xdp":
				tx = openXDP(b, w.a, w.ia, 0)
			case "clone":
				tx = openCloner(b, w)
			}
			frames := make([][]byte, cloneFrames)
			for i := range frames {
				frames[i] = numbered(0, 60)
			}
			b.ReportAllocs()
			b.ResetTimer()
			must(b, w.a.Do(func() error {
				for i := 0; i < b.N; i += len(frames) {
					for k := range frames {
						binary.BigEndian.PutUint32(frames[k][14:], uint32(i+k))
					}
					if _, err := tx.SendBatch(context.Background(), frames); err != nil {
						return err
					}
				}
				return nil
			}))
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}

// BenchmarkLive is the rate of live frames, with one frame and with a table of many.
func BenchmarkLive(b *testing.B) {
	for _, n := range []int{1, 60000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := newWire(b)
			frames := make([][]byte, n)
			for i := range frames {
				frames[i] = numbered(uint32(i), 60)
			}
			l := openLive(b, w, 1, frames...)
			b.ResetTimer()
			if sent, err := l.Send(context.Background(), uint64(b.N), nil); err != nil || sent != uint64(b.N) {
				b.Fatal(sent, err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
		})
	}
}

// BenchmarkRoundTrip is one frame sent and the same frame received on the far end.
func BenchmarkRoundTrip(b *testing.B) {
	w := newWire(b)
	tx := openSock(b, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	rx := openSock(b, SockConfig{NS: w.b, Ifindex: w.ib, Protocol: testType})
	buf, frame := make([]byte, 2048), numbered(1, 60)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	b.ReportAllocs()
	for b.Loop() {
		if err := tx.Send(ctx, frame); err != nil {
			b.Fatal(err)
		}
		if _, err := rx.Recv(ctx, buf); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSetFilter is what it costs to hand a kept socket to another user.
func BenchmarkSetFilter(b *testing.B) {
	w := newWire(b)
	rx := openSock(b, SockConfig{NS: w.b, Ifindex: w.ib})
	for b.Loop() {
		if _, err := rx.Drain(); err != nil {
			b.Fatal(err)
		}
		if err := rx.SetFilter(onlyNumber(3)); err != nil {
			b.Fatal(err)
		}
		if err := rx.SetFilter(Reject); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOpenRing leaves the closing, which the kernel makes slow, out.
func BenchmarkOpenRing(b *testing.B) {
	w := newWire(b)
	for b.Loop() {
		r, err := OpenRing(RingConfig{NS: w.b, Ifindex: w.ib, BlockSize: 256 << 10, Blocks: 32, Retire: 2 * time.Millisecond})
		if err != nil {
			b.Fatal(err)
		}
		CloseLater(r)
	}
	Drain(context.Background())
}

// BenchmarkOpenSock is the same for a socket.
func BenchmarkOpenSock(b *testing.B) {
	w := newWire(b)
	for b.Loop() {
		s, err := OpenSock(SockConfig{NS: w.b, Ifindex: w.ib})
		if err != nil {
			b.Fatal(err)
		}
		CloseLater(s)
	}
	Drain(context.Background())
}
