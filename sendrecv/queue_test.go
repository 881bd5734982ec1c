package sendrecv

import (
	"testing"

	"github.com/vishvananda/netlink"

	"pktsh/lab"
	"pktsh/layers"
)

// A transmit queue that refuses frames (ENOBUFS) slows a call down: nothing is skipped, and the result tells.
func TestFullQueue(t *testing.T) {
	c, net := world(t, lab.Options{})
	srv := peer(t, net)
	s := newUDPSink(t, srv)
	c.sr(Options{Timeout: patience}, ping(srv.Addr4, 1)) // the neighbour is known from now on
	var err error
	onLink(t, c.Host, "lab0", func(nl *netlink.Handle, l netlink.Link) error {
		const rate, burst = 1 << 16, 2000 // bytes a second, bytes: a frame takes a millisecond, far longer than to make it
		err = nl.QdiscAdd(&netlink.Tbf{
			QdiscAttrs: netlink.QdiscAttrs{LinkIndex: l.Attrs().Index, Handle: netlink.MakeHandle(1, 0), Parent: netlink.HANDLE_ROOT},
			Rate:       rate, Buffer: netlink.Xmittime(rate, burst), Limit: 3000,
		})
		return nil
	})
	if err != nil {
		t.Skipf("this kernel has no token bucket (sch_tbf): %v", err)
	}
	const n = 500
	probes := func(sport uint64) *layers.Packet {
		return stack(to(srv.Addr4), one(layers.UDP, "sport", sport, "dport", 9), one(layers.Raw, "load", make([]byte, 32)))
	}
	seq := func(yield func(*layers.Packet) bool) {
		for i := range uint64(n) {
			if !yield(probes(1 + i)) {
				return
			}
		}
	}
	res, err := c.Send(t.Context(), seq, Options{})
	must(t, err)
	seen := map[[2]uint16]bool{}
	for _, p := range s.read(n) {
		seen[p] = true
	}
	if res.Sent != n || len(seen) != n || res.Requeued == 0 || res.Failed+res.Unsent != 0 {
		t.Errorf("%d sent, %d arrived, waited %d times, %d failed, %d unsent", res.Sent, len(seen), res.Requeued, res.Failed, res.Unsent)
	}
}
