package repl

import (
	"context"
	"encoding/binary"
	"net/netip"
	"time"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/netns"
	"pktsh/repl/py/pymod/ksock"
	"pktsh/repl/py/pyrt"
)

// socketConstants are the names of Python's socket module.
var socketConstants = map[string]int{
	"AF_INET": unix.AF_INET, "AF_INET6": unix.AF_INET6, "SOCK_STREAM": unix.SOCK_STREAM, "SOCK_DGRAM": unix.SOCK_DGRAM, "SOCK_RAW": unix.SOCK_RAW,
	"IPPROTO_TCP": unix.IPPROTO_TCP, "IPPROTO_UDP": unix.IPPROTO_UDP, "IPPROTO_IP": unix.IPPROTO_IP, "IPPROTO_IPV6": unix.IPPROTO_IPV6, "IPPROTO_ICMP": unix.IPPROTO_ICMP,
	"SOL_SOCKET": unix.SOL_SOCKET, "SO_REUSEADDR": unix.SO_REUSEADDR, "SO_REUSEPORT": unix.SO_REUSEPORT, "SO_RCVBUF": unix.SO_RCVBUF, "SO_SNDBUF": unix.SO_SNDBUF,
	"SO_KEEPALIVE": unix.SO_KEEPALIVE, "SO_LINGER": unix.SO_LINGER, "SO_ERROR": unix.SO_ERROR, "SO_BROADCAST": unix.SO_BROADCAST, "SO_BINDTODEVICE": unix.SO_BINDTODEVICE,
	"TCP_NODELAY": unix.TCP_NODELAY, "TCP_MAXSEG": unix.TCP_MAXSEG, "TCP_DEFER_ACCEPT": unix.TCP_DEFER_ACCEPT, "TCP_KEEPIDLE": unix.TCP_KEEPIDLE,
	"TCP_KEEPINTVL": unix.TCP_KEEPINTVL, "TCP_KEEPCNT": unix.TCP_KEEPCNT, "SHUT_RD": unix.SHUT_RD, "SHUT_WR": unix.SHUT_WR, "SHUT_RDWR": unix.SHUT_RDWR,
}

// newSocket opens a kernel socket in a namespace.
func (c *call) newSocket(ns *netns.NS) (starlark.Value, error) {
	family, err := c.int("family", unix.AF_INET)
	if err != nil {
		return nil, err
	}
	typ, err := c.int("type", unix.SOCK_STREAM)
	if err != nil {
		return nil, err
	}
	proto, err := c.int("proto", 0)
	if err != nil {
		return nil, err
	}
	s, err := ksock.New(ns, family, typ, proto)
	if err != nil {
		return nil, osError(err)
	}
	return newSocketValue(s), nil
}

// socketValue is a kernel socket as a value.
type socketValue struct {
	frozenValue
	s *ksock.Socket
}

func newSocketValue(s *ksock.Socket) *socketValue {
	shell().onClose(s.Close)
	return &socketValue{s: s}
}

func (v *socketValue) Type() string { return "socket" }
func (v *socketValue) Hash() (uint32, error) {
	return 0, pyrt.Errorf("TypeError", "unhashable type: 'socket'")
}
func (v *socketValue) String() string {
	name, err := v.s.Name()
	if err != nil {
		return "<socket [closed]>"
	}
	if peer, err := v.s.Peer(); err == nil {
		return "<socket " + name.String() + " - " + peer.String() + ">"
	}
	return "<socket " + name.String() + ">"
}

// addr reads ("10.0.0.1", 80); an empty host is every address.
func (c *call) addr(name string, family int) (netip.AddrPort, error) {
	t, ok := c.val(name).(starlark.Tuple)
	if !ok || len(t) < 2 {
		return netip.AddrPort{}, c.wrong(name, "(host, port)")
	}
	port, ok := toInt(t[1])
	if !ok || port < 0 || port > 65535 {
		return netip.AddrPort{}, c.wrong(name, "a port of 0..65535")
	}
	host := pyStr(t[0])
	if host == "" {
		if family == unix.AF_INET6 {
			return netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(port)), nil
		}
		return netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(port)), nil
	}
	a, err := netip.ParseAddr(host)
	if err != nil {
		kind := 4
		if family == unix.AF_INET6 {
			kind = 6
		}
		if a, err = resolveHost(host, kind); err != nil {
			return netip.AddrPort{}, c.wrong(name, "an address, or a host name that resolves")
		}
	}
	return netip.AddrPortFrom(a, uint16(port)), nil
}

func addrTuple(a netip.AddrPort) starlark.Value {
	if !a.IsValid() {
		return starlark.None
	}
	return starlark.Tuple{starlark.String(a.Addr().String()), starlark.MakeInt(int(a.Port()))}
}

// blocking runs a call that waits; Ctrl-C raises KeyboardInterrupt in it.
func (c *call) blocking(f func(ctx context.Context) error) error {
	var stopped bool
	err := shell().in.Block(c.th, func(ctx context.Context) error {
		err := f(ctx)
		stopped = ctx.Err() != nil
		return err
	})
	if err != nil && stopped {
		return pyrt.Errorf("KeyboardInterrupt", "")
	}
	return osError(err)
}

// socketMethods are the methods of a socket, with the names of Python's.
var socketMethods = map[string]func(v *socketValue) *builtin{
	"bind": func(v *socketValue) *builtin {
		return &builtin{Sig: "bind(address)", Doc: "Give the socket the address (host, port).", Run: func(c *call) (starlark.Value, error) {
			a, err := c.addr("address", v.s.Family())
			if err != nil {
				return nil, err
			}
			return nil, osError(v.s.Bind(a))
		}}
	},
	"listen": func(v *socketValue) *builtin {
		return &builtin{Sig: "listen(backlog=128)", Doc: "Take connections; backlog of them may wait for accept().", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("backlog", 128)
			if err != nil {
				return nil, err
			}
			return nil, osError(v.s.Listen(n))
		}}
	},
	"accept": func(v *socketValue) *builtin {
		return &builtin{Sig: "accept()", Doc: "Wait for a connection: (socket, address).", Run: func(c *call) (starlark.Value, error) {
			var s *ksock.Socket
			var a netip.AddrPort
			err := c.blocking(func(ctx context.Context) (err error) { s, a, err = v.s.Accept(ctx); return err })
			if err != nil {
				return nil, err
			}
			return starlark.Tuple{newSocketValue(s), addrTuple(a)}, nil
		}}
	},
	"connect": func(v *socketValue) *builtin {
		return &builtin{Sig: "connect(address)", Doc: "Open a connection to (host, port).", Run: func(c *call) (starlark.Value, error) {
			a, err := c.addr("address", v.s.Family())
			if err != nil {
				return nil, err
			}
			return nil, c.blocking(func(ctx context.Context) error { return v.s.Connect(ctx, a) })
		}}
	},
	"send":    func(v *socketValue) *builtin { return v.sender("send(data)", false) },
	"sendall": func(v *socketValue) *builtin { return v.sender("sendall(data)", true) },
	"sendto": func(v *socketValue) *builtin {
		return &builtin{Sig: "sendto(data, address)", Doc: "Send a datagram to (host, port).", Run: func(c *call) (starlark.Value, error) {
			b, err := c.bytes("data")
			if err != nil {
				return nil, err
			}
			a, err := c.addr("address", v.s.Family())
			if err != nil {
				return nil, err
			}
			return starlark.MakeInt(len(b)), c.blocking(func(ctx context.Context) error { return v.s.SendTo(ctx, b, a) })
		}}
	},
	"recv":     func(v *socketValue) *builtin { return v.receiver("recv(bufsize=65536)", false) },
	"recvfrom": func(v *socketValue) *builtin { return v.receiver("recvfrom(bufsize=65536)", true) },
	"shutdown": func(v *socketValue) *builtin {
		return &builtin{Sig: "shutdown(how)", Doc: "End a direction: SHUT_RD 0, SHUT_WR 1, SHUT_RDWR 2.", Run: func(c *call) (starlark.Value, error) {
			n, err := c.int("how", 2)
			if err != nil {
				return nil, err
			}
			return nil, osError(v.s.Shutdown(n))
		}}
	},
	"close": func(v *socketValue) *builtin {
		return &builtin{Sig: "close()", Doc: "Close the socket.", Run: func(*call) (starlark.Value, error) { return nil, osError(v.s.Close()) }}
	},
	"settimeout": func(v *socketValue) *builtin {
		return &builtin{Sig: "settimeout(value)", Doc: "Seconds that calls may wait; None is forever.", Run: func(c *call) (starlark.Value, error) {
			d, err := c.seconds("value", -time.Second)
			if !c.has("value") {
				d, err = -1, nil
			}
			if err == nil {
				v.s.SetTimeout(d)
			}
			return nil, err
		}}
	},
	"setsockopt": func(v *socketValue) *builtin {
		return &builtin{Sig: "setsockopt(level, optname, value)", Doc: "Set an option to a number or bytes.", Run: func(c *call) (starlark.Value, error) {
			level, err := c.int("level", 0)
			if err != nil {
				return nil, err
			}
			opt, err := c.int("optname", 0)
			if err != nil {
				return nil, err
			}
			var b []byte
			if n, ok := toInt(c.val("value")); ok {
				b = binary.NativeEndian.AppendUint32(nil, uint32(n))
			} else if b, err = c.bytes("value"); err != nil {
				return nil, err
			}
			return nil, osError(v.s.SetOpt(level, opt, b))
		}}
	},
	"getsockopt": func(v *socketValue) *builtin {
		return &builtin{Sig: "getsockopt(level, optname)", Doc: "Read an option that is a number.", Run: func(c *call) (starlark.Value, error) {
			level, err := c.int("level", 0)
			if err != nil {
				return nil, err
			}
			opt, err := c.int("optname", 0)
			if err != nil {
				return nil, err
			}
			n, err := v.s.GetOpt(level, opt)
			return starlark.MakeInt(n), osError(err)
		}}
	},
	"getsockname": func(v *socketValue) *builtin {
		return &builtin{Sig: "getsockname()", Doc: "The socket's own (host, port).", Run: func(*call) (starlark.Value, error) {
			a, err := v.s.Name()
			return addrTuple(a), osError(err)
		}}
	},
	"getpeername": func(v *socketValue) *builtin {
		return &builtin{Sig: "getpeername()", Doc: "The peer's (host, port).", Run: func(*call) (starlark.Value, error) {
			a, err := v.s.Peer()
			return addrTuple(a), osError(err)
		}}
	},
	"__enter__": func(v *socketValue) *builtin {
		return &builtin{Sig: "__enter__()", Run: func(*call) (starlark.Value, error) { return v, nil }}
	},
	"__exit__": func(v *socketValue) *builtin {
		return &builtin{Sig: "__exit__(*args)", Run: func(*call) (starlark.Value, error) { return starlark.False, osError(v.s.Close()) }}
	},
}

func (v *socketValue) sender(sig string, all bool) *builtin {
	return &builtin{Sig: sig, Doc: "Send bytes.", Run: func(c *call) (starlark.Value, error) {
		b, err := c.bytes("data")
		if err != nil {
			return nil, err
		}
		sent := 0
		err = c.blocking(func(ctx context.Context) error {
			for {
				n, err := v.s.Send(ctx, b[sent:])
				sent += max(n, 0)
				if err != nil || !all || sent >= len(b) {
					return err
				}
			}
		})
		if all {
			return nil, err
		}
		return starlark.MakeInt(sent), err
	}}
}

func (v *socketValue) receiver(sig string, from bool) *builtin {
	return &builtin{Sig: sig, Doc: "Wait for data, at most bufsize bytes; b\"\" is the end of the stream.", Run: func(c *call) (starlark.Value, error) {
		n, err := c.int("bufsize", 65536)
		if err != nil {
			return nil, err
		}
		if n < 0 || n > 1<<26 {
			return nil, c.wrong("bufsize", "0..67108864")
		}
		var b []byte
		var a netip.AddrPort
		if err := c.blocking(func(ctx context.Context) (err error) { b, a, err = v.s.Recv(ctx, n); return err }); err != nil {
			return nil, err
		}
		if from {
			return starlark.Tuple{starlark.Bytes(b), addrTuple(a)}, nil
		}
		return starlark.Bytes(b), nil
	}}
}

// Attr is a method.
func (v *socketValue) Attr(name string) (starlark.Value, error) {
	if m := socketMethods[name]; m != nil {
		return function{b: m(v)}, nil
	}
	return nil, nil
}

// AttrNames are the methods.
func (v *socketValue) AttrNames() []string {
	var out []string
	for n := range socketMethods {
		out = append(out, n)
	}
	return out
}
