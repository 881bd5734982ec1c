package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// dissectHooks has functions of the program take the header apart: pre changes the bytes
// before the fields are read, do reads them, post changes what is behind. Each may be nil.
func (u *userProto) dissectHooks(pre, do, post starlark.Callable) {
	if pre == nil && do == nil && post == nil {
		return
	}
	u.p.Dissect = func(l *layers.Layer, b []byte, fields func([]byte) ([]byte, error)) ([]byte, error) {
		u.s.reading.Store(l, fields)
		defer u.s.reading.Delete(l)
		b, err := u.rewrite(pre, l, b)
		if err != nil {
			return nil, err
		}
		if do != nil {
			b, err = u.rewrite(do, l, b)
		} else {
			b, err = fields(b)
		}
		if err != nil {
			return nil, err
		}
		return u.rewrite(post, l, b)
	}
}

// rewrite is what f(self, b) gives, b if f is nil.
func (u *userProto) rewrite(f starlark.Callable, l *layers.Layer, b []byte) ([]byte, error) {
	if f == nil {
		return b, nil
	}
	v, err := u.call(f, u.view(l), starlark.Bytes(b))
	if err != nil {
		return nil, err
	}
	if v == starlark.None {
		return nil, u.wrongBytes(f, v)
	}
	out, err := bytesOf(v)
	if err != nil {
		return nil, u.wrongBytes(f, v)
	}
	return out, nil
}

func (u *userProto) wrongBytes(f starlark.Callable, v starlark.Value) error {
	err := pyrt.Errorf("ValueError", "%s() gave %s, want bytes", f.Name(), pyRepr(v))
	u.s.warnOnce("%s: %v", u.p.Name, err)
	return err
}

// doDissect is Packet.do_dissect(self, s): the fields are read, and what is behind is given.
func doDissect(c *call) (starlark.Value, error) {
	b, err := c.bytes("s")
	if err != nil {
		return nil, err
	}
	v, _ := c.val("self").(*packet)
	if v == nil {
		return nil, c.wrong("self", "the packet that is dissected")
	}
	fields, ok := shell().reading.Load(v.at().Layer())
	if !ok {
		return nil, c.errorf("", "do_dissect() reads a packet that is being dissected, for a class's own do_dissect(self, s): IP(b\"…\") dissects")
	}
	rest, err := fields.(func([]byte) ([]byte, error))(b)
	return starlark.Bytes(rest), valueError(err)
}
