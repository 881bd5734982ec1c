package pcapfile

import (
	"errors"
	"io"

	"pktsh/internal/pages"
)

// windowSize is how much is read at a time.
const windowSize = 256 << 10

// A window is a buffer over a stream. need and take give slices of it, which stand
// until the next need.
type window struct {
	r   io.Reader
	buf []byte
	lo  int   // first byte not taken
	hi  int   // end of what was read
	off int64 // offset in the stream of buf[lo]
	err error // that ended the stream, io.EOF included
}

// need is the next n bytes, or all there are if the stream ends before. It takes
// nothing. The buffer grows with the bytes that arrive, not with n.
func (w *window) need(n int) []byte {
	if w.hi-w.lo >= n {
		return w.buf[w.lo : w.lo+n]
	}
	return w.fill(n)
}

func (w *window) fill(n int) []byte {
	for w.hi-w.lo < n && w.err == nil {
		if w.lo > 0 {
			copy(w.buf, w.buf[w.lo:w.hi])
			w.hi, w.lo = w.hi-w.lo, 0
		}
		if w.hi == len(w.buf) {
			bigger := pages.Make[byte](max(2*len(w.buf), windowSize))
			copy(bigger, w.buf[:w.hi])
			w.buf = bigger
		}
		w.read()
	}
	return w.buf[w.lo : w.lo+min(n, w.hi-w.lo)]
}

// read makes one read of the stream.
func (w *window) read() {
	for range 100 {
		n, err := w.r.Read(w.buf[w.hi:])
		w.hi += n
		if err != nil {
			w.err = err
			return
		}
		if n > 0 {
			return
		}
	}
	w.err = io.ErrNoProgress
}

// take moves on by n bytes that need has given.
func (w *window) take(n int) {
	w.lo += n
	w.off += int64(n)
}

// failure is what ended the stream, nil for a plain end.
func (w *window) failure() error {
	if w.err == nil || errors.Is(w.err, io.EOF) {
		return nil
	}
	return w.err
}
