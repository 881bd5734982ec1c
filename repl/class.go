package repl

import (
	"fmt"

	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py"
	"pktsh/repl/py/pyrt"
)

// class is a protocol as a value: IP, TCP. Called with fields it makes a
// packet, called with bytes it dissects them.
type class struct{ table *layers.Proto }

var (
	_ starlark.Callable    = (*class)(nil)
	_ starlark.HasAttrs    = (*class)(nil)
	_ pyrt.InstanceChecker = (*class)(nil)
	_ pyrt.Equaler         = (*class)(nil)
)

// classOf is the one value for a protocol, so that classes compare by identity.
func (s *Shell) classOf(p *layers.Proto) *class {
	if c := s.classes[p]; c != nil {
		return c
	}
	c := &class{p}
	s.classes[p] = c
	return c
}

// proto is the protocol with its table complete.
func (c *class) proto() *layers.Proto { return c.table.Use() }

func (c *class) String() string        { return "<layer " + c.table.Name + ">" }
func (c *class) Name() string          { return c.table.Name }
func (c *class) Type() string          { return "Packet_metaclass" }
func (c *class) Freeze()               {}
func (c *class) Truth() starlark.Bool  { return true }
func (c *class) Hash() (uint32, error) { return starlark.String(c.table.Name).Hash() }

// EqualTo compares classes by protocol.
func (c *class) EqualTo(other starlark.Value) (equal, handled bool, err error) {
	o, ok := other.(*class)
	return ok && o.table == c.table, ok, nil
}

// IsInstance is isinstance(v, IP), of the packet's outermost layer and its bases.
func (c *class) IsInstance(v starlark.Value) bool {
	p, ok := v.(*packet)
	if !ok {
		return false
	}
	for proto := p.proto(); proto != nil; {
		if proto == c.proto() {
			return true
		}
		if uc := shell().defined[proto]; uc != nil {
			proto = uc.base
		} else {
			proto = proto.Base()
		}
	}
	return false
}

// IsSubclass is issubclass(TCPerror, TCP).
func (c *class) IsSubclass(of starlark.Value) bool {
	switch of := of.(type) {
	case packetClass:
		return true
	case *class:
		return of.IsInstance(wrap(layers.NewPacket(layers.New(c.proto()))))
	}
	return false
}

// CallInternal is IP(dst="10.0.0.2") and IP(b"E\x00…").
func (c *class) CallInternal(th *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 1 {
		return nil, pyrt.Errorf("TypeError", "%s() takes bytes to dissect or fields by name, got %d values without a name", c.table.Name, len(args))
	}
	if len(args) == 1 {
		return c.dissect(args[0], kwargs)
	}
	proto, err := c.made(kwargs)
	if err != nil {
		return nil, err
	}
	l := layers.New(proto)
	p := layers.NewPacket(l)
	out := &packet{p: p, l: l}
	return out, out.setAll(kwargs)
}

// setAll sets fields by name: those whose type others choose when these are set.
func (v *packet) setAll(kwargs []starlark.Tuple) error {
	proto := v.proto()
	later := func(name string) bool {
		i := proto.Index(name)
		return i >= 0 && proto.Fields[i].Form != nil
	}
	for _, last := range []bool{false, true} {
		for _, kw := range kwargs {
			name := string(kw[0].(starlark.String))
			if later(name) != last {
				continue
			}
			if err := v.setOwn(name, kw[1]); err != nil {
				return withArg(err, name)
			}
		}
	}
	return nil
}

// made is the protocol that a call with these fields makes a layer of, which
// one of them may choose.
func (c *class) made(kwargs []starlark.Tuple) (*layers.Proto, error) {
	for _, kw := range kwargs {
		name := string(kw[0].(starlark.String))
		if name != c.proto().DispatchBy {
			continue
		}
		trial := layers.New(c.proto())
		if err := wrap(layers.NewPacket(trial)).setOwn(name, kw[1]); err != nil {
			return nil, withArg(err, name)
		}
		if n, ok := trial.Value(c.proto().Index(name)).(uint64); ok {
			if p := c.proto().Dispatch([]byte{byte(n)}); p != nil {
				return p, nil
			}
		}
	}
	return c.proto(), nil
}

func (c *class) dissect(v starlark.Value, kwargs []starlark.Tuple) (starlark.Value, error) {
	if name := c.proto().Arg; name != "" {
		return c.CallInternal(nil, nil, append([]starlark.Tuple{{starlark.String(name), v}}, kwargs...))
	}
	b, err := bytesOf(v)
	if err != nil {
		return nil, pyrt.Errorf("TypeError", "%s(): %v; give fields by name: %s(%s=…)", c.table.Name, err, c.table.Name, firstField(c.proto()))
	}
	if len(b) == 0 { // as Scapy: nothing to dissect, all defaults
		return c.CallInternal(nil, nil, kwargs)
	}
	p := wrap(layers.Dissect(c.proto(), append([]byte(nil), b...)))
	return p, p.setAll(kwargs)
}

func firstField(p *layers.Proto) string {
	if len(p.Fields) == 0 {
		return "field"
	}
	return p.Fields[0].Name
}

// Attr is IP.__name__, IP.name, IP.fields_desc.
func (c *class) Attr(name string) (starlark.Value, error) {
	switch name {
	case "__name__", "__qualname__":
		return starlark.String(c.table.Name), nil
	case "name", "_name":
		return starlark.String(c.proto().TitleText()), nil
	case "__doc__":
		return starlark.String(c.proto().Doc), nil
	case "from_hexcap":
		return fromHexcap(c.proto()), nil
	case "payload_guess":
		return payloadGuess(c.proto())
	case "lower_bonds", "upper_bonds":
		return packetMethods[name].bind(wrap(layers.NewPacket(layers.New(c.proto())))), nil
	case "fields_desc":
		names := make([]starlark.Value, len(c.proto().Fields))
		for i := range c.proto().Fields {
			names[i] = fieldRef{c.proto(), i}
		}
		return starlark.NewList(names), nil
	}
	if i := c.proto().Index(name); i >= 0 {
		return fieldRef{c.proto(), i}, nil
	}
	if a := shell().classAttr(c.proto(), name); a != nil {
		return py.BindMethod(a, nil, c)
	}
	if p := layers.Lookup(innerClasses[c.proto().Name+"."+name]); p != nil {
		return shell().classOf(p), nil
	}
	return nil, nil
}

// innerClasses are the classes that Scapy has inside of others.
var innerClasses = map[string]string{
	"BGPPAASPath.ASPathSegment":       "ASPathSegment",
	"BGPPAAS4BytesPath.ASPathSegment": "AS4PathSegment",
}

// AttrNames are the class's own attributes and its fields.
func (c *class) AttrNames() []string {
	out := []string{"fields_desc", "from_hexcap", "name"}
	for i := range c.proto().Fields {
		out = append(out, c.proto().Fields[i].Name)
	}
	return out
}

// fieldRef is a field as a value: IP.src, as plist.replace and fields_desc have it.
type fieldRef struct {
	proto *layers.Proto
	i     int
}

func (f fieldRef) String() string {
	return fmt.Sprintf("<%s (%s).%s>", f.field().TypeName(), f.proto.Name, f.field().Name)
}
func (f fieldRef) field() *layers.Field  { return &f.proto.Fields[f.i] }
func (f fieldRef) Type() string          { return f.field().TypeName() }
func (f fieldRef) Freeze()               {}
func (f fieldRef) Truth() starlark.Bool  { return true }
func (f fieldRef) Hash() (uint32, error) { return starlark.String(f.String()).Hash() }

// Attr is IP.src.name and IP.ttl.default.
func (f fieldRef) Attr(name string) (starlark.Value, error) {
	switch name {
	case "name":
		return starlark.String(f.field().Name), nil
	case "default":
		p := wrap(layers.NewPacket(layers.New(f.proto)))
		return p.field(0, f.i), nil
	}
	return fieldAttr(*f.field(), name)
}

// AttrNames are name and default.
func (f fieldRef) AttrNames() []string { return []string{"default", "name"} }

// withArg tells the printer of err which keyword argument to underline.
func withArg(err error, name string) error {
	if a, ok := err.(interface{ Arg() string }); ok && a.Arg() != "" {
		return err
	}
	kind := "TypeError"
	if k, ok := err.(interface{ Kind() string }); ok {
		kind = k.Kind()
	}
	return &pyrt.Error{Class: kind, Msg: err.Error(), Field: name}
}
