// Package ksock gives real kernel sockets, in any network namespace, the names
// that Python's socket module has for them.
package ksock

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// Socket is a kernel socket. Calls that wait end when their context does. It is
// safe for concurrent use as far as the kernel's socket is.
//
// A TCP socket dies by RST if the process is killed: otherwise the kernel would
// keep it, and the namespace it is in, until its peer answered. Close ends it in
// the ordinary way.
type Socket struct {
	f       *os.File
	rc      syscall.RawConn
	family  int
	typ     int
	linger  *unix.Linger // what the user asked for
	timeout time.Duration
	timed   bool
}

// abort is the linger setting of a socket that nobody closed.
var abort = unix.Linger{Onoff: 1}

// New opens a socket: family is AF_INET or AF_INET6, typ SOCK_STREAM, SOCK_DGRAM
// or SOCK_RAW.
func New(ns *netns.NS, family, typ, proto int) (*Socket, error) {
	if family != unix.AF_INET && family != unix.AF_INET6 {
		return nil, fmt.Errorf("socket family %d: %w (there are AF_INET and AF_INET6)", family, unix.EAFNOSUPPORT)
	}
	var fd int
	err := ns.Do(func() (err error) {
		fd, err = unix.Socket(family, typ|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, proto)
		return err
	})
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	return wrap(fd, family, typ)
}

func wrap(fd, family, typ int) (*Socket, error) {
	if typ == unix.SOCK_STREAM {
		if err := unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &abort); err != nil {
			unix.Close(fd)
			return nil, os.NewSyscallError("setsockopt", err)
		}
	}
	s := &Socket{f: os.NewFile(uintptr(fd), "socket"), family: family, typ: typ}
	var err error
	s.rc, err = s.f.SyscallConn()
	return s, err
}

// control runs f with the descriptor.
func (s *Socket) control(f func(fd int) error) error {
	var err error
	if cerr := s.rc.Control(func(fd uintptr) { err = f(int(fd)) }); cerr != nil {
		return cerr
	}
	return err
}

// wait repeats f while it says EAGAIN, until the timeout or ctx ends.
func (s *Socket) wait(ctx context.Context, write bool, f func(fd int) error) error {
	deadline := time.Time{}
	if s.timed {
		deadline = time.Now().Add(max(s.timeout, 1))
	}
	if err := s.f.SetDeadline(deadline); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.f.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	var err error
	try := func(fd uintptr) bool {
		err = f(int(fd))
		return !errors.Is(err, unix.EAGAIN)
	}
	var werr error
	if write {
		werr = s.rc.Write(try)
	} else {
		werr = s.rc.Read(try)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if werr != nil {
		return werr
	}
	return err
}

// Bind gives the socket an address.
func (s *Socket) Bind(a netip.AddrPort) error {
	return s.control(func(fd int) error { return os.NewSyscallError("bind", unix.Bind(fd, s.sockaddr(a))) })
}

// Listen makes the socket take connections; backlog is how many may wait.
func (s *Socket) Listen(backlog int) error {
	return s.control(func(fd int) error { return os.NewSyscallError("listen", unix.Listen(fd, backlog)) })
}

// Accept waits for a connection.
func (s *Socket) Accept(ctx context.Context) (*Socket, netip.AddrPort, error) {
	var fd int
	var sa unix.Sockaddr
	err := s.wait(ctx, false, func(l int) (err error) {
		fd, sa, err = unix.Accept4(l, unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		return err
	})
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	c, err := wrap(fd, s.family, s.typ)
	return c, addrPort(sa), err
}

// Connect opens a connection, or fixes a datagram socket's peer.
func (s *Socket) Connect(ctx context.Context, a netip.AddrPort) error {
	begun := false
	return s.wait(ctx, true, func(fd int) error {
		if !begun {
			begun = true
			err := unix.Connect(fd, s.sockaddr(a))
			if err == unix.EINPROGRESS {
				return unix.EAGAIN
			}
			return err
		}
		if n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR); err != nil || n != 0 {
			if err == nil {
				err = unix.Errno(n)
			}
			return err
		}
		if _, err := unix.Getpeername(fd); err != nil {
			return unix.EAGAIN
		}
		return nil
	})
}

// Send sends some of b and says how much.
func (s *Socket) Send(ctx context.Context, b []byte) (n int, err error) {
	err = s.wait(ctx, true, func(fd int) (err error) {
		n, err = unix.SendmsgN(fd, b, nil, nil, unix.MSG_NOSIGNAL)
		return err
	})
	return n, err
}

// SendTo sends a datagram.
func (s *Socket) SendTo(ctx context.Context, b []byte, a netip.AddrPort) error {
	return s.wait(ctx, true, func(fd int) error { return unix.Sendto(fd, b, unix.MSG_NOSIGNAL, s.sockaddr(a)) })
}

// Recv waits for at most n bytes; none is the end of the stream.
func (s *Socket) Recv(ctx context.Context, n int) ([]byte, netip.AddrPort, error) {
	b := make([]byte, n)
	var got int
	var from unix.Sockaddr
	err := s.wait(ctx, false, func(fd int) (err error) {
		got, from, err = unix.Recvfrom(fd, b, 0)
		return err
	})
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	return b[:max(got, 0)], addrPort(from), nil
}

// Shutdown ends one or both directions: SHUT_RD, SHUT_WR, SHUT_RDWR.
func (s *Socket) Shutdown(how int) error {
	return s.control(func(fd int) error { return os.NewSyscallError("shutdown", unix.Shutdown(fd, how)) })
}

// Close closes the socket as close(2) does with the user's own SO_LINGER.
func (s *Socket) Close() error {
	if s.typ == unix.SOCK_STREAM {
		l := s.linger
		if l == nil {
			l = &unix.Linger{}
		}
		_ = s.control(func(fd int) error { return unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, l) })
	}
	err := s.f.Close()
	if errors.Is(err, os.ErrClosed) {
		return nil
	}
	return err
}

// SetTimeout bounds how long calls wait; a negative d is forever.
func (s *Socket) SetTimeout(d time.Duration) { s.timeout, s.timed = d, d >= 0 }

// SetOpt sets an option of an integer's or of raw bytes' value.
func (s *Socket) SetOpt(level, opt int, v []byte) error {
	if level == unix.SOL_SOCKET && opt == unix.SO_LINGER && len(v) == 8 {
		s.linger = &unix.Linger{Onoff: int32(v[0]), Linger: int32(v[4]) | int32(v[5])<<8}
		return nil // takes effect when the socket is closed
	}
	return s.control(func(fd int) error {
		return os.NewSyscallError("setsockopt", unix.SetsockoptString(fd, level, opt, string(v)))
	})
}

// GetOpt reads an option of an integer's value.
func (s *Socket) GetOpt(level, opt int) (n int, err error) {
	err = s.control(func(fd int) (err error) {
		n, err = unix.GetsockoptInt(fd, level, opt)
		return os.NewSyscallError("getsockopt", err)
	})
	return n, err
}

// Name is the socket's own address, Peer its peer's.
func (s *Socket) Name() (a netip.AddrPort, err error) {
	err = s.control(func(fd int) error {
		sa, err := unix.Getsockname(fd)
		a = addrPort(sa)
		return os.NewSyscallError("getsockname", err)
	})
	return a, err
}

// Peer is the address of the other end.
func (s *Socket) Peer() (a netip.AddrPort, err error) {
	err = s.control(func(fd int) error {
		sa, err := unix.Getpeername(fd)
		a = addrPort(sa)
		return os.NewSyscallError("getpeername", err)
	})
	return a, err
}

// Family is AF_INET or AF_INET6.
func (s *Socket) Family() int { return s.family }

func (s *Socket) sockaddr(a netip.AddrPort) unix.Sockaddr {
	if s.family == unix.AF_INET6 {
		return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
	}
	return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().Unmap().As4()}
}

func addrPort(sa unix.Sockaddr) netip.AddrPort {
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	return netip.AddrPort{}
}
