package packetsock

import (
	"errors"
	"fmt"
	"os"

	"github.com/vishvananda/netlink"
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

// needsBPF is the same where the kernel is to run programs.
const needsBPF = "needs CAP_NET_ADMIN and CAP_BPF: run with sudo; root inside a user namespace does not have them"

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

// newOpError finds a cause and a remedy for what any operation on an interface may meet.
func newOpError(op, iface string, err error) *opError {
	e := &opError{op: op, iface: iface, err: err}
	var gone netlink.LinkNotFoundError
	switch {
	case errors.Is(err, os.ErrPermission):
		e.hint = NeedsRaw
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), errors.As(err, &gone):
		e.kind = ErrNoInterface
		e.hint = "it may have been removed; `ip link` lists what there is"
	case errors.Is(err, unix.ENETDOWN):
		e.kind = ErrInterfaceDown
		if iface != "" {
			e.hint = fmt.Sprintf("sudo ip link set %s up", iface)
		}
	case errors.Is(err, unix.EMSGSIZE):
		e.kind = ErrTooBig
	}
	return e
}

// explain turns an errno into an error that says what to do. fd is asked for the
// interface's name; -1 where there is no socket.
func explain(op string, fd, ifindex int, err error) error {
	if err == nil {
		return nil
	}
	iface := ""
	if ifindex != 0 {
		iface = interfaceName(fd, ifindex)
	}
	e := newOpError(op, iface, err)
	if errors.Is(err, unix.EAFNOSUPPORT) {
		e.hint = "this kernel has no packet sockets (CONFIG_PACKET)"
	}
	return e
}

// misfit says what is wrong with a frame for a link that takes at most limit bytes, or nil.
func misfit(f []byte, limit int, explain func(op string, err error) error) error {
	switch {
	case len(f) < etherHeader:
		return fmt.Errorf("%w: the frame has %d bytes, too few for the link's header", explain("send", unix.EINVAL), len(f))
	case len(f) > limit:
		return fmt.Errorf("%w: the frame has %d bytes, want at most %d", explain("send", unix.EMSGSIZE), len(f), limit)
	}
	return nil
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
