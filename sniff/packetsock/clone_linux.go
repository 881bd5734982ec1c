package packetsock

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// CloneConfig says by what a Cloner transmits.
type CloneConfig struct {
	NS      *netns.NS // where; nil: the process's own
	Ifindex int       // an Ethernet interface without a queueing discipline
	Queue   int       // its transmit queue, from 0; of fewer queues those are taken in turn
}

// A Cloner transmits frames by a BPF program that the kernel runs on a table of them: for each it
// writes the frame into a packet and sends a clone of that by the interface (bpf-helpers(7),
// bpf_clone_redirect). It is the fastest way onto links between namespaces. There the receiver's work is done
// on the sender's processor when the sender next lets soft interrupts in: a socket does after every
// frame, the program after some dozens.
//
// Frames take the host's output path, as those of packet sockets do: captures, firewall hooks and
// traffic control of the interface see them. Nothing bounds what a queueing discipline would hold, and
// some drop without telling, so interfaces that have one are refused.
//
// Rights are those that [LiveFrames] needs. It is safe for concurrent use; one goroutine at a time sends.
type Cloner struct {
	mu      sync.Mutex
	ns      *netns.NS
	ifindex int
	iface   string
	limit   int // bytes of frame
	thread  int // that is known to be inside ns
	prog    int
	mem     *bpfTable
	table   *cloneTable // mem's only entry
	failed  error       // ended its use

	closing       atomic.Bool
	sent, retries atomic.Uint64
}

// cloneTable is what a Cloner and its program share.
type cloneTable struct {
	next    uint32 // the first frame that has not left
	end     uint32 // behind the last one
	refused uint32 // how often one was
	why     int32  // what the helper that failed last said
	frames  [cloneFrames]struct{ at, len uint32 }
	data    [cloneBytes]byte
}

const (
	// One system call sends up to so many frames and bytes, some 200 µs of work.
	cloneFrames, cloneBytes = 1024, 256 << 10
	// cloneRun is how many frames are sent in a row with soft interrupts held off. The receiver's
	// backlog takes 1000 (netdev_max_backlog), the ring of a veth that polls 256.
	cloneRun = 32
	// CloneLongest is the longest frame. The first one of a call has to fit into a page with
	// what the kernel keeps beside it (bpf_prog_test_run_skb).
	CloneLongest = 3 << 10
)

// ErrHasQueue is an interface with a queueing discipline.
var ErrHasQueue = errors.New("the interface has a queueing discipline, which would drop what it cannot hold")

// OpenCloner loads the program. It fails with ErrHasQueue where frames might be lost unseen.
func OpenCloner(cfg CloneConfig) (*Cloner, error) {
	c := &Cloner{ns: cfg.NS, ifindex: cfg.Ifindex, prog: -1}
	err := cfg.NS.Do(c.look)
	if err == nil {
		err = c.load(cfg.Queue)
	}
	if err != nil {
		c.release()
		return nil, c.explain("prepare clones", err)
	}
	return c, nil
}

// look asks whether the interface takes the frames, and loses none.
func (c *Cloner) look() (err error) {
	var hatype uint16
	if c.iface, hatype, c.limit, err = linkFacts(c.ifindex); err != nil {
		return err
	}
	c.limit = min(c.limit, CloneLongest)
	if hatype != HardwareEther {
		return fmt.Errorf("%w: it is no Ethernet interface", unix.EOPNOTSUPP)
	}
	link, err := netlink.LinkByIndex(c.ifindex)
	if err != nil {
		return err
	}
	if link.Attrs().RawFlags&unix.IFF_UP == 0 {
		return unix.ENETDOWN
	}
	if link.Type() != "veth" { // others hand frames on to interfaces that queue
		return fmt.Errorf("%w: it is no veth", unix.EOPNOTSUPP)
	}
	queues, err := netlink.QdiscList(link)
	if err != nil {
		return err
	}
	for _, q := range queues {
		if q.Attrs().Parent == netlink.HANDLE_ROOT && q.Type() != "noqueue" {
			return fmt.Errorf("%w (%s)", ErrHasQueue, q.Type())
		}
	}
	return nil
}

func (c *Cloner) load(queue int) (err error) {
	if c.mem, err = newBPFTable(1, int(unsafe.Sizeof(cloneTable{}))); err != nil {
		return err
	}
	c.table = (*cloneTable)(unsafe.Pointer(&c.mem.mem[0]))
	c.prog, err = cloneProgram(c.mem.fd, c.ifindex, queue).load(unix.BPF_PROG_TYPE_SCHED_CLS, "pktsh_clone")
	return err
}

// SendBatch implements Transmitter. From a thread outside of the namespace each call makes
// one that is inside; see netns.NS.Do.
func (c *Cloner) SendBatch(ctx context.Context, frames [][]byte) (n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if tid := unix.Gettid(); c.ns != nil && tid != c.thread {
		if !c.ns.Inside() {
			err = c.ns.Do(func() (err error) {
				n, err = c.sendBatch(ctx, frames)
				return err
			})
			return n, err
		}
		c.thread = tid
	}
	return c.sendBatch(ctx, frames)
}

func (c *Cloner) sendBatch(ctx context.Context, frames [][]byte) (n int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var p patience
	for n < len(frames) {
		if c.failed != nil {
			return n, c.failed
		}
		if err := misfit(frames[n], c.limit, c.explain); err != nil {
			return n, err
		}
		sent, err := c.push(ctx, c.fill(frames[n:]), &p)
		n += sent
		c.sent.Add(uint64(sent))
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// fill writes frames into the table and tells how many: up to one that does not fit, or is
// of another EtherType than the first, for the kernel takes a packet's from there.
func (c *Cloner) fill(frames [][]byte) (n int) {
	t, at := c.table, 0
	kind := binary.NativeEndian.Uint16(frames[0][12:])
	for n < min(len(frames), cloneFrames) {
		f := frames[n]
		if len(f) < etherHeader || len(f) > c.limit || at > cloneBytes-CloneLongest || binary.NativeEndian.Uint16(f[12:]) != kind {
			break
		}
		copy(t.data[at:], f)
		t.frames[n].at, t.frames[n].len = uint32(at), uint32(len(f))
		at += (len(f) + 7) &^ 7
		n++
	}
	return n
}

// push sends the first frames of the table, and tells how many left.
func (c *Cloner) push(ctx context.Context, frames int, p *patience) (n int, err error) {
	t := c.table
	t.next, t.end = 0, uint32(frames)
	run := testRun{prog: uint32(c.prog), sizeIn: t.frames[0].len, in: uint64(uintptr(unsafe.Pointer(&t.data)))}
	for {
		t.why = 0
		refused := t.refused
		run.repeat = uint32(frames-n+cloneRun-1) / cloneRun
		// A raw system call, as in Sock.sendmmsg.
		_, _, errno := unix.RawSyscall(unix.SYS_BPF, unix.BPF_PROG_TEST_RUN, uintptr(unsafe.Pointer(&run)), unsafe.Sizeof(run))
		if errno != 0 && errno != unix.EINTR { // a signal ends it early
			c.failed = c.explain("send", errno)
			return n, c.failed
		}
		c.retries.Add(uint64(atomic.LoadUint32(&t.refused) - refused))
		before := n
		if n = int(atomic.LoadUint32(&t.next)); n == frames {
			return n, nil
		}
		if err := c.hopeless(t.why); err != nil {
			c.failed = c.explain("send", err)
			return n, c.failed
		}
		if n > before {
			p.progress()
		} else if err := c.wait(ctx, p); err != nil {
			return n, err
		}
	}
}

// xmitCongested is NET_XMIT_CN (linux/netdevice.h).
const xmitCongested = 2

// hopeless is why the frame that the helper answered so need not be offered again, or nil.
func (c *Cloner) hopeless(why int32) error {
	switch errno := unix.Errno(-why); {
	case why == xmitCongested:
		// So an interface answers that is down or has no carrier (noop_enqueue), and throws the frame away; a
		// queueing discipline that is new there may have kept it.
		return c.look()
	case why >= 0, errno == unix.ENOMEM, errno == unix.ENOBUFS:
		return nil
	case errno == unix.EINVAL: // the helper finds no such interface
		return unix.ENODEV
	default:
		return errno
	}
}

// wait is for room.
func (c *Cloner) wait(ctx context.Context, p *patience) error {
	if c.closing.Load() {
		return os.ErrClosed
	}
	return p.wait(ctx, c.explain)
}

// TxStats implements Transmitter.
func (c *Cloner) TxStats() (sent, retries uint64) { return c.sent.Load(), c.retries.Load() }

// Close ends a SendBatch that waits, with os.ErrClosed.
func (c *Cloner) Close() error {
	if c.closing.Swap(true) {
		return os.ErrClosed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = os.ErrClosed
	c.release()
	return nil
}

func (c *Cloner) release() {
	if c.prog >= 0 {
		unix.Close(c.prog)
		c.prog = -1
	}
	if c.mem != nil {
		c.mem.close()
		c.mem, c.table = nil, nil
	}
}

func (c *Cloner) explain(op string, err error) error {
	e := newOpError(op, c.iface, err)
	if errors.Is(err, os.ErrPermission) {
		e.hint = needsBPF
	}
	return e
}

// CanClone says why this user cannot send clones on this host, or nil.
func CanClone() error {
	c := &Cloner{ifindex: 1, prog: -1}
	err := c.load(0)
	c.release()
	if err != nil {
		return c.explain("prepare clones", err)
	}
	return nil
}
