package firewall_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/nftables"
	"golang.org/x/sys/unix"

	"pktsh/firewall"
	"pktsh/internal/labtest"
	"pktsh/lab"
)

// roleEnv makes the test binary hold a guard instead of running tests.
const roleEnv = "PKTSH_FIREWALL_TEST_ROLE"

func TestMain(m *testing.M) {
	if os.Getenv(roleEnv) == "hold" {
		os.Exit(hold())
	}
	labtest.Main(m)
}

// hold arms a guard in the namespace it was started in and keeps it until killed.
func hold() int {
	g, err := firewall.Open(nil)
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if _, err := g.Protect(tuple("10.99.0.1:1000", "10.99.0.2:80")); err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(g.Name())
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// bench is a lab with a listener on port 80 of the server that nobody accepts from.
type bench struct {
	t              *testing.T
	client, server *lab.Host
}

func newBench(t *testing.T) *bench {
	t.Helper()
	if err := lab.CanMake(); err != nil {
		t.Skip(err)
	}
	l, err := lab.New(lab.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	client, err := l.Host("client")
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Host("server")
	if err != nil {
		t.Fatal(err)
	}
	return &bench{t, client, server}
}

func (b *bench) guard() *firewall.Guard {
	b.t.Helper()
	g, err := firewall.Open(b.client.NS)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		if err := g.Close(); err != nil {
			b.t.Error(err)
		}
	})
	return g
}

func tuple(local, remote string) (netip.AddrPort, netip.AddrPort) {
	return netip.MustParseAddrPort(local), netip.MustParseAddrPort(remote)
}

// send makes the client send a segment of its own making, through a raw IP socket
// (raw(7)): what the output hook sees and the kernel's TCP knows nothing of.
func (b *bench) send(local, remote netip.AddrPort, flags byte, seq uint32, mark uint32) error {
	b.t.Helper()
	seg := make([]byte, 20)
	binary.BigEndian.PutUint16(seg, local.Port())
	binary.BigEndian.PutUint16(seg[2:], remote.Port())
	binary.BigEndian.PutUint32(seg[4:], seq)
	seg[12], seg[13] = 5<<4, flags
	binary.BigEndian.PutUint16(seg[14:], 64240)
	src, dst := local.Addr().AsSlice(), remote.Addr().AsSlice()
	sum := uint32(unix.IPPROTO_TCP + len(seg))
	for _, part := range [][]byte{src, dst, seg} {
		for ; len(part) > 0; part = part[2:] {
			sum += uint32(part[0])<<8 | uint32(part[1])
		}
	}
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	binary.BigEndian.PutUint16(seg[16:], ^uint16(sum))
	return b.client.Do(func() error {
		family, from, to := unix.AF_INET, unix.Sockaddr(nil), unix.Sockaddr(nil)
		if local.Addr().Is4() {
			from, to = &unix.SockaddrInet4{Addr: local.Addr().As4()}, &unix.SockaddrInet4{Addr: remote.Addr().As4()}
		} else {
			family = unix.AF_INET6
			from, to = &unix.SockaddrInet6{Addr: local.Addr().As16()}, &unix.SockaddrInet6{Addr: remote.Addr().As16()}
		}
		fd, err := unix.Socket(family, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return errors.Join(
			unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(mark)),
			unix.Bind(fd, from),
			unix.Sendto(fd, seg, 0, to),
		)
	})
}

const (
	syn = 0x02
	rst = 0x04
)

func (b *bench) syn(local, remote netip.AddrPort) {
	b.t.Helper()
	if err := b.send(local, remote, syn, 1000, 0); err != nil {
		b.t.Fatal(err)
	}
}

// synRecv counts the server's half-open connections (state 03 of proc_net_tcp).
func (b *bench) synRecv() (n int) {
	b.t.Helper()
	for _, file := range []string{"tcp", "tcp6"} {
		for _, line := range b.serverFile(file) {
			if f := strings.Fields(line); len(f) > 3 && f[3] == "03" {
				n++
			}
		}
	}
	return n
}

// attemptFails is Tcp AttemptFails of the server: half-open connections that a
// RST ended (RFC 4022 tcpAttemptFails).
func (b *bench) attemptFails() (n int) {
	b.t.Helper()
	var names []string
	for _, line := range b.serverFile("snmp") {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] != "Tcp:":
		case names == nil:
			names = f
		default:
			fmt.Sscan(f[slices.Index(names, "AttemptFails")], &n)
		}
	}
	return n
}

func (b *bench) serverFile(name string) []string {
	b.t.Helper()
	var data []byte
	err := b.server.Do(func() (err error) {
		data, err = os.ReadFile("/proc/thread-self/net/" + name)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}

// eventually waits for something that has no event of its own; only a failing test
// waits long.
func (b *bench) eventually(what string, cond func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("timed out: %s", what)
		}
	}
}

func dropped(t *testing.T, g *firewall.Guard) uint64 {
	t.Helper()
	n, bytes, err := g.Dropped()
	if err != nil {
		t.Fatal(err)
	}
	if (n == 0) != (bytes == 0) {
		t.Errorf("dropped %d packets of %d bytes", n, bytes)
	}
	return n
}

// tables are the names of the client's nftables tables.
func (b *bench) tables() []string {
	b.t.Helper()
	var names []string
	err := b.client.Do(func() error {
		c, err := nftables.New(nftables.AsLasting())
		if err != nil {
			return err
		}
		defer c.CloseLasting()
		tables, err := c.ListTables()
		for _, t := range tables {
			names = append(names, t.Name)
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

// spans counts the intervals that the client's kernel holds for a guard.
func (b *bench) spans(g *firewall.Guard) int {
	b.t.Helper()
	n := 0
	err := b.client.Do(func() error {
		c, err := nftables.New(nftables.AsLasting())
		if err != nil {
			return err
		}
		defer c.CloseLasting()
		for _, name := range []string{"range4", "range6"} {
			set, err := c.GetSetByName(&nftables.Table{Name: g.Name(), Family: nftables.TableFamilyINet}, name)
			if err != nil {
				return err
			}
			elems, err := c.GetSetElements(set)
			if err != nil {
				return err
			}
			n += len(elems)
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}
