package sniff

import (
	"context"
	"os"
	"time"

	"pktsh/sniff/packetsock"
)

// A merger gives the frames of several rings in the order of their times. A frame
// waits until every other ring has a later one, or has had the time to show an
// earlier one: the kernel hands blocks over late, but never later than Retire.
//
// One goroutine calls next. Each ring has a goroutine that waits for its next block
// when there is none; the two never use a ring at the same time.
type merger struct {
	sources []*merged
	ready   chan *merged // one waits no longer
	stop    chan struct{}
	delay   time.Duration // the longest that a frame stays hidden in a ring
	horizon int64         // frames from before this time need not wait: all rings have shown theirs
}

// merged is one ring of a merger.
type merged struct {
	ring    *ring
	head    packetsock.Frame // its next frame
	have    bool             // head is valid
	since   time.Time        // when head first had to wait
	waiting bool             // its goroutine waits for a block
	err     error            // what that met
	wait    chan struct{}
}

func newMerger(rings []*ring) *merger {
	m := &merger{ready: make(chan *merged, len(rings)), stop: make(chan struct{})}
	for _, r := range rings {
		s := &merged{ring: r, wait: make(chan struct{}, 1)}
		m.sources = append(m.sources, s)
		m.delay = max(m.delay, r.Retire()+slack)
		go m.await(s)
	}
	return m
}

// await waits for the blocks of one ring, each time it is asked to.
func (m *merger) await(s *merged) {
	for {
		select {
		case <-s.wait:
			s.err = s.ring.Wait(context.Background())
			m.ready <- s // has room for all
		case <-m.stop:
			return
		}
	}
}

// close ends the waiting. The rings are closed after it, which ends those waits that
// are under way.
func (m *merger) close() { close(m.stop) }

// next is the next frame of all, valid until the next call; errNotYet if there is
// none and it is not to wait.
func (m *merger) next(ctx context.Context, wait bool) (packetsock.Frame, error) {
	for {
		first, err := m.look()
		if err != nil {
			return packetsock.Frame{}, err
		}
		if first != nil && (first.head.Time <= m.horizon || m.allHave()) {
			return first.take(), nil
		}
		// What is not to be seen in a ring from now on is later than the horizon.
		now := time.Now()
		if first, err = m.look(); err != nil {
			return packetsock.Frame{}, err
		}
		m.horizon = now.Add(-m.delay).UnixNano()
		if first != nil {
			if first.since.IsZero() {
				first.since = now
			}
			// The second is for when somebody has set the clock.
			if first.head.Time <= m.horizon || now.Sub(first.since) > m.delay {
				return first.take(), nil
			}
		}
		if !wait {
			return packetsock.Frame{}, errNotYet
		}
		if err := m.sleep(ctx, first, now); err != nil {
			return packetsock.Frame{}, err
		}
	}
}

// take gives a source's head away.
func (s *merged) take() packetsock.Frame {
	s.have, s.since = false, time.Time{}
	return s.head
}

// look makes sure that every source that can has its head, and finds the earliest.
func (m *merger) look() (first *merged, err error) {
	for _, s := range m.sources {
		if s.ring.gone {
			continue
		}
		for s.waiting && (s.ring.Buffered() || len(m.ready) > 0) {
			s := <-m.ready // at once: it has what it waits for
			s.waiting = false
		}
		if s.waiting {
			continue
		}
		if err := s.err; err != nil {
			s.err = nil
			return nil, &ringError{s.ring, err}
		}
		if !s.have {
			s.head, s.have = s.ring.TryNext()
		}
		if s.have && (first == nil || s.head.Time < first.head.Time) {
			first = s
		}
	}
	return first, nil
}

func (m *merger) allHave() bool {
	for _, s := range m.sources {
		if !s.have && !s.ring.gone {
			return false
		}
	}
	return true
}

// sleep waits until a ring has a block, or first has waited long enough.
func (m *merger) sleep(ctx context.Context, first *merged, now time.Time) error {
	for _, s := range m.sources {
		if !s.have && !s.waiting && !s.ring.gone {
			s.waiting = true
			s.wait <- struct{}{}
		}
	}
	var enough <-chan time.Time
	if first != nil {
		t := time.NewTimer(first.since.Add(m.delay).Sub(now))
		defer t.Stop()
		enough = t.C
	}
	select {
	case s := <-m.ready:
		s.waiting = false
	case <-enough:
	case <-ctx.Done():
		return ctx.Err()
	case <-m.stop:
		return os.ErrClosed
	}
	return nil
}
