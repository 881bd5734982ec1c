package pcapfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Format is a kind of capture file.
type Format uint8

// Formats of capture files.
const (
	Pcap Format = iota
	PcapNG
)

func (f Format) String() string {
	if f == PcapNG {
		return "pcapng"
	}
	return "pcap"
}

// A Reader gives the packets of a capture file one by one. It is not safe for
// concurrent use, except that Close ends a Next that waits for a pipe.
type Reader struct {
	// OnBlock is called for each pcapng block that is no packet, in the file's
	// order, with slices that stand until it returns. Optional.
	OnBlock func(b *Block)

	name    string
	win     window
	packed  bool
	packing string // "gz", "zst" or ""
	format  Format
	next    func(r *Reader) error // reads one packet into rec
	rec     *Record
	own     Record // what Next gives
	held    bool   // own was read and not given yet
	count   int
	skip    Skipped
	err     error  // that Next returned last
	in      *input // nil: somebody else's
	closing sync.Once

	// pcap
	order   binary.ByteOrder
	nano    bool
	header  int // bytes in front of each record
	version [2]uint16
	limit   int
	iface   *Interface

	// pcapng
	sect    *Section
	scratch []byte
}

// Skipped counts what a Reader passed over, that is neither packet nor known block.
type Skipped struct {
	Blocks int // of unknown type
	Custom int
}

// Open reads the named file; "-" is standard input. Pipes are waited for, until
// Close.
func Open(name string) (*Reader, error) {
	f := os.Stdin
	if name != "-" {
		var err error
		if f, err = openInput(name); err != nil {
			return nil, err
		}
	}
	in, err := newInput(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	shown := name
	if name == "-" {
		shown = "standard input"
	}
	r, err := newReader(in, shown)
	if err != nil {
		in.Close()
		return nil, err
	}
	r.in = in
	return r, nil
}

// NewReader reads a capture from a stream.
func NewReader(in io.Reader) (*Reader, error) { return newReader(in, "") }

func newReader(in io.Reader, name string) (*Reader, error) {
	r := &Reader{name: name, win: window{r: in}}
	r.rec = &r.own
	if err := r.unpack(); err != nil {
		return nil, r.named(err)
	}
	if err := r.start(); err != nil {
		return nil, r.named(err)
	}
	return r, nil
}

func (r *Reader) named(err error) error {
	if _, names := err.(*DamageError); names || r.name == "" {
		return err
	}
	return fmt.Errorf("%s: %w", r.name, err)
}

// maxZstdWindow is what zstd --long=27 makes; more is refused unpacked.
const maxZstdWindow = 128 << 20

// unpack puts a decompressor in front of a compressed stream.
func (r *Reader) unpack() error {
	head := r.win.need(4)
	gz := len(head) >= 2 && head[0] == 0x1f && head[1] == 0x8b
	zst := len(head) == 4 && le.Uint32(head) == 0xfd2fb528
	if !gz && !zst {
		return nil
	}
	packed := r.win
	if gz {
		z, err := gzip.NewReader(&packed)
		if err != nil {
			return fmt.Errorf("read gzip header: %w", err)
		}
		r.packing, r.win = "gz", window{r: z}
	} else {
		z, err := zstd.NewReader(&packed, zstd.WithDecoderConcurrency(1) /* no goroutines to be closed */, zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return fmt.Errorf("read zstd header: %w", err)
		}
		r.packing, r.win = "zst", window{r: z}
	}
	r.packed = true
	return nil
}

// Read gives the window's bytes to a decompressor.
func (w *window) Read(b []byte) (int, error) {
	if w.lo == w.hi {
		if w.err == nil {
			w.lo, w.hi = 0, 0
			w.read()
		}
		if w.lo == w.hi {
			return 0, w.err
		}
	}
	n := copy(b, w.buf[w.lo:w.hi])
	w.take(n)
	return n, nil
}

// start reads the file's header.
func (r *Reader) start() error {
	head := r.win.need(4)
	if len(head) < 4 {
		if err := r.win.failure(); err != nil {
			return fmt.Errorf("read capture header: %w", err)
		}
		if len(head) == 0 {
			return fmt.Errorf("%w: it is empty", ErrNotCapture)
		}
		return fmt.Errorf("%w: it has %d bytes only", ErrNotCapture, len(head))
	}
	if le.Uint32(head) == BlockSection {
		r.format = PcapNG
		r.next = (*Reader).nextNG
		return r.startNG()
	}
	if ok, err := r.startPcap(head); ok {
		return err
	}
	return fmt.Errorf("%w: it begins with %s; pcap and pcapng are known, as they are or packed with gzip or zstd%s", ErrNotCapture, describe(head), otherFormat(r.win.need(16)))
}

func describe(b []byte) string {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return fmt.Sprintf("the bytes % x", b)
		}
	}
	return fmt.Sprintf("%q", b)
}

// otherFormat names formats that people meet, with the way out.
func otherFormat(head []byte) string {
	for magic, name := range map[string]string{
		"snoop\x00\x00\x00": "a snoop file; editcap -F pcapng converts it",
		"\x04\x22\x4d\x18":  "packed with lz4; unlz4 unpacks it",
		"\xfd7zXZ\x00":      "packed with xz; unxz unpacks it",
		"BZh":               "packed with bzip2; bunzip2 unpacks it",
		"PK\x03\x04":        "a zip archive; unzip unpacks it",
		"GMBU":              "a Network Monitor file; editcap -F pcapng converts it",
		"XCP\x00":           "a Sniffer file; editcap -F pcapng converts it",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return " (this is " + name + ")"
		}
	}
	return ""
}

// Next is the next packet. What it points to stands until the next call. The error
// is io.EOF behind the last packet of a sound file, a *DamageError where the file
// is damaged, os.ErrClosed after Close.
func (r *Reader) Next() (*Record, error) {
	if r.held {
		r.held = false
		return &r.own, nil
	}
	if err := r.read(&r.own); err != nil {
		return nil, err
	}
	return &r.own, nil
}

// NextRun is Next for as many packets as lie in the reader's buffer, one at least: it
// tells how many it has put into buf, none with an error. A block that is no packet ends
// a run, so that OnBlock is called between the packets that it stands between.
func (r *Reader) NextRun(buf []Record) (n int, err error) {
	rec, err := r.Next()
	if err != nil {
		return 0, err
	}
	buf[0] = *rec
	for n = 1; n < len(buf) && r.inBuffer() && r.read(&buf[n]) == nil; n++ {
	}
	return n, nil // an error is told again by the next call
}

// read reads a packet into rec.
func (r *Reader) read(rec *Record) error {
	if r.err != nil {
		return r.err
	}
	r.rec = rec
	if r.err = r.next(r); r.err != nil {
		return r.err
	}
	r.count++
	return nil
}

// inBuffer tells whether a packet can be read without disturbing those before.
func (r *Reader) inBuffer() bool {
	b := r.win.buf[r.win.lo:r.win.hi]
	if r.format == Pcap {
		return r.version[1] >= 4 /* before, the length may stand elsewhere */ && len(b) >= r.header && int64(len(b)-r.header) >= int64(r.order.Uint32(b[8:]))
	}
	return len(b) >= minBlock && !r.sect.swapped /* whose options are turned in place */ &&
		le.Uint32(b) == BlockEnhanced && int64(len(b)) >= int64(le.Uint32(b[4:]))
}

// Peek reads up to the next packet, which Next then gives: the interfaces of a
// pcapng file are known by then.
func (r *Reader) Peek() error {
	if r.held {
		return nil
	}
	if _, err := r.Next(); err != nil {
		return err
	}
	r.held = true
	return nil
}

// damage is the error for what begins at the window's place.
func (r *Reader) damage(format string, a ...any) error {
	err := r.win.failure()
	if errors.Is(err, os.ErrClosed) {
		return err
	}
	return &DamageError{File: r.name, Offset: r.win.off, Packed: r.packed, Packets: r.count, Msg: fmt.Sprintf(format, a...), Err: err}
}

// end is what there is where a record should begin and does not: the end, or less
// than its header.
func (r *Reader) end(what string, got, want int) error {
	if got == 0 && r.win.failure() == nil {
		return io.EOF
	}
	return r.damage("cut short: %d of %d bytes of a %s", got, want, what)
}

// Name is the file's name as messages give it.
func (r *Reader) Name() string { return r.name }

// Waits tells whether the file is a pipe, a socket or a terminal, of which Next may
// have to wait for more.
func (r *Reader) Waits() bool { return r.in != nil && r.in.waits }

// Format is the kind of file.
func (r *Reader) Format() Format { return r.format }

// LinkType is that of a pcap file, and of a pcapng file's first interface: of those
// that were read so far.
func (r *Reader) LinkType() LinkType {
	if ifs := r.Interfaces(); len(ifs) > 0 {
		return ifs[0].LinkType
	}
	return Ethernet
}

// Interfaces are those of the section that the last packet stood in, as far as read.
func (r *Reader) Interfaces() []*Interface {
	if r.format == Pcap {
		return []*Interface{r.iface}
	}
	return r.sect.ifaces
}

// Nanos tells whether the file has times finer than a microsecond.
func (r *Reader) Nanos() bool {
	if r.format == Pcap {
		return r.nano
	}
	for _, i := range r.sect.ifaces {
		if i.Resol != secondsMicros && i.units.perSecond > 1e6 {
			return true
		}
	}
	return false
}

// BigEndian tells whether numbers in the file are big-endian.
func (r *Reader) BigEndian() bool {
	if r.format == Pcap {
		return r.order == binary.BigEndian
	}
	return r.sect.swapped
}

// Offset is where the next record begins, in the file as unpacked.
func (r *Reader) Offset() int64 { return r.win.off }

// Count is the number of packets given.
func (r *Reader) Count() int { return r.count }

// Skipped tells what was passed over so far because nobody knows it and OnBlock
// is nil.
func (r *Reader) Skipped() Skipped { return r.skip }

// Close ends the reading. A Next that waits for a pipe returns os.ErrClosed.
// It may be called again.
func (r *Reader) Close() (err error) {
	r.closing.Do(func() {
		if r.in != nil {
			err = r.in.Close()
		}
	})
	return err
}

// FormatOf is the format that a file's name asks for, and how it is to be packed:
// "gz", "zst" or "".
func FormatOf(name string) (f Format, packing string) {
	name = strings.ToLower(name)
	for suffix, p := range map[string]string{".gz": "gz", ".zst": "zst", ".zstd": "zst"} {
		if s, ok := strings.CutSuffix(name, suffix); ok {
			name, packing = s, p
		}
	}
	if strings.HasSuffix(name, ".pcapng") || strings.HasSuffix(name, ".ntar") {
		f = PcapNG
	}
	return f, packing
}
