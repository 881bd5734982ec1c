package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// baseMethods are the methods that Packet has for classes to redefine: what they
// do where no class does.
var baseMethods map[string]*builtin

func init() {
	baseMethods = methodTable(
		&builtin{Sig: "guess_payload_class(self, payload)", Run: func(c *call) (starlark.Value, error) {
			v, ok := c.val("self").(*packet)
			if !ok {
				return nil, c.wrong("self", "a packet")
			}
			if p := layers.BoundProto(v.at()); p != nil {
				return shell().classOf(p), nil
			}
			return shell().classOf(layers.Raw), nil
		}},
		&builtin{Sig: "default_payload_class(self, payload)", Run: func(*call) (starlark.Value, error) { return shell().classOf(layers.Raw), nil }},
		&builtin{Sig: "extract_padding(self, s)", Run: func(c *call) (starlark.Value, error) { return starlark.Tuple{c.val("s"), starlark.None}, nil }},
		&builtin{Sig: "post_build(self, pkt, pay)", Run: func(c *call) (starlark.Value, error) {
			head, err := c.bytes("pkt")
			if err != nil {
				return nil, err
			}
			pay, err := c.bytes("pay")
			return starlark.Bytes(append(head, pay...)), err
		}},
		&builtin{Sig: "pre_dissect(self, s)", Run: func(c *call) (starlark.Value, error) { return c.val("s"), nil }},
		&builtin{Sig: "do_dissect(self, s)", Run: doDissect},
		&builtin{Sig: "post_dissect(self, s)", Run: func(c *call) (starlark.Value, error) { return c.val("s"), nil }},
		&builtin{Sig: "answers(self, other)", Run: func(c *call) (starlark.Value, error) {
			v, ok := c.val("self").(*packet)
			o, ok2 := c.val("other").(*packet)
			if !ok || !ok2 {
				return nil, c.wrong("other", "a packet")
			}
			return starlark.Bool(v.proto() == o.proto() && layers.AnswersPayload(v.at(), o.at())), nil
		}},
		&builtin{Sig: "mysummary(self)", Run: func(c *call) (starlark.Value, error) { return starlark.String(""), nil }},
		&builtin{Sig: "hashret(self)", Run: func(c *call) (starlark.Value, error) {
			v, ok := c.val("self").(*packet)
			if !ok {
				return nil, c.wrong("self", "a packet")
			}
			if i := v.index() + 1; i < v.p.Len() {
				return starlark.Bytes(v.p.From(i).HashRet()), nil
			}
			return starlark.Bytes(""), nil
		}},
	)
}

// superValue is super(X, self).
type superValue struct {
	frozenValue
	of   *layers.Proto
	self starlark.Value
}

func (v superValue) String() string        { return "<super of " + v.of.Name + ">" }
func (v superValue) Type() string          { return "super" }
func (v superValue) Hash() (uint32, error) { return starlark.String(v.of.Name).Hash() }

// Attr is a method of the nearest base that has it.
func (v superValue) Attr(name string) (starlark.Value, error) {
	s := shell()
	for uc := s.defined[v.of]; uc != nil && uc.base != nil; uc = s.defined[uc.base] {
		if m := s.classAttr(uc.base, name); m != nil {
			return py.BindMethod(m, v.self, s.classOf(uc.base))
		}
	}
	if b := baseMethods[name]; b != nil {
		return py.NewMethod(function{b: b}, v.self), nil
	}
	if p, ok := v.self.(*packet); ok && packetMethods[name] != nil {
		return packetMethods[name].bind(p), nil
	}
	return nil, nil
}

// AttrNames are the methods that there are in any case.
func (v superValue) AttrNames() []string {
	var out []string
	for name := range baseMethods {
		out = append(out, name)
	}
	return out
}

// superSession is super(X, self) of a session.
type superSession struct {
	frozenValue
	of   *sessionType
	self *session
}

func (v superSession) String() string        { return "<super of " + v.of.name + ">" }
func (v superSession) Type() string          { return "super" }
func (v superSession) Hash() (uint32, error) { return starlark.String(v.of.name).Hash() }

// Attr is a method of the nearest base that has it.
func (v superSession) Attr(name string) (starlark.Value, error) {
	return bindSession(v.of.base.find(name), v.self, v.self.t), nil
}

// AttrNames are the base's methods.
func (v superSession) AttrNames() []string { return v.of.base.AttrNames() }

func superOf(c *call) (starlark.Value, error) {
	if o, ok := c.val("self").(*session); ok {
		if t, ok := c.val("cls").(*sessionType); ok && t.body != nil && o.t.is(t) {
			return superSession{of: t, self: o}, nil
		}
	}
	cls, ok := c.val("cls").(*class)
	if !ok {
		return py.SuperOf(c.val("cls"), c.val("self"))
	}
	if !layers.IsDefined(cls.proto()) {
		return nil, pyrt.Errorf("TypeError", "super(): got %s, want a class that was defined here: super(X, self)", pyRepr(c.val("cls")))
	}
	return superValue{of: cls.proto(), self: c.val("self")}, nil
}
