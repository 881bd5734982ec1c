package ksock

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// MaxRecv is the most that one Recv returns; longer requests are cut.
const MaxRecv = 1 << 26

// longAgo as a deadline makes a waiting call return at once.
var longAgo = time.Unix(1, 0)

// wait repeats f while it says EAGAIN, until the timeout or ctx ends. It fails
// with os.ErrDeadlineExceeded, ctx's error, os.ErrClosed or what f says.
func (s *Socket) wait(ctx context.Context, write bool, f func(fd int) error) error {
	timeout := s.Timeout()
	var err error
	if timeout == 0 {
		if cerr := s.control(func(fd int) error { err = f(fd); return nil }); cerr != nil {
			return cerr
		}
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	setDeadline, run := s.f.SetReadDeadline, s.rc.Read
	if write {
		setDeadline, run = s.f.SetWriteDeadline, s.rc.Write
	}
	deadline := time.Time{}
	if timeout > 0 {
		deadline = time.Now().Add(timeout)
	}
	if err := setDeadline(deadline); err != nil {
		return s.connError(err)
	}
	fired := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(fired)
		_ = setDeadline(longAgo) // fails only if closed, which ends the wait too
	})
	werr := run(func(fd uintptr) bool {
		err = f(int(fd))
		return !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR)
	})
	if !stop() {
		<-fired // or it would cut the next call short
	}
	runtime.KeepAlive(s) // the finalizer would close what we wait on
	switch {
	case werr == nil:
		return err
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return s.connError(werr)
}

// Bind gives the socket an address.
func (s *Socket) Bind(a netip.AddrPort) error {
	sa, err := s.sockaddr(a)
	if err != nil {
		return err
	}
	return s.control(func(fd int) error { return os.NewSyscallError("bind", unix.Bind(fd, sa)) })
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
		return os.NewSyscallError("accept", err)
	})
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	c, err := wrap(fd, s.ns, s.family, s.typ, s.proto)
	return c, addrPort(sa), err
}

// Connect opens a connection, or fixes a datagram socket's peer. With a timeout
// of 0 it returns EINPROGRESS, as connect(2) does.
func (s *Socket) Connect(ctx context.Context, a netip.AddrPort) error {
	sa, err := s.sockaddr(a)
	if err != nil {
		return err
	}
	err = s.control(func(fd int) error { return unix.Connect(fd, sa) })
	if err != unix.EINPROGRESS || s.Timeout() == 0 {
		return os.NewSyscallError("connect", err)
	}
	return s.wait(ctx, true, func(fd int) error {
		n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
		if err == nil && n != 0 {
			err = unix.Errno(n)
		}
		if err != nil {
			return os.NewSyscallError("connect", err)
		}
		// Writable without an error or a peer: woken too early (connect(2)).
		if _, err := unix.Getpeername(fd); err != nil {
			return unix.EAGAIN
		}
		return nil
	})
}

// Send sends some of b and says how much.
func (s *Socket) Send(ctx context.Context, b []byte) (n int, err error) {
	return s.SendFlags(ctx, b, 0)
}

// SendFlags is Send with MSG_* flags. A broken pipe is EPIPE, never a signal.
func (s *Socket) SendFlags(ctx context.Context, b []byte, flags int) (n int, err error) {
	err = s.wait(ctx, true, func(fd int) (err error) {
		n, err = unix.SendmsgN(fd, b, nil, nil, flags|unix.MSG_NOSIGNAL)
		return os.NewSyscallError("send", err)
	})
	return n, err
}

// SendTo sends a datagram.
func (s *Socket) SendTo(ctx context.Context, b []byte, a netip.AddrPort) error {
	return s.SendToFlags(ctx, b, 0, a)
}

// SendToFlags is SendTo with MSG_* flags.
func (s *Socket) SendToFlags(ctx context.Context, b []byte, flags int, a netip.AddrPort) error {
	sa, err := s.sockaddr(a)
	if err != nil {
		return err
	}
	return s.wait(ctx, true, func(fd int) error {
		return os.NewSyscallError("sendto", unix.Sendto(fd, b, flags|unix.MSG_NOSIGNAL, sa))
	})
}

// Recv waits for at most n bytes and says who sent them; none on a stream is its
// end.
func (s *Socket) Recv(ctx context.Context, n int) ([]byte, netip.AddrPort, error) {
	return s.RecvFlags(ctx, n, 0)
}

// RecvFlags is Recv with MSG_* flags.
func (s *Socket) RecvFlags(ctx context.Context, n, flags int) ([]byte, netip.AddrPort, error) {
	b := make([]byte, min(n, MaxRecv))
	var got int
	var from unix.Sockaddr
	err := s.wait(ctx, false, func(fd int) (err error) {
		got, from, err = unix.Recvfrom(fd, b, flags)
		return os.NewSyscallError("recvfrom", err)
	})
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	return b[:min(max(got, 0), len(b))], addrPort(from), nil // MSG_TRUNC tells the full length
}

// Shutdown ends one or both directions: SHUT_RD, SHUT_WR, SHUT_RDWR.
func (s *Socket) Shutdown(how int) error {
	return s.control(func(fd int) error { return os.NewSyscallError("shutdown", unix.Shutdown(fd, how)) })
}
