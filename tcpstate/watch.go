package tcpstate

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// DefaultInterval is how often Watch asks.
//
// To list sockets the kernel walks a table of connections that all namespaces share,
// which takes a millisecond or more on a machine with much memory, however few there are.
// A host of package lab has a small table of its own, and a connection named by
// both Local and Remote is looked up: some tens of microseconds. Watch never spends more
// than a quarter of its time on asking, and asks less often where it would.
const DefaultInterval = 2 * time.Millisecond

// restShare is how many times as long as it asked Watch then waits, at least.
const restShare = 3

// Event is a change that a Watcher saw.
type Event struct {
	// Time is when the kernel was asked, so the change came at most one interval earlier.
	Time time.Time
	// From is None for a socket seen for the first time, To is None for one that is gone.
	From, To State
	// Socket is the row as it is, or as it was last seen when it is gone.
	Socket Socket
}

// String is "10.99.0.2:80 < 10.99.0.1:1000 SYN_RECV -> ESTABLISHED".
func (e Event) String() string {
	return fmt.Sprintf("%s < %s %s -> %s", show(e.Socket.Local), show(e.Socket.Remote), e.From, e.To)
}

// Watcher finds changes of state by comparing what inet_diag says now with what it
// said before. It polls: a state that lasts less than the time between two polls is not
// seen, and two changes in between look like one. It is not for concurrent use.
type Watcher struct {
	q      *query
	states []State
	seen   map[uint64]Socket // by cookie
	order  []uint64          // of seen, as Sockets sorts them
}

// NewWatcher prepares to watch the sockets that opts chooses. Its first Poll reports
// all of them as new. States does not limit which sockets are watched but which events are
// reported: those into or out of one of them.
func NewWatcher(opts Options) (*Watcher, error) {
	w := &Watcher{states: opts.States, seen: map[uint64]Socket{}}
	opts.States = nil // or a socket that leaves them would look gone
	q, err := newQuery(opts)
	if err != nil {
		return nil, err
	}
	w.q = q
	return w, nil
}

// Poll asks once and returns the changes since the last time: first what is gone,
// then what is new or changed, each in the order of Sockets.
func (w *Watcher) Poll() ([]Event, error) {
	rows, err := w.q.run()
	if err != nil {
		return nil, err
	}
	return w.compare(rows, time.Now()), nil
}

// compare turns a listing into events and remembers it.
func (w *Watcher) compare(rows []Socket, now time.Time) []Event {
	var events []Event
	add := func(from, to State, s Socket) {
		if from != to && (len(w.states) == 0 || slices.Contains(w.states, from) || slices.Contains(w.states, to)) {
			events = append(events, Event{now, from, to, s})
		}
	}
	next, order := make(map[uint64]Socket, len(rows)), make([]uint64, 0, len(rows))
	for _, s := range rows {
		// A connection that changes tables during the dump may be in it twice;
		// the tables are read in the order in which it moves, so the last row counts.
		if _, twice := next[s.Cookie]; !twice {
			order = append(order, s.Cookie)
		}
		next[s.Cookie] = s
	}
	for _, c := range w.order {
		if _, still := next[c]; !still {
			add(w.seen[c].State, None, w.seen[c])
		}
	}
	for _, c := range order {
		add(w.seen[c].State, next[c].State, next[c])
	}
	w.seen, w.order = next, order
	return events
}

// Close ends the Watcher.
func (w *Watcher) Close() error { return w.q.close() }

// Watch calls fn for each change until ctx ends, which is not an error. The sockets
// that are there at first are reported as new. fn runs on the caller's goroutine; no
// poll takes place meanwhile.
func Watch(ctx context.Context, opts Options, fn func(Event)) error {
	w, err := NewWatcher(opts)
	if err != nil {
		return err
	}
	defer w.Close()
	interval := opts.Interval
	if interval <= 0 {
		interval = DefaultInterval
	}
	timer := time.NewTimer(interval)
	defer timer.Stop()
	for {
		start := time.Now()
		events, err := w.Poll()
		if err != nil {
			return err
		}
		rest := max(interval, restShare*time.Since(start))
		for _, e := range events {
			fn(e)
		}
		timer.Reset(rest)
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
	}
}
