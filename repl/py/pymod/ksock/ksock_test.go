package ksock

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pktsh/lab"
	"pktsh/netns"
)

// network is a namespace of its own with a loopback interface.
func network(t *testing.T) *netns.NS {
	t.Helper()
	ns, err := netns.New("ksock")
	if errors.Is(err, unix.EPERM) {
		t.Skip("needs CAP_SYS_ADMIN to make a network namespace")
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.Close() })
	if err := lab.RaiseLoopback(ns); err != nil {
		t.Fatal(err)
	}
	return ns
}

// context10 ends long after a working kernel has answered.
func context10(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, ns *netns.NS, family, typ int) *Socket {
	t.Helper()
	s, err := New(ns, family, typ, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// listener listens on a free port of loop.
func listener(t *testing.T, ns *netns.NS, family int, loop string) (*Socket, netip.AddrPort) {
	t.Helper()
	l := open(t, ns, family, unix.SOCK_STREAM)
	if err := l.Bind(netip.AddrPortFrom(netip.MustParseAddr(loop), 0)); err != nil {
		t.Fatal(err)
	}
	if err := l.Listen(8); err != nil {
		t.Fatal(err)
	}
	a, err := l.Name()
	if err != nil {
		t.Fatal(err)
	}
	return l, a
}

// pair is the two ends of a connection.
func pair(t *testing.T, ns *netns.NS, family int, loop string) (client, server *Socket) {
	t.Helper()
	ctx := context10(t)
	l, addr := listener(t, ns, family, loop)
	client = open(t, ns, family, unix.SOCK_STREAM)
	if err := client.Connect(ctx, addr); err != nil {
		t.Fatal(err)
	}
	server, from, err := l.Accept(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	if name, err := client.Name(); err != nil || name != from {
		t.Errorf("accept says %v, the client is %v (%v)", from, name, err)
	}
	if peer, err := client.Peer(); err != nil || peer != addr {
		t.Errorf("peer %v, want %v (%v)", peer, addr, err)
	}
	return client, server
}

func TestStream(t *testing.T) {
	ns := network(t)
	for _, tc := range []struct {
		name   string
		family int
		loop   string
	}{{"IPv4", unix.AF_INET, "127.0.0.1"}, {"IPv6", unix.AF_INET6, "::1"}} {
		t.Run(tc.name, func(t *testing.T) {
			ctx := context10(t)
			c, s := pair(t, ns, tc.family, tc.loop)
			if n, err := c.Send(ctx, []byte("hello")); n != 5 || err != nil {
				t.Fatalf("send: %d, %v", n, err)
			}
			if b, _, err := s.Recv(ctx, 100); string(b) != "hello" || err != nil {
				t.Fatalf("recv: %q, %v", b, err)
			}
			if err := c.Shutdown(unix.SHUT_WR); err != nil {
				t.Fatal(err)
			}
			if b, _, err := s.Recv(ctx, 100); len(b) != 0 || err != nil {
				t.Fatalf("recv after the peer's shutdown: %q, %v, want the end", b, err)
			}
			if _, err := c.Send(ctx, []byte("x")); !errors.Is(err, unix.EPIPE) {
				t.Errorf("send after shutdown: %v, want EPIPE", err)
			}
			if _, err := s.Send(ctx, []byte("back")); err != nil {
				t.Fatal(err)
			}
			if b, _, err := c.Recv(ctx, 2); string(b) != "ba" || err != nil {
				t.Errorf("recv of 2: %q, %v", b, err)
			}
			if b, _, err := c.RecvFlags(ctx, 10, unix.MSG_PEEK); string(b) != "ck" || err != nil {
				t.Errorf("peek: %q, %v", b, err)
			}
			if b, _, err := c.Recv(ctx, 10); string(b) != "ck" || err != nil {
				t.Errorf("recv after peek: %q, %v", b, err)
			}
		})
	}
}

func TestDatagram(t *testing.T) {
	ns := network(t)
	for _, tc := range []struct {
		name   string
		family int
		loop   string
	}{{"IPv4", unix.AF_INET, "127.0.0.1"}, {"IPv6", unix.AF_INET6, "::1"}} {
		t.Run(tc.name, func(t *testing.T) {
			ctx := context10(t)
			a, b := open(t, ns, tc.family, unix.SOCK_DGRAM), open(t, ns, tc.family, unix.SOCK_DGRAM)
			loop := netip.AddrPortFrom(netip.MustParseAddr(tc.loop), 0)
			for _, s := range []*Socket{a, b} {
				if err := s.Bind(loop); err != nil {
					t.Fatal(err)
				}
			}
			aName, _ := a.Name()
			bName, err := b.Name()
			if err != nil {
				t.Fatal(err)
			}
			big := bytes.Repeat([]byte("x"), 9000)
			for _, data := range [][]byte{{}, []byte("ping"), big} {
				if err := a.SendTo(ctx, data, bName); err != nil {
					t.Fatal(err)
				}
				got, from, err := b.Recv(ctx, 65535)
				if err != nil || !bytes.Equal(got, data) || from != aName {
					t.Errorf("got %d bytes from %v (%v), want %d from %v", len(got), from, err, len(data), aName)
				}
			}
			if err := a.SendTo(ctx, []byte("truncated"), bName); err != nil {
				t.Fatal(err)
			}
			if got, _, err := b.Recv(ctx, 3); string(got) != "tru" || err != nil {
				t.Errorf("short recv: %q, %v", got, err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	ns := network(t)
	l, addr := listener(t, ns, unix.AF_INET, "127.0.0.1")
	l.Close()
	c := open(t, ns, unix.AF_INET, unix.SOCK_STREAM)
	if err := c.Connect(context10(t), addr); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("connect to a closed port: %v, want ECONNREFUSED", err)
	}
	u := open(t, ns, unix.AF_INET, unix.SOCK_DGRAM)
	if err := u.Connect(context10(t), addr); err != nil {
		t.Fatal(err)
	}
	if _, err := u.Send(context10(t), []byte("x")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := u.Recv(context10(t), 1); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("recv after port unreachable: %v, want ECONNREFUSED", err)
	}
}

func TestTimeout(t *testing.T) {
	ns := network(t)
	c, s := pair(t, ns, unix.AF_INET, "127.0.0.1")
	c.SetTimeout(time.Millisecond)
	if _, _, err := c.Recv(context10(t), 1); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("recv: %v, want a timeout", err)
	}
	l, _ := listener(t, ns, unix.AF_INET, "127.0.0.1")
	l.SetTimeout(time.Millisecond)
	if _, _, err := l.Accept(context10(t)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("accept: %v, want a timeout", err)
	}
	// A timeout spoils nothing.
	c.SetTimeout(-1)
	if _, err := s.Send(context10(t), []byte("late")); err != nil {
		t.Fatal(err)
	}
	if b, _, err := c.Recv(context10(t), 10); string(b) != "late" || err != nil {
		t.Errorf("recv after a timeout: %q, %v", b, err)
	}
}

func TestNonblocking(t *testing.T) {
	ns := network(t)
	c, s := pair(t, ns, unix.AF_INET, "127.0.0.1")
	c.SetTimeout(0)
	if _, _, err := c.Recv(context10(t), 1); !errors.Is(err, unix.EAGAIN) {
		t.Errorf("recv: %v, want EAGAIN", err)
	}
	// The buffers fill, as nobody reads.
	chunk := make([]byte, 1<<20)
	var err error
	for range 1000 {
		if _, err = c.Send(context10(t), chunk); err != nil {
			break
		}
	}
	if !errors.Is(err, unix.EAGAIN) {
		t.Errorf("send into full buffers: %v, want EAGAIN", err)
	}
	s.Close()
	l, addr := listener(t, ns, unix.AF_INET, "127.0.0.1")
	n, err := New(ns, unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if n.Timeout() != 0 {
		t.Errorf("SOCK_NONBLOCK: timeout %v, want 0", n.Timeout())
	}
	// Over loopback the handshake may be done at once.
	if err := n.Connect(context10(t), addr); err != nil && !errors.Is(err, unix.EINPROGRESS) {
		t.Errorf("connect: %v, want EINPROGRESS", err)
	}
	if _, _, err := l.Accept(context10(t)); err != nil {
		t.Error(err)
	}
}

// TestInterrupt ends a wait by its context, before and while it waits; the
// socket works on.
func TestInterrupt(t *testing.T) {
	ns := network(t)
	c, s := pair(t, ns, unix.AF_INET, "127.0.0.1")
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := c.Recv(ended, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("recv with an ended context: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error)
	go func() {
		_, _, err := c.Recv(ctx, 1)
		result <- err
	}()
	cancel()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("recv: %v, want context.Canceled", err)
	}
	if _, err := s.Send(context10(t), []byte("on")); err != nil {
		t.Fatal(err)
	}
	if b, _, err := c.Recv(context10(t), 10); string(b) != "on" || err != nil {
		t.Errorf("recv after the interrupt: %q, %v", b, err)
	}
}

// TestClose ends a wait from another goroutine.
func TestClose(t *testing.T) {
	ns := network(t)
	c, _ := pair(t, ns, unix.AF_INET, "127.0.0.1")
	result := make(chan error)
	go func() {
		_, _, err := c.Recv(context.Background(), 1)
		result <- err
	}()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-result; !errors.Is(err, os.ErrClosed) {
		t.Errorf("recv on a closing socket: %v, want os.ErrClosed", err)
	}
	if err := c.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	if fd := c.Fileno(); fd != -1 {
		t.Errorf("descriptor of a closed socket: %d, want -1", fd)
	}
}

func TestOptions(t *testing.T) {
	ns := network(t)
	s := open(t, ns, unix.AF_INET, unix.SOCK_STREAM)
	if err := s.SetOpt(unix.SOL_SOCKET, unix.SO_REUSEADDR, []byte{1, 0, 0, 0}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.GetOpt(unix.SOL_SOCKET, unix.SO_REUSEADDR); n != 1 || err != nil {
		t.Errorf("SO_REUSEADDR: %d, %v", n, err)
	}
	if n, err := s.GetOpt(unix.SOL_SOCKET, unix.SO_TYPE); n != unix.SOCK_STREAM || err != nil {
		t.Errorf("SO_TYPE: %d, %v", n, err)
	}
	// The linger that guards the namespace is not the user's business.
	if b, err := s.GetOptBytes(unix.SOL_SOCKET, unix.SO_LINGER, 8); err != nil || !bytes.Equal(b, make([]byte, 8)) {
		t.Errorf("SO_LINGER: % x, %v, want 0 0", b, err)
	}
	if _, err := New(ns, unix.AF_UNIX, unix.SOCK_STREAM, 0); !errors.Is(err, unix.EAFNOSUPPORT) {
		t.Errorf("AF_UNIX: %v, want EAFNOSUPPORT", err)
	}
}
