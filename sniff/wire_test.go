package sniff_test

import (
	"context"
	"encoding/binary"
	"net"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/netns"
	"pktsh/sniff/packetsock"
)

// frames are n numbered UDP datagrams of one flow each, from port 1000 on to port
// 9, in Ethernet frames with the tags given (TPID and TCI in turn). Nobody in
// the lab takes them: the destination address is no host's.
func frames(n int, tags ...uint16) [][]byte {
	out := make([][]byte, n)
	for i := range out {
		f := []byte{2, 0, 0, 0, 0, 0x99, 2, 0, 0, 0, 0, 0x98}
		for _, t := range tags {
			f = binary.BigEndian.AppendUint16(f, t)
		}
		f = binary.BigEndian.AppendUint16(f, 0x0800)
		out[i] = append(f, datagram(i)...)
	}
	return out
}

// datagram is an IP packet with a number behind its UDP header.
func datagram(number int) []byte {
	f := []byte{0x45, 0, 0, 46, 0, 0, 0, 0, 64, 17, 0x26, 0xb0, 10, 77, 0, 1, 10, 77, 0, 2}
	f = binary.BigEndian.AppendUint16(f, uint16(1000+number%20000))
	f = append(f, 0, 9, 0, 26, 0, 0)
	f = binary.BigEndian.AppendUint32(f, uint32(number))
	return append(f, make([]byte, 14)...)
}

// numberIn is the number in a captured frame or packet.
func numberIn(b []byte) int { return int(binary.BigEndian.Uint32(b[len(b)-18:])) }

// sender transmits frames on the host's interface.
func sender(t testing.TB, h *lab.Host, ifname string) *packetsock.Sock {
	t.Helper()
	s, err := packetsock.OpenSock(packetsock.SockConfig{NS: h.NS, Ifindex: indexOf(t, h.NS, ifname), TxOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func sendAll(t testing.TB, s *packetsock.Sock, fs [][]byte) {
	t.Helper()
	for len(fs) > 0 {
		n, err := s.SendBatch(context.Background(), fs)
		if err != nil {
			t.Fatal(err)
		}
		fs = fs[n:]
	}
}

func indexOf(t testing.TB, ns *netns.NS, name string) int {
	t.Helper()
	var i *net.Interface
	err := ns.Do(func() (err error) {
		i, err = net.InterfaceByName(name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return i.Index
}

// tun makes a tunnel interface of an ARPHRD type, up; what is written to the file
// arrives on it.
func tun(t *testing.T, ns *netns.NS, name string, hardwareType int) *os.File {
	t.Helper()
	return tunnel(t, ns, name, hardwareType, unix.IFF_TUN|unix.IFF_NO_PI)
}

func tunnel(t *testing.T, ns *netns.NS, name string, hardwareType int, flags uint16) *os.File {
	t.Helper()
	var f *os.File
	err := ns.Do(func() error {
		fd, err := unix.Open("/dev/net/tun", unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Skipf("needs /dev/net/tun: %v", err)
		}
		f = os.NewFile(uintptr(fd), "tun")
		ifr, err := unix.NewIfreq(name)
		if err != nil {
			return err
		}
		ifr.SetUint16(flags)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, ifr); err != nil {
			return err
		}
		if err := unix.IoctlSetInt(fd, unix.TUNSETLINK, hardwareType); err != nil {
			return err
		}
		return setFlags(name, unix.IFF_UP)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// setFlags sets an interface's flags in the namespace of the calling thread (netdevice(7)).
func setFlags(name string, flags uint16) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	ifr, err := unix.NewIfreq(name)
	if err != nil {
		return err
	}
	ifr.SetUint16(flags)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, ifr)
}
