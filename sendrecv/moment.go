package sendrecv

import "time"

// moment is when something began, by the clock that frames are timed with, which somebody may step,
// and by the one that nobody steps.
type moment struct {
	wall   int64 // ns since 1970
	steady time.Time
}

func thisMoment() moment {
	now := time.Now()
	return moment{now.UnixNano(), now}
}

// after tells whether the moment is after a time stamp of the kernel. The usual
// case costs no look at a clock; else what the clock has been stepped by since then is allowed for.
func (m *moment) after(stamp int64) bool {
	if stamp >= m.wall {
		return false
	}
	now := time.Now()
	step := now.UnixNano() - m.wall - int64(now.Sub(m.steady))
	return stamp < m.wall+step
}
