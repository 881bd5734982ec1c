package packetsock

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// BatchConfig says what a Batch receives.
type BatchConfig struct {
	NS         *netns.NS // where; nil: the process's own
	Ifindex    int       // interface. Required
	RecvBuffer int       // bytes, 0: DefaultBatchBuffer
}

// DefaultBatchBuffer is the receive buffer of a Batch: room for some 80,000
// small frames, a fifth of a second at the highest rate that was measured.
const DefaultBatchBuffer = 64 << 20

// A Batch receives the frames that come in by one interface, whomever they are
// addressed to, for somebody who forwards them: one system call takes many when
// they come fast, and each at once when they do not. What the host itself sends by
// the interface is left out, so that what was forwarded does not come round again.
//
// The kernel tells beside each frame what was left to the hardware: its checksum, or
// that it stands for several (packet(7), PACKET_VNET_HDR).
//
// One goroutine receives; Close and Stats may be called from others.
type Batch struct {
	common
	wake   poller
	msgs   []mmsghdr
	iovs   []unix.Iovec
	froms  []unix.RawSockaddrLinklayer
	ctrl   [][batchControl]byte
	buf    []byte
	frames []BatchFrame
	n      int
	errno  unix.Errno
	try    func(fd uintptr) bool
	odd    atomic.Uint64
}

// A BatchFrame is a frame and what the hardware was to do with it.
type BatchFrame struct {
	Frame
	// ChecksumAt and ChecksumFrom are the offsets in Data where the transport
	// checksum is to be written, and where the bytes that it covers begin; they hold
	// if ChecksumOpen. The field itself has the sum of the pseudo-header.
	ChecksumFrom, ChecksumAt int
	// Segment is the payload that each of the packets has that this frame stands
	// for, 0 if it stands for itself, and SegmentKind says how they are cut.
	Segment     int
	SegmentKind SegmentKind
	// Cut frames were too long for the buffer and are not whole.
	Cut bool
}

// SegmentKind is a virtio_net_hdr's gso_type (linux/virtio_net.h).
type SegmentKind uint8

// Kinds of super-segments.
const (
	SegmentTCP4 SegmentKind = 1
	SegmentTCP6 SegmentKind = 4
	SegmentUDP  SegmentKind = 5 // datagrams of one size (UDP_SEGMENT)
	segmentECN  SegmentKind = 0x80
)

const (
	batchFrames  = 32
	batchControl = 128
	virtioLen    = 10
	// A super-segment has at most 64 KiB of IP packet, unless somebody raised
	// gso_max_size for "BIG TCP"; the rest is the link's header and our own.
	batchFrameLen = 1<<16 + 256
)

// OpenBatch opens a Batch. It receives from then on.
func OpenBatch(cfg BatchConfig) (*Batch, error) {
	fd, err := packetSocket(cfg.NS, true)
	if err != nil {
		return nil, err
	}
	d, err := newDescriptor(fd, "packet socket")
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	b := &Batch{common: common{descriptor: d, ifindex: cfg.Ifindex, snap: MaxSnapLen}, wake: poller{d: d}}
	if err := b.setup(fd, cfg); err != nil {
		err = b.explain("open packet socket", err)
		CloseLater(b)
		return nil, err
	}
	return b, nil
}

func (b *Batch) setup(fd int, cfg BatchConfig) error {
	for _, o := range []struct {
		level, name int
		what        string
	}{
		{unix.SOL_PACKET, unix.PACKET_VNET_HDR, "ask for offload metadata"},
		{unix.SOL_PACKET, unix.PACKET_AUXDATA, "ask for packet metadata"},
		{unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, "ignore outgoing frames"},
		{unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, "ask for time stamps"},
	} {
		if err := unix.SetsockoptInt(fd, o.level, o.name, 1); err != nil {
			return fmt.Errorf("%s: %w", o.what, err)
		}
	}
	size := cfg.RecvBuffer
	if size <= 0 {
		size = DefaultBatchBuffer
	}
	setRecvBuffer(fd, size)
	b.init()
	if err := b.bind(fd, ProtocolAll); err != nil {
		return err
	}
	return join(fd, cfg.Ifindex)
}

// init makes what recvmmsg(2) works on. Pages of the buffer that no frame was
// long enough to reach are never touched, and take no memory.
func (b *Batch) init() {
	b.msgs = make([]mmsghdr, batchFrames)
	b.iovs = make([]unix.Iovec, batchFrames)
	b.froms = make([]unix.RawSockaddrLinklayer, batchFrames)
	b.ctrl = make([][batchControl]byte, batchFrames)
	b.buf = make([]byte, batchFrames*batchFrameLen)
	b.frames = make([]BatchFrame, 0, batchFrames)
	for i := range b.msgs {
		// Room in front for a VLAN tag to be put back.
		room := b.buf[i*batchFrameLen:][:batchFrameLen][vlanTagLen:]
		b.iovs[i].Base = &room[0]
		b.iovs[i].SetLen(len(room))
		h := &b.msgs[i].hdr
		h.Iov = &b.iovs[i]
		h.SetIovlen(1)
		h.Name = (*byte)(unsafe.Pointer(&b.froms[i]))
		h.Control = &b.ctrl[i][0]
	}
	b.try = b.recvmmsg
}

// Recv waits for frames and gives those that are there, in the order of
// arrival. They may be changed, and are valid until the next call.
//
// It ends as Ring.Next does: by ctx, by Close (os.ErrClosed), or once with
// ErrInterfaceDown when the interface goes down.
func (b *Batch) Recv(ctx context.Context) ([]BatchFrame, error) {
	for {
		if err := b.wake.read(ctx, b.try); err != nil {
			return nil, err
		}
		if b.errno == unix.EINVAL {
			// A super-segment of a kind that virtio has no name for: the kernel
			// has thrown it away.
			b.odd.Add(1)
			continue
		}
		if b.errno != 0 {
			errno := b.errno
			return nil, b.explain("receive", errno)
		}
		b.frames = b.frames[:0]
		for i := range b.n {
			if f, ok := b.frame(i); ok {
				b.frames = append(b.frames, f)
			}
		}
		return b.frames, nil
	}
}

// Unreadable is how many frames the kernel could not describe and threw away.
func (b *Batch) Unreadable() uint64 { return b.odd.Load() }

// Close ends Recv with os.ErrClosed. It takes some 13 ms; see CloseLater.
func (b *Batch) Close() error {
	b.Stats() // the last count stays readable
	return b.close()
}

func (b *Batch) recvmmsg(fd uintptr) bool {
	for i := range b.msgs {
		h := &b.msgs[i].hdr
		h.Namelen = unix.SizeofSockaddrLinklayer
		h.SetControllen(batchControl)
	}
	for {
		n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, fd, uintptr(unsafe.Pointer(&b.msgs[0])), uintptr(len(b.msgs)), unix.MSG_DONTWAIT, 0, 0)
		b.n, b.errno = int(n), errno
		switch errno {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			return false
		case 0:
		default:
			b.n = 0
		}
		return true
	}
}

// frame is message i; ok is false for one too short to have a header.
func (b *Batch) frame(i int) (f BatchFrame, ok bool) {
	m := &b.msgs[i]
	room := b.buf[i*batchFrameLen:][:batchFrameLen]
	n := int(m.len) - virtioLen
	if n < 0 {
		return f, false
	}
	// struct virtio_net_hdr (linux/virtio_net.h), in host byte order: flags,
	// gso_type, hdr_len, gso_size, csum_start, csum_offset.
	v := room[vlanTagLen:]
	word := func(at int) int { return int(binary.NativeEndian.Uint16(v[at:])) }
	from := &b.froms[i]
	start := vlanTagLen + virtioLen
	f = BatchFrame{
		Frame: Frame{
			Data:         room[start : start+n : start+n],
			WireLen:      n,
			Ifindex:      int(from.Ifindex),
			Type:         PacketType(from.Pkttype),
			Protocol:     htons(from.Protocol),
			HardwareType: from.Hatype,
			ChecksumOpen: v[0]&unix.VIRTIO_NET_HDR_F_NEEDS_CSUM != 0,
		},
		ChecksumFrom: word(6),
		ChecksumAt:   word(6) + word(8),
		Segment:      word(4),
		SegmentKind:  SegmentKind(v[1]) &^ segmentECN,
		Cut:          m.hdr.Flags&unix.MSG_TRUNC != 0,
	}
	if v[1] == unix.VIRTIO_NET_HDR_GSO_NONE {
		f.Segment = 0
	}
	status, tci, tpid := f.readControl(b.ctrl[i][:m.hdr.Controllen])
	had := len(f.Data)
	f.restoreTag(room[start-vlanTagLen:start+n:start+n], status, tci, tpid)
	moved := len(f.Data) - had
	f.ChecksumFrom += moved
	f.ChecksumAt += moved
	return f, true
}

// readControl takes time and true length from a message's ancillary data, and
// returns what it says of the VLAN tag.
func (f *Frame) readControl(rest []byte) (status uint32, tci, tpid uint16) {
	for len(rest) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&rest[0]))
		if int(h.Len) < unix.SizeofCmsghdr || int(h.Len) > len(rest) {
			break
		}
		data := rest[unix.CmsgLen(0):h.Len]
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			f.Time = (*unix.Timespec)(unsafe.Pointer(&data[0])).Nano()
		case h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_AUXDATA && len(data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})):
			aux := (*unix.TpacketAuxdata)(unsafe.Pointer(&data[0]))
			f.WireLen = int(aux.Len)
			status, tci, tpid = aux.Status, aux.Vlan_tci, aux.Vlan_tpid
		}
		rest = rest[min(len(rest), cmsgAlign(int(h.Len))):]
	}
	return status, tci, tpid
}
