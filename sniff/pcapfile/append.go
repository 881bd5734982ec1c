package pcapfile

import (
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
)

// Append opens a capture file to write behind what it holds, and makes it if it is
// not there. The file's own format, byte order, resolution and packing are kept; a
// pcap file's link type too, which is an error if o chose another. A pcapng file gets
// a further section. A damaged file is refused: what is written behind damage could
// not be read.
func Append(name string, o Options) (*Writer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	w, err := appendTo(f, name, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	w.file = &appended{f}
	return w, nil
}

func appendTo(f *os.File, name string, o Options) (*Writer, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: only files can be appended to", name)
	}
	if st.Size() == 0 {
		format, packing := FormatOf(name)
		if format == PcapNG {
			o.Format = PcapNG
		}
		if o.Packing == "" {
			o.Packing = packing
		}
		return NewWriter(f, o)
	}
	r, err := newReader(io.NewSectionReader(f, 0, st.Size()), name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	o.Packing = r.packing
	o.Format = r.format
	started := false
	if r.format == Pcap {
		if r.header != recordHeader || r.version[1] < 4 {
			return nil, fmt.Errorf("%s: not appended to: its records have an old or a patched program's form, which is read only; write its packets into another file", name)
		}
		if o.HasLink && o.LinkType != r.iface.LinkType {
			return nil, fmt.Errorf("%s: %w", name, &LinkTypeError{r.iface.LinkType, o.LinkType})
		}
		o.HasLink, o.LinkType, o.FCSLen = true, r.iface.LinkType, r.iface.FCSLen
		o.Micros, o.BigEndian = !r.nano, r.BigEndian()
		if s := r.iface.SnapLen; s > 0 && (o.SnapLen == 0 || s < o.SnapLen) {
			o.SnapLen = s
		}
		started = true
	}
	if !knownSound(st) {
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				return nil, fmt.Errorf("not appended to: %w", err)
			}
		}
	}
	if _, err := f.Seek(0, io.SeekEnd); err != nil {
		return nil, err
	}
	w, err := NewWriter(f, o)
	if err != nil {
		return nil, err
	}
	w.started = started
	return w, nil
}

// appended remembers that the file was whole when it was closed, so that a script
// which appends packet by packet does not have it read each time.
type appended struct{ f *os.File }

func (a *appended) Close() error {
	st, err := a.f.Stat()
	if e := a.f.Close(); e != nil {
		return e
	}
	if err == nil {
		sound.Lock()
		sound.last = st
		sound.Unlock()
	}
	return nil
}

// sound is the file that was appended to last, as it was then.
var sound struct {
	sync.Mutex
	last os.FileInfo
}

// knownSound tells whether nobody touched the file since this process wrote it.
func knownSound(st os.FileInfo) bool {
	sound.Lock()
	defer sound.Unlock()
	return sound.last != nil && os.SameFile(sound.last, st) && sound.last.Size() == st.Size() && changed(sound.last) == changed(st)
}

func changed(st os.FileInfo) syscall.Timespec {
	if s, ok := st.Sys().(*syscall.Stat_t); ok {
		return s.Ctim
	}
	return syscall.Timespec{}
}
