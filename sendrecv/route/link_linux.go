package route

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"unsafe"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Link is an interface as plain data.
type Link struct {
	Index        int
	Name         string
	MAC          net.HardwareAddr // of any length, not to be changed; nil where there is none
	MTU          int
	HardwareType uint16 // ARPHRD_*
	Up           bool   // administratively
	Running      bool   // has a carrier: while it has none, packets are thrown away without telling
	Loopback     bool
	NoARP        bool // neighbours have no addresses of their own
	PointToPoint bool
	Ether        bool // frames have Ethernet headers; loopback's have too, with zero addresses
	Addrs        []netip.Prefix
}

// Usable is nil if packets can leave by the interface, or a *LinkError.
func (l *Link) Usable() error {
	switch {
	case !l.Up:
		return &LinkError{Name: l.Name, Kind: ErrInterfaceDown}
	case !l.Running:
		return &LinkError{Name: l.Name, Kind: ErrNoCarrier}
	}
	return nil
}

// Links are all interfaces with their addresses, by index.
func (t *Table) Links() ([]Link, error) {
	all, err := t.h.LinkList()
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	addrs, err := t.h.AddrList(nil, unix.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	out := make([]Link, 0, len(all))
	for _, nlLink := range all {
		l, err := t.LinkByIndex(nlLink.Attrs().Index)
		if errors.Is(err, ErrNoInterface) {
			continue // it went away meanwhile
		}
		if err != nil {
			return nil, err
		}
		for _, a := range addrs {
			if a.LinkIndex == l.Index {
				l.Addrs = append(l.Addrs, prefixOf(a.IPNet))
			}
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Link) int { return a.Index - b.Index })
	return out, nil
}

func prefixOf(n *net.IPNet) netip.Prefix {
	if n == nil {
		return netip.Prefix{}
	}
	ip, _ := netip.AddrFromSlice(n.IP)
	ones, _ := n.Mask.Size()
	return netip.PrefixFrom(ip.Unmap(), ones)
}

// LinkByName is one interface with its addresses; a *LinkError lists what there
// is when there is none of that name.
func (t *Table) LinkByName(name string) (Link, error) {
	index, err := t.indexOf(name)
	if err != nil {
		return Link{}, err
	}
	l, err := t.LinkByIndex(index)
	if err != nil {
		return Link{}, err
	}
	l.Addrs, err = t.Addrs(index)
	return l, err
}

// Addrs are the addresses of an interface, in the kernel's order.
func (t *Table) Addrs(index int) ([]netip.Prefix, error) {
	addrs, err := t.h.AddrList(&netlink.Dummy{LinkAttrs: netlink.LinkAttrs{Index: index}}, unix.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("list addresses: %w", err)
	}
	var out []netip.Prefix
	for _, a := range addrs {
		out = append(out, prefixOf(a.IPNet))
	}
	return out, nil
}

// askLink is LinkByIndex by the kernel's word. It asks by ioctl (netdevice(7)),
// which costs less than a microsecond a question; a netlink reply has some forty attributes.
func (t *Table) askLink(index int) (Link, error) {
	var req ifreq
	req.setUint32(uint32(index))
	if err := t.ioctl(unix.SIOCGIFNAME, &req); err != nil {
		return Link{}, &LinkError{Name: fmt.Sprintf("index %d", index), Kind: ErrNoInterface, Have: t.names()}
	}
	l := Link{Index: index, Name: req.nameString()}
	if err := t.ioctl(unix.SIOCGIFFLAGS, &req); err != nil {
		return l, t.vanished(l.Name, err)
	}
	flags := req.uint16()
	l.Up, l.Running = flags&unix.IFF_UP != 0, flags&unix.IFF_RUNNING != 0
	l.Loopback, l.NoARP = flags&unix.IFF_LOOPBACK != 0, flags&unix.IFF_NOARP != 0
	l.PointToPoint = flags&unix.IFF_POINTOPOINT != 0
	if err := t.ioctl(unix.SIOCGIFMTU, &req); err != nil {
		return l, t.vanished(l.Name, err)
	}
	l.MTU = int(req.uint32())
	if err := t.ioctl(unix.SIOCGIFHWADDR, &req); err != nil {
		return l, t.vanished(l.Name, err)
	}
	// A struct sockaddr: the hardware type in sa_family, then the address.
	l.HardwareType = req.uint16()
	if l.Ether = l.HardwareType == unix.ARPHRD_ETHER; l.Ether {
		l.MAC = slices.Clone(req.data[2:8])
	} else if l.Loopback {
		l.MAC = make(net.HardwareAddr, 6)
	}
	return l, nil
}

func (t *Table) vanished(name string, err error) error {
	if errors.Is(err, unix.ENODEV) {
		return &LinkError{Name: name, Kind: ErrNoInterface, Have: t.names()}
	}
	return fmt.Errorf("ask for interface %s: %w", name, err)
}

func (t *Table) indexOf(name string) (int, error) {
	var req ifreq
	if len(name) < len(req.name) {
		copy(req.name[:], name)
		if t.ioctl(unix.SIOCGIFINDEX, &req) == nil {
			return int(req.uint32()), nil
		}
	}
	return 0, &LinkError{Name: name, Kind: ErrNoInterface, Have: t.names()}
}

func (t *Table) names() (out []string) {
	all, err := t.h.LinkList()
	if err != nil {
		return nil
	}
	for _, l := range all {
		out = append(out, l.Attrs().Name)
	}
	return out
}

// ifreq is struct ifreq (netdevice(7)); x/sys's own does not give hardware addresses.
type ifreq struct {
	name [unix.IFNAMSIZ]byte
	data [24]byte // a union
}

func (r *ifreq) nameString() string { return string(r.name[:max(0, bytes.IndexByte(r.name[:], 0))]) }
func (r *ifreq) uint16() uint16     { return *(*uint16)(unsafe.Pointer(&r.data)) }
func (r *ifreq) uint32() uint32     { return *(*uint32)(unsafe.Pointer(&r.data)) }
func (r *ifreq) setUint32(v uint32) { *(*uint32)(unsafe.Pointer(&r.data)) = v }
func (t *Table) ioctl(op uintptr, r *ifreq) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(t.ctl), op, uintptr(unsafe.Pointer(r)))
	runtime.KeepAlive(r)
	if errno != 0 {
		return errno
	}
	return nil
}

// Default is the interface of the default route; without one, the first that is
// up and not loopback, else loopback.
func (t *Table) Default() (Link, error) {
	// Documentation addresses (RFC 5737, RFC 3849): no more specific route leads there.
	for _, dst := range []string{"192.0.2.1", "2001:db8::1"} {
		if r, err := t.Lookup(netip.MustParseAddr(dst), ""); err == nil {
			return t.LinkByName(r.Ifname)
		}
	}
	all, err := t.Links()
	if err != nil {
		return Link{}, err
	}
	for _, loopback := range []bool{false, true} {
		for _, l := range all {
			if l.Up && l.Loopback == loopback {
				return l, nil
			}
		}
	}
	return Link{}, &LinkError{Name: "the default", Kind: ErrInterfaceDown}
}
