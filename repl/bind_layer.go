package repl

import (
	"fmt"

	"go.starlark.net/starlark"

	"pktsh/internal/near"
	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

const layerDoc = `Define a protocol and use it at once: build, dissect, show, ls, bind_layers.
Foo = layer("Foo", fields=[ByteField("op", 1), FieldLenField("len", None, length_of="data"), StrLenField("data", b"")])
class Foo(Packet): with name = and fields_desc = is the same.
title: what show() calls it. auto= of a field: "checksum" or "header_checksum" (RFC 1071), "length" (header and payload),
"header_length", "header_words" (of 32 bits), "payload_length", or a function(header, payload) that gives the number; its own field is 0 meanwhile.
mysummary: the layer's part of summary(): a format as of sprintf(), or a function(pkt).
answers: a function(pkt, other) that tells whether pkt answers other. hashret: the names of the fields that a packet and its answers
have in common, or a function(pkt) that gives bytes. post_build: a function(pkt, header, payload) that gives the bytes of both.
guess_payload_class: a function(pkt, payload) that gives the next layer or None; default_payload_class: what it is when nothing else tells.
dispatch_hook: a function(cls, bytes) that gives the layer that the bytes really are. extract_padding: a function(pkt, data) that gives (payload, padding).
pre_dissect, do_dissect and post_dissect: functions(pkt, bytes) that change the bytes before the fields are read, read them (Packet.do_dissect(pkt, bytes) does) and
give what is behind, and change that: a payload that is compressed.
Functions get the packet from this layer on; while it is dissected, the fields read so far.`

// layerBuiltins define protocols.
func layerBuiltins() []*builtin {
	out := []*builtin{
		{Sig: "layer(name, fields, title=None, doc=None, answers=None, hashret=None, mysummary=None, post_build=None, guess_payload_class=None, default_payload_class=None, extract_padding=None, dispatch_hook=None, pre_dissect=None, do_dissect=None, post_dissect=None)",
			Group: fieldGroup, Doc: layerDoc, Run: defineLayer},
	}
	return append(append(out, classBuiltins()...), fieldBuiltins()...)
}

func defineLayer(c *call) (starlark.Value, error) {
	name, err := c.str("name", "")
	if err != nil {
		return nil, err
	}
	return c.define(name, c.val("fields"), nil)
}

// define makes the protocol out of the call's arguments and takes it into use.
// finish changes the table before that. Optional.
func (c *call) define(name string, fields starlark.Value, finish func(p *layers.Proto) error) (starlark.Value, error) {
	if !isName(name) {
		return nil, pyrt.Errorf("ValueError", "layer(): name: got %q, want letters, digits and _", name)
	}
	list, ok := fields.(starlark.Iterable)
	if !ok {
		return nil, pyrt.Errorf("TypeError", "%s: fields: got %s, want a list of fields such as ByteField(\"op\", 1)", name, pyRepr(fields))
	}
	p := &layers.Proto{Name: name, Table: layers.Table{Title: c.text1("title", ""), Doc: c.text1("doc", "defined in this session")}}
	u := &userProto{s: shell(), p: p}
	for v := range starlark.Elements(list) {
		d, ok := asField(v)
		if !ok {
			return nil, pyrt.Errorf("TypeError", "%s: got %s among the fields, want fields such as ByteField(\"op\", 1)", name, pyRepr(v))
		}
		u.defs = append(u.defs, d)
		p.Fields = append(p.Fields, d.f)
	}
	for i, d := range u.defs {
		if err := u.wire(i, d); err != nil {
			return nil, pyrt.Errorf("ValueError", "%s.%s: %v", name, d.f.Name, err)
		}
	}
	return u.use(c, finish)
}

// use takes the table into use, with the hooks in c's arguments.
func (u *userProto) use(c *call, finish func(p *layers.Proto) error) (starlark.Value, error) {
	if err := u.hooks(c); err != nil {
		return nil, err
	}
	if finish != nil {
		if err := finish(u.p); err != nil {
			return nil, pyrt.Errorf("ValueError", "%v", err)
		}
	}
	if err := layers.Define(u.p); err != nil {
		return nil, pyrt.Errorf("ValueError", "layer(): %v", err)
	}
	u.s.in.AllowNested()
	cls := u.s.classOf(u.p)
	u.s.in.SetGlobal(u.p.Name, cls)
	return cls, nil
}

func isName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// userProto is a protocol on its way from a program's rows to a table.
type userProto struct {
	s    *Shell
	p    *layers.Proto
	defs []*fieldDef
}

func (u *userProto) index(name string) int {
	for i, d := range u.defs {
		if d.f.Name == name {
			return i
		}
	}
	return -1
}

// wire makes the row's rules that depend on other rows.
func (u *userProto) wire(i int, d *fieldDef) error {
	f := &u.p.Fields[i]
	if target := d.sizeOf + d.countOf; target != "" {
		k := u.index(target)
		if k < 0 {
			return fmt.Errorf("there is no field %q whose length it could be", target)
		}
		if u.p.Fields[k].Kind != layers.Var {
			return fmt.Errorf("%s has a fixed size", target)
		}
		f.Auto = u.adjusted(d, true, func(b *layers.Build) uint64 {
			if d.countOf != "" {
				list, _ := b.At().Value(k).(layers.List)
				return uint64(len(list))
			}
			if net, ok := u.p.Fields[k].Codec.(layers.Prefix); ok {
				return uint64(net.LengthOf(b.At().Value(k)))
			}
			return uint64(b.VarLen(k))
		})
	}
	if d.ofPayload {
		f.Auto = u.adjusted(d, false, func(b *layers.Build) uint64 { return uint64(len(b.Payload())) })
	}
	if d.auto != nil {
		auto, err := u.rule(i, d.auto)
		if err != nil {
			return err
		}
		f.Auto = func(*layers.Build) uint64 { return 0 }
		old := u.p.Finish
		u.p.Finish = func(b *layers.Build) {
			if old != nil {
				old(b)
			}
			if !b.Layer().IsSet(i) {
				b.Put(i, auto(b))
			}
		}
	}
	if d.cond != nil {
		f.When = func(l *layers.Layer) bool {
			v, err := u.call(d.cond, u.view(l))
			return err == nil && bool(v.Truth())
		}
	}
	if d.trailer {
		if err := layers.Trail(u.p, i); err != nil {
			return err
		}
	}
	if d.self != nil {
		if err := u.wireScript(i, d); err != nil {
			return err
		}
	}
	if d.enums != nil {
		u.wireNames(i, d)
	}
	if d.choices != nil {
		return u.wireChoices(i, d)
	}
	if d.prefix {
		return u.wirePrefix(i, d)
	}
	if d.record != nil || d.nextClass != nil {
		return u.wirePackets(i, d)
	}
	if f.Kind == layers.Var && f.Size == nil {
		size, err := u.size(i, d)
		f.Size = size
		return err
	}
	return nil
}

// size is how many bytes a row of variable size takes when dissected, nil for
// all that follow.
func (u *userProto) size(i int, d *fieldDef) (func(l *layers.Layer, rest []byte) int, error) {
	number, count, err := u.lengthRule(i, d)
	if number == nil {
		return nil, err
	}
	if count {
		return func(l *layers.Layer, _ []byte) int { return number(l) * d.element.f.Bits / 8 }, nil
	}
	return func(l *layers.Layer, _ []byte) int { return number(l) }, nil
}

// lengthRule is how many bytes, or members if count is true, a row of variable
// size has; nil if nothing tells and all that follow may be its.
func (u *userProto) lengthRule(i int, d *fieldDef) (number func(l *layers.Layer) int, count bool, err error) {
	from := d.lengthFrom
	if from == nil && d.countFrom != nil {
		from, count = d.countFrom, true
	}
	for k, other := range u.defs {
		if from == nil && other.sizeOf+other.countOf == d.f.Name {
			if other.adjust != nil {
				return nil, false, fmt.Errorf("the length in %s is adjusted: give length_from=", other.f.Name)
			}
			if k > i {
				return nil, false, fmt.Errorf("its length, %s, stands behind it", other.f.Name)
			}
			from, count = starlark.String(other.f.Name), other.countOf != ""
		}
	}
	switch v := from.(type) {
	case nil:
		if i < len(u.defs)-1 && d.typ != "StrField" && d.typ != "XStrField" && !d.one && d.nextClass == nil {
			return nil, false, fmt.Errorf("nothing tells its length: give length_from=, or a FieldLenField before it")
		}
		return nil, false, nil
	case starlark.String:
		k := u.index(string(v))
		if k < 0 || k >= i || u.p.Fields[k].Kind > layers.Hex {
			return nil, false, fmt.Errorf("length from %q: want a field before it that holds a number", string(v))
		}
		number = func(l *layers.Layer) int { return int(min(l.Uint(k), 1<<30)) }
	case starlark.Callable:
		number = func(l *layers.Layer) int {
			x, err := u.call(v, u.view(l))
			if err != nil {
				return 0
			}
			n, ok := toInt(x)
			if !ok {
				u.s.warn("%s.%s: length_from gave %s, want a number", u.p.Name, d.f.Name, pyRepr(x))
			}
			return n
		}
	default:
		return nil, false, fmt.Errorf("length from a %s, want a field's name or a function", v.Type())
	}
	return number, count, nil
}

// adjusted is a length that adjust turns into the field's value.
func (u *userProto) adjusted(d *fieldDef, withPacket bool, length func(b *layers.Build) uint64) func(b *layers.Build) uint64 {
	if d.adjust == nil {
		return length
	}
	return func(b *layers.Build) uint64 {
		args := starlark.Tuple{starlark.MakeUint64(length(b))}
		if withPacket {
			args = starlark.Tuple{&packet{p: b.P, l: b.Layer()}, args[0]}
		}
		return u.number(b, d.f.Name+": adjust", d.adjust, args...)
	}
}

// rules are the named computations that auto= takes.
var rules = map[string]func(b *layers.Build) uint64{
	"checksum":        func(b *layers.Build) uint64 { return uint64(layers.Checksum(b.HeaderAndPayload())) },
	"header_checksum": func(b *layers.Build) uint64 { return uint64(layers.Checksum(b.Header())) },
	"length":          func(b *layers.Build) uint64 { return uint64(len(b.HeaderAndPayload())) },
	"header_length":   func(b *layers.Build) uint64 { return uint64(len(b.Header())) },
	"header_words":    func(b *layers.Build) uint64 { return uint64(len(b.Header()) / 4) },
	"payload_length":  func(b *layers.Build) uint64 { return uint64(len(b.Payload())) },
}

func (u *userProto) rule(i int, v starlark.Value) (func(b *layers.Build) uint64, error) {
	switch v := v.(type) {
	case starlark.String:
		if f := rules[string(v)]; f != nil {
			return f, nil
		}
		var names []string
		for n := range rules {
			names = append(names, n)
		}
		return nil, fmt.Errorf("auto: there is no rule %q, help(layer) lists them%s", string(v), near.Hint(string(v), names))
	case starlark.Callable:
		name := u.defs[i].f.Name + ": auto"
		return func(b *layers.Build) uint64 {
			return u.number(b, name, v, starlark.Bytes(b.Header()), starlark.Bytes(b.Payload()))
		}, nil
	}
	return nil, fmt.Errorf("auto: got %s, want a rule's name or a function(header, payload)", pyRepr(v))
}

// number calls a function that gives a field's value while the packet is built.
func (u *userProto) number(b *layers.Build, what string, fn starlark.Callable, args ...starlark.Value) uint64 {
	v, err := u.s.in.Nested(fn, args...)
	if err != nil {
		b.Fail(err)
		return 0
	}
	n, ok := toInt(v)
	if !ok || n < 0 {
		b.Fail(pyrt.Errorf("TypeError", "%s.%s gave %s, want a number, 0 or more", u.p.Name, what, pyRepr(v)))
		return 0
	}
	return uint64(n)
}

// view is a layer that is being read, as a packet.
func (u *userProto) view(l *layers.Layer) *packet { return wrap(layers.NewPacket(l)) }

// call runs a function of the program. What goes wrong is told, once for each
// message, since a packet that is dissected cannot fail.
func (u *userProto) call(fn starlark.Callable, args ...starlark.Value) (starlark.Value, error) {
	v, err := u.s.in.Nested(fn, args...)
	if err != nil {
		u.s.warnOnce("%s: %s(): %v", u.p.Name, fn.Name(), err)
	}
	return v, err
}
