package sendrecv

import (
	"encoding/binary"
	"slices"

	"golang.org/x/sys/unix"

	"pktsh/sniff/packetsock"
)

// audience is who may answer the packets of a call, as far as a kernel filter can
// tell it cheaply. It lets more through than answers; what is an answer is decided later.
type audience struct {
	loose  bool // any address may answer
	all    bool // anything may be an answer
	arp    bool
	v4, v6 party
}

// party is the audience of one IP version. An address stands here as its last four bytes,
// which is all of an IPv4 one.
type party struct {
	on        bool
	locals    []uint32 // where answers come to
	remotes   []uint32 // where they come from, but for ICMP errors
	protocols []uint32 // what they carry, but for ICMP errors
	anyRemote bool
	anyProto  bool
}

// extensions are the IPv6 headers that may stand in front of an answer (RFC 8200 §4, RFC 4302).
var extensions = []uint32{unix.IPPROTO_HOPOPTS, unix.IPPROTO_ROUTING, unix.IPPROTO_FRAGMENT, unix.IPPROTO_AH, unix.IPPROTO_DSTOPTS}

// most is how many of each a filter asks for by name; more count as any.
const most = 4

// add makes the packet in d be heard of, and tells whether that changed anything.
func (a *audience) add(d *departure, l2 bool) bool {
	if a.all {
		return false
	}
	before := a.shape()
	ip := d.bytes
	if d.ether {
		if len(ip) < etherLen {
			a.all = true
			return true
		}
		typ := binary.BigEndian.Uint16(ip[12:])
		ip = ip[etherLen:]
		switch {
		case typ == etherIPv4 || typ == etherIPv6:
		case typ == etherARP && l2:
			a.arp = true
			return before != a.shape()
		default:
			ip = nil
		}
	}
	a.addIP(ip)
	return before != a.shape()
}

// shape changes whenever the audience grows.
type shape struct {
	all, arp bool
	v4, v6   partyShape
}

type partyShape struct {
	locals, remotes, protocols int
	anyRemote, anyProto        bool
}

func (a *audience) shape() shape { return shape{a.all, a.arp, a.v4.shape(), a.v6.shape()} }

func (p *party) shape() partyShape {
	return partyShape{len(p.locals), len(p.remotes), len(p.protocols), p.anyRemote, p.anyProto}
}

func (a *audience) addIP(b []byte) {
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		src, dst := b[12:16], b[16:20]
		toMany := dst[0] >= 224 || dst[3] == 255 // a group, or perhaps a broadcast address
		rerouted := b[0]&0xf != 5                // source routes change the destination
		a.v4.add(src, dst, uint32(b[9]), toMany || rerouted || a.loose)
	case len(b) >= 40 && b[0]>>4 == 6:
		nh := uint32(b[6])
		ext := nh != unix.IPPROTO_TCP && nh != unix.IPPROTO_UDP && nh != unix.IPPROTO_ICMPV6
		a.v6.add(b[20:24], b[36:40], nh, b[24] == 0xff || ext || a.loose)
		a.v6.anyProto = a.v6.anyProto || ext
	default:
		a.all = true
	}
	if a.v4.on && slices.Contains(a.v4.locals, 0) {
		a.all = true // from 0.0.0.0, as DHCP: who knows where the answer goes
	}
}

func (p *party) add(src, dst []byte, proto uint32, anyRemote bool) {
	p.on = true
	p.locals = appendNew(p.locals, binary.BigEndian.Uint32(src))
	if p.anyRemote = p.anyRemote || anyRemote || len(p.remotes) > most; !p.anyRemote {
		p.remotes = appendNew(p.remotes, binary.BigEndian.Uint32(dst))
	}
	if !p.anyProto {
		p.protocols = appendNew(p.protocols, proto)
	}
}

// appendNew keeps at most one more than a filter asks for.
func appendNew(list []uint32, v uint32) []uint32 {
	if len(list) > most || slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

// Offsets from the network header, whatever link header is in front of it, and
// of the EtherType that the kernel read (linux/filter.h).
const (
	netOff    = ^uint32(0) - 0x100000 + 1 // SKF_NET_OFF
	protocolK = ^uint32(0) - 0x1000 + 1   // SKF_AD_OFF + SKF_AD_PROTOCOL
)

// program is the filter that lets the audience through.
func (a *audience) program() packetsock.Filter {
	if a.all || !a.arp && !a.v4.on && !a.v6.on {
		return nil
	}
	var f assembler
	f.load(unix.BPF_W, protocolK)
	if a.arp {
		f.accept(etherARP)
	}
	for _, fam := range []struct {
		*party
		typ                     uint32
		src, dst, protocol, err uint32
	}{
		{&a.v4, etherIPv4, 12, 16, 9, unix.IPPROTO_ICMP},
		{&a.v6, etherIPv6, 20, 36, 6, unix.IPPROTO_ICMPV6},
	} {
		if !fam.on {
			continue
		}
		var body assembler
		if len(fam.locals) <= most {
			body.load(unix.BPF_W, netOff+fam.dst)
			body.require(fam.locals)
		}
		body.load(unix.BPF_B, netOff+fam.protocol)
		body.accept(fam.err)
		if fam.typ == etherIPv6 { // what is behind extension headers is not looked for
			for _, nh := range extensions {
				body.accept(nh)
			}
		}
		if !fam.anyProto && len(fam.protocols) <= most {
			body.require(fam.protocols)
		}
		if !fam.anyRemote && len(fam.remotes) <= most {
			body.load(unix.BPF_W, netOff+fam.src)
			body.require(fam.remotes)
		}
		body.ret(packetsock.MaxSnapLen)
		f.block(fam.typ, body)
	}
	f.ret(0)
	return packetsock.Filter(f)
}

// assembler writes classic BPF (Documentation/networking/filter.rst).
type assembler []unix.SockFilter

func (f *assembler) load(size uint16, k uint32) {
	*f = append(*f, unix.SockFilter{Code: unix.BPF_LD | size | unix.BPF_ABS, K: k})
}

func (f *assembler) ret(k uint32) {
	*f = append(*f, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: k})
}

func (f *assembler) jeq(k uint32, yes, no int) {
	*f = append(*f, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: k, Jt: uint8(yes), Jf: uint8(no)})
}

// accept lets the packet through if A is k.
func (f *assembler) accept(k uint32) {
	f.jeq(k, 0, 1)
	f.ret(packetsock.MaxSnapLen)
}

// require drops the packet unless A is one of ks.
func (f *assembler) require(ks []uint32) {
	for i, k := range ks {
		f.jeq(k, len(ks)-i, 0) // over the rest and the return
	}
	f.ret(0)
}

// block runs body, which does not fall out of its end, if A is k.
func (f *assembler) block(k uint32, body assembler) {
	f.jeq(k, 0, len(body))
	*f = append(*f, body...)
}
