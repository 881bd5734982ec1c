package sendrecv

import (
	"encoding/binary"
	"fmt"

	"pktsh/layers"
)

// reassembler joins answers that come in fragments, before they are matched.
type reassembler struct{ r layers.Reassembler }

// add takes a packet that was received: it gives the packet itself if it is no fragment, the
// datagram that it completes, or nil while others are missing.
func (r *reassembler) add(p *layers.Packet) *layers.Packet {
	if !mayBeFragment(p.Data(), p.At(0).Proto() == layers.Ether) {
		return p
	}
	whole := r.r.Join(p)
	if whole != nil && whole != p {
		m := *p.Meta // the datagram is there when its last fragment is
		m.WireLen = len(whole.Data())
		whole.Meta = &m
	}
	return whole
}

// note tells, at the end, of fragments that never made a whole; "" if there are none.
func (r *reassembler) note() string {
	r.r.Flush()
	n := uint64(0)
	for _, g := range r.r.Lost() {
		n += g.Fragments
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d fragments came in that never made a whole packet, and were not matched", n)
}

// mayBeFragment looks at the outermost header alone, so that packets which are none need
// not be dissected for it.
func mayBeFragment(b []byte, ether bool) bool {
	if ether {
		if len(b) < etherLen {
			return false
		}
		if typ := binary.BigEndian.Uint16(b[12:]); typ != etherIPv4 && typ != etherIPv6 {
			return false
		}
		b = b[etherLen:]
	}
	switch {
	case len(b) >= 20 && b[0]>>4 == 4:
		return binary.BigEndian.Uint16(b[6:])&0x3fff != 0 // MF or an offset
	case len(b) >= 40 && b[0]>>4 == 6:
		switch b[6] {
		case 0, 43, 44, 60: // a fragment's header, or what may stand in front of it
			return true
		}
	}
	return false
}
