package packetsock

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// MaxSnapLen is the most that is ever kept of a frame: the largest that an
// interface with segmentation offload hands up, as in tcpdump.
const MaxSnapLen = 262144

// A Filter is a classic BPF program for live packets, as SO_ATTACH_FILTER takes
// it (socket(7)); what it returns is how many bytes of a frame to keep, 0 for none of it.
// A nil Filter takes every frame.
type Filter []unix.SockFilter

// Reject is the filter that takes nothing.
var Reject = Filter{{Code: unix.BPF_RET | unix.BPF_K}}

// limited is f with what it keeps of a frame cut to snap. A `ret a` cannot be
// seen through: the caller cuts as well.
func (f Filter) limited(snap int) Filter {
	if len(f) == 0 {
		return Filter{{Code: unix.BPF_RET | unix.BPF_K, K: uint32(snap)}}
	}
	out := make(Filter, len(f))
	for i, ins := range f {
		if ins.Code == unix.BPF_RET|unix.BPF_K && ins.K > uint32(snap) {
			ins.K = uint32(snap)
		}
		out[i] = ins
	}
	return out
}

// attach puts f on the socket, in place of the filter that is there. A packet
// that is being received meanwhile sees one or the other.
func (f Filter) attach(fd int) error {
	if len(f) > unix.BPF_MAXINSNS {
		return fmt.Errorf("attach filter: %d instructions, the kernel takes at most %d", len(f), unix.BPF_MAXINSNS)
	}
	prog := unix.SockFprog{Len: uint16(len(f)), Filter: &f[0]}
	if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &prog); err != nil {
		return fmt.Errorf("attach filter: %w", err)
	}
	return nil
}

// snapLen is the effective limit for a configured one.
func snapLen(n int) int {
	if n <= 0 || n > MaxSnapLen {
		return MaxSnapLen
	}
	return n
}
