package packetsock

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/netns"
)

func openXDP(t testing.TB, ns *netns.NS, ifindex, queue int) *XDPSock {
	t.Helper()
	if err := CanXDP(); err != nil {
		t.Skip(err)
	}
	s, err := OpenXDP(within(t), XDPConfig{NS: ns, Ifindex: ifindex, Queue: queue})
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// napi has the far end of a veth poll, which redirected frames need.
func napi(t testing.TB, ns *netns.NS) {
	t.Helper()
	must(t, ns.Do(func() error { return lab.SetGRO("v0", true) }))
}

// arrivals reads the numbers of n frames from a ring.
func arrivals(t testing.TB, r *Ring, n int) (out []uint32) {
	t.Helper()
	for len(out) < n {
		f, err := r.Next(within(t))
		if err != nil {
			t.Fatalf("after %d of %d frames: %v", len(out), n, err)
		}
		out = append(out, number(f.Data))
	}
	return out
}

// Every way of transmitting delivers every frame once, in order and unchanged.
func TestTransmittersDeliver(t *testing.T) {
	const n = 20_000
	for _, tc := range []struct {
		name string
		open func(t *testing.T, w *wire) Transmitter
	}{
		{"mmsg", func(t *testing.T, w *wire) Transmitter {
			return openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
		}},
		{"xdp", func(t *testing.T, w *wire) Transmitter { return openXDP(t, w.a, w.ia, 0) }},
		{"clone", func(t *testing.T, w *wire) Transmitter { return openCloner(t, w) }},
		{"clone, the far end polls", func(t *testing.T, w *wire) Transmitter { napi(t, w.b); return openCloner(t, w) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			tx := tc.open(t, w)
			r := openRing(t, RingConfig{NS: w.b, Ifindex: w.ib, Protocol: testType, BlockSize: 64 << 10, Blocks: 512, Retire: 60 * time.Millisecond})
			frames := make([][]byte, n)
			for i := range frames {
				frames[i] = numbered(uint32(i), 60+i%900)
			}
			done := make(chan error, 1)
			ctx := within(t)
			go func() {
				for sent := 0; sent < n; {
					k, err := tx.SendBatch(ctx, frames[sent:min(sent+777, n)])
					if err != nil {
						done <- err
						return
					}
					sent += k
				}
				done <- nil
			}()
			seen, last, ordered := map[uint32]bool{}, -1, true
			for len(seen) < n {
				wait, cancel := context.WithTimeout(ctx, time.Second)
				f, err := r.Next(wait)
				cancel()
				if st, serr := r.Stats(); err != nil && serr == nil && len(seen)+int(st.Dropped) == n {
					break // a receiver that was kept from its processor
				}
				if err == context.DeadlineExceeded && ctx.Err() == nil {
					continue
				}
				must(t, err)
				i := number(f.Data)
				if seen[i] || len(f.Data) != 60+int(i)%900 {
					t.Fatalf("frame %d, %d bytes, seen before: %v", i, len(f.Data), seen[i])
				}
				seen[i] = true
				ordered, last = ordered && int(i) > last, int(i)
			}
			must(t, <-done)
			if _, retries := tx.TxStats(); !ordered && retries == 0 {
				t.Error("out of order, though none was refused")
			}
			if sent, _ := tx.TxStats(); sent != n {
				t.Errorf("counted %d frames sent, want %d", sent, n)
			}
		})
	}
}

// A queue takes one socket, and is free soon after that one is closed.
func TestXDPQueue(t *testing.T) {
	w := newWire(t)
	first := openXDP(t, w.a, w.ia, 0)
	if _, err := OpenXDP(within(t), XDPConfig{NS: w.a, Ifindex: w.ia, Queue: 1}); !errors.Is(err, ErrNoQueue) {
		t.Errorf("queue 1 of 1: got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := OpenXDP(ctx, XDPConfig{NS: w.a, Ifindex: w.ia}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a queue in use: got %v", err)
	}
	must(t, first.Close())
	for range 3 {
		s, err := OpenXDP(within(t), XDPConfig{NS: w.a, Ifindex: w.ia})
		must(t, err)
		if _, err := s.SendBatch(within(t), [][]byte{numbered(1, 60)}); err != nil {
			t.Fatal(err)
		}
		must(t, s.Close())
	}
	if _, err := first.SendBatch(within(t), [][]byte{numbered(1, 60)}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed socket: got %v", err)
	}
}

// What cannot be sent is said, and what stands before it has left.
func TestXDPErrors(t *testing.T) {
	w := newWire(t)
	s := openXDP(t, w.a, w.ia, 0)
	ok := numbered(1, 60)
	for _, tc := range []struct {
		frame []byte
		want  error
	}{{make([]byte, 13), unix.EINVAL}, {make([]byte, 1519), ErrTooBig}} {
		if n, err := s.SendBatch(within(t), [][]byte{ok, ok, tc.frame, ok}); n != 2 || !errors.Is(err, tc.want) {
			t.Errorf("frame of %d bytes: got %d, %v", len(tc.frame), n, err)
		}
	}
	if n, err := s.SendBatch(within(t), [][]byte{ok}); n != 1 || err != nil {
		t.Errorf("after them: got %d, %v", n, err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := s.SendBatch(canceled, [][]byte{ok}); n != 0 || err != context.Canceled {
		t.Errorf("canceled: got %d, %v", n, err)
	}
	setLink(t, w.a, func(h *netlink.Handle, l netlink.Link) error { return h.LinkSetDown(l) })
	if n, err := s.SendBatch(within(t), [][]byte{ok}); n != 0 || !errors.Is(err, ErrInterfaceDown) {
		t.Errorf("interface down: got %d, %v", n, err)
	}
	if _, err := OpenXDP(within(t), XDPConfig{NS: w.a, Ifindex: 999}); !errors.Is(err, ErrNoInterface) {
		t.Errorf("no such interface: got %v", err)
	}
	if _, err := OpenXDP(within(t), XDPConfig{NS: w.a, Ifindex: 1}); !errors.Is(err, unix.EOPNOTSUPP) {
		t.Errorf("loopback: got %v", err)
	}
}

// Frames that the driver refuses (here for want of a carrier) are neither counted nor
// given up while there is hope.
func TestTransmittersRefused(t *testing.T) {
	for name, open := range map[string]func(t testing.TB, w *wire) Transmitter{
		"xdp":   func(t testing.TB, w *wire) Transmitter { return openXDP(t, w.a, w.ia, 0) },
		"clone": func(t testing.TB, w *wire) Transmitter { return openCloner(t, w) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			s := open(t, w)
			r := openRing(t, RingConfig{NS: w.b, Ifindex: w.ib, Protocol: testType})
			setLink(t, w.b, func(h *netlink.Handle, l netlink.Link) error { return h.LinkSetDown(l) })
			var frames [][]byte
			for i := range 100 {
				frames = append(frames, numbered(uint32(i), 60))
			}
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			if n, err := s.SendBatch(ctx, frames); n != 0 || err != context.DeadlineExceeded {
				t.Fatalf("without a carrier: %d frames left, %v", n, err)
			}
			if sent, retries := s.TxStats(); sent != 0 || retries == 0 {
				t.Errorf("counted %d sent, %d retries", sent, retries)
			}
			must(t, s.Close())
			s = open(t, w)
			back := time.AfterFunc(20*time.Millisecond, func() {
				setLink(t, w.b, func(h *netlink.Handle, l netlink.Link) error { return h.LinkSetUp(l) })
			})
			defer back.Stop()
			n, err := s.SendBatch(within(t), frames)
			if n != len(frames) || err != nil {
				t.Fatalf("when the carrier is back: %d frames left, %v", n, err)
			}
			var got []uint32
			for len(got) < len(frames) {
				f, err := r.Next(within(t))
				if errors.Is(err, ErrInterfaceDown) {
					continue
				}
				must(t, err)
				got = append(got, number(f.Data))
			}
			slices.Sort(got)
			for i, x := range got {
				if x != uint32(i) {
					t.Fatalf("got %v: want each frame once", got)
				}
			}
		})
	}
}

func setLink(t testing.TB, ns *netns.NS, f func(*netlink.Handle, netlink.Link) error) {
	t.Helper()
	must(t, ns.Do(func() error {
		h, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer h.Close()
		l, err := h.LinkByName("v0")
		if err != nil {
			return err
		}
		return f(h, l)
	}))
}

func openLive(t testing.TB, w *wire, threads int, frames ...[]byte) *LiveFrames {
	t.Helper()
	if err := CanLive(); err != nil {
		t.Skip(err)
	}
	napi(t, w.b)
	l, err := OpenLive(LiveConfig{NS: w.a, Ifindex: w.ia, Frames: frames, Threads: threads})
	must(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// The count is what arrives, and frames take their turns.
func TestLiveFrames(t *testing.T) {
	w := newWire(t)
	var frames [][]byte
	for i := range 300 {
		frames = append(frames, numbered(uint32(i), 60))
	}
	l := openLive(t, w, 1, frames...)
	r := openRing(t, RingConfig{NS: w.b, Ifindex: w.ib, Protocol: testType, BlockSize: 64 << 10, Blocks: 512, Retire: 60 * time.Millisecond})
	const n = 30_000
	told := uint64(0)
	sent, err := l.Send(within(t), n, func(sent uint64) { told = sent })
	if sent != n || told != n || err != nil {
		t.Fatalf("sent %d (told %d), %v", sent, told, err)
	}
	_, retries := l.TxStats()
	seen := map[uint32]int{}
	for i, x := range arrivals(t, r, n) {
		seen[x]++
		if retries == 0 && x != uint32(i%300) {
			t.Fatalf("frame %d has number %d", i, x)
		}
	}
	if len(seen) != 300 {
		t.Errorf("%d different frames arrived, want 300", len(seen))
	}
	if st, _ := r.Stats(); st.Dropped > 0 {
		t.Errorf("the receiver dropped %d", st.Dropped)
	}
}

func TestLiveThreads(t *testing.T) {
	w := newWire(t)
	l := openLive(t, w, 2, numbered(7, 60))
	var before, after netlink.LinkStatistics
	stats := func(s *netlink.LinkStatistics) {
		setLink(t, w.b, func(h *netlink.Handle, l netlink.Link) error { *s = *l.Attrs().Statistics; return nil })
	}
	stats(&before)
	const n = 100_001
	if sent, err := l.Send(within(t), n, nil); sent != n || err != nil {
		t.Fatalf("sent %d, %v", sent, err)
	}
	stats(&after)
	if got := after.RxPackets - before.RxPackets; got != n {
		t.Errorf("%d frames arrived, want %d", got, n)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	before = after
	sent, err := l.Send(ctx, 0, nil)
	must(t, err)
	if stats(&after); after.RxPackets-before.RxPackets != sent || sent == 0 {
		t.Errorf("without end: %d sent, %d arrived", sent, after.RxPackets-before.RxPackets)
	}
}

func TestLiveErrors(t *testing.T) {
	if err := CanLive(); err != nil {
		t.Skip(err)
	}
	w := newWire(t)
	one := [][]byte{numbered(1, 60)}
	// Where the kernel tells, this is known before a frame is made; else it is counted.
	l, err := OpenLive(LiveConfig{NS: w.a, Ifindex: w.ia, Frames: one})
	if err == nil {
		_, err = l.Send(within(t), 1000, nil)
	}
	if !errors.Is(err, ErrNotLive) {
		t.Errorf("a far end without NAPI: got %v", err)
	}
	for _, frames := range [][][]byte{nil, {make([]byte, 13)}, {numbered(1, 60), numbered(1, 61)}, {make([]byte, 4000)}} {
		if _, err := OpenLive(LiveConfig{NS: w.a, Ifindex: w.ia, Frames: frames}); err == nil {
			t.Errorf("%d frames: no error", len(frames))
		}
	}
	l = openLive(t, w, 1, one...)
	setLink(t, w.a, func(h *netlink.Handle, l netlink.Link) error { return h.LinkSetDown(l) })
	if n, err := l.Send(within(t), 1000, nil); n != 0 || !errors.Is(err, ErrInterfaceDown) {
		t.Errorf("interface down: got %d, %v", n, err)
	}
}

// Pieces cover every byte that differs, inside the frame, aligned in the table.
func TestLiveParts(t *testing.T) {
	for _, offsets := range [][]int{{0}, {59}, {34, 35, 40, 41}, {57, 58, 59}, {0, 9, 18, 27, 59}, {3, 4, 5, 6, 7, 8, 9, 10, 11, 12}} {
		covered := map[int]bool{}
		for _, p := range liveParts(offsets, 60) {
			if p.off+p.size > 60 || p.at%p.size != 0 {
				t.Errorf("%v: part %+v", offsets, p)
			}
			for i := range p.size {
				covered[p.off+i] = true
			}
		}
		for _, o := range offsets {
			if !covered[o] {
				t.Errorf("%v: %d is not covered", offsets, o)
			}
		}
	}
}
