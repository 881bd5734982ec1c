package bridge

import (
	"sync"
	"time"
)

// A laterQueue sends frames when their time has come: the earlier due first, and
// of those due at once the one that came first.
type laterQueue struct {
	send func([]Frame)

	turn sync.Mutex // one batch is sent at a time; taken before mu

	mu     sync.Mutex
	queue  []dueFrame // sorted
	timer  *time.Timer
	closed bool
}

type dueFrame struct {
	due time.Time
	Frame
}

// add is false when the queue has no room.
func (q *laterQueue) add(f Frame, d time.Duration) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || len(q.queue) >= maxHeld {
		return false
	}
	due := time.Now().Add(d)
	i := len(q.queue)
	for i > 0 && q.queue[i-1].due.After(due) {
		i--
	}
	q.queue = append(q.queue, dueFrame{})
	copy(q.queue[i+1:], q.queue[i:])
	q.queue[i] = dueFrame{due, f}
	if i == 0 {
		q.arm()
	}
	return true
}

// arm sets the timer for the first frame. It needs mu.
func (q *laterQueue) arm() {
	if len(q.queue) == 0 {
		return
	}
	d := time.Until(q.queue[0].due)
	if q.timer == nil {
		q.timer = time.AfterFunc(d, q.fire)
	} else {
		q.timer.Reset(d)
	}
}

func (q *laterQueue) fire() {
	q.turn.Lock()
	defer q.turn.Unlock()
	q.mu.Lock()
	now, n := time.Now(), 0
	for n < len(q.queue) && !q.queue[n].due.After(now) {
		n++
	}
	var ripe []Frame
	for _, f := range q.queue[:n] {
		ripe = append(ripe, f.Frame)
	}
	q.queue = q.queue[n:]
	q.arm()
	q.mu.Unlock()
	if len(ripe) > 0 {
		q.send(ripe)
	}
}

// close stops the queue; it returns how many frames were in it.
func (q *laterQueue) close() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	if q.timer != nil {
		q.timer.Stop()
	}
	n := len(q.queue)
	q.queue = nil
	return n
}
