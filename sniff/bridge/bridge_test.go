package bridge_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/sniff/bridge"
	"pktsh/sniff/packetsock"
)

// offloads switches what a host leaves to its card on or off.
func offloads(t testing.TB, h *lab.Host, on uint32) {
	t.Helper()
	err := h.Do(func() error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		for _, cmd := range []uint32{unix.ETHTOOL_STXCSUM, unix.ETHTOOL_SSG, unix.ETHTOOL_STSO, unix.ETHTOOL_SGSO} {
			value := struct{ cmd, data uint32 }{cmd, on}
			var ifreq struct {
				name [unix.IFNAMSIZ]byte
				data unsafe.Pointer
				_    [16]byte
			}
			copy(ifreq.name[:], "lab0")
			ifreq.data = unsafe.Pointer(&value)
			if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&ifreq))); e != 0 {
				return e
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A bulk transfer each way between kernels that leave segmentation and checksums
// to the card arrives whole, in packets that fit the link, each with a right checksum.
func TestOffloads(t *testing.T) {
	for _, c := range []struct {
		name string
		addr func(h *lab.Host) string
	}{
		{"IPv4", func(h *lab.Host) string { return h.Addr4.String() }},
		{"IPv6", func(h *lab.Host) string { return h.Addr6.String() }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newMiddle(t)
			offloads(t, m.client, 1)
			offloads(t, m.server, 1)
			// The server's own capture tells what came over the wire.
			ring, err := packetsock.OpenRing(packetsock.RingConfig{NS: m.server.NS, Ifindex: m.server.Ifaces[0].Index, IgnoreOutgoing: true})
			if err != nil {
				t.Fatal(err)
			}
			defer packetsock.CloseLater(ring)

			l, err := m.server.Listen("tcp", net.JoinHostPort(c.addr(m.server), "8000"))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			data := bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), 100_000)
			want := sha256.Sum256(data)
			sum := func(r io.Reader) (out [32]byte) {
				h := sha256.New()
				io.Copy(h, r)
				return [32]byte(h.Sum(nil))
			}
			got := make(chan [32]byte, 2)
			go func() {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				got <- sum(conn)
				conn.Write(data)
			}()
			conn, err := m.client.Dial(within(t), "tcp", l.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			conn.SetDeadline(time.Now().Add(30 * time.Second))
			if _, err := conn.Write(data); err != nil {
				t.Fatal(err)
			}
			conn.(interface{ CloseWrite() error }).CloseWrite()
			if back := sum(conn); back != want {
				t.Errorf("what came back differs")
			}
			conn.Close()
			if there := <-got; there != want {
				t.Errorf("what arrived differs")
			}
			for _, s := range m.Stats() {
				if s.Segmented == 0 {
					t.Errorf("%s: no super-segment among %d frames; nothing was tried", s.Iface, s.Received)
				}
				if s.Lost() > 0 {
					t.Error(s.LossText())
				}
			}
			wrong := 0
			ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
			defer cancel()
			for {
				f, err := ring.Next(ctx)
				if err != nil {
					break
				}
				if f.WireLen > 1514 || f.ChecksumOpen || !checksumsRight(f.Data) {
					wrong++
				}
			}
			if wrong > 0 {
				t.Errorf("%d frames at the server were too long or had a wrong checksum", wrong)
			}
		})
	}
}

// checksumsRight checks IPv4's and TCP's checksum of a whole frame.
func checksumsRight(b []byte) bool {
	fold := func(b []byte, s uint32) uint16 {
		for i := 0; i+1 < len(b); i += 2 {
			s += uint32(b[i])<<8 | uint32(b[i+1])
		}
		if len(b)%2 == 1 {
			s += uint32(b[len(b)-1]) << 8
		}
		for s > 0xffff {
			s = s>>16 + s&0xffff
		}
		return uint16(s)
	}
	switch ip := b[14:]; {
	case b[12] == 0x08 && b[13] == 0 && ip[9] == 6:
		n := int(ip[2])<<8 | int(ip[3])
		ihl := int(ip[0]&15) * 4
		pseudo := uint32(n-ihl) + 6 + uint32(fold(ip[12:20], 0))
		return fold(ip[:ihl], 0) == 0xffff && fold(ip[ihl:n], pseudo) == 0xffff
	case b[12] == 0x86 && b[13] == 0xdd && ip[6] == 6:
		n := int(ip[4])<<8 | int(ip[5])
		return fold(ip[40:40+n], uint32(n)+6+uint32(fold(ip[8:40], 0))) == 0xffff
	}
	return true
}

// Datagrams that one call makes of a large buffer (udp(7), UDP_SEGMENT) arrive one by one.
func TestUDPSegments(t *testing.T) {
	m := newMiddle(t)
	offloads(t, m.client, 1)
	client, server := m.udp(t)
	// UDP_SEGMENT by setsockopt, for all that the socket sends.
	rc, err := client.(syscall.Conn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var serr error
	rc.Control(func(fd uintptr) { serr = unix.SetsockoptInt(int(fd), unix.SOL_UDP, unix.UDP_SEGMENT, 4) })
	if serr != nil {
		t.Skipf("this kernel cannot segment datagrams: %v", serr)
	}
	say(t, client, "one two six end")
	if got := hear(t, server, 4); !slices.Equal(got, []string{"one ", "two ", "six ", "end"}) {
		t.Errorf("the server heard %q", got)
	}
	if s := m.Stats()[bridge.One]; s.Segmented != 1 || s.Extra != 3 {
		t.Errorf("%d super-segments, %d packets more; want 1 and 3", s.Segmented, s.Extra)
	}
}

func TestRefused(t *testing.T) {
	m := newMiddle(t)
	for _, c := range []struct {
		ifaces [2]string
		want   string
	}{
		{[2]string{"lab0", "lab0"}, "both sides are lab0"},
		{[2]string{"lab0", "nosuch"}, `interface "nosuch"`},
		{[2]string{"lo", "lab0"}, "lo is no Ethernet interface"},
	} {
		b, err := bridge.Open(bridge.Config{NS: m.host.NS, Ifaces: c.ifaces})
		if err == nil {
			b.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Open of %v: got %v, want %q", c.ifaces, err, c.want)
		}
	}
	if err := m.Run(context.Background()); err == nil || !strings.Contains(err.Error(), "running already") {
		t.Errorf("a second Run: %v", err)
	}
}

// Frames too large for the far link are counted, and the others pass.
func TestTooBig(t *testing.T) {
	m := newMiddle(t)
	client, server := m.udp(t)
	m.setMTU(t, "lab1", 1000)
	say(t, client, strings.Repeat("x", 1200))
	say(t, client, "small")
	if got := hear(t, server, 1); got[0] != "small" {
		t.Errorf("the server heard %q", got)
	}
	if s := m.Stats()[bridge.One]; s.TooBig != 1 || !strings.Contains(s.LossText(), "1 larger than the other interface's MTU") {
		t.Errorf("%d too big: %s", s.TooBig, s.LossText())
	}
}

func (m *middle) link(t *testing.T, name string, fn func(h *netlink.Handle, l netlink.Link) error) {
	t.Helper()
	err := m.host.Do(func() error {
		h, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer h.Close()
		l, err := h.LinkByName(name)
		if err != nil {
			return err
		}
		return fn(h, l)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (m *middle) setMTU(t *testing.T, name string, mtu int) {
	m.link(t, name, func(h *netlink.Handle, l netlink.Link) error { return h.LinkSetMTU(l, mtu) })
}

// A removed interface ends Run with an error that names it.
func TestRemovedInterface(t *testing.T) {
	m := newMiddle(t)
	m.link(t, "lab1", func(h *netlink.Handle, l netlink.Link) error { return h.LinkDel(l) })
	select {
	case err := <-m.done:
		if err == nil || !strings.Contains(err.Error(), "lab1 was removed") {
			t.Errorf("got %v", err)
		}
		m.done <- nil // for Close
	case <-time.After(20 * time.Second):
		t.Fatal("Run goes on")
	}
}
