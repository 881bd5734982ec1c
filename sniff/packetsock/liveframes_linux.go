package packetsock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// LiveFrames sends a few frames over and over, as fast as the kernel can: it runs a small XDP
// program that redirects the frame it is given to the interface, again and again inside
// one system call. The driver has to take frames that way (ndo_xdp_xmit), which veth
// does while the far end has NAPI on (ethtool -K PEER gro on). As with XDPSock, frames
// go past this host's queueing disciplines, firewall and captures.
//
// Rights: CAP_NET_ADMIN and CAP_BPF (or CAP_SYS_ADMIN) in the first user namespace: root inside
// a user namespace does not have them.
type LiveFrames struct {
	mu      sync.Mutex
	cfg     LiveConfig
	iface   string
	nl      *netlink.Handle
	diff    *bpfTable // of the frames from the first; nil if there is one
	threads []*liveThread
	proven  bool // frames were seen to leave

	sent, retries atomic.Uint64
}

// LiveConfig says what a LiveFrames sends, and where.
type LiveConfig struct {
	NS      *netns.NS // where; nil: the process's own
	Ifindex int
	// Frames are sent in turn. They have the same length, and differ in few bytes: see
	// FitsLive.
	Frames  [][]byte
	Threads int // processors at work; 0: one. Each begins at another frame. Optional.
}

// ErrNotLive is an interface whose driver does not take live frames.
var ErrNotLive = errors.New("the driver takes no redirected frames")

// liveThread is what one processor runs.
type liveThread struct {
	prog  int
	count *bpfTable // of frames made; one entry
}

const (
	// liveChunk is how many frames one system call makes: some 50 ms of work, after
	// which counts are settled and ctx is looked at.
	liveChunk = 1 << 16
	// LiveFramesMost is how many different frames there may be.
	LiveFramesMost = 1 << 16
	// liveDiffMost is how many bytes may differ.
	liveDiffMost = 128
	// settling is how long the interface's counters may lag behind.
	settling = 100 * time.Millisecond
)

// FitsLive says why frames cannot be sent as live frames on any interface, or nil.
func FitsLive(frames [][]byte) error {
	switch n := len(frames); {
	case n == 0:
		return errors.New("there is no frame")
	case n > LiveFramesMost:
		return fmt.Errorf("got %d different frames, want at most %d", n, LiveFramesMost)
	}
	for _, f := range frames {
		switch {
		case len(f) != len(frames[0]):
			return fmt.Errorf("got frames of %d and %d bytes, want all of one length", len(frames[0]), len(f))
		case len(f) < etherHeader:
			return fmt.Errorf("%w: the frame has %d bytes, too few for the link's header", unix.EINVAL, len(f))
		case len(f) > liveLongest:
			return fmt.Errorf("%w: the frame has %d bytes, want at most %d", unix.EMSGSIZE, len(f), liveLongest)
		}
	}
	if n := len(differing(frames)); n > liveDiffMost {
		return fmt.Errorf("got frames that differ in %d bytes, want at most %d", n, liveDiffMost)
	}
	return nil
}

// liveLongest leaves room in a page for what the kernel keeps beside a frame
// (bpf_prog_test_run_xdp: XDP_PACKET_HEADROOM and struct skb_shared_info).
const liveLongest = 3 << 10

// OpenLive loads the programs. It fails with ErrNotLive where it is known that
// nothing would leave.
func OpenLive(cfg LiveConfig) (*LiveFrames, error) {
	cfg.Threads = max(cfg.Threads, 1)
	l := &LiveFrames{cfg: cfg}
	err := FitsLive(cfg.Frames)
	if err == nil {
		err = cfg.NS.Do(l.look)
	}
	if err == nil {
		err = l.load()
	}
	if err != nil {
		l.Close()
		return nil, l.explain("prepare live frames", err)
	}
	return l, nil
}

// look asks whether the interface takes the frames.
func (l *LiveFrames) look() (err error) {
	var hatype uint16
	var limit int
	if l.iface, hatype, limit, err = linkFacts(l.cfg.Ifindex); err != nil {
		return err
	}
	switch n := len(l.cfg.Frames[0]); {
	case hatype != HardwareEther:
		return fmt.Errorf("%w: it is no Ethernet interface", unix.EOPNOTSUPP)
	case n > limit:
		return fmt.Errorf("%w: the frame has %d bytes, want at most %d", unix.EMSGSIZE, n, limit)
	}
	if features, err := xdpFeatures(l.cfg.Ifindex); err == nil && features&xdpTransmits == 0 {
		return ErrNotLive
	}
	l.nl, err = netlink.NewHandle(unix.NETLINK_ROUTE)
	return err
}

// Send makes n frames leave, 0: without end, and tells how many did. The interface's own counters
// say so; for each that it refused another is made, the next in turn. It returns early when ctx is done, and
// with ErrNotLive when nothing leaves at all. progress is told from time to time. Optional.
func (l *LiveFrames) Send(ctx context.Context, n uint64, progress func(sent uint64)) (sent uint64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var p patience
	quota := make([]uint64, len(l.threads)) // what each thread has to do
	for ctx.Err() == nil && (n == 0 || sent < n) {
		if slices.Max(quota) == 0 {
			spread(quota, n-sent, n == 0)
		}
		made, left, err := l.round(quota)
		sent += left
		l.sent.Add(left)
		l.retries.Add(made - left)
		switch {
		case err != nil:
			return sent, l.explain("send live frames", err)
		case left > 0:
			l.proven = true
			p.progress()
		case !l.proven && made > 0:
			return sent, l.explain("send live frames", ErrNotLive)
		}
		if progress != nil {
			progress(sent)
		}
		if left == 0 && made > 0 {
			if err := p.wait(ctx, l.explain); errors.Is(err, errStuck) {
				return sent, err
			}
		}
	}
	return sent, nil
}

// spread shares n frames out among threads, the first of which gets the most.
func spread(quota []uint64, n uint64, endless bool) {
	for i := range quota {
		quota[i] = n / uint64(len(quota))
		if uint64(i) < n%uint64(len(quota)) {
			quota[i]++
		}
		if endless {
			quota[i] = liveChunk
		}
	}
}

// round has each thread make some frames, and tells how many they made together and how
// many of those left.
func (l *LiveFrames) round(quota []uint64) (made, left uint64, err error) {
	before, err := l.counters()
	if err != nil {
		return 0, 0, err
	}
	var wg sync.WaitGroup
	errs := make([]error, len(l.threads))
	counts := make([]uint64, len(l.threads))
	for i, t := range l.threads {
		share := min(quota[i], liveChunk)
		if !l.proven { // one frame shows whether any leaves
			share = min(share, 1)
			if i > 0 {
				share = 0
			}
		}
		if share == 0 {
			continue
		}
		wg.Go(func() {
			from := atomic.LoadUint64(t.count.counter())
			errs[i] = l.cfg.NS.Do(func() error { return runLive(t.prog, l.cfg.Frames[0], int(share)) })
			counts[i] = atomic.LoadUint64(t.count.counter()) - from
			quota[i] -= min(quota[i], counts[i])
		})
	}
	wg.Wait()
	for i, c := range counts {
		made += c
		if e := errs[i]; e != nil && e != unix.EINTR && e != unix.EAGAIN {
			err = e
		}
	}
	// What has left may still be on its way to the counters: veth counts at the far end.
	for until := time.Now().Add(settling); ; time.Sleep(20 * time.Microsecond) {
		now, cerr := l.counters()
		if cerr != nil {
			return made, left, errors.Join(err, cerr)
		}
		left = min(made, now.packets-before.packets)
		if left+(now.dropped-before.dropped) >= made || time.Now().After(until) {
			return made, left, err
		}
	}
}

// txCounters are what an interface says of itself.
type txCounters struct{ packets, dropped uint64 }

func (l *LiveFrames) counters() (txCounters, error) {
	link, err := l.nl.LinkByIndex(l.cfg.Ifindex)
	if err != nil {
		return txCounters{}, err
	}
	a := link.Attrs()
	switch {
	case a.Statistics == nil:
		return txCounters{}, errors.New("the interface keeps no counters")
	case a.RawFlags&unix.IFF_UP == 0:
		return txCounters{}, unix.ENETDOWN
	}
	return txCounters{a.Statistics.TxPackets, a.Statistics.TxDropped}, nil
}

// TxStats tells how many frames left, and how many had to be made again.
func (l *LiveFrames) TxStats() (sent, retries uint64) { return l.sent.Load(), l.retries.Load() }

// Close waits for a Send to end.
func (l *LiveFrames) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.threads {
		if t.prog >= 0 {
			unix.Close(t.prog)
		}
		t.count.close()
	}
	l.threads = nil
	if l.diff != nil {
		l.diff.close()
		l.diff = nil
	}
	if l.nl != nil {
		l.nl.Close()
		l.nl = nil
	}
	return nil
}

func (l *LiveFrames) explain(op string, err error) error {
	e := newOpError(op, l.iface, err)
	switch {
	case errors.Is(err, os.ErrPermission):
		e.hint = needsBPF
	case errors.Is(err, ErrNotLive):
		e.hint = "on veth the far end has to poll: ethtool -K its interface gro on"
	case op == "send live frames" && errors.Is(err, unix.EINVAL):
		e.hint = "live frames need Linux 5.18"
	}
	return e
}

// CanLive says why this user cannot send live frames on this host, or nil. Whether an
// interface takes them is a question of its driver.
func CanLive() error {
	l := &LiveFrames{cfg: LiveConfig{Frames: [][]byte{make([]byte, etherHeader)}, Threads: 1}}
	err := l.load()
	l.Close()
	if err != nil {
		return l.explain("prepare live frames", err)
	}
	return nil
}
