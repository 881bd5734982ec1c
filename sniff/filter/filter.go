// Package filter compiles tcpdump's filter expressions, the language of
// pcap-filter(7), to classic BPF, and runs the result on packets from files.
//
// The same program can be attached to a socket with SO_ATTACH_FILTER. A live capture
// and a file differ, however: Linux takes the outer VLAN tag out of a frame before a
// packet socket sees it, and knows which way a packet went. Options.Live compiles for
// that.
//
// The meaning of every expression is libpcap 1.10.3's. Known differences: protochain
// follows eight headers instead of looping, so that the kernel takes it, and reads the
// length of an authentication header right; "rejects all packets" is a warning rather
// than an error; a division by zero or a shift by more than 31 bits is refused even where
// libpcap's optimiser has dropped it; a host name needs Options.Resolver or LookupHost; LLC protocols
// are found behind Linux cooked headers of version 2, too; byte N & V loads the byte. Link types
// other than Ethernet, PPP, raw IP, BSD loopback and Linux cooked, and with them the
// words for 802.11, ATM, SS7 and pf, are not supported.
//
// The way from text to program is: lex, parse (a tree with byte offsets), generate (a
// condition over values, hash-consed), build (a decision graph, hash-consed too),
// thread (leave out what earlier tests decide), emit.
package filter

import (
	"fmt"
	"net/netip"
)

// Options say what packets look like and what names mean. The zero value is not a
// link type people use: set LinkType, to LinkEthernet for most captures.
type Options struct {
	// LinkType is how packets start: one of the Link constants (LINKTYPE_* and, where
	// libpcap's DLT_* differs, that too). Use LinkRaw for packets that start with the
	// IP header.
	LinkType int
	// Live compiles for a packet socket: the kernel keeps the outer VLAN tag beside the
	// packet, and inbound, outbound and ifindex are allowed.
	Live bool
	// SnapLen is the number of bytes that an accepted packet is cut to; 0 means 262144.
	SnapLen int
	// Netmask is the IPv4 network mask of the interface, for ip broadcast; 0, if
	// unknown, makes it match 0.0.0.0 and 255.255.255.255 only.
	Netmask uint32
	// Resolver looks host names up. If it is nil, [LookupHost] does.
	Resolver func(host string) ([]netip.Addr, error)
	// Service looks up the port of a service for transport "tcp" or "udp". If it is nil,
	// a built-in copy of /etc/services is used.
	Service func(name, transport string) (port uint16, ok bool)
	// Protocol looks up an IP protocol number. If it is nil, a built-in copy of
	// /etc/protocols is used.
	Protocol func(name string) (number int, ok bool)
}

// LookupHost looks up the host names of Options without a Resolver. If it is nil a name is
// an error: nothing here asks the network of its own accord. It is set before filters are compiled.
var LookupHost func(host string) ([]netip.Addr, error)

const defaultSnapLen = 262144

// Program is a compiled filter. It is immutable and safe for concurrent use.
type Program struct {
	insns    []Instruction
	warnings []string
}

// Compile translates an expression. The empty expression accepts every packet. The
// error is an *Error, unless it is about the options.
func Compile(expr string, o Options) (*Program, error) {
	if _, ok := linkInfo[o.LinkType]; !ok {
		return nil, fmt.Errorf("filter: link type %d is not supported; Ethernet (1), PPP (9), raw IP (12, 101, 228, 229), loopback (0, 108) and Linux cooked (113, 276) are", o.LinkType)
	}
	if o.LinkType == LinkCooked && !o.Live {
		return nil, fmt.Errorf("filter: LinkCooked is for live capture")
	}
	if o.SnapLen < 0 {
		return nil, fmt.Errorf("filter: a snapshot length of %d bytes", o.SnapLen)
	}
	if o.SnapLen == 0 {
		o.SnapLen = defaultSnapLen
	}
	tree, perr := parse(expr)
	if perr != nil {
		return nil, perr
	}
	g, c, perr := generate(expr, tree, &o)
	if perr != nil {
		return nil, perr
	}
	insns, err := assemble(g.valuePool, c, g.slots, uint32(o.SnapLen))
	if err != nil {
		return nil, &Error{Expr: expr, Pos: 0, End: len(expr), Msg: err.Error()}
	}
	p := &Program{insns: insns}
	if rejectsAll(insns) {
		p.warnings = append(p.warnings, "the expression rejects all packets")
	}
	return p, nil
}

func rejectsAll(insns []Instruction) bool {
	for _, in := range insns {
		if in.Op&7 == clsRET && (in.Op != clsRET || in.K != 0) {
			return false
		}
	}
	return true
}

// Instructions returns a copy of the program, for SO_ATTACH_FILTER.
func (p *Program) Instructions() []Instruction {
	return append([]Instruction(nil), p.insns...)
}

// Len is the number of instructions.
func (p *Program) Len() int { return len(p.insns) }

// Warnings says what is suspicious about the expression, as whole sentences without
// a full stop; mostly there is none.
func (p *Program) Warnings() []string { return append([]string(nil), p.warnings...) }
