package layers

import (
	"crypto/md5"
	"encoding/binary"
	"fmt"
)

// tcpAO is the kind of the TCP Authentication Option.
const tcpAO = 29

// TCPAOValue is what the TCP Authentication Option holds (RFC 5925 §2.2).
var TCPAOValue = &Proto{Name: "TCPAOValue", Table: Table{
	Doc: "value of the TCP Authentication Option (RFC 5925)",
	Fields: []Field{
		{Name: "keyid", Bits: 8, Absent: true},
		{Name: "rnextkeyid", Bits: 8, Absent: true},
		{Name: "mac", Kind: Var, Type: "StrLenField"},
	},
}}

// TCPMD5 is the signature of RFC 2385 §2.0 over the segment whose TCP header is
// layer i: the pseudo-header, the header with its checksum zero and without its
// options, the data, and the key.
func (p *Packet) TCPMD5(i int, key []byte) ([]byte, error) {
	below := p.At(i)
	if below.Proto() != TCP {
		return nil, fmt.Errorf("layer %d of %s is no TCP", i, p.Summary())
	}
	for below.Proto() != nil && below.Proto() != IP && below.Proto() != IPv6 {
		below = below.Below()
	}
	seg, err := p.BuildFrom(i)
	if err != nil {
		return nil, err
	}
	var hashed []byte
	switch below.Proto() {
	case IP:
		hashed = append(addrAt(below, ipSrc).AsSlice(), addrAt(below, ipDst).AsSlice()...)
		hashed = append(hashed, 0, 6)
		hashed = binary.BigEndian.AppendUint16(hashed, uint16(len(seg)))
	case IPv6:
		hashed = append(addrAt(below, ip6Src).AsSlice(), addrAt(below, ip6Dst).AsSlice()...)
		hashed = binary.BigEndian.AppendUint32(hashed, uint32(len(seg)))
		hashed = append(hashed, 0, 0, 0, 6)
	default:
		return nil, fmt.Errorf("%s has no IP or IPv6 below its TCP, whose addresses the signature covers", p.Summary())
	}
	hashed = append(append(hashed, seg[:16]...), 0, 0, seg[18], seg[19])
	hashed = append(hashed, seg[min(int(seg[12]>>4)*4, len(seg)):]...)
	sum := md5.Sum(append(hashed, key...))
	return sum[:], nil
}

// SignTCPMD5 adds an MD5 option with the signature to the TCP header at layer i.
// The header's length is signed too, so the option is there, empty, before.
func (p *Packet) SignTCPMD5(i int, key []byte) error {
	l := p.At(i).Layer()
	if l == nil || l.proto != TCP {
		return fmt.Errorf("layer %d of %s is no TCP", i, p.Summary())
	}
	have, _ := l.own(tcpOptions).(List)
	with := func(sig []byte) error {
		return l.Set(tcpOptions, append(have[:len(have):len(have)], Tuple{"MD5", sig}))
	}
	if err := with(make([]byte, md5.Size)); err != nil {
		return err
	}
	sig, err := p.TCPMD5(i, key)
	if err != nil {
		return err
	}
	return with(sig)
}
