package packetsock

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sockTx is what sendmmsg(2) works on.
type sockTx struct {
	sync.Mutex
	msgs [batchSize]mmsghdr
	iovs [batchSize]unix.Iovec
	// On links whose header does not tell the network protocol each frame is sent
	// to an address that does; on others the binding suffices.
	headerless bool
	stamp      txStamp
	to4, to6   unix.RawSockaddrLinklayer

	sent, retries atomic.Uint64
}

// batchSize is how many frames one system call takes; more gains nothing.
const batchSize = 64

// mmsghdr is struct mmsghdr (sendmmsg(2)), which x/sys does not have.
type mmsghdr struct {
	hdr unix.Msghdr
	len uint32
	_   [unsafe.Sizeof(uintptr(0)) - 4]byte
}

func (t *sockTx) init(hatype uint16, ifindex int) {
	t.headerless = hatype != HardwareEther && hatype != HardwareLoopback
	t.to4 = unix.RawSockaddrLinklayer{Family: unix.AF_PACKET, Protocol: htons(unix.ETH_P_IP), Ifindex: int32(ifindex)}
	t.to6 = t.to4
	t.to6.Protocol = htons(unix.ETH_P_IPV6)
	for i := range t.msgs {
		t.msgs[i].hdr.Iov = &t.iovs[i]
		t.msgs[i].hdr.SetIovlen(1)
	}
}

// load makes message i carry frame.
func (t *sockTx) load(i int, frame []byte) {
	t.iovs[i].Base = unsafe.SliceData(frame)
	t.iovs[i].SetLen(len(frame))
	if !t.headerless || len(frame) == 0 {
		return
	}
	to := &t.to4
	if frame[0]>>4 == 6 {
		to = &t.to6
	}
	t.msgs[i].hdr.Name = (*byte)(unsafe.Pointer(to))
	t.msgs[i].hdr.Namelen = unix.SizeofSockaddrLinklayer
}

// patience paces the wait for a transmit queue that is full.
type patience struct {
	pause time.Duration
	since time.Time
}

// The first pause, which doubles up to the longest, and how long without progress it
// takes to give up.
const (
	firstPause  = 20 * time.Microsecond
	longestWait = time.Millisecond
	giveUp      = 5 * time.Second
)

var errStuck = fmt.Errorf("its transmit queue has been full for %s", giveUp)

func (p *patience) progress() { *p = patience{} }

// wait pauses, or returns errStuck with an explanation.
func (p *patience) wait(ctx context.Context, explain func(op string, err error) error) error {
	if now := time.Now(); p.since.IsZero() {
		p.since, p.pause = now, firstPause
	} else if now.Sub(p.since) > giveUp {
		return fmt.Errorf("%w: %w", explain("send", unix.ENOBUFS), errStuck)
	}
	err := sleep(ctx, p.pause)
	p.pause = min(2*p.pause, longestWait)
	return err
}

// Send transmits one frame, link-layer header included, just as it is.
func (s *Sock) Send(ctx context.Context, frame []byte) error {
	_, err := s.SendBatch(ctx, [][]byte{frame})
	return err
}

// SendBatch transmits frames in order and returns how many the kernel took. With an
// error, frames[n] is the one that met it: those after it were not tried. A full
// queue (ENOBUFS, EAGAIN) is waited for, and counted in Retries, as long as it moves.
func (s *Sock) SendBatch(ctx context.Context, frames [][]byte) (n int, err error) {
	s.tx.Lock()
	defer s.tx.Unlock()
	defer runtime.KeepAlive(frames)
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var p patience
	for n < len(frames) {
		k := min(batchSize, len(frames)-n)
		for i, f := range frames[n : n+k] {
			s.tx.load(i, f)
		}
		sent, err := s.sendmmsg(k)
		n += sent
		s.tx.sent.Add(uint64(sent))
		if err == nil {
			p.progress()
			continue
		}
		if err != unix.ENOBUFS && err != unix.EAGAIN {
			if errno, ok := err.(unix.Errno); ok {
				err = s.explainSend(frames[n], errno)
			}
			return n, err
		}
		// The device's queue is full and has refused the frame (NET_XMIT_DROP), or the
		// socket's buffer is.
		s.tx.retries.Add(1)
		if err := p.wait(ctx, s.explain); err != nil {
			return n, err
		}
	}
	return n, nil
}

// sendmmsg sends the first k messages. The error is the one that message number
// sent met.
func (s *Sock) sendmmsg(k int) (sent int, err error) {
	err = s.control(func(fd int) error {
		// A raw system call, since it does not block: the runtime takes a processor away, every 20 µs, from a
		// goroutine that was in other calls whenever it looked (retake, runtime/proc.go).
		for {
			n, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(fd), uintptr(unsafe.Pointer(&s.tx.msgs[0])), uintptr(k), unix.MSG_DONTWAIT, 0, 0)
			switch errno {
			case unix.EINTR:
				continue
			case 0:
				sent = int(n)
				return nil
			}
			return errno
		}
	})
	return sent, err
}

// explainSend says what is wrong with frame.
func (s *Sock) explainSend(frame []byte, errno unix.Errno) error {
	err := s.explain("send", errno)
	switch errno {
	case unix.EMSGSIZE:
		return fmt.Errorf("%w: the frame has %d bytes", err, len(frame))
	case unix.EINVAL:
		return fmt.Errorf("%w: the frame has %d bytes, too few for the link's header", err, len(frame))
	}
	return err
}

// TxStats tells how many frames the kernel took, and how often a full queue had
// to be waited for.
func (s *Sock) TxStats() (sent, retries uint64) {
	return s.tx.sent.Load(), s.tx.retries.Load()
}

// sleep is time.Sleep that ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
