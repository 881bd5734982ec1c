package pcapfile

import (
	"encoding/binary"
	"fmt"
	"io"
)

// A tail tells how what was handed on ends.
type tail struct {
	lead   int  // bytes that are missing of the last record or block
	begun  int  // bytes of it that are there, if lead is not 0
	packet bool // it is a packet
	whole  int  // packets that are there
}

// put hands on the first n bytes of b. A record that begins in those has its header in b.
func (w *Writer) put(b []byte, n int) {
	if w.err != nil || n == 0 {
		return
	}
	done, err := w.out.Write(b[:n])
	if err == nil {
		w.size += int64(n)
		w.tail, _ = w.walk(b, n)
		return
	}
	w.err = fmt.Errorf("write capture: %w", err)
	t, end := w.walk(b, done)
	if f, ok := w.out.(truncater); ok && cutBack(f, done-end) == nil {
		w.count = t.whole
		w.err = fmt.Errorf("%w; the file ends behind packet %d", w.err, t.whole)
	}
}

// walk tells how the file ends with the first n bytes of b too, and where in b its last whole
// record ends; below 0 if that is in front of b.
func (w *Writer) walk(b []byte, n int) (t tail, end int) {
	t = w.tail
	at := t.lead
	if at > n {
		end = -t.begun
		t.lead, t.begun = at-n, t.begun+n
		return t, end
	}
	if t.packet {
		t.whole++
	}
	t.begun, t.packet, end = 0, false, at
	for at < n {
		length, isPacket := w.recordLen(b[at:])
		if at += length; at > n {
			t.begun, t.packet = n-end, isPacket
			break
		}
		end = at
		if isPacket {
			t.whole++
		}
	}
	t.lead = at - n
	return t, end
}

// A truncater is a file: an *os.File, unless that is a pipe.
type truncater interface {
	io.Seeker
	Truncate(size int64) error
}

// cutBack takes the last n bytes of what was written off a file.
func cutBack(f truncater, n int) error {
	at, err := f.Seek(int64(-n), io.SeekCurrent)
	if err != nil {
		return err
	}
	return f.Truncate(at)
}

// recordLen is the length of the record or block that b begins with.
func (w *Writer) recordLen(b []byte) (n int, isPacket bool) {
	switch {
	case w.opts.Format == PcapNG:
		return int(le.Uint32(b[4:])), le.Uint32(b) == BlockEnhanced
	case w.opts.BigEndian:
		return recordHeader + int(binary.BigEndian.Uint32(b[8:])), true
	}
	return recordHeader + int(le.Uint32(b[8:])), true
}
