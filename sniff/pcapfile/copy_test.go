package pcapfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// copied writes a file's packets that keep accepts, most of them at most: in runs, or one by
// one. It tells how the reading ended and how many packets did not come by runs.
func copied(t *testing.T, in []byte, o Options, most int, keep func([]byte, int) bool, runs bool) (out []byte, told string, slow int) {
	t.Helper()
	r, err := NewReader(bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := NewWriter(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	for w.Count() < most {
		if runs {
			before := w.Count()
			n, err := w.CopyRun(r, most-w.Count(), keep)
			if err != nil || w.Count() != before+n {
				t.Fatalf("CopyRun: %d, %v; the file has %d packets more", n, err, w.Count()-before)
			}
			if w.Count() == most {
				break
			}
		}
		var rec *Record
		if rec, err = r.Next(); err != nil {
			break
		}
		slow++
		if keep == nil || keep(rec.Data, rec.WireLen) {
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), fmt.Sprintf("%v behind %d at %d, %d written", err, r.Count(), r.Offset(), w.Count()), slow
}

// TestCopiesAreTheSameFile copies files in runs and packet by packet.
func TestCopiesAreTheSameFile(t *testing.T) {
	recs := mixed(3)
	nano := written(t, Options{}, recs)
	micro := written(t, Options{Micros: true}, recs)
	odd := bytes.Clone(nano)
	first := odd[pcapHeader:]
	binary.LittleEndian.PutUint32(first[4:], 1_500_000_000) // half a second more than a second
	second := first[recordHeader+binary.LittleEndian.Uint32(first[8:]):]
	binary.LittleEndian.PutUint32(second[12:], 0) // on the wire it was nothing
	ether := Options{LinkType: Ethernet, HasLink: true}
	with := func(change func(o *Options)) Options {
		o := ether
		change(&o)
		return o
	}
	third := func(data []byte, wire int) bool { return len(data)%3 == 0 && wire > 1 }
	for _, c := range []struct {
		name string
		in   []byte
		o    Options
		most int
		keep func([]byte, int) bool
		runs bool // nearly all comes in runs
	}{
		{"all", nano, ether, 1e6, nil, true},
		{"a third", nano, ether, 1e6, third, true},
		{"none", nano, ether, 1e6, func([]byte, int) bool { return false }, true},
		{"some", nano, ether, 1234, nil, true},
		{"some of a third", nano, ether, 123, third, true},
		{"microseconds", micro, with(func(o *Options) { o.Micros = true }), 1e6, third, true},
		{"cut short", nano[:len(nano)-3], ether, 1e6, nil, true},
		{"odd headers", odd, ether, 1e6, nil, true},
		{"packed", nano, with(func(o *Options) { o.Packing = "gz" }), 1e6, third, true},
		{"coarser", nano, with(func(o *Options) { o.Micros = true }), 1e6, nil, false},
		{"finer", micro, ether, 1e6, nil, false},
		{"turned", nano, with(func(o *Options) { o.BigEndian = true }), 1e6, nil, false},
		{"from turned", written(t, Options{BigEndian: true}, recs), ether, 1e6, nil, false},
		{"cut", nano, with(func(o *Options) { o.SnapLen = 60 }), 1e6, nil, false},
		{"other format", nano, with(func(o *Options) { o.Format = PcapNG }), 1e6, nil, false},
		{"from other format", written(t, Options{Format: PcapNG}, recs), ether, 1e6, nil, false},
		{"old version", bytes.Replace(nano, []byte{2, 0, 4, 0}, []byte{2, 0, 2, 0}, 1), ether, 1e6, nil, false},
	} {
		want, said, all := copied(t, c.in, c.o, c.most, c.keep, false)
		got, told, slow := copied(t, c.in, c.o, c.most, c.keep, true)
		if !bytes.Equal(got, want) || told != said {
			t.Errorf("%s: %d bytes in runs, %d one by one; %s, want %s", c.name, len(got), len(want), told, said)
		}
		if c.runs != (slow < all/10) {
			t.Errorf("%s: %d of %d packets did not come in runs", c.name, slow, all)
		}
	}
}

// TestCopyOntoFullDisk copies until the disk is full: what is written is whole packets, as
// many as are told.
func TestCopyOntoFullDisk(t *testing.T) {
	in := written(t, Options{}, mixed(4))
	for room := 24; room < len(in); room += 70_001 {
		name := filepath.Join(t.TempDir(), "full.pcap")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := NewWriter(&small{f, room}, Options{LinkType: Ethernet, HasLink: true})
		if err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(bytes.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			if _, err = w.CopyRun(r, 1e6, nil); err != nil {
				break
			}
			var rec *Record
			if rec, err = r.Next(); err == nil {
				err = w.Write(rec)
			}
		}
		if err == io.EOF {
			err = w.Close()
		}
		f.Close()
		if got := readFile(t, name); err == nil || len(got) != w.Count() {
			t.Errorf("%d bytes: %v; the file has %d packets, told are %d", room, err, len(got), w.Count())
		}
	}
}
