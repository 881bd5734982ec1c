package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// A field tried on its own, as Scapy's field objects are: the bytes and the value
// of IPField("a", "0.0.0.0") without a packet around.
var fieldMethods = map[string]*builtin{}

func init() {
	for _, b := range []*builtin{
		{Sig: "addfield(pkt, s, val)", Doc: "The bytes s with the field's behind them.", Run: func(c *call) (starlark.Value, error) {
			s, err := c.bytes("s")
			if err != nil {
				return nil, err
			}
			b, err := c.fieldBytes("val")
			return starlark.Bytes(append(s, b...)), err
		}},
		{Sig: "i2m(pkt, x)", Doc: "What the field writes for x: bytes, or a number where the field holds one.", Run: func(c *call) (starlark.Value, error) {
			f := &c.field.Fields[0]
			if f.Kind <= layers.Flag {
				l, err := c.fieldLayer("x")
				if err != nil {
					return nil, err
				}
				return starlark.MakeUint64(l.Uint(0)), nil
			}
			b, err := c.fieldBytes("x")
			return starlark.Bytes(b), err
		}},
		{Sig: "getfield(pkt, s)", Doc: "(the bytes behind the field, its value).", Run: func(c *call) (starlark.Value, error) {
			s, err := c.bytes("s")
			if err != nil {
				return nil, err
			}
			p := layers.Dissect(c.field, s)
			if p.Len() == 0 || p.At(0).Proto() != c.field {
				return nil, pyrt.Errorf("ValueError", "getfield(): %d bytes are not enough for %s", len(s), c.field.Fields[0].Name)
			}
			l := p.Layers()[0]
			p.Truncate(1)
			size, err := p.Build()
			if err != nil {
				return nil, valueError(err)
			}
			return starlark.Tuple{starlark.Bytes(s[min(len(size), len(s)):]), fromGo(l.Value(0))}, nil
		}},
		{Sig: "m2i(pkt, x)", Doc: "The value of what the wire holds.", Run: func(c *call) (starlark.Value, error) {
			if c.field.Fields[0].Kind <= layers.Flag {
				return c.val("x"), nil
			}
			b, err := c.bytes("x")
			if err != nil {
				return nil, err
			}
			p := layers.Dissect(c.field, b)
			if p.Len() == 0 {
				return starlark.None, nil
			}
			return fromGo(p.Layers()[0].Value(0)), nil
		}},
		{Sig: "any2i(pkt, x)", Doc: "The value that x, as people write it, stands for.", Run: func(c *call) (starlark.Value, error) {
			l, err := c.fieldLayer("x")
			if err != nil {
				return nil, err
			}
			return fromGo(l.Value(0)), nil
		}},
		{Sig: "i2repr(pkt, x)", Doc: "How show() prints x.", Run: func(c *call) (starlark.Value, error) {
			l, err := c.fieldLayer("x")
			if err != nil {
				return nil, err
			}
			return starlark.String(layers.FieldText(layers.NewPacket(l).At(0), 0)), nil
		}},
		{Sig: "i2len(pkt, x)", Doc: "How many bytes x takes.", Run: func(c *call) (starlark.Value, error) {
			b, err := c.fieldBytes("x")
			return starlark.MakeInt(len(b)), err
		}},
	} {
		fieldMethods[b.Name()] = b
	}
}

// fieldAttr is a method of a field, and its name and default.
func fieldAttr(f layers.Field, name string) (starlark.Value, error) {
	b := fieldMethods[name]
	if b == nil && name != "name" && name != "default" {
		return nil, nil
	}
	if name == "name" {
		return starlark.String(f.Name), nil
	}
	f.When = nil
	p := &layers.Proto{Name: f.Name, Table: layers.Table{Fields: []layers.Field{f}}}
	if err := layers.Prepare(p); err != nil {
		return nil, valueError(err)
	}
	if name == "default" {
		return fromGo(layers.New(p).Value(0)), nil
	}
	return function{b: b, field: p}, nil
}

// fieldLayer is a layer of the field alone, with the value of the argument name;
// None leaves the default.
func (c *call) fieldLayer(name string) (*layers.Layer, error) {
	l := layers.New(c.field)
	if !c.has(name) {
		return l, nil
	}
	g, err := toGo(c.val(name))
	if err != nil {
		return nil, err
	}
	return l, l.Set(0, g)
}

func (c *call) fieldBytes(name string) ([]byte, error) {
	l, err := c.fieldLayer(name)
	if err != nil {
		return nil, err
	}
	return layers.NewPacket(l).Build()
}
