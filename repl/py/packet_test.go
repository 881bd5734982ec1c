package py

import (
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"pktsh/repl/py/pyrt"
)

// A toy model of layers, packets and flags: every hook of package pyrt that a
// binding uses, without any of the real ones' code.

// toyLayer is a layer class.
type toyLayer struct{ name string }

var toyFields = map[string][]string{"IP": {"dst", "ttl", "chksum"}, "TCP": {"dport", "flags", "options"}, "UDP": {"dport"}, "Raw": {"load"}}

func (l *toyLayer) String() string        { return "<class " + l.name + ">" }
func (l *toyLayer) Type() string          { return "layer" }
func (l *toyLayer) Freeze()               {}
func (l *toyLayer) Truth() starlark.Bool  { return true }
func (l *toyLayer) Hash() (uint32, error) { return starlark.String(l.name).Hash() }
func (l *toyLayer) Name() string          { return l.name }

func (l *toyLayer) IsInstance(v starlark.Value) bool {
	p, ok := v.(*toyPacket)
	return ok && p.find(l) != nil
}

func (l *toyLayer) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	p := &toyPacket{layer: l, fields: map[string]starlark.Value{}}
	for _, kv := range kwargs {
		if err := p.SetField(string(kv[0].(starlark.String)), kv[1]); err != nil {
			return nil, &pyrt.Error{Class: "AttributeError", Msg: err.Error(), Field: string(kv[0].(starlark.String))}
		}
	}
	return p, nil
}

// toyPacket is a layer with what follows it.
type toyPacket struct {
	layer  *toyLayer
	fields map[string]starlark.Value
	next   *toyPacket
}

func (p *toyPacket) String() string {
	s := p.layer.name
	if v := p.fields["load"]; v != nil {
		s += "(" + v.String() + ")"
	}
	if p.next != nil {
		s += "/" + p.next.String()
	}
	return s
}
func (p *toyPacket) Type() string            { return "packet" }
func (p *toyPacket) Freeze()                 {}
func (p *toyPacket) Truth() starlark.Bool    { return true }
func (p *toyPacket) Hash() (uint32, error)   { return 0, fmt.Errorf("unhashable type: packet") }
func (p *toyPacket) PyClass() starlark.Value { return p.layer }

func (p *toyPacket) find(l *toyLayer) *toyPacket {
	for ; p != nil; p = p.next {
		if p.layer.name == l.name {
			return p
		}
	}
	return nil
}

func (p *toyPacket) copy() *toyPacket {
	q := &toyPacket{layer: p.layer, fields: map[string]starlark.Value{}}
	for k, v := range p.fields {
		q.fields[k] = v
	}
	if p.next != nil {
		q.next = p.next.copy()
	}
	return q
}

func (p *toyPacket) Binary(op syntax.Token, y starlark.Value, side starlark.Side) (starlark.Value, error) {
	if op != syntax.SLASH {
		return nil, nil
	}
	other := (*toyPacket)(nil)
	switch y := y.(type) {
	case *toyPacket:
		other = y.copy()
	case starlark.String, starlark.Bytes:
		other = &toyPacket{layer: &toyLayer{"Raw"}, fields: map[string]starlark.Value{"load": y}}
	default:
		return nil, nil
	}
	top, below := p.copy(), other
	if side == starlark.Right {
		top, below = other, p.copy()
	}
	last := top
	for last.next != nil {
		last = last.next
	}
	last.next = below
	return top, nil
}

func (p *toyPacket) Attr(name string) (starlark.Value, error) {
	if name == "summary" {
		return builtin("summary", func(*starlark.Thread, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
			return starlark.String(p.String()), nil
		}), nil
	}
	for q := p; q != nil; q = q.next {
		if v := q.fields[name]; v != nil {
			return v, nil
		}
		for _, f := range toyFields[q.layer.name] {
			if f == name {
				return starlark.None, nil
			}
		}
	}
	return nil, pyrt.Errorf("AttributeError", "%s has no field '%s'%s", p.layer.name, name, pyrt.DidYouMean(name, toyFields[p.layer.name]))
}

func (p *toyPacket) AttrNames() []string { return toyFields[p.layer.name] }

func (p *toyPacket) SetField(name string, v starlark.Value) error {
	for _, f := range toyFields[p.layer.name] {
		if f == name {
			if name == "flags" {
				if s, ok := v.(starlark.String); ok {
					v = toyFlags(s)
				}
			}
			p.fields[name] = v
			return nil
		}
	}
	if p.next != nil {
		return p.next.SetField(name, v)
	}
	return pyrt.Errorf("AttributeError", "%s has no field '%s'%s", p.layer.name, name, pyrt.DidYouMean(name, toyFields[p.layer.name]))
}

func (p *toyPacket) DelAttr(name string) error { delete(p.fields, name); return nil }

func (p *toyPacket) Get(k starlark.Value) (starlark.Value, bool, error) {
	l, ok := k.(*toyLayer)
	if !ok {
		return nil, false, nil
	}
	if q := p.find(l); q != nil {
		return q, true, nil
	}
	return nil, false, nil
}

func (p *toyPacket) SetKey(k, v starlark.Value) error {
	l, ok := k.(*toyLayer)
	q, ok2 := v.(*toyPacket)
	if !ok || !ok2 {
		return pyrt.Errorf("TypeError", "want a layer")
	}
	if at := p.find(l); at != nil {
		at.fields = q.fields
	}
	return nil
}

func (p *toyPacket) PySlice(lo, hi, step starlark.Value) (starlark.Value, error) {
	return starlark.Tuple{lo, hi, step}, nil
}

// toyFlags is a flag value: equal to letters and to numbers.
type toyFlags string

const toyLetters = "FSRPAUECN"

func (f toyFlags) number() int {
	n := 0
	for _, c := range string(f) {
		n |= 1 << strings.IndexRune(toyLetters, c)
	}
	return n
}

func toFlags(n int) toyFlags {
	s := ""
	for i, c := range toyLetters {
		if n>>i&1 == 1 {
			s += string(c)
		}
	}
	return toyFlags(s)
}

func (f toyFlags) String() string        { return "<Flag " + string(f) + ">" }
func (f toyFlags) PyStr() string         { return string(f) }
func (f toyFlags) Type() string          { return "FlagValue" }
func (f toyFlags) Freeze()               {}
func (f toyFlags) Truth() starlark.Bool  { return f != "" }
func (f toyFlags) Hash() (uint32, error) { return starlark.String(f).Hash() }

func (f toyFlags) EqualTo(y starlark.Value) (equal, handled bool, err error) {
	switch y := y.(type) {
	case starlark.String:
		return toyFlags(y).number() == f.number(), true, nil
	case starlark.Int:
		n, _ := y.Int64()
		return int(n) == f.number(), true, nil
	case toyFlags:
		return y.number() == f.number(), true, nil
	}
	return false, false, nil
}

func (f toyFlags) PyInt() (starlark.Int, error) { return starlark.MakeInt(f.number()), nil }

func (f toyFlags) Binary(op syntax.Token, y starlark.Value, _ starlark.Side) (starlark.Value, error) {
	n := 0
	switch y := y.(type) {
	case starlark.Int:
		i, _ := y.Int64()
		n = int(i)
	case starlark.String:
		n = toyFlags(y).number()
	case toyFlags:
		n = y.number()
	default:
		return nil, nil
	}
	switch op {
	case syntax.AMP:
		return toFlags(f.number() & n), nil
	case syntax.PIPE:
		return toFlags(f.number() | n), nil
	}
	return nil, nil
}

func (f toyFlags) Unary(op syntax.Token) (starlark.Value, error) {
	if op == syntax.TILDE {
		return toFlags(^f.number()), nil
	}
	return nil, nil
}

func (f toyFlags) Has(y starlark.Value) (bool, error) {
	s, ok := y.(starlark.String)
	return ok && strings.Contains(string(f), string(s)), nil
}

func (f toyFlags) Attr(name string) (starlark.Value, error) {
	return starlark.Bool(strings.Contains(string(f), name)), nil
}
func (f toyFlags) AttrNames() []string { return strings.Split(toyLetters, "") }

// toyOptions are the surroundings that the tests of packets use.
func toyOptions() Options {
	pre := map[string]starlark.Value{}
	for name := range toyFields {
		pre[name] = &toyLayer{name}
	}
	pre["sr"] = builtin("sr", func(_ *starlark.Thread, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return starlark.Tuple{starlark.NewList(args), starlark.NewList(nil)}, nil
	})
	pre["sniff"] = builtin("sniff", func(th *starlark.Thread, _ starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		for _, kv := range kwargs {
			if kv[0] == starlark.String("prn") {
				p := &toyPacket{layer: &toyLayer{"IP"}, fields: map[string]starlark.Value{"dst": starlark.String("10.0.0.9")}}
				for range 2 {
					if _, err := kv[1].(starlark.Callable).CallInternal(th, starlark.Tuple{p}, nil); err != nil {
						return nil, err
					}
				}
			}
		}
		return starlark.None, nil
	})
	return Options{Predeclared: pre}
}
