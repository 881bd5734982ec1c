package ksock

import (
	"context"
	"encoding/binary"
	"errors"
	"net/netip"
	"syscall"
	"time"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod/wait"
	"pktsh/repl/py/pyrt"
)

// methods are those of Python's socket objects. A nil result is None.
var methods map[string]func(c *call) (starlark.Value, error)

func init() {
	methods = map[string]func(c *call) (starlark.Value, error){
		"accept":      accept,
		"bind":        func(c *call) (starlark.Value, error) { return nil, c.withAddress(c.s.Bind) },
		"close":       func(c *call) (starlark.Value, error) { return nil, c.s.Close() },
		"connect":     connect,
		"connect_ex":  connectEx,
		"detach":      func(c *call) (starlark.Value, error) { return number(c.s.Detach()) },
		"fileno":      func(c *call) (starlark.Value, error) { return starlark.MakeInt(c.s.Fileno()), nil },
		"getblocking": func(c *call) (starlark.Value, error) { return starlark.Bool(c.s.Timeout() != 0), nil },
		"getpeername": func(c *call) (starlark.Value, error) { a, err := c.s.Peer(); return AddrTuple(a), err },
		"getsockname": func(c *call) (starlark.Value, error) { a, err := c.s.Name(); return AddrTuple(a), err },
		"getsockopt":  getsockopt,
		"gettimeout":  func(c *call) (starlark.Value, error) { return c.v.timeout(), nil },
		"listen":      listen,
		"makefile":    makefile,
		"recv":        func(c *call) (starlark.Value, error) { b, _, err := c.recv(); return starlark.Bytes(b), err },
		"recvfrom": func(c *call) (starlark.Value, error) {
			b, a, err := c.recv()
			return starlark.Tuple{starlark.Bytes(b), AddrTuple(a)}, err
		},
		"send":        func(c *call) (starlark.Value, error) { return number(c.send(false)) },
		"sendall":     func(c *call) (starlark.Value, error) { _, err := c.send(true); return nil, err },
		"sendto":      sendto,
		"setblocking": setblocking,
		"setsockopt":  setsockopt,
		"settimeout":  settimeout,
		"shutdown":    shutdown,
		"__enter__":   func(c *call) (starlark.Value, error) { return c.v, nil },
		"__exit__":    func(c *call) (starlark.Value, error) { return starlark.False, c.s.Close() },
	}
}

func number(n int, err error) (starlark.Value, error) { return starlark.MakeInt(n), err }

// withAddress calls f with the only argument.
func (c *call) withAddress(f func(netip.AddrPort) error) error {
	a, err := c.bind("address!")
	if err != nil {
		return err
	}
	addr, err := c.address(a[0])
	if err != nil {
		return err
	}
	return f(addr)
}

// ints reads integer arguments; "name" is 0 if absent, "name!" required.
func (c *call) ints(names ...string) ([]int, error) {
	a, err := c.bind(names...)
	if err != nil {
		return nil, err
	}
	out := make([]int, len(a))
	for i, v := range a {
		if v == nil {
			continue
		}
		if out[i], err = pymeth.Index(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func listen(c *call) (starlark.Value, error) {
	n, err := c.ints("backlog")
	if err != nil {
		return nil, err
	}
	backlog := max(0, n[0])
	if len(c.args)+len(c.kwargs) == 0 {
		backlog = min(unix.SOMAXCONN, 128) // the default of Python's listen()
	}
	return nil, c.s.Listen(backlog)
}

func accept(c *call) (starlark.Value, error) {
	var conn *Socket
	var from netip.AddrPort
	err := wait.Do(c.th, func(ctx context.Context) (err error) {
		conn, from, err = c.s.Accept(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return starlark.Tuple{NewValue(conn), AddrTuple(from)}, nil
}

func connect(c *call) (starlark.Value, error) {
	return nil, c.withAddress(func(a netip.AddrPort) error {
		return wait.Do(c.th, func(ctx context.Context) error { return c.s.Connect(ctx, a) })
	})
}

// connectEx gives the errno instead of raising it; a timeout is EAGAIN.
func connectEx(c *call) (starlark.Value, error) {
	_, err := connect(c)
	if err == nil {
		return starlark.MakeInt(0), nil
	}
	e := Exception(err)
	var errno syscall.Errno
	if k, ok := e.(*pyrt.Error); ok && k.Class == "TimeoutError" {
		errno = unix.EAGAIN
	} else if !errors.As(err, &errno) {
		return nil, err
	}
	return starlark.MakeInt(int(errno)), nil
}

// send sends its argument, all of it or what the kernel takes at once.
func (c *call) send(all bool) (int, error) {
	a, err := c.bind("data!", "flags")
	if err != nil {
		return 0, err
	}
	b, err := pymeth.BytesValue(a[0])
	if err != nil {
		return 0, err
	}
	flags := 0
	if a[1] != nil {
		if flags, err = pymeth.Index(a[1]); err != nil {
			return 0, err
		}
	}
	sent := 0
	err = wait.Do(c.th, func(ctx context.Context) error {
		for {
			n, err := c.s.SendFlags(ctx, b[sent:], flags)
			sent += max(n, 0)
			if err != nil || !all || sent >= len(b) {
				return err
			}
		}
	})
	return sent, err
}

// sendto is sendto(data, address) or sendto(data, flags, address).
func sendto(c *call) (starlark.Value, error) {
	if len(c.kwargs) > 0 || len(c.args) < 2 || len(c.args) > 3 {
		return nil, pyrt.Errorf("TypeError", "sendto() takes 2 or 3 arguments (%d given)", len(c.args)+len(c.kwargs))
	}
	b, err := pymeth.BytesValue(c.args[0])
	if err != nil {
		return nil, err
	}
	flags := 0
	if len(c.args) == 3 {
		if flags, err = pymeth.Index(c.args[1]); err != nil {
			return nil, err
		}
	}
	to, err := c.address(c.args[len(c.args)-1])
	if err != nil {
		return nil, err
	}
	err = wait.Do(c.th, func(ctx context.Context) error { return c.s.SendToFlags(ctx, b, flags, to) })
	return starlark.MakeInt(len(b)), err
}

func (c *call) recv() ([]byte, netip.AddrPort, error) {
	n, err := c.ints("bufsize!", "flags")
	if err != nil {
		return nil, netip.AddrPort{}, err
	}
	if n[0] < 0 {
		return nil, netip.AddrPort{}, pyrt.Errorf("ValueError", "negative buffersize in %s", c.name)
	}
	var b []byte
	var from netip.AddrPort
	err = wait.Do(c.th, func(ctx context.Context) (err error) {
		b, from, err = c.s.RecvFlags(ctx, n[0], n[1])
		return err
	})
	return b, from, err
}

func shutdown(c *call) (starlark.Value, error) {
	n, err := c.ints("how!")
	if err != nil {
		return nil, err
	}
	return nil, c.s.Shutdown(n[0])
}

func settimeout(c *call) (starlark.Value, error) {
	a, err := c.bind("value!")
	if err != nil {
		return nil, err
	}
	d, err := seconds(a[0])
	if err == nil {
		c.s.SetTimeout(d)
	}
	return nil, err
}

func setblocking(c *call) (starlark.Value, error) {
	a, err := c.bind("flag!")
	if err != nil {
		return nil, err
	}
	d := time.Duration(0)
	if a[0].Truth() {
		d = -1
	}
	c.s.SetTimeout(d)
	return nil, nil
}

// setsockopt takes an integer, bytes, or None with a length.
func setsockopt(c *call) (starlark.Value, error) {
	a, err := c.bind("level!", "optname!", "value!", "optlen")
	if err != nil {
		return nil, err
	}
	level, err := pymeth.Index(a[0])
	if err != nil {
		return nil, err
	}
	opt, err := pymeth.Index(a[1])
	if err != nil {
		return nil, err
	}
	var value []byte
	switch v := a[2].(type) {
	case starlark.Int, starlark.Bool:
		n, err := pymeth.Index(v)
		if err != nil {
			return nil, err
		}
		value = binary.NativeEndian.AppendUint32(nil, uint32(n))
	default:
		if value, err = pymeth.BytesValue(v); err != nil {
			return nil, err
		}
	}
	return nil, c.s.SetOpt(level, opt, value)
}

// getsockopt gives an integer, or bytes if a length is asked for.
func getsockopt(c *call) (starlark.Value, error) {
	n, err := c.ints("level!", "optname!", "buflen")
	if err != nil {
		return nil, err
	}
	if n[2] == 0 {
		return number(c.s.GetOpt(n[0], n[1]))
	}
	b, err := c.s.GetOptBytes(n[0], n[1], n[2])
	return starlark.Bytes(b), err
}
