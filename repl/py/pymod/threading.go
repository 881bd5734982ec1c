package pymod

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pymod/wait"
	"pktsh/repl/py/pyrt"
)

// thread is threading.Thread, and Timer with an interval.
type thread struct {
	noHash
	name     string
	daemon   bool
	target   starlark.Value
	self     starlark.HasAttrs // the instance of a program's class that this is part of; nil for none
	args     starlark.Tuple
	kwargs   []starlark.Tuple
	ident    int
	started  bool
	ended    chan struct{}
	interval time.Duration // of a Timer
	cancel   chan struct{} // closed to cancel a Timer; nil for a Thread
}

const threadKey = "pymod.thread"

// threadNumber gives threads their names and numbers.
var threadNumber atomic.Int64

// alive are the threads that run, the main one first.
var alive = struct {
	sync.Mutex
	list []*thread
}{list: []*thread{mainThread}}

var mainThread = &thread{noHash: noHash{"_MainThread"}, name: "MainThread", started: true, ended: make(chan struct{})}

func threadingModule() *Module {
	d := funcs(map[string]function{
		"current_thread": func(a *args) (starlark.Value, error) { return currentThread(a.th), a.none() },
		"main_thread":    func(a *args) (starlark.Value, error) { return mainThread, a.none() },
		"active_count":   func(a *args) (starlark.Value, error) { return integer(len(aliveThreads())), a.none() },
		"get_ident":      func(a *args) (starlark.Value, error) { return integer(currentThread(a.th).ident), a.none() },
		"enumerate": func(a *args) (starlark.Value, error) {
			var out []starlark.Value
			for _, t := range aliveThreads() {
				out = append(out, t)
			}
			return list(out), a.none()
		},
	})
	d["currentThread"], d["activeCount"] = d["current_thread"], d["active_count"]
	for name, c := range map[string]*class{
		"Thread": {name: "threading.Thread", make: newThread, is: isA[*thread]},
		"Timer":  {name: "threading.Timer", make: newTimer, is: func(v starlark.Value) bool { t, ok := v.(*thread); return ok && t.cancel != nil }},
		"Event":  {name: "threading.Event", make: newEvent, is: isA[*event]},
		"Lock":   {name: "threading.Lock", make: newLock(false), is: isA[*mutex]},
		"RLock":  {name: "threading.RLock", make: newLock(true), is: isA[*mutex]},
		"Semaphore": {name: "threading.Semaphore", is: isA[*semaphore],
			make: func(a *args) (starlark.Value, error) { return newSemaphore(a, false) }},
		"BoundedSemaphore": {name: "threading.BoundedSemaphore", is: isA[*semaphore],
			make: func(a *args) (starlark.Value, error) { return newSemaphore(a, true) }},
	} {
		d[name] = c
	}
	return newModule("threading", d)
}

func isA[T starlark.Value](v starlark.Value) bool { _, ok := v.(T); return ok }

func aliveThreads() []*thread {
	alive.Lock()
	defer alive.Unlock()
	return slices.Clone(alive.list)
}

func currentThread(th *starlark.Thread) *thread {
	if t, ok := th.Local(threadKey).(*thread); ok {
		return t
	}
	return mainThread
}

func newThread(a *args) (starlark.Value, error) {
	v, err := a.bind("group", "target", "name", "args", "kwargs", "*daemon")
	if err != nil {
		return nil, err
	}
	t := &thread{noHash: noHash{"Thread"}, target: v[1], daemon: currentThread(a.th).daemon, ended: make(chan struct{})}
	if !isNone(v[5]) {
		t.daemon = bool(v[5].Truth())
	}
	n := strconv.FormatInt(threadNumber.Add(1), 10)
	t.name = "Thread-" + n
	if f, ok := v[1].(starlark.Callable); ok {
		t.name += " (" + f.Name() + ")"
	}
	if !isNone(v[2]) {
		t.name = pyfmt.Str(v[2])
	}
	return t, t.callWith(v[3], v[4])
}

func newTimer(a *args) (starlark.Value, error) {
	v, err := a.bind("interval!", "function!", "args", "kwargs")
	if err != nil {
		return nil, err
	}
	s, err := pymeth.FloatValue(v[0])
	if err != nil {
		return nil, err
	}
	t := &thread{noHash: noHash{"Timer"}, target: v[1], ended: make(chan struct{}), cancel: make(chan struct{}), interval: duration(s)}
	t.name = "Thread-" + strconv.FormatInt(threadNumber.Add(1), 10)
	return t, t.callWith(v[2], v[3])
}

// duration is a time to wait, bounded to what a Duration holds.
func duration(s float64) time.Duration {
	return time.Duration(min(max(s, 0), 9e9) * float64(time.Second))
}

// callWith takes the arguments of the target.
func (t *thread) callWith(pos, kwargs starlark.Value) error {
	if !isNone(pos) {
		elems, err := pyrt.Elems(pos, 0)
		if err != nil {
			return err
		}
		t.args = elems
	}
	if !isNone(kwargs) {
		d, ok := kwargs.(*starlark.Dict)
		if !ok {
			return pyrt.Errorf("TypeError", "kwargs of a thread must be a dict, not %s", pyfmt.TypeName(kwargs))
		}
		t.kwargs = d.Items()
	}
	return nil
}

func (t *thread) String() string {
	state := "initial"
	if t.started {
		state = "started"
	}
	if t.hasEnded() {
		state = "stopped"
	}
	if t.daemon {
		state += " daemon"
	}
	return fmt.Sprintf("<%s(%s, %s)>", t.typ, t.name, state)
}

func (t *thread) hasEnded() bool {
	select {
	case <-t.ended:
		return true
	default:
		return false
	}
}

// Hash lets threads be keys, by identity.
func (t *thread) Hash() (uint32, error) { return uint32(t.ident), nil }

// run is the body of the thread.
func (t *thread) run(th *starlark.Thread) error {
	th.SetLocal(threadKey, t)
	if t.cancel != nil {
		cancelled := false
		pyrt.Unlocked(th, func() {
			select {
			case <-time.After(t.interval):
			case <-t.cancel:
				cancelled = true
			}
		})
		if cancelled {
			return nil
		}
	}
	if t.self != nil {
		run, err := t.self.Attr("run")
		if f, ok := run.(starlark.Callable); ok && err == nil {
			_, err = f.CallInternal(th, nil, nil)
		}
		return err
	}
	return t.callTarget(th)
}

// callTarget is what run() does that no class redefines.
func (t *thread) callTarget(th *starlark.Thread) error {
	if isNone(t.target) {
		return nil
	}
	f, ok := t.target.(starlark.Callable)
	if !ok {
		return pyrt.Errorf("TypeError", "'%s' object is not callable", pyfmt.TypeName(t.target))
	}
	_, err := f.CallInternal(th, t.args, t.kwargs)
	return err
}

func (t *thread) start(a *args) (starlark.Value, error) {
	if t.started {
		return nil, pyrt.Errorf("RuntimeError", "threads can only be started once")
	}
	t.started, t.ident = true, int(threadNumber.Add(1))
	alive.Lock()
	alive.list = append(alive.list, t)
	alive.Unlock()
	ok := pyrt.Spawn(a.th, t.name, t.daemon, t.run, func() {
		alive.Lock()
		alive.list = slices.DeleteFunc(alive.list, func(o *thread) bool { return o == t })
		alive.Unlock()
		close(t.ended)
	})
	if !ok {
		return nil, pyrt.Errorf("RuntimeError", "can't start new thread")
	}
	return starlark.None, nil
}

// within is a context that also ends after the seconds in v, if v is a number.
func within(ctx context.Context, v starlark.Value) (context.Context, context.CancelFunc, error) {
	if isNone(v) {
		return ctx, func() {}, nil
	}
	s, err := pymeth.FloatValue(v)
	if err != nil {
		return nil, nil, err
	}
	c, cancel := context.WithTimeout(ctx, duration(s))
	return c, cancel, nil
}

// await waits for ch with Python's optional timeout and tells whether it came.
func await(th *starlark.Thread, ch <-chan struct{}, timeout starlark.Value) (came bool, err error) {
	err = wait.Do(th, func(ctx context.Context) error {
		c, cancel, err := within(ctx, timeout)
		if err != nil {
			return err
		}
		defer cancel()
		select {
		case <-ch:
			came = true
			return nil
		default:
		}
		select {
		case <-ch:
			came = true
		case <-c.Done():
		}
		return ctx.Err()
	})
	return came, err
}

var threadMethods = methodTable[*thread]{
	"run":   func(t *thread, a *args) (starlark.Value, error) { return starlark.None, t.callTarget(a.th) },
	"start": func(t *thread, a *args) (starlark.Value, error) { return t.start(a) },
	"join": func(t *thread, a *args) (starlark.Value, error) {
		v, err := a.bind("timeout")
		if err != nil {
			return nil, err
		}
		switch {
		case !t.started:
			return nil, pyrt.Errorf("RuntimeError", "cannot join thread before it is started")
		case t == currentThread(a.th):
			return nil, pyrt.Errorf("RuntimeError", "cannot join current thread")
		}
		_, err = await(a.th, t.ended, v[0])
		return starlark.None, err
	},
	"is_alive": func(t *thread, a *args) (starlark.Value, error) {
		return starlark.Bool(t.started && !t.hasEnded()), a.none()
	},
	"cancel": func(t *thread, a *args) (starlark.Value, error) {
		if t.cancel == nil {
			return nil, pyrt.Errorf("AttributeError", "'Thread' object has no attribute 'cancel'; only a Timer can be cancelled")
		}
		select {
		case <-t.cancel:
		default:
			close(t.cancel)
		}
		return starlark.None, a.none()
	},
	"setDaemon": func(t *thread, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		return starlark.None, t.SetField("daemon", v[0])
	},
	"getName": func(t *thread, a *args) (starlark.Value, error) { return starlark.String(t.name), a.none() },
}

// Attr is a method, name, daemon or ident.
func (t *thread) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(t.name), nil
	case "daemon":
		return starlark.Bool(t.daemon), nil
	case "ident":
		if !t.started {
			return starlark.None, nil
		}
		return integer(t.ident), nil
	}
	return threadMethods.bind(t, name), nil
}

// SetField sets name or, before the thread starts, daemon.
func (t *thread) SetField(name string, v starlark.Value) error {
	switch name {
	case "name":
		t.name = pyfmt.Str(v)
	case "daemon":
		if t.started {
			return pyrt.Errorf("RuntimeError", "cannot set daemon status of active thread")
		}
		t.daemon = bool(v.Truth())
	default:
		return pyrt.Errorf("AttributeError", "'%s' object has no attribute '%s'", t.typ, name)
	}
	return nil
}

// AttrNames lists the attributes, sorted.
func (t *thread) AttrNames() []string {
	return slices.Sorted(slices.Values(append(sortedKeys(threadMethods), "name", "daemon", "ident")))
}
