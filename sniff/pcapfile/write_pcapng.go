package pcapfile

import (
	"fmt"
	"math"
)

// An outIface is an interface as it was written.
type outIface struct {
	id    uint32
	units units
}

// startSection begins a pcapng section; interfaces are counted anew.
func (w *Writer) startSection(s *Section) {
	var opts []byte
	if s != nil {
		opts = s.Options
	}
	body := le.AppendUint32(nil, byteOrderMagic)
	body = le.AppendUint32(body, 1) // version 1.0
	body = le.AppendUint64(body, math.MaxUint64)
	w.block(BlockSection, endOptions(append(body, opts...), len(opts)))
	clear(w.out4)
	w.last, w.lastIn, w.ids, w.section = nil, nil, 0, s
}

// endOptions puts the end mark behind n bytes of options.
func endOptions(body []byte, n int) []byte {
	if n == 0 {
		return body
	}
	return append(body, 0, 0, 0, 0)
}

func (w *Writer) block(kind uint32, body []byte) {
	n := uint32(minBlock + pad4(len(body)))
	w.buf = le.AppendUint32(w.buf, kind)
	w.buf = le.AppendUint32(w.buf, n)
	w.buf = append(w.buf, body...)
	w.buf = append(w.buf, zeros[:pad4(len(body))-len(body)]...)
	w.buf = le.AppendUint32(w.buf, n)
}

var zeros [4]byte

// iface is i as it stands in the file, which it is put into if it is not there.
func (w *Writer) iface(i *Interface) *outIface {
	if w.last != nil && i == w.lastIn {
		return w.last
	}
	o := w.out4[i]
	if o == nil {
		o = w.addIface(i)
		w.out4[i] = o
	}
	w.last, w.lastIn = o, i
	return o
}

func (w *Writer) addIface(i *Interface) *outIface {
	if i == nil {
		i = &Interface{LinkType: w.opts.LinkType, FCSLen: w.opts.FCSLen}
	}
	opts, offset := i.Options, i.units.offset
	if opts == nil {
		opts = i.made()
	}
	resol := i.Resol
	if resol == 0 {
		resol = 9
	}
	if resol != secondsMicros || Option(opts, OptIfResol) != nil {
		opts = AppendOption(without(opts, OptIfResol), OptIfResol, []byte{resol})
	}
	snap := i.SnapLen
	if w.opts.SnapLen > 0 && (snap == 0 || snap > w.opts.SnapLen) {
		snap = w.opts.SnapLen
	}
	body := le.AppendUint16(nil, uint16(i.LinkType))
	body = le.AppendUint16(body, 0)
	body = le.AppendUint32(body, uint32(snap))
	w.block(BlockInterface, endOptions(append(body, opts...), len(opts)))
	o := &outIface{uint32(w.ids), unitsOf(resol, offset)}
	w.ids++
	return o
}

// made are the options that an interface's members say.
func (i *Interface) made() (opts []byte) {
	if i.Name != "" {
		opts = AppendOption(opts, OptIfName, []byte(i.Name))
	}
	if i.Description != "" {
		opts = AppendOption(opts, OptIfDescription, []byte(i.Description))
	}
	if i.FCSLen > 0 && i.FCSLen < 256 {
		opts = AppendOption(opts, OptIfFCSLen, []byte{byte(i.FCSLen)})
	}
	return opts
}

// enhanced writes a packet.
func (w *Writer) enhanced(rec *Record, data []byte, wire int) error {
	const fixed = 28
	n := fixed + pad4(len(data)) + 4
	opts := len(rec.Options)
	end := 0
	if opts > 0 {
		opts = optionsEnd(rec.Options)
		if opts > 0 {
			end = 4
		}
	}
	n += opts + end
	if n > maxRecord {
		return fmt.Errorf("a packet of %d bytes: at most %d can be written", len(data), maxRecord-minBlock-20)
	}
	o := w.iface(rec.Iface)
	stamp := o.units.stamp(rec.Nanos)
	var h [fixed]byte
	le.PutUint32(h[:], BlockEnhanced)
	le.PutUint32(h[4:], uint32(n))
	le.PutUint32(h[8:], o.id)
	putStamp(h[12:], stamp)
	le.PutUint32(h[20:], uint32(len(data)))
	le.PutUint32(h[24:], uint32(min(wire, math.MaxUint32)))
	w.buf = append(append(w.buf, h[:]...), data...)
	w.buf = append(w.buf, zeros[:pad4(len(data))-len(data)]...)
	w.buf = append(w.buf, rec.Options[:opts]...)
	w.buf = append(w.buf, zeros[:end]...)
	w.buf = le.AppendUint32(w.buf, uint32(n))
	return nil
}

// optionsEnd is how many bytes of options stand before their end mark, or before
// what is no option.
func optionsEnd(opts []byte) int {
	at := 0
	for len(opts)-at >= 4 {
		code, n := le.Uint16(opts[at:]), int(le.Uint16(opts[at+2:]))
		if code == OptEnd || 4+pad4(n) > len(opts)-at {
			break
		}
		at += 4 + pad4(n)
	}
	return at
}

// WriteBlock writes a block that a Reader's OnBlock was given: a section begins one
// here too, an interface is described even if no packet of its follows. written is
// false for what cannot be taken over: anything in a pcap file, blocks of unknown
// byte order, and custom blocks that ask not to be copied.
func (w *Writer) WriteBlock(b *Block) (written bool, err error) {
	if w.opts.Format != PcapNG || b.Foreign || b.Type == BlockCustomNoCopy || w.err != nil {
		return false, w.err
	}
	if b.Type == BlockSection {
		if !w.started && w.opts.Section == nil {
			w.opts.Section = b.Section
		}
		if !w.started {
			w.start(nil)
		} else if w.section != b.Section {
			w.startSection(b.Section)
		}
		return true, w.err
	}
	if !w.started {
		w.start(b.Iface)
	}
	switch b.Type {
	case BlockInterface:
		w.iface(b.Iface)
	case BlockStats:
		w.statistics(b)
	default:
		w.block(b.Type, b.Body)
	}
	if len(w.buf) >= bufferSize {
		w.spill()
	}
	return true, w.err
}

// statistics writes counts with the interface's number and times as they are here.
func (w *Writer) statistics(b *Block) {
	as := b.As
	if as == nil {
		as = b.Iface
	}
	o := w.iface(as)
	body := append([]byte(nil), b.Body...)
	if len(body) < 12 {
		return
	}
	restamp := func(at []byte) {
		if in := b.Iface.units; in != o.units {
			putStamp(at, o.units.stamp(in.nanos(stampOf(at))))
		}
	}
	le.PutUint32(body, o.id)
	restamp(body[4:])
	EachOption(body[12:], func(code uint16, v []byte) bool {
		if (code == optStart || code == optStop) && len(v) == 8 {
			restamp(v)
		}
		return true
	})
	w.block(BlockStats, endOptions(body, len(body)-12))
}
