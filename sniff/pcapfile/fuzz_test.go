package pcapfile

import (
	"bytes"
	"errors"
	"io"
	"testing"
)

// FuzzReader reads what may be a capture file. Whatever it holds, reading ends with
// io.EOF or damage that is told, no record is longer than the file, and what was
// read and written again in either format reads the same.
func FuzzReader(f *testing.F) {
	var pcap bytes.Buffer
	w, _ := NewWriter(&pcap, Options{})
	for _, rec := range sample(nil)[:3] {
		_ = w.Write(rec)
	}
	_ = w.Close()
	file := ng(f)
	f.Add(pcap.Bytes())
	f.Add(pcap.Bytes()[:50])                                                      // cut inside a record
	f.Add(bytes.Replace(pcap.Bytes(), []byte{2, 0, 4, 0}, []byte{2, 0, 2, 0}, 1)) // lengths the other way round
	f.Add(file)
	f.Add(turned(f, file))
	f.Add(append(bytes.Clone(file), turned(f, file)...)) // two sections
	var packed bytes.Buffer
	z, _ := NewWriter(&packed, Options{Packing: "gz"})
	_ = z.Write(&Record{Data: []byte("packed")})
	_ = z.Close()
	f.Add(packed.Bytes())
	f.Fuzz(func(t *testing.T, in []byte) {
		r, err := NewReader(bytes.NewReader(in))
		if err != nil {
			return
		}
		defer r.Close()
		if len(in) < 1<<16 {
			sameInRuns(t, "runs", in)
		}
		r.OnBlock = func(b *Block) { EachOption(b.Body, func(uint16, []byte) bool { return true }) }
		var outs [2]bytes.Buffer
		var ws [2]*Writer
		ws[0], _ = NewWriter(&outs[0], Options{Format: PcapNG})
		ws[1], _ = NewWriter(&outs[1], Options{Format: Pcap})
		var kept [2][]*Record
		for n := 0; n < 1000; n++ {
			rec, err := r.Next()
			var damage *DamageError
			if err != nil && err != io.EOF && !errors.As(err, &damage) {
				t.Fatalf("ended in %v", err)
			}
			if err != nil {
				break
			}
			if !r.packed && len(rec.Data) > len(in) || rec.WireLen < len(rec.Data) {
				t.Fatalf("%d bytes of %d in a file of %d", len(rec.Data), rec.WireLen, len(in))
			}
			for i, w := range ws {
				if w.Write(rec) == nil {
					kept[i] = append(kept[i], rec.Clone())
				}
			}
		}
		for i, w := range ws {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			again, err := NewReader(&outs[i])
			if err != nil {
				t.Fatal(err)
			}
			got, err := readAll(again)
			if err != io.EOF || len(got) != len(kept[i]) {
				t.Fatalf("%v: wrote %d, read %d: %v", w.opts.Format, len(kept[i]), len(got), err)
			}
			for k, want := range kept[i] {
				g := got[k]
				if !bytes.Equal(g.Data, want.Data) || g.WireLen != want.WireLen {
					t.Fatalf("%v: record %d differs", w.opts.Format, k)
				}
				if i == 0 && !bytes.Equal(without(g.Options, OptEnd), without(want.Options, OptEnd)) {
					t.Fatalf("record %d: options % x, want % x", k, g.Options, want.Options)
				}
				if u := want.Iface.units; want.Nanos != g.Nanos && want.Nanos != NoTime && (i == 1 || u.perSecond == 1e9) {
					t.Fatalf("%v: record %d: time %d, want %d", w.opts.Format, k, g.Nanos, want.Nanos)
				}
			}
		}
	})
}
