package repl

import (
	"context"
	"fmt"
	"os"
	"strings"

	"pktsh/netns"
	"pktsh/sniff"
	"pktsh/sniff/pcapfile"
)

// capture is -i. It returns the counts in words.
func (r *sniffRunner) capture(ctx context.Context) (told string, err error) {
	c := r.c
	o := sniff.Options{Ifaces: c.ifaces, Filter: c.expr, Promisc: !c.noPromisc, SnapLen: c.snap, BufferSize: c.ring,
		Notify: func(err error) { fmt.Fprintf(os.Stderr, "pktsh sniff: %v\n", err) }}
	if o.BufferSize == 0 {
		o.BufferSize = 32 << 20
	}
	if c.netns != "" {
		if o.NS, err = netns.Open(c.netns); err != nil {
			return "", err
		}
		defer o.NS.Close()
	}
	if c.write != "" {
		if err := r.create(nil); err != nil {
			return "", err
		}
	}
	live, err := sniff.Open(o)
	if err != nil {
		return "", err
	}
	defer live.Close()
	where := "all interfaces"
	if len(c.ifaces) > 0 {
		where = strings.Join(c.ifaces, ", ")
	}
	fmt.Fprintf(os.Stderr, "capturing on %s\n", where)
	defer r.flushing(true)()
	st, err := sniff.RunRecords(ctx, live, 0, func(recs []pcapfile.Record) (bool, error) { return true, r.take(recs, "") })
	told = fmt.Sprintf("%d packets received by the filter\n%d packets dropped by the kernel", st.Received, st.Dropped)
	if st.IfaceDropped > 0 {
		told += fmt.Sprintf("\n%d frames dropped by interfaces", st.IfaceDropped)
	}
	if st.Unread > 0 {
		told += fmt.Sprintf("\n%d packets received but not looked at before the end", st.Unread)
	}
	return told, err
}
