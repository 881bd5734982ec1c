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
	return []*builtin{
		{Sig: py.ClassMaker + "(name, bases, body)", Group: fieldGroup, Doc: "What a class statement calls: class X(Packet) defines a protocol, as layer() does, class X(TCPSession) a session.", Run: defineClass},
		{Sig: "super(cls, self)", Group: fieldGroup, Doc: "self with the methods that its class has from its base: super(X, self).post_build(p, pay).\nIn a method, super() is that of its class.", Run: superOf},
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
	"pre_dissect": "pre_dissect", "do_dissect": "do_dissect", "post_dissect": "post_dissect",
}

// uncalled are methods of Scapy's that a class may redefine there and that
// nothing here would call.
var uncalled = []string{"dissect", "do_dissect_payload", "post_dissection", "dissection_done",
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
	bases, _ := c.val("bases").(starlark.Tuple)
	base, ours := classBase(bases)
	if !ours {
		if err := fieldBase(name, bases, own); err != nil {
			return nil, err
		}
		return py.BuildClass(c.th, name, bases, own)
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
		if f, _ := py.BindMethod(s.classAttr(p, reassembleName), nil, s.classOf(p)); f != nil {
			if f, ok := f.(starlark.Callable); ok {
				s.readers.Store(p, f)
			}
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

// classBase is the protocol that a class begins from, nil for Packet; ours is false
// if it begins from neither.
func classBase(bases starlark.Tuple) (base *layers.Proto, ours bool) {
	for _, b := range bases {
		switch b := b.(type) {
		case packetClass:
			ours = true
		case *class:
			ours = true
			if base == nil {
				base = b.proto()
			}
		}
	}
	return base, ours
}

// read sorts what the body says into the arguments of layer() and the class's own
// attributes.
func (uc *userClass) read(c *call, name string) error {
	delete(c.vals, "name")
	for _, kv := range uc.body.Items() {
		attr := string(kv[0].(starlark.String))
		v := kv[1]
		if arg, ok := classAttrs[attr]; ok {
			v, _, _ = py.Unbound(v)
			c.vals[arg] = v
			continue
		}
		_, isFunc := v.(starlark.Callable)
		if dunder := strings.HasPrefix(attr, "__") && strings.HasSuffix(attr, "__"); dunder && !isFunc {
			continue // __slots__, __module__
		} else if isFunc && (dunder || slices.Contains(uncalled, attr)) {
			e := pyrt.Errorf("TypeError", "class %s: %s() would never be called here", name, attr)
			e.Hint = "there are answers, hashret, mysummary, post_build, guess_payload_class, default_payload_class, extract_padding, dispatch_hook, pre_dissect, do_dissect and post_dissect; fields_desc gives the defaults"
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
