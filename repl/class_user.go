package repl

import (
	"slices"
	"strings"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// classBuiltins are what class statements need.
func classBuiltins() []*builtin {
	wrap := func(kind methodKind) func(c *call) (starlark.Value, error) {
		return func(c *call) (starlark.Value, error) {
			f, err := c.fn("f")
			return boundMethod{kind: kind, fn: f}, err
		}
	}
	return []*builtin{
		{Sig: py.ClassMaker + "(name, bases, body)", Group: fieldGroup, Doc: "What a class statement calls: class X(Packet) defines a protocol, as layer() does, class X(TCPSession) a session.", Run: defineClass},
		{Sig: "classmethod(f)", Group: fieldGroup, Doc: "A method whose first argument is the class: @classmethod in a class.", Run: wrap(ofClass)},
		{Sig: "staticmethod(f)", Group: fieldGroup, Doc: "A method without such an argument: @staticmethod in a class.", Run: wrap(ofNothing)},
		{Sig: "super(cls, self)", Group: fieldGroup, Doc: "A packet or session with the methods that its class has from its base: super(X, self).post_build(p, pay).\nIn a method, super() is that of its class.", Run: superOf},
	}
}

// userClass is what a class statement said beside the table.
type userClass struct {
	base *layers.Proto  // nil is Packet
	body *starlark.Dict // that of the bases included
	self map[string]starlark.Value
}

// classAttrs are what the body of class X(Packet) may say, and the argument of
// layer() that it is.
var classAttrs = map[string]string{
	"name": "title", "fields_desc": "fields", "answers": "answers", "hashret": "hashret", "mysummary": "mysummary",
	"post_build": "post_build", "guess_payload_class": "guess_payload_class", "default_payload_class": "default_payload_class",
	"extract_padding": "extract_padding", "dispatch_hook": "dispatch_hook", "__doc__": "doc",
}

// uncalled are methods of Scapy's that a class may redefine there and that
// nothing here would call.
var uncalled = []string{"dissect", "do_dissect", "do_dissect_payload", "pre_dissect", "post_dissect", "post_dissection", "dissection_done",
	"build", "build_done", "do_build", "do_build_payload", "self_build", "build_padding", "do_build_ps", "build_ps",
	"show", "show2", "summary", "copy", "clone_with", "add_payload", "getfieldval", "setfieldval", "sprintf", "hide_defaults"}

// defineClass is class X(Packet): name = …; fields_desc = […]. A base that is a
// protocol gives it its fields, and a class that a program defined its methods too.
func defineClass(c *call) (starlark.Value, error) {
	name, err := c.str("name", "")
	if err != nil {
		return nil, err
	}
	own, _ := c.val("body").(*starlark.Dict)
	if base := sessionBase(c.val("bases")); base != nil {
		return defineSession(name, base, own)
	}
	base, err := classBase(name, c.val("bases"))
	if err != nil {
		return nil, err
	}
	s := shell()
	uc := &userClass{base: base, body: starlark.NewDict(0), self: map[string]starlark.Value{}}
	bodies := []*starlark.Dict{own}
	if parent := s.defined[base]; parent != nil {
		bodies = []*starlark.Dict{parent.body, own}
	}
	for _, b := range bodies {
		for _, kv := range b.Items() {
			_ = uc.body.SetKey(kv[0], kv[1]) // text always hashes
		}
	}
	if err := uc.read(c, name); err != nil {
		return nil, err
	}
	fields := c.val("fields")
	finish := func(p *layers.Proto) error {
		for attr, v := range uc.self {
			if p.Index(attr) < 0 {
				continue
			}
			g, err := toGo(v)
			if err != nil {
				return err
			}
			if err := p.SetDefault(attr, g); err != nil {
				return err
			}
			delete(uc.self, attr)
		}
		s.defined[p] = uc
		if f, ok := bindMethod(s.classAttr(p, reassembleName), nil, s.classOf(p)).(starlark.Callable); ok {
			s.readers.Store(p, f)
		}
		return nil
	}
	if s.defined == nil {
		s.defined = map[*layers.Proto]*userClass{}
	}
	if fields == starlark.None && base != nil {
		u := &userProto{s: s, p: layers.Like(base, name)}
		if title := c.text1("title", ""); title != "" {
			u.p.Title = title
		}
		return u.use(c, finish)
	}
	return c.define(name, fields, finish)
}

// classBase is the protocol that a class begins from, nil for Packet.
func classBase(name string, v starlark.Value) (*layers.Proto, error) {
	bases, _ := v.(starlark.Tuple)
	var base *layers.Proto
	for _, b := range bases {
		switch b := b.(type) {
		case packetClass:
			continue
		case *class:
			if base == nil {
				base = b.proto()
				continue
			}
		}
		e := pyrt.Errorf("TypeError", "class %s(%s): only protocols and sessions may be classes, with the base Packet, one protocol or one session such as TCPSession", name, pyRepr(b))
		e.Hint = "keep state in a dict, and write functions on it"
		if f, ok := b.(function); ok && f.b.Group == fieldGroup {
			e.Hint = "a field takes functions instead: length_from=, count_from=, ConditionalField(…, cond), layer(post_build=…)"
		}
		return nil, e
	}
	return base, nil
}

// read sorts what the body says into the arguments of layer() and the class's own
// attributes.
func (uc *userClass) read(c *call, name string) error {
	delete(c.vals, "name")
	for _, kv := range uc.body.Items() {
		attr := string(kv[0].(starlark.String))
		v := kv[1]
		if arg, ok := classAttrs[attr]; ok {
			if m, ok := v.(boundMethod); ok {
				v = m.fn
			}
			c.vals[arg] = v
			continue
		}
		_, isFunc := v.(starlark.Callable)
		if dunder := strings.HasPrefix(attr, "__") && strings.HasSuffix(attr, "__"); dunder && !isFunc {
			continue // __slots__, __module__
		} else if isFunc && (dunder || slices.Contains(uncalled, attr)) {
			e := pyrt.Errorf("TypeError", "class %s: %s() would never be called here", name, attr)
			e.Hint = "there are answers, hashret, mysummary, post_build, guess_payload_class, default_payload_class, extract_padding and dispatch_hook; fields_desc gives the defaults"
			return e
		}
		uc.self[attr] = v
	}
	return nil
}

// classAttr is an attribute or method that a class statement gave to proto.
func (s *Shell) classAttr(proto *layers.Proto, name string) starlark.Value {
	uc := s.defined[proto]
	if uc == nil {
		return nil
	}
	if v := uc.self[name]; v != nil {
		return v
	}
	if _, hook := classAttrs[name]; hook && name != "name" && name != "fields_desc" {
		if v, found, _ := uc.body.Get(starlark.String(name)); found {
			return v
		}
	}
	return nil
}

// methodKind is what a method gets as its first argument.
type methodKind int

const (
	ofPacket methodKind = iota
	ofClass
	ofNothing
)

// boundMethod is a function with its first argument; before it is looked up in a
// class, it may be a function marked as what it is.
type boundMethod struct {
	frozenValue
	kind methodKind
	fn   starlark.Callable
	self starlark.Value // nil before
}

var _ starlark.Callable = boundMethod{}

func (m boundMethod) Name() string          { return m.fn.Name() }
func (m boundMethod) String() string        { return "<bound method " + m.Name() + ">" }
func (m boundMethod) Type() string          { return "method" }
func (m boundMethod) Hash() (uint32, error) { return starlark.String(m.Name()).Hash() }

// CallInternal calls the function.
func (m boundMethod) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if m.self != nil {
		args = append(starlark.Tuple{m.self}, args...)
	}
	return starlark.Call(th, m.fn, args, kwargs)
}

// bindMethod is v, an attribute of a class, as self has it: nil is the class alone.
func bindMethod(v, self starlark.Value, cls *class) starlark.Value {
	if m, ok := v.(boundMethod); ok {
		if m.kind == ofClass {
			m.self = cls
		}
		return m
	}
	_, isClass := v.(*class)
	if f, ok := v.(starlark.Callable); ok && self != nil && !isClass {
		return boundMethod{fn: f, self: self}
	}
	return v
}
