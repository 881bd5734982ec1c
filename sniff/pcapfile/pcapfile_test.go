package pcapfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
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

// ng builds a pcapng file whose blocks say everything this package knows.
func ng(t testing.TB) []byte {
	t.Helper()
	var out bytes.Buffer
	section := &Section{Options: AppendOption(AppendOption(nil, OptComment, []byte("whole file")), OptHardware, []byte("toaster"))}
	eth := &Interface{Name: "eth0", LinkType: Ethernet, SnapLen: 65535, Section: section}
	sll := &Interface{LinkType: LinuxSLL2, Section: section}
	sll.Options = AppendOption(AppendOption(AppendOption(nil, OptIfName, []byte("any")), OptIfResol, []byte{0x8a}), OptIfOffset, le.AppendUint64(nil, 1000))
	sll.read()
	w, err := NewWriter(&out, Options{Format: PcapNG, Section: section})
	if err != nil {
		t.Fatal(err)
	}
	opts := AppendOption(WithComments(nil, []string{"look here", "and here"}), OptFlags, le.AppendUint32(nil, 2))
	names := append(append(le.AppendUint16(le.AppendUint16(nil, 1), 13), "\x0a\x00\x00\x02server.x\x00"...), 0, 0, 0, 0, 0, 0, 0)
	stats := make([]byte, 12)
	stats = AppendOption(stats, optOSDrop, le.AppendUint64(nil, 17))
	for i, err := range []error{
		w.Write(&Record{Data: []byte("abcde"), Nanos: 1_700_000_000_123_456_789, Iface: eth, Options: opts}),
		w.Write(&Record{Data: []byte("xyz"), WireLen: 99, Nanos: 1_700_000_001_500_000_000, Iface: sll}),
		second(w.WriteBlock(&Block{Type: BlockNames, Body: names, Section: section})),
		second(w.WriteBlock(&Block{Type: BlockCustom, Body: []byte("\x01\x02\x03\x04something")})),
		second(w.WriteBlock(&Block{Type: 0x77, Body: []byte("unknown1")})),
		second(w.WriteBlock(&Block{Type: BlockStats, Body: stats, Iface: eth})),
		w.Write(&Record{Data: []byte("end"), Nanos: 1_700_000_002_000_000_001, Iface: eth}),
		w.Close(),
	} {
		if err != nil {
			t.Fatal(i, err)
		}
	}
	return out.Bytes()
}

func second(_ bool, err error) error { return err }

// copyNG reads a pcapng file and writes all of it again.
func copyNG(t testing.TB, file []byte) []byte {
	t.Helper()
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, Options{Format: PcapNG})
	if err != nil {
		t.Fatal(err)
	}
	r.OnBlock = func(b *Block) {
		if _, err := w.WriteBlock(b); err != nil {
			t.Fatal(err)
		}
	}
	for {
		rec, err := r.Next()
		if err != nil {
			break
		}
		if err := w.Write(rec); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestPcapNGKeepsEverything(t *testing.T) {
	file := ng(t)
	r, err := NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	kinds := ""
	r.OnBlock = func(b *Block) { kinds += fmt.Sprintf("%x ", b.Type) }
	recs, err := readAll(r)
	if err != io.EOF || len(recs) != 3 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	if want := "a0d0d0a 1 1 4 bad 77 5 "; kinds != want {
		t.Errorf("blocks %s, want %s", kinds, want)
	}
	if got := Comments(recs[0].Options); len(got) != 2 || got[0] != "look here" || got[1] != "and here" {
		t.Errorf("comments %q", got)
	}
	if f := Option(recs[0].Options, OptFlags); !bytes.Equal(f, []byte{2, 0, 0, 0}) {
		t.Errorf("flags %x", f)
	}
	if i := recs[0].Iface; i.Name != "eth0" || i.LinkType != Ethernet || i.Stats == nil || i.Stats.Dropped != 17 || i.Stats.Received != -1 {
		t.Errorf("interface %+v, %+v", i, i.Stats)
	}
	if i := recs[1].Iface; i.Name != "any" || i.LinkType != LinuxSLL2 || recs[1].WireLen != 99 {
		t.Errorf("interface %+v", i)
	}
	if got := recs[1].Nanos; got != 1_700_000_001_500_000_000 {
		t.Errorf("time in 1/1024 s from an offset: got %d", got)
	}
	if c := Comments(r.sect.Options); len(c) != 1 || c[0] != "whole file" {
		t.Errorf("the file's comment: %q", c)
	}
	if again := copyNG(t, file); !bytes.Equal(again, file) {
		t.Errorf("a copy differs:\n% x\n% x", again, file)
	}
}

// turned is a little-endian pcapng file of ours as a big-endian machine would
// write it.
func turned(t testing.TB, file []byte) []byte {
	t.Helper()
	out := bytes.Clone(file)
	for at := 0; at < len(out); {
		kind, n := le.Uint32(out[at:]), int(le.Uint32(out[at+4:]))
		body := out[at+8 : at+n-4]
		opts, layouts := -1, layout{}
		words := func(offsets ...int) {
			for _, o := range offsets {
				turn(body[o:], 4)
			}
		}
		switch kind {
		case BlockSection:
			words(0)
			turn(body[4:], 2)
			turn(body[6:], 2)
			turn(body[8:], 8)
			opts = 16
		case BlockInterface:
			turn(body, 2)
			words(4)
			opts, layouts = 8, ifaceLayout
		case BlockEnhanced:
			opts, layouts = 20+pad4(int(le.Uint32(body[12:]))), packetLayout
			words(0, 4, 8, 12, 16)
		case BlockStats:
			words(0, 4, 8)
			opts, layouts = 12, statsLayout
		case BlockNames:
			turn(body, 2)
			turn(body[2:], 2)
		case BlockCustom:
			words(0)
		}
		if opts >= 0 {
			EachOption(body[opts:], func(code uint16, v []byte) bool {
				for _, width := range layouts[code] {
					turn(v, width)
				}
				return true
			})
			for o := opts; o+4 <= len(body); {
				size := int(le.Uint16(body[o+2:]))
				turn(body[o:], 2)
				turn(body[o+2:], 2)
				o += 4 + pad4(size)
			}
		}
		turn(out[at:], 4)
		turn(out[at+4:], 4)
		turn(out[at+n-4:], 4)
		at += n
	}
	return out
}

func TestPcapNGBigEndian(t *testing.T) {
	file := ng(t)
	big := turned(t, file)
	r, err := NewReader(bytes.NewReader(big))
	if err != nil {
		t.Fatal(err)
	}
	foreign := 0
	r.OnBlock = func(b *Block) {
		if b.Foreign {
			foreign++
		}
	}
	recs, err := readAll(r)
	if err != io.EOF || len(recs) != 3 || foreign != 1 || !r.BigEndian() {
		t.Fatalf("%d records, %d foreign blocks, %v", len(recs), foreign, err)
	}
	// All but the block that nobody knows comes out as in the little-endian file.
	want := copyNG(t, file)
	at := bytes.Index(want, []byte("unknown1")) - 8
	want = append(want[:at:at], want[at+20:]...)
	if got := copyNG(t, big); !bytes.Equal(got, want) {
		t.Errorf("got\n% x\nwant\n% x", got, want)
	}
}

// An if_filter is text, or BPF instructions in the file's byte order.
func TestFilterOptionBigEndian(t *testing.T) {
	const text = "\x00udp port 53"
	big := []byte{0, OptIfFilter, 0, byte(len(text))}
	big = append(append(big, text...), 0, OptIfFilter, 0, 17, 1, 0x00, 0x28, 0, 0, 0, 0, 0, 12, 0x00, 0x06, 1, 2, 0, 4, 0, 0, 0, 0, 0)
	got := turnOptions(nil, big, ifaceLayout)
	want := AppendOption(nil, OptIfFilter, []byte(text))
	want = AppendOption(want, OptIfFilter, []byte{1, 0x28, 0, 0, 0, 12, 0, 0, 0, 0x06, 0, 1, 2, 0, 0, 4, 0})
	if !bytes.Equal(got, want) {
		t.Errorf("got\n% x\nwant\n% x", got, want)
	}
}

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

func TestSeveralSections(t *testing.T) {
	a, b := ng(t), turned(t, ng(t))
	r, err := NewReader(io.MultiReader(bytes.NewReader(a), bytes.NewReader(b), bytes.NewReader(a)))
	if err != nil {
		t.Fatal(err)
	}
	recs, err := readAll(r)
	if err != io.EOF || len(recs) != 9 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	if recs[0].Iface == recs[3].Iface || recs[3].Iface.Section == recs[8].Iface.Section || recs[8].Nanos != recs[2].Nanos {
		t.Error("sections are not told apart")
	}
	both := append(bytes.Clone(a), a...)
	if again := copyNG(t, both); !bytes.Equal(again, both) {
		t.Errorf("a copy of two sections has %d bytes, want %d", len(again), len(both))
	}
}

func TestSimpleAndObsoletePackets(t *testing.T) {
	var f []byte
	block := func(kind uint32, body string) {
		n := uint32(12 + pad4(len(body)))
		f = le.AppendUint32(le.AppendUint32(f, kind), n)
		f = append(append(f, body...), zeros[:pad4(len(body))-len(body)]...)
		f = le.AppendUint32(f, n)
	}
	block(BlockSection, "\x4d\x3c\x2b\x1a\x01\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff")
	block(BlockInterface, "\x01\x00\x00\x00\x04\x00\x00\x00") // snaplen 4
	block(BlockSimple, "\x09\x00\x00\x00abcd")
	block(BlockSimple, "\x03\x00\x00\x00abc")
	block(BlockPacket, "\x00\x00\x07\x00\x00\x00\x00\x00\x40\x42\x0f\x00\x02\x00\x00\x00\x02\x00\x00\x00hi")
	r, err := NewReader(bytes.NewReader(f))
	if err != nil {
		t.Fatal(err)
	}
	recs, err := readAll(r)
	if err != io.EOF || len(recs) != 3 {
		t.Fatalf("%d records, %v", len(recs), err)
	}
	if s := recs[0]; string(s.Data) != "abcd" || s.WireLen != 9 || s.Nanos != NoTime || !s.Time().IsZero() {
		t.Errorf("a simple packet: %+v", s)
	}
	if s := recs[1]; string(s.Data) != "abc" {
		t.Errorf("a simple packet: %+v", s)
	}
	if s := recs[2]; string(s.Data) != "hi" || s.Nanos != 1e9 || !bytes.Equal(Option(s.Options, OptDropCount), []byte{7, 0, 0, 0, 0, 0, 0, 0}) {
		t.Errorf("an obsolete packet: %+v", s)
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

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		resol  uint8
		offset int64
		stamp  uint64
		nanos  int64
	}{
		{6, 0, 1_700_000_000_123_456, 1_700_000_000_123_456_000},
		{9, 0, 1_700_000_000_123_456_789, 1_700_000_000_123_456_789},
		{0, 0, 5, 5e9},
		{0x80 | 10, 0, 1024 + 512, 15e8},
		{3, -10, 2500, -7_500_000_000},
		{9, 0, math.MaxUint64, math.MaxInt64}, // told as the last time there is
		{6, 0, math.MaxUint64, math.MaxInt64},
	} {
		u := unitsOf(c.resol, c.offset)
		if got := u.nanos(c.stamp); got != c.nanos {
			t.Errorf("%+v: %d", c, got)
		} else if back := u.stamp(got); back != c.stamp && c.stamp != math.MaxUint64 {
			t.Errorf("%+v: back to %d", c, back)
		}
	}
	if got := unitsOf(12, 0).nanos(1_700_000_000_123_456_789_012 % (1 << 63)); got <= 0 {
		t.Errorf("picoseconds: %d", got)
	}
}

// The file that the shell's test reads is what this package writes.
func TestGoldenFile(t *testing.T) {
	want, err := os.ReadFile("testdata/rich.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	if got := ng(t); !bytes.Equal(got, want) {
		if os.Getenv("UPDATE_GOLDEN") == "" {
			t.Fatal("testdata/rich.pcapng differs from what is written; UPDATE_GOLDEN=1 writes it anew")
		}
		if err := os.WriteFile("testdata/rich.pcapng", got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
