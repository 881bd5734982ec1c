package packetsock

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

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
