package inetsum

import (
	"math/rand/v2"
	"testing"
)

// The sum is that of RFC 1071 §4.1's loop over 16-bit words, at every length.
func TestAdd(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	data := make([]byte, 200)
	for round := range 200 {
		for i := range data {
			data[i] = byte(r.Uint32())
			if round%3 == 0 {
				data[i] = 0xff // carries everywhere
			}
		}
		for n := range data {
			want := uint64(0xfffe)
			for i := 0; i < n; i += 2 {
				w := uint64(data[i]) << 8
				if i+1 < n {
					w |= uint64(data[i+1])
				}
				want += w
			}
			for want > 0xffff {
				want = want>>16 + want&0xffff
			}
			if got := Fold(Add(0xfffe, data[:n])); uint64(got) != want {
				t.Fatalf("%x: got %#x, want %#x", data[:n], got, want)
			}
		}
	}
}
