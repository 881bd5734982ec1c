package pcapfile

import (
	"bytes"
	"testing"
)

func BenchmarkRead(b *testing.B)   { benchRead(b, Options{}) }
func BenchmarkReadNG(b *testing.B) { benchRead(b, Options{Format: PcapNG}) }

func benchRead(b *testing.B, o Options) {
	var file bytes.Buffer
	w, _ := NewWriter(&file, o)
	for i := range 10000 {
		_ = w.Write(&Record{Data: make([]byte, 60+i%1000), Nanos: int64(i)})
	}
	_ = w.Close()
	b.SetBytes(int64(file.Len()))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		r, _ := NewReader(bytes.NewReader(file.Bytes()))
		for {
			if _, err := r.Next(); err != nil {
				break
			}
			n++
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/packet")
}
