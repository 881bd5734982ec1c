package sniff

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"

	"pktsh/layers"
	"pktsh/sniff/pcapfile"
)

// FileOptions say how capture files are read. The zero value reads all.
type FileOptions struct {
	Filter string            // a tcpdump expression. Optional.
	Labels map[string]string // what Meta.Iface is to say for packets of a file, by its name. Optional.

	// Forget leaves blocks beside packets to who sets OnBlock of Readers, instead of
	// keeping them for who writes the packets again.
	Forget bool

	// Notify is told of damage; the other files are read on. nil: damage is what
	// Read returns in place of io.EOF, when all packets were given.
	Notify func(error)
}

// Files are packets of capture files, one behind the other by their times where
// there are several. One goroutine reads; Stats and Close may be called from others.
type Files struct {
	opts    FileOptions
	filter  *Matcher
	readers []*fileReader // not at their end
	begun   bool
	all     []*fileReader
	damage  error
	failed  error // that ReadRecords returns from now on
	given   atomic.Uint64
	packer  packer
}

type fileReader struct {
	*pcapfile.Reader
	label string
	rec   *pcapfile.Record // next; nil: not read yet
}

// maxKept bounds what is remembered of a file beside its packets.
const maxKept = 16 << 20

// OpenFiles opens capture files, "-" for standard input; a name may be a pattern
// (*, ?, [a-z]) that names at least one file.
func OpenFiles(names []string, o FileOptions) (*Files, error) {
	f := &Files{opts: o}
	var err error
	if f.filter, err = NewMatcher(o.Filter); err != nil {
		return nil, err
	}
	names, err = globs(names)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		r, err := pcapfile.Open(name)
		if err != nil {
			f.Close()
			return nil, err
		}
		if !o.Forget {
			KeepBlocks(r)
		}
		label := o.Labels[name]
		if label == "" && len(names) > 1 {
			label = name
		}
		f.all = append(f.all, &fileReader{Reader: r, label: label})
	}
	return f, nil
}

// OpenStream reads a capture from a stream.
func OpenStream(in io.Reader, o FileOptions) (*Files, error) {
	f := &Files{opts: o}
	var err error
	if f.filter, err = NewMatcher(o.Filter); err != nil {
		return nil, err
	}
	r, err := pcapfile.NewReader(in)
	if err != nil {
		return nil, err
	}
	if !o.Forget {
		KeepBlocks(r)
	}
	f.all = []*fileReader{{Reader: r}}
	return f, nil
}

// globs spreads patterns out; a file of the pattern's own name goes before.
func globs(names []string) (out []string, err error) {
	for _, name := range names {
		if _, err := os.Stat(name); err == nil || name == "-" {
			out = append(out, name)
			continue
		}
		m, err := filepath.Glob(name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if len(m) == 0 {
			m = []string{name} // which the open will say is not there
		}
		out = append(out, m...)
	}
	return out, nil
}

// KeepBlocks has a reader remember, for who writes the packets again, what a pcapng
// file says beside them: in Section.Blocks, up to 16 MiB; how many more there are is in
// Section.Left.
func KeepBlocks(r *pcapfile.Reader) {
	kept := 0
	r.OnBlock = func(b *pcapfile.Block) {
		size := len(b.Body) + 64
		if kept+size > maxKept {
			b.Section.Left++
			return
		}
		kept += size
		c := *b
		c.Body = append([]byte(nil), b.Body...)
		b.Section.Blocks = append(b.Section.Blocks, c)
	}
}

// Readers are the files in the order of their names.
func (f *Files) Readers() (out []*pcapfile.Reader) {
	for _, r := range f.all {
		out = append(out, r.Reader)
	}
	return out
}

// NextRecord is the next record that passes the filter, and what Meta.Iface is to
// say where the file does not. It stands until the next call. The error is io.EOF
// behind the last.
func (f *Files) NextRecord() (rec *pcapfile.Record, label string, err error) {
	rec, r, err := f.next()
	if err != nil {
		return nil, "", err
	}
	return rec, r.label, nil
}

// ReadRecords is NextRecord for as many records as there are at hand; none come with an
// error. All of them stand until the next call.
func (f *Files) ReadRecords(buf []pcapfile.Record) (n int, label string, err error) {
	if len(f.all) != 1 {
		rec, label, err := f.NextRecord()
		if err != nil {
			return 0, "", err
		}
		buf[0] = *rec
		return 1, label, nil
	}
	r := f.all[0]
	for n == 0 {
		if f.failed != nil {
			return 0, "", f.failed
		}
		if n, err = r.NextRun(buf); err != nil {
			f.ended(err)
			f.failed = cmp.Or(f.damage, io.EOF)
		} else if n, err = f.filter.keep(buf[:n]); err != nil {
			f.failed = fmt.Errorf("%s: %w", r.Name(), err)
		}
	}
	return n, r.label, nil
}

// CopyRun writes records that pass the filter as they stand in the only file, most of them at
// most, and tells how many. What it does not take ReadRecords gives, the next one at least.
func (f *Files) CopyRun(w *pcapfile.Writer, most int) (n int, err error) {
	if len(f.all) != 1 || f.failed != nil {
		return 0, nil
	}
	r := f.all[0]
	if f.filter.expr == "" {
		return w.CopyRun(r.Reader, most, nil)
	}
	p, err := f.filter.program(r.LinkType(), false)
	if err != nil {
		return 0, nil // told of the next record
	}
	return w.CopyRun(r.Reader, most, p.Match)
}

// Keep puts the records into s until it holds count of them (below 0: all), or ctx is
// done.
func (f *Files) Keep(ctx context.Context, s *Store, count int) error {
	stop := context.AfterFunc(ctx, func() { f.Close() })
	defer stop()
	buf := make([]pcapfile.Record, batchSize)
	for s.Len() != count {
		if count >= 0 {
			buf = buf[:min(len(buf), count-s.Len())]
		}
		n, label, err := f.ReadRecords(buf)
		if err == io.EOF || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		for i := range buf[:n] {
			s.Add(&buf[i], label)
		}
	}
	return nil
}

func (f *Files) next() (*pcapfile.Record, *fileReader, error) {
	if !f.begun {
		f.begun = true
		f.readers = append(f.readers, f.all...)
	}
	for {
		r := f.earliest()
		if r == nil {
			if f.damage != nil {
				return nil, nil, f.damage
			}
			return nil, nil, io.EOF
		}
		rec := r.rec
		r.rec = nil
		ok, err := f.filter.MatchRecord(rec)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", r.Name(), err)
		}
		if ok {
			return rec, r, nil
		}
	}
}

// Read puts the next packets into buf and tells how many, with io.EOF behind the last.
// It waits only for pipes, whose packets it gives as they come.
func (f *Files) Read(ctx context.Context, buf []*layers.Packet) (n int, err error) {
	stop := context.AfterFunc(ctx, func() { f.Close() })
	defer stop()
	for n < len(buf) {
		rec, r, err := f.next()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		if err != nil && n > 0 {
			break // told by the next call
		}
		if err != nil {
			return 0, err
		}
		label := ""
		if rec.Iface.Name == "" || f.opts.Labels[r.Name()] != "" {
			label = r.label
		}
		buf[n] = f.packer.packet(rec, slices.Clone(rec.Data), label)
		n++
		if r.Waits() {
			break
		}
	}
	f.given.Add(uint64(n))
	return n, nil
}

// earliest is the reader whose next packet is the earliest, nil at the end of all.
func (f *Files) earliest() *fileReader {
	if len(f.readers) == 1 && f.readers[0].rec == nil { // nothing to compare with
		r := f.readers[0]
		if rec, err := r.Next(); err != nil {
			f.ended(err)
			f.readers = nil
		} else {
			r.rec = rec
			return r
		}
	}
	var first *fileReader
	for i := 0; i < len(f.readers); i++ {
		r := f.readers[i]
		if r.rec == nil {
			rec, err := r.Next()
			if err != nil {
				f.ended(err)
				f.readers = append(f.readers[:i], f.readers[i+1:]...)
				i--
				continue
			}
			r.rec = rec
		}
		if first == nil || r.rec.Nanos < first.rec.Nanos {
			first = r
		}
	}
	return first
}

func (f *Files) ended(err error) {
	switch {
	case err == io.EOF, errors.Is(err, os.ErrClosed):
	case f.opts.Notify != nil:
		f.opts.Notify(err)
	case f.damage == nil:
		f.damage = err
	}
}

// Stats counts the packets given.
func (f *Files) Stats() (Stats, error) { return Stats{Received: f.given.Load()}, nil }

// Close ends the reading; a Read that waits for a pipe ends too.
func (f *Files) Close() error {
	for _, r := range f.all {
		r.Close()
	}
	return nil
}

var _ Source = (*Files)(nil)
