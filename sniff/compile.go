package sniff

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"pktsh/sniff/filter"
	"pktsh/sniff/packetsock"
)

// compile translates expr for the interface. On all interfaces, whatever their
// kind and even if they come later, the program itself looks at each frame's kind.
func compile(expr string, snap int, on link) (packetsock.Filter, error) {
	if on.index != 0 {
		return compileKind(expr, snap, linkKindOf(on.hardwareType))
	}
	// An expression about Ethernet addresses makes no sense on a tunnel, and so
	// matches nothing there. What makes no sense on Ethernet is wrong.
	var progs [linkOther + 1]packetsock.Filter
	for kind := range progs {
		p, err := compileKind(expr, snap, linkKind(kind))
		switch {
		case err != nil && linkKind(kind) == linkEther:
			return nil, err
		case err != nil:
			p = packetsock.Reject
		}
		progs[kind] = p
	}
	return byKind(progs)
}

// filterLinks are the link types that filters are compiled for.
var filterLinks = [linkOther + 1]int{
	linkEther: filter.LinkEthernet, linkLoopback: filter.LinkEthernet, linkIP: filter.LinkRaw, linkOther: filter.LinkCooked,
}

// compileKind is the program for frames of one kind.
func compileKind(expr string, snap int, kind linkKind) (packetsock.Filter, error) {
	out := packetsock.Filter{}
	if kind == linkLoopback {
		out = append(out, onlyIncoming...)
	}
	if strings.TrimSpace(expr) == "" {
		return append(out, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: packetsock.MaxSnapLen}), nil
	}
	p, err := filter.Compile(expr, filter.Options{LinkType: filterLinks[kind], Live: true, SnapLen: snap})
	if err != nil {
		return nil, err
	}
	for _, in := range p.Instructions() {
		out = append(out, unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K})
	}
	return out, nil
}

// Places of a packet's metadata for a filter (linux/filter.h).
const (
	metaType         = 0xfffff000 + 4  // SKF_AD_OFF + SKF_AD_PKTTYPE
	metaHardwareType = 0xfffff000 + 28 // SKF_AD_OFF + SKF_AD_HATYPE
)

// onlyIncoming leaves out a loopback frame on its way out, which comes in again.
var onlyIncoming = packetsock.Filter{
	{Code: unix.BPF_LD | unix.BPF_B | unix.BPF_ABS, K: metaType},
	{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: unix.PACKET_OUTGOING, Jf: 1},
	{Code: unix.BPF_RET | unix.BPF_K},
}

var errTooLong = errors.New("the filter is too long for all interfaces at once: name some with iface=")

// byKind joins programs to one that runs that for the frame's kind.
func byKind(progs [linkOther + 1]packetsock.Filter) (packetsock.Filter, error) {
	hardware := []struct {
		typ  uint16
		kind linkKind
	}{{packetsock.HardwareEther, linkEther}, {packetsock.HardwareLoopback, linkLoopback}}
	for _, t := range ipHardware {
		hardware = append(hardware, struct {
			typ  uint16
			kind linkKind
		}{t, linkIP})
	}
	// The choice, then the programs in the order of their kinds, the last for all others.
	choice := 1 + 2*len(hardware) + 1
	var start [linkOther + 1]int
	end := choice
	for kind, p := range progs {
		start[kind] = end
		end += len(p)
	}
	if end > unix.BPF_MAXINSNS {
		return nil, errTooLong
	}
	out := make(packetsock.Filter, 0, end)
	out = append(out, unix.SockFilter{Code: unix.BPF_LD | unix.BPF_H | unix.BPF_ABS, K: metaHardwareType})
	jump := func(kind linkKind) {
		out = append(out, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JA, K: uint32(start[kind] - len(out) - 1)})
	}
	for _, h := range hardware {
		out = append(out, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(h.typ), Jf: 1})
		jump(h.kind)
	}
	jump(linkOther)
	for _, p := range progs {
		out = append(out, p...)
	}
	return out, nil
}

// DumpFilter is the program of an expression as tcpdump -d prints it: for files of
// a link type (LINKTYPE_*), or for live capture.
func DumpFilter(expr string, linkType int, live bool) (string, error) {
	p, err := filter.Compile(expr, filter.Options{LinkType: linkType, Live: live})
	if err != nil {
		return "", err
	}
	text := strings.TrimRight(p.String(), "\n")
	for _, w := range p.Warnings() {
		text += fmt.Sprintf("\n; %s", w)
	}
	return text, nil
}
