package pcapfile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// Whatever a file is cut to, all packets before the cut come out and the rest is
// told with its place.
func TestCutShortAnywhere(t *testing.T) {
	var pcap bytes.Buffer
	w, _ := NewWriter(&pcap, Options{})
	for _, rec := range sample(nil)[:3] {
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"pcap": pcap.Bytes(), "pcapng": ng(t), "pcapng, big-endian": turned(t, ng(t))} {
		whole, _ := NewReader(bytes.NewReader(file))
		var ends []int64
		for {
			if _, err := whole.Next(); err != nil {
				break
			}
			ends = append(ends, whole.Offset())
		}
		for n := range file {
			want := 0
			for _, e := range ends {
				if e <= int64(n) {
					want++
				}
			}
			r, err := NewReader(bytes.NewReader(file[:n]))
			if err != nil {
				if want > 0 {
					t.Errorf("%s cut to %d: %v", name, n, err)
				}
				continue
			}
			recs, err := readAll(r)
			var damage *DamageError
			if len(recs) != want || err != io.EOF && (!errors.As(err, &damage) || damage.Packets != want || damage.Offset > int64(n)) {
				t.Errorf("%s cut to %d: %d records, want %d; %v", name, n, len(recs), want, err)
			}
			if _, again := r.Next(); again != err {
				t.Errorf("%s cut to %d: asked again, %v", name, n, again)
			}
		}
	}
}

func TestDamageIsTold(t *testing.T) {
	header := "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x01\x00\x00\x00"
	record := "\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\x03\x00\x00\x00abc"
	for _, c := range []struct{ name, file, want string }{
		{"empty", "", "not a capture file: it is empty"},
		{"text", "hello, world\n", `not a capture file: it begins with "hell"`},
		{"snoop", "snoop\x00\x00\x00\x00\x00\x00\x02", "editcap"},
		{"header only in part", header[:10], "10 of 24 bytes"},
		{"version", "\xd4\xc3\xb2\xa1\x03\x00\x04\x00" + header[8:], "version 3.4"},
		{"huge packet", header + record + "\x01\x00\x00\x00\x02\x00\x00\x00\xff\xff\xff\x7f\x03\x00\x00\x00", "damaged at byte 43, after 1 packets: a packet of 2147483647 bytes"},
		{"cut packet", header + record + record[:17], "damaged at byte 43, after 1 packets: cut short: 1 of a packet's 3 bytes"},
	} {
		r, err := NewReader(strings.NewReader(c.file))
		if err == nil {
			_, err = readAll(r)
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	// Damage inside a packed file is damage too.
	name := filepath.Join(t.TempDir(), "x.pcap.gz")
	w, err := Create(name, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if err := w.Write(&Record{Data: make([]byte, 100), Nanos: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(name, 300); err != nil {
		t.Fatal(err)
	}
	r, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, err = readAll(r)
	var damage *DamageError
	if !errors.As(err, &damage) || !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "of the unpacked data") {
		t.Errorf("got %v", err)
	}
}

// A length costs no memory until its bytes are there.
func TestHugeLengthsAllocateNothing(t *testing.T) {
	pcap := "\x4d\x3c\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x7f\x01\x00\x00\x00" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\x07\xff\xff\xff\x07abc"
	block := "\x06\x00\x00\x00\xf0\xff\xff\x07\x00\x00\x00\x00"
	for name, file := range map[string]string{"pcap": pcap, "pcapng": string(ng(t)) + block} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r, err := NewReader(strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		_, err = readAll(r)
		runtime.ReadMemStats(&after)
		var damage *DamageError
		if !errors.As(err, &damage) {
			t.Errorf("%s: %v", name, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
			t.Errorf("%s: %d bytes allocated for a file of %d", name, got, len(file))
		}
	}
}

// endless is a pcap stream of n records made as it is read.
type endless struct {
	rec  []byte
	n    int
	rest []byte
}

func (e *endless) Read(b []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.n == 0 {
			return 0, io.EOF
		}
		e.n--
		e.rest = e.rec
	}
	n := copy(b, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// Reading and writing a long stream takes the memory of a short one.
func TestMemoryIsConstant(t *testing.T) {
	var one bytes.Buffer
	w, _ := NewWriter(&one, Options{})
	for i := range 1000 {
		if err := w.Write(&Record{Data: make([]byte, 1400), Nanos: int64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	head, records := one.Bytes()[:24], one.Bytes()[24:]
	r, err := NewReader(io.MultiReader(bytes.NewReader(head), &endless{rec: records, n: 400}))
	if err != nil {
		t.Fatal(err)
	}
	w, _ = NewWriter(io.Discard, Options{Format: PcapNG})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n := 0
	for {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
		n++
	}
	runtime.ReadMemStats(&after)
	if n != 400_000 {
		t.Errorf("%d records", n)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 4<<20 {
		t.Errorf("%d bytes allocated over %d bytes of file", got, 400*len(records))
	}
}
