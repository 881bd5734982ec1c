package bridge

import (
	"errors"
	"hash/maphash"
	"sync"
	"time"
)

// ErrLoop is that a frame goes round and round.
var ErrLoop = errors.New("bridge: the two interfaces reach each other by another way, and a broadcast frame goes round and round; nothing more is forwarded")

// A loopWatch finds a broadcast frame that comes back for ever: the same bytes
// so often within a second that nobody can be sending them.
type loopWatch struct {
	mu    sync.Mutex
	seed  maphash.Seed
	seen  map[uint64]int
	since time.Time
}

// storm is how often the same broadcast frame may come in a second. One that
// circles between two veth interfaces comes some 50,000 times.
const storm = 5000

// circling takes notice of a frame.
func (w *loopWatch) circling(data []byte) bool {
	if len(data) == 0 || data[0]&1 == 0 { // the group bit (IEEE 802 §8.2.2)
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := time.Now(); w.seen == nil || now.Sub(w.since) > time.Second || len(w.seen) > storm {
		w.seed, w.seen, w.since = maphash.MakeSeed(), map[uint64]int{}, now
	}
	h := maphash.Bytes(w.seed, data)
	w.seen[h]++
	return w.seen[h] > storm
}
