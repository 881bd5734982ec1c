package packetsock

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// XDPConfig says by what an XDPSock transmits.
type XDPConfig struct {
	NS      *netns.NS // where; nil: the process's own
	Ifindex int       // an Ethernet interface
	Queue   int       // its transmit queue, from 0. Each queue takes one socket.
}

// Causes of an XDPSock that cannot be had.
var (
	ErrNoQueue   = errors.New("the interface has no such queue")
	ErrQueueBusy = errors.New("another AF_XDP socket has the queue")
)

// XDPSock transmits frames by a socket of AF_XDP (Documentation/networking/af_xdp.rst) in copy
// mode, which works with every Ethernet driver and takes nothing away from it. It is
// half as fast again as a packet socket, because frames go to the driver past
// the host's output path. So they go past what is there, too: queueing disciplines,
// firewall hooks, and captures on this interface do not see them; the far end does.
//
// It is safe for concurrent use; one goroutine at a time sends.
type XDPSock struct {
	mu     sync.Mutex
	fd     int
	iface  string
	limit  int // bytes of frame
	umem   []byte
	free   []uint64 // offsets in umem of frames that nobody uses
	tx     xdpRing[unix.XDPDesc]
	done   xdpRing[uint64] // the completion ring
	fill   xdpRing[uint64] // the kernel wants one, though nothing is received
	failed error           // ended the socket's use

	closing       atomic.Bool
	sent, retries atomic.Uint64
}

const (
	// XDPLongest is the longest frame: the least room for one that there is (XDP_UMEM_MIN_CHUNK_SIZE).
	XDPLongest = 2048
	// xdpFrames is how many frames may be under way; fewer where RLIMIT_MEMLOCK says so.
	xdpFrames, xdpFewest = 4096, 256
	// xdpBatch is how many frames are offered at once. A system call takes 32 of them
	// (TX_BATCH_SIZE, net/xdp/xsk.c), all since Linux 6.17.
	xdpBatch = 64
	// xdpSendBuffer bounds what the driver holds, in bytes as the kernel counts them.
	xdpSendBuffer = 4 << 20
	// A queue is free a moment after the socket that had it was closed.
	queueRelease = 2 * time.Second
)

// OpenXDP opens a transmit socket on a queue. A queue that was just in use is waited for.
func OpenXDP(ctx context.Context, cfg XDPConfig) (*XDPSock, error) {
	s := &XDPSock{fd: -1}
	var hatype uint16
	err := cfg.NS.Do(func() (err error) {
		if s.iface, hatype, s.limit, err = linkFacts(cfg.Ifindex); err == nil && hatype == HardwareEther {
			s.fd, err = unix.Socket(unix.AF_XDP, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
		}
		return err
	})
	if err == nil && hatype != HardwareEther {
		err = fmt.Errorf("%w: it is no Ethernet interface", unix.EOPNOTSUPP)
	}
	if err == nil {
		s.limit = min(s.limit, XDPLongest)
		err = s.setup(ctx, cfg)
	}
	if err != nil {
		s.release()
		return nil, s.explain("open AF_XDP socket", err)
	}
	return s, nil
}

func (s *XDPSock) setup(ctx context.Context, cfg XDPConfig) (err error) {
	if err := s.register(); err != nil {
		return err
	}
	if s.fill, err = mapXDPRing[uint64](s.fd, unix.XDP_UMEM_FILL_RING, unix.XDP_UMEM_PGOFF_FILL_RING,
		func(o *unix.XDPMmapOffsets) unix.XDPRingOffset { return o.Fr }, 64); err != nil {
		return err
	}
	if s.done, err = mapXDPRing[uint64](s.fd, unix.XDP_UMEM_COMPLETION_RING, unix.XDP_UMEM_PGOFF_COMPLETION_RING,
		func(o *unix.XDPMmapOffsets) unix.XDPRingOffset { return o.Cr }, len(s.free)); err != nil {
		return err
	}
	if s.tx, err = mapXDPRing[unix.XDPDesc](s.fd, unix.XDP_TX_RING, unix.XDP_PGOFF_TX_RING,
		func(o *unix.XDPMmapOffsets) unix.XDPRingOffset { return o.Tx }, 4*xdpBatch); err != nil {
		return err
	}
	unix.SetsockoptInt(s.fd, unix.SOL_XDP, unix.XDP_MAX_TX_SKB_BUDGET, xdpBatch) // fewer calls where it is known
	if unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, xdpSendBuffer) != nil {
		unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_SNDBUF, xdpSendBuffer) // what net.core.wmem_max leaves of it
	}
	sa := &unix.SockaddrXDP{Flags: unix.XDP_COPY | unix.XDP_USE_NEED_WAKEUP, Ifindex: uint32(cfg.Ifindex), QueueID: uint32(cfg.Queue)}
	for until := time.Now().Add(queueRelease); ; {
		switch err := unix.Bind(s.fd, sa); {
		case err == unix.EBUSY && time.Now().Before(until):
			if err := sleep(ctx, 5*time.Millisecond); err != nil {
				return err
			}
		case err == unix.EBUSY:
			return fmt.Errorf("queue %d: %w (%w)", cfg.Queue, ErrQueueBusy, err)
		case err == unix.EINVAL:
			return fmt.Errorf("queue %d: %w (%w)", cfg.Queue, ErrNoQueue, err)
		default:
			return err
		}
	}
}

// register gives the kernel the memory that frames are in. It is locked memory: where
// the limit is small, less of it.
func (s *XDPSock) register() error {
	for n := xdpFrames; ; n /= 2 {
		mem, err := unix.Mmap(-1, 0, n*XDPLongest, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_POPULATE)
		if err != nil {
			return fmt.Errorf("map memory for frames: %w", err)
		}
		reg := unix.XDPUmemReg{Addr: uint64(uintptr(unsafe.Pointer(&mem[0]))), Len: uint64(len(mem)), Size: XDPLongest}
		_, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(s.fd), unix.SOL_XDP, unix.XDP_UMEM_REG,
			uintptr(unsafe.Pointer(&reg)), xdpUmemRegSize, 0)
		if errno == 0 {
			s.umem = mem
			for i := range n {
				s.free = append(s.free, uint64(i*XDPLongest))
			}
			return nil
		}
		unix.Munmap(mem)
		if errno != unix.ENOBUFS || n <= xdpFewest {
			return fmt.Errorf("register memory for frames: %w", errno)
		}
	}
}

// xdpUmemRegSize is struct xdp_umem_reg up to flags, as every kernel since 5.4 takes it.
const xdpUmemRegSize = 32

// SendBatch implements Transmitter. A frame that the driver refuses is sent again, behind
// those of the same system call. After an error other than a frame's length or
// ctx's the socket is of no more use.
func (s *XDPSock) SendBatch(ctx context.Context, frames [][]byte) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var bad error
	for i, f := range frames {
		if bad = misfit(f, s.limit, s.explain); bad != nil {
			frames = frames[:i]
			break
		}
	}
	var again [xdpBatch][]byte
	refused, next := 0, 0
	var p patience
	for n < len(frames) {
		if s.failed != nil {
			return n, s.failed
		}
		s.reap()
		var batch [xdpBatch][]byte
		k := copy(batch[:], again[:refused])
		fresh := copy(batch[k:min(xdpBatch, max(k, len(s.free)))], frames[next:])
		next, k = next+fresh, k+fresh
		if k > len(s.free) { // the driver still has them
			if err := s.wait(ctx, &p); err != nil {
				return n, err
			}
			next -= fresh
			continue
		}
		back, err := s.push(ctx, batch[:k], &p)
		refused = 0
		for i, f := range batch[:k] {
			if back>>i&1 != 0 {
				again[refused] = f
				refused++
			}
		}
		n += k - refused
		s.sent.Add(uint64(k - refused))
		if err != nil {
			s.failed = err
			return n, err
		}
	}
	return n, bad
}

// push hands at most xdpBatch frames to the driver. back has a bit for each that did
// not leave; without an error those were refused for want of room.
func (s *XDPSock) push(ctx context.Context, batch [][]byte, p *patience) (back uint64, err error) {
	base := *s.tx.producer // ours alone
	for i, f := range batch {
		at := s.free[len(s.free)-1-i]
		*s.tx.at(base + uint32(i)) = unix.XDPDesc{Addr: at, Len: uint32(copy(s.umem[at:], f))}
	}
	s.free = s.free[:len(s.free)-len(batch)]
	atomic.StoreUint32(s.tx.producer, base+uint32(len(batch)))
	for taken := 0; ; {
		// A raw system call, as in Sock.sendmmsg.
		_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), 0, 0, unix.MSG_DONTWAIT, 0, 0)
		before := taken
		taken = int(s.tx.consumed() - base)
		room := true
		switch errno {
		case 0, unix.EINTR:
		case unix.EBUSY:
			// Of the frames taken the last was dropped by the driver (__xsk_generic_xmit).
			s.retries.Add(1)
			if room = false; taken > before {
				back |= 1 << (taken - 1)
			}
		case unix.EAGAIN, unix.ENOBUFS:
			// Not taken: no memory, or the socket's share of it is used up. Also said when
			// the batch was too long for one call.
			if room = taken > before; !room {
				s.retries.Add(1)
			}
		default:
			return back | ^uint64(0)<<taken, s.explain("send", errno)
		}
		if taken == len(batch) {
			return back, nil
		}
		if room {
			p.progress()
		} else if err := s.wait(ctx, p); err != nil {
			return back | ^uint64(0)<<taken, err
		}
	}
}

// wait is for room.
func (s *XDPSock) wait(ctx context.Context, p *patience) error {
	if s.closing.Load() {
		return os.ErrClosed
	}
	s.reap()
	return p.wait(ctx, s.explain)
}

// reap takes back the frames that the driver is done with.
func (s *XDPSock) reap() {
	at, end := *s.done.consumer, s.done.produced()
	for ; at != end; at++ {
		s.free = append(s.free, *s.done.at(at))
	}
	atomic.StoreUint32(s.done.consumer, at)
}

// TxStats implements Transmitter.
func (s *XDPSock) TxStats() (sent, retries uint64) { return s.sent.Load(), s.retries.Load() }

// Close ends a SendBatch that waits, with os.ErrClosed, and closes the socket.
func (s *XDPSock) Close() error {
	if s.closing.Swap(true) {
		return os.ErrClosed
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed = os.ErrClosed
	return s.release()
}

func (s *XDPSock) release() error {
	s.tx.unmap()
	s.done.unmap()
	s.fill.unmap()
	var err error
	if s.fd >= 0 {
		err = unix.Close(s.fd)
		s.fd = -1
	}
	if s.umem != nil {
		unix.Munmap(s.umem)
		s.umem = nil
	}
	return err
}

func (s *XDPSock) explain(op string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := newOpError(op, s.iface, err)
	switch {
	case errors.Is(err, unix.EAFNOSUPPORT):
		e.hint = "this kernel has no AF_XDP (CONFIG_XDP_SOCKETS)"
	case errors.Is(err, unix.ENOBUFS) && op != "send":
		e.hint = "locked memory is short: raise RLIMIT_MEMLOCK (ulimit -l)"
	}
	return e
}

// CanXDP says why this host has no XDPSock for this user, or nil.
func CanXDP() error {
	fd, err := unix.Socket(unix.AF_XDP, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	s := &XDPSock{fd: fd}
	if err == nil {
		err = s.register()
		s.release()
	}
	if err != nil {
		return s.explain("open AF_XDP socket", err)
	}
	return nil
}
