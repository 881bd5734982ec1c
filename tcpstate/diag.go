package tcpstate

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// Options chooses sockets. The zero value is all TCP sockets of the process's namespace.
type Options struct {
	// NS is the namespace to look in. Optional.
	NS *netns.NS
	// Port keeps sockets that have it on either side. Optional.
	Port uint16
	// Local and Remote keep sockets with that very address and port. Optional.
	Local, Remote netip.AddrPort
	// Family is 4 or 6. Optional: both. An IPv6 socket that speaks IPv4 is one of 6.
	Family int
	// States keeps sockets in one of them. Optional: all.
	States []State
	// UDP lists datagram sockets instead.
	UDP bool
	// Info asks for Socket.Info.
	Info bool
	// Interval is how often Watch asks. Optional: 2 ms.
	Interval time.Duration
}

// Sockets lists what the kernel has, sorted by local address, then remote.
func Sockets(opts Options) ([]Socket, error) {
	q, err := newQuery(opts)
	if err != nil {
		return nil, err
	}
	defer q.close()
	return q.run()
}

// query is a question to inet_diag that may be asked many times.
type query struct {
	opts     Options
	conn     *netlink.Conn
	requests []netlink.Message
}

func newQuery(opts Options) (*query, error) {
	families, err := opts.families()
	if err != nil {
		return nil, err
	}
	q := &query{opts: opts}
	if opts.exact() && opts.takes(opts.Local.Addr()) {
		q.requests = []netlink.Message{{
			Header: netlink.Header{Type: unix.SOCK_DIAG_BY_FAMILY, Flags: netlink.Request},
			Data:   opts.lookup(),
		}}
		families = nil
	}
	for _, f := range families {
		q.requests = append(q.requests, netlink.Message{
			Header: netlink.Header{
				Type:  unix.SOCK_DIAG_BY_FAMILY,
				Flags: netlink.Request | netlink.Dump,
			},
			Data: opts.request(f),
		})
	}
	err = opts.NS.Do(func() (err error) {
		q.conn, err = netlink.Dial(unix.NETLINK_INET_DIAG, nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("open inet_diag: %w", err)
	}
	return q, nil
}

func (q *query) close() error { return q.conn.Close() }

func (q *query) run() ([]Socket, error) {
	var all []Socket
	for _, req := range q.requests {
		replies, err := q.conn.Execute(req)
		if errors.Is(err, unix.ENOENT) && req.Header.Flags&netlink.Dump == 0 {
			continue // there is no such connection
		}
		if errors.Is(err, unix.ENOENT) || errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("list sockets: %w: this kernel has no inet_diag for them (CONFIG_INET_TCP_DIAG, CONFIG_INET_UDP_DIAG)", err)
		}
		if err != nil {
			return nil, fmt.Errorf("list sockets: %w", err)
		}
		for _, m := range replies {
			s, err := parse(m.Data)
			if err != nil {
				return nil, fmt.Errorf("list sockets: %w", err)
			}
			s.UDP = q.opts.UDP
			if q.opts.keep(&s) {
				all = append(all, s)
			}
		}
	}
	slices.SortFunc(all, func(a, b Socket) int {
		if c := a.Local.Compare(b.Local); c != 0 {
			return c
		}
		return a.Remote.Compare(b.Remote)
	})
	return all, nil
}

func (o *Options) families() ([]uint8, error) {
	switch o.Family {
	case 0:
		return []uint8{unix.AF_INET, unix.AF_INET6}, nil
	case 4:
		return []uint8{unix.AF_INET}, nil
	case 6:
		return []uint8{unix.AF_INET6}, nil
	}
	return nil, fmt.Errorf("list sockets: family: got %d, want 4, 6 or 0 for both", o.Family)
}

// exact reports that o names one TCP connection, which the kernel can look up
// instead of walking its tables. A socket with a link-local address belongs to an
// interface that o does not name, and is not found that way.
func (o *Options) exact() bool {
	return !o.UDP && o.Local.IsValid() && o.Remote.IsValid() && o.Remote.Port() != 0 &&
		o.Local.Addr().Is4() == o.Remote.Addr().Is4() && !o.Local.Addr().Is4In6() &&
		!o.Local.Addr().IsLinkLocalUnicast() && !o.Remote.Addr().IsLinkLocalUnicast()
}

// takes reports that a connection of this address can only be in the families
// asked for. IPv4 may be spoken by sockets of either.
func (o *Options) takes(a netip.Addr) bool {
	return o.Family == 0 || o.Family == 6 && a.Is6()
}

// keep decides what the kernel was not asked to.
func (o *Options) keep(s *Socket) bool {
	if o.Port != 0 && s.Local.Port() != o.Port && s.Remote.Port() != o.Port {
		return false // a kernel that takes no filter
	}
	return (!o.Local.IsValid() || s.Local == plain(o.Local)) &&
		(!o.Remote.IsValid() || s.Remote == plain(o.Remote)) &&
		(len(o.States) == 0 || slices.Contains(o.States, s.State))
}

// plain is the form that parse gives addresses.
func plain(ap netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(ap.Addr().Unmap().WithZone(""), ap.Port())
}

// Sizes and numbers of linux/inet_diag.h.
const (
	msgLen      = 72 // struct inet_diag_msg
	idLen       = 48 // struct inet_diag_sockid
	reqBytecode = 1  // INET_DIAG_REQ_BYTECODE
	attrInfo    = 2  // INET_DIAG_INFO

	// allStates are Established to NewSynRecv. One bit more would ask for sockets
	// that are bound and nothing else, in a table that costs more to walk than all others.
	allStates = 1<<(NewSynRecv+1) - 1<<Established

	bcJmp = 1 // INET_DIAG_BC_JMP
	bcSGe = 2 // INET_DIAG_BC_S_GE
	bcSLe = 3
	bcDGe = 4
	bcDLe = 5
)

// request is struct inet_diag_req_v2 and, for a port, the filter.
func (o *Options) request(family uint8) []byte {
	protocol, ext, states := uint8(unix.IPPROTO_TCP), uint8(0), uint32(0)
	if o.UDP {
		protocol = unix.IPPROTO_UDP
	}
	if o.Info {
		ext = 1 << (attrInfo - 1)
	}
	for _, s := range o.States {
		states |= 1 << s
	}
	if states == 0 {
		states = allStates
	}
	b := []byte{family, protocol, ext, 0}
	b = binary.NativeEndian.AppendUint32(b, states)
	b = append(b, make([]byte, idLen)...)
	port := o.Port
	if port == 0 && o.Local.IsValid() {
		port = o.Local.Port() // keep does the rest
	}
	if port == 0 {
		return b
	}
	code := portFilter(port)
	b = binary.NativeEndian.AppendUint16(b, uint16(4+len(code)))
	b = binary.NativeEndian.AppendUint16(b, reqBytecode)
	return append(b, code...)
}

// lookup is struct inet_diag_req_v2 for one connection. Where there is none the
// kernel answers with the listening socket it would belong to, which keep drops.
func (o *Options) lookup() []byte {
	family := uint8(unix.AF_INET)
	if o.Local.Addr().Is6() {
		family = unix.AF_INET6
	}
	one := *o
	one.Port, one.Local = 0, netip.AddrPort{} // no filter
	b := one.request(family)
	id := b[len(b)-idLen:]
	binary.BigEndian.PutUint16(id, o.Local.Port())
	binary.BigEndian.PutUint16(id[2:], o.Remote.Port())
	copy(id[4:20], o.Local.Addr().AsSlice())
	copy(id[20:36], o.Remote.Addr().AsSlice())
	for i := 40; i < idLen; i++ {
		id[i] = 0xff // INET_DIAG_NOCOOKIE
	}
	return b
}

// portFilter is inet_diag bytecode for "source or destination port is port". An
// operation is code, length in bytes if true, jump in bytes if false; a comparison has a
// second one behind it whose last half is the port. Ending exactly at the end accepts,
// four bytes further rejects (net/ipv4/inet_diag.c, inet_diag_bc_run).
func portFilter(port uint16) []byte {
	var b []byte
	compare := func(code uint8, no uint16) {
		b = append(b, code, 8)
		b = binary.NativeEndian.AppendUint16(b, no)
		b = append(b, 0, 0)
		b = binary.NativeEndian.AppendUint16(b, port)
	}
	compare(bcSGe, 20) //  0: not the source port: 20
	compare(bcSLe, 12) //  8: likewise
	b = append(b, bcJmp, 4)
	b = binary.NativeEndian.AppendUint16(b, 20) // 16: it is: 36, accept
	compare(bcDGe, 20)                          // 20: not the destination port either: 40, reject
	compare(bcDLe, 12)                          // 28: likewise
	return b                                    // 36
}

// parse reads struct inet_diag_msg and the attributes behind it.
func parse(b []byte) (Socket, error) {
	if len(b) < msgLen {
		return Socket{}, fmt.Errorf("inet_diag message of %d bytes, want at least %d", len(b), msgLen)
	}
	ne, id := binary.NativeEndian, b[4:4+idLen]
	addr := func(b []byte) netip.Addr { return netip.AddrFrom16([16]byte(b[:16])).Unmap() }
	if b[0] == unix.AF_INET {
		addr = func(b []byte) netip.Addr { return netip.AddrFrom4([4]byte(b[:4])) }
	}
	s := Socket{
		State:     State(b[1]),
		Timer:     Timer(b[2]),
		Retrans:   b[3],
		Local:     netip.AddrPortFrom(addr(id[4:]), binary.BigEndian.Uint16(id)),
		Remote:    netip.AddrPortFrom(addr(id[20:]), binary.BigEndian.Uint16(id[2:])),
		Iface:     ne.Uint32(id[36:]),
		Cookie:    uint64(ne.Uint32(id[40:])) | uint64(ne.Uint32(id[44:]))<<32,
		TimerLeft: time.Duration(ne.Uint32(b[52:])) * time.Millisecond,
		RecvQ:     ne.Uint32(b[56:]),
		SendQ:     ne.Uint32(b[60:]),
		UID:       ne.Uint32(b[64:]),
		Inode:     ne.Uint32(b[68:]),
	}
	if s.State == NewSynRecv {
		s.State = SynRecv
	}
	attrs, err := netlink.NewAttributeDecoder(b[msgLen:])
	if err != nil {
		return Socket{}, fmt.Errorf("inet_diag attributes: %w", err)
	}
	for attrs.Next() {
		if attrs.Type() == attrInfo {
			s.Info = tcpInfo(attrs.Bytes())
		}
	}
	if err := attrs.Err(); err != nil {
		return Socket{}, fmt.Errorf("inet_diag attributes: %w", err)
	}
	return s, nil
}

// tcpInfo reads struct tcp_info, which has grown over time: what an older kernel
// leaves out is zero, what a newer one adds is not looked at.
func tcpInfo(b []byte) *unix.TCPInfo {
	info := new(unix.TCPInfo)
	full := make([]byte, binary.Size(info))
	copy(full, b)
	if _, err := binary.Decode(full, binary.NativeEndian, info); err != nil {
		return nil
	}
	return info
}
