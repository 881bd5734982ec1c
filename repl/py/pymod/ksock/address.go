package ksock

import (
	"context"
	"net"
	"net/netip"
	"strconv"

	"go.starlark.net/starlark"
	"golang.org/x/sys/unix"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod/wait"
	"pktsh/repl/py/pyrt"
)

// Lookup finds the addresses of a host name; network is "ip4", "ip6" or "ip".
// The shell may set it, for instance to look names up in a lab.
var Lookup = func(ctx context.Context, network, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, network, host)
}

// Resolve is the first address of a host, which may be an address itself, ""
// (every address of this host) or "<broadcast>". family is AF_INET, AF_INET6 or
// 0 for either. A name that nobody knows is a socket.gaierror.
func Resolve(th *starlark.Thread, host string, family int) (netip.Addr, error) {
	all, err := ResolveAll(th, host, family)
	if err != nil {
		return netip.Addr{}, err
	}
	return all[0], nil
}

// ResolveAll is every address of a host, at least one.
func ResolveAll(th *starlark.Thread, host string, family int) ([]netip.Addr, error) {
	switch {
	case host == "" && family == unix.AF_INET6:
		return []netip.Addr{netip.IPv6Unspecified()}, nil
	case host == "":
		return []netip.Addr{netip.IPv4Unspecified()}, nil
	case host == "<broadcast>":
		return []netip.Addr{netip.AddrFrom4([4]byte{255, 255, 255, 255})}, nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if family == unix.AF_INET && !ip.Unmap().Is4() {
			return nil, gaiError(-9, "Address family for hostname not supported")
		}
		return []netip.Addr{ip}, nil
	}
	network := map[int]string{unix.AF_INET: "ip4", unix.AF_INET6: "ip6"}[family]
	if network == "" {
		network = "ip"
	}
	var all []netip.Addr
	err := wait.Do(th, func(ctx context.Context) (err error) {
		all, err = Lookup(ctx, network, host)
		return err
	})
	if _, isExc := err.(interface{ Kind() string }); isExc {
		return nil, err
	}
	if err != nil || len(all) == 0 {
		return nil, gaiError(-2, "Name or service not known")
	}
	for i, a := range all {
		all[i] = a.Unmap()
	}
	return all, nil
}

// gaiError is a socket.gaierror with a number of getaddrinfo(3).
func gaiError(code int, text string) error {
	return &pyrt.Error{Class: "socket.gaierror", Msg: "[Errno " + strconv.Itoa(code) + "] " + text,
		Args: starlark.Tuple{starlark.MakeInt(code), starlark.String(text)}}
}

// AddrTuple is an address as Python shows it: (host, port), for IPv6 (host,
// port, flowinfo, scope_id). The invalid address is None.
func AddrTuple(a netip.AddrPort) starlark.Value {
	if !a.IsValid() {
		return starlark.None
	}
	ip := a.Addr()
	host, port := starlark.String(ip.WithZone("").String()), starlark.MakeInt(int(a.Port()))
	if ip.Is4() {
		return starlark.Tuple{host, port}
	}
	scope, _ := strconv.Atoi(ip.Zone()) // "" and a name are 0
	return starlark.Tuple{host, port, starlark.MakeInt(0), starlark.MakeInt(scope)}
}

// address reads (host, port) for the call's socket.
func (c *call) address(v starlark.Value) (netip.AddrPort, error) {
	t, ok := v.(starlark.Tuple)
	family := "AF_INET"
	if c.s.Family() == unix.AF_INET6 {
		family = "AF_INET6"
	}
	if !ok {
		return netip.AddrPort{}, pyrt.Errorf("TypeError", "%s(): %s address must be tuple, not %s", c.name, family, pyfmt.TypeName(v))
	}
	if len(t) < 2 || len(t) > 4 || family == "AF_INET" && len(t) > 2 {
		return netip.AddrPort{}, pyrt.Errorf("TypeError", "%s address must be a pair (host, port)", family)
	}
	var host string
	switch h := t[0].(type) {
	case starlark.String:
		host = string(h)
	case starlark.Bytes:
		host = string(h)
	default:
		return netip.AddrPort{}, pyrt.Errorf("TypeError", "str, bytes or bytearray expected, not %s", pyfmt.TypeName(h))
	}
	port, err := pymeth.Index(t[1])
	if err != nil {
		return netip.AddrPort{}, err
	}
	if port < 0 || port > 0xffff {
		return netip.AddrPort{}, pyrt.Errorf("OverflowError", "%s(): port must be 0-65535.", c.name)
	}
	ip, err := Resolve(c.th, host, c.s.Family())
	if err != nil {
		return netip.AddrPort{}, err
	}
	if len(t) == 4 {
		scope, err := pymeth.Index(t[3])
		if err != nil {
			return netip.AddrPort{}, err
		}
		if scope != 0 && ip.Is6() {
			ip = ip.WithZone(strconv.Itoa(scope))
		}
	}
	return netip.AddrPortFrom(ip, uint16(port)), nil
}
