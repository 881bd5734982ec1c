package pymod

import (
	"time"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pymeth"
	"pktsh/repl/py/pyrt"
)

// queue is queue.Queue, LifoQueue and PriorityQueue: they differ in which element
// comes next. It is changed under the interpreter's lock alone.
type queue struct {
	noHash
	items      []starlark.Value
	max        int // 0 for no bound
	unfinished int
	next       func(items []starlark.Value) (int, error)
	changed    chan struct{} // closed, and made anew, at every change
}

func queueModule() *Module {
	d := starlark.StringDict{}
	for name, next := range map[string]func([]starlark.Value) (int, error){
		"Queue":         func([]starlark.Value) (int, error) { return 0, nil },
		"SimpleQueue":   func([]starlark.Value) (int, error) { return 0, nil },
		"LifoQueue":     func(items []starlark.Value) (int, error) { return len(items) - 1, nil },
		"PriorityQueue": smallest,
	} {
		d[name] = &class{name: "queue." + name, is: func(v starlark.Value) bool { q, ok := v.(*queue); return ok && q.typ == name },
			make: func(a *args) (starlark.Value, error) {
				v, err := a.bind("maxsize")
				if err != nil {
					return nil, err
				}
				n, err := intOr(v[0], 0)
				return &queue{noHash: noHash{name}, max: max(n, 0), next: next, changed: make(chan struct{})}, err
			}}
	}
	return newModule("queue", d)
}

// smallest is the position of the least element; of equals, the first.
func smallest(items []starlark.Value) (int, error) {
	at := 0
	for i := 1; i < len(items); i++ {
		less, err := pymeth.Less(items[i], items[at])
		if err != nil {
			return 0, err
		}
		if less {
			at = i
		}
	}
	return at, nil
}

func (q *queue) String() string { return "<queue." + q.typ + " object>" }

func (q *queue) touch() {
	close(q.changed)
	q.changed = make(chan struct{})
}

// until waits until ready, for the time that Python's block and timeout arguments
// say, and raises class when it is over.
func (q *queue) until(a *args, block, timeout starlark.Value, class string, ready func() bool) error {
	wait := block == nil || bool(block.Truth())
	var end time.Time
	if !isNone(timeout) {
		s, err := pymeth.FloatValue(timeout)
		if err != nil {
			return err
		}
		if s < 0 {
			return pyrt.Errorf("ValueError", "'timeout' must be a non-negative number")
		}
		end = time.Now().Add(duration(s))
	}
	for !ready() {
		left := starlark.Value(starlark.None)
		if !end.IsZero() {
			left = starlark.Float(time.Until(end).Seconds())
		}
		if !wait || !end.IsZero() && time.Until(end) <= 0 {
			return pyrt.Errorf(class, "")
		}
		if _, err := await(a.th, q.changed, left); err != nil {
			return err
		}
	}
	return nil
}

func (q *queue) put(a *args, item, block, timeout starlark.Value) (starlark.Value, error) {
	if err := q.until(a, block, timeout, "queue.Full", func() bool { return q.max == 0 || len(q.items) < q.max }); err != nil {
		return nil, err
	}
	q.items = append(q.items, item)
	q.unfinished++
	q.touch()
	return starlark.None, nil
}

func (q *queue) get(a *args, block, timeout starlark.Value) (starlark.Value, error) {
	if err := q.until(a, block, timeout, "queue.Empty", func() bool { return len(q.items) > 0 }); err != nil {
		return nil, err
	}
	i, err := q.next(q.items)
	if err != nil {
		return nil, err
	}
	v := q.items[i]
	q.items = append(q.items[:i:i], q.items[i+1:]...)
	q.touch()
	return v, nil
}

var queueMethods = methodTable[*queue]{
	"put": func(q *queue, a *args) (starlark.Value, error) {
		v, err := a.bind("item!", "block", "timeout")
		if err != nil {
			return nil, err
		}
		return q.put(a, v[0], v[1], v[2])
	},
	"put_nowait": func(q *queue, a *args) (starlark.Value, error) {
		v, err := a.exactly(1)
		if err != nil {
			return nil, err
		}
		return q.put(a, v[0], starlark.False, nil)
	},
	"get": func(q *queue, a *args) (starlark.Value, error) {
		v, err := a.bind("block", "timeout")
		if err != nil {
			return nil, err
		}
		return q.get(a, v[0], v[1])
	},
	"get_nowait": func(q *queue, a *args) (starlark.Value, error) { return q.get(a, starlark.False, nil) },
	"qsize":      func(q *queue, a *args) (starlark.Value, error) { return integer(len(q.items)), a.none() },
	"empty":      func(q *queue, a *args) (starlark.Value, error) { return starlark.Bool(len(q.items) == 0), a.none() },
	"full": func(q *queue, a *args) (starlark.Value, error) {
		return starlark.Bool(q.max > 0 && len(q.items) >= q.max), a.none()
	},
	"task_done": func(q *queue, a *args) (starlark.Value, error) {
		if q.unfinished == 0 {
			return nil, pyrt.Errorf("ValueError", "task_done() called too many times")
		}
		q.unfinished--
		q.touch()
		return starlark.None, a.none()
	},
	"join": func(q *queue, a *args) (starlark.Value, error) {
		for q.unfinished > 0 {
			if _, err := await(a.th, q.changed, nil); err != nil {
				return nil, err
			}
		}
		return starlark.None, a.none()
	},
}

// Attr is a method.
func (q *queue) Attr(name string) (starlark.Value, error) { return queueMethods.bind(q, name), nil }

// AttrNames lists the methods, sorted.
func (q *queue) AttrNames() []string { return sortedKeys(queueMethods) }
