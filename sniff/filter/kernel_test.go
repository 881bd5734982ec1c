package filter

import (
	"encoding/binary"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

func attach(fd int, p *Program) error {
	insns := p.Instructions()
	raw := make([]unix.SockFilter, len(insns))
	for i, in := range insns {
		raw[i] = unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K}
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(raw)), Filter: &raw[0]})
}

// TestKernel attaches every program to a socket and lets the kernel judge every
// complete packet. A Unix datagram socket does for that: its filter sees what was
// sent, with nothing in front, and no rights are needed.
func TestKernel(t *testing.T) {
	packets := readPackets(t, "testdata/packets.pcap")
	for _, v := range readVerdicts(t) {
		p, err := Compile(v.Filter, Options{LinkType: LinkEthernet})
		if err != nil {
			continue // TestVerdicts complains
		}
		fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := attach(fds[1], p); err != nil {
			t.Errorf("%s: the kernel refuses the program: %v\n%s", v.Filter, err, p)
		}
		buf := make([]byte, 4096)
		for i, pkt := range packets {
			if len(pkt.data) != pkt.wireLen || len(pkt.data) == 0 {
				continue
			}
			if _, err := unix.Write(fds[0], pkt.data); err != nil {
				t.Fatal(err)
			}
			_, err := unix.Read(fds[1], buf)
			if err != nil && !errors.Is(err, unix.EAGAIN) {
				t.Fatal(err)
			}
			if kernel, ours := err == nil, p.Match(pkt.data, pkt.wireLen); kernel != ours {
				t.Errorf("%s: packet %d: the kernel says %v, Match %v", v.Filter, i, kernel, ours)
				break
			}
		}
		unix.Close(fds[0])
		unix.Close(fds[1])
	}
}

// A wire is a veth pair between two namespaces made for one test, both ends called
// v0. IPv6 is off, so that the kernel stays silent.
type wire struct {
	ns    [2]*netns.NS
	index [2]int
}

func newWire(t *testing.T) *wire {
	t.Helper()
	if ns, err := netns.New("probe"); err != nil {
		t.Skipf("needs root or user namespaces: %v", err)
	} else {
		ns.Close()
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	w := &wire{}
	var h [2]*netlink.Handle
	for i := range w.ns {
		ns, err := netns.New("filter-test")
		must(err)
		t.Cleanup(func() { ns.Close() })
		must(ns.Do(func() (err error) {
			h[i], err = netlink.NewHandle(unix.NETLINK_ROUTE)
			return err
		}))
		t.Cleanup(h[i].Close)
		w.ns[i] = ns
	}
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "v0"
	must(h[0].LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "v0", PeerNamespace: netlink.NsFd(w.ns[1].Fd())}))
	for i := range h {
		l, err := h[i].LinkByName("v0")
		must(err)
		w.index[i] = l.Attrs().Index
		must(h[i].LinkSetUp(l))
	}
	for i := range h {
		// Before its queue is in place an interface throws packets away without telling.
		for n := 0; ; n++ {
			l, err := h[i].LinkByName("v0")
			must(err)
			if l.Attrs().OperState == netlink.OperUp {
				break
			}
			if n == 5000 {
				t.Fatal("v0 does not come up")
			}
			time.Sleep(time.Millisecond)
		}
	}
	return w
}

// listen opens a packet socket at one end; a nil program takes everything.
func (w *wire) listen(t *testing.T, end int, p *Program) int {
	t.Helper()
	fd := -1
	err := w.ns[end].Do(func() (err error) {
		// Protocol 0 first, so that nothing arrives before the filter is in place.
		if fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		if p != nil {
			if err := attach(fd, p); err != nil {
				return err
			}
		}
		return unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: binary.BigEndian.Uint16(binary.NativeEndian.AppendUint16(nil, unix.ETH_P_ALL)), Ifindex: w.index[end]})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	return fd
}

// testFrames are sent from end 0 to end 1; the last byte of the source address says
// which is which.
var testFrames = []struct {
	name  string
	frame []byte
}{
	{"udp", frame('u', 17, 53)},
	{"tcp", frame('t', 6, 80)},
	{"v10udp", frame('U', 17, 53, 0x8100, 10)},
	{"v20tcp", frame('T', 6, 80, 0x8100, 20)},
	{"v30udp", frame('p', 17, 53, 0x8100, 0xa000|30)}, // with a priority
	{"adudp", frame('a', 17, 53, 0x88a8, 10)},
	{"qinq", frame('q', 17, 53, 0x8100, 100, 0x8100, 10)},
	{"v0udp", frame('0', 17, 53, 0x8100, 0)},
}

const marker = '!'

// frame is an Ethernet frame with tags, an IPv4 header and two ports.
func frame(id byte, proto byte, port uint16, tags ...uint16) []byte {
	f := []byte{2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0x77, id}
	for _, t := range append(tags, etherIP) {
		f = binary.BigEndian.AppendUint16(f, t)
	}
	f = append(f, 0x45, 0, 0, 48, 0, 0, 0, 0, 64, proto, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2)
	f = binary.BigEndian.AppendUint16(f, 4000)
	f = binary.BigEndian.AppendUint16(f, port)
	return append(f, make([]byte, 24)...)
}

// TestLive sends tagged and untagged frames over a wire, and looks at what filters
// compiled for live capture let through at either end. At the receiving end the kernel
// has taken the outer tag off; at the sending end it is still there.
func TestLive(t *testing.T) {
	const all = "udp tcp v10udp v20tcp v30udp adudp qinq v0udp"
	filters := []struct{ expr, sender, receiver string }{
		{"", all, all},
		{"vlan", "v10udp v20tcp v30udp adudp qinq v0udp", "v10udp v20tcp v30udp adudp qinq v0udp"},
		{"vlan 10", "v10udp adudp", "v10udp adudp"},
		{"vlan 30", "v30udp", "v30udp"},
		{"vlan 0", "v0udp", "v0udp"},
		{"vlan 100", "qinq", "qinq"},
		{"not vlan", "udp tcp", "udp tcp"},
		{"not vlan 10", "udp tcp v20tcp v30udp qinq v0udp", "udp tcp v20tcp v30udp qinq v0udp"},
		{"vlan and udp", "v10udp v30udp adudp v0udp", "v10udp v30udp adudp v0udp"},
		{"vlan 20 and tcp port 80", "v20tcp", "v20tcp"},
		{"vlan and host 10.0.0.1 and ip[9] = 6", "v20tcp", "v20tcp"},
		{"vlan and udp[2:2] = 53", "v10udp v30udp adudp v0udp", "v10udp v30udp adudp v0udp"},
		{"vlan and vlan", "qinq", "qinq"},
		{"vlan 100 and vlan 10 and udp", "qinq", "qinq"},
		{"udp and not vlan", "udp", "udp"},
		{"not vlan and udp", "", ""}, // behind vlan, udp looks behind a tag
		{"tcp port 80 or (vlan and tcp port 80)", "tcp v20tcp", "tcp v20tcp"},
		{"vlan and ip protochain 17", "v10udp v30udp adudp v0udp", "v10udp v30udp adudp v0udp"},
		{"udp", "udp", "udp v10udp v30udp adudp v0udp"}, // as tcpdump -i does
		{"inbound", "", all},
		{"outbound", all, ""},
		{"outbound and vlan 20", "v20tcp", ""},
		{"inbound and not vlan", "", "udp tcp"},
		{"vlan 10 and inbound", "", "v10udp adudp"},
		{"ifindex 1", "", ""},
	}
	w := newWire(t)
	// The sockets that tell when all is done come first: the kernel serves the one
	// that was bound last before the others.
	done := [2]int{w.listen(t, 0, nil), w.listen(t, 1, nil)}
	fds := make([][2]int, len(filters))
	for i, f := range filters {
		p, err := Compile(f.expr, Options{LinkType: LinkEthernet, Live: true})
		if err != nil {
			t.Fatal(err)
		}
		fds[i] = [2]int{w.listen(t, 0, p), w.listen(t, 1, p)}
	}
	out := w.listen(t, 0, compileLive(t, "less 0"))
	for _, f := range testFrames {
		if _, err := unix.Write(out, f.frame); err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
	}
	if _, err := unix.Write(out, frame(marker, 17, 53)); err != nil {
		t.Fatal(err)
	}
	for _, fd := range done {
		awaitMarker(t, fd)
	}
	for i, f := range filters {
		for end, want := range []string{f.sender, f.receiver} {
			if got := receivedFrames(t, fds[i][end]); got != want {
				t.Errorf("%q at the %s: got %q, want %q", f.expr, []string{"sender", "receiver"}[end], got, want)
			}
		}
	}
}

// compileLive compiles for live capture.
func compileLive(t *testing.T, expr string) *Program {
	t.Helper()
	p, err := Compile(expr, Options{LinkType: LinkEthernet, Live: true})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func awaitMarker(t *testing.T, fd int) {
	t.Helper()
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 20}); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 2048)
	for {
		n, err := unix.Read(fd, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			t.Fatalf("waiting for the last frame: %v", err)
		}
		if n > 12 && buf[10] == 0x77 && buf[11] == marker {
			return
		}
	}
}

// receivedFrames are the names of the test frames that wait on a socket.
func receivedFrames(t *testing.T, fd int) string {
	t.Helper()
	var got []string
	buf := make([]byte, 2048)
	for {
		n, _, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		if errors.Is(err, unix.EAGAIN) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range testFrames {
			if n > 12 && net.HardwareAddr(buf[6:12]).String() == net.HardwareAddr(f.frame[6:12]).String() {
				got = append(got, f.name)
			}
		}
	}
	slices.SortStableFunc(got, func(a, b string) int { return frameIndex(a) - frameIndex(b) })
	return strings.Join(got, " ")
}

func frameIndex(name string) int {
	for i, f := range testFrames {
		if f.name == name {
			return i
		}
	}
	return -1
}
