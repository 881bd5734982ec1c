package pcapfile

import (
	"encoding/binary"
	"math"
	"strings"
)

const (
	byteOrderMagic = 0x1a2b3c4d
	minBlock       = 12
)

func (r *Reader) u32(b []byte) uint32 {
	if r.sect.swapped {
		return binary.BigEndian.Uint32(b)
	}
	return le.Uint32(b)
}

func (r *Reader) u16(b []byte) uint16 {
	if r.sect.swapped {
		return binary.BigEndian.Uint16(b)
	}
	return le.Uint16(b)
}

// startNG looks at the first section's header; Next reads it.
func (r *Reader) startNG() error {
	h := r.win.need(minBlock)
	if len(h) < minBlock {
		return r.damage("cut short: %d of %d bytes of the section's header", len(h), 28)
	}
	if o := le.Uint32(h[8:]); o != byteOrderMagic && binary.BigEndian.Uint32(h[8:]) != byteOrderMagic {
		return r.damage("a section header with the byte-order mark %#08x", o)
	}
	r.sect = &Section{swapped: le.Uint32(h[8:]) != byteOrderMagic}
	return nil
}

// nextNG reads blocks up to a packet.
func (r *Reader) nextNG() error {
	for {
		h := r.win.need(minBlock)
		if len(h) < minBlock {
			return r.end("block", len(h), minBlock)
		}
		kind := le.Uint32(h) // a section's reads the same either way
		if kind == BlockSection {
			switch {
			case le.Uint32(h[8:]) == byteOrderMagic:
				r.sect = &Section{}
			case binary.BigEndian.Uint32(h[8:]) == byteOrderMagic:
				r.sect = &Section{swapped: true}
			default:
				return r.damage("a section header with the byte-order mark %#08x", le.Uint32(h[8:]))
			}
		} else {
			kind = r.u32(h)
		}
		total := r.u32(h[4:])
		switch {
		case total < minBlock || total%4 != 0:
			return r.damage("a block of type %#x and %d bytes", kind, total)
		case total > maxRecord:
			return r.damage("a block of type %#x and %d bytes; at most %d are read", kind, total, maxRecord)
		}
		b := r.win.need(int(total))
		if len(b) < int(total) {
			return r.damage("cut short: %d bytes of a block of type %#x and %d bytes", len(b), kind, total)
		}
		if again := r.u32(b[total-4:]); again != total {
			return r.damage("a block of type %#x whose length is %d at its start and %d at its end", kind, total, again)
		}
		packet, err := r.block(kind, b[8:total-4])
		if err != nil {
			return err
		}
		r.win.take(int(total))
		if packet {
			return nil
		}
	}
}

// block reads one block; the window stands before it.
func (r *Reader) block(kind uint32, body []byte) (packet bool, err error) {
	switch kind {
	case BlockEnhanced:
		return true, r.enhanced(body)
	case BlockSimple:
		return true, r.simple(body)
	case BlockPacket:
		return true, r.obsolete(body)
	case BlockSection:
		return false, r.section(body)
	case BlockInterface:
		return false, r.describe(body)
	case BlockStats:
		return false, r.statistics(body)
	}
	r.other(kind, body)
	return false, nil
}

// packetOf fills rec; data is what follows the fixed part of a packet's block.
func (r *Reader) packetOf(iface uint32, stamp uint64, kept, wire uint32, data []byte) error {
	if int64(iface) >= int64(len(r.sect.ifaces)) {
		return r.damage("a packet of interface %d, of %d that the section has", iface, len(r.sect.ifaces))
	}
	if int64(kept) > int64(len(data)) {
		return r.damage("a packet of %d bytes, in a block that has room for %d", kept, len(data))
	}
	i := r.sect.ifaces[iface]
	*r.rec = Record{
		Data:    data[:kept:kept],
		WireLen: max(int(wire), int(kept)),
		Nanos:   i.units.nanos(stamp),
		Iface:   i,
	}
	if rest := data[min(pad4(int(kept)), len(data)):]; len(rest) >= 4 && rest[0]|rest[1] != 0 {
		if r.sect.swapped {
			r.scratch = turnOptions(r.scratch[:0], rest, packetLayout)
			rest = r.scratch
		}
		r.rec.Options = rest
	}
	return nil
}

func (r *Reader) enhanced(b []byte) error {
	if len(b) < 20 {
		return r.damage("a packet block of %d bytes, want at least 20", len(b))
	}
	return r.packetOf(r.u32(b), uint64(r.u32(b[4:]))<<32|uint64(r.u32(b[8:])), r.u32(b[12:]), r.u32(b[16:]), b[20:])
}

// simple is a packet of the first interface without a time; what was kept of it
// follows from the interface's limit.
func (r *Reader) simple(b []byte) error {
	if len(b) < 4 {
		return r.damage("a simple packet block of %d bytes, want at least 4", len(b))
	}
	if len(r.sect.ifaces) == 0 {
		return r.damage("a simple packet in a section without interfaces")
	}
	wire := r.u32(b)
	kept := wire
	if snap := r.sect.ifaces[0].SnapLen; snap > 0 {
		kept = uint32(min(int(kept), snap))
	}
	if err := r.packetOf(0, 0, kept, wire, b[4:]); err != nil {
		return err
	}
	r.rec.Nanos, r.rec.Options = NoTime, nil
	return nil
}

// obsolete is the Packet Block: an enhanced one with a drop count, which becomes
// an option.
func (r *Reader) obsolete(b []byte) error {
	if len(b) < 20 {
		return r.damage("a packet block of %d bytes, want at least 20", len(b))
	}
	drops := r.u16(b[2:])
	if err := r.packetOf(uint32(r.u16(b)), uint64(r.u32(b[4:]))<<32|uint64(r.u32(b[8:])), r.u32(b[12:]), r.u32(b[16:]), b[20:]); err != nil {
		return err
	}
	if drops != math.MaxUint16 && Option(r.rec.Options, OptDropCount) == nil {
		opts := without(r.rec.Options, OptEnd)
		r.rec.Options = AppendOption(opts, OptDropCount, le.AppendUint64(nil, uint64(drops)))
	}
	return nil
}

func (r *Reader) section(b []byte) error {
	if len(b) < 16 {
		return r.damage("a section header of %d bytes, want at least 28", len(b)+minBlock)
	}
	if major, minor := r.u16(b[4:]), r.u16(b[6:]); major != 1 {
		return r.damage("version %d.%d of the format, want 1.0", major, minor)
	}
	r.sect.Options = r.options(b[16:], nil)
	r.tell(&Block{Type: BlockSection, Section: r.sect})
	return nil
}

// options is a little-endian copy of a block's options.
func (r *Reader) options(b []byte, at layout) []byte {
	if r.sect.swapped {
		return turnOptions(nil, b, at)
	}
	return without(b, OptEnd)
}

// describe reads an interface's description.
func (r *Reader) describe(b []byte) error {
	if len(b) < 8 {
		return r.damage("an interface description of %d bytes, want at least 20", len(b)+minBlock)
	}
	if len(r.sect.ifaces) >= maxIfaces {
		return r.damage("more than %d interfaces", maxIfaces)
	}
	i := &Interface{
		LinkType: LinkType(r.u16(b)),
		SnapLen:  int(min(r.u32(b[4:]), math.MaxInt32)),
		Resol:    secondsMicros,
		Section:  r.sect,
		Options:  r.options(b[8:], ifaceLayout),
		number:   len(r.sect.ifaces),
	}
	i.read()
	r.sect.ifaces = append(r.sect.ifaces, i)
	r.tell(&Block{Type: BlockInterface, Iface: i, Section: r.sect})
	return nil
}

// read sets the members that the options say.
func (i *Interface) read() {
	offset := int64(0)
	EachOption(i.Options, func(code uint16, v []byte) bool {
		switch {
		case code == OptIfName:
			i.Name = text(v)
		case code == OptIfDescription:
			i.Description = text(v)
		case code == OptIfResol && len(v) == 1:
			i.Resol = v[0]
		case code == OptIfFCSLen && len(v) == 1:
			i.FCSLen = int(v[0])
		case code == OptIfOffset && len(v) == 8:
			offset = int64(le.Uint64(v))
		}
		return true
	})
	i.units = unitsOf(i.Resol, offset)
}

// text is an option's value without the zeros that some programs end it in.
func text(v []byte) string { return strings.TrimRight(string(v), "\x00") }

func (r *Reader) statistics(b []byte) error {
	if len(b) < 12 {
		return r.damage("interface statistics of %d bytes, want at least 24", len(b)+minBlock)
	}
	n := r.u32(b)
	if int64(n) >= int64(len(r.sect.ifaces)) {
		return r.damage("statistics of interface %d, of %d that the section has", n, len(r.sect.ifaces))
	}
	i := r.sect.ifaces[n]
	body := le.AppendUint32(nil, n)
	body = le.AppendUint32(body, r.u32(b[4:]))
	body = le.AppendUint32(body, r.u32(b[8:]))
	body = append(body, r.options(b[12:], statsLayout)...)
	i.Stats = statsOf(body[12:], i.units)
	r.tell(&Block{Type: BlockStats, Body: body, Iface: i, Section: r.sect})
	return nil
}

func statsOf(opts []byte, u units) *Stats {
	s := &Stats{-1, -1, -1, -1, -1, NoTime, NoTime}
	EachOption(opts, func(code uint16, v []byte) bool {
		if len(v) != 8 {
			return true
		}
		count := int64(min(le.Uint64(v), math.MaxInt64))
		switch code {
		case optStart:
			s.Start = u.nanos(stampOf(v))
		case optStop:
			s.End = u.nanos(stampOf(v))
		case optIfRecv:
			s.Received = count
		case optIfDrop:
			s.IfDropped = count
		case optAccept:
			s.Accepted = count
		case optOSDrop:
			s.Dropped = count
		case optDelivers:
			s.Delivered = count
		}
		return true
	})
	return s
}

// stampOf is a time stamp as blocks have it: the high 32 bits, then the low.
func stampOf(b []byte) uint64 { return uint64(le.Uint32(b))<<32 | uint64(le.Uint32(b[4:])) }

func putStamp(b []byte, stamp uint64) {
	le.PutUint32(b, uint32(stamp>>32))
	le.PutUint32(b[4:], uint32(stamp))
}

// other passes a block on that is of no further use to a Reader.
func (r *Reader) other(kind uint32, body []byte) {
	if r.OnBlock == nil {
		switch kind {
		case BlockCustom, BlockCustomNoCopy:
			r.skip.Custom++
		case BlockNames, BlockSecrets:
		default:
			r.skip.Blocks++
		}
		return
	}
	b := &Block{Type: kind, Body: body, Section: r.sect}
	if r.sect.swapped {
		b.Body, b.Foreign = turnBody(kind, body)
	}
	r.tell(b)
}

func (r *Reader) tell(b *Block) {
	if r.OnBlock != nil {
		r.OnBlock(b)
	}
}

// turnBody is a copy of a big-endian block's body in little-endian order, or
// foreign=true when nobody knows what is in it.
func turnBody(kind uint32, body []byte) (out []byte, foreign bool) {
	be := binary.BigEndian
	switch kind {
	case BlockNames:
		for len(body) >= 4 {
			code, n := be.Uint16(body), int(be.Uint16(body[2:]))
			end := min(4+pad4(n), len(body))
			out = le.AppendUint16(out, code)
			out = le.AppendUint16(out, uint16(n))
			out = append(out, body[4:end]...)
			body = body[end:]
			if code == 0 {
				break
			}
		}
		return turnOptions(out, body, nil), false
	case BlockSecrets:
		if len(body) < 8 {
			break
		}
		n := be.Uint32(body[4:])
		if int64(n) > int64(len(body)-8) {
			break
		}
		out = le.AppendUint32(out, be.Uint32(body))
		out = le.AppendUint32(out, n)
		end := min(8+pad4(int(n)), len(body))
		out = append(out, body[8:end]...)
		return turnOptions(out, body[end:], nil), false
	case BlockCustom, BlockCustomNoCopy: // what is behind the number is the enterprise's own
		if len(body) < 4 {
			break
		}
		out = le.AppendUint32(out, be.Uint32(body))
		return append(out, body[4:]...), false
	}
	return append(out, body...), true
}
