package packetsock

import (
	"context"
	"io"
	"sync"
)

// closings counts the closes under way. It is a lock and a channel, not a
// WaitGroup, so that Drain can be given up on.
var closings struct {
	sync.Mutex
	n    int
	idle chan struct{} // closed when n falls to 0; nil if nobody waits
}

// CloseLater closes c in the background. Closing a packet socket takes some 13 ms,
// in which the kernel waits until no processor can still be using it
// (packet_release, synchronize_net); several closes at once share that wait.
// A process that exits closes what is left, so a program need not call Drain.
func CloseLater(c io.Closer) {
	closings.Lock()
	closings.n++
	closings.Unlock()
	go func() {
		c.Close() // nobody is left to tell
		closings.Lock()
		defer closings.Unlock()
		if closings.n--; closings.n == 0 && closings.idle != nil {
			close(closings.idle)
			closings.idle = nil
		}
	}()
}

// Drain waits until everything given to CloseLater is closed, or ctx is done.
func Drain(ctx context.Context) error {
	closings.Lock()
	if closings.n == 0 {
		closings.Unlock()
		return nil
	}
	if closings.idle == nil {
		closings.idle = make(chan struct{})
	}
	idle := closings.idle
	closings.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
