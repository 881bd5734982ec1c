package pcapfile

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A Rotation says when a capture goes on in a new file, as tcpdump's -C, -G and -W.
type Rotation struct {
	Bytes int64         // a new file once this one has so many
	Every time.Duration // a new file every so often, by the packets' times

	// Files is how many there are: with Bytes the oldest is written over, with Every
	// alone the capture ends (ErrLastFile). 0: no limit.
	Files int
}

// ErrLastFile ends a capture that had all the files it was to have.
var ErrLastFile = errors.New("the last file is full")

// A Rotator is a Writer over a series of files. With Every the name is a pattern
// of strftime(3) for the file's first time; with Bytes the files behind the first
// are numbered: name1, name2 …, or name00, name01 … if Files says how many.
type Rotator struct {
	name   string
	opts   Options
	rot    Rotation
	opened func(name string) // told of each file; may be nil

	w      *Writer
	began  int64 // of this file's span, nanoseconds
	number int   // of this file within its span
	spans  int
	done   totals
	stamp  string // the name without number
	last   bool
}

type totals struct{ count, cut, options int }

// NewRotator begins with the first packet; opened is called with each file's name.
func NewRotator(name string, o Options, rot Rotation, opened func(name string)) (*Rotator, error) {
	switch {
	case name == "-":
		return nil, errors.New("standard output is one file: it cannot go on in another")
	case rot.Bytes < 0 || rot.Every < 0 || rot.Files < 0:
		return nil, errors.New("a rotation by less than nothing")
	case rot.Every > 0 && rot.Every < time.Second:
		return nil, fmt.Errorf("a new file every %v: want a second at least", rot.Every)
	}
	return &Rotator{name: name, opts: o, rot: rot, opened: opened}, nil
}

// Write puts a packet into the file of its time, or the next if that is full.
func (r *Rotator) Write(rec *Record) error {
	if r.last {
		return ErrLastFile
	}
	switch {
	case r.w == nil:
		r.began = rec.Nanos
		if err := r.open(rec); err != nil {
			return err
		}
	case r.rot.Every > 0 && rec.Nanos != NoTime && rec.Nanos >= r.began+int64(r.rot.Every):
		if r.spans++; r.rot.Files > 0 && r.rot.Bytes == 0 && r.spans >= r.rot.Files {
			r.last = true
			return ErrLastFile
		}
		r.began += (rec.Nanos - r.began) / int64(r.rot.Every) * int64(r.rot.Every)
		r.number = 0
		if err := r.open(rec); err != nil {
			return err
		}
	case r.rot.Bytes > 0 && r.w.Size() >= r.rot.Bytes:
		if r.number++; r.rot.Files > 0 && r.number >= r.rot.Files {
			r.number = 0
		}
		if err := r.open(rec); err != nil {
			return err
		}
	}
	return r.w.Write(rec)
}

// open goes over to the file for rec.
func (r *Rotator) open(rec *Record) error {
	if err := r.shut(); err != nil {
		return err
	}
	if r.number == 0 {
		r.stamp = r.name
		if r.rot.Every > 0 {
			r.stamp = strftime(r.name, rec.Time())
		}
	}
	w, err := Create(r.file(), r.opts)
	if err != nil {
		return err
	}
	r.w = w
	if r.opened != nil {
		r.opened(r.file())
	}
	return nil
}

// file is the present file's name. The number stands before what tells the format.
func (r *Rotator) file() string {
	if r.rot.Bytes == 0 || r.number == 0 && r.rot.Files == 0 {
		return r.stamp
	}
	width := 0
	if r.rot.Files > 0 {
		width = len(strconv.Itoa(r.rot.Files - 1))
	}
	base, suffix := r.stamp, ""
	for _, s := range []string{".gz", ".zst", ".zstd", ".pcapng", ".ntar"} {
		if b, ok := strings.CutSuffix(base, s); ok {
			base, suffix = b, s+suffix
			if b, ok := strings.CutSuffix(base, ".pcapng"); ok && s != ".pcapng" {
				base, suffix = b, ".pcapng"+suffix
			}
			break
		}
	}
	return fmt.Sprintf("%s%0*d%s", base, width, r.number, suffix)
}

// shut ends the present file.
func (r *Rotator) shut() error {
	if r.w == nil {
		return nil
	}
	cut, options := r.w.Lost()
	r.done.count += r.w.Count()
	r.done.cut += cut
	r.done.options += options
	err := r.w.Close()
	r.w = nil
	return err
}

// WriteBlock writes into the present file.
func (r *Rotator) WriteBlock(b *Block) (bool, error) {
	if r.w == nil {
		return b.Type == BlockSection || b.Type == BlockInterface, nil // the first packet brings them
	}
	return r.w.WriteBlock(b)
}

// Flush is the present file's.
func (r *Rotator) Flush() error {
	if r.w == nil {
		return nil
	}
	return r.w.Flush()
}

// Pending tells whether there is something for Flush to do.
func (r *Rotator) Pending() bool { return r.w != nil && r.w.Pending() }

// Close ends the present file; without any packet there is none.
func (r *Rotator) Close() error { return r.shut() }

// Count is the number of packets in all files.
func (r *Rotator) Count() int {
	n := r.done.count
	if r.w != nil {
		n += r.w.Count()
	}
	return n
}

// Lost is that of all files together.
func (r *Rotator) Lost() (cut, options int) {
	cut, options = r.done.cut, r.done.options
	if r.w != nil {
		c, o := r.w.Lost()
		cut, options = cut+c, options+o
	}
	return cut, options
}

// strftime fills in the conversions of strftime(3) that file names use.
func strftime(pattern string, t time.Time) string {
	formats := map[byte]string{
		'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'y': "06", 'j': "002", 'b': "Jan", 'B': "January",
		'a': "Mon", 'A': "Monday", 'p': "PM", 'I': "03", 'F': "2006-01-02", 'T': "15:04:05", 'z': "-0700", 'Z': "MST",
	}
	var b strings.Builder
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' || i+1 == len(pattern) {
			b.WriteByte(pattern[i])
			continue
		}
		i++
		switch f, ok := formats[pattern[i]]; {
		case ok:
			b.WriteString(t.Format(f))
		case pattern[i] == 's':
			b.WriteString(strconv.FormatInt(t.Unix(), 10))
		case pattern[i] == '%':
			b.WriteByte('%')
		default:
			b.WriteString(pattern[i-1 : i+1])
		}
	}
	return b.String()
}
