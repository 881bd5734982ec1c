package packetsock

import (
	"context"
	"fmt"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/internal/quick"
	"pktsh/netns"
)

// DefaultRecvBuffer is the receive buffer of a Sock in bytes as the kernel counts
// them (about 800 for a small frame).
const DefaultRecvBuffer = 4 << 20

// SockConfig says what a Sock does. The zero value receives everything on every
// interface of the current namespace.
type SockConfig struct {
	NS       *netns.NS // where; nil: the process's own
	Ifindex  int       // interface; 0: all of the namespace's, to receive only
	Protocol uint16    // EtherType (ETH_P_*), 0: all
	Filter   Filter    // in place before the first frame; nil: everything
	SnapLen  int       // bytes kept of a frame, 0: MaxSnapLen

	TxOnly         bool // receives nothing, and costs the interface's other traffic nothing
	Promisc        bool // frames to other hosts too; for one interface only
	IgnoreOutgoing bool // leave out what this host sends

	RecvBuffer  int    // bytes, 0: DefaultRecvBuffer. Without CAP_NET_ADMIN net.core.rmem_max bounds it
	Mark        uint32 // SO_MARK of what is sent, for the host's firewall; 0: none. Optional.
	QdiscBypass bool   // hand frames to the driver directly (packet(7), PACKET_QDISC_BYPASS): no back-pressure
}

// A Sock receives frames one system call each, which gives each the least delay,
// and transmits frames. On loopback each frame is received once.
//
// It is safe for concurrent use: one goroutine at a time receives and one
// transmits, others wait for their turn.
type Sock struct {
	common
	wake *sleeper
	rx   sockRx
	tx   sockTx
}

// OpenSock opens a socket. It receives from then on, unless it is TxOnly.
func OpenSock(cfg SockConfig) (*Sock, error) {
	fd, err := packetSocket(cfg.NS, false)
	if err != nil {
		return nil, err
	}
	d, err := newDescriptor(fd, "packet socket")
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	s := &Sock{common: common{descriptor: d, ifindex: cfg.Ifindex, snap: snapLen(cfg.SnapLen)}}
	if s.wake, err = newSleeper(d); err == nil {
		err = s.setup(fd, cfg)
	}
	if err != nil {
		err = s.explain("open packet socket", err)
		CloseLater(s)
		return nil, err
	}
	s.rx.init()
	s.tx.init(s.hatype, s.ifindex)
	return s, nil
}

func (s *Sock) setup(fd int, cfg SockConfig) error {
	if cfg.QdiscBypass {
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1); err != nil {
			return fmt.Errorf("bypass the queueing discipline: %w", err)
		}
	}
	if cfg.Mark != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(cfg.Mark)); err != nil {
			return fmt.Errorf("mark packets: %w", err)
		}
	}
	if cfg.TxOnly {
		return s.bind(fd, 0)
	}
	if cfg.IgnoreOutgoing {
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1); err != nil {
			return fmt.Errorf("ignore outgoing frames: %w", err)
		}
	}
	// Both only add control messages: the tag and true length, and the time.
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		return fmt.Errorf("ask for packet metadata: %w", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return fmt.Errorf("ask for time stamps: %w", err)
	}
	setRecvBuffer(fd, cfg.RecvBuffer)
	if err := cfg.Filter.limited(s.snap).attach(fd); err != nil {
		return err
	}
	protocol := cfg.Protocol
	if protocol == 0 {
		protocol = ProtocolAll
	}
	if err := s.bind(fd, protocol); err != nil {
		return err
	}
	if cfg.Promisc && cfg.Ifindex != 0 {
		return join(fd, cfg.Ifindex)
	}
	return nil
}

// setRecvBuffer gives the socket as much of size as it may have: what is then
// lost shows in Stats.
func setRecvBuffer(fd, size int) {
	if size <= 0 {
		size = DefaultRecvBuffer
	}
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) != nil {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size)
	}
}

// Close makes Recv and Send end with os.ErrClosed. The kernel waits for a grace period in
// it, some 13 ms, if the socket receives; see CloseLater.
func (s *Sock) Close() error {
	s.Stats() // the last count stays readable
	return s.wake.close()
}

// SetReadDeadline makes Recv return os.ErrDeadlineExceeded from t on when it has
// no frame; the zero time stands for no deadline.
func (s *Sock) SetReadDeadline(t time.Time) error { return s.wake.setDeadline(t) }

// sockRx is what recvmsg(2) works on, kept so that nothing is allocated per frame.
type sockRx struct {
	sync.Mutex
	msg     unix.Msghdr
	iov     unix.Iovec
	from    unix.RawSockaddrLinklayer
	control [128]byte
	n       int
	err     error
	try     func(fd uintptr) bool
}

func (r *sockRx) init() {
	r.msg.Name = (*byte)(unsafe.Pointer(&r.from))
	r.msg.Iov = &r.iov
	r.msg.SetIovlen(1)
	r.msg.Control = &r.control[0]
	r.try = r.recvmsg
}

func (r *sockRx) recvmsg(fd uintptr) bool {
	r.msg.Namelen = unix.SizeofSockaddrLinklayer
	r.msg.SetControllen(len(r.control))
	r.n, r.err = quick.RecvMsg(int(fd), &r.msg, 0)
	return r.err != unix.EAGAIN
}

// MinRecvBuf is the least that Recv works with.
const MinRecvBuf = 64

// Recv receives the next frame into buf, of at least MinRecvBuf bytes; what does
// not fit is cut off, and WireLen tells. It waits until there is a frame, ctx is done, the
// read deadline passes or Close is called. When the interface goes down it returns
// ErrInterfaceDown once, and frames again when it is up again.
func (s *Sock) Recv(ctx context.Context, buf []byte) (Frame, error) {
	return s.recv(buf, func() error { return s.wake.read(ctx, s.rx.try) })
}

// TryRecv is Recv that does not wait: ok is false if there is no frame.
func (s *Sock) TryRecv(buf []byte) (f Frame, ok bool, err error) {
	f, err = s.recv(buf, func() error {
		return s.control(func(fd int) error {
			if !s.rx.try(uintptr(fd)) {
				return unix.EAGAIN
			}
			return nil
		})
	})
	if err == unix.EAGAIN {
		return f, false, nil
	}
	return f, err == nil, err
}

func (s *Sock) recv(buf []byte, wait func() error) (Frame, error) {
	if len(buf) < MinRecvBuf {
		return Frame{}, fmt.Errorf("receive: got a buffer of %d bytes, want at least %d", len(buf), MinRecvBuf)
	}
	s.rx.Lock()
	defer s.rx.Unlock()
	for {
		// Room in front for a VLAN tag to be put back.
		s.rx.iov.Base = &buf[vlanTagLen]
		s.rx.iov.SetLen(len(buf) - vlanTagLen)
		err := wait()
		s.rx.iov.Base = nil
		if err != nil {
			return Frame{}, err
		}
		if s.rx.err != nil {
			return Frame{}, s.explain("receive", s.rx.err)
		}
		if wanted(PacketType(s.rx.from.Pkttype), s.rx.from.Hatype) {
			return s.rx.frame(buf, s.snap), nil
		}
	}
}

// frame is what recvmsg left, as a Frame in buf.
func (r *sockRx) frame(buf []byte, snap int) Frame {
	f := Frame{
		Data:         buf[vlanTagLen : vlanTagLen+r.n : vlanTagLen+r.n],
		WireLen:      r.n,
		Ifindex:      int(r.from.Ifindex),
		Type:         PacketType(r.from.Pkttype),
		Protocol:     htons(r.from.Protocol),
		HardwareType: r.from.Hatype,
	}
	status, tci, tpid := f.readControl(r.control[:r.msg.Controllen])
	f.ChecksumOpen = status&unix.TP_STATUS_CSUMNOTREADY != 0
	f.restoreTag(buf[:vlanTagLen+r.n], status, tci, tpid)
	if len(f.Data) > snap {
		f.Data = f.Data[:snap]
	}
	return f
}

// cmsgAlign is CMSG_ALIGN (cmsg(3)): control messages begin at multiples of a long.
func cmsgAlign(n int) int {
	const long = int(unsafe.Sizeof(uintptr(0)))
	return (n + long - 1) &^ (long - 1)
}

// Drain throws away what waits to be read, and any pending error of the interface. Where it finds nothing, nothing
// has been dropped either since somebody last read all there was.
func (s *Sock) Drain() (found bool, err error) {
	s.rx.Lock()
	defer s.rx.Unlock()
	s.rx.iov.SetLen(0) // the rest of each frame is discarded
	err = s.control(func(fd int) error {
		for s.rx.recvmsg(uintptr(fd)) {
			found = true
			if s.rx.err != nil && s.rx.err != unix.ENETDOWN { // which reading has cleared
				return s.explain("receive", s.rx.err)
			}
		}
		return nil
	})
	return found, err
}
