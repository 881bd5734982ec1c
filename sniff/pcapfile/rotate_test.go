package pcapfile

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestAppend(t *testing.T) {
	for _, suffix := range []string{".pcap", ".pcap.gz", ".pcap.zst", ".pcapng", ".pcapng.gz"} {
		name := filepath.Join(t.TempDir(), "x"+suffix)
		for i := range 3 {
			w, err := Append(name, Options{Micros: i == 0})
			if err != nil {
				t.Fatal(suffix, err)
			}
			if err := w.Write(&Record{Data: []byte{byte(i)}, Nanos: 1001}); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}
		recs := readFile(t, name)
		if len(recs) != 3 || recs[2].Data[0] != 2 {
			t.Errorf("%s: %d records", suffix, len(recs))
		}
		// The first one chose microseconds; the file has one resolution.
		if strings.HasPrefix(suffix, ".pcap") && !strings.HasPrefix(suffix, ".pcapng") && recs[2].Nanos != 1000 {
			t.Errorf("%s: the last time is %d", suffix, recs[2].Nanos)
		}
	}
	name := filepath.Join(t.TempDir(), "cut.pcap")
	w, _ := Create(name, Options{})
	_ = w.Write(&Record{Data: []byte("abc")})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Append(name, Options{LinkType: Raw, HasLink: true}); err == nil || !strings.Contains(err.Error(), "link type") {
		t.Errorf("another link type: %v", err)
	}
	if err := os.Truncate(name, 41); err != nil {
		t.Fatal(err)
	}
	if _, err := Append(name, Options{}); err == nil || !strings.Contains(err.Error(), "not appended to: "+name+": damaged at byte 24") {
		t.Errorf("behind damage: %v", err)
	}
}

// Records of other forms could not be told from those written behind them.
func TestAppendToOldForms(t *testing.T) {
	file := written(t, Options{Micros: true}, sample(nil))
	for at, b := range map[int]byte{6: 2 /* version 2.2 */, 1: 0xcd /* the magic number of modified files */} {
		old := bytes.Clone(file)
		old[at] = b
		if at == 1 {
			old[0] = 0x34
		}
		name := filepath.Join(t.TempDir(), "old.pcap")
		if err := os.WriteFile(name, old, 0o600); err != nil {
			t.Fatal(err)
		}
		if w, err := Append(name, Options{}); err == nil || !strings.Contains(err.Error(), "not appended to") {
			t.Errorf("byte %d: %v, %v", at, w, err)
		}
		if now, _ := os.ReadFile(name); !bytes.Equal(now, old) {
			t.Errorf("byte %d: the file was changed", at)
		}
	}
}

func TestRotation(t *testing.T) {
	for _, c := range []struct {
		name  string
		rot   Rotation
		names []string
		count []int
	}{
		{"x.pcap", Rotation{Bytes: 100}, []string{"x.pcap", "x.pcap1", "x.pcap2", "x.pcap3", "x.pcap4"}, []int{2, 2, 2, 2, 2}},
		{"x.pcap", Rotation{Bytes: 100, Files: 2}, []string{"x.pcap0", "x.pcap1"}, []int{2, 2}},
		{"x.pcap.gz", Rotation{Bytes: 100, Files: 20}, []string{"x.pcap00.gz", "x.pcap01.gz", "x.pcap02.gz", "x.pcap03.gz", "x.pcap04.gz"}, []int{2, 2, 2, 2, 2}},
		{"x-%Y-%H%M%S.pcap", Rotation{Every: 4 * time.Second}, []string{"x-2026-050607.pcap", "x-2026-050611.pcap", "x-2026-050615.pcap"}, []int{4, 4, 2}},
		{"x-%S.pcap", Rotation{Every: 4 * time.Second, Files: 2}, []string{"x-07.pcap", "x-11.pcap"}, []int{4, 4}},
	} {
		dir := t.TempDir()
		var opened []string
		r, err := NewRotator(filepath.Join(dir, c.name), Options{}, c.rot, func(n string) { opened = append(opened, n) })
		if err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.Local)
		for i := range 10 {
			err := r.Write(&Record{Data: make([]byte, 30), Nanos: at.Add(time.Duration(i) * time.Second).UnixNano()})
			if err == ErrLastFile {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		files, _ := os.ReadDir(dir)
		var got []string
		for i, f := range files {
			got = append(got, f.Name())
			if i < len(c.count) {
				if n := len(readFile(t, filepath.Join(dir, f.Name()))); n != c.count[i] {
					t.Errorf("%s has %d packets, want %d", f.Name(), n, c.count[i])
				}
			}
		}
		if strings.Join(got, " ") != strings.Join(c.names, " ") || len(opened) < len(c.names) {
			t.Errorf("%s %+v: files %v, want %v", c.name, c.rot, got, c.names)
		}
	}
}

// Files that one packer makes one behind the other are whole, and have nothing of each other.
// What was flushed and not written to since is not to be flushed again: packers would put another mark into the file.
func TestPackedRotation(t *testing.T) {
	for _, packing := range []string{"gz", "zst"} {
		dir := t.TempDir()
		r, err := NewRotator(filepath.Join(dir, "x.pcap."+packing), Options{}, Rotation{Bytes: 1000, Files: 10}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Pending() {
			t.Errorf("%s: something is pending before the first packet", packing)
		}
		for i := range 10 {
			if err := r.Write(&Record{Data: bytes.Repeat([]byte{byte(i)}, 2000)}); err != nil {
				t.Fatal(err)
			}
			before := r.Pending()
			if err := r.Flush(); err != nil || !before || r.Pending() {
				t.Errorf("%s: packet %d: pending before the flush %v, after it %v, %v", packing, i, before, r.Pending(), err)
			}
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			recs := readFile(t, filepath.Join(dir, fmt.Sprintf("x.pcap%d.%s", i, packing)))
			if len(recs) != 1 || recs[0].Data[0] != byte(i) || len(recs[0].Data) != 2000 {
				t.Errorf("%s: file %d has %d packets", packing, i, len(recs))
			}
		}
	}
}
