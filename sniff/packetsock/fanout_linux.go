package packetsock

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// join puts a bound socket into the group, and notes the group's number if the
// kernel picked it.
func (f *Fanout) join(fd int, ignoreOutgoing bool) error {
	mode := int(f.Mode)
	if f.New {
		mode |= unix.PACKET_FANOUT_FLAG_UNIQUEID
	}
	if ignoreOutgoing {
		// In a group the socket's own option does not count (Linux 6.1).
		mode |= unix.PACKET_FANOUT_FLAG_IGNORE_OUTGOING
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_FANOUT, int(f.Group)|mode<<16); err != nil {
		return fmt.Errorf("join fanout group %d: %w", f.Group, err)
	}
	if f.New {
		v, err := unix.GetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_FANOUT)
		if err != nil {
			return fmt.Errorf("read the fanout group's number: %w", err)
		}
		f.Group, f.New = uint16(v), false
	}
	return nil
}
