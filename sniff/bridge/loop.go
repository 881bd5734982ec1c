package bridge

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"hash/maphash"
	"sync"
	"time"
)

// ErrLoop is that a frame goes round and round.
var ErrLoop = errors.New("bridge: the two interfaces reach each other by another way, and a broadcast frame goes round and round; nothing more is forwarded")

// A loopWatch finds broadcast frames that come back for ever. The same bytes very often within
// a second may be a circling frame or somebody's flood. So a probe follows one of them: a
// frame that nobody else sends, to the same address in the same VLAN. If that comes back in, there is a loop.
type loopWatch struct {
	marks [2]probeMark // of the probes that leave by each side

	mu     sync.Mutex
	seed   maphash.Seed
	seen   map[uint64]int // frames that left
	since  time.Time
	probed bool // since then
}

// probeMark is what a bridge's probes carry, and no other frames.
type probeMark [16]byte

const (
	// suspicious is how often the same broadcast frame may leave in a second. One that
	// circles between two veth interfaces does some 50,000 times.
	suspicious = 5000

	probeType = 0x88b5 // IEEE 802's first EtherType for local experiments
	mostProbe = 128    // bytes: no frame that is longer is a probe
)

func newLoopWatch() (w *loopWatch) {
	w = new(loopWatch)
	for i := range w.marks {
		rand.Read(w.marks[i][:]) // never fails
	}
	return w
}

// leaving takes notice of a frame that leaves by a side, and gives the probe that is to follow
// it, nil for most.
func (w *loopWatch) leaving(by Side, data []byte) (probe []byte) {
	if !toGroup(data) {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if now := time.Now(); w.seen == nil || now.Sub(w.since) > time.Second || len(w.seen) > suspicious {
		w.seed, w.seen, w.since, w.probed = maphash.MakeSeed(), map[uint64]int{}, now, false
	}
	h := maphash.Bytes(w.seed, data) + uint64(by)
	w.seen[h]++
	if w.seen[h] <= suspicious || w.probed {
		return nil
	}
	at := typeOffset(data)
	if at < 0 || at > mostProbe/2 {
		return nil
	}
	w.probed = true
	probe = binary.BigEndian.AppendUint16(bytes.Clone(data[:at]), probeType)
	probe = append(probe, w.marks[by][:]...)
	return append(probe, make([]byte, max(60-len(probe), 0))...)
}

// roundTrip tells of a frame that came in on a side whether it is a probe that left by the other.
func (w *loopWatch) roundTrip(on Side, data []byte) bool {
	return toGroup(data) && len(data) <= mostProbe && bytes.Contains(data, w.marks[on.Other()][:])
}

// toGroup tells whether a frame is for many: the group bit (IEEE 802 §8.2.2).
func toGroup(data []byte) bool { return len(data) > 0 && data[0]&1 != 0 }
