package lab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// tap collects what an interface of a host sends and receives.
type tap struct{ f *os.File }

func openTap(t *testing.T, h *Host, ifindex int) *tap {
	t.Helper()
	var fd int
	err := h.Do(func() (err error) {
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0); err != nil {
			return err
		}
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: 0x0300 /* ETH_P_ALL, big-endian */, Ifindex: ifindex})
	})
	if err != nil {
		t.Fatal(err)
	}
	tp := &tap{os.NewFile(uintptr(fd), "tap")}
	t.Cleanup(func() { tp.f.Close() })
	return tp
}

// until reads frames up to and including the first one that last accepts.
func (tp *tap) until(t *testing.T, last func(frame []byte) bool) [][]byte {
	t.Helper()
	tp.f.SetReadDeadline(time.Now().Add(timeout))
	var frames [][]byte
	for {
		buf := make([]byte, 1<<17)
		n, err := tp.f.Read(buf)
		if err != nil {
			t.Fatalf("after %d frames: %v", len(frames), err)
		}
		frames = append(frames, buf[:n])
		if last(buf[:n]) {
			return frames
		}
	}
}

// sum16 is the one's complement sum of RFC 1071.
func sum16(sum uint32, b []byte) uint32 {
	for ; len(b) > 1; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return sum
}

// segment is the TCP segment in a frame with its pseudo-header sum, or nil.
func segment(frame []byte) (seg []byte, pseudo uint32) {
	switch binary.BigEndian.Uint16(frame[12:]) {
	case unix.ETH_P_IP:
		ip := frame[14:]
		if ip[9] != unix.IPPROTO_TCP {
			return nil, 0
		}
		seg = ip[int(ip[0]&15)*4 : binary.BigEndian.Uint16(ip[2:])]
		pseudo = sum16(0, ip[12:20])
	case unix.ETH_P_IPV6:
		ip := frame[14:]
		if ip[6] != unix.IPPROTO_TCP {
			return nil, 0
		}
		seg = ip[40 : 40+binary.BigEndian.Uint16(ip[4:])]
		pseudo = sum16(0, ip[8:40])
	default:
		return nil, 0
	}
	return seg, pseudo + uint32(len(seg)) + unix.IPPROTO_TCP
}

func TestNoOffloadsOnTheWire(t *testing.T) {
	l := newLab(t, Options{})
	client, server := host(t, l, "client"), host(t, l, "server")
	for _, addr := range []netip.Addr{server.Addr4, server.Addr6} {
		taps := []*tap{openTap(t, client, client.Ifaces[0].Index), openTap(t, server, server.Ifaces[0].Index)}
		c, err := client.Dial(t.Context(), "tcp", netip.AddrPortFrom(addr, 7).String())
		if err != nil {
			t.Fatal(err)
		}
		// More than one segment at a time, both ways, and less than the taps hold.
		data := bytes.Repeat([]byte("0123456789abcdef"), 1<<10)
		go func() {
			c.Write(data)
			c.(interface{ CloseWrite() error }).CloseWrite()
		}()
		c.SetReadDeadline(time.Now().Add(timeout))
		if back, err := io.ReadAll(c); err != nil || !bytes.Equal(back, data) {
			t.Fatalf("echo: %d bytes, %v", len(back), err)
		}
		c.Close()
		for i, tp := range taps {
			fins, full := 0, 0
			frames := tp.until(t, func(frame []byte) bool {
				if seg, _ := segment(frame); seg != nil && seg[13]&1 != 0 {
					fins++
				}
				return fins == 2
			})
			for _, frame := range frames {
				if len(frame) > 14+defaultMTU {
					t.Errorf("%s, tap %d: a frame of %d bytes, want at most %d", addr, i, len(frame), 14+defaultMTU)
				}
				if len(frame) == 14+defaultMTU {
					full++
				}
				if seg, pseudo := segment(frame); seg != nil && sum16(pseudo, seg) != 0xffff {
					t.Errorf("%s, tap %d: TCP checksum of a %d-byte frame is wrong", addr, i, len(frame))
				}
			}
			if full == 0 {
				t.Errorf("%s, tap %d: no full-sized frame among %d", addr, i, len(frames))
			}
		}
	}
}

// The first thing on the wire of a new lab is what somebody sent: here a datagram,
// after the address resolution that it needs.
func TestQuietWire(t *testing.T) {
	l := newLab(t, Options{})
	client, server := host(t, l, "client"), host(t, l, "server")
	tp := openTap(t, client, client.Ifaces[0].Index)
	c, err := client.Dial(t.Context(), "udp", netip.AddrPortFrom(server.Addr4, 7).String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := echoed(c); err != nil {
		t.Fatal(err)
	}
	var kinds []uint16
	tp.until(t, func(frame []byte) bool {
		kinds = append(kinds, binary.BigEndian.Uint16(frame[12:]))
		return len(kinds) == 4
	})
	want := []uint16{unix.ETH_P_ARP, unix.ETH_P_ARP, unix.ETH_P_IP, unix.ETH_P_IP}
	for i := range want {
		if kinds[i] != want[i] {
			t.Fatalf("EtherTypes on the wire: got %#04x, want %#04x", kinds, want)
		}
	}
}

// ping sends an echo request from a host through a ping socket (icmp(7)) with a
// given TTL or hop limit, and returns the error that came back, if any.
func ping(t *testing.T, h *Host, to netip.Addr, ttl int) error {
	t.Helper()
	var fd int
	err := h.Do(func() (err error) {
		if to.Is4() {
			fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP)
		} else {
			fd, err = unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMPV6)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	request := []byte{8, 0, 0, 0, 0, 0, 0, 1}
	var sa unix.Sockaddr = &unix.SockaddrInet4{Addr: [4]byte(to.AsSlice()[:4])}
	level, opt, recverr := unix.IPPROTO_IP, unix.IP_TTL, unix.IP_RECVERR
	if to.Is6() {
		request[0] = 128
		sa = &unix.SockaddrInet6{Addr: to.As16()}
		level, opt, recverr = unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, unix.IPV6_RECVERR
	}
	tv := unix.NsecToTimeval(timeout.Nanoseconds())
	err = errors.Join(
		unix.SetsockoptInt(fd, level, opt, ttl),
		unix.SetsockoptInt(fd, level, recverr, 1), // without it time exceeded is a soft error, kept quiet
		unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &tv),
		unix.Connect(fd, sa),
	)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := unix.Write(fd, request); err != nil {
		return err
	}
	buf := make([]byte, 64)
	_, err = unix.Read(fd, buf)
	return err
}

func TestPing(t *testing.T) {
	l := newLab(t, Options{})
	client, server := host(t, l, "client"), host(t, l, "server")
	for _, h := range []*Host{client, server} {
		for _, to := range []netip.Addr{client.Addr4, client.Addr6, server.Addr4, server.Addr6} {
			if err := ping(t, h, to, 1); err != nil {
				t.Errorf("ping from %s to %s: %v", h.Name, to, err)
			}
		}
	}
}

func TestRouterExpiresTTL(t *testing.T) {
	l := newLab(t, Options{Router: true})
	client, server, router := host(t, l, "client"), host(t, l, "server"), host(t, l, "router")
	if got := server.Addr4.String() + " " + server.Addr6.String() + " " + server.MAC.String(); got != "10.99.1.2 fd99:0:0:1::2 02:00:00:99:01:02" {
		t.Errorf("server: %s", got)
	}
	if got := router.Addr4.String() + " " + router.Addr6.String(); got != "10.99.0.254 fd99::254" || len(router.Ifaces) != 2 {
		t.Errorf("router: %s, %+v", got, router.Ifaces)
	}
	for _, to := range []netip.Addr{server.Addr4, server.Addr6} {
		if err := ping(t, client, to, 2); err != nil {
			t.Errorf("ping %s: %v", to, err)
		}
		if err := ping(t, client, to, 1); !errors.Is(err, unix.EHOSTUNREACH) {
			t.Errorf("ping %s with TTL 1: got %v, want EHOSTUNREACH from time exceeded", to, err)
		}
	}
	for _, family := range []string{"4", "6"} {
		if got, err := fetch(l, family); err != nil || got != page {
			t.Errorf("GET / across the router: %q, %v", got, err)
		}
	}
}
