package bridge_test

import (
	"context"
	"encoding/binary"
	"io"
	"sort"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/netns"
	"pktsh/sniff/bridge"
	"pktsh/sniff/packetsock"
)

// frame is one from the client to the server of an EtherType for local
// experiments (IEEE 802), which kernels ignore.
func (m *middle) frame(n uint16) []byte {
	f := make([]byte, 60)
	copy(f, m.server.MAC)
	copy(f[6:], m.client.MAC)
	f[12], f[13] = 0x88, 0xb5
	binary.BigEndian.PutUint16(f[14:], n)
	return f
}

// BenchmarkForward is the rate at which 60-byte frames pass from one namespace
// through the bridge in a second to a third, offered as fast as one thread can, and what
// part of them was lost. The three share this machine's processors.
func BenchmarkForward(b *testing.B) {
	for _, c := range []struct {
		name string
		rule *bridge.Rule
	}{
		{"no rule", nil},
		{"a rule that is for nothing", &bridge.Rule{Action: bridge.Drop, Match: func(f bridge.Frame) bool { return f.Data[12] == 0xff }}},
	} {
		b.Run(c.name, func(b *testing.B) {
			m := newMiddle(b)
			if c.rule != nil {
				if err := m.rules.Add(c.rule); err != nil {
					b.Fatal(err)
				}
			}
			offer(b, m.client, m.frame, func() (forwarded, lost uint64) {
				s := m.Stats()[bridge.One]
				return s.Forwarded, s.Lost()
			})
		})
	}
}

// BenchmarkKernelForward is BenchmarkForward with the kernel's own bridge in the middle.
func BenchmarkKernelForward(b *testing.B) {
	if err := lab.CanMake(); err != nil {
		b.Skip(err)
	}
	l, err := lab.New(lab.Options{Middle: kernelBridge})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	m := &middle{}
	m.client, _ = l.Host("client")
	m.server, _ = l.Host("server")
	var nl *netlink.Handle
	if err := m.server.Do(func() (err error) { nl, err = netlink.NewHandle(unix.NETLINK_ROUTE); return err }); err != nil {
		b.Fatal(err)
	}
	defer nl.Close()
	arrived := func() uint64 {
		link, err := nl.LinkByName("lab0")
		if err != nil {
			b.Fatal(err)
		}
		return link.Attrs().Statistics.RxPackets
	}
	before := arrived()
	offer(b, m.client, m.frame, func() (forwarded, lost uint64) { return arrived() - before, 0 })
}

// kernelBridge joins the two interfaces as a user of ip(8) would.
func kernelBridge(ns *netns.NS, left, right string) (io.Closer, error) {
	br := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0"}}
	return io.NopCloser(nil), ns.Do(func() error {
		if err := netlink.LinkAdd(br); err != nil {
			return err
		}
		for _, name := range []string{left, right} {
			port, err := netlink.LinkByName(name)
			if err == nil {
				err = netlink.LinkSetMaster(port, br)
			}
			if err != nil {
				return err
			}
		}
		return netlink.LinkSetUp(br)
	})
}

// offer sends b.N frames, and waits until all of them are forwarded or lost.
func offer(b *testing.B, from *lab.Host, frame func(uint16) []byte, count func() (forwarded, lost uint64)) {
	tx := sock(b, from, packetsock.SockConfig{TxOnly: true})
	frames := make([][]byte, 64)
	for i := range frames {
		frames[i] = frame(uint16(i))
	}
	b.ResetTimer()
	start := time.Now()
	for i := 0; i < b.N; i += len(frames) {
		if _, err := tx.SendBatch(context.Background(), frames); err != nil {
			b.Fatal(err)
		}
	}
	sent := uint64((b.N + 63) / 64 * 64)
	forwarded, lost := count()
	for forwarded+lost < sent {
		time.Sleep(100 * time.Microsecond)
		forwarded, lost = count()
	}
	b.ReportMetric(float64(forwarded)/time.Since(start).Seconds(), "frames/s")
	b.ReportMetric(float64(lost)/float64(sent)*100, "%lost")
}

// BenchmarkLatency is how much later a single frame arrives for the bridge in its
// way: the median of the time to the far end, less that over a single link.
func BenchmarkLatency(b *testing.B) {
	m := newMiddle(b)
	l, err := lab.New(lab.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	client, _ := l.Host("client")
	server, _ := l.Host("server")
	through := oneWay(b, m.client, m.server, m.frame(1), b.N)
	direct := oneWay(b, client, server, m.frame(1), b.N)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(direct.Nanoseconds())/1000, "µs-direct")
	b.ReportMetric(float64(through.Nanoseconds())/1000, "µs-through")
	b.ReportMetric(float64((through-direct).Nanoseconds())/1000, "µs-added")
}

// oneWay is the median time from handing a frame to the kernel to having it at the far end.
func oneWay(b *testing.B, from, to *lab.Host, frame []byte, n int) time.Duration {
	tx := sock(b, from, packetsock.SockConfig{TxOnly: true})
	rx := sock(b, to, packetsock.SockConfig{Protocol: 0x88b5})
	buf := make([]byte, 2048)
	var times []time.Duration
	for range n {
		start := time.Now()
		if err := tx.Send(context.Background(), frame); err != nil {
			b.Fatal(err)
		}
		f, err := rx.Recv(within(b), buf)
		if err != nil {
			b.Fatal(err)
		}
		times = append(times, f.When().Sub(start)) // the kernel's stamp: our own waking up is not the bridge's
		time.Sleep(200 * time.Microsecond)         // as with frames that come singly
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return times[len(times)/2]
}
