package packetsock

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// Defaults of RingConfig: measured to lose nothing at 0.6 million frames a second.
const (
	DefaultBlockSize = 1 << 20
	DefaultBlocks    = 32
	DefaultRetire    = 20 * time.Millisecond
)

// RingConfig says what a Ring captures. The zero value captures everything on
// every interface of the current namespace.
type RingConfig struct {
	NS       *netns.NS // where; nil: the process's own
	Ifindex  int       // interface, 0: all of the namespace's
	Protocol uint16    // EtherType (ETH_P_*), 0: all
	Filter   Filter    // in place before the first frame; nil: everything
	SnapLen  int       // bytes kept of a frame, 0: MaxSnapLen

	Promisc        bool // frames to other hosts too; for one interface only
	IgnoreOutgoing bool // leave out what this host sends

	BlockSize int           // bytes, rounded up to a power of two; also bounds one frame. 0: DefaultBlockSize
	Blocks    int           // 0: DefaultBlocks
	Retire    time.Duration // longest that a frame waits for its block to fill, in whole ms; 0: DefaultRetire

	// CardTime asks for the card's time stamps where a frame has one, and turns them
	// on, which changes the card's setting (needs CAP_NET_ADMIN). The card's clock
	// need not agree with the host's. Optional.
	CardTime bool

	// Fanout, if not nil, shares the frames among the rings of a group
	// (packet(7), PACKET_FANOUT). Optional.
	Fanout *Fanout
}

// Fanout names a group of rings that share a load.
type Fanout struct {
	Group uint16 // any number, the same for all of the group
	Mode  uint16 // unix.PACKET_FANOUT_*; 0 keeps a flow together
	New   bool   // have the kernel pick a free Group: OpenRing sets it, and New to false, for the next ring
}

// A Ring captures frames into memory that is shared with the kernel, block by
// block (TPACKET_V3, Documentation/networking/packet_mmap.rst). On loopback each frame
// is given once.
//
// One goroutine reads; Close, Stats, SetFilter and SetReadDeadline may be called
// from others at any time.
type Ring struct {
	common
	wake      poller
	retire    time.Duration
	mem       []byte
	blockSize int
	closing   sync.Once
	closeErr  error

	// The reader's place.
	block int    // index of the block to read or being read
	held  bool   // the block is ours until we give it back
	next  uint32 // offset in the block of its next frame
	left  uint32 // frames not yet read in the block
	ready func(fd uintptr) bool
	err   error // what ready met
}

// OpenRing opens a ring. It receives from then on.
func OpenRing(cfg RingConfig) (*Ring, error) {
	fd, err := packetSocket(cfg.NS, true)
	if err != nil {
		return nil, err
	}
	d, err := newDescriptor(fd, "packet ring")
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	r := &Ring{common: common{descriptor: d, ifindex: cfg.Ifindex, snap: snapLen(cfg.SnapLen)}, wake: poller{d: d}}
	r.ready = r.poll
	if err := r.setup(fd, cfg); err != nil {
		err = r.explain("open packet ring", err)
		CloseLater(r) // not worth making the caller wait
		return nil, err
	}
	return r, nil
}

// setup configures a new socket, in the order that keeps it deaf until the end.
func (r *Ring) setup(fd int, cfg RingConfig) error {
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return fmt.Errorf("choose TPACKET_V3: %w", err)
	}
	// Room in front of each frame for a VLAN tag to be put back in place.
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_RESERVE, vlanTagLen); err != nil {
		return fmt.Errorf("reserve room for a VLAN tag: %w", err)
	}
	if cfg.IgnoreOutgoing {
		if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1); err != nil {
			return fmt.Errorf("ignore outgoing frames: %w", err)
		}
	}
	if cfg.CardTime {
		if err := askCardTime(fd, cfg.Ifindex); err != nil {
			return err
		}
	}
	first := cfg.Filter
	if cfg.Fanout != nil {
		first = Reject // until it is in the group, a ring is offered all frames
	}
	if err := first.limited(r.snap).attach(fd); err != nil {
		return err
	}
	if err := r.mapRing(fd, cfg); err != nil {
		return err
	}
	protocol := cfg.Protocol
	if protocol == 0 {
		protocol = ProtocolAll
	}
	if err := r.bind(fd, protocol); err != nil {
		return err
	}
	if cfg.Fanout != nil {
		if err := cfg.Fanout.join(fd, cfg.IgnoreOutgoing); err != nil {
			return err
		}
		if err := cfg.Filter.limited(r.snap).attach(fd); err != nil {
			return err
		}
	}
	if cfg.Promisc && cfg.Ifindex != 0 {
		return join(fd, cfg.Ifindex)
	}
	return nil
}

// mapRing has the kernel allocate the ring, and maps it.
func (r *Ring) mapRing(fd int, cfg RingConfig) error {
	size, blocks := cfg.BlockSize, cfg.Blocks
	if size <= 0 {
		size = DefaultBlockSize
	}
	size = max(pow2(size), os.Getpagesize()) // whole pages, and a power of two allocates best
	if blocks <= 0 {
		blocks = DefaultBlocks
	}
	r.retire = cfg.Retire
	if r.retire <= 0 {
		r.retire = DefaultRetire
	}
	r.retire = max(r.retire.Truncate(time.Millisecond), time.Millisecond)
	// The frame size bounds nothing in version 3, where frames are packed, but it
	// must divide the block and the count must agree.
	const frameSize = 2048
	req := unix.TpacketReq3{
		Block_size:     uint32(size),
		Block_nr:       uint32(blocks),
		Frame_size:     frameSize,
		Frame_nr:       uint32(size / frameSize * blocks),
		Retire_blk_tov: uint32(r.retire.Milliseconds()),
	}
	if err := unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req); err != nil {
		return fmt.Errorf("allocate %d blocks of %d bytes: %w", blocks, size, err)
	}
	length := uintptr(size) * uintptr(blocks)
	p, err := unix.MmapPtr(fd, 0, nil, length, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("map the ring: %w", err)
	}
	r.mem, r.blockSize = unsafe.Slice((*byte)(p), length), size
	runtime.AddCleanup(r, func(p unsafe.Pointer) { unix.MunmapPtr(p, length) }, p)
	return nil
}

// Next is the next frame, in the order of arrival. Its Data is the ring's own
// memory: it may be changed, and is valid until the next call or Close.
//
// It waits until there is a frame, ctx is done, the read deadline passes or Close
// is called (os.ErrClosed). A frame may reach the reader as much as Retire after
// its time. When the interface goes down it returns ErrInterfaceDown once, and
// frames again when it is up again.
func (r *Ring) Next(ctx context.Context) (Frame, error) {
	for {
		if f, ok := r.TryNext(); ok {
			return f, nil
		}
		if err := r.Wait(ctx); err != nil {
			return Frame{}, err
		}
	}
}

// TryNext is Next that does not wait: ok is false if there is no frame now.
func (r *Ring) TryNext() (f Frame, ok bool) {
	for {
		if f, ok := r.More(); ok {
			return f, true
		}
		r.release()
		h := r.header()
		if atomic.LoadUint32(&h.Block_status)&unix.TP_STATUS_USER == 0 || r.closed.Load() {
			return Frame{}, false
		}
		r.held, r.left, r.next = true, h.Num_pkts, h.Offset_to_first_pkt
	}
}

// More is TryNext for what the kernel has handed over together with the last frame:
// it leaves the Data of the frames before valid.
func (r *Ring) More() (f Frame, ok bool) {
	for r.left > 0 && !ok {
		f, ok = r.take()
	}
	return f, ok
}

// Read is Next with Data copied: the frame is the caller's.
func (r *Ring) Read(ctx context.Context) (Frame, error) {
	f, err := r.Next(ctx)
	if err != nil {
		return f, err
	}
	f.Data = slices.Clone(f.Data)
	if r.closed.Load() { // the bytes may have gone while they were copied
		return Frame{}, os.ErrClosed
	}
	return f, nil
}

// Wait waits until the kernel hands a block over, and returns what else would end
// Next. Where TryNext has just found nothing it may run in another goroutine,
// beside Buffered alone.
func (r *Ring) Wait(ctx context.Context) error {
	if r.left > 0 {
		return nil
	}
	r.release()
	if atomic.LoadUint32(&r.header().Block_status)&unix.TP_STATUS_USER != 0 && !r.closed.Load() {
		return nil
	}
	r.err = nil
	if err := r.wake.read(ctx, r.ready); err != nil {
		return err
	}
	if r.err == nil {
		return nil
	}
	return r.explain("read from packet ring", r.err)
}

// Buffered tells whether Next has a frame without waiting.
func (r *Ring) Buffered() bool {
	return r.left > 0 || atomic.LoadUint32(&r.following().Block_status)&unix.TP_STATUS_USER != 0
}

// Retire is the longest that the kernel keeps a frame from the reader: once this
// has passed since a moment, Next has been able to give all frames from before it.
func (r *Ring) Retire() time.Duration { return r.retire }

// SetReadDeadline makes Next return os.ErrDeadlineExceeded from t on when it has
// no frame; the zero time stands for no deadline.
func (r *Ring) SetReadDeadline(t time.Time) error { return r.wake.setDeadline(t) }

// Close ends the capture and unblocks the reader. The kernel waits for a grace
// period in it, some 13 ms; see CloseLater.
func (r *Ring) Close() error {
	r.closing.Do(func() {
		r.Stats() // the last count stays readable; an error here says nothing new
		r.closeErr = r.close()
		if r.mem == nil {
			return
		}
		// The mapping holds the socket open, so it has to go at once; but a reader
		// may be in the midst of it. Empty pages take its place until the
		// Ring is collected: the reader sees no frames instead of a fault.
		_, err := unix.MmapPtr(-1, 0, unsafe.Pointer(&r.mem[0]), uintptr(len(r.mem)),
			unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_FIXED|unix.MAP_NORESERVE)
		if r.closeErr == nil {
			r.closeErr = err
		}
	})
	return r.closeErr
}

// poll is what the reader waits for: a block of frames, or bad news.
func (r *Ring) poll(fd uintptr) bool {
	if atomic.LoadUint32(&r.header().Block_status)&unix.TP_STATUS_USER != 0 {
		return true
	}
	r.err = socketError(int(fd))
	return r.err != nil
}

// blockHeader is the start of struct tpacket_block_desc, which x/sys leaves as bytes.
type blockHeader struct {
	version, offsetToPriv uint32
	unix.TpacketHdrV1
}

func (r *Ring) headerOf(block int) *blockHeader {
	return (*blockHeader)(unsafe.Pointer(&r.mem[block*r.blockSize]))
}

func (r *Ring) header() *blockHeader { return r.headerOf(r.block) }

func (r *Ring) following() *blockHeader {
	if !r.held {
		return r.header()
	}
	return r.headerOf((r.block + 1) % (len(r.mem) / r.blockSize))
}

// release gives the block that was read back to the kernel.
func (r *Ring) release() {
	if !r.held {
		return
	}
	atomic.StoreUint32(&r.header().Block_status, unix.TP_STATUS_KERNEL)
	r.block = (r.block + 1) % (len(r.mem) / r.blockSize)
	r.held = false
}

const (
	frameHeaderLen = unix.SizeofTpacket3Hdr
	// The sender's address follows the header, aligned to TPACKET_ALIGNMENT (16),
	// of which the header is a multiple.
	frameAddrLen = unix.SizeofSockaddrLinklayer
)

// take reads the next frame of the block; ok is false for one that is left out.
func (r *Ring) take() (f Frame, ok bool) {
	block := r.mem[r.block*r.blockSize:][:r.blockSize]
	at := int(r.next)
	if at == 0 || at+frameHeaderLen+frameAddrLen > len(block) {
		r.left = 0 // closed meanwhile: all zeros
		return f, false
	}
	h := (*unix.Tpacket3Hdr)(unsafe.Pointer(&block[at]))
	ll := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&block[at+frameHeaderLen]))
	r.left--
	r.next += h.Next_offset

	start, end := at+int(h.Mac), at+int(h.Mac)+int(h.Snaplen)
	if h.Mac < vlanTagLen || end > len(block) || !wanted(PacketType(ll.Pkttype), ll.Hatype) {
		return f, false
	}
	f = Frame{
		Data:         block[start:end:end],
		WireLen:      int(h.Len),
		Time:         int64(h.Sec)*1e9 + int64(h.Nsec),
		Ifindex:      int(ll.Ifindex),
		Type:         PacketType(ll.Pkttype),
		Protocol:     htons(ll.Protocol),
		HardwareType: ll.Hatype,
		NetOffset:    int(h.Net) - int(h.Mac),
		ChecksumOpen: h.Status&unix.TP_STATUS_CSUMNOTREADY != 0,
		CardTime:     h.Status&unix.TP_STATUS_TS_RAW_HARDWARE != 0,
		addr:         ll.Addr,
		addrLen:      ll.Halen,
	}
	f.restoreTag(block[start-vlanTagLen:end:end], h.Status, uint16(h.Hv1.Vlan_tci), h.Hv1.Vlan_tpid)
	if len(f.Data) > r.snap {
		f.Data = f.Data[:r.snap]
	}
	return f, true
}
