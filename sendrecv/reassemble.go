package sendrecv

import (
	"encoding/binary"
	"fmt"

	"pktsh/layers"
)

// reassembler joins answers that come in fragments, before they are matched.
type reassembler struct {
	open  map[string][]*layers.Packet
	order []string // the oldest first
	lost  int      // fragments given up for want of room
}

const (
	mostDatagrams = 64  // whose fragments are kept
	mostFragments = 256 // of one: of the least size that IPv6 networks cut to, 64 KiB have 54
)

// add takes a packet that was received: it gives the packet itself if it is no fragment, the
// datagram that it completes, or nil while others are missing.
func (r *reassembler) add(p *layers.Packet) *layers.Packet {
	i, key := fragmentOf(p)
	if i < 0 {
		return p
	}
	if r.open == nil {
		r.open = map[string][]*layers.Packet{}
	}
	list := r.open[key]
	if list == nil {
		r.order = append(r.order, key)
	}
	if len(list) == mostFragments {
		r.lost++
		return nil
	}
	list = append(list, p)
	r.open[key] = list
	whole := joinFragments(p.At(i).Proto(), list)
	switch {
	case whole != nil:
		m := *p.Meta // the datagram is there when its last fragment is
		m.WireLen = len(whole.Data())
		whole.Meta = &m
		r.forget(key)
	case len(r.open) > mostDatagrams:
		r.lost += len(r.open[r.order[0]])
		r.forget(r.order[0])
	}
	return whole
}

func (r *reassembler) forget(key string) {
	delete(r.open, key)
	for i, k := range r.order {
		if k == key {
			r.order = append(r.order[:i], r.order[i+1:]...)
			return
		}
	}
}

// note tells of fragments that never made a whole; "" if there are none.
func (r *reassembler) note() string {
	n := r.lost
	for _, list := range r.open {
		n += len(list)
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d fragments came in that never made a whole packet, and were not matched", n)
}

// joinFragments is the datagram that fragments are all of, nil if they are not.
func joinFragments(proto *layers.Proto, list []*layers.Packet) *layers.Packet {
	if proto == layers.IP {
		_, joined, _ := layers.Defrag(list)
		if len(joined) == 1 {
			return joined[0]
		}
		return nil
	}
	joined, notes, err := layers.Defragment6(list)
	if err != nil || len(notes) > 0 { // gaps, overlaps or no end
		return nil
	}
	return joined
}

// fragmentOf is the place of the IP header that makes p a fragment, and what it has in common
// with its others; -1 if p is none. Only the outermost header is looked at.
func fragmentOf(p *layers.Packet) (i int, key string) {
	b := p.Data()
	if p.At(0).Proto() == layers.Ether {
		if len(b) < etherLen {
			return -1, ""
		}
		if typ := binary.BigEndian.Uint16(b[12:]); typ != etherIPv4 && typ != etherIPv6 {
			return -1, ""
		}
		b, i = b[etherLen:], 1
	}
	switch {
	case len(b) >= 20 && b[0]>>4 == 4 && binary.BigEndian.Uint16(b[6:])&0x3fff != 0: // MF or an offset
		return i, string(b[4:6]) + string(b[9:10]) + string(b[12:20])
	case len(b) >= 40 && b[0]>>4 == 6:
		k := p.Index(layers.IPv6ExtHdrFragment, 1, i)
		if k < 0 || k > i+4 { // a few extension headers may stand in front of it, a whole quotation not
			return -1, ""
		}
		for j := i + 1; j < k; j++ {
			if n := p.At(j).Proto().Name; n != "IPv6ExtHdrHopByHop" && n != "IPv6ExtHdrRouting" && n != "IPv6ExtHdrDestOpt" {
				return -1, ""
			}
		}
		at := p.At(k)
		return i, fmt.Sprint(at.Uint(at.Proto().Index("id"))) + string(b[8:40])
	}
	return -1, ""
}
