package sniff

import (
	"encoding/binary"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"pktsh/netns"
)

// link is an interface as rtnetlink(7) tells of it.
type link struct {
	index        int
	name         string
	hardwareType uint16 // ARPHRD_*
	up           bool
	lost         uint64 // frames dropped before a packet socket could see them; see Stats.IfaceDropped
}

// listLinks asks the kernel for the interfaces of a namespace.
func listLinks(ns *netns.NS) ([]link, error) {
	var answer []byte
	err := ns.Do(func() (err error) {
		answer, err = syscall.NetlinkRIB(unix.RTM_GETLINK, unix.AF_UNSPEC)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	msgs, err := syscall.ParseNetlinkMessage(answer)
	if err != nil {
		return nil, fmt.Errorf("list interfaces: %w", err)
	}
	var out []link
	for i := range msgs {
		m := &msgs[i]
		if m.Header.Type != unix.RTM_NEWLINK || len(m.Data) < unix.SizeofIfInfomsg {
			continue
		}
		info := (*unix.IfInfomsg)(unsafe.Pointer(&m.Data[0]))
		l := link{index: int(info.Index), hardwareType: info.Type, up: info.Flags&unix.IFF_UP != 0}
		attrs, err := syscall.ParseNetlinkRouteAttr(m)
		if err != nil {
			return nil, fmt.Errorf("list interfaces: interface %d: %w", l.index, err)
		}
		for _, a := range attrs {
			switch a.Attr.Type {
			case unix.IFLA_IFNAME:
				l.name = unix.ByteSliceToString(a.Value)
			case unix.IFLA_STATS64:
				l.lost = lostFrames(a.Value)
			}
		}
		out = append(out, l)
	}
	return out, nil
}

// lostFrames sums the counters of struct rtnl_link_stats64 (linux/if_link.h) that
// stand for frames lost on the way in: rx_dropped, rx_fifo_errors, rx_missed_errors.
func lostFrames(stats []byte) (n uint64) {
	for _, field := range []int{6, 14, 15} {
		if len(stats) >= 8*field+8 {
			n += binary.NativeEndian.Uint64(stats[8*field:])
		}
	}
	return n
}
