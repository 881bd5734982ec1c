package packetsock

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// xdpRing is one of the rings that a socket of AF_XDP shares with the kernel (if_xdp.h): an
// array whose length is a power of two, and two counters of entries that wrap. Each
// side moves one counter.
type xdpRing[T any] struct {
	mem                []byte // the mapping
	producer, consumer *uint32
	entries            []T
	mask               uint32
}

// mapXDPRing sets a ring's length and maps it.
func mapXDPRing[T any](fd, sizeOption int, pgoff int64, offsets func(*unix.XDPMmapOffsets) unix.XDPRingOffset, n int) (r xdpRing[T], err error) {
	if err := unix.SetsockoptInt(fd, unix.SOL_XDP, sizeOption, n); err != nil {
		return r, fmt.Errorf("set the length of a ring: %w", err)
	}
	all, err := xdpOffsets(fd)
	if err != nil {
		return r, fmt.Errorf("ask for the layout of rings: %w", err)
	}
	off := offsets(&all)
	var entry T
	size := int(off.Desc) + n*int(unsafe.Sizeof(entry))
	r.mem, err = unix.Mmap(fd, pgoff, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return r, fmt.Errorf("map a ring: %w", err)
	}
	r.producer = (*uint32)(unsafe.Pointer(&r.mem[off.Producer]))
	r.consumer = (*uint32)(unsafe.Pointer(&r.mem[off.Consumer]))
	r.entries = unsafe.Slice((*T)(unsafe.Pointer(&r.mem[off.Desc])), n)
	r.mask = uint32(n - 1)
	return r, nil
}

func xdpOffsets(fd int) (o unix.XDPMmapOffsets, err error) {
	size := uint32(unsafe.Sizeof(o))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_XDP, unix.XDP_MMAP_OFFSETS,
		uintptr(unsafe.Pointer(&o)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return o, errno
	}
	if uintptr(size) != unsafe.Sizeof(o) { // before Linux 5.4: no wakeup flags
		return o, unix.EOPNOTSUPP
	}
	return o, nil
}

// at is the entry that a counter stands for.
func (r *xdpRing[T]) at(i uint32) *T { return &r.entries[i&r.mask] }

// The kernel pairs these with its own release and acquire (net/xdp/xsk_queue.h).
func (r *xdpRing[T]) produced() uint32 { return atomic.LoadUint32(r.producer) }
func (r *xdpRing[T]) consumed() uint32 { return atomic.LoadUint32(r.consumer) }

func (r *xdpRing[T]) unmap() {
	if r.mem != nil {
		unix.Munmap(r.mem) // fails only for what is not mapped
		r.mem = nil
	}
}
