package sendrecv

import (
	"context"
	"time"
)

// window keeps a call that sends as fast as it goes from outrunning the answers: beyond some
// hundred probes under way, kernels on the way throw packets away without telling
// (net.core.netdev_max_backlog, 1000 by default). Probes that are not answered soon
// no longer count, so that silent targets hold up nobody for long.
type window struct {
	size   int
	silent int // open probes that are not waited for
}

const (
	leastWindow   = 900
	largestWindow = 1 << 14
	// answerSoon is how long answers of a local network take at most.
	answerSoon = 3 * time.Millisecond
	// peek is the pause between looks at what has been answered.
	peek = 100 * time.Microsecond
)

// wait is until there is room for n more probes.
func (w *window) wait(ctx context.Context, x *exchange, n int) {
	if w.size == 0 {
		w.size = leastWindow
	}
	open := x.opened()
	w.silent = min(w.silent, open)
	if open+n-w.silent <= w.size {
		return
	}
	begun := open
	t := time.NewTimer(peek)
	defer t.Stop()
	for until := time.Now().Add(answerSoon + 2*x.lag); time.Now().Before(until); {
		select {
		case <-t.C:
		case <-x.done:
			return
		case <-ctx.Done():
			return
		}
		if open = x.opened(); open+n-w.silent <= w.size {
			w.size = leastWindow
			return
		}
		t.Reset(peek)
	}
	// Nobody answered in that time: there is no answer to lose. If some did, they go on being awaited.
	if open == begun {
		w.size = min(2*w.size, largestWindow)
	}
	w.silent = open
}

// opened is how many probes have left and have no answer.
func (x *exchange) opened() int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.open
}
