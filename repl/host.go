package repl

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
)

// hostEnv tells packets about the host of the session's namespace. Where the
// kernel cannot be asked, addresses stay unset.
type hostEnv struct{ s *Shell }

func (h hostEnv) env() layers.Env {
	e, err := h.s.engine(h.s.namespace())
	if err != nil {
		return nil
	}
	return e.Env()
}

// Source implements layers.Env.
func (h hostEnv) Source(dst netip.Addr) (netip.Addr, bool) {
	if e := h.env(); e != nil {
		return e.Source(dst)
	}
	return netip.Addr{}, false
}

// LinkSource implements layers.Env.
func (h hostEnv) LinkSource(dst netip.Addr) (layers.MAC, bool) {
	if e := h.env(); e != nil {
		return e.LinkSource(dst)
	}
	return layers.MAC{}, false
}

// LinkDest implements layers.Env.
func (h hostEnv) LinkDest(dst netip.Addr) (layers.MAC, bool) {
	if e := h.env(); e != nil {
		return e.LinkDest(dst)
	}
	return layers.MAC{}, false
}

// resolveHost looks a name up when it is put into a field.
func resolveHost(name string, family int) (netip.Addr, error) {
	network := "ip4"
	if family == 6 {
		network = "ip6"
	}
	addrs, err := lookupIP(network, name)
	if err != nil || len(addrs) == 0 {
		return netip.Addr{}, fmt.Errorf("not an address, a network or a host name")
	}
	return addrs[0].Unmap(), nil
}

// lookupIP asks the resolver for addresses of a family, for some seconds.
func lookupIP(network, name string) ([]netip.Addr, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return net.DefaultResolver.LookupNetIP(ctx, network, name)
}

// lookupHosts is every address of a name that stands in a filter.
func lookupHosts(name string) ([]netip.Addr, error) {
	hostNames.Lock()
	defer hostNames.Unlock()
	if a := hostNames.byName[name]; time.Since(a.at) < time.Minute {
		return a.addrs, nil
	}
	addrs, err := lookupIP("ip", name)
	if err != nil {
		var failed *net.DNSError
		if errors.As(err, &failed) {
			err = errors.New(failed.Err)
		}
		return nil, fmt.Errorf("%w: use its address", err)
	}
	if hostNames.byName == nil {
		hostNames.byName = map[string]hostName{}
	}
	hostNames.byName[name] = hostName{addrs, time.Now()}
	return addrs, nil
}

// hostNames remembers names for a minute, so that the programs of a filter for all kinds of links mean the same.
var hostNames struct {
	sync.Mutex
	byName map[string]hostName
}

type hostName struct {
	addrs []netip.Addr
	at    time.Time
}

func (s *Shell) ifaceNames() []string {
	e, err := s.engine(s.namespace())
	if err != nil {
		return nil
	}
	links, err := e.Table().Links()
	if err != nil {
		return nil
	}
	var out []string
	for _, l := range links {
		out = append(out, l.Name)
	}
	return out
}

func defaultIface(s *Shell) (starlark.Value, error) {
	e, err := s.engine(s.namespace())
	if err != nil {
		return nil, err
	}
	l, err := e.Table().Default()
	if err != nil {
		return nil, osError(err)
	}
	return starlark.String(l.Name), nil
}

// builtinGroups are all functions of the shell, in the order of the reference.
func builtinGroups() [][]*builtin {
	return [][]*builtin{
		textBuiltins(),
		craftBuiltins(),
		fragBuiltins(),
		tcpAuthBuiltins(),
		convertBuiltins(),
		layerBuiltins(),
		randBuiltins(),
		sendBuiltins(),
		floodBuiltins(),
		sniffBuiltins(),
		socketBuiltins(),
		filterBuiltins(),
		pcapBuiltins(),
		peerBuiltins(),
		bridgeBuiltins(),
		streamBuiltins(),
		guardBuiltins(),
		labBuiltins(),
		stateBuiltins(),
		netBuiltins(),
		bytesBuiltins(),
		addr6Builtins(),
		utilBuiltins(),
		scriptBuiltins(),
		tempBuiltins(),
		helpBuiltins(),
	}
}

// constants are names that scripts expect beside functions and layers.
func constants() map[string]starlark.Value {
	out := map[string]starlark.Value{}
	for name, n := range map[string]int{"ETH_P_ALL": 3, "ETH_P_IP": 0x800, "ETH_P_ARP": 0x806, "ETH_P_IPV6": 0x86dd,
		"ETH_P_8021Q": 0x8100, "ETH_P_MACSEC": 0x88e5, "MTU": 65535, "EPOCH": 0, "IPPROTO_SCTP": 132, "IPPROTO_VRRP": 112,
		"ARPHDR_ETHER": 1, "ARPHDR_METRICOM": 23, "ARPHDR_PPP": 512, "ARPHDR_LOOPBACK": 772, "ARPHDR_TUN": 65534,
		"DLT_NULL": 0, "DLT_EN10MB": 1, "DLT_PPP": 9, "DLT_RAW": 12, "DLT_RAW_ALT": 101, "DLT_IEEE802_11": 105, "DLT_LOOP": 108,
		"DLT_LINUX_SLL": 113, "DLT_IEEE802_11_RADIO": 127, "DLT_CAN_SOCKETCAN": 227, "DLT_IPV4": 228, "DLT_IPV6": 229, "DLT_LINUX_SLL2": 276} {
		out[name] = starlark.MakeInt(n)
	}
	for name, n := range addr6Constants {
		out[name] = starlark.MakeInt(n)
	}
	for _, t := range themes {
		out[t.Name()] = t
	}
	for _, c := range sessionTypes {
		out[c.name] = c
	}
	for name, on := range map[string]bool{"LINUX": true, "WINDOWS": false, "DARWIN": false, "BSD": false, "FREEBSD": false, "OPENBSD": false, "NETBSD": false, "SOLARIS": false} {
		out[name] = starlark.Bool(on)
	}
	for name, base := range map[string]string{"Scapy_Exception": "Exception", "ScapyNoDstMacException": "Scapy_Exception", "FieldValueRangeException": "Scapy_Exception", "FieldAttributeException": "Scapy_Exception"} {
		out[name] = py.NewException(name, base)
	}
	out["VERSION"] = starlark.String(Version)
	out["ETHER_ANY"], out["dhcpmagic"] = starlark.Bytes("\x00\x00\x00\x00\x00\x00"), starlark.Bytes("c\x82Sc")
	addNameTables(out)
	out["ETHER_BROADCAST"] = starlark.String(layers.Broadcast.String())
	return out
}

// doctor tells what this host allows.
func (s *Shell) doctor() int {
	status := exitOK
	line := func(what string, err error, fix string, optional bool) {
		if err == nil {
			fmt.Fprintf(s.out, "ok       %s\n", what)
			return
		}
		if !optional {
			status = exitError
		}
		fmt.Fprintf(s.out, "missing  %s: %v\n         %s\n", what, err, fix)
	}
	for _, c := range doctorChecks {
		line(c.what, c.try(s), c.fix, c.optional)
	}
	return status
}
