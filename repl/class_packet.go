package repl

import (
	"go.starlark.net/starlark"

	"pktsh/layers"
	"pktsh/repl/py/pyrt"
)

// packetClass is Packet, the class of all packets.
type packetClass struct{ frozenValue }

var (
	_ starlark.Callable    = packetClass{}
	_ starlark.HasAttrs    = packetClass{}
	_ pyrt.InstanceChecker = packetClass{}
)

func (packetClass) String() string        { return "<class 'Packet'>" }
func (packetClass) Name() string          { return "Packet" }
func (packetClass) Type() string          { return "Packet_metaclass" }
func (packetClass) Hash() (uint32, error) { return starlark.String("Packet").Hash() }

// IsInstance is isinstance(v, Packet).
func (packetClass) IsInstance(v starlark.Value) bool {
	_, ok := v.(*packet)
	return ok
}

// CallInternal is Packet(b"…"): the bytes, undissected.
func (packetClass) CallInternal(_ *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(args) > 1 || len(kwargs) > 0 {
		return nil, pyrt.Errorf("TypeError", "Packet() takes bytes alone; a layer's class takes fields: IP(ttl=5)")
	}
	var b []byte
	if len(args) == 1 {
		var err error
		if b, err = bytesOf(args[0]); err != nil {
			return nil, pyrt.Errorf("TypeError", "Packet(): %v", err)
		}
	}
	return wrap(layers.RawPacket(b)), nil
}

// Attr is Packet.from_hexcap.
func (packetClass) Attr(name string) (starlark.Value, error) {
	switch name {
	case "from_hexcap":
		return fromHexcap(layers.Raw), nil
	case "__name__":
		return starlark.String("Packet"), nil
	}
	if b := baseMethods[name]; b != nil { // Packet.post_build(self, p, pay)
		return function{b: b}, nil
	}
	return nil, nil
}

// AttrNames is from_hexcap.
func (packetClass) AttrNames() []string { return []string{"from_hexcap"} }

// fromHexcap is IP.from_hexcap(text): what a pasted hexdump dissects to.
func fromHexcap(p *layers.Proto) starlark.Value {
	return function{b: &builtin{Sig: "from_hexcap(text)", Doc: "The packet that a pasted hexdump holds.",
		Run: func(c *call) (starlark.Value, error) {
			s, err := c.str("text", "")
			if err != nil {
				return nil, err
			}
			b, err := layers.ImportHexcap(s)
			if err != nil {
				return nil, pyrt.Errorf("ValueError", "from_hexcap(): %v", err)
			}
			return wrap(layers.Dissect(p, b)), nil
		}}}
}
