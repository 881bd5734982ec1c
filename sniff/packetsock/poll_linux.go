package packetsock

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A descriptor is open while somebody is at work with it, whenever it is closed.
type descriptor struct {
	f  *os.File
	rc syscall.RawConn

	closed atomic.Bool // rc's error after close is one that no package exports
}

// newDescriptor takes a descriptor over. The runtime's poller watches it if it is non-blocking.
func newDescriptor(fd int, name string) (*descriptor, error) {
	f := os.NewFile(uintptr(fd), name)
	rc, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &descriptor{f: f, rc: rc}, nil
}

// control runs fn with the descriptor.
func (d *descriptor) control(fn func(fd int) error) error {
	var err error
	if cerr := d.rc.Control(func(fd uintptr) { err = fn(int(fd)) }); cerr != nil {
		return d.closedErr(cerr)
	}
	return err
}

// close closes the descriptor, which ends every wait for it on the runtime's poller.
func (d *descriptor) close() error {
	if d.closed.Swap(true) {
		return os.ErrClosed
	}
	return d.f.Close()
}

// closedErr is err without the path that os puts round it, and os.ErrClosed after close.
func (d *descriptor) closedErr(err error) error {
	switch {
	case err == nil:
		return nil
	case d.closed.Load():
		return os.ErrClosed
	case errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	}
	return err
}

// A poller waits on the runtime's poller for a non-blocking descriptor to become readable. Waits
// hold no thread, but whatever arrives wakes the thread that polls, whether somebody waits or not.
type poller struct {
	d *descriptor

	mu       sync.Mutex // guards deadline
	deadline time.Time  // the user's
}

// aLongTimeAgo is a deadline that makes every wait end at once.
var aLongTimeAgo = time.Unix(1, 0)

// read calls try until it returns true, waiting for the descriptor to become
// readable in between. It returns ctx's error, os.ErrDeadlineExceeded or
// os.ErrClosed when one of these ends the wait.
//
// A context costs nothing until there is something to wait for.
func (p *poller) read(ctx context.Context, try func(fd uintptr) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var stop func() bool
	var fired chan struct{}
	err := p.d.rc.Read(func(fd uintptr) bool {
		if try(fd) {
			return true
		}
		if stop == nil && ctx.Done() != nil {
			fired = make(chan struct{})
			stop = context.AfterFunc(ctx, func() {
				p.d.f.SetReadDeadline(aLongTimeAgo)
				close(fired)
			})
		}
		return false
	})
	if stop != nil && !stop() {
		// It has run or is running: the deadline it sets must not outlive this call.
		<-fired
		p.mu.Lock()
		p.d.f.SetReadDeadline(p.deadline)
		p.mu.Unlock()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return ctx.Err()
		}
	}
	return p.d.closedErr(err)
}

// setDeadline makes waits end with os.ErrDeadlineExceeded from t on; zero: never.
func (p *poller) setDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deadline = t
	return p.d.closedErr(p.d.f.SetReadDeadline(t))
}

// socketError takes the pending error of a socket (SO_ERROR clears it).
func socketError(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return err
	}
	if n != 0 {
		return unix.Errno(n)
	}
	return nil
}
