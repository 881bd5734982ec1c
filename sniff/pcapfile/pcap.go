package pcapfile

import (
	"encoding/binary"
	"math"
)

// Magic numbers of pcap files, in the file's own byte order.
const (
	magicMicro    = 0xa1b2c3d4
	magicNano     = 0xa1b23c4d
	magicModified = 0xa1b2cd34 // Alexey Kuznetzov's, with an interface index behind each header

	pcapHeader   = 24
	recordHeader = 16
	modHeader    = 24
)

// startPcap reads a pcap file's header; ok=false if head is no pcap magic.
func (r *Reader) startPcap(head []byte) (ok bool, err error) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		r.header = recordHeader
		switch order.Uint32(head) {
		case magicMicro:
		case magicNano:
			r.nano = true
		case magicModified:
			r.header = modHeader
		default:
			continue
		}
		r.order = order
		r.next = (*Reader).nextPcap
		h := r.win.need(pcapHeader)
		if len(h) < pcapHeader {
			return true, r.damage("cut short: %d of %d bytes of the file's header", len(h), pcapHeader)
		}
		r.version = [2]uint16{order.Uint16(h[4:]), order.Uint16(h[6:])}
		if r.version[0] != 2 && r.version != [2]uint16{543, 0} { // 543.0: old tcpdump of DG/UX
			return true, r.damage("version %d.%d of the format, want 2.4", r.version[0], r.version[1])
		}
		snap := order.Uint32(h[16:])
		link := order.Uint32(h[20:])
		r.iface = &Interface{LinkType: LinkType(link), SnapLen: int(min(snap, math.MaxInt32)), Resol: secondsMicros}
		if r.nano {
			r.iface.Resol = 9
		}
		if link&0x04000000 != 0 { // P: the FCS length, in units of 16 bits, is there
			r.iface.FCSLen = int(link>>28) * 2
		}
		r.limit = min(max(int(snap), defaultSnapLen), maxRecord)
		r.win.take(pcapHeader)
		return true, nil
	}
	return false, nil
}

// nextPcap reads one record.
func (r *Reader) nextPcap() error {
	h := r.win.need(r.header)
	if len(h) < r.header {
		return r.end("packet's header", len(h), r.header)
	}
	var sec, frac, kept, wire uint32
	if r.order == binary.LittleEndian { // the compiler makes loads of this
		sec, frac, kept, wire = le.Uint32(h), le.Uint32(h[4:]), le.Uint32(h[8:]), le.Uint32(h[12:])
	} else {
		be := binary.BigEndian
		sec, frac, kept, wire = be.Uint32(h), be.Uint32(h[4:]), be.Uint32(h[8:]), be.Uint32(h[12:])
	}
	if r.version[1] < 4 && (r.version[1] < 3 || kept > wire) {
		kept, wire = wire, kept // as old versions of libpcap wrote them
	}
	if int64(kept) > int64(r.limit) {
		return r.damage("a packet of %d bytes, in a file of packets of at most %d", kept, r.limit)
	}
	all := r.win.need(r.header + int(kept))
	if len(all) < r.header+int(kept) {
		return r.damage("cut short: %d of a packet's %d bytes", len(all)-r.header, kept)
	}
	r.win.take(len(all))
	nanos := int64(frac)
	if !r.nano {
		nanos *= 1000
	}
	*r.rec = Record{
		Data:    all[r.header:],
		WireLen: max(int(wire), int(kept)),
		Nanos:   int64(sec)*1e9 + nanos,
		Iface:   r.iface,
	}
	return nil
}
