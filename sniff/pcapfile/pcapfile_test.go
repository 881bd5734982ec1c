package pcapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// readAll is every record of a reader, copied, and what ended it.
func readAll(r *Reader) (out []*Record, err error) {
	for {
		rec, err := r.Next()
		if err != nil {
			return out, err
		}
		out = append(out, rec.Clone())
	}
}

func readFile(t *testing.T, name string) []*Record {
	t.Helper()
	r, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	recs, err := readAll(r)
	if err != io.EOF {
		t.Fatal(err)
	}
	return recs
}

// sample are packets that try the format: empty, odd lengths, cut, far times.
func sample(iface *Interface) []*Record {
	at := time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.UTC).UnixNano()
	return []*Record{
		{Data: []byte("first"), Nanos: at, Iface: iface},
		{Data: []byte{}, Nanos: at + 1, Iface: iface},
		{Data: []byte("cut"), WireLen: 1500, Nanos: at + 2e9, Iface: iface},
		{Data: bytes.Repeat([]byte{0xa5}, 70000), Nanos: 0, Iface: iface},
		{Data: []byte("last"), Nanos: math.MaxUint32*int64(1e9) + 999999999, Iface: iface},
	}
}

func TestRoundTrip(t *testing.T) {
	for _, suffix := range []string{".pcap", ".pcapng", ".pcap.gz", ".pcap.zst", ".pcapng.gz", ".pcapng.zst"} {
		for _, o := range []Options{{}, {Micros: true}, {BigEndian: true}, {Micros: true, BigEndian: true, LinkType: LinuxSLL2, HasLink: true}} {
			t.Run(fmt.Sprintf("%s micros=%v big=%v", suffix, o.Micros, o.BigEndian), func(t *testing.T) {
				name := filepath.Join(t.TempDir(), "x"+suffix)
				w, err := Create(name, o)
				if err != nil {
					t.Fatal(err)
				}
				for _, rec := range sample(nil) {
					if err := w.Write(rec); err != nil {
						t.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				got := readFile(t, name)
				if len(got) != len(sample(nil)) {
					t.Fatalf("got %d records", len(got))
				}
				link := Ethernet
				if o.HasLink {
					link = o.LinkType
				}
				for i, want := range sample(nil) {
					if o.Micros && strings.HasPrefix(suffix, ".pcap") && !strings.HasPrefix(suffix, ".pcapng") {
						want.Nanos -= want.Nanos % 1000
					}
					g := got[i]
					if !bytes.Equal(g.Data, want.Data) || g.WireLen != max(want.WireLen, len(want.Data)) || g.Nanos != want.Nanos || g.Iface.LinkType != link {
						t.Errorf("record %d: got %d bytes of %d at %d, link type %s; want %d of %d at %d, %s", i, len(g.Data), g.WireLen, g.Nanos, g.Iface.LinkType, len(want.Data), want.WireLen, want.Nanos, link)
					}
				}
			})
		}
	}
}

func TestOneLinkTypeInPcap(t *testing.T) {
	w, _ := NewWriter(io.Discard, Options{})
	if err := w.Write(&Record{Iface: &Interface{LinkType: Ethernet}}); err != nil {
		t.Fatal(err)
	}
	var e *LinkTypeError
	if err := w.Write(&Record{Iface: &Interface{LinkType: LinuxSLL}}); !errors.As(err, &e) {
		t.Errorf("got %v", err)
	}
}

func TestFCSLengthAndLargeLinkTypes(t *testing.T) {
	var out bytes.Buffer
	w, _ := NewWriter(&out, Options{LinkType: 0xfffe, HasLink: true, FCSLen: 4})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	if i := r.Interfaces()[0]; i.LinkType != 0xfffe || i.FCSLen != 4 {
		t.Errorf("got %+v", i)
	}
}

// A pipe is read as it is written, and Close ends the wait.
func TestPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
	type opened struct {
		r   *Reader
		err error
	}
	ch := make(chan opened)
	go func() {
		r, err := Open(name) // waits for the header
		ch <- opened{r, err}
	}()
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, _ := NewWriter(f, Options{Sync: true})
	if err := w.Write(&Record{Data: []byte("now")}); err != nil {
		t.Fatal(err)
	}
	o := <-ch
	if o.err != nil {
		t.Fatal(o.err)
	}
	if rec, err := o.r.Next(); err != nil || string(rec.Data) != "now" {
		t.Fatal(rec, err)
	}
	done := make(chan error)
	go func() { _, err := o.r.Next(); done <- err }()
	if err := o.r.Close(); err != nil {
		t.Error(err)
	}
	if err := <-done; !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
