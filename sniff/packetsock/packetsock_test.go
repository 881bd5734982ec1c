package packetsock

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

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
	setDeadline func(time.Time) error
	close       func() error
}

// receivers runs a test with a ring and with a socket.
func receivers(t *testing.T, f func(t *testing.T, open func(RingConfig) receiver)) {
	t.Run("Ring", func(t *testing.T) {
		f(t, func(c RingConfig) receiver {
			r := openRing(t, c)
			return receiver{r.Next, &r.common, r.SetReadDeadline, r.Close}
		})
	})
	t.Run("RingRead", func(t *testing.T) {
		f(t, func(c RingConfig) receiver {
			r := openRing(t, c)
			return receiver{r.Read, &r.common, r.SetReadDeadline, r.Close}
		})
	})
	t.Run("Sock", func(t *testing.T) {
		f(t, func(c RingConfig) receiver {
			s := openSock(t, SockConfig{NS: c.NS, Ifindex: c.Ifindex, Protocol: c.Protocol, Filter: c.Filter,
				SnapLen: c.SnapLen, Promisc: c.Promisc, IgnoreOutgoing: c.IgnoreOutgoing})
			buf := make([]byte, 70000)
			return receiver{func(ctx context.Context) (Frame, error) { return s.Recv(ctx, buf) }, &s.common, s.SetReadDeadline, s.Close}
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
