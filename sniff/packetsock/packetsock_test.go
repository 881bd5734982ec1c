package packetsock

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

func writeFile(name, text string) error { return os.WriteFile(name, []byte(text), 0) }

func openRing(t testing.TB, cfg RingConfig) *Ring {
	t.Helper()
	if cfg.BlockSize == 0 {
		cfg.BlockSize, cfg.Blocks = 256<<10, 8
	}
	if cfg.Retire == 0 {
		cfg.Retire = 2 * time.Millisecond
	}
	r, err := OpenRing(cfg)
	must(t, err)
	t.Cleanup(func() { r.Close() })
	return r
}

func openSock(t testing.TB, cfg SockConfig) *Sock {
	t.Helper()
	s, err := OpenSock(cfg)
	must(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// receiver is what the tests of both kinds of capture use.
type receiver struct {
	next func(context.Context) (Frame, error)
	*common
	close func() error
}

// receivers runs a test with a ring and with a socket.
func receivers(t *testing.T, f func(t *testing.T, open func(RingConfig) receiver)) {
	t.Run("Ring", func(t *testing.T) {
		f(t, func(c RingConfig) receiver {
			r := openRing(t, c)
			return receiver{r.Next, &r.common, r.Close}
		})
	})
	t.Run("RingRead", func(t *testing.T) {
		f(t, func(c RingConfig) receiver {
			r := openRing(t, c)
			return receiver{r.Read, &r.common, r.Close}
		})
	})
	t.Run("Sock", func(t *testing.T) {
		f(t, func(c RingConfig) receiver {
			s := openSock(t, SockConfig{NS: c.NS, Ifindex: c.Ifindex, Protocol: c.Protocol, Filter: c.Filter,
				SnapLen: c.SnapLen, Promisc: c.Promisc, IgnoreOutgoing: c.IgnoreOutgoing})
			buf := make([]byte, 70000)
			return receiver{func(ctx context.Context) (Frame, error) { return s.Recv(ctx, buf) }, &s.common, s.Close}
		})
	})
}

// Every frame of a burst is received in order and unchanged, or counted as dropped.
func TestEveryFrameAccountedFor(t *testing.T) {
	const n = 120_000
	for _, tc := range []struct {
		name string
		cfg  RingConfig
		slow bool
	}{
		{"default", RingConfig{BlockSize: 1 << 20, Blocks: 32}, false},
		{"tiny ring", RingConfig{BlockSize: 16 << 10, Blocks: 2}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWire(t)
			tc.cfg.NS, tc.cfg.Ifindex, tc.cfg.Protocol = w.b, w.ib, testType
			r := openRing(t, tc.cfg)
			tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})

			sent := make(chan error, 1)
			go func() {
				frames := make([][]byte, 500)
				for i := uint32(0); i < n; i += uint32(len(frames)) {
					for k := range frames {
						frames[k] = numbered(i+uint32(k), 60)
					}
					if _, err := tx.SendBatch(context.Background(), frames); err != nil {
						sent <- err
						return
					}
				}
				sent <- nil
			}()
			var got, last, prev int64 = 0, -1, 0
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				if err := <-sent; err != nil {
					t.Error(err)
				}
				time.Sleep(10 * r.Retire())
				cancel()
			}()
			if tc.slow { // the ring fills before anybody reads
				if err := <-sent; err != nil {
					t.Fatal(err)
				}
				sent <- nil
			}
			for {
				f, err := r.Next(ctx)
				if errors.Is(err, context.Canceled) {
					break
				}
				must(t, err)
				if k := int64(number(f.Data)); k <= last || !bytes.Equal(f.Data, numbered(uint32(k), 60)) {
					t.Fatalf("frame %d after %d: % x", k, last, f.Data)
				} else {
					last = k
				}
				if f.Time < prev {
					t.Fatalf("frame %d is %d ns older than the one before", last, prev-f.Time)
				}
				prev = f.Time
				got++
			}
			st, err := r.Stats()
			must(t, err)
			if uint64(got) != st.Received || st.Received+st.Dropped != n {
				t.Errorf("sent %d, read %d, stats %+v", n, got, st)
			}
			if tc.slow && (st.Dropped == 0 || st.Freezes == 0) {
				t.Errorf("nothing dropped by a ring that was not read: %+v", st)
			}
			if sent, _ := tx.TxStats(); sent != n {
				t.Errorf("TxStats: %d sent, want %d", sent, n)
			}
		})
	}
}

func TestFrameMetadata(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
		before := time.Now()
		for i, dst := range []net.HardwareAddr{macB, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, {1, 0, 0x5e, 0, 0, 1}} {
			sent := numbered(uint32(i), 100)
			copy(sent, dst)
			must(t, tx.Send(t.Context(), sent))
			f, err := r.next(within(t))
			must(t, err)
			if !bytes.Equal(f.Data, sent) || f.WireLen != 100 || f.Ifindex != w.ib || f.Protocol != testType ||
				f.HardwareType != HardwareEther || f.Type != PacketType(i) {
				t.Errorf("%+v", f)
			}
			if f.When().Before(before) || f.When().After(time.Now()) {
				t.Errorf("time %v, sent after %v", f.When(), before)
			}
		}
	})
}

// What the receiving host sends is seen with its direction, or left out on request.
func TestOutgoing(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.a, Ifindex: w.ia})
		deaf := open(RingConfig{NS: w.a, Ifindex: w.ia, IgnoreOutgoing: true})
		tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
		back := openSock(t, SockConfig{NS: w.b, Ifindex: w.ib, TxOnly: true})
		must(t, tx.Send(t.Context(), numbered(1, 60)))
		f, err := r.next(within(t))
		must(t, err)
		if f.Type != Outgoing || number(f.Data) != 1 {
			t.Errorf("%+v", f)
		}
		must(t, back.Send(t.Context(), numbered(2, 60)))
		f, err = deaf.next(within(t))
		must(t, err)
		if number(f.Data) != 2 {
			t.Errorf("saw frame %d, want 2 only", number(f.Data))
		}
	})
}

func TestVLANTagIsBack(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
		for _, tags := range [][]uint16{
			{0x8100, 0x6005},                 // priority 3, VLAN 5
			{0x88a8, 0x0064, 0x8100, 0x0005}, // 802.1ad outside 802.1Q
			{0x8100, 0x0000},                 // priority tag only: VLAN 0 is a tag, too
		} {
			plain := numbered(7, 60)
			sent := slices.Clone(plain[:12])
			for _, v := range tags {
				sent = binary.BigEndian.AppendUint16(sent, v)
			}
			sent = append(sent, plain[12:]...)
			must(t, tx.Send(t.Context(), sent))
			f, err := r.next(within(t))
			must(t, err)
			if !bytes.Equal(f.Data, sent) || f.WireLen != len(sent) {
				t.Errorf("tags %x:\ngot  % x (wire %d)\nwant % x", tags, f.Data, f.WireLen, sent)
			}
		}
	})
}

func TestLoopbackOnce(t *testing.T) {
	for _, all := range []bool{false, true} {
		receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
			ns, h := newNS(t)
			lo, err := h.LinkByName("lo")
			must(t, err)
			must(t, h.LinkSetUp(lo))
			cfg := RingConfig{NS: ns, Ifindex: lo.Attrs().Index, Protocol: unix.ETH_P_IP}
			if all {
				cfg.Ifindex = 0
			}
			r := open(cfg)
			var conn net.Conn
			must(t, ns.Do(func() (err error) {
				conn, err = net.Dial("udp4", "127.0.0.1:9")
				return err
			}))
			defer conn.Close()
			// The first comes back as a port-unreachable error, so that the second
			// write may fail: that is the answer to the first.
			for _, s := range []string{"first", "second", "second"} {
				conn.Write([]byte(s))
			}
			counts := map[string]int{}
			for counts["second"] == 0 {
				f, err := r.next(within(t))
				must(t, err)
				if f.Type == Outgoing || f.HardwareType != HardwareLoopback {
					t.Errorf("%+v", f)
				}
				if f.Data[23] == unix.IPPROTO_UDP {
					counts[string(f.Data[42:])]++
				}
			}
			if counts["first"] != 1 {
				t.Errorf("saw %v, want the first once", counts)
			}
		})
	}
}

func TestSnapLen(t *testing.T) {
	keep100 := Filter{{Code: unix.BPF_RET | unix.BPF_K, K: 100}}
	accLen := Filter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_LEN}, {Code: unix.BPF_RET | unix.BPF_A}}
	for _, tc := range []struct {
		name   string
		snap   int
		filter Filter
		want   int
	}{
		{"none", 0, nil, 1000},
		{"64", 64, nil, 64},
		{"filter's own", 0, keep100, 100},
		{"below the filter's", 64, keep100, 64},
		{"ret a", 64, accLen, 64},
	} {
		t.Run(tc.name, func(t *testing.T) {
			receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
				w := newWire(t)
				r := open(RingConfig{NS: w.b, Ifindex: w.ib, SnapLen: tc.snap, Filter: tc.filter})
				tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
				must(t, tx.Send(t.Context(), numbered(3, 1000)))
				f, err := r.next(within(t))
				must(t, err)
				if len(f.Data) != tc.want || f.WireLen != 1000 {
					t.Errorf("kept %d of %d bytes, want %d of 1000", len(f.Data), f.WireLen, tc.want)
				}
			})
		})
	}
}

// onlyNumbers takes the frames that numbered makes with n.
func onlyNumber(n uint32) Filter {
	return Filter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 14},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: n, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0xffffffff},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
}

// Nothing unfiltered gets in while the socket is opened, though the link is busy.
func TestFilterBeforeBind(t *testing.T) {
	w := newWire(t)
	tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		frames := [][]byte{numbered(1, 60), numbered(2, 60), numbered(1, 60), numbered(1, 60)}
		for {
			select {
			case <-stop:
				return
			default:
				tx.SendBatch(context.Background(), frames)
			}
		}
	}()
	defer func() { close(stop); <-stopped }()
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		for range 5 {
			r := open(RingConfig{NS: w.b, Ifindex: w.ib, Filter: onlyNumber(2)})
			for range 20 {
				f, err := r.next(within(t))
				must(t, err)
				if number(f.Data) != 2 {
					t.Fatalf("frame %d got past the filter", number(f.Data))
				}
			}
		}
	})
}

// A kept socket is handed from one user to the next without frames of the old one.
func TestDrainBetweenFilters(t *testing.T) {
	w := newWire(t)
	tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	s := openSock(t, SockConfig{NS: w.b, Ifindex: w.ib, Filter: onlyNumber(1)})
	buf := make([]byte, 2000)
	for range 10 {
		must(t, tx.Send(t.Context(), numbered(1, 60)))
	}
	must(t, s.SetFilter(Reject))
	must(t, tx.Send(t.Context(), numbered(2, 60)))
	must(t, s.Drain())
	must(t, s.SetFilter(onlyNumber(3)))
	if f, ok, err := s.TryRecv(buf); ok || err != nil {
		t.Fatalf("%v, %v", f, err)
	}
	must(t, tx.Send(t.Context(), numbered(3, 60)))
	f, err := s.Recv(within(t), buf)
	must(t, err)
	if number(f.Data) != 3 {
		t.Errorf("frame %d, want 3", number(f.Data))
	}
}

func TestPromiscuous(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		promisc := func() bool {
			var on bool
			must(t, w.b.Do(func() error {
				l, err := netlink.LinkByName("v0")
				if err == nil {
					on = l.Attrs().Promisc != 0
				}
				return err
			}))
			return on
		}
		r := open(RingConfig{NS: w.b, Ifindex: w.ib, Promisc: true})
		if !promisc() {
			t.Error("not promiscuous while open")
		}
		must(t, r.close())
		if promisc() {
			t.Error("promiscuous after Close")
		}
	})
}

func TestCloseUnblocks(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		got := make(chan error, 1)
		go func() {
			_, err := r.next(context.Background())
			got <- err
		}()
		runtime.Gosched()
		must(t, r.close())
		if err := <-got; !errors.Is(err, os.ErrClosed) {
			t.Errorf("got %v, want os.ErrClosed", err)
		}
		if _, err := r.next(t.Context()); !errors.Is(err, os.ErrClosed) {
			t.Errorf("after Close: got %v, want os.ErrClosed", err)
		}
		if _, err := r.Stats(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
}

// Close may come at any point of a reader's work.
func TestCloseUnderLoad(t *testing.T) {
	w := newWire(t)
	tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	frames := make([][]byte, 64)
	for i := range frames {
		frames[i] = numbered(uint32(i), 60)
	}
	for range 10 {
		r := openRing(t, RingConfig{NS: w.b, Ifindex: w.ib})
		done := make(chan error)
		go func() {
			for {
				f, err := r.Next(context.Background())
				if err != nil {
					done <- err
					return
				}
				for range f.Data {
				}
			}
		}()
		for range 20 {
			_, err := tx.SendBatch(t.Context(), frames)
			must(t, err)
		}
		must(t, r.Close())
		if err := <-done; !errors.Is(err, os.ErrClosed) {
			t.Fatal(err)
		}
	}
}

func TestContextAndDeadline(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})

		done, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.next(done); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled before: %v", err)
		}
		short, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if _, err := r.next(short); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cancelled while waiting: %v", err)
		}
		must(t, r.setDeadline(time.Now().Add(5*time.Millisecond)))
		if _, err := r.next(t.Context()); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("deadline: %v", err)
		}
		// Neither outlives its call.
		must(t, r.setDeadline(time.Time{}))
		must(t, tx.Send(t.Context(), numbered(9, 60)))
		f, err := r.next(within(t))
		must(t, err)
		if number(f.Data) != 9 {
			t.Errorf("%+v", f)
		}
	})
}

func TestInterfaceGoesDown(t *testing.T) {
	receivers(t, func(t *testing.T, open func(RingConfig) receiver) {
		w := newWire(t)
		r := open(RingConfig{NS: w.b, Ifindex: w.ib})
		got := make(chan error, 1)
		go func() {
			_, err := r.next(within(t))
			got <- err
		}()
		must(t, w.b.Do(func() error {
			l, err := netlink.LinkByName("v0")
			if err == nil {
				err = netlink.LinkSetDown(l)
			}
			return err
		}))
		if err := <-got; !errors.Is(err, ErrInterfaceDown) {
			t.Errorf("while reading: got %v, want ErrInterfaceDown", err)
		}
		_, err := OpenRing(RingConfig{NS: w.b, Ifindex: w.ib})
		if !errors.Is(err, ErrInterfaceDown) || !strings.Contains(err.Error(), "v0") {
			t.Errorf("open: %v", err)
		}
	})
}

func TestOpenErrors(t *testing.T) {
	w := newWire(t)
	const missing = 4242
	if _, err := OpenRing(RingConfig{NS: w.a, Ifindex: missing}); !errors.Is(err, ErrNoInterface) {
		t.Errorf("ring: %v", err)
	}
	if _, err := OpenSock(SockConfig{NS: w.a, Ifindex: missing}); !errors.Is(err, ErrNoInterface) || !errors.Is(err, unix.ENODEV) {
		t.Errorf("socket: %v", err)
	}
	if _, err := OpenRing(RingConfig{NS: w.a, Filter: make(Filter, 5000)}); err == nil || !strings.Contains(err.Error(), "5000 instructions") {
		t.Errorf("long filter: %v", err)
	}
	// A jump beyond the end: the kernel refuses the program.
	bad := Filter{{Code: unix.BPF_JMP | unix.BPF_JA, K: 10}, {Code: unix.BPF_RET | unix.BPF_K}}
	if _, err := OpenSock(SockConfig{NS: w.a, Filter: bad}); !errors.Is(err, unix.EINVAL) {
		t.Errorf("bad filter: %v", err)
	}
}

func TestSendErrors(t *testing.T) {
	w := newWire(t)
	tx := openSock(t, SockConfig{NS: w.a, Ifindex: w.ia, TxOnly: true})
	n, err := tx.SendBatch(t.Context(), [][]byte{numbered(0, 60), numbered(1, 3000), numbered(2, 60)})
	if n != 1 || !errors.Is(err, ErrTooBig) || !strings.Contains(err.Error(), "3000 bytes") {
		t.Errorf("too big: %d, %v", n, err)
	}
	must(t, w.a.Do(func() error {
		l, err := netlink.LinkByName("v0")
		must(t, err)
		return netlink.LinkSetDown(l)
	}))
	if err := tx.Send(t.Context(), numbered(0, 60)); !errors.Is(err, ErrInterfaceDown) || !strings.Contains(err.Error(), "ip link set v0 up") {
		t.Errorf("down: %v", err)
	}
	must(t, w.a.Do(func() error {
		l, err := netlink.LinkByName("v0")
		must(t, err)
		return netlink.LinkDel(l)
	}))
	if err := tx.Send(t.Context(), numbered(0, 60)); !errors.Is(err, ErrNoInterface) {
		t.Errorf("gone: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := tx.Send(done, numbered(0, 60)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	tx.Close()
	if err := tx.Send(t.Context(), numbered(0, 60)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
}

// A tun interface has no link header to tell IPv4 from IPv6 by.
func TestSendWithoutLinkHeader(t *testing.T) {
	ns, h := newNS(t)
	var tun *netlink.Tuntap
	must(t, ns.Do(func() error {
		tun = &netlink.Tuntap{LinkAttrs: netlink.LinkAttrs{Name: "tun0"}, Mode: netlink.TUNTAP_MODE_TUN, Queues: 1, Flags: netlink.TUNTAP_NO_PI}
		return h.LinkAdd(tun)
	}))
	if len(tun.Fds) == 0 {
		t.Fatal("no queue")
	}
	defer tun.Fds[0].Close()
	l, err := h.LinkByName("tun0")
	must(t, err)
	must(t, h.LinkSetUp(l))
	s := openSock(t, SockConfig{NS: ns, Ifindex: l.Attrs().Index})
	// The kernel shows a socket's packets to all sockets but itself.
	tx := openSock(t, SockConfig{NS: ns, Ifindex: l.Attrs().Index, TxOnly: true})
	if s.HardwareType() != HardwareNone {
		t.Errorf("hardware type %#x", s.HardwareType())
	}
	buf := make([]byte, 200)
	for _, tc := range []struct {
		first byte
		proto uint16
	}{{0x45, unix.ETH_P_IP}, {0x60, unix.ETH_P_IPV6}} {
		packet := append([]byte{tc.first}, bytes.Repeat([]byte{0xab}, 59)...)
		// Until its queue is in place the interface throws packets away without telling.
		for seen, tries := false, 0; !seen; tries++ {
			if tries == 1000 {
				t.Fatal("nothing leaves")
			}
			must(t, tx.Send(t.Context(), packet))
			soon, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			for {
				f, err := s.Recv(soon, buf)
				if errors.Is(err, context.DeadlineExceeded) {
					break
				}
				must(t, err)
				if bytes.Equal(f.Data, packet) {
					seen = true
					if f.Protocol != tc.proto || f.Type != Outgoing {
						t.Errorf("%+v", f)
					}
					break
				}
			}
			cancel()
		}
	}
}

func TestRawIPToOwnAddresses(t *testing.T) {
	ns, h := newNS(t)
	lo, err := h.LinkByName("lo")
	must(t, err)
	must(t, h.LinkSetUp(lo))
	for _, tc := range []struct {
		dst    string
		packet []byte
	}{
		{"127.0.0.1", []byte{0x45, 0, 0, 28, 0x12, 0x34, 0, 0, 64, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1, 0, 9, 0, 9, 0, 8, 0, 0}},
		{"::1", append(append([]byte{0x60, 0, 0, 0, 0, 8, 17, 64}, append(netip.IPv6Loopback().AsSlice(), netip.IPv6Loopback().AsSlice()...)...), 0, 9, 0, 9, 0, 8, 0xff, 0xff)},
	} {
		dst := netip.MustParseAddr(tc.dst)
		s := openSock(t, SockConfig{NS: ns, Ifindex: lo.Attrs().Index})
		raw, err := OpenRawIP(RawIPConfig{NS: ns, IPv6: dst.Is6(), Mark: 7})
		must(t, err)
		defer raw.Close()
		must(t, raw.Send(t.Context(), dst, tc.packet))
		buf := make([]byte, 2000)
		f, err := s.Recv(within(t), buf)
		must(t, err)
		got := slices.Clone(f.Data[14:])
		if dst.Is4() {
			got[10], got[11] = 0, 0 // the checksum, which the kernel fills in
		}
		if !bytes.Equal(got, tc.packet) {
			t.Errorf("got  % x\nwant % x", got, tc.packet)
		}
		if err := raw.Send(t.Context(), dst, make([]byte, 70000)); !errors.Is(err, ErrTooBig) {
			t.Errorf("70000 bytes: %v", err)
		}
	}
	if _, err := OpenRawIP(RawIPConfig{NS: ns, Device: "none0"}); !errors.Is(err, ErrNoInterface) {
		t.Errorf("device: %v", err)
	}
}

func TestNoRights(t *testing.T) {
	newNS(t) // skips where there are no rights to give up
	// Capabilities belong to threads; this one is given up with its own.
	errs := make(chan error, 3)
	go func() {
		runtime.LockOSThread()
		hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
		var none [2]unix.CapUserData
		if err := unix.Capset(&hdr, &none[0]); err != nil {
			errs <- err
			return
		}
		for _, open := range []func() error{
			func() error { _, err := OpenRing(RingConfig{}); return err },
			func() error { _, err := OpenSock(SockConfig{}); return err },
			func() error { _, err := OpenRawIP(RawIPConfig{}); return err },
		} {
			errs <- open()
		}
	}()
	for range 3 {
		if err := <-errs; !errors.Is(err, os.ErrPermission) || !strings.Contains(err.Error(), "setcap cap_net_raw") {
			t.Errorf("got %v", err)
		}
	}
}

type slowCloser struct{ open chan struct{} }

func (c slowCloser) Close() error { <-c.open; return nil }

func TestDrain(t *testing.T) {
	c := slowCloser{make(chan struct{})}
	CloseLater(c)
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := Drain(short); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("while closing: %v", err)
	}
	close(c.open)
	must(t, Drain(within(t)))
}

// Whatever the kernel's metadata says, restoreTag stays within the frame.
func TestRestoreTagShort(t *testing.T) {
	for n := range 20 {
		room := make([]byte, vlanTagLen+n)
		f := Frame{Data: room[vlanTagLen:], WireLen: n}
		f.restoreTag(room, unix.TP_STATUS_VLAN_VALID, 5, 0)
		want := n
		if n >= vlanOffset {
			want += vlanTagLen
			if f.Data[12] != 0x81 || f.Data[15] != 5 {
				t.Errorf("% x", f.Data)
			}
		}
		if len(f.Data) != want || f.WireLen != want {
			t.Errorf("%d bytes: got %d, want %d", n, len(f.Data), want)
		}
	}
}
