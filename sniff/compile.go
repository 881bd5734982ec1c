package sniff

import (
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"pktsh/sniff/filter"
	"pktsh/sniff/packetsock"
)

// programs are a filter compiled for each kind of link that a ring sees.
type programs map[linkKind]*filter.Program

// compile translates expr for the kinds; nil for the empty expression.
func compile(expr string, snap int, kinds []linkKind) (programs, error) {
	if strings.TrimSpace(expr) == "" {
		return nil, nil
	}
	out := programs{}
	for _, k := range kinds {
		link := filter.LinkEthernet
		if k == linkIP {
			link = filter.LinkRaw
		}
		p, err := filter.Compile(expr, filter.Options{LinkType: link, Live: true, SnapLen: snap})
		if err != nil {
			return nil, err
		}
		out[k] = p
	}
	return out, nil
}

// kernel is the program that the socket runs: the only one there is. Where
// links of several kinds share a ring the kernel lets everything through.
func (p programs) kernel() packetsock.Filter {
	if len(p) != 1 {
		return nil
	}
	var out packetsock.Filter
	for _, prog := range p {
		for _, in := range prog.Instructions() {
			out = append(out, unix.SockFilter{Code: in.Op, Jt: in.Jt, Jf: in.Jf, K: in.K})
		}
	}
	return out
}

// user is the check in this process, by each frame's own kind of link; nil when
// the kernel's is enough. VLAN tags are back in the frame by then, so the
// programs are those for files.
func (p programs) user(expr string) (func(f *packetsock.Frame) bool, error) {
	if len(p) < 2 {
		return nil, nil
	}
	offline := map[linkKind]*filter.Program{}
	for k, link := range map[linkKind]int{linkEther: filter.LinkEthernet, linkIP: filter.LinkRaw} {
		prog, err := filter.Compile(expr, filter.Options{LinkType: link})
		if err != nil {
			return nil, fmt.Errorf("a filter over interfaces of different kinds: %w", err)
		}
		offline[k] = prog
	}
	return func(f *packetsock.Frame) bool {
		k := linkIP
		if f.HardwareType == packetsock.HardwareEther || f.HardwareType == packetsock.HardwareLoopback {
			k = linkEther
		}
		return offline[k].Match(f.Data, f.WireLen)
	}, nil
}

// DumpFilter is the program of an expression on Ethernet, as tcpdump -d prints it.
func DumpFilter(expr string) (string, error) {
	p, err := filter.Compile(expr, filter.Options{LinkType: filter.LinkEthernet})
	if err != nil {
		return "", err
	}
	return strings.TrimRight(p.String(), "\n"), nil
}
