package py

import (
	"fmt"
	"runtime"

	"go.starlark.net/starlark"

	"pktsh/repl/py/pyrt"
)

// Generator is what a call of a function with yield makes. Its body runs on a
// goroutine of its own, which has its turn while a caller waits for the next value.
// One that is dropped half-way ends without its finally blocks.
type Generator struct {
	name string
	co   *coroutine
}

// coroutine is the part that the body's goroutine holds: not the Generator, so that
// one nobody refers to any more can be told apart.
type coroutine struct {
	in      *Interp
	frame   *frame
	started bool
	running bool
	done    bool
	ret     starlark.Value // what the body returned

	resume chan sent     // from the caller
	out    chan yielded  // to the caller
	drop   chan struct{} // closed when the Generator is gone
}

// sent is what a caller hands into the body: the value of its yield, or what it raises.
type sent struct {
	v   starlark.Value
	err error
}

type yielded struct {
	v   starlark.Value // nil: the body has ended
	err error
}

var (
	_ pyrt.Nexter       = (*Generator)(nil)
	_ starlark.Iterable = (*Generator)(nil)
)

// generator makes one of a frame whose parameters are bound.
func (st *state) generator(f *frame) *Generator {
	own := st.in.newState()
	own.stop, own.background = st.stop, st.background
	pyrt.SetContext(own.th, pyrt.Context(st.th))
	pyrt.SetOutput(own.th, pyrt.Stdout(st.th), pyrt.Stderr(st.th))
	f.st = own
	co := &coroutine{in: st.in, frame: f, resume: make(chan sent), out: make(chan yielded), drop: make(chan struct{})}
	f.gen = co
	g := &Generator{name: f.code.name, co: co}
	runtime.AddCleanup(g, func(drop chan struct{}) { close(drop) }, co.drop)
	return g
}

func (g *Generator) String() string        { return fmt.Sprintf("<generator object %s at %p>", g.name, g) }
func (g *Generator) Type() string          { return "generator" }
func (g *Generator) Freeze()               {}
func (g *Generator) Truth() starlark.Bool  { return true }
func (g *Generator) Hash() (uint32, error) { return starlark.String(fmt.Sprintf("%p", g)).Hash() }

// PyNext runs the body up to its next yield.
func (g *Generator) PyNext() (starlark.Value, error) { return g.co.next(sent{v: starlark.None}) }

// Iterate lets Go code that knows no PyNext read the values.
func (g *Generator) Iterate() starlark.Iterator {
	return pyrt.NewLazy("generator", g.PyNext).Iterate()
}

// next hands s into the body and waits for what it yields; nil, nil at its end.
func (co *coroutine) next(s sent) (starlark.Value, error) {
	switch {
	case co.running:
		return nil, raise("ValueError", "generator already executing")
	case co.done:
		return nil, s.err
	case !co.started && s.err != nil:
		co.done = true
		return nil, s.err
	}
	owner := co.in.mu.owner.Load()
	co.running = true
	if co.started {
		co.resume <- s
	} else {
		co.started = true
		go co.run()
	}
	y := <-co.out
	co.running = false
	co.in.mu.owner.Store(owner)
	return y.v, y.err
}

// run is the body's goroutine.
func (co *coroutine) run() {
	co.claim()
	f := co.frame
	st := f.st
	_, err := st.protect(func() (starlark.Value, error) {
		st.top, st.depth = f, 1
		k, err := f.code.body(f)
		if err == nil && k == ctlReturn {
			co.ret = f.ret
		}
		return nil, err
	})
	co.done = true
	if e, ok := err.(*Exception); ok && e.IsA("StopIteration") {
		err = raise("RuntimeError", "generator raised StopIteration")
	}
	co.out <- yielded{nil, err}
}

// ended is the StopIteration that the end of the body is.
func (co *coroutine) ended() *Exception {
	e := &Exception{class: excClass("StopIteration")}
	if co.ret != nil && co.ret != starlark.None {
		e.args = starlark.Tuple{co.ret}
		co.ret = nil // told once
	}
	return e
}

// claim tells the interpreter that this goroutine runs now.
func (co *coroutine) claim() {
	if co.in.mu.tracked.Load() {
		co.in.mu.owner.Store(goroutine())
	}
}

// yield gives v to the caller and waits until it wants the next.
func (co *coroutine) yield(v starlark.Value) (starlark.Value, error) {
	co.out <- yielded{v, nil}
	select {
	case s := <-co.resume:
		co.claim()
		return s.v, s.err
	case <-co.drop:
		runtime.Goexit() // nobody holds the interpreter for this goroutine
		panic("unreachable")
	}
}

// yield compiles yield and yield from.
func (c *compiler) yield(y *yieldExpr) evalFn {
	x, at := c.expr(y.x), y.Span
	if !y.from {
		return func(f *frame) (starlark.Value, error) {
			v, err := x(f)
			if err != nil {
				return nil, err
			}
			if v, err = f.gen.yield(v); err != nil {
				return nil, f.fail(at, err)
			}
			return v, nil
		}
	}
	return func(f *frame) (starlark.Value, error) {
		v, err := x(f)
		if err != nil {
			return nil, err
		}
		it, err := pyrt.Iterate(v)
		if err != nil {
			return nil, f.fail(at, err)
		}
		inner, _ := v.(*Generator)
		in := sent{v: starlark.None}
		for {
			var item starlark.Value
			if inner != nil {
				item, err = inner.co.next(in)
			} else if item, err = nil, in.err; err == nil {
				item, err = it.Next()
			}
			if err != nil {
				return nil, f.fail(at, err)
			}
			if item == nil {
				break
			}
			in.v, in.err = f.gen.yield(item)
		}
		if inner != nil && inner.co.ret != nil {
			return inner.co.ret, nil
		}
		return starlark.None, nil
	}
}

// Attr is a method of the generator.
func (g *Generator) Attr(name string) (starlark.Value, error) {
	method := func(lo, hi int, f func(args starlark.Tuple) (starlark.Value, error)) (starlark.Value, error) {
		return builtin(name, func(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			if err := want(name, args, kwargs, lo, hi); err != nil {
				return nil, err
			}
			return f(args)
		}), nil
	}
	step := func(s sent) (starlark.Value, error) {
		v, err := g.co.next(s)
		if v == nil && err == nil {
			err = g.co.ended()
		}
		return v, err
	}
	switch name {
	case "__name__":
		return starlark.String(g.name), nil
	case "__iter__":
		return method(0, 0, func(starlark.Tuple) (starlark.Value, error) { return g, nil })
	case "__next__":
		return method(0, 0, func(starlark.Tuple) (starlark.Value, error) { return step(sent{v: starlark.None}) })
	case "send":
		return method(1, 1, func(args starlark.Tuple) (starlark.Value, error) {
			if !g.co.started && args[0] != starlark.None {
				return nil, raise("TypeError", "can't send non-None value to a just-started generator")
			}
			return step(sent{v: args[0]})
		})
	case "throw":
		return method(1, 3, func(args starlark.Tuple) (starlark.Value, error) {
			e, err := thrown(args)
			if err != nil {
				return nil, err
			}
			return step(sent{err: e})
		})
	case "close":
		return method(0, 0, func(starlark.Tuple) (starlark.Value, error) { return starlark.None, g.close() })
	}
	return nil, nil
}

// AttrNames are the methods.
func (g *Generator) AttrNames() []string { return []string{"close", "send", "throw"} }

// thrown is the exception that throw(value) or throw(class, value) means.
func thrown(args starlark.Tuple) (error, error) {
	v := args[0]
	if c, ok := v.(*ExcClass); ok && len(args) > 1 && args[1] != starlark.None {
		if e, ok := args[1].(*Exception); ok {
			v = e
		} else {
			v = &Exception{class: c, args: args[1:2]}
		}
	}
	e, err := exceptionOf(v)
	return e, err
}

// close has the body end at its yield, its finally blocks run.
func (g *Generator) close() error {
	if g.co.done || !g.co.started {
		g.co.done = true
		return nil
	}
	v, err := g.co.next(sent{err: &Exception{class: excClass("GeneratorExit")}})
	if v != nil {
		return raise("RuntimeError", "generator ignored GeneratorExit")
	}
	if e, ok := err.(*Exception); ok && (e.IsA("GeneratorExit") || e.IsA("StopIteration")) {
		return nil
	}
	return err
}
