package layers

import "net/netip"

// Field positions in Ether; dst and src stand in the same place in Dot3.
const (
	etherDst = iota
	etherSrc
	etherType
)

// maxLength is the largest number in the third field of an Ethernet header that
// is a length (IEEE 802.3 §3.2.6); more is an EtherType.
const maxLength = 1500

// Ether is an Ethernet II header (IEEE 802.3 clause 3 with an EtherType).
var Ether = &Proto{Name: "Ether", Table: Table{
	Title: "Ethernet",
	Doc:   "Ethernet II frame header",
	Fields: []Field{
		{Name: "dst", Kind: HWAddr, Bits: 48, Type: "DestMACField", Derive: linkDest, Default: 0xffffffffffff},
		{Name: "src", Kind: HWAddr, Bits: 48, Type: "SourceMACField", Derive: linkSource},
		{Name: "type", Kind: Hex, Bits: 16, Enum: EtherTypes, Default: 0x9000},
	},
	Summary: func(at At) (string, []*Proto) {
		return FieldText(at, etherSrc) + " > " + FieldText(at, etherDst) + " (" + FieldText(at, etherType) + ")", nil
	},
	Answers: func(at, to At) bool {
		return to.Proto() == at.Proto() && at.Uint(etherType) == to.Uint(etherType) && AnswersPayload(at, to)
	},
	Key: func(dst []byte, at At, loose bool) []byte {
		return appendKey(appendUint16(dst, at.Uint(etherType)), at.Above(), loose)
	},
}}

// Dot3 is an Ethernet header with a length (IEEE 802.3 §3.2.6), which LLC follows.
var Dot3 = &Proto{Name: "Dot3", Table: Table{
	Title: "802.3",
	Doc:   "IEEE 802.3 frame header",
	Fields: []Field{
		{Name: "dst", Kind: HWAddr, Bits: 48, Type: "DestMACField", Derive: linkDest, Default: 0xffffffffffff},
		{Name: "src", Kind: HWAddr, Bits: 48, Type: "SourceMACField", Derive: linkSource},
		{Name: "len", Bits: 16, Type: "LenField", Len: payloadLen},
	},
	PayloadLen: func(l *Layer, hdr int, rest []byte) int { return int(l.Uint(etherType)) },
	Summary: func(at At) (string, []*Proto) {
		return "802.3 " + FieldText(at, etherSrc) + " > " + FieldText(at, etherDst), nil
	},
}}

// The two kinds of frame know each other.
func linkEther() {
	Ether.Dispatch = func(b []byte) *Proto {
		if len(b) >= 14 && getBits(b, 96, 16) <= maxLength {
			return Dot3
		}
		return nil
	}
	Dot3.Dispatch = func(b []byte) *Proto {
		if len(b) >= 14 && getBits(b, 96, 16) > maxLength {
			return Ether
		}
		return nil
	}
}

// linkSource is the address of the interface that the packet would leave by.
func linkSource(at At) (any, bool) {
	if e := at.env(); e != nil {
		if m, ok := e.LinkSource(destination(at.Above())); ok {
			return m, true
		}
	}
	return nil, false
}

// linkDest is the next hop's address: a group address without asking anyone,
// else what the host's environment knows. An ARP request goes to everybody.
func linkDest(at At) (any, bool) {
	up := at.Above()
	if up.Proto() == ARP && up.Uint(arpOp) == 1 {
		return Broadcast, true
	}
	dst := destination(up)
	if !dst.IsValid() {
		return nil, false
	}
	if m, ok := GroupMAC(dst); ok {
		return m, true
	}
	if e := at.env(); e != nil {
		if m, ok := e.LinkDest(dst); ok {
			return m, true
		}
	}
	return nil, false
}

// GroupMAC is the Ethernet address of a multicast or broadcast address:
// 01:00:5e and 23 bits of a group (RFC 1112 §6.4), 33:33 and 32 bits of an IPv6
// group (RFC 2464 §7), all ones for 255.255.255.255.
func GroupMAC(a netip.Addr) (MAC, bool) {
	switch {
	case a.Is4() && a.IsMulticast():
		b := a.As4()
		return MAC{1, 0, 0x5e, b[1] & 0x7f, b[2], b[3]}, true
	case a.Is4() && a == netip.AddrFrom4([4]byte{255, 255, 255, 255}):
		return Broadcast, true
	case a.Is6() && a.IsMulticast():
		b := a.As16()
		return MAC{0x33, 0x33, b[12], b[13], b[14], b[15]}, true
	}
	return MAC{}, false
}

// destination is the network address that the layers from at on are sent to,
// invalid if there is none.
func destination(at At) netip.Addr {
	for ls := at.P.Layers(); at.I < len(ls); at.I++ {
		switch ls[at.I].proto {
		case IP:
			return addrAt(at, ipDst)
		case IPv6:
			return finalDest6(at)
		case ARP:
			return addrAt(at, arpPdst)
		}
	}
	return netip.Addr{}
}

func etherTables() family {
	return family{
		tables: []*Proto{Ether, Dot3},
		link:   linkEther,
		bind:   func() { mustBindType(Ether, 1) },
	}
}
