package pcapfile

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"
)

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
