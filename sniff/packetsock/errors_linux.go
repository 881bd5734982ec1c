package packetsock

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Causes that a caller may want to tell apart; errors.Is finds them.
var (
	ErrNoInterface   = errors.New("no such interface")
	ErrInterfaceDown = errors.New("interface is down")
	ErrTooBig        = errors.New("larger than the interface's MTU")
)

// NeedsRaw is what to do about missing rights.
const NeedsRaw = "needs CAP_NET_RAW: run with sudo, or once: sudo setcap cap_net_raw,cap_net_admin+ep ./pktsh, or use --lab"

// An opError is a failed operation on an interface, with its cause and a remedy.
type opError struct {
	op    string // "open packet socket"
	iface string // "eth0", "interface 7" or ""
	err   error
	kind  error  // one of the exported causes, or nil
	hint  string // what to do, or ""
}

func (e *opError) Error() string {
	s := e.op
	if e.iface != "" {
		s += " on " + e.iface
	}
	cause := e.err
	if e.kind != nil {
		cause = e.kind
	}
	s += ": " + cause.Error()
	if e.hint != "" {
		s += ": " + e.hint
	}
	return s
}

func (e *opError) Unwrap() []error {
	if e.kind != nil {
		return []error{e.err, e.kind}
	}
	return []error{e.err}
}

// explain turns an errno into an error that says what to do. fd is asked for the
// interface's name; -1 where there is no socket.
func explain(op string, fd, ifindex int, err error) error {
	if err == nil {
		return nil
	}
	e := &opError{op: op, err: err}
	if ifindex != 0 {
		e.iface = interfaceName(fd, ifindex)
	}
	switch {
	case errors.Is(err, os.ErrPermission):
		e.hint = NeedsRaw
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		e.kind = ErrNoInterface
		e.hint = "it may have been removed; `ip link` lists what there is"
	case errors.Is(err, unix.ENETDOWN):
		e.kind = ErrInterfaceDown
		if e.iface != "" {
			e.hint = fmt.Sprintf("sudo ip link set %s up", e.iface)
		}
	case errors.Is(err, unix.EMSGSIZE):
		e.kind = ErrTooBig
	case errors.Is(err, unix.EAFNOSUPPORT):
		e.hint = "this kernel has no packet sockets (CONFIG_PACKET)"
	}
	return e
}

// interfaceName asks the kernel for the name of an interface in the namespace of
// socket fd (netdevice(7), SIOCGIFNAME).
func interfaceName(fd, ifindex int) string {
	unnamed := fmt.Sprintf("interface %d", ifindex)
	// NewIfreq takes no empty name; SIOCGIFNAME overwrites this one.
	ifr, err := unix.NewIfreq("?")
	if err != nil || fd < 0 {
		return unnamed
	}
	ifr.SetUint32(uint32(ifindex))
	if unix.IoctlIfreq(fd, unix.SIOCGIFNAME, ifr) != nil {
		return unnamed
	}
	return ifr.Name()
}
