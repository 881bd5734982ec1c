package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// hooks makes the table's functions out of the arguments of layer().
func (u *userProto) hooks(c *call) error {
	fns := map[string]starlark.Callable{}
	for _, name := range []string{"answers", "post_build", "guess_payload_class", "default_payload_class", "extract_padding", "dispatch_hook",
		"pre_dissect", "do_dissect", "post_dissect"} {
		if !c.has(name) {
			continue
		}
		f, ok := c.val(name).(starlark.Callable)
		if !ok {
			return pyrt.Errorf("TypeError", "%s: %s: got %s, want a function", u.p.Name, name, pyRepr(c.val(name)))
		}
		fns[name] = f
	}
	if f := fns["answers"]; f != nil {
		u.p.Answers = func(at, to layers.At) bool {
			if to.Proto() != u.p {
				return false
			}
			v, err := u.call(f, viewAt(at), viewAt(to))
			return err == nil && bool(v.Truth())
		}
	}
	u.nextHook(fns["guess_payload_class"], fns["default_payload_class"])
	if f := fns["dispatch_hook"]; f != nil {
		u.p.Dispatch = func(b []byte) *layers.Proto {
			v, _ := u.call(f, u.s.classOf(u.p), starlark.Bytes(b))
			if cls, ok := v.(*class); ok && cls.proto() != u.p {
				return cls.proto()
			}
			return nil
		}
	}
	if f := fns["extract_padding"]; f != nil {
		u.p.PayloadLen = func(l *layers.Layer, _ int, rest []byte) int { return u.payloadLen(f, l, rest) }
	}
	u.dissectHooks(fns["pre_dissect"], fns["do_dissect"], fns["post_dissect"])
	if f := fns["post_build"]; f != nil {
		u.postBuild(f)
	}
	if err := u.hashHook(c); err != nil {
		return err
	}
	return u.summaryHook(c)
}

// nextHook chooses the payload by guess, else by the bindings, else by other.
func (u *userProto) nextHook(guess, other starlark.Callable) {
	if guess == nil && other == nil {
		return
	}
	ask := func(f starlark.Callable, at layers.At, payload []byte) *layers.Proto {
		if f == nil {
			return nil
		}
		v, err := u.call(f, viewAt(at), starlark.Bytes(payload))
		if cls, ok := v.(*class); ok && err == nil {
			return cls.proto()
		}
		return nil
	}
	u.p.Next = func(at layers.At, payload []byte) *layers.Proto {
		if next := ask(guess, at, payload); next != nil || other == nil {
			return next
		}
		if next := layers.BoundProto(at); next != nil {
			return next
		}
		return ask(other, at, payload)
	}
}

func viewAt(at layers.At) *packet { return &packet{p: at.P, l: at.Layer()} }

// payloadLen is the length of the first of the two parts that extract_padding
// divides the data into.
func (u *userProto) payloadLen(f starlark.Callable, l *layers.Layer, rest []byte) int {
	v, err := u.call(f, u.view(l), starlark.Bytes(rest))
	if err != nil {
		return -1
	}
	if t, ok := v.(starlark.Tuple); ok && len(t) == 2 {
		if t[0] == starlark.None {
			return 0
		}
		if b, err := bytesOf(t[0]); err == nil {
			return len(b)
		}
	}
	u.s.warnOnce("%s: extract_padding() gave %s, want (payload, padding)", u.p.Name, pyRepr(v))
	return -1
}

// postBuild lets a function write the header and the payload again.
func (u *userProto) postBuild(f starlark.Callable) {
	fields := u.p.Finish
	u.p.Finish = func(b *layers.Build) {
		if fields != nil {
			fields(b)
		}
		hdr, pay := b.Header(), b.Payload()
		v, err := u.s.in.Nested(f, &packet{p: b.P, l: b.Layer()}, starlark.Bytes(hdr), starlark.Bytes(pay))
		if err != nil {
			b.Fail(err)
			return
		}
		out, err := bytesOf(v)
		if err != nil {
			b.Fail(pyrt.Errorf("ValueError", "%s: post_build() gave %s, want the bytes of header and payload", u.p.Name, pyRepr(v)))
			return
		}
		b.Rewrite(out)
	}
}

// hashHook is what a packet and its answers have in common: fields by name, or a
// function that gives bytes.
func (u *userProto) hashHook(c *call) error {
	switch v := c.val("hashret").(type) {
	case starlark.NoneType:
	case starlark.Callable:
		u.p.Key = func(dst []byte, at layers.At, _ bool) []byte {
			x, err := u.call(v, viewAt(at))
			if err != nil {
				return dst
			}
			b, err := bytesOf(x)
			if err != nil {
				u.s.warnOnce("%s: hashret() gave %s, want bytes", u.p.Name, pyRepr(x))
			}
			return append(dst, b...)
		}
	case starlark.Iterable:
		var keys []int
		for x := range starlark.Elements(v) {
			name, _ := x.(starlark.String)
			i := u.index(string(name))
			if i < 0 {
				return pyrt.Errorf("ValueError", "%s: hashret: there is no field %s", u.p.Name, pyRepr(x))
			}
			keys = append(keys, i)
		}
		u.p.Key = func(dst []byte, at layers.At, _ bool) []byte {
			for _, i := range keys {
				dst = append(append(dst, layers.FieldRepr(at, i)...), 0)
			}
			return dst
		}
	default:
		return pyrt.Errorf("TypeError", "%s: hashret: got %s, want a list of field names or a function", u.p.Name, pyRepr(v))
	}
	return nil
}

// summaryHook is the layer's share of summary(): a format or a function.
func (u *userProto) summaryHook(c *call) error {
	switch v := c.val("mysummary").(type) {
	case starlark.NoneType:
	case starlark.String:
		if _, err := layers.NewPacket(layers.New(layers.Raw)).Sprintf(string(v)); err != nil {
			return pyrt.Errorf("ValueError", "%s: mysummary: %v", u.p.Name, err)
		}
		u.p.Summary = func(at layers.At) (string, []*layers.Proto) {
			s, _ := at.P.From(at.I).Sprintf(string(v)) // tried above
			return s, nil
		}
	case starlark.Callable:
		u.p.Summary = func(at layers.At) (string, []*layers.Proto) {
			x, err := u.call(v, viewAt(at))
			if t, ok := x.(starlark.Tuple); ok && len(t) > 0 { // (text, layers below to name too)
				x = t[0]
			}
			if err != nil || x == starlark.None {
				return u.p.Name, nil
			}
			return pyStr(x), nil
		}
	default:
		return pyrt.Errorf("TypeError", "%s: mysummary: got %s, want a format or a function", u.p.Name, pyRepr(v))
	}
	return nil
}
