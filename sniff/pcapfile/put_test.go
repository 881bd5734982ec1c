package pcapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// mixed are records of very different lengths: in all a few buffers and windows full.
func mixed(seed uint64) (out []*Record) {
	rnd := rand.New(rand.NewPCG(seed, 0))
	for i := range 4000 {
		n := rnd.IntN(600)
		switch {
		case i%100 == 0:
			n = rnd.IntN(2)
		case i == 1000, i == 1001, i == 3000:
			n = 70000 + rnd.IntN(190000) // up to nearly a window
		}
		data := bytes.Repeat([]byte{byte(i)}, n)
		out = append(out, &Record{Data: data, WireLen: n + i%2, Nanos: int64(i) * 1_000_001_000, Iface: &Interface{LinkType: Ethernet}})
	}
	return out
}

func written(t *testing.T, o Options, recs []*Record) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range recs {
		if err := w.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// small is a disk that has room for so many bytes.
type small struct {
	*os.File
	room int
}

func (s *small) Write(b []byte) (int, error) {
	if len(b) <= s.room {
		s.room -= len(b)
		return s.File.Write(b)
	}
	n, _ := s.File.Write(b[:s.room])
	s.room = 0
	return n, syscall.ENOSPC
}

// A file on a disk that gets full ends with a whole packet, wherever that is, and the
// error says with which.
func TestDiskFull(t *testing.T) {
	recs := mixed(2)
	file := written(t, Options{}, recs)
	for _, o := range []Options{{}, {BigEndian: true}, {Format: PcapNG}} {
		for room := 400; room < len(file); room += 29_989 {
			f, err := os.Create(filepath.Join(t.TempDir(), "x"))
			if err != nil {
				t.Fatal(err)
			}
			r, err := NewReader(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			w, err := NewWriter(&small{f, room}, o)
			if err != nil {
				t.Fatal(err)
			}
			for i := 0; err == nil; i++ {
				var rec *Record
				if rec, err = r.Next(); err == nil {
					err = w.Write(rec)
				}
				if i%1500 == 1499 && err == nil {
					err = w.Flush()
				}
			}
			if err == io.EOF {
				err = w.Close()
			}
			f.Close()
			whole := readFile(t, f.Name())
			if !errors.Is(err, syscall.ENOSPC) || !strings.HasSuffix(err.Error(), fmt.Sprintf("the file ends behind packet %d", len(whole))) || w.Count() != len(whole) {
				t.Fatalf("%+v, room for %d: %v, and %d packets are there", o, room, err, len(whole))
			}
			st, _ := os.Stat(f.Name())
			next := len(recs[len(whole)].Data) + 64
			if int(st.Size())+next < room {
				t.Errorf("%+v, room for %d: %d bytes are there, the next packet has %d", o, room, st.Size(), next)
			}
			for i, rec := range whole {
				if !bytes.Equal(rec.Data, recs[i].Data) {
					t.Fatalf("%+v, room for %d: packet %d differs", o, room, i)
				}
			}
		}
	}
}
