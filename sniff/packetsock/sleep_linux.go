package packetsock

import (
	"context"
	"errors"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A sleeper waits in ppoll(2) for a blocking descriptor to become readable: what arrives wakes the
// thread that waits and no other, and nobody when nobody waits. A wait holds its thread.
type sleeper struct {
	d    *descriptor
	bell *descriptor // an eventfd(2), which ends the wait

	asleep   atomic.Bool  // somebody waits, or is about to
	deadline atomic.Int64 // on the clock of epoch; 0: none
}

// epoch is from when deadlines are counted, by the clock that nobody steps.
var epoch = time.Now()

func newSleeper(d *descriptor) (*sleeper, error) {
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	bell, err := newDescriptor(fd, "eventfd")
	if err != nil {
		return nil, err
	}
	return &sleeper{d: d, bell: bell}, nil
}

// read is poller.read. One goroutine at a time may wait.
func (s *sleeper) read(ctx context.Context, try func(fd uintptr) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return s.d.control(func(fd int) error {
		if try(uintptr(fd)) {
			return nil
		}
		s.asleep.Store(true)
		defer s.asleep.Store(false)
		if ctx.Done() != nil {
			defer context.AfterFunc(ctx, s.ring)()
		}
		for {
			if err := s.sleep(ctx, fd); err != nil {
				return err
			}
			if try(uintptr(fd)) {
				return nil
			}
		}
	})
}

// sleep waits until the descriptor may be readable. The error is what ends read.
func (s *sleeper) sleep(ctx context.Context, fd int) error {
	if s.d.closed.Load() {
		return os.ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var timeout *unix.Timespec
	if t := s.deadline.Load(); t != 0 {
		left := t - int64(time.Since(epoch))
		if left <= 0 {
			return os.ErrDeadlineExceeded
		}
		ts := unix.NsecToTimespec(left)
		timeout = &ts
	}
	err := s.bell.control(func(bell int) error {
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}, {Fd: int32(bell), Events: unix.POLLIN}}
		if _, err := unix.Ppoll(fds, timeout, nil); err != nil || fds[1].Revents == 0 {
			return err
		}
		var count [8]byte
		_, err := unix.Read(bell, count[:])
		return err
	})
	if errors.Is(err, unix.EINTR) {
		return nil
	}
	return err
}

// ring ends a wait. One that begins later looks once more at what could have ended it.
func (s *sleeper) ring() {
	_ = s.bell.control(func(bell int) error {
		_, err := unix.Write(bell, []byte{0, 0, 0, 1, 0, 0, 0, 0}) // a number that is not 0
		return err
	})
}

// setDeadline is poller.setDeadline.
func (s *sleeper) setDeadline(t time.Time) error {
	at := int64(0)
	if !t.IsZero() {
		at = max(1, int64(t.Sub(epoch)))
	}
	s.deadline.Store(at)
	if s.asleep.Load() {
		s.ring()
	}
	if s.d.closed.Load() {
		return os.ErrClosed
	}
	return nil
}

// close closes the descriptor and ends the wait for it.
func (s *sleeper) close() error {
	err := s.d.close()
	s.ring()
	s.bell.close() // open until it has been heard
	return err
}
