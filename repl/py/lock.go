package py

import (
	"sync"
	"sync/atomic"
)

// lock lets one statement, callback or thread run at a time, as CPython's global
// interpreter lock does.
type lock struct {
	mu      sync.Mutex
	waiting atomic.Int32

	tracked atomic.Bool   // owner is kept
	owner   atomic.Uint64 // the goroutine that holds it, 0 for none
}

func (l *lock) Lock() {
	l.waiting.Add(1)
	l.mu.Lock()
	l.waiting.Add(-1)
	if l.tracked.Load() {
		l.owner.Store(goroutine())
	}
}

func (l *lock) Unlock() {
	l.owner.Store(0)
	l.mu.Unlock()
}

// turn gives others the lock if they wait for it. sync.Mutex hands it to one that
// has waited for a millisecond, so that code that never waits cannot keep it.
func (l *lock) turn() {
	if l.waiting.Load() > 0 {
		l.Unlock()
		l.Lock()
	}
}

// ticksPerTurn is after how many loop turns and calls running code offers the
// lock: often enough for callbacks that come 100,000 times a second, too seldom to
// be felt in a loop.
const ticksPerTurn = 64
