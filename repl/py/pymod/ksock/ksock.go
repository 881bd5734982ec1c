package ksock

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// Socket is a kernel socket. Calls that wait end when their context does, when
// the timeout passes, or when Close is called. It is safe for concurrent use as
// far as the kernel's socket is: one goroutine may send while another receives.
//
// A TCP socket dies by RST if the process is killed: otherwise the kernel would
// keep it, and the namespace it is in, until its peer answered. Close ends it in
// the ordinary way, and so does the garbage collector.
type Socket struct {
	f      *os.File
	rc     syscall.RawConn
	ns     *netns.NS
	family int
	typ    int
	proto  int

	timeout atomic.Int64 // nanoseconds; < 0 waits for ever, 0 not at all

	mu     sync.Mutex
	linger unix.Linger // what the user asked for; in force when it is closed
	closed atomic.Bool
}

// abort is the linger setting of a socket that nobody closed: close(2) by the
// dying process then sends a RST (tcp_close in net/ipv4/tcp.c, SOCK_LINGER with
// a time of 0).
var abort = unix.Linger{Onoff: 1}

// New opens a socket in a namespace, nil for the process's own: family is
// AF_INET or AF_INET6, typ SOCK_STREAM, SOCK_DGRAM or SOCK_RAW, which may carry
// SOCK_NONBLOCK and SOCK_CLOEXEC.
func New(ns *netns.NS, family, typ, proto int) (*Socket, error) {
	if family != unix.AF_INET && family != unix.AF_INET6 {
		return nil, fmt.Errorf("open socket of family %d: want AF_INET or AF_INET6: %w", family, unix.EAFNOSUPPORT)
	}
	flags := typ & (unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC)
	typ &^= flags
	var fd int
	err := ns.Do(func() (err error) {
		fd, err = unix.Socket(family, typ|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
		return err
	})
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	s, err := wrap(fd, ns, family, typ, proto)
	if err == nil && flags&unix.SOCK_NONBLOCK != 0 {
		s.SetTimeout(0)
	}
	return s, err
}

// wrap takes a non-blocking descriptor over; it is closed if that fails.
func wrap(fd int, ns *netns.NS, family, typ, proto int) (*Socket, error) {
	if typ == unix.SOCK_STREAM {
		if err := unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &abort); err != nil {
			unix.Close(fd)
			return nil, os.NewSyscallError("setsockopt", err)
		}
	}
	s := &Socket{f: os.NewFile(uintptr(fd), "socket"), ns: ns, family: family, typ: typ, proto: proto}
	s.timeout.Store(-1)
	var err error
	if s.rc, err = s.f.SyscallConn(); err != nil {
		s.f.Close()
		return nil, err
	}
	runtime.SetFinalizer(s, func(s *Socket) { s.Close() })
	return s, nil
}

// control runs f with the descriptor.
func (s *Socket) control(f func(fd int) error) error {
	var err error
	if cerr := s.rc.Control(func(fd uintptr) { err = f(int(fd)) }); cerr != nil {
		return s.connError(cerr)
	}
	runtime.KeepAlive(s)
	return err
}

// connError is an error of the raw connection. After Close that is one of an
// internal package, which errors.Is does not know.
func (s *Socket) connError(err error) error {
	if s.closed.Load() {
		return os.ErrClosed
	}
	return err
}

// Family is AF_INET or AF_INET6.
func (s *Socket) Family() int { return s.family }

// Type is SOCK_STREAM, SOCK_DGRAM or SOCK_RAW.
func (s *Socket) Type() int { return s.typ }

// Proto is the protocol that the socket was opened with.
func (s *Socket) Proto() int { return s.proto }

// Fileno is the descriptor, -1 after Close. It stays the Socket's.
func (s *Socket) Fileno() int {
	n := -1
	_ = s.control(func(fd int) error { n = fd; return nil })
	return n
}

// SetTimeout bounds how long calls wait: 0 does not wait at all (EAGAIN), a
// negative d waits for ever, which is how a socket begins.
func (s *Socket) SetTimeout(d time.Duration) { s.timeout.Store(int64(d)) }

// Timeout is what SetTimeout set.
func (s *Socket) Timeout() time.Duration { return time.Duration(s.timeout.Load()) }

// Close closes the socket as close(2) does with the user's own SO_LINGER. Calls
// that wait return os.ErrClosed. Closing again does nothing.
func (s *Socket) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		return nil
	}
	runtime.SetFinalizer(s, nil)
	s.restoreLinger()
	s.closed.Store(true) // before those who wait see it
	err := s.f.Close()
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// restoreLinger puts the user's SO_LINGER in force. Errors cannot happen on a
// valid descriptor, and on another there is nothing to restore.
func (s *Socket) restoreLinger() {
	if s.typ == unix.SOCK_STREAM {
		_ = s.control(func(fd int) error {
			return unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &s.linger)
		})
	}
}

// Detach gives the descriptor away: the Socket is closed without touching the
// connection, and the caller closes the result.
func (s *Socket) Detach() (fd int, err error) {
	s.mu.Lock()
	s.restoreLinger()
	s.mu.Unlock()
	err = s.control(func(old int) (err error) {
		fd, err = unix.FcntlInt(uintptr(old), unix.F_DUPFD_CLOEXEC, 0)
		return os.NewSyscallError("fcntl", err)
	})
	if err != nil {
		return -1, err
	}
	return fd, s.Close()
}
