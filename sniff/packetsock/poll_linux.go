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

// A pollFD is a non-blocking descriptor on the runtime's poller, with waits that
// a context or Close ends.
type pollFD struct {
	f  *os.File
	rc syscall.RawConn

	closed atomic.Bool // rc's error after Close is one that no package exports

	mu       sync.Mutex // guards deadline
	deadline time.Time  // the user's
}

func newPollFD(fd int, name string) (*pollFD, error) {
	f := os.NewFile(uintptr(fd), name)
	rc, err := f.SyscallConn()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &pollFD{f: f, rc: rc}, nil
}

// aLongTimeAgo is a deadline that makes every wait end at once.
var aLongTimeAgo = time.Unix(1, 0)

// read calls try until it returns true, waiting for the descriptor to become
// readable in between. It returns ctx's error, os.ErrDeadlineExceeded or
// os.ErrClosed when one of these ends the wait.
//
// A context costs nothing until there is something to wait for.
func (p *pollFD) read(ctx context.Context, try func(fd uintptr) bool) error {
	return p.wait(ctx, p.rc.Read, p.f.SetReadDeadline, try)
}

// write is read for a descriptor that has to become writable.
func (p *pollFD) write(ctx context.Context, try func(fd uintptr) bool) error {
	return p.wait(ctx, p.rc.Write, p.f.SetWriteDeadline, try)
}

func (p *pollFD) wait(ctx context.Context, loop func(func(uintptr) bool) error,
	setDeadline func(time.Time) error, try func(fd uintptr) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var stop func() bool
	var fired chan struct{}
	err := loop(func(fd uintptr) bool {
		if try(fd) {
			return true
		}
		if stop == nil && ctx.Done() != nil {
			fired = make(chan struct{})
			stop = context.AfterFunc(ctx, func() {
				setDeadline(aLongTimeAgo)
				close(fired)
			})
		}
		return false
	})
	if stop != nil && !stop() {
		// It has run or is running: the deadline it sets must not outlive this call.
		<-fired
		p.mu.Lock()
		setDeadline(p.deadline)
		p.mu.Unlock()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return ctx.Err()
		}
	}
	return p.closedErr(err)
}

// setDeadline makes waits end with os.ErrDeadlineExceeded from t on; zero: never.
func (p *pollFD) setDeadline(t time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.deadline = t
	return p.closedErr(p.f.SetDeadline(t))
}

// control runs fn with the descriptor.
func (p *pollFD) control(fn func(fd int) error) error {
	var err error
	if cerr := p.rc.Control(func(fd uintptr) { err = fn(int(fd)) }); cerr != nil {
		return p.closedErr(cerr)
	}
	return err
}

// close closes the descriptor, which ends every wait on it.
func (p *pollFD) close() error {
	if p.closed.Swap(true) {
		return os.ErrClosed
	}
	return p.f.Close()
}

// closedErr is err without the path that os puts round it, and os.ErrClosed after close.
func (p *pollFD) closedErr(err error) error {
	switch {
	case err == nil:
		return nil
	case p.closed.Load():
		return os.ErrClosed
	case errors.Is(err, os.ErrDeadlineExceeded):
		return os.ErrDeadlineExceeded
	}
	return err
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
