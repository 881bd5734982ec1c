package py

import (
	"go.starlark.net/starlark"

	"pktsh/repl/py/pyfmt"
	"pktsh/repl/py/pyrt"
)

type compiledHandler struct {
	class evalFn // nil for a bare except
	at    Span
	store storeFn // nil without a name
	clear func(f *frame)
	body  execFn
}

// try compiles try/except/else/finally.
func (c *compiler) try(s *tryStmt) execFn {
	body, orelse := c.stmts(s.body), c.stmts(s.orelse)
	handlers := make([]compiledHandler, len(s.handlers))
	for i, h := range s.handlers {
		k := &handlers[i]
		k.body = c.stmts(h.body)
		if h.class != nil {
			k.class, k.at = c.expr(h.class), h.class.span()
		}
		if h.name != nil {
			k.store = c.storeName(h.name)
			drop := c.delName(h.name)
			// The name may have been deleted by the handler itself.
			k.clear = func(f *frame) { _ = drop(f) }
		}
	}
	guarded := func(f *frame) (ctl, error) {
		k, err := body(f)
		if err == nil {
			if k == ctlNext {
				return orelse(f)
			}
			return k, nil
		}
		return handle(f, handlers, err)
	}
	if s.final == nil {
		return guarded
	}
	final := c.stmts(s.final)
	return func(f *frame) (ctl, error) {
		k, err := guarded(f)
		ret := f.ret
		if err != nil {
			f.st.handling = append(f.st.handling, f.st.exception(err))
		}
		fk, ferr := final(f)
		if err != nil {
			f.st.handling = f.st.handling[:len(f.st.handling)-1]
		}
		if ferr != nil {
			return ctlNext, ferr
		}
		if fk != ctlNext {
			return fk, nil // return or break in finally drops the exception
		}
		f.ret = ret
		return k, err
	}
}

// handle finds the handler for err and runs it.
func handle(f *frame, handlers []compiledHandler, err error) (ctl, error) {
	st := f.st
	e := st.exception(err)
	for i := range handlers {
		h := &handlers[i]
		if h.class != nil {
			class, cerr := h.class(f)
			if cerr != nil {
				return ctlNext, cerr
			}
			ok, merr := e.matches(class)
			if merr != nil {
				return ctlNext, f.fail(h.at, merr)
			}
			if !ok {
				continue
			}
		}
		if h.store != nil {
			if err := h.store(f, e); err != nil {
				return ctlNext, err
			}
		}
		st.handling = append(st.handling, e)
		k, err := h.body(f)
		st.handling = st.handling[:len(st.handling)-1]
		if h.clear != nil {
			h.clear(f)
		}
		return k, err
	}
	return ctlNext, err
}

func (c *compiler) raise(s *raiseStmt) execFn {
	at := s.Span
	if s.x == nil {
		return func(f *frame) (ctl, error) {
			h := f.st.handling
			if len(h) == 0 {
				return ctlNext, f.fail(at, raise("RuntimeError", "No active exception to reraise"))
			}
			return ctlNext, h[len(h)-1]
		}
	}
	x := c.expr(s.x)
	var cause evalFn
	if s.cause != nil {
		cause = c.expr(s.cause)
	}
	return func(f *frame) (ctl, error) {
		v, err := x(f)
		if err != nil {
			return ctlNext, err
		}
		e, err := exceptionOf(v)
		if err != nil {
			return ctlNext, f.fail(at, err)
		}
		if cause != nil {
			cv, err := cause(f)
			if err != nil {
				return ctlNext, err
			}
			e.quiet = true
			if cv == starlark.None {
				e.cause = nil
			} else if e.cause, err = exceptionOf(cv); err != nil {
				return ctlNext, f.fail(at, raise("TypeError", "exception causes must derive from BaseException"))
			}
		}
		if n := len(f.st.handling); n > 0 && f.st.handling[n-1] != e && e.context == nil {
			e.context = f.st.handling[n-1]
		}
		return ctlNext, f.fail(at, e)
	}
}

func (c *compiler) assert(s *assertStmt) execFn {
	test, at := c.test(s.test), s.test.span()
	var msg evalFn
	if s.msg != nil {
		msg = c.expr(s.msg)
	}
	return func(f *frame) (ctl, error) {
		ok, err := test(f)
		if err != nil || ok {
			return ctlNext, err
		}
		e := &Exception{class: excClass("AssertionError")}
		if msg != nil {
			v, err := msg(f)
			if err != nil {
				return ctlNext, err
			}
			e.args = starlark.Tuple{v}
		}
		return ctlNext, f.fail(at, e)
	}
}

// with compiles `with a as x, b:` as nested blocks.
func (c *compiler) with(s *withStmt) execFn {
	body := c.stmts(s.body)
	for i := len(s.items) - 1; i >= 0; i-- {
		body = c.withItem(s.items[i], body)
	}
	return body
}

func (c *compiler) withItem(it withItem, body execFn) execFn {
	x, at := c.expr(it.x), it.x.span()
	var store storeFn
	if it.target != nil {
		store = c.store(it.target)
	}
	return func(f *frame) (ctl, error) {
		mgr, err := x(f)
		if err != nil {
			return ctlNext, err
		}
		enter, exit, err := manager(mgr)
		if err != nil {
			return ctlNext, f.fail(at, err)
		}
		v, err := f.st.call(enter, nil, nil)
		if err != nil {
			return ctlNext, f.fail(at, err)
		}
		var k ctl
		if store != nil {
			err = store(f, v)
		}
		if err == nil {
			k, err = body(f)
		}
		ret := f.ret
		args := starlark.Tuple{starlark.None, starlark.None, starlark.None}
		if err != nil {
			e := f.st.exception(err)
			args[0], args[1] = e.class, e
		}
		r, xerr := f.st.call(exit, args, nil)
		if xerr != nil {
			return ctlNext, f.fail(at, xerr)
		}
		f.ret = ret
		if err != nil {
			swallow, terr := truth(r)
			if terr != nil {
				return ctlNext, f.fail(at, terr)
			}
			if swallow {
				return ctlNext, nil
			}
		}
		return k, err
	}
}

// manager finds how v is entered and left: __enter__ and __exit__, or else, for
// Go values that know neither, close().
func manager(v starlark.Value) (enter, exit starlark.Value, err error) {
	attr := func(name string) starlark.Value {
		if a, ok := v.(starlark.HasAttrs); ok {
			if x, err := a.Attr(name); err == nil {
				return x
			}
		}
		return nil
	}
	enter, exit = attr("__enter__"), attr("__exit__")
	if enter != nil && exit != nil {
		return enter, exit, nil
	}
	cl := attr("close")
	if cl == nil {
		return nil, nil, pyrt.Errorf("TypeError", "'%s' object does not support the context manager protocol", pyfmt.TypeName(v))
	}
	enter = builtin("__enter__", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) { return v, nil })
	exit = builtin("__exit__", func(th *starlark.Thread, _ starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		if c, ok := cl.(starlark.Callable); ok {
			if _, err := c.CallInternal(th, nil, nil); err != nil {
				return nil, err
			}
		}
		return starlark.None, nil
	})
	return enter, exit, nil
}
