// Package busy asks the kernel again where it had no time or no room: over netlink that is said in place
// of an answer, and passes.
package busy

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

const (
	firstPause = 100 * time.Microsecond
	lastPause  = 20 * time.Millisecond
	// GiveUp is how long the kernel may be busy.
	GiveUp = time.Second
)

// Retry calls f again while its error is EBUSY, EAGAIN, ENOBUFS or EINTR.
func Retry(f func() error) error {
	var since time.Time
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := f()
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case !errors.Is(err, unix.EBUSY) && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.ENOBUFS):
			return err
		}
		if now := time.Now(); since.IsZero() {
			since = now
		} else if now.Sub(since) > GiveUp {
			return fmt.Errorf("the kernel has been too busy for %s: %w", GiveUp, err)
		}
		time.Sleep(pause)
	}
}
