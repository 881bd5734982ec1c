package layers

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"pktsh/internal/inetsum"
)

// TestChecksumOfEveryLength compares the sum taken in 64-bit words with the one
// by 16-bit words that RFC 1071 §1 defines, where carries are rare and where
// every addition has one.
func TestChecksumOfEveryLength(t *testing.T) {
	random := make([]byte, 200)
	rnd := rand.New(rand.NewPCG(1, 2))
	for i := range random {
		random[i] = byte(rnd.Uint32())
	}
	for _, data := range [][]byte{random, bytes.Repeat([]byte{0xff}, 200), make([]byte, 200)} {
		for n := range len(data) {
			for _, begin := range []uint64{0, 1, 0xffff, 0xffffffff, 1<<48 - 1} {
				want := fold(words(data[:n]) + begin)
				if got := fold(inetsum.Add(begin, data[:n])); got != want {
					t.Fatalf("sum of % x on %#x: got %#04x, want %#04x", data[:n], begin, got, want)
				}
			}
		}
	}
}
