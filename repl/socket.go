package repl

import (
	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/netns"
	"pktsh/repl/py/pymod/ksock"
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
	shell().onClose(s.Close)
	return ksock.NewValue(s), nil
}
