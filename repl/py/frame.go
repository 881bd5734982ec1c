package py

import (
	"sync/atomic"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// cell holds a variable that an inner function shares.
type cell struct{ v starlark.Value }

// frame is one activation of a function, or of a program's top level.
type frame struct {
	locals []starlark.Value
	cells  []*cell // own ones first, then those of outer functions
	st     *state
	code   *code
	back   *frame // the caller
	ret    starlark.Value
	gen    *coroutine // of a generator's body; nil otherwise
}

// state is the evaluator's part of one thread: a statement of the prompt, or a
// callback from an engine. Only one of them runs at any moment, the one that
// holds the interpreter's lock.
type state struct {
	in       *Interp
	th       *starlark.Thread
	top      *frame
	pool     []*frame
	depth    int
	stop     *atomic.Uint32
	steps    int64 // left until the budget is spent; negative is no budget
	handling []*Exception

	background bool // a thread that the program started: interrupts are not for it
}

// maxDepth is how deep calls may nest before RecursionError.
const maxDepth = 900

const stateKey = "py.state"

// stateOf finds the state behind a thread.
func stateOf(th *starlark.Thread) *state {
	st, _ := th.Local(stateKey).(*state)
	return st
}

// push makes a frame for code and enters it. leave must follow.
func (st *state) push(c *code, fn *Function) *frame {
	var f *frame
	if n := len(st.pool); n > 0 {
		f = st.pool[n-1]
		st.pool = st.pool[:n-1]
	} else {
		f = &frame{st: st}
	}
	if cap(f.locals) >= c.nlocals {
		f.locals = f.locals[:c.nlocals]
	} else {
		f.locals = make([]starlark.Value, c.nlocals, c.nlocals+4)
	}
	f.code = c
	if c.ncells+c.nfree > 0 {
		f.cells = make([]*cell, c.ncells+c.nfree)
		for i := range f.cells[:c.ncells] {
			f.cells[i] = new(cell)
		}
		if fn != nil {
			copy(f.cells[c.ncells:], fn.free)
		}
	}
	return f
}

// release returns f to the pool.
func (st *state) release(f *frame) {
	clear(f.locals)
	f.cells, f.ret, f.back, f.code = nil, nil, nil, nil
	st.pool = append(st.pool, f)
}

// fail turns err into an exception that remembers that it passed this frame at
// span. An exception that has a place in this frame already is left alone by
// the callers, who pass on the errors of their operands untouched.
func (f *frame) fail(at Span, err error) error {
	e := f.st.exception(err)
	if len(e.trace) < maxDepth+100 {
		e.trace = append(e.trace, place{f.code, at})
	}
	return e
}

// tick is called at loop edges and calls: it raises KeyboardInterrupt when the
// user asked for it and MemoryError when the step budget is spent.
func (st *state) tick() error {
	if st.stop.Load() != 0 {
		return st.interrupted()
	}
	st.steps--
	if st.steps%ticksPerTurn == 0 {
		st.in.mu.turn()
	}
	if st.steps == 0 {
		st.steps = 1
		return pyrt.Errorf("TimeoutError", "the step budget is spent")
	}
	return nil
}
