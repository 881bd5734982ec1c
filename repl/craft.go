package repl

import "pktsh/layers"

// crafted is a packet that is put together layer by layer; the first error is kept.
type crafted struct {
	p   *layers.Packet
	err error
}

// craft begins with a layer whose fields are given as name, value, name, value.
func craft(proto *layers.Proto, fields ...any) *crafted {
	return new(crafted).layer(proto, fields...)
}

// layer puts a layer on top.
func (c *crafted) layer(proto *layers.Proto, fields ...any) *crafted {
	p := layers.NewPacket(layers.New(proto))
	for i := 0; i+1 < len(fields) && c.err == nil; i += 2 {
		c.err = p.At(0).SetField(fields[i].(string), fields[i+1])
	}
	return c.push(p)
}

// push puts a packet on top.
func (c *crafted) push(p *layers.Packet) *crafted {
	if c.p == nil {
		c.p = layers.NewPacket()
	}
	c.p.Push(p)
	return c
}
