package packetsock

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

func openCloner(t testing.TB, w *wire) *Cloner {
	t.Helper()
	if err := CanClone(); err != nil {
		t.Skip(err)
	}
	c, err := OpenCloner(CloneConfig{NS: w.a, Ifindex: w.ia})
	must(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// What cannot be sent is said, and what stands before it has left.
func TestClonerErrors(t *testing.T) {
	w := newWire(t)
	c := openCloner(t, w)
	ok := numbered(1, 60)
	for _, tc := range []struct {
		frame []byte
		want  error
	}{{make([]byte, 13), unix.EINVAL}, {make([]byte, 1519), ErrTooBig}} {
		if n, err := c.SendBatch(within(t), [][]byte{ok, ok, tc.frame, ok}); n != 2 || !errors.Is(err, tc.want) {
			t.Errorf("frame of %d bytes: got %d, %v", len(tc.frame), n, err)
		}
	}
	if n, err := c.SendBatch(within(t), [][]byte{ok}); n != 1 || err != nil {
		t.Errorf("after them: got %d, %v", n, err)
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := c.SendBatch(canceled, [][]byte{ok}); n != 0 || err != context.Canceled {
		t.Errorf("canceled: got %d, %v", n, err)
	}
	for _, tc := range []struct {
		ifindex int
		want    error
	}{{999, ErrNoInterface}, {1, unix.EOPNOTSUPP}} {
		if _, err := OpenCloner(CloneConfig{NS: w.a, Ifindex: tc.ifindex}); !errors.Is(err, tc.want) {
			t.Errorf("interface %d: got %v", tc.ifindex, err)
		}
	}
	setLink(t, w.a, func(h *netlink.Handle, l netlink.Link) error { return h.LinkSetDown(l) })
	if n, err := c.SendBatch(within(t), [][]byte{ok}); n != 0 || !errors.Is(err, ErrInterfaceDown) || !strings.Contains(err.Error(), "ip link set v0 up") {
		t.Errorf("interface down: got %d, %v", n, err)
	}
	setLink(t, w.a, func(h *netlink.Handle, l netlink.Link) error { return h.LinkSetUp(l) })
	c = openCloner(t, w)
	setLink(t, w.a, func(h *netlink.Handle, l netlink.Link) error { return h.LinkDel(l) })
	if n, err := c.SendBatch(within(t), [][]byte{ok}); n != 0 || !errors.Is(err, ErrNoInterface) {
		t.Errorf("interface gone: got %d, %v", n, err)
	}
	must(t, c.Close())
	if n, err := c.SendBatch(within(t), [][]byte{ok}); n != 0 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed: got %d, %v", n, err)
	}
	if err := c.Close(); err != os.ErrClosed {
		t.Errorf("closed twice: got %v", err)
	}
}

// A queueing discipline may drop without telling.
func TestClonerWantsNoQueue(t *testing.T) {
	w := newWire(t)
	openCloner(t, w)
	setLink(t, w.a, func(h *netlink.Handle, l netlink.Link) error {
		return h.QdiscAdd(&netlink.GenericQdisc{QdiscType: "pfifo", QdiscAttrs: netlink.QdiscAttrs{LinkIndex: l.Attrs().Index, Parent: netlink.HANDLE_ROOT}})
	})
	if _, err := OpenCloner(CloneConfig{NS: w.a, Ifindex: w.ia}); !errors.Is(err, ErrHasQueue) || !strings.Contains(err.Error(), "pfifo") {
		t.Errorf("got %v", err)
	}
}

// Frames of any length and kind leave unchanged, in order, and captures of the sending host see
// each by its own protocol.
func TestClonerIsSeen(t *testing.T) {
	w := newWire(t)
	c := openCloner(t, w)
	// Rings that nobody reads yet: a block is closed when it is full, or after the time.
	near := openRing(t, RingConfig{NS: w.a, Ifindex: w.ia, BlockSize: 64 << 10, Blocks: 256, Retire: 100 * time.Millisecond})
	far := openRing(t, RingConfig{NS: w.b, Ifindex: w.ib, BlockSize: 64 << 10, Blocks: 256, Retire: 100 * time.Millisecond})
	var frames [][]byte
	for i := range 3000 {
		f := numbered(uint32(i), 18+i*7%1497)
		if i%10 < 3 {
			binary.BigEndian.PutUint16(f[12:], testType+1)
		}
		frames = append(frames, f)
	}
	n := 0
	must(t, w.a.Do(func() (err error) {
		n, err = c.SendBatch(within(t), frames)
		return err
	}))
	if sent, _ := c.TxStats(); n != len(frames) || sent != uint64(n) {
		t.Fatalf("%d frames left, counted %d", n, sent)
	}
	for i, want := range frames {
		f, err := near.Next(within(t))
		must(t, err)
		if string(f.Data) != string(want) || f.Type != Outgoing || f.Protocol != binary.BigEndian.Uint16(want[12:]) {
			t.Fatalf("frame %d: the sending host sees % x, type %d, protocol %#x", i, f.Data, f.Type, f.Protocol)
		}
		f, err = far.Next(within(t))
		must(t, err)
		if string(f.Data) != string(want) {
			t.Fatalf("frame %d arrives as % x", i, f.Data)
		}
	}
}
