package packetsock

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sync"

	"golang.org/x/sys/unix"

	"pktsh/internal/quick"
	"pktsh/netns"
)

// ProtocolAll is the protocol that stands for every EtherType (ETH_P_ALL).
const ProtocolAll = unix.ETH_P_ALL

// htons is a number as the kernel reads it from a 16-bit network-order field.
func htons(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

// packetSocket opens a packet socket that receives nothing yet: with protocol 0
// the kernel gives it no packets until bind(2) names one (packet(7)), so that
// nothing unfiltered and nothing from another interface ever gets in.
//
// The runtime's poller watches it if polled is set. That is for those who wait for much at a time: every
// frame that comes in, or leaves (sock_wfree, sock_def_write_space), wakes the thread that polls, which halves the
// rate of sending and takes longer than a probe and its answer.
func packetSocket(ns *netns.NS, polled bool) (fd int, err error) {
	kind := unix.SOCK_RAW | unix.SOCK_CLOEXEC
	if polled {
		kind |= unix.SOCK_NONBLOCK
	}
	err = ns.Do(func() error {
		fd, err = unix.Socket(unix.AF_PACKET, kind, 0)
		return err
	})
	if err != nil {
		return -1, explain("open packet socket", -1, 0, err)
	}
	return fd, nil
}

// common is what rings and sockets have alike.
type common struct {
	*descriptor
	ifindex int
	hatype  uint16 // of the bound interface; 0 for all interfaces
	snap    int

	statsMu sync.Mutex
	stats   Stats
}

// explain is explain with the socket's own descriptor, if it is open.
func (c *common) explain(op string, err error) error {
	out := explain(op, -1, c.ifindex, err)
	c.control(func(fd int) error {
		out = explain(op, fd, c.ifindex, err)
		return nil
	})
	return out
}

// bind names the interface and the protocol, which starts reception, and says
// so if the interface is down: the kernel leaves that to the first read.
func (c *common) bind(fd int, protocol uint16) error {
	sa := &unix.SockaddrLinklayer{Protocol: htons(protocol), Ifindex: c.ifindex}
	if err := unix.Bind(fd, sa); err != nil {
		return err
	}
	if err := socketError(fd); err != nil {
		return err
	}
	if c.ifindex == 0 {
		return nil
	}
	name, err := unix.Getsockname(fd)
	if err != nil {
		return err
	}
	if ll, ok := name.(*unix.SockaddrLinklayer); ok {
		c.hatype = ll.Hatype
	}
	return nil
}

// join makes the interface promiscuous for as long as the socket is open: the
// kernel counts memberships (packet(7), PACKET_ADD_MEMBERSHIP), so others'
// are not disturbed, and takes ours back even if we are killed.
func join(fd, ifindex int) error {
	mreq := unix.PacketMreq{Ifindex: int32(ifindex), Type: unix.PACKET_MR_PROMISC}
	if err := unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &mreq); err != nil {
		return fmt.Errorf("enter promiscuous mode: %w", err)
	}
	return nil
}

// wanted tells whether a frame is to be handed on. A frame on loopback passes
// twice, out and in; the copy that goes out is left out.
func wanted(t PacketType, hatype uint16) bool {
	return t != Outgoing || hatype != HardwareLoopback
}

// SetFilter replaces the filter. Frames that passed the old one may still wait
// to be read.
func (c *common) SetFilter(f Filter) error {
	return c.control(func(fd int) error {
		return explain("filter", fd, c.ifindex, f.limited(c.snap).attach(fd))
	})
}

// Stats is what the socket was offered since it was opened. It is safe for
// concurrent use with everything else, and goes on answering after Close.
func (c *common) Stats() (Stats, error) {
	c.statsMu.Lock()
	defer c.statsMu.Unlock()
	err := c.control(func(fd int) error {
		// PACKET_STATISTICS starts anew with each reading, and counts what was
		// dropped among the packets (packet(7)).
		st, err := quick.Getsockopt[unix.TpacketStatsV3](fd, unix.SOL_PACKET, unix.PACKET_STATISTICS)
		if err != nil {
			return err
		}
		c.stats.Received += uint64(st.Packets - st.Drops)
		c.stats.Dropped += uint64(st.Drops)
		c.stats.Freezes += uint64(st.Freeze_q_cnt)
		return nil
	})
	return c.stats, err
}

// HardwareType is the ARPHRD_* of the bound interface, 0 for all interfaces.
func (c *common) HardwareType() uint16 { return c.hatype }

// pow2 is the power of two at or above n.
func pow2(n int) int { return 1 << bits.Len(uint(n-1)) }
