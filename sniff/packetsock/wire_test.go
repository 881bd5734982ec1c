package packetsock

import (
	"context"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// A wire is a veth pair between two namespaces made for one test, both ends
// called v0, with nothing else on it: no IPv6, so that the kernel stays silent.
type wire struct {
	a, b   *netns.NS
	ia, ib int // indexes of the ends
}

var (
	macA = net.HardwareAddr{2, 0, 0, 0, 0, 0xa}
	macB = net.HardwareAddr{2, 0, 0, 0, 0, 0xb}
)

func newNS(t testing.TB) (*netns.NS, *netlink.Handle) {
	t.Helper()
	if err := canMakeNS(); err != nil {
		t.Skipf("needs root or user namespaces: %v", err)
	}
	ns, err := netns.New("test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.Close() })
	var h *netlink.Handle
	if err := ns.Do(func() (err error) {
		h, err = netlink.NewHandle(unix.NETLINK_ROUTE)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.Close)
	return ns, h
}

func canMakeNS() error {
	ns, err := netns.New("probe")
	if err == nil {
		ns.Close()
	}
	return err
}

func newWire(t testing.TB) *wire {
	t.Helper()
	var w wire
	var ha, hb *netlink.Handle
	w.a, ha = newNS(t)
	w.b, hb = newNS(t)
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.HardwareAddr = "v0", macA
	must(t, ha.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "v0", PeerHardwareAddr: macB, PeerNamespace: netlink.NsFd(w.b.Fd())}))
	for _, end := range []struct {
		ns *netns.NS
		h  *netlink.Handle
		i  *int
	}{{w.a, ha, &w.ia}, {w.b, hb, &w.ib}} {
		l, err := end.h.LinkByName("v0")
		must(t, err)
		must(t, end.ns.Do(func() error {
			return writeFile("/proc/sys/net/ipv6/conf/v0/disable_ipv6", "1")
		}))
		must(t, end.h.LinkSetUp(l))
		*end.i = l.Attrs().Index
	}
	for _, h := range []*netlink.Handle{ha, hb} {
		awaitUp(t, h, "v0")
	}
	return &w
}

// awaitUp waits until the kernel has put the interface's queue in place: before,
// packets are thrown away without telling.
func awaitUp(t testing.TB, h *netlink.Handle, name string) {
	t.Helper()
	for range 5000 {
		l, err := h.LinkByName(name)
		must(t, err)
		if l.Attrs().OperState == netlink.OperUp {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s does not come up", name)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testType is an EtherType for local experiments (IEEE 802), which kernels ignore.
const testType = 0x88b5

// numbered is a frame from a to b that carries n, size bytes long.
func numbered(n uint32, size int) []byte {
	f := make([]byte, max(size, 18))
	copy(f, macB)
	copy(f[6:], macA)
	binary.BigEndian.PutUint16(f[12:], testType)
	binary.BigEndian.PutUint32(f[14:], n)
	return f
}

func number(f []byte) uint32 { return binary.BigEndian.Uint32(f[14:]) }

// within is a context for waits that end by themselves unless something is broken.
func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}
