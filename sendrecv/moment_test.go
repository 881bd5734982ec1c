package sendrecv

import (
	"testing"
	"time"
)

// A clock that is stepped in a call makes no frame of the call one of an earlier call, nor the reverse.
func TestSteppedClock(t *testing.T) {
	for _, step := range []time.Duration{0, -time.Hour, time.Hour} {
		m := thisMoment()
		m.wall -= int64(step) // as if it had been read before the step
		now := time.Now().UnixNano()
		if m.after(now) {
			t.Errorf("step %s: a frame of now is from before the beginning", step)
		}
		// What was received before a step forward may be as old as it looks.
		if old := now - int64(time.Second); step <= 0 && !m.after(old) {
			t.Errorf("step %s: a frame of a second ago is from after the beginning", step)
		}
	}
}
