package firewall

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/google/nftables"
	"github.com/mdlayher/netlink"
	"github.com/mdlayher/netlink/nltest"
	"golang.org/x/sys/unix"
)

// The batches of intervals are sent again, whole, to a kernel that is busy, as single elements are.
func TestChangeAsksAgain(t *testing.T) {
	says := []unix.Errno{unix.EBUSY, unix.EAGAIN, 0, unix.EPERM}
	var batches []int // messages in each
	conn, err := nftables.New(nftables.WithTestDial(func(req []netlink.Message) ([]netlink.Message, error) {
		if len(req) == 0 {
			return nil, nil
		}
		batches = append(batches, len(req))
		if errno := says[len(batches)-1]; errno != 0 {
			return nltest.Error(int(errno), req)
		}
		return nil, nil
	}))
	if err != nil {
		t.Fatal(err)
	}
	g := &Guard{conn: conn, plan: newPlan("test"), ranges: map[Range]int{}}
	a, to := netip.MustParseAddr("10.0.0.1"), netip.MustParsePrefix("10.0.0.2/32")
	if _, err := g.ProtectRange(a, 1, 9, to); err != nil || len(batches) != 3 || batches[0] != batches[2] || len(g.spans) != 1 {
		t.Errorf("busy: batches of %v messages, %v", batches, err)
	}
	if _, err := g.ProtectRange(a, 20, 29, to); !errors.Is(err, unix.EPERM) || len(batches) != 4 || len(g.spans) != 1 || len(g.ranges) != 1 {
		t.Errorf("refused: batches of %v messages, %v, ranges %v", batches, err, g.ranges)
	}
}
