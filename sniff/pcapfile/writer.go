package pcapfile

import (
	"errors"
	"fmt"
	"io"
	"os"

	"pktsh/internal/pages"
)

// Options say how a file is written. The zero value is a pcap file of Ethernet
// packets with nanoseconds.
type Options struct {
	Format   Format
	LinkType LinkType // of a pcap file, and of records without an interface; see HasLink
	HasLink  bool     // LinkType was chosen; else it is the first record's, Ethernet without any
	SnapLen  int      // packets are cut to so many bytes; 0: none are

	Micros    bool // pcap: times in microseconds, as programs before 2012 expect
	BigEndian bool // pcap: numbers are big-endian
	FCSLen    int  // pcap: bytes of frame check sequence at the end of each packet

	Packing string   // "gz", "zst" or ""
	Section *Section // pcapng: its options go into the file's header. Optional.
	Sync    bool     // each record goes to the operating system at once
}

// A Writer writes a capture file as a stream. It is not safe for concurrent use.
//
// Records whose interface is not in the file yet bring it along in pcapng; in pcap
// one of another link type is a *LinkTypeError.
type Writer struct {
	opts    Options
	out     io.Writer // what buf is written to
	packer  packer    // nil: not packed
	file    io.Closer // nil: somebody else's
	buf     []byte
	tail    tail // of what was handed on from buf
	started bool
	err     error // the first from writing; nothing is written behind it
	size    int64 // before packing
	count   int
	plain   int // packets whose options a pcap file has no room for
	cut     int

	// pcapng
	out4    map[*Interface]*outIface
	last    *outIface
	lastIn  *Interface
	ids     int
	section *Section
}

// A LinkTypeError is a record that cannot stand in a pcap file because the file's
// packets begin with another header.
type LinkTypeError struct{ File, Record LinkType }

func (e *LinkTypeError) Error() string {
	return fmt.Sprintf("a packet of link type %s in a pcap file of link type %s: a pcap file has one for all, pcapng has one for each interface", e.Record, e.File)
}

// Kind is the class of the exception that the shell makes of it.
func (e *LinkTypeError) Kind() string { return "ValueError" }

// bufferSize is how much is gathered before it is written.
const bufferSize = 256 << 10

// NewWriter writes to w, which Close leaves open.
func NewWriter(w io.Writer, o Options) (*Writer, error) {
	wr := &Writer{opts: o, out: w, buf: pages.Make[byte](bufferSize + 4096)[:0], out4: map[*Interface]*outIface{}}
	if o.Packing != "" {
		p, err := newPacker(o.Packing, w)
		if err != nil {
			return nil, err
		}
		wr.packer, wr.out = p, p
	}
	return wr, nil
}

// Create makes the named file, or empties it. Where o does not say, the name does:
// .pcapng, and .gz or .zst. "-" is standard output.
func Create(name string, o Options) (*Writer, error) {
	format, packing := FormatOf(name)
	if format == PcapNG {
		o.Format = PcapNG
	}
	if o.Packing == "" {
		o.Packing = packing
	}
	if name == "-" {
		return NewWriter(os.Stdout, o)
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return nil, err
	}
	w, err := NewWriter(f, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	w.file = f
	return w, nil
}

// Write puts a packet into the file.
func (w *Writer) Write(rec *Record) error {
	if w.err != nil {
		return w.err
	}
	if !w.started {
		w.start(rec.Iface)
	}
	data, wire := rec.Data, max(rec.WireLen, len(rec.Data))
	if w.opts.SnapLen > 0 && len(data) > w.opts.SnapLen {
		data = data[:w.opts.SnapLen]
		w.cut++
	}
	var err error
	if w.opts.Format == PcapNG {
		err = w.enhanced(rec, data, wire)
	} else {
		err = w.record(rec, data, wire)
	}
	if err != nil {
		return err
	}
	w.count++
	if len(w.buf) >= bufferSize {
		w.spillWhole()
	}
	if w.opts.Sync {
		return w.Flush()
	}
	return w.err
}

// start writes the file's header; first is the first packet's interface.
func (w *Writer) start(first *Interface) {
	w.started = true
	if !w.opts.HasLink {
		w.opts.LinkType, w.opts.HasLink = Ethernet, true
		if first != nil {
			w.opts.LinkType = first.LinkType
			if w.opts.FCSLen == 0 {
				w.opts.FCSLen = first.FCSLen
			}
		}
	}
	if w.opts.Format == PcapNG {
		if w.opts.Section == nil && first != nil {
			w.opts.Section = first.Section
		}
		w.startSection(w.opts.Section)
		return
	}
	snap := w.opts.SnapLen
	if snap == 0 && first != nil {
		snap = first.SnapLen // a copy says what its source said
	}
	w.startPcap(snap)
	w.tail.lead = len(w.buf)
}

// spill hands the buffer on.
func (w *Writer) spill() { w.hand(len(w.buf)) }

// spillWhole hands on whole buffers and keeps the rest: writes that begin and end
// inside pages cost more (a copy of 150 MB took 0.19 s of processor time, now 0.15 s).
func (w *Writer) spillWhole() {
	past := int((w.size + int64(len(w.buf))) % bufferSize)
	w.hand(len(w.buf) - min(past, len(w.buf)))
}

// hand hands on n bytes of the buffer.
func (w *Writer) hand(n int) {
	w.put(w.buf, n)
	w.buf = w.buf[:copy(w.buf, w.buf[n:])]
}

// Flush hands all that was written to the operating system, packed or not. A file
// without packets gets its header.
func (w *Writer) Flush() error {
	if w.err != nil {
		return w.err
	}
	if !w.started {
		w.start(nil)
	}
	w.spill()
	if w.packer != nil && w.err == nil {
		if err := w.packer.Flush(); err != nil {
			w.err = fmt.Errorf("write capture: %w", err)
		}
	}
	return w.err
}

// Pending tells whether there is something for Flush to do.
func (w *Writer) Pending() bool { return w.err == nil && len(w.buf) > 0 }

// Close ends the file.
func (w *Writer) Close() error {
	if errors.Is(w.err, os.ErrClosed) {
		return nil
	}
	if w.err == nil && !w.started {
		w.start(nil)
	}
	w.spill()
	err := w.err
	if w.packer != nil {
		if e := closePacker(w.opts.Packing, w.packer); e != nil && err == nil {
			err = fmt.Errorf("write capture: %w", e)
		}
	}
	if w.file != nil {
		if e := w.file.Close(); e != nil && err == nil {
			err = e
		}
	}
	w.err = os.ErrClosed
	return err
}

// Size is the number of bytes so far, before packing.
func (w *Writer) Size() int64 { return w.size + int64(len(w.buf)) }

// Count is the number of packets written; where the last error tells behind which packet
// the file ends, that packet's.
func (w *Writer) Count() int { return w.count }

// Lost tells what the file could not take: packets cut to SnapLen, and packets
// whose comments and other options a pcap file has no room for.
func (w *Writer) Lost() (cut, options int) { return w.cut, w.plain }
