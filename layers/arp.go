package layers

import (
	"fmt"
	"net/netip"
)

// Field positions in ARP.
const (
	arpHwtype = iota
	arpPtype
	arpHwlen
	arpPlen
	arpOp
	arpHwsrc
	arpPsrc
	arpHwdst
	arpPdst
)

// ARP is the Address Resolution Protocol (RFC 826). Its addresses are Ethernet
// and IPv4 or IPv6 ones where type and length say so, bytes otherwise.
var ARP = &Proto{Name: "ARP", make: func() Table {
	return Table{
		Doc: "Address Resolution Protocol (RFC 826)",
		// Nothing is carried; what follows fills the frame up.
		PayloadLen: func(*Layer, int, []byte) int { return 0 },
		Fields: []Field{
			{Name: "hwtype", Kind: Hex, Bits: 16, Enum: HardwareTypes, Default: 1},
			{Name: "ptype", Kind: Hex, Bits: 16, Enum: EtherTypes, Default: 0x800},
			{Name: "hwlen", Bits: 8, Type: "FieldLenField", Auto: arpLen(arpHwsrc)},
			{Name: "plen", Bits: 8, Type: "FieldLenField", Auto: arpLen(arpPsrc)},
			{Name: "op", Bits: 16, Enum: ARPOps, Default: 1},
			{Name: "hwsrc", Type: "MultipleTypeField (SourceMACField, StrFixedLenField)", Form: arpHw("hwsrc", arpOwnHw)},
			{Name: "psrc", Type: "MultipleTypeField (SourceIPField, SourceIP6Field, StrFixedLenField)", Form: arpProto("psrc", arpOwnAddr)},
			{Name: "hwdst", Type: "MultipleTypeField (MACField, StrFixedLenField)", Form: arpHw("hwdst", nil)},
			{Name: "pdst", Type: "MultipleTypeField (IPField, IP6Field, StrFixedLenField)", Form: arpProto("pdst", nil)},
		},
		Summary: func(at At) (string, []*Proto) {
			switch at.Uint(arpOp) {
			case 1:
				return "ARP who has " + FieldText(at, arpPdst) + " says " + FieldText(at, arpPsrc), nil
			case 2:
				return "ARP is at " + FieldText(at, arpHwsrc) + " says " + FieldText(at, arpPsrc), nil
			}
			return "ARP " + FieldText(at, arpOp) + " " + FieldText(at, arpPsrc) + " > " + FieldText(at, arpPdst), nil
		},
		Answers: func(at, to At) bool {
			return to.Proto() == at.Proto() && at.Uint(arpOp) == to.Uint(arpOp)+1 &&
				equalValue(at.Value(arpPsrc), to.Value(arpPdst))
		},
		Key: func(dst []byte, at At, loose bool) []byte {
			dst = appendUint16(dst, at.Uint(arpHwtype))
			dst = appendUint16(dst, at.Uint(arpPtype))
			dst = appendUint16(dst, (at.Uint(arpOp)+1)/2)
			// The addresses change places, so together they stay the same.
			return appendXor(dst, addrAt(at, arpPsrc), addrAt(at, arpPdst))
		},
	}
}}

// arpHw gives a hardware address the form that hwtype and hwlen say.
func arpHw(name string, derive func(At) (any, bool)) func(l *Layer) *Field {
	mac := &Field{Name: name, Kind: HWAddr, Bits: 48, Derive: derive}
	other := arpOther(name, arpHwlen)
	return func(l *Layer) *Field {
		if l.Uint(arpHwtype) == 1 && (!l.IsSet(arpHwlen) || l.Uint(arpHwlen) == 6) {
			return mac
		}
		return other
	}
}

// arpProto gives a protocol address the form that ptype and plen say.
func arpProto(name string, derive func(At) (any, bool)) func(l *Layer) *Field {
	ip4 := &Field{Name: name, Kind: Addr4, Bits: 32, Derive: derive}
	ip6 := &Field{Name: name, Kind: Addr6, Bits: 128, DefaultValue: netip.IPv6Unspecified(), Derive: derive}
	other := arpOther(name, arpPlen)
	return func(l *Layer) *Field {
		switch t, n := l.Uint(arpPtype), l.Uint(arpPlen); {
		case t == 0x800 && (n == 4 || !l.IsSet(arpPlen)):
			return ip4
		case t == 0x86dd && (n == 16 || !l.IsSet(arpPlen)):
			return ip6
		}
		return other
	}
}

// arpOther is an address of another kind, of as many bytes as field length says when it is set.
func arpOther(name string, length int) *Field {
	return &Field{Name: name, Kind: Var, DefaultValue: []byte{}, Codec: sizedBytes{length}, Size: sizeLess(length, 0)}
}

// sizedBytes are bytes that are cut or filled up with zeros to the number in another field, if
// that is set.
type sizedBytes struct{ length int }

func (sizedBytes) Decode(_ *Layer, b []byte) any { return b }

func (c sizedBytes) Encode(l *Layer, dst []byte, v any) ([]byte, error) {
	b, ok := toBytes(v)
	if a, isAddr := v.(netip.Addr); isAddr {
		b, ok = a.AsSlice(), true
	}
	if m, isMAC := v.(MAC); isMAC {
		b, ok = m[:], true
	}
	if !ok {
		return dst, fmt.Errorf("got %s, want bytes", describe(v))
	}
	if !l.IsSet(c.length) {
		return append(dst, b...), nil
	}
	n := int(l.Uint(c.length))
	return append(append(dst, b[:min(n, len(b))]...), make([]byte, max(n-len(b), 0))...), nil
}

func (sizedBytes) single() {}

func (sizedBytes) Parse(_ *Layer, v any) (any, error) {
	b, ok := toBytes(v)
	if !ok {
		return nil, fmt.Errorf("got %s, want bytes; these lengths and types are no address's", describe(v))
	}
	return b, nil
}

// arpLen is the width of the address in field i.
func arpLen(i int) func(b *Build) uint64 {
	return func(b *Build) uint64 {
		if f := b.Layer().form(i); f.Kind != Var {
			return uint64(f.Bits / 8)
		}
		return uint64(b.varLenAt(i))
	}
}

// arpOwnHw is the address of the interface towards the host asked for.
func arpOwnHw(at At) (any, bool) {
	if e := at.env(); e != nil {
		if m, ok := e.LinkSource(addrAt(at, arpPdst)); ok {
			return m, true
		}
	}
	return nil, false
}

// arpOwnAddr is this host's address towards the host asked for.
func arpOwnAddr(at At) (any, bool) {
	dst := addrAt(at, arpPdst)
	if !dst.IsValid() || dst.IsUnspecified() {
		return nil, false
	}
	a, ok := at.SourceFor(dst)
	return a, ok
}

func arpTables() family {
	return family{
		tables: []*Proto{ARP},
		bind: func() {
			mustBindType(ARP, 0x806)
			mustBind(SNAP, ARP, "code", 0x806)
		},
	}
}
