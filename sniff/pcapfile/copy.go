package pcapfile

import "encoding/binary"

// CopyRun is Next and Write for packets that stand in r's buffer as w would write them: for
// those that keep accepts (nil: all) of their bytes and their length on the wire, most of them at
// most. It tells how many it has written. It stops at a packet that Next has to look at, and
// copies none where the files' forms differ.
func (w *Writer) CopyRun(r *Reader, most int, keep func(data []byte, wireLen int) bool) (n int, err error) {
	if w.err != nil || !w.writesAs(r) || r.held || r.err != nil {
		return 0, w.err
	}
	if !w.started {
		w.start(r.iface)
	}
	second := uint32(1e6) // whole ones are not written among the fractions
	if r.nano {
		second = 1e9
	}
	b := r.win.buf[r.win.lo:r.win.hi]
	read, at, from := 0, 0, 0 // from is where what is to be written begins
	for n < most && len(b)-at >= recordHeader && w.err == nil {
		h := b[at : at+recordHeader]
		frac, kept, wire := le.Uint32(h[4:]), le.Uint32(h[8:]), le.Uint32(h[12:])
		end := int64(at+recordHeader) + int64(kept)
		if end > int64(len(b)) || int64(kept) > int64(r.limit) || wire < kept || frac >= second {
			break
		}
		if keep == nil || keep(b[at+recordHeader:end], int(wire)) {
			n++
			w.count++                                   // before what is written, which may fail in front of it
			if len(w.buf)+int(end)-from >= bufferSize { // the buffer does not grow by a run
				w.append(b[from:end])
				from = int(end)
			}
		} else {
			w.append(b[from:at])
			from = int(end)
		}
		at = int(end)
		read++
	}
	w.append(b[from:at])
	r.win.take(at)
	r.count += read
	return n, w.err
}

// writesAs tells whether packets stand in r's file as w would write them.
func (w *Writer) writesAs(r *Reader) bool {
	return r.format == Pcap && r.order == binary.LittleEndian && r.header == recordHeader && r.version[1] >= 4 &&
		w.opts.Format == Pcap && !w.opts.BigEndian && w.opts.Micros != r.nano && w.opts.LinkType == r.iface.LinkType &&
		(w.started || w.opts.HasLink) && w.opts.SnapLen == 0 && !w.opts.Sync
}

// append puts whole records behind the buffer.
func (w *Writer) append(records []byte) {
	if w.buf = append(w.buf, records...); len(w.buf) >= bufferSize {
		w.spillWhole()
	}
}
