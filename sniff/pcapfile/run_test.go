package pcapfile

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"testing/iotest"
)

// TestRunsAreTheSamePackets reads files packet by packet and run by run.
func TestRunsAreTheSamePackets(t *testing.T) {
	file := ng(t)
	recs := mixed(1)
	for i, on := 0, []*Interface{{LinkType: Ethernet}, {LinkType: Raw}}; i < len(recs); i++ {
		recs[i].Iface = on[i/1000%2]
	}
	long := written(t, Options{Format: PcapNG}, recs)
	pcap := written(t, Options{}, mixed(2))
	old := bytes.Replace(pcap, []byte{2, 0, 4, 0}, []byte{2, 0, 2, 0}, 1)
	for name, in := range map[string][]byte{
		"pcap": pcap, "pcap, cut": pcap[:len(pcap)-3], "pcap 2.2": old, "pcapng": long,
		"pcapng with blocks": file, "big-endian": turned(t, file), "sections": append(bytes.Clone(file), turned(t, long)...),
	} {
		if n := sameInRuns(t, name, in); n < 1000 && (name == "pcap" || name == "pcapng") {
			t.Errorf("%s: %d packets came in runs", name, n)
		}
	}
}

// sameInRuns checks that NextRun gives what Next gives, blocks between them included, and
// tells how many packets came in a run behind another.
func sameInRuns(t *testing.T, name string, in []byte) (behind int) {
	t.Helper()
	log := func(r io.Reader, next func(r *Reader, told func(*Record)) error) (out []string) {
		f, err := NewReader(r)
		if err != nil {
			return []string{err.Error()}
		}
		defer f.Close()
		f.OnBlock = func(b *Block) { out = append(out, fmt.Sprintf("block %d %x", b.Type, b.Body)) }
		for {
			err := next(f, func(rec *Record) {
				out = append(out, fmt.Sprintf("%x of %d at %d, %x, %d", rec.Data, rec.WireLen, rec.Nanos, rec.Options, rec.Iface.LinkType))
			})
			if err != nil {
				return append(out, fmt.Sprintf("%v behind %d", err, f.Count()))
			}
		}
	}
	one := log(bytes.NewReader(in), func(r *Reader, told func(*Record)) error {
		rec, err := r.Next()
		if err == nil {
			told(rec)
		}
		return err
	})
	runs := func(r *Reader, told func(*Record)) error {
		var buf [7]Record
		n, err := r.NextRun(buf[:])
		behind += max(n-1, 0)
		for i := range buf[:n] {
			told(&buf[i])
		}
		return err
	}
	for _, r := range []io.Reader{bytes.NewReader(in), iotest.HalfReader(bytes.NewReader(in))} {
		many := log(r, runs)
		for i := range max(len(one), len(many)) {
			if i >= len(one) || i >= len(many) || one[i] != many[i] {
				t.Errorf("%s: line %d of %d by packets, %d by runs:\n%.300s\n%.300s", name, i, len(one), len(many), at(one, i), at(many, i))
				break
			}
		}
	}
	return behind
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "nothing"
}
