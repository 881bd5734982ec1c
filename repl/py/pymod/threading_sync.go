package pymod

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// The values below are changed under the interpreter's lock alone; their channels
// are what waiters wait on without it.

// event is threading.Event.
type event struct {
	noHash
	set chan struct{} // closed while the event is set
}

func newEvent(a *args) (starlark.Value, error) {
	return &event{noHash{"Event"}, make(chan struct{})}, a.none()
}

func (e *event) isSet() bool {
	select {
	case <-e.set:
		return true
	default:
		return false
	}
}

func (e *event) String() string {
	if e.isSet() {
		return "<threading.Event: set>"
	}
	return "<threading.Event: unset>"
}

var eventMethods = methodTable[*event]{
	"set": func(e *event, a *args) (starlark.Value, error) {
		if !e.isSet() {
			close(e.set)
		}
		return starlark.None, a.none()
	},
	"clear": func(e *event, a *args) (starlark.Value, error) {
		if e.isSet() {
			e.set = make(chan struct{})
		}
		return starlark.None, a.none()
	},
	"is_set": func(e *event, a *args) (starlark.Value, error) { return starlark.Bool(e.isSet()), a.none() },
	"wait": func(e *event, a *args) (starlark.Value, error) {
		v, err := a.bind("timeout")
		if err != nil {
			return nil, err
		}
		came, err := await(a.th, e.set, v[0])
		return starlark.Bool(came), err
	},
}

// Attr is a method.
func (e *event) Attr(name string) (starlark.Value, error) {
	if name == "isSet" {
		name = "is_set"
	}
	return eventMethods.bind(e, name), nil
}

// AttrNames lists the methods, sorted.
func (e *event) AttrNames() []string { return sortedKeys(eventMethods) }

// semaphore is threading.Semaphore.
type semaphore struct {
	noHash
	free    int
	bound   int           // of a BoundedSemaphore, 0 for none
	changed chan struct{} // closed, and made anew, when something is released
}

func newSemaphore(a *args, bounded bool) (starlark.Value, error) {
	v, err := a.bind("value")
	if err != nil {
		return nil, err
	}
	n, err := intOr(v[0], 1)
	if err != nil {
		return nil, err
	}
	if n < 0 {
		return nil, pyrt.Errorf("ValueError", "semaphore initial value must be >= 0")
	}
	s := &semaphore{noHash: noHash{"Semaphore"}, free: n, changed: make(chan struct{})}
	if bounded {
		s.typ, s.bound = "BoundedSemaphore", max(n, 1)
	}
	return s, nil
}

func (s *semaphore) String() string { return "<threading." + s.typ + ">" }

// take waits until take1 succeeds, as acquire(blocking, timeout) says.
func take(a *args, changed func() <-chan struct{}, take1 func() bool) (starlark.Value, error) {
	v, err := a.bind("blocking", "timeout")
	if err != nil {
		return nil, err
	}
	timeout := v[1]
	if timeout != nil && timeout != starlark.None {
		s, err := pymeth.FloatValue(timeout)
		if err != nil {
			return nil, err
		}
		if s == -1 {
			timeout = starlark.None
		}
	}
	for {
		if take1() {
			return starlark.True, nil
		}
		if v[0] != nil && !bool(v[0].Truth()) {
			return starlark.False, nil
		}
		came, err := await(a.th, changed(), timeout)
		if err != nil || !came {
			return starlark.Bool(took(came, take1)), err
		}
	}
}

// took tries a last time when a wait has ended without a sign.
func took(came bool, take1 func() bool) bool { return !came && take1() }

func (s *semaphore) release(n int) error {
	if n < 1 {
		return pyrt.Errorf("ValueError", "n must be one or more")
	}
	if s.bound > 0 && s.free+n > s.bound {
		return pyrt.Errorf("ValueError", "Semaphore released too many times")
	}
	s.free += n
	close(s.changed)
	s.changed = make(chan struct{})
	return nil
}

func (s *semaphore) acquire(a *args) (starlark.Value, error) {
	return take(a, func() <-chan struct{} { return s.changed }, func() bool {
		if s.free == 0 {
			return false
		}
		s.free--
		return true
	})
}

var semaphoreMethods = methodTable[*semaphore]{
	"acquire":   (*semaphore).acquire,
	"__enter__": (*semaphore).acquire,
	"release": func(s *semaphore, a *args) (starlark.Value, error) {
		v, err := a.bind("n")
		if err != nil {
			return nil, err
		}
		n, err := intOr(v[0], 1)
		if err != nil {
			return nil, err
		}
		return starlark.None, s.release(n)
	},
	"__exit__": func(s *semaphore, _ *args) (starlark.Value, error) { return starlark.False, s.release(1) },
}

// Attr is a method.
func (s *semaphore) Attr(name string) (starlark.Value, error) {
	return semaphoreMethods.bind(s, name), nil
}

// AttrNames lists the methods, sorted.
func (s *semaphore) AttrNames() []string { return sortedKeys(semaphoreMethods) }

// mutex is threading.Lock, and RLock when its owner may take it again.
type mutex struct {
	noHash
	again   bool
	depth   int
	owner   *thread
	changed chan struct{}
}

func newLock(again bool) function {
	return func(a *args) (starlark.Value, error) {
		m := &mutex{noHash: noHash{"lock"}, again: again, changed: make(chan struct{})}
		if again {
			m.typ = "RLock"
		}
		return m, a.none()
	}
}

func (m *mutex) String() string {
	if m.depth > 0 {
		return "<locked " + m.typ + " object>"
	}
	return "<unlocked " + m.typ + " object>"
}

func (m *mutex) acquire(a *args) (starlark.Value, error) {
	me := currentThread(a.th)
	return take(a, func() <-chan struct{} { return m.changed }, func() bool {
		if m.depth > 0 && !(m.again && m.owner == me) {
			return false
		}
		m.depth, m.owner = m.depth+1, me
		return true
	})
}

func (m *mutex) release(a *args) error {
	switch {
	case m.depth == 0:
		return pyrt.Errorf("RuntimeError", "release unlocked lock")
	case m.again && m.owner != currentThread(a.th):
		return pyrt.Errorf("RuntimeError", "cannot release un-acquired lock")
	}
	if m.depth--; m.depth == 0 {
		close(m.changed)
		m.changed = make(chan struct{})
	}
	return nil
}

var mutexMethods = methodTable[*mutex]{
	"acquire":   (*mutex).acquire,
	"__enter__": (*mutex).acquire,
	"release":   func(m *mutex, a *args) (starlark.Value, error) { return starlark.None, m.release(a) },
	"__exit__":  func(m *mutex, a *args) (starlark.Value, error) { return starlark.False, m.release(a) },
	"locked":    func(m *mutex, a *args) (starlark.Value, error) { return starlark.Bool(m.depth > 0), a.none() },
}

// Attr is a method.
func (m *mutex) Attr(name string) (starlark.Value, error) { return mutexMethods.bind(m, name), nil }

// AttrNames lists the methods, sorted.
func (m *mutex) AttrNames() []string { return sortedKeys(mutexMethods) }
