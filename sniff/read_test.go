package sniff_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

// Records, whose bytes are the ring's, are the frames that the kernel counts as
// received, once and in order, also where rings are far too small for all that came.
func TestRecordsOfAFlood(t *testing.T) {
	client, server := pair(t)
	tx, fs := sender(t, client, "lab0"), frames(20000)
	for _, fanout := range []int{1, 3} {
		c := open(t, sniff.Options{NS: server.NS, Ifaces: []string{"lab0"}, Filter: "udp dst port 9", BufferSize: 1 << 17, Fanout: fanout})
		sendAll(t, tx, fs)
		before := stats(t, c)
		for before.Received+before.Dropped < uint64(len(fs)) {
			time.Sleep(time.Millisecond) // the other end takes them a little later
			before = stats(t, c)
		}
		given, last := uint64(0), -1
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		st, err := sniff.RunRecords(ctx, c.Capture, 0, func(recs []pcapfile.Record) (bool, error) {
			for _, r := range recs {
				n := numberIn(r.Data)
				if n <= last || len(r.Data) != 60 || r.WireLen != 60 || r.Iface.Name != "lab0" || r.Iface.LinkType != pcapfile.Ethernet {
					t.Fatalf("rings=%d: frame %d behind %d: %+v", fanout, n, last, r)
				}
				last = n
				given++
			}
			return given < before.Received, nil
		})
		if errors.Is(ctx.Err(), context.DeadlineExceeded) || err != nil || st.Dropped == 0 || given+st.Dropped != uint64(len(fs)) {
			t.Errorf("rings=%d: %d of %d frames given; counted %+v, %v, %v", fanout, given, len(fs), st, err, ctx.Err())
		}
		cancel()
	}
}
