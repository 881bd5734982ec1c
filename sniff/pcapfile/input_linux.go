package pcapfile

import (
	"fmt"
	"os"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// openInput opens a file for reading. A named pipe is opened without waiting for a
// writer: poll waits for one, which Close can end.
func openInput(name string) (*os.File, error) {
	fd, err := unix.Open(name, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err == nil && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		unix.Close(fd)
		return nil, &os.PathError{Op: "open", Path: name, Err: unix.EISDIR}
	}
	if err := unix.SetNonblock(fd, false); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return os.NewFile(uintptr(fd), name), nil
}

// An input reads a file. Reads of what may have to be waited for can be ended by
// Close.
type input struct {
	f      *os.File
	fd     int
	waits  bool // a pipe, a socket or a terminal
	closed atomic.Bool
	busy   chan struct{} // holds one token while a Read is under way
}

func newInput(f *os.File) (*input, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return &input{f: f, fd: int(f.Fd()), waits: !st.Mode().IsRegular(), busy: make(chan struct{}, 1)}, nil
}

// pollEvery is how soon a Read that waits sees that it was closed.
const pollEvery = 100 // milliseconds

func (in *input) Read(b []byte) (int, error) {
	if !in.waits {
		return in.f.Read(b)
	}
	in.busy <- struct{}{}
	defer func() { <-in.busy }()
	for {
		if in.closed.Load() {
			return 0, os.ErrClosed
		}
		fds := []unix.PollFd{{Fd: int32(in.fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, pollEvery)
		if err != nil && err != unix.EINTR {
			return 0, fmt.Errorf("poll: %w", err)
		}
		if n > 0 {
			return in.f.Read(b)
		}
	}
}

// Close ends a Read that waits, then closes the file. Standard input stays open.
func (in *input) Close() error {
	in.closed.Store(true)
	if in.waits {
		in.busy <- struct{}{}
		defer func() { <-in.busy }()
	}
	if in.f == os.Stdin {
		return nil
	}
	return in.f.Close()
}
